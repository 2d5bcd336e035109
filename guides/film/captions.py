"""Captions: what is said, cut into pieces that can be read in time, as WebVTT, SRT and plain text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LETTERS_A_SECOND = 20.0
"""Latin letters that one reads in a second, as caption guides have it."""

WIDE_A_SECOND = 9.0
"""Chinese characters that one reads in a second."""

LONGEST = 84
"""Width of one caption: two lines of 42 letters, or of 21 Chinese characters."""

SHORTEST_SECONDS = 1.0

PIECE = re.compile(r".+?(?:(?:[，。；：！？、]+|[,.;:!?]+(?=\s|$|[^\x00-\x7f]))[”’）》]*|$)\s*", re.DOTALL)
"""Up to a punctuation mark, but not to one inside of a number, a time or an address."""

LETTER = re.compile(r"\S[，。；：！？、”’）》]*\s*")
"""A character with what must not begin a caption."""


@dataclass(frozen=True)
class Cue:
    """One caption.

    Attributes:
        start: When it appears, in seconds.
        end: When it goes.
        text: What it says, on one line.
    """

    start: float
    end: float
    text: str


@dataclass(frozen=True)
class Chapter:
    """A part of a film that one can jump to.

    Attributes:
        start: Its first second.
        end: Where it ends.
        title: Its name.
    """

    start: float
    end: float
    title: str


def width(text: str) -> int:
    """Return how wide `text` is in letters; a Chinese character is as wide as two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def reading_seconds(text: str) -> float:
    """Return how long one needs to read `text`."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return max(SHORTEST_SECONDS, wide / WIDE_A_SECOND + (len(text) - wide) / LETTERS_A_SECOND)


def cues(text: str, start: float, seconds: float) -> Iterator[Cue]:
    """Yield the captions of what is said from `start` for `seconds`; each piece gets its share of the time."""
    pieces = _pieces(text)
    whole = sum(reading_seconds(piece) for piece in pieces)
    for piece in pieces:
        share = seconds * reading_seconds(piece) / whole
        yield Cue(start, start + share, piece)
        start += share


def _pieces(text: str) -> list[str]:
    """Cut `text` after punctuation, else between words or Chinese characters, into few captions of like width."""
    count = -(-width(text) // LONGEST)
    if count <= 1:
        return [text]
    parts = [
        word for piece in PIECE.findall(text) for word in ([piece] if width(piece) <= LONGEST else _words(piece))
    ]
    goal, pieces = width(text) / count, [""]
    for part in parts:
        joined = width(pieces[-1] + part)
        if pieces[-1] and (joined > LONGEST or joined - goal > goal - width(pieces[-1])):
            pieces.append("")
        pieces[-1] += part
    return [piece.strip() for piece in pieces]


def _words(piece: str) -> Iterator[str]:
    """Yield the words of what is wider than a caption; one that is wider itself letter by letter."""
    for word in re.findall(r"\S+\s*|\s+", piece):
        yield from [word] if width(word) <= LONGEST else LETTER.findall(word)


def as_webvtt(shown: Sequence[Cue]) -> str:
    """Return captions as a WebVTT file."""
    blocks = [f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{_escaped(cue.text)}\n" for cue in shown]
    return "\n".join(["WEBVTT\n", *blocks])


def as_srt(shown: Sequence[Cue]) -> str:
    """Return captions as a SubRip file."""
    return "\n".join(
        f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{cue.text}\n"
        for number, cue in enumerate(shown, start=1)
    )


def chapters_as_webvtt(chapters: Sequence[Chapter]) -> str:
    """Return chapters as a WebVTT file, as a player's chapter track has them."""
    return as_webvtt([Cue(chapter.start, chapter.end, chapter.title) for chapter in chapters])


def _clock(seconds: float, point: str) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
