"""A real server on a free port, its sandboxes, and people at browsers."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, expect

TOKEN = "only-for-tests"
PATIENCE_SECONDS = 60.0
PROGRAM = "from sandbox_hrms.main import main; main()"

expect.set_options(timeout=10_000)


Wait = Callable[[Callable[[], Any], str], Any]


def wait_until(condition: Callable[[], Any], what: str) -> Any:
    """Wait until ``condition`` gives something true, and return it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, f"never came true: {what}"
        time.sleep(0.02)
    return found


class Server:
    """The practice HR system as a process of its own."""

    def __init__(self, data: Path, *options: str, program: str = PROGRAM) -> None:
        self._data = data
        self._options = options
        self._program = program
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.control = httpx.Client(
            base_url=f"{self.address}/control/v1", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20
        )
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-c", self._program, "serve", *self._options]
        command += ["--port", str(self.port), "--data", str(self._data)]
        env = os.environ | {"HRMS_CONTROL_TOKEN": TOKEN}
        # a server under its own roof: the framework changes its ways when it sees pytest
        env.pop("PYTEST_CURRENT_TEST", None)
        with (self._data / "server.log").open("ab") as log:
            self._process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        try:
            wait_until(self._answers, "the server answers")
        except BaseException:
            self.kill()
            raise

    def change_rows(self, sandbox: str, sql: str, *values: object) -> None:
        """Change rows of a sandbox's file behind the server's back, for what no page can bring about here."""
        with sqlite3.connect(self._data / sandbox / "hrms.sqlite", timeout=20) as file:
            file.execute(sql, values)
            file.execute("UPDATE sandbox SET revision = revision + 1")
        file.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        self.control.close()
        self._process.terminate()
        self._process.wait(timeout=20)

    def log(self) -> str:
        return (self._data / "server.log").read_text()

    def _answers(self) -> bool:
        assert self._process.poll() is None, self.log()
        try:
            return httpx.get(f"{self.address}/healthz").is_success
        except httpx.TransportError:
            return False

    def sandbox(self, lang: str = "zh_CN", profile: str = "web", dataset: str = "sales_two_openings") -> "Sandbox":
        seed = {"dataset": dataset, "random": 7}
        answer = self.control.post("/sandboxes", json={"profile": profile, "lang": lang, "seed": seed})
        return Sandbox(self, answer.raise_for_status().json())


class Sandbox:
    """One sandbox of that server, as the control API shows it."""

    def __init__(self, server: Server, created: dict[str, Any]) -> None:
        self.server = server
        self.id: str = created["id"]
        self.lang: str = created["lang"]
        self.questions: list[dict[str, Any]] = created["context"]["questions"]
        self.candidate: str = created["context"]["candidate"]["id"]

    def url(self, path: str) -> str:
        return f"{self.server.address}/s/{self.id}{path}"

    def link(self, role: str, *, read_only: bool = False) -> str:
        order = {"role": role, "read_only": read_only}
        answer = self.server.control.post(f"/sandboxes/{self.id}/sign-in-links", json=order)
        return self.server.address + answer.raise_for_status().json()["url"]

    def snapshot(self) -> dict[str, Any]:
        answer = self.server.control.get(f"/sandboxes/{self.id}/snapshot").raise_for_status().json()
        return answer["data"] | {"revision": answer["revision"]}

    def told(self) -> list[dict[str, Any]]:
        answer = self.server.control.get(f"/sandboxes/{self.id}/events", params={"after": 0})
        told: list[dict[str, Any]] = answer.raise_for_status().json()["events"]
        return told

    def events(self) -> list[str]:
        return [one["kind"] for one in self.told()]

    def crash(self, seconds: float = 1) -> None:
        order = {"fault": "crash", "seconds": seconds}
        self.server.control.post(f"/sandboxes/{self.id}/faults", json=order).raise_for_status()

    def stored_draft(self) -> str:
        sitting = self.snapshot()["sitting"]
        return ((sitting and sitting["draft"]) or {}).get("text", "")


class Person:
    """Somebody at a browser, speaking in test ids."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: self.complaints.append(said.text) if "Content Security Policy" in said.text else None,
        )

    def __getitem__(self, name: str) -> Any:
        return self.page.get_by_test_id(name)

    def open(self, url: str) -> None:
        self.page.goto(url)
        self.page.wait_for_function("window.did_handshake === true")

    def start(self, sandbox: Sandbox) -> None:
        """Sign in as the candidate and go on to the first question."""
        self.open(sandbox.link("candidate"))
        self["home.start"].click()
        self["consent.agree"].check()
        self["consent.begin"].click()
        self["device.skip"].click()
        expect(self["interview.answer"]).to_be_editable()

    def type(self, text: str) -> None:
        """Type until the server has it."""
        self["interview.answer"].fill(text)
        expect(self["interview.saved_state"]).to_have_attribute("data-state", "saved")

    def answer(self, sandbox: Sandbox, numbers: range) -> None:
        for number in numbers:
            expect(self["interview.progress"]).to_have_text(f"{number + 1}/4")
            self["interview.answer"].fill(sandbox.questions[number]["sample"])
            self["interview.submit"].click()
            if number < len(sandbox.questions) - 1:
                expect(self["interview.progress"]).to_have_text(f"{number + 2}/4")
        if numbers.stop == len(sandbox.questions):
            expect(self["interview.all_answered"]).to_be_visible()

    def end(self, state: str) -> None:
        self["interview.end"].click()
        self["dialog.confirm"].click()
        expect(self["home.interview_status"]).to_have_attribute("data-state", state)
