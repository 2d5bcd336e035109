"""Every page of every kind of HR system is free of WCAG 2.2 A and AA violations, as axe-core sees it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.ui.accessible import EXCEPTIONS, calm_context, violations
from tests.ui.hrms.people import Server
from tests.ui.hrms.tour import PROFILES, WIDTHS, Tour

PAGES_SAMPLE = (("app", "en"),)
SIZES = {"zh_CN": WIDTHS["desktop"], "en": WIDTHS["phone"]}
"""Each language on one of the two sizes: both languages and both sizes for every profile."""

pytestmark = pytest.mark.browser


class Judge:
    """Notes what is wrong with the pages that it is shown."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def look(self, page: Page, place: str) -> None:
        """Have one page judged, as it is now."""
        self.found += [f"{place}: {one}" for one in violations(page)]
        if not page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth + 1"):
            self.found.append(f"{place}: wider than the screen")


@pytest.fixture
def tour(browser: Browser, server: Server) -> Iterator[Callable[[str, str], tuple[Tour, Judge]]]:
    """Begin tours, each in a browser context and a sandbox of its own."""
    contexts = []

    def begin(profile: str, lang: str) -> tuple[Tour, Judge]:
        context = calm_context(browser, *SIZES[lang])
        contexts.append(context)
        judge = Judge()
        return Tour(context.new_page(), server.sandbox(lang, profile), profile, judge.look), judge

    yield begin
    for context in contexts:
        context.close()


def all_but(sample: tuple[tuple[str, str], ...]) -> list[object]:
    """Return every profile in both languages; what is not in the sample belongs to the long proof."""
    every = [(profile, lang) for profile in PROFILES for lang in SIZES]
    return [pytest.param(*one, marks=() if one in sample else pytest.mark.proof) for one in every]


@pytest.mark.parametrize(("profile", "lang"), all_but(PAGES_SAMPLE))
def test_no_page_shuts_anybody_out(
    profile: str, lang: str, tour: Callable[[str, str], tuple[Tour, Judge]]
) -> None:
    walk, judge = tour(profile, lang)
    walk.pages()
    assert judge.found == []


@pytest.mark.parametrize(("profile", "lang"), all_but(()))
def test_no_dialog_empty_list_refusal_or_trouble_shuts_anybody_out(
    profile: str, lang: str, tour: Callable[[str, str], tuple[Tour, Judge]]
) -> None:
    walk, judge = tour(profile, lang)
    walk.states()
    assert judge.found == []


def test_exceptions_are_few_and_have_a_reason() -> None:
    assert len(EXCEPTIONS) <= 3
    assert all(EXCEPTIONS.values())
