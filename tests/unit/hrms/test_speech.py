"""The voice: every text becomes a whole file, whatever happens to the process that speaks."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox_hrms.core.errors import Invalid
from sandbox_hrms.speech.files import is_whole, seconds_of
from sandbox_hrms.speech.speaker import NoVoice, Speaker

ENGLISH = "Question {n}: tell me about the {n} customers whom you won in 2025, and what came of it."
CHINESE = "第{n}题：请讲讲您2025年赢得的{n}位客户，结果如何？"


@pytest.fixture
def speaker(tmp_path: Path) -> Iterator[Speaker]:
    speaker = Speaker(tmp_path / "cache")
    yield speaker
    speaker.close()


def texts(count: int) -> list[tuple[str, str]]:
    """Return different texts with their languages, short and long ones."""
    made = [(CHINESE, "zh_CN") if n % 2 else (ENGLISH, "en") for n in range(count)]
    return [(text.format(n=n) * (1 + n % 3), lang) for n, (text, lang) in enumerate(made)]


def kill(pid: int | None) -> None:
    assert pid
    os.kill(pid, signal.SIGKILL)


def spoken_under_fire(speaker: Speaker, asked: list[tuple[str, str]], every: int) -> list[float | None]:
    """Return how long each file plays; during every so many texts the worker is killed."""
    seconds = []
    for number, (text, lang) in enumerate(asked):
        shot = None
        if number % every == every - 1:
            shot = threading.Thread(target=kill, args=(speaker.worker_pid,))
            shot.start()
        seconds.append(seconds_of(speaker.say(text, lang).file.read_bytes()))
        if shot:
            shot.join()
    return seconds


def check_all_is_said(tmp_path: Path, speaker: Speaker, count: int, every: int) -> None:
    """Compare what was spoken under fire with what another voice says in peace."""
    asked = texts(count)
    heard = spoken_under_fire(speaker, asked, every)
    peace = Speaker(tmp_path / "peace")
    try:
        for seconds, (text, lang) in zip(heard, asked, strict=True):
            assert seconds == pytest.approx(peace.say(text, lang).seconds, rel=0.02), text
    finally:
        peace.close()
    assert list((tmp_path / "cache").glob(".*")) == []


def test_thirty_utterances_with_kills_in_between_are_all_whole(tmp_path: Path, speaker: Speaker) -> None:
    check_all_is_said(tmp_path, speaker, count=30, every=7)


@pytest.mark.proof
def test_a_thousand_utterances_with_kills_in_between_are_all_whole(tmp_path: Path, speaker: Speaker) -> None:
    check_all_is_said(tmp_path, speaker, count=1000, every=50)


def test_a_worker_that_hangs_is_replaced(speaker: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    speaker.say("Before", "en")
    hung = speaker.worker_pid
    assert hung
    monkeypatch.setattr("sandbox_hrms.speech.speaker._PATIENCE", 1.0)
    os.kill(hung, signal.SIGSTOP)
    monkeypatch.setattr("sandbox_hrms.speech.speaker._TRIES", 20)
    assert speaker.say("After", "en").seconds > 0.3
    assert speaker.worker_pid not in {None, hung}


def test_what_was_said_is_not_spoken_again(speaker: Speaker) -> None:
    first = speaker.say("Once", "en")
    stamp = first.file.stat().st_ino
    assert speaker.say("Once", "en") == first
    assert first.file.stat().st_ino == stamp
    assert speaker.say("Once", "en", 200).seconds < first.seconds
    assert speaker.say("Once", "zh_CN").file != first.file


def test_a_damaged_file_is_spoken_anew(speaker: Speaker) -> None:
    said = speaker.say("A text that somebody cut", "en")
    whole = said.file.read_bytes()
    said.file.write_bytes(whole[: len(whole) // 2])
    assert seconds_of(said.file.read_bytes()) is None
    assert speaker.say("A text that somebody cut", "en").seconds == pytest.approx(said.seconds, rel=0.02)


def test_a_file_that_ends_early_is_no_whole_file(speaker: Speaker, tmp_path: Path) -> None:
    import wave

    text = "A text of some length that ends in a pause"
    said = speaker.say(text, "en")
    assert is_whole(said.file.read_bytes(), text, "en")
    with wave.open(str(said.file)) as sound:
        start = sound.readframes(sound.getnframes() - 16_000)
    with wave.open(str(tmp_path / "early.wav"), "wb") as early:
        early.setparams((1, 2, 22_050, 0, "NONE", ""))
        early.writeframes(start)
    assert not is_whole((tmp_path / "early.wav").read_bytes(), text, "en")


def test_where_there_is_no_voice_it_says_so(speaker: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox_hrms.speech.speaker.is_whole", lambda *_: False)
    with pytest.raises(NoVoice, match="voice does not work"):
        speaker.say("Hello", "en")


def test_the_cache_keeps_what_was_used_last(speaker: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    old, used = speaker.say("Old", "en").file, speaker.say("Used", "en").file
    for age, file in enumerate((used, old)):
        os.utime(file, (1_000_000 - age, 1_000_000 - age))
    speaker.say("Used", "en")
    monkeypatch.setattr("sandbox_hrms.speech.speaker._PRUNE_EVERY", 1)
    monkeypatch.setattr("sandbox_hrms.speech.speaker._CACHE_BYTES", 2 * used.stat().st_size)
    new = speaker.say("New", "en").file
    assert (old.exists(), used.exists(), new.exists()) == (False, True, True)


@pytest.mark.parametrize(
    ("text", "lang", "rate", "told"),
    [
        ("", "en", 155, "1 to 5000 characters"),
        ("x" * 5001, "en", 155, "1 to 5000 characters"),
        ("x", "fr", 155, "no voice for fr"),
        ("x", "en", 20, "20 words a minute"),
    ],
)
def test_what_cannot_be_spoken_is_refused(speaker: Speaker, text: str, lang: str, rate: int, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        speaker.say(text, lang, rate)


def test_as_a_program_it_answers_line_by_line(tmp_path: Path) -> None:
    asked = [
        '{"id": 1, "text": "Hello", "lang": "en"}',
        '{"id": "b", "text": "您好", "lang": "zh_CN", "rate": 160}',
        "",
        "no object",
        '{"id": 4, "text": "", "lang": "en"}',
        '{"id": 5, "text": "Hello", "lang": "en", "rate": "fast"}',
    ]
    done = subprocess.run(
        [sys.executable, "-m", "sandbox_hrms.speech", "--cache", str(tmp_path / "said")],
        input="\n".join(asked),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    head, first, second, *wrong = map(json.loads, done.stdout.splitlines())
    assert head == {"protocol": 1, "languages": ["zh_CN", "en"], "hz": 22050}
    assert (first["id"], second["id"]) == (1, "b")
    for answer in (first, second):
        assert answer["seconds"] == pytest.approx(seconds_of(Path(answer["path"]).read_bytes()), abs=0.001)
    assert [answer["error"] for answer in wrong] == ["invalid"] * 3
    assert [answer["id"] for answer in wrong] == [None, 4, 5]


def test_as_a_program_it_says_where_the_disk_does_not_take_the_sound(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = subprocess.run(
        [sys.executable, "-m", "sandbox_hrms.speech", "--cache", str(tmp_path / "file" / "cache")],
        input="",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert "does not work here" in done.stderr
    assert "Traceback" not in done.stderr
