"""The browser: found on this machine, started for Playwright, ended on every way out."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from trainer.core.errors import BrokenEnvironment
from trainer.i18n import gettext as _
from trainer.machine import find_browser

WIDTH, HEIGHT = 1280, 800

CLOSED_NETWORK = (
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--no-first-run",
    "--no-pings",
)
"""Flags that keep the browser from talking to anybody but the application."""
MADE_UP_DEVICES = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
"""Flags of a window that nobody sees: its microphone beeps, its camera shows a pattern, pages may use both."""


@contextmanager
def open_browser(*, headed: bool = False) -> Iterator[Browser]:
    """Start a browser and end it on every way out.

    Raises:
        BrokenEnvironment: There is no browser, or no screen for `headed`.
    """
    if headed and sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise BrokenEnvironment(
            _("A window that is seen needs a screen, and here is none (DISPLAY is not set)."),
            _("Leave --headed out where there is one, or put a virtual screen in front: xvfb-run -a trainer …"),
        )
    with sync_playwright() as playwright:
        browser = _launch(playwright, headed=headed)
        try:
            yield browser
        finally:
            with suppress(PlaywrightError):
                browser.close()


def _launch(playwright: Playwright, *, headed: bool) -> Browser:
    program = find_browser(headed=headed)

    def launch(*, sandboxed: bool) -> Browser:
        return playwright.chromium.launch(
            executable_path=program,
            headless=not headed,
            args=[*CLOSED_NETWORK, *([f"--window-size={WIDTH},{HEIGHT + 90}"] if headed else MADE_UP_DEVICES)],
            chromium_sandbox=sandboxed,
            timeout=60_000,
        )

    as_root = getattr(os, "geteuid", lambda: 1)() == 0
    try:
        try:
            return launch(sandboxed=not as_root)
        except PlaywrightError as error:
            # Containers and chroots may lack what Chromium's own sandbox needs; the pages shown are ours.
            if as_root or "sandbox" not in error.message.lower():
                raise
            return launch(sandboxed=False)
    except PlaywrightError as error:
        found = _("The browser {program} does not start: {reason}").format(
            program=program, reason=first_line(error.message)
        )
        raise BrokenEnvironment(
            found if program else _("No browser was found."), _("See what is missing: trainer doctor --fix")
        ) from error


def close_page(page: Page) -> None:
    """Close a page without asking it.

    Chromium forgets a close that meets a navigation of the page's own, and Playwright's `close` then waits for
    ever; so the close is asked for until the page has gone.
    """
    with suppress(PlaywrightError):
        session = page.context.new_cdp_session(page)
        target = session.send("Target.getTargetInfo")["targetInfo"]["targetId"]
        while not page.is_closed():
            with suppress(PlaywrightTimeout), page.expect_event("close", timeout=1000):
                session.send("Target.closeTarget", {"targetId": target})


def close_context(context: BrowserContext) -> None:
    """Close a context with all its pages, without asking them."""
    for page in context.pages:
        close_page(page)
    with suppress(PlaywrightError):
        context.close()


def process_of(browser: Browser) -> int:
    """Return the process id of a browser."""
    session = browser.new_browser_cdp_session()
    found = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return next(int(one["id"]) for one in found if one["type"] == "browser")


@contextmanager
def kill_after(seconds: float, process: int) -> Iterator[None]:
    """Kill a browser if what is done inside takes longer; whoever waits for it is told that it has ended."""

    def kill() -> None:
        with suppress(ProcessLookupError):
            os.kill(process, getattr(signal, "SIGKILL", signal.SIGTERM))

    timer = threading.Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def first_line(message: str) -> str:
    """Return the first line with anything in it: the rest of a Playwright message is a log."""
    return next((line.strip() for line in message.splitlines() if line.strip()), "")
