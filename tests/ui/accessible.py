"""Windows in which nothing moves, and judges of the pages in them: axe-core, and others at each width."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

WIDTHS = {"desktop": (1280, 800), "phone": (390, 844)}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
EXCEPTIONS: dict[str, str] = {}
"""Rules that axe may report, each with the reason why; at most three."""

_DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def calm_context(browser: Browser, width: int = 1280, height: int = 800, **more: Any) -> BrowserContext:
    """Return a browser profile of its own of somebody who asked for no motion: nothing is caught half faded in."""
    size = {"width": width, "height": height}
    return browser.new_context(viewport=size, reduced_motion="reduce", **more)


def violations(page: Page) -> list[str]:
    """Return the WCAG 2.2 A and AA violations of a page as it is drawn now: rule, help, and the first places.

    While a dialog is open, what is dimmed behind it is out of reach: only the dialog is judged. The page is
    scrolled to its top: a field half below a bar that stays is no small field.
    """
    page.mouse.move(0, 0)
    page.evaluate("() => window.scrollTo(0, 0)")
    page.evaluate(_DRAWN)
    context = ".q-dialog" if page.locator(".q-dialog__backdrop").count() else None
    found = Axe().run(page, context, RULES).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {[' '.join(map(str, node['target'])) for node in one['nodes']][:3]}"
        for one in found
        if one["id"] not in EXCEPTIONS
    ]


class Judge:
    """Notes what is wrong with the pages that it is shown.

    Args:
        problems: Tells what is wrong with a page as it is drawn now.
    """

    def __init__(self, problems: Callable[[Page], list[str]]) -> None:
        self._problems = problems
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
        self.found += [f"{place} at {width}: {one}" for one in self._problems(page)]
