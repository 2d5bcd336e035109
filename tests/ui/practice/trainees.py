"""Trainees at real browsers, before a real `trainer serve`."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx
import psutil
from playwright.sync_api import ConsoleMessage, FrameLocator, Locator, Page, expect

from trainer.adapters.database import Database, sqlite_url
from trainer.adapters.hrms_process import free_port
from trainer.adapters.store import StoredRuns

PROGRAM = "from trainer.cli import main; main()"
EXPECTED = re.compile(
    r"status of (404|503)|ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_INTERNET_DISCONNECTED|WebSocket connection"
)
"""What a browser complains about when a page is not there or a system is down, as some lessons want it."""

SEEN_SECONDS = 20_000
"""Milliseconds that a busy machine may take."""


class Trainer:
    """A `trainer serve` in a process of its own."""

    def __init__(self, home: Path, program: str = PROGRAM) -> None:
        self.home = home
        self._program = program
        self.port, self.sandbox_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        """Start it, or start it again on the same data."""
        self._log = (self.home / "serve.log").open("a")
        ports = ["--port", str(self.port), "--sandbox-port", str(self.sandbox_port)]
        self._process = subprocess.Popen(
            [sys.executable, "-c", self._program, "serve", *ports],
            env={**os.environ, "TRAINER_HOME": str(self.home), "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        if self._process.stdout is None or not self._process.stdout.readline():
            raise AssertionError(self.log())

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def stop(self) -> None:
        """End it with everything it started."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)
        if self._process.stdout:
            self._process.stdout.close()
        self._log.close()

    def crash(self) -> None:
        """Kill it with everything it started, and start it again on the same data."""
        family = psutil.Process(self._process.pid).children(recursive=True)
        self._process.kill()
        for child in family:
            with suppress(psutil.NoSuchProcess):
                child.kill()
        psutil.wait_procs(family, timeout=10)
        self.start_again()

    def start_again(self) -> None:
        """Start it again on the same data after it was killed."""
        self._process.wait(30)
        if self._process.stdout:
            self._process.stdout.close()
        self._log.close()
        self.start()

    @contextmanager
    def runs(self) -> Iterator[StoredRuns]:
        """Open what it stores about Runs."""
        with closing(Database(sqlite_url(self.home / "platform.sqlite"))) as database:
            yield StoredRuns(database)

    def forget_sandboxes(self) -> None:
        """Remove the data of all sandboxes, and start everything again."""
        self.stop()
        shutil.rmtree(self.home / "sandboxes")
        self.start()

    @contextmanager
    def locked_database(self) -> Iterator[None]:
        """Let another program hold the trainer's own database."""
        with closing(sqlite3.connect(self.home / "platform.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield

    def kill_sandbox_system(self) -> None:
        """Kill the sandbox HRMS; its supervisor starts it again."""
        for child in psutil.Process(self._process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # another child that has just ended
                if "--parent-port" in child.cmdline():
                    child.kill()
                    child.wait(10)

    def log(self) -> str:
        """Return what it wrote to standard error."""
        return (self.home / "serve.log").read_text("utf-8")

    def status_of(self, path: str, page: Page) -> int:
        """Ask for a page with the cookies of another page's browser."""
        cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies(self.url)}
        return httpx.get(self.url + path, cookies=cookies).status_code


class Trainee:
    """A person at a browser."""

    def __init__(self, trainer: Trainer, page: Page) -> None:
        self.trainer = trainer
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not EXPECTED.search(message.text):
            self.complaints.append(message.text)

    def go(self, path: str = "/") -> None:
        """Open a page of the trainer."""
        self.page.goto(self.trainer.url + path)
        self.page.wait_for_function("window.did_handshake === true")

    def leave(self) -> None:
        """Go elsewhere; a page that stays open loads itself anew as soon as the trainer is back."""
        self.page.goto("about:blank")

    def see(self, name: str) -> Locator:
        """Return something on the trainer's page."""
        return self.page.get_by_test_id(name)

    @property
    def window(self) -> FrameLocator:
        """The practice window."""
        return self.page.frame_locator("#practice-frame")

    def use(self, name: str) -> Locator:
        """Return something in the practice window."""
        return self.window.get_by_test_id(name)

    @property
    def ring(self) -> Locator:
        """The ring around what is to be done next."""
        return self.window.locator("#coach-ring")

    def begin(self, lesson: str, mode: str = "guided") -> str:
        """Start a lesson from the first page; return the path of the practice page."""
        self.go()
        self.see(f"mode[{mode}]").check()
        self.see(f"lesson[{lesson}].start").click()
        self.page.wait_for_url("**/practice/*")
        expect(self.use("home.start")).to_be_visible(timeout=SEEN_SECONDS)
        return self.page.url.removeprefix(self.trainer.url)

    def is_at(self, step: str) -> None:
        """Wait until the coach says that `step` is the current one."""
        expect(self.see(f"coach.step[{step}]")).to_have_attribute("data-state", "now", timeout=SEEN_SECONDS)

    def consent(self) -> None:
        """Open the interview and agree to the notice."""
        self.use("home.start").click()
        self.use("consent.agree").click()
        self.use("consent.begin").click()

    def go_on_to_answer(self, step: str = "answer.1") -> None:
        """Agree to the notice, skip the device check, and come to the first question."""
        self.consent()
        self.is_at("devices")
        self.use("device.skip").click()
        self.is_at(step)

    def answer(self, text: str = "I asked the customer first, and sold a year's supply of paper.") -> None:
        """Type and submit one answer."""
        question = self.use("interview.question").inner_text()
        self.use("interview.answer").fill(text)
        self.use("interview.submit").click()
        expect(self.use("interview.question").filter(has_text=question)).to_have_count(0)

    def end(self) -> None:
        """End the interview."""
        self.use("interview.end").click()
        self.use("dialog.confirm").click()

    def read_result(self) -> str:
        """Go to the result and return its verdict, once it is there."""
        self.see("coach.result").click(timeout=SEEN_SECONDS)
        self.page.wait_for_url("**/result/*")
        verdict = self.see("result.verdict")
        expect(verdict).to_be_visible(timeout=45_000)
        return verdict.get_attribute("data-state") or ""
