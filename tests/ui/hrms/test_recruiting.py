"""HR looks for candidates, reads a file, invites; a head and an administrator see their part."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.ui.hrms.people import Person, Sandbox, Server

pytestmark = pytest.mark.browser


@pytest.fixture
def hr(sandbox: Sandbox, somebody: Callable[[], Person]) -> Person:
    person = somebody()
    person.open(sandbox.link("hr"))
    return person


def test_filters_narrow_the_table_and_clearing_shows_all_again(hr: Person) -> None:
    rows = hr.page.locator("tbody tr")
    everybody = hr["candidates.total"].text_content()
    expect(rows).to_have_count(10)
    hr["candidates.filter_status"].click()
    hr["candidates.filter_status.option[invited]"].click()
    states = hr.page.locator('tbody [data-testid$=".status"]')
    expect(hr["candidates.total"]).not_to_have_text(everybody)
    assert set(states.evaluate_all("all => all.map((one) => one.dataset.state)")) == {"invited"}
    hr["candidates.search"].fill("nobody has this name")
    expect(hr["candidates.empty"]).to_be_visible()
    hr["candidates.clear"].click()
    expect(hr["candidates.total"]).to_have_text(everybody)
    expect(rows).to_have_count(10)


def test_search_and_post_filter_find_one_person(hr: Person, sandbox: Sandbox) -> None:
    row = f"candidates.row[{sandbox.candidate}]"
    name = hr[f"{row}.name"].text_content()
    hr["candidates.search"].fill(name)
    expect(hr.page.locator("tbody tr")).to_have_count(1)
    hr["candidates.filter_post"].click()
    hr["candidates.filter_post.option[p2]"].click()
    expect(hr["candidates.empty"]).to_be_visible()


def test_pages_are_turned(hr: Person) -> None:
    expect(hr["candidates.prev_page"]).to_be_disabled()
    first = hr.page.locator("tbody tr").first.get_attribute("data-testid")
    hr["candidates.next_page"].click()
    expect(hr["candidates.page"]).to_contain_text("2")
    expect(hr.page.get_by_test_id(first)).to_have_count(0)
    hr["candidates.next_page"].click()
    expect(hr["candidates.next_page"]).to_be_disabled()
    hr["candidates.prev_page"].click()
    expect(hr["candidates.page"]).to_contain_text("2")
    hr["candidates.prev_page"].click()
    expect(hr.page.get_by_test_id(first)).to_be_visible()


def test_the_table_follows_what_candidates_do(hr: Person, sandbox: Sandbox, candidate: Person) -> None:
    status = hr[f"candidates.row[{sandbox.candidate}].status"]
    expect(status).to_have_attribute("data-state", "invited")
    candidate.start(sandbox)
    expect(status).to_have_attribute("data-state", "in_progress")


def test_hr_invites_somebody_who_was_not(hr: Person, sandbox: Sandbox) -> None:
    unasked = next(one for one in sandbox.snapshot()["candidates"] if one["status"] is None)
    hr.open(sandbox.url(f"/hr/candidates/{unasked['id']}"))
    expect(hr["file.name"]).to_have_text(unasked["name"])
    hr["file.invite"].click()
    expect(hr["file.status"]).to_have_attribute("data-state", "invited")
    expect(hr["file.invite"]).to_have_count(0)


def test_hr_chooses_how_the_interviewer_asks_back(hr: Person, sandbox: Sandbox) -> None:
    hr.open(sandbox.url(f"/hr/candidates/{sandbox.candidate}"))
    hr["file.follow_ups"].click()
    hr["file.follow_ups.option[2]"].click()
    hr["file.manner"].click()
    hr["file.manner.option[pressing]"].click()
    hr["file.set_asking"].click()
    expect(hr["file.asking_state"]).to_contain_text("已保存")
    hr.page.reload()
    expect(hr["file.manner"]).to_contain_text("施压")
    expect(hr["file.follow_ups"]).to_contain_text("2")


def test_an_unknown_candidate_is_a_page_that_says_so(hr: Person, sandbox: Sandbox) -> None:
    answer = hr.page.goto(sandbox.url("/hr/candidates/nobody"))
    assert answer.status == 404
    expect(hr["refusal.message"]).to_be_visible()


def test_every_change_is_in_the_audit_log(hr: Person, sandbox: Sandbox, candidate: Person) -> None:
    candidate.start(sandbox)
    hr["nav.audit"].click()
    actions = hr.page.locator("tbody tr")
    expect(actions.first).to_have_attribute("data-state", "device_checked")
    seen = actions.evaluate_all("rows => rows.map((row) => row.dataset.state)")
    assert {"consent_given", "interview_started", "signed_in"} <= set(seen)
    assert len(seen) == sandbox.snapshot()["audit"]["count"]


def test_the_head_sees_finished_candidates_of_the_own_department(
    sandbox: Sandbox, somebody: Callable[[], Person]
) -> None:
    head = somebody()
    head.open(sandbox.link("head"))
    expect(head.page.locator("tbody tr").first).to_be_visible()
    head.page.locator("summary").first.click()
    expect(head.page.locator("details[open] .lead")).to_be_visible()
    assert head["nav.audit"].count() == 0


def test_the_administrator_sees_the_audit_log_only(sandbox: Sandbox, somebody: Callable[[], Person]) -> None:
    admin = somebody()
    admin.open(sandbox.link("admin"))
    expect(admin["nav.audit"]).to_be_visible()
    assert admin["nav.dashboard"].count() == 0


def test_staff_sign_in_by_form_and_out_everywhere(sandbox: Sandbox, somebody: Callable[[], Person]) -> None:
    hr = somebody()
    hr.open(sandbox.url("/hr/"))
    hr["sign_in.name"].fill("hr")
    hr["sign_in.password"].fill("wrong")
    hr["sign_in.submit"].click()
    expect(hr["sign_in.error"]).to_be_visible()
    note = hr.page.locator(".practice-note").text_content()
    words = note.replace("，", " ").replace("。", " ").replace(".", " ").split()
    password = next(word for word in reversed(words) if len(word) == 8 and word.isalnum() and word.isascii())
    hr["sign_in.name"].fill("hr")
    hr["sign_in.password"].fill(password)
    hr["sign_in.submit"].click()
    expect(hr["candidates.total"]).to_be_visible()
    other = hr.page.context.new_page()
    other.goto(sandbox.url("/hr/audit"))
    other.wait_for_function("window.did_handshake === true")
    hr["nav.sign_out"].click()
    expect(hr["sign_in.submit"]).to_be_visible()
    expect(other.get_by_test_id("sign_in.submit")).to_be_visible()


BROKEN_WORDS = """() => [...document.querySelectorAll(".facts dd")].flatMap(one => {
  const broken = [], range = document.createRange();
  for (const text of [...one.childNodes].filter(node => node.nodeType === Node.TEXT_NODE))
    for (const word of text.data.matchAll(/[a-z]+/gi)) {
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      if (range.getClientRects().length > 1) broken.push(word[0]);
    }
  return broken;
})"""
"""Words that begin on one line and end on another."""


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_the_facts_beside_a_file_break_no_word_in_a_window_of_any_width(
    server: Server, candidate: Person, lang: str
) -> None:
    sandbox, page = server.sandbox(lang), candidate.page
    candidate.open(sandbox.link("hr"))
    candidate.open(sandbox.url("/hr/candidates/c2"))
    expect(candidate["file.post"]).to_be_visible()
    for width in (390, 700, 760, 800, 1000, 1240):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(BROKEN_WORDS) == [], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
