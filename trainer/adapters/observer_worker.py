"""The observer's own process: reads what to look at from standard input, looks with a browser, answers.

One JSON object a line. In: ``{"lang", "seconds", "visits": [{"url", "page", "targets", "picture"}]}``: open `url`,
which signs in and leads to a start page, go on to `page` unless it is "", read `targets`, and keep a PNG of it all
in the file `picture` unless it is "". Out:
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
from contextlib import ExitStack, suppress
from typing import Any

from playwright.sync_api import Browser, Error, Page

from trainer.adapters.playwright_browser import close_context, first_line, open_browser
from trainer.core.errors import LookFailed, TrainerError
from trainer.i18n import gettext as _
from trainer.i18n import speaking

NICENESS = 10
"""Looking must not slow down those who work."""

APPEAR_SECONDS = 6.0
"""How long after a page is ready its elements may take to appear before they count as not there."""


class Worker:
    """One browser that stays warm between looks."""

    def __init__(self) -> None:
        self._opened = ExitStack()
        self._browser: Browser | None = None

    def answer(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """Make the visits of one job; each has what was seen or the reason why not."""
        deadline = time.monotonic() + float(job["seconds"])
        with speaking(job["lang"]):
            return {"visits": [self._visit(visit, job["lang"], deadline) for visit in job["visits"]]}

    def _visit(self, visit: Mapping[str, Any], lang: str, deadline: float) -> dict[str, Any]:
        try:
            context = self._warm().new_context(locale=lang.replace("_", "-"), ignore_https_errors=True)
            try:
                page = context.new_page()
                seen = _look(page, visit["url"], visit["page"], visit["targets"], deadline)
                if visit["picture"]:
                    with suppress(Error):  # a look without a picture is a look
                        page.screenshot(path=visit["picture"], animations="disabled", timeout=_left(deadline))
                return {"seen": seen}
            finally:
                close_context(context)
        except TrainerError as error:
            return {"error": error.message}
        except Error as error:
            return {"error": first_line(error.message)}

    def _warm(self) -> Browser:
        if self._browser is None or not self._browser.is_connected():
            self._opened.close()
            self._browser = self._opened.enter_context(open_browser())
        return self._browser


def _look(page: Page, url: str, path: str, targets: Sequence[str], deadline: float) -> dict[str, str | None]:
    page.set_default_timeout(_left(deadline))
    _open(page, url)
    if path:
        _open(page, page.url.rstrip("/") + "/" + path)
    page.wait_for_function("window.did_handshake === true", timeout=_left(deadline))
    complete = min(deadline, time.monotonic() + APPEAR_SECONDS)
    return {target: _read(page, target, _left(complete)) for target in targets}


def _open(page: Page, url: str) -> None:
    """Load a page; one that says what is wrong shows nothing of what was asked for, so nobody has looked."""
    answer = page.goto(url, wait_until="load")
    if answer is not None and not answer.ok:
        raise LookFailed(_("the page answered with status {code}").format(code=answer.status))


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
    """Return the milliseconds until the deadline, and a few after it: who asks last may look too."""
    return max(250.0, (deadline - time.monotonic()) * 1000)


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
    worker = Worker()
    while True:
        answer = worker.answer(json.loads(jobs.get()))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
