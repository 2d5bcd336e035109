"""The lines to open pages: their websockets, so that a fault can cut, slow or freeze those of one sandbox."""

import asyncio
import re
from collections import defaultdict
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SERVICE_RESTART = 1012
_UPLOAD = re.compile(r"/_nicegui/client/([^/]+)/")


class Lines:
    """All open websockets by the page they belong to; to be used inside one event loop.

    Attributes:
        owners: Sandbox by page, of the pages that feel the faults of their line; an observer's page does not.
        frozen: Pages that take no input until they are loaded anew.
        spared: Pages that were opened while another one was frozen.
    """

    def __init__(self) -> None:
        self.owners: dict[str, str] = {}
        self.frozen: set[str] = set()
        self.spared: set[str] = set()
        self._cuts: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def forget(self, client_id: str) -> None:
        """Drop what is known of a page that is gone."""
        self.owners.pop(client_id, None)
        self.frozen.discard(client_id)
        self.spared.discard(client_id)

    def cut(self, client_id: str) -> None:
        """Close the websockets of a page as a server that fell over would."""
        for cut in self._cuts.get(client_id, ()):
            cut.set()

    async def carry(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one websocket until it ends by itself or is cut."""
        client_id = client_of(scope)
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


def client_of(scope: Scope) -> str:
    """Return the id of the page that a socket or an upload says it belongs to; "" when it says none."""
    upload = _UPLOAD.match(scope.get("path", ""))
    if upload:
        return upload[1]
    query: bytes = scope["query_string"]
    return parse_qs(query.decode()).get("client_id", [""])[0]
