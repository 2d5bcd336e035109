"""In a pseudo-locale no text of a lesson or a workshop is left over from the source, and longer texts still fit.

Everybody has Chinese chosen: what is data, such as names and stored answers, has no Latin letters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.pseudo import PROGRAM, problems
from tests.ui.accessible import Judge
from tests.ui.practice.trainees import Trainee, Trainer
from tests.ui.workshop.instructors import Guest, Hr, Instructor, Invited, done_already, finish
from trainer.core.people import Role

pytestmark = [pytest.mark.browser, pytest.mark.proof]

LESSON = "normal-exit-web"
STORED = ("admin", "one")
"""The login of the first account, and the step of a stored Run."""


@pytest.fixture(scope="module")
def trainer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainer]:
    running = Trainer(tmp_path_factory.mktemp("pseudo"), PROGRAM)
    yield running
    running.stop()


@pytest.fixture
def chinese(new_page: Callable[..., Page]) -> Callable[[], Page]:
    return lambda: new_page(locale="zh-CN")


@pytest.fixture
def judge() -> Iterator[Judge]:
    """Look at pages; what is wrong with any of them is told at the end."""
    judging = Judge(lambda page: problems(page, *STORED))
    yield judging
    assert judging.found == [], "\n".join(judging.found)


def test_a_lesson_with_its_coach_and_its_exam(trainer: Trainer, chinese: Callable[[], Page], judge: Judge) -> None:
    lin = Trainee(trainer, chinese())
    lin.begin(LESSON)
    expect(lin.ring).to_be_visible()
    judge.look(lin.page, "practice")
    lin.use("nav.home").click()
    expect(lin.see("coach.feedback")).not_to_be_empty()
    for number in range(1, 4):
        lin.see("coach.help").click()
        expect(lin.see("coach.hints").locator("li")).to_have_count(number)
    judge.look(lin.page, "practice with hints")
    lin.go_on_to_answer()
    judge.look(lin.page, "practice at an answer")
    for number in range(1, 5):
        lin.is_at(f"answer.{number}")
        lin.answer()
    lin.is_at("end")
    lin.end()
    lin.read_result()
    judge.look(lin.page, "passed")
    lin.begin(LESSON, "exam")
    judge.look(lin.page, "exam")
    lin.see("exam.hand_in").click()
    expect(lin.see("exam.confirm")).to_be_visible()
    judge.look(lin.page, "exam handed in?")
    lin.see("exam.confirm").click()
    lin.page.wait_for_url("**/result/*")
    expect(lin.see("result.verdict")).to_be_visible(timeout=45_000)
    judge.look(lin.page, "result")
    lin.go()
    judge.look(lin.page, "lessons")
    for place in ("/films", f"/guide/{LESSON}.html", "/guides/candidate.zip", "/film/none"):
        lin.page.goto(f"{trainer.url}{place}?lang=zh_CN")
        judge.look(lin.page, place)


def test_a_workshop(trainer: Trainer, chinese: Callable[[], Page], judge: Judge) -> None:
    ann = Instructor(trainer, chinese(), login="a1", role=Role.ADMINISTRATOR)
    ann.sign_in()
    judge.look(ann.page, "no workshops")
    code = ann.make_workshop("candidate", "林悦\n王明\n", test=True)
    lin = Guest(trainer, chinese())
    lin.join(code, "林悦")
    judge.look(lin.page, "lobby")
    ann.sees_need("林悦", "waiting")
    ann.see("console.faults").click()
    ann.see("console.show").click()
    judge.look(ann.page, "console")
    ann.see("console.start").click()
    lin.is_to("begin")
    judge.look(lin.page, "class")
    lin.start()
    lin.see("class.help").click()
    ann.sees_need("林悦", "help")
    judge.look(lin.page, "exam in class")
    ann.choose("林悦")
    ann.see("seat.faults").click()
    judge.look(ann.page, "seat")
    ann.page.keyboard.press("Escape")
    ann.see("console.pause").click()
    expect(lin.see("class.break")).to_be_visible()
    judge.look(lin.page, "break")
    judge.look(ann.page, "console in a break")
    workshop = ann.page.url.rpartition("/")[2]
    finish(trainer, code, "林悦", points=(False, True))
    ann.see("console.start").click()
    lin.go("/class")
    lin.is_to("rest")
    judge.look(lin.page, "all done")
    certificate = (lin.see("class.certificate").get_attribute("href") or "").removesuffix(".pdf")
    for place in (f"/{workshop}/results", f"/{workshop}/projector", "", "/account", "/people"):
        ann.go(f"/console{place}")
        judge.look(ann.page, f"console{place}")
    ann.go(certificate)
    judge.look(ann.page, "certificate")


def test_candidates(trainer: Trainer, chinese: Callable[[], Page], judge: Judge) -> None:
    hr = Hr(trainer, chinese(), login="h1")
    hr.sign_in()
    hr.go("/console/candidates")
    judge.look(hr.page, "no candidates")
    path = hr.makes_link("林悦", post="销售代表", lang="zh_CN")
    judge.look(hr.page, "candidates")
    lin = Invited(trainer, chinese())
    lin.page.goto(trainer.url + path)
    judge.look(lin.page, "door")
    lin.opens(path)
    judge.look(lin.page, "portal")
    done_already(trainer, "林悦")
    lin.go("/candidate")
    lin.see("forget.open").click()
    judge.look(lin.page, "portal with results")
