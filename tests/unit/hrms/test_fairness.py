"""The same answer, the same level: whoever gives it, in whichever language, in whichever process."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from faker import Faker

from sandbox_hrms.app import library
from sandbox_hrms.core.datasets import Lang, QuestionSource
from tests.pair_table import DOCUMENT, PAIRS, apart, levels, question_of, rows, table

HERE = Path(__file__).parent
LANGS: tuple[Lang, ...] = ("en", "zh_CN")
LOCALES = {"en": "en_US", "zh_CN": "zh_CN"}
PLACES = ("start", "middle", "end", "clause", "people")
SENTENCES = {
    "en": {
        "start": "{name} from {city} and {her} manager, {mr} {boss}, know how I work. ",
        "middle": "{name}, a {woman} from {city}, told {mr} {boss} what {she} thinks, and I listened to {whom}. ",
        "end": " Afterwards {mr} {last} wrote from {city} that {she} had seen it {herself}.",
        "clause": ", as {name} from {city} saw with {her} own eyes",
    },
    "zh_CN": {
        "start": "{city}的{name}和{her}经理{boss}{mr}了解我的工作方式。",
        "middle": "{city}来的{woman}同事{name}跟{boss}{mr}谈了{her}看法，我认真听{she}说。",
        "end": "事后{last}{mr}从{city}写信来，说{she}自己也看到了。",
        "clause": "，{city}的{name}在{her}岗位上看见",
    },
}
"""Who is spoken of besides: before an answer, between its sentences, behind it, and within one of them."""
PEOPLE = {
    "en": re.compile(
        r"(?P<who>\b(?:the|a|an|my|our|every|each|one) (?:new |second |shift |shop |service )?"
        r"(?:customer|client|colleague|manager|leader|user|person)\b)"
        r"|\b(?P<she>they|he|she)\b|\b(?P<whom>them|him)\b|\b(?P<her>their|his|her)\b"
    ),
    "zh_CN": re.compile(
        r"(?P<who>客户(?!管理)|顾客|用户|同事|主管|店长|(?<!值)班长)"
        r"|(?P<her>(?<!其)[他她]们?的)|(?P<she>(?<!其)[他她]们?|对方)"
    ),
}
"""Who is spoken of in the answers themselves, by the word that is put there instead; ``who`` gets a name."""
NAMED = {
    "en": ("{name} from {city}", "{mr} {last}"),
    "zh_CN": ("{city}的{name}{mr}", "{last}{mr}"),
}
"""How somebody is called the first time, and from then on."""
GENDERS = {
    "en": (
        {"she": "she", "whom": "her", "her": "her", "herself": "herself", "woman": "woman", "mr": "Mrs"},
        {"she": "he", "whom": "him", "her": "his", "herself": "himself", "woman": "man", "mr": "Mr"},
    ),
    "zh_CN": (
        {"she": "她", "her": "她的", "woman": "女", "mr": "女士"},
        {"she": "他", "her": "他的", "woman": "男", "mr": "先生"},
    ),
}
MOST_APART = 0.5


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


def people_of(lang: Lang, seed: int) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Give a woman and a man, each of another name and city, over and over."""
    fake = Faker(LOCALES[lang])
    fake.seed_instance(seed)
    order = "{first} {last}" if lang == "en" else "{last}{first}"
    while True:
        firsts = fake.first_name_female(), fake.first_name_male()
        lasts = [{"last": fake.last_name(), "boss": fake.last_name(), "city": fake.city()} for _ in firsts]
        woman, man = (
            {**who, **words, "name": order.format(first=first, **who)}
            for first, who, words in zip(firsts, lasts, GENDERS[lang], strict=True)
        )
        yield woman, man


def told(lang: Lang, text: str, place: str, who: dict[str, str]) -> str:
    """Return an answer that speaks of somebody, at this place."""
    if place == "people":
        named = iter((NAMED[lang][0], *[NAMED[lang][1]] * len(text)))

        def instead(found: re.Match[str]) -> str:
            kind = str(found.lastgroup)
            return next(named).format(**who) if kind == "who" else who[kind]

        return PEOPLE[lang].sub(instead, text)
    said = SENTENCES[lang][place].format(**who)
    if place == "start":
        return said + text
    if place == "end":
        return text + said
    between = re.compile(r", | and |，" if place == "clause" else r"(?<=[.!?] )|(?<=[。！？])(?!$)")
    at = [found.start() for found in between.finditer(text)]
    middle = at[len(at) // 2] if at else len(text)
    return text[:middle] + said + text[middle:]


def swapped(lang: Lang, count: int, seed: int = 2026) -> list[tuple[str, str]]:
    """Tell answers of a woman and of a man, of other names and cities; return the pairs whose levels differ."""
    differ = []
    for (source, text), people in islice(zip(answers(lang), people_of(lang, seed), strict=False), count):
        for place in PLACES:
            woman, man = (told(lang, text, place, who) for who in people)
            if levels(lang, source, woman) != levels(lang, source, man):
                differ.append((woman, man))
    return differ


@pytest.mark.parametrize("lang", LANGS)
def test_names_places_and_gender_words_change_no_level(lang: Lang) -> None:
    assert swapped(lang, 20) == []


@pytest.mark.proof
@pytest.mark.parametrize("lang", LANGS)
def test_names_places_and_gender_words_change_no_level_in_200_answers(lang: Lang) -> None:
    assert swapped(lang, 200) == []


def test_the_same_answer_gets_the_same_level_in_both_languages() -> None:
    assert len(PAIRS) == 50
    found = rows()
    assert all(english.keys() == chinese.keys() for english, chinese in found)
    by = [one for pair in found for one in apart(*pair)]
    assert sum(by) / len(by) <= MOST_APART
    document = DOCUMENT.read_text("utf-8")
    mean = f"{sum(by) / len(by):.2f}"
    assert re.search(rf"\b{mean}\b", document), mean
    assert table(found) in document, "python -m tests.pair_table writes the table anew"


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
