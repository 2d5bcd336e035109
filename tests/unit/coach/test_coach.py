"""The coach takes a trainee through a Run and believes only what was stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from tests.builders import a_scenario, a_step
from trainer.adapters.in_memory import InMemoryControl, InMemoryRuns, InMemoryScenarios
from trainer.app.coach import BEGUN_AN_HOUR, Coach, Progress, Reported
from trainer.core.actions import (
    Choose,
    Clear,
    Click,
    CloseTab,
    Detour,
    Fill,
    Goto,
    Inject,
    Observed,
    Press,
    Reload,
    SignIn,
    Tick,
    WaitFor,
)
from trainer.core.application import Application
from trainer.core.checks import Event, FieldValue, Looks, See, Sight, Status, Stored, Visible
from trainer.core.errors import BadInput, BrokenEnvironment
from trainer.core.judge import RemarkKind
from trainer.core.modes import Help
from trainer.core.runs import Run, RunStatus
from trainer.core.scenario import Scenario, Step
from trainer.core.score import credit, score

BLIND = Reported()


class Observer:
    """Sees what the test put there, and takes a picture of it where there is to be one."""

    def __init__(self) -> None:
        self.seen: dict[str, str | None] = {}
        self.error = ""
        self.asked: list[Sight] = []
        self.pictures = False
        self.taken: list[str] = []

    def look(self, sandbox: str, sights: Sequence[Sight], *, lang: str) -> Looks:  # noqa: ARG002  # the port's
        self.asked += sights
        if self.error:
            return Looks(errors=dict.fromkeys(sights, self.error))
        seen = {sight: self.seen.get(sight.target) for sight in sights}
        pictures = {sight: f"{sight.target}.png" for sight in sights if self.pictures}
        self.taken += pictures.values()
        return Looks(sights=seen, pictures=pictures)


class Pictures:
    """Notes which pictures were deleted."""

    def __init__(self) -> None:
        self.gone: list[str] = []

    def read(self, name: str) -> bytes | None:
        raise NotImplementedError(name)

    def older(self, than: datetime) -> frozenset[str]:
        raise NotImplementedError(than)

    def forget(self, names: Iterable[str]) -> None:
        self.gone += names


class Desk:
    """A coach at work, with everything around it on paper."""

    def __init__(self, *scenarios: Scenario) -> None:
        self.scenarios = InMemoryScenarios(*scenarios)
        self.runs = InMemoryRuns()
        self.control = InMemoryControl()
        self.observer = Observer()
        self.pictures = Pictures()
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self.ids = count(1)
        self.coach = self.restarted()

    def restarted(self) -> Coach:
        self.coach = Coach(
            scenarios=self.scenarios,
            runs=self.runs,
            control=self.control,
            observer=self.observer,
            clock=lambda: self.now,
            new_id=lambda: f"run{next(self.ids)}",
            translate=lambda lang: lambda text: text if lang == "en" else f"«{text}»",
            pictures=self.pictures,
            effect=lambda name: {"nav.home": "It goes home."}.get(name, ""),
        )
        return self.coach

    def begin(self, mode: str = "guided", lang: str = "en") -> Run:
        return self.coach.begin("lesson-web", mode=mode, lang=lang, owner="ann")

    def store(self, run: Run, kind: str, *, status: str = "", **data: Any) -> None:
        """Let something happen in the trainee's sandbox."""
        paper = self.control.paper(run.sandbox)
        if status:
            paper.data["interview"]["status"] = status
        paper.moment = self.now
        paper.store(kind, "candidate", **data)

    def look(self, run: Run, **reported: dict[str, Any]) -> Progress:
        return self.coach.look(run.id, Reported(**reported))

    def see(self, run: Run, verb: str, target: str, value: str = "") -> RemarkKind | None:
        remark = self.coach.observe(run.id, Observed(verb=verb, target=target, value=value))
        return remark.kind if remark else None

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def during_the_look(self, act: Callable[[], object]) -> None:
        """Let something happen while the observer looks and takes its picture."""
        looked = self.observer.look
        self.observer.pictures = True

        def look(sandbox: str, sights: Sequence[Sight], *, lang: str) -> Looks:
            act()
            return looked(sandbox, sights, lang=lang)

        self.observer.look = look  # type: ignore[method-assign]


def desk_of(*steps: Step, **more: Any) -> Desk:
    return Desk(a_scenario(*steps, **more))


def started(id: str = "begin") -> Step:
    return a_step(id=id, do=(Click(target="home.start"),), expect=(Stored(stored="interview.status == 'going'"),))


def submitted(id: str = "answer", where: str = "`true`") -> Step:
    return a_step(
        id=id, do=(Click(target="interview.submit"),), expect=(Event(event="answer_submitted", where=where),)
    )


# -- beginning ----------------------------------------------------------------------------------------------


def test_a_trainee_begins_so_many_lessons_an_hour_and_no_more() -> None:
    desk = desk_of(started())
    for _ in range(BEGUN_AN_HOUR):
        desk.begin()
        desk.wait(60)
    with pytest.raises(BadInput, match="30 exercises within an hour") as refused:
        desk.begin()
    assert "in 30 min" in refused.value.hint
    assert len(desk.runs.of("ann")) == BEGUN_AN_HOUR
    desk.coach.begin("lesson-web", mode="guided", lang="en", owner="bob")
    desk.wait(30 * 60 - 1)
    with pytest.raises(BadInput):
        desk.begin()
    desk.wait(1)
    desk.begin()


def test_begun_at_once_counts_too() -> None:
    desk = desk_of(started())
    with ThreadPoolExecutor(8) as pool:
        begun = [pool.submit(desk.begin) for _ in range(BEGUN_AN_HOUR + 10)]
    assert sum(isinstance(one.exception(), BadInput) for one in begun) == 10
    assert len(desk.control.sandboxes()) == 1


def test_what_cannot_be_stored_now_is_told_and_stored_later() -> None:
    desk = desk_of(started(), submitted())
    run = desk.begin()
    desk.runs.broken = "The database is locked."
    with pytest.raises(BrokenEnvironment, match="locked"):
        desk.see(run, "click", "interview.submit")
    desk.store(run, "interview_started", status="going")
    with pytest.raises(BrokenEnvironment, match="locked"):
        desk.look(run)
    desk.runs.broken = ""
    progress = desk.look(run)
    assert (progress.current, progress.run.attempts[0].mistakes) == (1, 1)
    assert desk.runs.get(run.id) == progress.run
    assert desk.restarted().progress(run.id).current == 1


def test_a_look_brings_nothing_back_of_who_is_forgotten_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_of(started(), a_step())
    run = desk.begin()
    desk.store(run, "interview_started", status="going")
    look = desk.control.look

    def forgotten(*asked: Any) -> Any:
        desk.runs.forget("ann")
        return look(*asked)

    monkeypatch.setattr(desk.control, "look", forgotten)
    assert desk.look(run).passed == ("begin",)
    assert desk.runs.of("ann") == ()
    with pytest.raises(BadInput, match="does not exist any more"):
        desk.look(run)


def test_a_lesson_that_cannot_be_stored_leaves_no_sandbox() -> None:
    desk = desk_of(started())
    desk.runs.broken = "The database is locked."
    with pytest.raises(BrokenEnvironment, match="locked"):
        desk.begin()
    assert desk.control.sandboxes() == frozenset()


def test_a_run_begins_at_its_first_step_in_a_sandbox_of_its_own() -> None:
    desk = desk_of(started(), a_step())
    run = desk.begin()
    assert desk.runs.get(run.id) == run
    assert (run.status, run.owner, run.mode, run.digest) == (
        RunStatus.ACTIVE,
        "ann",
        "guided",
        desk.scenarios.get("lesson-web").digest,
    )
    progress = desk.coach.progress(run.id)
    assert (progress.current, progress.step and progress.step.id, progress.todo) == (
        0,
        "begin",
        Click(target="home.start"),
    )
    assert desk.control.info(run.sandbox)


def test_steps_are_told_in_the_language_of_the_run_and_filled_in_from_its_sandbox() -> None:
    desk = desk_of(a_step(say="Hello ${candidate.name}.", hints=("Calm.",)))
    step = desk.coach.progress(desk.begin(lang="zh_CN").id).step
    assert step is not None
    assert (step.say, step.hints) == ("«Hello Robin.»", ("«Calm.»",))


@pytest.mark.parametrize("mode", ["demo", "verify", "nonsense"])
def test_only_modes_in_which_a_trainee_acts_can_be_begun(mode: str) -> None:
    desk = desk_of()
    with pytest.raises(BadInput):
        desk.begin(mode=mode)
    assert desk.runs.of("ann") == ()


def test_beginning_again_leaves_the_old_run_and_removes_its_sandbox() -> None:
    desk = desk_of()
    old, new = desk.begin(), desk.begin()
    left = desk.runs.get(old.id)
    assert left is not None
    assert (left.status, left.ongoing) == (RunStatus.LEFT, None)
    with pytest.raises(BadInput):
        desk.control.info(old.sandbox)
    assert desk.control.info(new.sandbox)


def test_who_left_a_lesson_goes_on_with_it() -> None:
    desk = desk_of()
    assert desk.coach.go_on("lesson-web", mode="exam", lang="en", owner="ann").mode == "exam"
    (run,) = desk.runs.of("ann")
    assert desk.coach.go_on("lesson-web", mode="practice", lang="en", owner="ann") == run
    assert desk.coach.go_on("lesson-web", mode="practice", lang="en", owner="ben").owner == "ben"
    desk.coach.leave(run.id)
    assert desk.coach.go_on("lesson-web", mode="practice", lang="en", owner="ann").id != run.id


def test_without_a_sandbox_system_nothing_is_begun() -> None:
    desk = desk_of()
    desk.control.broken = "gone"
    with pytest.raises(BrokenEnvironment, match="gone"):
        desk.begin()
    assert desk.runs.of("ann") == ()


def test_a_lesson_that_was_changed_meanwhile_cannot_be_gone_on_with() -> None:
    desk = desk_of(started())
    run = desk.begin()
    desk.scenarios = InMemoryScenarios(a_scenario(started(), a_step()))
    with pytest.raises(BadInput, match="changed"):
        desk.restarted().progress(run.id)


# -- passing steps ------------------------------------------------------------------------------------------


def test_a_step_passes_by_what_is_stored() -> None:
    desk = desk_of(started(), a_step())
    run = desk.begin()
    assert desk.look(run).passed == ()
    desk.wait(12)
    desk.store(run, "interview_started", status="going")
    progress = desk.look(run)
    assert (progress.passed, progress.current) == (("begin",), 1)
    attempt = progress.run.attempts[0]
    assert (attempt.step, attempt.status, attempt.ended - attempt.started) == (
        "begin",
        Status.PASSED,
        timedelta(seconds=12),
    )


def test_reports_of_the_browser_alone_pass_nothing() -> None:
    desk = desk_of(started(), a_step())
    run = desk.begin()
    assert desk.see(run, "click", "home.start") is RemarkKind.RIGHT
    desk.coach.performed(run.id, "click", "home.start")
    assert desk.look(run).current == 0


def test_a_fast_trainee_passes_several_steps_at_once() -> None:
    desk = desk_of(submitted("one"), submitted("two"), a_step())
    run = desk.begin()
    for _ in range(2):
        desk.store(run, "answer_submitted")
    desk.store(run, "interview_ended", status="to_review")
    progress = desk.look(run)
    assert progress.passed == ("one", "two", "end")
    assert progress.complete
    assert progress.run.ongoing is None


def test_one_event_passes_one_step_only() -> None:
    desk = desk_of(submitted("one"), submitted("two"))
    run = desk.begin()
    desk.store(run, "answer_submitted")
    assert desk.look(run).passed == ("one",)
    assert desk.look(run).passed == ()
    desk.store(run, "answer_submitted")
    assert desk.look(run).passed == ("two",)


def test_events_from_before_a_step_do_not_pass_it() -> None:
    desk = desk_of(started(), submitted())
    run = desk.begin()
    desk.store(run, "answer_submitted")
    desk.look(run)
    desk.store(run, "interview_started", status="going")
    assert desk.look(run).passed == ("begin",)


def test_results_may_come_in_another_order() -> None:
    first = a_step(id="save", expect=(Stored(stored="interview.saved == 'saved'"),))
    desk = desk_of(first, a_step())
    run = desk.begin()
    desk.store(run, "interview_ended", status="to_review")
    assert desk.look(run).passed == ()
    desk.control.paper(run.sandbox).data["interview"]["saved"] = "saved"
    assert desk.look(run).passed == ("save", "end")


def test_repeated_steps_are_judged_one_by_one() -> None:
    desk = desk_of(
        submitted(where="data.question == '${question.id}'").model_copy(update={"repeat": "${questions}"})
    )
    run = desk.begin()
    ids = [question["id"] for question in desk.control.info(run.sandbox).context["questions"]]
    desk.store(run, "answer_submitted", question=ids[0])
    assert desk.look(run).passed == ("answer.1",)
    desk.store(run, "answer_submitted", question=ids[0])
    assert desk.look(run).passed == ()
    desk.store(run, "answer_submitted", question=ids[1])
    assert desk.look(run).passed == ("answer.2",)


def test_a_failed_look_is_told_and_judges_nothing() -> None:
    desk = desk_of(started())
    run = desk.begin()
    desk.store(run, "interview_started", status="going")
    desk.control.broken = "the line is cut"
    progress = desk.look(run)
    assert (progress.trouble, progress.current, progress.run.attempts) == ("the line is cut", 0, ())
    desk.control.broken = ""
    assert desk.look(run).complete


def told(id: str, kind: str, target: str = "", **more: Any) -> Step:
    return a_step(id=id, do=(Click(target=target or id),), expect=(Event(event=kind),), **more)


def test_a_step_that_asks_for_what_is_stored_leaves_none_of_its_events_to_the_next() -> None:
    first = a_step(id="one", do=(Click(target="submit"),), expect=(Stored(stored="interview.saved == 'saved'"),))
    desk = desk_of(first, told("two", "answer_submitted", "submit"))
    run = desk.begin()
    desk.control.paper(run.sandbox).data["interview"]["saved"] = "saved"
    desk.store(run, "answer_submitted")
    assert desk.look(run).passed == ("one",)
    assert desk.look(run).passed == ()
    desk.store(run, "answer_submitted")
    assert desk.look(run).passed == ("two",)


def test_steps_of_a_group_pass_in_any_order() -> None:
    group = [told(name, name, any_order="pages") for name in ("pay", "org", "log")]
    desk = desk_of(*group, told("end", "ended"))
    run = desk.begin()
    assert desk.see(run, "click", "log") is RemarkKind.RIGHT
    desk.store(run, "log")
    desk.store(run, "ended")
    progress = desk.look(run)
    assert (progress.passed, progress.current) == (("log",), 0)
    desk.store(run, "pay")
    progress = desk.look(run)
    assert (progress.passed, progress.current) == (("pay",), 1)
    desk.store(run, "org")
    assert desk.look(run).passed == ("org",)
    assert desk.see(run, "click", "org") is RemarkKind.DETOUR
    assert desk.see(run, "click", "pay") is RemarkKind.TOO_LATE
    desk.store(run, "ended")
    assert desk.look(run).complete


def test_one_event_passes_one_step_of_a_group() -> None:
    desk = desk_of(*(told(name, "opened", any_order="pages") for name in ("pay", "org")), told("end", "ended"))
    run = desk.begin()
    desk.store(run, "opened")
    assert desk.look(run).passed == ("pay",)
    desk.store(run, "opened")
    assert desk.look(run).passed == ("org",)


def test_an_optional_step_may_be_done_or_left_out() -> None:
    desk = desk_of(told("maybe", "looked", optional=True), told("end", "ended"))
    for events, passed in ((("looked", "ended"), ("maybe", "end")), (("ended",), ("end",))):
        run = desk.begin()
        assert desk.see(run, "click", "end") is RemarkKind.RIGHT
        for event in events:
            desk.store(run, event)
        progress = desk.look(run)
        assert progress.complete
        assert tuple(attempt.step for attempt in progress.run.attempts) == passed


def test_leaving_the_window_leaves_an_optional_step_out() -> None:
    desk = desk_of(told("maybe", "looked", optional=True), a_step(id="leave", do=(CloseTab(),), expect=()))
    run = desk.begin()
    desk.coach.performed(run.id, "close_tab")
    assert desk.look(run).passed == ("leave",)


def test_a_branch_is_asked_for_only_while_its_condition_holds() -> None:
    late = told("late", "explained", when="interview.saved == 'unsaved'")
    desk = desk_of(started(), late, told("end", "ended"))
    run = desk.begin()
    desk.store(run, "interview_started", status="going")
    assert desk.look(run).step == late
    desk.control.paper(run.sandbox).data["interview"]["saved"] = "saved"
    progress = desk.look(run)
    assert progress.step is not None
    assert progress.step.id == "end"


def test_a_branch_nobody_could_look_at_is_not_decided() -> None:
    desk = desk_of(told("late", "explained", when="interview.saved == 'saved'"), told("end", "ended"))
    run = desk.begin()
    desk.control.broken = "cut"
    assert desk.look(run).current == 0
    desk.control.broken = ""
    assert desk.look(run).current == 1


# -- what the window shows ----------------------------------------------------------------------------------


def with_field(*more: Any) -> Step:
    return a_step(
        id="begin",
        do=(Fill(target="interview.answer", text="Hello"),),
        expect=(Stored(stored="interview.status == 'going'"), FieldValue(field="interview.answer"), *more),
    )


@pytest.mark.parametrize("fields", [{}, {"interview.answer": None}, {"interview.answer": "  "}])
def test_a_field_that_is_not_right_or_not_read_yet_holds_a_step_back(fields: dict[str, str | None]) -> None:
    desk = desk_of(with_field())
    run = desk.begin()
    desk.store(run, "interview_started", status="going")
    assert desk.look(run, fields=fields).current == 0
    assert desk.look(run, fields={"interview.answer": "Hello"}).complete


def test_what_held_at_some_moment_of_the_step_has_held() -> None:
    desk = desk_of(with_field())
    run = desk.begin()
    assert desk.look(run, fields={"interview.answer": "Hello"}).current == 0
    desk.store(run, "interview_started", status="going")
    assert desk.look(run, fields={"interview.answer": None}).complete


def test_a_trainee_who_acts_on_something_has_seen_it() -> None:
    step = a_step(
        id="back",
        do=(SignIn(role="candidate"),),
        expect=(Stored(stored="interview.status == 'invited'"), Visible(visible="home.start")),
    )
    desk = desk_of(step, a_step())
    run = desk.begin()
    desk.coach.performed(run.id, "sign_in", "candidate")
    assert desk.see(run, "click", "home.start") in {RemarkKind.WRONG, RemarkKind.DETOUR}
    assert desk.look(run, visible={"home.start": False}).current == 1


def test_the_window_is_asked_for_what_the_step_needs() -> None:
    desk = desk_of(with_field(Visible(visible="done.message")))
    assert desk.coach.progress(desk.begin().id).wanted == (("interview.answer",), ("done.message",))


# -- window and system actions ------------------------------------------------------------------------------


def test_a_window_step_passes_when_it_was_done_at_the_trainees_click() -> None:
    desk = desk_of(
        a_step(id="leave", do=(CloseTab(),), expect=()),
        a_step(id="back", do=(SignIn(role="candidate"),), expect=()),
    )
    run = desk.begin()
    assert desk.look(run).current == 0
    desk.coach.performed(run.id, "sign_in", "candidate")
    assert desk.look(run).current == 0
    desk.coach.performed(run.id, "close_tab")
    assert desk.look(run).passed == ("leave",)
    desk.coach.performed(run.id, "sign_in", "hr")
    assert desk.look(run).current == 1
    desk.coach.performed(run.id, "sign_in", "candidate")
    assert desk.look(run).complete


def test_true_checks_do_not_replace_a_window_action() -> None:
    step = a_step(
        id="back", do=(SignIn(role="candidate"),), expect=(Stored(stored="interview.status == 'invited'"),)
    )
    desk = desk_of(step)
    run = desk.begin()
    assert desk.look(run).current == 0
    desk.coach.performed(run.id, "sign_in", "candidate")
    assert desk.look(run).complete


def test_window_actions_of_one_step_go_in_their_order() -> None:
    desk = desk_of(a_step(id="leave", do=(CloseTab(), SignIn(role="candidate")), expect=()))
    run = desk.begin()
    desk.coach.performed(run.id, "sign_in", "candidate")
    desk.coach.performed(run.id, "close_tab")
    assert desk.look(run).current == 0
    desk.coach.performed(run.id, "sign_in", "candidate")
    assert desk.look(run).complete


def test_another_right_way_without_the_window_counts() -> None:
    step = a_step(
        id="fresh", do=(Reload(),), accept=((Click(target="nav.home"),),), expect=(Event(event="synced"),)
    )
    desk = desk_of(step)
    run = desk.begin()
    assert desk.see(run, "click", "nav.home") is RemarkKind.ACCEPTED
    desk.store(run, "synced")
    assert desk.look(run).complete


def test_a_fault_strikes_when_the_trainee_says_so() -> None:
    desk = desk_of(started(), a_step(id="crash", do=(Inject(fault="crash"),), expect=()))
    run = desk.begin()
    with pytest.raises(BadInput):
        desk.coach.strike(run.id)
    desk.store(run, "interview_started", status="going")
    assert desk.look(run).current == 1
    assert desk.coach.strike(run.id) == "crash"
    assert [(box, fault) for box, fault, _ in desk.control.faults] == [(run.sandbox, "crash")]
    assert desk.look(run).complete
    with pytest.raises(BadInput):
        desk.coach.strike(run.id)


def test_a_fault_strikes_once_when_two_windows_ask_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_of(a_step(id="crash", do=(Inject(fault="crash"),), expect=()), a_step())
    run, inject = desk.begin(), desk.control.inject
    others: list[Future[str]] = []

    def slow(sandbox: str, fault: str, seconds: float | None) -> None:
        if not others:
            others.append(pool.submit(desk.coach.strike, run.id))
            wait(others, timeout=0.2)  # as long as the first one strikes, the second one has to wait
        inject(sandbox, fault, seconds)

    monkeypatch.setattr(desk.control, "inject", slow)
    with ThreadPoolExecutor(1) as pool:
        assert desk.coach.strike(run.id) == "crash"
        with pytest.raises(BadInput, match="No fault is due"):
            others[0].result(10)
    assert len(desk.control.faults) == 1


def test_a_fault_lasts_until_the_lesson_ends_it() -> None:
    desk = desk_of(
        a_step(id="strike", do=(Inject(fault="offline"),), expect=()),
        a_step(id="mend", do=(Clear(fault="offline"),), expect=()),
    )
    run = desk.begin()
    assert desk.coach.strike(run.id) == "offline"
    assert desk.control.faults == [(run.sandbox, "offline", None)]
    assert desk.look(run).current == 1
    assert desk.coach.strike(run.id) == "offline"
    assert desk.control.faults == []
    assert desk.look(run).complete


def test_waiting_ends_when_the_window_shows_it() -> None:
    desk = desk_of(a_step(id="wait", do=(Inject(fault="crash"), WaitFor(target="banner.offline")), expect=()))
    run = desk.begin()
    assert desk.look(run, visible={"banner.offline": True}).current == 0
    desk.coach.strike(run.id)
    assert desk.look(run).todo == WaitFor(target="banner.offline")
    assert desk.coach.progress(run.id).wanted == ((), ("banner.offline",))
    assert desk.look(run, visible={"banner.offline": True}).complete


# -- explaining ---------------------------------------------------------------------------------------------


def test_a_wrong_action_is_named_counted_and_told_what_is_next() -> None:
    desk = desk_of(started(), a_step(id="end"))
    run = desk.begin()
    remark = desk.coach.observe(run.id, Observed(verb="click", target="nav.sign_out"))
    assert remark is not None
    assert (remark.kind, remark.observed.target, remark.expected) == (
        RemarkKind.WRONG,
        "nav.sign_out",
        "home.start",
    )
    remark = desk.coach.observe(run.id, Observed(verb="click", target="interview.end"))
    assert remark is not None
    assert (remark.kind, remark.belongs_to) == (RemarkKind.OUT_OF_ORDER, "end")
    desk.store(run, "interview_started", status="going")
    assert desk.look(run).run.attempts[0].mistakes == 2


def test_the_next_action_of_a_step_is_pointed_at_in_turn() -> None:
    do = (Tick(target="consent.agree"), Fill(target="f", text="x"), Click(target="consent.begin"))
    desk = desk_of(a_step(do=do))
    run = desk.begin()
    desk.see(run, "tick", "consent.agree", "false")
    assert desk.coach.progress(run.id).todo == do[0]
    desk.see(run, "tick", "consent.agree", "true")
    assert desk.coach.progress(run.id).todo == do[1]
    desk.see(run, "fill", "f", "")
    assert desk.coach.progress(run.id).todo == do[1]
    desk.see(run, "fill", "f", "anything")
    desk.see(run, "click", "consent.begin")
    assert desk.coach.progress(run.id).todo is None
    desk.coach.start_again(run.id)
    assert desk.coach.progress(run.id).todo == do[0]


def test_what_is_done_in_one_moment_is_noted_together() -> None:
    desk = desk_of(a_step(do=(Fill(target="f", text="x"), Click(target="consent.begin"))), submitted())
    run = desk.begin()
    done = (("fill", "f", "anything"), ("click", "consent.begin", ""), ("click", "nav.sign_out", ""))
    seen = [Observed(verb=verb, target=target, value=value) for verb, target, value in done]
    remarks = desk.coach.observe_all(run.id, seen)
    assert [remark.kind for remark in remarks if remark] == [
        RemarkKind.RIGHT,
        RemarkKind.RIGHT,
        RemarkKind.WRONG,
    ]
    kept = desk.runs.get(run.id)
    assert kept is not None
    assert kept.ongoing is not None
    assert (kept.ongoing.done, kept.ongoing.mistakes) == ((0, 1), 1)


def test_the_way_back_ends_with_the_first_right_thing() -> None:
    desk = desk_of(a_step(do=(Click(target="consent.begin"), Click(target="device.skip"))))
    run = desk.begin()
    seen = [Observed(verb="click", target=target) for target in ("nav.home", "consent.begin", "nav.home")]
    remarks = desk.coach.observe_all(run.id, seen, returning=True)
    assert [remark.kind for remark in remarks if remark] == [
        RemarkKind.DETOUR,
        RemarkKind.RIGHT,
        RemarkKind.WRONG,
    ]


def test_choosing_another_option_is_not_done_yet() -> None:
    desk = desk_of(a_step(do=(Choose(target="filter", option="to_review"),)))
    run = desk.begin()
    desk.see(run, "choose", "filter", "passed")
    assert desk.coach.progress(run.id).todo is not None
    desk.see(run, "choose", "filter", "to_review")
    assert desk.coach.progress(run.id).todo is None


def test_any_choice_in_somebody_elses_list_is_done_as_its_code_says_nothing() -> None:
    """The lesson names the option by its text; what was stored tells whether it was the right one."""
    target = Application.model_validate({"url": "http://127.0.0.1:5000", "sign_in": {"candidate": ()}})
    step = a_step(do=(Choose(target='combobox "Payer"', option="Robin"),))
    desk = Desk(a_scenario(step).model_copy(update={"target": target}))
    run = desk.begin()
    desk.see(run, "choose", 'combobox "Payer"', "")
    assert desk.coach.progress(run.id).todo is not None
    desk.see(run, "choose", 'combobox "Payer"', "3")
    assert desk.coach.progress(run.id).todo is None
    assert desk.look(run).passed == ()


def test_being_faster_than_the_coach_is_no_mistake() -> None:
    desk = desk_of(started(), a_step())
    run = desk.begin()
    desk.store(run, "interview_started", status="going")
    assert desk.see(run, "click", "interview.end") is RemarkKind.RIGHT
    found = desk.runs.get(run.id)
    assert found is not None
    assert [attempt.mistakes for attempt in found.attempts] == [0]


def test_a_late_report_of_the_step_before_is_no_mistake() -> None:
    desk = desk_of(started(), a_step())
    run = desk.begin()
    desk.store(run, "interview_started", status="going")
    desk.look(run)
    assert desk.see(run, "click", "home.start") is RemarkKind.DETOUR


def test_detours_and_looking_around_are_no_mistakes() -> None:
    desk = desk_of(a_step(detour=(Detour(target="dialog.cancel"),)))
    run = desk.begin()
    assert desk.see(run, "click", "dialog.cancel") is RemarkKind.DETOUR
    assert desk.see(run, "press", "interview.answer", "Escape") is RemarkKind.DETOUR
    ongoing = desk.coach.progress(run.id).run.ongoing
    assert ongoing is not None
    assert ongoing.mistakes == 0


def test_finding_the_way_back_is_no_mistake() -> None:
    desk = desk_of(started())
    run = desk.begin()
    remark = desk.coach.observe(run.id, Observed(verb="click", target="nav.home"), returning=True)
    assert remark is not None
    assert remark.kind is RemarkKind.DETOUR
    assert desk.see(run, "click", "nav.home") is RemarkKind.WRONG


# -- helping ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("performed", [True, False], ids=["done in vain", "not on the page"])
def test_whom_the_shown_way_does_not_bring_through_is_shown_the_other_one(performed: bool) -> None:
    whole = (Fill(target="f", text="x"), Click(target="interview.submit"))
    desk = desk_of(a_step(do=(Click(target="interview.submit"),), accept=(whole,)))
    run = desk.begin()

    def do() -> list[str | None]:
        while (helping := desk.coach.help(run.id)) is not None and helping.rung is not Help.DO:
            pass
        return [action.aim() for action in helping.actions] if helping else []

    assert do() == ["interview.submit"]
    if performed:
        desk.coach.performed(run.id, "click", "interview.submit", helped=a_step().id)
    now = desk.coach.progress(run.id).run.ongoing
    assert now is not None
    assert now.assisted is performed
    assert desk.coach.progress(run.id).next_help is Help.DO
    assert do() == ["f", "interview.submit"]
    desk.coach.start_again(run.id)
    assert do() == ["f", "interview.submit"]


def test_who_has_done_it_alone_is_shown_no_other_way() -> None:
    step = a_step(do=(Click(target="interview.submit"),), accept=((Fill(target="f", text="x"),),))
    desk = desk_of(step)
    run = desk.begin()
    desk.see(run, "click", "interview.submit")
    assert desk.coach.progress(run.id).next_help is Help.NUDGE
    desk.coach.help(run.id)
    assert desk.coach.progress(run.id).next_help is None


def test_the_hint_ladder_is_climbed_rung_by_rung() -> None:
    do = (Fill(target="interview.answer", text="Hello"), Click(target="interview.submit"), CloseTab())
    desk = desk_of(a_step(do=do, hints=("Think.", "In the box.")))
    run = desk.begin()
    rungs = [desk.coach.help(run.id) for _ in range(5)]
    assert [(rung.rung, rung.text) for rung in rungs if rung] == [
        (Help.NUDGE, "Think."),
        (Help.WHERE, "In the box."),
        (Help.SHOW, ""),
        (Help.DO, ""),
        (Help.DO, ""),
    ]
    assert rungs[1] is not None
    assert rungs[1].actions == do[:1]
    assert rungs[3] is not None
    assert rungs[3].actions == do
    desk.coach.performed(run.id, "close_tab", helped=rungs[3].step)
    desk.store(run, "interview_ended", status="to_review")
    attempt = desk.look(run).run.attempts[0]
    assert (attempt.helps, attempt.assisted) == (("nudge", "where", "show", "do"), True)


def test_what_was_not_performed_is_no_help() -> None:
    desk = desk_of(started())
    run = desk.begin()
    for _ in range(4):
        desk.coach.help(run.id)
    desk.store(run, "interview_started", status="going")
    attempt = desk.look(run).run.attempts[0]
    assert (attempt.helps, attempt.assisted) == (("nudge", "where", "show"), False)


@pytest.mark.parametrize("further", [(), (a_step(),)], ids=["the last step", "another one follows"])
def test_help_counts_for_its_step_also_when_that_has_passed_before_it_is_told(further: tuple[Step, ...]) -> None:
    desk = desk_of(started(), *further)
    run = desk.begin()
    helped = desk.coach.progress(run.id).step
    assert helped is not None
    desk.store(run, "interview_started", status="going")
    assert desk.look(run).passed == (helped.id,)
    desk.coach.performed(run.id, "click", "interview.begin", helped=helped.id)
    run = desk.coach.progress(run.id).run
    assert (run.attempts[0].helps, run.attempts[0].assisted) == (("do",), True)
    assert run.ongoing is None or not run.ongoing.assisted


def test_hints_alone_do_not_make_a_step_assisted() -> None:
    desk = desk_of(started())
    run = desk.begin()
    for _ in range(3):
        desk.coach.help(run.id)
    desk.store(run, "interview_started", status="going")
    attempt = desk.look(run).run.attempts[0]
    assert (len(attempt.helps), attempt.assisted) == (3, False)


def test_nobody_does_for_a_trainee_what_only_a_person_can_do_in_the_page() -> None:
    desk = desk_of(a_step(do=(Press(key="Control+S"), Click(target="x"))))
    run = desk.begin()
    rungs = [desk.coach.help(run.id) for _ in range(4)]
    assert [rung and rung.rung for rung in rungs] == [Help.NUDGE, None, None, None]


def test_doing_it_stops_before_a_fault() -> None:
    do = (Click(target="a"), Inject(fault="crash"), Click(target="b"))
    desk = desk_of(a_step(do=do))
    run = desk.begin()
    rungs = [desk.coach.help(run.id) for _ in range(4)]
    assert rungs[3] is not None
    assert rungs[3].actions == do[:1]


def test_a_trainee_is_put_back_to_the_begin_of_the_step() -> None:
    desk = desk_of(started(), a_step(do=(Inject(fault="offline"), Click(target="interview.end"))))
    run = desk.begin()
    desk.store(run, "interview_started", status="going")
    desk.look(run)
    desk.coach.strike(run.id)
    desk.store(run, "interview_lost", status="abandoned")
    progress = desk.coach.put_back(run.id)
    stored = desk.control.snapshot(run.sandbox)["interview"]["status"]
    assert (stored, desk.control.faults, progress.current) == ("going", [], 1)
    assert progress.run.ongoing is not None
    assert (progress.run.ongoing.done, progress.run.ongoing.helps) == ((), ("back",))
    desk.coach.strike(run.id)
    desk.store(run, "interview_ended", status="to_review")
    done = desk.look(run).run
    assert (done.attempts[1].helps, credit(done.attempts[1])) == (("back",), 0.9)


def test_who_is_put_back_by_an_instructor_pays_nothing() -> None:
    desk = desk_of(started(), a_step(id="end"))
    run = desk.begin()
    assert desk.coach.put_back(run.id, free=True).given == ()
    desk.store(run, "interview_started", status="going")
    assert [credit(attempt) for attempt in desk.look(run).run.attempts] == [1.0]
    ongoing = desk.coach.put_back(run.id).run.ongoing
    assert ongoing is not None
    assert (ongoing.step, ongoing.helps, ongoing.backs) == ("end", ("back",), 2)


def test_a_link_that_is_opened_again_is_of_who_the_trainee_is_now() -> None:
    desk = desk_of(
        started(),
        a_step(id="turn", do=(SignIn(role="hr"),), expect=()),
        a_step(do=(Click(target="interview.end"),)),
    )
    run = desk.begin()
    assert desk.coach.progress(run.id).role == "candidate"
    desk.store(run, "interview_started", status="going")
    desk.look(run)
    desk.coach.performed(run.id, "sign_in", "hr")
    assert desk.look(run).role == "hr"
    assert "hr" in desk.coach.link(run.id)


def test_help_that_cannot_be_stored_now_is_not_forgotten() -> None:
    desk = desk_of(started(), a_step())
    run = desk.begin()
    desk.runs.broken = "The database is locked."
    with pytest.raises(BrokenEnvironment, match="locked"):
        desk.coach.put_back(run.id)
    desk.runs.broken = ""
    ongoing = desk.look(run).run.ongoing
    assert ongoing is not None
    assert ongoing.helps == ("back",)
    assert desk.runs.get(run.id) == desk.coach.progress(run.id).run


def test_nobody_is_put_back_who_could_not_be_kept_or_sits_an_exam() -> None:
    desk = desk_of(started(), a_step())
    exam = desk.begin("exam")
    run = desk.begin()
    desk.store(run, "interview_started", status="going")
    desk.control.checkpoint = lambda sandbox, name: (_ for _ in ()).throw(BrokenEnvironment(f"{sandbox} {name}"))  # type: ignore[method-assign]
    assert not desk.look(run).can_go_back
    for one in (exam, run):
        with pytest.raises(BadInput, match="no way back"):
            desk.coach.put_back(one.id)


def test_a_verdict_can_be_told_before_the_sandbox_is_kept() -> None:
    desk = desk_of(started(), a_step(do=(Click(target="interview.end"),)))
    run = desk.begin()
    desk.store(run, "interview_started", status="going")
    told = desk.coach.look(run.id, BLIND, keep=False)
    assert (told.passed, told.can_go_back) == (("begin",), False)
    assert desk.restarted().progress(run.id).current == 1  # it is stored all the same
    assert desk.coach.keep(run.id).can_go_back
    desk.store(run, "interview_lost", status="abandoned")
    desk.coach.put_back(run.id)
    assert desk.control.snapshot(run.sandbox)["interview"]["status"] == "going"


def test_hints_that_were_given_are_told_again() -> None:
    desk = desk_of(a_step(hints=("Think.", "In the corner.")))
    run = desk.begin()
    for _ in range(2):
        desk.coach.help(run.id)
    given = desk.restarted().progress(run.id).given
    assert [(helping.rung, helping.text) for helping in given] == [
        (Help.NUDGE, "Think."),
        (Help.WHERE, "In the corner."),
    ]


def test_the_way_back_is_no_mistake() -> None:
    desk = desk_of(a_step())
    assert desk.see(desk.begin(), "click", "resume.continue") is RemarkKind.DETOUR


def test_a_new_step_has_a_ladder_of_its_own() -> None:
    desk = desk_of(started(), a_step())
    run = desk.begin()
    desk.coach.help(run.id)
    desk.store(run, "interview_started", status="going")
    assert desk.look(run).next_help is Help.NUDGE


def test_time_without_getting_on_is_told() -> None:
    desk = desk_of(a_step(do=(Click(target="a"), Click(target="b"))))
    run = desk.begin()
    desk.wait(50)
    assert desk.look(run).idle == timedelta(seconds=50)
    desk.see(run, "click", "a")
    desk.wait(5)
    assert desk.look(run).idle == timedelta(seconds=5)


# -- an exam ------------------------------------------------------------------------------------------------


def test_an_exam_gives_no_help_and_counts_mistakes_in_silence() -> None:
    desk = desk_of(started(), a_step())
    run = desk.begin("exam")
    progress = desk.coach.progress(run.id)
    assert (progress.next_help, desk.coach.help(run.id)) == (None, None)
    assert not any((progress.mode.explains, progress.mode.points, progress.mode.tells))
    desk.see(run, "click", "nav.sign_out")
    desk.store(run, "interview_started", status="going")
    assert desk.look(run).run.attempts[0].mistakes == 1


def test_handing_in_judges_every_step_as_it_stands() -> None:
    half = (Stored(stored="interview.saved == 'saved'"), Stored(stored="interview.synced == 'done'"))
    desk = desk_of(
        started(), a_step(id="save", expect=half), a_step(id="leave", do=(CloseTab(),), expect=()), a_step()
    )
    run = desk.begin("exam")
    desk.store(run, "interview_started", status="going")
    desk.control.paper(run.sandbox).data["interview"]["saved"] = "saved"
    handed = desk.coach.hand_in(run.id, BLIND).run
    assert [(tried.step, tried.status, credit(tried)) for tried in handed.attempts] == [
        ("begin", Status.PASSED, 1.0),
        ("save", Status.FAILED, 0.5),
        ("leave", Status.FAILED, 0.0),
        ("end", Status.FAILED, 0.0),
    ]
    done = desk.coach.finish(run.id)
    assert (done.status, done.verdict, score(done).points) == (RunStatus.FINISHED, Status.FAILED, 38)
    assert desk.coach.hand_in(run.id, BLIND).run == done


def test_what_held_before_the_lesson_began_earns_nothing() -> None:
    free = (Stored(stored="interview.saved == 'unsaved'"), Stored(stored="interview.status == 'to_review'"))
    desk = desk_of(started(), a_step(id="wait", expect=free), a_step(id="free", expect=free[:1]))
    run = desk.begin("exam")
    handed = desk.coach.hand_in(run.id, BLIND).run
    assert [credit(tried) for tried in handed.attempts] == [0.0, 0.0, 0.0]


def test_an_exam_on_somebody_elses_application_is_handed_in_without_resetting_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    free = a_step(id="free", expect=(Stored(stored="interview.saved == 'unsaved'"), Event(event="saved")))
    target = Application.model_validate({"url": "http://127.0.0.1:5000", "sign_in": {"candidate": ()}})
    desk = Desk(a_scenario(started(), free).model_copy(update={"target": target}))
    run = desk.begin("exam")
    monkeypatch.setattr(desk.control, "create", None)  # it would bring the one application back
    desk.store(run, "interview_started", status="going")
    desk.look(run)
    desk.restarted()
    handed = desk.coach.hand_in(run.id, BLIND).run
    assert [credit(tried) for tried in handed.attempts] == [1.0, 0.0]


def test_a_later_step_that_was_done_all_the_same_counts() -> None:
    desk = desk_of(started(), told("save", "progress_saved"), told("end", "interview_ended"))
    run = desk.begin("exam")
    desk.store(run, "interview_ended")
    handed = desk.coach.hand_in(run.id, BLIND).run
    assert [tried.status for tried in handed.attempts] == [Status.FAILED, Status.FAILED, Status.PASSED]


# -- what only other roles prove, and pages that are come to in any way --------------------------------------


OPEN = a_step(id="open", do=(Goto(path="/new"),), expect=(Visible(visible="form"),))


def entered(*window: FieldValue, id: str = "enter") -> Step:
    see = See.model_validate({"as": "hr", "page": f"/{id}", "see": {"row": "Robin"}})
    return a_step(id=id, do=(Click(target="insert"),), expect=(*window, see))


def test_a_step_that_only_another_role_proves_is_passed_when_that_role_has_seen_it() -> None:
    desk = desk_of(entered(), a_step())
    run = desk.begin("practice")
    desk.see(run, "click", "insert")
    progress = desk.look(run)
    assert (progress.passed, progress.to_be_seen, progress.seems_done, desk.observer.asked) == ((), True, True, [])
    desk.coach.ask_others(run.id)
    assert desk.look(run).passed == ()
    desk.observer.seen = {"row": "Robin"}
    desk.coach.ask_others(run.id)
    progress = desk.look(run)
    assert (progress.passed, progress.to_be_seen) == (("enter",), False)
    assert progress.run.attempts[0].outcomes[0].seen == "Robin"
    asked = len(desk.observer.asked)
    desk.coach.ask_others(run.id)
    assert len(desk.observer.asked) == asked


def test_who_is_put_back_has_to_be_seen_anew() -> None:
    desk = desk_of(entered(), a_step())
    run = desk.begin("practice")
    desk.observer.seen = {"row": "Robin"}
    desk.coach.ask_others(run.id)
    desk.coach.put_back(run.id)
    assert desk.look(run).passed == ()


def test_a_page_may_be_come_to_by_another_address() -> None:
    desk = desk_of(OPEN, a_step())
    run = desk.begin("practice")
    assert desk.look(run, visible={"form": False}).passed == ()
    assert desk.look(run, visible={"form": True}).passed == ("open",)


def test_what_was_in_sight_before_does_not_tell_that_somebody_went_there() -> None:
    desk = desk_of(OPEN, a_step())
    run = desk.begin("practice")
    assert desk.look(run, visible={"form": True}).passed == ()
    desk.coach.performed(run.id, "goto", "/old")
    assert desk.look(run).passed == ()
    desk.coach.performed(run.id, "goto", "/new")
    assert desk.look(run).passed == ("open",)


def test_where_something_is_proven_it_does_not_matter_how_its_page_was_come_to() -> None:
    desk = desk_of(a_step(do=(Goto(path="/new"), Click(target="interview.end"))))
    run = desk.begin("practice")
    desk.store(run, "interview_ended", status="to_review")
    assert desk.look(run).passed == ("end",)


@pytest.mark.parametrize(
    ("sees", "verdict", "points"),
    [("Robin", Status.PASSED, 100), ("Kim", Status.FAILED, 50), (None, Status.FAILED, 50)],
)
def test_an_exam_is_not_failed_for_a_way_that_nobody_saw_and_is_judged_by_what_others_see_at_its_end(
    sees: str | None, verdict: Status, points: int
) -> None:
    filled = entered(FieldValue(field="last", contains="Robin"))
    desk = desk_of(OPEN, filled, entered(id="pure"), OPEN.model_copy(update={"id": "again"}))
    run = desk.begin("exam")
    desk.look(run, visible={"form": True}, fields={"last": ""})  # it was there already at the first look
    desk.look(run, visible={"form": False}, fields={"last": "Robin"})
    desk.coach.hand_in(run.id, Reported({"last": "Robin"}, {"form": True}))
    assert desk.observer.asked == []
    desk.observer.seen = {"row": sees}
    done = desk.coach.finish(run.id)
    assert (done.verdict, [tried.step for tried in done.attempts]) == (verdict, ["open", "enter", "pure", "again"])
    assert score(done).points == points


def test_an_exam_fails_no_step_whose_page_was_there_all_the_time() -> None:
    desk = desk_of(OPEN)
    run = desk.begin("exam")
    assert desk.look(run, visible={"form": True}).passed == ()
    handed = desk.coach.hand_in(run.id, Reported(visible={"form": True})).run
    assert [found.check for found in handed.attempts[0].outcomes] == ["visible: form"]
    assert handed.attempts[0].status is Status.PASSED


@pytest.mark.parametrize(("sees", "credit_of"), [("Robin", 1.0), (None, 0.0)])
def test_a_step_that_only_others_see_and_nobody_came_to_is_judged_by_what_they_see(
    sees: str | None, credit_of: float
) -> None:
    desk = desk_of(started(), entered())
    run = desk.begin("exam")
    desk.coach.hand_in(run.id, BLIND)
    desk.observer.seen = {"row": sees}
    done = desk.coach.finish(run.id)
    assert [credit(tried) for tried in done.attempts] == [0.0, credit_of]


def test_a_last_look_that_failed_is_taken_again_for_the_step_that_it_proves() -> None:
    desk = desk_of(entered())
    run = desk.begin("exam")
    desk.coach.hand_in(run.id, BLIND)
    desk.observer.error = "no browser"
    assert desk.coach.finish(run.id).attempts[0].status is Status.UNKNOWN
    desk.observer.error, desk.observer.seen = "", {"row": "Robin"}
    done = desk.coach.finish(run.id)
    assert (done.verdict, [found.seen for found in done.attempts[0].outcomes]) == (Status.PASSED, ["Robin"])


def test_nothing_is_handed_in_while_nobody_can_look() -> None:
    desk = desk_of(started())
    run = desk.begin("exam")
    desk.control.broken = "cut"
    assert desk.coach.hand_in(run.id, BLIND).trouble == "cut"
    desk.control.broken = ""
    assert desk.coach.hand_in(run.id, BLIND).complete


def test_only_an_exam_is_handed_in() -> None:
    desk = desk_of(started())
    with pytest.raises(BadInput, match="not handed in"):
        desk.coach.hand_in(desk.begin().id, BLIND)


def test_the_clock_of_an_exam_stands_while_nobody_is_at_it_even_after_a_restart() -> None:
    desk = desk_of(started(), a_step(), minutes=3)
    run = desk.begin("exam")
    desk.store(run, "interview_started", status="going")
    for _ in range(3):
        desk.wait(10)
        desk.look(run)
    before = desk.coach.progress(run.id)
    assert (before.left, before.current) == (timedelta(minutes=5, seconds=30), 1)
    desk.wait(3600)
    after = desk.restarted().progress(run.id)
    assert (after.left, after.current, after.run.attempts) == (before.left, 1, before.run.attempts)
    assert desk.look(run).run.breaks == 1


def test_who_works_in_an_exam_whose_page_is_away_uses_up_time() -> None:
    desk = desk_of(started(), a_step(), minutes=3)
    run = desk.begin("exam")
    left = desk.look(run).left
    assert left is not None
    desk.wait(120)
    desk.store(run, "interview_started", status="going")
    desk.wait(600)
    progress = desk.look(run)
    assert (progress.current, progress.run.breaks) == (1, 1)
    assert progress.left == left - timedelta(minutes=2)


@pytest.mark.parametrize("seconds", [25, 600])
def test_a_break_of_the_class_is_neither_exam_time_nor_a_break_of_the_trainee(seconds: int) -> None:
    desk = desk_of(started(), a_step(), minutes=3)
    run = desk.begin("exam")
    desk.wait(10)
    left = desk.look(run).left
    assert left is not None
    desk.wait(3)
    desk.store(run, "interview_started", status="going")
    desk.wait(seconds)
    progress = desk.coach.look(run.id, BLIND, after_a_break=True)
    assert (progress.left, progress.run.breaks, progress.current) == (left - timedelta(seconds=3), 0, 1)


def test_when_the_time_is_up_the_exam_is_over() -> None:
    desk = desk_of(started(), a_step(), exam_minutes=1)
    run = desk.begin("exam")
    for _ in range(7):
        desk.wait(10)
        desk.look(run)
    progress = desk.coach.progress(run.id)
    assert (progress.left, progress.complete) == (timedelta(), True)
    assert [tried.status for tried in progress.run.attempts] == [Status.FAILED, Status.FAILED]


# -- coming back --------------------------------------------------------------------------------------------


def test_a_restart_of_the_trainer_loses_nothing() -> None:
    desk = desk_of(submitted("one"), submitted("two"))
    run = desk.begin()
    desk.store(run, "answer_submitted")
    desk.look(run)
    desk.see(run, "click", "nav.sign_out")
    desk.coach.help(run.id)
    before = desk.coach.progress(run.id)
    after = desk.restarted().progress(run.id)
    assert after == before
    assert desk.look(run).current == 1
    desk.store(run, "answer_submitted")
    assert desk.look(run).run.attempts[1].mistakes == 1


def test_the_link_is_the_one_of_the_lessons_role() -> None:
    desk = desk_of()
    run = desk.begin()
    assert desk.coach.link(run.id).startswith(f"/s/{run.sandbox}/candidate/enter")
    assert desk.coach.link(run.id, "hr").startswith(f"/s/{run.sandbox}/hr/enter")


def test_a_run_that_was_left_stays_left() -> None:
    desk = desk_of(started())
    run = desk.begin()
    desk.coach.leave(run.id)
    desk.coach.leave(run.id)
    assert desk.see(run, "click", "home.start") is None
    assert desk.coach.look(run.id, BLIND).run.status is RunStatus.LEFT


def test_a_run_that_never_was_is_refused() -> None:
    with pytest.raises(BadInput):
        desk_of().coach.look("nothing", BLIND)


# -- the end ------------------------------------------------------------------------------------------------


def seen_by_hr(id: str, state: str, stored: str) -> Step:
    see = See.model_validate({"as": "hr", "see": {"candidates.row[${candidate.id}].status": state}})
    return a_step(id=id, expect=(Stored(stored=f"interview.status == '{stored}'"), see))


def finished(desk: Desk, *states: str) -> Run:
    run = desk.begin()
    for state in states:
        desk.store(run, "changed", status=state)
        desk.look(run)
    return run


def test_at_the_end_other_roles_are_looked_at() -> None:
    desk = desk_of(seen_by_hr("end", "to_review", "to_review"))
    run = finished(desk, "to_review")
    desk.observer.seen = {"candidates.row[c1].status": "to_review"}
    done = desk.coach.finish(run.id)
    assert (done.status, done.verdict, done.ended) == (RunStatus.FINISHED, Status.PASSED, desk.now)
    assert desk.runs.get(run.id) == done
    desk.coach.finish(run.id)
    assert len(desk.observer.asked) == 1


def test_what_hr_does_not_see_is_not_passed() -> None:
    desk = desk_of(seen_by_hr("end", "to_review", "to_review"))
    run = finished(desk, "to_review")
    desk.observer.seen = {"candidates.row[c1].status": "in_progress"}
    done = desk.coach.finish(run.id)
    assert done.verdict is Status.FAILED
    assert done.final[0].seen == "in_progress"


def test_a_look_that_failed_is_not_judged_and_can_be_taken_again() -> None:
    desk = desk_of(seen_by_hr("end", "to_review", "to_review"))
    run = finished(desk, "to_review")
    desk.observer.error = "no browser"
    desk.wait(30)
    first = desk.coach.finish(run.id)
    assert (first.verdict, first.final[0].seen) == (Status.UNKNOWN, "no browser")
    desk.observer.error, desk.observer.seen = "", {"candidates.row[c1].status": "to_review"}
    desk.wait(60)
    again = desk.coach.finish(run.id)
    assert (again.verdict, again.ended) == (Status.PASSED, first.ended)


def test_nobody_looks_where_there_is_no_sandbox_any_more() -> None:
    desk = desk_of(seen_by_hr("end", "to_review", "to_review"))
    run = finished(desk, "to_review")
    desk.observer.error = "no browser"
    kept = replace(desk.coach.finish(run.id), sandbox="")
    desk.runs.save(kept)
    desk.observer.asked.clear()
    assert desk.restarted().finish(run.id) == kept
    assert desk.observer.asked == []


def test_of_several_looks_at_one_place_the_last_one_counts() -> None:
    desk = desk_of(seen_by_hr("begin", "in_progress", "going"), seen_by_hr("end", "to_review", "to_review"))
    run = finished(desk, "going", "to_review")
    desk.observer.seen = {"candidates.row[c1].status": "to_review"}
    done = desk.coach.finish(run.id)
    assert done.verdict is Status.PASSED
    assert len(done.final) == 1


def test_a_run_that_is_not_complete_cannot_be_finished() -> None:
    desk = desk_of(started())
    run = desk.begin()
    assert desk.coach.finish(run.id).status is RunStatus.ACTIVE
    assert desk.observer.asked == []


def test_without_anything_to_look_at_no_browser_is_asked() -> None:
    desk = desk_of(a_step())
    run = finished(desk, "to_review")
    assert desk.coach.finish(run.id).verdict is Status.PASSED
    assert desk.observer.asked == []


def test_who_finishes_while_another_one_looks_takes_what_that_look_comes_to() -> None:
    """The trainee opens the result while the practice page is finishing."""
    desk = desk_of(seen_by_hr("end", "to_review", "to_review"))
    run = finished(desk, "to_review")
    desk.observer.seen = {"candidates.row[c1].status": "to_review"}
    looked, other = desk.observer.look, list[Future[Run]]()

    def slow(sandbox: str, sights: Sequence[Sight], *, lang: str) -> Looks:
        if not other:
            other.append(pool.submit(desk.coach.finish, run.id))
            wait(other, timeout=0.2)  # it does not come to its end before this look does
        return looked(sandbox, sights, lang=lang)

    desk.observer.look = slow  # type: ignore[method-assign]
    with ThreadPoolExecutor(1) as pool:
        done = desk.coach.finish(run.id)
    assert (done.verdict, other[0].result()) == (Status.PASSED, done)
    assert len(desk.observer.asked) == 1


def test_a_verdict_that_cannot_be_stored_now_keeps_its_pictures() -> None:
    desk = desk_of(seen_by_hr("end", "to_review", "to_review"))
    run = finished(desk, "to_review")
    desk.observer.pictures = True
    desk.runs.broken = "The database is locked."
    with pytest.raises(BrokenEnvironment, match="locked"):
        desk.coach.finish(run.id)
    desk.runs.broken = ""
    stored = desk.coach.finish(run.id)
    assert stored == desk.runs.get(run.id)
    assert (desk.observer.taken, desk.pictures.gone) == (list(stored.pictures), [])


def test_a_run_that_was_left_during_the_last_look_stays_left_and_keeps_no_picture() -> None:
    desk = desk_of(seen_by_hr("end", "to_review", "to_review"))
    run = finished(desk, "to_review")
    desk.during_the_look(lambda: desk.coach.leave(run.id))
    assert desk.coach.finish(run.id).status is RunStatus.LEFT
    assert desk.pictures.gone == desk.observer.taken != []


def test_a_run_that_was_deleted_during_the_last_look_leaves_no_picture() -> None:
    desk = desk_of(seen_by_hr("end", "to_review", "to_review"))
    run = finished(desk, "to_review")
    desk.during_the_look(lambda: desk.runs.forget("ann"))
    with pytest.raises(BadInput, match="does not exist any more"):
        desk.coach.finish(run.id)
    assert desk.pictures.gone == desk.observer.taken != []
    assert desk.runs.of("ann") == ()


def test_a_run_that_cannot_begin_leaves_no_sandbox() -> None:
    lost = a_step(do=(Fill(target="interview.answer", text="${questions[9].sample}"),))
    desk = desk_of(lost)
    with pytest.raises(BadInput, match=r"questions\[9\]\.sample"):
        desk.begin()
    with pytest.raises(BadInput, match="no sandbox"):
        desk.control.paper("s1")


def test_what_a_window_showed_is_not_forgotten_while_others_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainer.app.coach.KEPT_LESSONS", 2)
    typed = FieldValue(field="interview.answer")
    desk = desk_of(a_step(expect=(Stored(stored="interview.status == 'to_review'"), typed)))
    run = desk.begin()
    desk.look(run, fields={"interview.answer": "I would ask."})
    for owner in ("bea", "cai", "dan"):
        desk.coach.begin("lesson-web", mode="guided", lang="en", owner=owner)
        desk.coach.progress(run.id)
    desk.store(run, "changed", status="to_review")
    assert desk.look(run, fields={"interview.answer": None}).complete


@pytest.mark.parametrize(("lang", "told"), [("en", "It goes home."), ("zh_CN", "«It goes home.»")])
def test_a_wrong_click_says_what_it_does_where_that_is_known(lang: str, told: str) -> None:
    desk = desk_of(started(), a_step(id="skip", do=(Click(target="device.skip"),)))
    run = desk.begin(lang=lang)

    def effect(target: str) -> tuple[RemarkKind, str] | None:
        said = desk.coach.observe(run.id, Observed(verb="click", target=target))
        return said and (said.kind, said.effect)

    assert effect("nav.home") == (RemarkKind.WRONG, told)
    assert effect("nav.dashboard") == (RemarkKind.WRONG, "")
    assert effect("device.skip") == (RemarkKind.OUT_OF_ORDER, "")
    assert effect("home.start") == (RemarkKind.RIGHT, "")
