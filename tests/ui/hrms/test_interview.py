"""The candidate's way through an interview, and every way out of it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Error, expect

from tests.ui.hrms.people import Person, Sandbox

pytestmark = pytest.mark.browser


def test_a_finished_interview_is_stored_and_seen_by_hr(
    sandbox: Sandbox, candidate: Person, somebody: Callable[[], Person]
) -> None:
    candidate.start(sandbox)
    expect(candidate["interview.end"]).to_have_text("结束面试")
    candidate.answer(sandbox, range(4))
    assert sandbox.snapshot()["interview"]["status"] == "in_progress"
    candidate.end("to_review")
    expect(candidate["home.interview_status"]).to_have_text("待评估")
    expect(candidate["done.message"]).to_be_visible()
    stored = sandbox.snapshot()
    assert stored["interview"] | {"status": "to_review", "saved": "saved", "synced": "done"} == stored["interview"]
    assert [one["saved"] for one in stored["sitting"]["answers"]] == ["saved"] * 4
    assert stored["score"]["status"] == "scored"

    hr = somebody()
    hr.open(sandbox.link("hr"))
    row = f"candidates.row[{sandbox.candidate}]"
    expect(hr[f"{row}.status"]).to_have_attribute("data-state", "to_review")
    hr[f"{row}.open"].click()
    hr["file.open_review"].click()
    expect(hr["review.score"]).to_have_attribute("data-state", "scored")
    expect(hr[f"review.answer[{sandbox.questions[0]['id']}]"].locator("mark").first).to_be_visible()
    expect(hr["review.evidence[communication]"].locator("blockquote").first).to_be_visible()


def test_cancelling_the_question_before_the_end_changes_nothing(sandbox: Sandbox, candidate: Person) -> None:
    candidate.start(sandbox)
    candidate.type("half a thought")
    candidate["interview.end"].click()
    expect(candidate["dialog.text"]).to_contain_text("4")
    candidate["dialog.cancel"].click()
    expect(candidate["dialog.text"]).to_have_count(0)
    expect(candidate["interview.answer"]).to_have_value("half a thought")
    assert sandbox.snapshot()["interview"]["status"] == "in_progress"


def test_ending_early_is_incomplete_and_keeps_what_was_submitted(sandbox: Sandbox, candidate: Person) -> None:
    candidate.start(sandbox)
    candidate.answer(sandbox, range(2))
    candidate["interview.end"].click()
    expect(candidate["dialog.text"]).to_contain_text("2")
    candidate["dialog.confirm"].click()
    expect(candidate["home.interview_status"]).to_have_attribute("data-state", "incomplete")
    expect(candidate["home.interview_status"]).to_have_text("未完成")
    stored = sandbox.snapshot()
    assert stored["interview"]["synced"] == "not_due"
    assert [bool(one["text"]) for one in stored["sitting"]["answers"]].count(True) == 2
    assert stored["score"]["status"] is None


def test_an_empty_answer_is_refused_and_typing_goes_on(sandbox: Sandbox, candidate: Person) -> None:
    candidate.start(sandbox)
    candidate["interview.submit"].click()
    expect(candidate.page.locator(".q-notification")).to_be_visible()
    candidate["interview.submit"].click()
    expect(candidate.page.locator(".q-notification")).to_have_count(1)
    expect(candidate["interview.answer"]).to_be_editable()
    candidate.type("now there is something")
    candidate["interview.end"].evaluate("button => button.dataset.known = 'yes'")
    candidate["interview.submit"].click()
    expect(candidate["interview.progress"]).to_have_text("2/4")
    expect(candidate.page.locator(".q-notification")).to_have_count(0, timeout=3000)  # sooner than by itself
    expect(candidate["interview.end"]).to_have_attribute("data-known", "yes")  # only what changes is drawn anew


def test_saved_progress_brings_the_open_draft_back(
    sandbox: Sandbox, candidate: Person, somebody: Callable[[], Person]
) -> None:
    candidate.start(sandbox)
    candidate.answer(sandbox, range(1))
    candidate["interview.answer"].fill("the beginning of my second answer")
    candidate["interview.save_progress"].click()
    expect(candidate["done.message"]).to_be_visible()
    assert sandbox.snapshot()["sitting"]["status"] == "paused"
    candidate["done.back"].click()
    expect(candidate["home.interview_status"]).to_have_attribute("data-state", "in_progress")
    elsewhere = somebody()
    elsewhere.open(sandbox.link("candidate"))
    elsewhere["home.start"].click()
    elsewhere["resume.continue"].click()
    expect(elsewhere["interview.progress"]).to_have_text("2/4")
    expect(elsewhere["interview.answer"]).to_have_value("the beginning of my second answer")


def test_discarding_starts_a_new_sitting_and_keeps_the_old_one_for_the_audit(
    sandbox: Sandbox, candidate: Person
) -> None:
    candidate.start(sandbox)
    candidate.answer(sandbox, range(1))
    candidate["interview.answer"].fill("never to be seen again")
    candidate["interview.save_progress"].click()
    candidate["done.back"].click()
    candidate["home.start"].click()
    candidate["resume.discard"].click()
    candidate["dialog.confirm"].click()
    expect(candidate["device.skip"]).to_be_visible()
    candidate["device.skip"].click()
    expect(candidate["interview.progress"]).to_have_text("1/4")
    expect(candidate["interview.answer"]).to_have_value("")
    assert [one["status"] for one in sandbox.snapshot()["sittings"]] == ["abandoned", "open"]


def test_declining_the_notice_keeps_the_invitation(sandbox: Sandbox, candidate: Person) -> None:
    candidate.open(sandbox.link("candidate"))
    candidate["home.start"].click()
    expect(candidate["consent.begin"]).to_be_disabled()
    candidate["consent.decline"].click()
    expect(candidate["done.message"]).to_be_visible()
    candidate["done.back"].click()
    expect(candidate["home.interview_status"]).to_have_attribute("data-state", "invited")
    assert sandbox.events()[-1] == "consent_declined"


def test_the_device_check_really_tries(sandbox: Sandbox, candidate: Person) -> None:
    candidate.open(sandbox.link("candidate"))
    candidate["home.start"].click()
    candidate["consent.agree"].check()
    candidate["consent.begin"].click()
    expect(candidate["device.continue"]).to_be_disabled()
    candidate["device.check"].click()
    expect(candidate["device.result"].locator(".chip-good")).to_have_count(3)
    expect(candidate["device.result"]).to_contain_text("1280 × 800")
    candidate["device.continue"].click()
    expect(candidate["interview.answer"]).to_be_editable()
    assert sandbox.snapshot()["sitting"]["device_check"] == "done"


def test_the_timer_counts_down_and_says_when_time_is_over(sandbox: Sandbox, candidate: Person) -> None:
    candidate.start(sandbox)
    expect(candidate["interview.timer"]).to_have_text("3:30")
    expect(candidate["interview.timer"]).to_have_text("3:29")
    sandbox.server.control.post(f"/sandboxes/{sandbox.id}/clock", json={"advance": 3600}).raise_for_status()
    candidate.page.reload()
    expect(candidate["interview.timer"]).to_have_text("0:00")
    candidate.answer(sandbox, range(1))
    assert sandbox.snapshot()["sitting"]["answers"][0]["saved"] == "saved"


def test_a_read_only_look_shows_the_room_and_leaves_no_trace(
    sandbox: Sandbox, candidate: Person, somebody: Callable[[], Person]
) -> None:
    candidate.start(sandbox)
    candidate.type("my words")
    before = sandbox.snapshot()
    looker = somebody()
    looker.open(sandbox.link("candidate", read_only=True))
    looker["home.start"].click()
    expect(looker["resume.continue"]).to_be_disabled()
    expect(looker["banner.read_only"]).to_be_visible()
    after = sandbox.snapshot()
    assert (after["revision"], after["audit"]) == (before["revision"], before["audit"])
    candidate["interview.answer"].press_sequentially(" and more")
    expect(candidate["interview.saved_state"]).to_have_attribute("data-state", "saved")
    expect(candidate["banner.second_tab"]).to_be_hidden()


def test_a_page_that_dies_loses_nothing(sandbox: Sandbox, candidate: Person) -> None:
    candidate.start(sandbox)
    candidate.type("typed before the crash of the browser tab")
    with pytest.raises(Error):
        candidate.page.goto("chrome://crash")
    page = candidate.page.context.new_page()
    page.goto(sandbox.url("/candidate/interview"))
    page.get_by_test_id("resume.continue").click()
    expect(page.get_by_test_id("interview.answer")).to_have_value("typed before the crash of the browser tab")
