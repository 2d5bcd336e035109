"""Somebody who takes an interview on any kind of HR system, leaves it in every way, and comes back."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import BrowserContext, BrowserType, Error, Page, expect

from tests.e2e.proxy import Proxy
from tests.ui.hrms.people import Server

DRAFT = "A third answer, typed and not submitted"
MORE = ", and some more"

BY_HAND = ("cloud", "local")
"""Systems where only a saved record counts."""


@dataclass(frozen=True)
class Starting:
    """How a browser is started: its kind, its arguments, and the folder that keeps its profile."""

    kind: BrowserType
    arguments: dict[str, Any]
    folder: Path


class Leaver:
    """One person at one browser whose profile outlives the browser; the network between can be cut.

    Args:
        browser: How the browser is started.
        server: The HR system, reached through a proxy of its own; a sandbox is made there.
        profile: Kind of HR system, which decides what this person presses.
    """

    def __init__(self, browser: Starting, server: Server, profile: str) -> None:
        self._browser = browser
        self.server = server
        self.profile = profile
        self.sandbox = server.sandbox("en", profile)
        self.typed = ""
        self.proxy = Proxy(server.port)
        self.context: BrowserContext
        self.page: Page
        self._start()

    def _start(self) -> None:
        phone = self.profile == "app"
        self.context = self._browser.kind.launch_persistent_context(
            self._browser.folder,
            **self._browser.arguments,
            viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 800},
        )
        self.page = self.context.pages[0]
        self.page.on("dialog", lambda dialog: dialog.accept())

    def close(self) -> None:
        with suppress(Error):
            self.context.close()
        self.proxy.cut()

    def __getitem__(self, name: str) -> Any:
        return self.page.get_by_test_id(name)

    def go(self, path: str) -> None:
        """Open an address of this sandbox through the proxy, and wait until the page can be used."""
        address = f"http://127.0.0.1:{self.proxy.port}{path}"
        try:
            self.page.goto(address)
        except Error as lost:
            if "ERR_ABORTED" not in lost.message:
                raise
            self.page.goto(address)  # the page loaded itself anew in that very moment: its server is back
        self.page.wait_for_function("window.did_handshake === true")

    # -- the interview ----------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Sign in and go on to the first question."""
        self.go(self.sandbox.link("candidate").removeprefix(self.server.address))
        self["home.start"].click()
        self["consent.agree"].check()
        self["consent.begin"].click()
        self["device.skip"].click()
        expect(self["interview.answer"]).to_be_editable()

    def answer(self, number: int) -> None:
        """Submit the sample answer to question `number` (from 1)."""
        expect(self["interview.progress"]).to_have_text(f"{number}/4")
        self["interview.answer"].fill(self.sandbox.questions[number - 1]["sample"])
        self["interview.submit"].click()
        if number < len(self.sandbox.questions):
            expect(self["interview.progress"]).to_have_text(f"{number + 1}/4")
        else:
            expect(self["interview.all_answered"]).to_be_visible()

    def type(self, text: str) -> None:
        """Type at the end of the open answer, key by key."""
        area = self["interview.answer"]
        area.focus()
        area.press("End")
        area.press_sequentially(text)
        self.typed += text

    def half_way(self) -> None:
        """Two answers submitted, a third one typed; `local` has saved after the first."""
        self.begin()
        self.answer(1)
        if self.profile == "local":
            self.save()
        self.answer(2)
        self.type(DRAFT)
        self.settled()

    def settled(self) -> None:
        """Wait until the system says that it has what was typed, where it keeps that at all."""
        if self.profile not in BY_HAND:
            expect(self["interview.saved_state"]).to_have_attribute("data-state", "saved")

    # -- saving and leaving -----------------------------------------------------------------------------------

    def save(self) -> None:
        """Save the record by hand and wait until the system says that it is saved."""
        self.try_to_save()
        expect(self["record.mark"]).to_have_attribute("data-state", "saved")

    def try_to_save(self) -> None:
        """Press the button that saves the record; the interviewer's part is filled in first where it is asked."""
        if self.profile == "local":
            for rating in self.page.locator('select[data-testid^="record.rating["]').all():
                rating.select_option("4")
            self["record.remarks"].fill("Calm, to the point.")
        self["record.save"].click()

    def leave_properly(self) -> None:
        """Stop half-way as this system wants it, everything kept, and close the tab."""
        if self.profile in BY_HAND:
            self.save()
        elif self.profile in {"web", "integrated"}:
            self["interview.save_progress"].click()
            expect(self["done.message"]).to_be_visible()
        else:
            self["nav.home"].click()
            expect(self["home.start"]).to_be_visible()
        self.close_tab()

    def finish(self) -> None:
        """End the interview and confirm, with all that this system asks for."""
        if self.profile == "local":
            self.save()
            self["record.close"].click()
            self["dialog.confirm"].click()
            expect(self["record.quit"]).to_be_visible()
            return
        self.press_end()
        self["dialog.confirm"].click()
        if self.profile == "cloud":
            self["record.quit"].click()
        expect(self["home.interview_status"]).to_be_visible()

    def press_end(self) -> None:
        """Press the button that ends the interview."""
        self["record.close" if self.profile == "local" else "interview.end"].click()

    def close_tab(self) -> None:
        """Close the tab as a person does, accepting its warning."""
        old = self.page
        self.page = self.context.new_page()
        self.page.on("dialog", lambda dialog: dialog.accept())
        with old.expect_event("close"):
            old.close(run_before_unload=True)

    def kill_browser(self) -> None:
        """End the browser without a word to anybody, then start it again with the same profile."""
        mark = f"--user-data-dir={self._browser.folder}"
        for process in psutil.process_iter(["cmdline"]):
            if mark in (process.info["cmdline"] or ()):
                with suppress(psutil.Error):
                    os.kill(process.pid, signal.SIGKILL)
        with suppress(Error):
            self.context.close()
        for lock in self._browser.folder.glob("Singleton*"):
            lock.unlink()
        self._start()
        # a cookie of the last seconds may not have reached the disk: people open their link again
        self.go(self.sandbox.link("candidate").removeprefix(self.server.address))

    @contextmanager
    def cut(self, seconds: float) -> Iterator[None]:
        """Cut what this system calls its network, at least so long; then heal it."""
        if self.profile == "local":
            with self.fault("offline"):
                yield
                self.page.wait_for_timeout(seconds * 1000)
            return
        self.proxy.cut()
        yield
        self.page.wait_for_timeout(seconds * 1000)
        self.proxy.heal()

    @contextmanager
    def fault(self, name: str) -> Iterator[None]:
        """Switch a fault on for a while."""
        faults = f"/sandboxes/{self.sandbox.id}/faults"
        order = {"fault": name, "seconds": None}
        self.server.control.post(faults, json=order).raise_for_status()
        yield
        self.server.control.delete(f"{faults}/{name}").raise_for_status()

    def be_hired(self) -> None:
        """Let HR pass this person with a reason, offer the proposed pay, and note that it is accepted."""
        self.go(self.sandbox.link("hr").removeprefix(self.server.address))
        mine = self.sandbox.snapshot()["interview"]
        self.go(f"/s/{self.sandbox.id}/hr/interviews/{mine['id']}")
        self["decision.reason"].fill("Calm and to the point in every answer.")
        self["decision.pass"].click()
        expect(self["review.status"]).to_have_attribute("data-state", "passed")
        self.go(f"/s/{self.sandbox.id}/hr/candidates/{mine['candidate']}")
        self["pay.offer"].click()
        expect(self["pay.status"]).to_have_attribute("data-state", "offered")
        self["pay.accept"].click()
        expect(self["pay.accept"]).to_be_hidden()

    # -- coming back ------------------------------------------------------------------------------------------

    def come_back(self) -> str:
        """Open the interview again and go on; returns what the system asked: resume, device or none."""
        self.go(f"/s/{self.sandbox.id}/candidate/interview")
        any_of = self["resume.continue"].or_(self["resume.save_device"]).or_(self["interview.answer"])
        any_of.first.wait_for()
        if self["resume.save_device"].is_visible():
            return "device"
        if self["resume.continue"].is_visible():
            self["resume.continue"].click()
            expect(self["interview.answer"]).to_be_visible()
            return "resume"
        return "none"

    def draft(self) -> str:
        """Return what stands in the open answer."""
        expect(self["interview.answer"]).to_be_visible()
        text: str = self["interview.answer"].input_value()
        return text

    def results_and_events(self) -> list[str]:
        """Return what happened; of what was carried over only the interview's result."""
        told = self.sandbox.told()
        return [one["kind"] for one in told if one["data"].get("parcel", "result") == "result"]
