"""Faults in the interview room, in a real browser: what is shown, what is kept, and what cures each."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.ui.hrms.people import Person, Sandbox, Server, Wait

BEFORE, MEANWHILE = "Typed before it happened. ", "Typed while it lasted."
MARK = "window.sameDocument"
LISTEN = """() => {
  const state = document.querySelector('[data-testid="interview.saved_state"]');
  window.said = [];
  new MutationObserver(() => said.push(state.dataset.state)).observe(state, { attributeFilter: ["data-state"] });
}"""


def inject(sandbox: Sandbox, fault: str, seconds: float | None = None) -> None:
    order = {"fault": fault, "seconds": seconds}
    sandbox.server.control.post(f"/sandboxes/{sandbox.id}/faults", json=order).raise_for_status()


def clear(sandbox: Sandbox, fault: str) -> None:
    sandbox.server.control.delete(f"/sandboxes/{sandbox.id}/faults/{fault}").raise_for_status()


def active(sandbox: Sandbox) -> list[str]:
    found = sandbox.server.control.get(f"/sandboxes/{sandbox.id}/faults").raise_for_status().json()
    return [one["fault"] for one in found]


def keep_on(person: Person, text: str) -> None:
    """Type at the end of what is there, key by key."""
    person["interview.answer"].press("Control+End")
    person.page.keyboard.type(text)


def state(person: Person, wanted: str) -> None:
    expect(person["interview.saved_state"]).to_have_attribute("data-state", wanted)


@pytest.mark.parametrize("seconds", [1, pytest.param(12, marks=pytest.mark.proof)])
def test_a_cut_network_keeps_the_page_and_what_is_typed(
    candidate: Person, sandbox: Sandbox, until: Wait, seconds: float
) -> None:
    candidate.start(sandbox)
    candidate.type(BEFORE)
    candidate.page.evaluate(f"{MARK} = true")
    inject(sandbox, "disconnected", seconds)
    expect(candidate["banner.offline"]).to_be_visible()
    expect(candidate.page.locator("#popup")).to_be_hidden()
    keep_on(candidate, MEANWHILE)
    expect(candidate["banner.offline"]).to_be_hidden(timeout=(seconds + 8) * 1000)
    assert active(sandbox) == []
    healed = time.monotonic()
    state(candidate, "saved")
    until(lambda: sandbox.stored_draft() == BEFORE + MEANWHILE, "the whole draft is stored")
    assert time.monotonic() - healed < 5
    assert candidate.page.evaluate(MARK) is True
    candidate["interview.submit"].click()
    expect(candidate["interview.progress"]).to_have_text("2/4")


def test_loading_anew_without_network_shows_a_page_that_comes_back(candidate: Person, sandbox: Sandbox) -> None:
    candidate.start(sandbox)
    candidate.type(BEFORE)
    inject(sandbox, "disconnected")
    expect(candidate["banner.offline"]).to_be_visible()
    candidate.page.reload()
    expect(candidate["banner.disconnected"]).to_be_visible()
    clear(sandbox, "disconnected")
    candidate["resume.continue"].click()
    expect(candidate["interview.answer"]).to_have_value(BEFORE)


def test_a_frozen_page_takes_nothing_until_it_is_loaded_anew(candidate: Person, sandbox: Sandbox) -> None:
    candidate.start(sandbox)
    candidate.type(BEFORE)
    inject(sandbox, "frozen")
    expect(candidate["banner.frozen"]).to_be_visible()
    candidate["interview.submit"].click()
    keep_on(candidate, MEANWHILE)
    candidate.page.evaluate("document.querySelector('[data-testid=\"interview.submit\"]').click()")
    expect(candidate["interview.answer"]).to_have_value(BEFORE)
    expect(candidate["interview.progress"]).to_have_text("1/4")
    candidate["interview.answer"].press("Tab")
    expect(candidate["interview.answer"]).not_to_be_focused()
    candidate["interview.answer"].press("Control+A")
    assert candidate.page.evaluate("document.activeElement.selectionEnd") == len(BEFORE)
    candidate.page.reload()
    expect(candidate["interview.answer"]).to_have_value(BEFORE)
    expect(candidate["banner.frozen"]).to_be_hidden()
    assert active(sandbox) == []
    keep_on(candidate, MEANWHILE)
    candidate["interview.submit"].click()
    expect(candidate["interview.progress"]).to_have_text("2/4")
    assert sandbox.snapshot()["sitting"]["answers"][0]["text"] == BEFORE + MEANWHILE


def test_a_frozen_page_thaws_when_its_time_is_over_and_others_are_spared(
    candidate: Person, sandbox: Sandbox, somebody: Callable[[], Person]
) -> None:
    candidate.start(sandbox)
    inject(sandbox, "frozen", 3)
    expect(candidate["banner.frozen"]).to_be_visible()
    hr = somebody()
    hr.open(sandbox.link("hr"))
    expect(hr["banner.frozen"]).to_be_hidden()
    expect(candidate["banner.frozen"]).to_be_hidden()
    candidate.type(MEANWHILE)


def test_a_locked_database_is_told_and_nothing_is_called_saved_before_it_is(
    candidate: Person, sandbox: Sandbox
) -> None:
    candidate.start(sandbox)
    candidate.type(BEFORE)
    inject(sandbox, "db_locked")
    candidate.page.evaluate(LISTEN)
    keep_on(candidate, MEANWHILE)
    expect(candidate["banner.db_locked"]).to_be_visible()
    state(candidate, "local")
    candidate["interview.submit"].click()
    expect(candidate["interview.answer"]).to_be_editable()
    expect(candidate["interview.progress"]).to_have_text("1/4")
    assert sandbox.stored_draft() == BEFORE
    assert set(candidate.page.evaluate("said")) == {"saving", "local"}
    clear(sandbox, "db_locked")
    expect(candidate["banner.db_locked"]).to_be_hidden()
    state(candidate, "saved")
    assert sandbox.stored_draft() == BEFORE + MEANWHILE


def test_a_full_disk_is_cured_by_cleaning_up(candidate: Person, sandbox: Sandbox, until: Wait) -> None:
    candidate.start(sandbox)
    candidate.type(BEFORE)
    inject(sandbox, "disk_full")
    keep_on(candidate, MEANWHILE)
    expect(candidate["banner.disk_full"]).to_contain_text("磁盘空间不足")
    state(candidate, "local")
    candidate["free.space"].click()
    expect(candidate["banner.disk_full"]).to_be_hidden()
    state(candidate, "saved")
    until(lambda: sandbox.stored_draft() == BEFORE + MEANWHILE, "the whole draft is stored")
    assert active(sandbox) == []
    candidate["interview.submit"].click()
    expect(candidate["interview.progress"]).to_have_text("2/4")


@pytest.mark.parametrize("cure", ["sync.finish", "task.end"])
def test_an_exit_is_blocked_until_the_background_sync_is_dealt_with(
    candidate: Person, sandbox: Sandbox, cure: str
) -> None:
    candidate.start(sandbox)
    candidate.answer(sandbox, range(4))
    inject(sandbox, "blocked_close")
    candidate["interview.end"].click()
    candidate["dialog.confirm"].click()
    expect(candidate["banner.close_blocked"]).to_contain_text("无法关闭")
    assert sandbox.snapshot()["interview"]["status"] == "in_progress"
    candidate[cure].click()
    expect(candidate["banner.close_blocked"]).to_be_hidden()
    candidate.end("to_review")


def test_a_missing_cloud_is_told_on_every_page(candidate: Person, sandbox: Sandbox) -> None:
    candidate.open(sandbox.link("candidate"))
    expect(candidate["banner.cloud"]).to_be_hidden()
    inject(sandbox, "offline")
    expect(candidate["banner.cloud"]).to_be_visible()
    candidate.page.reload()
    expect(candidate["banner.cloud"]).to_be_visible()
    clear(sandbox, "offline")
    expect(candidate["banner.cloud"]).to_be_hidden()


def test_a_slow_system_answers_late(candidate: Person, sandbox: Sandbox) -> None:
    candidate.start(sandbox)
    candidate.type(BEFORE)
    inject(sandbox, "slow")
    pressed = time.monotonic()
    candidate["interview.submit"].click()
    expect(candidate["interview.progress"]).to_have_text("2/4")
    assert time.monotonic() - pressed >= 1.5


@pytest.mark.parametrize("profile", ["local", "cloud"])
def test_a_record_that_finds_no_room_is_saved_after_cleaning_up(
    candidate: Person, server: Server, profile: str
) -> None:
    sandbox = server.sandbox("zh_CN", profile)
    candidate.start(sandbox)
    candidate["interview.answer"].fill(BEFORE)
    candidate["interview.submit"].click()
    expect(candidate["interview.progress"]).to_have_text("2/4")
    for rating in candidate.page.locator('select[data-testid^="record.rating["]').all():
        rating.select_option("4")
    if profile == "local":
        candidate["record.remarks"].fill("Calm.")
    inject(sandbox, "disk_full")
    candidate["record.save"].click()
    expect(candidate["banner.disk_full"]).to_contain_text("磁盘空间不足")
    expect(candidate["record.mark"]).to_have_attribute("data-state", "unsaved")
    candidate["free.space"].click()
    expect(candidate["banner.disk_full"]).to_be_hidden()
    candidate["record.save"].click()
    expect(candidate["record.mark"]).to_have_attribute("data-state", "saved")
    assert [one["saved"] for one in sandbox.snapshot()["sitting"]["answers"]] == ["saved"]
