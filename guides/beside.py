"""Beside: two pictures side by side, what was before and what is now."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from guides import typeface
from guides.pictures import prepared
from guides.theme import INK, LINE
from guides.typeface import BOLD, FILES
from trainer.core.walkthrough import Shot

GAP, HEAD = 32, 64


def side_by_side(shots: Sequence[tuple[str, Shot]]) -> bytes:
    """Return a PNG in which ringed pictures stand beside each other, each below its label."""
    pictures = [(label, prepared(shot).image) for label, shot in shots]
    width = sum(image.width for _label, image in pictures) + GAP * (len(pictures) + 1)
    height = max(image.height for _label, image in pictures) + HEAD + GAP
    sheet = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(FILES[BOLD]), 30)
    left = GAP
    for label, image in pictures:
        draw.text((left, 14), typeface.printable(label), font=font, fill=INK)
        sheet.paste(image, (left, HEAD))
        draw.rectangle((left - 1, HEAD - 1, left + image.width, HEAD + image.height), outline=LINE, width=2)
        left += image.width + GAP
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()
