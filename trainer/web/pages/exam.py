"""Exam: the practice window with nothing beside it but the tasks, the time that is left, and handing in."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

from nicegui import ui

from trainer.app.coach import UNPROVEN, Reported
from trainer.core.actions import Clear, Inject
from trainer.web.pages import practice
from trainer.web.pages.layout import Visit, button, link, named, tag
from trainer.web.pages.practice import BEAT, PracticePage

SHORT = timedelta(minutes=1)
"""From here on the time that is left is told in seconds."""


async def build(visit: Visit) -> None:
    """Build the page of one Run, whatever its mode is."""
    await practice.build(visit, ExamPage)


class ExamPage(PracticePage):
    """One open page of a Run whose mode tells nothing on the way."""

    def panel(self, title: str) -> None:
        """Lay out the tasks, the time that is left, and the way to hand in."""
        _ = self._visit.text
        with tag("section", "", "panel").props("id=coach tabindex=-1") as panel:
            panel.props["aria-label"] = _("Exam")
            tag("h1", title, "panel-title")
            self._time = named(tag("p", "", "time-left").props("role=timer"), "exam.time")
            tag("a", _("Skip to the practice window"), "skip-inner").props(
                "href=#practice-frame data-skip-to-frame"
            )
            self._trouble = named(tag("p", "", "feedback feedback-warn").props("role=status"), "exam.trouble")
            with tag("div", "", "panel-actions"):
                hand_in = button(_("Hand in"), "exam.hand_in", self._ask, "primary help")
                hand_in.props["data-practice-focus"] = True
                tag("p", _("Once, and then the exam is over. What you did so far is stored in any case."), "cost")
            self.list_steps(_("Your tasks"))
            with tag("div", "", "leave"):
                link(_("Leave and come back later"), "coach.leave", self._visit.home, "button quiet small")
                tag("p", _("The clock stands while you are away."), "cost")
        self._confirm_box()

    def _confirm_box(self) -> None:
        _ = self._visit.text
        with ui.dialog() as self._dialog, tag("div", "", "dialog"):
            self._dialog.props["aria-label"] = _("Hand in")
            tag("h2", _("Hand in now?"))
            tag("p", _("Every task is judged as it stands. You cannot go on afterwards."))
            with tag("div", "", "dialog-actions"):
                button(_("Go on working"), "exam.go_on", self._close_box)
                button(_("Hand in"), "exam.confirm", self._guard(self._hand_in), "primary")

    async def _ask(self) -> None:
        self._dialog.open()

    async def _close_box(self) -> None:
        self._dialog.close()

    def show(self) -> None:
        """Show the time that is left; what has passed is not told."""
        self.show_actions()
        self._show_cover()

    def show_actions(self) -> None:
        """Show the time that is left."""
        _, left = self._visit.text, self._progress.left or timedelta()
        seconds = max(0, round(left.total_seconds()))
        told = (
            _("{seconds} s left").format(seconds=seconds)
            if left <= SHORT
            else _("{minutes} min left").format(minutes=-(-seconds // 60))
        )
        if self._time.text != told:
            self._time.text = told
            self._time.classes(replace="time-left time-short" if left <= SHORT else "time-left")

    def tell_again(self) -> None:
        """Tell nothing: there are no hints."""

    def say(self, text: str, tone: str = "plain") -> None:
        """Tell nothing: an exam does not explain."""

    def complain(self, told: str) -> None:
        """Tell that looking does not work: nothing is judged meanwhile, and that is no help."""
        self._trouble.text = told

    def praise(self) -> None:
        """Tell nothing: what has passed is told at the end."""

    async def encourage(self) -> None:
        """Let a failure that belongs to the lesson strike, or end, when it is due."""
        if not self._progress.trouble and isinstance(self._progress.todo, Inject | Clear):
            await self._strike()

    async def finish(self) -> None:
        """Go to the result when the time is up; who is done early may look everything over before handing in."""
        if self._progress.left == timedelta():
            self._finished = True
            ui.navigate.to(f"/result/{self._id}")

    async def _let_arrive(self) -> None:
        """Let what was done last be heard of and stored: who did all of a step is not judged before that."""
        end = time.monotonic() + UNPROVEN.total_seconds()
        async with self._turn:  # what the window has reported is taken
            await self._look()
        while self._progress.todo is None and not self._progress.complete and time.monotonic() < end:
            await asyncio.sleep(BEAT / 2)
            await self._look()

    async def _hand_in(self) -> None:
        _ = self._visit.text
        self._dialog.close()
        await self._let_arrive()
        reported = Reported(self._talk.fields, self._talk.visible)
        progress = await self._visit.work(self._coach.hand_in, self._id, reported)
        if progress.trouble:
            self._trouble.text = _(
                "Nothing was handed in, because the practice system does not answer. Try again."
            )
            return
        self._finished = True
        ui.navigate.to(f"/result/{self._id}")
