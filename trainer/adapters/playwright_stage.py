"""Stage in a real browser: Playwright's windows of the sandbox HRMS, located by test id."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response
from playwright.sync_api import Error as PlaywrightError

from trainer.adapters.playwright_browser import (
    HEIGHT,
    WIDTH,
    close_context,
    close_page,
    first_line,
    kill_after,
    open_browser,
    process_of,
)
from trainer.adapters.playwright_show import Show
from trainer.app.ports import NOWHERE, Control, Place
from trainer.core.actions import NotDone
from trainer.core.application import is_same_page
from trainer.core.changes import Element
from trainer.core.errors import BadInput, BrokenEnvironment, LookFailed
from trainer.core.walkthrough import Box
from trainer.i18n import gettext as _

COVER = "#c3ccd8"
"""What is put over an element that a picture must not show."""

PATIENCE_SECONDS = 10.0
"""How long a target may take until it can be used."""
CLOSE_SECONDS = 30.0
"""How long a window or a context may take to close."""

READY = """() => document.readyState !== "loading"
  && (window.did_handshake ?? !document.querySelector('script[src*="/_nicegui/"]'))"""
"""A page can be used: a NiceGUI page after its handshake, any other one once it is read."""

USABLE = """id => document.readyState !== "loading"
  && (window.did_handshake ?? !document.querySelector('script[src*="/_nicegui/"]'))
  && document.querySelector(`[data-testid="${CSS.escape(id)}"]`) !== null"""

UNCONNECTED = "() => window.did_handshake === false"
PLACE = "() => location.pathname"

WHY_NOT = """element => {
  const box = element.getBoundingClientRect();
  if (!box.width || !box.height || getComputedStyle(element).visibility !== "visible") return ["hidden", ""];
  if (element.disabled || element.closest('[aria-disabled="true"]')) return ["disabled", ""];
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  if (top && !element.contains(top) && !top.contains(element)) {
    const named = top.closest("[data-testid]");
    return ["covered", named ? named.dataset.testid : top.tagName.toLowerCase()];
  }
  return ["busy", ""];
}"""

CONTENT = """element => element.type === "checkbox" ? String(element.checked)
  : element.value ?? element.getAttribute("aria-checked") ?? element.innerText.trim()"""

STATE = """element => (element.closest("[data-state]") === element ? element.dataset.state : null)
  ?? (element.value !== undefined && element.tagName !== "BUTTON" ? element.value : element.innerText.trim())"""

CHOICES = """() => {
  const dialogs = [...document.querySelectorAll('[role=dialog][aria-modal=true]')]
    .filter(dialog => dialog.checkVisibility());
  const found = [...document.querySelectorAll("[data-testid]")].filter(element =>
    (element.matches("button,a[href],summary,[role=button],[role=link],[role=menuitem],[role=tab],[role=option]")
      || getComputedStyle(element).cursor === "pointer")
    && element.checkVisibility({visibilityProperty: true, opacityProperty: true})
    && element.getBoundingClientRect().width > 0
    && !element.disabled && !element.closest('[aria-disabled="true"]')
    && dialogs.every(dialog => dialog.contains(element)));
  return [...new Set(found.map(element => element.dataset.testid))];
}"""

ELEMENTS = """() => {
  const acted = "button,a[href],input,select,textarea,summary,[contenteditable=true],"
    + "button link menuitem tab option checkbox radio switch combobox textbox".split(" ")
      .map(role => `[role=${role}]`).join(",");
  const line = text => (text ?? "").replace(/\\s+/g, " ").trim().slice(0, 120);
  const named = element => line(element.getAttribute("aria-label"))
    || line((element.getAttribute("aria-labelledby") ?? "").split(" ")
      .map(id => document.getElementById(id)?.innerText).join(" "))
    || line(element.labels?.[0]?.innerText) || line(element.value === undefined || element.tagName === "BUTTON"
      ? element.innerText : element.placeholder) || line(element.title);
  const roles = {A: "link", BUTTON: "button", INPUT: "textbox", TEXTAREA: "textbox", SELECT: "combobox"};
  const states = element => [
    element.disabled || element.closest('[aria-disabled="true"]') ? "disabled" : "",
    element.checked || element.getAttribute("aria-checked") === "true" ? "checked" : "",
    element.getAttribute("aria-expanded") === "true" ? "open" : "",
    element.getAttribute("aria-selected") === "true" ? "selected" : "",
  ].filter(Boolean).join(" ");
  const scrolls = element => {
    for (let part = element.parentElement; part && part !== document.body; part = part.parentElement)
      if (/auto|scroll/.test(getComputedStyle(part).overflowY)) return true;
    return false;
  };
  const marked = [...document.querySelectorAll("[data-testid]")];
  const seen = (marked.length ? marked : [...document.querySelectorAll(acted)]).filter(element => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0
      && element.checkVisibility({visibilityProperty: true, opacityProperty: true});
  });
  return seen.map(element => {
    const inner = element.matches(acted) ? element : [...element.querySelectorAll(acted)]
      .find(one => one.closest("[data-testid]") === element);
    const role = (inner ?? element).getAttribute("role") ?? roles[(inner ?? element).tagName] ?? "text";
    const name = named(inner ?? element);
    const look = getComputedStyle(element);
    const touched = element.matches(":hover,:focus,:focus-within");
    const box = element.getBoundingClientRect();
    return {
      id: element.dataset.testid ?? (element.id && `#${element.id}` || element.name || `${role} "${name}"`),
      role, name, control: inner !== undefined, state: states(inner ?? element),
      style: touched ? "" : [look.color, look.backgroundColor, look.borderTopColor].join(" "),
      opens: ["menu", "true"].includes(element.getAttribute("aria-haspopup")),
      scrolls: scrolls(element),
      box: {x: box.x, y: box.y, width: box.width, height: box.height},
    };
  });
}"""

WIPE = "() => sessionStorage.clear()"
"""Nothing of a tab is left for who comes next; what contexts keep, the application keeps apart by sandbox."""

REACHABLE = """async () => {
  try { await fetch("/healthz", {cache: "no-store", signal: AbortSignal.timeout(3000)}); return true; }
  catch { return false; }
}"""

OTHER_NAVIGATION = ("interrupted by another navigation", "ERR_ABORTED", "frame was detached", "Timeout")
"""Errors of a navigation that lost to the page's own; the browser may also drop it without a word."""
MOVED_ON = ("Execution context was destroyed", "navigat", "not attached", "detached")

Size = tuple[int, int]
"""Width and height in CSS pixels."""

Strike = Callable[[str, str, float | None], None]
"""Lets a fault strike: id of the Sandbox, name of the fault, seconds (None: until it is cured or cleared)."""


@dataclass(frozen=True)
class Setting:
    """What the windows of a stage have in common.

    Attributes:
        base_url: Where the sandbox HRMS is.
        control: Its control API, for sign-in links.
        strike: Lets a fault strike.
        lang: Language of the browser.
        obituary: Says how the sandbox HRMS ended, or "" while it runs.
        patience: Seconds until a target that cannot be used is given up.
        speed: How fast a person is imitated (1 is natural); None acts as fast as the page can.
        trace: Folder for Playwright traces, or None.
        size: Width and height of a window in CSS pixels, unless the profile is made for another screen.
        scale: Picture pixels per CSS pixel.
        companion: The coach's script, in windows in which a person acts.
        hear: Is told what that script reports, and ``{"type": "closed"}`` when such a window was closed.
        watch: Is given each page in which somebody acts, when it opens.
        captions: Whether a demo has its captions in the picture.
    """

    base_url: str
    control: Control
    strike: Strike
    lang: str
    obituary: Callable[[], str] = str
    patience: float = PATIENCE_SECONDS
    speed: float | None = None
    trace: Path | None = None
    size: Size = (WIDTH, HEIGHT)
    scale: float = 1.0
    companion: Path | None = None
    hear: Callable[[Mapping[str, Any]], None] | None = None
    watch: Callable[[Page], None] | None = None
    captions: bool = True


@contextmanager
def open_stage(
    setting: Setting, *, browser: Browser | None = None, headed: bool = False
) -> Iterator[PlaywrightStage]:
    """Open a stage in `browser`, or in one of its own; everything opened is closed on every way out."""
    if browser is None:
        with open_browser(headed=headed) as own, open_stage(setting, browser=own) as stage:
            yield stage
        return
    stage = PlaywrightStage(browser, setting)
    try:
        yield stage
    finally:
        stage.close()


class PlaywrightStage:
    """Windows of one browser; implements `trainer.app.ports.Stage`.

    Each role has one browser context with its own cookies. Contexts are kept from Sandbox to Sandbox, so that
    the application's files are loaded once; cookies are scoped to Sandbox and role by the application itself.
    """

    def __init__(self, browser: Browser, setting: Setting) -> None:
        self.browser = browser
        self.setting = setting
        self._browser_process = process_of(browser)
        self._contexts: dict[tuple[str, bool, Size], BrowserContext] = {}
        self._sizes: dict[str, Size] = {}
        self._windows: dict[tuple[str, str, bool], PlaywrightWindow] = {}
        self._wiped: dict[BrowserContext, Page] = {}

    def window(self, sandbox: str, role: str, *, read_only: bool = False, page: str = "") -> PlaywrightWindow:
        """Return the window in which `role` is signed in, opening it on `page` when there is none."""
        key = (sandbox, role, read_only)
        if key not in self._windows:
            window = PlaywrightWindow(
                self, self._context(role, self._size(sandbox), read_only=read_only), sandbox, role
            )
            window.open(read_only=read_only, page=page)
            self._windows[key] = window
        return self._windows[key]

    def _size(self, sandbox: str) -> Size:
        if sandbox not in self._sizes:
            screen = None
            with suppress(BadInput):  # opening its window tells it better
                screen = self.setting.control.info(sandbox).screen
            self._sizes[sandbox] = screen or self.setting.size
        return self._sizes[sandbox]

    def _context(self, role: str, size: Size, *, read_only: bool) -> BrowserContext:
        key = (role, read_only, size)
        if key not in self._contexts:
            self._contexts[key] = self.new_context(size, heard=not read_only, ignore_https_errors=True)
        return self._contexts[key]

    def new_context(self, size: Size, *, heard: bool, **more: Any) -> BrowserContext:  # noqa: ANN401  # Playwright's
        """Return a new context with the setting's language and pace; a trace of it begins, if one is wanted.

        Args:
            size: Width and height of its windows.
            heard: Whether somebody acts in it, so that what is done there is reported, if anybody hears.
            more: Further settings, as Playwright knows them.
        """
        human = self.setting.speed is not None
        try:
            context = self.browser.new_context(
                locale=self.setting.lang.replace("_", "-"),
                viewport={"width": size[0], "height": size[1]},
                device_scale_factor=self.setting.scale,
                reduced_motion="no-preference" if human else "reduce",
                **more,
            )
            context.set_default_timeout(self.setting.patience * 1000)
            if self.setting.hear and heard:
                self._listen(context, self.setting.hear)
            if self.setting.trace is not None:
                context.tracing.start(screenshots=True, snapshots=True)
                context.tracing.start_chunk()
        except PlaywrightError as error:
            raise BrokenEnvironment(self.why_broken() or first_line(error.message)) from error
        return context

    def _listen(self, context: BrowserContext, hear: Callable[[Mapping[str, Any]], None]) -> None:
        context.expose_binding("trainerTell", lambda _source, message: hear(message))
        context.add_init_script(path=self.setting.companion)

    def why_broken(self) -> str:
        """Return why no window can work any more, or ""."""
        if not self.browser.is_connected():
            return _("The browser has ended in the middle of the lesson.")
        return self.setting.obituary()

    def wait(self, seconds: float) -> None:
        """Let time pass in which people act and their windows report."""
        pages = [page for context in self.browser.contexts for page in context.pages]
        if pages:
            with suppress(PlaywrightError):  # it may be closed meanwhile
                pages[-1].wait_for_timeout(seconds * 1000)
        else:
            time.sleep(seconds)

    def leave(self, sandbox: str, name: str) -> None:
        """Close the windows of a Sandbox; a trace of it is kept as ``<name>.<role>.zip``."""
        for key in [key for key in self._windows if key[0] == sandbox]:
            self._windows.pop(key).leave()
        used = self._sizes.pop(sandbox, self.setting.size)
        if self.setting.trace is None:
            return
        for (role, read_only, size), context in self._contexts.items():
            if size != used:
                continue
            path = self.setting.trace / f"{name}.{role}{'.looking' if read_only else ''}.zip"
            with suppress(PlaywrightError):
                context.tracing.stop_chunk(path=path)
                context.tracing.start_chunk()

    def lay_by(self, context: BrowserContext, page: Page) -> bool:
        """Wipe a tab that is left, so that the next window of its context goes on in it; tell whether it may.

        A new tab costs more than all that a short visit does in it. Where somebody watches, or a trace is kept,
        each window has a tab of its own.
        """
        watched = self.setting.hear or self.setting.speed is not None or self.setting.trace is not None
        if watched or context in self._wiped or page.is_closed():
            return False
        with self.ending():
            try:
                page.evaluate(WIPE)
                page.goto("about:blank")  # so that no script of the page writes down anything more
            except PlaywrightError:
                return False
        self._wiped[context] = page
        return True

    def tab(self, context: BrowserContext) -> Page:
        """Return a tab for a window: a wiped one, or a new one."""
        page = self._wiped.pop(context, None)
        if page is not None and not page.is_closed():
            return page
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    def close(self) -> None:
        """Close every window and context."""
        for context in self._contexts.values():
            with self.ending():
                close_context(context)
        self._contexts.clear()
        self._windows.clear()
        self._wiped.clear()

    def ending(self) -> AbstractContextManager[None]:
        """Bound a close, which has no time limit of its own: a browser that does not obey is killed."""
        return kill_after(CLOSE_SECONDS, self._browser_process)


class PlaywrightWindow:
    """One browser window of a role; implements `trainer.app.ports.StageWindow`."""

    def __init__(self, stage: PlaywrightStage, context: BrowserContext, sandbox: str, role: str) -> None:
        self._stage = stage
        self._setting = stage.setting
        self._context = context
        self._sandbox = sandbox
        self._role = role
        self._page: Page | None = None
        self._crashed = False
        self._fresh: str | None = None
        self._read_only = False
        speed, captions = self._setting.speed, self._setting.captions
        self._show = Show(speed, captions=captions) if speed is not None else None

    def open(self, *, read_only: bool, page: str) -> None:
        """Sign in, and open a page below the role's start page.

        Raises:
            BrokenEnvironment: The application cannot be reached, or lets nobody act.
            LookFailed: It lets nobody look just now.
        """
        self._read_only = read_only
        link = self._setting.control.sign_in_link(self._sandbox, self._role, read_only=read_only)
        try:
            with self._doing(link.partition("?")[0]):
                if not page or not self._takes_cookie(link):
                    self._load(link)
                if page:
                    self._load(self._below_start(page))
        except NotDone as error:
            self.close()
            raise (LookFailed if read_only else BrokenEnvironment)(str(error)) from error
        self._fresh = page

    def _takes_cookie(self, link: str) -> bool:
        """Sign in without loading the page that a link leads to; tell whether that was possible."""
        answer = self._context.request.get(self._address(link), max_redirects=0)
        return answer.status == HTTPStatus.SEE_OTHER

    def leave(self) -> None:
        """Close the window; its tab may serve the next one."""
        page = self._page
        if page is not None and not self._crashed and self._stage.lay_by(self._context, page):
            page.remove_listener("crash", self._note_crash)
            self._page = None
        self.close()

    def close(self) -> None:
        """Close the window without asking the page."""
        page, self._page = self._page, None
        if page is not None:
            with self._stage.ending():
                close_page(page)

    # -- what an actor does ------------------------------------------------------------------------------------

    def click(self, target: str) -> None:
        """Click the middle of the target."""
        with self._doing(target):
            found = self._usable(target)
            if self._show:
                self._show.move_to(self._open_page(), found)
            found.click()

    def fill(self, target: str, text: str) -> None:
        """Replace what stands in a field; at human pace the text is typed."""
        with self._doing(target):
            found = self._usable(target)
            if self._show:
                self._show.move_to(self._open_page(), found)
                self._show.type(self._open_page(), found, text)
            else:
                found.fill(text)

    def press(self, key: str, target: str | None) -> None:
        """Press a key or a chord in a target or where the focus is."""
        with self._doing(target or key):
            if target is None:
                self._open_page().keyboard.press(key)
            else:
                found = self._usable(target)
                found.element_handle().wait_for_element_state("enabled")  # a click waits by itself, a key does not
                found.press(key)

    def choose(self, target: str, option: str) -> None:
        """Open a list and click an option; the browser's own list, which is no part of the page, is set."""
        with self._doing(target):
            found = self._usable(target)
            own = found.evaluate("element => element.matches('select')")
            if own and self._show:
                self._show.move_to(self._open_page(), found)
            if own:
                found.select_option(option)
        if not own:
            self.click(target)
            self.click(f"{target}.option[{option}]")

    def tick(self, target: str, *, on: bool) -> None:
        """Bring a box into the wanted state."""
        with self._doing(target):
            found = self._usable(target)
            if self._show:
                self._show.move_to(self._open_page(), found)
            found.set_checked(on)

    def hover(self, target: str) -> None:
        """Rest the pointer on the target."""
        with self._doing(target):
            found = self._usable(target)
            if self._show:
                self._show.move_to(self._open_page(), found)
            found.hover()

    def wait_for(self, target: str, *, visible: bool) -> None:
        """Wait until the target can be seen, or has gone."""
        try:
            with self._doing(target):
                self._locate(target).wait_for(state="visible" if visible else "hidden")
        except NotDone as error:
            reason = error.reason if visible else _("it is still there")
            raise NotDone(target, reason) from error

    def goto(self, path: str) -> None:
        """Open a page below the role's start page."""
        with self._doing(path):
            self._load(self._below_start(path))

    def reload(self) -> None:
        """Load the page again and wait until it can be used."""
        with self._doing(_("the page")):
            page = self._open_page()
            self._navigate(lambda: page.reload(wait_until="commit"))

    def close_tab(self) -> None:
        """Close the tab as a person does: the page may warn, and its warning is accepted."""
        with self._doing(_("the tab")):
            page = self._open_page()
            with page.expect_event("close"):
                page.close(run_before_unload=True)
            self._page = None

    def sign_in(self, role: str) -> None:
        """Open a personal link of `role` in this tab, or in a new one where it was closed, and wait for it."""
        link = self._setting.control.sign_in_link(self._sandbox, role)
        with self._doing(link.partition("?")[0]):
            self._load(link)
        self._role = role

    def inject(self, fault: str, seconds: float | None) -> None:
        """Let a fault strike the Sandbox."""
        self._setting.strike(self._sandbox, fault, seconds)

    def clear(self, fault: str) -> None:
        """End a fault of the Sandbox."""
        self._setting.control.clear(self._sandbox, fault)

    def go(self, page: str) -> None:
        """Open a page below the role's start page; raises `LookFailed` when it does not load."""
        fresh, self._fresh = self._fresh, None
        if page == fresh:
            return
        try:
            self.goto(page)
        except NotDone as error:
            raise LookFailed(str(error)) from error

    def tell(self, caption: str) -> None:
        """Show a caption as long as reading takes; nothing happens where nobody watches."""
        if self._show and self._page is not None:
            with self._looking():
                self._show.tell(self._page, caption)

    # -- what can be seen --------------------------------------------------------------------------------------

    def read_field(self, target: str) -> str | None:
        """Return the content of a field, or None when it is not on the page."""
        return self._read(target, CONTENT)

    def read_state(self, target: str) -> str | None:
        """Return the state code of an element, else its text; None when it is not on the page."""
        return self._read(target, STATE)

    def _read(self, target: str, script: str) -> str | None:
        if self._page is None:
            return None
        with self._looking():
            first = f"all => all.length ? ({script})(all[0]) : null"  # in one go: it may go at any moment
            text: str | None = self._locate(target).evaluate_all(first)
            return text

    def is_visible(self, target: str) -> bool:
        """Tell whether an element can be seen now."""
        if self._page is None:
            return False
        with self._looking():
            return self._locate(target).first.is_visible()

    def choices(self) -> tuple[str, ...]:
        """Return the test ids of all that can be clicked now, each once, in the order of the page."""
        if self._page is None:
            return ()
        with self._looking():
            return tuple(self._page.evaluate(CHOICES))

    def options(self, target: str) -> tuple[str, ...]:
        """Return the codes of the options of a list; the page's own list is opened for that, and closed again."""
        with self._doing(target):
            found = self._usable(target)
            if found.evaluate("element => element.matches('select')"):
                values = found.evaluate("element => [...element.options].map(option => option.value)")
                return tuple(value for value in values if value)
        self.click(target)
        begin = f"{target}.option["
        with self._doing(target):
            page = self._open_page()
            page.locator(f'[data-testid^="{begin}"]').first.wait_for(state="visible")
            shown = self.choices()
            page.keyboard.press("Escape")
        return tuple(name[len(begin) : -1] for name in shown if name.startswith(begin))

    def place(self) -> Place | None:
        """Return which page of the sandbox is shown; None when it is another one."""
        if self._page is None:
            return NOWHERE
        url = self._page.url.partition("#")[0]
        start = f"{self._setting.base_url}/s/{self._sandbox}/"
        if not url.startswith(start):
            return None
        role, _slash, page = url.removeprefix(start).partition("/")
        return Place(role, page)

    def is_at(self, path: str) -> bool:
        """Tell whether the page is shown that `goto` opens, however it was come to."""
        return self._page is not None and is_same_page(self._page.url, self._address(self._below_start(path)))

    def box(self, target: str) -> Box | None:
        """Return where an element is, scrolled into view; None when it is not on the page."""
        if self._page is None:
            return None
        with self._looking():
            found = self._locate(target).first
            if found.count() == 0:
                return None
            found.scroll_into_view_if_needed()
            box = found.bounding_box()
            return Box(box["x"], box["y"], box["width"], box["height"]) if box else None

    def elements(self) -> tuple[Element, ...]:
        """Return all that can be seen on the page and has a name of its own, in the order of the page."""
        if self._page is None:
            return ()
        with self._looking():
            found = self._page.evaluate(ELEMENTS)
        return tuple(Element(**{**one, "box": Box(**one["box"])}) for one in found)

    def picture(self, hide: Sequence[str] = ()) -> bytes:
        """Return a PNG of the window in which the elements to `hide` are covered, by the browser itself."""
        with self._looking():
            if self._page is None:
                raise LookFailed(_("The tab is closed."))
            covered = [self._locate(target) for target in hide]
            return self._page.screenshot(animations="disabled", mask=covered, mask_color=COVER)

    # -- how ---------------------------------------------------------------------------------------------------

    @property
    def page(self) -> Page:
        """The page, for somebody who watches what is done in it."""
        return self._open_page()

    def _open_page(self) -> Page:
        """Return the page; a closed tab is opened anew and empty."""
        if self._page is None:
            page = self._stage.tab(self._context)
            page.on("crash", self._note_crash)
            if self._setting.hear:
                page.on("close", self._note_close)
            if self._setting.watch and not self._read_only:
                self._setting.watch(page)
            self._page = page
        return self._page

    def _note_close(self, page: Page) -> None:
        """Note that a person closed the tab."""
        if page is self._page and self._setting.hear:
            self._page = None
            self._setting.hear({"type": "closed"})

    def order(self, order: Mapping[str, Any]) -> None:
        """Give the coach's script an order; a page that is just loading does not hear it."""
        if self._page is not None:
            with suppress(PlaywrightError):
                self._page.evaluate("order => window.trainerOrder && window.trainerOrder(order)", dict(order))

    def _note_crash(self, _page: Page) -> None:
        self._crashed = True

    def _locate(self, target: str) -> Locator:
        return self._open_page().get_by_test_id(target)

    def _usable(self, target: str) -> Locator:
        """Wait until the page is ready and holds the target."""
        page = self._open_page()
        self._fresh = None
        page.wait_for_function(USABLE, arg=target)
        if self._show:
            self._show.refresh(page)
        return page.get_by_test_id(target)

    def _load(self, path: str) -> None:
        page = self._open_page()
        self._fresh = None
        url, half = self._address(path), self._setting.patience * 500
        stays = "#" in url and page.url.partition("#")[0] == url.partition("#")[0]
        self._navigate(lambda: page.goto(url, wait_until="commit", timeout=half), stays=stays)

    def _below_start(self, page: str) -> str:
        return f"/s/{self._sandbox}/{self._role}/{page}"

    def _address(self, path: str) -> str:
        return self._setting.base_url + path

    def _navigate(self, go: Callable[[], Response | None], *, stays: bool = False) -> None:
        """Navigate until the page is ready; a page that reloads itself, or asks for patience, gets it.

        Without an answer the page that was there before has gone elsewhere by itself at the same moment, unless
        the page `stays` and only turns to another part of itself.
        """
        page = self._open_page()
        deadline = time.monotonic() + self._setting.patience
        while True:
            try:
                answer = go()
            except PlaywrightError as error:
                if time.monotonic() > deadline or not any(word in error.message for word in OTHER_NAVIGATION):
                    raise
                continue
            if answer is None and not stays and time.monotonic() < deadline:
                continue
            if answer is None or answer.ok:
                break
            if answer.status != 503 or time.monotonic() > deadline:  # noqa: PLR2004  # in maintenance
                raise NotDone(
                    page.url.partition("?")[0],
                    _("the page answered with status {code}").format(code=answer.status),
                )
            page.wait_for_timeout(200)
        page.wait_for_function(READY)
        if self._show:
            self._show.refresh(page)

    @contextmanager
    def _doing(self, target: str) -> Iterator[None]:
        """Turn Playwright's errors into `NotDone`, or `BrokenEnvironment` where nothing could be done."""
        try:
            yield
        except PlaywrightError as error:
            trouble = self.trouble()
            if trouble:
                raise BrokenEnvironment(trouble) from error
            raise NotDone(target, self._why_not(target, error)) from error

    @contextmanager
    def _looking(self) -> Iterator[None]:
        """Turn Playwright's errors into `LookFailed`, or `BrokenEnvironment` where nobody can look any more."""
        try:
            yield
        except PlaywrightError as error:
            moved_on = any(word in error.message for word in MOVED_ON)
            trouble = "" if moved_on else self.trouble()
            if trouble:
                raise BrokenEnvironment(trouble) from error
            raise LookFailed(
                _("The page could not be read: {reason}").format(reason=first_line(error.message))
            ) from error

    def trouble(self) -> str:
        """Return why nobody could act here: browser or sandbox ended, application out of reach; else ""."""
        broken = self._stage.why_broken()
        if broken or self._page is None:
            return broken
        if self._crashed or self._page.is_closed():
            return _("The browser's page has crashed or was closed in the middle of the lesson.")
        return self._out_of_reach() or self._stage.why_broken()

    def _out_of_reach(self) -> str:
        """Return why the application cannot be reached from the page, or ""; an empty tab cannot tell."""
        if self._open_page().url == "about:blank" or self._ask(REACHABLE) is not False:
            return ""
        return self._stage.why_broken() or _(
            "The browser cannot reach the sandbox HRMS at {url}: the network between them is cut."
        ).format(url=self._setting.base_url)

    def _ask(self, script: str, arg: object = None) -> Any:  # noqa: ANN401  # whatever the script returns
        """Ask the page, twice if it was just loading; None when it does not answer."""
        for _try in range(2):
            with suppress(PlaywrightError):
                return self._open_page().evaluate(script, arg)
        return None

    def _why_not(self, target: str, error: PlaywrightError) -> str:
        kind, detail = "unknown", ""
        with suppress(PlaywrightError):
            kind, detail = self._obstacle(target)
        reasons = {
            "unconnected": _("the page has no connection to its server"),
            "missing": _("it is not on the page {place}"),
            "refused": _("the page wanted to go to {place}, which is none of the lesson's addresses"),
            "many": _("it is on the page {place} times"),
            "hidden": _("it is hidden"),
            "disabled": _("it is disabled"),
            "covered": _("it is covered by {place}"),
            "busy": _("it did not react in time"),
        }
        return reasons.get(kind, first_line(error.message)).format(place=detail)

    def _obstacle(self, target: str) -> tuple[str, str]:
        """Return what stands in the way of using `target`, by a code, and a detail."""
        if self._ask(UNCONNECTED):
            return "unconnected", ""
        found = self._locate(target)
        if (count := found.count()) != 1:
            return ("many", str(count)) if count else ("missing", str(self._ask(PLACE)))
        kind, detail = found.evaluate(WHY_NOT, timeout=1000)
        return kind, detail
