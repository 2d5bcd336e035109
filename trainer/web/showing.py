"""Showing: an instructor's demo, or the film of a lesson, on the pages of a whole class; kept in memory only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Protocol

from nicegui import Client

from trainer.adapters.demo_process import Ended, Hear, StepBegins
from trainer.core.errors import BadInput, BrokenEnvironment
from trainer.core.scenario import Scenario
from trainer.i18n import gettext as _
from trainer.web.live import Live

STREAM_ROUTE = "/live/{workshop}"
"""Where the pictures of a workshop are streamed, to its own people only."""

BEAT_SECONDS = 3.0
"""So often somebody looks whether the instructor is there, and a stream shows that it lives."""

ALONE_SECONDS = 60.0
"""So long after the instructor's last page has gone the showing ends."""

LAST_SECONDS = 2.0
"""So long the last picture stays."""

MOST = 2
"""So many demos at once on one server: each is a browser."""


class Demo(Protocol):
    """A demo under way."""

    def stop(self) -> None:
        """End it; blocks for some seconds at most."""
        ...


class Demos(Protocol):
    """Starts demos."""

    def start(self, scenario: str, lang: str, hear: Hear, ended: Ended) -> Demo:
        """Begin a demo; raises `BrokenEnvironment` when there is no browser."""
        ...


class Showing:
    """What is shown to one class. Used in the event loop only.

    Attributes:
        lesson: Which lesson.
        lang: In which language the system is shown, or the film.
        film: Whether it is the lesson's film, which each page plays by itself.
        step: Position of the step that is shown, from 1; 0 before the first.
        steps: How many there are.
        captions: Language → what the step asks for; empty before the first.
        picture: What is to be seen now, a JPEG; b"" before the first.
        number: Counts the pictures.
        over: Whether it has ended.
    """

    def __init__(self, lesson: Scenario, lang: str, *, film: bool = False) -> None:
        self.lesson = lesson
        self.lang = lang
        self.film = film
        self.step = self.steps = self.number = 0
        self.captions: Mapping[str, str] = {}
        self.picture = b""
        self.over = False
        self._changed = asyncio.Event()

    def take(self, seen: StepBegins | bytes) -> None:
        """Take a step that begins, or a picture; whoever still sends the one before goes on with this one."""
        if isinstance(seen, StepBegins):
            self.step, self.steps, self.captions = seen.number, seen.total, seen.captions
            return
        self.picture = seen
        self.number += 1
        self._wake()

    def end(self) -> None:
        """Let everybody know that it is over."""
        self.over = True
        self._wake()

    async def later(self, number: int) -> None:
        """Return when there is a later picture, when it is over, or after `BEAT_SECONDS`."""
        if self.number <= number and not self.over:
            try:
                await asyncio.wait_for(self._changed.wait(), BEAT_SECONDS)
            except TimeoutError:
                return

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


Watch = Callable[[Showing | None], None]
"""Takes what is shown now, None when nothing is; called in the event loop."""


class Showings:
    """What instructors show to their classes now. Used in the event loop only.

    Args:
        demos: Starts demos.
        has_film: Tells whether the film of a lesson in a language is there.
        live: Knows the open pages.
    """

    def __init__(self, demos: Demos, has_film: Callable[[Scenario, str], bool], live: Live) -> None:
        self._demos = demos
        self._has_film = has_film
        self._live = live
        self._now: dict[str, Showing] = {}
        self._running: dict[str, Demo] = {}
        self._watching: dict[str, list[tuple[Client, Watch]]] = {}
        self._doing: set[asyncio.Task[None]] = set()

    def of(self, workshop: str) -> Showing | None:
        """Return what is shown to a workshop now, or None."""
        return self._now.get(workshop)

    def watch(self, workshop: str, client: Client, see: Watch) -> None:
        """Let a page hear of what is shown until it is gone; what is shown already it hears at once."""
        entry = (client, see)
        self._watching.setdefault(workshop, []).append(entry)

        def leave() -> None:
            if entry in self._watching.get(workshop, []):
                self._watching[workshop].remove(entry)

        client.on_delete(leave)
        if self.of(workshop) is not None:
            see(self.of(workshop))

    def begin(self, workshop: str, lesson: Scenario, lang: str) -> None:
        """Show a lesson to a workshop: a demo, or where no browser is, the film, if there is one.

        Raises:
            BadInput: Something is shown already, or too much on this server.
            BrokenEnvironment: There is neither a browser nor a film.
        """
        if workshop in self._now:
            raise BadInput(_("Something is being shown already."), _("Stop it first."))
        if len(self._running) >= MOST:
            raise BadInput(_("Two classes are being shown something at the moment."), _("Try again in a minute."))
        showing = Showing(lesson, lang)
        loop = asyncio.get_running_loop()

        def hear(seen: StepBegins | bytes) -> None:
            with suppress(RuntimeError):  # the server has ended meanwhile
                loop.call_soon_threadsafe(self._take, workshop, showing, seen)

        def ended() -> None:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._ended, workshop, showing)

        try:
            self._running[workshop] = self._demos.start(lesson.id, lang, hear, ended)
        except BrokenEnvironment:
            if not self._has_film(lesson, lang):
                raise
            showing.film = True
        self._now[workshop] = showing
        self._tell(workshop)
        self._do(self._attend(workshop, showing))

    async def stop(self, workshop: str) -> None:
        """End what is shown to a workshop; nothing is no error."""
        showing, demo = self._now.pop(workshop, None), self._running.pop(workshop, None)
        if showing is not None:
            showing.end()
            self._tell(workshop)
        if demo is not None:
            await asyncio.get_running_loop().run_in_executor(None, demo.stop)

    def close(self) -> None:
        """End every demo; called when the server ends."""
        for demo in self._running.values():
            demo.stop()
        self._running.clear()

    def _take(self, workshop: str, showing: Showing, seen: StepBegins | bytes) -> None:
        if showing.over:
            return
        first = not showing.number
        showing.take(seen)
        if isinstance(seen, StepBegins) or first:
            self._tell(workshop)

    def _ended(self, workshop: str, showing: Showing) -> None:
        """Let the last picture stay for a moment; where none ever came, the film stands in for the demo."""
        if self._now.get(workshop) is not showing:
            return
        self._running.pop(workshop, None)
        if not showing.number and self._has_film(showing.lesson, showing.lang):
            showing.film = True
            self._tell(workshop)
        else:
            asyncio.get_running_loop().call_later(LAST_SECONDS, self._over, workshop, showing)

    def _over(self, workshop: str, showing: Showing) -> None:
        if self._now.get(workshop) is showing:
            self._do(self.stop(workshop))

    async def _attend(self, workshop: str, showing: Showing) -> None:
        """End the showing when the instructor has been away for too long."""
        away = 0.0
        while not showing.over and away < ALONE_SECONDS:
            await asyncio.sleep(BEAT_SECONDS)
            away = 0.0 if self._live.is_led(workshop) else away + BEAT_SECONDS
        if not showing.over:
            await self.stop(workshop)

    def _do(self, work: Coroutine[None, None, None]) -> None:
        """Do something beside, and keep it until it is done."""
        task = asyncio.create_task(work)
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)

    def _tell(self, workshop: str) -> None:
        for client, see in list(self._watching.get(workshop, ())):
            with client:
                see(self.of(workshop))
