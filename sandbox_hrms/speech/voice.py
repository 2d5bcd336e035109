"""espeak-ng through pyttsx3, as one thread of one process may use it and no other way.

Used in another way, pyttsx3 leaves files out, cuts them or takes the process with it;
:mod:`sandbox_hrms.speech.speaker` runs this module in a worker and checks each file once more.
"""

import ctypes
import io
import os
import time
from contextlib import redirect_stdout

VOICES = {"zh_CN": "sit/cmn", "en": "gmw/en-us"}
_TRIES = 100
_PAUSE = 0.005
"""Seconds between two looks at whether the engine has taken what it was told."""


class Voice:
    """The engine, ready to speak.

    Raises:
        OSError: The library of espeak-ng cannot be loaded.
    """

    def __init__(self) -> None:
        import espeakng_loader

        os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
        ctypes.CDLL(
            espeakng_loader.get_library_path()
        )  # so that pyttsx3 finds this one, not the system's older one
        import pyttsx3

        self._engine = pyttsx3.init("espeak")
        self._engine.runAndWait()

    def speak(self, text: str, lang: str, rate: int) -> bytes:
        """Return ``text`` as a WAV file, which may come out empty or short.

        Args:
            text: Anything that can be read aloud.
            lang: A key of :data:`VOICES`.
            rate: Words a minute.

        Raises:
            RuntimeError: The engine does not take the voice or the rate.
        """
        self._set("voice", VOICES[lang])
        self._set("rate", rate)
        sound = io.BytesIO()  # a file on a disk that fails would hang the engine
        with redirect_stdout(io.StringIO()):  # it prints where it wrote
            self._engine.save_to_file(text, sound)
            self._engine.runAndWait()
        return sound.getvalue()

    def _set(self, name: str, value: str | int) -> None:
        for _ in range(_TRIES):
            if self._engine.getProperty(name) == value:
                return
            self._engine.setProperty(name, value)
            time.sleep(_PAUSE)
        raise RuntimeError(f"the voice does not take {name} {value}")
