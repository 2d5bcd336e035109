"""Health: whether the trainer lives, is ready, and its figures for Prometheus, without personal data."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from nicegui import Client

from trainer.core.errors import TrainerError
from trainer.web.pages.layout import WORKING
from trainer.web.services import Services

LOCAL = {"127.0.0.1", "::1"}


def register_health(app: FastAPI, services: Services, alive: Callable[[], bool]) -> None:
    """Add ``/healthz``, ``/readyz`` and ``/metrics`` to `app`.

    Args:
        app: Where.
        services: What the pages work with.
        alive: Tells whether the sandbox HRMS runs.
    """

    @app.get("/healthz")
    def healthz() -> dict[str, bool]:
        return {"ok": True, "sandbox": alive()}

    @app.get("/readyz")
    async def readyz() -> Response:
        state = {"database": await _stores(services), "sandbox": alive()}
        ready = all(state.values())
        return JSONResponse(state, HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE)

    @app.get("/metrics")
    async def metrics(request: Request) -> Response:
        if request.client is None or request.client.host not in LOCAL:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        begun = asyncio.get_running_loop().time()
        await asyncio.sleep(0)
        lag = asyncio.get_running_loop().time() - begun
        pages = [client for client in Client.instances.values() if client.has_socket_connection]
        figures = (
            ("trainer_pages_open", "Pages with an open connection", float(len(pages))),
            ("trainer_sandbox_up", "Whether the practice HR system runs", float(alive())),
            ("trainer_database_up", "Whether the platform database answers", float(await _stores(services))),
            ("trainer_loop_lag_seconds", "How long the event loop kept us waiting", lag),
        )
        return await asyncio.get_running_loop().run_in_executor(WORKING, _written, figures)


async def _stores(services: Services) -> bool:
    """Tell whether the platform database answers."""
    try:
        await asyncio.get_running_loop().run_in_executor(WORKING, services.runs.get, "")
    except TrainerError:
        return False
    return True


def _written(figures: tuple[tuple[str, str, float], ...]) -> Response:
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, ProcessCollector, generate_latest

    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    for name, told, value in figures:
        Gauge(name, told, registry=registry).set(value)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
