"""In a pseudo-locale no text of a page is left over from the source, and longer texts still fit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pseudo import PROGRAM, problems
from tests.ui.accessible import calm_context
from tests.ui.practice.trainees import Trainer

pytestmark = pytest.mark.browser


PAGES = (
    "/",
    "/join",
    "/sign-in",
    "/reset",
    "/films",
    "/join/NOSUCH",
    "/result/none",
    "/guide/other.pdf",
    "/certificate/none",
)


@pytest.fixture(scope="module")
def pseudo_trainer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainer]:
    running = Trainer(tmp_path_factory.mktemp("pseudo"), PROGRAM)
    yield running
    running.stop()


@pytest.fixture(params=[1280, 390])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = calm_context(browser, request.param, 800, locale="en-US")
    yield context.new_page()
    context.close()


def test_every_text_comes_from_a_catalogue_and_fits(pseudo_trainer: Trainer, page: Page) -> None:
    found = {}
    for path in PAGES:
        page.goto(pseudo_trainer.url + path)
        expect(page.locator("h1")).to_contain_text("⟦")
        if path == "/":
            page.get_by_test_id("lesson[normal-exit-web].guide").click()
            expect(page.get_by_test_id("lesson[normal-exit-web].guide.eml")).to_be_visible()
        found[path] = problems(page)
    assert {path: one for path, one in found.items() if one} == {}


def test_a_text_without_a_catalogue_and_one_that_does_not_fit_are_found(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(
        "<title>Lesson</title><body><h1>⟦Tîtlè⟧ Left over</h1><button aria-label='Close'>×</button>"
        "<p style='width: 60px; overflow: hidden; white-space: nowrap'>⟦À löñg lîñè öf tèxt ö ö ö⟧</p>"
        "<p>⟦Šàvèd bý ⟧Nobody</p><iframe srcdoc='Framed'></iframe></body>",
        "utf-8",
    )
    page.goto(file.as_uri())
    assert problems(page) == [
        "untranslated: title: Lesson",
        "untranslated: Left over",
        "untranslated: Nobody",
        "untranslated: aria-label: Close",
        "clipped: ⟦À löñg lîñè öf tèxt ö ö ö⟧",
        "untranslated: Framed",
    ]
