"""Candidates read the report on themselves, and the log tells who has opened a report."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.ui.accessible import violations
from tests.ui.hrms.people import Person, Server, Wait

pytestmark = pytest.mark.browser


def test_a_candidate_reads_the_report_and_the_log_tells_it(server: Server, candidate: Person, until: Wait) -> None:
    sandbox = server.sandbox(lang="en", profile="app", dataset="finished")
    candidate.open(sandbox.link("candidate"))
    candidate["home.report"].click()
    expect(candidate["review.score"]).to_have_attribute("data-state", "scored")
    expect(candidate["review.evidence[skill_match]"].locator("blockquote").first).to_be_visible()
    assert [candidate[one].count() for one in ("decision.reason", "review.rubric_mark")] == [0, 0]
    expect(candidate["review.well"].locator("li").first).to_be_visible()
    expect(candidate["review.next"].locator("li").first).to_be_visible()
    expect(candidate["review.radar"].locator("tbody tr")).to_have_count(4)
    expect(candidate["review.by_question"].locator("tbody tr")).to_have_count(4)
    with candidate.page.expect_download() as saved:
        candidate["review.save[pdf]"].click()
    assert saved.value.path().read_bytes().startswith(b"%PDF-")
    until(lambda: sandbox.events()[-2:] == ["report_opened"] * 2, "the log tells of page and file")
    told = sandbox.told()[-1]
    assert (told["role"], told["subject"]) == ("candidate", "i1")
    refused = candidate.page.request.get(sandbox.url("/candidate/reports/i2.json"))
    assert (refused.status, "answers" in refused.text()) == (404, False)
    assert violations(candidate.page) == []
    assert candidate.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")


def test_hr_corrects_a_level_and_scores_again_beside_the_old_score(
    server: Server, somebody: Callable[[], Person]
) -> None:
    sandbox = server.sandbox(lang="zh_CN")
    hr = somebody()
    hr.open(sandbox.link("hr"))
    hr.open(sandbox.url("/hr/interviews/i3"))
    expect(hr["review.rubric_mark"]).to_contain_text("指纹相同的分数")
    expect(hr["review.level[communication]"]).to_have_attribute("data-state", "5")
    hr["review.correct"].click()
    hr["review.correct_level"].get_by_role("combobox").click()
    hr["review.correct_level.option[2]"].click()
    hr["review.correct_reason"].fill("面谈时说不清楚。")
    hr["review.correct_save"].click()
    expect(hr["review.level[communication]"]).to_have_attribute("data-state", "2")
    expect(hr["review.override[communication]"]).to_contain_text("面谈时说不清楚。")
    hr["review.weights"].click()
    hr["review.weight[communication]"].fill("10")
    hr["review.weight[skill_match]"].fill("45")
    hr["review.weights_save"].click()
    expect(hr["review.earlier[1]"]).to_contain_text("standard@3")
    expect(hr["review.earlier[0]"]).to_contain_text("standard@2")
    expect(hr["review.override[communication]"]).to_be_visible()
    hr["review.correct"].click()
    hr["review.weights"].click()
    assert violations(hr.page) == []


def test_there_is_no_report_before_the_end_and_looking_leaves_no_trace(
    server: Server, candidate: Person, somebody: Callable[[], Person], until: Wait
) -> None:
    sandbox = server.sandbox(dataset="half_way")
    candidate.open(sandbox.link("candidate"))
    expect(candidate["home.start"]).to_be_visible()
    assert candidate["home.report"].count() == 0
    candidate.page.goto(sandbox.url("/candidate/report"))
    expect(candidate["refusal.message"]).to_be_visible()
    looker = somebody()
    looker.open(sandbox.link("hr", read_only=True))
    looker.open(sandbox.url("/hr/interviews/i2"))
    expect(looker["review.score"]).to_be_visible()
    hr = somebody()
    hr.open(sandbox.link("hr"))
    hr.open(sandbox.url("/hr/interviews/i3"))
    expect(hr["review.status"]).to_be_visible()
    until(lambda: "report_opened" in sandbox.events(), "the log tells of it")
    assert {one["subject"] for one in sandbox.told() if one["kind"] == "report_opened"} == {"i3"}
