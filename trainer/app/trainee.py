"""A trainee made of rules: acts in a window as told, and lets the coach hear of it as a trainee's browser does."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from trainer.app.coach import Coach, Progress, Reported
from trainer.app.examine import Moment, Wait
from trainer.app.ports import NOWHERE, StageWindow
from trainer.core.actions import (
    Action,
    Choose,
    Clear,
    Click,
    CloseTab,
    Fill,
    Hover,
    Inject,
    NotDone,
    Observed,
    Press,
    Reload,
    SignIn,
    Tick,
    WaitFor,
)
from trainer.core.errors import LookFailed
from trainer.core.judge import FITTING
from trainer.core.mutants import Move
from trainer.i18n import gettext as _

PAUSE_SECONDS = 0.04
PATIENCE_SECONDS = 10.0
"""How long a trainee on a right way waits for something on a page."""

STUCK_SECONDS = 0.4
"""How long a trainee looks for something on a page that need not be there, at least."""

STUCK_TIMES = 3
"""So many times as long as the right way took until it was there, in addition."""

PASS_SECONDS = 10.0
"""How long a Step that was done right may take to pass."""

SETTLE_SECONDS = 0.3
"""How long a Step that was done wrong is watched before the run goes on."""


class Trainee:
    """Acts in one window during one Run.

    Args:
        coach: Judges.
        run: Id of the Run.
        window: Where is acted.
        wait: Lets seconds pass.
        moment: Tells the seconds.

    Attributes:
        waits: Target → the longest time, in seconds, that was waited until it could be used.
        knows: The waits of the right way, for a trainee who is on a wrong one and gives up soon; None waits long.
    """

    def __init__(
        self,
        coach: Coach,
        run: str,
        window: StageWindow,
        *,
        wait: Wait = time.sleep,
        moment: Moment = time.monotonic,
    ) -> None:
        self.coach = coach
        self.run = run
        self.window = window
        self._wait = wait
        self._moment = moment
        self.waits: dict[str, float] = {}
        self.knows: Mapping[str, float] | None = None
        self._returning = False

    # -- acting ----------------------------------------------------------------------------------------------

    def act(self, move: Move, *, told: bool = True) -> None:
        """Do one thing; raises `NotDone` when the page does not allow it.

        Args:
            move: What.
            told: Whether the coach hears of what was done in the page.
        """
        action = move.action
        if isinstance(action, Inject | Clear):
            self._let_strike()
        elif isinstance(action, WaitFor):
            self._until(lambda: self.window.is_visible(action.target) is action.visible, self._patience(action))
        elif action.by == "window":
            self._handle(action)
        else:
            try:
                done = self._in_page(move)
            except NotDone:
                if not move.if_possible:
                    raise
            else:
                if told:
                    self._tell(done)

    def _let_strike(self) -> None:
        """Press "let it happen", which is offered only when a fault is due."""
        if isinstance(self.coach.progress(self.run).todo, Inject | Clear):
            self.coach.strike(self.run)

    def _handle(self, action: Action) -> None:
        """Use the window's own buttons; the link that is offered is the one the Step asks for, else one's own."""
        progress = self.coach.progress(self.run)
        target = ""
        if isinstance(action, SignIn):
            target = progress.todo.role if isinstance(progress.todo, SignIn) else progress.role
            self.window.sign_in(target)
        elif self.window.place() == NOWHERE:
            raise NotDone(_("the tab"), _("it is closed"))
        else:
            action.perform(self.window)
        self._returning = not isinstance(action, CloseTab) and not isinstance(progress.todo, type(action))
        self.coach.performed(self.run, action.verb, target)

    def _in_page(self, move: Move) -> Action:
        action = move.action
        if not self.reaches(action, STUCK_SECONDS if move.if_possible else self._patience(action)):
            raise NotDone(action.aim() or action.verb, _("it is not on the page"))
        if move.other_option and isinstance(action, Choose):
            others = [one for one in self.window.options(action.target) if one != action.option]
            if not others:
                raise NotDone(action.target, _("it has no other option"))
            action = action.model_copy(update={"option": others[0]})
        action.perform(self.window)
        return action

    def _patience(self, action: Action) -> float:
        """Return how many seconds are waited until what is not on the page is given up."""
        if self.knows is None:
            return PATIENCE_SECONDS
        return STUCK_SECONDS + STUCK_TIMES * self.knows.get(action.aim() or "", 0.0)

    def reaches(self, action: Action, seconds: float = PATIENCE_SECONDS) -> bool:
        """Wait until what an Action in the page needs can be used; tell whether that came in time."""
        began, target = self._moment(), action.aim() or ""
        if not self._until(lambda: self._within_reach(action), seconds):
            return False
        self.waits[target] = max(self._moment() - began, self.waits.get(target, 0.0))
        return True

    def _within_reach(self, action: Action) -> bool:
        target = action.aim()
        if isinstance(action, Click):
            return target in self.window.choices()
        return target is None or self.window.is_visible(target)

    def _until(self, true: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is so; a page that cannot be read at the moment is read again."""
        end = self._moment() + seconds
        while True:
            with suppress(LookFailed):
                if true():
                    return True
            if self._moment() >= end:
                return False
            self._wait(PAUSE_SECONDS)

    def _tell(self, action: Action) -> None:
        """Report what the in-frame script would report."""
        for observed in seen_doing(action):
            remark = self.coach.observe(self.run, observed, returning=self._returning)
            if remark is not None and remark.kind in FITTING:
                self._returning = False

    # -- looking ---------------------------------------------------------------------------------------------

    def look(self, reported: Reported | None = None) -> Progress:
        """Let the coach look, with what the window shows, or with what it is made to say."""
        return self.coach.look(self.run, self.shown() if reported is None else reported)

    def shown(self) -> Reported:
        """Read what the coach wants to know of the window."""
        fields, visible = self.coach.progress(self.run).wanted
        contents: dict[str, str | None] = {}
        seen: dict[str, bool] = {}
        for target in fields:
            with suppress(LookFailed):
                contents[target] = self.window.read_field(target)
        for target in visible:
            with suppress(LookFailed):
                seen[target] = self.window.is_visible(target)
        return Reported(contents, seen)

    def passes(self, step: str, seconds: float = PASS_SECONDS) -> bool:
        """Look until `step` is not the current one any more; tell whether that came in time."""
        end = self._moment() + seconds
        while True:
            now = self.look()
            if now.step is None or now.step.id != step:
                return True
            if self._moment() >= end:
                return False
            self._wait(PAUSE_SECONDS)


def seen_doing(action: Action) -> tuple[Observed, ...]:
    """Return what the in-frame script reports of an Action: Enter on a button is a click as well."""
    target = action.aim() or ""
    if isinstance(action, Press):
        pressed = Observed(verb="press", target=target, value=action.key)
        clicked = Observed(verb="click", target=target)
        return (pressed, clicked) if target and action.key == "Enter" else (pressed,)
    if isinstance(action, Hover | Reload):
        return ()
    value = ""
    if isinstance(action, Fill):
        value = action.text
    elif isinstance(action, Choose):
        value = action.option
    elif isinstance(action, Tick):
        value = "true" if action.on else "false"
    return (Observed(verb=action.verb, target=target, value=value),)
