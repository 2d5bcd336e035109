"""Publish: a demo performed once, with a picture at every moment a reader needs, becomes a Walkthrough."""

from __future__ import annotations

import operator
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from trainer.app.examine import Wait
from trainer.app.play import Audience, play
from trainer.app.ports import Clock, Control, Stage, StageWindow
from trainer.core.actions import Action, CloseTab, Inject, NotDone
from trainer.core.checks import Outcome, Status
from trainer.core.errors import LookFailed, TrainerError
from trainer.core.modes import MODES
from trainer.core.runs import Run
from trainer.core.scenario import Scenario, Step, Translate
from trainer.core.walkthrough import Box, Glimpse, Mark, Shot, WalkStep, Walkthrough
from trainer.i18n import gettext as _

REST_SECONDS = 0.8
"""How long a page may go on after what was stored has passed: it goes back to a list, or shows that it saved."""

TRIES = 6
"""So often a page that still moves is looked at again before its picture is taken as it is."""

SENDING = frozenset({"click", "press"})
"""Verbs after which the page is another one, so that a further mark needs a further picture."""

STRUCK_TRIES = 60
"""So often a page is looked at until it shows that a fault has struck."""

GLIMPSES = 4
"""So often a film's camera looks at a window that changes after an action."""

Same = Callable[[Shot, Shot], bool]
"""Tells whether two shots show the same."""

HireCamera = Callable[["Control", float, "Tell", Wait, "Same", Sequence[str]], "Camera"]
"""Gives a camera for one performance."""

Tell = Callable[[int, int], None]
"""Hears about progress: number of the Step that begins, from 1, and how many there are."""


class NoGuide(TrainerError):
    """The demo did not do what the scenario says, so a guide of it would be wrong."""


def walk(  # noqa: PLR0913  # the parts that a demo is made of, by name
    scenario: Scenario,
    *,
    lang: str,
    control: Control,
    stage: Stage,
    clock: Clock,
    translate: Translate,
    new_id: Callable[[], str],
    scale: float,
    tell: Tell = lambda _number, _total: None,
    wait: Wait = time.sleep,
    same: Same = operator.eq,
    camera: HireCamera | None = None,
) -> Walkthrough:
    """Perform the scenario and return its Walkthrough.

    Args:
        scenario: The lesson.
        lang: Language of texts and pictures.
        control: Control API of the sandbox HRMS.
        stage: Where it is performed; its windows give pictures with `scale` pixels per CSS pixel.
        clock: Tells the time.
        translate: msgid of the scenario → text in `lang`.
        new_id: Gives ids.
        scale: Pixels of a picture per CSS pixel.
        tell: Hears about progress.
        wait: Lets time pass.
        same: Tells whether two shots show the same; it may overlook a running clock.
        camera: Gives the camera; a `Camera` when it is not told.

    Raises:
        NoGuide: A check failed; says which.
        LookFailed: A check could not be answered.
    """
    taker = (camera or Camera)(control, scale, tell, wait, same, scenario.hide)
    run = play(
        scenario,
        lang=lang,
        mode=MODES["verify"],
        control=control,
        stage=stage,
        clock=clock,
        translate=translate,
        audience=taker,
        new_id=new_id,
        wait=wait,
    )
    _refuse_unproven(scenario, run)
    return Walkthrough(
        scenario=scenario.id,
        version=scenario.version,
        digest=scenario.digest,
        profile=scenario.profile,
        lang=lang,
        title=translate(scenario.title),
        summary=translate(scenario.summary) if scenario.summary else "",
        steps=tuple(taker.steps),
        synthetic=scenario.target is None,
        context=taker.context,
    )


def retold(walkthrough: Walkthrough, scenario: Scenario, translate: Translate) -> Walkthrough:
    """Return a walkthrough with the texts that the scenario has now; what was performed stays."""
    steps = {step.id: step for step in scenario.steps_for(walkthrough.context, translate)}
    return replace(
        walkthrough,
        version=scenario.version,
        digest=scenario.digest,
        title=translate(scenario.title),
        summary=translate(scenario.summary) if scenario.summary else "",
        steps=tuple(replace(step, say=steps[step.id].say, sees=steps[step.id].sees) for step in walkthrough.steps),
    )


def _refuse_unproven(scenario: Scenario, run: Run) -> None:
    """Raise unless every check of the Run passed."""
    if run.verdict is Status.PASSED:
        return
    found = [(attempt.step, outcome) for attempt in run.attempts for outcome in attempt.outcomes]
    found += [("", outcome) for outcome in run.final]
    step, outcome = next(((step, outcome) for step, outcome in found if outcome.status is run.verdict), ("", None))
    message = _("No guide of {scenario}: the demo did not get through.").format(scenario=scenario.id)
    if outcome:
        where = _("step {step}").format(step=step) if step else _("at the end")
        message += f"\n  {where}: {outcome.check}\n  {outcome.expected}: {outcome.seen}"
    hint = _("See all of it: {command}").format(command=f"trainer verify {scenario.id}")
    raise (NoGuide if run.verdict is Status.FAILED else LookFailed)(message, hint)


class Camera(Audience):
    """Takes the pictures of a demo.

    Fields that are filled in and the button that sends them share one picture, taken before the button is
    pressed, as long as all of them can be seen at once.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # what a camera is made of
        self, control: Control, scale: float, tell: Tell, wait: Wait, same: Same, hide: Sequence[str] = ()
    ) -> None:
        self.steps: list[WalkStep] = []
        self.context: Mapping[str, Any] = {}
        self._control = control
        self._same = same
        self._hide = hide
        self._sandbox = ""
        self._healthy: Shot | None = None
        self._scale = scale
        self._tell = tell
        self._wait = wait
        self._shots: list[Shot] = []
        self._targets: list[str] = []
        self._seen: Shot | None = None

    def run_begins(self, run: Run, steps: Sequence[Step]) -> None:  # noqa: ARG002
        """Note where it plays, and what its texts may name."""
        self._sandbox = run.sandbox
        self.context = self._control.info(run.sandbox).context

    def step_begins(self, step: Step, number: int, total: int, window: StageWindow) -> None:  # noqa: ARG002
        """Start a new page of the album."""
        self._tell(number, total)
        self._shots = []
        self._targets = []
        self._healthy = None

    def before_action(self, action: Action, window: StageWindow) -> None:
        """Take a picture of where the action is about to happen."""
        if isinstance(action, Inject):
            self._healthy = self._still_life(window, [])[1]  # what still moves would pass for what the fault does
        target = action.aim()
        if target is None or action.by != "trainee":
            return
        try:
            window.wait_for(target, visible=True)
        except NotDone:
            return  # the action itself will say so, and there will be no guide
        shared = self._shared(action, target, window)
        if shared:
            self._shots[-1] = shared
        else:
            boxes, shot, _still = self._still_life(window, [target])
            self._targets = []
            self._shots.append(replace(shot, marks=(Mark(action.verb, boxes[0]),)))
        self._targets.append(target)

    def _shared(self, action: Action, target: str, window: StageWindow) -> Shot | None:
        """Return a picture that shows the marks of the one before and this one, or None when they do not fit."""
        if not self._targets or self._shots[-1].marks[-1].verb in SENDING:
            return None
        if not all(window.is_visible(earlier) for earlier in self._targets):
            return None
        boxes, shot, still = self._still_life(window, [*self._targets, target])
        verbs = [*(mark.verb for mark in self._shots[-1].marks), action.verb]
        marks = tuple(Mark(verb, box) for verb, box in zip(verbs, boxes, strict=True))
        return replace(shot, marks=marks) if still else None

    def step_ended(self, step: Step, outcomes: tuple[Outcome, ...], window: StageWindow) -> None:  # noqa: ARG002
        """Take a picture of the result, where a window is left that could show it; then end a fault."""
        if not isinstance(step.do[-1], CloseTab):
            self._wait(REST_SECONDS)
            self._await_strike(window)
            self._shots.append(self._still_life(window, [])[1])
        self.steps.append(WalkStep(step.id, step.say, step.sees, tuple(self._shots)))
        for action in step.do:
            if isinstance(action, Inject) and action.lasting is not None:  # the others are cured in the lesson
                self._control.clear(self._sandbox, action.fault)

    def _await_strike(self, window: StageWindow) -> None:
        """After a fault: wait until the page shows it."""
        for _attempt in range(STRUCK_TRIES if self._healthy else 0):
            with suppress(LookFailed):  # the page was just changing
                if self._healthy and not self._same(self._healthy, self._shot(window)):
                    return
            self._wait(REST_SECONDS / 4)

    def _shot(self, window: StageWindow) -> Shot:
        self._seen = Shot(window.picture(self._hide), self._scale)
        return self._seen

    def _still_life(self, window: StageWindow, targets: Sequence[str]) -> tuple[list[Box], Shot, bool]:
        """Wait until nothing moves; return where the targets are, a picture, and whether it came to rest.

        The second look goes through the targets backwards: when they do not fit into the window together,
        looking at one scrolls the other away, and the two pictures differ. For one target, a picture like the last
        one that was taken needs no second one, which costs a tenth of a second of computing.
        """
        one = len(targets) <= 1
        for _attempt in range(TRIES):
            with suppress(LookFailed):  # the page was just changing
                boxes, last = _boxes(window, targets), self._seen if one else None
                shot = self._shot(window)
                again = _boxes(window, targets[::-1])[::-1]
                if boxes == again and ((last and self._same(shot, last)) or self._same(shot, self._shot(window))):
                    return boxes, shot, True
        boxes = _boxes(window, targets)
        return boxes, self._shot(window), False


class FilmCamera(Camera):
    """Takes the pictures of a film: one for each pointed action, and how the window changed after it."""

    def _shared(self, action: Action, target: str, window: StageWindow) -> Shot | None:  # noqa: ARG002
        return None

    def after_action(self, action: Action, window: StageWindow) -> None:
        """Look at the window as long as it changes."""
        if action.aim() is None or action.by != "trainee" or not self._shots:
            return
        began, last = time.monotonic(), self._shots[-1].png
        seen: list[Glimpse] = []
        with suppress(LookFailed):  # the page was just changing
            for _look in range(GLIMPSES):
                png = self._shot(window).png
                if png == last:
                    break
                seen.append(Glimpse(time.monotonic() - began, png))
                last = png
        self._shots[-1] = replace(self._shots[-1], after=tuple(seen))


def _boxes(window: StageWindow, targets: Sequence[str]) -> list[Box]:
    return [_box(window, target) for target in targets]


def _box(window: StageWindow, target: str) -> Box:
    box = window.box(target)
    if box is None:
        raise LookFailed(_("{target} vanished while its picture was taken.").format(target=target))
    return box
