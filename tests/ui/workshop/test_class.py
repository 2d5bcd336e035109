"""A whole class at real browsers, a third of it clumsy: the report says exactly what the seeds prescribe."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

import pytest
from playwright.sync_api import Page, expect

from tests.ui.practice.trainees import PROGRAM, SEEN_SECONDS, Trainer
from tests.ui.workshop.instructors import Guest, Instructor
from trainer.paths import data_dir

pytestmark = pytest.mark.browser

LESSON = "normal_exit/normal-exit-web.yaml"
WHOLE, SHORT = "normal-exit-web", "short-exit-web"
QUESTIONS = {WHOLE: 4, SHORT: 1}
"""Questions to answer: in the short one the interview ends incomplete, and HR sees that."""

PATH = """
id: path-of-{lesson}
version: 1
title: One lesson
summary: One lesson.
test: other-web
parts:
  - title: The lesson
    lessons: [{lesson}]
"""
PHONE = {"width": 390, "height": 844}
CLASSES = ((6, SHORT), pytest.param(20, WHOLE, marks=pytest.mark.proof))
"""How many take which lesson."""


@dataclass(frozen=True)
class Plan:
    """What one trainee does, as a seed prescribes.

    Attributes:
        wrong: Presses something that the first step does not ask for.
        early: Presses End too early; Cancel, which undoes that, costs nothing.
        hints: Hints taken at the device check, at most two.
        moves: Goes on with another device in the middle.
        phone: Sits at a phone.
    """

    wrong: bool
    early: bool
    hints: int
    moves: bool
    phone: bool

    @classmethod
    def of(cls, number: int) -> Plan:
        """Return the plan of a trainee: every third one is clumsy, two sit at phones, one moves."""
        random = Random(number)  # noqa: S311  # seeded on purpose
        clumsy = number % 3 == 0
        wrong, early = clumsy, clumsy and random.random() < 0.5
        return cls(wrong, early, random.randint(0, 2), moves=number == 1, phone=number in {1, 2})

    def row(self, name: str, questions: int) -> list[str]:
        """Return what the report has to say, without the time.

        Each question, three other steps, and what HR sees at the end count the same.
        """
        mistakes, marks = self.wrong + self.early, questions + 4
        lost = 0.1 * mistakes + (0, 0.05, 0.15)[self.hints]
        points = round(100 * (marks - lost) / marks)
        return [name, "1/1", str(points), str(mistakes), str(self.hints), "0", "", ""]


@pytest.fixture(scope="module")
def trainer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainer]:
    """A trainer with two learning paths of one lesson each."""
    folder = tmp_path_factory.mktemp("lessons")
    lesson = (data_dir("scenarios") / LESSON).read_text("utf-8")
    short = lesson.replace(f"id: {WHOLE}", f"id: {SHORT}").replace("${questions}", "${questions[0:1]}")
    short = re.sub("(?m)^ *- (stored: interview.(saved|synced)|visible: done).*\n", "", short)
    for name, text in (
        ("normal_exit/normal-exit-web.yaml", lesson),
        ("normal_exit/short-exit-web.yaml", short.replace("to_review", "incomplete")),
        ("normal_exit/other-web.yaml", lesson.replace(f"id: {WHOLE}", "id: other-web")),
        *((f"paths/path-of-{one}.yaml", PATH.format(lesson=one)) for one in QUESTIONS),
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    program = (
        "from pathlib import Path; from trainer import bootstrap;"
        " from trainer.adapters.scenario_files import ScenarioFiles;"
        f" bootstrap.scenarios = lambda: ScenarioFiles(Path({str(folder)!r})); {PROGRAM}"
    )
    running = Trainer(tmp_path_factory.mktemp("home"), program)
    yield running
    running.stop()
    assert "Traceback" not in running.log(), running.log()


def lives(plan: Plan, name: str, code: str, questions: int, guest: Callable[..., Guest]) -> Iterator[None]:
    """Live through the workshop as one trainee, a step at a time."""
    me = guest(**PHONE) if plan.phone else guest()
    me.join(code, name)
    yield
    me.start()
    if plan.wrong:
        me.use("nav.home").click()
        expect(me.see("coach.feedback")).to_contain_text("You pressed", timeout=SEEN_SECONDS)
    yield
    me.consent()
    me.is_at("devices")
    for number in range(plan.hints):
        me.see("coach.help").click()
        expect(me.see("coach.hints").locator("li")).to_have_count(number + 1)
    me.use("device.skip").click()
    me.is_at("answer.1")
    if plan.early:
        me.use("interview.end").click()
        expect(me.see("coach.feedback")).to_contain_text("comes later", timeout=SEEN_SECONDS)
        me.use("dialog.cancel").click()
    yield
    if plan.moves:
        me.go("/class")
        personal = me.see("class.code").inner_text()
        me.page.close()
        me = guest()
        me.resume(personal)
        me.see("class.continue").click()
        me.page.wait_for_url("**/practice/*")
        me.use("home.start").click(timeout=SEEN_SECONDS)
        me.use("resume.continue").click()
    yield
    for number in range(1, questions + 1):
        me.is_at(f"answer.{number}")
        me.answer()
    me.is_at("end")
    me.end()
    yield
    assert me.read_result() == "passed"
    me.see("result.class").click()
    me.is_in_class()
    me.is_to("rest")


@pytest.mark.parametrize(("size", "lesson"), CLASSES)
def test_the_report_says_what_the_seeds_prescribe(
    size: int, lesson: str, trainer: Trainer, new_page: Callable[..., Page], guest: Callable[..., Guest]
) -> None:
    ann = Instructor(trainer, new_page(), login=f"ann{size}")
    ann.sign_in()
    plans = {f"Trainee {number:02d}": Plan.of(number) for number in range(size)}
    code = ann.make_workshop(f"path-of-{lesson}", "\n".join(plans))
    ann.see("console.start").click()
    expect(ann.see("console.phase")).to_have_attribute("data-state", "running")
    going = [lives(plan, name, code, QUESTIONS[lesson], guest) for name, plan in plans.items()]
    while going:
        going = [one for one in going if next(one, "over") != "over"]
    for name in plans:
        ann.sees_need(name, "done")
    ann.see("console.results").click()
    expect(ann.see("results.completed")).to_have_text(f"{size} of {size}")
    expect(ann.see("results.lost")).to_have_text(f"0 of {QUESTIONS[lesson] * size}")
    rows = [
        [cell.inner_text() for cell in row.locator("td").all()]
        for row in ann.see("results.people").locator("tbody tr").all()
    ]
    assert [row[:6] + row[7:] for row in rows] == [
        plan.row(name, QUESTIONS[lesson]) for name, plan in plans.items()
    ]
