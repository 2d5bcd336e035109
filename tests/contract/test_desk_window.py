"""The coach's window beside an application: closed at the worst moment, with an offer of help, read aloud."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.builders import a_scenario, a_step
from trainer.adapters.in_memory import InMemoryControl, InMemoryObserver, InMemoryRuns, InMemoryScenarios
from trainer.adapters.playwright_desk import DeskWindow
from trainer.app.coach import Coach, Progress

VOICE = """lang => {
  window.spoken = [];
  const speech = {getVoices: () => [{lang, name: "a voice"}], cancel: () => {}, addEventListener: () => {},
    speak: one => spoken.push(`${one.lang} ${one.told}`)};
  Object.defineProperty(window, "speechSynthesis", {value: speech});
  window.SpeechSynthesisUtterance = function (told) { this.told = told; };
}"""


class Talking:
    """A browser with a voice in one language, and no other."""

    def __init__(self, browser: Browser, lang: str) -> None:
        self._browser = browser
        self._voice = f"({VOICE})('{lang}')"

    def new_context(self, **more: Any) -> BrowserContext:  # as Playwright has it
        context = self._browser.new_context(**more)
        context.add_init_script(self._voice)
        return context


@pytest.fixture
def coach() -> Coach:
    control = InMemoryControl()
    return Coach(
        scenarios=InMemoryScenarios(a_scenario(a_step(hints=("Look at the top.", "It is on the right.")))),
        runs=InMemoryRuns(),
        control=control,
        observer=InMemoryObserver(control),
        clock=lambda: datetime(2026, 3, 2, 9, tzinfo=UTC),
        new_id=lambda: "r1",
        translate=lambda _lang: str,
    )


def begun(coach: Coach, mode: str) -> Progress:
    return coach.progress(coach.begin("lesson-web", mode=mode, lang="en", owner="me").id)


@pytest.mark.browser
def test_a_window_that_is_closed_while_it_is_written_to_asks_to_leave(
    browser: Browser, coach: Coach, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress = begun(coach, "exam")
    desk = DeskWindow(browser, "A lesson", "en", progress)
    tell = desk.page.evaluate

    def close_first(*told: Any) -> Any:  # as Playwright has it
        desk.page.close()
        return tell(*told)

    desk.show(progress)
    monkeypatch.setattr(desk.page, "evaluate", close_first)
    desk.show(progress)
    assert desk.asked() == "leave"


@pytest.mark.browser
def test_hints_are_read_aloud_when_that_is_asked_for(browser: Browser, coach: Coach) -> None:
    progress = begun(coach, "practice")
    desk = DeskWindow(cast("Browser", Talking(browser, "en-GB")), "A lesson", "en", progress)
    desk.show(progress)
    toggle, hints = desk.page.locator("#aloud"), []

    def help_me() -> None:
        helping = coach.help("r1")
        assert helping is not None
        hints.append(helping.text)
        desk.hint(helping)
        desk.show(coach.progress("r1"))

    help_me()
    expect(toggle).to_have_text("Read hints aloud")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    assert desk.page.evaluate("spoken") == []
    toggle.click()
    help_me()
    desk.page.wait_for_function("spoken.length === 2")
    assert desk.page.evaluate("spoken") == [f"en {hint}" for hint in hints]
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "false")
    help_me()
    expect(desk.page.locator("#hints li")).to_have_count(3)
    assert len(desk.page.evaluate("spoken")) == 2
    desk.page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize(("mode", "voice"), [("practice", "fr"), ("exam", "en")])
def test_nothing_is_read_aloud_without_a_voice_of_the_language_or_without_hints(
    mode: str, voice: str, browser: Browser, coach: Coach
) -> None:
    desk = DeskWindow(cast("Browser", Talking(browser, voice)), "A lesson", "en", begun(coach, mode))
    expect(desk.page.locator("#aloud")).to_be_hidden()
    desk.page.context.close()


@pytest.mark.browser
def test_who_does_not_get_on_is_told_where_help_is(browser: Browser, coach: Coach) -> None:
    progress = begun(coach, "practice")
    desk = DeskWindow(browser, "A lesson", "en", progress)
    desk.show(progress)
    desk.offer()
    desk.show(progress)
    button = desk.page.locator("#help").inner_text()
    expect(desk.page.locator("#said")).to_have_text(f"Take your time. If you would like a hint, press “{button}”.")
    desk.page.context.close()
