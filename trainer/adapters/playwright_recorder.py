"""Recorder in a real browser: a person's clicks are held back, named by Playwright, and then done by it."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page

from trainer.adapters.foreign_stage import locate
from trainer.core.actions import Action, Choose, Click, Fill, Tick
from trainer.core.locators import BadLocator, Part, write

GONE_SECONDS = 0.5
"""An element that is not there for so long is gone."""

SCRIPT = """(() => {
  if (window.trainerRecords) return;
  window.trainerRecords = true;
  const ACTS = "button,a,summary,option,[role=button],[role=link],[role=menuitem],[role=tab],[role=option]";
  const BOX = "input[type=checkbox],input[type=radio],[role=checkbox],[role=switch],[role=radio]";
  const TYPED = "input:not([type=checkbox]):not([type=radio]):not([type=submit]):not([type=button]),textarea";
  let last = 0;
  const mark = element => element.dataset.trainerMark ||= `${performance.timeOrigin}-${++last}`;
  const tell = (verb, element, value) => window.trainerActed({verb, mark: mark(element), value: String(value),
    testid: element.closest("[data-testid]")?.dataset.testid || "", secret: element.type === "password"});
  addEventListener("click", event => {
    if (!event.isTrusted || !(event.target instanceof Element)) return;
    const found = event.target.closest(`${BOX},${ACTS},[type=submit],[data-testid]`);
    const field = event.target.closest(`${TYPED},select,label`);
    if (!found || found.matches(`${TYPED},select`)) return;
    if (field && field !== found && !found.matches(`${ACTS},${BOX}`)) return;
    if (found.dataset.trainerGo !== undefined) { delete found.dataset.trainerGo; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    const on = found.matches("input") ? found.checked : found.getAttribute("aria-checked") !== "true";
    tell(found.matches(BOX) ? "tick" : "click", found, on);
  }, true);
  addEventListener("change", event => {
    const element = event.target;
    if (!(element instanceof Element)) return;
    if (element.matches("select")) tell("choose", element, element.selectedOptions[0]?.innerText || element.value);
    else if (element.matches(TYPED)) tell("fill", element, element.value);
  }, true);
})()"""


class RecorderWindow:
    """Tells what a person does in a window; implements `trainer.app.record.Camera`.

    Args:
        page: The window.
        ours: Whether elements are named by test ids, as in the sandbox HRMS.
    """

    def __init__(self, page: Page, *, ours: bool) -> None:
        self.page = page
        self._ours = ours
        self._heard: deque[Mapping[str, Any]] = deque()
        page.expose_binding("trainerActed", lambda _source, act: self._heard.append(act))
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
            with suppress(PlaywrightError):
                return self._done(self._heard.popleft())
        return None

    def _done(self, act: Mapping[str, Any]) -> Action:
        found = self.page.locator(f'[data-trainer-mark="{act["mark"]}"]').first
        target = act["testid"] if self._ours else named(self.page, found)
        verb, value = act["verb"], act["value"]
        if verb == "fill":
            return Fill(target=target, text="${secret.password}" if act["secret"] else value)
        if verb == "choose":
            return Choose(target=target, option=value)
        with suppress(PlaywrightError):  # what went away meanwhile cannot be done any more
            found.evaluate("element => { element.dataset.trainerGo = '' }")
            found.click()
        if verb == "tick":
            return Tick(target=target, on=value == "true")
        whole, option, code = target.partition(".option[")
        return (
            Choose(target=whole, option=code.removesuffix("]")) if self._ours and option else Click(target=target)
        )


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
