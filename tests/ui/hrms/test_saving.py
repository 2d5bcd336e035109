"""Saving by hand: to the cloud from a chat, and on the own computer from a record; what is said, kept and lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.ui.hrms.people import Person, Sandbox, Server

pytestmark = pytest.mark.browser

RECORDS = """async () => new Promise((resolve) => {
  const request = indexedDB.open("hrms-records", 1);
  request.onsuccess = () => {
    const all = request.result.transaction("records").objectStore("records").getAll();
    all.onsuccess = () => resolve(all.result.length);
  };
})"""

FULL = "() => { IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"


@pytest.fixture
def cloud(server: Server) -> Sandbox:
    return server.sandbox("en", "cloud")


@pytest.fixture
def local(server: Server) -> Sandbox:
    return server.sandbox("en", "local")


def fill_in(person: Person) -> None:
    """Fill in what the interviewer has to note."""
    for rating in person.page.locator('select[data-testid^="record.rating["]').all():
        rating.select_option("4")
    person["record.remarks"].fill("Calm, to the point.")


def save(person: Person) -> None:
    person["record.save"].click()
    expect(person["record.mark"]).to_have_attribute("data-state", "saved")


def test_cloud_an_end_that_could_not_be_saved_ends_with_the_next_save(cloud: Sandbox, candidate: Person) -> None:
    candidate.start(cloud)
    candidate.answer(cloud, range(4))
    expect(candidate["chat.video"]).to_have_attribute("data-state", "recording")
    assert candidate.page.evaluate(RECORDS) == 1
    candidate.page.route("**/save", lambda route: route.abort())
    candidate["interview.end"].click()
    expect(candidate["chat.video"]).to_have_attribute("data-state", "stopped")
    candidate["dialog.confirm"].click()
    expect(candidate["record.refusal"]).to_contain_text("could not be saved")
    expect(candidate["record.mark"]).to_have_attribute("data-state", "unsaved")
    assert cloud.snapshot()["interview"]["status"] == "in_progress"
    candidate.page.unroute("**/save")
    candidate["record.save"].click()
    expect(candidate["done.message"]).to_have_attribute("data-state", "to_review")
    stored = cloud.snapshot()["interview"]
    assert (stored["status"], stored["saved"], stored["synced"]) == ("to_review", "saved", "done")
    assert candidate.page.evaluate(RECORDS) == 0
    candidate["record.quit"].click()
    expect(candidate["home.interview_status"]).to_have_attribute("data-state", "to_review")


def test_cloud_nothing_is_said_to_be_kept_where_the_device_takes_no_more(
    cloud: Sandbox, candidate: Person
) -> None:
    candidate.start(cloud)
    candidate["interview.answer"].fill("it takes this")
    expect(candidate["interview.saved_state"]).to_have_attribute("data-state", "local")
    candidate.page.evaluate(FULL)
    candidate["interview.answer"].fill("it takes this and no more")
    expect(candidate["interview.saved_state"]).to_have_attribute("data-state", "")
    expect(candidate["record.mark"]).to_have_attribute("data-state", "unsaved")


def test_cloud_a_record_left_on_the_device_is_found_and_saved(cloud: Sandbox, candidate: Person) -> None:
    candidate.start(cloud)
    candidate.answer(cloud, range(2))
    candidate["interview.answer"].fill("a third one, half")
    candidate["nav.home"].click()
    expect(candidate.page.locator(".note-warn")).to_be_visible()
    assert cloud.snapshot()["sitting"]["answers"] == []
    candidate["home.start"].click()
    expect(candidate["resume.device"]).to_contain_text("2")
    candidate["resume.save_device"].click()
    expect(candidate["interview.answer"]).to_have_value("a third one, half")
    expect(candidate["record.mark"]).to_have_attribute("data-state", "saved")
    assert [one["saved"] for one in cloud.snapshot()["sitting"]["answers"]] == ["saved"] * 2
    assert cloud.stored_draft() == "a third one, half"
    assert candidate.page.evaluate(RECORDS) == 0


def test_cloud_one_may_go_on_with_what_was_found_and_save_later(
    cloud: Sandbox, candidate: Person, somebody: Callable[[], Person]
) -> None:
    candidate.start(cloud)
    candidate.answer(cloud, range(1))
    candidate["nav.home"].click()
    elsewhere = somebody()
    elsewhere.open(cloud.link("candidate"))
    elsewhere["home.start"].click()
    expect(elsewhere["resume.message"]).to_contain_text("0")
    expect(elsewhere["resume.device"]).to_have_count(0)
    elsewhere.page.close()
    candidate["home.start"].click()
    candidate["resume.continue"].click()
    expect(candidate["interview.progress"]).to_have_text("2/4")
    expect(candidate["record.mark"]).to_have_attribute("data-state", "unsaved")
    save(candidate)
    assert len(cloud.snapshot()["sitting"]["answers"]) == 1


def test_cloud_signing_out_asks_before_it_erases_the_record(cloud: Sandbox, candidate: Person) -> None:
    candidate.start(cloud)
    candidate.answer(cloud, range(1))
    asked = []
    candidate.page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    candidate["nav.sign_out"].click()
    expect(candidate["interview.progress"]).to_have_text("2/4")
    assert "removes the unsaved record" in asked[0]
    candidate.page.once("dialog", lambda dialog: dialog.accept())
    candidate["nav.sign_out"].click()
    expect(candidate["refusal.message"]).to_be_visible()
    assert candidate.page.evaluate(RECORDS) == 0


def test_local_a_record_wants_ratings_and_remarks_and_keeps_them(local: Sandbox, candidate: Person) -> None:
    candidate.start(local)
    candidate.answer(local, range(1))
    candidate["record.save"].click()
    expect(candidate["record.refusal"]).to_contain_text("not filled in")
    fill_in(candidate)
    candidate.answer(local, range(1, 2))
    expect(candidate["record.remarks"]).to_have_value("Calm, to the point.")
    expect(candidate["record.expression"]).to_contain_text("Synthetic")
    expect(candidate["record.curve"].locator("circle")).to_have_count(2)
    save(candidate)
    expect(candidate["record.refusal"]).to_be_hidden()
    assert local.snapshot()["sitting"]["record"] == {"rated": 4, "remarks": "Calm, to the point."}


def test_local_closing_unsaved_says_what_is_lost_and_loses_it(local: Sandbox, candidate: Person) -> None:
    candidate.start(local)
    candidate.answer(local, range(1))
    fill_in(candidate)
    save(candidate)
    candidate.answer(local, range(1, 3))
    candidate["record.close"].click()
    expect(candidate["dialog.text"]).to_contain_text("lost")
    candidate["dialog.cancel"].click()
    expect(candidate["interview.progress"]).to_have_text("4/4")
    candidate["record.close"].click()
    candidate["dialog.confirm"].click()
    candidate["record.quit"].click()
    expect(candidate["home.interview_status"]).to_have_attribute("data-state", "in_progress")
    assert "record_lost" in local.events()
    candidate["home.start"].click()
    expect(candidate["resume.message"]).to_contain_text("1")
    candidate["resume.continue"].click()
    expect(candidate["interview.progress"]).to_have_text("2/4")
    expect(candidate["record.remarks"]).to_have_value("Calm, to the point.")


def hold_the_next_save(person: Person) -> Callable[[], None]:
    """Keep the next save from arriving until the function that is returned is called."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    def let_go() -> None:
        held[0].continue_()

    person.page.route("**/save", hold, times=1)
    return let_go


def test_cloud_ending_while_a_save_is_on_its_way_ends_after_it(cloud: Sandbox, candidate: Person) -> None:
    candidate.start(cloud)
    candidate.answer(cloud, range(4))
    let_go = hold_the_next_save(candidate)
    candidate["record.save"].click()
    expect(candidate["record.mark"]).to_have_attribute("data-state", "saving")
    candidate["interview.end"].click()
    candidate["dialog.confirm"].click()
    expect(candidate["dialog.text"]).to_have_count(0)
    let_go()
    expect(candidate["done.message"]).to_be_visible()
    assert cloud.snapshot()["interview"]["status"] == "to_review"


def test_local_closing_while_a_save_is_on_its_way_waits_for_it(local: Sandbox, candidate: Person) -> None:
    candidate.start(local)
    candidate.answer(local, range(4))
    fill_in(candidate)
    let_go = hold_the_next_save(candidate)
    candidate["record.save"].click()
    expect(candidate["record.mark"]).to_have_attribute("data-state", "saving")
    candidate["record.close"].click()
    let_go()
    expect(candidate["dialog.text"]).to_contain_text("Everything is saved.")
    candidate["dialog.confirm"].click()
    candidate["record.quit"].click()
    expect(candidate["home.interview_status"]).to_have_attribute("data-state", "to_review")
    assert "record_lost" not in local.events()


def test_local_a_backup_is_made_and_brought_back(local: Sandbox, candidate: Person) -> None:
    candidate.start(local)
    candidate.answer(local, range(4))
    fill_in(candidate)
    save(candidate)
    candidate["record.close"].click()
    candidate["dialog.confirm"].click()
    candidate["record.back_up"].click()
    expect(candidate["backups.result"]).to_contain_text("Backed up")
    assert local.snapshot()["interview"]["saved"] == "backed_up"
    candidate.page.locator('[data-testid^="backups.restore["]').click()
    candidate["dialog.confirm"].click()
    expect(candidate["home.interview_status"]).to_have_attribute("data-state", "to_review")
    assert local.events()[-1] == "backup_restored"


def test_the_older_tab_of_a_record_is_told_and_saves_nothing(local: Sandbox, candidate: Person) -> None:
    candidate.start(local)
    candidate.answer(local, range(1))
    second = candidate.page.context.new_page()
    second.goto(local.url("/candidate/interview"))
    expect(candidate["banner.second_tab"]).to_be_visible()
    expect(candidate["record.save"]).to_be_disabled()
    second.get_by_test_id("resume.continue").click()
    expect(second.get_by_test_id("interview.progress")).to_have_text("2/4")
    second.close()
    assert local.snapshot()["interview"]["saved"] == "unsaved"
