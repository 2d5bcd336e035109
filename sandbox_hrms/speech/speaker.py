"""Speaks texts into files: cached, checked, tried again, by a worker process that is replaced when it fails."""

import hashlib
import multiprocessing
import signal
import threading
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import uuid4

from sandbox_hrms.core.errors import HrmsError, Invalid
from sandbox_hrms.core.spoken import spoken
from sandbox_hrms.core.texts import N_
from sandbox_hrms.speech.files import is_whole, seconds_of
from sandbox_hrms.speech.voice import VOICES, Voice

RATE = 155
"""Words a minute, unless told otherwise."""
SLOWEST, FASTEST = 80, 300
MOST_CHARACTERS = 5_000
_FORM = 1
"""Part of each name in the cache: raise it when the same text is to sound differently from now on."""
_TRIES = 4
_PATIENCE = 20.0
"""Seconds after which a worker counts as hung; 5,000 characters take about one."""
_CACHE_BYTES = 512 * 1024 * 1024
_PRUNE_EVERY = 50


class NoVoice(HrmsError):
    """Nothing can be spoken on this machine; the text is all there is."""

    code = "no_voice"
    http = 503

    def __init__(self) -> None:
        super().__init__(N_("The voice does not work on this computer."), N_("Read the text instead."))


@dataclass(frozen=True, slots=True)
class Utterance:
    """A spoken text: the file (WAV) and how long it plays."""

    file: Path
    seconds: float


class Speaker:
    """The voice, for any number of threads; they take turns.

    Args:
        cache: Folder of spoken files. What was used last stays, up to half a gigabyte.
    """

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._turn = threading.Lock()
        self._worker: _Worker | None = None
        self._made = 0

    def say(self, text: str, lang: str, rate: int = RATE) -> Utterance:
        """Return the file that speaks ``text``.

        Args:
            text: 1 to 5,000 characters as a page shows them; numbers are written out here.
            lang: ``zh_CN`` or ``en``.
            rate: Words a minute, 80 to 300.

        Raises:
            Invalid: One of them is something else.
            NoVoice: The voice failed again and again.
            OSError: The file could not be stored.
        """
        _check(text, lang, rate)
        words = spoken(text, lang)
        file = self._cache / f"{_key(words, lang, rate)}.wav"
        with self._turn:
            seconds = self._known(file)
            if seconds is None:
                sound = self._speak(words, lang, rate)
                self._store(sound, file)
                seconds = seconds_of(sound) or 0.0
        return Utterance(file, seconds)

    def close(self) -> None:
        """End the worker. It is started again when something is to be said."""
        with self._turn:
            self._end_worker()

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker; None while there is none."""
        return self._worker.pid if self._worker else None

    def _known(self, file: Path) -> float | None:
        """Return how long a file of the cache plays, and note that it was used; None when it has to be spoken."""
        try:
            seconds = seconds_of(file.read_bytes())
            file.touch()
        except OSError:
            return None
        return seconds

    def _store(self, sound: bytes, file: Path) -> None:
        self._cache.mkdir(parents=True, exist_ok=True)
        made = self._cache / f".{uuid4().hex}"
        try:
            made.write_bytes(sound)
            made.replace(file)
        finally:
            made.unlink(missing_ok=True)
        self._prune()

    def _speak(self, words: str, lang: str, rate: int) -> bytes:
        for _ in range(_TRIES):
            sound = self._ask(words, lang, rate)
            if is_whole(sound, words, lang):
                return sound
        raise NoVoice

    def _ask(self, words: str, lang: str, rate: int) -> bytes:
        """Let the worker speak; whoever is silent or dead is replaced by the next try."""
        if self._worker is None:
            self._worker = _Worker()
        sound = self._worker.speak(words, lang, rate)
        if sound is None:
            self._end_worker()
        return sound or b""

    def _end_worker(self) -> None:
        if self._worker:
            self._worker.end()
            self._worker = None

    def _prune(self) -> None:
        """Remove what was not used for longest when the cache is full."""
        self._made += 1
        if self._made % _PRUNE_EVERY:
            return
        known = []
        for file in self._cache.glob("*.wav"):
            with suppress(OSError):  # another process of the same cache was faster
                found = file.stat()
                known.append((found.st_mtime, found.st_size, file))
        total = sum(size for _, size, _ in known)
        for _, size, file in sorted(known):
            if total <= _CACHE_BYTES:
                break
            with suppress(OSError):
                file.unlink(missing_ok=True)
            total -= size


class _Worker:
    """One process with one thread that owns the engine."""

    def __init__(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._line, other = spawn.Pipe()
        self._process = spawn.Process(target=work, args=(other,), name="voice", daemon=True)
        self._process.start()
        other.close()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def speak(self, words: str, lang: str, rate: int) -> bytes | None:
        """Return what the worker says; None when it says nothing in time, or died."""
        try:
            self._line.send((words, lang, rate))
            return self._line.recv_bytes() if self._line.poll(_PATIENCE) else None
        except (OSError, EOFError):
            return None

    def end(self) -> None:
        self._line.close()
        self._process.kill()
        self._process.join()
        self._process.close()


def work(line: Connection) -> None:
    """Speak what comes down the line until its other end closes. Runs in the worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started us
    with suppress(EOFError, OSError, RuntimeError):  # whoever waits finds the line closed, and starts another
        voice = Voice()
        while True:
            line.send_bytes(voice.speak(*line.recv()))


def _check(text: str, lang: str, rate: int) -> None:
    if lang not in VOICES:
        raise Invalid(N_("There is no voice for {lang}."), N_("Choose zh_CN or en."), lang=lang)
    if not 0 < len(text.strip()) <= len(text) <= MOST_CHARACTERS:
        raise Invalid(
            N_("A text to speak has 1 to {most} characters."), N_("Cut it into parts."), most=MOST_CHARACTERS
        )
    if not SLOWEST <= rate <= FASTEST:
        raise Invalid(
            N_("A rate of {rate} words a minute is not possible."),
            N_("Choose {least} to {most}."),
            rate=rate,
            least=SLOWEST,
            most=FASTEST,
        )


def _key(words: str, lang: str, rate: int) -> str:
    told = "\0".join((str(_FORM), words, lang, VOICES[lang], str(rate)))
    return hashlib.sha256(told.encode()).hexdigest()
