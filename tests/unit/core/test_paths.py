"""What the test before a path and the one after it say has changed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from trainer.core.checks import Outcome, Status
from trainer.core.paths import TEST_MODE, Change, LearningPath, Part, change
from trainer.core.runs import Attempt, Run, RunStatus

PATH = LearningPath(
    id="short",
    version=1,
    title="A path",
    summary="Two lessons.",
    test="exam-web",
    parts=(Part(title="One", lessons=("first-web",)), Part(title="Two", lessons=("second-web",))),
)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def a_run(scenario: str, minute: int, *, right: int = 4, **more: object) -> Run:
    """Build a finished Run of two minutes and four Steps, the first `right` of which passed."""
    began = START + timedelta(minutes=minute)
    attempts = tuple(
        Attempt(
            f"s{number}",
            (Outcome(Status.PASSED if number < right else Status.FAILED, "outcome", "", "", ""),),
            began,
            began,
        )
        for number in range(4)
    )
    run = Run("r", scenario, 1, "d", TEST_MODE, "en", "me", "s", began, began + timedelta(minutes=2))
    return replace(run, **{"status": RunStatus.FINISHED, "attempts": attempts} | more)  # type: ignore[arg-type]


LEARNED = [a_run("first-web", 10, mode="guided"), a_run("second-web", 20, mode="guided")]
FAILED = a_run("second-web", 20, right=3)


def test_the_difference_is_between_the_first_test_and_the_last() -> None:
    runs = [
        a_run("exam-web", 0, right=1),
        a_run("exam-web", 5, right=2),
        *LEARNED,
        a_run("exam-web", 30, right=3),
        a_run("exam-web", 40, right=4),
    ]
    found = change(PATH, reversed(runs))
    assert found == Change(25, 100)
    assert found.difference == 75


def test_getting_worse_is_told_as_well() -> None:
    found = change(PATH, [a_run("exam-web", 0, right=4), *LEARNED, a_run("exam-web", 30, right=2)])
    assert found.difference == -50


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        ([], Change(None, None)),
        ([a_run("exam-web", 0)], Change(100, None)),
        (LEARNED, Change(None, None)),
        ([*LEARNED, a_run("exam-web", 30)], Change(None, 100)),
        ([LEARNED[0], a_run("exam-web", 15), LEARNED[1]], Change(None, None)),
        ([a_run("exam-web", 9), *LEARNED], Change(None, None)),
        ([a_run("exam-web", 0), LEARNED[0], a_run("exam-web", 30)], Change(100, None)),
        (
            [a_run("exam-web", 0), LEARNED[0], a_run("second-web", 20, right=3), a_run("exam-web", 30)],
            Change(100, None),
        ),
        ([a_run("exam-web", 0, mode="practice"), *LEARNED], Change(None, None)),
        ([a_run("exam-web", 0, status=RunStatus.LEFT), *LEARNED], Change(None, None)),
        ([a_run("exam-web", 0, attempts=()), *LEARNED], Change(None, None)),
        ([a_run("exam-web", 0, digest="old"), *LEARNED, a_run("exam-web", 30)], Change(None, 100)),
    ],
    ids=[
        "nothing",
        "only before",
        "no test",
        "only after",
        "in the middle",
        "still going on when the first lesson began",
        "a lesson is missing",
        "a lesson was not passed",
        "with help",
        "not handed in",
        "nothing could be judged",
        "another text",
    ],
)
def test_what_is_no_fair_test_counts_for_nothing(runs: list[Run], told: Change) -> None:
    found = change(PATH, runs)
    assert found == told
    assert found.difference is None
