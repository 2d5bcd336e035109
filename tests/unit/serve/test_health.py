"""Health, readiness and figures, and how a log line looks."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.unit.serve.doubles import Deleting
from tests.unit.serve.test_services import services
from trainer.adapters.in_memory import InMemoryRuns
from trainer.cli.serve import _JsonLines
from trainer.core.errors import BrokenEnvironment
from trainer.web.health import register_health


class Broken(InMemoryRuns):
    """A database that does not answer."""

    def get(self, run: str) -> Any:
        raise BrokenEnvironment(run)


def ask(
    path: str, runs: InMemoryRuns | None = None, *, alive: bool = True, host: str = "127.0.0.1"
) -> httpx.Response:
    app = FastAPI()
    made: Any = runs or InMemoryRuns()
    register_health(app, services(made, Deleting()), lambda: alive)

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(host, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://trainer.test") as client:
            return await client.get(path)

    return asyncio.run(go())


@pytest.mark.parametrize(
    ("runs", "alive", "status", "state"),
    [
        (InMemoryRuns(), True, 200, {"database": True, "sandbox": True}),
        (InMemoryRuns(), False, 503, {"database": True, "sandbox": False}),
        (Broken(), True, 503, {"database": False, "sandbox": True}),
    ],
)
def test_ready_is_who_can_serve(runs: InMemoryRuns, alive: bool, status: int, state: dict[str, bool]) -> None:
    answer = ask("/readyz", runs, alive=alive)
    assert (answer.status_code, answer.json()) == (status, state)


def test_it_lives_without_its_sandbox_system() -> None:
    assert ask("/healthz", alive=False).json() == {"ok": True, "sandbox": False}


def test_figures_are_for_this_machine() -> None:
    assert ask("/metrics", host="192.0.2.7").status_code == 404
    lines = ask("/metrics", alive=False).text.splitlines()
    assert "trainer_sandbox_up 0.0" in lines
    assert "trainer_database_up 1.0" in lines
    assert any(line.startswith("process_resident_memory_bytes ") for line in lines)


def test_a_log_line_is_one_object() -> None:
    record = logging.LogRecord("jobs", logging.WARNING, __file__, 1, "%s:\n%s", ("tidy", "中"), None)
    line = _JsonLines().format(record)
    assert "\n" not in line
    told = json.loads(line)
    assert (told["level"], told["logger"], told["message"]) == ("WARNING", "jobs", "tidy:\n中")
