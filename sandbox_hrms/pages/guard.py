"""The guard before every page: origin, session, maintenance, and the headers that keep scripts out."""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from nicegui import Client, core
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox_hrms.app.service import Hrms, Settings
from sandbox_hrms.app.sign_in import COOKIE
from sandbox_hrms.core.errors import Down, Forbidden, HrmsError, NotSignedIn
from sandbox_hrms.core.faults import SLOW_SECONDS, Fault
from sandbox_hrms.core.roles import SIGN_IN_ROLES, Role
from sandbox_hrms.i18n import LANGUAGES, Texts, texts
from sandbox_hrms.pages.lines import Lines, client_of
from sandbox_hrms.pages.plain import companion_script, cut_page, maintenance_page, message_page
from sandbox_hrms.pages.visit import base_path, signs_in_by_form, start_path

Address = tuple[str, Role, str]
"""Method, role, and the rest of the path."""
Door = Callable[[Request, str], Awaitable[Response]]
"""Answers a request to one sandbox."""

_PLACE = re.compile(r"^/s/([^/]+)/([a-z]+)(/.*)?$")
_OPEN_TAILS = ("/enter", "/sign-in", "/sign-in/code", "/sign-in/face", "/sign-out")
BROWSER = "hrms_browser"
"""Cookie that tells one browser from another: a socket reaches only pages of its own browser. A session's cookie,
which belongs to one sandbox and role, does not go with the socket."""
_SECRET = re.compile(r"[0-9a-f]{32}")
_LEFT = "No response returned."
"""What the framework's middleware says when the visitor has gone before there was an answer."""
_SOCKET = "/_nicegui_ws/"
_UPLOAD = "/_nicegui/client/"
_LARGEST_FORM = 64 * 1024
"""Bytes of a form; what is uploaded is no form, and limited where it is read."""
LARGEST_MESSAGE = 1_000_000
"""Bytes of a message over the socket, or of a request in its place: the framework refuses larger ones too late."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What an address names: a sandbox, a role, and the rest of the path."""

    sandbox_id: str
    role: Role
    tail: str


class Guard:
    """ASGI middleware around everything this process serves.

    Args:
        app: What it guards.
        hrms: Asked for sandboxes, faults and sessions.
        lines: Carries the websockets.
        doors: What is answered right here, by method, role and the rest of the path: the way through the
            framework costs more than a keystroke may.
    """

    def __init__(self, app: ASGIApp, hrms: Hrms, lines: Lines, doors: Mapping[Address, Door]) -> None:
        self._app = app
        self._hrms = hrms
        self._lines = lines
        self._doors = doors
        self._langs: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let pass, answer instead, or refuse."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        headers = Headers(scope=scope)
        if path.startswith((_SOCKET, _UPLOAD)) and (refused := self._refuse(scope, headers)):
            await _refuse_socket(scope, receive, send, refused)
            return
        place = _place(path)
        if scope["type"] == "websocket":
            await self._lines.carry(self._app, scope, receive, send)
            return
        limited = await _limited(scope, headers, receive)
        if limited is None:
            await Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)(scope, receive, send)
        elif place is None:
            await answered(self._app, scope, limited, send)
        else:
            await self._serve(place, scope, limited, send)

    async def _serve(self, place: _Place, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request to one sandbox."""
        headers = Headers(scope=scope)
        browser = cookie_parser(headers.get("cookie", "")).get(BROWSER, "")
        fresh = "" if _SECRET.fullmatch(browser) else secrets.token_hex(16)
        if fresh:
            line = "; ".join(filter(None, (headers.get("cookie"), f"{BROWSER}={fresh}"))).encode("latin-1")
            others = [pair for pair in scope["headers"] if pair[0].lower() != b"cookie"]
            scope = {**scope, "headers": [*others, (b"cookie", line)]}
        answer = await self._struck(scope, headers, place) or self._answer(scope, headers, place)
        protected = _Protected(send, self._hrms.settings, fresh)
        if answer is not None:
            await answer(scope, receive, protected)
            return
        door = self._doors.get((scope["method"], place.role, place.tail))
        if door is not None:
            sent = await door(Request(scope, receive), place.sandbox_id)
            await sent(scope, receive, protected)
            return
        inner = dict(scope)
        # a page is rewritten on its way out, so it must not be compressed before that
        inner["headers"] = [pair for pair in scope["headers"] if pair[0].lower() != b"accept-encoding"]
        await answered(self._app, inner, receive, protected)

    def _refuse(self, scope: Scope, headers: Headers) -> HTTPStatus | None:
        """Return why a socket or an upload is refused: another origin or browser, or the page's network is cut."""
        client_id = client_of(scope)
        if not (_same_origin(headers) and _same_browser(client_id, headers)):
            return HTTPStatus.FORBIDDEN
        sandbox_id = self._lines.owners.get(client_id)
        cut = sandbox_id is not None and _has(self._hrms, sandbox_id, Fault.DISCONNECTED)
        return HTTPStatus.SERVICE_UNAVAILABLE if cut else None

    async def _struck(self, scope: Scope, headers: Headers, place: _Place) -> Response | None:
        """Cut or slow a request as the faults of its sandbox want it; an observer's is let pass."""
        cut, slow = (_has(self._hrms, place.sandbox_id, one) for one in (Fault.DISCONNECTED, Fault.SLOW))
        if not (cut or slow) or self._looks_only(scope, headers, place):
            return None
        if not cut:
            await asyncio.sleep(SLOW_SECONDS)
            return None
        if "text/html" not in headers.get("accept", ""):  # a script asks, and knows what to do
            return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE)
        settings = self._hrms.settings
        t = texts(self._langs.get(place.sandbox_id) or _wanted_language(headers))
        home = None if scope["method"] == "GET" else start_path(place.sandbox_id, place.role)
        return cut_page(t, home, companion=settings.companion is not None, parent_port=settings.parent_port)

    def _looks_only(self, scope: Scope, headers: Headers, place: _Place) -> bool:
        """Say whether somebody asks who may only look: no part of the trainee's network."""
        sessions = self._hrms.sessions
        if place.tail == "/enter":
            return sessions.looks_only(parse_qs(scope["query_string"].decode()).get("key", [""])[0])
        cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        try:
            return sessions.actor_of(place.sandbox_id, place.role, cookie).read_only
        except HrmsError:
            return False

    def _answer(self, scope: Scope, headers: Headers, place: _Place) -> Response | None:
        """Return what is answered instead of the page, None when it may be shown."""
        is_get = scope["method"] in {"GET", "HEAD"}
        refused: HrmsError
        try:
            faults = self._hrms.sandboxes.faults(place.sandbox_id)
            if faults.down_until is not None:
                raise Down
            self._langs[place.sandbox_id] = self._hrms.sandboxes.open(place.sandbox_id).lang
            if not is_get and not _same_origin(headers):
                raise Forbidden
            if place.tail not in _OPEN_TAILS:
                cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE)
                self._hrms.sessions.actor_of(place.sandbox_id, place.role, cookie)
        except HrmsError as error:
            refused = error
        else:
            return None
        t = texts(self._langs.get(place.sandbox_id) or _wanted_language(headers))
        if not is_get:
            return refusal_json(t, refused)
        if isinstance(refused, NotSignedIn) and signs_in_by_form(place.role):
            return RedirectResponse(f"{base_path(place.sandbox_id, place.role)}/sign-in", HTTPStatus.SEE_OTHER)
        return self._page(t, refused, place)

    def _page(self, t: Texts, refused: HrmsError, place: _Place) -> Response:
        settings = self._hrms.settings
        watched = settings.companion is not None
        if isinstance(refused, Down):
            seconds = self._hrms.sandboxes.faults(place.sandbox_id).seconds_down
            return maintenance_page(t, seconds, companion=watched, parent_port=settings.parent_port)
        scripts = companion_script(settings.parent_port, companion=watched)
        return message_page(t, refused.http, t("This did not work"), *t.refusal(refused), scripts=scripts)


def _most(scope: Scope, headers: Headers) -> int | None:
    """Return how many bytes a request may have that the framework would read whole, None for all others."""
    if scope["method"] in {"GET", "HEAD"}:
        return None
    if scope["path"].startswith(_SOCKET):
        return LARGEST_MESSAGE
    kind = headers.get("content-type", "").lower()
    return _LARGEST_FORM if kind.startswith(("application/x-www-form-urlencoded", "multipart/")) else None


async def _limited(scope: Scope, headers: Headers, receive: Receive) -> Receive | None:
    """Return what gives the body of a request, None as soon as it is known to be too large."""
    most = _most(scope, headers)
    if most is None:
        return receive
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


async def answered(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Let ``app`` answer; that a visitor left before a page was built is no error of ours."""
    try:
        await app(scope, receive, send)
    except RuntimeError as error:
        if str(error) != _LEFT:
            raise


def refusal_json(t: Texts, refused: HrmsError) -> JSONResponse:
    """Return a refusal for a script: status, stable code, message and hint."""
    message, hint = t.refusal(refused)
    return JSONResponse({"error": {"code": refused.code, "message": message, "hint": hint}}, refused.http)


class _Protected:
    """Sends a response with our security headers and the cookie of a new browser; marks the scripts as ours."""

    def __init__(self, send: Send, settings: Settings, browser: str) -> None:
        self._send = send
        self._settings = settings
        self._browser = browser
        self._nonce = secrets.token_urlsafe(16)
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        """Send ``message``; a page is held back until it is whole."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = _policy(self._nonce, self._settings.parent_port)
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "same-origin"
            headers["Cache-Control"] = "no-store"
            if self._browser:
                secure = "; Secure" if self._settings.secure else ""
                headers.append("Set-Cookie", f"{BROWSER}={self._browser}; Path=/; HttpOnly; SameSite=Lax{secure}")
            if headers.get("content-type", "").startswith("text/html"):
                self._start = message
                return
        if message["type"] == "http.response.body" and self._start is not None:
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            body = self._body.replace(b"<script", b'<script nonce="' + self._nonce.encode() + b'"')
            MutableHeaders(scope=self._start)["Content-Length"] = str(len(body))
            await self._send(self._start)
            message = {"type": "http.response.body", "body": body}
        await self._send(message)


def _policy(nonce: str, parent_port: int | None) -> str:
    parents = "'self'" if parent_port is None else f"'self' *:{parent_port}"
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'",
            "script-src-attr 'none'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "media-src 'self' blob:",
            "connect-src 'self' ws: wss:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {parents}",
        )
    )


def guard_socket_events(hrms: Hrms, lines: Lines) -> None:
    """Let a socket speak for the page it was opened by, and for no other whose id it may have learned.

    What is done on a frozen page is not heard, and on a slow one it is heard late.
    """
    events = core.sio.handlers["/"]
    events["event"] = _felt(events["event"], hrms, lines)
    for name in ("event", "javascript_response", "ack", "log"):
        events[name] = _own_page_only(events[name])


_HandleEvent = Callable[[str, dict[str, Any]], None]


def _own_page_only(handle: _HandleEvent) -> _HandleEvent:
    def checked(sid: str, msg: Any) -> None:  # noqa: ANN401  # whatever came over the socket
        if isinstance(msg, dict) and msg.get("client_id") in core.sio.rooms(sid):
            handle(sid, msg)

    return checked


def _felt(handle: _HandleEvent, hrms: Hrms, lines: Lines) -> _HandleEvent:
    def felt(sid: str, msg: dict[str, Any]) -> None:
        client_id = str(msg.get("client_id"))
        sandbox_id = lines.owners.get(client_id)
        if client_id in lines.frozen:
            return
        if sandbox_id is not None and _has(hrms, sandbox_id, Fault.SLOW):
            asyncio.get_running_loop().call_later(SLOW_SECONDS, handle, sid, msg)
            return
        handle(sid, msg)

    return felt


def _has(hrms: Hrms, sandbox_id: str, fault: Fault) -> bool:
    """Say whether a sandbox, if there is one of that id, has ``fault``."""
    try:
        return hrms.sandboxes.faults(sandbox_id).has(fault)
    except HrmsError:
        return False


def _place(path: str) -> _Place | None:
    match = _PLACE.match(path)
    if match is None or match[2] not in SIGN_IN_ROLES:
        return None
    return _Place(match[1], Role(match[2]), match[3] or "/")


def _same_origin(headers: Headers) -> bool:
    """Say whether a request comes from our own pages; programs other than browsers send no origin."""
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")


def _same_browser(client_id: str, headers: Headers) -> bool:
    """Say whether a page was built for the browser that asks, or is gone; a socket has to name its page."""
    client = Client.instances.get(client_id)
    if client is None:
        return bool(client_id)
    asking = cookie_parser(headers.get("cookie", "")).get(BROWSER, "")
    return secrets.compare_digest(client.request.cookies.get(BROWSER, "").encode(), asking.encode())


def _wanted_language(headers: Headers) -> str:
    wanted = headers.get("accept-language", "")
    return next((lang for lang in LANGUAGES if wanted.startswith(lang[:2])), LANGUAGES[-1])


async def _refuse_socket(scope: Scope, receive: Receive, send: Send, status: HTTPStatus) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await Response(status_code=status)(scope, receive, send)
