"""What counts as a change since a guide was made, and what does not."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from guides.record import Change, Changed, Record, changes, differences, record
from tests.builders import a_scenario
from tests.unit.guides.walks import BUTTON, FIELD, PRESS, screen
from trainer.core.brand import Brand
from trainer.core.walkthrough import Box, Mark, Shot, WalkStep, Walkthrough


def walk(*shots: Shot) -> Walkthrough:
    return Walkthrough("lesson-web", 1, "d", "web", "en", "T", "", (WalkStep("end", "Press End.", "", shots),))


def kept(*shots: Shot) -> Record:
    return record(a_scenario(), walk(*shots), Brand(), ["lesson-web.en.pdf"])


def moved(x: float, y: float) -> tuple[Mark, ...]:
    return (Mark("click", Box(BUTTON.x + x, BUTTON.y + y, BUTTON.width, BUTTON.height)),)


PLAIN = screen("Time left 3:27", "Typed text", marks=PRESS)


@pytest.mark.parametrize(
    "now",
    [PLAIN, screen("Time left 3:19", "Typed text", marks=PRESS), replace(PLAIN, marks=moved(1, -2))],
    ids=["nothing", "a clock", "a pixel"],
)
def test_what_is_no_difference(now: Shot) -> None:
    assert list(differences(kept(PLAIN), walk(now))) == []


@pytest.mark.parametrize(
    ("now", "what"),
    [
        ((replace(PLAIN, marks=moved(-40, 0)),), Changed.PLACE),
        ((screen("Time left 3:27", "Another, much longer text " * 5, marks=PRESS),), Changed.LOOK),
        ((screen("Time left 3:27", "Typed text"),), Changed.PICTURES),
        ((PLAIN, PLAIN), Changed.PICTURES),
        ((), Changed.PICTURES),
    ],
    ids=["moved", "another text", "no mark", "one more", "none"],
)
def test_what_is_one(now: tuple[Shot, ...], what: Changed) -> None:
    assert list(differences(kept(PLAIN), walk(*now))) == [Change(what, "end")]


def test_another_colour_is_a_difference() -> None:
    def coloured(colour: str) -> Shot:
        return replace(PLAIN, png=recoloured(PLAIN.png, colour))

    assert list(differences(kept(coloured("#1565c0")), walk(coloured("#1b7f3b")))) == [Change(Changed.LOOK, "end")]


def recoloured(png: bytes, colour: str) -> bytes:
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image.paste(colour, tuple(round(2 * side) for side in (FIELD.x, 480, FIELD.x + 120, 520)))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_lesson_texts_and_brand_count(monkeypatch: pytest.MonkeyPatch) -> None:
    known = kept(PLAIN)
    assert list(changes(known, a_scenario(), Brand())) == []
    assert list(changes(known, a_scenario(version=2), Brand())) == [Change(Changed.LESSON)]
    retold = [change.what for change in changes(known, a_scenario(title="Another title"), Brand())]
    assert retold == [Changed.LESSON, Changed.TEXTS]
    assert list(changes(known, a_scenario(), Brand(name="Harbour"))) == [Change(Changed.BRAND)]
    monkeypatch.setattr("guides.record.__version__", "99")
    assert list(changes(known, a_scenario(), Brand())) == [Change(Changed.TRAINER)]


def test_a_record_outlives_its_file() -> None:
    known = kept(PLAIN)
    assert Record.model_validate_json(known.model_dump_json()) == known
    assert len(known.model_dump_json()) < 5_000
