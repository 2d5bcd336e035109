"""Verify: Scenarios are played one after the other, and every Step gets a line in a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Protocol

from trainer.app.play import Audience, KeepPicture, play
from trainer.app.ports import Clock, Control, Stage, StageWindow
from trainer.core.checks import Outcome, Status
from trainer.core.errors import BrokenEnvironment, ExitCode
from trainer.core.modes import MODES
from trainer.core.runs import Run, sum_up
from trainer.core.scenario import Scenario, Step, Translate
from trainer.i18n import gettext as _

Verdict = Literal["passed", "failed", "unknown", "skipped"]
"""Skipped was not performed, so it is neither passed nor failed."""


@dataclass(frozen=True)
class Job:
    """What is to be verified: one Scenario in one language."""

    scenario: Scenario
    lang: str


@dataclass(frozen=True)
class StepReport:
    """What came of one Step.

    Attributes:
        id: Id of the Step.
        verdict: What it came to.
        seconds: How long it took.
        outcomes: What its checks found, up to the first that ended it.
        error: Why it could not be judged, or "".
    """

    id: str
    verdict: Verdict
    seconds: float = 0.0
    outcomes: tuple[Outcome, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class Report:
    """What came of one Job.

    Attributes:
        scenario: Id of the Scenario.
        version: Its version.
        digest: Its digest.
        profile: Kind of HR system.
        lang: Language it was played in.
        verdict: What it came to.
        started: When it began (aware, UTC).
        seconds: How long it took, making and deleting the Sandbox included.
        steps: Every Step, skipped ones too.
        error: What broke, or "".
        hint: What to do about that, or "".
    """

    scenario: str
    version: int
    digest: str
    profile: str
    lang: str
    verdict: Verdict
    started: datetime
    seconds: float
    steps: tuple[StepReport, ...]
    error: str = ""
    hint: str = ""


def told(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Tell a person what did not pass: the check, what was expected, what was seen, and the picture of it."""
    for outcome in outcomes:
        if outcome.status is Status.PASSED:
            continue
        yield f"    {outcome.check}"
        yield _("    expected: {text}").format(text=outcome.expected)
        yield _("    seen:     {text}").format(text=outcome.seen)
        if outcome.screenshot:
            yield _("    picture:  {text}").format(text=outcome.screenshot)


class Progress(Protocol):
    """Is told what happens while it happens."""

    def step(self, job: Job, step: StepReport, number: int, total: int) -> None:
        """A Step was judged."""

    def job(self, report: Report) -> None:
        """A Job came to its end."""


class _Reporter(Audience):
    """Notes every Step of one play."""

    def __init__(self, job: Job, clock: Clock, progress: Progress) -> None:
        self._job = job
        self._clock = clock
        self._progress = progress
        self._began = clock()
        self._ids = [step.id for step in job.scenario.steps]
        self._done: list[StepReport] = []

    def run_begins(self, run: Run, steps: Sequence[Step]) -> None:
        """Learn how repeated Steps are called."""
        del run
        self._ids = [step.id for step in steps]

    def step_begins(self, step: Step, number: int, total: int, window: StageWindow) -> None:
        """Note the time."""
        del step, number, total, window
        self._began = self._clock()

    def step_left_out(self, step: Step) -> None:
        """Leave it out of the report: it was not asked for."""
        self._ids.remove(step.id)

    def step_ended(self, step: Step, outcomes: tuple[Outcome, ...], window: StageWindow) -> None:
        """Note what came of it."""
        del window
        seconds = (self._clock() - self._began).total_seconds()
        report = StepReport(step.id, sum_up(outcomes).value, seconds, outcomes)
        self._done.append(report)
        self._progress.step(self._job, report, len(self._done), len(self._ids))

    def steps(self, error: str) -> tuple[StepReport, ...]:
        """Return every Step: those judged, the one that `error` hit, and the skipped rest.

        What breaks after the last Step hits that one: a report in which all has passed would be read as a pass.
        """
        done = list(self._done)
        rest = self._ids[len(done) :]
        if error and rest and (not done or done[-1].verdict == "passed"):
            done.append(StepReport(rest.pop(0), "unknown", error=error))
        elif error and done:
            done[-1] = replace(done[-1], verdict="unknown", error=error)
        return (*done, *(StepReport(step, "skipped") for step in rest))


@dataclass(frozen=True)
class Verifier:
    """Plays Jobs and reports.

    Attributes:
        control: The control API of the sandbox HRMS.
        open_stage: Opens the Stage of a language; it is kept for all Jobs in that language.
        clock: Tells the time.
        translate: Language → msgid → text.
        new_id: Makes ids of Runs.
        progress: Is told what happens.
        keep_picture: Keeps pictures of failed checks; without it none are taken.
    """

    control: Control
    open_stage: Callable[[str], AbstractContextManager[Stage]]
    clock: Clock
    translate: Callable[[str], Translate]
    new_id: Callable[[], str]
    progress: Progress
    keep_picture: KeepPicture | None = None

    def verify(self, jobs: Iterable[Job]) -> tuple[Report, ...]:
        """Play `jobs` in order; when the machine breaks, the rest is reported as skipped.

        Raises:
            BadInput: A Scenario asks for something that its Sandbox does not have.
        """
        reports: list[Report] = []
        stages: dict[str, Stage] = {}
        broken: Report | None = None
        with ExitStack() as opened:
            for job in jobs:
                if broken is not None:
                    report = self._skipped(job, broken)
                else:
                    try:
                        if job.lang not in stages:
                            stages[job.lang] = opened.enter_context(self.open_stage(job.lang))
                    except BrokenEnvironment as error:
                        report = self._report(job, self.clock(), _Reporter(job, self.clock, self.progress), error)
                    else:
                        report = self._play(job, stages[job.lang])
                    broken = report if report.error else None
                self.progress.job(report)
                reports.append(report)
        return tuple(reports)

    def _play(self, job: Job, stage: Stage) -> Report:
        reporter = _Reporter(job, self.clock, self.progress)
        started = self.clock()
        error = None
        try:
            play(
                job.scenario,
                lang=job.lang,
                mode=MODES["verify"],
                control=self.control,
                stage=stage,
                clock=self.clock,
                translate=self.translate(job.lang),
                audience=reporter,
                new_id=self.new_id,
                keep_picture=self.keep_picture,
            )
        except BrokenEnvironment as broken:
            error = broken
        return self._report(job, started, reporter, error)

    def _report(self, job: Job, started: datetime, reporter: _Reporter, error: BrokenEnvironment | None) -> Report:
        steps = reporter.steps(error.message if error else "")
        verdicts = {step.verdict for step in steps}
        order: tuple[Verdict, ...] = ("failed", "unknown", "skipped")
        return Report(
            scenario=job.scenario.id,
            version=job.scenario.version,
            digest=job.scenario.digest,
            profile=job.scenario.profile,
            lang=job.lang,
            verdict="unknown" if error else next((name for name in order if name in verdicts), "passed"),
            started=started,
            seconds=(self.clock() - started).total_seconds(),
            steps=steps,
            error=error.message if error else "",
            hint=error.hint if error else "",
        )

    def _skipped(self, job: Job, broken: Report) -> Report:
        why = _("not run, because {scenario} ({lang}) broke off").format(
            scenario=broken.scenario, lang=broken.lang
        )
        steps = tuple(StepReport(step.id, "skipped", error=why) for step in job.scenario.steps)
        scenario = job.scenario
        return Report(
            scenario.id,
            scenario.version,
            scenario.digest,
            scenario.profile,
            job.lang,
            "skipped",
            self.clock(),
            0.0,
            steps,
        )


def exit_code(reports: Sequence[Report]) -> ExitCode:
    """Return 1 when a check failed, else 3 when anything could not be judged, else 0."""
    verdicts = {report.verdict for report in reports}
    if "failed" in verdicts:
        return ExitCode.CHECK_FAILED
    return ExitCode.PASSED if verdicts == {Status.PASSED.value} else ExitCode.ENVIRONMENT
