"""The room in which pytest plays lessons: a browser in a thread of its own, and sandbox HRMSs that go with it.

Playwright's sync API keeps an event loop running in its thread. A thread of its own leaves the tests' thread to
tests that run loops, or Playwright, themselves.
"""

from __future__ import annotations

import glob
import shlex
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pytest

from trainer import bootstrap
from trainer.app.examine import Examiner
from trainer.app.play import steps_in
from trainer.app.ports import Control, SandboxInfo, StageWindow
from trainer.app.rehearse import Rehearsal
from trainer.app.verify import Job, Report, StepReport, Verifier, told
from trainer.core.checks import Outcome, Status
from trainer.core.errors import BadInput, BrokenEnvironment, TrainerError
from trainer.core.runs import sum_up
from trainer.core.scenario import Scenario, Step
from trainer.i18n import gettext as _
from trainer.i18n import translator

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from trainer.adapters.playwright_stage import PlaywrightStage

T = TypeVar("T")


class Room:
    """Opens what lessons need when the first one needs it, and keeps it for the others.

    Args:
        results: Folder for the pictures and traces of what failed.
        headed: Whether the browser is seen on the screen.
        url: Where somebody else's application is, for lessons on one; None where they say it themselves.
    """

    def __init__(self, results: Path, *, headed: bool, url: str | None) -> None:
        self.results = results
        self._headed = headed
        self._url = url
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="trainer")
        self._opened = ExitStack()
        self._venues: dict[str, bootstrap.Venue] = {}
        self._stages: dict[tuple[str, str], PlaywrightStage] = {}
        self._browsers: list[Browser] = []

    def call(self, do: Callable[[], T]) -> T:
        """Do something in the browser's thread; when the machine breaks there, the next lesson opens all anew."""

        def guarded() -> T:
            try:
                return do()
            except BrokenEnvironment:
                self._close()
                raise

        return self._thread.submit(guarded).result()

    def address_of(self, scenario: Scenario) -> str | None:
        """Return where the application of a lesson was said to be; None where the lesson says it, or is ours."""
        return self._url if scenario.target else None

    def close(self) -> None:
        """End browser and sandbox HRMSs."""
        self._thread.submit(self._close).result()
        self._thread.shutdown()

    def _close(self) -> None:
        self._browsers.clear()
        self._venues.clear()
        self._stages.clear()
        self._opened.close()

    def open(self, scenario: Scenario, lang: str) -> None:
        """Open what a lesson needs.

        Raises:
            BadInput: The address of somebody else's application is none, or a secret of it is not there.
            BrokenEnvironment: There is no browser, or no place to play at.
        """
        self.call(partial(self._open, scenario, lang))

    def _open(self, scenario: Scenario, lang: str) -> tuple[bootstrap.Venue, PlaywrightStage]:
        try:
            application = scenario.target and scenario.target.at(self._url)
        except ValueError as error:
            raise BadInput(_("`{address}` is no address on the web").format(address=self._url)) from error
        if application:
            bootstrap.require_secrets(application)
        place = application.model_dump_json() if application else ""  # who signs in how belongs to it, too
        self.results.mkdir(parents=True, exist_ok=True)
        if not self._browsers:
            self._browsers.append(self._opened.enter_context(bootstrap.browser(headed=self._headed)))
        if place not in self._venues:
            self._venues[place] = self._opened.enter_context(bootstrap.venue(application))
        if (place, lang) not in self._stages:
            self._stages[place, lang] = self._opened.enter_context(
                self._venues[place].stage(lang=lang, browser=self._browsers[0], trace=self.results)
            )
        return self._venues[place], self._stages[place, lang]

    # -- whole lessons -----------------------------------------------------------------------------------------

    def verify(self, scenario: Scenario, lang: str) -> Report:
        """Play a lesson, judge every Step, and keep its traces if it does not pass."""
        report = self.call(partial(self._verify, scenario, lang))
        if report.verdict == "passed":
            self.forget(f"{scenario.id}.{lang}")
        if report.error:
            self._thread.submit(self._close).result()
        return report

    def _verify(self, scenario: Scenario, lang: str) -> Report:
        venue, stage = self._open(scenario, lang)
        verifier = Verifier(
            control=venue.control,
            open_stage=lambda _lang: nullcontext(stage),
            clock=bootstrap.clock,
            translate=lambda lang: translator("scenarios", lang).gettext,
            new_id=bootstrap.new_id,
            progress=Silent(),
            keep_picture=self._keep,
        )
        return verifier.verify([Job(scenario, lang)])[0]

    def _keep(self, name: str, png: bytes) -> str:
        path = self.results / f"{name}.png"
        path.write_bytes(png)
        return str(path)

    def traces(self, name: str) -> list[Path]:
        """Return the traces kept under a name, one for each role."""
        return sorted(self.results.glob(f"{glob.escape(name)}.*.zip"))

    def forget(self, name: str) -> None:
        """Delete the traces kept under a name."""
        for path in self.traces(name):
            path.unlink(missing_ok=True)

    # -- lessons step by step ----------------------------------------------------------------------------------

    @contextmanager
    def sandbox(self, scenario: Scenario, lang: str, name: str) -> Iterator[Sandbox]:
        """Make a Sandbox for a test; what failed in it is kept under `name`.

        Raises:
            BadInput: The lesson asks for something that its Sandbox does not have.
            BrokenEnvironment: There is no browser, or no place to play at.
        """
        venue, stage = self.call(partial(self._open, scenario, lang))
        info = self.call(partial(venue.control.create, scenario.profile, lang, scenario.seed))
        try:
            steps = steps_in(scenario, info, translator("scenarios", lang).gettext)
            made = Sandbox(info, scenario, lang, steps, name, self, venue.control, stage)
            yield made
        finally:
            self.call(partial(stage.leave, info.id, name))
            with suppress(TrainerError):  # what went wrong first is what the reader has to know
                venue.control.delete(info.id)
        if not made.failed:
            self.forget(name)


class Silent:
    """Is told of Steps and Jobs, and says nothing: pytest tells what came of them."""

    def step(self, job: Job, step: StepReport, number: int, total: int) -> None:
        """Say nothing."""

    def job(self, report: Report) -> None:
        """Say nothing."""


@dataclass
class Sandbox:
    """The practice system of one test.

    Attributes:
        info: Its id, and the names that its lesson uses, such as ``info.context["candidate"]``.
        scenario: The lesson that it was made for.
        lang: Language in which it is shown.
        steps: The lesson's Steps as they are here: repeated ones each with its number.
        name: What is kept of it when the test fails is called so.
        failed: Whether the test has failed.
    """

    info: SandboxInfo
    scenario: Scenario
    lang: str
    steps: tuple[Step, ...]
    name: str
    _room: Room
    _control: Control
    _stage: PlaywrightStage
    failed: bool = False
    _rehearsals: list[Rehearsal] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Its id."""
        return self.info.id

    def stored(self) -> Mapping[str, Any]:
        """Return all that is stored, as `stored` checks see it; raises `LookFailed`."""
        return self._control.snapshot(self.id)

    def events(self) -> Sequence[Mapping[str, Any]]:
        """Return all that has happened, oldest first; raises `LookFailed`."""
        return self._control.events(self.id, 0)[0]

    def link(self, role: str, *, read_only: bool = False) -> str:
        """Return an address that signs `role` in, for a browser of your own."""
        return self._stage.setting.base_url + self._control.sign_in_link(self.id, role, read_only=read_only)

    def window(self, role: str) -> StageWindow:
        """Return a window in which `role` is signed in, to act and to look in."""
        return cast("StageWindow", _Elsewhere(self, self.call(lambda: self._stage.window(self.id, role))))

    def inject(self, fault: str, seconds: float | None = None) -> None:
        """Let a fault strike; without `seconds` it lasts until it is cured or cleared."""
        self.call(lambda: self._stage.setting.strike(self.id, fault, seconds))

    def clear(self, fault: str) -> None:
        """End a fault."""
        self._control.clear(self.id, fault)

    def call(self, do: Callable[[], T]) -> T:
        """Do something in the browser's thread."""
        return self._room.call(do)

    def rehearsal(self) -> Rehearsal:
        """Return what performs and judges single Steps; the trainee's window opens the first time."""
        if not self._rehearsals:
            self._rehearsals.append(self.call(self._rehearse))
        return self._rehearsals[0]

    def _rehearse(self) -> Rehearsal:
        window = self._stage.window(self.id, self.scenario.role)
        examiner = Examiner(self.id, window, self._stage, self._control, bootstrap.clock, time.sleep)
        return Rehearsal(self.steps, examiner, self.name, self._room._keep)  # noqa: SLF001  # a friend


class Player:
    """Performs the lesson of a Sandbox in a window of its own, as the demo does.

    Attributes:
        window: That window, to act in freely: ``player.window.click("interview.end")``.
    """

    def __init__(self, sandbox: Sandbox, judge: Judge) -> None:
        self._sandbox = sandbox
        self._judge = judge
        self._rehearsal = sandbox.rehearsal()
        self.window = sandbox.window(sandbox.scenario.role)

    def perform(self, step: str) -> None:
        """Do one Step; the test fails where an action cannot be done.

        Args:
            step: Its id; one that is repeated has a number, such as ``answer.1``.
        """
        __tracebackhide__ = True
        done = self._sandbox.call(lambda: self._rehearsal.perform(step))
        if done:
            pytest.fail(_told_step(self._sandbox, step, done))

    def play(self) -> None:
        """Do and judge all Steps that are asked for; the test fails at the first that does not pass."""
        __tracebackhide__ = True
        for step in self._sandbox.steps:
            if self._sandbox.call(partial(self._rehearsal.is_asked_for, step)):
                self.perform(step.id)
                self._judge.passes(step.id)


class Judge:
    """Judges what is stored, and what the windows show, by the checks of the lesson."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._rehearsal = sandbox.rehearsal()

    def outcomes(self, step: str) -> tuple[Outcome, ...]:
        """Look until the checks of a Step hold, or patience ends, and return what was found."""
        return self._sandbox.call(lambda: self._rehearsal.judge(step))

    def passes(self, step: str) -> None:
        """Fail the test unless all checks of a Step hold."""
        __tracebackhide__ = True
        found = self.outcomes(step)
        if sum_up(found) is not Status.PASSED:
            pytest.fail(_told_step(self._sandbox, step, found))


class _Elsewhere:
    """Passes calls on to an object that lives in the browser's thread."""

    def __init__(self, sandbox: Sandbox, there: object) -> None:
        self._sandbox = sandbox
        self._there = there

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._there, name)

        @wraps(method)
        def called(*arguments: Any, **more: Any) -> Any:  # noqa: ANN401  # whatever the method takes and gives
            return self._sandbox.call(lambda: method(*arguments, **more))

        return called


# -- what is told of a failure ------------------------------------------------------------------------------------


def told_report(report: Report) -> str:
    """Tell where a lesson stopped, why, and what was expected and seen there."""
    ids = [step.id for step in report.steps]
    step = next(step for step in report.steps if step.verdict != "passed")
    why = [f"    {text}" for text in (report.error, report.hint) if text]
    return "\n".join([_place(report.scenario, report.lang, ids, step.id), *why, *told(step.outcomes)])


def _told_step(sandbox: Sandbox, step: str, outcomes: Iterable[Outcome]) -> str:
    ids = [one.id for one in sandbox.steps]
    return "\n".join([_place(sandbox.scenario.id, sandbox.lang, ids, step), *told(outcomes)])


def _place(scenario: str, lang: str, steps: Sequence[str], step: str) -> str:
    return f"{scenario} {lang} {steps.index(step) + 1}/{len(steps)} {step}"


def told_replay(traces: Iterable[Path], scenario: str, lang: str, url: str | None) -> str:
    """Tell how to see again what happened: the kept traces, and the demo of the lesson.

    Args:
        traces: Playwright traces.
        scenario: The lesson as a command takes it: id or file.
        lang: Its language.
        url: Where somebody else's application is, if not where the lesson says.
    """
    shown = [_("    trace:    {text}").format(text=f"python -m playwright show-trace {path}") for path in traces]
    place = ("--url", url) if url else ()
    command = shlex.join(["trainer", "demo", scenario, *place, "--lang", lang, "--headed"])
    return "\n".join([*shown, _("    replay:   {text}").format(text=command)])
