"""Instructors at real browsers, and trainees who join their workshops."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.ui.practice.trainees import SEEN_SECONDS, Trainee, Trainer
from tests.unit.guides.candidates import a_candidate, a_kit
from tests.unit.serve.test_result_page import UNSEEN
from tests.unit.serve.test_workshops import a_run
from trainer import bootstrap
from trainer.adapters.database import Database, sqlite_url
from trainer.adapters.workshop_store import StoredWorkshops
from trainer.core.invitation import About, items
from trainer.core.people import Role
from trainer.core.workshop import Seat, plain_code

LESSON = "normal-exit-web"
PASSWORD = "a good password"

OFF_CENTRE = """element => {
  const [own, around] = [element, element.parentElement].map(one => one.getBoundingClientRect());
  return (own.left + own.right - around.left - around.right) / 2;
}"""


class Instructor(Trainee):
    """A person with an account at a browser."""

    def __init__(self, trainer: Trainer, page: Page, login: str = "ann", role: Role = Role.INSTRUCTOR) -> None:
        super().__init__(trainer, page)
        self.login = login
        with closing(Database(sqlite_url(trainer.home / "platform.sqlite"))) as database:
            self._link = bootstrap.people(database).link(login, role=role)

    def sign_in(self) -> None:
        """Set a password by the one-time link, and sign in with it."""
        self.go(f"/link/{self._link}")
        self.see("field[password]").fill(PASSWORD)
        self.see("link.submit").click()
        self.page.wait_for_url("**/sign-in?said=*")
        expect(self.see("said")).to_contain_text(self.login)
        expect(self.see("field[login]")).to_have_value(self.login)
        self.see("field[password]").fill(PASSWORD)
        self.see("sign_in.submit").click()
        self.page.wait_for_url("**/console")

    def make_workshop(self, path: str, roster: str = "", *, test: bool = False) -> str:
        """Make a workshop with the form, be on its console, and return the code to join it."""
        self.go("/console")
        self.see("field[path]").select_option(path)
        self.see("field[test]").set_checked(test)
        if roster:
            content = roster.encode()
            self.see("field[roster]").set_input_files({"name": "r.csv", "mimeType": "text/csv", "buffer": content})
        self.see("console.create").click()
        self.page.wait_for_url(re.compile(r"/console/[0-9a-f]{32}$"))
        self.page.wait_for_function("window.did_handshake === true")
        return self.see("console.code").inner_text()

    def sees_need(self, name: str, need: str) -> None:
        """Wait until the tile of a trainee says why the instructor is needed."""
        tile = self.see(f"tile[{name}].need")
        expect(tile).to_have_attribute("data-state", need, timeout=SEEN_SECONDS)

    def choose(self, name: str) -> None:
        """Open what can be done for one trainee."""
        self.see(f"tile[{name}]").click()
        expect(self.see("seat.name")).to_have_text(name)

    def lets_go_on(self, name: str) -> None:
        """Let a trainee go on without the exercise that is under way."""
        self.choose(name)
        self.see("seat.unlock").click()
        self.see("seat.unlock_sure").click()


class Guest(Trainee):
    """A trainee in a workshop."""

    def join(self, code: str, name: str) -> None:
        """Join by the address that the QR code holds."""
        self.page.goto(f"{self.trainer.url}/join/{code}")
        self.see("field[name]").fill(name)
        self.see("join.submit").click()
        self.is_in_class()

    def resume(self, personal: str) -> None:
        """Go on with a personal code, in this browser."""
        self.page.goto(f"{self.trainer.url}/join")
        self.see("field[code]").nth(1).fill(personal)
        self.see("resume.submit").click()
        self.is_in_class()

    def is_in_class(self) -> None:
        """Wait for the page that says what to do now."""
        self.page.wait_for_url("**/class")
        self.page.wait_for_function("window.did_handshake === true")

    def is_to(self, todo: str) -> None:
        """Wait until the page says what to do now."""
        expect(self.see("class.now")).to_have_attribute("data-state", todo, timeout=SEEN_SECONDS)

    def start(self) -> str:
        """Begin what is to be done now; return the path of the practice page."""
        self.see("class.start").click()
        self.page.wait_for_url("**/practice/*")
        expect(self.use("home.start")).to_be_visible(timeout=SEEN_SECONDS)
        return self.page.url.removeprefix(self.trainer.url)


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
        assert abs(self.page.locator(".dialog .qr").evaluate(OFF_CENTRE)) <= 1
        self.see("candidates.done").click()
        expect(self.see(f"candidates.state[{name}]")).to_be_visible()
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


def finish(trainer: Trainer, code: str, name: str, *, points: tuple[bool, bool], unjudged: str = "") -> None:
    """Store everything of a workshop as done by one trainee, who passes the tests before and after or not.

    The last look at the lesson `unjudged` could not be taken.
    """
    with closing(Database(sqlite_url(trainer.home / "platform.sqlite"))) as database:
        workshops, runs = bootstrap.workshops(database), bootstrap.runs(database)
        workshop = next(one for one in workshops.all() if one.code == plain_code(code))
        seat = next(one for one in workshops.seats(workshop.id) if one.name == name)
        parts = workshops.parts(workshop)
        for number, (lesson, mode) in enumerate(parts):
            passed = {0: points[0], len(parts) - 1: points[1]}.get(number, True)
            run = a_run(seat, lesson, mode=mode, passed=passed, minute=10 * number)
            runs.save(replace(run, sandbox="", final=(UNSEEN,) if lesson == unjudged else ()))


def put_before(trainer: Trainer, code: str, lesson: str) -> None:
    """Store a lesson as the first one of a workshop."""
    with closing(Database(sqlite_url(trainer.home / "platform.sqlite"))) as database:
        store = StoredWorkshops(database)
        found = store.coded(plain_code(code))
        assert found is not None
        store.save(replace(found, lessons=(lesson, *found.lessons)))


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
