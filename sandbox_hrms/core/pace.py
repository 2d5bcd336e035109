"""How fast somebody spoke and where they paused, from the times of words: a hint that counts nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

LONG = 2.0
"""Seconds from which on a silence between two words is told as a pause."""
_LEAST_WORDS = 5
_BY_LETTER = "zh_CN"


@dataclass(frozen=True, slots=True)
class Timed:
    """One word with the seconds of the recording at which it begins and ends."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Pace:
    """What the times of words tell.

    Attributes:
        per_minute: Characters a minute in Chinese, words a minute elsewhere; pauses are part of the time.
        pauses: Seconds of each silence over two seconds, in their order.
    """

    per_minute: int
    pauses: tuple[float, ...]


def pace(words: Sequence[Timed], lang: str) -> Pace | None:
    """Return how fast words were spoken; None where there are too few of them to tell."""
    if len(words) < _LEAST_WORDS or words[-1].end <= words[0].start:
        return None
    count = sum(sum(map(str.isalnum, one.text)) if lang == _BY_LETTER else 1 for one in words)
    gaps = (after.start - before.end for before, after in pairwise(words))
    return Pace(
        per_minute=round(60 * count / (words[-1].end - words[0].start)),
        pauses=tuple(round(gap, 1) for gap in gaps if gap > LONG),
    )
