"""Course: the right run of a lesson, and a way to any of its Steps: through a copy of the sandbox, or on foot."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from trainer.app.coach import Coach, Reported
from trainer.app.examine import Moment, Wait
from trainer.app.ports import NOWHERE, Control, Place, Runs, Stage, StageWindow
from trainer.app.trainee import PAUSE_SECONDS, Trainee
from trainer.core.actions import Fill, Inject, NotDone
from trainer.core.checks import FieldValue, Looks, Outcome, Status, Visible
from trainer.core.errors import BrokenEnvironment, LookFailed, TrainerError
from trainer.core.judge import is_asked_for, judge, proving
from trainer.core.mutants import Move, Scene
from trainer.core.runs import Run
from trainer.core.scenario import Scenario, Step
from trainer.i18n import gettext as _

LIKE_SECONDS = 2.0
"""How long a copy may take to show what the original showed."""

BACK_SECONDS = 20.0
"""How long a sandbox may be away after a fault that ends by itself."""

PASSING_FAULTS = frozenset({"crash", "disconnected"})
"""Faults that end by themselves and change nothing a copy would not have."""


@dataclass
class Station:
    """The right run at the begin of one Step, and a copy of its sandbox then.

    Attributes:
        run: The Run as it was.
        place: Which page the window showed.
        marks: What could be clicked and what stood in the lesson's fields.
        copy: Id of the copied sandbox, or None where a copy would not be the same.
        reloads: Whether the page shows the same only when it is loaded again, as by somebody who goes on there.
        proven: Up to this Step, by its place, the demo's way is known to pass in the copy, too.
        lacking: At this Step it does not, or later than any: the copy lacks what a browser keeps, for example.
    """

    run: Run
    place: Place | None
    marks: tuple[Any, ...]
    copy: str | None
    reloads: bool = False
    proven: int = -1
    lacking: int = sys.maxsize


@dataclass
class Course:
    """The right run of a lesson.

    Attributes:
        fields: Where it types.
        steps: Its Steps, without those whose branch is not taken.
        stations: How each of them began.
        scenes: Id of a Step → what could be clicked.
        shown: Id of a Step → what its window has to show at its end.
        waits: Target → the longest time, in seconds, that the right run waited until it could be used.
        not_taken: Ids of the Steps whose branch is not taken.
    """

    fields: tuple[str, ...]
    steps: list[Step] = field(default_factory=list)
    stations: list[Station] = field(default_factory=list)
    scenes: dict[str, Scene] = field(default_factory=dict)
    shown: dict[str, Reported] = field(default_factory=dict)
    waits: dict[str, float] = field(default_factory=dict)
    not_taken: list[str] = field(default_factory=list)


class Astray(Exception):
    """The right run did not get where it should.

    Args:
        reason: Why.
        step: Where.
        early: Whether a Step had passed before anything of it was done.
    """

    def __init__(self, reason: str, step: str, *, early: bool = False) -> None:
        super().__init__(reason)
        self.step = step
        self.early = early


@dataclass
class Pathfinder:
    """Goes the demo's way through lessons as a trainee does, and brings runs to their Steps.

    Attributes:
        coach: Judges the runs, and keeps them in `runs`.
        runs: Where they are kept.
        control: The sandbox HRMS.
        stage: Opens the windows.
        lang: Language of the runs.
        wait: Lets seconds pass.
        moment: Tells the seconds.
    """

    coach: Coach
    runs: Runs
    control: Control
    stage: Stage
    lang: str
    wait: Wait = time.sleep
    moment: Moment = time.monotonic
    _made: int = 0

    # -- the right run -----------------------------------------------------------------------------------------

    def right_run(self, scenario: Scenario) -> Course:
        """Go through a lesson as the demo does, and note how each Step began.

        Raises:
            Astray: The judge did not let it pass, or passed a Step too early.
            BrokenEnvironment: Browser, sandbox HRMS or network failed.
            BadInput: The lesson asks for something that its sandbox does not have.
        """
        with self.begun(scenario) as trainee:
            told = trainee.look().steps
            course = Course(tuple(_typed_in(told)))
            try:
                self._note_all(trainee, told, course)
            except BaseException:
                self.give_up(course)
                raise
        return course

    def _note_all(self, trainee: Trainee, told: Sequence[Step], course: Course) -> None:
        """Go through all Steps and note each."""
        copied = True
        for step in told:
            run = self.run_of(trainee)
            stored = self._stored(run.sandbox)
            if not is_asked_for(step, stored):
                course.not_taken.append(step.id)
                continue
            if run.ongoing is None or run.ongoing.step != step.id:
                raise Astray(_("passed before anything of it was done"), step.id, early=True)
            course.steps.append(step)
            if step.do[0].by == "trainee":
                trainee.reaches(step.do[0])  # so that the page has come to rest
            place = trainee.window.place()
            copied = copied and place is not None
            copy = self.control.clone(run.sandbox).id if copied else None
            course.stations.append(Station(run, place, self._marks(trainee.window, course.fields), copy))
            held = all(found.status is Status.PASSED for found in judge(list(proving(step)), stored))
            course.scenes[step.id] = replace(self._perform(trainee, step), held=held)
            course.waits |= trainee.waits
            course.shown[step.id] = _as_asked_for(step, trainee.shown())
            if not trainee.passes(step.id):
                raise Astray(_("the demo's way does not pass"), step.id)
            faults = {action.fault for action in step.do if isinstance(action, Inject)}
            copied = copied and faults <= PASSING_FAULTS
        finished = self.coach.finish(trainee.run)
        if finished.verdict is not Status.PASSED:
            raise Astray(not_passed(finished.final), course.steps[-1].id)

    def _perform(self, trainee: Trainee, step: Step) -> Scene:
        """Do a Step as the demo does and note what else could have been clicked."""
        own = [number for number, action in enumerate(step.do) if action.by != "system"]
        first = last = _choices(trainee.window)
        for number, action in enumerate(step.do):
            if own and number == own[-1] and number > 0:
                trainee.reaches(action)
                last = _choices(trainee.window)
            try:
                trainee.act(Move(action))
            except NotDone as error:
                raise Astray(stopped(error), step.id) from error
            if action.by == "system":
                trainee.look()
        return Scene(first, last)

    def _stored(self, sandbox: str) -> Looks:
        """Look at what is stored; a sandbox that a fault has taken away is waited for."""
        end = self.moment() + BACK_SECONDS
        while True:
            try:
                return Looks(self.control.snapshot(sandbox))
            except LookFailed as error:
                if self.moment() >= end:
                    raise BrokenEnvironment(error.message, error.hint) from error
            self.wait(PAUSE_SECONDS)

    def _marks(self, window: StageWindow, fields: Sequence[str]) -> tuple[Any, ...]:
        return (_choices(window), *(window.read_field(name) for name in fields))

    # -- getting to a Step -------------------------------------------------------------------------------------

    @contextmanager
    def begun(self, scenario: Scenario) -> Iterator[Trainee]:
        """Begin a Run of the lesson in a sandbox of its own."""
        self._made += 1
        run = self.coach.begin(scenario.id, mode="practice", lang=self.lang, owner=f"mutant-{self._made}")
        with self._tidy(run.sandbox, run.id):
            yield self._trainee(run, self.stage.window(run.sandbox, scenario.role))

    @contextmanager
    def at(self, scenario: Scenario, course: Course, number: int) -> Iterator[Trainee]:
        """Bring a run to Step `number`: in the nearest copy that is as good as the original, then on foot."""
        nearest = next((one for one in range(number, -1, -1) if self._leads(scenario, course, one, number)), None)
        if nearest is not None:
            with self._entered(scenario, course, course.stations[nearest]) as trainee:
                if trainee is not None:
                    self._walk(trainee, course.steps[nearest:number])
                    yield trainee
                    return
        with self.begun(scenario) as trainee:
            self._walk(trainee, course.steps[:number])
            yield trainee

    def _leads(self, scenario: Scenario, course: Course, start: int, end: int) -> bool:
        """Tell whether the demo's way from the copy of Step `start` passes, Step `end` included; tried once."""
        station = course.stations[start]
        if station.copy is None or station.lacking <= end or station.proven >= end:
            return station.copy is not None and station.proven >= end
        with self._entered(scenario, course, station) as trainee:
            if trainee is None:
                station.lacking = start
                return False
            trainee.knows = course.waits
            for place in range(start, end + 1):
                try:
                    self._walk(trainee, course.steps[place : place + 1])
                except Astray:
                    station.lacking = place
                    return False
                station.proven = place
        return True

    @contextmanager
    def _entered(self, scenario: Scenario, course: Course, station: Station) -> Iterator[Trainee | None]:
        """Begin in a copy of a station; None when the copy does not show what the original showed."""
        with self.copied(station, station.copy or "") as run:
            role = station.place.role if station.place else ""
            page = station.place.page if station.place else ""
            window = self.stage.window(run.sandbox, role or scenario.role, page=page)
            yield self._trainee(run, window) if self._enters(window, course.fields, station) else None

    @contextmanager
    def copied(self, station: Station, copy: str) -> Iterator[Run]:
        """Go on with the Run of a station in a sandbox of its own."""
        self._made += 1
        sandbox = self.control.clone(copy).id
        run = replace(station.run, id=f"{station.run.id}-{self._made}", sandbox=sandbox)
        with self._tidy(sandbox, run.id):
            self.runs.save(run)
            yield run

    def _enters(self, window: StageWindow, fields: Sequence[str], station: Station) -> bool:
        """Open the page of a station; tell whether it comes to show what it showed."""
        if station.place is None or station.place == NOWHERE:
            window.close_tab()
            return True
        with suppress(LookFailed):
            window.go(station.place.page)
        if not station.reloads:
            if self._comes_to_show(window, fields, station):
                return True
            station.reloads = True
        with suppress(NotDone):
            window.reload()
        return self._comes_to_show(window, fields, station)

    def _comes_to_show(self, window: StageWindow, fields: Sequence[str], station: Station) -> bool:
        end = self.moment() + LIKE_SECONDS
        while True:
            with suppress(LookFailed):
                if self._marks(window, fields) == station.marks:
                    return True
            if self.moment() >= end:
                return False
            self.wait(PAUSE_SECONDS)

    def _walk(self, trainee: Trainee, steps: Sequence[Step]) -> None:
        for step in steps:
            self._perform(trainee, step)
            if not trainee.passes(step.id):
                raise Astray(_("the demo's way does not pass"), step.id)

    def _trainee(self, run: Run, window: StageWindow) -> Trainee:
        return Trainee(self.coach, run.id, window, wait=self.wait, moment=self.moment)

    def run_of(self, trainee: Trainee) -> Run:
        """Return a trainee's Run as it is kept."""
        return self.coach.progress(trainee.run).run

    @contextmanager
    def _tidy(self, sandbox: str, name: str) -> Iterator[None]:
        try:
            yield
        finally:
            self.stage.leave(sandbox, name)
            with suppress(TrainerError):  # what went wrong first is what the reader has to know
                self.control.delete(sandbox)

    def give_up(self, course: Course) -> None:
        """Delete all copies of a course."""
        for station in course.stations:
            if station.copy is not None:
                with suppress(TrainerError):
                    self.control.delete(station.copy)


def _typed_in(steps: Sequence[Step]) -> Iterator[str]:
    """Yield once each field that a lesson types in."""
    yield from dict.fromkeys(one.target for step in steps for one in step.do if isinstance(one, Fill))


def _as_asked_for(step: Step, shown: Reported) -> Reported:
    """Return what a browser would report for which every check on the window holds."""
    typed = {action.target: action.text for action in step.do if isinstance(action, Fill)}
    fields = {
        check.target: check.equals or check.contains or typed.get(check.target) or shown.fields.get(check.target)
        for check in step.expect
        if isinstance(check, FieldValue)
    }
    visible = {check.target: check.wanted for check in step.expect if isinstance(check, Visible)}
    return Reported(fields, visible)


def _choices(window: StageWindow) -> tuple[str, ...]:
    try:
        return window.choices()
    except LookFailed:  # a page that says nothing offers nothing
        return ()


def stopped(error: NotDone) -> str:
    """Say that the page let nobody go on, and why."""
    return _("the page let nobody go on: {reason}").format(reason=error)


def not_passed(outcomes: Sequence[Outcome]) -> str:
    """Say what did not pass, in one line."""
    return "; ".join(f"{one.expected}: {one.seen}" for one in outcomes if one.status is not Status.PASSED)
