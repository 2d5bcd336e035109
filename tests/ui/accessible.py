"""Windows in which nothing moves, and what axe-core finds on the page in one of them."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

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
