"""The camera takes its pictures at the right moments, and only of pages that came to rest."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence

import pytest

from tests.builders import a_step
from trainer.adapters.in_memory import InMemoryControl
from trainer.app.publish import REST_SECONDS, Camera, FilmCamera
from trainer.core.actions import Action, Click, CloseTab, Fill, Inject, NotDone, WaitFor
from trainer.core.errors import LookFailed
from trainer.core.walkthrough import Box, Mark, WalkStep

FIELD, BUTTON = Box(10, 20, 300, 100), Box(10, 140, 80, 30)


class Page:
    """A window that cannot be acted in: it tells where things are, and what its pictures show.

    Args:
        boxes: Test id → where it is.
        pictures: What the next pictures show; afterwards the last one stays. None for a page that just changes.
    """

    def __init__(self, boxes: dict[str, Box], *pictures: bytes | None) -> None:
        self.boxes = boxes
        self.shown: Iterator[bytes | None] = iter(pictures)
        self.last: bytes | None = b"page"
        self.scrolls = False
        self.scrolled = ""
        self.hidden: tuple[str, ...] = ()
        self.taken = 0

    def wait_for(self, target: str, *, visible: bool) -> None:
        assert visible
        if target not in self.boxes:
            raise NotDone(target, "missing")

    def is_visible(self, target: str) -> bool:
        return target in self.boxes

    def box(self, target: str) -> Box | None:
        if self.scrolls:
            self.scrolled = target
        return self.boxes.get(target)

    def picture(self, hide: Sequence[str] = ()) -> bytes:
        self.hidden = tuple(hide)
        self.taken += 1
        self.last = next(self.shown, self.last)
        if self.last is None:
            raise LookFailed("just changing")
        return self.last + self.scrolled.encode()


def shoot(page: Page, *actions: Action, result: bool = False) -> WalkStep:
    """Let the camera watch one step."""
    rests: list[float] = []
    control = InMemoryControl()
    camera = Camera(control, 2.0, lambda _number, _total: None, rests.append, operator.eq)
    step = a_step(do=actions or (CloseTab(),))
    camera.step_begins(step, 1, 1, page)  # type: ignore[arg-type]
    for action in actions:
        camera.before_action(action, page)  # type: ignore[arg-type]
    if result:
        camera.step_ended(step, (), page)  # type: ignore[arg-type]
        assert rests == [REST_SECONDS]
        return camera.steps[0]
    camera.step_ended(a_step(do=(CloseTab(),)), (), page)  # type: ignore[arg-type]
    assert rests == []
    return camera.steps[0]


FILL, SEND = Fill(target="field", text="x"), Click(target="button")
BOTH = {"field": FIELD, "button": BUTTON}


def test_a_form_and_its_button_share_a_picture() -> None:
    (shot,) = shoot(Page(BOTH), FILL, SEND).shots
    assert shot.marks == (Mark("fill", FIELD), Mark("click", BUTTON))


def test_after_a_button_a_new_picture_is_needed() -> None:
    shots = shoot(Page(BOTH), SEND, SEND).shots
    assert [shot.marks for shot in shots] == [(Mark("click", BUTTON),)] * 2


def test_what_cannot_be_seen_together_gets_pictures_of_its_own() -> None:
    page = Page(BOTH)
    page.scrolls = True
    shots = shoot(page, FILL, SEND).shots
    assert [shot.marks for shot in shots] == [(Mark("fill", FIELD),), (Mark("click", BUTTON),)]
    assert [shot.png for shot in shots] == [b"pagefield", b"pagebutton"]


def test_a_field_that_has_gone_is_not_ringed() -> None:
    page = Page(dict(BOTH))
    camera = Camera(InMemoryControl(), 2.0, lambda _number, _total: None, lambda _seconds: None, operator.eq)
    camera.step_begins(a_step(), 1, 1, page)  # type: ignore[arg-type]
    camera.before_action(FILL, page)  # type: ignore[arg-type]
    del page.boxes["field"]
    camera.before_action(SEND, page)  # type: ignore[arg-type]
    camera.step_ended(a_step(do=(CloseTab(),)), (), page)  # type: ignore[arg-type]
    assert [shot.marks for shot in camera.steps[0].shots] == [(Mark("fill", FIELD),), (Mark("click", BUTTON),)]


def test_a_moving_page_is_awaited() -> None:
    (shot,) = shoot(Page(BOTH, b"1", b"2", b"3", None, b"4", b"4"), SEND).shots
    assert shot.png == b"4"


def test_a_page_that_looks_as_before_needs_no_second_picture() -> None:
    page = Page(BOTH, b"1", b"1", b"2", b"2")
    camera = FilmCamera(InMemoryControl(), 2.0, lambda _number, _total: None, lambda _seconds: None, operator.eq)
    camera.step_begins(a_step(), 1, 1, page)  # type: ignore[arg-type]
    for action in (SEND, FILL):
        camera.before_action(action, page)  # type: ignore[arg-type]
        camera.after_action(action, page)  # type: ignore[arg-type]
    assert page.taken == 2 + 2 + 1 + 1  # before, after; before, after
    camera.step_ended(a_step(), (), page)  # type: ignore[arg-type]
    assert page.taken == 7
    assert [shot.png for shot in camera.steps[0].shots] == [b"1", b"2", b"2"]


def test_a_page_that_never_rests_is_taken_as_it_is() -> None:
    (shot,) = shoot(Page(BOTH, *(str(number).encode() for number in range(99))), SEND).shots
    assert shot.marks == (Mark("click", BUTTON),)


def test_a_page_that_cannot_be_looked_at_is_an_error() -> None:
    with pytest.raises(LookFailed, match="just changing"):
        shoot(Page(BOTH, *([None] * 99)), SEND)


def test_nothing_is_ringed_where_a_reader_does_nothing() -> None:
    step = shoot(Page(BOTH), WaitFor(target="button"), result=True)
    assert [shot.marks for shot in step.shots] == [()]


def test_a_target_that_does_not_come_is_left_to_the_action() -> None:
    assert shoot(Page({}), SEND).shots == ()


def test_the_result_is_the_last_picture() -> None:
    step = shoot(Page(BOTH, b"before", b"before", b"after"), SEND, result=True)
    assert [(shot.png, len(shot.marks), shot.scale) for shot in step.shots] == [
        (b"before", 1, 2.0),
        (b"after", 0, 2.0),
    ]


def test_every_picture_covers_what_the_lesson_hides() -> None:
    page = Page(BOTH)
    camera = Camera(InMemoryControl(), 2.0, lambda _n, _t: None, lambda _s: None, operator.eq, ("field",))
    camera.step_begins(a_step(), 1, 1, page)  # type: ignore[arg-type]
    camera.before_action(SEND, page)  # type: ignore[arg-type]
    assert page.hidden == ("field",)


def test_what_still_moves_before_a_fault_does_not_pass_for_what_the_fault_does() -> None:
    page = Page({}, b"scrolling", b"still", b"still", b"still", b"still", b"down")
    camera = Camera(InMemoryControl(), 2.0, lambda *_told: None, lambda _seconds: None, operator.eq)
    fault = Inject(fault="disk_full")
    step = a_step(do=(fault,))
    camera.step_begins(step, 1, 1, page)  # type: ignore[arg-type]
    camera.before_action(fault, page)  # type: ignore[arg-type]
    camera.step_ended(step, (), page)  # type: ignore[arg-type]
    assert [shot.png for shot in camera.steps[0].shots] == [b"down"]
