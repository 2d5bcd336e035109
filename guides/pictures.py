"""Pictures: a Shot made ready for print, with its marks ringed and numbered."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFont

from guides.typeface import BOLD, FILES
from trainer.core.brand import Brand
from trainer.core.walkthrough import Box, Shot

NOTICEABLE = 150
"""Pixels (CSS) that must differ before two pictures count as different: more than a caret or a running clock."""

FAINT = 12
"""An empty picture differs by no more than this from one colour."""

ACCENT = Brand().accent

GAP = 6.0
STROKE = 3.0
HALO = 1.5
BADGE = 11.0
MARGIN = 28.0
SMOOTH = 3
"""Rings are drawn this many times larger and scaled down, so that curves have no steps."""


@dataclass(frozen=True)
class Picture:
    """A picture ready for print.

    Attributes:
        image: RGB.
        width: Width in CSS pixels.
        height: Height in CSS pixels.
    """

    image: Image.Image
    width: float
    height: float

    def png(self, widest: int) -> bytes:
        """Return a PNG of 256 colours, made smaller where it is wider than `widest` pixels."""
        out = io.BytesIO()
        _at_most(self.image, widest).quantize(256, dither=Image.Dither.NONE).save(out, "PNG", optimize=False)
        return out.getvalue()

    def jpeg(self, widest: int) -> bytes:
        """Return a JPEG, made smaller where it is wider than `widest` pixels."""
        out = io.BytesIO()
        _at_most(self.image, widest).save(out, "JPEG", quality=84, optimize=True)
        return out.getvalue()

    def webp(self) -> bytes:
        """Return a WebP in full size, as browsers show it."""
        out = io.BytesIO()
        self.image.save(out, "WEBP", quality=82, method=3)
        return out.getvalue()


def alike(first: Shot, second: Shot) -> bool:
    """Tell whether a reader would take two shots for the same picture.

    Where `second` shows a form that was just filled in, its marked places do not count, and neither does a short
    note beside them.
    """
    if first.png == second.png:
        return True
    one, other = (_opened(shot) for shot in (first, second))
    if one.size != other.size:
        return False
    factor = max(1, round(first.scale))
    changes = ImageChops.difference(one.reduce(factor), other.reduce(factor)).convert("L")
    filled_in = any(mark.verb != "click" for mark in second.marks)
    for mark in second.marks if filled_in else ():
        left, top, right, bottom = ring_box(mark.box, changes.size)
        changes.paste(0, (round(left), round(top), round(right), round(bottom)))
    return sum(changes.histogram()[24:]) <= NOTICEABLE * (8 if filled_in else 1)


def prepared(shot: Shot, first: int = 1, colour: str = ACCENT) -> Picture:
    """Return the shot with its marks ringed and numbered from `first`, empty space at the bottom cut off."""
    image = _opened(shot)
    for number, mark in enumerate(shot.marks, start=first):
        _ring(image, mark.box, shot.scale, number, colour)
    image = image.crop((0, 0, image.width, _end_of_content(image, shot)))
    return Picture(image, image.width / shot.scale, image.height / shot.scale)


def ring_box(box: Box, size: tuple[float, float]) -> tuple[float, float, float, float]:
    """Return left, top, right, bottom (CSS pixels) of the ring around `box`, kept inside a picture of `size`."""
    inset = STROKE / 2 + HALO
    width, height = size
    left = min(max(box.x - GAP, inset), width - inset)
    top = min(max(box.y - GAP, inset), height - inset)
    right = max(left, min(box.x + box.width + GAP, width - inset))
    bottom = max(top, min(box.y + box.height + GAP, height - inset))
    return left, top, right, bottom


def _at_most(image: Image.Image, widest: int) -> Image.Image:
    if image.width <= widest:
        return image
    return image.resize((widest, round(image.height * widest / image.width)), Image.Resampling.LANCZOS)


def _opened(shot: Shot) -> Image.Image:
    return Image.open(io.BytesIO(shot.png)).convert("RGB")


def _ring(image: Image.Image, box: Box, scale: float, number: int, ring: str) -> None:
    """Draw one ring and its number onto `image`."""
    size = (image.width / scale, image.height / scale)
    left, top, right, bottom = ring_box(box, size)
    reach = BADGE + HALO + STROKE
    area = (
        int(max(0, left - reach) * scale),
        int(max(0, top - reach) * scale),
        int(min(size[0], right + reach) * scale),
        int(min(size[1], bottom + reach) * scale),
    )
    zoom = scale * SMOOTH
    patch = Image.new("RGBA", ((area[2] - area[0]) * SMOOTH, (area[3] - area[1]) * SMOOTH))
    draw = ImageDraw.Draw(patch)

    def at(*points: float) -> Sequence[float]:
        corner = (area[0] * SMOOTH, area[1] * SMOOTH)
        return [point * zoom - corner[index % 2] for index, point in enumerate(points)]

    for grow, colour in ((HALO, "white"), (0.0, ring)):
        half = STROKE / 2 + grow
        draw.rounded_rectangle(
            at(left - half, top - half, right + half, bottom + half),
            radius=8 * zoom,
            outline=colour,
            width=round((STROKE + 2 * grow) * zoom),
        )
    x = min(max(left, BADGE + HALO), size[0] - BADGE - HALO)
    y = min(max(top, BADGE + HALO), size[1] - BADGE - HALO)
    for radius, colour in ((BADGE + HALO, "white"), (BADGE, ring)):
        draw.ellipse(at(x - radius, y - radius, x + radius, y + radius), fill=colour)
    font = ImageFont.truetype(str(FILES[BOLD]), round(14 * zoom))
    draw.text((at(x, y)[0], at(x, y)[1]), str(number), font=font, fill="white", anchor="mm")
    small = patch.resize((area[2] - area[0], area[3] - area[1]), Image.Resampling.LANCZOS)
    image.paste(small, area[:2], small)


def is_empty(png: bytes) -> bool:
    """Tell whether a picture shows nothing: a window between two pages is all of one colour."""
    with Image.open(io.BytesIO(png)) as image:
        counts = image.convert("L").histogram()
    shades = [shade for shade, count in enumerate(counts) if count]
    return shades[-1] - shades[0] <= FAINT


def _end_of_content(image: Image.Image, shot: Shot) -> int:
    """Return the row below which there is only background, with a margin and never closer than a mark."""
    background = image.getpixel((0, image.height - 1))
    blank = Image.new("RGB", image.size, background)
    bounds = ImageChops.difference(image, blank).getbbox()
    content = bounds[3] if bounds else image.height
    lowest = max((mark.box.y + mark.box.height + GAP + STROKE for mark in shot.marks), default=0.0) * shot.scale
    return min(image.height, max(round(content + MARGIN * shot.scale), round(lowest), image.width // 3))
