"""`trainer practice` and `trainer exam`: somebody acts in the window that opened, and is judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from tests.e2e.commands import Command
from trainer import bootstrap
from trainer.adapters.playwright_desk import DeskWindow
from trainer.adapters.playwright_stage import PlaywrightWindow
from trainer.app.attend import Attendance
from trainer.cli.practice import Person, finish, sit
from trainer.core.checks import Status
from trainer.core.errors import ExitCode
from trainer.core.runs import Run, RunStatus

pytestmark = pytest.mark.browser

LESSON = "normal-exit-web"
Doing = Callable[[Attendance], None]


def somebody(*doings: tuple[str, Doing]) -> Person:
    """Return somebody who does each thing as soon as the Run is at its step."""

    def arrive(seat: Attendance) -> Callable[[float], None]:
        pause, left = seat.wait, list(doings)

        def wait(seconds: float) -> None:
            ongoing = seat.coach.progress(seat.run).run.ongoing
            if left and left[0][0] == (ongoing.step if ongoing else ""):
                left.pop(0)[1](seat)
            pause(seconds)

        return wait

    return arrive


def press(*targets: str) -> Doing:
    def act(seat: Attendance) -> None:
        for target in targets:
            seat.window.click(target)

    return act


def answer(seat: Attendance) -> None:
    seat.window.fill("interview.answer", "I asked the customer first, and sold a year's supply of paper.")
    seat.window.click("interview.submit")


def at_the_desk(name: str) -> Doing:
    def act(seat: Attendance) -> None:
        cast("DeskWindow", seat.desk).page.click(f"#{name}")

    return act


def ran(mode: str, *doings: tuple[str, Doing], lang: str = "en") -> Run:
    return sit(bootstrap.scenarios().get(LESSON), lang, mode, person=somebody(*doings))


ANSWERS = tuple((f"answer.{number}", answer) for number in range(1, 5))


@pytest.mark.proof
def test_a_lesson_is_practised_with_a_mistake_and_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    run = ran(
        "practice",
        ("start", press("nav.home")),
        ("start", at_the_desk("help")),
        ("start", press("home.start", "consent.agree", "consent.begin")),
        ("devices", press("device.skip")),
        *ANSWERS,
        ("end", press("interview.end", "dialog.confirm")),
    )
    assert run.verdict is Status.PASSED
    assert (run.attempts[0].mistakes, run.attempts[0].helps) == (1, ("nudge",))
    assert finish(bootstrap.scenarios().get(LESSON), run, LESSON) == ExitCode.PASSED
    assert "mistakes: 1, hints: 1" in capsys.readouterr().out


@pytest.mark.proof
def test_an_exam_handed_in_half_done_fails_with_a_score() -> None:
    run = ran(
        "exam",
        ("start", press("home.start", "consent.agree", "consent.begin")),
        ("devices", press("device.skip")),
        ("answer.1", answer),
        ("answer.2", lambda seat: cast("PlaywrightWindow", seat.window).reload()),
        ("answer.2", at_the_desk("hand_in")),
        lang="zh_CN",
    )
    assert [tried.status for tried in run.attempts] == [Status.PASSED] * 3 + [Status.FAILED] * 4
    assert finish(bootstrap.scenarios().get(LESSON), run, LESSON) == ExitCode.CHECK_FAILED


@pytest.mark.proof
def test_who_closes_the_coach_has_left() -> None:
    run = ran("practice", ("start", lambda seat: cast("DeskWindow", seat.desk).page.close()))
    assert finish(bootstrap.scenarios().get(LESSON), run, LESSON) == ExitCode.CHECK_FAILED


@pytest.mark.proof
def test_an_exam_whose_coach_is_closed_goes_on_where_it_was() -> None:
    begun = ("start", press("home.start", "consent.agree", "consent.begin"))
    closed = ("answer.1", lambda seat: cast("DeskWindow", seat.desk).page.close())
    left = ran("exam", begun, ("devices", press("device.skip")), closed)
    assert (left.status, left.ongoing and left.ongoing.step) == (RunStatus.ACTIVE, "answer.1")
    back = ("answer.1", press("home.start", "resume.continue"))
    ended = (("end", press("interview.end", "dialog.confirm")), ("", at_the_desk("hand_in")))
    run = ran("exam", back, *ANSWERS, *ended)
    assert (run.id, run.verdict) == (left.id, Status.PASSED), run
    assert run.attempts[:2] == left.attempts


def test_a_lesson_that_does_not_exist_is_a_mistake_of_the_command() -> None:
    code, _data, talk = Command("exam", "normal-exit-wbe").end()
    assert (code, "normal-exit-web" in talk) == (ExitCode.BAD_INPUT, True)
