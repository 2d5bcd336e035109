"""Recognition behind one port: by a model of the language, where there is one; nothing is ever made up."""

import hashlib
import json
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from sandbox_hrms.speech.sound import HZ, loud_seconds

if TYPE_CHECKING:
    from vosk import KaldiRecognizer, Model

Outcome = Literal["understood", "nothing", "no_model", "damaged"]

_LOG = logging.getLogger(__name__)
_LEAST_LOUD = 0.3
"""Seconds: less than that is no answer, but a knock or a cough."""
_LEAST_CONFIDENCE = 0.6
"""Noise gives words, too; most have a mean confidence below."""
_LEAST_WORDS = 0.7
"""Words for each second that was loud enough: fewer are noise, or a tone, of which a word or two was made."""
_PAUSE = 0.6
"""Seconds of silence between two words from which on a sentence ends there: recognisers hear no full stops."""
_PIECE = HZ // 4 * 2
"""Bytes that are given to the recogniser at once: a quarter of a second."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word with the seconds at which it begins and ends, and how sure the program is (0-1)."""

    text: str
    start: float
    end: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What was understood.

    Attributes:
        outcome: ``nothing``: noise or silence; ``no_model``: nobody listened, the recording is all there is;
            ``damaged``: nobody could, for the model is damaged.
        text: The words, with a full stop at each pause; empty unless understood.
        by: Name of the recogniser; empty where none listened.
    """

    outcome: Outcome
    text: str = ""
    words: tuple[Word, ...] = ()
    by: str = ""


class Following(Protocol):
    """Listens to one answer while it is spoken."""

    def more(self, samples: bytes) -> str:
        """Take what was said since, and return what is understood so far: preliminary, and without any check."""
        ...


class Recogniser(Protocol):
    """Turns samples into words."""

    def hear(self, samples: bytes, lang: str) -> Heard:
        """Return what somebody says in ``samples`` (16 kHz, mono, 16 bit)."""
        ...

    def follow(self, lang: str) -> Following | None:
        """Return who listens while an answer is spoken, at no cost until then; None where nobody does."""
        ...


def heard(samples: bytes, lang: str, space: str, by: str, listen: Callable[[], tuple[Word, ...]]) -> Heard:
    """Return what a recogniser understands, unless it is silence, noise or a guess.

    Args:
        samples: The sound.
        lang: The language spoken.
        space: What stands between two words.
        by: Name of the recogniser.
        listen: Gives its words; not called where nobody can have spoken.
    """
    loud = loud_seconds(samples)
    if loud < _LEAST_LOUD:
        return Heard("nothing", by=by)
    words = listen()
    sure = sum(one.confidence for one in words) / len(words) if words else 0.0
    if sure < _LEAST_CONFIDENCE or len(words) < _LEAST_WORDS * loud:
        return Heard("nothing", by=by)
    return Heard("understood", space.join(_with_stops(words, lang)), words, by)


def _with_stops(words: Sequence[Word], lang: str) -> Iterator[str]:
    """Give each word, with a full stop where somebody paused after it and none stands there."""
    for word, after in zip_longest(words, words[1:]):
        paused = after is not None and after.start - word.end >= _PAUSE
        yield word.text + ("。" if lang == "zh_CN" else ".") if paused and word.text[-1:].isalnum() else word.text


class ModelDamaged(OSError):
    """A model is there that cannot be loaded."""


class ModelChanged(OSError):
    """A model is not what was fetched, and is not used."""


class Typed:
    """No recognition: answers are typed."""

    def hear(self, samples: bytes, lang: str) -> Heard:  # noqa: ARG002  # one port
        """Return that nobody listened."""
        return Heard("no_model")

    def follow(self, lang: str) -> Following | None:  # noqa: ARG002  # one port
        """Return that nobody listens."""
        return None


class Vosk:
    """Vosk with the models of a folder: one a language, loaded when it is first needed, shared by everybody.

    Args:
        folder: Holds one folder for each language that can be recognised, named after it (``zh_CN``, ``en``).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._models: dict[str, Model] = {}
        self._loading = threading.Lock()

    def hear(self, samples: bytes, lang: str) -> Heard:
        """Return what somebody says in ``samples``; a model that was changed since it was fetched is none.

        Raises:
            ModelDamaged: The model of the language cannot be loaded.
        """
        if not (self._folder / lang).is_dir():
            return Heard("no_model")
        space = "" if lang == "zh_CN" else " "
        try:
            return heard(samples, lang, space, "vosk", lambda: self._words(samples, lang))
        except ModelChanged as changed:
            _LOG.warning("%s", changed)
            return Heard("no_model")

    def follow(self, lang: str) -> Following | None:
        """Return who listens while an answer is spoken, where there is a model of the language."""
        if not (self._folder / lang).is_dir():
            return None
        return _Following(lambda: self._model(lang), "" if lang == "zh_CN" else " ")

    def _words(self, samples: bytes, lang: str) -> tuple[Word, ...]:
        from vosk import KaldiRecognizer

        listener = KaldiRecognizer(self._model(lang), HZ)
        listener.SetWords(True)  # noqa: FBT003  # its only way to be told
        found: list[dict[str, Any]] = []
        for at in range(0, len(samples), _PIECE):
            if listener.AcceptWaveform(samples[at : at + _PIECE]):
                found += json.loads(listener.Result()).get("result", [])
        found += json.loads(listener.FinalResult()).get("result", [])
        return tuple(Word(one["word"], one["start"], one["end"], one["conf"]) for one in found)

    def _model(self, lang: str) -> "Model":
        from vosk import Model, SetLogLevel

        with self._loading:
            if lang not in self._models:
                self._check(lang)
                SetLogLevel(-1)
                try:
                    self._models[lang] = Model(str(self._folder / lang))
                except Exception as error:  # it raises nothing more precise
                    told = f"the model in {self._folder / lang} cannot be loaded: trainer models pull {lang}"
                    raise ModelDamaged(told) from error
            return self._models[lang]

    def _check(self, lang: str) -> None:
        """Compare a model with what was noted when it was fetched; who put one there by hand has noted nothing.

        That is once a process: a model that is loaded stays loaded.
        """
        notes = self._folder / "models.json"
        noted = json.loads(notes.read_text("utf-8"))["models"].get(lang) if notes.exists() else None
        if noted is not None and _tree_digest(self._folder / lang) != noted["files"]:
            raise ModelChanged(f"{self._folder / lang} is not what was fetched: trainer models pull {lang}")


def _tree_digest(folder: Path) -> str:
    """Return one sha256 over the names and contents of all files of a model, as `trainer models` notes it."""
    digest = hashlib.sha256()
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        with file.open("rb") as content:
            own = hashlib.file_digest(content, "sha256").hexdigest()
        digest.update(f"{file.relative_to(folder).as_posix()}\0{own}\n".encode())
    return digest.hexdigest()


class _Following:
    """One recogniser of Vosk, fed bit by bit; the model is loaded at the first bit."""

    def __init__(self, model: Callable[[], "Model"], space: str) -> None:
        self._model = model
        self._space = space
        self._listener: KaldiRecognizer | None = None
        self._said: list[str] = []

    def more(self, samples: bytes) -> str:
        """Take what was said since, and return what is understood so far."""
        from vosk import KaldiRecognizer

        if self._listener is None:
            self._listener = KaldiRecognizer(self._model(), HZ)
        for at in range(0, len(samples), _PIECE):
            if self._listener.AcceptWaveform(samples[at : at + _PIECE]):
                self._said += json.loads(self._listener.Result())["text"].split()
        going = json.loads(self._listener.PartialResult())["partial"].split()
        return self._space.join([*self._said, *going])
