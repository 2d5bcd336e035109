"""`trainer scenario record`: what a person did in our own system becomes a lesson that verifies at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.foreign.recording import recorded
from trainer.cli import app

pytestmark = [pytest.mark.browser, pytest.mark.proof]


def press(target: str) -> Callable[[Page], object]:
    return lambda page: page.get_by_test_id(target).click()


def test_a_recording_of_the_sandbox_verifies_at_once(tmp_path: Path) -> None:
    file = recorded(
        "normal-exit-web",
        "recorded-web",
        tmp_path,
        None,
        press("home.start"),
        press("consent.agree"),
        press("consent.begin"),
        press("device.skip"),
        lambda page: page.get_by_test_id("interview.answer").fill("I asked first."),
        press("interview.submit"),
    )
    text = file.read_text("utf-8")
    assert '- click: "home.start"' in text
    assert '- tick: "consent.agree"' in text
    assert "stored:" in text
    assert app.main(["verify", str(file), "--lang", "en"], standalone_mode=False) == 0, text
