"""The way out of a lesson on somebody else's application: its origins, and nothing else, however it is tried."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, BrowserContext

from trainer.adapters.egress import Egress
from trainer.core.application import Origin

pytestmark = pytest.mark.browser


class Site(ThreadingHTTPServer):
    """A server that redirects where a path says, and notes every connection."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.called: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def process_request(self, request: object, client_address: object) -> None:
        """Note that somebody has come."""
        self.called.append("connected")
        super().process_request(request, client_address)  # type: ignore[arg-type]


class Handler(BaseHTTPRequestHandler):
    """Answers ``/to?<address>`` with a redirect and everything else with a page."""

    def do_GET(self) -> None:
        """Answer."""
        _path, found, where = self.path.partition("?to=")
        self.send_response(302 if found else 200)
        if found:
            self.send_header("Location", where)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "12" if not found else "0")
        self.end_headers()
        if not found:
            self.wfile.write(b"<h1>Home</h1>"[:12])

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[Site]:
    site = Site()
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield site
    site.shutdown()
    site.server_close()


@pytest.fixture
def home() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def elsewhere() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def egress(home: Site) -> Iterator[Egress]:
    with Egress(frozenset({Origin.of(home.url)})) as opened:
        yield opened


@pytest.fixture
def context(browser: Browser, egress: Egress) -> Iterator[BrowserContext]:
    way_out = {"server": f"http://127.0.0.1:{egress.port}", "bypass": "<-loopback>"}
    opened = browser.new_context(proxy=way_out)  # type: ignore[arg-type]
    yield opened
    opened.close()


def test_its_own_origin_is_reached(context: BrowserContext, home: Site, egress: Egress) -> None:
    page = context.new_page()
    answer = page.goto(home.url)
    assert answer is not None
    assert answer.ok
    assert home.called
    assert egress.refused == []


def test_a_redirect_to_another_origin_is_refused(
    context: BrowserContext, home: Site, elsewhere: Site, egress: Egress
) -> None:
    page = context.new_page()
    answer = page.goto(f"{home.url}/?to={elsewhere.url}/stolen")
    assert answer is not None
    assert answer.status == 403
    assert elsewhere.called == []
    assert egress.refused[0] == f"{elsewhere.url}/stolen"


TRIES = {
    "websocket": """url => new Promise(done => {
        const socket = new WebSocket(url.replace("http", "ws")); socket.onclose = done; })""",
    "fetch": "url => fetch(url, {mode: 'no-cors'}).catch(() => null)",
    "beacon": """url => { navigator.sendBeacon(url, "x");
        return fetch(url, {mode: "no-cors"}).catch(() => null); }""",
    "picture": """url => new Promise(done => {
        const img = new Image(); img.onload = img.onerror = done; img.src = url; })""",
    "frame": """url => new Promise(done => {
        const frame = document.createElement("iframe"); frame.onload = done; frame.src = url;
        document.body.append(frame); })""",
}


@pytest.mark.parametrize("kind", TRIES)
def test_nothing_that_a_page_can_send_leaves_for_another_origin(
    kind: str, context: BrowserContext, home: Site, elsewhere: Site, egress: Egress
) -> None:
    page = context.new_page()
    page.goto(home.url)
    page.evaluate(f"async url => {{ await ({TRIES[kind]})(url) }}", f"{elsewhere.url}/stolen")
    assert egress.refused != []
    assert elsewhere.called == []


def test_a_file_of_this_machine_is_no_way_out(context: BrowserContext, home: Site) -> None:
    page = context.new_page()
    page.goto(home.url)
    assert page.evaluate("fetch('file:///etc/hostname').then(() => 'read', () => 'refused')") == "refused"
