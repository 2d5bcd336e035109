"""PDF: a guide to print, on A4, as PDF/A-1b, with reportlab."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

from PIL import Image
from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    KeepInFrame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.tableofcontents import TableOfContents

from guides import typeface
from guides.archival import ArchivalCanvas
from guides.edition import Edition
from guides.pictures import Picture
from guides.telling import CIRCLED, Block, Figure
from guides.theme import INK, LINE, MUTED
from guides.typeface import BOLD, REGULAR
from trainer import __version__
from trainer.core.brand import Brand
from trainer.core.walkthrough import Walkthrough

log = logging.getLogger(__name__)

WIDTH, HEIGHT = A4
SIDE = 18 * mm
CONTENT = WIDTH - 2 * SIDE
TOP, BOTTOM = 25 * mm, 21 * mm
BAND = 92 * mm
"""Height of the coloured upper part of the cover."""

POINTS_PER_PIXEL = 0.75
"""Natural size of a CSS pixel; pictures are never shown larger."""

TALLEST = 132 * mm
TALLEST_RESULT = 96 * mm
SMALLEST = 0.8
"""Pictures are made smaller by no more than this to bring a step onto one page."""

PAGE = HEIGHT - TOP - BOTTOM
"""Height of a page's text."""

GUTTER = 13 * mm
"""Width of the column that holds a step's number."""


def render(edition: Edition) -> bytes:
    """Return the guide as a PDF file. Equal input gives equal bytes.

    A character that the embedded font lacks is shown as □ and logged; see `unprintable`.
    """
    typeface.register()
    if lost := unprintable(edition.walkthrough):
        log.warning("No glyph for %s: shown as %s", " ".join(lost), typeface.MISSING)
    out = io.BytesIO()
    document = _Document(out, edition)
    story = [*_cover(edition), *_contents(edition), *_steps(edition)]
    document.multiBuild(story, canvasmaker=partial(ArchivalCanvas, edition.made))
    return out.getvalue()


def unprintable(walkthrough: Walkthrough) -> tuple[str, ...]:
    """Return the characters of the walkthrough's texts for which the guide's font has no glyph."""
    told = [text for step in walkthrough.steps for text in (step.say, step.sees)]
    return typeface.missing(" ".join([walkthrough.title, walkthrough.summary, walkthrough.profile, *told]))


class _Document(BaseDocTemplate):  # type: ignore[misc]  # reportlab has no types
    """Knows the page templates, fills the contents and the outline, and counts its pages."""

    def __init__(self, out: io.BytesIO, edition: Edition) -> None:
        walkthrough, shown = edition.walkthrough, typeface.clean
        super().__init__(
            out,
            pagesize=A4,
            invariant=1,
            lang=edition.tag,
            title=shown(walkthrough.title),
            author=shown(edition.brand.name) or "Trainer",
            subject=shown(walkthrough.summary),
            keywords=[
                walkthrough.scenario,
                f"version {walkthrough.version}",
                f"digest {walkthrough.digest}",
            ],
            creator=f"Trainer {__version__}",
        )
        self.heading = typeface.printable(walkthrough.title)
        self.kind = typeface.printable(edition.kind)
        self.brand = edition.brand
        self.foot = typeface.printable(edition.foot)
        self.total = 0
        band = Frame(SIDE, HEIGHT - BAND, CONTENT, BAND - 12 * mm, 0, 0, 0, 0, id="band")
        below = Frame(SIDE, BOTTOM, CONTENT, HEIGHT - BAND - BOTTOM - 10 * mm, 0, 0, 0, 0, id="below")
        body = Frame(SIDE, BOTTOM, CONTENT, PAGE, 0, 0, 0, 0, id="body")
        self.addPageTemplates(
            [
                PageTemplate("cover", [band, below], onPage=self._draw_cover),
                PageTemplate("body", [body], onPage=self._draw_body),
            ]
        )

    def build(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  # reportlab's signature
        """Lay out once and remember the number of pages for the next pass."""
        super().build(*args, **options)
        self.total = self.page

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802  # called by reportlab
        """Enter an `_Anchor` into the contents and the outline."""
        if isinstance(flowable, _Anchor):
            if flowable.listed:
                self.notify("TOCEntry", (0, flowable.listed, self.page, flowable.key))
            self.canv.bookmarkPage(flowable.key, fit="XYZ", left=0, top=self.frame._y, zoom=0)  # noqa: SLF001
            self.canv.addOutlineEntry(flowable.title, flowable.key, 0)

    def _draw_cover(self, canvas: Canvas, _: BaseDocTemplate) -> None:
        canvas.saveState()
        canvas.setFillColor(HexColor(self.brand.primary))
        canvas.rect(0, HEIGHT - BAND, WIDTH, BAND, stroke=0, fill=1)
        canvas.setFillColor(HexColor(self.brand.deep))
        canvas.rect(0, HEIGHT - BAND, WIDTH, 2 * mm, stroke=0, fill=1)
        if self.brand.logo:
            _draw_logo(canvas, self.brand.logo)
        canvas.restoreState()
        self._draw_number(canvas)

    def _draw_body(self, canvas: Canvas, _: BaseDocTemplate) -> None:
        y = HEIGHT - 15 * mm
        canvas.saveState()
        canvas.setFillColor(HexColor(MUTED))
        room = CONTENT - stringWidth(self.kind, REGULAR, 8.5) - 8 * mm
        canvas.setFont(BOLD, 8.5)
        canvas.drawString(SIDE, y, _shortened(self.heading, room))
        canvas.setFont(REGULAR, 8.5)
        canvas.drawRightString(WIDTH - SIDE, y, self.kind)
        canvas.setStrokeColor(HexColor(self.brand.primary))
        canvas.setLineWidth(1)
        canvas.line(SIDE, y - 2.6 * mm, WIDTH - SIDE, y - 2.6 * mm)
        canvas.restoreState()
        self._draw_number(canvas)

    def _draw_number(self, canvas: Canvas) -> None:
        canvas.saveState()
        canvas.setFillColor(HexColor(MUTED))
        canvas.setFont(REGULAR, 8.5)
        number = f"{canvas.getPageNumber()} / {self.total}"
        canvas.drawRightString(WIDTH - SIDE, 12 * mm, number)
        room = CONTENT - stringWidth(number, REGULAR, 8.5) - 8 * mm
        canvas.drawString(SIDE, 12 * mm, _shortened(self.foot, room, REGULAR))
        canvas.restoreState()


def _draw_logo(canvas: Canvas, logo: bytes) -> None:
    """Draw the logo on a white plate at the top right of the cover."""
    picture = Image.open(io.BytesIO(logo)).convert("RGBA")
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture)
    factor = min(48 * mm / ground.width, 16 * mm / ground.height)
    width, height, edge = ground.width * factor, ground.height * factor, 3 * mm
    left, low = WIDTH - SIDE - width - edge, HEIGHT - 14 * mm - height
    canvas.setFillColor(white)
    canvas.roundRect(left - edge, low - edge, width + 2 * edge, height + 2 * edge, 2 * mm, stroke=0, fill=1)
    canvas.drawImage(ImageReader(ground), left, low, width, height)


class _Anchor(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A place that the contents and the outline lead to; draws nothing.

    Args:
        key: Name of the place.
        title: Its line in the outline.
        listed: Its line in the contents as markup, or "" to leave it out there.
    """

    def __init__(self, key: str, title: str, listed: str = "") -> None:
        super().__init__()
        self.width = self.height = 0
        self.spaceBefore = 7 * mm
        self.key = key
        self.title = title
        self.listed = listed

    def draw(self) -> None:
        """Draw nothing."""


class _Disc(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A number in a filled circle."""

    SIZE = 9 * mm

    def __init__(self, number: int, colour: str) -> None:
        super().__init__()
        self.width = self.height = self.SIZE
        self.number = number
        self.colour = colour

    def draw(self) -> None:
        """Draw circle and number."""
        half = self.SIZE / 2
        self.canv.setFillColor(HexColor(self.colour))
        self.canv.circle(half, half, half, stroke=0, fill=1)
        self.canv.setFillColor(white)
        self.canv.setFont(BOLD, 12)
        self.canv.drawCentredString(half, half - 4.3, str(self.number))


class _Image(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A picture with rounded corners and a fine frame, and its alternative text as marked content."""

    def __init__(self, picture: Picture, alt: str, widest: float, tallest: float) -> None:
        super().__init__()
        factor = min(POINTS_PER_PIXEL, widest / picture.width, tallest / picture.height)
        self.width, self.height = picture.width * factor, picture.height * factor
        self.hAlign = "LEFT"
        self.picture = picture
        self.alt = alt
        self.reader = ImageReader(picture.image)

    def draw(self) -> None:
        """Draw the picture, clipped to its frame."""
        canvas = self.canv
        text = (b"\xfe\xff" + typeface.clean(self.alt).encode("utf-16-be")).hex().upper()
        canvas.addLiteral(f"/Span <</Alt <{text}>>> BDC")
        canvas.saveState()
        frame = canvas.beginPath()
        frame.roundRect(0, 0, self.width, self.height, 2 * mm)
        canvas.clipPath(frame, stroke=0, fill=0)
        canvas.drawImage(self.reader, 0, 0, self.width, self.height)
        canvas.restoreState()
        canvas.setStrokeColor(HexColor(LINE))
        canvas.setLineWidth(0.8)
        canvas.roundRect(0, 0, self.width, self.height, 2 * mm, stroke=1, fill=0)
        canvas.addLiteral("EMC")


def _style(size: float, *, font: str = REGULAR, colour: str = INK, **more: Any) -> ParagraphStyle:  # noqa: ANN401
    """Return a style; text breaks between any two Chinese characters, and at spaces elsewhere."""
    settings = {"leading": size * 1.5, "wordWrap": "CJK", **more}
    return ParagraphStyle("text", fontName=font, fontSize=size, textColor=HexColor(colour), **settings)


TITLE = _style(30, font=BOLD, colour="#ffffff", leading=40)
KICKER = _style(11, colour="#ffffff", font=BOLD)
LEAD = _style(13, colour="#ffffff", leading=21)
HEADING = _style(20, font=BOLD)
SUBHEAD = _style(12, font=BOLD)
BODY = _style(10.5, leading=16.5)
ITEM = _style(10.5, leading=16.5, leftIndent=15, bulletFontName=REGULAR, bulletFontSize=10.5)
FACT = _style(8.5, colour=MUTED)
VALUE = _style(11, font=BOLD)
NOTE = _style(9.5, colour=INK)
SAY = _style(13.5, font=BOLD, leading=19.5)
REPEAT = _style(10.5, font=BOLD)
LEGEND = _style(9.5, colour=MUTED)
SEES_LABEL = _style(9, font=BOLD)
SEES = _style(11, leading=17)
ENTRY = _style(11, leading=17, leftIndent=7 * mm, firstLineIndent=-7 * mm, rightIndent=12 * mm, spaceBefore=4)
TIGHT = tuple((f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM"))


def paragraph(text: str, style: ParagraphStyle, colour: str = "", *, sign: str = "") -> Paragraph:
    """Return `text` as a paragraph in which nothing is markup.

    Args:
        text: What it says.
        style: How it looks.
        colour: Of its letters; the style's own by default.
        sign: Stands before it where it is an item of a list, in the indent of the style.
    """
    markup = _escaped(text)
    told = f'<font color="{colour}">{markup}</font>' if colour else markup
    return Paragraph(told, style, bulletText=sign or None)


def _escaped(text: str) -> str:
    return escape(typeface.printable(text))


def _shortened(text: str, room: float, font: str = BOLD) -> str:
    """Return the beginning of a header or footer that fits into `room` points."""
    if stringWidth(text, font, 8.5) <= room:
        return text
    while text and stringWidth(f"{text}…", font, 8.5) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _cover(edition: Edition) -> Iterator[Flowable]:
    walkthrough, brand = edition.walkthrough, edition.brand
    band = [
        Spacer(0, 12 * mm),
        paragraph(edition.kicker, KICKER),
        Spacer(0, 5 * mm),
        paragraph(walkthrough.title, TITLE),
    ]
    if walkthrough.summary:
        band += [Spacer(0, 5 * mm), paragraph(walkthrough.summary, LEAD)]
    yield KeepInFrame(CONTENT, BAND - 13 * mm, band, mode="shrink")
    yield FrameBreak()
    cells = [[paragraph(label, FACT), paragraph(value, VALUE)] for label, value in edition.facts]
    cells += [[]] * (-len(cells) % 3)
    yield Table(
        [cells[first : first + 3] for first in range(0, len(cells), 3)],
        colWidths=[CONTENT / 3] * 3,
        style=grid(
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
            ("LINEBELOW", (0, 0), (-1, -1), 0.8, HexColor(LINE)),
        ),
    )
    yield Spacer(0, 6 * mm)
    if hero := edition.hero:
        yield _Image(hero.picture, hero.alt, CONTENT, 100 * mm)
        yield Spacer(0, 6 * mm)
    if edition.notes:
        yield panel([paragraph(note, NOTE) for note in edition.notes], brand)
    yield NextPageTemplate("body")
    yield PageBreak()


def _contents(edition: Edition) -> Iterator[Flowable]:
    title = edition.texts.gettext("Contents")
    yield _Anchor("contents", title)
    yield paragraph(title, HEADING, edition.brand.primary)
    yield Spacer(0, 3 * mm)
    yield TableOfContents(levelStyles=[ENTRY], dotsMinLevel=0, tableStyle=grid(*TIGHT))
    yield Spacer(0, 8 * mm)
    yield panel([paragraph(edition.reading, NOTE)], edition.brand)
    yield PageBreak()


def _steps(edition: Edition) -> Iterator[Flowable]:
    for block in edition.blocks:
        parts = _fitting(block, edition)
        if sum(_height(flowable) for part in parts for flowable in part) <= PAGE:
            yield KeepTogether([flowable for part in parts for flowable in part])
        else:
            yield from map(KeepTogether, parts)


def _fitting(block: Block, edition: Edition) -> list[list[Flowable]]:
    """Return the parts of one step; its pictures become a little smaller where that brings all onto one page."""
    parts = _parts(block, edition, 1.0)
    pictures = sum(flowable.height for part in parts for flowable in part if isinstance(flowable, _Image))
    over = sum(_height(flowable) for part in parts for flowable in part) - PAGE
    if not 0 < over < pictures * (1 - SMALLEST):
        return parts
    return _parts(block, edition, 1 - (over + 1) / pictures)


def _height(flowable: Flowable) -> float:
    height: float = flowable.wrap(CONTENT, PAGE)[1]
    return height


def _parts(block: Block, edition: Edition, factor: float) -> list[list[Flowable]]:
    """Return the parts of one step; each stays in one piece where the whole does not fit on a page."""
    primary = edition.brand.primary
    head: list[Flowable] = [
        _Anchor(
            f"step-{block.number}",
            f"{block.number}. {typeface.printable(block.say)}",
            f"<b>{block.number}</b>&nbsp;&nbsp; {_escaped(block.say)}",
        ),
        Table(
            [[_Disc(block.number, primary), paragraph(block.say, SAY)]],
            colWidths=[GUTTER, CONTENT - GUTTER],
            style=grid(
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 3),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 7),
            ),
        ),
    ]
    if repeat := edition.repeated(block):
        head += [paragraph(repeat, REPEAT, primary), Spacer(0, 2.5 * mm)]
    accent = edition.brand.accent
    first, *others = [_figure(figure, TALLEST, factor, accent) for figure in block.figures] or [[]]
    tail: list[Flowable] = []
    if block.sees:
        label = paragraph(edition.texts.gettext("What you should see"), SEES_LABEL, primary)
        seen = [label, paragraph(block.sees, SEES)]
        if shown := edition.elsewhere(block):
            seen.append(paragraph(shown, LEGEND))
        tail += [panel(seen, edition.brand), Spacer(0, 3 * mm)]
    if block.result:
        tail += _figure(block.result, TALLEST_RESULT, factor, accent)
    return [head + first, *others, *([tail] if tail else [])]


def _figure(figure: Figure, tallest: float, factor: float, accent: str) -> list[Flowable]:
    numbered = f'<font name="{BOLD}" color="{accent}">\\g<0></font>'
    return [
        _Image(figure.picture, figure.alt, CONTENT * factor, tallest * factor),
        Spacer(0, 1.5 * mm),
        Paragraph(re.sub(f"[{CIRCLED}]", numbered, _escaped(figure.legend)), LEGEND),
        Spacer(0, 4 * mm),
    ]


def panel(content: list[Flowable], brand: Brand) -> Table:
    """Return `content` on a tinted ground with a bar at its left."""
    return Table(
        [[content]],
        colWidths=[CONTENT],
        style=grid(
            ("BACKGROUND", (0, 0), (-1, -1), HexColor(brand.tint)),
            ("LINEBEFORE", (0, 0), (0, -1), 3, HexColor(brand.primary)),
            ("LEFTPADDING", (0, 0), (-1, -1), 10),
            ("TOPPADDING", (0, 0), (-1, -1), 6),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
        ),
    )


def grid(*commands: tuple[Any, ...]) -> TableStyle:
    """Return a table style that never asks for a font we do not embed."""
    return TableStyle([("FONTNAME", (0, 0), (-1, -1), REGULAR), *commands])
