"""How far a trainee has come with a lesson: it is completed only in the mode it requires."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.builders import a_scenario
from trainer.core.checks import Outcome, Status
from trainer.core.runs import Attempt, Run, RunStatus
from trainer.web.pages.home import Standing, lessons_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def a_run(
    mode: str, found: Status = Status.PASSED, status: RunStatus = RunStatus.FINISHED, digest: str = ""
) -> Run:
    tried = (Attempt("end", (Outcome(found, "outcome", "x", "x", "y"),), NOW, NOW),)
    return Run("r1", "lesson-web", 1, digest, mode, "en", "ann", "s1", NOW, status=status, attempts=tried)


@pytest.mark.parametrize(
    ("required", "runs", "standing"),
    [
        ("guided", [], Standing.NEW),
        ("guided", [a_run("guided")], Standing.PASSED),
        ("practice", [a_run("guided")], Standing.READY),
        ("practice", [a_run("exam")], Standing.PASSED),
        ("exam", [a_run("practice")], Standing.READY),
        ("exam", [a_run("exam", Status.FAILED)], Standing.AGAIN),
        ("exam", [a_run("exam", Status.FAILED), a_run("guided")], Standing.READY),
        ("exam", [a_run("exam", digest="an older text")], Standing.PASSED),
    ],
)
def test_a_lesson_is_completed_by_the_mode_it_requires(required: str, runs: list[Run], standing: Standing) -> None:
    (lesson,) = lessons_of([a_scenario(required=required)], runs)
    assert lesson.standing is standing


def test_an_exam_under_way_can_be_gone_on_with() -> None:
    scenario = a_scenario(required="exam")
    going = a_run("exam", status=RunStatus.ACTIVE, digest=scenario.digest)
    (lesson,) = lessons_of([scenario], [going])
    assert (lesson.standing, lesson.open_run) == (Standing.UNDER_WAY, going)
