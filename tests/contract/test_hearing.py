"""What every recogniser promises: the stand-in of faster-whisper here, and the real one where it is installed.

``HRMS_WHISPER`` names a model for the real one; it must know English.
"""

import importlib.util
import inspect
import os
import subprocess
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sandbox_hrms.speech.hearing import Heard, Recogniser, Typed, Vosk, Word, heard
from sandbox_hrms.speech.sound import samples_of, seconds_in
from sandbox_hrms.speech.speaker import Speaker
from sandbox_hrms.speech.whisper import NoWhisper, Whisper

SPOKEN = "I asked our customer what had gone wrong, offered two ways out, and the contract was renewed."
TRADITIONAL = "我問客戶出了什麼問題，打掃乾淨後臺，乾隆年間的著名經理"
SIMPLIFIED = "我问客户出了什么问题，打扫干净后台，乾隆年间的著名经理"
INSTALLED = importlib.util.find_spec("faster_whisper") is not None
MODEL = os.environ.get("HRMS_WHISPER", "")
REAL = pytest.mark.skipif(not (INSTALLED and MODEL), reason="faster-whisper or HRMS_WHISPER is not there")


@dataclass
class _Word:
    word: str
    start: float
    end: float
    probability: float


@dataclass
class _Segment:
    words: list[_Word] | None


@dataclass
class Model:
    """Hears the sentence that was spoken, evenly over the sound; it was made with ``made``."""

    made: dict[str, Any]
    supported_languages: tuple[str, ...] = ("en",)
    sure: float = 0.9
    said: tuple[str, ...] = tuple(f" {one}" for one in SPOKEN.split())
    asked: list[dict[str, Any]] = field(default_factory=list)

    def transcribe(self, audio: Any, **options: Any) -> tuple[Iterator[_Segment], None]:
        self.asked.append(options)
        step = len(audio) / 16_000 / len(self.said)
        told = [_Word(one, n * step, (n + 1) * step, self.sure) for n, one in enumerate(self.said)]
        return iter([_Segment(told), _Segment(None)]), None


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    """A stand-in for the package, which is not installed everywhere, and for the arrays it needs."""
    found = Model({})

    def made(folder: str, **options: Any) -> Model:  # whatever we hand over
        found.made = {"folder": folder, **options}
        return found

    package = ModuleType("faster_whisper")
    package.WhisperModel = made  # type: ignore[attr-defined]
    arrays = ModuleType("numpy")
    arrays.frombuffer = lambda data, _kind: Numbers(array("h", data))  # type: ignore[attr-defined]
    arrays.int16, arrays.float32 = int, float  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "faster_whisper", package)
    monkeypatch.setitem(sys.modules, "numpy", arrays)
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name == "faster_whisper" or find(name))
    return found


class Numbers(list[float]):
    """As much of an array as is needed."""

    def astype(self, _kind: object) -> "Numbers":
        return self

    def __truediv__(self, by: int) -> "Numbers":
        return Numbers(one / by for one in self)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model").mkdir()
    (tmp_path / "model/model.bin").write_bytes(b"")
    return tmp_path / "model"


@pytest.fixture(params=["typed", "vosk", "stand-in", pytest.param("real", marks=REAL)])
def ear(request: pytest.FixtureRequest, tmp_path: Path) -> Recogniser:
    if request.param == "typed":
        return Typed()
    if request.param == "vosk":
        return Vosk(tmp_path)
    if request.param == "real":
        return Whisper(Path(MODEL))
    request.getfixturevalue("model")
    return Whisper(request.getfixturevalue("folder"))


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    speaker = Speaker(tmp_path_factory.mktemp("voice"))
    said = samples_of(speaker.say(SPOKEN, "en").file.read_bytes())
    speaker.close()
    return said


def test_words_come_with_their_times_or_nobody_listens(ear: Recogniser, speech: bytes) -> None:
    heard = ear.hear(speech, "en")
    if heard.outcome == "no_model":
        assert (heard.text, heard.words, heard.by) == ("", (), "")
        return
    assert heard.outcome == "understood"
    assert heard.text.split() == [one.text for one in heard.words]
    assert "contract" in heard.text
    assert all(0 <= one.start <= one.end <= seconds_in(speech) + 1 for one in heard.words)
    assert all(0 <= one.confidence <= 1 for one in heard.words)
    assert ear.hear(speech, "en") == heard


@pytest.mark.parametrize(
    ("lang", "space", "text"), [("en", " ", "I asked. Then, he"), ("zh_CN", "", "我问。然后，他")]
)
def test_a_pause_ends_a_sentence(lang: str, space: str, text: str) -> None:
    said = ("I", "asked", "Then,", "he") if lang == "en" else ("我", "问", "然后，", "他")
    times = ((0.0, 0.3), (0.4, 0.9), (1.6, 2.0), (4.0, 4.2))
    words = tuple(Word(one, *time, 0.9) for one, time in zip(said, times, strict=True))
    told = heard(b"\xff\x3f" * 16_000, lang, space, "ear", lambda: words)
    assert (told.outcome, told.text, told.words) == ("understood", text, words)


def test_silence_and_a_click_give_no_words(ear: Recogniser) -> None:
    for sound in (b"\0" * 160_000, b"\xff\x3f" * 1_600 + b"\0" * 160_000):
        heard = ear.hear(sound, "en")
        assert heard.outcome in {"nothing", "no_model"}
        assert (heard.text, heard.words) == ("", ())


def test_a_language_without_a_model_is_left_to_typing(ear: Recogniser, speech: bytes) -> None:
    assert ear.hear(speech, "tlh").outcome == "no_model"


def test_what_is_hardly_sure_is_no_answer(model: Model, folder: Path, speech: bytes) -> None:
    model.sure = 0.4
    assert Whisper(folder).hear(speech, "en").outcome == "nothing"
    assert model.made["local_files_only"] is True


def chinese(model: Model, folder: Path, speech: bytes) -> Heard:
    model.said, model.supported_languages = tuple(TRADITIONAL), ("zh",)
    return Whisper(folder).hear(speech, "zh_CN")


@pytest.mark.skipif(importlib.util.find_spec("opencc") is None, reason="opencc is not there")
def test_chinese_is_written_in_simplified_characters(model: Model, folder: Path, speech: bytes) -> None:
    found = chinese(model, folder, speech)
    assert (found.text, "".join(one.text for one in found.words)) == (SIMPLIFIED, SIMPLIFIED)


def test_without_opencc_chinese_stays_as_it_was_written(
    model: Model, folder: Path, speech: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opencc", None)
    assert chinese(model, folder, speech).text == TRADITIONAL


@pytest.mark.skipif(not INSTALLED, reason="faster-whisper is not there")
def test_the_stand_in_is_asked_as_the_real_one_may_be(model: Model, folder: Path, speech: bytes) -> None:
    Whisper(folder).hear(speech, "en")
    sys.modules.pop("faster_whisper")
    sys.modules.pop("numpy")
    from faster_whisper import WhisperModel

    made = {name: value for name, value in model.made.items() if name != "folder"}
    inspect.signature(WhisperModel.__init__).bind(None, model.made["folder"], **made)
    inspect.signature(WhisperModel.transcribe).bind(None, b"", **model.asked[0])


def test_a_missing_package_or_model_is_said_at_the_start(tmp_path: Path, model: Model) -> None:
    with pytest.raises(NoWhisper, match="no model of faster-whisper in"):
        Whisper(tmp_path)
    assert not model.made
    hidden = "import sys; sys.modules['faster_whisper'] = None; import importlib.util as u; f = u.find_spec\n"
    hidden += "u.find_spec = lambda name: None if name == 'faster_whisper' else f(name)\n"
    start = f"{hidden}from sandbox_hrms.main import main\nmain()"
    command = [sys.executable, "-P", "-c", start, "serve", "--port", "0", "--data", str(tmp_path / "data")]
    done = subprocess.run([*command, "--whisper", str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "faster-whisper is not installed" in done.stderr
    assert "Traceback" not in done.stderr
