"""Parts of a report beside the score: charts with their tables, feedback to the candidate, files."""

from sandbox_hrms.app.report_file import FORMS
from sandbox_hrms.app.score import Report
from sandbox_hrms.core import labels
from sandbox_hrms.core.feedback import feedback, outline
from sandbox_hrms.core.rubric import LEVEL_POINTS, Score, ScoreStatus
from sandbox_hrms.i18n import Texts
from sandbox_hrms.pages.controls import cell, table_head
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.plots import Bar, bars, radar
from sandbox_hrms.pages.show import number, signed, tag
from sandbox_hrms.pages.visit import Visit

_TOP = LEVEL_POINTS[-1]


def charts_card(t: Texts, found: Report) -> None:
    """Put the score on the page as charts: by competency, beside the round before, and by question."""
    score = found.score
    if score is None or score.status is not ScoreStatus.SCORED:
        return
    with tag("section", "", "card"):
        tag("h2", t("At a glance"))
        _by_competency(t, found, score)
        _by_question(t, found, score)


def _by_competency(t: Texts, found: Report, score: Score) -> None:
    titles = {one.code: one.title for one in found.rubric.competencies}
    mine = {one.code: one for one in score.competencies}
    before = {one.code: one for one in found.before.score.competencies} if found.before else {}
    lines = [("solid", [(mine[code].score or 0.0) / _TOP for code in titles])]
    if before:
        lines.append(
            ("dashed", [(before[code].score or 0.0) / _TOP if code in before else 0.0 for code in titles])
        )
    told = t.row(f"{title} {number(t, mine[code].score)}" for code, title in titles.items())
    radar(t("Points of 100 by competency: {points}.").format(points=told), list(titles.values()), lines)
    heads = [t("Competency"), t("Level"), t("Points")]
    old = ""
    if found.before:
        old = t("Round {number}").format(number=found.before.number)
        heads += [old, t("Change")]
        legend = t("Solid: this round. Dashed: round {number}.")
        tag("p", legend.format(number=found.before.number), "soft small")
    with named(tag("table", "", "table"), "review.radar"):
        table_head(*heads, numbers=heads[1:])
        with tag("tbody"):
            for code, title in titles.items():
                one = mine[code]
                with tag("tr"):
                    cell(heads[0], title)
                    cell(heads[1], "–" if one.level is None else str(one.level), "number")
                    cell(heads[2], number(t, one.score), "number")
                    if found.before:
                        was = before[code].score if code in before else None
                        cell(old, number(t, was), "number")
                        gain = None if was is None or one.score is None else one.score - was
                        cell(heads[4], "–" if gain is None else signed(t, gain), "number")


def _by_question(t: Texts, found: Report, score: Score) -> None:
    told = {one.question: one for one in score.answers}
    rows = [(one, told.get(one.id)) for one in found.questions]
    points = t.row(f"{one.number}: {number(t, answer.score if answer else None)}" for one, answer in rows)
    label = t("Question {number}")
    bars(
        t("Points of 100 by question: {points}.").format(points=points),
        [
            Bar(
                label.format(number=one.number),
                answer.score if answer else 0.0,
                number(t, answer.score if answer else None),
            )
            for one, answer in rows
        ],
        most=_TOP,
    )
    heads = (t("Question"), t("Points"), t("Covered"), t("In order"), t("To the point"), t("Specific"))
    with named(tag("table", "", "table"), "review.by_question"):
        table_head(*heads, numbers=heads[1:])
        with tag("tbody"):
            for one, answer in rows:
                with tag("tr"):
                    cell(heads[0], str(one.number))
                    cell(heads[1], number(t, answer.score if answer else None), "number")
                    shares = (
                        (answer.coverage, answer.structure, answer.relevance, answer.specificity)
                        if answer
                        else (None,) * 4
                    )
                    for head, share in zip(heads[2:], shares, strict=True):
                        cell(head, "–" if share is None else f"{round(share * 100)} %", "number")
    tag(
        "p",
        t("What these shares are is told in the documentation; they are no judgement of a person."),
        "soft small",
    )


def feedback_card(t: Texts, found: Report) -> None:
    """Tell the candidate what went well, what to do next, and what a good answer says."""
    if found.score is None or found.score.status is ScoreStatus.REFUSED:
        return
    advice = feedback(found.questions, found.score)
    with tag("section", "", "card"):
        for title, name, hints in (
            (t("What went well"), "review.well", advice.well),
            (t("What to do next"), "review.next", advice.next),
        ):
            tag("h2", title)
            with named(tag("ul", "", "bullets"), name):
                if not hints:
                    tag("li", t("Nothing to tell here."), "soft")
                for one in hints:
                    text = t(labels.PART[one.text]) if one.kind == "tell" else one.text
                    tag("li", t(labels.HINT[one.kind]).format(number=one.number, text=text))
        _against_before(t, found, found.score)
        with tag("details"):
            tag("summary", t("What a good answer says"))
            named(
                tag("p", t("Points, not sentences: say them in your own words, from your own work.")),
                "review.outline",
            )
            for place, points in outline(found.questions).items():
                tag("h3", t("Question {number}").format(number=place))
                with tag("ul", "", "bullets"):
                    for point in points:
                        tag("li", point)


def _against_before(t: Texts, found: Report, score: Score) -> None:
    if found.before is None or score.total is None or found.before.score.total is None:
        return
    gain = score.total - found.before.score.total
    text = t("Round {number} before this one had {points} points: {gain}.")
    shown = text.format(
        number=found.before.number, points=number(t, found.before.score.total), gain=signed(t, gain)
    )
    named(tag("p", shown), "review.before")


def file_links(visit: Visit, found: Report) -> None:
    """Put the links on the page by which a report is taken along."""
    t = visit.t
    titles = {"pdf": t("Save as PDF"), "json": t("Save as JSON")}
    for form in FORMS:
        link = named(tag("a", titles[form], "button-link"), f"review.save[{form}]")
        link.props["href"] = f"{visit.base}/reports/{found.interview_id}.{form}"
