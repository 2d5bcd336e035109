"""The way out of a browser that plays on somebody else's application: a proxy that knows a list of origins."""

from __future__ import annotations

import socket
import socketserver
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from trainer.core.application import Origin

MAX_HEAD = 65_536
PATIENCE_SECONDS = 30.0
HOP_BY_HOP = (b"connection:", b"proxy-connection:", b"proxy-authorization:", b"keep-alive:")


class Egress:
    """An HTTP proxy on the loopback that reaches the origins given and nothing else.

    A list of addresses in the page's own routing would let redirects and WebSockets through; all that a browser
    sends goes through its proxy.

    Args:
        allowed: What may be reached.

    Attributes:
        port: Where it listens.
        refused: What was asked for and refused, oldest first.
    """

    def __init__(self, allowed: frozenset[Origin]) -> None:
        self.refused: list[str] = []
        self._allowed = allowed
        self._server = _Server(("127.0.0.1", 0), _Errand)
        self._server.egress = self
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def way(self, method: str, where: str) -> tuple[str, int] | None:
        """Return host and port of what a browser asks for, or None when it may not be reached."""
        with suppress(ValueError):
            if method == "CONNECT":  # https and every kind of WebSocket: what is inside cannot be seen
                parts = urlsplit(f"//{where}")
                asked = (parts.hostname, parts.port)
                if asked in {(host, port) for _scheme, host, port in self._allowed}:
                    return parts.hostname or "", parts.port or 0
            elif (origin := Origin.of(where)) in self._allowed:
                return origin[1], origin[2]
        self.refused.append(where.partition("?")[0])
        return None


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    egress: Egress

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a browser that hangs up in the middle is no error."""


class _Errand(socketserver.BaseRequestHandler):
    """One connection of the browser: it leads to one place, whatever is asked for on it later."""

    def handle(self) -> None:
        """Read what is asked for, and carry bytes both ways."""
        near: socket.socket = self.request
        near.settimeout(PATIENCE_SECONDS)
        head, rest = self._head(near)
        if not head:
            return
        method, where, version = (*head[0].decode("latin-1").split(" "), "", "")[:3]
        server = self.server
        way = server.egress.way(method, where) if isinstance(server, _Server) else None
        if way is None:
            near.sendall(_answer("403 Forbidden", f"This address is none of the lesson's: {where}"))
            return
        try:
            far = socket.create_connection(way, timeout=PATIENCE_SECONDS)
        except OSError as error:
            near.sendall(_answer("502 Bad Gateway", f"{where} cannot be reached: {error.strerror or error}"))
            return
        with far:
            if method == "CONNECT":
                near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                parts = urlsplit(where)
                path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                kept = [line for line in head[1:] if not line.lower().startswith(HOP_BY_HOP)]
                asked = f"{method} {path} {version}".encode("latin-1")
                far.sendall(b"\r\n".join([asked, *kept, b"Connection: close", b"", b""]))
            far.sendall(rest)
            near.settimeout(None)
            far.settimeout(None)
            threading.Thread(target=_carry, args=(near, far), daemon=True).start()
            _carry(far, near)

    def _head(self, near: socket.socket) -> tuple[list[bytes], bytes]:
        read = b""
        with suppress(OSError):
            while b"\r\n\r\n" not in read and len(read) < MAX_HEAD:
                piece = near.recv(65_536)
                if not piece:
                    return [], b""
                read += piece
        head, found, rest = read.partition(b"\r\n\r\n")
        return (head.split(b"\r\n"), rest) if found else ([], b"")


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65_536):
            sink.sendall(piece)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def _answer(status: str, text: str) -> bytes:
    body = text.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + body
