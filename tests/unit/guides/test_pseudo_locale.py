"""In a pseudo-locale no label of a guide or letter is left over from the source."""

from __future__ import annotations

import email
import email.policy
import io
import re
from datetime import date
from email.message import EmailMessage

import lxml.html
import pytest
from docx import Document

from guides import invitation
from guides.edition import edition
from guides.formats import files
from tests.pseudo import Pseudo
from tests.unit.guides.candidates import NOW, SENDER, a_candidate
from tests.unit.guides.walks import TEXTS, walkthrough
from trainer import i18n
from trainer.core.invitation import About, items

KNOWN = {*TEXTS["en"].values(), "English", "normal-exit-web", "March 4, 2026"}
"""Texts that are the lesson's own, or data."""


@pytest.fixture(autouse=True)
def pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "_load", lambda _source, _age: Pseudo())


def left_over(text: str, known: set[str]) -> list[str]:
    """Return the words that stand in no brackets and are not known."""
    rest = re.sub(r"⟦.*?⟧", " ", text, flags=re.DOTALL)
    for one in sorted(known, key=len, reverse=True):
        rest = rest.replace(one, " ")
    return re.findall(r"[A-Za-z]{2,}", rest)


def test_no_label_of_a_guide_is_left_over() -> None:
    made = dict(files(edition(walkthrough(), date(2026, 3, 4), lacking=3), ("html", "docx"), "g"))
    page = lxml.html.fromstring(made["g.html"].decode())
    assert left_over(" ".join(page.find("body").itertext()), KNOWN) == []
    assert all("⟦" in alt for alt in page.xpath("//figure//img/@alt"))
    document = Document(io.BytesIO(made["g.docx"]))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    told = " ".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    assert left_over(told, KNOWN) == []


@pytest.mark.parametrize("about", About)
def test_no_label_of_a_letter_is_left_over(about: About) -> None:
    kit = invitation.kit(edition(walkthrough(), date(2026, 3, 4)))
    told = a_candidate(link="https://hr.example/i/7")
    item = items(kit, told, about, NOW)[0]
    sent = invitation.message(item, kit, SENDER, NOW)
    message = email.message_from_bytes(sent.as_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    data = {
        *KNOWN,
        told.name,
        told.post,
        told.contact,
        told.link,
        item.address,
        "Tuesday, December 1, 2026",
        "AM",
        "GMT",
    }
    html, plain = (message.get_body((kind,)) for kind in ("html", "plain"))
    assert html is not None
    assert plain is not None
    shown = " ".join(lxml.html.fromstring(html.get_content()).find("body").itertext())
    opt_out = invitation.opt_out_address(SENDER, item.address)
    assert left_over(shown, data) == []
    assert left_over(plain.get_content().replace(opt_out, ""), data) == []
