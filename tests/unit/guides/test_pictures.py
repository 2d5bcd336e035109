"""Rings, numbers and what counts as a new picture, looked at pixel by pixel."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from guides.pictures import ACCENT, alike, prepared, ring_box
from tests.unit.guides.walks import BUTTON, FIELD, HEIGHT, PRESS, SCALE, TYPE_AND_PRESS, WIDTH, screen
from trainer.core.walkthrough import Box, Mark, Shot

RED = tuple(bytes.fromhex(ACCENT[1:]))


def pixel(image: Image.Image, x: float, y: float) -> tuple[int, ...]:
    found = image.getpixel((int(x * SCALE), int(y * SCALE)))
    assert isinstance(found, tuple)
    return found


@pytest.mark.parametrize("box", [BUTTON, FIELD])
def test_the_ring_is_where_the_target_is(box: Box) -> None:
    plain = prepared(screen("Page")).image
    picture = prepared(screen("Page", marks=(Mark("click", box),))).image
    left, top, right, bottom = ring_box(box, (WIDTH, HEIGHT))
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    for x, y in ((left, middle_y), (right, middle_y), (middle_x, top), (middle_x, bottom)):
        assert pixel(picture, x, y) == pytest.approx(RED, abs=3)
    assert left < box.x
    assert right > box.x + box.width
    assert top < box.y
    assert bottom > box.y + box.height
    assert pixel(picture, middle_x, middle_y) == pixel(plain, middle_x, middle_y)


def test_a_ring_changes_nothing_far_from_it() -> None:
    plain, picture = prepared(screen("Page")).image, prepared(screen("Page", marks=PRESS)).image
    for area in ((0, 0, 800, 420), (0, 180, WIDTH, 420)):
        scaled = tuple(int(edge * SCALE) for edge in area)
        assert plain.crop(scaled).tobytes() == picture.crop(scaled).tobytes()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "box",
    [
        Box(0, 0, WIDTH, HEIGHT),
        Box(-50, -50, 20, 20),
        Box(WIDTH - 4, HEIGHT - 4, 30, 30),
        Box(WIDTH + 100, HEIGHT + 100, 10, 10),
        Box(300, 300, 0, 0),
    ],
)
def test_a_ring_stays_inside_its_picture(box: Box) -> None:
    picture = prepared(screen("Page", marks=(Mark("click", box),)))
    plain = prepared(screen("Page"))
    assert picture.image.tobytes() != plain.image.tobytes()
    assert picture.width == WIDTH


def test_marks_are_numbered_in_order() -> None:
    one, two = prepared(screen("P", marks=TYPE_AND_PRESS)), prepared(screen("P", marks=TYPE_AND_PRESS), first=3)
    left, top, *_ = ring_box(FIELD, (WIDTH, HEIGHT))
    badge = tuple(int(edge * SCALE) for edge in (left - 11, top - 11, left + 11, top + 11))
    assert pixel(one.image, left - 8, top) == pytest.approx(RED, abs=3)
    first, third = (picture.image.crop(badge) for picture in (one, two))  # type: ignore[arg-type]
    assert first.tobytes() != third.tobytes()


def test_empty_space_at_the_bottom_is_cut_off_but_never_a_mark() -> None:
    assert prepared(screen("Page", content=420)).height == pytest.approx(448, abs=1)
    assert prepared(screen("Page", content=HEIGHT - 10)).height == HEIGHT
    low = Mark("click", Box(500, 600, 80, 30))
    assert prepared(screen("Page", content=420, marks=(low,))).height > 630
    assert prepared(screen("Page", content=90)).height >= WIDTH // 3


def noisy(shot: Shot, width: int, height: int) -> Shot:
    """Return the shot with a black rectangle of this many CSS pixels in it."""
    image = Image.open(io.BytesIO(shot.png))
    image.paste((0, 0, 0), (200, 900, 200 + int(width * SCALE), 900 + int(height * SCALE)))
    out = io.BytesIO()
    image.save(out, "PNG")
    return replace(shot, png=out.getvalue())


def test_a_caret_or_a_clock_makes_no_new_picture_but_a_changed_state_does() -> None:
    page = screen("Page")
    assert alike(page, page)
    assert alike(page, noisy(page, 2, 20))
    assert alike(page, noisy(page, 6, 20))
    assert not alike(page, noisy(page, 60, 20))
    assert not alike(page, screen("Another page"))


def test_what_the_next_step_types_makes_no_new_picture() -> None:
    typed = screen("Page", "An answer that fills the field. " * 2, marks=TYPE_AND_PRESS)
    assert alike(screen("Page"), typed)
    assert not alike(screen("Page"), replace(typed, marks=PRESS))


def test_windows_of_different_size_are_different() -> None:
    small = io.BytesIO()
    Image.new("RGB", (20, 20)).save(small, "PNG")
    assert not alike(screen("Page"), Shot(small.getvalue(), SCALE))
