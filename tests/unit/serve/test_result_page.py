"""What the page of a result says in its first words."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.serve.test_workshops import NOON, a_run
from trainer.core.checks import Event, FieldValue, Looks, Outcome, See, Status, Stored, Visible
from trainer.core.runs import Run, RunStatus
from trainer.core.workshop import Seat
from trainer.i18n import translator
from trainer.web.pages import words
from trainer.web.pages.result import came_to, seen_told

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


@pytest.mark.parametrize(
    ("seen", "states", "told"),
    [
        ("not on the page", True, "不在页面上"),
        ("not on the page", False, "不在页面上"),
        ("to_review", True, "待评估"),
        ("to_review", False, "to_review"),
        ("1/2", True, "1/2"),
    ],
)
def test_what_was_not_seen_is_told_in_the_readers_language(seen: str, told: str, *, states: bool) -> None:
    visit: Any = SimpleNamespace(text=translator("trainer", "zh_CN").gettext)
    assert seen_told(visit, seen, states=states) == told


def test_every_word_of_the_checks_for_what_is_not_there_is_known() -> None:
    checks = (
        Stored(stored="a"),
        Event(event="answer_submitted"),
        See(see={"a": "b"}, **{"as": "hr"}),
        FieldValue(field="a"),
        Visible(visible="a"),
    )
    unseen = [found.seen for check in checks for found in check.judge(Looks())]
    gone = [
        found.seen
        for check in checks[3:]
        for found in check.judge(Looks(fields={"a": None}, visible={"a": False}))
    ]
    assert set(unseen + gone) <= words.SEEN.keys()
