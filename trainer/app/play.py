"""Play: Playwright, or its double, performs a Scenario in a Sandbox of its own, and every Step is judged."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from trainer.app.examine import PATIENCE_SECONDS, Examiner, Wait
from trainer.app.ports import Clock, Control, SandboxInfo, Stage, StageWindow
from trainer.core.actions import Action, NotDone
from trainer.core.checks import Check, Event, Looks, Outcome, See, Status
from trainer.core.errors import BadInput, BrokenEnvironment, LookFailed, TrainerError
from trainer.core.judge import is_asked_for, judge, last_sights, since, used_up
from trainer.core.modes import Mode
from trainer.core.runs import Attempt, Run, RunStatus, sum_up
from trainer.core.scenario import Scenario, Step, Translate
from trainer.i18n import gettext as _

KeepPicture = Callable[[str, bytes], str]
"""Keeps a PNG under a name and returns where; called with the pictures of failed checks."""


class Audience:
    """Those who watch a play. This one does nothing; a camera or a reporter overrides what it needs."""

    def run_begins(self, run: Run, steps: Sequence[Step]) -> None:
        """The Sandbox is there; `steps` are told in the Run's language."""

    def step_begins(self, step: Step, number: int, total: int, window: StageWindow) -> None:
        """Step `number` (from 1) of `total` is about to be performed."""

    def before_action(self, action: Action, window: StageWindow) -> None:
        """An action of the Step is about to be done."""

    def after_action(self, action: Action, window: StageWindow) -> None:
        """It was done."""

    def step_left_out(self, step: Step) -> None:
        """The Step belongs to a branch that is not taken."""

    def step_ended(self, step: Step, outcomes: tuple[Outcome, ...], window: StageWindow) -> None:
        """The Step was judged."""


def play(  # noqa: PLR0913  # every port comes in as an argument
    scenario: Scenario,
    *,
    lang: str,
    mode: Mode,
    control: Control,
    stage: Stage,
    clock: Clock,
    translate: Translate,
    audience: Audience,
    new_id: Callable[[], str],
    wait: Wait = time.sleep,
    patience: float = PATIENCE_SECONDS,
    keep_picture: KeepPicture | None = None,
) -> Run:
    """Perform `scenario` in a new Sandbox, which is deleted afterwards on every way out.

    A Step that does not pass ends the Run: what follows it would prove nothing. What other roles were to see in
    earlier Steps has to be seen at the end too: a trainee's Run is looked at there.

    Args:
        scenario: What to perform.
        lang: Language in which the Sandbox is shown.
        mode: Demo or verify: whether captions are told at human pace.
        control: The control API of the sandbox HRMS.
        stage: Opens the windows.
        clock: Tells the time.
        translate: msgid → text, for the captions.
        audience: Those who watch.
        new_id: Makes the Run's id.
        wait: Lets time pass between two looks.
        patience: Seconds until a check that is not true has failed.
        keep_picture: Keeps the picture of a failed check; without it none is taken.

    Returns:
        The Run with one Attempt for each Step that was performed.

    Raises:
        BadInput: The Scenario asks for something that the Sandbox does not have.
        BrokenEnvironment: The browser, the sandbox HRMS or the network failed; the message names which.
    """
    with _sandbox(scenario, lang, control, stage) as info:
        steps = steps_in(scenario, info, translate)
        run = Run(
            id=new_id(),
            scenario=scenario.id,
            version=scenario.version,
            digest=scenario.digest,
            mode=mode.name,
            lang=lang,
            owner="",
            sandbox=info.id,
            started=clock(),
        )
        audience.run_begins(run, steps)
        window = stage.window(info.id, scenario.role)
        examiner = Examiner(info.id, window, stage, control, clock, wait, patience)
        for number, step in enumerate(steps, start=1):
            if step.when is not None and not is_asked_for(step, _stored(examiner)):
                audience.step_left_out(step)
                continue
            audience.step_begins(step, number, len(steps), window)
            if mode.human_pace:
                window.tell(step.say)
            started = clock()
            again = _seen_before(steps) if number == len(steps) else ()
            outcomes = _perform(steps, number - 1, again, examiner, audience)
            if keep_picture is not None:
                outcomes = with_pictures(outcomes, f"{scenario.id}.{lang}.{step.id}", examiner, keep_picture)
            plain = tuple(outcome for _check, outcome in outcomes)
            run = replace(run, attempts=(*run.attempts, Attempt(step.id, plain, started, clock())))
            audience.step_ended(step, plain, window)
            if sum_up(plain) is not Status.PASSED:
                _blame(control, info.id, window)
                break
        return replace(run, status=RunStatus.FINISHED, ended=clock())


@contextmanager
def _sandbox(scenario: Scenario, lang: str, control: Control, stage: Stage) -> Iterator[SandboxInfo]:
    info = control.create(scenario.profile, lang, scenario.seed)
    name = f"{scenario.id}.{lang}"
    try:
        yield info
    except BaseException:
        stage.leave(info.id, name)
        with suppress(TrainerError):  # what went wrong first is what the reader has to know
            control.delete(info.id)
        raise
    stage.leave(info.id, name)
    control.delete(info.id)


def steps_in(scenario: Scenario, info: SandboxInfo, translate: Translate) -> tuple[Step, ...]:
    """Return the Steps of `scenario` as they are in this Sandbox.

    Raises:
        BadInput: The Scenario asks for something that the Sandbox does not have.
    """
    try:
        return scenario.steps_for(info.context, translate)
    except KeyError as error:
        raise BadInput(
            _("Lesson {scenario} asks for {name}, which its sandbox does not have.").format(
                scenario=scenario.id, name="${" + str(error.args[0]) + "}"
            ),
            _("See what it has: trainer scenario schema"),
        ) from error


Judged = tuple[tuple[Check | None, Outcome], ...]
"""Outcomes, each with its check, or None for an action that could not be done."""


def _seen_before(steps: Sequence[Step]) -> tuple[Check, ...]:
    """Return the `see` checks of earlier Steps that no later one takes the place of."""
    here = {sight for check in steps[-1].expect for sight in check.sights()}
    return tuple(check for _step, check in last_sights(steps) if here.isdisjoint(check.sights()))


def _perform(
    steps: Sequence[Step], position: int, again: Sequence[Check], examiner: Examiner, audience: Audience
) -> Judged:
    window, step = examiner.window, steps[position]
    after = 0
    if any(isinstance(check, Event) for check in step.expect):
        with _machine():
            events, after = examiner.control.events(examiner.sandbox, 0)
        if answered := _answered_before(steps, position, Looks({}, tuple(events))):
            return ((None, answered),)
    for action in step.do:
        audience.before_action(action, window)
        try:
            action.perform(window)
        except NotDone as error:
            return ((None, not_done(action, error)),)
        audience.after_action(action, window)
    judged = examiner.examine((*step.expect, *again), after)
    return tuple((check, outcome) for check, outcomes in judged for outcome in outcomes)


def _answered_before(steps: Sequence[Step], position: int, looks: Looks) -> Outcome | None:
    """Return what is wrong when events of earlier Steps answer this one: a trainee would pass it for nothing."""
    for earlier in range(position):
        looks = since(looks, max(used_up(steps, earlier, looks), default=0))
    checks = [check for check in steps[position].expect if isinstance(check, Event)]
    found = judge(checks, looks)
    if sum_up(found) is not Status.PASSED:
        return None
    return replace(
        found[0],
        status=Status.FAILED,
        expected=_("no event of an earlier step answers this one; add `where`, or an `event` check before it"),
    )


def _stored(examiner: Examiner) -> Looks:
    with _machine():
        return Looks(examiner.control.snapshot(examiner.sandbox))


@contextmanager
def _machine() -> Iterator[None]:
    """Turn a look without which nothing can be judged into `BrokenEnvironment` when it fails."""
    try:
        yield
    except LookFailed as error:
        raise BrokenEnvironment(error.message, error.hint) from error


def not_done(action: Action, error: NotDone) -> Outcome:
    """Return what came of an Action that could not be done."""
    aim = action.aim()
    return Outcome(
        Status.FAILED,
        "action",
        f"{action.verb}: {aim}" if aim else action.verb,
        _("{target} can be used").format(target=error.target),
        error.reason,
    )


def with_pictures(outcomes: Judged, name: str, examiner: Examiner, keep: KeepPicture) -> Judged:
    """Take a picture for each outcome that did not pass, in the window where was looked."""
    pictured: list[tuple[Check | None, Outcome]] = []
    for check, outcome in outcomes:
        shown = outcome
        if outcome.status is not Status.PASSED:
            with suppress(TrainerError):  # a picture that cannot be taken changes no verdict
                place = examiner.window
                if isinstance(check, See):
                    place = examiner.stage.window(examiner.sandbox, check.role, read_only=True)
                shown = replace(outcome, screenshot=keep(f"{name}.{len(pictured) + 1}", place.picture()))
        pictured.append((check, shown))
    return tuple(pictured)


def _blame(control: Control, sandbox: str, window: StageWindow) -> None:
    """Raise `BrokenEnvironment` when a Step could not pass because the machine failed it."""
    with _machine():
        control.snapshot(sandbox)
    trouble = window.trouble()
    if trouble:
        raise BrokenEnvironment(trouble)
