"""`trainer practice` and `trainer exam` keep their Runs; an exam that was left is gone on with."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.builders import a_scenario, a_step
from trainer import bootstrap
from trainer.adapters.in_memory import InMemoryControl, InMemoryObserver, InMemoryStage, InMemoryWindow
from trainer.app.attend import Attendance
from trainer.cli import app
from trainer.cli.practice import OWNER, finish, sit
from trainer.core.actions import Click, Tick
from trainer.core.checks import Event, Status, Stored
from trainer.core.errors import BadInput, ExitCode
from trainer.core.runs import Run, RunStatus
from trainer.core.scenario import Scenario
from trainer.core.score import score

BEGIN = (Click(target="home.start"), Tick(target="consent.agree"), Click(target="consent.begin"))
LESSON = a_scenario(
    a_step(id="begin", do=BEGIN, expect=(Stored(stored="interview.status == 'in_progress'"),)),
    a_step(id="skip", do=(Click(target="device.skip"),), expect=(Event(event="skipped"),)),
)

LEFT = Run("r1", "my-bill", 1, "abc", "exam", "en", OWNER, "s1", datetime(2026, 11, 22, tzinfo=UTC))


class Desk:
    """Asks what the test asks."""

    questions: ClassVar[deque[str]] = deque()

    def __init__(self, *_of_the_window: object) -> None:
        self.asked = lambda: self.questions.popleft() if self.questions else ""

    def show(self, *_told: object) -> None:
        """Show nothing."""

    remark = hint = again = show


class Stage(InMemoryStage):
    """Windows on paper in which somebody acts."""

    browser = None

    def wait(self, _seconds: float) -> None:
        """Let no time pass."""


@pytest.fixture(autouse=True)
def control(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InMemoryControl:
    """Put windows on paper in the place of browsers, over sandboxes that stay from one command to the next."""
    control = InMemoryControl()
    monkeypatch.setenv("TRAINER_HOME", str(tmp_path))
    monkeypatch.setattr(Desk, "questions", deque[str]())
    monkeypatch.setattr("trainer.adapters.playwright_desk.DeskWindow", Desk)
    monkeypatch.setattr(InMemoryWindow, "order", lambda *_order: None, raising=False)

    def venue(_place: object, *, data: Path | None, **_more: object) -> Any:  # as bootstrap has it
        if data is not None:
            data.mkdir(parents=True, exist_ok=True)
        return nullcontext(
            bootstrap.Venue(
                control,
                lambda **_choices: nullcontext(Stage(control)),  # type: ignore[arg-type]
                lambda _stage: nullcontext(InMemoryObserver(control)),
            )
        )

    monkeypatch.setattr(bootstrap, "venue", venue)
    return control


def sat(mode: str, person: Callable[[Attendance], Iterator[None]], lesson: Scenario = LESSON) -> Run:
    def arrive(seat: Attendance) -> Callable[[float], None]:
        acts = person(seat)
        return lambda _seconds: next(acts, None)

    return sit(lesson, "en", mode, person=arrive)


def begun_and_left(seat: Attendance) -> Iterator[None]:
    for action in BEGIN:
        action.perform(seat.window)
    yield
    Desk.questions.append("leave")
    yield


def handed_in(_seat: Attendance) -> Iterator[None]:
    Desk.questions.append("hand_in")
    yield


def stored() -> tuple[Run, ...]:
    with closing(bootstrap.database()) as database:
        return bootstrap.runs(database).of(OWNER)


def test_an_exam_that_was_left_is_gone_on_with_at_the_same_step_with_the_same_score(
    control: InMemoryControl, capsys: pytest.CaptureFixture[str]
) -> None:
    left = sat("exam", begun_and_left)
    assert (left.status, left.ongoing and left.ongoing.step, score(left).points) == (RunStatus.ACTIVE, "skip", 100)
    assert finish(LESSON, left, LESSON.id) == ExitCode.CHECK_FAILED
    assert "It is kept at this step" in capsys.readouterr().err
    assert stored() == (left,)
    assert bootstrap.sitting(LESSON.id).is_dir()

    def go_on(seat: Attendance) -> Iterator[None]:
        control.paper(left.sandbox).store("skipped", "candidate")
        yield
        yield from handed_in(seat)

    run = sat("exam", go_on)
    assert (run.id, run.started, run.attempts[0]) == (left.id, left.started, left.attempts[0])
    assert (run.status, run.verdict, score(run).points) == (RunStatus.FINISHED, Status.PASSED, 100)
    (kept,) = stored()
    assert (kept.digest, kept.attempts, kept.sandbox) == (LESSON.digest, run.attempts, "")
    assert not bootstrap.sitting(LESSON.id).exists()


@pytest.mark.parametrize("second", ["exam", "practice"])
def test_a_lesson_that_is_running_cannot_be_begun_a_second_time(second: str) -> None:
    def begun_twice(seat: Attendance) -> Iterator[None]:
        with pytest.raises(BadInput, match=f"{LESSON.id} is running already") as refused:
            sat(second, handed_in)
        assert refused.value.exit_code == ExitCode.BAD_INPUT
        assert [run.status for run in stored()] == [RunStatus.ACTIVE]
        yield from begun_and_left(seat)

    left = sat("exam", begun_twice)
    assert sat("exam", handed_in).id == left.id  # the seat is free again


def test_an_exam_of_a_text_that_was_changed_begins_anew_and_the_old_one_is_kept() -> None:
    left = sat("exam", begun_and_left)
    changed = LESSON.model_copy(update={"version": 2})
    run = sat("exam", handed_in, changed)
    assert (run.id != left.id, run.digest) == (True, changed.digest)
    old = next(one for one in stored() if one.id == left.id)
    assert (old.status, old.digest, old.attempts) == (RunStatus.LEFT, LESSON.digest, left.attempts)


def test_an_exam_whose_sandbox_is_gone_begins_anew(control: InMemoryControl) -> None:
    left = sat("exam", begun_and_left)
    control.delete(left.sandbox)
    assert sat("exam", handed_in).id != left.id


def test_an_exam_that_breaks_off_is_kept_too() -> None:
    def broken(seat: Attendance) -> Iterator[None]:
        next(begun_and_left(seat))
        yield
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sat("exam", broken)
    (kept,) = stored()
    assert (kept.status, kept.ongoing and kept.ongoing.step) == (RunStatus.ACTIVE, "skip")


def test_the_next_command_calls_the_lesson_as_the_person_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A lesson in a file of one's own has no id that a command would find."""
    monkeypatch.chdir(tmp_path)
    text = Path(bootstrap.scenarios().ids()["shared-bill"]).read_text("utf-8")
    Path("my bill.yaml").write_text(text.replace("id: shared-bill", "id: my-bill"), "utf-8")
    monkeypatch.setattr("trainer.cli.practice.sit", lambda *_how, **_more: LEFT)
    at = ["--url", "http://127.0.0.1:5001"]
    assert app.main(["exam", "my bill.yaml", *at], standalone_mode=False) == ExitCode.CHECK_FAILED
    told = capsys.readouterr().err
    assert "keeps the exam: trainer exam 'my bill.yaml' --url http://127.0.0.1:5001 goes on with it." in told
    assert told.splitlines()[-1] == "→ trainer exam 'my bill.yaml' --url http://127.0.0.1:5001"


@pytest.mark.parametrize("breaks_off", [False, True])
def test_practice_that_was_left_is_over_and_kept(breaks_off: bool) -> None:
    def leaving(seat: Attendance) -> Iterator[None]:
        next(begun_and_left(seat))
        yield
        if breaks_off:
            raise KeyboardInterrupt
        Desk.questions.append("leave")
        yield

    with pytest.raises(KeyboardInterrupt) if breaks_off else nullcontext():
        sat("practice", leaving)
    (kept,) = stored()
    assert (kept.status, kept.digest, kept.sandbox) == (RunStatus.LEFT, LESSON.digest, "")
    assert [tried.step for tried in kept.attempts] == ["begin"]
