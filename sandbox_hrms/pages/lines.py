"""The lines to open pages: their websockets, so that a crash can cut those of one sandbox."""

import asyncio
from collections import defaultdict
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SERVICE_RESTART = 1012


class Lines:
    """All open websockets by the page they belong to; to be used inside one event loop."""

    def __init__(self) -> None:
        self._cuts: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def cut(self, client_id: str) -> None:
        """Close the websockets of a page as a server that fell over would."""
        for cut in self._cuts.get(client_id, ()):
            cut.set()

    async def carry(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one websocket until it ends by itself or is cut."""
        client_id = parse_qs(scope["query_string"].decode()).get("client_id", [""])[0]
        cut = asyncio.Event()
        stop = asyncio.ensure_future(cut.wait())
        self._cuts[client_id].add(cut)

        async def receive_until_cut() -> Message:
            if not cut.is_set():
                message = asyncio.ensure_future(receive())
                try:
                    await asyncio.wait({message, stop}, return_when=asyncio.FIRST_COMPLETED)
                    if message.done():
                        return message.result()
                finally:
                    message.cancel()
                await send({"type": "websocket.close", "code": _SERVICE_RESTART})
            return {"type": "websocket.disconnect", "code": _SERVICE_RESTART}

        async def send_until_cut(message: Message) -> None:
            if not cut.is_set():
                await send(message)

        try:
            await app(scope, receive_until_cut, send_until_cut)
        finally:
            stop.cancel()
            self._cuts[client_id].discard(cut)
            if not self._cuts[client_id]:
                del self._cuts[client_id]
