"""The lexical scorer: same answer, same score, and every point has its quotation."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox_hrms.app import library
from sandbox_hrms.core.datasets import Lang, Wording
from sandbox_hrms.core.feedback import outline
from sandbox_hrms.core.rubric import Override, Question, Rubric, Score, ScoreStatus, overruled
from sandbox_hrms.scorers.lexical import LexicalScorer
from sandbox_hrms.scorers.text import normalise, sentences, size, stem

SOURCE = library.dataset("sales_two_openings")
LANGS: tuple[Lang, ...] = ("en", "zh_CN")


def rubric(lang: Lang) -> Rubric:
    return library.rubric(SOURCE.rubric).within(lang)


def questions(lang: Lang) -> tuple[Question, ...]:
    return SOURCE.questions_in(lang)


def answers(lang: Lang, wording: Wording) -> dict[str, str]:
    return {one.id: one.answers[wording].within(lang) for one in SOURCE.questions}


def score(lang: Lang, given: dict[str, str]) -> Score:
    return LexicalScorer().score(rubric(lang), questions(lang), given)


def check(result: Score, given: dict[str, str]) -> None:
    """What must hold for every score, whatever was answered."""
    if result.total is not None:
        assert round(sum(one.points for one in result.competencies), 3) == result.total
        assert 0 <= result.total <= 100
    for one in result.competencies:
        assert (one.level is None) == (one.score is None)
        for evidence in one.evidence:
            assert evidence.quote
            assert given[evidence.question][evidence.start : evidence.end] == evidence.quote


@pytest.mark.parametrize("lang", LANGS)
def test_better_answers_score_higher_and_are_quoted(lang: Lang) -> None:
    totals = []
    for wording in ("sample", "fair", "weak"):
        given = answers(lang, wording)
        result = score(lang, given)
        check(result, given)
        assert result.total is not None
        totals.append(result.total)
    sample, fair, weak = totals
    assert sample >= 80 > fair > 30 > weak
    assert all(one.evidence for one in score(lang, answers(lang, "sample")).competencies)


@pytest.mark.parametrize("lang", LANGS)
def test_the_same_answers_give_the_same_bytes(lang: Lang) -> None:
    given = answers(lang, "fair")
    first = score(lang, given).model_dump_json()
    assert all(score(lang, given).model_dump_json() == first for _ in range(5))


def test_spelling_of_width_case_and_invisible_marks_do_not_matter() -> None:
    plain = answers("en", "sample")
    odd = {key: text.upper().replace(" ", " \u200b").replace("A", "\uff21") for key, text in plain.items()}
    result = score("en", odd)
    check(result, odd)
    assert result.total == score("en", plain).total


def test_unanswered_questions_are_left_out_and_told_as_coverage() -> None:
    given = answers("en", "sample")
    del given["q4"]
    result = score("en", given)
    assert result.status is ScoreStatus.SCORED
    assert result.coverage == 0.75
    assert result.total == 100.0
    by_code = {one.code: one for one in result.competencies}
    assert by_code["stress_resistance"].coverage == 0.5


@pytest.mark.parametrize("given", [{}, {"q1": "Yes."}, {"q1": "好的。", "q2": "", "q3": "   "}])
def test_too_little_text_is_neither_zero_nor_a_fail(given: dict[str, str]) -> None:
    result = score("en", given)
    assert result.status is ScoreStatus.INSUFFICIENT_DATA
    assert result.total is None
    assert all(one.points == 0 for one in result.competencies)


def test_a_short_answer_is_flagged() -> None:
    result = score("en", {"q1": "Five years."})
    assert [(flag.question, flag.code) for flag in result.flags] == [("q1", "too_short")]


@pytest.mark.parametrize(
    ("lang", "no"), [("en", "No."), ("zh_CN", "不知道。"), ("en", "Reached the target."), ("en", "…")]
)
def test_a_word_for_a_hard_question_counts_at_the_bottom_instead_of_taking_it_out(lang: Lang, no: str) -> None:
    given = answers(lang, "sample")
    whole = score(lang, given)
    result = score(lang, given | {"q3": no, "q4": no})
    assert (result.status, result.coverage) == (ScoreStatus.SCORED, 1.0)
    assert whole.total == 100
    assert result.total is not None
    assert result.total < 65
    assert [(flag.question, flag.code) for flag in result.flags] == [("q3", "too_short"), ("q4", "too_short")]
    assert [one.score for one in result.answers] == [100, 100, 0, 0]
    only = score(lang, dict.fromkeys(given, no))
    assert (only.total, {one.level for one in only.competencies}) == (0, {0})


def test_one_level_given_by_a_person_makes_no_total_of_one_answer() -> None:
    result = score("en", {"q1": answers("en", "sample")["q1"]})
    assert result.total is None
    for number, enough in ((0, False), (1, True)):  # of four, each about a quarter of the weight
        code = rubric("en").competencies[number].code
        given = Override(code=code, level=5, reason="I was there.", by="HR", at=datetime.now(UTC), was=None)
        result = overruled(rubric("en"), result, given)
        assert (result.total is not None) is enough
        assert (result.status is ScoreStatus.SCORED) is enough
        assert any(one.points for one in result.competencies) is enough


@pytest.mark.parametrize("lang", LANGS)
def test_the_question_handed_back_earns_nothing(lang: Lang) -> None:
    given = {one.id: one.text for one in questions(lang)}
    result = score(lang, given)
    check(result, given)
    assert result.total is not None
    assert result.total < 5
    assert {flag.code for flag in result.flags} >= {"copied_question"}


def test_a_mere_word_list_is_weak_at_most() -> None:
    words = {
        one.id: " ".join(
            word for point in one.key_points for wording in point.says for word in wording.split() if len(word) > 4
        )
        for one in questions("en")
    }
    result = score("en", words)
    assert result.total is not None
    assert result.total <= 30
    assert {flag.code for flag in result.flags} >= {"word_list"}


def test_saying_it_twice_earns_nothing_more() -> None:
    once = answers("en", "fair")
    twice = {key: f"{text} {text}" for key, text in once.items()}
    result = score("en", twice)
    assert result.total == score("en", once).total
    assert {flag.code for flag in result.flags} == {"repeated"}


@settings(max_examples=80, derandomize=True)
@given(st.dictionaries(st.sampled_from(["q1", "q2", "q3", "q4"]), st.text(max_size=300)))
def test_no_text_breaks_it(given: dict[str, str]) -> None:
    for lang in LANGS:
        check(score(lang, given), given)


@settings(max_examples=200, derandomize=True)
@given(st.text(max_size=200))
def test_sentences_are_slices_in_order(text: str) -> None:
    plain, origin = normalise(text)
    assert len(plain) == len(origin)
    end = 0
    for sentence in sentences(text):
        assert end <= sentence.start < sentence.end <= len(text)
        end = sentence.start


def test_sentences_end_where_people_end_them() -> None:
    text = "我做了三年。效果很好！Grew by 3.5 per cent. Really?"
    assert [text[one.start : one.end] for one in sentences(text)] == [
        "我做了三年。",
        "效果很好！",
        "Grew by 3.5 per cent.",
        "Really?",
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [("promised", "promises"), ("customers", "customer"), ("offering", "offers"), ("listened", "listen")],
)
def test_forms_of_a_word_are_the_same_word(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_three_han_characters_count_as_two_words() -> None:
    assert size("我喜欢销售工作 very much") == pytest.approx(7 / 1.5 + 2)


@pytest.mark.parametrize("lang", LANGS)
def test_the_outline_of_the_report_handed_in_as_an_answer_is_called_a_copy(lang: Lang) -> None:
    asked = questions(lang)
    pasted = {one.id: "\n".join(f"- {point}" for point in outline(asked)[one.number]) for one in asked}
    result = score(lang, pasted)
    copied = [one.question for one in result.flags if one.code == "copied_model_answer"]
    assert copied == [one.id for one in asked]
    assert result.total is not None
    assert result.total <= 30
    assert score(lang, answers(lang, "sample")).flags == ()
