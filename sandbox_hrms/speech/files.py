"""A spoken sound file: mono, 16 bit, 22,050 Hz, and whole."""

import array
import io
import wave

RATE_HZ = 22_050
_QUIET = 200
"""Amplitude of 32,768 below which a sample is silence."""
_TAIL = 0.15
"""Seconds of silence that the engine puts behind every utterance: where they are missing, the end is missing."""
_LEAST = {"zh_CN": 0.045, "en": 0.018}
"""Seconds that a character takes at the fastest rate, at least."""


def seconds_of(sound: bytes) -> float | None:
    """Return how long a WAV file plays; None when it is no whole WAV file."""
    samples = _samples(sound)
    return None if samples is None else len(samples) / RATE_HZ


def is_whole(sound: bytes, text: str, lang: str) -> bool:
    """Return whether a file holds all of ``text``: long enough, and with the pause behind its last word."""
    samples = _samples(sound)
    if samples is None:
        return False
    letters = sum(letter.isalnum() for letter in text)
    tail = samples[-int(_TAIL * RATE_HZ) :]
    return len(samples) / RATE_HZ > letters * _LEAST[lang] and max(map(abs, tail)) < _QUIET


def _samples(sound: bytes) -> "array.array[int] | None":
    """Return the samples of a file whose length is what its head says."""
    try:
        with wave.open(io.BytesIO(sound)) as file:
            promised = file.getnframes()
            samples = array.array("h", file.readframes(promised))
            rate = file.getframerate()
    except (EOFError, ValueError, wave.Error):
        return None
    return samples if len(samples) == promised > 0 and rate == RATE_HZ else None
