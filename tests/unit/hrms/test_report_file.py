"""Reports to take along: JSON and PDF in both languages, feedback, and the round before."""

import json
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from sandbox_hrms.app import conduct, decide, org, overrule, report_file, report_pdf, rounds, score
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.score import Report, RoundScore
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.app.takes import Take
from sandbox_hrms.core.errors import Forbidden, NotFound
from sandbox_hrms.core.feedback import feedback, outline
from sandbox_hrms.core.pace import Timed, pace
from sandbox_hrms.core.radar import corners
from sandbox_hrms.core.roles import Actor, Role
from sandbox_hrms.core.rubric import Flag
from sandbox_hrms.core.states import Interview
from sandbox_hrms.i18n import texts
from sandbox_hrms.tables.interviews import InterviewRow, ScoreRow


def pages(content: bytes) -> str:
    assert content.startswith(b"%PDF-")
    return "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).replace("\n", "")


@pytest.mark.parametrize(
    ("lang", "title", "next_"), [("en", "Report: ", "What to do next"), ("zh_CN", "报告：", "下一步")]
)
def test_a_report_becomes_a_pdf_in_both_languages(
    hrms: Hrms, hr: Actor, lang: str, title: str, next_: str
) -> None:
    sandbox = hrms.sandboxes.create("web", lang, "sales_two_openings", 7)
    found = score.report(sandbox, hr, "i3")
    text = pages(report_pdf.as_pdf(found, lang))
    assert found.score is not None
    for one in (title, next_, found.candidate_name, found.rubric.competencies[0].title, "standard@2"):
        assert one.replace(" ", "") in text.replace(" ", "")
    for one in found.answers:
        assert (one.text or "")[:8].replace(" ", "") in text.replace(" ", "")


def test_a_pdf_tells_reasons_coverage_and_flags_as_the_page_does(sandbox: Sandbox, hr: Actor) -> None:
    found = score.report(sandbox, hr, "i3")
    assert found.score is not None
    flag = Flag(question=found.answers[0].question, code="repeated")
    flagged = replace(found, score=found.score.model_copy(update={"flags": (flag,)}))
    text = pages(report_pdf.as_pdf(flagged, "en")).replace(" ", "")
    assert "100%ofthequestionswereanswered" in text
    assert "[Sentencesrepeated]" in text
    t = texts("en")
    for one in found.score.competencies:
        assert report_file.grounds(t, one).replace(" ", "") in text
    assert any(report_file.grounds(t, one).startswith("Says ") for one in found.score.competencies)


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_the_files_tell_questions_pace_rounds_earlier_scores_and_outline_as_the_page_does(
    hrms: Hrms, hr: Actor, lang: str
) -> None:
    sandbox = hrms.sandboxes.create("web", lang, "sales_two_openings", 7)
    weights = {"communication": 40, "logical_thinking": 20, "skill_match": 20, "stress_resistance": 20}
    overrule.score_again(sandbox, hr, "i3", weights)
    found, other = of(sandbox, hr, "i3"), of(sandbox, hr, "i4").score
    assert other
    words = tuple(
        Timed(text, place * 3.0, place * 3.0 + 0.5) for place, text in enumerate(("一", "二", "三", "四", "五"))
    )
    spoken = replace(found.answers[0], take=Take("r1", found.answers[0].question, 12.5, "", words))
    before = RoundScore(1, other.model_copy(update={"total": 12.3}))
    found = replace(found, answers=(spoken, *found.answers[1:]), round_number=2, before=before)

    told = pace(words, lang)
    assert told
    t = texts(lang)
    assert found.score
    (first, *_), points = found.earlier, [one.score for one in found.score.answers]
    wanted = [t("At a glance"), t("Scored again"), t("Question {number}").format(number=4), t("To the point")]
    wanted += [report_file.paced(t, told, lang), t("Solid: this round. Dashed: round {number}.").format(number=1)]
    wanted += ["12.3", report_file.signed_number(t, (found.score.total or 0) - 12.3), "standard@3"]
    wanted += [report_file.shown_number(t, value) for value in (first.score.total, *points)]
    wanted += [f"• {point}" for points in outline(found.questions).values() for point in points]
    text = pages(report_pdf.as_pdf(found, lang)).replace(" ", "")
    assert [one for one in wanted if one.replace(" ", "") not in text] == []
    data = json.loads(report_file.as_json(found, lang))
    assert [one["spoken"] and one["spoken"]["pace"] for one in data["answers"]] == [
        {"per_minute": told.per_minute, "pauses": [2.5] * 4},
        None,
        None,
        None,
    ]


def test_who_is_invited_to_the_next_round_still_reads_the_report_of_the_last_one(hrms: Hrms, hr: Actor) -> None:
    integrated = hrms.sandboxes.create("integrated", "en", "sales_two_openings", 7)
    org.edit_post(integrated, hr, "p1", "rounds", 3)
    decide.decide(integrated, hr, "i2", Interview.PASSED, "Clear answers.")
    second = rounds.invite_to_next(integrated, hr, "c2")
    own = Actor(Role.CANDIDATE, "c2", "C")
    (mine,) = conduct.my_interviews(integrated, own)
    assert (mine.interview_id, mine.status, mine.has_report) == (second, Interview.INVITED, True)
    assert report_file.report_of(integrated, own, "i2").round_number == 1
    with pytest.raises(NotFound):
        report_file.report_of(integrated, own, second)


def test_what_people_wrote_is_text_in_a_pdf(sandbox: Sandbox, hr: Actor) -> None:
    found = score.report(sandbox, hr, "i3")
    wild = replace(found.answers[0], text='<img src="/etc/passwd"/> a < b & <b>c')
    text = pages(report_pdf.as_pdf(replace(found, answers=(wild, *found.answers[1:])), "en"))
    assert '<imgsrc="/etc/passwd"/>a<b&<b>c' in text.replace(" ", "")


def test_a_report_without_a_score_is_a_pdf_too(sandbox: Sandbox, hr: Actor) -> None:
    assert "only a finished interview is scored" in pages(report_pdf.as_pdf(score.report(sandbox, hr, "i5"), "en"))


def test_the_json_has_a_version_and_everything_a_reader_needs(sandbox: Sandbox, hr: Actor) -> None:
    found = score.report(sandbox, hr, "i3")
    data = json.loads(report_file.as_json(found, "en"))
    assert found.score is not None
    assert (data["shape"], data["interview"], data["round_before"]) == (1, "i3", None)
    assert data["score"] == found.score.model_dump(mode="json")
    assert [one["number"] for one in data["answers"]] == [1, 2, 3, 4]
    for one in data["score"]["competencies"]:
        for quote in one["evidence"]:
            text = next(answer["text"] for answer in data["answers"] if answer["question"] == quote["question"])
            assert text[quote["start"] : quote["end"]] == quote["quote"]


def test_everybody_gets_the_report_that_is_theirs(sandbox: Sandbox, hr: Actor, head: Actor) -> None:
    own = Actor(Role.CANDIDATE, "c2", "C")
    assert report_file.report_of(sandbox, own, "i2") == report_file.report_of(sandbox, hr, "i2")
    with pytest.raises(NotFound):
        report_file.report_of(sandbox, own, "i3")
    with pytest.raises(Forbidden):
        report_file.report_of(sandbox, head, "i3")
    with pytest.raises(Forbidden):
        report_file.report_of(sandbox, Actor(Role.ADMIN, "admin", "A"), "i3")


def of(sandbox: Sandbox, hr: Actor, interview: str) -> Report:
    found = score.report(sandbox, hr, interview)
    assert found.score is not None
    return found


def test_feedback_names_what_was_said_and_what_is_missing(sandbox: Sandbox, hr: Actor) -> None:
    found = of(sandbox, hr, "i3")
    assert found.score is not None
    advice = feedback(found.questions, found.score)
    said = {point.says[0] for one in found.questions for point in one.key_points}
    missed = {point for one in found.score.competencies for point in one.missed}
    wanted = {point.says[0] for one in found.questions for point in one.key_points if point.id in missed}
    assert {one.kind for one in advice.well} == {"said"}
    assert {one.text for one in advice.well} <= said - wanted
    assert {one.text for one in advice.next if one.kind == "say"} <= wanted
    assert [one.number for one in advice.well[:4]] == [1, 2, 3, 4]
    assert len(advice.well) <= 5 >= len(advice.next) > 0
    weak = of(sandbox, hr, "i4")
    assert weak.score is not None
    assert {one.kind for one in feedback(weak.questions, weak.score).next} >= {"say", "tell"}
    assert all(points for points in outline(found.questions).values())


def test_the_round_before_stands_beside_this_one(sandbox: Sandbox, hr: Actor) -> None:
    first = of(sandbox, hr, "i3")
    assert first.before is None
    with sandbox.store.write() as session:
        old, row = session.get_one(InterviewRow, "i3"), session.get_one(ScoreRow, "i4")
        session.add(
            InterviewRow(**(old.model_dump() | {"id": "i3b", "round_number": 2, "status": Interview.TO_REVIEW}))
        )
        session.flush()
        session.add(ScoreRow(interview="i3b", score=row.score, scored_at=row.scored_at))
    second = of(sandbox, hr, "i3b")
    assert second.round_number == 2
    assert second.before == RoundScore(1, first.score)  # type: ignore[arg-type]  # of() asserts that there is one
    assert json.loads(report_file.as_json(second, "en"))["round_before"]["round"] == 1


def test_a_radar_begins_at_the_top_and_goes_round() -> None:
    assert corners([1, 0.5, 0, 1], (100, 100), 80) == (
        (100.0, 20.0),
        (140.0, 100.0),
        (100.0, 100.0),
        (20.0, 100.0),
    )
