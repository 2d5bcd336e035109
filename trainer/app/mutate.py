"""Mutate: every mutant of a lesson is run, and what the judge of trainees says is compared with its label.

Wrong runs start in a copy of the sandbox at their Step. Right runs by other ways ride together, one in each Step,
and go on to the very end, so that each is judged by what other roles see, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Literal, Protocol

from trainer.app.coach import Reported
from trainer.app.course import Astray, Course, Pathfinder, not_passed, stopped
from trainer.app.trainee import SETTLE_SECONDS, Trainee, seen_doing
from trainer.core.actions import NotDone
from trainer.core.checks import See, Status
from trainer.core.errors import BrokenEnvironment, LookFailed
from trainer.core.mutants import LeftOut, Move, Mutant, mutants_of
from trainer.core.runs import Run
from trainer.core.scenario import Scenario, Step
from trainer.i18n import gettext as _

Verdict = Literal["pass", "fail", "unknown"]
"""What the judge said of a run; unknown where nobody could look."""

TRIES = 2
"""So often a run is begun when browser, sandbox or network stumble."""
STUMBLES = (BrokenEnvironment, LookFailed)
"""What the machine does, and neither the trainee nor the judge."""


@dataclass(frozen=True)
class Judged:
    """What came of one mutant.

    Attributes:
        scenario: Id of the lesson.
        mutant: The mutant.
        verdict: What the judge said: `pass`, `fail`, or `unknown` where nobody could look.
        seconds: How long it took; those that ride together share it.
        ended: Where and how the run ended, in one line.
    """

    scenario: str
    mutant: Mutant
    verdict: Verdict
    seconds: float
    ended: str

    @property
    def false_pass(self) -> bool:
        """Whether a wrong run passed."""
        return self.verdict == "pass" and self.mutant.expected == "fail"

    @property
    def false_fail(self) -> bool:
        """Whether a right run did not pass, or was told a mistake."""
        return self.verdict == "fail" and self.mutant.expected == "pass"


@dataclass(frozen=True)
class Proof:
    """What came of all mutants of one lesson.

    Attributes:
        scenario: Id of the lesson.
        judged: Those that ran.
        left_out: Those that did not.
        error: What broke and cut this short, or "".
    """

    scenario: str
    judged: tuple[Judged, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    error: str = ""


class Listener(Protocol):
    """Is told what happens while it happens."""

    def mutant(self, judged: Judged, number: int, total: int) -> None:
        """Mutant `number` (from 1) of `total` of a lesson was judged."""


@dataclass
class _Ride:
    """One go through a lesson with a mutant in each Step.

    Attributes:
        ridden: The mutants that rode.
        verdict: What came of the Run.
        ended: How it ended, where it did not pass.
        blamed: Mutants that the judge did not let pass → why.
    """

    ridden: list[Mutant] = field(default_factory=list)
    verdict: Verdict = "unknown"
    ended: str = ""
    blamed: dict[str, str] = field(default_factory=dict)

    def failed(self, by: Sequence[Mutant]) -> _Ride:
        """Note that it did not pass, and because of whom."""
        self.verdict = "fail"
        self.blamed = dict.fromkeys((one.id for one in by), self.ended)
        return self


@dataclass
class Prover:
    """Runs the mutants of lessons.

    Attributes:
        path: Brings runs to their Steps; its coach is the judge that is tried.
        listener: Is told what happens.
    """

    path: Pathfinder
    listener: Listener
    _told: int = field(default=0, init=False)
    _total: int = field(default=1, init=False)

    def prove(self, scenario: Scenario, sample: int | None = None) -> Proof:
        """Run the mutants of a lesson.

        A run in which browser, sandbox or network stumble is begun once more; after that it is unknown.

        Args:
            scenario: The lesson.
            sample: So many wrong runs at most, drawn by the lesson's id; None for all of them.

        Raises:
            BadInput: The lesson asks for something that its sandbox does not have.
        """
        try:
            course = self._right_run(scenario)
        except STUMBLES as error:
            return Proof(scenario.id, error=error.message)
        except Astray as error:
            return Proof(scenario.id, (self._say(_first_error(scenario.id, error)),))
        mutants, left_out = mutants_of(course.steps, course.scenes)
        wrong = [one for one in mutants if one.expected == "fail"]
        right = [one for one in mutants if one.expected == "pass"]
        wrong, spared = _drawn(wrong, sample, scenario.id)
        self._told, self._total = 0, len(wrong) + len(right)
        try:
            judged = [*self._wrong_runs(scenario, course, wrong), *self._rides(scenario, right)]
        finally:
            self.path.give_up(course)
        reason = "its branch is not taken with this lesson's data"
        not_taken = (LeftOut("skip_step", step, "", "excluded", reason) for step in course.not_taken)
        return Proof(scenario.id, tuple(judged), (*left_out, *not_taken, *spared))

    def _right_run(self, scenario: Scenario) -> Course:
        """Go the demo's way; where the machine stumbles once more."""
        for _try in range(TRIES - 1):
            with suppress(*STUMBLES):
                return self.path.right_run(scenario)
        return self.path.right_run(scenario)

    # -- wrong runs --------------------------------------------------------------------------------------------

    def _wrong_runs(self, scenario: Scenario, course: Course, mutants: Sequence[Mutant]) -> Iterator[Judged]:
        for mutant in mutants:
            began = self.path.moment()
            for _try in range(TRIES):
                try:
                    verdict, ended = self._wrong_run(scenario, course, mutant)
                    break
                except (Astray, *STUMBLES) as error:
                    verdict, ended = "unknown", str(error)
            yield self._say(Judged(scenario.id, mutant, verdict, self.path.moment() - began, ended))

    def _wrong_run(self, scenario: Scenario, course: Course, mutant: Mutant) -> tuple[Verdict, str]:
        number = [step.id for step in course.steps].index(mutant.step)
        copy = course.stations[number].copy
        if mutant.reports == "forged" and copy is not None:
            with self.path.copied(course.stations[number], copy) as run:
                return self._forge(run, mutant, course.shown[mutant.step])
        with self.path.at(scenario, course, number) as trainee:
            if mutant.reports == "forged":
                return self._forge(self.path.run_of(trainee), mutant, course.shown[mutant.step])
            return self._wrong(trainee, course, mutant, number)

    def _wrong(self, trainee: Trainee, course: Course, mutant: Mutant, number: int) -> tuple[Verdict, str]:
        trainee.knows = course.waits
        try:
            self._do_wrong(trainee, mutant)
            if self._passes_at_once(trainee, mutant, course.steps[number]):
                return "pass", _("passed {step}").format(step=mutant.step)
            if mutant.then == "next":
                for action in (one for step in course.steps[number + mutant.span :] for one in step.do):
                    trainee.act(Move(action))
                    trainee.look()
        except NotDone as error:
            ended = stopped(error)
        else:
            trainee.passes(mutant.step, SETTLE_SECONDS)
            ended = _("the run came to its end")
        return self._outcome(trainee, ended, noticed=mutant.mistakes_tell)

    def _do_wrong(self, trainee: Trainee, mutant: Mutant) -> None:
        """Do what a mutant does in its Step; where it loses that again, nobody looks before."""
        if not mutant.loses:
            for move in mutant.moves:
                trainee.act(move)
                trainee.look()
            return
        sandbox = self.path.run_of(trainee).sandbox
        self.path.control.checkpoint(sandbox, "before")
        for move in mutant.moves:
            trainee.act(move, told=False)
        self.path.wait(SETTLE_SECONDS)
        self.path.control.restore(sandbox, "before")

    def _passes_at_once(self, trainee: Trainee, mutant: Mutant, step: Step) -> bool:
        """Tell whether the Step passes that was done wrong; what others see may still fail it at the end."""
        passed = trainee.passes(mutant.step, SETTLE_SECONDS)
        return passed and not mutant.mistakes_tell and not any(isinstance(check, See) for check in step.expect)

    def _forge(self, run: Run, mutant: Mutant, shown: Reported) -> tuple[Verdict, str]:
        """Report all that the right run would have reported, look twice, and do none of it."""
        for move in mutant.moves:
            for observed in seen_doing(move.action):
                self.path.coach.observe(run.id, observed)
        for _again in range(2):
            now = self.path.coach.look(run.id, shown)
            if now.step is None or now.step.id != mutant.step:
                return "pass", _("passed {step}").format(step=mutant.step)
        return "fail", _("stayed at {step}").format(step=mutant.step)

    def _outcome(self, trainee: Trainee, ended: str, *, noticed: bool) -> tuple[Verdict, str]:
        now = trainee.look()
        if now.step is not None:
            verdict: Verdict = "unknown" if now.trouble else "fail"
            return verdict, _("stayed at {step}: {reason}").format(step=now.step.id, reason=now.trouble or ended)
        run = self.path.coach.finish(trainee.run)
        if noticed and any(attempt.mistakes for attempt in run.attempts):
            return "fail", _("a mistake was noted")
        found = {Status.PASSED: "pass", Status.FAILED: "fail", Status.UNKNOWN: "unknown"}
        return found[run.verdict], ended  # type: ignore[return-value]  # the three words of a verdict

    # -- right runs --------------------------------------------------------------------------------------------

    def _rides(self, scenario: Scenario, mutants: Sequence[Mutant]) -> Iterator[Judged]:
        waiting: dict[str, list[Mutant]] = {}
        for mutant in mutants:
            waiting.setdefault(mutant.step, []).append(mutant)
        stumbles = 0
        while any(waiting.values()):
            began = self.path.moment()
            ride = self._ride(scenario, waiting)
            stumbles = stumbles + 1 if ride.verdict == "unknown" else 0
            if not ride.ridden or stumbles >= TRIES:  # nobody gets to the Steps of those that are left
                ended = ride.ended or _("its step was never come to")
                for mutant in (*ride.ridden, *(one for some in waiting.values() for one in some)):
                    yield self._say(Judged(scenario.id, mutant, "unknown", 0.0, ended))
                return
            each = (self.path.moment() - began) / len(ride.ridden)
            for mutant in ride.ridden:
                why = ride.blamed.get(mutant.id, "")
                if ride.verdict == "pass" or why:
                    verdict: Verdict = "fail" if why else "pass"
                    yield self._say(Judged(scenario.id, mutant, verdict, each, why or _("passed to the end")))
                else:  # it was cut short by another one, or by the machine: once more
                    waiting[mutant.step].append(mutant)

    def _ride(self, scenario: Scenario, waiting: Mapping[str, list[Mutant]]) -> _Ride:
        """Go through the lesson once with one mutant in each Step."""
        ride = _Ride()
        try:
            with self.path.begun(scenario) as trainee:
                while (step := self.path.coach.progress(trainee.run).step) is not None:
                    mutant = waiting[step.id].pop(0) if waiting.get(step.id) else None
                    ride.ridden += [mutant] if mutant else []
                    ride.ended = right_step(trainee, step, mutant)
                    if ride.ended:
                        return ride.failed(by=[mutant] if mutant else ride.ridden)
                run = self.path.coach.finish(trainee.run)
                steps = trainee.coach.progress(trainee.run).steps
        except STUMBLES as error:
            ride.verdict, ride.ended = "unknown", error.message
            return ride
        ride.ended = not_passed(run.final)
        if run.verdict is Status.FAILED:
            return ride.failed(by=ride.ridden)
        ride.verdict = "pass" if run.verdict is Status.PASSED else "unknown"
        ride.blamed = _blamed(run, steps, ride.ridden)
        return ride

    def _say(self, judged: Judged) -> Judged:
        self._told += 1
        self.listener.mutant(judged, self._told, self._total)
        return judged


def right_step(trainee: Trainee, step: Step, mutant: Mutant | None) -> str:
    """Do one Step, by a mutant's way or as the demo does; return why it does not pass, or "".

    Another right way of the Step before may have done this one as well: then nothing of it is left to be done.
    """
    told = mutant is None or mutant.reports != "none"
    try:
        for move in mutant.moves if mutant else tuple(Move(action) for action in step.do):
            trainee.act(move, told=told)
            if move.action.by == "system":
                trainee.look()
    except NotDone as error:
        return "" if trainee.passes(step.id) else stopped(error)
    if trainee.passes(step.id):
        return ""
    return _("{step} did not pass: {reason}").format(step=step.id, reason=not_passed(trainee.look().outcomes))


def _drawn(mutants: list[Mutant], most: int | None, seed: str) -> tuple[list[Mutant], list[LeftOut]]:
    """Draw so many mutants, in their order, and tell which were not drawn; all of them without a limit."""
    if most is None or len(mutants) <= most:
        return mutants, []
    places = set(Random(seed).sample(range(len(mutants)), most))  # noqa: S311  # the same ones every time
    spared = [one for place, one in enumerate(mutants) if place not in places]
    reason = "not in the sample"
    return (
        [one for place, one in enumerate(mutants) if place in places],
        [LeftOut(one.operator, one.step, one.detail, "not_drawn", reason) for one in spared],
    )


def _first_error(scenario: str, error: Astray) -> Judged:
    """Return a right run that was judged wrongly as if it were a mutant: without it there are none."""
    if error.early:
        return Judged(scenario, Mutant("not_begun", error.step, "", "fail", (), "stop"), "pass", 0.0, str(error))
    return Judged(scenario, Mutant("as_told", error.step, "", "pass", (), "stop"), "fail", 0.0, str(error))


def _blamed(run: Run, steps: Sequence[Step], ridden: Sequence[Mutant]) -> dict[str, str]:
    """Return who of those that rode was told a mistake: whoever rode in that Step, else in the one before."""
    rode = {mutant.step: mutant for mutant in ridden}
    order = [step.id for step in steps]
    blamed: dict[str, str] = {}
    for attempt in run.attempts:
        before = order[max(0, order.index(attempt.step) - 1)]
        mutant = rode.get(attempt.step) or rode.get(before)
        if attempt.mistakes and mutant is not None:
            blamed[mutant.id] = _("told a mistake in {step}").format(step=attempt.step)
    return blamed
