"""A report as a PDF: everything that its page shows, charts with their tables, in one language."""

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from babel.dates import format_datetime

from sandbox_hrms.app.report_file import covered, grounds, paced, shown_number, signed_number
from sandbox_hrms.app.score import Report, ReportAnswer
from sandbox_hrms.core import labels
from sandbox_hrms.core.feedback import Hint, feedback, outline
from sandbox_hrms.core.pace import pace
from sandbox_hrms.core.radar import corners
from sandbox_hrms.core.rubric import LEVEL_POINTS, Score, ScoreStatus
from sandbox_hrms.i18n import Texts, texts

if TYPE_CHECKING:
    from datetime import datetime

    from reportlab.graphics.shapes import Drawing
    from reportlab.platypus import Flowable

_FONT = "STSong-Light"
"""Comes with every reader of PDF, Chinese and Latin letters; nothing is embedded."""
_TOP = LEVEL_POINTS[-1]
_WIDTH, _HEIGHT = 460.0, 190.0
_GREY, _BLUE = "#9aa7b4", "#1565c0"
_Line = Callable[..., "Flowable"]


def as_pdf(found: Report, lang: str) -> bytes:
    """Return the report as a PDF in one language; whatever people wrote is text and never markup."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    registerFont(UnicodeCIDFont(_FONT))
    styles = {
        name: ParagraphStyle(name, fontName=_FONT, fontSize=size, leading=size * 1.5, spaceAfter=6, wordWrap="CJK")
        for name, size in (("h1", 18), ("h2", 14), ("p", 10.5), ("cell", 9))
    }

    def line(text: str, style: str = "p") -> "Flowable":
        return Paragraph(escape(text).replace("\n", "<br/>"), styles[style])

    t = texts(lang)
    title = t("Report: {name}").format(name=found.candidate_name)
    out = BytesIO()
    document = SimpleDocTemplate(out, pagesize=A4, title=title, author="", lang=lang.replace("_", "-"))
    document.build(list(_story(t, found, title, line)))
    return out.getvalue()


def _story(t: Texts, found: Report, title: str, line: _Line) -> Iterable["Flowable"]:
    yield line(title, "h1")
    yield line(f"{found.post_title} · {found.department} · {t(labels.INTERVIEW[found.status])}")
    score = found.score
    if score is None:
        yield line(t("There is no score: only a finished interview is scored."))
    else:
        yield from _scored(t, found, score, line)
    yield line(t("Answers"), "h2")
    for one in found.answers:
        yield from (line(text) for text in _answer(t, one, score))


def _scored(t: Texts, found: Report, score: Score, line: _Line) -> Iterable["Flowable"]:
    total = t("Too little to judge") if score.total is None else f"{shown_number(t, score.total)} / {_TOP:g}"
    yield line(f"{t('Score')}: {total}", "h2")
    told = t("Scored by {program} with the rubric {rubric} on {when}. It is advice; a person decides.")
    program, rubric = labels.program(t, score.by), f"{score.rubric}@{score.rubric_version}"
    yield line(told.format(program=program, rubric=rubric, when=_moment(t, found.scored_at)))
    if score.status is ScoreStatus.REFUSED:
        return
    yield line(covered(t, score))
    if score.competencies:
        yield _radar(found, score)
    yield from _before(t, found, score, line)
    yield from (line(text) for text in _competencies(t, found, score))
    yield from _by_question(t, found, score, line)
    yield from _earlier(t, found, score, line)
    advice = feedback(found.questions, score)
    for head, hints in ((t("What went well"), advice.well), (t("What to do next"), advice.next)):
        if hints:
            yield line(head, "h2")
            yield from (line(f"• {_hint(t, one)}") for one in hints)
    yield line(t("What a good answer says"), "h2")
    yield line(t("Points, not sentences: say them in your own words, from your own work."))
    for number, points in outline(found.questions).items():
        yield line(t("Question {number}").format(number=number))
        yield from (line(f"• {point}") for point in points)


def _answer(t: Texts, answer: ReportAnswer, score: Score | None) -> Iterable[str]:
    yield f"{answer.number}. {answer.asked}"
    flags = score.flags if score else ()
    if named := [t(labels.FLAG[flag.code]) for flag in flags if flag.question == answer.question]:
        yield f"[{t.row(named)}]"
    yield (
        answer.text
        if answer.text is not None
        else t("Not answered. It is left out of the score, not counted as 0.")
    )
    if answer.take is not None and (told := pace(answer.take.words, t.lang)) is not None:
        yield paced(t, told, t.lang)


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
        yield f"{competency.title}: {shown_number(t, one.score)} / {_TOP:g}. {level}"
        if one.code not in corrected:
            yield grounds(t, one)
        yield from (f"“{quote.quote}”" for quote in one.evidence)
    for override in score.overrides:
        said = t("Corrected by {name} on {when}; the program had given level {level}.")
        when = _moment(t, override.at)
        was = "–" if override.was is None else override.was
        title = by_code[override.code].title
        yield f"{title}: {said.format(name=override.by, when=when, level=was)} {override.reason}"


def _before(t: Texts, found: Report, score: Score, line: _Line) -> Iterable["Flowable"]:
    """Put the round before beside this one."""
    if found.before is None:
        return
    was = {one.code: one.score for one in found.before.score.competencies}
    old = t("Round {number}").format(number=found.before.number)
    rows = [(t("Competency"), t("Points"), old, t("Change"))]
    points = {one.code: one.score for one in score.competencies}
    titles = {one.code: one.title for one in found.rubric.competencies}
    every = [*((title, points.get(code), was.get(code)) for code, title in titles.items())]
    for name, now, then in (*every, (t("Score"), score.total, found.before.score.total)):
        gain = None if now is None or then is None else now - then
        rows.append((name, shown_number(t, now), shown_number(t, then), signed_number(t, gain)))
    yield line(t("Solid: this round. Dashed: round {number}.").format(number=found.before.number))
    yield _table(rows, line)


def _by_question(t: Texts, found: Report, score: Score, line: _Line) -> Iterable["Flowable"]:
    told = {one.question: one for one in score.answers}
    rows: list[tuple[str, ...]] = [
        (t("Question"), t("Points"), t("Covered"), t("In order"), t("To the point"), t("Specific"))
    ]
    for one in found.questions:
        answer = told.get(one.id)
        shares = (answer.coverage, answer.structure, answer.relevance, answer.specificity) if answer else ()
        shown = [f"{round(share * 100)} %" for share in shares] or ["–"] * 4
        rows.append((str(one.number), shown_number(t, answer.score if answer else None), *shown))
    yield line(t("At a glance"), "h2")
    yield _bars([(str(one.number), told[one.id].score if one.id in told else 0.0) for one in found.questions])
    yield _table(rows, line)


def _earlier(t: Texts, found: Report, score: Score, line: _Line) -> Iterable["Flowable"]:
    """Put the scores before this one beside it."""
    if not found.earlier:
        return
    titles = {one.code: one.title for one in found.rubric.competencies}
    rows = [(t("Score"), *titles.values(), t("Rubric"), t("When"))]
    for one, at in (*((one.score, one.scored_at) for one in found.earlier), (score, found.scored_at)):
        points = {part.code: part.score for part in one.competencies}
        shown = (shown_number(t, points.get(code)) for code in titles)
        rows.append((shown_number(t, one.total), *shown, f"{one.rubric}@{one.rubric_version}", _moment(t, at)))
    yield line(t("Scored again"), "h2")
    yield _table(rows, line)


def _moment(t: Texts, at: "datetime | None") -> str:
    return "–" if at is None else format_datetime(at.astimezone(), "medium", locale=t.lang)


def _table(rows: Sequence[Sequence[str]], line: _Line) -> "Flowable":
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Table

    grid = ("GRID", (0, 0), (-1, -1), 0.5, HexColor(_GREY))
    cells = [[line(text, "cell") for text in row] for row in rows]
    return Table(cells, style=[grid], repeatRows=1, spaceBefore=6, spaceAfter=6)


def _bars(bars: Sequence[tuple[str, float]]) -> "Drawing":
    """Draw a bar for each question; the table below it says the same in numbers."""
    from reportlab.graphics.shapes import Drawing, Rect, String
    from reportlab.lib.colors import HexColor

    step, start = 16.0, 30.0
    drawing = Drawing(_WIDTH, step * len(bars) + 6)
    for place, (name, points) in enumerate(reversed(bars)):
        y = step * place + 6
        most, width = _WIDTH - start, (_WIDTH - start) * points / _TOP
        drawing.add(String(start - 8, y + 1, name, fontName=_FONT, fontSize=9, textAnchor="end"))
        drawing.add(Rect(start, y, most, 9, strokeColor=HexColor(_GREY), strokeWidth=0.5, fillColor=None))
        drawing.add(Rect(start, y, width, 9, strokeColor=None, fillColor=HexColor(_BLUE)))
    return drawing


def _hint(t: Texts, hint: Hint) -> str:
    text = t(labels.PART[hint.text]) if hint.kind == "tell" else hint.text
    return t(labels.HINT[hint.kind]).format(number=hint.number, text=text)


def _radar(found: Report, score: Score) -> "Drawing":
    """Draw the points by competency; the lines below it say the same in words."""
    from reportlab.graphics.shapes import Drawing, Line, Polygon, String
    from reportlab.lib.colors import HexColor

    grey, blue = HexColor(_GREY), HexColor(_BLUE)
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
    if found.before:
        old = {one.code: one.score or 0.0 for one in found.before.score.competencies}
        was = [old.get(one.code, 0.0) / _TOP for one in score.competencies]
        dashed = flat(corners(was, centre, radius))
        drawing.add(Polygon(dashed, strokeColor=blue, strokeDashArray=[4, 3], fillColor=None))
    titles = {one.code: one.title for one in found.rubric.competencies}
    for one, (x, y) in zip(score.competencies, corners([1.0] * len(values), centre, radius + 12), strict=True):
        side = x - centre[0]
        anchor = "middle" if abs(side) < 1 else ("start" if side > 0 else "end")
        drawing.add(String(x, _HEIGHT - y - 4, titles[one.code], fontName=_FONT, fontSize=9, textAnchor=anchor))
    return drawing
