"""Connections to the practice HR system are used again, and made anew where it has hung up."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from trainer.adapters.control_http import HttpControl
from trainer.adapters.hrms_process import free_port
from trainer.core.errors import BrokenEnvironment

TOKEN = "secret"


class Server(ThreadingHTTPServer):
    """Tells that nothing has happened, and counts its connections."""

    daemon_threads = True
    connections = 0
    hang_up = False
    paths: tuple[str, ...] = ()

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.gone = threading.Semaphore(0)

    def shutdown_request(self, request: object) -> None:
        super().shutdown_request(request)  # type: ignore[arg-type]  # a socket
        self.gone.release()


class Answer(BaseHTTPRequestHandler):
    """Lets in who has the token."""

    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_GET(self) -> None:
        assert self.headers["Authorization"] == f"Bearer {TOKEN}"
        self.server.paths += (self.path,)
        content = json.dumps({"events": [], "last": 0}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.close_connection = self.server.hang_up

    def log_message(self, *_arguments: object) -> None:
        """Keep quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        serving = threading.Thread(target=made.serve_forever, args=(0.01,))
        serving.start()
        yield made
        made.shutdown()
        serving.join()


@pytest.fixture
def control(server: Server) -> Iterator[HttpControl]:
    with HttpControl(f"http://127.0.0.1:{server.server_port}", TOKEN) as made:
        yield made


def test_a_thread_asks_over_one_connection(server: Server, control: HttpControl) -> None:
    for _time in range(3):
        assert control.events("a", 0) == ((), 0)
    assert server.connections == 1


def test_a_connection_that_was_hung_up_meanwhile_is_made_anew(server: Server, control: HttpControl) -> None:
    server.hang_up = True
    for _time in range(3):
        assert control.events("a", 0) == ((), 0)
        assert server.gone.acquire(timeout=10)
    assert server.connections == 3


def test_whatever_an_id_holds_is_one_part_of_an_address(server: Server, control: HttpControl) -> None:
    control.events("a b\r\nHost: elsewhere", 0)
    assert server.paths == ("/control/v1/sandboxes/a%20b%0D%0AHost%3A%20elsewhere/events?after=0",)


def test_who_does_not_answer_is_told_in_words() -> None:
    address = f"http://127.0.0.1:{free_port()}"
    with HttpControl(address, TOKEN) as control, pytest.raises(BrokenEnvironment, match=address):
        control.sandboxes()
