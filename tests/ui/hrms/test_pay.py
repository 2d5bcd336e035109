"""Pay, grade tables, prices, forecast and messages as HR meets them in a browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.ui.accessible import violations
from tests.ui.hrms.people import Person, Sandbox, Server

pytestmark = pytest.mark.browser


@pytest.fixture
def hr(sandbox: Sandbox, somebody: Callable[[], Person]) -> Person:
    return sign_in(somebody(), sandbox)


def sign_in(person: Person, sandbox: Sandbox) -> Person:
    person.open(sandbox.link("hr"))
    return person


def passes(hr: Person, sandbox: Sandbox, interview: str) -> None:
    hr.open(sandbox.url(f"/hr/interviews/{interview}"))
    hr["decision.reason"].fill("clear answers")
    hr["decision.pass"].click()
    expect(hr["review.status"]).to_have_attribute("data-state", "passed")


def test_a_record_typed_a_grade_too_low_is_shown_and_corrected(hr: Person, sandbox: Sandbox) -> None:
    passes(hr, sandbox, "i2")
    hr.open(sandbox.url("/hr/candidates/c2"))
    expect(hr["pay.status"]).to_have_attribute("data-state", "proposed")
    hr["pay.offer_pay"].fill("8000")
    hr["pay.offer"].click()
    expect(hr["pay.status"]).to_have_attribute("data-state", "offered")
    hr["pay.accept"].click()
    expect(hr["pay.status"]).to_have_attribute("data-state", "accepted")
    hr["decision.place"].click()
    hr["pay.record"].click()
    expect(hr["pay.status"]).to_have_attribute("data-state", "accepted")
    hr["pay.record_grade"].click()
    hr["pay.record_grade.option[1]"].click()
    hr["pay.record_pay"].fill("6000")
    assert violations(hr.page) == []
    hr["pay.record"].click()
    expect(hr["pay.difference"]).to_contain_text("2,000")
    assert violations(hr.page) == []
    hr.open(sandbox.url("/hr/payroll"))
    expect(hr["payroll.row[c2].short"]).to_be_visible()
    hr["payroll.row[c2].open"].click()
    hr["pay.correct"].click()
    expect(hr["pay.difference"]).to_have_count(0)
    expect(hr["pay.start_pay"]).to_have_text("¥8,000")
    expect(hr["pay.status"]).to_have_attribute("data-state", "recorded")


def test_where_pay_is_carried_the_record_comes_by_itself(server: Server, somebody: Callable[[], Person]) -> None:
    sandbox = server.sandbox("en", "suite")
    hr = sign_in(somebody(), sandbox)
    passes(hr, sandbox, "i2")
    hr.open(sandbox.url("/hr/candidates/c2"))
    hr["pay.offer"].click()
    hr["pay.accept"].click()
    expect(hr["pay.status"]).to_have_attribute("data-state", "recorded")
    expect(hr["pay.record"]).to_have_count(0)
    expect(hr["pay.recorded"]).to_contain_text("written by System.")
    hr.open(sandbox.url("/hr/messages"))
    expect(hr.page.locator("article").first).to_contain_text("Payroll holds")


def test_a_grade_table_is_changed_and_taken_back(hr: Person, sandbox: Sandbox) -> None:
    hr.open(sandbox.url("/hr/payroll/grades"))
    hr["grades.family"].click()
    hr["grades.family.option[engineering]"].click()
    line = hr["grades.line[4]"]
    expect(line).to_contain_text("中级工程师")
    expect(line).to_contain_text("来源资料")
    assert violations(hr.page) == []
    hr["grades.edit"].click()
    hr["grades.row[4].floor"].fill("85")
    hr["grades.save"].click()
    expect(hr["grades.error"]).to_contain_text("80")
    assert violations(hr.page) == []
    hr["grades.row[3].ceiling"].fill("85")
    hr["grades.save"].click()
    expect(line).to_contain_text("85–90")
    expect(line).to_contain_text("我们编写")
    hr["grades.undo"].click()
    expect(line).to_contain_text("80–90")
    hr["grades.edit"].click()
    hr["grades.add"].click()
    expect(hr["grades.row[6]"]).to_be_visible()
    hr["grades.row[6].remove"].click()
    expect(hr["grades.row[6]"]).to_have_count(0)
    hr["grades.cancel"].click()
    expect(hr["grades.reset"]).to_be_disabled()


def test_the_calculator_shows_band_example_and_contradictions(hr: Person, sandbox: Sandbox) -> None:
    hr.open(sandbox.url("/hr/pricing"))
    hr["pricing.modules"].click()
    hr["pricing.modules.option[video]"].click()
    expect(hr["pricing.band"]).to_have_text("¥20,000 – ¥50,000")
    expect(hr["pricing.example"]).to_contain_text("¥12,000")
    expect(hr["pricing.example"]).to_contain_text("−8,000")
    expect(hr["pricing.contradiction[professional_example]"]).to_be_visible()
    expect(hr["pricing.contradiction[deployment]"]).to_be_visible()
    hr["pricing.users"].fill("100")
    expect(hr["pricing.contradiction[enterprise_example]"]).to_be_visible()
    hr["pricing.users"].fill("0")
    expect(hr["pricing.error"]).to_be_visible()
    assert violations(hr.page) == []


def test_the_forecast_invites_for_new_openings(hr: Person, sandbox: Sandbox) -> None:
    hr.open(sandbox.url("/hr/forecast"))
    expect(hr["forecast.send"]).to_be_disabled()
    expect(hr["forecast.row[p1].need"]).to_have_text("2")
    hr["forecast.rate"].fill("60")
    hr["forecast.save"].click()
    expect(hr["forecast.row[p1].need"]).to_have_text("3")
    open_posts(hr, sandbox)
    hr.open(sandbox.url("/hr/forecast"))
    names = hr["forecast.row[p3].invite"].text_content().split("、")
    assert len(names) == 3
    hr["forecast.send"].click()
    hr["dialog.confirm"].click()
    expect(hr["forecast.row[p3].invite"]).to_have_text("–")
    invited = {one["name"] for one in sandbox.snapshot()["candidates"] if one["status"] == "invited"}
    assert set(names) <= invited


def open_posts(hr: Person, sandbox: Sandbox) -> None:
    """Plan for three more customer service people, and seek them."""
    hr.open(sandbox.url("/hr/org"))
    hr["org.search"].fill("客服")
    hr["org.post[p3]"].click()
    hr["org.post[p3].headcount"].fill("9")
    hr["org.post[p3].save"].click()
    expect(hr["org.changed"]).to_contain_text("9")
    hr.open(sandbox.url("/hr/requisitions"))
    hr["requisitions.row[p3].change"].click()
    hr["requisitions.row[p3].openings_field"].fill("4")
    hr["requisitions.row[p3].save"].click()
    expect(hr["requisitions.row[p3].open"]).to_have_text("4")


def test_messages_are_counted_read_and_filtered(hr: Person, sandbox: Sandbox) -> None:
    expect(hr["nav.unread"]).to_have_text("2")
    hr["nav.messages"].click()
    expect(hr["messages.unread"]).to_have_attribute("data-state", "2")
    row = hr.page.locator("article").first
    expect(row).to_contain_text("退出按钮在右上角")
    assert violations(hr.page) == []
    row.get_by_role("button").click()
    expect(hr["messages.unread"]).to_have_attribute("data-state", "1")
    expect(hr["nav.unread"]).to_have_text("1")
    hr["messages.only_unread"].click()
    expect(hr.page.locator("article")).to_have_count(1)
    hr["messages.mark_all"].click()
    expect(hr["messages.empty"]).to_be_visible()
    expect(hr["nav.unread"]).to_be_hidden()
    hr.page.reload()
    expect(hr["messages.unread"]).to_have_attribute("data-state", "0")
    expect(hr["nav.unread"]).to_be_hidden()
    assert sandbox.snapshot()["messages"] == {"unread": 0}


def test_who_only_looks_gets_no_buttons_that_write(sandbox: Sandbox, somebody: Callable[[], Person]) -> None:
    looker = somebody()
    looker.open(sandbox.link("hr", read_only=True))
    looker.open(sandbox.url("/hr/payroll/grades"))
    expect(looker["grades.line[1]"]).to_be_visible()
    expect(looker["grades.edit"]).to_have_count(0)
    looker.open(sandbox.url("/hr/forecast"))
    expect(looker["forecast.save"]).to_be_disabled()
    looker.open(sandbox.url("/hr/messages"))
    expect(looker["messages.mark_all"]).to_be_disabled()


def test_others_are_kept_out(sandbox: Sandbox, somebody: Callable[[], Person]) -> None:
    head = somebody()
    head.open(sandbox.link("head"))
    for path in ("/hr/payroll", "/hr/payroll/grades", "/hr/forecast"):
        head.page.goto(sandbox.url(path))
        expect(head["payroll.open_grades"]).to_have_count(0)
        expect(head["sign_in.submit"]).to_be_visible()
