"""Stage on somebody else's application: signed-in windows of it, whose elements are found by locators."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, StorageState
from playwright.sync_api import Error as PlaywrightError

from trainer.adapters.egress import Egress
from trainer.adapters.foreign_control import ForeignControl, secret
from trainer.adapters.playwright_browser import close_context, open_browser
from trainer.adapters.playwright_stage import PlaywrightStage, PlaywrightWindow, Setting
from trainer.core import locators
from trainer.core.actions import NotDone
from trainer.core.application import Origin, is_same_page
from trainer.core.errors import BrokenEnvironment, LookFailed
from trainer.i18n import gettext as _

NAMES = "data-trainer-name"
"""Attribute by which the coach's script knows the elements that a lesson names."""


@contextmanager
def open_foreign_stage(
    setting: Setting, control: ForeignControl, *, browser: Browser | None = None, headed: bool = False
) -> Iterator[ForeignStage]:
    """Open a stage in `browser`, or in one of its own; everything opened is closed on every way out."""
    if browser is None:
        with (
            open_browser(headed=headed) as started,
            open_foreign_stage(setting, control, browser=started) as stage,
        ):
            yield stage
        return
    with Egress(control.application.allowed) as egress:
        stage = ForeignStage(browser, setting, control, egress)
        try:
            yield stage
        finally:
            stage.close()


@dataclass(frozen=True)
class Seat:
    """What signing in has left: the browser's memory of it, and the page it led to."""

    state: StorageState
    start: str


class ForeignStage(PlaywrightStage):
    """Windows of somebody else's application; implements `trainer.app.ports.Stage`.

    Each window has a browser context of its own, whose only way out is the lesson's list of origins. Signing in
    happens in another context, which is never traced, filmed or photographed, so that no secret is kept anywhere.
    """

    def __init__(self, browser: Browser, setting: Setting, control: ForeignControl, egress: Egress) -> None:
        super().__init__(browser, replace(setting, lang=control.application.lang or setting.lang))
        self.control = control
        self.egress = egress
        self._seats: dict[tuple[str, str], Seat] = {}
        self._open: list[tuple[str, str, BrowserContext]] = []

    def window(self, sandbox: str, role: str, *, read_only: bool = False, page: str = "") -> PlaywrightWindow:
        """Return the window in which `role` is signed in, opening it at its begin when there is none."""
        del page
        key = (sandbox, role, read_only)
        if key not in self._windows:
            try:
                window = ForeignWindow(self, sandbox, role, looking=read_only)
                window.goto("")
            except (BrokenEnvironment, NotDone) as error:
                raise (LookFailed if read_only else BrokenEnvironment)(str(error)) from error
            self._windows[key] = window
        return self._windows[key]

    def _listen(self, context: BrowserContext, hear: Callable[[Mapping[str, Any]], None]) -> None:
        """Hear of elements by names that the coach gives them, and leave the application's own test ids alone."""
        context.add_init_script(f"window.trainerNames = {NAMES!r}")
        super()._listen(context, hear)

    def seat(self, sandbox: str, role: str) -> Seat:
        """Return what signing in as `role` leaves; it is done once for each go, unless it is forgotten."""
        if (sandbox, role) not in self._seats:
            self._seats[sandbox, role] = self._sign_in(sandbox, role)
        return self._seats[sandbox, role]

    def forget_seat(self, sandbox: str, role: str) -> None:
        """Forget what signing in as `role` has left: who has logged out has to sign in anew."""
        self._seats.pop((sandbox, role), None)

    def _sign_in(self, sandbox: str, role: str) -> Seat:
        unseen = replace(self.setting, trace=None, speed=None)
        hidden = ForeignStage(self.browser, unseen, self.control, self.egress)
        context = hidden.seat_context(None, heard=False)
        window = ForeignWindow(hidden, sandbox, role, context=context)
        try:
            window.goto("")
            for action in self.control.application.sign_in[role]:
                action.bind(secret).perform(window)
            return window.seat()
        except (NotDone, PlaywrightError) as error:
            reason = str(error) if isinstance(error, NotDone) else type(error).__name__
            raise BrokenEnvironment(
                self.why_broken()
                or _("Signing in as {role} did not work: {reason}").format(role=role, reason=reason),
                _("Correct `sign_in` in the lesson's target, or the secrets in the environment."),
            ) from None  # the first error may hold what was typed
        finally:
            close_context(context)

    def seat_context(self, seat: Seat | None, *, heard: bool) -> BrowserContext:
        """Return a browser context in which somebody is signed in, or nobody yet; `heard` is whether one acts."""
        way_out = {"server": f"http://127.0.0.1:{self.egress.port}", "bypass": "<-loopback>"}
        return self.new_context(
            self.setting.size, heard=heard, proxy=way_out, storage_state=seat.state if seat else None
        )

    def take(self, sandbox: str, role: str, *, looking: bool) -> tuple[BrowserContext, str]:
        """Return a context in which `role` is signed in, and the page to begin at."""
        seat = self.seat(sandbox, role)
        context = self.seat_context(seat, heard=not looking)
        self._open.append((sandbox, f"{role}.looking" if looking else role, context))
        return context, seat.start

    def leave(self, sandbox: str, name: str) -> None:
        """Close the windows of a go at a lesson.

        Its traces are kept as ``<name>.<role>.zip``, and ``<name>.<role>.2.zip`` … where a role signed in again.
        """
        for key in [key for key in self._windows if key[0] == sandbox]:
            self._windows.pop(key).close()
        times = Counter[str]()
        for role, context in [(role, context) for of, role, context in self._open if of == sandbox]:
            times[role] += 1
            again = f".{times[role]}" if times[role] > 1 else ""
            if self.setting.trace is not None:
                with suppress(PlaywrightError):
                    context.tracing.stop_chunk(path=self.setting.trace / f"{name}.{role}{again}.zip")
            with self.ending():
                close_context(context)
        self._open = [one for one in self._open if one[0] != sandbox]
        self._seats = {key: seat for key, seat in self._seats.items() if key[0] != sandbox}

    def close(self) -> None:
        """Close every window and context."""
        for sandbox in {one[0] for one in self._open}:
            for _of, _role, context in [one for one in self._open if one[0] == sandbox]:
                with self.ending():
                    close_context(context)
        self._open.clear()
        self._windows.clear()


class ForeignWindow(PlaywrightWindow):
    """One browser window of somebody else's application; implements `trainer.app.ports.StageWindow`."""

    def __init__(
        self,
        stage: ForeignStage,
        sandbox: str,
        role: str,
        *,
        looking: bool = False,
        context: BrowserContext | None = None,
    ) -> None:
        self._foreign = stage
        self._application = stage.control.application
        self._start = self._application.url
        self._looking_only = looking
        if context is None:
            context, self._start = stage.take(sandbox, role, looking=looking)
        super().__init__(stage, context, sandbox, role)

    def seat(self) -> Seat:
        """Return what the browser remembers now, and where it is."""
        return Seat(self._context.storage_state(indexed_db=True), self._open_page().url)

    def sign_in(self, role: str) -> None:
        """Sign in anew as `role`, in a browser that remembers only that."""
        self.close()
        self._foreign.forget_seat(self._sandbox, role)
        self._context, self._start = self._foreign.take(self._sandbox, role, looking=self._looking_only)
        self.goto("")

    def goto(self, path: str) -> None:
        """Open an address of the application; "" is where signing in has led to."""
        with self._doing(path or self._start):
            self._load(path)
        self._fresh = "" if path == "" else None

    def is_at(self, path: str) -> bool:
        """Tell whether the page is shown that `goto` opens, however it was come to."""
        with suppress(NotDone):
            return self._page is not None and is_same_page(self._page.url, self._address(path))
        return False

    def choose(self, target: str, option: str) -> None:
        """Choose an option by the text it shows, of the browser's own list or of the page's."""
        with self._doing(target):
            found = self._usable(target)
            if self._show:
                self._show.move_to(self._open_page(), found)
            if found.evaluate("element => element.matches('select')"):
                found.select_option(option)
                return
            found.click()
            self._open_page().get_by_role("option", name=option, exact=True).click()

    def order(self, order: Mapping[str, Any]) -> None:
        """Give the coach's script an order; elements are called by it as the lesson calls them."""
        if self._page is not None:
            for target in filter(None, (order.get("target"), *order.get("others", ()))):
                with suppress(PlaywrightError):
                    named = self._locate(str(target)).all()
                    for element in named[:1]:
                        element.evaluate("(element, of) => element.setAttribute(...of)", [NAMES, str(target)])
        super().order(order)

    def _address(self, path: str) -> str:
        if path == "":
            return self._start
        try:
            return self._application.address(path)
        except ValueError as error:
            raise NotDone(path, _("it leads away from the application")) from error

    def _locate(self, target: str) -> Locator:
        return locate(self._open_page(), target)

    def _usable(self, target: str) -> Locator:
        page = self._open_page()
        self._fresh = None
        page.wait_for_load_state("domcontentloaded")
        found = self._locate(target)
        found.wait_for(state="attached")
        if self._show:
            self._show.refresh(page)
        return found

    def _out_of_reach(self) -> str:
        return self._foreign.control.unreachable()

    def _obstacle(self, target: str) -> tuple[str, str]:
        try:
            kind, detail = super()._obstacle(target)
        except locators.BadLocator:  # the page as a whole is meant
            return "unknown", ""
        if kind == "missing" and (away := self._away()):
            return "refused", away
        return kind, detail

    def _away(self) -> str:
        """Return the address to which the page went, or tried to go, where it may not; else ""."""
        url = self._open_page().url
        with suppress(ValueError):
            return "" if Origin.of(url) in self._application.allowed else url.partition("?")[0]
        return self._foreign.egress.refused[-1] if self._foreign.egress.refused else ""


def locate(page: Page, target: str) -> Locator:
    """Return Playwright's locator of a target; raises `trainer.core.locators.BadLocator`."""
    here = page.locator(":root")
    for part in locators.parse(target):
        name = re.compile(part.name) if part.pattern else part.name
        if part.kind == "css":
            here = here.locator(part.name)
        elif part.kind == "label":
            here = here.get_by_label(name, exact=True)
        elif part.kind == "text":
            here = here.get_by_text(name, exact=True)
        else:
            here = here.get_by_role(part.kind, name=name or None, exact=True)  # type: ignore[arg-type]
        if part.nth is not None:
            here = here.nth(part.nth - 1)
    return here
