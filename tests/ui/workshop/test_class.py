"""A whole class at real browsers, a third of it clumsy: the report says exactly what the seeds prescribe."""

from __future__ import annotations

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
PATH = """
id: short
version: 1
title: One lesson
summary: One lesson.
test: other-web
parts:
  - title: The lesson
    lessons: [normal-exit-web]
"""
MARKS = 8
"""Seven steps, and what HR sees at the end: each counts the same."""

PHONE = {"width": 390, "height": 844}
SIZES = (3, pytest.param(20, marks=pytest.mark.proof))


@dataclass(frozen=True)
class Plan:
    """What one trainee does, as a seed prescribes.

    Attributes:
        wrong: Presses something that the first step does not ask for.
        early: Presses End too early; Cancel, which undoes that, costs nothing.
        hints: Hints taken in the second question, at most two.
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

    def row(self, name: str) -> list[str]:
        """Return what the report has to say, without the time."""
        mistakes = self.wrong + self.early
        lost = 0.1 * mistakes + (0, 0.05, 0.15)[self.hints]
        points = round(100 * (MARKS - lost) / MARKS)
        return [name, "1/1", str(points), str(mistakes), str(self.hints), "0", "", ""]


@pytest.fixture(scope="module")
def trainer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainer]:
    """A trainer with one learning path of one lesson."""
    folder = tmp_path_factory.mktemp("lessons")
    lesson = (data_dir("scenarios") / LESSON).read_text("utf-8")
    for name, text in (
        ("normal_exit/normal-exit-web.yaml", lesson),
        ("normal_exit/other-web.yaml", lesson.replace("id: normal-exit-web", "id: other-web")),
        ("paths/short.yaml", PATH),
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


def lives(plan: Plan, name: str, code: str, guest: Callable[..., Guest]) -> Iterator[None]:
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
    me.use("device.skip").click()
    me.is_at("answer.1")
    if plan.early:
        me.use("interview.end").click()
        expect(me.see("coach.feedback")).to_contain_text("comes later", timeout=SEEN_SECONDS)
        me.use("dialog.cancel").click()
    yield
    me.answer()
    me.is_at("answer.2")
    for number in range(plan.hints):
        me.see("coach.help").click()
        expect(me.see("coach.hints").locator("li")).to_have_count(number + 1)
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
    me.answer()
    yield
    for number in (3, 4):
        me.is_at(f"answer.{number}")
        me.answer()
    me.is_at("end")
    me.end()
    yield
    assert me.read_result() == "passed"
    me.see("result.class").click()
    me.is_in_class()
    me.is_to("rest")


@pytest.mark.parametrize("size", SIZES)
def test_the_report_says_what_the_seeds_prescribe(
    size: int, trainer: Trainer, new_page: Callable[..., Page], guest: Callable[..., Guest]
) -> None:
    ann = Instructor(trainer, new_page(), login=f"ann{size}")
    ann.sign_in()
    plans = {f"Trainee {number:02d}": Plan.of(number) for number in range(size)}
    code = ann.make_workshop("short", "\n".join(plans))
    ann.see("console.start").click()
    expect(ann.see("console.phase")).to_have_attribute("data-state", "running")
    going = [lives(plan, name, code, guest) for name, plan in plans.items()]
    while going:
        going = [one for one in going if next(one, "over") != "over"]
    for name in plans:
        ann.sees_need(name, "done")
    ann.see("console.results").click()
    expect(ann.see("results.completed")).to_have_text(f"{size} of {size}")
    expect(ann.see("results.lost")).to_have_text(f"0 of {4 * size}")
    rows = [
        [cell.inner_text() for cell in row.locator("td").all()]
        for row in ann.see("results.people").locator("tbody tr").all()
    ]
    assert [row[:6] + row[7:] for row in rows] == [plan.row(name) for name, plan in plans.items()]
