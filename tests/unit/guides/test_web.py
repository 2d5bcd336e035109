"""The guide's address serves the PDF, waits with the reader, or says in a sentence why there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI

from tests.builders import a_scenario
from trainer.adapters.guide_shelf import Pack
from trainer.core.errors import BrokenEnvironment
from trainer.core.paths import LearningPath, Part
from trainer.core.scenario import Scenario
from trainer.i18n import LANGS
from trainer.web import guides
from trainer.web.services import Services

LESSON = a_scenario(title='<script>alert("x")</script> & more')
PATH = LearningPath(
    id="path-web",
    version=1,
    title="<b>All</b>",
    summary="",
    test="test-web",
    parts=(Part(title="P", lessons=("lesson-web",)),),
)


class Page:
    """A browser's way to an application: no socket, one event loop a visit."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    def get(self, url: str, headers: dict[str, str] | None = None) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
                return await client.get(url, headers=headers)

        return asyncio.run(ask())


class Catalogue:
    """Services with one lesson."""

    languages = LANGS
    scenarios: Catalogue

    def all(self) -> tuple[Scenario, ...]:
        return (LESSON,)

    def paths(self) -> tuple[LearningPath, ...]:
        return (PATH,)


class Shelf:
    """Gives one answer to every order, and the next of its packs to every question."""

    def __init__(self, asked: list[str], answer: Future[bytes] | Exception, *packs: Pack) -> None:
        self.asked = asked
        self.answer = answer
        self.packs = iter(packs)

    def order(self, scenario: Scenario, lang: str, form: str = "pdf") -> Future[bytes]:
        self.asked.append(f"{scenario.id}.{lang}.{form}")
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def pack(self, path: LearningPath, lessons: Sequence[Scenario], lang: str) -> Pack:
        self.asked.append(f"{path.id}.{lang}: {[lesson.id for lesson in lessons]}")
        return next(self.packs)


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def visit(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Page]:
    monkeypatch.setattr(guides, "PATIENCE_SECONDS", 0.01)
    known = Catalogue()
    known.scenarios = known

    def make(answer: Future[bytes] | Exception, *packs: Pack) -> Page:
        app = FastAPI()
        guides.register_guides(cast("Any", app), cast("Services", known), Shelf(asked, answer, *packs))
        return Page(app)

    return make


def done(content: bytes | Exception) -> Future[bytes]:
    future: Future[bytes] = Future()
    if isinstance(content, bytes):
        future.set_result(content)
    else:
        future.set_exception(content)
    return future


def test_a_guide_that_is_there_is_served(visit: Any, asked: list[str]) -> None:
    answer = visit(done(b"%PDF-1.4")).get("/guide/lesson-web.pdf?lang=zh_CN")
    assert (answer.status_code, answer.content) == (200, b"%PDF-1.4")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'inline; filename="lesson-web.zh_CN.pdf"'
    assert asked == ["lesson-web.zh_CN.pdf"]


@pytest.mark.parametrize(
    ("form", "kind", "shown"),
    [
        ("html", "text/html; charset=utf-8", 'inline; filename="lesson-web.en.html"'),
        ("md", "application/zip", 'attachment; filename="lesson-web.en.md.zip"'),
        ("eml", "message/rfc822", 'attachment; filename="lesson-web.en.eml"'),
    ],
)
def test_every_format_is_served_as_what_it_is(visit: Any, form: str, kind: str, shown: str) -> None:
    answer = visit(done(b"content")).get(f"/guide/lesson-web.{form}?lang=en")
    assert (answer.headers["content-type"], answer.headers["content-disposition"]) == (kind, shown)


def test_an_archive_is_awaited_with_a_bar(visit: Any, asked: list[str], tmp_path: Path) -> None:
    file = tmp_path / "pack.zip"
    file.write_bytes(b"PK")
    page = visit(done(b""), Pack(1, 4), Pack(4, 4, file))
    waiting = page.get("/guides/path-web.zip?lang=en")
    assert '<progress max="4" value="1" aria-label="1 of 4 guides are ready.">' in waiting.text
    assert '<meta http-equiv="refresh" content="3">' in waiting.text
    assert "&lt;b&gt;All" in waiting.text
    answer = page.get("/guides/path-web.zip?lang=en")
    assert answer.content == b"PK"
    assert answer.headers["content-disposition"] == 'attachment; filename="path-web.en.zip"'
    assert asked == ["path-web.en: ['lesson-web']"] * 2


def test_what_is_no_path_has_no_archive(visit: Any, asked: list[str]) -> None:
    assert visit(done(b"")).get("/guides/other.zip").status_code == 404
    assert asked == []


def test_without_a_language_the_reader_s_own_is_taken(visit: Any, asked: list[str]) -> None:
    page = visit(done(b""))
    page.get("/guide/lesson-web.pdf", headers={"Accept-Language": "en-GB"})
    page.get("/guide/lesson-web.pdf?lang=../../etc", headers={"Accept-Language": "zh-CN"})
    assert asked == ["lesson-web.en.pdf", "lesson-web.zh_CN.pdf"]


def test_the_page_waits_and_cancels_nothing(visit: Any) -> None:
    future: Future[bytes] = Future()
    page = visit(future)
    answer = page.get("/guide/lesson-web.pdf?lang=en")
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="3">' in answer.text
    assert "The guide is being made" in answer.text
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert not future.cancelled()
    future.set_result(b"%PDF")
    assert page.get("/guide/lesson-web.pdf?lang=en").content == b"%PDF"


@pytest.mark.parametrize("broken", [BrokenEnvironment("No browser <b>.", "Run it."), None])
def test_a_guide_that_cannot_be_made_is_explained(visit: Any, broken: BrokenEnvironment | None) -> None:
    answer = visit(broken or done(BrokenEnvironment("No browser <b>.", "Run it."))).get("/guide/lesson-web.pdf")
    assert answer.status_code == 503
    assert "No browser &lt;b&gt;." in answer.text
    assert "Run it." in answer.text


@pytest.mark.parametrize(
    "name",
    ["other.pdf", "..%2f..%2fetc%2fpasswd.pdf", "lesson-web.en.pdf", "lesson-web.exe", "lesson-web.pdf.zip"],
)
def test_what_is_no_guide_is_not_served(visit: Any, asked: list[str], name: str) -> None:
    answer = visit(done(b"")).get(f"/guide/{name}?lang=en")
    assert answer.status_code == 404
    assert asked == []
