"""What an instructor shows: who comes late sees it too, who is slow holds up nobody, and how it ends."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.builders import a_scenario
from trainer.adapters.demo_process import Demos, Ended, Hear, StepBegins
from trainer.core.errors import BadInput, BrokenEnvironment
from trainer.web import live_stream, showing
from trainer.web.live_stream import Stream
from trainer.web.showing import Showing, Showings

SECONDS = 20.0
FIRST = b"\xff\xd8first"
LARGE = 250_000
"""Bytes of a picture that fills what a connection takes unread."""


class Player:
    """Starts demos that do what a test tells them."""

    def __init__(self, broken: str = "") -> None:
        self.broken = broken
        self.stopped: list[str] = []
        self.hear: dict[str, Hear] = {}
        self.ended: dict[str, Ended] = {}

    def start(self, scenario: str, lang: str, hear: Hear, ended: Ended) -> Any:
        if self.broken:
            raise BrokenEnvironment(self.broken)
        assert lang == "en"
        self.hear[scenario], self.ended[scenario] = hear, ended
        player = self

        class Demo:
            def stop(self) -> None:
                player.stopped.append(scenario)

        return Demo()


class Open:
    """Pages of which a test says whether the instructor's is among them."""

    def __init__(self) -> None:
        self.led = True

    def is_led(self, _workshop: str) -> bool:
        return self.led


class Page:
    """A page that notes what it saw."""

    def __init__(self) -> None:
        self.seen: list[tuple[bool, int, str] | None] = []
        self.leave: Callable[[], None] = lambda: None

    def on_delete(self, leave: Callable[[], None]) -> None:
        self.leave = leave

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_error: object) -> None:
        pass

    def see(self, now: Showing | None) -> None:
        self.seen.append(None if now is None else (now.film, now.step, now.captions.get("en", "")))


def shown(player: Player, *, film: bool = False, pages: Open | None = None) -> Showings:
    there: Any = pages or Open()
    return Showings(player, lambda _lesson, _lang: film, there)


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(SECONDS):
        while not true():  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(0.01)


def test_pages_hear_of_steps_and_of_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "LAST_SECONDS", 0.0)

    async def play() -> None:
        player, early, late, gone = Player(), Page(), Page(), Page()
        showings = shown(player)
        for page in (early, gone):
            showings.watch("w", page, page.see)  # type: ignore[arg-type]  # a page of ours
        gone.leave()
        showings.begin("w", a_scenario(), "en")
        with pytest.raises(BadInput, match="shown already"):
            showings.begin("w", a_scenario(), "en")
        player.hear["lesson-web"](StepBegins(1, 2, {"en": "Press it."}))
        player.hear["lesson-web"](FIRST)
        await until(lambda: len(early.seen) == 3)
        showings.watch("w", late, late.see)  # type: ignore[arg-type]
        player.ended["lesson-web"]()
        await until(lambda: showings.of("w") is None)
        assert early.seen == [(False, 0, ""), (False, 1, "Press it."), (False, 1, "Press it."), None]
        assert late.seen == [(False, 1, "Press it."), None]
        assert gone.seen == []
        showings.begin("w", a_scenario(), "en")
        await showings.stop("w")
        assert (player.stopped, early.seen[-1], showings.of("w")) == (["lesson-web"], None, None)

    asyncio.run(play())


def test_it_ends_when_the_instructor_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "BEAT_SECONDS", 0.01)
    monkeypatch.setattr(showing, "ALONE_SECONDS", 0.03)

    async def play() -> None:
        player, pages = Player(), Open()
        showings = shown(player, pages=pages)
        showings.begin("w", a_scenario(), "en")
        await asyncio.sleep(0.1)
        assert showings.of("w") is not None
        pages.led = False
        await until(lambda: showings.of("w") is None)
        await until(lambda: player.stopped)

    asyncio.run(play())


def test_the_film_stands_in_where_no_browser_is_or_none_came_to_a_picture() -> None:
    async def play() -> None:
        with pytest.raises(BrokenEnvironment, match="no browser"):
            shown(Player("no browser")).begin("w", a_scenario(), "en")
        showings = shown(Player("no browser"), film=True)
        showings.begin("w", a_scenario(), "en")
        now = showings.of("w")
        assert now is not None
        assert now.film
        player, page = Player(), Page()
        showings = shown(player, film=True)
        showings.watch("w", page, page.see)  # type: ignore[arg-type]  # a page of ours
        showings.begin("w", a_scenario(), "en")
        player.ended["lesson-web"]()
        await until(lambda: page.seen == [(False, 0, ""), (True, 0, "")])

    asyncio.run(play())


@asynccontextmanager
async def served(now: Showing, may_watch: Callable[[], Awaitable[bool]]) -> AsyncIterator[int]:
    """Serve the stream of a showing on a free port, by the server that serves the trainer."""

    async def stream(_request: Request) -> Response:
        return Stream(now, may_watch)

    app = Starlette(routes=[Route("/live", stream)])
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
        running = asyncio.create_task(server.serve(sockets=[listener]))
        await until(lambda: server.started)
        yield listener.getsockname()[1]
        now.end()
        server.should_exit = True
        await running


async def always() -> bool:
    return True


class Reader:
    """Makes pictures out of what it receives, as a browser does; keeps what tells them apart: their first byte.

    Attributes:
        seen: First byte and length of each picture.
    """

    def __init__(self) -> None:
        self.seen: list[tuple[int, int]] = []
        self._rest = b""

    def take(self, piece: bytes) -> None:
        *parts, self._rest = (self._rest + piece).split(b"\r\n--picture\r\n")
        bodies = [one.partition(b"image/jpeg\r\n")[2].partition(b"\r\n\r\n")[2] for one in parts]
        self.seen += [(body[0], len(body)) for body in bodies if body]


def test_each_reader_gets_the_newest_picture_at_its_own_pace() -> None:
    async def play() -> None:
        now, quick, slow = Showing(a_scenario(), "en"), Reader(), Reader()
        now.take(FIRST)
        async with served(now, always) as port:
            behind, asking = await asyncio.open_connection("127.0.0.1", port, limit=1024)
            asking.write(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
            await behind.readline()  # and it reads no further for now
            async with (
                asyncio.timeout(SECONDS),
                httpx.AsyncClient() as web,
                web.stream("GET", f"http://127.0.0.1:{port}/live") as answer,
            ):
                assert answer.headers["content-type"] == "multipart/x-mixed-replace; boundary=picture"
                parts = answer.aiter_raw()
                while not quick.seen:
                    quick.take(await anext(parts))
                for number in range(1, 61):
                    now.take(bytes([number]) * LARGE)
                    while quick.seen[-1] != (number, LARGE):
                        quick.take(await anext(parts))
            assert [number for number, _size in quick.seen[1:]] == list(range(1, 61))  # nobody held it up
            async with asyncio.timeout(SECONDS):
                while not slow.seen or slow.seen[-1] != (60, LARGE):
                    slow.take(await behind.read(LARGE))
            assert len(slow.seen) < 40  # it goes on with the newest, and misses those between
            asking.close()
            await asking.wait_closed()

    asyncio.run(play())


def test_who_may_not_watch_any_more_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_stream, "BEAT_SECONDS", 0.0)

    async def play() -> None:
        now = Showing(a_scenario(), "en")
        now.take(FIRST)
        allowed = True

        async def may_watch() -> bool:
            return allowed

        async with (
            served(now, may_watch) as port,
            httpx.AsyncClient() as web,
            web.stream("GET", f"http://127.0.0.1:{port}/live") as answer,
        ):
            reader = Reader()
            async with asyncio.timeout(SECONDS):
                async for piece in answer.aiter_raw():
                    reader.take(piece)
                    if allowed and reader.seen:
                        allowed = False
                        now.take(bytes(LARGE))
            assert reader.seen == [(FIRST[0], len(FIRST))]

    asyncio.run(play())


DEMO = """
import json, sys
scenario, _, lang = sys.argv[1:]
out = sys.stdout.buffer
out.write(json.dumps({"step": 1, "steps": 3, "captions": {lang: scenario}}).encode() + b"\\n")
out.write(b'{"picture": 6}\\n\\xff\\xd8ab\\n\\n')
out.flush()
"""


@pytest.mark.parametrize(
    "then",
    ["", "sys.exit(3)", "out.write(b'nonsense')", "out.write(b'{\"picture\": 9999999}')", "sys.stdin.read()"],
)
def test_a_demo_is_heard_and_ended(then: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAINER_BROWSER", sys.executable)  # any program will do
    heard: list[object] = []
    over = threading.Event()

    async def play() -> None:
        demo = Demos((sys.executable, "-c", DEMO + then)).start("x", "en", heard.append, over.set)
        await until(lambda: len(heard) == 2)
        assert heard == [StepBegins(1, 3, {"en": "x"}), b"\xff\xd8ab\n\n"]
        if "stdin" in then:
            demo.stop()
        await until(over.is_set)

    asyncio.run(play())


def test_without_a_browser_no_demo_starts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRAINER_BROWSER", str(tmp_path / "none"))
    with pytest.raises(BrokenEnvironment, match="No browser"):
        Demos().start("x", "en", lambda _seen: None, lambda: None)
