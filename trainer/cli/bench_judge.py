"""What `trainer bench judge` measures: how soon a trainee reads the verdict on what was just done.

A real server, a real browser: the moment of the event in the practice window and the moment after the verdict was
painted in the coach's panel are taken from the browser's own clock. Beside it stands a bare socket of the same
run: a message, its echo, and the painting of it.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from tempfile import TemporaryDirectory

import httpx
import uvicorn
from playwright.sync_api import Browser, Error, Frame, Page
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from trainer import bootstrap
from trainer.adapters.hrms_process import free_port
from trainer.adapters.playwright_browser import first_line
from trainer.adapters.playwright_stage import READY
from trainer.cli.bench import Row
from trainer.cli.bench_start import running
from trainer.cli.bench_typist import percentile
from trainer.core.actions import Fill, Tick
from trainer.core.errors import BrokenEnvironment
from trainer.core.scenario import Step
from trainer.i18n import gettext as _

LESSON = "normal-exit-web"
RUNS = 10
WRONG = 10
"""So many wrong clicks in each run."""
PAUSE_MS = 100
"""Between two of them; of reports that come in a flood the server refuses some."""
WAIT_MS = 60_000
BENCH = ("bench.a", "bench.b")
ANSWER = "I asked the customer first, and sold a year's supply of paper. " * 3
P95 = 0.95
TOLD_LIMIT_MS = 150.0
SEEN_LIMIT_MS = 1000.0

Tell = Callable[[str], None]

PAINTED = """() => {
  window.painted = (found) => new Promise((resolve) => {
    const done = () => requestAnimationFrame(() => setTimeout(() =>
      resolve(performance.timeOrigin + performance.now())));
    if (found()) return done();
    const observer = new MutationObserver(() => { if (found()) { observer.disconnect(); done(); } });
    observer.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
  });
}"""
"""Gives the moment after something was painted."""

BUTTONS = """() => {
  for (const name of ["bench.a", "bench.b"]) {
    const button = document.createElement("button");
    button.dataset.testid = button.textContent = name;
    document.body.append(button);
  }
}"""
"""Two buttons that no lesson asks for."""

NOW = '[data-testid^="coach.step["][data-state=now]'

AWAIT_WORDS = """([name, target, words]) => {
  const told = () => document.querySelector(`[data-testid="${target}"]`).textContent.includes(words);
  window[name] = window.painted(told);
}"""

AWAIT_DONE = """step => {
  const item = document.querySelector(`[data-testid="coach.step[${step}]"]`);
  window.verdict = window.painted(() => item.dataset.state === "done");
}"""

CLICK = """element => {
  const moment = performance.timeOrigin + performance.now();
  element.click();
  return moment;
}"""

ECHO = """address => new Promise((resolve, reject) => {
  const socket = new WebSocket(address);
  const shown = document.createElement("p");
  document.body.append(shown);
  const times = [];
  socket.onerror = reject;
  socket.onopen = async () => {
    for (let number = 0; number < 100; number++) {
      const began = performance.timeOrigin + performance.now();
      const heard = new Promise((told) => (socket.onmessage = told));
      const seen = window.painted(() => shown.textContent === String(number));
      socket.send(String(number));
      shown.textContent = (await heard).data;
      times.push((await seen) - began);
    }
    socket.close();
    shown.remove();
    resolve(times);
  };
})"""


def judge(tell: Tell) -> list[Row]:
    """Measure; `tell` hears what is being measured."""
    return measure(tell, RUNS)


def measure(tell: Tell, runs: int) -> list[Row]:
    """Go through a lesson `runs` times, after once that warms up.

    Raises:
        BrokenEnvironment: Browser or server failed, or a verdict never came.
    """
    told: dict[str, list[float]] = {"wrong": [], "stored": [], "seen": []}
    with _served() as url, _echo() as echo, bootstrap.browser() as browser:
        try:
            for number in range(runs + 1):
                tell(_("Lesson {number} of {total} …").format(number=number + 1, total=runs + 1))
                times = _lesson(browser, url)
                for name, some in times.items() if number else ():
                    told[name] += some
            tell(_("A bare socket …"))
            bare = percentile(_bare(browser, echo), P95)
        except Error as error:
            raise BrokenEnvironment(
                _("The lesson to be measured did not come to its end: {reason}").format(
                    reason=first_line(error.message)
                )
            ) from error
    wrong, stored, seen = (percentile(times, P95) for times in told.values())
    limit, socket = _("limit"), _("a bare socket, its echo painted, p95")
    return [
        Row(_("a wrong click is explained, p95"), wrong, "ms", TOLD_LIMIT_MS, limit, 1.0),
        Row(_("a step that is stored is told, p95"), stored, "ms", TOLD_LIMIT_MS, limit, 1.0),
        Row(_("what other roles see is told, p95"), seen, "ms", SEEN_LIMIT_MS, limit, 1.0),
        Row(_("a wrong click is explained, p95"), wrong, "ms", bare, socket),
        Row(_("a step that is stored is told, p95"), stored, "ms", bare, socket),
    ]


# -- a lesson -----------------------------------------------------------------------------------------------------


def _lesson(browser: Browser, url: str) -> dict[str, list[float]]:
    """Go through the lesson on the practice page; return the milliseconds until each verdict was painted."""
    steps = {step.id: step for step in bootstrap.scenarios().get(LESSON).steps}
    with browser.new_context(reduced_motion="reduce", locale="en") as context:
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.goto(url)
        page.wait_for_function(READY)
        page.get_by_test_id("mode[guided]").check()
        page.get_by_test_id(f"lesson[{LESSON}].start").click()
        page.wait_for_url("**/practice/*")
        page.frame_locator("#practice-frame").get_by_test_id("home.start").wait_for()
        page.evaluate(PAINTED)
        frame = page.frames[1]
        frame.evaluate(BUTTONS)
        wrong = [_wrong(page, frame, BENCH[number % 2]) for number in range(WRONG)]
        stored, seen = [], 0.0
        while (now := page.locator(NOW)).count():
            name = (now.get_attribute("data-testid") or "")[len("coach.step[") : -1]
            began = _do(page, frame, name, steps[name.partition(".")[0]])
            told = page.evaluate("window.verdict") - began
            if page.locator(NOW).count():
                stored.append(told)
            else:  # the outcome of the last step is looked at by others, too
                seen = page.evaluate("window.looked") - began
        page.get_by_test_id("coach.restart").wait_for(state="attached")
    return {"wrong": wrong, "stored": stored, "seen": [seen]}


def _wrong(page: Page, frame: Frame, name: str) -> float:
    """Click what no step asks for; return the milliseconds until the panel said so."""
    page.wait_for_timeout(PAUSE_MS)
    page.evaluate(AWAIT_WORDS, ["verdict", "coach.feedback", f"“{name}”"])
    began: float = frame.get_by_test_id(name).evaluate(CLICK)
    moment: float = page.evaluate("window.verdict")
    return moment - began


def _do(page: Page, frame: Frame, name: str, step: Step) -> float:
    """Do a step as the demo does, and return when its last click came."""
    *before, last = step.do
    for action in before:
        target = frame.get_by_test_id(action.aim() or "")
        if isinstance(action, Fill):
            target.fill(ANSWER)
        elif isinstance(action, Tick):
            target.check()
        else:
            target.click()
    target = frame.get_by_test_id(last.aim() or "")
    target.click(trial=True)
    page.evaluate(AWAIT_DONE, name)
    page.evaluate(AWAIT_WORDS, ["looked", "coach.end", "has been looked at"])
    began: float = target.evaluate(CLICK)
    return began


# -- the server, and its bare peer --------------------------------------------------------------------------------


@contextmanager
def _served() -> Iterator[str]:
    """Run a trainer with a home of its own; give its address."""
    port = free_port()
    code = "from trainer.cli import main; main()"
    command = [sys.executable, "-c", code, "serve", "--port", str(port), "--sandbox-port", str(free_port())]
    url, end = f"http://127.0.0.1:{port}", time.monotonic() + WAIT_MS / 1000
    with TemporaryDirectory(prefix="trainer-bench-", ignore_cleanup_errors=True) as home, running(command, home):
        while time.monotonic() < end:
            with suppress(httpx.TransportError):
                if httpx.get(url, follow_redirects=True, trust_env=False).is_success:
                    yield url
                    return
            time.sleep(0.05)
        raise BrokenEnvironment(_("The server to be measured did not come up: {command}").format(command=command))


@contextmanager
def _echo() -> Iterator[str]:
    """Run a server that says what it hears; give its address."""

    async def answer(socket: WebSocket) -> None:
        await socket.accept()
        with suppress(WebSocketDisconnect):
            while True:
                await socket.send_text(await socket.receive_text())

    port = free_port()
    app = Starlette(routes=[WebSocketRoute("/", answer)])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"ws://127.0.0.1:{port}/"
    finally:
        server.should_exit = True
        thread.join()


def _bare(browser: Browser, address: str) -> list[float]:
    """Return the milliseconds from sending a message until its echo was painted, many times."""
    with browser.new_context() as context:
        page = context.new_page()
        page.evaluate(PAINTED)
        times: list[float] = page.evaluate(ECHO, address)
    return times
