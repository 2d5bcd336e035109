"""Question banks: enough, in both languages, each with a good answer; and the interviews made of them."""

import re

import pytest

from sandbox_hrms.app import banks, library, questions, recruit
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.core.errors import Forbidden, NotFound
from sandbox_hrms.core.roles import Actor, Role
from sandbox_hrms.scorers.lexical import LexicalScorer

FAMILIES = ("engineering", "internet", "manufacturing", "retail", "sales")
HAN = re.compile(r"[\u4e00-\u9fff]")
LANGS = ("en", "zh_CN")


def test_every_family_has_a_bank_and_no_question_is_there_twice() -> None:
    assert library.bank_ids() == FAMILIES
    everything = [one for family in FAMILIES for one in library.bank(family).questions]
    for told in ("id", "text"):
        values = [str(getattr(one, told)) for one in everything]
        assert len(set(values)) == len(values)
    samples = [one.answers["sample"].within(lang) for one in everything for lang in LANGS]
    assert len(set(samples)) == len(samples)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_bank_has_twelve_questions_and_covers_every_competency(family: str) -> None:
    bank = library.bank(family)
    kinds = [one.kind for one in bank.questions]
    assert (kinds.count("structured") >= 8, kinds.count("situational") >= 4) == (True, True)
    codes = {one.code for one in library.rubric("standard").competencies}
    for one in bank.questions:
        asked = {point.competency for point in one.key_points}
        assert asked <= codes
        assert len(asked) >= 3, one.id
        if one.kind == "situational":
            assert asked == codes, one.id


@pytest.mark.parametrize("family", FAMILIES)
def test_both_languages_are_written_and_not_left_over_from_the_other(family: str) -> None:
    bank = library.bank(family)
    told = [bank.title, bank.about, *(one.text for one in bank.questions)]
    told += [answer for one in bank.questions for answer in one.answers.values()]
    for one in told:
        assert not HAN.search(one.en), one.en
        assert len(HAN.findall(one.zh)) > len(one.zh) / 2, one.zh
    for point in (point for one in bank.questions for point in one.key_points):
        assert all(HAN.search(says) for says in point.zh)
        assert not any(HAN.search(says) for says in point.en)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("family", FAMILIES)
def test_a_sample_answer_says_what_its_key_points_ask_for(family: str, lang: str) -> None:
    rubric = library.rubric("standard").within(lang)
    for number, source in enumerate(library.bank(family).questions, 1):
        question = source.within(lang, number)
        scored = LexicalScorer().score(rubric, [question], {question.id: question.sample})
        assert scored.flags == ()
        assert [point for one in scored.competencies for point in one.missed] == [], question.id


@pytest.mark.parametrize("lang", LANGS)
def test_better_answers_score_higher(lang: str) -> None:
    rubric = library.rubric("standard").within(lang)
    for family in FAMILIES:
        for source in library.bank(family).questions:
            if "weak" not in source.answers:
                continue
            question = source.within(lang, 1)
            values = []
            for wording in ("sample", "fair", "weak"):
                text = source.answers[wording].within(lang)
                scored = LexicalScorer().score(rubric, [question], {question.id: text})
                values.append(sum(one.score or 0 for one in scored.competencies))
            assert values[0] > values[1] > values[2], (source.id, values)


def test_an_interview_takes_three_structured_questions_and_a_situation_by_seed() -> None:
    bank = library.bank("retail")
    drawn = banks.draw(bank, 1)
    assert [one.kind for one in drawn] == ["structured"] * 3 + ["situational"]
    assert len({one.id for one in drawn}) == 4
    assert banks.draw(bank, 1) == drawn
    assert len({tuple(one.id for one in banks.draw(bank, seed)) for seed in range(40)}) > 20


def test_interviews_are_asked_from_the_bank_of_the_post(hrms: Hrms, hr: Actor) -> None:
    sandbox = hrms.sandboxes.create("web", "en", "five_trades", 7)
    asked = [one.id for one in sandbox.context.questions]
    assert all(one.startswith("manufacturing_") for one in asked)
    assert [one.kind for one in sandbox.context.questions] == ["structured"] * 3 + ["situational"]
    again = hrms.sandboxes.create("web", "zh_CN", "five_trades", 7)
    assert [one.id for one in again.context.questions] == asked
    other = hrms.sandboxes.create("web", "en", "five_trades", 8)
    assert [one.id for one in other.context.questions] != asked
    shop = next(one for one in recruit.dashboard(sandbox, hr, post="p3", page_size=99).rows if one.status is None)
    recruit.invite(sandbox, hr, shop.id)
    waiting = recruit.dashboard(sandbox, hr, page_size=99).rows
    assert [one.total for one in waiting if one.status == "to_review" and one.total is None] == []


def test_lessons_on_the_sales_department_keep_their_questions(hrms: Hrms) -> None:
    sandbox = hrms.sandboxes.create("web", "en", "sales_two_openings", 7)
    assert [one.id for one in sandbox.context.questions] == ["q1", "q2", "q3", "q4"]


def test_hr_reads_a_bank(hrms: Hrms, hr: Actor) -> None:
    sandbox = hrms.sandboxes.create("web", "zh_CN", "five_trades", 7)
    page = questions.bank_page(sandbox, hr)
    assert (page.family, page.title, len(page.questions), page.used) == ("manufacturing", "生产制造", 12, True)
    assert page.posts == ("倒班操作工",)
    assert [one.id for one in page.families] == list(FAMILIES)
    assert questions.bank_page(sandbox, hr, "internet").posts == ("产品经理",)
    with pytest.raises(NotFound, match="no bank of questions for banking"):
        questions.bank_page(sandbox, hr, "banking")
    with pytest.raises(Forbidden):
        questions.bank_page(sandbox, Actor(Role.CANDIDATE, "c1", "Somebody"))
