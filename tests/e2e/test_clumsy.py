"""A clumsy trainee comes to the end of every lesson with the coach's help; nobody gets stuck."""

import pytest

from tests.clumsy import practise
from trainer import bootstrap
from trainer.core.checks import Status
from trainer.core.runs import RunStatus

SAMPLE = ("read-results-web", "start-interview-web")
OTHERS = [lesson.id for lesson in bootstrap.scenarios().all() if lesson.id not in SAMPLE]


@pytest.mark.browser
@pytest.mark.parametrize("lesson", [*SAMPLE, *(pytest.param(name, marks=pytest.mark.proof) for name in OTHERS)])
def test_a_clumsy_trainee_comes_to_the_end(lesson: str) -> None:
    run, person = practise(bootstrap.scenarios().get(lesson))
    assert (run.status, run.verdict) == (RunStatus.FINISHED, Status.PASSED), person.mishaps
