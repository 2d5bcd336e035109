"""The practice page's own script, in a page on paper: what it tells the window in which the sandbox is shown."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
from playwright._impl._driver import compute_driver_executable

from trainer.web.pages.layout import STATIC

ORIGIN, BASE = "http://h:2", "/s/1/"

PAGE = """
const heard = [], told = [];
const frame = {addEventListener() {}, contentWindow: {postMessage: (order) => told.push(order.type)}};
const toggle = {addEventListener() {}, open: false};
Object.assign(globalThis, {
  window: globalThis, innerWidth: 1280, innerHeight: 800, emitEvent() {}, setInterval() {},
  addEventListener: (kind, hear) => kind === "message" && heard.push(hear),
  sessionStorage: {getItem: () => null, setItem() {}},
  document: {
    addEventListener() {}, querySelector: () => toggle, documentElement: {lang: "en"},
    getElementById: (id) => (id === "practice-frame" ? frame : null),
  },
});
const say = (data) => heard.forEach((hear) => hear({origin: "ORIGIN", source: frame.contentWindow, data}));
eval(require("fs").readFileSync("SCRIPT", "utf-8"));
practice.start({origin: "ORIGIN", base: "BASE", start: "ORIGINBASEenter", keep: "k"});
STORY
process.stdout.write(JSON.stringify({told, src: frame.src}));
"""

READY = "say({companion: 1, type: 'ready', path: '/s/1/room', how: 'navigate'});"
RELOAD = "practice.order({type: 'reload'});"


def happens(story: str) -> dict[str, Any]:
    """Return which orders the window was told, and which address it was given."""
    page = PAGE.replace("ORIGIN", ORIGIN).replace("BASE", BASE).replace("SCRIPT", str(STATIC / "practice.js"))
    run = [compute_driver_executable()[0], "-e", page.replace("STORY", story)]
    found: dict[str, Any] = json.loads(subprocess.run(run, capture_output=True, check=True, text=True).stdout)
    return found


@pytest.mark.parametrize(
    ("story", "told", "src"),
    [
        (READY + RELOAD, ["hello", "reload"], "/s/1/enter"),
        (READY + RELOAD + RELOAD, ["hello", "reload", "reload"], "/s/1/enter"),  # it may be refused: unsaved work
        (RELOAD, [], BASE),
    ],
)
def test_the_bar_loads_the_practice_system_again(story: str, told: list[str], src: str) -> None:
    assert happens(story) == {"told": told, "src": ORIGIN + src}
