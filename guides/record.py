"""Record: what a guide was made from, so that one can tell later whether it still holds."""

from __future__ import annotations

import base64
import hashlib
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from PIL import Image, ImageChops
from pydantic import Field

from trainer import __version__
from trainer.core.brand import Brand
from trainer.core.model import Model
from trainer.core.scenario import Scenario
from trainer.core.walkthrough import Shot, Walkthrough
from trainer.i18n import translator

CELL = 16
"""CSS pixels along the side of one cell of a look: a digit or two that differ leave their cells as they are."""

DIFFERS = 18
"""Levels (of 255) by which a cell differs."""

CELLS = 3
"""So many cells must differ before a picture counts as another one."""

MOVED = 3.0
"""CSS pixels by which a place may differ."""


class Changed(StrEnum):
    """What has changed since a guide was made."""

    LESSON = "lesson"
    TEXTS = "texts"
    BRAND = "brand"
    TRAINER = "trainer"
    PICTURES = "pictures"
    PLACE = "place"
    LOOK = "look"


@dataclass(frozen=True)
class Change:
    """One thing that has changed.

    Attributes:
        what: Its kind.
        step: Id of the Step, where pictures differ.
    """

    what: Changed
    step: str = ""


class Look(Model):
    """What one picture looked like.

    Attributes:
        step: Id of its Step.
        marks: Left, top, width and height of each marked place, in CSS pixels.
        size: Cells across and down.
        cells: The picture in cells, as packed RGB.
    """

    step: str
    marks: tuple[tuple[float, float, float, float], ...]
    size: tuple[int, int]
    cells: str


class Record(Model):
    """What one guide was made from.

    Attributes:
        scenario: Id of the lesson.
        lang: Language.
        digest: Digest of the lesson.
        texts: Digest of its texts in the language.
        brand: Digest of name, logo and colours.
        trainer: Version of the trainer, on which the layout depends.
        looks: Its pictures, in order.
        files: Its files, without pictures of their own.
    """

    scenario: str
    lang: str
    digest: str
    texts: str
    brand: str
    trainer: str
    looks: tuple[Look, ...] = ()
    files: tuple[str, ...] = ()


class Records(Model):
    """The records of one folder.

    Attributes:
        version: Of this form.
        guides: Name of a guide → its record.
    """

    version: int = 1
    guides: dict[str, Record] = Field(default_factory=dict)


def record(scenario: Scenario, walkthrough: Walkthrough, brand: Brand, files: Sequence[str]) -> Record:
    """Return what a guide was made from.

    Args:
        scenario: The lesson.
        walkthrough: What was performed.
        brand: Name, logo and colours.
        files: Names of the guide's files.
    """
    looks = [_look(step.id, shot) for step in walkthrough.steps for shot in step.shots]
    return _written(scenario, walkthrough.lang, brand).model_copy(
        update={"looks": tuple(looks), "files": tuple(files)}
    )


def changes(known: Record, scenario: Scenario, brand: Brand) -> Iterator[Change]:
    """Yield what has changed since, as far as that can be told without performing the lesson."""
    now = _written(scenario, known.lang, brand)
    pairs = {
        Changed.LESSON: (known.digest, now.digest),
        Changed.TEXTS: (known.texts, now.texts),
        Changed.BRAND: (known.brand, now.brand),
        Changed.TRAINER: (known.trainer, now.trainer),
    }
    yield from (Change(what) for what, (before, after) in pairs.items() if before != after)


def differences(known: Record, walkthrough: Walkthrough) -> Iterator[Change]:
    """Yield what the lesson, performed again, shows otherwise: one line for each picture, in order."""
    now = [_look(step.id, shot) for step in walkthrough.steps for shot in step.shots]
    for before, after in zip_longest(known.looks, now):
        if before is None or after is None or before.step != after.step or len(before.marks) != len(after.marks):
            yield Change(Changed.PICTURES, (after or before).step)
            return
        if _moved(before, after):
            yield Change(Changed.PLACE, after.step)
        elif _looks_different(before, after):
            yield Change(Changed.LOOK, after.step)


def _written(scenario: Scenario, lang: str, brand: Brand) -> Record:
    gettext = translator("scenarios", lang).gettext
    told = [scenario.title, scenario.summary, *(text for step in scenario.steps for text in (step.say, step.sees))]
    texts = [gettext(text) if text else "" for text in told]
    return Record(
        scenario=scenario.id,
        lang=lang,
        digest=scenario.digest,
        texts=_digest("\0".join(texts).encode()),
        brand=_digest(repr(brand).encode()),
        trainer=__version__,
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _look(step: str, shot: Shot) -> Look:
    image = Image.open(io.BytesIO(shot.png)).convert("RGB")
    size = tuple(max(1, round(side / shot.scale / CELL)) for side in image.size)
    small = image.resize((size[0], size[1]), Image.Resampling.BOX)
    marks = tuple((mark.box.x, mark.box.y, mark.box.width, mark.box.height) for mark in shot.marks)
    packed = base64.b64encode(zlib.compress(small.tobytes(), 9)).decode()
    return Look(step=step, marks=marks, size=small.size, cells=packed)


def _moved(before: Look, after: Look) -> bool:
    pairs = zip(before.marks, after.marks, strict=True)
    return any(abs(one - two) > MOVED for old, new in pairs for one, two in zip(old, new, strict=True))


def _looks_different(before: Look, after: Look) -> bool:
    if before.size != after.size:
        return True
    one, other = (
        Image.frombytes("RGB", look.size, zlib.decompress(base64.b64decode(look.cells)))
        for look in (before, after)
    )
    red, green, blue = ImageChops.difference(one, other).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return sum(most.histogram()[DIFFERS + 1 :]) >= CELLS
