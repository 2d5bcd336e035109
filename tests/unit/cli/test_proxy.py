"""The network between browser and server that a bench can cut."""

import socket
import struct

from trainer.adapters.proxy import Proxy

AT_ONCE = struct.pack("ii", 1, 0)


def test_whoever_waits_for_a_server_that_was_killed_is_told() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        Proxy(server.getsockname()[1]) as proxy,
        socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as browser,
    ):
        browser.sendall(b"a request")
        connection, _address = server.accept()
        assert connection.recv(9) == b"a request"
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        connection.close()
        assert browser.recv(1) == b""
