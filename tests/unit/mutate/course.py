"""A lesson on paper in which every way of judging has something to decide, and a prover for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from tests.builders import a_step
from tests.unit.play.lessons import SEEN_BY_HR, answer, begin, lesson
from trainer.adapters.in_memory import (
    InMemoryControl,
    InMemoryRuns,
    InMemoryScenarios,
    InMemoryStage,
    InMemoryWindow,
)
from trainer.app.coach import Coach
from trainer.app.course import Pathfinder
from trainer.app.examine import StageObserver
from trainer.app.mutate import Judged, Proof, Prover
from trainer.core.actions import Action, Click, CloseTab, Detour, Fill, SignIn
from trainer.core.checks import Check, Event, FieldValue, Stored, Visible
from trainer.core.scenario import Scenario, Step

GOING_ON = Stored(stored="interview.status == 'in_progress'")
SUBMITTED = (Fill(target="interview.answer", text="${questions[1].sample}"), Click(target="interview.submit"))


def course() -> Scenario:
    """An interview that is left and gone on with: stored facts, events, fields, the window, and what HR sees."""
    return lesson(
        begin(),
        answer().model_copy(update={"repeat": "${questions[0:1]}"}),
        _step("note", Fill(target="interview.answer", text="Later."), expect=(GOING_ON, LATER)),
        _step("leave", CloseTab(), expect=(GOING_ON,)),
        _step("return", SignIn(role="candidate"), expect=(GOING_ON, Visible(target="home.start"))),
        _step(
            "resume",
            Click(target="home.start"),
            Click(target="resume.continue"),
            expect=(GOING_ON, Visible(target="interview.answer")),
        ),
        _step("second", *SUBMITTED, expect=(Event(event="answer_submitted"),)),
        _step("third", *SUBMITTED, expect=(Event(event="answer_submitted"),)),
        a_step(
            id="end",
            do=(*SUBMITTED, Click(target="interview.end"), Click(target="dialog.confirm")),
            expect=(Stored(stored="interview.saved == 'saved'"), SEEN_BY_HR),
            detour=(Detour(target="dialog.cancel"),),
        ),
    )


LATER = FieldValue(target="interview.answer", equals="Later.")


def _step(name: str, *do: Action, expect: tuple[Check, ...]) -> Step:
    return a_step(id=name, do=do, expect=expect)


class Time:
    """A clock that goes on only when somebody waits."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> datetime:
        return datetime(2026, 11, 26, 12, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def moment(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> None:
        self.seconds += seconds


class Laboratory:
    """A prover with everything around it on paper; it is told every mutant."""

    def __init__(self, *scenarios: Scenario, stage: type[InMemoryStage] = InMemoryStage) -> None:
        self.heard: list[Judged] = []
        self.counted: list[tuple[int, int]] = []
        self.control = InMemoryControl()
        self.stage = stage(self.control)
        time, ids, runs = Time(), count(1), InMemoryRuns()
        self.coach = Coach(
            scenarios=InMemoryScenarios(*scenarios),
            runs=runs,
            control=self.control,
            observer=StageObserver(self.stage, wait=time.wait, moment=time.moment),
            clock=time,
            new_id=lambda: f"r{next(ids)}",
            translate=lambda _lang: str,
        )
        path = Pathfinder(self.coach, runs, self.control, self.stage, "en", wait=time.wait, moment=time.moment)
        self.prover = Prover(path, self)

    def mutant(self, judged: Judged, number: int, total: int) -> None:
        self.heard.append(judged)
        self.counted.append((number, total))


def opening(kind: type[InMemoryWindow]) -> type[InMemoryStage]:
    """Return a stage on paper that opens windows of this kind."""

    class Stage(InMemoryStage):
        def window(self, sandbox: str, role: str, *, read_only: bool = False, page: str = "") -> InMemoryWindow:
            key = (sandbox, role, read_only)
            if key not in self._windows:
                self._windows[key] = kind(self, sandbox, role, page)
            return super().window(sandbox, role, read_only=read_only, page=page)

    return Stage


def proven(scenario: Scenario) -> Proof:
    """Run all mutants of a lesson on paper."""
    return Laboratory(scenario).prover.prove(scenario)


def false_ones(proof: Proof) -> list[str]:
    """Name the mutants that the judge got wrong."""
    return [one.mutant.id for one in proof.judged if one.false_pass or one.false_fail or one.verdict == "unknown"]
