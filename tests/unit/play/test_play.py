"""A Scenario is performed in a Sandbox of its own, judged step by step, and nothing stays behind."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.builders import a_step
from tests.unit.play.lessons import answer, begin, end, lesson
from trainer.adapters.in_memory import InMemoryControl, InMemoryStage, InMemoryWindow
from trainer.app.play import Audience, play
from trainer.app.ports import StageWindow
from trainer.core.actions import Action, Clear, Click, Fill, Inject
from trainer.core.checks import Event, FieldValue, Outcome, See, Status, Stored
from trainer.core.errors import BadInput, BrokenEnvironment, LookFailed
from trainer.core.modes import MODES
from trainer.core.runs import Run, RunStatus
from trainer.core.scenario import Scenario, Step


class Time:
    """A clock that only goes on when somebody waits."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)
        self.while_waiting: Callable[[], None] = lambda: None

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.while_waiting()


class Watcher(Audience):
    """Notes what it is shown; does something in the middle when asked to."""

    def __init__(self, at: str = "", then: Callable[[], None] = lambda: None) -> None:
        self.heard: list[str] = []
        self._at = at
        self._then = then

    def step_begins(self, step: Step, number: int, total: int, window: StageWindow) -> None:  # noqa: ARG002  # the port's
        self.heard.append(f"{number}/{total} {step.id}")
        if step.id == self._at:
            self._then()

    def before_action(self, action: Action, window: StageWindow) -> None:  # noqa: ARG002  # the port's
        self.heard.append(f"before {action.verb}")

    def after_action(self, action: Action, window: StageWindow) -> None:  # noqa: ARG002  # the port's
        self.heard.append(f"after {action.verb}")

    def step_ended(self, step: Step, outcomes: tuple[Outcome, ...], window: StageWindow) -> None:  # noqa: ARG002  # the port's
        self.heard.append(f"ended {step.id} {len(outcomes)}")


class Theatre:
    """Everything a play needs, on paper."""

    def __init__(self) -> None:
        self.control = InMemoryControl()
        self.stage = InMemoryStage(self.control)
        self.time = Time()

    def play(self, scenario: Scenario, audience: Audience | None = None, mode: str = "verify", **more: Any) -> Run:
        return play(
            scenario,
            lang="en",
            mode=MODES[mode],
            control=self.control,
            stage=self.stage,
            clock=self.time,
            wait=self.time.wait,
            translate=lambda text: text.replace("Do it.", "Tu es."),
            audience=audience or Audience(),
            new_id=lambda: "r1",
            **more,
        )

    @property
    def sandboxes(self) -> list[str]:
        """Ids of the Sandboxes that are still there."""
        return [name for name in ("s1", "s2") if _exists(self.control, name)]


def _exists(control: InMemoryControl, sandbox: str) -> bool:
    try:
        control.info(sandbox)
    except BadInput:
        return False
    return True


@pytest.fixture
def theatre() -> Theatre:
    return Theatre()


def test_a_lesson_passes_when_every_check_does(theatre: Theatre) -> None:
    run = theatre.play(lesson())
    assert run.verdict is Status.PASSED
    assert [attempt.step for attempt in run.attempts] == [
        "begin",
        "answer.1",
        "answer.2",
        "answer.3",
        "answer.4",
        "end",
    ]
    assert (run.id, run.mode, run.owner, run.status) == ("r1", "verify", "", RunStatus.FINISHED)
    assert run.digest == lesson().digest
    assert [o.level for o in run.attempts[-1].outcomes] == ["outcome", "outcome"]


def test_the_sandbox_is_gone_afterwards(theatre: Theatre) -> None:
    theatre.play(lesson())
    assert theatre.sandboxes == []
    assert theatre.stage.left == ["lesson-web.en"]


def test_those_who_watch_see_it_in_order(theatre: Theatre) -> None:
    watcher = Watcher()
    theatre.play(lesson(a_step(id="start", do=(Click(target="home.start"),), expect=())), watcher)
    assert watcher.heard == ["1/1 start", "before click", "after click", "ended start 0"]


def test_captions_are_told_in_a_demo_only(theatre: Theatre) -> None:
    theatre.play(lesson(begin()))
    assert theatre.stage.told == []
    theatre.play(lesson(begin()), mode="demo")
    assert theatre.stage.told == ["Tu es."]


def test_a_failed_step_ends_the_run(theatre: Theatre) -> None:
    wrong = a_step(id="wrong", do=(Click(target="interview.end"),), expect=(Stored(stored="interview.id == 'x'"),))
    run = theatre.play(lesson(begin(), wrong, answer()))
    assert [attempt.step for attempt in run.attempts] == ["begin", "wrong"]
    assert run.verdict is Status.FAILED
    assert run.attempts[-1].outcomes[0].seen == "interview.id is 'i1'"


def test_a_check_has_five_seconds_to_become_true(theatre: Theatre) -> None:
    began = theatre.time.now
    theatre.play(lesson(begin(), end(Stored(stored="interview.status == 'to_review'"))))
    assert timedelta(seconds=5) <= theatre.time.now - began < timedelta(seconds=6)


def test_what_becomes_true_in_time_passes(theatre: Theatre) -> None:
    def review() -> None:
        paper = theatre.control.paper("s1")
        if theatre.time.now - began > timedelta(seconds=2):
            paper.data["candidates"][0]["status"] = "passed"

    began = theatre.time.now
    theatre.time.while_waiting = review
    seen = See.model_validate({"see": {"candidates.row[c1].status": "passed"}, "as": "hr"})
    run = theatre.play(lesson(a_step(do=(Click(target="home.start"),), expect=(seen,))))
    assert run.verdict is Status.PASSED


def test_a_target_that_is_not_there_is_a_failed_action(theatre: Theatre) -> None:
    run = theatre.play(lesson(a_step(do=(Click(target="interview.end"),))))
    (outcome,) = run.attempts[-1].outcomes
    assert (outcome.status, outcome.level, outcome.check) == (Status.FAILED, "action", "click: interview.end")
    assert outcome.seen == "it is not on the page"
    assert outcome.expected == "interview.end can be used"


def test_the_value_level_reads_the_field(theatre: Theatre) -> None:
    typed = a_step(
        id="typed",
        do=(Fill(target="interview.answer", text="Hello"),),
        expect=(FieldValue(target="interview.answer", equals="Hello"),),
    )
    wrong = typed.model_copy(update={"expect": (FieldValue(target="interview.answer", contains="bye"),)})
    assert theatre.play(lesson(begin(), typed)).verdict is Status.PASSED
    failed = theatre.play(lesson(begin(), wrong)).attempts[-1].outcomes[0]
    assert (failed.status, failed.level, failed.seen) == (Status.FAILED, "value", "'Hello'")


def test_events_before_the_step_do_not_count(theatre: Theatre) -> None:
    again = a_step(id="again", do=(Click(target="interview.end"),), expect=begin().expect[1:2])
    run = theatre.play(lesson(begin(), again))
    assert run.attempts[-1].status is Status.FAILED
    assert run.attempts[-1].outcomes[0].seen == "no event"


def test_pictures_of_failed_checks_are_kept(theatre: Theatre) -> None:
    kept: dict[str, bytes] = {}

    def keep(name: str, png: bytes) -> str:
        kept[name] = png
        return f"/pictures/{name}.png"

    seen = See.model_validate({"see": {"candidates.row[c1].status": "passed"}, "as": "hr"})
    run = theatre.play(lesson(begin(), end(Stored(stored="`true`"), seen)), keep_picture=keep)
    assert list(kept) == ["lesson-web.en.end.2"]
    assert [o.screenshot for o in run.attempts[-1].outcomes] == ["", "/pictures/lesson-web.en.end.2.png"]
    assert kept["lesson-web.en.end.2"].startswith(b"\x89PNG")


@pytest.mark.parametrize("victim", ["control", "stage"])
def test_a_machine_that_breaks_is_named_and_no_failed_check(theatre: Theatre, victim: str) -> None:
    watcher = Watcher("answer.2", lambda: setattr(getattr(theatre, victim), "broken", "It was cut."))
    with pytest.raises(BrokenEnvironment, match=r"It was cut\."):
        theatre.play(lesson(), watcher)
    assert theatre.stage.left == ["lesson-web.en"]


def test_a_machine_that_breaks_while_checks_are_looked_at_is_named(theatre: Theatre) -> None:
    theatre.time.while_waiting = lambda: setattr(theatre.control, "broken", "It was cut.")
    wrong = a_step(do=(Click(target="home.start"),), expect=(Stored(stored="interview.id == 'x'"),))
    watcher = Watcher()
    with pytest.raises(BrokenEnvironment, match=r"It was cut\."):
        theatre.play(lesson(wrong), watcher)
    assert watcher.heard[-1] == "ended end 1"


def test_a_failed_check_of_a_window_without_connection_is_blamed_on_the_connection(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(InMemoryWindow, "trouble", lambda _window: "The network is cut.")
    wrong = a_step(do=(Click(target="home.start"),), expect=(Stored(stored="interview.id == 'x'"),))
    with pytest.raises(BrokenEnvironment, match="network is cut"):
        theatre.play(lesson(wrong))


def test_one_look_that_fails_is_looked_at_again(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    fails = iter([True, True])
    real = InMemoryControl.snapshot

    def snapshot(control: InMemoryControl, sandbox: str) -> Any:
        if next(fails, False):
            raise LookFailed("busy")
        return real(control, sandbox)

    monkeypatch.setattr(InMemoryControl, "snapshot", snapshot)
    assert theatre.play(lesson(begin())).verdict is Status.PASSED


def test_looks_that_keep_failing_are_unknown_not_failed(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_visible(window: InMemoryWindow, target: str) -> bool:
        raise LookFailed(f"{window} {target} moves")

    monkeypatch.setattr(InMemoryWindow, "is_visible", is_visible)
    run = theatre.play(lesson(begin()))
    assert run.verdict is Status.UNKNOWN
    assert {o.status for o in run.attempts[-1].outcomes} == {Status.PASSED, Status.UNKNOWN}


@pytest.mark.parametrize(
    ("order", "seconds"),
    [
        (Inject(fault="crash"), 3),
        (Inject(fault="disconnected", seconds=12), 12),
        (Inject(fault="disk_full"), None),
        (Inject(fault="slow", seconds=5), 5),
    ],
)
def test_a_fault_of_the_lesson_strikes(theatre: Theatre, order: Inject, seconds: float | None) -> None:
    theatre.play(lesson(a_step(do=(order,), expect=())))
    assert theatre.control.faults == [("s1", order.fault, seconds)]


def test_a_fault_of_the_lesson_ends(theatre: Theatre) -> None:
    theatre.play(lesson(a_step(do=(Inject(fault="slow"), Clear(fault="slow")), expect=())))
    assert theatre.control.faults == []


def test_a_lesson_that_asks_for_what_no_sandbox_has_is_refused(theatre: Theatre) -> None:
    with pytest.raises(BadInput) as refused:
        theatre.play(lesson(a_step(say="Hello ${manager.name}")))
    assert refused.value.message == "Lesson lesson-web asks for ${manager.name}, which its sandbox does not have."
    assert theatre.sandboxes == []


def seen(status: str) -> See:
    return See.model_validate({"see": {"candidates.row[${candidate.id}].status": status}, "as": "hr"})


def test_what_another_role_no_longer_sees_at_the_end_would_fail_every_trainee(theatre: Theatre) -> None:
    passing = begin().model_copy(update={"expect": (seen("in_progress"),)})
    stored = Stored(stored="interview.status == 'to_review'")
    run = theatre.play(lesson(passing, answer(), end(stored)))
    assert [attempt.status for attempt in run.attempts][-2:] == [Status.PASSED, Status.FAILED]
    assert run.attempts[-1].outcomes[-1].seen == "to_review"
    assert theatre.play(lesson(passing, answer(), end(stored, seen("to_review")))).verdict is Status.PASSED


def submit(id: str, *expect: Event | Stored) -> Step:
    do = (Fill(target="interview.answer", text="I asked."), Click(target="interview.submit"))
    return a_step(id=id, do=do, expect=expect)


def test_a_step_that_the_event_of_an_earlier_one_answers_is_no_proof(theatre: Theatre) -> None:
    first = submit("one", Stored(stored="length(sitting.answers) == `1`"))
    other = a_step(id="end", do=(Click(target="interview.end"),), expect=(Event(event="answer_submitted"),))
    run = theatre.play(lesson(begin(), first, other))
    assert (run.attempts[-1].step, run.verdict) == ("end", Status.FAILED)
    assert "no event of an earlier step" in run.attempts[-1].outcomes[0].expected


def test_a_step_with_an_event_of_its_own_at_the_same_place_is_a_proof(theatre: Theatre) -> None:
    first = submit("one", Stored(stored="length(sitting.answers) == `1`"))
    assert theatre.play(lesson(begin(), first, submit("two", Event(event="answer_submitted")))).verdict is (
        Status.PASSED
    )


def test_a_branch_that_is_not_taken_is_not_performed(theatre: Theatre) -> None:
    closed = a_step(id="closed", do=(Click(target="nowhere"),), when="interview.status == 'abandoned'")
    run = theatre.play(lesson(begin(), closed, answer(), end()))
    assert run.verdict is Status.PASSED
    assert "closed" not in [attempt.step for attempt in run.attempts]
