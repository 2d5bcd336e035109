"""What a Run is worth: the rule of docs/judging.md, in numbers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from trainer.core.checks import Outcome, Status
from trainer.core.runs import Attempt, Run, RunStatus
from trainer.core.score import credit, score

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PASSED, FAILED, UNKNOWN = Status.PASSED, Status.FAILED, Status.UNKNOWN


def attempt(*statuses: Status, step: str = "end", **more: object) -> Attempt:
    outcomes = tuple(Outcome(status, "outcome", "stored: x", "x", "y") for status in statuses)
    return Attempt(step, outcomes, NOW, NOW, **more)  # type: ignore[arg-type]


def run(*attempts: Attempt, final: tuple[Outcome, ...] = ()) -> Run:
    return Run(
        "r1", "l", 1, "d", "exam", "en", "t1", "s1", NOW, status=RunStatus.FINISHED, attempts=attempts, final=final
    )


@pytest.mark.parametrize(
    ("tried", "worth"),
    [
        (attempt(PASSED, PASSED), 1.0),
        (attempt(), 1.0),
        (attempt(PASSED, FAILED), 0.5),
        (attempt(FAILED), 0.0),
        (attempt(PASSED, UNKNOWN), 1.0),
        (attempt(UNKNOWN), None),
        (attempt(PASSED, mistakes=2), 0.8),
        (attempt(PASSED, mistakes=40), 0.5),
        (attempt(PASSED, FAILED, mistakes=40), 0.0),
        (attempt(PASSED, helps=("nudge", "where", "show")), 0.65),
        (attempt(PASSED, helps=("back",)), 0.9),
        (attempt(PASSED, helps=("nudge", "do"), assisted=True), 0.0),
    ],
)
def test_a_step_is_worth_what_is_right_of_it_less_mistakes_and_help(tried: Attempt, worth: float | None) -> None:
    assert credit(tried) == worth


def test_a_run_is_worth_the_mean_of_its_steps_and_of_what_others_see() -> None:
    seen = tuple(Outcome(status, "outcome", "see", "a", "b") for status in (PASSED, FAILED))
    whole = score(run(attempt(PASSED, step="a"), attempt(FAILED, step="b"), final=seen))
    assert whole.points == 50
    assert [(mark.name, mark.credit) for mark in whole.marks] == [("a", 1.0), ("b", 0.0), ("", 0.5)]


def test_what_could_not_be_judged_counts_neither_way() -> None:
    assert score(run(attempt(PASSED, step="a"), attempt(UNKNOWN, step="b"))).points == 100
    assert score(run(attempt(UNKNOWN))).points is None


def test_of_several_tries_the_last_one_counts() -> None:
    assert score(run(attempt(FAILED), attempt(PASSED))).points == 100
