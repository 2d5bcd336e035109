"""Every format of a guide, read back by a library that did not write it."""

from __future__ import annotations

import email
import email.policy
import io
import re
import shutil
import smtplib
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from docx import Document
from docx.oxml.ns import qn
from markdown_it import MarkdownIt
from PIL import Image
from pypdf import PdfReader

from guides.edition import Edition, edition
from guides.formats import FORMATS, files
from tests.unit.guides.walks import TEXTS, walkthrough
from trainer.adapters.hrms_process import free_port
from trainer.core.brand import Brand
from trainer.core.walkthrough import WalkStep
from trainer.i18n import translator

MADE = date(2026, 3, 4)
LANGS = ("en", "zh_CN")
LANG = pytest.mark.parametrize("lang", LANGS)
NASTY = '</p><script>alert("x")</script> <b *_[a](javascript:1) ${x} {{ 7*7 }} & <img src=x onerror=y>'


def logo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 90), "#00695c").save(out, "PNG")
    return out.getvalue()


FOOTER = "training@harbour.example"
BRAND = Brand(name="Harbour Foods", logo=logo(), primary="#00695c", accent="#6a1b9a", footer=FOOTER)


@cache
def told(lang: str) -> Edition:
    return edition(walkthrough(lang), MADE, BRAND)


@cache
def made(lang: str, form: str) -> dict[str, bytes]:
    return dict(files(told(lang), [form], f"guide.{lang}"))


def hostile() -> Edition:
    texts = {name: f"{name} {NASTY}" for name in TEXTS["en"]}
    walk = walkthrough(**texts)
    return edition(replace(walk, steps=walk.steps[-2:]), MADE)


def squeezed(text: str) -> str:
    return "".join(text.split())


def wanted(lang: str) -> list[str]:
    """Everything that a reader must find, whatever the format."""
    gettext = translator("guides", lang).gettext
    return [
        *TEXTS[lang].values(),
        gettext("What you should see"),
        gettext("All people and data in the pictures are made up."),
        gettext("Do this {times} times in a row.").format(times=4),
        {"en": "March 4, 2026", "zh_CN": "2026年3月4日"}[lang],
        "Harbour Foods",
        FOOTER,
    ]


def assert_told(text: str, lang: str) -> None:
    assert [one for one in wanted(lang) if squeezed(one) not in squeezed(text)] == []


def alts(lang: str) -> list[str]:
    return [
        figure.alt
        for block in told(lang).blocks
        for figure in (*block.figures, *([block.result] if block.result else []))
    ]


@LANG
def test_a_web_page_needs_nothing_else(lang: str) -> None:
    page = made(lang, "html")[f"guide.{lang}.html"].decode()
    tree = lxml.html.fromstring(page)
    assert_told(tree.text_content(), lang)
    assert tree.get("lang") == lang.replace("_", "-")
    assert [heading.text_content() for heading in tree.iter("h1")] == [TEXTS[lang]["title"]]
    assert len(list(tree.iter("h2"))) == 1 + len(told(lang).blocks)
    pictures = tree.findall(".//figure//img")
    assert [picture.get("alt") for picture in pictures] == alts(lang)
    assert all(picture.get("src").startswith("data:image/webp;base64,") for picture in pictures)
    assert re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', page) == []
    targets = {link.get("href")[1:] for link in tree.iter("a")}
    assert targets <= {element.get("id") for element in tree.iter()}


def test_a_web_page_takes_its_colours_from_the_brand() -> None:
    page = made("en", "html")["guide.en.html"].decode()
    assert "--primary: #00695c" in page
    assert "#1565c0" not in page
    assert 'alt="Harbour Foods"' in page


@LANG
def test_a_word_document_holds_the_steps_as_headings(lang: str) -> None:
    document = Document(io.BytesIO(made(lang, "docx")[f"guide.{lang}.docx"]))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    feet = [paragraph.text for paragraph in document.sections[0].footer.paragraphs]
    assert_told(" ".join([*(paragraph.text for paragraph in document.paragraphs), *cells, *feet]), lang)
    headings = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 1"]
    assert headings == [f"{block.number}. {block.say}" for block in told(lang).blocks]
    described = [about.get("descr") for about in document.element.body.iter(qn("wp:docPr"))]
    assert described == ["Harbour Foods", *alts(lang)]
    about = document.core_properties
    assert (about.title, about.author, about.created.date()) == (TEXTS[lang]["title"], "Harbour Foods", MADE)
    assert about.language == lang.replace("_", "-")


@pytest.mark.proof
@LANG
def test_libreoffice_opens_a_word_document(lang: str, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if not office:
        pytest.skip("needs LibreOffice (Debian's libreoffice-writer-nogui)")
    file = tmp_path / "guide.docx"
    file.write_bytes(made(lang, "docx")[f"guide.{lang}.docx"])
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    pages = PdfReader(tmp_path / "guide.pdf").pages
    assert_told(" ".join(page.extract_text() for page in pages), lang)


@LANG
def test_markdown_has_its_pictures_beside_it(lang: str) -> None:
    written = made(lang, "md")
    text = written.pop(f"guide.{lang}.md").decode()
    tree = lxml.html.fromstring(MarkdownIt().render(text))
    assert_told(tree.text_content(), lang)
    shown = tree.findall(".//img")
    assert [picture.get("alt") for picture in shown] == alts(lang)
    assert [picture.get("src") for picture in shown] == list(written)
    for content in written.values():
        with Image.open(io.BytesIO(content)) as picture:
            assert picture.format == "PNG"


class Mailbox:
    """Keeps what a mail server was given."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        """Take a message."""
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, Controller]]:
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    yield box, server
    server.stop()


@LANG
def test_a_message_arrives_whole(lang: str, mailbox: tuple[Mailbox, Controller]) -> None:
    box, server = mailbox
    content = made(lang, "eml")[f"guide.{lang}.eml"]
    with smtplib.SMTP("127.0.0.1", server.port, timeout=30) as client:
        client.sendmail("press@here.example", ["reader@there.example"], content)
    received = box.envelopes[0].content
    assert isinstance(received, bytes)
    message = email.message_from_bytes(received, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert message["Subject"] == TEXTS[lang]["title"]
    page, text = body(message, "html"), body(message, "plain")
    for block in told(lang).blocks:
        assert squeezed(block.say) in squeezed(lxml.html.fromstring(page).text_content())
        assert squeezed(block.say) in squeezed(text)
    cids = set(re.findall(r'src="cid:([^"]+)"', page))
    parts = {part["Content-ID"].strip("<>"): part for part in message.walk() if part["Content-ID"]}
    assert cids == set(parts) == {"logo", "picture"}
    for part in parts.values():
        Image.open(io.BytesIO(part.get_content())).verify()
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == f"guide.{lang}.pdf"
    assert PdfReader(io.BytesIO(attached.get_content())).metadata["/Title"] == TEXTS[lang]["title"]  # type: ignore[index]


def body(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def test_texts_are_markup_in_no_format() -> None:
    guide = hostile()
    name = "guide.en"
    written = dict(files(guide, FORMATS, name))
    page = lxml.html.fromstring(written[f"{name}.html"].decode())
    letter = email.message_from_bytes(written[f"{name}.eml"], policy=email.policy.default)
    assert isinstance(letter, EmailMessage)
    sent = lxml.html.fromstring(body(letter, "html"))
    read: Any = lxml.html.fromstring(MarkdownIt().render(written[f"{name}.md"].decode()))
    for tree in (page, sent, read):
        assert squeezed(f"title {NASTY}") in squeezed(tree.text_content())
        assert tree.findall(".//script") == []
        assert [one for one in tree.iter("img") if one.get("onerror")] == []
        assert [one for one in tree.iter("a") if str(one.get("href")).startswith("javascript:")] == []
    document = Document(io.BytesIO(written[f"{name}.docx"]))
    assert squeezed(f"title {NASTY}") in squeezed("".join(one.text for one in document.paragraphs))


def test_sentences_follow_each_other_as_their_language_has_it() -> None:
    assert told("en").joined("One.", "", "Two.") == "One. Two."
    assert told("zh_CN").joined("一。", "", "二。") == "一。二。"


def test_an_unreal_character_breaks_no_document() -> None:
    guide = edition(
        replace(walkthrough(title="Bell \x07 and \ufffe"), steps=(WalkStep("only", "Press End.", "", ()),)), MADE
    )
    document = Document(io.BytesIO(dict(files(guide, ["docx"], "g"))["g.docx"]))
    assert any("Bell  and " in paragraph.text for paragraph in document.paragraphs)


def test_a_subject_is_one_line() -> None:
    walk = replace(
        walkthrough(), title="One\r\nBcc: all@example.com", steps=(WalkStep("only", "Press End.", "", ()),)
    )
    message = email.message_from_bytes(
        dict(files(edition(walk, MADE), ["eml"], "g"))["g.eml"], policy=email.policy.default
    )
    assert message["Subject"] == "One Bcc: all@example.com"
    assert message["Bcc"] is None
