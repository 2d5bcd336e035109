"""A workshop as people run it: joining, help, messages, a break, another device, and who may do what."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.ui.accessible import violations
from tests.ui.practice.trainees import SEEN_SECONDS, Trainer
from tests.ui.workshop.instructors import LESSON, PASSWORD, Guest, Instructor, finish, put_before
from trainer.adapters.scenario_files import ScenarioFiles

LESSONS = len(next(path for path in ScenarioFiles().paths() if path.id == "candidate").lessons())

pytestmark = pytest.mark.browser


def test_a_class_is_led_and_helped(ann: Instructor, guest: Callable[..., Guest]) -> None:
    code = ann.make_workshop("candidate", "name\nBob\nEve\n")
    bob = guest()
    bob.join(code, " bob ")
    bob.is_to("wait")
    ann.sees_need("Eve", "not_here")
    ann.see("console.start").click()
    bob.is_to("begin")
    path = bob.start()
    ann.sees_need("Bob", "working")
    expect(ann.see("tile[Bob].step")).to_contain_text("Step 1 of")

    bob.see("class.help").click()
    ann.sees_need("Bob", "help")
    ann.choose("Bob")
    ann.see("seat.hint").fill("Look at the top")
    ann.see("seat.send").click()
    expect(bob.see("class.hint")).to_contain_text("Look at the top")
    ann.sees_need("Bob", "working")
    ann.see("console.message").fill("Ten minutes left")
    ann.see("console.send").click()
    expect(bob.see("class.message")).to_have_text("Ten minutes left")

    ann.see("console.pause").click()
    expect(bob.see("class.break")).to_be_visible()
    ann.page.reload()
    ann.page.wait_for_function("window.did_handshake === true")
    ann.see("console.start").click()
    expect(bob.see("class.break")).to_be_hidden()

    bob.see("coach.leave").click()
    bob.is_in_class()
    bob.is_to("continue")
    phone = guest(width=390, height=844)
    phone.resume(bob.see("class.code").inner_text())
    expect(phone.see("class.continue")).to_have_attribute("href", path)
    assert bob.trainer.status_of(path, phone.page) == 200
    assert bob.trainer.status_of(path, ann.page) == 404
    assert violations(phone.page) == []

    phone.see("class.continue").click()
    phone.page.wait_for_url(f"**{path}")
    phone.page.wait_for_function("window.did_handshake === true")
    ann.lets_go_on("Bob")
    phone.is_in_class()
    phone.is_to("begin")
    expect(phone.see("class.progress")).to_have_attribute("data-state", f"1/{LESSONS}")
    ann.choose("Bob")
    ann.see("seat.remove").click()
    expect(ann.page.get_by_role("dialog", name="Remove Bob from the workshop?")).to_be_visible()
    ann.see("seat.remove_sure").click()
    expect(ann.see("tile[Bob]")).to_have_count(0)
    expect(phone.see("lessons")).to_be_visible()
    assert bob.trainer.status_of(path, phone.page) == 404


def test_what_was_told_is_put_away_and_ends_in_time(ann: Instructor, guest: Callable[..., Guest]) -> None:
    code = ann.make_workshop("candidate", "name\nBob\n")
    ann.see("console.start").click()
    bob = guest(width=390, height=844)
    bob.join(code, "Bob")
    bob.start()
    ann.choose("Bob")
    ann.see("seat.hint").fill("Look at the top")
    ann.see("seat.send").click()
    ann.see("console.message").fill("Ten minutes left")
    ann.see("console.send").click()
    message, hint = bob.see("class.message"), bob.see("class.hint")
    for told in (message, hint):
        expect(told).to_be_visible()
        box = told.locator("..").bounding_box()
        assert box is not None
        assert box["width"] > 390 * 0.9
    ann.see("console.pause").click()
    expect(bob.see("class.break")).to_have_css("background-color", re.compile("^rgb\\("))  # opaque
    expect(bob.see("class.break.message")).to_have_text("Ten minutes left")
    ann.see("console.start").click()
    expect(bob.see("class.break")).to_be_hidden()

    bob.see("class.message.close").press("Enter")
    expect(message).to_be_hidden()
    bob.page.reload()
    expect(hint).to_be_visible()
    expect(message).to_be_hidden()
    bob.consent()
    bob.is_at("devices")
    expect(hint).to_be_hidden()
    ann.see("console.message").fill("Five minutes left")
    ann.see("console.send").click()
    expect(message).to_have_text("Five minutes left")
    ann.see("console.end").click()
    ann.see("console.end_sure").click()
    bob.is_in_class()
    expect(bob.see("class.now")).to_be_visible()
    expect(message).to_be_hidden()


def test_nothing_is_handed_in_during_a_break(ann: Instructor, guest: Callable[..., Guest]) -> None:
    code = ann.make_workshop("candidate", test=True)
    bob = guest()
    bob.join(code, "Bob")
    ann.see("console.start").click()
    path = bob.start()
    ann.see("tile[Bob]").hover()
    expect(ann.see("tile[Bob]")).to_have_css("background-color", "rgb(255, 255, 255)")  # no state has that colour
    bob.see("exam.hand_in").click()
    expect(bob.see("exam.confirm")).to_be_visible()
    ann.see("console.pause").click()
    expect(bob.see("class.break")).to_be_visible()
    bob.see("exam.confirm").evaluate("button => button.click()")
    expect(bob.page.locator(".q-notification")).to_contain_text("A short break")
    assert bob.page.url.endswith(path)
    ann.see("console.start").click()
    expect(bob.see("class.break")).to_be_hidden()
    bob.see("exam.confirm").click()
    bob.page.wait_for_url("**/result/*")


def test_nobody_joins_what_has_ended(ann: Instructor, guest: Callable[..., Guest]) -> None:
    code = ann.make_workshop("candidate", test=True)
    bob = guest()
    bob.join(code, "Bob")
    ann.see("console.start").click()
    bob.start()
    bob.use("home.start").click()
    ann.see("console.end").click()
    ann.see("console.end_sure").click()
    expect(ann.see("console.phase")).to_have_attribute("data-state", "ended")
    bob.is_in_class()
    bob.is_to("end")
    expect(ann.see("tile[Bob]")).to_contain_text(f"1 of {LESSONS + 2} parts done", timeout=SEEN_SECONDS)
    ann.see("console.results").click()
    expect(ann.see("results.people").locator("tbody td").nth(7)).to_have_text(re.compile(r"^\d+$"))
    ann.see("results.back").click()
    bob.see("forget.open").click()
    bob.see("forget.confirm").click()
    expect(bob.see("lessons")).to_be_visible()
    expect(ann.see("tile[Bob]")).to_have_count(0)
    eve = guest()
    eve.page.goto(f"{eve.trainer.url}/join/{code}")
    eve.see("field[name]").fill("Eve")
    eve.see("join.submit").click()
    expect(eve.see("said")).to_contain_text("No workshop has this code")


def test_a_refused_form_still_holds_what_was_typed_but_no_password(
    ann: Instructor, guest: Callable[..., Guest]
) -> None:
    eve = guest()
    eve.go("/join")
    eve.see("field[code]").first.fill("ABCD-EFGH")
    eve.see("field[name]").fill("Eve Ångström")
    eve.see("join.submit").click()
    expect(eve.see("said")).to_contain_text("No workshop has this code")
    gap = "box => box.getBoundingClientRect().top - box.previousElementSibling.getBoundingClientRect().bottom"
    assert eve.see("said").evaluate(gap) >= 12
    expect(eve.see("field[code]").first).to_have_value("ABCD-EFGH")
    expect(eve.see("field[name]")).to_have_value("Eve Ångström")
    assert re.fullmatch(r"/join\?said=[0-9a-f]{16}", eve.page.url.removeprefix(eve.trainer.url))
    eve.see("field[code]").nth(1).fill("no such code")
    eve.see("resume.submit").click()
    expect(eve.see("field[code]").nth(1)).to_have_value("no such code")
    expect(eve.see("field[code]").first).to_have_value("")

    ann.page.context.clear_cookies()
    ann.go("/console/candidates")
    ann.see("field[login]").fill(ann.login)
    ann.see("field[password]").fill("a wrong password")
    ann.see("sign_in.submit").click()
    expect(ann.see("said")).to_contain_text("wrong")
    assert re.fullmatch(r"/sign-in\?said=[0-9a-f]{16}", ann.page.url.removeprefix(ann.trainer.url))
    expect(ann.see("field[login]")).to_have_value(ann.login)
    expect(ann.see("field[password]")).to_have_value("")
    ann.see("field[password]").fill(PASSWORD)
    ann.see("sign_in.submit").click()
    ann.page.wait_for_url("**/console/candidates")


def test_the_instructor_looks_in_and_lets_a_failure_strike(
    ann: Instructor, guest: Callable[..., Guest], trainer: Trainer
) -> None:
    code = ann.make_workshop("candidate", "Bob\n")
    bob = guest()
    bob.join(code, "Bob")
    ann.see("console.start").click()
    bob.start()
    ann.sees_need("Bob", "working")
    ann.choose("Bob")
    with ann.page.context.expect_page() as opened:
        ann.see("seat.look").click()
    looking = opened.value
    expect(looking.get_by_test_id("home.start")).to_be_visible()
    assert f":{trainer.sandbox_port}/" in looking.url
    looking.close()

    ann.page.keyboard.press("Escape")
    ann.choose("Bob")
    ann.see("seat.faults").click()
    ann.see("seat.fault[slow]").click()
    expect(ann.see("tile[Bob]")).to_contain_text("failure: Slow")
    ann.see("console.faults").click()
    ann.see("console.clear").click()
    expect(ann.see("tile[Bob]")).not_to_contain_text("failure")


def test_the_instructor_puts_back_and_ends_an_exercise_and_the_trainees_page_follows(
    ann: Instructor, guest: Callable[..., Guest]
) -> None:
    code = ann.make_workshop("candidate", "Bob\n")
    bob = guest()
    bob.join(code, "Bob")
    ann.see("console.start").click()
    bob.start()
    bob.consent()
    bob.is_at("devices")
    expect(bob.use("device.skip")).to_be_visible(timeout=SEEN_SECONDS)
    bob.use("nav.home").click()
    expect(bob.use("home.start")).to_be_visible(timeout=SEEN_SECONDS)
    ann.choose("Bob")
    ann.see("seat.back").click()
    back = "You are back at the beginning of this step."
    expect(bob.see("coach.feedback")).to_have_text(back, timeout=SEEN_SECONDS)
    expect(bob.use("device.skip").or_(bob.use("resume.continue")).first).to_be_visible(timeout=SEEN_SECONDS)
    ann.choose("Bob")
    ann.see("seat.end").click()
    expect(ann.page.get_by_role("dialog", name="End the exercise of Bob?")).to_be_visible()
    assert violations(ann.page) == []
    ann.see("seat.end_not").click()
    expect(ann.see("seat.end_sure")).to_be_hidden()
    expect(bob.see("coach.feedback")).to_be_visible()
    ann.see("seat.end").click()
    ann.see("seat.end_sure").click()
    bob.is_in_class()
    bob.is_to("begin")


def test_a_class_goes_on_without_a_lesson_that_has_left_the_catalogue(
    ann: Instructor, guest: Callable[..., Guest], trainer: Trainer
) -> None:
    code = ann.make_workshop("candidate", "Bob\n")
    put_before(trainer, code, "lost-lesson")
    bob = guest()
    bob.join(code, "Bob")
    ann.see("console.start").click()
    bob.is_to("begin")
    expect(bob.see("class.gone")).to_contain_text("you go on without: lost-lesson")
    bob.start()
    ann.sees_need("Bob", "working")
    ann.see("console.results").click()
    expect(ann.see("results.people")).to_contain_text(f"0/{LESSONS + 1}")


@pytest.mark.proof
def test_a_killed_trainer_comes_back_with_everybody_where_they_were(
    ann: Instructor, guest: Callable[..., Guest], trainer: Trainer
) -> None:
    code = ann.make_workshop("candidate", "Bob\n")
    bob = guest()
    bob.join(code, "Bob")
    ann.see("console.start").click()
    bob.start()
    bob.consent()
    bob.is_at("devices")
    bob.see("class.help").click()
    ann.sees_need("Bob", "help")
    trainer.crash()
    bob.is_at("devices")
    expect(bob.see("class.help")).to_have_attribute("aria-pressed", "true")
    ann.sees_need("Bob", "help")
    expect(ann.see("tile[Bob].step")).to_contain_text("Step 2 of")


def test_rights_end_with_the_sign_in(ann: Instructor, new_page: Callable[..., Page], trainer: Trainer) -> None:
    ann.make_workshop("candidate")
    address = ann.page.url.removeprefix(trainer.url)
    bob = Instructor(trainer, new_page(), login="bob")
    bob.sign_in()
    assert trainer.status_of(address, bob.page) == 404
    assert trainer.status_of("/console/people", bob.page) == 404
    wall, second = ann.page.context.new_page(), ann.page.context.new_page()
    wall.goto(f"{trainer.url}{address}/projector")
    expect(wall.get_by_test_id("projector.come")).to_be_visible()
    expect(wall.get_by_test_id("account.sign_out")).to_be_hidden()
    for path in ("/console", "/console/account", "/console/candidates", address):
        second.goto(f"{trainer.url}{path}")
        expect(second.get_by_test_id("account.sign_out")).to_be_visible()
    second.get_by_test_id("account.sign_out").click()
    second.wait_for_url("**/sign-in")
    for page in (ann.page, wall):  # both look at the class from time to time, and may not any more
        page.wait_for_url(re.compile(r"/sign-in\?next="))
        expect(page.get_by_test_id("sign_in.submit")).to_be_visible()
    expect(second.get_by_test_id("sign_in.submit")).to_be_visible()


def test_cookies_are_new_after_joining_and_no_form_leads_elsewhere(
    ann: Instructor, guest: Callable[..., Guest], trainer: Trainer
) -> None:
    code = ann.make_workshop("candidate")
    eve = guest()
    eve.page.goto(f"{trainer.url}/join/{code}")
    planted = eve.page.context.cookies()
    eve.join(code, "Eve")
    taken = eve.page.context.cookies()
    assert {one["name"] for one in planted} <= {one["name"] for one in taken}
    assert not {one["value"] for one in planted if one["name"] == "trainer_id"} & {one["value"] for one in taken}
    assert all(one["httpOnly"] for one in taken)
    for elsewhere in ("//evil.example", "https://evil.example/console", "/console//evil.example", "/console\\x"):
        form = {"login": "ann", "password": PASSWORD, "next": elsewhere}
        answer = ann.page.request.post(f"{trainer.url}/sign-in", form=form, max_redirects=0)
        assert (answer.status, answer.headers["location"]) == (303, "/console")


def test_a_form_of_another_page_is_refused(ann: Instructor, trainer: Trainer) -> None:
    answer = ann.page.request.post(
        f"{trainer.url}/console/create", form={"path": "candidate"}, headers={"origin": "http://evil.example"}
    )
    assert answer.status == 403
    answer = ann.page.request.post(f"{trainer.url}/console/create", multipart={"path": "x" * 200_000})
    assert answer.status == 413


@pytest.mark.proof
def test_pages_of_workshops_shut_nobody_out(ann: Instructor, guest: Callable[..., Guest]) -> None:
    code = ann.make_workshop("candidate", "Bob\nEve\n")
    bob = guest(width=390, height=844, locale="zh-CN")
    bob.page.goto(f"{bob.trainer.url}/join/{code}")
    found = {"join": violations(bob.page)}
    bob.join(code, "Bob")
    found["class"] = violations(bob.page)
    ann.sees_need("Bob", "waiting")
    ann.page.set_viewport_size({"width": 390, "height": 844})
    found["console"] = violations(ann.page)
    ann.choose("Bob")
    expect(ann.page.get_by_role("dialog", name="Bob")).to_be_visible()
    found["seat"] = violations(ann.page)
    for name, path in (("wall", f"{ann.page.url.removeprefix(ann.trainer.url)}/projector"), ("list", "/console")):
        ann.go(path)
        found[name] = violations(ann.page)
        assert ann.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), name
    assert {name: one for name, one in found.items() if one} == {}


def test_what_could_not_be_judged_is_practised_again(
    ann: Instructor, guest: Callable[..., Guest], trainer: Trainer
) -> None:
    code = ann.make_workshop("candidate", "Bob\n")
    bob = guest(width=390, height=844)
    bob.join(code, "Bob")
    ann.see("console.start").click()
    finish(trainer, code, "Bob", points=(True, True), unjudged=LESSON)
    bob.go("/class")
    bob.is_to("rest")
    expect(bob.see("class.certificate")).to_have_count(0)
    expect(bob.see("class.unjudged")).to_contain_text("no certificate without it")
    assert bob.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
    assert violations(bob.page) == []
    bob.see(f"class.unjudged[{LESSON}]").click()
    bob.page.wait_for_url("**/result/*")
    bob.page.wait_for_function("window.did_handshake === true")
    bob.see("result.again").click()
    bob.page.wait_for_url("**/practice/*")


def test_results_certificate_and_feedback(
    ann: Instructor, guest: Callable[..., Guest], new_page: Callable[..., Page], trainer: Trainer
) -> None:
    code = ann.make_workshop("candidate", "Bob\nEve\n", test=True)
    bob = guest()
    bob.join(code, "Bob")
    ann.see("console.start").click()
    finish(trainer, code, "Bob", points=(False, True))
    bob.go("/class")
    bob.is_to("rest")
    bob.see("feedback.stars[4]").check()
    bob.see("feedback.text").fill("More of it <script>")
    bob.see("feedback.submit").click()
    expect(bob.see("feedback.sent")).to_contain_text("4 of 5", timeout=SEEN_SECONDS)
    bob.is_in_class()
    certificate = bob.see("class.certificate").get_attribute("href") or ""
    assert bob.page.request.get(trainer.url + certificate).body().startswith(b"%PDF")
    stranger = new_page()
    stranger.goto(trainer.url + certificate.removesuffix(".pdf"))
    expect(stranger.get_by_test_id("certificate.name")).to_have_text("Bob")
    assert trainer.status_of(f"/certificate/{'0' * 32}", stranger) == 404

    ann.see("console.results").click()
    expect(ann.see("results.completed")).to_have_text("1 of 1")
    expect(ann.see("results.difference")).to_have_text("+100.0 points (n = 1)")
    expect(ann.see("results.stars")).to_have_text("4.0 / 5")
    expect(ann.see("results.feedback")).to_contain_text("More of it <script>")
    expect(ann.see("results.claims")).to_contain_text("the source claims +65 %")
    assert violations(ann.page) == []
    for name, value in (("hours", "8"), ("rate", "50"), ("spent", "100")):
        ann.see(f"field[{name}]").fill(value)
    ann.see("results.costs").click()
    expect(ann.see("results.return")).to_contain_text("Hours saved")
    papers = {kind: ann.see(f"results.{kind}").get_attribute("href") or "" for kind in ("pdf", "csv")}
    assert ann.page.request.get(trainer.url + papers["pdf"]).body().startswith(b"%PDF")
    assert f"Bob,{LESSONS + 2}/{LESSONS + 2},100" in ann.page.request.get(trainer.url + papers["csv"]).text()
    assert [bob.page.request.get(trainer.url + path).status for path in papers.values()] == [404, 404]
