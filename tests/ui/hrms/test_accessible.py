"""Every page of every kind of HR system is free of WCAG 2.2 A and AA violations, as axe-core sees it.

Each page is judged at the width of a desktop and of a phone. A look takes seconds, so the tours belong to
the proof; `make test` looks at four pages of one system.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from sandbox_hrms.app import library
from tests.ui.accessible import EXCEPTIONS, calm_context, violations
from tests.ui.hrms.people import Server
from tests.ui.hrms.tour import PROFILES, WIDTHS, Tour

SAMPLE = {"hr/sign-in", "candidate/question", "candidate/end-dialog", "hr/"}
WALKED_AT = {"zh_CN": "desktop", "en": "phone"}
"""Somebody walks at one of the widths a language; what stands there is judged at both."""

Begin = Callable[[str, str], tuple[Tour, "Judge"]]

pytestmark = pytest.mark.browser


class Judge:
    """Notes what is wrong with the pages that it is shown."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def look(self, page: Page, place: str) -> None:
        """Have one page judged at each width, as it is now; it comes back to its own width."""
        own = page.viewport_size
        assert own
        for width, height in WIDTHS.values():
            if width != own["width"]:
                page.set_viewport_size({"width": width, "height": height})
                self.judge(page, place)
        page.set_viewport_size(own)
        self.judge(page, place)

    def judge(self, page: Page, place: str) -> None:
        """Have one page judged at the width that it has."""
        width = page.evaluate("() => window.innerWidth")
        self.found += [f"{place} at {width}: {one}" for one in violations(page)]
        if page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth + 1"):
            self.found.append(f"{place} at {width}: wider than the screen")


@pytest.fixture
def tour(browser: Browser, server: Server) -> Iterator[Begin]:
    """Begin tours, each in a browser context and a sandbox of its own."""
    contexts = []

    def begin(profile: str, lang: str) -> tuple[Tour, Judge]:
        context = calm_context(browser, *WIDTHS[WALKED_AT[lang]])
        contexts.append(context)
        judge = Judge()
        return Tour(context.new_page(), server.sandbox(lang, profile), profile, judge.look), judge

    yield begin
    for context in contexts:
        context.close()


def skins() -> list[str]:
    """Return every skin and version that no tour of a whole system sees."""
    seen = {library.profile(one).reference for one in PROFILES}
    return sorted({library.profile(one).reference for one in library.profile_names()} - seen)


def test_a_sample_of_pages_shuts_nobody_out(browser: Browser, server: Server) -> None:
    judge = Judge()
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
