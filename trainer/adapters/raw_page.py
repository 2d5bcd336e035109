"""A NiceGUI page without a browser: the HTML is fetched, the socket is spoken, events are sent as the page would.

A hundred of these take less than one browser does, so they are the trainees of our load figures.
"""

from __future__ import annotations

import ast
import asyncio
import html
import json
import re
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp

from trainer.core.errors import BrokenEnvironment
from trainer.i18n import gettext as _

_ELEMENTS = re.compile(r"parseElements\(String\.raw`(.*?)`\)", re.DOTALL)
_QUERY = re.compile(r"^\s*query: (\{.*?\}),$", re.MULTILINE)
_PATIENCE_SECONDS = 30.0
_PING, _PONG, _CONNECT, _CONNECTED, _EVENT = "2", "3", "40", "40", "42"

Element = dict[str, Any]


async def sign_in(http: aiohttp.ClientSession, base_url: str, link: str) -> str:
    """Follow a sign-in link and return what to send as ``Cookie``."""
    async with http.get(base_url + link, allow_redirects=False) as answer:
        if answer.status != HTTPStatus.SEE_OTHER:
            raise BrokenEnvironment(_("The sign-in link was not taken."), str(answer.status))
        return "; ".join(f"{name}={morsel.value}" for name, morsel in answer.cookies.items())


async def fetch(http: aiohttp.ClientSession, url: str, cookie: str = "") -> str:
    """Return a page's HTML.

    Raises:
        BrokenEnvironment: There is no such page, or it is a file.
    """
    async with http.get(url, headers={"Cookie": cookie}) as answer:
        if answer.status != HTTPStatus.OK:
            raise BrokenEnvironment(f"{url}: {answer.status}")
        if answer.content_type != "text/html":
            raise BrokenEnvironment(_("{path} is no page of ours.").format(path=url))
        return await answer.text()


class RawPage:
    """One open page.

    Args:
        http: Carries it; shared by all pages.
        base_url: Where the server listens.
        path: Of the page.
        cookie: Who opens it.
    """

    def __init__(self, http: aiohttp.ClientSession, base_url: str, path: str, cookie: str = "") -> None:
        self._http = http
        self._base_url = base_url
        self._path = path
        self._cookie = cookie
        self._line: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self.client_id = ""
        self._changed = asyncio.Event()
        self.elements: dict[int, Element] = {}
        self.scripts: list[str] = []
        """What the server asked the page to run."""
        self.notices: list[str] = []
        """What the server told the reader."""
        self.updates = 0

    async def __aenter__(self) -> Self:
        try:
            await self.open()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Fetch the page and connect its socket, as its script does."""
        text = await fetch(self._http, self._base_url + self._path, self._cookie)
        elements, query = _ELEMENTS.search(text), _QUERY.search(text)
        if elements is None or query is None:
            raise BrokenEnvironment(_("{path} is no page of ours.").format(path=self._path))
        self.elements = {int(key): one for key, one in json.loads(html.unescape(elements[1])).items()}
        asked = ast.literal_eval(query[1])  # a Python dictionary stands there
        self.client_id = asked["client_id"]
        asked |= {"document_id": str(uuid.uuid4()), "tab_id": str(uuid.uuid4()), "old_tab_id": "null"}
        asked["implicit_handshake"] = str(asked.get("implicit_handshake", True)).lower()
        address = (
            f"{self._base_url}/_nicegui_ws/socket.io/?{urlencode({'EIO': 4, 'transport': 'websocket', **asked})}"
        )
        await self.close()
        # a browser never takes a connection for its socket that carried requests before
        self._line = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
        self._socket = await self._line.ws_connect(address, headers={"Cookie": self._cookie})
        await self._socket.receive_str()  # what the transport offers
        await self._socket.send_str(_CONNECT)
        while not (said := await self._socket.receive_str()).startswith(_CONNECTED):
            if said == _PING:
                await self._socket.send_str(_PONG)
        self._reader = asyncio.create_task(self._read(self._socket))
        self._reader.add_done_callback(lambda _done: self._changed.set())

    async def close(self) -> None:
        """Leave the page."""
        if self._reader is not None:
            self._reader.cancel()
        try:
            if self._socket is not None:
                await self._socket.close()
        finally:
            if self._line is not None:
                await self._line.close()

    def find(self, test_id: str) -> tuple[int, Element] | None:
        """Return id and element of a test id, None when the page does not show it."""
        for key, one in self.elements.items():
            if one.get("props", {}).get("data-testid") == test_id:
                return key, one
        return None

    def shown(self) -> str:
        """Return all texts of the page."""
        return "\n".join(str(one["text"]) for one in self.elements.values() if one.get("text"))

    async def do(self, test_id: str, *arguments: Any, kind: str = "click") -> None:  # noqa: ANN401  # JSON
        """Send an event of an element, as the browser does.

        Raises:
            BrokenEnvironment: The page does not show it, or it does not listen.
        """
        found = await self.wait_for(test_id)
        listener = next((one for one in found[1].get("events", []) if one["type"] == kind), None)
        if listener is None:
            raise BrokenEnvironment(_("{name} does not listen to {kind}.").format(name=test_id, kind=kind))
        arguments_sent = [json.dumps(one) for one in arguments]
        await self._send("event", id=found[0], listener_id=listener["listener_id"], args=arguments_sent)

    async def report(self, kind: str, *arguments: Any) -> None:  # noqa: ANN401  # JSON
        """Send an event of the page itself, as its script does.

        Raises:
            BrokenEnvironment: The page listens to no such event.
        """
        for key, one in self.elements.items():
            for listener in one.get("events", []):
                if listener["type"] == kind:
                    sent = [json.dumps(argument) for argument in arguments]
                    await self._send("event", id=key, listener_id=listener["listener_id"], args=sent)
                    return
        raise BrokenEnvironment(_("{name} does not listen to {kind}.").format(name=self._path, kind=kind))

    async def forge(self, victim: RawPage, test_id: str, kind: str, *arguments: Any) -> None:  # noqa: ANN401  # JSON
        """Send an event of another page's element over our own socket, as an attacker would."""
        found = await victim.wait_for(test_id)
        listener = next(one for one in found[1]["events"] if one["type"] == kind)
        message = {"id": found[0], "listener_id": listener["listener_id"], "client_id": victim.client_id}
        await self.send_raw("event", message | {"args": [json.dumps(one) for one in arguments]})

    async def send_raw(self, event: str, message: Mapping[str, Any]) -> None:
        """Send whatever is wanted, under our own name where it says no other."""
        await self._send(event, **message)

    async def wait_for(self, test_id: str) -> tuple[int, Element]:
        """Return id and element of a test id as soon as the page shows it."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while (found := self.find(test_id)) is None:
                await self.updated(self.updates)
        return found

    async def updated(self, before: int) -> None:
        """Return when the page was updated more often than `before` times; `ConnectionError` when it was cut."""
        while self.updates <= before:
            if self._reader is None or self._reader.done():
                raise ConnectionError(_("The connection of {path} was cut.").format(path=self._path))
            self._changed.clear()
            await self._changed.wait()

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            said = str(message.data)
            if said == _PING:
                await socket.send_str(_PONG)
            elif said.startswith(_EVENT):
                name, data = json.loads(said[len(_EVENT) :])
                self._take(name, data)
                if name == "run_javascript" and data.get("request_id"):
                    await self._send("javascript_response", request_id=data["request_id"], result=None)

    async def _send(self, event: str, **message: Any) -> None:  # noqa: ANN401  # JSON
        if self._socket is None:
            raise ConnectionError(self._path)
        await self._socket.send_str(_EVENT + json.dumps([event, {"client_id": self.client_id, **message}]))

    def _take(self, name: str, data: Mapping[str, Any]) -> None:
        if name == "run_javascript":
            self.scripts.append(data["code"])
        elif name == "notify":
            self.notices.append(str(data.get("message", "")))
        elif name == "update":
            for key, one in data.items():
                if not key.isdigit():
                    continue
                if one is None:
                    self.elements.pop(int(key), None)
                else:
                    self.elements[int(key)] = one
        else:
            return
        self.updates += 1
        self._changed.set()
