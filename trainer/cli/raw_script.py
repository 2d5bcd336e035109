"""The peer of `verify` in `trainer bench`: the clicks of `normal-exit-web` as a hand-written Playwright script.

It is written as one writes such a script: no scenario, no checks of what was stored, no report. Like `verify`
it keeps its browser contexts warm from round to round.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import BrowserContext, Page

from trainer.app.ports import Control
from trainer.core.scenario import Seed

CONNECTED = "window.did_handshake === true"


def raw_script(base_url: str, control: Control, candidate: BrowserContext, hr: BrowserContext) -> None:
    """Take the whole interview as the candidate, and see the result as HR."""
    sandbox = control.create("web", "en", Seed(dataset="sales_two_openings", random=7))
    page, other = candidate.new_page(), hr.new_page()
    try:
        page.goto(base_url + control.sign_in_link(sandbox.id, "candidate"), wait_until="domcontentloaded")
        page.wait_for_function(CONNECTED)
        _interview(page, sandbox.context)
        other.goto(
            base_url + control.sign_in_link(sandbox.id, "hr", read_only=True), wait_until="domcontentloaded"
        )
        other.wait_for_function(CONNECTED)
        row = other.get_by_test_id(f"candidates.row[{sandbox.context['candidate']['id']}].status")
        if row.get_attribute("data-state") != "to_review":
            raise AssertionError("HR does not see the result")
    finally:
        page.close()
        other.close()
        control.delete(sandbox.id)


def _interview(page: Page, context: Mapping[str, Any]) -> None:
    page.get_by_test_id("home.start").click()
    page.wait_for_url("**/interview*", wait_until="domcontentloaded")
    page.wait_for_function(CONNECTED)
    page.get_by_test_id("consent.agree").check()
    page.get_by_test_id("consent.begin").click()
    page.get_by_test_id("device.check").click()
    page.get_by_test_id("device.continue").click()
    for question in context["questions"]:
        page.get_by_test_id("interview.question").get_by_text(question["text"]).wait_for()
        page.get_by_test_id("interview.answer").fill(question["sample"])
        page.get_by_test_id("interview.submit").click()
    page.get_by_test_id("interview.all_answered").wait_for()
    page.get_by_test_id("interview.end").click()
    page.get_by_test_id("dialog.confirm").click()
    page.get_by_test_id("done.message").wait_for()
