"""The guard before every trainer page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from types import SimpleNamespace

import httpx
import pytest
from nicegui import Client, core
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message
from starlette.websockets import WebSocket

from trainer.web import security
from trainer.web.security import Guard
from trainer.web.services import TRAINEE_COOKIE, Hrms, owner_of, trainee_of

ALICE, BOB = "a" * 32, "b" * 32
PAGE = '<html><script>one()</script><p>&lt;script></p><script type="module" src="x.js"></script></html>'


async def who(request: Request) -> Response:
    return HTMLResponse(f"{PAGE}{trainee_of(request)}")


async def health(_request: Request) -> Response:
    return JSONResponse({"ok": True})


async def change(_request: Request) -> Response:
    return PlainTextResponse("changed")


async def talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


class Visitor:
    """A browser that keeps no cookies by itself, in front of the guard.

    Args:
        tls: Whether the server speaks HTTPS.
    """

    def __init__(self, *, tls: bool = False) -> None:
        self._app = Starlette(
            routes=[
                Route("/", who),
                Route("/healthz", health),
                Route("/change", change, methods=["POST"]),
                Route("/_nicegui/client/{client}/upload/1", change, methods=["POST"]),
                Route("/_nicegui_ws/socket.io", health, methods=["GET", "POST"]),
                WebSocketRoute("/_nicegui_ws/socket.io", talk),
            ]
        )
        self._app.add_middleware(Guard, hrms=Hrms(8081, tls=tls), tls=tls)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self._ask("GET", path, headers)

    def post(self, path: str, **headers: str) -> httpx.Response:
        return self._ask("POST", path, headers)

    def _ask(self, method: str, path: str, headers: dict[str, str]) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://trainer.test:8080") as client:
                return await client.request(method, path, headers=headers)

        return asyncio.run(ask())

    def connect(self, path: str, **headers: str) -> list[str]:
        """Open a websocket and return what the server sent, as ASGI message types."""
        scope = {
            "type": "websocket",
            "path": path.partition("?")[0],
            "query_string": path.partition("?")[2].encode(),
            "headers": [
                (b"host", b"trainer.test:8080"),
                *((name.encode(), value.encode()) for name, value in headers.items()),
            ],
            "subprotocols": [],
        }
        sent: list[str] = []

        async def receive() -> Message:
            return {"type": "websocket.connect"}

        async def send(message: Message) -> None:
            sent.append(message["type"])

        asyncio.run(self._app(scope, receive, send))
        return sent


def cookie_of(answer: httpx.Response) -> str:
    return answer.headers["set-cookie"].partition(";")[0]


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def page_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Give a function that pretends that a page was built for the trainee with a secret."""

    def build(secret: str) -> str:
        request = SimpleNamespace(cookies={TRAINEE_COOKIE: secret})
        monkeypatch.setitem(Client.instances, "the-page", SimpleNamespace(request=request))
        return "the-page"

    return build


def test_a_browser_is_known_from_its_first_page_on(visitor: Visitor) -> None:
    first = visitor.get("/")
    secret = cookie_of(first).removeprefix(f"{TRAINEE_COOKIE}=")
    assert re.fullmatch("[0-9a-f]{32}", secret)
    assert owner_of(secret) in first.text
    assert secret not in first.text
    again = visitor.get("/", cookie=cookie_of(first))
    assert owner_of(secret) in again.text
    assert cookie_of(again) == cookie_of(first)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor: Visitor) -> None:
    cookie = visitor.get("/").headers["set-cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=2592000"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_under_tls_it_never_travels_in_clear() -> None:
    answer = Visitor(tls=True).get("/")
    assert "Secure" in answer.headers["set-cookie"]
    assert "frame-src https://trainer.test:8081;" in answer.headers["content-security-policy"]


def test_a_made_up_cookie_is_replaced(visitor: Visitor) -> None:
    answer = visitor.get("/", cookie=f"lang=en; {TRAINEE_COOKIE}=short")
    assert re.fullmatch(f"{TRAINEE_COOKIE}=[0-9a-f]{{32}}", cookie_of(answer))


def test_what_is_no_page_gives_no_identity(visitor: Visitor) -> None:
    assert "set-cookie" not in visitor.get("/healthz").headers


def test_only_our_scripts_run_and_only_the_sandbox_is_framed(visitor: Visitor) -> None:
    answer, again = visitor.get("/"), visitor.get("/")
    policy = answer.headers["content-security-policy"]
    nonce = re.search("'nonce-([^']+)'", policy)
    assert nonce is not None
    assert answer.text.count(f'<script nonce="{nonce[1]}"') == 2
    assert "&lt;script>" in answer.text
    assert nonce[1] not in again.text
    assert "script-src-attr 'none'" in policy
    assert "frame-src http://trainer.test:8081;" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_a_strange_host_name_does_not_get_into_the_policy(visitor: Visitor) -> None:
    policy = visitor.get("/", host="evil; script-src *").headers["content-security-policy"]
    assert "evil" not in policy
    assert "frame-src http://localhost:8081" in policy


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("http://trainer.test:8080", 200),
        ("http://trainer.test:8081", 403),
        ("null", 403),
        ("http://[", 403),
    ],
)
def test_other_origins_change_nothing(visitor: Visitor, origin: str | None, status: int) -> None:
    headers = {"origin": origin} if origin else {}
    assert visitor.post("/change", **headers).status_code == status


@pytest.mark.parametrize("secret", [BOB, ""])
def test_an_upload_reaches_only_a_page_of_the_same_trainee(
    visitor: Visitor, page_of: Callable[[str], str], secret: str
) -> None:
    path = f"/_nicegui/client/{page_of(ALICE)}/upload/1"
    assert visitor.post(path, cookie=f"{TRAINEE_COOKIE}={ALICE}").status_code == 200
    assert visitor.post(path, cookie=f"{TRAINEE_COOKIE}={secret}").status_code == 403


@pytest.mark.parametrize(
    ("secret", "origin", "let_in"),
    [
        (ALICE, "http://trainer.test:8080", True),
        (ALICE, "http://evil.test", False),
        (BOB, "http://trainer.test:8080", False),
        ("", "http://trainer.test:8080", False),
    ],
    ids=["own page", "other origin", "other trainee", "no cookie"],
)
def test_a_socket_speaks_only_for_a_page_of_its_trainee(
    visitor: Visitor, page_of: Callable[[str], str], secret: str, origin: str, *, let_in: bool
) -> None:
    path = f"/_nicegui_ws/socket.io?client_id={page_of(ALICE)}&transport=websocket"
    headers = {"origin": origin, "cookie": f"{TRAINEE_COOKIE}={secret}"}
    assert visitor.get(path, **headers).status_code == (200 if let_in else 403)
    first = visitor.connect(path, **headers)[0]
    assert first == ("websocket.accept" if let_in else "websocket.close")


def test_a_socket_that_names_no_page_is_refused(visitor: Visitor) -> None:
    headers = {"origin": "http://trainer.test:8080", "cookie": f"{TRAINEE_COOKIE}={ALICE}"}
    path = "/_nicegui_ws/socket.io?transport=websocket"
    assert visitor.get(path, **headers).status_code == 403
    assert visitor.connect(path, **headers)[0] == "websocket.close"


def test_a_socket_gives_orders_only_to_the_page_it_belongs_to(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    names = ("event", "javascript_response", "ack", "log")

    def hear(_sid: str, message: dict[str, str]) -> None:
        heard.append(message["client_id"])

    handlers = dict.fromkeys(names, hear)
    monkeypatch.setattr(core, "sio", SimpleNamespace(handlers={"/": handlers}, rooms=lambda sid: [sid, "mine"]))
    security.guard_socket_events()
    for name in names:
        for message in ({"client_id": "mine"}, {"client_id": "another"}, {}, "nonsense", None):
            handlers[name]("socket-1", message)
    assert heard == ["mine"] * 4
