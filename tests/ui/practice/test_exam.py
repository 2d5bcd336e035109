"""An exam in a browser: nothing but the tasks, the time and handing in; a score afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect

from tests.ui.practice.trainees import SEEN_SECONDS, Trainee, Trainer

pytestmark = pytest.mark.browser

Make = Callable[..., Trainee]


def test_an_exam_is_left_resumed_after_a_restart_and_handed_in_half_done(trainer: Trainer, somebody: Make) -> None:
    eva = somebody()
    path = eva.begin("normal-exit-web", "exam")
    expect(eva.see("exam.time")).to_have_text(re.compile("[1-8] min left"))
    for name in ("coach.help", "coach.feedback", "coach.caption", "coach.progress", "coach.sample"):
        expect(eva.see(name)).to_have_count(0)
    eva.use("nav.home").click()
    eva.consent()
    eva.use("device.skip").click()
    eva.answer()
    expect(eva.ring).to_have_count(0)
    eva.go()
    expect(eva.see("lesson[normal-exit-web].state")).to_have_attribute("data-state", "under_way")
    eva.leave()
    trainer.stop()
    trainer.start()
    eva.go()
    eva.see("lesson[normal-exit-web].continue").click()
    eva.page.wait_for_url(f"**{path}")
    expect(eva.see("exam.time")).to_have_text(re.compile("[1-8] min left"))
    expect(eva.use("interview.question").or_(eva.use("resume.continue")).first).to_be_visible(timeout=SEEN_SECONDS)
    eva.see("exam.hand_in").click()
    eva.see("exam.confirm").click()
    eva.page.wait_for_url("**/result/*")
    expect(eva.see("result.verdict")).to_have_attribute("data-state", "failed", timeout=45_000)
    states = {
        step: eva.see(f"result.step[{step}]").get_attribute("data-state") for step in ("answer.1", "answer.2")
    }
    assert states == {"answer.1": "passed", "answer.2": "failed"}
    expect(eva.see("result.mistakes")).to_have_text("1")
    expect(eva.see("result.credit[answer.2]")).to_have_text("0 % of the step")
    expect(eva.see("result.score")).to_have_text(re.compile(r"^(3\d|4\d) of 100$"))
    eva.go(path)
    eva.page.wait_for_url("**/result/*")


@pytest.mark.proof
def test_in_an_exam_the_failure_strikes_by_itself(somebody: Make) -> None:
    gil = somebody()
    gil.begin("crash-recovery-web", "exam")
    gil.consent()
    gil.use("device.skip").click()
    gil.answer()
    gil.use("interview.answer").fill("I began to say that")
    expect(gil.see("practice.cover")).to_have_attribute("data-state", "struck", timeout=SEEN_SECONDS)
    expect(gil.see("coach.continue")).to_have_count(0)
    gil.see("practice.reopen").click()
    expect(gil.use("home.start")).to_be_visible(timeout=SEEN_SECONDS)
    gil.see("exam.hand_in").click()
    gil.see("exam.confirm").click()
    expect(gil.see("result.step[crash]")).to_have_attribute("data-state", "passed", timeout=45_000)
    expect(gil.see("result.step[resume]")).to_have_attribute("data-state", "failed")


@pytest.mark.proof
def test_an_exam_that_was_done_well_shows_what_others_saw(somebody: Make, trainer: Trainer) -> None:
    fay = somebody("zh-CN")
    fay.begin("normal-exit-web", "exam")
    fay.consent()
    fay.use("device.skip").click()
    for _ in range(4):
        fay.answer()
    fay.end()
    expect(fay.use("done.message")).to_be_visible()
    fay.see("exam.hand_in").click()
    fay.see("exam.confirm").click()
    fay.page.wait_for_url("**/result/*")
    expect(fay.see("result.verdict")).to_have_attribute("data-state", "passed", timeout=45_000)
    expect(fay.see("result.score")).to_have_text("100 分（满分 100）")
    address = trainer.url + (fay.see("result.picture").get_attribute("href") or "")
    picture = fay.page.request.get(address)
    assert picture.body().startswith(b"\x89PNG")
    assert httpx.get(address).status_code == 404
