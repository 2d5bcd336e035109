"""HR sees what travels between the sides, tries it again, mends differences, and goes back to a backup."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.ui.hrms.people import Person, Sandbox, Server

pytestmark = pytest.mark.browser

KEY = "i1/1/result"


def page_of(person: Person, sandbox: Sandbox, role: str, name: str) -> None:
    person.open(sandbox.link(role))
    person.open(sandbox.url(f"/{role}/{name}"))


def fault(sandbox: Sandbox, name: str) -> None:
    answer = sandbox.server.control.post(f"/sandboxes/{sandbox.id}/faults", json={"fault": name})
    answer.raise_for_status()


def test_a_result_that_did_not_arrive_is_seen_and_synced_again(
    server: Server, candidate: Person, somebody: Callable[[], Person]
) -> None:
    sandbox = server.sandbox("en")
    hr = somebody()
    page_of(hr, sandbox, "hr", "sync")
    expect(hr["sync.empty"]).to_be_visible()
    expect(hr["sync.resync_all"]).to_be_disabled()
    candidate.start(sandbox)
    candidate.answer(sandbox, range(4))
    fault(sandbox, "stuck_sync")
    candidate.end("to_review")
    expect(hr[f"sync.row[{KEY}].status"]).to_have_attribute("data-state", "pending")
    expect(hr[f"sync.row[{KEY}]"]).to_contain_text("the transfer hangs")
    hr["sync.filter_status"].click()
    hr["sync.filter_status.option[failed]"].click()
    expect(hr["sync.empty"]).to_be_visible()
    hr["sync.filter_status"].click()
    hr["sync.filter_status.option[all]"].click()
    hr[f"sync.resync[{KEY}]"].click()
    expect(hr["sync.result"]).to_have_text("1 of 1 arrived.")
    expect(hr[f"sync.row[{KEY}].status"]).to_have_attribute("data-state", "done")
    expect(hr["sync.resync_all"]).to_be_disabled()
    assert sandbox.snapshot()["interview"]["synced"] == "done"


def test_a_difference_is_shown_in_words_and_mended_by_a_click(
    server: Server, candidate: Person, somebody: Callable[[], Person]
) -> None:
    sandbox = server.sandbox("en", "integrated")
    hr = somebody()
    page_of(hr, sandbox, "hr", "check")
    expect(hr["check.empty"]).to_be_visible()
    candidate.start(sandbox)
    candidate.answer(sandbox, range(1))
    candidate.end("incomplete")
    row = hr["check.row[unfinished_in_org/i1]"]
    expect(row).to_contain_text("the org chart still shows it in progress")
    hr["check.mend[unfinished_in_org/i1]"].click()
    expect(hr["check.empty"]).to_be_visible()
    expect(hr["check.result"]).to_have_text("1 of 1 put right.")
    assert sandbox.snapshot()["check"]["differences"] == []
    assert "difference_mended" in sandbox.events()


def test_a_line_stays_while_another_one_goes(server: Server, somebody: Callable[[], Person]) -> None:
    sandbox = server.sandbox("en", "integrated", "false_two_of_two")
    hr = somebody()
    page_of(hr, sandbox, "hr", "check")
    button = hr["check.mend[closed_too_early/p1]"].element_handle()
    hr["check.mend[counted_unfinished/i1]"].click()
    expect(hr["check.row[counted_unfinished/i1]"]).to_have_count(0)
    button.click()
    expect(hr["check.empty"]).to_be_visible()


def test_an_administrator_backs_up_and_goes_back_after_a_question(
    sandbox: Sandbox, candidate: Person, somebody: Callable[[], Person]
) -> None:
    admin = somebody()
    page_of(admin, sandbox, "admin", "backups")
    expect(admin["backups.empty"]).to_be_visible()
    admin["backups.make"].click()
    rows = admin.page.locator('[data-testid^="backups.row["]')
    expect(rows).to_have_count(1)
    name = rows.locator("td").first.inner_text()
    expect(admin["backups.result"]).to_have_text(f"已备份：{name}")
    candidate.start(sandbox)
    assert sandbox.snapshot()["interview"]["status"] == "in_progress"
    restore = admin.page.locator('[data-testid^="backups.restore["]')
    restore.click()
    admin["dialog.cancel"].click()
    assert sandbox.snapshot()["interview"]["status"] == "in_progress"
    expect(admin["dialog.text"]).to_have_count(0)
    restore.click()
    admin["dialog.confirm"].click()
    expect(admin["backups.result"]).to_have_text(f"已恢复：{name}")
    assert sandbox.snapshot()["interview"]["status"] == "invited"
    assert sandbox.events()[-1] == "backup_restored"


def test_somebody_who_only_looks_finds_no_button(sandbox: Sandbox, somebody: Callable[[], Person]) -> None:
    reader = somebody()
    reader.open(sandbox.link("hr", read_only=True))
    for name, button in (("sync", "sync.resync_all"), ("check", "check.mend_all"), ("backups", "backups.make")):
        reader.open(sandbox.url(f"/hr/{name}"))
        expect(reader[button]).to_be_disabled()
