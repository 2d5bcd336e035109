"""A candidate's own page as people use it: made in the console, opened by its link, taken away, deleted."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.ui.accessible import violations
from tests.ui.practice.trainees import SEEN_SECONDS, Trainer
from tests.ui.workshop.instructors import Guest, Instructor
from tests.unit.guides.candidates import a_candidate, a_kit
from tests.unit.serve.test_workshops import a_run
from trainer import bootstrap
from trainer.adapters.database import Database, sqlite_url
from trainer.core.invitation import About, items
from trainer.core.workshop import Seat

pytestmark = pytest.mark.browser

LESSON = "normal-exit-web"
PHONE = {"width": 390, "height": 844}


class Hr(Instructor):
    """An instructor who invites candidates."""

    def makes_link(self, name: str, post: str = "Sales", lang: str = "en") -> str:
        """Make a candidate with the form, and return the path of the link that is shown once."""
        self.go("/console/candidates")
        self.see("candidates.name").fill(name)
        self.see("candidates.post").fill(post)
        self.see("candidates.lang").select_option(lang)
        self.see("candidates.starts").fill("2030-12-01T10:00")
        self.see("candidates.make").press("Enter")
        address = self.see("candidates.secret").inner_text()
        self.see("candidates.done").click()
        expect(self.see(f"candidates.state[{name}]")).to_have_text("not opened yet")
        assert re.fullmatch(rf"{self.trainer.url}/candidate/[0-9a-f]{{32}}", address)
        return address.removeprefix(self.trainer.url)


class Invited(Guest):
    """Somebody with a personal link."""

    def opens(self, path: str) -> None:
        """Open the link and press the one button behind it."""
        self.page.goto(self.trainer.url + path)
        self.see("portal.open").press("Enter")
        self.page.wait_for_url("**/candidate")
        self.page.wait_for_function("window.did_handshake === true")


@pytest.fixture
def hr(trainer: Trainer, new_page: Callable[..., Page]) -> Hr:
    person = Hr(trainer, new_page(), login="hr")
    person.sign_in()
    return person


def done_already(trainer: Trainer, name: str) -> str:
    """Store a passed exercise of a candidate, and a reminder that waits; return the id of the Run."""
    with closing(Database(sqlite_url(trainer.home / "platform.sqlite"))) as database:
        found = next(one for one in bootstrap.candidates(database).all() if one.name == name)
        run = replace(a_run(Seat(found.id, "", name, found.owner, ""), LESSON), sandbox="")
        bootstrap.runs(database).save(run)
        told = a_candidate(starts=bootstrap.clock() + timedelta(days=3))
        letters = items(a_kit(), told, About.INVITATION, bootstrap.clock(), found.id)
        bootstrap.outbox(database).add(a_kit(), letters[1:])
        return run.id


def test_a_candidate_practises_by_a_link_that_can_be_taken_away(
    hr: Hr, trainer: Trainer, new_page: Callable[..., Page]
) -> None:
    path = hr.makes_link("林悦", lang="zh_CN")
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
    eve = Invited(trainer, new_page())
    eve.opens(path)
    run = done_already(trainer, "Eve")
    eve.go("/candidate")
    expect(eve.see(f"portal.run[{run}]")).to_be_visible()
    eve.see("forget.open").click()
    expect(eve.see("forget.what").locator("li")).to_have_count(4)
    eve.see("forget.confirm").click()
    expect(eve.see("said")).to_have_text("Your data is deleted.")
    assert [trainer.status_of(one, eve.page) for one in ("/candidate", f"/result/{run}", path)] == [403, 404, 404]
    hr.go("/console/candidates")
    expect(hr.see("candidates.state[]").first).to_contain_text("data deleted on")
    expect(hr.see("candidates.rows")).not_to_contain_text("Eve")
    with closing(Database(sqlite_url(trainer.home / "platform.sqlite"))) as database:
        people, everybody = bootstrap.people(database), bootstrap.candidates(database).all()
        (gone,) = [one for one in everybody if one.erased]
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
