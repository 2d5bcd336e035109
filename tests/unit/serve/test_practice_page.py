"""What the practice page makes of where a Run stands, without a browser before it."""

from __future__ import annotations

import asyncio
import time
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.builders import a_step
from tests.unit.coach.test_coach import Desk, desk_of, started
from trainer.app.coach import STUCK, Progress
from trainer.core.actions import SignIn
from trainer.core.checks import Visible
from trainer.core.errors import BadInput, BrokenEnvironment, TrainerError
from trainer.core.runs import Run
from trainer.web.pages import practice
from trainer.web.pages.exam import ExamPage
from trainer.web.pages.layout import Handler
from trainer.web.pages.practice import PracticePage, Scene


class Told(PracticePage):
    """Notes what it would tell."""

    def __init__(self, progress: Progress, *, shown: bool = False) -> None:
        visit: Any = SimpleNamespace(coach=None)
        super().__init__(visit, progress, "")
        self.told: list[str] = []
        self._talk.shown = shown

    def take(self, progress: Progress) -> list[str]:
        """Take over where the Run stands and return what is told then."""
        self.told = []
        asyncio.run(self._take(progress))
        return self.told

    def show(self) -> None:
        self.told.append("shown")

    def show_actions(self) -> None:
        pass

    def praise(self) -> None:
        self.told.append("praised")

    def tell_again(self) -> None:
        self.told += [f"hint: {given.rung}" for given in self._progress.given]

    async def encourage(self) -> None:
        self.told.append("encouraged")

    def _order(self, kind: str, **_more: object) -> None:
        self.told.append(kind)

    def _point(self, *, label: str = "") -> None:  # noqa: ARG002  # the page's own
        self.told.append("ringed" if self._talk.shown else "pointed")


class Sat(ExamPage):
    """An exam whose one line for trouble is on paper."""

    def __init__(self, progress: Progress) -> None:
        visit: Any = SimpleNamespace(coach=None, lang="en")
        super().__init__(visit, progress, "")
        self._trouble: Any = SimpleNamespace(text="")

    def fails(self, error: TrainerError | None) -> str:
        """Return what the page says when looking fails, or does not any more."""
        self._tell_failure(error)
        return str(self._trouble.text)


@pytest.fixture
def desk() -> Desk:
    return desk_of(started(), a_step())


@pytest.fixture
def run(desk: Desk) -> Run:
    return desk.begin("practice")


def with_all_hints(desk: Desk, run: Run) -> Told:
    """Return the page of somebody who has had the place shown."""
    for _rung in range(3):
        desk.coach.help(run.id)
    return Told(desk.coach.progress(run.id), shown=True)


def test_a_step_that_passes_takes_its_hints_along(desk: Desk, run: Run) -> None:
    page = with_all_hints(desk, run)
    desk.store(run, "interview_started", status="going")
    assert page.take(desk.look(run)) == ["begin", "praised", "shown", "pointed"]
    assert page.take(desk.look(run)) == ["encouraged"]


def test_so_does_one_that_passed_while_what_was_done_next_was_noted(desk: Desk, run: Run) -> None:
    page = with_all_hints(desk, run)
    desk.store(run, "interview_started", status="going")
    desk.see(run, "click", "interview.end")
    assert page.take(desk.look(run)) == ["begin", "praised", "shown", "pointed"]


def test_so_does_one_that_passed_in_a_second_tab_and_a_hint_of_the_next_one_stays(desk: Desk, run: Run) -> None:
    page = with_all_hints(desk, run)
    desk.store(run, "interview_started", status="going")
    desk.look(run)
    desk.coach.help(run.id)
    assert page.take(desk.look(run)) == ["begin", "praised", "hint: nudge", "shown", "pointed"]


def test_who_comes_to_a_run_under_way_is_not_praised_for_what_was_done_before(desk: Desk, run: Run) -> None:
    desk.store(run, "interview_started", status="going")
    page = Told(desk.look(run))
    assert page.take(desk.look(run)) == ["encouraged"]


def test_an_exercise_thatcannot_go_on_is_not_begun_anew_in_a_break_of_the_class(
    desk: Desk, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    pressed: dict[str, Handler] = {}

    async def paused() -> None:
        raise BadInput("A short break")

    monkeypatch.setattr(practice, "frame", lambda *_told: nullcontext())
    monkeypatch.setattr(practice, "tag", lambda *_told: nullcontext())
    monkeypatch.setattr(practice, "link", lambda *_told: None)
    monkeypatch.setattr(practice, "button", lambda _text, name, act: pressed.update({name: act}))
    visit: Any = SimpleNamespace(
        text=str, lang="en", coach=desk.coach, need_running=paused, guarded=lambda act, _run: act
    )
    practice.cannot_go_on(visit, run, BrokenEnvironment("It does not answer."))
    with pytest.raises(BadInput, match="A short break"):
        asyncio.run(pressed["practice.restart"]())
    assert desk.runs.of("ann") == (run,)


def test_what_stores_nothing_is_done_and_not_stored() -> None:
    back = a_step(id="return", do=(SignIn(role="candidate"),), expect=(Visible(visible="home.start"),))
    desk = desk_of(started(), back, a_step())
    run = desk.begin()
    assert practice.praise_for(run) == "Done."
    desk.store(run, "interview_started", status="going")
    assert practice.praise_for(desk.look(run).run) == "Right. That is stored."
    desk.coach.performed(run.id, "sign_in", "candidate")
    now = desk.look(run, visible={"home.start": True})
    assert (now.passed, practice.praise_for(now.run)) == (("return",), "Done.")


def test_an_exam_says_so_when_nothing_can_be_judged(desk: Desk) -> None:
    exam = Sat(desk.coach.progress(desk.begin("exam").id))
    assert exam.fails(BadInput("This lesson was changed.", "Start it again.")) == (
        "This lesson was changed. Start it again."
    )
    assert exam.fails(None) == ""


class Handing(Sat):
    """An exam in which what was done last is stored after the first look at it."""

    def __init__(self, desk: Desk, run: Run) -> None:
        super().__init__(desk.coach.progress(run.id))
        self._desk, self._run = desk, run
        self.passed: list[tuple[str, ...]] = []

    async def _look(self) -> None:
        self._progress = self._desk.look(self._run)
        self.passed.append(self._progress.passed)
        self._desk.store(self._run, "interview_started", status="going")

    def wait(self) -> None:
        """Wait as it does before it hands in."""
        asyncio.run(self._let_arrive())


def test_what_was_done_just_before_handing_in_arrives_first(desk: Desk) -> None:
    run = desk.begin("exam")
    exam = Handing(desk, run)
    desk.see(run, "click", "home.start")
    exam.wait()
    assert exam.passed == [(), ("begin",)]


class Stuck(PracticePage):
    """The page of somebody who has not got on for a while."""

    def __init__(self, progress: Progress, *, button: bool = True, missing: bool = False) -> None:
        visit: Any = SimpleNamespace(coach=None, text=str)
        super().__init__(visit, replace(progress, idle=STUCK * 2), "")
        self._talk.scene = Scene.WORKING
        self._talk.missing_since = time.monotonic() if missing else None
        self._help: Any = SimpleNamespace(visible=button)
        self._help_text: Any = SimpleNamespace(text="X")
        self.told = ""

    def say(self, text: str, tone: str = "plain") -> None:  # noqa: ARG002  # the page's own
        self.told = text

    def offers(self) -> str:
        """Return what is told."""
        asyncio.run(self.encourage())
        return self.told


def test_a_hint_is_offered_as_long_as_there_is_one(desk: Desk, run: Run) -> None:
    assert Stuck(desk.coach.progress(run.id)).offers() == "Take your time. If you would like a hint, press “X”."
    for _rung in range(3):
        desk.coach.help(run.id)
    page = Stuck(desk.coach.progress(run.id))
    assert page.offers() == "Take your time. If you would like it done for you, press “X”."


def test_nothing_is_offered_where_the_button_or_what_the_step_asks_for_is_not_to_be_seen(
    desk: Desk, run: Run
) -> None:
    progress = desk.coach.progress(run.id)
    assert Stuck(progress, button=False).offers() == ""
    assert Stuck(progress, missing=True).offers() == ""
