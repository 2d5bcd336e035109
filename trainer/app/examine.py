"""Examine: look at what the checks of a Step need, and judge it, until it passes or patience ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from trainer.app.ports import Clock, Control, Stage, StageWindow
from trainer.core.checks import SNAPSHOT, Check, Event, Looks, Outcome, Sight, Status, Stored
from trainer.core.errors import LookFailed
from trainer.core.judge import judge, needs

PATIENCE_SECONDS = 5.0
"""How long a check may take to become true."""

FIRST_PAUSE_SECONDS = 0.01
LONGEST_PAUSE_SECONDS = 0.25

Wait = Callable[[float], None]
"""Lets a number of seconds pass."""

Moment = Callable[[], float]
"""Seconds on a clock that never goes back."""

T = TypeVar("T")


@dataclass(frozen=True)
class Examiner:
    """Looks at one Sandbox, and judges.

    Attributes:
        sandbox: Id of the Sandbox.
        window: The window in which the Scenario is acted.
        stage: Opens the windows of other roles, read-only.
        control: The control API.
        clock: Tells the time.
        wait: Lets time pass between two looks.
        patience: Seconds until a check that is not true has failed.
    """

    sandbox: str
    window: StageWindow
    stage: Stage
    control: Control
    clock: Clock
    wait: Wait
    patience: float = PATIENCE_SECONDS

    def examine(self, checks: Sequence[Check], after: int) -> tuple[tuple[Check, tuple[Outcome, ...]], ...]:
        """Judge `checks`, each by itself, until it passes or patience ends.

        What another role sees costs a page load, so it is looked at when everything else is settled.

        Args:
            checks: What is to be true.
            after: Number of the last event before the Step.

        Returns:
            Each check with its outcomes, in the order given.

        Raises:
            BrokenEnvironment: The browser or the application is gone.
        """
        here = self._settle([check for check in checks if not any(check.sights())], after)
        there = self._settle([check for check in checks if any(check.sights())], after)
        found = {**here, **there}
        return tuple((check, found[id(check)]) for check in checks)

    def _settle(self, checks: Sequence[Check], after: int) -> dict[int, tuple[Outcome, ...]]:
        found: dict[int, tuple[Outcome, ...]] = {}
        pending = list(checks)
        deadline = self.clock() + timedelta(seconds=self.patience)
        pause = FIRST_PAUSE_SECONDS
        while pending:
            last = self.clock() >= deadline
            looks = self.look(pending, after)
            found |= {id(check): judge((check,), looks) for check in pending}
            pending = [check for check in pending if any(o.status is not Status.PASSED for o in found[id(check)])]
            if last:
                break
            if pending:
                self.wait(pause)
                pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
        return found

    def look(self, checks: Sequence[Check], after: int) -> Looks:
        """Look once at all that `checks` need; a look that failed is noted in `Looks.errors`."""
        wanted = needs(checks)
        errors: dict[str | Sight, str] = {}
        seen = see(self.stage, self.sandbox, wanted.sights)
        snapshot = events = None
        if any(isinstance(check, Stored) for check in checks):
            snapshot = _try(lambda: self.control.snapshot(self.sandbox), SNAPSHOT, errors)
        if any(isinstance(check, Event) for check in checks):
            events = _try(lambda: self.control.events(self.sandbox, after)[0], SNAPSHOT, errors)
        fields = _note(wanted.fields, self.window.read_field, errors)
        visible = _note(wanted.elements, self.window.is_visible, errors)
        return Looks(snapshot, tuple(events or ()), fields, visible, seen.sights, {**errors, **seen.errors})


def see(stage: Stage, sandbox: str, sights: Sequence[Sight]) -> Looks:
    """Look at `sights` in read-only windows, loading each page once; failed looks are noted, not raised."""
    seen: dict[Sight, str | None] = {}
    errors: dict[str | Sight, str] = {}
    pages = dict.fromkeys((sight.role, sight.page) for sight in sights)
    for role, page in pages:
        here = [sight for sight in sights if (sight.role, sight.page) == (role, page)]
        try:
            window = stage.window(sandbox, role, read_only=True, page=page)
            window.go(page)
            seen |= {sight: window.read_state(sight.target) for sight in here}
        except LookFailed as error:
            errors |= dict.fromkeys(here, error.message)
    return Looks(sights=seen, errors=errors)


class StageObserver:
    """Looks in other roles with the windows of a stage; implements `trainer.app.ports.Observer`.

    Args:
        stage: Opens the windows.
        wait: Lets seconds pass.
        moment: Tells the seconds.
    """

    def __init__(self, stage: Stage, *, wait: Wait = time.sleep, moment: Moment = time.monotonic) -> None:
        self._stage = stage
        self._wait = wait
        self._moment = moment

    def look(self, sandbox: str, sights: Sequence[Sight], *, lang: str) -> Looks:
        """Return what stands at the `sights`; what is not there yet is waited for."""
        del lang
        end = self._moment() + PATIENCE_SECONDS
        while True:
            looks = see(self._stage, sandbox, sights)
            if all(looks.sights.get(sight) is not None for sight in sights) or self._moment() >= end:
                return looks
            self._wait(LONGEST_PAUSE_SECONDS)


def _try(look: Callable[[], T], key: str, errors: dict[str | Sight, str]) -> T | None:
    try:
        return look()
    except LookFailed as error:
        errors[key] = error.message
        return None


def _note(targets: Sequence[str], look: Callable[[str], T], errors: dict[str | Sight, str]) -> dict[str, T]:
    notes: dict[str, T] = {}
    for target in targets:
        try:
            notes[target] = look(target)
        except LookFailed as error:
            errors[target] = error.message
    return notes
