"""faster-whisper as the recogniser, by the path of a model: an optional extra that fetches nothing by itself."""

import importlib.util
import threading
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox_hrms.core.errors import HrmsError
from sandbox_hrms.core.texts import N_
from sandbox_hrms.speech.hearing import Heard, ModelDamaged, Word, heard

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

_CODES = {"zh_CN": "zh", "en": "en"}
_THREADS = 2


class NoWhisper(HrmsError):
    """faster-whisper was asked for, and cannot be had."""

    code = "no_whisper"


class Whisper:
    """A model of faster-whisper, loaded when it is first needed and shared by everybody, who take turns.

    Args:
        model: Folder of the model (``model.bin`` and what comes with it).

    Raises:
        NoWhisper: The package is not installed, or there is no model in the folder.
    """

    def __init__(self, model: Path) -> None:
        if importlib.util.find_spec("faster_whisper") is None:
            raise NoWhisper(
                N_("A model of faster-whisper is named, but faster-whisper is not installed."),
                N_("Install it: pip install faster-whisper. Or name no model; answers are typed then."),
            )
        if not (model / "model.bin").is_file():
            raise NoWhisper(
                N_("There is no model of faster-whisper in {folder}: nothing is fetched by itself."),
                N_("Copy the folder of a converted model there, the one that holds model.bin."),
                folder=model,
            )
        self._folder = model
        self._turn = threading.Lock()
        self._model: WhisperModel | None = None

    def hear(self, samples: bytes, lang: str) -> Heard:
        """Return what somebody says in ``samples``.

        Raises:
            ModelDamaged: The model cannot be loaded.
        """
        with self._turn:
            model = self._loaded()
            if _CODES.get(lang) not in model.supported_languages:
                return Heard("no_model")
            found = heard(samples, lang, "", "faster-whisper", lambda: _words(model, samples, lang))
        words = tuple(Word(one.text.strip(), one.start, one.end, one.confidence) for one in found.words)
        return Heard(found.outcome, found.text.strip(), words, found.by)

    def follow(self, lang: str) -> None:
        """Return that nobody listens before the end: the model takes whole sentences."""

    def _loaded(self) -> "WhisperModel":
        if self._model is None:
            from faster_whisper import WhisperModel

            try:
                self._model = WhisperModel(
                    str(self._folder),
                    device="cpu",
                    compute_type="int8",
                    cpu_threads=_THREADS,
                    local_files_only=True,
                )
            except Exception as error:  # it raises nothing more precise
                raise ModelDamaged(f"the model in {self._folder} cannot be loaded") from error
        return self._model


def _words(model: "WhisperModel", samples: bytes, lang: str) -> tuple[Word, ...]:
    """Return the words as they are written, each with the space before it; the same sound gives the same words."""
    import numpy as np

    sound = np.frombuffer(samples, np.int16).astype(np.float32) / 32_768
    segments, _ = model.transcribe(
        sound,
        language=_CODES[lang],
        temperature=0.0,
        condition_on_previous_text=False,
        word_timestamps=True,
        vad_filter=True,  # without it silence gives a "Thank you."
    )
    words = tuple(
        Word(one.word, float(one.start), float(one.end), float(one.probability))
        for segment in segments
        for one in segment.words or ()
    )
    return _simplified(words) if lang == "zh_CN" else words


def _simplified(words: Sequence[Word]) -> tuple[Word, ...]:
    """Return Chinese words in simplified characters, where OpenCC is installed: the model writes either kind.

    All of them at once, as 乾 is told by its neighbours: 乾淨 is 干净, 乾隆 stays. Each word keeps its length.
    """
    try:
        from opencc import OpenCC
    except ImportError:
        return tuple(words)
    convert = OpenCC("t2s").convert
    rest = iter(convert("".join(one.text for one in words)))
    return tuple(replace(one, text="".join(islice(rest, len(one.text)))) for one in words)
