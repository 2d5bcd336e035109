"""What a Run came to: one failure fails, an unknown is neither pass nor fail."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from trainer.core.checks import Outcome, Status
from trainer.core.runs import Attempt, Run, RunStatus, sum_up

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def outcome(status: Status) -> Outcome:
    return Outcome(status, "outcome", "stored: x", "x", "y")


def attempt(step: str, *statuses: Status) -> Attempt:
    return Attempt(step, tuple(outcome(status) for status in statuses), NOW, NOW)


RUN = Run("r1", "normal-exit-web", 1, "d", "guided", "en", "t1", "s1", NOW, status=RunStatus.FINISHED)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([], Status.PASSED),
        ([Status.PASSED], Status.PASSED),
        ([Status.PASSED, Status.UNKNOWN], Status.UNKNOWN),
        ([Status.UNKNOWN, Status.FAILED, Status.PASSED], Status.FAILED),
    ],
)
def test_outcomes_are_summed_up(statuses: list[Status], expected: Status) -> None:
    assert sum_up([outcome(status) for status in statuses]) == expected


def test_only_the_last_try_at_a_step_counts() -> None:
    run = replace(RUN, attempts=(attempt("end", Status.FAILED), attempt("end", Status.PASSED)))
    assert run.verdict == Status.PASSED


def test_what_others_see_at_the_end_counts() -> None:
    run = replace(RUN, attempts=(attempt("end", Status.PASSED),), final=(outcome(Status.FAILED),))
    assert run.verdict == Status.FAILED


@pytest.mark.parametrize("status", [RunStatus.ACTIVE, RunStatus.LEFT])
def test_a_run_that_was_not_finished_is_unknown(status: RunStatus) -> None:
    assert replace(RUN, status=status, attempts=(attempt("end", Status.PASSED),)).verdict == Status.UNKNOWN
