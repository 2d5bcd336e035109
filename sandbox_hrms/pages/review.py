"""The report on one interview: answers, score per competency, and the quotations it rests on."""

from itertools import pairwise

from nicegui import ui

from sandbox_hrms.app.score import Report, ReportAnswer, note_opened, report, report_to_candidate, report_to_head
from sandbox_hrms.core import labels
from sandbox_hrms.core.roles import Role
from sandbox_hrms.core.rubric import Competency, CompetencyScore, Evidence, Score, ScoreStatus
from sandbox_hrms.i18n import Texts
from sandbox_hrms.pages.decision import decision_card
from sandbox_hrms.pages.frame import frame
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import chip, moment, number, tag
from sandbox_hrms.pages.visit import Site, Visit, page

_SOON = 0.05


def register(site: Site) -> None:
    """Serve the page to HR, to a department head what was passed, and to candidates what is about them."""
    page(site, Role.HR, "/interviews/{interview_id}", _build)
    page(site, Role.HEAD, "/interviews/{interview_id}", _build_for_head)
    page(site, Role.CANDIDATE, "/report", _build_for_candidate)


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
        with tag("div", "", "columns"):
            with tag("div"):
                tag("h2", t("Answers"))
                for answer in found.answers:
                    _answer(t, answer, found.score)
            with tag("div"):
                decision_card(visit, found.interview_id)
                with tag("section", "", "card"):
                    _score(t, found)


def _build_for_head(visit: Visit) -> None:
    t = visit.t
    found = report_to_head(visit.sandbox(), visit.actor(), visit.request.path_params["interview_id"])
    _note_opened(visit, found)
    with frame(visit, t("Report: {name}").format(name=found.candidate_name)):
        with tag("p", "", "buttons"):
            named(chip(t, found.status), "review.status")
            chip(t, found.placement)
            tag("span", f"{found.post_title} · {found.department}", "soft")
        with tag("div", "", "columns"):
            with tag("div"):
                tag("h2", t("Answers"))
                for answer in found.answers:
                    _answer(t, answer, found.score)
            with tag("section", "", "card"):
                _score(t, found)


def _build_for_candidate(visit: Visit) -> None:
    t = visit.t
    found = report_to_candidate(visit.sandbox(), visit.actor())
    _note_opened(visit, found)
    with frame(visit, t("My report")):
        with tag("p", "", "buttons"):
            named(chip(t, found.status), "review.status")
            tag("span", f"{found.post_title} · {found.department}", "soft")
        with tag("div", "", "columns"):
            with tag("section", "", "card"):
                _score(t, found, own=True)
            with tag("div"):
                tag("h2", t("Answers"))
                for answer in found.answers:
                    _answer(t, answer, found.score)


def _note_opened(visit: Visit, found: Report) -> None:
    """Note who reads the report, as soon as the page has reached them."""

    async def note() -> None:
        with visit.telling():
            await visit.do(note_opened, found.interview_id)

    if not visit.looks_only():
        ui.timer(_SOON, note, once=True)


def _answer(t: Texts, answer: ReportAnswer, score: Score | None) -> None:
    with named(tag("section", "", "card"), f"review.answer[{answer.question}]"):
        tag("p", f"{answer.number}. {t(labels.QUESTION_KIND[answer.kind])}", "soft small")
        tag("h3", answer.asked)
        if answer.text is None:
            tag("p", t("Not answered. It is left out of the score, not counted as 0."), "soft")
            return
        with tag("p", "", "keep-lines"):
            for part, quoted in marked(answer.text, _evidence(score, answer.question)):
                tag("mark" if quoted else "span", part)
        with tag("p", "", "buttons soft small"):
            tag("span", t("Submitted {when}").format(when=moment(t, answer.submitted_at)))
            if answer.late:
                tag("span", t("After the time was over"), "chip chip-warn")
            for flag in score.flags if score else ():
                if flag.question == answer.question:
                    tag("span", t(labels.FLAG[flag.code]), "chip chip-warn")


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


def _score(t: Texts, found: Report, *, own: bool = False) -> None:
    score = found.score
    tag("h2", t("Score"))
    if score is None:
        text = t("There is no score: only a finished interview is scored.")
        named(tag("p", text, "soft"), "review.score").props["data-state"] = ""
        return
    scored = score.status is ScoreStatus.SCORED
    if score.status is ScoreStatus.REFUSED:
        refused = t("The candidate wants no scoring by a program: read the answers and judge them yourself.")
        if own:
            refused = t("You wanted no scoring by a program: a person reads your answers.")
        named(tag("p", refused, "lead"), "review.score").props["data-state"] = score.status.value
        return
    shown = number(t, score.total) if scored else t("Too little to judge")
    total = named(tag("p", shown, "big-score" if scored else "lead"), "review.score")
    total.props["data-state"] = score.status.value
    if not scored:
        too_little = t(
            "The answers say too little for a score. That is neither a zero nor a fail: read them yourself."
        )
        if own:
            too_little = t("Your answers say too little for a score. That is neither a zero nor a fail.")
        tag("p", too_little)
    coverage = t("{percent} % of the questions could be judged").format(percent=round(score.coverage * 100))
    named(tag("p", coverage, "soft small"), "review.coverage")
    when = t("Scored by {program} on {when}. It is advice; a person decides.")
    tag("p", when.format(program=score.by, when=moment(t, found.scored_at)), "soft small")
    competencies = {one.code: one for one in found.rubric.competencies}
    for one in score.competencies:
        _competency(t, competencies[one.code], one)


def _competency(t: Texts, competency: Competency, score: CompetencyScore) -> None:
    with named(tag("section", "", "competency"), f"review.competency[{score.code}]"):
        with tag("div", "", "competency-head"):
            tag("h3", t(competency.title))
            tag("b", t("Too little to judge") if score.score is None else f"{number(t, score.score)} / 100")
        if score.score is not None:
            with tag("div", "", "bar").props("aria-hidden=true"):
                tag("i").style(f"width: {score.score:.0f}%")
            anchor = next(one.anchor for one in competency.levels if one.level == score.level)
            tag("p", t(anchor), "small")
            said = t("Counts {weight} %, gives {points} points.")
            tag(
                "p",
                said.format(weight=round(competency.weight * 100), points=number(t, score.points)),
                "soft small",
            )
        with named(tag("div"), f"review.evidence[{score.code}]"):
            if not score.evidence:
                tag("p", t("No quotation supports this."), "soft small")
            for one in score.evidence:
                tag("blockquote", one.quote)
