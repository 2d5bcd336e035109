"""The coach's window beside an application, when the person closes it at the worst moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.builders import a_scenario
from trainer.adapters.in_memory import InMemoryControl, InMemoryObserver, InMemoryRuns, InMemoryScenarios
from trainer.adapters.playwright_desk import DeskWindow
from trainer.app.coach import Coach


@pytest.mark.browser
def test_a_window_that_is_closed_while_it_is_written_to_asks_to_leave(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    control = InMemoryControl()
    coach = Coach(
        scenarios=InMemoryScenarios(a_scenario()),
        runs=InMemoryRuns(),
        control=control,
        observer=InMemoryObserver(control),
        clock=lambda: datetime(2026, 3, 2, 9, tzinfo=UTC),
        new_id=lambda: "r1",
        translate=lambda _lang: str,
    )
    progress = coach.progress(coach.begin("lesson-web", mode="exam", lang="en", owner="me").id)
    desk = DeskWindow(browser, "A lesson", "en", progress)
    tell = desk.page.evaluate

    def close_first(*told: Any) -> Any:  # as Playwright has it
        desk.page.close()
        return tell(*told)

    desk.show(progress)
    monkeypatch.setattr(desk.page, "evaluate", close_first)
    desk.show(progress)
    assert desk.asked() == "leave"
