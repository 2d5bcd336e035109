"""Papers of a workshop as PDF: a report with tables, and certificates, with reportlab."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from xml.sax.saxutils import escape

import segno
from reportlab.lib.colors import HexColor, black
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from guides import typeface
from guides.theme import INK, LINE, MUTED
from guides.typeface import BOLD, REGULAR
from trainer.core.brand import Brand
from trainer.core.papers import Certificate, Grid, Paper

SIDE = 16 * mm
BRAND = Brand()
QR_SIZE = 34 * mm
CELL_SIDES = 13.0
"""Room at both sides of a cell's text, in points."""


def render_paper(paper: Paper, made: date) -> bytes:
    """Return a report as a PDF file; a character that the font lacks is shown as □."""
    typeface.register()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=SIDE, rightMargin=SIDE, topMargin=SIDE, bottomMargin=SIDE, title=paper.title
    )
    document.build(list(_story(paper, document.width, made)))
    return out.getvalue()


def _story(paper: Paper, width: float, made: date) -> Iterator[Flowable]:
    yield _text(paper.title, _style(20, font=BOLD, colour=BRAND.deep))
    yield _text(f"{paper.about} · {made.isoformat()}", _style(10, colour=MUTED))
    yield Spacer(1, 6 * mm)
    if paper.figures:
        cells = [[_text(value, _style(15, font=BOLD)) for _code, _name, value in paper.figures]]
        cells.append([_text(name, _style(8.5, colour=MUTED)) for _code, name, _value in paper.figures])
        yield Table(cells, [width / len(paper.figures)] * len(paper.figures), style=_boxes())
    for grid in paper.grids:
        yield Spacer(1, 7 * mm)
        yield _text(grid.title, _style(13, font=BOLD))
        yield Spacer(1, 2 * mm)
        head = [_text(cell, _style(8.5, font=BOLD)) for cell in grid.head]
        rows = [[_text(cell, _style(8.5)) for cell in row] for row in grid.rows]
        yield Table([head, *rows], _widths(grid, width), repeatRows=1, style=_lines())
    for note in paper.notes:
        yield Spacer(1, 3 * mm)
        yield _text(note, _style(9, colour=MUTED))


def _widths(grid: Grid, width: float) -> list[float]:
    """Share the width of a page: each column by its longest cell, of which a text takes a third of the page."""
    columns = zip(grid.head, *grid.rows, strict=True)
    wanted = [
        min(width / 3, max(stringWidth(typeface.printable(cell), BOLD, 8.5) for cell in cells) + CELL_SIDES)
        for cells in columns
    ]
    return [width * one / sum(wanted) for one in wanted]


def render_certificate(certificate: Certificate) -> bytes:
    """Return a certificate as a PDF file of one page; a character that the font lacks is shown as □."""
    typeface.register()
    out = io.BytesIO()
    size = landscape(A4)
    canvas = Canvas(out, pagesize=size)
    canvas.setTitle(f"{certificate.title}: {certificate.name}")
    width, height = size
    canvas.setStrokeColor(HexColor(BRAND.primary))
    canvas.setLineWidth(2.5)
    canvas.roundRect(12 * mm, 12 * mm, width - 24 * mm, height - 24 * mm, 6 * mm)
    middle = width / 2
    canvas.setFillColor(HexColor(BRAND.deep))
    canvas.setFont(BOLD, 30)
    canvas.drawCentredString(middle, height - 52 * mm, typeface.printable(certificate.title))
    canvas.setFillColor(HexColor(INK))
    name = typeface.printable(certificate.name)
    canvas.setFont(BOLD, _fitting(name, width - 60 * mm))
    canvas.drawCentredString(middle, height - 78 * mm, name)
    for number, line in enumerate(certificate.lines):
        shown = typeface.printable(line)
        canvas.setFont(REGULAR, min(14, _fitting(shown, width - 60 * mm)))
        canvas.drawCentredString(middle, height - (96 + 9 * number) * mm, shown)
    canvas.setFillColor(HexColor(MUTED))
    canvas.setFont(REGULAR, 9)
    canvas.drawString(26 * mm + QR_SIZE, 28 * mm, typeface.printable(certificate.check))
    canvas.drawString(26 * mm + QR_SIZE, 23 * mm, certificate.address)
    _draw_qr(canvas, certificate.address, 20 * mm, 18 * mm)
    canvas.save()
    return out.getvalue()


def _fitting(text: str, room: float) -> float:
    """Return the size in points at which a text of up to 28 points fits."""
    return float(min(28, 28 * room / max(1.0, stringWidth(text, BOLD, 28))))


def _draw_qr(canvas: Canvas, address: str, left: float, bottom: float) -> None:
    matrix = segno.make(address, error="m").matrix
    one = QR_SIZE / len(matrix)
    canvas.setFillColor(black)
    for row, line in enumerate(matrix):
        for column, dark in enumerate(line):
            if dark:
                canvas.rect(
                    left + column * one, bottom + (len(matrix) - 1 - row) * one, one, one, stroke=0, fill=1
                )


def _style(size: float, *, font: str = REGULAR, colour: str = INK) -> ParagraphStyle:
    return ParagraphStyle(
        "", fontName=font, fontSize=size, leading=1.4 * size, textColor=HexColor(colour), wordWrap="CJK"
    )


def _text(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(typeface.printable(text)), style)


def _boxes() -> TableStyle:
    return TableStyle(
        [("BACKGROUND", (0, 0), (-1, -1), HexColor(BRAND.tint)), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    )


def _lines() -> TableStyle:
    return TableStyle(
        [
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor(LINE)),
            ("BACKGROUND", (0, 0), (-1, 0), HexColor(BRAND.tint)),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
