"""Every page of every kind of HR system is free of WCAG 2.2 A and AA violations, as axe-core sees it.

With TOUR_PICTURES=<folder> a picture of each page is kept there, for looking at.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox_hrms.core.roles import Role
from sandbox_hrms.pages.nav import ENTRIES
from tests.ui.accessible import EXCEPTIONS, calm_context, violations
from tests.ui.hrms.people import Person, Sandbox, Server

PROFILES = ("web", "app", "integrated", "cloud", "local", "suite")
SAMPLE = (("app", "en"), ("local", "zh_CN"))
SIZES = {"zh_CN": (1280, 800), "en": (390, 844)}
"""Each language on one of the two sizes: both languages and both sizes for every profile."""

pytestmark = pytest.mark.browser


class Tour:
    """Somebody who walks through all pages and has each looked at."""

    def __init__(self, page: Page, name: str) -> None:
        self.person = Person(page)
        self.page = page
        self.found: list[str] = []
        self._name = name

    def look(self, place: str) -> None:
        """Have the present page looked at."""
        self.found += [f"{place}: {one}" for one in violations(self.page)]
        if not self.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth + 1"):
            self.found.append(f"{place}: wider than the screen")
        folder = os.environ.get("TOUR_PICTURES")
        if folder:
            name = f"{self._name}-{place.strip('/').replace('/', '_') or 'start'}.png"
            self.page.screenshot(path=Path(folder) / name, full_page=True)

    def places(self, sandbox: Sandbox, role: Role) -> None:
        """Look at every place of a role's navigation."""
        self.person.open(sandbox.link(role))
        for entry in (one for one in ENTRIES if role in one.roles):
            self.person.open(sandbox.url(f"/{role}{entry.path_for(role)}"))
            self.look(f"{role}{entry.path_for(role)}")

    def room(self, sandbox: Sandbox) -> None:
        """Look at the stages of the interview room, up to its dialog."""
        person = self.person
        person.open(sandbox.link("candidate"))
        self.look("candidate/start")
        person["home.start"].click()
        person["consent.agree"].check()
        self.look("candidate/notice")
        person["consent.begin"].click()
        expect(person["device.skip"]).to_be_visible()
        self.look("candidate/device")
        person["device.skip"].click()
        expect(person["interview.answer"]).to_be_editable()
        person["interview.answer"].fill(sandbox.questions[0]["sample"])
        self.look("candidate/question")

    def files(self, sandbox: Sandbox) -> None:
        """Look at a candidate's file and at the review of a finished interview."""
        self.person.open(sandbox.link("hr"))
        for candidate, interview in (("c1", None), ("c2", "i2")):
            self.person.open(sandbox.url(f"/hr/candidates/{candidate}"))
            self.look(f"hr/candidates/{candidate}")
            if interview:
                self.person.open(sandbox.url(f"/hr/interviews/{interview}"))
                self.look(f"hr/interviews/{interview}")


@pytest.fixture
def tour(browser: Browser) -> Iterator[Callable[[str, str], Tour]]:
    """Begin tours, each in a browser context of its own."""
    contexts = []

    def begin(profile: str, lang: str) -> Tour:
        width, height = SIZES[lang]
        context = calm_context(browser, width, height)
        contexts.append(context)
        return Tour(context.new_page(), f"{profile}-{lang}-{width}")

    yield begin
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("profile", "lang"),
    [
        pytest.param(profile, lang, marks=() if (profile, lang) in SAMPLE else pytest.mark.proof)
        for profile in PROFILES
        for lang in SIZES
    ],
)
def test_no_page_shuts_anybody_out(
    profile: str, lang: str, server: Server, tour: Callable[[str, str], Tour]
) -> None:
    sandbox = server.sandbox(lang, profile)
    walk = tour(profile, lang)
    walk.room(sandbox)
    walk.places(sandbox, Role.HR)
    walk.files(sandbox)
    walk.places(sandbox, Role.HEAD)
    walk.places(sandbox, Role.ADMIN)
    assert walk.found == []


def test_exceptions_are_few_and_have_a_reason() -> None:
    assert len(EXCEPTIONS) <= 3
    assert all(EXCEPTIONS.values())
