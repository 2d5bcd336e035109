"""The network as a server sees it: its own addresses, and ports that are free."""

from __future__ import annotations

import ipaddress
import socket
import sys

import psutil

from trainer.core.errors import BrokenEnvironment
from trainer.i18n import gettext as _


def listen(host: str, port: int, option: str = "--port") -> socket.socket:
    """Return a socket that listens on `host` (IPv4) and `port`, which `option` of `trainer serve` chooses.

    It listens at once: as long as neither does, two programs may be bound to the same port.

    Raises:
        BrokenEnvironment: The port is taken, or may not be used.
    """
    listener = socket.socket()
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        other = free_port(host, port + 1 if port >= 1024 else 8080)  # noqa: PLR2004  # below are reserved ones
        raise BrokenEnvironment(
            _("Port {port} is taken or not allowed: {reason}.").format(port=port, reason=error.strerror or error),
            _("Use another one: trainer serve {option} {port}").format(option=option, port=other),
        ) from error
    return listener


def free_port(host: str, first: int) -> int:
    """Return the first free port from `first` on, or any free one when a hundred in a row are taken."""
    for port in range(first, min(first + 100, 65536)):
        if _is_free(host, port):
            return port
    with socket.socket() as probe:
        probe.bind((host, 0))
        port = probe.getsockname()[1]
    return int(port)


def lan_addresses() -> tuple[str, ...]:
    """Return this machine's IPv4 addresses in its networks, first the one that leads out."""
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    found = [
        address.address
        for name, addresses in psutil.net_if_addrs().items()
        for address in addresses
        if name in up and address.family is socket.AF_INET and _reachable(address.address)
    ]
    first = _leading_out()
    return tuple(sorted(found, key=lambda address: address != first))


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _reachable(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    return not (parsed.is_loopback or parsed.is_link_local)


def _leading_out() -> str:
    """Return the address that would be used for a packet to the internet; none is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        address: str = probe.getsockname()[0]
        return address
