"""60 answers that are none get the flags that are true of them, and "weak" at most; honest ones get none."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox_hrms.app import library
from sandbox_hrms.core.datasets import QuestionSource
from sandbox_hrms.core.feedback import shown_answer
from sandbox_hrms.scorers.lexical import LexicalScorer

KINDS = yaml.safe_load((Path(__file__).parent / "tricks.yaml").read_text("utf-8"))
TRICKS = [(kind["kind"], number, one) for kind in KINDS for number, one in enumerate(kind["answers"], 1)]
HONEST = yaml.safe_load((Path(__file__).parent / "honest.yaml").read_text("utf-8"))
WEAK = 1
"""The level that "touches on it" is."""


def asked(question_id: str) -> QuestionSource:
    family = question_id.split("_", maxsplit=1)[0]
    return next(one for one in library.bank(family).questions if one.id == question_id)


def test_there_are_twelve_kinds_of_five_in_both_languages() -> None:
    assert Counter(kind for kind, _, _ in TRICKS) == Counter({kind["kind"]: 5 for kind in KINDS})
    assert len(KINDS) == 12
    for kind in KINDS:
        assert {one["lang"] for one in kind["answers"]} == {"en", "zh_CN"}


@pytest.mark.parametrize(("kind", "number", "one"), TRICKS, ids=[f"{kind}-{number}" for kind, number, _ in TRICKS])
def test_a_trick_is_named_and_weak_at_most(kind: str, number: int, one: dict[str, Any]) -> None:
    question = asked(one["question"]).within(one["lang"], number)
    text = "".join(one["text"].replace("#", str(time)) for time in range(1, one.get("times", 1) + 1))
    if one.get("copies"):
        text = shown_answer(question) + text
    rubric = library.rubric("standard").within(one["lang"])
    result = LexicalScorer().score(rubric, [question], {question.id: text})
    also = next(row.get("also", []) for row in KINDS if row["kind"] == kind)
    assert sorted(flag.code for flag in result.flags) == sorted([kind, *also])
    assert all((part.level or 0) <= WEAK for part in result.competencies)
    assert (result.total or 0) <= 30


def test_honest_answers_that_come_near_to_a_trick_get_no_flag() -> None:
    langs = Counter(one["lang"] for one in HONEST)
    assert min(langs["en"], langs["zh_CN"]) >= 20
    named = {}
    for number, one in enumerate(HONEST, 1):
        question = asked(one["question"]).within(one["lang"], number)
        rubric = library.rubric("standard").within(one["lang"])
        result = LexicalScorer().score(rubric, [question], {question.id: one["text"]})
        if result.flags:
            named[one["text"]] = [flag.code for flag in result.flags]
    assert named == {}
