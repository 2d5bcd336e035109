"""A clumsy trainee comes to the end of lessons with the coach's help; docs/judging.md tells of more of them."""

import pytest

from tests.clumsy import practise
from trainer import bootstrap
from trainer.core.checks import Status
from trainer.core.runs import RunStatus

SAMPLE = ("start-interview-web",)
OTHERS = (
    "blocked-close-local",
    "first-interview-web",
    "forecast-suite",
    "frozen-screen-web",
    "left-half-way-web",
    "normal-exit-local",
    "read-results-web",
    "save-and-resume-web",
)


@pytest.mark.browser
@pytest.mark.parametrize("lesson", [*SAMPLE, *(pytest.param(name, marks=pytest.mark.proof) for name in OTHERS)])
def test_a_clumsy_trainee_comes_to_the_end(lesson: str) -> None:
    run, person = practise(bootstrap.scenarios().get(lesson))
    assert (run.status, run.verdict) == (RunStatus.FINISHED, Status.PASSED), person.mishaps
