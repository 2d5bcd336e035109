"""A report as a file to take along: JSON of a versioned shape, or a PDF."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal
from xml.sax.saxutils import escape

from babel.dates import format_datetime
from babel.numbers import format_decimal

from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.score import Report, report, report_to_candidate, report_to_head
from sandbox_hrms.app.takes import Take
from sandbox_hrms.core import labels
from sandbox_hrms.core.errors import NotFound
from sandbox_hrms.core.feedback import Hint, feedback, outline
from sandbox_hrms.core.radar import corners
from sandbox_hrms.core.roles import Actor, Role
from sandbox_hrms.core.rubric import LEVEL_POINTS, CompetencyScore, Score, ScoreStatus
from sandbox_hrms.core.texts import N_
from sandbox_hrms.i18n import Texts, texts

if TYPE_CHECKING:
    from reportlab.graphics.shapes import Drawing
    from reportlab.platypus import Flowable

SHAPE = 1
"""Version of the JSON."""
Form = Literal["pdf", "json"]
FORMS: tuple[Form, ...] = ("pdf", "json")
_FONT = "STSong-Light"
"""Comes with every reader of PDF, Chinese and Latin letters; nothing is embedded."""
_TOP = LEVEL_POINTS[-1]
_WIDTH, _HEIGHT = 460.0, 190.0
_SURE, _FAIRLY_SURE = 0.8, 0.5
"""Confidence from which on the program is called that."""


def report_of(sandbox: Sandbox, actor: Actor, interview_id: str) -> Report:
    """Return the report on an interview to whoever may read it, in their own view.

    Raises:
        Forbidden: The role may not, or not this one.
        NotFound: There is no such interview, or no report on it for this candidate.
    """
    if actor.role is Role.HEAD:
        return report_to_head(sandbox, actor, interview_id)
    if actor.role is not Role.CANDIDATE:
        return report(sandbox, actor, interview_id)
    found = report_to_candidate(sandbox, actor)
    if found.interview_id != interview_id:
        raise NotFound(N_("There is no report yet."), N_("It is there when your interview is finished."))
    return found


def as_json(found: Report) -> bytes:
    """Return the report as JSON: ``shape`` tells its version, the names are those of the score."""
    data: dict[str, Any] = {
        "shape": SHAPE,
        "interview": found.interview_id,
        "candidate": found.candidate_name,
        "post": found.post_title,
        "round": found.round_number,
        "status": found.status,
        "rubric": found.rubric.model_dump(mode="json"),
        "score": found.score.model_dump(mode="json") if found.score else None,
        "scored_at": found.scored_at,
        "earlier": [
            {"score": one.score.model_dump(mode="json"), "scored_at": one.scored_at} for one in found.earlier
        ],
        "round_before": {"round": found.before.number, "score": found.before.score.model_dump(mode="json")}
        if found.before
        else None,
        "answers": [
            {
                "question": one.question,
                "number": one.number,
                "asked": one.asked,
                "text": one.text,
                "late": one.late,
                "spoken": _spoken(one.take),
            }
            for one in found.answers
        ],
        "outline": {str(key): points for key, points in outline(found.questions).items()},
    }
    return json.dumps(data, ensure_ascii=False, indent=2, default=datetime.isoformat).encode()


def _spoken(take: Take | None) -> dict[str, Any] | None:
    """Return what is known of a spoken answer; its words with their times in seconds."""
    if take is None:
        return None
    words = [asdict(one) for one in take.words]
    return {"seconds": take.seconds, "transcript": take.transcript, "words": words}


def as_pdf(found: Report, lang: str) -> bytes:
    """Return the report as a PDF in one language; whatever people wrote is text and never markup."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.platypus import SimpleDocTemplate

    registerFont(UnicodeCIDFont(_FONT))
    t = texts(lang)
    title = t("Report: {name}").format(name=found.candidate_name)
    out = BytesIO()
    document = SimpleDocTemplate(out, pagesize=A4, title=title, author="", lang=lang.replace("_", "-"))
    document.build(list(_story(t, found, title)))
    return out.getvalue()


def _story(t: Texts, found: Report, title: str) -> Iterable["Flowable"]:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    styles = {
        name: ParagraphStyle(name, fontName=_FONT, fontSize=size, leading=size * 1.5, spaceAfter=6, wordWrap="CJK")
        for name, size in (("h1", 18), ("h2", 14), ("p", 10.5))
    }

    def line(text: str, style: str = "p") -> "Flowable":
        return Paragraph(escape(text).replace("\n", "<br/>"), styles[style])

    yield line(title, "h1")
    yield line(f"{found.post_title} · {found.department} · {t(labels.INTERVIEW[found.status])}")
    score = found.score
    if score is None:
        yield line(t("There is no score: only a finished interview is scored."))
    else:
        total = t("Too little to judge") if score.total is None else f"{_number(t, score.total)} / {_TOP:g}"
        yield line(f"{t('Score')}: {total}", "h2")
        told = t("Scored by {program} with the rubric {rubric} on {when}. It is advice; a person decides.")
        when = format_datetime(found.scored_at.astimezone(), "medium", locale=t.lang) if found.scored_at else "–"
        program, rubric = labels.program(t, score.by), f"{score.rubric}@{score.rubric_version}"
        yield line(told.format(program=program, rubric=rubric, when=when))
        if score.status is not ScoreStatus.REFUSED:
            yield line(covered(t, score))
        if score.competencies:
            yield _radar(found, score)
        yield from (line(text) for text in _competencies(t, found, score))
        advice = feedback(found.questions, score)
        for head, hints in ((t("What went well"), advice.well), (t("What to do next"), advice.next)):
            if hints:
                yield line(head, "h2")
                yield from (line(f"• {_hint(t, one)}") for one in hints)
    yield line(t("Answers"), "h2")
    flags = score.flags if score else ()
    for one in found.answers:
        yield line(f"{one.number}. {one.asked}")
        if named := [t(labels.FLAG[flag.code]) for flag in flags if flag.question == one.question]:
            yield line(f"[{t.row(named)}]")
        yield line(
            one.text if one.text is not None else t("Not answered. It is left out of the score, not counted as 0.")
        )


def _competencies(t: Texts, found: Report, score: Score) -> Iterable[str]:
    by_code = {one.code: one for one in found.rubric.competencies}
    corrected = {one.code for one in score.overrides}
    for one in score.competencies:
        competency = by_code[one.code]
        if one.score is None or one.level is None:
            yield f"{competency.title}: {t('Too little to judge')}"
            continue
        anchor = next(level.anchor for level in competency.levels if level.level == one.level)
        top = max(level.level for level in competency.levels)
        level = t("Level {level} of {top}: {anchor}").format(level=one.level, top=top, anchor=anchor)
        yield f"{competency.title}: {_number(t, one.score)} / {_TOP:g}. {level}"
        if one.code not in corrected:
            yield grounds(t, one)
        yield from (f"“{quote.quote}”" for quote in one.evidence)
    for override in score.overrides:
        said = t("Corrected by {name} on {when}; the program had given level {level}.")
        when = format_datetime(override.at.astimezone(), "medium", locale=t.lang)
        was = "–" if override.was is None else override.was
        title = by_code[override.code].title
        yield f"{title}: {said.format(name=override.by, when=when, level=was)} {override.reason}"


def covered(t: Texts, score: Score) -> str:
    """Say what part of the questions was answered."""
    return t("{percent} % of the questions were answered").format(percent=round(score.coverage * 100))


def grounds(t: Texts, score: CompetencyScore) -> str:
    """Say why a competency got its level, how many points were found, and how sure the program is."""
    counts = t("{found} of {asked} points found.")
    told = counts.format(found=len(score.found), asked=len(score.found) + len(score.missed))
    sure = t("A close call: read it yourself.")
    if score.confidence >= _FAIRLY_SURE:
        sure = t("The program is sure.") if score.confidence >= _SURE else t("The program is fairly sure.")
    return t.sentences(t(labels.REASON[score.reason]), told, sure)


def _hint(t: Texts, hint: Hint) -> str:
    text = t(labels.PART[hint.text]) if hint.kind == "tell" else hint.text
    return t(labels.HINT[hint.kind]).format(number=hint.number, text=text)


def _radar(found: Report, score: Score) -> "Drawing":
    """Draw the points by competency; the lines below it say the same in words."""
    from reportlab.graphics.shapes import Drawing, Line, Polygon, String
    from reportlab.lib.colors import HexColor

    grey, blue = HexColor("#9aa7b4"), HexColor("#1565c0")
    drawing = Drawing(_WIDTH, _HEIGHT)
    centre, radius = (_WIDTH / 2, _HEIGHT / 2), _HEIGHT / 2 - 28
    values = [(one.score or 0.0) / _TOP for one in score.competencies]

    def flat(points: Iterable[tuple[float, float]]) -> list[float]:
        return [value for x, y in points for value in (x, _HEIGHT - y)]  # paper counts upwards

    rim = corners([1.0] * len(values), centre, radius)
    for ring in range(1, len(LEVEL_POINTS)):
        share = ring / (len(LEVEL_POINTS) - 1)
        drawing.add(
            Polygon(flat(corners([share] * len(values), centre, radius)), strokeColor=grey, fillColor=None)
        )
    for end in rim:
        drawing.add(Line(*flat([centre, end]), strokeColor=grey))
    drawing.add(Polygon(flat(corners(values, centre, radius)), strokeColor=blue, strokeWidth=2, fillColor=None))
    titles = {one.code: one.title for one in found.rubric.competencies}
    for one, (x, y) in zip(score.competencies, corners([1.0] * len(values), centre, radius + 12), strict=True):
        side = x - centre[0]
        anchor = "middle" if abs(side) < 1 else ("start" if side > 0 else "end")
        drawing.add(String(x, _HEIGHT - y - 4, titles[one.code], fontName=_FONT, fontSize=9, textAnchor=anchor))
    return drawing


def _number(t: Texts, value: float) -> str:
    return format_decimal(value, "#,##0.#", locale=t.lang)
