"""The observer's own process: reads what to look at from standard input, looks with a browser, answers.

One JSON object a line. In: ``{"lang", "seconds", "visits": [{"url", "page", "targets"}]}``: open `url`, which
signs in and leads to a start page, go on to `page` unless it is "", read `targets`. Out:
``{"visits": [{"seen": {target: text | null}} | {"error": reason}]}``. It ends when its standard input does.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, sync_playwright

from trainer.i18n import gettext as _
from trainer.i18n import speaking
from trainer.machine import find_browser

NICENESS = 10
"""Looking must not slow down those who work."""

APPEAR_SECONDS = 3.0
"""How long an element may take to appear before it counts as not there."""


class Worker:
    """One browser that stays warm between looks."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._browser: Browser | None = None

    def answer(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """Make the visits of one job; each has what was seen or the reason why not."""
        deadline = time.monotonic() + float(job["seconds"])
        with speaking(job["lang"]):
            return {"visits": [self._visit(visit, job["lang"], deadline) for visit in job["visits"]]}

    def _visit(self, visit: Mapping[str, Any], lang: str, deadline: float) -> dict[str, Any]:
        try:
            context = self._context(lang)
        except Error as error:
            return {"error": _first_line(error)}
        if context is None:
            return {"error": _("There is no browser to look with.")}
        try:
            return {"seen": _look(context.new_page(), visit["url"], visit["page"], visit["targets"], deadline)}
        except Error as error:
            return {"error": _first_line(error)}
        finally:
            with suppress(Error):
                context.close()

    def _context(self, lang: str) -> BrowserContext | None:
        if self._browser is None or not self._browser.is_connected():
            program = find_browser()
            if program is None:
                return None
            self._browser = self._playwright.chromium.launch(executable_path=program, args=_arguments())
        return self._browser.new_context(locale=lang.replace("_", "-"), ignore_https_errors=True)


def _look(page: Page, url: str, path: str, targets: Sequence[str], deadline: float) -> dict[str, str | None]:
    page.set_default_timeout(_left(deadline))
    page.goto(url, wait_until="load")
    if path:
        page.goto(page.url.rstrip("/") + "/" + path, wait_until="load")
    page.wait_for_function("window.did_handshake === true", timeout=_left(deadline))
    return {target: _read(page, target, min(_left(deadline), APPEAR_SECONDS * 1000)) for target in targets}


def _read(page: Page, target: str, milliseconds: float) -> str | None:
    """Return the state code of an element, else its text; None when it does not appear."""
    element = page.get_by_test_id(target).first
    try:
        element.wait_for(state="visible", timeout=milliseconds)
    except Error:
        if page.is_closed():
            raise
        return None
    return element.get_attribute("data-state") or element.inner_text().strip()


def _left(deadline: float) -> float:
    """Return the milliseconds until the deadline, at least one (0 would mean for ever)."""
    return max(1.0, (deadline - time.monotonic()) * 1000)


def _first_line(error: Error) -> str:
    return error.message.splitlines()[0]


def _arguments() -> list[str]:
    return ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []


def _jobs() -> queue.Queue[str]:
    """Read jobs in a thread of their own, so that the end of our parent is noticed in the middle of a look too."""
    jobs: queue.Queue[str] = queue.Queue()

    def read() -> None:
        for line in sys.stdin:
            jobs.put(line)
        os._exit(0)  # Playwright's driver sees its pipe close and ends the browser

    threading.Thread(target=read, daemon=True).start()
    return jobs


def main() -> None:
    """Look until standard input ends."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    jobs = _jobs()
    with sync_playwright() as playwright:
        worker = Worker(playwright)
        while True:
            answer = worker.answer(json.loads(jobs.get()))
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
