"""The guide's address serves the PDF, waits with the reader, or says in a sentence why there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI

from tests.builders import a_scenario
from trainer.core.errors import BrokenEnvironment
from trainer.core.scenario import Scenario
from trainer.i18n import LANGS
from trainer.web import guides
from trainer.web.services import Services

LESSON = a_scenario(title='<script>alert("x")</script> & more')


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


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def visit(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> Callable[[Future[bytes] | Exception], Page]:
    monkeypatch.setattr(guides, "PATIENCE_SECONDS", 0.01)
    known = Catalogue()
    known.scenarios = known

    def make(answer: Future[bytes] | Exception) -> Page:
        def order(scenario: Scenario, lang: str) -> Future[bytes]:
            asked.append(f"{scenario.id}.{lang}")
            if isinstance(answer, Exception):
                raise answer
            return answer

        app = FastAPI()
        guides.register_guides(cast("Any", app), cast("Services", known), order)
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
    assert asked == ["lesson-web.zh_CN"]


def test_without_a_language_the_reader_s_own_is_taken(visit: Any, asked: list[str]) -> None:
    page = visit(done(b""))
    page.get("/guide/lesson-web.pdf", headers={"Accept-Language": "en-GB"})
    page.get("/guide/lesson-web.pdf?lang=../../etc", headers={"Accept-Language": "zh-CN"})
    assert asked == ["lesson-web.en", "lesson-web.zh_CN"]


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


@pytest.mark.parametrize("name", ["other", "..%2f..%2fetc%2fpasswd", "lesson-web.en"])
def test_what_is_no_lesson_has_no_guide(visit: Any, asked: list[str], name: str) -> None:
    answer = visit(done(b"")).get(f"/guide/{name}.pdf?lang=en")
    assert answer.status_code == 404
    assert asked == []
