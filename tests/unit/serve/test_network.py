"""Ports and addresses of the machine."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from trainer.adapters.network import free_port, lan_addresses, listen
from trainer.adapters.scheduler import recurring
from trainer.core.errors import BrokenEnvironment

HERE = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind((HERE, 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_free_port_can_be_listened_on() -> None:
    port = free_port(HERE, 18000)
    with listen(HERE, port) as listener:
        assert listener.getsockname() == (HERE, port)


def test_a_taken_port_is_passed_over(taken: int) -> None:
    assert free_port(HERE, taken) != taken


def test_where_ports_end_any_free_one_will_do() -> None:
    assert 0 < free_port(HERE, 65536) < 65536


def test_a_taken_port_is_told_with_one_that_is_free(taken: int) -> None:
    with pytest.raises(BrokenEnvironment, match=f"Port {taken} is taken") as refused:
        listen(HERE, taken, "--sandbox-port")
    other = int(refused.value.hint.removeprefix("Use another one: trainer serve --sandbox-port "))
    listen(HERE, other).close()


def test_of_two_that_begin_at_the_same_time_one_gets_the_port() -> None:
    port = free_port(HERE, 18000)
    with listen(HERE, port), pytest.raises(BrokenEnvironment, match=f"Port {port} is taken"):
        listen(HERE, port).close()


def test_addresses_in_the_network_are_reachable_from_outside() -> None:
    for address in lan_addresses():
        parsed = ipaddress.ip_address(address)
        assert not parsed.is_loopback
        assert not parsed.is_link_local


def test_a_recurring_job_survives_its_own_failure() -> None:
    """The second time comes although the first one failed."""
    twice = threading.Event()
    calls = []

    def job() -> None:
        calls.append(1)
        if len(calls) > 1:
            twice.set()
        raise BrokenEnvironment("The sandbox HRMS has gone.")

    with recurring("house-keeping", job, timedelta(seconds=0.02)):
        assert twice.wait(10)
