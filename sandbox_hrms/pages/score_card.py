"""The score on a report: total, level and evidence per competency, and the forms by which a person corrects it."""

from nicegui import ui
from nicegui.events import GenericEventArguments

from sandbox_hrms.app.chat_model import chat_model
from sandbox_hrms.app.overrule import MAX_REASON, overrule, score_again, score_by_newest
from sandbox_hrms.app.report_file import covered, grounds
from sandbox_hrms.app.rubrics import is_outdated
from sandbox_hrms.app.score import Report
from sandbox_hrms.app.second_opinion import second_opinion
from sandbox_hrms.core import labels
from sandbox_hrms.core.roles import Right
from sandbox_hrms.core.rubric import Competency, CompetencyScore, Override, Score, ScoreStatus
from sandbox_hrms.i18n import Texts
from sandbox_hrms.pages.controls import button, cell, choice, table_head
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import moment, number, tag
from sandbox_hrms.pages.visit import Visit

_MARK = 12


def score_card(t: Texts, found: Report, *, own: bool = False) -> None:
    """Put the score on the page.

    Args:
        t: The reader's language.
        found: What is reported.
        own: The candidate reads it.
    """
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
    named(tag("p", covered(t, score), "soft small"), "review.coverage")
    when = t("Scored by {program} with the rubric {rubric} on {when}. It is advice; a person decides.")
    rubric = f"{score.rubric}@{score.rubric_version}"
    told = when.format(program=labels.program(t, score.by), rubric=rubric, when=moment(t, found.scored_at))
    tag("p", told, "soft small")
    if score.rubric_digest and not own:
        mark = t(
            "Fingerprint of rubric and questions: {digest}. Scores with equal fingerprints rest on the same ones."
        ).format(digest=score.rubric_digest[:_MARK])
        named(tag("p", mark, "soft small"), "review.rubric_mark").props["data-digest"] = score.rubric_digest
    _second(t, score)
    competencies = {one.code: one for one in found.rubric.competencies}
    overrides = {one.code: one for one in score.overrides}
    for one in score.competencies:
        _competency(t, competencies[one.code], one, overrides.get(one.code))
        _second_level(t, score, one.code)
    _earlier(t, found, score)


def _competency(t: Texts, competency: Competency, score: CompetencyScore, override: Override | None) -> None:
    with named(tag("section", "", "competency"), f"review.competency[{score.code}]"):
        with tag("div", "", "competency-head"):
            tag("h3", competency.title)
            tag("b", t("Too little to judge") if score.score is None else f"{number(t, score.score)} / 100")
        if score.score is not None:
            with tag("div", "", "bar").props("aria-hidden=true"):
                tag("i").style(f"width: {score.score:.0f}%")
            anchor = next(one.anchor for one in competency.levels if one.level == score.level)
            top = max(one.level for one in competency.levels)
            level = t("Level {level} of {top}: {anchor}").format(level=score.level, top=top, anchor=anchor)
            named(tag("p", level, "small"), f"review.level[{score.code}]").props["data-state"] = str(score.level)
            said = t("Counts {weight} %, gives {points} points.")
            weight = said.format(weight=round(competency.weight * 100), points=number(t, score.points))
            tag("p", weight, "soft small")
        if override is not None:
            _override(t, score.code, override)
        elif score.score is not None:
            tag("p", grounds(t, score), "soft small")
        with named(tag("div"), f"review.evidence[{score.code}]"):
            if not score.evidence:
                tag("p", t("No quotation supports this."), "soft small")
            for one in score.evidence:
                tag("blockquote", one.quote)


def _override(t: Texts, code: str, override: Override) -> None:
    said = t("Corrected by {name} on {when}; the program had given level {level}.")
    was = "–" if override.was is None else str(override.was)
    text = said.format(name=override.by, when=moment(t, override.at), level=was)
    with named(tag("div", "", "note-warn"), f"review.override[{code}]"):
        tag("p", text)
        tag("p", override.reason, "keep-lines")


def _second(t: Texts, score: Score) -> None:
    """Say whether there is a second opinion, and that it counts nothing."""
    if score.second is None:
        return
    text = t("The second opinion by {program} of {when} stands below each level. It counts nothing.")
    if not score.second.answered:
        text = t("The second opinion by {program} did not come in time on {when}: the score stays as it is.")
    shown = text.format(program=score.second.by, when=moment(t, score.second.at))
    named(tag("p", shown, "note-warn"), "review.second").props["data-state"] = (
        "answered" if score.second.answered else "silent"
    )


def _second_level(t: Texts, score: Score, code: str) -> None:
    for one in score.second.levels if score.second else ():
        if one.code != code:
            continue
        level = t("Second opinion: level {level}.").format(level="–" if one.level is None else one.level)
        told = t.sentences(level, t(labels.SECOND[one.verdict]))
        named(tag("p", told, "small"), f"review.second[{code}]").props["data-state"] = one.verdict
        if one.quote is not None:
            tag("blockquote", one.quote.quote)


def _earlier(t: Texts, found: Report, score: Score) -> None:
    """Put the scores before this one beside it."""
    if not found.earlier:
        return
    every = [*((one.score, one.scored_at) for one in found.earlier), (score, found.scored_at)]
    tag("h3", t("Scored again"))
    with tag("table", "", "table") as table:
        table.props["aria-label"] = t("All scores of this interview")
        titles = {one.code: one.title for one in found.rubric.competencies}
        heads = (t("Score"), *titles.values(), t("Rubric"), t("When"))
        table_head(*heads, numbers=heads[: len(titles) + 1])
        with tag("tbody"):
            for place, (one, at) in enumerate(every):
                with named(tag("tr"), f"review.earlier[{place}]"):
                    cell(heads[0], number(t, one.total), "number")
                    points = {part.code: part for part in one.competencies}
                    for code, title in titles.items():
                        cell(title, number(t, points[code].score if code in points else None), "number")
                    cell(t("Rubric"), f"{one.rubric}@{one.rubric_version}")
                    cell(t("When"), moment(t, at))


def correction_card(visit: Visit, found: Report) -> None:
    """Put the forms on the page by which HR corrects a level, or scores again with other weights."""
    actor, score = visit.actor(), found.score
    if score is None or score.status is ScoreStatus.REFUSED or actor.read_only or not actor.may(Right.DECIDE):
        return
    with tag("section", "", "card"):
        _correction(visit, found)
        _weights(visit, found)
        _by_newest(visit, found)
        _ask_second(visit, found)


def _correction(visit: Visit, found: Report) -> None:
    t = visit.t
    with tag("details"):
        named(tag("summary", t("Correct a level")), "review.correct")
        tag("p", t("The program's level stays beside yours, with your name and your reason."), "soft small")
        titles = {one.code: one.title for one in found.rubric.competencies}
        levels = {str(one.level): str(one.level) for one in found.rubric.competencies[0].levels}
        which = choice(t("Competency"), "review.correct_competency", titles, lambda: None)
        level = choice(t("Level"), "review.correct_level", levels, lambda: None)
        reason = ui.textarea(t("Reason (required)")).props(f"outlined autogrow maxlength={MAX_REASON}")
        named(reason, "review.correct_reason").classes("decision-reason")

        async def save(_: GenericEventArguments) -> None:
            given = (str(which.value), int(level.value), reason.value or "")
            await visit.do(overrule, found.interview_id, *given)
            ui.navigate.reload()

        button(visit, t("Save this level"), "review.correct_save", save)


def _weights(visit: Visit, found: Report) -> None:
    t = visit.t
    with tag("details"):
        named(tag("summary", t("Score again with other weights")), "review.weights")
        text = t(
            "Only for this interview. The score so far stays to compare; levels corrected by people stay, too."
        )
        tag("p", text, "soft small")
        fields = {}
        with tag("div", "", "line fields"):
            for one in found.rubric.competencies:
                field = ui.number(f"{one.title} (%)", value=round(one.weight * 100), min=1, max=97, precision=0)
                fields[one.code] = named(field.props("outlined dense"), f"review.weight[{one.code}]")

        async def save(_: GenericEventArguments) -> None:
            weights = {code: int(field.value or 0) for code, field in fields.items()}
            await visit.do(score_again, found.interview_id, weights)
            ui.navigate.reload()

        button(visit, t("Score again"), "review.weights_save", save, look="outline")


def _by_newest(visit: Visit, found: Report) -> None:
    """Offer to score again where the rubric has changed since."""
    if not is_outdated(visit.sandbox(), visit.actor(), found.interview_id):
        return
    t = visit.t

    async def again(_: GenericEventArguments) -> None:
        await visit.do(score_by_newest, found.interview_id)
        ui.navigate.reload()

    told = t("The rubric, the points or the graded answers are others now. The score so far stays to compare.")
    named(tag("p", told, "soft small"), "review.outdated")
    button(visit, t("Score again by the newest rubric"), "review.by_newest", again, look="outline")


def _ask_second(visit: Visit, found: Report) -> None:
    """Offer to ask the language model, where one is set up; say where the answers go."""
    model = chat_model()
    if model is None:
        return
    t = visit.t

    async def ask(_: GenericEventArguments) -> None:
        await visit.do(second_opinion, found.interview_id)
        ui.navigate.reload()

    text = t("{program} at {address} would get questions and answers, no name. It changes nothing of the score.")
    tag("p", text.format(program=model.name, address=model.host), "soft small")
    button(visit, t("Ask for a second opinion"), "review.ask_second", ask, look="outline")
