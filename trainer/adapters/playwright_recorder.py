"""Recorder in a real browser: a person's clicks are held back, named by Playwright, and then done by it.

So are Enter in a field, and the keys that stand for a click. Other keys that do something, reloads and windows
that open by themselves are recorded as they come. A lesson plays in one window: what opens in another one is
opened in this one instead.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page

from trainer.adapters.foreign_stage import locate
from trainer.core.actions import Action, Choose, Click, Fill, Goto, Press, Reload, Tick
from trainer.core.application import Origin
from trainer.core.locators import BadLocator, Part, write

GONE_SECONDS = 0.5
"""An element that is not there for so long is gone."""

SCRIPT = """(() => {
  if (window.trainerRecords) return;
  window.trainerRecords = true;
  const ACTS = "button,a,summary,option,[role=button],[role=link],[role=menuitem],[role=tab],[role=option]";
  const BOX = "input[type=checkbox],input[type=radio],[role=checkbox],[role=switch],[role=radio]";
  const TYPED = "input:not([type=checkbox]):not([type=radio]):not([type=submit]):not([type=button]),textarea";
  const KEYED = `${ACTS},[role=checkbox],[role=switch],[role=radio],[type=submit],[type=button]`;
  let last = 0;
  const mark = element => element.dataset.trainerMark ||= `${performance.timeOrigin}-${++last}`;
  if (window === top && performance.getEntriesByType("navigation")[0]?.type === "reload")
    window.trainerActed({verb: "reload"});
  const PLAIN = "Control Alt Shift Meta AltGraph Tab Process Unidentified".split(" ");
  const EDITING = "a c v x y z".split(" "); // what edits a text shows in the text
  const filled = new WeakMap();
  const fill = element => {
    if (element.readOnly || filled.get(element) === element.value) return;
    filled.set(element, element.value);
    tell("fill", element, element.value);
  };
  let held = ""; // key whose work is done by Playwright
  const hold = event => { event.preventDefault(); event.stopImmediatePropagation(); };
  const clicked = (element, key) => { // by a key, as some pages do by a script of their own
    const typed = element.matches(TYPED) && !element.readOnly;
    const pushed = key === "Enter" || (key === " " && !typed && !element.matches("a,[role=link]"));
    if (!element.matches("[role=combobox]:not(select)")) return pushed && element.matches(KEYED) ? element : null;
    const option = document.getElementById(element.getAttribute("aria-activedescendant"));
    if (option) return pushed ? option : null;
    const opens = element.getAttribute("aria-expanded") !== "true" && !typed;
    return opens && (pushed || /^Arrow(Up|Down)$/.test(key)) ? element.closest("[data-testid]") || element : null;
  };
  addEventListener("keydown", event => {
    if (!event.isTrusted || event.isComposing || event.repeat || PLAIN.includes(event.key)) return;
    const chord = event.ctrlKey || event.altKey || event.metaKey;
    const element = event.target instanceof Element ? event.target : document.body;
    const found = chord ? null : clicked(element, event.key);
    if (found) {
      held = event.key;
      hold(event);
      if (element.matches(TYPED)) fill(element);
      return use(found);
    }
    const line = element.matches(TYPED) && !element.matches("textarea") && !element.readOnly;
    const button = [...element.form?.elements ?? []].some(one => one.type === "submit"); // Enter clicks it
    const sends = event.key === "Enter" && line && !button && !chord;
    const editing = (event.ctrlKey || event.metaKey) && EDITING.includes(event.key.toLowerCase());
    if (!(sends || event.key === "Escape" || /^F\\d+$/.test(event.key) || (chord && !editing))) return;
    if (["F5", "F12"].includes(event.key) || (chord && "rR".includes(event.key))) return; // the browser's own
    if (sends && goes(element)) return;
    if (element.matches(TYPED)) fill(element);
    if (sends) {
      hold(event);
      return tell("send", element, "Enter");
    }
    const down = [["Control", event.ctrlKey], ["Alt", event.altKey], ["Meta", event.metaKey],
      ["Shift", event.shiftKey]].filter(([, pressed]) => pressed).map(([name]) => name);
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    tell("press", element, [...down, key].join("+"));
  }, true);
  addEventListener("keyup", event => {
    if (!held || event.key !== held) return;
    held = "";
    hold(event);
  }, true);
  const tell = (verb, element, value) => window.trainerActed({verb, mark: mark(element), value: String(value),
    testid: element.closest("[data-testid]")?.dataset.testid || "", secret: element.type === "password",
    body: element === document.body});
  const use = element => {
    const on = element.matches("input") ? element.checked : element.getAttribute("aria-checked") !== "true";
    tell(element.matches(BOX) ? "tick" : "click", element, on);
  };
  const goes = element => { // it is done by Playwright now
    const go = element.dataset.trainerGo !== undefined;
    delete element.dataset.trainerGo;
    return go;
  };
  addEventListener("click", event => {
    if (!event.isTrusted || !(event.target instanceof Element)) return;
    const found = event.target.closest(`${BOX},${ACTS},[type=submit],[data-testid]`);
    const field = event.target.closest(`${TYPED},select,label`);
    if (!found || found.matches(`${TYPED},select`)) return;
    if (field && field !== found && !found.matches(`${ACTS},${BOX}`)) return;
    if (goes(found)) return;
    hold(event);
    use(found);
  }, true);
  for (const kind of ["input", "compositionend"]) addEventListener(kind, event => { // it may never be left
    const element = event.target;
    if (element instanceof Element && element.matches(TYPED) && !event.isComposing) fill(element);
  }, true);
  addEventListener("change", event => {
    const element = event.target;
    if (!(element instanceof Element)) return;
    if (element.matches("select")) tell("choose", element, element.selectedOptions[0]?.innerText || element.value);
    else if (element.matches(TYPED)) fill(element);
  }, true);
})()"""


class RecorderWindow:
    """Tells what a person does in a window; implements `trainer.app.record.Camera`.

    Args:
        page: The window.
        application: Address of somebody else's application; "" for the sandbox HRMS, whose elements have test ids.
    """

    def __init__(self, page: Page, application: str) -> None:
        self.page = page
        self._application = application
        self._heard: deque[Mapping[str, Any]] = deque()
        page.expose_binding("trainerActed", lambda _source, act: self._heard.append(act))
        page.on("popup", lambda other: self._heard.append({"verb": "popup", "page": other}))
        page.add_init_script(SCRIPT)
        page.evaluate(SCRIPT)

    def closed(self) -> bool:
        """Tell whether the person has closed the window."""
        return self.page.is_closed()

    def next(self) -> Action | None:
        """Name the next thing that was done; a click is done now, by the very element that was named.

        What was done to an element that is gone meanwhile has no name, and is left out.
        """
        while self._heard:
            act = self._heard.popleft()
            if self._heard and _goes_on(act, self._heard[0]):
                continue
            with suppress(PlaywrightError):
                if done := self._done(act):
                    return done
        return None

    def _done(self, act: Mapping[str, Any]) -> Action | None:
        done = {
            "reload": self._reloaded,
            "popup": self._opened_here,
            "press": self._pressed,
            "send": self._sent,
        }.get(act["verb"])
        return done(act) if done else self._used(act)

    def _used(self, act: Mapping[str, Any]) -> Action:
        """Name an element and what was done with it."""
        verb, target, value = act["verb"], self._target(act), act["value"]
        if verb == "fill":
            return Fill(target=target, text="${secret.password}" if act["secret"] else value)
        if verb == "choose":
            return Choose(target=target, option=value)
        with suppress(PlaywrightError):  # what went away meanwhile cannot be done any more
            self._let_go(act).click()
        if verb == "tick":
            return Tick(target=target, on=value == "true")
        whole, option, code = target.partition(".option[")
        return (
            Choose(target=whole, option=code.removesuffix("]"))
            if not self._application and option
            else Click(target=target)
        )

    def _let_go(self, act: Mapping[str, Any]) -> Locator:
        """Return an element to which the next thing is done by Playwright, and not held back."""
        found = self._found(act)
        found.evaluate("element => { element.dataset.trainerGo = '' }")
        return found

    def _found(self, act: Mapping[str, Any]) -> Locator:
        return self.page.locator(f'[data-trainer-mark="{act["mark"]}"]').first

    def _target(self, act: Mapping[str, Any]) -> str:
        return named(self.page, self._found(act)) if self._application else str(act["testid"])

    def _pressed(self, act: Mapping[str, Any]) -> Action:
        """Name where a key was pressed; where that is gone, or nothing, it goes where the focus is."""
        target = None
        with suppress(PlaywrightError):
            target = None if act["body"] else self._target(act) or None
        return Press(key=act["value"], target=target)

    def _sent(self, act: Mapping[str, Any]) -> Action:
        """Name the field in which Enter was pressed, which may lead away, and press it."""
        done = self._pressed(act)
        with suppress(PlaywrightError):
            self._let_go(act).press(act["value"])
        return done

    def _reloaded(self, _act: Mapping[str, Any]) -> Action:
        return Reload()

    def _opened_here(self, act: Mapping[str, Any]) -> Action | None:
        """Close a window that opened by itself, and open what it shows in this one.

        One without an address, such as an empty one that a page writes into for the printer, is left as it is.
        """
        other: Page = act["page"]
        other.wait_for_load_state("domcontentloaded")
        address = other.url
        path = path_of(address, self._application)
        if path is not None:
            other.close()
            self.page.goto(address)
        return None if path is None else Goto(path=path)


def _goes_on(act: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
    """Tell whether what was done next is more typing in the same field, which tells the whole text."""
    return bool(act["verb"] == then["verb"] == "fill" and act["mark"] == then["mark"])


def path_of(address: str, application: str) -> str | None:
    """Return how `goto` names an address: below the application's, or whole; None for what is not on the web."""
    try:
        Origin.of(address)
    except ValueError:
        return None
    base = application.rstrip("/")
    return address.removeprefix(base) if address.startswith(f"{base}/") else address


def named(page: Page, found: Locator) -> str:
    """Return the best locator of an element, as a lesson writes it: Playwright's own choice, if that is clear."""
    found.wait_for(state="attached", timeout=GONE_SECONDS * 1000)
    told = str(found.normalize())
    with suppress(BadLocator, SyntaxError, ValueError):
        target = write(tuple(_parts(ast.parse(told, mode="eval").body)))
        if locate(page, target).count() == 1:
            return target
    path: str = found.evaluate("""element => {
      const parts = [];
      for (let at = element; at.parentElement; at = at.parentElement)
        parts.unshift(`${at.tagName.toLowerCase()}:nth-child(${[...at.parentElement.children].indexOf(at) + 1})`);
      return parts.join(" > ");
    }""")
    return write((Part("css", path),))


def _parts(node: ast.expr) -> Iterator[Part]:
    """Yield the parts of Playwright's own way of writing a locator: a chain of calls."""
    if not isinstance(node, ast.Call):
        return
    if isinstance(node.func, ast.Attribute):
        yield from _parts(node.func.value)
        verb = node.func.attr
    else:
        verb = node.func.id if isinstance(node.func, ast.Name) else ""
    if not node.args:
        raise BadLocator(verb)
    first = ast.literal_eval(node.args[0])
    more = {one.arg: ast.literal_eval(one.value) for one in node.keywords}
    if verb == "get_by_role":
        yield Part(first, more.get("name", ""))
    elif verb in {"get_by_label", "get_by_text"}:
        yield Part(verb.removeprefix("get_by_"), first)
    elif verb == "locator":
        yield Part("css", first)
    else:
        raise BadLocator(verb)
