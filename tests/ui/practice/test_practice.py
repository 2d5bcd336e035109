"""A trainee practises in a browser of their own, with the coach beside the window."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.ui.practice.trainees import SEEN_SECONDS, Trainee, Trainer
from trainer.web.services import Settings

pytestmark = pytest.mark.browser

Make = Callable[..., Trainee]


def test_the_first_lesson_is_done_guided_in_chinese(somebody: Make) -> None:
    li = somebody("zh-CN")
    li.go()
    assert li.page.locator("html").get_attribute("lang") == "zh-CN"
    expect(li.see("lesson[first-interview-web]")).to_contain_text("从这里开始")
    li.begin("normal-exit-web")
    expect(li.ring).to_be_visible()
    li.consent()
    li.is_at("devices")
    expect(li.see("coach.feedback")).to_have_text("正确，系统已经保存。")
    li.use("device.check").click()
    li.use("device.continue").click()
    for number in range(1, 5):
        li.is_at(f"answer.{number}")
        li.see("coach.type").click()
        expect(li.use("interview.answer")).not_to_have_value("")
        li.use("interview.submit").click()
    li.is_at("end")
    li.end()
    expect(li.see("coach.progress")).to_have_text("7 个步骤全部完成", timeout=SEEN_SECONDS)
    assert li.read_result() == "passed"
    expect(li.page.get_by_text("看到：待评估")).to_be_visible()
    expect(li.see("result.mistakes")).to_have_text("0")
    li.go()
    expect(li.see("lesson[normal-exit-web].state")).to_have_attribute("data-state", "passed")
    expect(li.see("lesson[first-interview-web]")).to_contain_text("接下来学这个")


def test_on_a_phone_the_coach_never_covers_the_window(somebody: Make) -> None:
    bo = somebody(width=390, height=844, is_mobile=True, has_touch=True)
    bo.begin("normal-exit-web")
    for _ in range(4):
        expect(bo.ring).to_be_visible()
        panel, frame = bo.page.locator("#coach").bounding_box(), bo.page.locator("#practice-frame").bounding_box()
        assert panel is not None
        assert frame is not None
        assert panel["y"] + panel["height"] <= frame["y"]
        assert frame["height"] >= 844 * 0.45
        bo.see("coach.help").click()
    assert bo.page.evaluate("document.documentElement.scrollWidth") <= 390
    bo.is_at("devices")  # the fourth rung of the ladder has done the step for him


def test_a_wrong_click_is_explained(ann: Trainee) -> None:
    ann.begin("normal-exit-web")
    expect(ann.ring).to_be_visible()
    ann.use("nav.home").click()
    expect(ann.see("coach.feedback")).to_have_text(
        re.compile(
            "You pressed “My interviews”. This step does not ask for that. It opens the first page. "
            "Look for “Start the interview”."
        )
    )
    ann.go_on_to_answer()
    ann.use("interview.end").click()
    expect(ann.see("coach.feedback")).to_have_text(re.compile("comes later, in step 7: Press End interview"))
    expect(ann.see("coach.feedback")).to_have_text(re.compile("Look for “[^”]+…”"))
    expect(ann.ring).to_be_hidden()  # the dialog covers what it would point at
    ann.use("dialog.cancel").click()
    expect(ann.ring).to_be_visible()


def test_who_signs_out_is_told_the_way_back(ann: Trainee) -> None:
    ann.begin("normal-exit-web")
    expect(ann.ring).to_be_visible()
    ann.use("nav.sign_out").click()
    expect(ann.see("coach.feedback")).to_have_text(
        "You pressed “Sign out”. This step does not ask for that. It signs you out. "
        "To go back, press “Open my link again” above the practice window."
    )
    ann.see("window.open").click()
    expect(ann.see("coach.feedback")).to_be_empty()
    expect(ann.ring).to_be_visible(timeout=SEEN_SECONDS)


def test_who_declines_is_not_led_to_what_is_gone(somebody: Make) -> None:
    bo = somebody("zh-CN")
    bo.begin("normal-exit-web")
    bo.use("home.start").click()
    expect(bo.ring).to_be_visible()
    bo.use("consent.decline").click()
    expect(bo.see("coach.feedback")).to_have_text(
        "您点了“不同意”，这一步不需要点它。它谢绝这次面试。要返回，请点练习窗口上方的“重新打开我的链接”。"
    )


def test_a_locked_database_of_the_trainer_is_told_and_nothing_is_lost(ann: Trainee, trainer: Trainer) -> None:
    ann.begin("normal-exit-web")
    with trainer.locked_database():
        ann.consent()
        expect(ann.see("coach.feedback")).to_contain_text("cannot reach its own records", timeout=SEEN_SECONDS)
    ann.is_at("devices")
    expect(ann.see("coach.feedback")).not_to_contain_text("cannot reach its own records")
    ann.page.reload()
    ann.is_at("devices")


def test_pressing_do_it_for_me_again_and_again_does_it_once(ann: Trainee) -> None:
    ann.begin("normal-exit-web")
    ann.go_on_to_answer()
    help_button = ann.see("coach.help")
    for text in ("Give me a hint", "Where is it?", "Show me the place", "Do it for me"):
        expect(help_button).to_contain_text(text)
        help_button.click()
    for _ in range(3):
        help_button.click()
    expect(ann.see("coach.feedback")).to_have_text("Watch: it is done for you.")
    ann.is_at("answer.2")


def test_help_goes_from_a_nudge_to_doing_it(ann: Trainee) -> None:
    ann.begin("normal-exit-web", "practice")
    expect(ann.ring).to_have_count(0)
    expect(ann.see("coach.sample")).to_be_hidden()
    hints = ann.see("coach.hints").locator("li")
    help_button = ann.see("coach.help")
    for number, text in enumerate(("Give me a hint", "Where is it?", "Show me the place"), start=1):
        expect(help_button).to_contain_text(text)
        help_button.click()
        expect(hints).to_have_count(number)
    expect(ann.ring).to_be_visible()
    expect(ann.see("coach.cost")).to_have_text("Then this step counts as done with help.")
    expect(help_button).to_contain_text("Do it for me")
    help_button.click()
    ann.is_at("devices")
    expect(hints).to_have_count(0)


def test_a_crash_is_announced_survived_and_recovered_from(ann: Trainee) -> None:
    ann.begin("crash-recovery-web")
    ann.go_on_to_answer("first.1")
    ann.answer()
    ann.is_at("draft")
    ann.use("interview.answer").fill("I began to say that")
    ann.is_at("crash")
    expect(ann.see("practice.cover")).to_be_hidden()
    ann.see("coach.continue").click()
    expect(ann.see("practice.cover")).to_have_attribute("data-state", "struck")
    ann.is_at("return")
    expect(ann.see("coach.caption")).to_be_visible()
    ann.see("practice.reopen").click()
    expect(ann.use("home.start")).to_be_visible(timeout=SEEN_SECONDS)
    ann.use("home.start").click()
    ann.is_at("resume")
    ann.use("resume.continue").click()
    expect(ann.use("interview.answer")).to_have_value("I began to say that")
    ann.is_at("submit")
    ann.answer("I began to say that I would ask the customer first.")
    for number in (3, 4):
        ann.is_at(f"answer.{number}")
        ann.answer()
    ann.is_at("end")
    ann.end()
    assert ann.read_result() == "passed"


@pytest.mark.proof
def test_leaving_half_way_and_coming_back_is_done_with_the_bar_above_the_window(ann: Trainee) -> None:
    ann.begin("save-and-resume-web")
    ann.go_on_to_answer()
    for number in (1, 2):
        ann.is_at(f"answer.{number}")
        ann.answer()
    ann.is_at("draft")
    ann.use("interview.answer").fill("Half an answer")
    ann.is_at("save")
    ann.use("interview.save_progress").click()
    ann.is_at("leave")
    expect(ann.see("window.close")).to_have_class(re.compile("pointed"))
    ann.see("window.close").click()
    expect(ann.see("practice.cover")).to_have_attribute("data-state", "closed")
    ann.is_at("return")
    ann.see("window.open").click()
    expect(ann.use("home.start")).to_be_visible(timeout=SEEN_SECONDS)
    ann.is_at("resume")
    ann.see("window.close").click()
    expect(ann.see("coach.feedback")).to_contain_text("You closed the tab")
    ann.see("practice.reopen").click()
    expect(ann.use("home.start")).to_be_visible(timeout=SEEN_SECONDS)
    expect(ann.see("coach.feedback")).not_to_contain_text("You closed the tab")
    ann.use("home.start").click()
    ann.use("resume.continue").click()
    ann.is_at("submit")
    expect(ann.use("interview.answer")).to_have_value("Half an answer")


def test_a_reload_resumes_at_the_same_step(ann: Trainee) -> None:
    path = ann.begin("normal-exit-web")
    ann.consent()
    ann.is_at("devices")
    ann.see("coach.help").click()
    ann.page.reload()
    ann.is_at("devices")
    expect(ann.see("coach.help")).to_contain_text("Where is it?")
    ann.use("device.skip").or_(ann.use("resume.continue")).first.wait_for()
    ann.go()
    expect(ann.see("lesson[normal-exit-web].state")).to_have_attribute("data-state", "under_way")
    ann.see("lesson[normal-exit-web].continue").click()
    ann.page.wait_for_url(f"**{path}")
    ann.is_at("devices")


@pytest.mark.proof
def test_a_laptop_that_slept_longer_than_a_page_is_kept_goes_on_where_it_was(ann: Trainee) -> None:
    ann.begin("normal-exit-web")
    ann.page.evaluate("() => { window.asItWas = true; }")
    ann.page.context.set_offline(True)
    ann.page.wait_for_timeout((Settings.reconnect + 5) * 1000)  # what the trainer and the practice system wait for
    ann.page.context.set_offline(False)
    ann.page.wait_for_function("() => window.did_handshake && !window.asItWas", timeout=SEEN_SECONDS)
    ann.consent()
    ann.is_at("devices")
    ann.use("device.skip").click()
    ann.is_at("answer.1")


def test_somebody_elses_run_is_not_found(ann: Trainee, somebody: Make, trainer: Trainer) -> None:
    path = ann.begin("normal-exit-web")
    bob = somebody()
    bob.go()
    other = path.replace("practice", "result")
    assert [trainer.status_of(at, ann.page) for at in (path,)] == [200]
    assert [trainer.status_of(at, bob.page) for at in (path, other, "/practice/nothing")] == [404, 404, 404]
    bob.page.goto(trainer.url + path)
    expect(bob.page.get_by_role("heading", name="There is nothing here")).to_be_visible()


def test_forged_reports_pass_nothing(ann: Trainee) -> None:
    ann.begin("normal-exit-web")
    forged = [{"kind": "observed", "verb": "click", "target": "home.start", "value": "", "label": "<b>x</b>"}]
    forged += [
        {"kind": "performed", "verb": verb, "target": "consent.agree", "ok": True} for verb in ("tick", "click")
    ]
    forged += [{"kind": kind} for kind in ("closed", "nonsense", "ready")]
    forged += [{"kind": "read", "fields": {"a": 1}, "visible": [], "labels": None}]
    ann.page.evaluate("reports => reports.forEach(report => emitEvent('practice', {reports: [report]}))", forged)
    ann.page.evaluate("emitEvent('practice', 'text'); emitEvent('practice', {reports: 'text'})")
    ann.page.evaluate(
        "window.postMessage({companion: 1, type: 'observed', verb: 'click', target: 'nav.sign_out'}, '*')"
    )
    ann.use("home.start").click()
    expect(ann.use("consent.agree")).to_be_visible()
    ann.is_at("start")
    expect(ann.see("coach.feedback")).not_to_contain_text("nav.sign_out")


@pytest.mark.proof
def test_a_result_stays_readable_when_its_sandbox_is_gone(ann: Trainee, trainer: Trainer) -> None:
    path = ann.begin("normal-exit-web")
    ann.go_on_to_answer()
    for number in range(1, 5):
        ann.is_at(f"answer.{number}")
        ann.answer()
    ann.is_at("end")
    ann.end()
    assert ann.read_result() == "passed"
    expect(ann.see("result.step[answer.3]")).to_contain_text("Answer question 3")
    ann.go(path)
    ann.page.wait_for_url("**/result/*")
    ann.leave()
    trainer.forget_sandboxes()
    ann.go(path.replace("practice", "result"))
    expect(ann.see("result.verdict")).to_have_attribute("data-state", "passed")
    expect(ann.see("result.step[answer.3]")).to_contain_text("Answer question 3")


def test_outside_of_the_practice_page_the_sandbox_is_left_alone(ann: Trainee) -> None:
    ann.begin("normal-exit-web")
    address = ann.page.evaluate("document.getElementById('practice-frame').src")
    ann.page.goto(address)
    ann.see("home.start").click()
    expect(ann.see("consent.agree")).to_be_visible()
    expect(ann.page.locator("#coach-ring")).to_have_count(0)


def test_the_first_step_is_done_with_the_keyboard_alone(ann: Trainee) -> None:
    ann.go()
    keys = ann.page.keyboard
    start = ann.see("lesson[normal-exit-web].start")
    for _ in range(20):
        keys.press("Tab")
        if start.evaluate("one => one === document.activeElement"):
            break
    keys.press("Enter")
    ann.page.wait_for_url("**/practice/*")
    expect(ann.ring).to_be_visible(timeout=SEEN_SECONDS)
    keys.press("Alt+h")
    expect(ann.see("coach.hints").locator("li")).to_have_count(1)
    keys.press("Alt+j")
    expect(ann.use("home.start")).to_be_focused()
    keys.press("Enter")
    expect(ann.use("consent.agree")).to_be_visible()
    keys.press("Alt+j")
    expect(ann.see("coach.help")).to_be_focused()
    keys.press("Alt+j")
    expect(ann.use("consent.agree").or_(ann.window.locator(":focus")).first).to_be_visible()
    ann.use("consent.agree").focus()
    keys.press("Space")
    expect(ann.use("consent.begin")).to_be_enabled()
    keys.press("Alt+h")
    expect(ann.see("coach.hints").locator("li")).to_have_count(2)
    ann.use("consent.begin").focus()
    keys.press("Enter")
    ann.is_at("devices")


def test_the_panel_stays_when_the_sandbox_system_dies(ann: Trainee, trainer: Trainer) -> None:
    ann.begin("normal-exit-web")
    ann.consent()
    ann.is_at("devices")
    trainer.kill_sandbox_system()
    ann.is_at("devices")
    expect(ann.see("practice.cover")).to_have_attribute("data-state", "gone", timeout=SEEN_SECONDS)
    expect(ann.see("coach.caption")).to_be_visible()
    expect(ann.see("practice.cover")).to_have_attribute("data-state", "working", timeout=SEEN_SECONDS)
    ann.use("device.skip").or_(ann.use("resume.continue")).first.wait_for()
    if ann.use("resume.continue").is_visible():
        ann.use("resume.continue").click()
    ann.use("device.skip").click()
    ann.is_at("answer.1")


def test_a_trainee_chooses_a_language_and_deletes_everything(ann: Trainee, trainer: Trainer) -> None:
    path = ann.begin("normal-exit-web")
    ann.go()
    ann.see("language[zh_CN]").click()
    expect(ann.page.get_by_role("heading", name="放心练习 HR 系统")).to_be_visible()
    assert ann.page.locator("html").get_attribute("lang") == "zh-CN"
    ann.page.wait_for_function("window.did_handshake === true")
    ann.see("forget.open").click()
    ann.see("forget.cancel").click()
    ann.see("forget.open").click()
    ann.see("forget.confirm").click()
    expect(ann.see("forget.open")).to_have_count(0)
    expect(ann.see("lesson[normal-exit-web].state")).to_have_attribute("data-state", "new")
    assert trainer.status_of(path, ann.page) == 404
