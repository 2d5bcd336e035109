"""Real keystrokes in a real browser, while something breaks: what a person has typed is not typed again.

Each trial is a tab with a sandbox of its own. Keys are pressed one after another; at a random one something
breaks. Afterwards the text in the page and the text that is stored are compared with what the page had taken.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from starlette.requests import cookie_parser

from trainer import bootstrap
from trainer.adapters.hrms_process import HrmsProcess
from trainer.adapters.playwright_browser import CLOSED_NETWORK
from trainer.adapters.proxy import Proxy
from trainer.app.ports import Control
from trainer.cli.bench_typist import Seat, seats, session
from trainer.core.errors import TrainerError
from trainer.i18n import gettext as _
from trainer.machine import find_browser

PROFILE = "app"
SESSION = "hrms_session"
"""The cookie of who is signed in; the one of the browser comes with the first page."""
"""Of all the kinds of system the one that promises most: also a closed tab keeps everything."""

KEYS = 24
KEYS_AFTERWARDS = 4
FASTEST_SECONDS = 0.04
EARLIEST, LATEST = 6, 16
TABS = 6
FAULT_SECONDS = 1.0
PATIENCE_SECONDS = 60.0
LETTERS = "abcdefghijklmnopqrstuvwxyz"
PHONE = {"width": 390, "height": 844}

PERSON = """setInterval(() => {
  const go = document.querySelector('[data-testid="resume.continue"]');
  const now = performance.now();
  if (go && window.did_handshake && now - (window.pressedAt ?? -1000) >= 1000) {
    window.pressedAt = now;
    go.click();
  }
}, 50)"""
"""Somebody at each tab who presses Continue where the page asks."""

LOOK = """() => {
  const one = (name) => document.querySelector(`[data-testid="${name}"]`);
  const area = one("interview.answer"), state = one("interview.saved_state");
  return {
    value: area && !area.readOnly ? area.value : null,
    state: state ? state.dataset.state || "" : null,
  };
}"""


@dataclass
class Trial:
    """One tab and who types in it.

    Attributes:
        typed: What the page took, key by key.
        takes_keys: Whether it would have taken one when it was looked at last.
        strikes_at: Key before which something breaks.
        over_at: When what was broken was whole again (monotonic seconds).
        back_after: Seconds from then until the person could go on and everything was stored.
    """

    seat: Seat
    strikes_at: int
    page: Page | None = None
    typed: str = ""
    takes_keys: bool = False
    over_at: float | None = None
    back_after: float | None = None

    @property
    def url(self) -> str:
        """Where the interview room is, below the server's address."""
        return f"/s/{self.seat.sandbox}/candidate/interview"


@dataclass
class Keys:
    """What came of the trials of one fault."""

    fault: str
    trials: int = 0
    keys: int = 0
    lost: list[int] = field(default_factory=list)
    back: list[float] = field(default_factory=list)


class _Room:
    """One browser with a tab for each trial, and everything that can break around it."""

    def __init__(
        self, playwright: Playwright, folder: Path, process: HrmsProcess, control: Control, proxy: Proxy
    ) -> None:
        self._playwright = playwright
        self._folder = folder
        self.process = process
        self.control = control
        self.proxy = proxy
        self.address = f"http://127.0.0.1:{proxy.port}"
        self.context: BrowserContext | None = None

    def open(self, trials: Sequence[Trial]) -> None:
        """Start the browser and open every tab."""
        self.context = self._playwright.chromium.launch_persistent_context(
            self._folder,
            executable_path=find_browser(),
            headless=True,
            args=list(CLOSED_NETWORK),
            chromium_sandbox=False,
            viewport=PHONE,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(PATIENCE_SECONDS * 1000)
        self.context.add_init_script(PERSON)
        for trial in trials:
            value = cookie_parser(trial.seat.cookie)[SESSION]
            path = trial.url.removesuffix("/interview")
            self.context.add_cookies(
                [{"name": SESSION, "value": value, "domain": "127.0.0.1", "path": path, "httpOnly": True}]
            )
            self.open_tab(trial)

    def open_tab(self, trial: Trial) -> None:
        """Open the interview room in a new tab."""
        if self.context is None:
            raise RuntimeError("no browser")
        if trial.over_at is not None:
            trial.over_at = time.monotonic()
        trial.page = self.context.new_page()
        trial.page.goto(self.address + trial.url, wait_until="commit")

    def close(self) -> None:
        """End the browser."""
        if self.context is not None:
            with suppress(PlaywrightError):
                self.context.close()
            self.context = None

    def kill_browser(self) -> None:
        """End it as a power button does."""
        for one in psutil.process_iter(["pid", "cmdline"]):
            words = one.info["cmdline"] or []
            ours = any(str(self._folder) in word for word in words)
            if ours and not any(word.startswith("--type=") for word in words):
                with suppress(ProcessLookupError):
                    os.kill(one.info["pid"], getattr(signal, "SIGKILL", signal.SIGTERM))
        self.close()


# -- what breaks -----------------------------------------------------------------------------------------------


def _tab_closed(room: _Room, trial: Trial) -> None:
    if trial.page is not None:
        with trial.page.expect_event("close"):
            trial.page.close(run_before_unload=True)
    trial.over_at = time.monotonic()
    room.open_tab(trial)


def _reload(_room: _Room, trial: Trial) -> None:
    trial.over_at = time.monotonic()
    if trial.page is not None:
        trial.page.reload(wait_until="commit")


def _injected(fault: str) -> Callable[[_Room, Trial], None]:
    def strike(room: _Room, trial: Trial) -> None:
        room.control.inject(trial.seat.sandbox, fault, FAULT_SECONDS)
        trial.over_at = time.monotonic() + FAULT_SECONDS

    return strike


def _offline(room: _Room, trials: Sequence[Trial], go_on: Callable[[], None]) -> None:
    if room.context is not None:
        room.context.set_offline(True)
        go_on()
        room.context.set_offline(False)
    _over(trials)


def _cut(room: _Room, trials: Sequence[Trial], go_on: Callable[[], None]) -> None:
    room.proxy.cut()
    go_on()
    room.proxy.heal()
    _over(trials)


def _browser_killed(room: _Room, trials: Sequence[Trial], _go_on: Callable[[], None]) -> None:
    room.kill_browser()
    _over(trials)
    room.open(trials)


def _server_killed(room: _Room, trials: Sequence[Trial], go_on: Callable[[], None]) -> None:
    room.process.kill()
    go_on()
    room.process.start()
    _over(trials)


def _over(trials: Sequence[Trial]) -> None:
    for trial in trials:
        trial.over_at = time.monotonic()


ONE_TAB: dict[str, Callable[[_Room, Trial], None]] = {
    "tab closed": _tab_closed,
    "page reloaded": _reload,
    "crash": _injected("crash"),
    "db_locked": _injected("db_locked"),
    "disconnected": _injected("disconnected"),
}
"""What breaks for one tab at a time."""

ALL_TABS: dict[str, Callable[[_Room, Sequence[Trial], Callable[[], None]], None]] = {
    "browser offline": _offline,
    "network cut": _cut,
    "browser killed": _browser_killed,
    "sandbox HRMS killed": _server_killed,
}
"""What breaks for all tabs at once; people go on typing meanwhile where they can."""

FAULTS = (*ONE_TAB, *ALL_TABS)


# -- the trials ------------------------------------------------------------------------------------------------


def press_keys(tell: Callable[[str], None], faults: Sequence[str], trials: int, *, seed: int) -> list[Keys]:
    """Run `trials` trials of each fault."""
    random = Random(seed)
    with (
        bootstrap.passing_hrms() as process,
        bootstrap.control(process) as control,
        Proxy(process.port) as proxy,
        sync_playwright() as playwright,
    ):
        found = []
        for fault in faults:
            tell(_("{count} × typing: {fault} …").format(count=trials, fault=fault))
            keys = Keys(fault)
            for first in range(0, trials, TABS):
                taken = _in_a_thread(process.base_url, control, min(TABS, trials - first))
                with TemporaryDirectory(prefix="trainer-keys-", ignore_cleanup_errors=True) as folder:
                    _batch(keys, _Room(playwright, Path(folder), process, control, proxy), taken, random)
                for seat in taken:
                    control.delete(seat.sandbox)
            found.append(keys)
        return found


def _in_a_thread(base_url: str, control: Control, count: int) -> list[Seat]:
    """Take seats; Playwright's own loop runs in this thread."""
    from concurrent.futures import ThreadPoolExecutor

    async def take() -> list[Seat]:
        async with session() as http:
            return await seats(http, base_url, control, count, PROFILE)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(take())).result()


def _batch(keys: Keys, room: _Room, taken: Sequence[Seat], random: Random) -> None:
    together = random.randint(EARLIEST, LATEST)
    trials = [
        Trial(seat, together if keys.fault in ALL_TABS else random.randint(EARLIEST, LATEST)) for seat in taken
    ]
    try:
        room.open(trials)
        for trial in trials:
            _until(partial(_takes_keys, trial, room))
        for number in range(KEYS):
            if number == together and keys.fault in ALL_TABS:
                ALL_TABS[keys.fault](room, trials, lambda: _type_on(trials, room, random))
            began = time.monotonic()
            for trial in trials:
                if number == trial.strikes_at and keys.fault in ONE_TAB:
                    ONE_TAB[keys.fault](room, trial)
                _press(trial, room, random)
            time.sleep(max(0.0, began + FASTEST_SECONDS - time.monotonic()))
        waiting = list(trials)
        _until(lambda: not _not_back(waiting, room))
        for _number in range(KEYS_AFTERWARDS):
            for trial in trials:
                _press(trial, room, random)
        for trial in trials:
            _until(partial(_agrees, trial, room))
            _count(keys, trial, room)
    finally:
        room.close()


def _until(condition: Callable[[], bool]) -> bool:
    """Wait until something is true, and say whether it came true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _not_back(waiting: list[Trial], room: _Room) -> list[Trial]:
    """Look at those that are not back yet; leave out who is."""
    for trial in tuple(waiting):
        _look(trial, room)
        if trial.back_after is not None:
            waiting.remove(trial)
    return waiting


def _type_on(trials: Sequence[Trial], room: _Room, random: Random) -> None:
    """Go on typing while it is broken."""
    until = time.monotonic() + FAULT_SECONDS
    while time.monotonic() < until:
        for trial in trials:
            _press(trial, room, random)


def _press(trial: Trial, room: _Room, random: Random) -> None:
    """Press a key where the page takes any; it counts as typed when the page shows it."""
    if trial.page is not None and trial.takes_keys:
        with suppress(PlaywrightError):
            trial.page.keyboard.press(random.choice(LETTERS))
    value = _look(trial, room)["value"]
    if value is not None and value.startswith(trial.typed):
        trial.typed = value


def _look(trial: Trial, room: _Room) -> dict[str, Any]:
    """Look at the page as it is, and note when the person is back in step."""
    said: dict[str, Any] = {"value": None, "state": None}
    if trial.page is not None:
        with suppress(PlaywrightError):
            said = trial.page.evaluate(LOOK)
    trial.takes_keys = said["value"] is not None
    over = trial.over_at is not None and time.monotonic() >= trial.over_at
    if trial.over_at is not None and over and trial.back_after is None:
        stored = _stored(trial, room) if said["value"] is not None and said["state"] == "saved" else None
        if stored is not None and stored == said["value"]:
            trial.back_after = time.monotonic() - trial.over_at
    return said


def _takes_keys(trial: Trial, room: _Room) -> bool:
    _look(trial, room)
    return trial.takes_keys


def _agrees(trial: Trial, room: _Room) -> bool:
    """Say whether the page calls everything saved, and it is."""
    said = _look(trial, room)
    return said["state"] == "saved" and said["value"] is not None and said["value"] == _stored(trial, room)


def _count(keys: Keys, trial: Trial, room: _Room) -> None:
    keys.trials += 1
    keys.keys += len(trial.typed)
    keys.lost.append(len(trial.typed) - _common(trial.typed, _stored(trial, room) or ""))
    keys.back.append(PATIENCE_SECONDS if trial.back_after is None else trial.back_after)


def _stored(trial: Trial, room: _Room) -> str | None:
    try:
        sitting = room.control.snapshot(trial.seat.sandbox)["sitting"]
    except TrainerError:
        return None
    return str(((sitting and sitting["draft"]) or {}).get("text", ""))


def _common(typed: str, stored: str) -> int:
    if stored.startswith(typed):
        return len(typed)
    return sum(block.size for block in SequenceMatcher(None, typed, stored, autojunk=False).get_matching_blocks())
