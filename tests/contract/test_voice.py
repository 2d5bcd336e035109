"""What every voice promises, and what the one in a process of its own says when it cannot speak."""

from __future__ import annotations

import io
import sys
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from trainer.adapters import speech_process
from trainer.adapters.in_memory import InMemoryVoice
from trainer.adapters.speech_process import SpeechProcess
from trainer.app.ports import Voice
from trainer.core.errors import BrokenEnvironment, ExitCode


@pytest.fixture(params=["memory", "real"])
def voice(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Voice]:
    if request.param == "memory":
        yield InMemoryVoice()
        return
    with SpeechProcess(tmp_path) as real:
        yield real


def test_texts_of_both_languages_are_spoken(voice: Voice) -> None:
    for lang, text in (("en", "Press End interview, then confirm."), ("zh_CN", "按“结束面试”，然后确认。")):
        speech = voice.say(text, lang)
        with wave.open(io.BytesIO(speech.wav)) as file:
            assert file.getnframes() / file.getframerate() == pytest.approx(speech.seconds, abs=0.05)
            assert any(file.readframes(file.getnframes()))
        assert 0.5 < speech.seconds < 10
    assert voice.say("One two three four five.", "en").seconds > voice.say("One.", "en").seconds


def talking(folder: Path, code: str) -> SpeechProcess:
    """Return a voice whose process runs `code`."""
    return SpeechProcess(folder, command=(sys.executable, "-c", f"import json, sys\n{code}"))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("sys.exit('No library. Try: trainer doctor --fix')", "There is no voice: No library."),
        ("pass", "There is no voice: it ended without an answer"),
        (
            "for line in sys.stdin: print(json.dumps({'id': 1, 'message': 'No such lang.'}), flush=True)",
            "There is no voice: No such lang.",
        ),
        (
            "for line in sys.stdin: print(json.dumps({'id': 1, 'path': 'nowhere.wav'}), flush=True)",
            "There is no voice: .*nowhere.wav",
        ),
        ("print('no json', flush=True); sys.stdin.read()", "There is no voice: "),
    ],
)
def test_a_voice_that_does_not_speak_says_why(tmp_path: Path, code: str, said: str) -> None:
    with talking(tmp_path, code) as voice, pytest.raises(BrokenEnvironment, match=said) as refused:
        voice.say("One.", "en")
    assert refused.value.exit_code is ExitCode.ENVIRONMENT
    assert refused.value.hint


def test_a_voice_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech_process, "ANSWER_SECONDS", 0.5)
    with (
        talking(tmp_path, "sys.stdin.read()") as voice,
        pytest.raises(BrokenEnvironment, match="without an answer"),
    ):
        voice.say("One.", "en")
