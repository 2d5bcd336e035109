"""The same answer, the same level: whoever gives it, in whichever language, in whichever process."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from faker import Faker

from sandbox_hrms.app import library
from sandbox_hrms.core.datasets import Lang, QuestionSource
from sandbox_hrms.scorers.lexical import LexicalScorer

HERE = Path(__file__).parent
PAIRS = yaml.safe_load((HERE / "pairs.yaml").read_text("utf-8"))
LANGS: tuple[Lang, ...] = ("en", "zh_CN")
LOCALES = {"en": "en_US", "zh_CN": "zh_CN"}
OPENINGS = {
    "en": "{name} from {city} and {her} manager, {mr} {other}, know how I work. ",
    "zh_CN": "{city}的{name}和{her}经理{other}{mr}了解我的工作方式。",
}
GENDERS = {
    "en": ({"her": "her", "mr": "Mrs"}, {"her": "his", "mr": "Mr"}),
    "zh_CN": ({"her": "她的", "mr": "女士"}, {"her": "他的", "mr": "先生"}),
}
MOST_APART = 0.5


def question_of(question_id: str) -> QuestionSource:
    family = question_id.split("_", maxsplit=1)[0]
    return next(one for one in library.bank(family).questions if one.id == question_id)


def levels(lang: Lang, source: QuestionSource, text: str) -> dict[str, int]:
    question = source.within(lang, 1)
    result = LexicalScorer().score(library.rubric("standard").within(lang), [question], {question.id: text})
    return {one.code: one.level for one in result.competencies if one.level is not None}


def answers(lang: Lang) -> Iterator[tuple[QuestionSource, str]]:
    """Give all answers of the banks and the pairs, over and over."""
    every = [
        *(
            (one, text.within(lang))
            for family in library.bank_ids()
            for one in library.bank(family).questions
            for text in one.answers.values()
        ),
        *((question_of(one["question"]), one[lang]) for one in PAIRS),
    ]
    while True:
        yield from every


def swapped(lang: Lang, count: int) -> int:
    """Say who is spoken of with two sets of names, places and gender words; count the levels that differ."""
    fake = Faker(LOCALES[lang])
    fake.seed_instance(2026)
    given = answers(lang)
    changed = 0
    for _ in range(count):
        source, text = next(given)
        told = []
        for gender in GENDERS[lang]:
            who = {"name": fake.name(), "other": fake.last_name(), "city": fake.city()}
            told.append(levels(lang, source, OPENINGS[lang].format(**who, **gender) + text))
        changed += told[0] != told[1]
    return changed


@pytest.mark.parametrize("lang", LANGS)
def test_names_places_and_gender_words_change_no_level(lang: Lang) -> None:
    assert swapped(lang, 40) == 0


@pytest.mark.proof
@pytest.mark.parametrize("lang", LANGS)
def test_names_places_and_gender_words_change_no_level_in_200_answers(lang: Lang) -> None:
    assert swapped(lang, 200) == 0


def test_the_same_answer_gets_the_same_level_in_both_languages() -> None:
    assert len(PAIRS) == 50
    apart = []
    for one in PAIRS:
        source = question_of(one["question"])
        english, chinese = (levels(lang, source, one[lang]) for lang in LANGS)
        assert english.keys() == chinese.keys(), one["en"]
        apart += [abs(english[code] - chinese[code]) for code in english]
    assert sum(apart) / len(apart) <= MOST_APART
    told = f"{sum(apart) / len(apart):.2f}"
    assert re.search(rf"\b{told}\b", (HERE.parents[2] / "docs" / "scoring.md").read_text("utf-8")), told


PROGRAM = """
import sys
from tests.unit.hrms.test_fairness import PAIRS, question_of
from sandbox_hrms.app import library
from sandbox_hrms.scorers.lexical import LexicalScorer
seen = set()
for lang in ("en", "zh_CN"):
    questions = [question_of(one["question"]).within(lang, 1) for one in PAIRS[:4:3]]
    given = {one["question"]: one[lang] for one in PAIRS[:4:3]}
    rubric = library.rubric("standard").within(lang)
    told = {LexicalScorer().score(rubric, questions, given).model_dump_json() for _ in range(int(sys.argv[1]))}
    assert len(told) == 1
    seen |= told
print("\\n".join(sorted(seen)))
"""


def outputs(repeats: int) -> set[str]:
    """Score again and again in processes with different hash seeds; return the different things they print."""
    root = HERE.parents[2]
    return {
        subprocess.run(
            [sys.executable, "-c", PROGRAM, str(repeats)],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "4242")
    }


def test_other_processes_with_other_hash_seeds_give_the_same_bytes() -> None:
    assert len(outputs(5)) == 1


@pytest.mark.proof
def test_a_thousand_repeats_in_two_processes_give_the_same_bytes() -> None:
    assert len(outputs(1_000)) == 1
