"""Every page of every kind of HR system is free of WCAG 2.2 A and AA violations, as axe-core sees it.

Each page is judged at the width of a desktop and of a phone. A look takes seconds, so the tours belong to
the proof; `make test` looks at four pages of one system.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.ui.accessible import EXCEPTIONS, WIDTHS, Judge, calm_context, violations
from tests.ui.hrms.people import Server
from tests.ui.hrms.tour import PROFILES, Tour, skins

SAMPLE = {"hr/sign-in", "candidate/question", "candidate/end-dialog", "hr/"}
WALKED_AT = {"zh_CN": "desktop", "en": "phone"}
"""Somebody walks at one of the widths a language; what stands there is judged at both."""

Begin = Callable[[str, str], tuple[Tour, Judge]]

pytestmark = pytest.mark.browser


def barriers(page: Page) -> list[str]:
    """Return what shuts somebody out of a page as it is drawn now."""
    wide = page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth + 1")
    return [*violations(page), *(["wider than the screen"] if wide else [])]


@pytest.fixture
def tour(browser: Browser, server: Server) -> Iterator[Begin]:
    """Begin tours, each in a browser context and a sandbox of its own."""
    contexts = []

    def begin(profile: str, lang: str) -> tuple[Tour, Judge]:
        context = calm_context(browser, *WIDTHS[WALKED_AT[lang]])
        contexts.append(context)
        judge = Judge(barriers)
        return Tour(context.new_page(), server.sandbox(lang, profile), profile, judge.look), judge

    yield begin
    for context in contexts:
        context.close()


def test_a_sample_of_pages_shuts_nobody_out(browser: Browser, server: Server) -> None:
    judge = Judge(barriers)
    seen = set()

    def look(page: Page, place: str) -> None:
        if place in SAMPLE:
            seen.add(place)
            judge.judge(page, place)

    with calm_context(browser, *WIDTHS["phone"]) as context:
        Tour(context.new_page(), server.sandbox("en", "app"), "app", look).skin()
    assert (judge.found, seen) == ([], SAMPLE)


@pytest.mark.proof
@pytest.mark.parametrize("lang", WALKED_AT)
@pytest.mark.parametrize("profile", PROFILES)
def test_no_page_shuts_anybody_out(profile: str, lang: str, tour: Begin) -> None:
    walk, judge = tour(profile, lang)
    walk.pages()
    assert judge.found == []


@pytest.mark.proof
@pytest.mark.parametrize("lang", WALKED_AT)
@pytest.mark.parametrize("profile", PROFILES)
def test_no_dialog_empty_list_refusal_or_trouble_shuts_anybody_out(profile: str, lang: str, tour: Begin) -> None:
    walk, judge = tour(profile, lang)
    walk.states()
    assert judge.found == []


@pytest.mark.proof
@pytest.mark.parametrize("lang", WALKED_AT)
@pytest.mark.parametrize("name", skins())
def test_no_skin_shuts_anybody_out(name: str, lang: str, tour: Begin) -> None:
    walk, judge = tour(name, lang)
    walk.skin()
    assert judge.found == []


def test_exceptions_are_few_and_have_a_reason() -> None:
    assert len(EXCEPTIONS) <= 3
    assert all(EXCEPTIONS.values())
