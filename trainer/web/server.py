"""The trainer's web server: the trainee pages behind their guard, on NiceGUI and uvicorn."""

from __future__ import annotations

import gc
import secrets
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import uvicorn
from fastapi import FastAPI, Request
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import RedirectResponse, Response
from nicegui import Client, ui
from nicegui import app as nicegui_app

from trainer.web import pages
from trainer.web.candidate_doors import register_candidate_doors
from trainer.web.class_doors import register_class_doors
from trainer.web.class_papers import register_class_papers
from trainer.web.evidence import register_evidence
from trainer.web.films import register_films
from trainer.web.guides import register_guides
from trainer.web.health import register_health
from trainer.web.live_stream import register_live_stream
from trainer.web.security import LARGEST_MESSAGE, Guard, guard_socket_events
from trainer.web.services import LANG_COOKIE, LANG_SECONDS, Services, referrer_of

SAID_ONCE = {"lang", "said"}
"""What an address may ask for that does not outlive another choice of language."""

SWITCH_SECONDS = 0.001
"""So long, each time, a page waits at most for a thread that computes."""

PAGES_LEFT = 50
"""After at least so many pages were left, what they leave behind is collected."""


def build(services: Services, *, alive: Callable[[], bool]) -> FastAPI:
    """Return the application: pages, health, and `POST /language/<code>` for the form that chooses.

    Args:
        services: What the pages work with.
        alive: Tells whether the sandbox HRMS runs.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    register_health(app, services, alive)

    @app.post("/language/{code}")
    def language(request: Request, code: str) -> Response:
        answer = RedirectResponse(page_of(request), HTTPStatus.SEE_OTHER)
        if code in services.languages:
            answer.set_cookie(
                LANG_COOKIE, code, max_age=LANG_SECONDS, httponly=True, samesite="lax", secure=services.hrms.tls
            )
        return answer

    pages.register(nicegui_app, services)
    register_class_papers(app, services)
    register_class_doors(app, services, lambda: secrets.token_hex(16))
    register_candidate_doors(app, services, lambda: secrets.token_hex(16))
    if services.guides:
        register_guides(nicegui_app, services, services.guides)
    if services.films:
        register_films(nicegui_app, services, services.films)
    if services.showings:
        register_live_stream(app, services, services.showings)
    if services.pictures:
        register_evidence(nicegui_app, services, services.pictures)
    ui.run_with(
        app,
        title="Trainer",
        reconnect_timeout=services.settings.reconnect,
        gzip_middleware_factory=None,
        show_welcome_message=False,
    )
    app.add_middleware(Guard, hrms=services.hrms, tls=services.hrms.tls)
    app.add_middleware(GZipMiddleware, compresslevel=6)
    guard_socket_events()
    sweep_after_pages()
    return app


def run(
    app: FastAPI, listener: socket.socket, *, tls: tuple[Path, Path] | None, ready: Callable[[], None]
) -> None:
    """Serve until SIGINT or SIGTERM, then return.

    Args:
        app: What `build` returned.
        listener: Bound socket to listen on.
        tls: Certificate and key, or None for plain HTTP.
        ready: Called once, when the first page can be asked for.
    """
    certificate, key = tls or (None, None)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        ws_per_message_deflate=False,
        ws_max_size=LARGEST_MESSAGE,
        timeout_graceful_shutdown=2,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
    _Server(config, ready).run(sockets=[listener])


def sweep_after_pages() -> None:
    """Collect what pages leave behind once as many were left as are open, and `PAGES_LEFT` at least.

    A page holds on to itself, and only a full collection finds that; it stops everybody, so it is rare.
    """
    left = 0

    def count() -> None:
        nonlocal left
        left += 1
        if left >= max(PAGES_LEFT, len(Client.instances)):
            left = 0
            gc.collect()

    nicegui_app.on_delete(count)


class _Server(uvicorn.Server):
    """Tells when it is ready, and leaves the process alive when a signal has ended it."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then spare the start's objects from garbage collection.

        Full ones stop everybody for long, so they are rare; all others take milliseconds.
        """
        await super().startup(sockets)
        if self.started:
            gc.collect()
            gc.freeze()
            gc.set_threshold(2_000, 10, 900)
            sys.setswitchinterval(SWITCH_SECONDS)
            gc.enable()
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End at a signal, without passing it on afterwards: there is tidying up to do."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()


def page_of(request: Request) -> str:
    """Return the page that sent the form that chooses a language; the start page when it is not told or odd.

    What its address asks for stays, but for a language, and for what was to be said once.
    """
    told = referrer_of(request)
    if not told.path.startswith("/") or told.path.startswith(("//", "/\\")):
        return "/"
    query = urlencode([(name, value) for name, value in parse_qsl(told.query) if name not in SAID_ONCE])
    return f"{told.path}?{query}" if query else told.path
