"""Tables for the terminal: columns that line up, also with Chinese characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """Return how many terminal cells `text` takes."""
    return sum(0 if unicodedata.combining(letter) else 1 + wide(letter) for letter in text)


def wide(letter: str) -> bool:
    """Tell whether a character takes two cells."""
    return unicodedata.east_asian_width(letter) in "WF"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table with a head and a rule, columns two cells apart, no trailing blanks."""
    widths = [max(width(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [head, ["─" * cells for cells in widths], *rows]
    return "\n".join(
        "  ".join(cell + " " * (cells - width(cell)) for cell, cells in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
