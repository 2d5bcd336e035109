"""The guard before every trainer page: who asks, from where, and what a page may load."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from nicegui import Client, core
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trainer.app.roster import LARGEST_ROSTER
from trainer.web.services import PERSON_COOKIE, SECRET, TRAINEE_COOKIE, Hrms

COOKIE_SECONDS = 30 * 24 * 3600
"""A trainee who comes back within this time is known; each page renews it."""

SOCKET = "/_nicegui_ws/"
UPLOAD = re.compile(r"/_nicegui/client/([^/]+)/")
INSIDE = ("/_nicegui/", SOCKET, "/healthz", "/readyz", "/metrics")
"""Paths of what is no page: nobody gets an identity there."""

SCRIPT = re.compile(rb"<script(?=[\s>])")

LARGEST_BODY = 2 * LARGEST_ROSTER
"""Bytes of a request: the form with a roster is the largest."""

LARGEST_MESSAGE = 1_000_000
"""Bytes of a message over the socket, or of a request in its place: the framework refuses larger ones too late."""


class Guard:
    """ASGI middleware around everything the trainer serves.

    It gives every browser an anonymous identity (a cookie with 128 random bits, which the pages behind find in
    their request from the first one on), refuses what is too large or comes from pages of other origins, lets a
    socket or an upload reach only pages of the same trainee, and sends a content security policy with a nonce.

    Args:
        app: What is guarded.
        hrms: The sandbox HRMS, which alone may be framed.
        tls: Whether we speak HTTPS.
    """

    def __init__(self, app: ASGIApp, hrms: Hrms, *, tls: bool) -> None:
        self._app = app
        self._hrms = hrms
        self._tls = tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let pass or refuse."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        asking = HTTPConnection(scope)
        harmless = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        if not (_same_origin(asking.headers) or (harmless and not scope["path"].startswith(SOCKET))):
            await _refuse(scope, receive, send)
            return
        if not _owns_client(asking):
            await _refuse(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        if not harmless:
            most = LARGEST_MESSAGE if scope["path"].startswith(SOCKET) else LARGEST_BODY
            limited = await _limited(asking.headers, receive, most)
            if limited is None:
                await _refuse(scope, receive, send, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                return
            receive = limited
        secret = asking.cookies.get(TRAINEE_COOKIE, "")
        if scope["path"].startswith(INSIDE):
            secret = ""
        elif not SECRET.fullmatch(secret):
            secret = secrets.token_hex(16)
            scope = _with_cookie(scope, secret)
        await self._app(scope, receive, _Protected(send, self._policy(scope), self._cookie(secret)))

    def _policy(self, scope: Scope) -> Callable[[str], str]:
        sandbox = self._hrms.address(Request(scope))
        return lambda nonce: "; ".join(
            (
                "default-src 'self'",
                f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'",  # Vue compiles its templates in the page
                "script-src-attr 'none'",
                "style-src 'self' 'unsafe-inline'",
                "img-src 'self' data: blob:",
                "font-src 'self' data:",
                "connect-src 'self'",
                f"frame-src {sandbox}",
                "object-src 'none'",
                "base-uri 'none'",
                "form-action 'self'",
                "frame-ancestors 'none'",
            )
        )

    def _cookie(self, secret: str) -> str:
        if not secret:
            return ""
        cookie: SimpleCookie = SimpleCookie({TRAINEE_COOKIE: secret})
        cookie[TRAINEE_COOKIE]["path"] = "/"
        cookie[TRAINEE_COOKIE]["max-age"] = COOKIE_SECONDS
        cookie[TRAINEE_COOKIE]["httponly"] = True
        cookie[TRAINEE_COOKIE]["samesite"] = "Lax"
        cookie[TRAINEE_COOKIE]["secure"] = self._tls
        return cookie[TRAINEE_COOKIE].OutputString()


class _Protected:
    """Sends a response with security headers; in a page it marks our scripts and renews the cookie."""

    def __init__(self, send: Send, policy: Callable[[str], str], cookie: str) -> None:
        self._send = send
        self._policy = policy
        self._cookie = cookie
        self._nonce = secrets.token_urlsafe(16)
        self._page: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        """Send `message`; a page is held back until it is whole."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "same-origin"
            headers["Content-Security-Policy"] = self._policy(self._nonce)
            if headers.get("content-type", "").startswith("text/html"):
                if self._cookie:
                    headers.append("Set-Cookie", self._cookie)
                self._page = message
                return
        elif message["type"] == "http.response.body" and self._page is not None:
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            body = SCRIPT.sub(b'<script nonce="%s"' % self._nonce.encode(), bytes(self._body))
            MutableHeaders(scope=self._page)["Content-Length"] = str(len(body))
            await self._send(self._page)
            message = {"type": "http.response.body", "body": body}
        await self._send(message)


def guard_socket_events() -> None:
    """Let a socket speak for the page that opened it, and for no other whose id somebody has learned."""
    handlers = core.sio.handlers["/"]
    for name in ("event", "javascript_response", "ack", "log"):
        handlers[name] = _own_page_only(handlers[name])


def _own_page_only(handle: Callable[[str, Any], None]) -> Callable[[str, Any], None]:
    def checked(sid: str, message: Any) -> None:  # noqa: ANN401  # whatever came over the socket
        if isinstance(message, dict) and message.get("client_id") in core.sio.rooms(sid):
            handle(sid, message)

    return checked


def _same_origin(headers: Headers) -> bool:
    """Tell whether a request comes from our own pages; programs that are no browsers send no origin."""
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")


def _owns_client(asking: HTTPConnection) -> bool:
    """Tell whether the page that a socket or an upload speaks for was built for this trainee."""
    path = asking.scope["path"]
    upload = UPLOAD.match(path)
    if upload:
        client_id = upload[1]
    elif path.startswith(SOCKET):
        client_id = parse_qs(asking.scope["query_string"].decode("latin-1")).get("client_id", [""])[0]
        if not client_id:  # it could name any page later
            return False
    else:
        return True
    client = Client.instances.get(client_id)
    return client is None or all(
        secrets.compare_digest(
            client.request.cookies.get(name, "").encode(), asking.cookies.get(name, "").encode()
        )
        for name in (TRAINEE_COOKIE, PERSON_COOKIE)
    )


def _with_cookie(scope: Scope, secret: str) -> Scope:
    """Return the scope of the same request with the cookie that the browser is about to get."""
    others = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
    cookies = {**HTTPConnection(scope).cookies, TRAINEE_COOKIE: secret}
    line = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return {**scope, "headers": [*others, (b"cookie", line.encode("latin-1", "replace"))]}


async def _limited(headers: Headers, receive: Receive, most: int) -> Receive | None:
    """Return what gives the body of a request, None as soon as it is known to be larger than `most` bytes."""
    told = headers.get("content-length", "0")
    if not told.isdecimal() or int(told) > most:
        return None
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > most:
            return None
    first: list[Message] = [{"type": "http.request", "body": bytes(body)}]

    async def again() -> Message:
        return first.pop() if first else await receive()

    return again


async def _refuse(scope: Scope, receive: Receive, send: Send, status: HTTPStatus = HTTPStatus.FORBIDDEN) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
    else:
        await Response(status_code=status)(scope, receive, send)
