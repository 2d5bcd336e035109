"""Attend: a person acts in a window that Playwright opened, and the coach judges as it does on the web."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from trainer.app.coach import STUCK, UNPROVEN, Coach, Helping, Progress, Reported
from trainer.app.ports import NOWHERE, Place, StageWindow
from trainer.core.actions import Clear, CloseTab, Goto, Inject, NotDone, Observed, Reload, SignIn
from trainer.core.errors import LookFailed
from trainer.core.judge import FITTING, MISTAKES, Remark
from trainer.core.modes import Help
from trainer.core.runs import Run, RunStatus

PAUSE_SECONDS = 0.15
"""Between two looks."""

ARRIVING = 8
"""So many looks after a Step began the page may still be changing to the one where it is done."""

Report = Mapping[str, Any]


class PersonWindow(StageWindow, Protocol):
    """A window in which a person acts."""

    def is_at(self, path: str) -> bool:
        """Tell whether the page is shown that `goto` opens, however it was come to."""
        ...

    def order(self, order: Report) -> None:
        """Give the coach's script in the page an order; a page that is just loading does not hear it."""
        ...


class Desk(Protocol):
    """Where the person is told what to do, and asks for help."""

    def show(self, progress: Progress) -> None:
        """Show where the Run stands."""
        ...

    def remark(self, said: Remark, label: str) -> None:
        """Explain a wrong action."""
        ...

    def again(self) -> None:
        """Say that the Step is to be gone through once more."""
        ...

    def offer(self) -> None:
        """Say where there is help, to somebody who has not got on for long."""
        ...

    def hint(self, helping: Helping) -> None:
        """Tell a hint."""
        ...

    def asked(self) -> str:
        """Return what was asked for since: help, back, open, go_on, done, hand_in, leave; else ""."""
        ...


@dataclass
class Attendance:
    """One Run of a person before a window.

    Attributes:
        coach: Judges.
        run: Id of the Run.
        window: Where the person acts.
        desk: Where the person is told what to do.
        wait: Lets a number of seconds pass, and the window report.
        heard: What the window has reported and nobody has looked at yet.
        returning: Whether the person is on the way back to where the Run was left.
    """

    coach: Coach
    run: str
    window: PersonWindow
    desk: Desk
    wait: Callable[[float], None]
    heard: deque[Report] = field(default_factory=deque)
    returning: bool = False
    _pointed: str = ""
    _step: str = ""
    _arriving: int = 0
    _begun: Place | None = None
    _news: bool = False
    _offered: str = ""

    def attend(self) -> Run:
        """Let the person act until the Run is over, and judge it.

        Returns:
            The Run, finished; or, when the person left, as it is: a Run that is handed in can be gone on with.

        Raises:
            BrokenEnvironment: The browser, the sandbox HRMS or the network failed.
        """
        progress = self.coach.progress(self.run)
        while True:
            self._hear()
            asked = self.desk.asked()
            if asked == "leave":
                if not progress.mode.timed:
                    self.coach.leave(self.run)
                return self.coach.progress(self.run).run
            if asked == "hand_in" and progress.mode.timed:
                progress = self._let_arrive()
                progress = self.coach.hand_in(self.run, self._reported(progress))
                if not progress.trouble:
                    return self.coach.finish(self.run)
            self._answer(asked, progress)
            progress = self._look(progress)
            self._note_begin(progress)
            self.desk.show(progress)
            if progress.run.status is not RunStatus.ACTIVE or self._is_over(progress):
                return self.coach.finish(self.run)
            if not progress.mode.tells and not progress.trouble and isinstance(progress.todo, Inject | Clear):
                self.coach.strike(self.run)
            self._point(progress)
            self._encourage(progress)
            self.wait(PAUSE_SECONDS)

    def _let_arrive(self) -> Progress:
        """Let what was done last be stored: who did everything of a Step is not judged before that."""
        while True:
            progress = self._look(self.coach.progress(self.run))
            if progress.complete or progress.todo is not None or progress.idle > UNPROVEN:
                return progress
            self.wait(PAUSE_SECONDS)
            self._hear()

    def _look(self, progress: Progress) -> Progress:
        """Look at where the Run stands; where only other roles can tell, they look when the Step seems done."""
        self._note_way(progress)
        progress = self.coach.look(self.run, self._reported(progress))
        if self._news and progress.to_be_seen and progress.seems_done:
            self._news = False
            self.coach.ask_others(self.run)
            progress = self.coach.look(self.run, self._reported(progress))
        return progress

    def _note_way(self, progress: Progress) -> None:
        """Note that the page of the next `goto` is shown: the person may have gone there in any way."""
        now, step = progress.run.ongoing, progress.step
        if now is None or step is None:
            return
        left = (action for number, action in enumerate(step.do) if number not in now.done)
        due = next((action for action in left if isinstance(action, Goto)), None)
        if due is not None and self.window.is_at(due.path):
            self.coach.performed(self.run, due.verb, due.path)

    def _encourage(self, progress: Progress) -> None:
        """Lead who did all of a Step in vain through it once more; offer help, once, to who does not get on."""
        if progress.step is None or not progress.mode.tells or progress.trouble:
            return
        if progress.todo is None and progress.idle > UNPROVEN:
            self.coach.start_again(self.run)
            self.desk.again()
        elif progress.idle > STUCK and progress.next_help and self._offered != progress.step.id:
            self._offered = progress.step.id
            self.desk.offer()

    def _note_begin(self, progress: Progress) -> None:
        """Note which page is shown where a Step begins; a page that opens a moment later may be it, too.

        Who had nothing to do in the Step before may have looked around meanwhile: where that one began counts.
        """
        self._arriving = max(0, self._arriving - 1)
        if progress.step is None or progress.step.id == self._step:
            return
        before = next((step for step in progress.steps if step.id == self._step), None)
        self._step = progress.step.id
        if before is None or any(action.by != "system" for action in before.do):
            self._arriving, self._begun = ARRIVING, self.window.place()

    def _is_over(self, progress: Progress) -> bool:
        """Tell whether nothing is left to do; a Run with a limited time lasts until it is handed in or up."""
        return progress.complete and (not progress.mode.timed or not progress.left)

    def _reported(self, progress: Progress) -> Reported:
        """Look into the window for what the Step needs; where that fails it has not been looked at."""
        fields, elements = progress.wanted
        seen: dict[str, str | None] = {}
        visible: dict[str, bool] = {}
        for name in fields:
            with suppress(LookFailed):
                seen[name] = self.window.read_field(name)
        for name in elements:
            with suppress(LookFailed):
                visible[name] = self.window.is_visible(name)
        return Reported(seen, visible)

    # -- what the window reports -----------------------------------------------------------------------------

    def _hear(self) -> None:
        while self.heard:
            report = self.heard.popleft()
            kind = report.get("type")
            self._news = True
            if kind == "observed":
                self._arriving = 0
                self._observe(report)
            elif kind == "ready":
                self._pointed = ""
                if report.get("how") != "navigate":  # back, or loaded again
                    self._arriving = 0
                elif self._arriving:
                    self._begun = self.window.place()
                if report.get("how") == "reload":
                    self.returning = True
                    self.coach.performed(self.run, Reload.verb)
            elif kind == "closed":
                self._arriving = 0
                self.coach.performed(self.run, CloseTab.verb)

    def _observe(self, report: Report) -> None:
        verb, target, value = (str(report.get(name, "")) for name in ("verb", "target", "value"))
        said = self.coach.observe(
            self.run, Observed(verb=verb, target=target, value=value), returning=self.returning
        )
        if said is None:
            return
        if said.kind in FITTING:
            self.returning = False
        elif said.kind in MISTAKES and self.coach.progress(self.run).mode.explains:
            self.desk.remark(said, str(report.get("label", "")) or target)

    # -- what the person asks for ----------------------------------------------------------------------------

    def _answer(self, asked: str, progress: Progress) -> None:
        if asked == "open":
            role = progress.todo.role if isinstance(progress.todo, SignIn) else progress.role
            self.returning = not isinstance(progress.todo, SignIn)
            self._arriving = 0 if self.returning else self._arriving
            with suppress(NotDone):  # the person sees that it did not open, and may ask again
                self.window.sign_in(role)
                self.coach.performed(self.run, SignIn.verb, role)
        elif asked == "go_on" and isinstance(progress.todo, Inject | Clear):
            self.coach.strike(self.run)
        elif asked == "done" and progress.to_be_seen:
            self.coach.ask_others(self.run)
            if not self.coach.look(self.run, self._reported(progress)).passed:
                self.desk.again()
        elif asked == "back" and progress.can_go_back:
            role = self.coach.put_back(self.run).role
            self.returning, self._arriving = True, 0
            with suppress(NotDone, LookFailed):
                self.window.sign_in(role)
                if self._begun is not None and self._begun.role == role:
                    self.window.go(self._begun.page)
        elif asked == "help":
            self._help()

    def _help(self) -> None:
        helping = self.coach.help(self.run)
        if helping is None:
            return
        self.desk.hint(helping)
        self._pointed = ""
        if helping.rung is Help.DO:
            with suppress(NotDone):  # the person sees how far it came
                if self.window.place() == NOWHERE and helping.actions[0].by == "trainee":
                    self.returning = True
                    self.window.sign_in(self.coach.progress(self.run).role)
                for action in helping.actions:
                    action.perform(self.window)
                    self.coach.performed(self.run, action.verb, _object(action), helped=helping.step)
                    self._news = True

    def _point(self, progress: Progress) -> None:
        todo = progress.todo
        shown = progress.mode.points or any(helping.rung is Help.SHOW for helping in progress.given)
        aim = todo.aim() if shown and todo is not None and todo.by == "trainee" else None
        if (aim or "-") != self._pointed:
            self._pointed = aim or "-"
            self.window.order({"type": "point", "target": aim or "", "others": list(progress.way_back)})


def _object(action: object) -> str:
    names = (getattr(action, name, None) for name in ("role", "path", "target"))
    return str(next(filter(None, names), ""))
