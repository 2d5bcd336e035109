"""What the page of a result says in its first words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.serve.test_workshops import NOON, a_run
from trainer.core.checks import Outcome, Status
from trainer.core.runs import Run, RunStatus
from trainer.core.workshop import Seat
from trainer.i18n import translator
from trainer.web.pages.result import came_to

UNSEEN = Outcome(Status.UNKNOWN, "outcome", "see", "hr sees it", "the browser has ended")
DONE = a_run(Seat("s", "w", "Ann", "ann", "C"), "normal-exit-web")


@pytest.mark.parametrize(
    ("run", "lang", "word", "sentence"),
    [
        (DONE, "en", "Passed", "other people see it too"),
        (replace(DONE, final=(UNSEEN,)), "en", "Not judged yet", "The last look could not be taken"),
        (replace(DONE, status=RunStatus.LEFT), "en", "Broken off", "ended before its last step"),
        (replace(DONE, status=RunStatus.LEFT, ended=NOON, attempts=()), "zh_CN", "已中断", "没有得分"),
    ],
)
def test_an_exercise_that_was_broken_off_is_not_blamed_on_a_look(
    run: Run, lang: str, word: str, sentence: str
) -> None:
    told = [translator("trainer", lang).gettext(text) for text in came_to(run)]
    assert told[0] == word
    assert sentence in told[1]
