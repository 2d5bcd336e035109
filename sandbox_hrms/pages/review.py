"""The report on one interview: answers, score per competency, and the quotations it rests on."""

from http import HTTPStatus
from itertools import pairwise

from fastapi import Request, Response
from nicegui import app, ui

from sandbox_hrms.app.report_file import as_json, report_of
from sandbox_hrms.app.report_pdf import as_pdf
from sandbox_hrms.app.score import Report, ReportAnswer, note_opened, report, report_to_candidate, report_to_head
from sandbox_hrms.app.sign_in import COOKIE
from sandbox_hrms.core import labels
from sandbox_hrms.core.errors import HrmsError
from sandbox_hrms.core.roles import Role
from sandbox_hrms.core.rubric import AnswerScore, Evidence, Score
from sandbox_hrms.i18n import Texts, texts
from sandbox_hrms.pages.assets import asset_url
from sandbox_hrms.pages.decision import decision_card
from sandbox_hrms.pages.frame import frame
from sandbox_hrms.pages.guard import refusal_json
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.report_parts import charts_card, feedback_card, file_links
from sandbox_hrms.pages.score_card import correction_card, score_card
from sandbox_hrms.pages.show import chip, moment, number, tag
from sandbox_hrms.pages.uploads import attachment
from sandbox_hrms.pages.visit import Site, Visit, page
from sandbox_hrms.pages.voice import recorded_answer

_SOON = 0.05


def register(site: Site) -> None:
    """Serve the page to HR, to a department head what was passed, and to candidates what is about them."""
    page(site, Role.HR, "/interviews/{interview_id}", _build)
    page(site, Role.HEAD, "/interviews/{interview_id}", _build_for_head)
    page(site, Role.CANDIDATE, "/report", _build_for_candidate)
    for role in (Role.HR, Role.HEAD, Role.CANDIDATE):
        _serve_files(site, role)


def _serve_files(site: Site, role: Role) -> None:
    @app.get(f"/s/{{sandbox_id}}/{role}/reports/{{interview_id}}.{{form}}")
    async def file(request: Request, sandbox_id: str, interview_id: str, form: str) -> Response:
        t = texts("en")
        try:
            sandbox = site.hrms.sandboxes.open(sandbox_id)
            t = texts(sandbox.lang)
            actor = site.hrms.sessions.actor_of(sandbox_id, role, request.cookies.get(COOKIE))
            found = await site.work(report_of, sandbox, actor, interview_id)
            await site.work(note_opened, sandbox, actor, interview_id)
        except HrmsError as refused:
            return refusal_json(t, refused)
        if form == "pdf":
            content = await site.work(as_pdf, found, sandbox.lang)
            return attachment(content, "application/pdf", f"report-{interview_id}.pdf")
        if form == "json":
            return attachment(as_json(found, sandbox.lang), "application/json", f"report-{interview_id}.json")
        return Response(status_code=HTTPStatus.NOT_FOUND)


def _build(visit: Visit) -> None:
    t = visit.t
    found = report(visit.sandbox(), visit.actor(), visit.request.path_params["interview_id"])
    _note_opened(visit, found)
    with frame(visit, t("Review: {name}").format(name=found.candidate_name)):
        with tag("p", "", "buttons"):
            named(chip(t, found.status), "review.status")
            tag("span", f"{found.post_title} · {found.department}", "soft")
            link = tag("a", t("Candidate's file"), "button-link")
            link.props["href"] = f"{visit.base}/candidates/{found.candidate_id}"
            file_links(visit, found)
        with tag("div", "", "columns"):
            with tag("div"):
                _answers(visit, found)
                charts_card(t, found)
            with tag("div"):
                decision_card(visit, found.interview_id)
                with tag("section", "", "card"):
                    score_card(t, found)
                correction_card(visit, found)


def _build_for_head(visit: Visit) -> None:
    t = visit.t
    found = report_to_head(visit.sandbox(), visit.actor(), visit.request.path_params["interview_id"])
    _note_opened(visit, found)
    with frame(visit, t("Report: {name}").format(name=found.candidate_name)):
        with tag("p", "", "buttons"):
            named(chip(t, found.status), "review.status")
            chip(t, found.placement)
            tag("span", f"{found.post_title} · {found.department}", "soft")
            file_links(visit, found)
        with tag("div", "", "columns"):
            with tag("div"):
                _answers(visit, found)
            with tag("div"):
                with tag("section", "", "card"):
                    score_card(t, found)
                charts_card(t, found)


def _build_for_candidate(visit: Visit) -> None:
    t = visit.t
    found = report_to_candidate(visit.sandbox(), visit.actor())
    _note_opened(visit, found)
    with frame(visit, t("My report")):
        with tag("p", "", "buttons"):
            named(chip(t, found.status), "review.status")
            tag("span", f"{found.post_title} · {found.department}", "soft")
            file_links(visit, found)
        with tag("div", "", "columns"):
            with tag("div"):
                with tag("section", "", "card"):
                    score_card(t, found, own=True)
                feedback_card(t, found)
                charts_card(t, found)
            with tag("div"):
                _answers(visit, found)


def _note_opened(visit: Visit, found: Report) -> None:
    """Note who reads the report, as soon as the page has reached them."""

    async def note() -> None:
        with visit.telling():
            await visit.do(note_opened, found.interview_id)

    if not visit.looks_only():
        ui.timer(_SOON, note, once=True)


def _answers(visit: Visit, found: Report) -> None:
    tag("h2", visit.t("Answers"))
    if any(one.take is not None and one.take.words for one in found.answers):
        ui.add_head_html(f'<script src="{asset_url("transcript.js")}" defer></script>')
    for one in found.answers:
        _answer(visit, one, found)


def _answer(visit: Visit, answer: ReportAnswer, found: Report) -> None:
    t, score = visit.t, found.score
    with named(tag("section", "", "card"), f"review.answer[{answer.question}]"):
        tag("p", f"{answer.number}. {t(labels.QUESTION_KIND[answer.kind])}", "soft small")
        tag("h3", answer.asked)
        if answer.asked_by in labels.ASKED_BY:
            whose = named(
                tag("p", t(labels.ASKED_BY[answer.asked_by]), "soft small"), f"review.asked_by[{answer.question}]"
            )
            whose.props["data-state"] = answer.asked_by
        if answer.text is None:
            tag("p", t("Not answered. It is left out of the score, not counted as 0."), "soft")
            return
        with tag("p", "", "keep-lines"):
            for part, quoted in marked(answer.text, _evidence(score, answer.question)):
                tag("mark" if quoted else "span", part)
        if answer.take is not None:
            recorded_answer(visit, found.candidate_id, answer.take, answer.text)
        with tag("p", "", "buttons soft small"):
            tag("span", t("Submitted {when}").format(when=moment(t, answer.submitted_at)))
            if answer.late:
                tag("span", t("After the time was over"), "chip chip-warn")
            for flag in score.flags if score else ():
                if flag.question == answer.question:
                    tag("span", t(labels.FLAG[flag.code]), "chip chip-warn")
        for told in score.answers if score else ():
            if told.question == answer.question:
                named(tag("p", _told(t, told), "soft small"), f"review.told[{answer.question}]")


def _told(t: Texts, told: AnswerScore) -> str:
    """Say in a line how an answer is told."""
    parts = [t(labels.PART[part]) for part in told.parts]
    moved = t("Calibrated by graded answers: {points} points instead of {plain}.")
    calibrated = (
        []
        if told.uncalibrated is None
        else [moved.format(points=number(t, told.score), plain=number(t, told.uncalibrated))]
    )
    return t.sentences(
        *calibrated,
        t("Told: {parts}.").format(parts=t.row(parts) or "–"),
        t("Numbers, times, examples: {details}.").format(details=t.row(one.quote for one in told.details) or "–"),
    )


def _evidence(score: Score | None, question: str) -> list[Evidence]:
    if score is None:
        return []
    return [one for part in score.competencies for one in part.evidence if one.question == question]


def marked(text: str, evidence: list[Evidence]) -> list[tuple[str, bool]]:
    """Cut ``text`` into parts; True marks those that some evidence quotes. Joined they give ``text``."""
    edges = sorted({0, len(text)} | {edge for one in evidence for edge in (one.start, one.end)})
    parts = []
    for start, end in pairwise(edges):
        quoted = any(one.start <= start and end <= one.end for one in evidence)
        parts.append((text[start:end], quoted))
    return parts
