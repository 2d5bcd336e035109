"""Screencast: what a page shows while Playwright acts in it, as pictures that come when something has changed."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from playwright.sync_api import CDPSession, Page
from playwright.sync_api import Error as PlaywrightError

PER_SECOND = 4.0
"""So many pictures a second at most."""

SETTLED_SECONDS = 0.5
"""The browser drops what changes before a picture is taken off it: after so long of rest, one more is taken."""

WIDEST, HIGHEST = 1024, 800
"""Largest picture; its sides keep their proportion."""

QUALITY = 55
LARGEST = 300_000
"""Bytes of a picture; a larger one is left out."""


class Screencast:
    """Hands on the pictures of the pages it watches, one page after the other.

    Args:
        take: Gets each picture, a JPEG.
        moment: Tells the seconds.
    """

    def __init__(self, take: Callable[[bytes], None], moment: Callable[[], float] = time.monotonic) -> None:
        self._take = take
        self._moment = moment
        self._next = 0.0
        self._number = 0

    def watch(self, page: Page) -> None:
        """Hand on what a page shows until it is closed."""
        session = page.context.new_cdp_session(page)
        session.on("Page.screencastFrame", lambda frame: self._frame(page, session, frame))
        size = {"maxWidth": WIDEST, "maxHeight": HIGHEST}
        session.send("Page.startScreencast", {"format": "jpeg", "quality": QUALITY, **size})

    def _frame(self, page: Page, session: CDPSession, frame: Mapping[str, Any]) -> None:
        """Hand a picture on. The browser takes the next one only when this one is acknowledged: in due time."""
        self._number += 1
        mine = self._number
        self._hand_on(frame["data"])
        due = max(self._next, self._moment())
        self._next = due + 1 / PER_SECOND
        with suppress(PlaywrightError):  # the page has gone
            self._rest(page, due - self._moment())
            session.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})
            self._rest(page, SETTLED_SECONDS)
            if self._number == mine:
                shot = session.send("Page.captureScreenshot", {"format": "jpeg", "quality": QUALITY})
                if self._number == mine:
                    self._hand_on(shot["data"])

    def _hand_on(self, data: str) -> None:
        picture = base64.b64decode(data)
        if len(picture) <= LARGEST:
            self._take(picture)

    @staticmethod
    def _rest(page: Page, seconds: float) -> None:
        if seconds > 0:
            page.wait_for_timeout(seconds * 1000)
