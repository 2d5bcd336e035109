"""The start page leads along the learning paths, and tells what a test before and after says has changed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.ui.accessible import violations
from tests.ui.practice.trainees import Trainee
from trainer.adapters.scenario_files import ScenarioFiles
from trainer.core.checks import Outcome, Status
from trainer.core.runs import Attempt, Run, RunStatus

pytestmark = pytest.mark.browser

PATH = next(path for path in ScenarioFiles().paths() if path.id == "candidate")
GOOD = Outcome(Status.PASSED, "outcome", "stored", "", "")
BAD = Outcome(Status.FAILED, "outcome", "stored", "", "")


ON_ONE_LINE = """cards => cards.map(card => new Set([...card.querySelectorAll(".lesson-actions .button")]
  .map(one => one.getBoundingClientRect()).filter(box => box.height).map(box => box.top)).size)"""


def test_what_a_card_offers_stands_on_one_line(ann: Trainee) -> None:
    ann.go()
    lines = ann.page.locator(".lesson:visible").evaluate_all(ON_ONE_LINE)
    assert len(lines) >= len(PATH.lessons())
    assert set(lines) == {1}


def test_lessons_stand_in_their_order_and_the_test_is_an_exam(ann: Trainee) -> None:
    ann.go()
    cards = ann.see("path[candidate]").locator('[data-testid^="lesson["][data-testid$=".start"]')
    assert [card.get_attribute("data-testid") for card in cards.all()] == [
        f"lesson[{lesson}].start" for lesson in PATH.lessons()
    ]
    expect(ann.see("path[candidate].progress")).to_have_attribute("data-state", f"0/{len(PATH.lessons())}")
    ann.see("path[candidate].test").click()
    expect(ann.see("path[candidate].before")).to_have_text("not taken")
    expect(ann.see("path[candidate].claim")).to_contain_text("source’s claim")
    ann.see("path[candidate].start").click()
    ann.page.wait_for_url("**/practice/*")
    with ann.trainer.runs() as stored:
        run = stored.get(ann.page.url.rpartition("/")[2])
    assert run is not None
    assert (run.scenario, run.mode) == (PATH.test, "exam")
    ann.go()
    expect(ann.see("path[candidate].start")).to_have_text("Go on with the test")
    ann.see("path[candidate].start").click()
    ann.page.wait_for_url(f"**/practice/{run.id}")


def test_progress_and_difference_are_shown(ann: Trainee) -> None:
    path = ann.begin("normal-exit-web")
    with ann.trainer.runs() as stored:
        mine = stored.get(path.rpartition("/")[2])
        assert mine is not None
        lessons = (PATH.test, *PATH.lessons(), PATH.test)
        for number, lesson in enumerate(lessons):
            stored.save(done(mine, number, lesson, right=number > 0))
    ann.go()
    expect(ann.see("path[candidate].progress")).to_have_text(
        f"{len(PATH.lessons())} of {len(PATH.lessons())} lessons passed"
    )
    expect(ann.see("path[candidate].before")).to_have_text("50 of 100")
    expect(ann.see("path[candidate].after")).to_have_text("100 of 100")
    expect(ann.see("path[candidate].difference")).to_have_text("+50 points")
    expect(ann.see("path[candidate]")).to_contain_text("n = 1")
    bar = ann.see("path[candidate]").get_by_role("progressbar")
    expect(bar).to_have_css("appearance", "none")  # a browser's own looks full at 0


def test_the_mark_of_a_fold_turns_in_its_place(ann: Trainee) -> None:
    ann.begin("normal-exit-web")
    size = ann.see("coach.steps").evaluate(
        "fold => (({width, height}) => [width, height])(getComputedStyle(fold, '::before'))"
    )
    assert size[0] == size[1] != "auto"


def test_a_test_without_a_point_was_taken_all_the_same(ann: Trainee) -> None:
    path = ann.begin("normal-exit-web")
    with ann.trainer.runs() as stored:
        mine = stored.get(path.rpartition("/")[2])
        assert mine is not None
        taken = done(mine, 0, PATH.test, right=False)
        stored.save(replace(taken, attempts=taken.attempts[1:]))
    ann.go()
    expect(ann.see("path[candidate].before")).to_be_visible()
    expect(ann.see("path[candidate].before")).to_have_text("0 of 100")


def done(like: Run, number: int, lesson: str, *, right: bool) -> Run:
    """Make an exam of two Steps that ended before `like` began; the second one is right, or not."""
    began = like.started - timedelta(hours=10 - number)
    attempts = (Attempt("s1", (GOOD,), began, began), Attempt("s2", (GOOD if right else BAD,), began, began))
    return replace(
        like,
        id=f"{like.id}-{number}",
        scenario=lesson,
        digest="d",
        mode="exam",
        started=began,
        ended=began + timedelta(minutes=3),
        status=RunStatus.FINISHED,
        attempts=attempts,
        ongoing=None,
    )


def test_every_format_of_a_guide_is_one_click_away(ann: Trainee) -> None:
    ann.go()
    menu = "lesson[normal-exit-web].guide"
    expect(ann.see(menu)).to_have_accessible_name("Guide: Finish an interview and leave")
    ann.see(menu).press("Enter")
    for form in ("pdf", "html", "docx", "md", "eml"):
        expect(ann.see(f"{menu}.{form}")).to_have_attribute("href", f"/guide/normal-exit-web.{form}?lang=en")
    assert violations(ann.page) == []
    whole = ann.page.locator("[data-testid^='path['][data-testid$='.guides']").first
    expect(whole).to_have_attribute("href", re.compile(r"^/guides/[a-z-]+\.zip\?lang=en$"))
