"""Questions are read aloud, to whom they are asked, and without a sound they can still be read."""

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect

from tests.ui.hrms.people import Person, Server, Wait

pytestmark = pytest.mark.browser

PLAYED = "sound => sound.currentTime > 0 || sound.ended"
TAKEN_AWAY = "HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"


@pytest.mark.parametrize(
    "profile", ["web", *(pytest.param(one, marks=pytest.mark.proof) for one in ("cloud", "local"))]
)
def test_every_room_reads_its_question_aloud(server: Server, candidate: Person, until: Wait, profile: str) -> None:
    sandbox = server.sandbox("en" if profile == "web" else "zh_CN", profile)
    candidate.start(sandbox)
    sound = candidate["interview.spoken"]
    until(lambda: sound.evaluate(PLAYED), "the question is heard")
    expect(candidate["interview.question"]).to_have_text(sandbox.questions[0]["text"])
    assert sound.evaluate("sound => sound.duration") > 2
    candidate["interview.read_aloud"].uncheck()
    expect(candidate["interview.listen"]).to_have_text({"en": "Listen", "zh_CN": "朗读"}[sandbox.lang])
    candidate["interview.answer"].fill("An answer that says something about a customer.")
    candidate["interview.submit"].click()
    expect(candidate["interview.progress"]).to_have_text("2/4")
    expect(candidate["interview.read_aloud"]).not_to_be_checked()
    assert sound.evaluate("sound => sound.paused && !sound.src")
    candidate["interview.listen"].click()
    until(lambda: sound.evaluate(PLAYED), "the second question is heard when asked for")


def test_a_browser_that_plays_nothing_by_itself_says_what_to_press(server: Server, candidate: Person) -> None:
    candidate.page.add_init_script(TAKEN_AWAY)
    candidate.start(server.sandbox("en"))
    expect(candidate["interview.spoken_state"]).to_have_text("Press Listen: this browser plays nothing by itself.")
    expect(candidate["interview.question"]).to_be_visible()


def test_a_voice_that_fails_leaves_the_text(server: Server, candidate: Person) -> None:
    candidate.page.route("**/spoken?*", lambda route: route.fulfill(status=503))
    candidate.start(server.sandbox("en"))
    expect(candidate["interview.spoken_state"]).to_contain_text("Please read the question")
    candidate.type("reading is enough")


def test_the_sound_is_for_who_is_asked_and_for_questions_asked_already(
    server: Server, somebody: Callable[[], Person]
) -> None:
    sandbox, other = server.sandbox("en"), server.sandbox("en")
    candidate, stranger, hr = somebody(), somebody(), somebody()
    candidate.start(sandbox)
    stranger.start(other)
    hr.open(sandbox.link("hr"))

    def status(person: Person, number: int) -> int:
        url = sandbox.url(f"/candidate/spoken?question={sandbox.questions[number]['id']}")
        return person.page.request.get(url, max_redirects=0).status

    assert (status(candidate, 0), status(candidate, 1)) == (200, 404)
    assert {status(stranger, 0), status(hr, 0)} & {200} == set()
    anonymous = httpx.get(sandbox.url(f"/candidate/spoken?question={sandbox.questions[0]['id']}"))
    assert not anonymous.headers.get("content-type", "").startswith("audio")
