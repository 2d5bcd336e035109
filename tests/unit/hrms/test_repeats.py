"""The same answers give the same bytes, however often and wherever: scores, flags, what is asked back."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys
from sandbox_hrms.app import library
from sandbox_hrms.app.follow_up import lacks
from sandbox_hrms.scorers.lexical import LexicalScorer
from tests.unit.hrms.test_rubrics import SOURCE, graded
from tests.unit.hrms.test_tricks import KINDS, asked

scorer = LexicalScorer()
tricks = [kind["answers"][place % 2] for place, kind in enumerate(KINDS) if kind["kind"] != "too_long"]

def told(lang):
    rubric = library.rubric("standard").within(lang)
    first, *rest = [one.within(lang, number) for number, one in enumerate(SOURCE, 1)]
    questions = [first.model_copy(update={"graded": graded(lang, (5, 5, 3, 5, 4, 0))}), *rest]
    answers = {one.id: one.answered("fair").within(lang) for one in SOURCE}
    yield scorer.score(rubric, questions, answers).model_dump_json()
    yield " ".join(str(lacks(one, answers[one.id])) for one in questions)
    for one in tricks:
        if one["lang"] == lang:
            question = asked(one["question"]).within(lang, 1)
            text = one["text"] * one.get("times", 1)
            yield scorer.score(rubric, [question], {question.id: text}).model_dump_json()

seen = {"\\n".join(line for lang in ("en", "zh_CN") for line in told(lang)) for _ in range(int(sys.argv[1]))}
print("\\n-----\\n".join(sorted(seen)))
"""


def outputs(repeats: int) -> set[str]:
    """Score again and again in two processes with different hash seeds; return the different things they print."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(repeats)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "4242")
    ]
    told = {process.communicate()[0] for process in running}
    assert [process.returncode for process in running] == [0, 0]
    return told


def same(told: set[str]) -> str:
    """Return what all processes and all repeats printed, where that is one thing."""
    (only,) = told
    assert "-----" not in only
    return only


def test_calibrated_scores_flags_and_what_is_asked_back_are_the_same_in_another_process() -> None:
    told = same(outputs(1))
    assert '"uncalibrated":null' in told
    assert '"uncalibrated":' in told.replace('"uncalibrated":null', "")
    assert "copied_question" in told
    assert {"own_part", "result", "detail"} & set(told.split())


@pytest.mark.proof
def test_a_thousand_repeats_of_them_give_the_same_bytes() -> None:
    same(outputs(1_000))
