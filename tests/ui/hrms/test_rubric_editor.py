"""HR edits the rubric and what is expected of a question, grades answers, and scores an interview again by it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.ui.accessible import violations
from tests.ui.hrms.people import Person, Server

pytestmark = pytest.mark.browser


def test_a_question_is_edited_and_calibrated_and_the_interview_scored_again(
    server: Server, somebody: Callable[[], Person]
) -> None:
    sandbox = server.sandbox(lang="en")
    hr = somebody()
    hr.open(sandbox.link("hr"))
    hr.open(sandbox.url("/hr/questions"))
    hr["questions.edit[q1]"].click()
    hr.page.wait_for_url("**/questions/q1")
    hr["expected.row[1].weight"].fill("0")
    hr["expected.save"].click()
    expect(hr["expected.error"]).to_contain_text("needs a weight")
    hr["expected.row[1].weight"].fill("3")
    hr["expected.save"].focus()
    hr.page.keyboard.press("Enter")
    expect(hr["expected.take_back[1]"]).to_be_visible()
    expect(hr["expected.error"]).to_be_empty()
    sample = sandbox.questions[0]["sample"]
    for number, level in enumerate((2, 2, 1, 1, 3), start=1):
        hr["graded.text"].fill(f"{sample} This was my answer number {number}.")
        hr["graded.level"].get_by_role("combobox").click()
        hr[f"graded.level.option[{level}]"].click()
        hr["graded.add"].click()
        expect(hr["graded.agreement"]).to_have_attribute("data-count", str(number))
    expect(hr["graded.agreement"]).to_contain_text("Calibrated they are")
    assert violations(hr.page) == []
    assert hr.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
    hr.open(sandbox.url("/hr/interviews/i3"))
    old = hr["review.rubric_mark"].get_attribute("data-digest")
    hr["review.by_newest"].click()
    expect(hr["review.told[q1]"]).to_contain_text("Calibrated by graded answers")
    expect(hr["review.earlier[1]"]).to_be_visible()
    assert hr["review.rubric_mark"].get_attribute("data-digest") != old
    expect(hr["review.by_newest"]).to_have_count(0)


def test_the_rubric_has_versions_and_who_only_looks_changes_nothing(
    server: Server, somebody: Callable[[], Person]
) -> None:
    sandbox = server.sandbox(lang="zh_CN")
    hr = somebody()
    hr.open(sandbox.link("hr"))
    hr.open(sandbox.url("/hr/questions"))
    hr["questions.rubric"].click()
    hr.page.wait_for_url("**/rubric")
    hr["rubric.weight[communication]"].fill("30")
    hr["rubric.save"].click()
    expect(hr["rubric.error"]).to_contain_text("100")
    hr["rubric.weight[skill_match]"].fill("25")
    hr["rubric.pass_mark"].fill("75")
    hr["rubric.anchors[communication]"].click()
    hr["rubric.anchor[communication/2]"].fill("会问一个问题")
    hr["rubric.save"].click()
    expect(hr["rubric.take_back[2]"]).to_be_visible()
    hr.open(sandbox.url("/hr/rubric"))
    expect(hr["rubric.pass_mark"]).to_have_value("75")
    expect(hr["rubric.anchor[communication/2]"]).to_have_value("会问一个问题")
    hr["rubric.anchors[communication]"].click()
    assert violations(hr.page) == []
    hr["rubric.take_back[2]"].click()
    expect(hr["rubric.pass_mark"]).to_have_value("")
    looker = somebody()
    looker.open(sandbox.link("hr", read_only=True))
    for path, name in (("/hr/rubric", "rubric"), ("/hr/questions/q1", "expected")):
        looker.open(sandbox.url(path))
        expect(looker[f"{name}.versions"]).to_be_visible()
        assert looker[f"{name}.save"].count() == looker[f"{name}.take_back[2]"].count() == 0
