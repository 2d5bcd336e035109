"""DOCX: a guide as a Word document that its readers can change, with python-docx."""

from __future__ import annotations

import io
import re
from datetime import datetime, time
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from guides.edition import Edition
from guides.telling import CIRCLED, Block, Figure
from guides.theme import LINE, MUTED

WIDEST = 1600
"""Pixels of a picture."""

CONTENT = Cm(17)
TALLEST = Cm(10)
POINTS_PER_PIXEL = 0.75
LATIN, CHINESE = "Segoe UI", "Microsoft YaHei"
UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot hold."""


def render(edition: Edition) -> bytes:
    """Return the guide as a Word document."""
    document = Document()
    _set_up(document, edition)
    walk = edition.walkthrough
    if edition.brand.logo:
        document.add_picture(io.BytesIO(edition.brand.logo), height=Cm(1.4))
        _describe(document.paragraphs[-1], edition.brand.name)
    _paragraph(document, edition.kicker, "Subtitle")
    _paragraph(document, walk.title, "Title")
    if walk.summary:
        _paragraph(document, walk.summary).paragraph_format.space_after = Pt(10)
    _facts(document, edition)
    for note in (*edition.notes, edition.reading):
        _boxed(_paragraph(document, note), edition)
    for block in edition.blocks:
        _step(document, block, edition)
    _footer(document, edition)
    about = document.core_properties
    about.title, about.author = _clean(walk.title), _clean(edition.brand.name) or "Trainer"
    about.subject, about.language = _clean(walk.summary)[:255], edition.tag
    about.keywords = f"{walk.scenario}, version {walk.version}"
    about.comments = f"digest {walk.digest}"
    about.created = about.modified = datetime.combine(edition.made, time())
    about.last_modified_by = "Trainer"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_up(document: WordDocument, edition: Edition) -> None:
    """Set page, fonts, colours and language."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    sizes = {"Normal": 10.5, "Title": 24, "Subtitle": 11, "Heading 1": 14, "Caption": 9}
    for name, size in sizes.items():
        style = document.styles[name]
        if not isinstance(style, ParagraphStyle):
            raise TypeError(name)
        style.font.size = Pt(size)
        style.font.italic = False
        _face(style.element.get_or_add_rPr(), edition.tag)
        if name in {"Title", "Heading 1", "Subtitle"}:
            style.font.color.rgb = _colour(edition.brand.primary)
            style.font.bold = True
        if name == "Caption":
            style.font.color.rgb = _colour(MUTED)
            style.font.bold = False
    document.styles["Normal"].paragraph_format.line_spacing = 1.25


def _face(properties: Any, tag: str) -> None:  # noqa: ANN401  # python-docx's XML elements
    """Name the fonts of Latin and Chinese text, and the language for spelling."""
    fonts = properties.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for kind, font in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", CHINESE)):
        fonts.set(qn(f"w:{kind}"), font)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), tag if tag.startswith("en") else "en-US")
    language.set(qn("w:eastAsia"), tag if tag.startswith("zh") else "zh-CN")
    properties.append(language)


def _facts(document: WordDocument, edition: Edition) -> None:
    table = document.add_table(rows=0, cols=2)
    for label, value in edition.facts:
        cells = table.add_row().cells
        cells[0].width, cells[1].width = Cm(4), Cm(13)
        _run(cells[0].paragraphs[0], label, colour=MUTED)
        _run(cells[1].paragraphs[0], value, bold=True)
        for cell in cells:
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def _step(document: WordDocument, block: Block, edition: Edition) -> None:
    primary = edition.brand.primary
    heading = _paragraph(document, f"{block.number}. {block.say}", "Heading 1")
    heading.paragraph_format.space_before = Pt(18)
    heading.paragraph_format.space_after = Pt(6)
    heading.paragraph_format.keep_with_next = True
    if repeated := edition.repeated(block):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        _run(paragraph, repeated, bold=True, colour=primary)
    for figure in block.figures:
        _figure(document, figure, edition)
    if block.sees:
        label = _boxed(document.add_paragraph(), edition)
        label.paragraph_format.keep_with_next = True
        label.paragraph_format.space_after = Pt(0)
        _run(label, edition.texts.gettext("What you should see"), bold=True, colour=primary)
        _boxed(_paragraph(document, edition.joined(block.sees, edition.elsewhere(block))), edition)
    if block.result:
        _figure(document, block.result, edition)


def _figure(document: WordDocument, figure: Figure, edition: Edition) -> None:
    picture = figure.picture
    factor = min(1.0, CONTENT.pt / (picture.width * POINTS_PER_PIXEL))
    factor = min(factor, TALLEST.pt / (picture.height * POINTS_PER_PIXEL))
    document.add_picture(io.BytesIO(picture.png(WIDEST)), width=Pt(picture.width * POINTS_PER_PIXEL * factor))
    shown = document.paragraphs[-1]
    shown.paragraph_format.keep_with_next = True
    shown.paragraph_format.space_after = Pt(3)
    _describe(shown, figure.alt)
    caption = document.add_paragraph(style="Caption")
    for part in re.split(f"([{CIRCLED}])", _clean(figure.legend)):
        numbered = len(part) == 1 and part in CIRCLED
        _run(caption, part, bold=numbered, colour=edition.brand.accent if numbered else "")


def _footer(document: WordDocument, edition: Edition) -> None:
    """Put the brand's line and the page number below every page."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _run(paragraph, f"{edition.foot} · " if edition.foot else "", colour=MUTED)
    run = paragraph.add_run()
    run.font.color.rgb = _colour(MUTED)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        field = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            field.set(qn("w:fldCharType"), kind)
        else:
            field.text = text
        run._r.append(field)  # noqa: SLF001  # python-docx has no fields


def _boxed(paragraph: Paragraph, edition: Edition) -> Paragraph:
    """Put a paragraph on a tinted ground with a bar at its left."""
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001  # python-docx has neither shading nor borders
    borders = OxmlElement("w:pBdr")
    bar = OxmlElement("w:left")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "6"), ("color", edition.brand.primary[1:])):
        bar.set(qn(f"w:{name}"), value)
    borders.append(bar)
    ground = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", edition.brand.tint[1:])):
        ground.set(qn(f"w:{name}"), value)
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")
    properties.insert_element_before(ground, "w:tabs", "w:spacing", "w:ind", "w:jc")
    return paragraph


def _describe(paragraph: Paragraph, alt: str) -> None:
    """Give the picture of a paragraph its alternative text, and a fine frame."""
    for about in paragraph._p.iter(qn("wp:docPr")):  # noqa: SLF001  # python-docx has no alternative texts
        about.set("descr", _clean(alt))
    for shape in paragraph._p.iter(qn("pic:spPr")):  # noqa: SLF001
        line, fill, colour = (OxmlElement(f"a:{name}") for name in ("ln", "solidFill", "srgbClr"))
        line.set("w", "9525")
        colour.set("val", LINE[1:])
        fill.append(colour)
        line.append(fill)
        shape.append(line)


def _paragraph(document: WordDocument, text: str, style: str = "Normal") -> Paragraph:
    return document.add_paragraph(_clean(text), style=style)


def _run(paragraph: Paragraph, text: str, *, bold: bool = False, colour: str = "") -> None:
    run = paragraph.add_run(_clean(text))
    run.bold = bold
    if colour:
        run.font.color.rgb = _colour(colour)


def _colour(colour: str) -> RGBColor:
    return RGBColor.from_string(colour[1:].upper())


def _clean(text: str) -> str:
    return UNSAFE.sub("", text)
