"""HR decides, places and changes the organisation; a department head reads; the tree obeys the keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.ui.hrms.people import Person, Sandbox, Server

pytestmark = pytest.mark.browser


@pytest.fixture
def sandbox(server: Server) -> Sandbox:
    """The system with an org chart, in which the second candidate has finished."""
    return server.sandbox(profile="integrated")


@pytest.fixture
def hr(sandbox: Sandbox, somebody: Callable[[], Person]) -> Person:
    person = somebody()
    person.open(sandbox.link("hr"))
    return person


def test_a_pass_with_a_reason_is_counted_in_the_org_chart(
    hr: Person, sandbox: Sandbox, somebody: Callable[[], Person]
) -> None:
    hr.open(sandbox.url("/hr/interviews/i2"))
    hr["decision.pass"].click()
    expect(hr.page.get_by_role("alert").filter(has_text="500")).to_be_visible()
    expect(hr["decision.state"]).to_have_attribute("data-state", "to_review")
    hr["decision.reason"].fill("回答具体。<b>不错</b>")
    hr["decision.pass"].click()
    expect(hr["decision.state"]).to_have_attribute("data-state", "passed")
    expect(hr["decision.reason_shown"]).to_have_text("回答具体。<b>不错</b>")
    hr["nav.org"].click()
    hr["org.department[d1]"].click()
    expect(hr["org.post[p1].placed"]).to_have_text("1/2")
    hr["org.post[p1]"].click()
    hr["org.onboard[c2]"].click()
    expect(hr["org.post[p1].in_post"]).to_have_text("9/10")
    expect(hr["org.post[p1].to_onboard"]).to_have_text("0")
    assert sandbox.snapshot()["requisition"]["in_post"] == 9
    head = somebody()
    head.open(sandbox.link("head"))
    head["head.row[c2].report"].click()
    expect(head["review.score"]).to_have_attribute("data-state", "scored")
    assert head["decision.pass"].count() == 0


def test_a_decision_is_corrected_and_the_old_one_stays(hr: Person, sandbox: Sandbox) -> None:
    hr.open(sandbox.url("/hr/interviews/i14"))
    hr["decision.reason"].fill("Good.")
    hr["decision.pass"].click()
    hr["decision.correct"].click()
    hr["decision.reason"].fill("Appeal.")
    hr["decision.reopen"].click()
    expect(hr["decision.state"]).to_have_attribute("data-state", "to_review")
    expect(hr["decision.history"].locator("li")).to_have_count(2)
    expect(hr["decision.room"]).to_have_attribute("data-state", "1")


def test_an_edit_says_what_changed_and_can_be_taken_back(hr: Person, sandbox: Sandbox) -> None:
    hr.open(sandbox.url("/hr/org"))
    hr["org.department[d1]"].click()
    hr["org.post[p1]"].click()
    hr["org.post[p1].headcount"].fill("12")
    hr["org.post[p1].save"].click()
    expect(hr["org.changed"]).to_contain_text("12")
    expect(hr["org.post[p1].in_post"]).to_have_text("8/12")
    hr["org.undo"].click()
    expect(hr["org.post[p1].in_post"]).to_have_text("8/10")


def test_a_changed_priority_is_shown_at_once(hr: Person, sandbox: Sandbox) -> None:
    hr.open(sandbox.url("/hr/org"))
    hr["org.department[d1]"].click()
    hr["org.post[p1]"].click()
    shown = hr["org.post[p1].priority_shown"]
    expect(shown).to_have_attribute("data-state", "2")
    hr["org.post[p1].priority"].click()
    hr["org.post[p1].priority.option[1]"].click()
    hr["org.post[p1].save"].click()
    expect(shown).to_have_attribute("data-state", "1")
    expect(shown).to_have_text("优先级 1")


def test_the_tree_obeys_the_keyboard_and_the_search(hr: Person, sandbox: Sandbox) -> None:
    hr.open(sandbox.url("/hr/org"))
    hr["org.department[d1]"].focus()
    hr.page.keyboard.press("ArrowRight")
    expect(hr["org.post[p1]"]).to_be_visible()
    hr.page.keyboard.press("ArrowDown")
    expect(hr["org.post[p1]"]).to_be_focused()
    hr.page.keyboard.press("ArrowLeft")
    expect(hr["org.department[d1]"]).to_be_focused()
    hr.page.keyboard.press("ArrowLeft")
    expect(hr["org.post[p1]"]).to_be_hidden()
    hr["org.search"].fill("客服")
    expect(hr["org.post[p3]"]).to_be_visible()
    expect(hr["org.department[d1]"]).to_have_count(0)
    hr["org.search"].fill("nobody")
    expect(hr["org.empty"]).to_be_visible()


def test_a_requisition_is_closed_and_opened_again(hr: Person, sandbox: Sandbox) -> None:
    row = "requisitions.row[p1]"
    hr.open(sandbox.url("/hr/requisitions"))
    hr[f"{row}.change"].click()
    hr[f"{row}.close"].click()
    expect(hr[f"{row}.status"]).to_have_attribute("data-state", "closed")
    closed = hr.page.context.new_page()
    closed.goto(sandbox.url("/hr/candidates/c9"))
    expect(closed.get_by_test_id("file.closed")).to_be_visible()
    hr[f"{row}.change"].click()
    hr[f"{row}.openings_field"].fill("1")
    hr[f"{row}.reopen"].click()
    expect(hr[f"{row}.openings"]).to_have_text("1")
    expect(hr[f"{row}.status"]).to_have_attribute("data-state", "open")


def test_a_department_and_a_post_are_added(hr: Person, sandbox: Sandbox) -> None:
    hr.open(sandbox.url("/hr/org"))
    hr["org.new_department_open"].click()
    hr["org.new_department"].fill("研发部")
    hr["org.add_department"].click()
    expect(hr["org.changed"]).to_contain_text("研发部")
    added = next(one["id"] for one in sandbox.snapshot()["org"]["departments"] if one["name"] == "研发部")
    name = f"org.department[{added}]"
    hr[name].click()
    hr[f"{name}.new_post_open"].click()
    hr[f"{name}.new_post"].fill("工程师")
    hr[f"{name}.new_headcount"].fill("3")
    hr[f"{name}.new_family"].click()
    hr[f"{name}.new_family.option[engineering]"].click()
    hr[f"{name}.add_post"].click()
    expect(hr[f"{name}.in_post"]).to_have_text("0/3")
    assert sandbox.snapshot()["org"]["posts"][-1]["family"] == "engineering"


def test_a_head_reads_the_org_chart_and_changes_nothing(sandbox: Sandbox, somebody: Callable[[], Person]) -> None:
    head = somebody()
    head.open(sandbox.link("head"))
    head["nav.org"].click()
    head["org.department[d1]"].click()
    head["org.post[p1]"].click()
    expect(head["org.case[i2].status"]).to_have_attribute("data-state", "to_review")
    for name in ("org.post[p1].save", "org.new_department_open", "org.department[d1].new_post_open"):
        assert head[name].count() == 0


def test_an_address_opens_the_chart_at_a_post(hr: Person, sandbox: Sandbox) -> None:
    hr.open(sandbox.url("/hr/org?post=p1"))
    expect(hr["org.post[p1]"]).to_have_attribute("aria-expanded", "true")
    expect(hr["org.case[i2].status"]).to_have_attribute("data-state", "to_review")
    hr.open(sandbox.url("/hr/org?post=nobody"))
    expect(hr["org.department[d1]"]).to_have_attribute("aria-expanded", "false")
