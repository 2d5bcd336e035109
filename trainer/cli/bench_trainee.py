"""A trainee without a browser, at a lesson: the practice page and the window in it, spoken to as a browser does.

A hundred of these take less than one browser does. What the page's scripts do is done here: the window says hello,
says what is seen done in it, and answers what the coach asks. The lesson is an interview, up to its end: who ends
one is looked at by a browser of the trainer's own, and `bench judge` measures that.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import aiohttp

from trainer.adapters.raw_page import RawPage, sign_in
from trainer.core.errors import BrokenEnvironment
from trainer.i18n import gettext as _

ANSWER = "I asked the customer first, and sold a year's supply of paper. " * 3
PATIENCE_SECONDS = 30.0

_SETUP, _ORDER = (re.compile(rf"practice\.{name}\(") for name in ("start", "order"))

Act = Callable[[], Awaitable[None]]


class SocketTrainee:
    """One trainee at a lesson.

    Args:
        http: Carries it; shared by all.
        base_url: Of the trainer.
        path: Of the trainee's practice page.
        cookie: Of the trainee.

    Attributes:
        panel: The practice page.
        answered: How many answers the practice system has taken.
        verdicts: Seconds from an action until the coach told the next step, of every step that passed.
    """

    def __init__(self, http: aiohttp.ClientSession, base_url: str, path: str, cookie: str) -> None:
        self.panel = RawPage(http, base_url, path, cookie)
        self.answered = 0
        self.verdicts: list[float] = []
        self._http = http
        self._window: RawPage | None = None
        self._cookie = ""
        self._origin = ""
        self._typed = 0
        self._acted = 0.0
        self._acts = self._lesson()
        self._listener: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        try:
            await self.panel.open()
            await self._open_window()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Leave page and window."""
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await self._listener
        if self._window is not None:
            await self._window.close()
        await self.panel.close()

    async def act(self) -> None:
        """Do what the lesson asks for next; return when the practice system has answered.

        Raises:
            BrokenEnvironment: The interview has no further question.
        """
        async with asyncio.timeout(PATIENCE_SECONDS):
            await next(self._acts)()

    @property
    def window(self) -> RawPage:
        """The page of the practice system in the window."""
        if self._window is None:
            raise ConnectionError(_("The practice window is not open."))
        return self._window

    # -- the page's scripts ---------------------------------------------------------------------------------

    async def _open_window(self) -> None:
        """Sign in as the coach says, go to the interview, and say hello."""
        while not (told := [one for script in self.panel.scripts for one in _told(_SETUP, script)]):
            await self.panel.updated(self.panel.updates)
        setup = told[0]
        self._origin = setup["origin"]
        self._cookie = await sign_in(self._http, "", setup["start"])
        page = RawPage(self._http, self._origin, f"{setup['base']}candidate/interview", self._cookie)
        await page.open()
        self._window = page
        await self._tell({"kind": "ready"}, _observed("click", "home.start"), {"kind": "ready"})
        self._listener = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        """Obey the coach, and note when a verdict is shown."""
        heard, shown = 0, self._shown()
        while True:
            before = self.panel.updates
            scripts, heard = self.panel.scripts[heard:], len(self.panel.scripts)
            for order in [one for script in scripts for one in _told(_ORDER, script)]:
                await self._obey(order)
            if (now := self._shown()) != shown:
                shown = now
                self.verdicts.append(time.perf_counter() - self._acted)
            await self.panel.updated(before)

    async def _obey(self, order: dict[str, Any]) -> None:
        if order["type"] == "point":
            await self._tell({"kind": "pointed", "target": order["target"], "found": True, "label": "Here"})
        elif order["type"] == "read":
            told = {"fields": {}, "visible": {}, "labels": dict.fromkeys(order["labels"], "Here")}
            await self._tell({"kind": "read", **told})

    async def _tell(self, *reports: dict[str, Any]) -> None:
        await self.panel.report("practice", {"reports": reports})

    def _shown(self) -> str:
        found = self.panel.find("coach.progress")
        return str(found[1].get("text")) if found else ""

    # -- the lesson -----------------------------------------------------------------------------------------

    def _lesson(self) -> Iterator[Act]:
        yield self._agree
        yield self._begin
        yield self._skip
        while True:
            yield self._type
            yield self._submit

    async def _agree(self) -> None:
        before = self.window.updates
        await self._do("consent.agree", True, kind="change", seen=_observed("tick", "consent.agree", "true"))  # noqa: FBT003
        await self.window.updated(before)

    async def _begin(self) -> None:
        await self._do("consent.begin")
        await self.window.wait_for("device.skip")

    async def _skip(self) -> None:
        await self._do("device.skip")
        await self.window.wait_for("interview.answer")

    async def _type(self) -> None:
        found = self.window.find("interview.answer")
        if found is None:
            raise BrokenEnvironment(_("The interview has no further question."))
        about, self._typed = found[1]["props"], self._typed + 1
        self._acted = time.perf_counter()
        body = {"sitting": about["data-sitting"], "question": about["data-question"], "page": about["data-page"]}
        await self._tell(_observed("fill", "interview.answer", ANSWER))
        async with self._http.post(
            f"{self._origin}{about['data-base']}/draft",
            json={**body, "seq": self._typed, "text": ANSWER},
            headers={"Cookie": self._cookie},
        ) as answer:
            if answer.status != HTTPStatus.OK:
                raise BrokenEnvironment(f"{answer.status}: {(await answer.text())[:200]}")

    async def _submit(self) -> None:
        before = self.window.find("interview.answer")
        await self._do("interview.submit", {"text": ANSWER, "seq": self._typed})
        while before and (now := self.window.find("interview.answer")) and now[0] == before[0]:
            await self.window.updated(self.window.updates)
        self.answered += 1

    async def _do(
        self,
        test_id: str,
        *arguments: Any,  # noqa: ANN401  # JSON
        kind: str = "click",
        seen: dict[str, Any] | None = None,
    ) -> None:
        self._acted = time.perf_counter()
        await self.window.do(test_id, *arguments, kind=kind)
        await self._tell(seen or _observed("click", test_id))


def _told(call: re.Pattern[str], script: str) -> list[dict[str, Any]]:
    """Return what a script of the coach hands over, of each call."""
    return [json.JSONDecoder().raw_decode(script, found.end())[0] for found in call.finditer(script)]


def _observed(verb: str, target: str, value: str = "") -> dict[str, Any]:
    """Return what the window reports of an action."""
    return {"kind": "observed", "verb": verb, "target": target, "value": value, "label": target}
