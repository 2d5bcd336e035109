"""The stream of what an instructor shows: a picture whenever there is a new one, each reader at its own pace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import FastAPI, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from trainer.core.errors import TrainerError
from trainer.core.people import Role
from trainer.web.pages.desk import may_run
from trainer.web.pages.layout import WORKING
from trainer.web.services import PERSON_COOKIE, Services, trainee_of
from trainer.web.showing import BEAT_SECONDS, STREAM_ROUTE, Showing, Showings

SLOW_SECONDS = 20.0
"""Who takes longer than that for one picture is cut off; the page asks again when it is back."""

BOUNDARY = "picture"


def register_live_stream(app: FastAPI, services: Services, showings: Showings) -> None:
    """Add the stream to `app`."""

    @app.get(STREAM_ROUTE)
    async def stream(request: Request, workshop: str) -> Response:
        async def may_watch() -> bool:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(WORKING, _may_watch, services, request, workshop)

        showing = showings.of(workshop)
        if showing is None or showing.film or not await may_watch():
            return Response(status_code=HTTPStatus.NOT_FOUND)
        return Stream(showing, may_watch)


def _may_watch(services: Services, request: Request, workshop: str) -> bool:
    """Tell whether who asks sits in the workshop, or may run it."""
    try:
        seat = services.workshops.seat_of(trainee_of(request))
        if seat is not None and seat.workshop == workshop:
            return True
        who = services.people.who(request.cookies.get(PERSON_COOKIE, ""))
        found = services.workshops.get(workshop)
    except TrainerError:
        return False
    return who is not None and who.may(Role.INSTRUCTOR) and may_run(who, found)


class Stream(Response):
    """Pictures, one after the other in one answer, as browsers show them in an image (multipart/x-mixed-replace).

    Nothing is queued: who is slow gets the newest picture when the one before has gone, and misses those between.

    Args:
        showing: What is shown.
        may_watch: Tells whether it may go on; asked every `BEAT_SECONDS`.
    """

    def __init__(self, showing: Showing, may_watch: Callable[[], Awaitable[bool]]) -> None:
        headers = {"Cache-Control": "no-store", "Content-Encoding": "identity"}  # nothing may hold it back
        super().__init__(headers=headers, media_type=f"multipart/x-mixed-replace; boundary={BOUNDARY}")
        del self.headers["content-length"]
        self._showing = showing
        self._may_watch = may_watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send pictures until it is over, the reader has gone or is too slow, or may not watch any more."""
        del scope
        head = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        await send(head)
        sending = asyncio.create_task(self._send_all(send))
        leaving = asyncio.create_task(_gone(receive))
        await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
        for task in (sending, leaving):
            task.cancel()
        done = await asyncio.gather(sending, leaving, return_exceptions=True)
        if done[0] is None:  # it came to its end
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_all(self, send: Send) -> None:
        showing, sent, asked = self._showing, 0, asyncio.get_running_loop().time()
        await send({"type": "http.response.body", "body": b"--%s\r\n" % BOUNDARY.encode(), "more_body": True})
        while not showing.over:
            now = asyncio.get_running_loop().time()
            if now - asked >= BEAT_SECONDS:
                asked = now
                if not await self._may_watch():
                    return
            if showing.picture:
                sent, body = showing.number, part(showing.picture)
                async with asyncio.timeout(SLOW_SECONDS):
                    await send({"type": "http.response.body", "body": body, "more_body": True})
            await showing.later(sent)


def part(picture: bytes) -> bytes:
    """Return a picture as a part, with the next boundary: browsers show a part only when they see that."""
    head = b"Content-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture)
    return b"%s%s\r\n--%s\r\n" % (head, picture, BOUNDARY.encode())


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
