"""On a wrong way nobody waits long for what does not come: as long as the right way took, and a little more."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace
from typing import cast

import pytest

from tests.builders import a_step
from tests.unit.mutate.course import Laboratory, Time, course, false_ones, opening
from trainer.adapters.in_memory import InMemoryWindow
from trainer.app.coach import Coach
from trainer.app.mutate import right_step
from trainer.app.ports import StageWindow
from trainer.app.trainee import PATIENCE_SECONDS, STUCK_SECONDS, STUCK_TIMES, Trainee
from trainer.core.actions import Click, NotDone
from trainer.core.errors import LookFailed
from trainer.core.mutants import Move, Mutant
from trainer.core.scenario import Step


class Opening:
    """A window in which a button can be pressed after some seconds."""

    def __init__(self, time: Time, opens: float) -> None:
        self._time = time
        self._opens = opens

    def choices(self) -> tuple[str, ...]:
        return ("door",) if self._time.moment() >= self._opens else ()


@pytest.mark.parametrize(
    ("knows", "waited"),
    [(None, PATIENCE_SECONDS), ({}, STUCK_SECONDS), ({"door": 2.0}, STUCK_SECONDS + STUCK_TIMES * 2.0)],
)
def test_what_does_not_come_is_given_up(knows: dict[str, float] | None, waited: float) -> None:
    time = Time()
    window = cast("StageWindow", Opening(time, opens=100))
    trainee = Trainee(cast("Coach", None), "run", window, wait=time.wait, moment=time.moment)
    trainee.knows = knows
    with pytest.raises(NotDone):
        trainee.act(Move(Click(target="door")))
    assert time.moment() == pytest.approx(waited, abs=0.1)
    assert trainee.waits == {}


def test_a_trainee_remembers_how_long_something_took() -> None:
    time = Time()
    window = cast("StageWindow", Opening(time, opens=1.5))
    trainee = Trainee(cast("Coach", None), "run", window, wait=time.wait, moment=time.moment)
    assert trainee.reaches(Click(target="door"))
    assert trainee.reaches(Click(target="door"))
    assert trainee.waits["door"] == pytest.approx(1.5, abs=0.1)


STUCK = "the page let nobody go on: interview.submit: it is not on the page"


@pytest.mark.parametrize(("after", "blame"), [("third", ""), ("second", STUCK)])
def test_what_the_step_before_has_done_as_well_is_not_asked_for(after: str, blame: str) -> None:
    time = Time()
    now = SimpleNamespace(step=a_step(id=after), steps=(), outcomes=(), wanted=((), ()))
    coach = SimpleNamespace(progress=lambda _run: now, look=lambda _run, _shown: now)
    window = cast("StageWindow", Opening(time, opens=100))
    trainee = Trainee(cast("Coach", coach), "run", window, wait=time.wait, moment=time.moment)
    step = a_step(id="second", do=(Click(target="interview.submit"),))
    assert right_step(trainee, step, None) == blame


class ShyWindow(InMemoryWindow):
    """A window whose fields cannot be read the first few times."""

    shy = 2

    def read_field(self, target: str) -> str | None:
        if ShyWindow.shy:
            ShyWindow.shy -= 1
            raise LookFailed("shy", "")
        return super().read_field(target)


@pytest.mark.parametrize(("times", "found"), [(1, True), (99, False)])
def test_a_page_that_cannot_be_read_stumbles_and_ends_no_other_lesson(
    times: int, found: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ShyWindow, "shy", times)
    proof = Laboratory(course(), stage=opening(ShyWindow)).prover.prove(course())
    assert bool(proof.judged) is found
    assert proof.error == ("" if found else "shy")
    assert false_ones(proof) == []


@pytest.mark.parametrize(("stumbles", "judged"), [({3, 13}, True), ({3, 4}, False)])
def test_each_ride_that_stumbles_is_begun_once_more(
    stumbles: set[int], judged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = count(1)  # nine a ride

    def stumbling(trainee: Trainee, step: Step, mutant: Mutant | None) -> str:
        if next(steps) in stumbles:
            raise LookFailed("shy", "")
        return right_step(trainee, step, mutant)

    monkeypatch.setattr("trainer.app.mutate.right_step", stumbling)
    proof = Laboratory(course()).prover.prove(course())
    assert (false_ones(proof) == []) is judged
    assert len({one.mutant.id for one in proof.judged}) == len(proof.judged)


def test_each_mutant_is_told_with_its_place_among_all() -> None:
    laboratory = Laboratory(course())
    proof = laboratory.prover.prove(course())
    total = len(proof.judged)
    assert laboratory.counted == [(number, total) for number in range(1, total + 1)]
