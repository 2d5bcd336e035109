"""`trainer scenario record`: what a person did becomes a lesson that verifies at once, there and here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.foreign import applications
from trainer import bootstrap
from trainer.app.record import Recorded
from trainer.cli import app
from trainer.cli.scenario import Person, recording

pytestmark = [pytest.mark.browser, pytest.mark.proof]


def acting(*acts: Callable[[Page], object]) -> Person:
    """Return somebody who does one thing at a time."""

    def arrive(page: Page) -> Callable[[], bool]:
        left: Iterator[Callable[[Page], object]] = iter(acts)

        def act() -> bool:
            nothing_left = next(left, None)
            if nothing_left is None:
                return True
            nothing_left(page)
            return False

        return act

    return arrive


def recorded(like: str, name: str, folder: Path, url: str | None, *acts: Callable[[Page], object]) -> Path:
    """Record a lesson like another one and return its file."""
    catalogue = bootstrap.scenarios()
    source = catalogue.ids()[like].read_text("utf-8")
    file = folder / f"{name}.yaml"
    file.write_text(recording(name, catalogue.get(like), source, url, person=acting(*acts), confirm=yes), "utf-8")
    return file


def yes(_step: Recorded, _check: str) -> bool:
    return True


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


def test_a_recording_of_somebody_elses_application_becomes_a_lesson_and_a_guide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAINER_SECRET_BUDGET_CODE", applications.CODE)
    with applications.budget(tmp_path) as url:
        file = recorded(
            "shared-bill",
            "recorded-bill",
            tmp_path,
            url,
            lambda page: page.get_by_role("link", name="Add a new bill").click(),
            lambda page: page.get_by_label("What?").fill("Tea"),
            lambda page: page.get_by_label("Who paid?").select_option("Kim"),
            lambda page: page.get_by_label("How much?").fill("8"),
            lambda page: page.get_by_role("button", name="Submit", exact=True).click(),
        )
        text = file.read_text("utf-8")
        assert '- click: "link \\"Add a new bill\\""' in text
        assert app.main(["verify", str(file), "--url", url, "--lang", "en"], standalone_mode=False) == 0, text
        guide = ["guide", str(file), "--url", url, "--lang", "en", "-o", str(tmp_path)]
        assert app.main(guide, standalone_mode=False) == 0
    assert (tmp_path / "recorded-bill.en.pdf").read_bytes().startswith(b"%PDF")
