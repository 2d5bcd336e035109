"""A guide as a web page in a real browser: readable by everybody, light and dark, on a phone and on paper."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request

from guides.edition import edition
from guides.html import render
from tests.pseudo import Pseudo, problems
from tests.ui.accessible import calm_context, violations
from tests.unit.guides.test_formats import BRAND
from tests.unit.guides.walks import walkthrough
from trainer import i18n

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("lang", "width", "scheme"), [("en", 1280, "dark"), ("zh_CN", 390, "light")])
def test_everybody_can_read_it(browser: Browser, tmp_path: Path, lang: str, width: int, scheme: str) -> None:
    file = tmp_path / "guide.html"
    file.write_bytes(render(edition(walkthrough(lang), date(2026, 3, 4), BRAND)))
    context = calm_context(browser, width, 800, color_scheme=scheme)
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url.partition(":")[0])

    page.on("request", note)
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(file.as_uri())
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.images].every(one => one.naturalWidth > 0)")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert set(asked) <= {"file", "data"}
    assert complaints == []
    context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_in_a_pseudo_locale_every_label_comes_from_a_catalogue_and_fits(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr(i18n, "_load", lambda _source, _age: Pseudo())
    file = tmp_path / "guide.html"
    file.write_bytes(render(edition(walkthrough("zh_CN"), date(2026, 3, 4), BRAND)))
    with calm_context(browser, width, 800) as context:
        page = context.new_page()
        page.goto(file.as_uri())
        assert problems(page, "normal-exit-web", "Harbour Foods") == []
