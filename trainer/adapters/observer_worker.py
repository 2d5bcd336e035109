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
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import Browser, Error, Page

from trainer.adapters.playwright_browser import close_context, first_line, open_browser
from trainer.core.errors import LookFailed, TrainerError
from trainer.i18n import gettext as _
from trainer.i18n import speaking

NICENESS = 10
"""Looking must not slow down those who work."""

APPEAR_SECONDS = 6.0
"""How long after a page is ready its elements may take to appear before they count as not there."""

STORED = "cookies,local_storage,indexeddb,websql,service_workers,cache_storage"
"""What a page may keep in a browser, in the words of its debugging protocol."""

WAITING_ROOM = "/healthz"
"""Where no NiceGUI page is open and nobody is signed in."""


class Worker:
    """One browser that stays warm between looks: it keeps the application's files, and nothing of who looked."""

    def __init__(self) -> None:
        self._opened = ExitStack()
        self._browser: Browser | None = None
        self._pages: dict[str, Page] = {}

    def answer(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """Make the visits of one job; each has what was seen or the reason why not. Then `tidy`."""
        deadline = time.monotonic() + float(job["seconds"])
        with speaking(job["lang"]):
            return {"visits": [self._visit(visit, job["lang"], deadline) for visit in job["visits"]]}

    def tidy(self) -> None:
        """Leave what was looked at and forget who looked; what cannot be tidied is closed whole."""
        for lang, page in list(self._pages.items()):
            try:
                _forget(page)
            except Error:
                close_context(self._pages.pop(lang).context)

    def _visit(self, visit: Mapping[str, Any], lang: str, deadline: float) -> dict[str, Any]:
        try:
            page = self._page(lang)
            seen = _look(page, visit["url"], visit["page"], visit["targets"], deadline)
            if visit["picture"]:
                with suppress(Error):  # a look without a picture is a look
                    page.screenshot(path=visit["picture"], animations="disabled", timeout=_left(deadline))
        except TrainerError as error:
            return {"error": error.message}
        except Error as error:
            return {"error": first_line(error.message)}
        return {"seen": seen}

    def _page(self, lang: str) -> Page:
        """Return the page in which all visits in a language are made, one after the other."""
        browser = self._warm()
        if lang not in self._pages:
            context = browser.new_context(locale=lang.replace("_", "-"), ignore_https_errors=True)
            self._pages[lang] = context.new_page()
        return self._pages[lang]

    def _warm(self) -> Browser:
        if self._browser is None or not self._browser.is_connected():
            self._pages.clear()
            self._opened.close()
            self._browser = self._opened.enter_context(open_browser())
        return self._browser


def _look(page: Page, url: str, path: str, targets: Sequence[str], deadline: float) -> dict[str, str | None]:
    page.set_default_timeout(_left(deadline))
    entry = page.request.get(url, max_redirects=0, timeout=_left(deadline))  # signs in, without showing the start
    if not HTTPStatus.MULTIPLE_CHOICES <= entry.status < HTTPStatus.BAD_REQUEST:
        raise _refused(entry.status)
    start = urljoin(url, entry.headers["location"])
    answer = page.goto(f"{start.rstrip('/')}/{path}" if path else start, wait_until="domcontentloaded")
    if answer is not None and not answer.ok:  # a page that says what is wrong shows nothing of what was asked for
        raise _refused(answer.status)
    page.wait_for_function("window.did_handshake === true", timeout=_left(deadline))
    complete = min(deadline, time.monotonic() + APPEAR_SECONDS)
    return {target: _read(page, target, _left(complete)) for target in targets}


def _refused(status: int) -> LookFailed:
    return LookFailed(_("the page answered with status {code}").format(code=status))


def _forget(page: Page) -> None:
    """Leave a page and remove what it has stored in the browser.

    The application's files stay, and so does the process that has read them: the place to wait at is one of the
    application's own.
    """
    origin = page.evaluate("origin")
    page.evaluate("sessionStorage.clear()")
    page.goto(origin + WAITING_ROOM, wait_until="commit")
    session = page.context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": STORED})
    session.detach()
    page.context.clear_cookies()


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
        worker.tidy()


if __name__ == "__main__":
    main()
