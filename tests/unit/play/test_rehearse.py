"""Single Steps are performed and judged in the order that a test wants."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import a_step
from tests.unit.play.lessons import answer, begin, end, lesson
from trainer.adapters.in_memory import InMemoryControl, InMemoryStage
from trainer.app.examine import Examiner
from trainer.app.play import steps_in
from trainer.app.rehearse import Rehearsal
from trainer.core.actions import Click
from trainer.core.checks import Status
from trainer.core.errors import BadInput
from trainer.core.runs import sum_up
from trainer.core.scenario import Step


class Hall:
    """A rehearsal on paper; its pictures are the names they were kept under."""

    def __init__(self, *steps: Step) -> None:
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)
        self.pictures: list[str] = []
        control = InMemoryControl()
        stage = InMemoryStage(control)
        scenario = lesson(*steps)
        info = control.create(scenario.profile, "en", scenario.seed)
        window = stage.window(info.id, scenario.role)
        examiner = Examiner(info.id, window, stage, control, lambda: self.now, self.wait)
        self.rehearsal = Rehearsal(steps_in(scenario, info, str), examiner, "test", self.keep)

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def keep(self, name: str, _png: bytes) -> str:
        self.pictures.append(name)
        return name


def test_a_step_that_was_performed_passes() -> None:
    hall = Hall()
    assert hall.rehearsal.perform("begin") == ()
    assert sum_up(hall.rehearsal.judge("begin")) is Status.PASSED
    assert hall.pictures == []


def test_a_step_that_was_not_performed_fails_with_a_picture_of_each_check() -> None:
    hall = Hall()
    assert sum_up(hall.rehearsal.judge("end")) is Status.FAILED
    assert hall.pictures == ["test.end.1", "test.end.2"]


def test_an_event_from_before_the_step_does_not_answer_it() -> None:
    hall = Hall(begin(), a_step(id="again", do=(Click(target="interview.submit"),), expect=begin().expect[1:2]))
    hall.rehearsal.perform("begin")
    assert sum_up(hall.rehearsal.judge("again")) is Status.PASSED  # by all that has happened so far
    hall.rehearsal.perform("again")
    assert sum_up(hall.rehearsal.judge("again")) is Status.FAILED


def test_an_action_that_cannot_be_done_is_told_with_a_picture() -> None:
    hall = Hall(begin(), a_step(id="wrong", do=(Click(target="no.such"),)), end())
    (found,) = hall.rehearsal.perform("wrong")
    assert (found.status, found.check, found.screenshot) == (Status.FAILED, "click: no.such", "test.wrong.1")


def test_a_step_that_there_is_not_is_named_with_the_nearest() -> None:
    with pytest.raises(BadInput, match=r"no step `answr\.1`") as caught:
        Hall(begin(), answer(), end()).rehearsal.perform("answr.1")
    assert "answer.1" in caught.value.hint


def test_a_branch_that_is_not_taken_is_not_asked_for() -> None:
    hall = Hall(begin(), a_step(id="other", when="interview.status == 'lost'"), end())
    assert [hall.rehearsal.is_asked_for(step) for step in hall.rehearsal.steps] == [True, False, True]
