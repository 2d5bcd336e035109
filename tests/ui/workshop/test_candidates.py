"""A candidate's own page as people use it: made in the console, opened by its link, taken away, deleted."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.ui.accessible import violations
from tests.ui.practice.trainees import SEEN_SECONDS, Trainer
from tests.ui.workshop.instructors import Hr, Instructor, Invited, done_already
from trainer import bootstrap
from trainer.adapters.database import Database, sqlite_url

pytestmark = pytest.mark.browser

LESSON = "normal-exit-web"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def hr(trainer: Trainer, new_page: Callable[..., Page]) -> Hr:
    person = Hr(trainer, new_page(), login="hr")
    person.sign_in()
    return person


def test_a_candidate_practises_by_a_link_that_can_be_taken_away(
    hr: Hr, trainer: Trainer, new_page: Callable[..., Page]
) -> None:
    path = hr.makes_link("林悦", lang="zh_CN")
    expect(hr.see("candidates.state[林悦]")).to_have_text("not opened yet")
    lin = Invited(trainer, new_page(**PHONE))
    lin.page.goto(trainer.url + path)
    found = {"door": violations(lin.page)}
    lin.opens(path)
    expect(lin.see("portal.none")).to_be_visible()
    expect(lin.see("portal.reminder")).to_have_text("没有安排提醒。")
    expect(lin.see("portal.starts")).to_contain_text("2030年12月1日")
    expect(lin.see("portal.progress")).to_have_attribute("data-state", re.compile("^0/"))
    found["empty"] = violations(lin.page)
    for form, kind in (("pdf", "normal-exit-web.pdf"), ("html", "normal-exit-web.html")):
        assert kind in (lin.see(f"portal.guide.{form}").get_attribute("href") or "")
    assert lin.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")

    lin.see("mode[practice]").check()
    lin.see("portal.start").press("Enter")
    lin.page.wait_for_url("**/practice/*")
    practice = lin.page.url.removeprefix(trainer.url)
    expect(lin.use("home.start")).to_be_visible(timeout=SEEN_SECONDS)
    run = done_already(trainer, "林悦")
    lin.see("coach.leave").click()
    lin.page.wait_for_url("**/candidate")
    expect(lin.see("portal.continue")).to_have_attribute("href", practice)
    done = lin.see(f"portal.run[{run}]")
    expect(done.get_by_test_id("portal.verdict")).to_have_attribute("data-state", "passed")
    expect(done.get_by_test_id("portal.points")).to_have_text("100 分（满分 100）")
    expect(lin.see("portal.reminder")).to_contain_text("通过电子邮件")
    found["page"] = violations(lin.page)

    laptop = Invited(trainer, new_page())
    laptop.opens(path)
    expect(laptop.see("portal.continue")).to_have_attribute("href", practice)
    assert laptop.trainer.status_of(practice, laptop.page) == 200
    hr.go("/console/candidates")
    expect(hr.see("candidates.progress[林悦]")).to_contain_text("1 of ")
    found["hr"] = violations(hr.page)
    hr.see("candidates.revoke[林悦]").click()
    expect(hr.see("candidates.state[林悦]")).to_contain_text("taken away")
    laptop.see("forget.open").click()
    laptop.see("forget.confirm").click()
    expect(laptop.page.get_by_text("您的个人链接已失效").first).to_be_visible()
    assert [trainer.status_of(one, laptop.page) for one in ("/candidate", practice, path)] == [403, 404, 404]
    assert {name: one for name, one in found.items() if one} == {}


def test_deleted_data_is_gone_and_that_is_written_down(
    hr: Hr, trainer: Trainer, new_page: Callable[..., Page]
) -> None:
    path = hr.makes_link("Eve")
    expect(hr.page.get_by_text("Invitation letters with a guide carry such a link")).to_be_visible()
    eve = Invited(trainer, new_page())
    eve.opens(path)
    run = done_already(trainer, "Eve")
    eve.go("/candidate")
    expect(eve.see(f"portal.run[{run}]")).to_be_visible()
    with closing(Database(sqlite_url(trainer.home / "platform.sqlite"))) as database:
        known = next(one.id for one in bootstrap.candidates(database).all() if one.name == "Eve")
    assert [trainer.status_of(f"/deleted/{one}", eve.page) for one in (known, "0" * 32)] == [404, 404]
    eve.see("forget.open").click()
    expect(eve.see("forget.what").locator("li")).to_have_count(4)
    eve.see("forget.confirm").click()
    eve.page.wait_for_url("**/deleted/*")
    expect(eve.see("portal.deleted")).to_contain_text(re.compile(r"^Everything was deleted on \w{3} \d+, \d{4} "))
    expect(eve.page.get_by_text("Kept is only that somebody’s data was deleted")).to_be_visible()
    assert violations(eve.page) == []
    told = eve.page.url.removeprefix(trainer.url)
    assert trainer.status_of(told, eve.page) == 200
    assert [trainer.status_of(one, eve.page) for one in ("/candidate", f"/result/{run}", path)] == [403, 404, 404]
    hr.go("/console/candidates")
    expect(hr.see("candidates.state[]").first).to_contain_text("data deleted on")
    expect(hr.see("candidates.rows")).not_to_contain_text("Eve")
    with closing(Database(sqlite_url(trainer.home / "platform.sqlite"))) as database:
        people, everybody = bootstrap.people(database), bootstrap.candidates(database).all()
        (gone,) = [one for one in everybody if one.erased]
        assert told == f"/deleted/{gone.id}" == f"/deleted/{known}"
        assert [line.about for line in people.audit() if line.what == "candidate_erased"] == [gone.id]
        assert {one.state for one in bootstrap.outbox(database).all() if one.candidate == gone.id} == {"opted_out"}


def test_nobody_else_gets_in(hr: Hr, trainer: Trainer, new_page: Callable[..., Page]) -> None:
    path = hr.makes_link("Bob")
    run = done_already(trainer, "Bob")
    other = Instructor(trainer, new_page(), login="other")
    other.sign_in()
    other.go("/console/candidates")
    expect(other.see("candidates.row[Bob]")).to_have_count(0)
    with httpx.Client(base_url=trainer.url) as web:
        assert web.get("/console/candidates").headers["location"] == "/sign-in?next=/console/candidates"
        assert web.get("/candidate").status_code == 403
        for wrong in ("0" * 32, "..%2F..%2Fetc", "'--", path[-31:]):
            assert web.get(f"/candidate/{wrong}").status_code == 404
            assert web.post(f"/candidate/{wrong}").status_code in {303, 404}
            assert web.get("/candidate").status_code == 403
        assert web.post(path, headers={"origin": "http://evil.example"}).status_code == 403
        assert web.get(path).status_code == 200  # looking, as programs do with links in letters, opens nothing
        assert web.get("/candidate").status_code == 403
        assert web.get(f"/result/{run}").status_code == 404
        planted = web.cookies["trainer_id"]
        answer = web.post(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/candidate")
        assert "httponly" in answer.headers["set-cookie"].lower()
        assert web.cookies["trainer_id"] != planted
        assert (web.get("/candidate").status_code, web.get(f"/result/{run}").status_code) == (200, 200)
        assert "Bob" not in httpx.get(trainer.url + "/candidate", cookies={"trainer_id": planted}).text
        opened = web.cookies["trainer_id"]
        assert web.post("/candidate-leave").headers["location"] == "/"
        assert httpx.get(trainer.url + "/candidate", cookies={"trainer_id": opened}).status_code == 403
    assert path.rpartition("/")[2] not in trainer.log()
