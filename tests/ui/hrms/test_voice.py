"""Answers by voice: recorded in a real browser with a made-up microphone, kept, played, erased."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserType, Route, expect

from sandbox_hrms.speech.speaker import Speaker
from tests.ui.accessible import calm_context, violations
from tests.ui.hrms.people import Person, Sandbox, Server, Wait, wait_until

pytestmark = pytest.mark.browser

SPOKEN = "I asked our customer what had gone wrong, offered two ways out, and the contract was renewed."


@pytest.fixture(scope="module")
def listening_browser(
    browser_type: BrowserType, microphone_launch_args: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """A browser whose microphone hears one sentence again and again."""
    speaker = Speaker(tmp_path_factory.mktemp("voice"))
    sound = speaker.say(SPOKEN, "en").file
    speaker.close()
    flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    flags += [f"--use-file-for-fake-audio-capture={sound}"]
    started = browser_type.launch(**microphone_launch_args, args=flags)
    yield started
    started.close()


@pytest.fixture
def speaker_at_work(listening_browser: Browser) -> Iterator[Person]:
    """Somebody with a microphone who lets pages use it."""
    context = calm_context(listening_browser)
    context.grant_permissions(["microphone", "camera"])
    person = Person(context.new_page())
    yield person
    context.close()
    assert person.complaints == []


def heard(person: Person, seconds: int) -> None:
    """Wait until so many seconds are recorded."""

    def enough() -> bool:
        shown = person["interview.recorded_time"].inner_text()
        return bool(shown) and int(shown.removeprefix("0:")) >= seconds

    wait_until(enough, f"{seconds} seconds are recorded")


def recording(person: Person) -> str:
    """Return the address of what was recorded."""
    source = person["interview.my_recording"].get_attribute("src")
    assert source
    return str(source)


def sound(person: Person, server: Server, path: str) -> httpx.Response | Any:
    return person.page.request.get(server.address + path, max_redirects=0)


def test_a_spoken_answer_is_recorded_typed_out_submitted_and_heard_by_hr(
    server: Server, speaker_at_work: Person, somebody: Callable[[], Person], until: Wait
) -> None:
    sandbox = server.sandbox("en")
    me = speaker_at_work
    me.start(sandbox)
    me.page.route("**/recording/partial?*", lambda route: route.fulfill(json={"text": "I asked our"}))
    me.page.locator("[data-voice]").evaluate("box => (box.dataset.follows = '1')")  # as where a model is installed
    me["interview.record"].click()
    expect(me["interview.recording_state"]).to_have_attribute("data-state", "recording")
    expect(me["interview.preliminary"]).to_have_text("Preliminary:I asked our")
    until(lambda: me["interview.level"].evaluate("meter => meter.value") > 0.05, "the meter shows a voice")
    heard(me, 2)
    me["interview.record"].click()
    expect(me["interview.recording_state"]).to_have_attribute("data-state", "no-model")
    expect(me["interview.record"]).to_have_text("Record again")
    expect(me["interview.preliminary"]).to_be_hidden()
    source = recording(me)
    wav = sound(me, server, source)
    assert wav.status == 200
    assert 1.5 < (len(wav.body()) - 44) / 32_000 < 6
    me.type("We asked the customer what had gone wrong and offered two ways out; the contract was renewed.")
    me["interview.submit"].click()
    expect(me["interview.progress"]).to_have_text("2/4")
    assert "answer_recorded" in sandbox.events()
    me["interview.end"].click()
    me["dialog.confirm"].click()

    hr, stranger = somebody(), somebody()
    stranger.start(server.sandbox("en"))
    assert sound(stranger, server, source).status != 200
    assert httpx.get(server.address + source, follow_redirects=False).status_code != 200
    hr.open(sandbox.link("hr"))
    hr.open(sandbox.url(f"/hr/interviews/{sandbox.snapshot()['interview']['id']}"))
    player = hr[f"review.recording[{sandbox.questions[0]['id']}]"]
    assert sound(hr, server, player.get_attribute("src")).body() == wav.body()
    words = [("We", 0.1), ("asked", 0.4), ("the", 0.7), ("customer", 0.9), ("why", 1.3)]
    told = [{"text": text, "start": start, "end": start + 0.2, "confidence": 1.0} for text, start in words]
    server.change_rows(sandbox.id, "UPDATE recording SET transcript = ?, words = ?", "We …", json.dumps(told))
    in_step(hr, sandbox)


def in_step(hr: Person, sandbox: Sandbox) -> None:
    """Follow the transcript by ear and by keyboard."""
    hr.page.reload()
    question = sandbox.questions[0]["id"]
    words = hr[f"review.transcript[{question}]"].get_by_role("button")
    expect(words).to_have_text(["We", "asked", "the", "customer", "why"])
    expect(hr[f"review.pace[{question}]"]).to_contain_text("it counts nothing")
    assert violations(hr.page) == []
    player = hr[f"review.recording[{question}]"]
    words.nth(1).click()
    wait_until(lambda: player.evaluate("sound => sound.currentTime") >= 0.3, "it plays from the second word")
    expect(words.nth(4)).to_have_attribute("aria-current", "true")
    hr.page.keyboard.press("Home")
    hr.page.keyboard.press("ArrowRight")
    hr.page.keyboard.press("ArrowRight")
    expect(words.nth(2)).to_be_focused()
    player.evaluate("sound => sound.pause()")
    hr.page.keyboard.press("Enter")
    wait_until(
        lambda: player.evaluate("sound => !sound.paused && sound.currentTime >= 0.6"), "it plays from there"
    )


def test_a_browser_that_keeps_nothing_sends_again_what_did_not_arrive(
    server: Server, speaker_at_work: Person
) -> None:
    sandbox, me = server.sandbox("en"), speaker_at_work
    me.page.add_init_script("IDBFactory.prototype.open = () => { throw new Error('closed'); };")
    me.start(sandbox)
    sent: list[str] = []

    def answer(route: Route) -> None:
        sent.append(parse_qs(urlsplit(route.request.url).query)["seq"][0])
        if sent.count("2") in {1, 2} and sent[-1] == "2":
            route.fulfill(status=503)
        else:
            route.continue_()

    me.page.route("**/recording/piece?*", answer)
    me["interview.record"].click()
    expect(me["interview.recording_state"]).to_have_attribute("data-state", "kept-here")
    heard(me, 4)
    me["interview.record"].click()
    expect(me["interview.recording_state"]).to_have_attribute("data-state", "no-model")
    assert sent == sorted(sent, key=int)
    assert (sent.count("2"), len(set(sent))) == (3, int(sent[-1]) + 1)
    assert (len(sound(me, server, recording(me)).body()) - 44) / 32_000 > 0.4 * (len(set(sent)) - 2)


@pytest.mark.proof
def test_takes_are_counted_and_typing_is_always_possible(server: Server, speaker_at_work: Person) -> None:
    me = speaker_at_work
    me.start(server.sandbox("en"))
    for take in range(3):
        me["interview.record"].click()
        heard(me, 1)
        me["interview.record"].click()
        expect(me["interview.recording_state"]).to_have_attribute("data-state", "no-model")
        if take < 2:
            expect(me["interview.record"]).to_be_enabled()
    expect(me["interview.record"]).to_be_disabled()
    me.type("typed all the same")


def test_who_allows_no_microphone_is_told_to_type(server: Server, candidate: Person) -> None:
    candidate.page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    )
    candidate.start(server.sandbox("en"))
    candidate["interview.record"].click()
    expect(candidate["interview.recording_state"]).to_have_attribute("data-state", "denied")
    candidate.type("typed then")


@pytest.mark.proof
def test_a_page_that_loses_the_interview_stops_recording(server: Server, speaker_at_work: Person) -> None:
    sandbox, first = server.sandbox("en"), speaker_at_work
    first.start(sandbox)
    first["interview.record"].click()
    heard(first, 1)
    second = Person(first.page.context.new_page())
    second.open(sandbox.url("/candidate/interview"))
    expect(first["banner.second_tab"]).to_be_visible()
    expect(first.page.locator("[data-voice]")).to_have_attribute("data-recording", "0")
    second["resume.continue"].click()
    expect(second["interview.recording_state"]).to_have_attribute("data-state", "interrupted")


@pytest.mark.proof
def test_the_device_check_lets_one_hear_oneself(server: Server, speaker_at_work: Person, until: Wait) -> None:
    me = speaker_at_work
    me.open(server.sandbox("en").link("candidate"))
    me["home.start"].click()
    me["consent.agree"].check()
    me["consent.begin"].click()
    me["device.microphone"].click()
    until(lambda: me["device.microphone_level"].evaluate("meter => meter.value") > 0.05, "the meter shows a voice")
    expect(me["device.microphone_state"]).to_have_attribute("data-state", "works")
    me["device.microphone_sound"].evaluate("sound => sound.play()")
    until(lambda: me["device.microphone_sound"].evaluate("sound => sound.currentTime > 0"), "it is heard")


@pytest.mark.proof
def test_a_page_loaded_anew_goes_on_with_the_take(server: Server, speaker_at_work: Person) -> None:
    sandbox = server.sandbox("en", "app")
    me = speaker_at_work
    me.start(sandbox)
    me["interview.record"].click()
    heard(me, 2)
    me.page.reload()
    me.page.wait_for_function("window.did_handshake === true")
    expect(me["interview.recording_state"]).to_have_attribute("data-state", "interrupted")
    me["interview.record"].click()
    heard(me, 1)
    me["interview.record"].click()
    expect(me["interview.recording_state"]).to_have_attribute("data-state", "no-model")
    wav = sound(me, server, recording(me)).body()
    assert (len(wav) - 44) / 32_000 > 2


STALE = """sandbox => hrmsKept("hrms-voice", "pieces").put({
  key: "00/000/000000", base: "/s/gone/candidate", sandbox, recording: "00", segment: 0, seq: 0,
  type: "audio/webm", at: Date.now(), sound: new ArrayBuffer(8),
})"""
"""A piece of somebody who was signed in elsewhere in this browser, first in line."""


def test_who_submits_or_ends_while_it_records_loses_nothing_that_was_spoken(
    server: Server, speaker_at_work: Person, somebody: Callable[[], Person]
) -> None:
    sandbox, me = server.sandbox("en"), speaker_at_work
    me.start(sandbox)
    barred: list[int] = []
    me.page.route("**/s/gone/**", lambda route: (barred.append(401), route.fulfill(status=401, json={}))[1])
    assert me.page.evaluate(STALE, sandbox.id)
    me["interview.record"].click()
    heard(me, 1)
    me.type("We asked the customer what had gone wrong and offered two ways out; the contract was renewed.")
    me["interview.submit"].click()
    expect(me["interview.progress"]).to_have_text("2/4")
    assert barred
    me["interview.record"].click()
    heard(me, 1)
    me.end("incomplete")
    assert sandbox.events().count("answer_recorded") == 2
    hr = somebody()
    hr.open(sandbox.link("hr"))
    hr.open(sandbox.url(f"/hr/interviews/{sandbox.snapshot()['interview']['id']}"))
    player = hr[f"review.recording[{sandbox.questions[0]['id']}]"]
    assert len(sound(hr, server, player.get_attribute("src")).body()) > 16_000


def test_a_new_take_replaces_the_words_of_the_one_before_and_nothing_unread_is_submitted(
    server: Server, speaker_at_work: Person
) -> None:
    me, takes = speaker_at_work, ["we lost the order", "we won the order", "and then we kept it"]

    def understood(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"outcome": "understood", "text": takes.pop(0)})

    me.start(server.sandbox("en"))
    me.page.route("**/recording/finish", understood)
    area = me["interview.answer"]
    me.type("Before.")
    for text in ("Before.\nwe lost the order", "Before and\nwe won the order\nAfter."):
        me["interview.record"].click()
        heard(me, 1)
        me["interview.record"].click()
        expect(me["interview.recording_state"]).to_have_attribute("data-state", "understood")
        expect(area).to_have_value(text)
        if takes[0] == "we won the order":
            area.fill("Before.\nwe lost the large order")  # corrected within
            area.fill("Before.\nwe lost the large order\nAfter.")
            area.fill("Before and\nwe lost the large order\nAfter.")
    me["interview.record"].click()
    heard(me, 1)
    me["interview.submit"].click()
    expect(area).to_have_value("Before and\nand then we kept it\nAfter.")
    expect(me["interview.recording_state"]).to_have_attribute("data-state", "understood")
    expect(me["interview.progress"]).to_have_text("1/4")
    me["interview.submit"].click()
    expect(me["interview.progress"]).to_have_text("2/4")


def test_recordings_go_with_the_data_and_are_in_the_copy(
    server: Server, speaker_at_work: Person, tmp_path_factory: pytest.TempPathFactory
) -> None:
    sandbox = server.sandbox("en")
    me = speaker_at_work
    me.start(sandbox)
    me["interview.record"].click()
    heard(me, 1)
    me["interview.record"].click()
    expect(me["interview.recording_state"]).to_have_attribute("data-state", "no-model")
    me.type("one answer")
    folder = next(Path(tmp_path_factory.getbasetemp()).glob(f"hrms*/{sandbox.id}/media/recordings"))
    assert list(folder.rglob("*.sound"))
    me.open(sandbox.url("/candidate/data"))
    with me.page.expect_download() as download:
        me["my.export_json"].click()
    assert '"sound": [' in download.value.path().read_text("utf-8")
    me["my.delete"].click()
    me["dialog.confirm"].click()
    expect(me["my.delete"]).to_have_count(0)
    assert list(folder.rglob("*.sound")) == []


def shows(person: Person, name: str) -> bool:
    """Say whether a picture is seen in an element."""
    return bool(person[name].evaluate("film => film.videoWidth > 0 && film.currentTime > 0"))


def test_a_picture_is_recorded_only_where_it_is_agreed_to_and_played_again(
    server: Server, speaker_at_work: Person, somebody: Callable[[], Person]
) -> None:
    sandbox = server.sandbox("en", "cloud")
    me = speaker_at_work
    me.open(sandbox.link("candidate"))
    me["home.start"].click()
    me["consent.agree"].check()
    me["consent.begin"].click()
    me["device.camera"].click()
    expect(me["device.camera_state"]).to_have_attribute("data-state", "on")
    wait_until(lambda: shows(me, "device.picture"), "somebody sees themselves")
    me["device.camera"].click()
    expect(me["device.picture"]).to_be_hidden()
    me["device.skip"].click()
    expect(me["interview.with_picture"]).not_to_be_checked()
    me["interview.with_picture"].check()
    me["interview.record"].click()
    expect(me["interview.own_picture"]).to_be_visible()
    heard(me, 2)
    me["interview.record"].click()
    expect(me["interview.recording_state"]).to_have_attribute("data-state", "no-model")
    expect(me["interview.own_picture"]).to_be_hidden()
    me["interview.my_film"].evaluate("film => film.play()")
    wait_until(lambda: shows(me, "interview.my_film"), "the picture plays")
    assert violations(me.page) == []
    source = me["interview.my_film"].get_attribute("src")
    stranger = somebody()
    stranger.start(server.sandbox("en"))
    assert sound(stranger, server, source).status != 200
    assert httpx.get(server.address + source, follow_redirects=False).status_code != 200


@pytest.mark.proof
def test_hr_sees_the_picture_beside_the_answer(
    server: Server, speaker_at_work: Person, somebody: Callable[[], Person]
) -> None:
    sandbox = server.sandbox("en", "cloud")
    me = speaker_at_work
    me.start(sandbox)
    me["interview.with_picture"].check()
    me["interview.record"].click()
    heard(me, 1)
    me["interview.record"].click()
    expect(me["interview.my_film"]).to_be_visible()
    me["interview.answer"].fill("We asked the customer what had gone wrong, and offered two ways out of it.")
    me["interview.submit"].click()
    expect(me["interview.progress"]).to_have_text("2/4")
    me["record.save"].click()
    expect(me["record.mark"]).to_have_attribute("data-state", "saved")
    hr = somebody()
    hr.open(sandbox.link("hr"))
    hr.open(sandbox.url(f"/hr/interviews/{sandbox.snapshot()['interview']['id']}"))
    film = f"review.film[{sandbox.questions[0]['id']}/0]"
    hr[film].evaluate("film => film.play()")
    wait_until(lambda: shows(hr, film), "the picture plays")
