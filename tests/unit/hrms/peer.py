"""A server of chat completions, on this machine, that says what a test wants."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "a-made-up-key"


class Peer:
    """A server of chat completions; ``reply`` is what it says, or does."""

    def __init__(self) -> None:
        self.reply: Callable[[], str] = lambda: ""
        self.status = 200
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.going = threading.Event()
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                peer.asked.append(json.loads(body))
                peer.keys.append(self.headers.get("Authorization", ""))
                content = json.dumps({"choices": [{"message": {"content": peer.reply()}}]}).encode()
                self.send_response(peer.status if self.path == "/v1/chat/completions" else 404)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
