"""Brand: whose name, logo and colours a guide carries."""

from __future__ import annotations

import re

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from trainer.core.model import Model

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
READABLE = 4.5
"""White text must stand out from its ground by this ratio (WCAG 2.2, AA)."""


class Brand(Model):
    """What guides look like.

    Attributes:
        name: Who publishes them, or "".
        logo: PNG or JPEG for a light ground, or nothing.
        primary: Colour of bands, headings and numbers, as ``#rrggbb``; white text must be readable on it.
        accent: Colour of the rings in pictures, the same way.
        footer: One line at the end of each page, such as whom to ask.
    """

    name: str = Field(default="", max_length=60)
    logo: bytes = b""
    primary: str = "#1565c0"
    accent: str = "#c2185b"
    footer: str = Field(default="", max_length=200)

    @field_validator("primary", "accent")
    @classmethod
    def is_readable(cls, colour: str) -> str:
        """Refuse what is no colour, and what white text cannot be read on."""
        if not COLOUR.fullmatch(colour):
            raise PydanticCustomError("bad_colour", "`{colour}` is no colour", {"colour": colour})
        ratio = contrast(colour)
        if ratio < READABLE:
            told = {"colour": colour, "ratio": f"{ratio:.1f}"}
            raise PydanticCustomError("pale_colour", "white on {colour} has a contrast of {ratio} only", told)
        return colour.lower()

    @property
    def deep(self) -> str:
        """A darker shade of the primary colour."""
        return mixed(self.primary, "#000000", 0.28)

    @property
    def tint(self) -> str:
        """The primary colour as a pale ground."""
        return mixed(self.primary, "#ffffff", 0.9)

    @property
    def glow(self) -> str:
        """A light shade of the primary colour, to be read on a dark ground."""
        return mixed(self.primary, "#ffffff", 0.55)


def mixed(colour: str, other: str, share: float) -> str:
    """Return `colour` with a `share` (0 to 1) of `other` in it, all as ``#rrggbb``."""
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + bytes(round(one + (two - one) * share) for one, two in pairs).hex()


def contrast(colour: str) -> float:
    """Return the contrast of white on `colour`, from 1 to 21, as WCAG counts it."""
    parts = [part / 255 for part in bytes.fromhex(colour[1:])]
    light = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]  # noqa: PLR2004
    return 1.05 / (0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] + 0.05)
