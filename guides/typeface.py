"""Typeface: Noto Sans SC in two weights, and what happens to a character that it cannot show."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "NotoSansSC"
BOLD = "NotoSansSC-Bold"
MISSING = "□"
"""Stands for a character without a glyph: seen by the reader, unlike an empty space."""

FIRST_WIDE = "⺀"
"""Chinese characters begin here."""
STRAIGHT = str.maketrans("“”‘’", "\"\"''")

FILES = {
    REGULAR: Path(__file__).parent / "fonts" / "NotoSansSC-Regular.ttf",
    BOLD: Path(__file__).parent / "fonts" / "NotoSansSC-Bold.ttf",
}


@cache
def register() -> frozenset[str]:
    """Make both weights known to reportlab and return the characters that both can show."""
    fonts = [TTFont(name, str(file)) for name, file in FILES.items()]
    for font in fonts:
        pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
    known = [frozenset(map(chr, font.face.charToGlyph)) for font in fonts]
    return frozenset.intersection(*known)


def clean(text: str) -> str:
    """Return `text` composed, on one line, without control and invisible characters."""
    composed = unicodedata.normalize("NFC", text)
    visible = (
        " " if character.isspace() else character
        for character in composed
        if character.isspace() or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    return " ".join("".join(visible).split())


def missing(text: str) -> tuple[str, ...]:
    """Return the characters of `text` that have no glyph, sorted, each once."""
    return tuple(sorted(set(clean(text)) - register()))


def printable(text: str) -> str:
    """Return `text` cleaned, with `MISSING` in place of every character that has no glyph.

    The typeface's curved quotation marks are as wide as Chinese characters: text without any gets straight ones.
    """
    known = register()
    shown = "".join(character if character in known else MISSING for character in clean(text))
    return shown if any(character >= FIRST_WIDE for character in shown) else shown.translate(STRAIGHT)
