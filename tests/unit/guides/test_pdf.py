"""The PDF guide, read back by another library than the one that wrote it."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from guides.edition import edition
from guides.pdf import render, unprintable
from guides.pictures import prepared
from tests.unit.guides.walks import PRESS, TEXTS, screen, walkthrough
from trainer.core.walkthrough import WalkStep, Walkthrough
from trainer.i18n import translator

MADE = date(2026, 3, 4)
LANGS = ("en", "zh_CN")


@cache
def read(walk: Walkthrough) -> PdfReader:
    return PdfReader(io.BytesIO(render(edition(walk, MADE))), strict=True)


def squeezed(text: str) -> str:
    """Line breaks of a page are no part of its text."""
    return "".join(text.split())


def page_of(reader: PdfReader, text: str) -> int:
    """Return the last page (from 1) with this text: before it there are only cover and contents."""
    pages = [n for n, page in enumerate(reader.pages, 1) if squeezed(text) in squeezed(page.extract_text())]
    assert pages, text
    return pages[-1]


@pytest.mark.parametrize("lang", LANGS)
def test_every_text_of_the_lesson_can_be_read_back(lang: str) -> None:
    reader = read(walkthrough(lang))
    whole = squeezed("".join(page.extract_text() for page in reader.pages))
    for text in TEXTS[lang].values():
        assert squeezed(text) in whole
    gettext = translator("guides", lang).gettext
    for label in ("Contents", "What you should see", "All people and data in the pictures are made up."):
        assert squeezed(gettext(label)) in whole
    assert squeezed(gettext("Do this {times} times in a row.").format(times=4)) in whole


@pytest.mark.parametrize("lang", LANGS)
def test_pages_are_numbered_and_named(lang: str) -> None:
    reader = read(walkthrough(lang))
    total = len(reader.pages)
    for number, page in enumerate(reader.pages, start=1):
        assert f"{number} / {total}" in page.extract_text()
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(
            (595.28, 841.89), abs=0.1
        )
    for page in reader.pages[1:]:
        assert squeezed(TEXTS[lang]["title"]) in squeezed(page.extract_text())


@pytest.mark.parametrize("lang", LANGS)
def test_contents_outline_and_links_lead_to_the_step(lang: str) -> None:
    reader = read(walkthrough(lang))
    steps = [TEXTS[lang][name] for name in ("start", "answer", "end")]
    outline = {str(entry["/Title"]): reader.get_destination_page_number(entry) for entry in reader.outline}
    assert list(outline)[1:] == [f"{number}. {text}" for number, text in enumerate(steps, start=1)]
    contents = reader.pages[1]
    listed = re.findall(r"[ .]{20,}(\d+)\n", contents.extract_text())
    links = [annotation.get_object() for annotation in contents["/Annots"]]
    targets = [reader.get_page_number(link["/Dest"][0].get_object()) for link in links]
    for number, text in enumerate(steps, start=1):
        page = page_of(reader, text)
        assert outline[f"{number}. {text}"] == page - 1
        assert int(listed[number - 1]) == page
        assert targets.count(page - 1) == 2


@pytest.mark.parametrize("lang", LANGS)
def test_only_embedded_subsets_are_used(lang: str) -> None:
    reader = read(walkthrough(lang))
    fonts = {}
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", DictionaryObject()).values():
            fonts[font.get_object()["/BaseFont"]] = font.get_object()
    assert {str(name).partition("+")[2] for name in fonts} == {"NotoSansSC-Regular", "NotoSansSC-Bold"}
    for font in fonts.values():
        embedded = font["/FontDescriptor"]["/FontFile2"].get_data()
        assert len(embedded) < 120_000
        assert "/ToUnicode" in font


@pytest.mark.parametrize(("lang", "tag"), [("en", "en"), ("zh_CN", "zh-CN")])
def test_properties_say_what_it_is(lang: str, tag: str) -> None:
    walk = walkthrough(lang)
    reader = read(walk)
    assert reader.root_object["/Lang"] == tag
    assert reader.root_object["/ViewerPreferences"]["/DisplayDocTitle"]
    about = reader.metadata
    assert about is not None
    assert (about.title, about.author, about.subject) == (walk.title, "Trainer", walk.summary)
    assert about.creation_date is not None
    assert about.creation_date.date() == MADE
    assert f"digest {walk.digest}" in str(about["/Keywords"])
    cover = squeezed(reader.pages[0].extract_text())
    for text in ("normal-exit-web", {"en": "March 4, 2026", "zh_CN": "2026年3月4日"}[lang]):
        assert squeezed(text) in cover


def test_pictures_are_sharp_and_described() -> None:
    reader = read(walkthrough())
    for page in reader.pages[2:]:
        for image in page.images:
            assert image.image is not None
            assert image.image.width >= 2 * 1024
        alts = [
            operands[1]["/Alt"]
            for operands, operator in page.get_contents().operations  # type: ignore[union-attr]
            if operator == b"BDC"
        ]
        assert len(alts) == page.get_contents().get_data().count(b" Do")  # type: ignore[union-attr]
        assert all("tep " in alt for alt in alts)


def test_equal_input_gives_equal_bytes() -> None:
    assert render(edition(walkthrough(), MADE)) == render(edition(walkthrough(), MADE))
    assert render(edition(walkthrough(), MADE)) != render(edition(walkthrough(), date(2026, 3, 5)))


@pytest.mark.parametrize("content", [560, 590, 610, 640])
def test_no_page_is_left_empty(content: int) -> None:
    steps = tuple(
        WalkStep(
            f"s{n}",
            f"Step {n}",
            "Seen." * (n % 3),
            (screen("A", content=content, marks=PRESS, scale=0.5), screen("B", scale=0.5)),
        )
        for n in range(9)
    )
    reader = read(replace(walkthrough(), steps=steps))
    assert all(page.images for page in reader.pages[2:])


NASTY = [
    '<img src="file:///etc/passwd" width="100" height="100"/>',
    "<b",
    "Fish & chips &amp; <para>",
    '</para><font size="40">',
    "{braces} %(percent)s ${dollar}",
    "\"quotes\" 'both' \\ backslash",
]


@pytest.mark.parametrize("nasty", NASTY)
def test_texts_are_never_markup(nasty: str) -> None:
    walk = walkthrough(title=f"T {nasty}", summary=f"S {nasty}", answer=f"A {nasty}", ended=f"E {nasty}")
    reader = read(walk)
    whole = squeezed("".join(page.extract_text() for page in reader.pages))
    for letter in "TSAE":
        assert squeezed(f"{letter} {nasty}") in whole
    assert reader.metadata is not None
    assert reader.metadata.title == f"T {nasty}"
    assert any(f"A {nasty}" in str(entry["/Title"]) for entry in reader.outline)


def test_a_missing_glyph_is_seen_and_reported(caplog: pytest.LogCaptureFixture) -> None:
    walk = walkthrough(title="Interview 😀 with 𠮷野", ended="Done\u200b\x07.")
    assert unprintable(walk) == ("😀", "𠮷")
    reader = read(walk)
    assert "Interview □ with □野" in reader.pages[0].extract_text()
    assert "😀 𠮷" in caplog.text
    assert "Done." in "".join(page.extract_text() for page in reader.pages)


def test_long_texts_and_many_steps_stay_on_their_pages() -> None:
    word = "Donaudampfschifffahrtsgesellschaftskapitänsmütze"
    long = f"{word * 5} " + "Read this very long instruction to its end. " * 40
    steps = tuple(
        WalkStep(f"s{number}", f"{number}: {long}", long, (screen(f"Page {number}", scale=0.5),))
        for number in range(12)
    )
    walk = replace(walkthrough(title="A title that is long enough for several lines. " * 6), steps=steps)
    walk = replace(walk, summary=long)
    reader = read(walk)
    assert len(reader.pages) > 12
    for text in [f"{number}: {word}" for number in range(12)]:
        page_of(reader, text)


def test_a_guide_without_pictures_can_be_read() -> None:
    walk = replace(walkthrough(), steps=(WalkStep("only", "Close the tab.", "", ()),), summary="", synthetic=False)
    reader = read(walk)
    assert len(reader.pages) == 3
    assert "made up" not in reader.pages[0].extract_text()


def test_a_phone_picture_is_not_blown_up() -> None:
    from guides.pdf import CONTENT, TALLEST, _Image

    phone = prepared(screen("Phone"))
    tall = replace(phone, width=390, height=844)
    flowable = _Image(tall, "", CONTENT, TALLEST)
    assert flowable.height == pytest.approx(TALLEST)
    assert flowable.width < 390 * 0.75
