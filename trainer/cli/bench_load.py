"""What `trainer bench load` measures: a workshop of socket clients at their lessons, and messages to all."""

from __future__ import annotations

import asyncio
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import psutil

from trainer import bootstrap
from trainer.adapters.database import Database, sqlite_url
from trainer.adapters.hrms_process import free_port
from trainer.adapters.raw_page import RawPage
from trainer.cli.bench import Row
from trainer.cli.bench_pages import PAUSE_SECONDS, act_in_turn, bare_pages, join_pages, use_bare
from trainer.cli.bench_typing import run
from trainer.cli.bench_typist import percentile, session
from trainer.core.errors import BrokenEnvironment
from trainer.core.people import Role
from trainer.core.workshop import Phase, Seat, Workshop
from trainer.i18n import gettext as _
from trainer.web.services import TRAINEE_COOKIE

CLASSES = ((100, 60.0), (200, 150.0))
"""How many trainees, and the p95 in ms that an action of theirs may take."""

SECONDS = 20.0
MESSAGES = 5
MESSAGE_MS = 300.0
MB_A_TRAINEE = 1.0
ELEMENTS = 60
PATH = "candidate"
PASSWORD = "a password of the bench"  # noqa: S105  # of an account that lives as long as the bench
MEGABYTE = 1024 * 1024
LOG = "serve.log"

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Server:
    """A trainer that is served: where, on which home, and its process."""

    url: str
    home: Path
    process: psutil.Process

    @property
    def memory(self) -> float:
        """Memory of the trainer in MB; the practice HR system is measured by other benches."""
        return float(self.process.memory_info().rss) / MEGABYTE


def load(tell: Tell) -> list[Row]:
    """Measure; `tell` hears what is being measured."""
    return [row for trainees, limit in CLASSES for row in measure(tell, trainees, SECONDS, limit)]


def measure(tell: Tell, trainees: int, seconds: float, limit: float) -> list[Row]:
    """Let a workshop of so many trainees work for some seconds, beside a bare page of the framework.

    Args:
        tell: Hears what is being measured.
        trainees: How many.
        seconds: How long.
        limit: The p95 in ms that an action may take.
    """
    with (
        TemporaryDirectory(prefix="trainer-load-", ignore_cleanup_errors=True) as home,
        served(Path(home)) as server,
        closing(Database(sqlite_url(server.home / "platform.sqlite"))) as database,
        bare_pages() as bare,
    ):
        return run(_measure(tell, server, database, bare, trainees, seconds, limit))


async def _measure(  # noqa: PLR0913, PLR0917  # who, where and how long
    tell: Tell, server: Server, database: Database, bare: str, count: int, seconds: float, limit: float
) -> list[Row]:
    workshops = bootstrap.workshops(database)
    made = workshops.create(PATH, names=[f"Trainee {number:03d}" for number in range(count)], test=False, host="")
    workshops.turn(made.id, Phase.RUNNING)
    tell(_("{count} trainees join …").format(count=count))
    async with session() as http, AsyncExitStack() as stack:
        before = server.memory
        addresses = await practising(http, server, database, made, workshops.seats(made.id))
        pages = await join_pages(stack, http, server.url, addresses)
        memory = (server.memory - before) / count
        tell(_("{count} trainees at their lessons …").format(count=count))
        times = await act_in_turn([asking(page) for page in pages], seconds, PAUSE_SECONDS)
        gone = lost(pages, workshops.seats(made.id))
        tell(_("Messages to {count} trainees …").format(count=count))
        arrived = await _messages(stack, http, server, database, made, pages)
        peer = await use_bare(http, bare, ELEMENTS, count, seconds)
    name = _("{count} trainees: ").format(count=count)
    p95 = 1000 * percentile(times, 0.95)
    return [
        Row(name + _("an action, p95"), p95, "ms", limit, _("limit"), 1.0),
        Row(name + _("an action beside a bare page"), p95, "ms", 1000 * percentile(peer, 0.95), _("same run")),
        Row(name + _("acknowledged and lost"), float(gone), "", 0.0, _("limit"), 1.0),
        Row(name + _("memory a trainee"), memory, "MB", MB_A_TRAINEE, _("limit"), 1.0),
        Row(
            name + _("a message to all, p95"), 1000 * percentile(arrived, 0.95), "ms", MESSAGE_MS, _("limit"), 1.0
        ),
    ]


async def practising(
    http: aiohttp.ClientSession, server: Server, database: Database, made: Workshop, seats: Sequence[Seat]
) -> list[tuple[str, str]]:
    """Let everybody join and begin the first lesson; return address and cookie of their practice pages."""
    runs = bootstrap.runs(database)
    found = []
    for seat in seats:
        cookie = await _sent(http, f"{server.url}/join", {"code": made.code, "name": seat.name})
        async with RawPage(http, server.url, "/class", cookie) as page:
            await page.do("class.start")
            async with asyncio.timeout(30):
                while not (begun := runs.of(seat.owner)):  # another process stores it
                    await asyncio.sleep(0.01)
        found.append((f"{server.url}/practice/{begun[0].id}", cookie))
    return found


def asking(page: RawPage) -> Callable[[], Awaitable[None]]:
    """Return what presses the button for help, which stores a row and tells the console, and waits."""

    async def ask() -> None:
        before = _asks(page)
        await page.do("class.help")
        async with asyncio.timeout(30):
            while _asks(page) == before:
                await page.updated(page.updates)

    return ask


def _asks(page: RawPage) -> bool:
    found = page.find("class.help")
    return found is not None and found[1]["props"].get("aria-pressed") == "true"


def lost(pages: Sequence[RawPage], seats: Sequence[Seat]) -> int:
    """Return how many trainees were shown something else than what is stored."""
    return sum(_asks(page) != (seat.asked is not None) for page, seat in zip(pages, seats, strict=True))


async def _messages(  # noqa: PLR0913, PLR0917
    stack: AsyncExitStack,
    http: aiohttp.ClientSession,
    server: Server,
    database: Database,
    made: Workshop,
    pages: Sequence[RawPage],
) -> list[float]:
    """Send messages from the console; return what each took to each trainee, in seconds."""
    people = bootstrap.people(database)
    people.set_password(people.link("bench", role=Role.ADMINISTRATOR), PASSWORD)
    signed_in = await _sent(http, f"{server.url}/sign-in", {"login": "bench", "password": PASSWORD})
    cookie = f"{signed_in}; {TRAINEE_COOKIE}={secrets.token_hex(16)}"  # every browser has one
    console = await stack.enter_async_context(RawPage(http, server.url, f"/console/{made.id}", cookie))
    times: list[float] = []

    async def arrives(page: RawPage, text: str, sent: float) -> None:
        while (found := page.find("class.message")) is None or found[1].get("text") != text:
            await page.updated(page.updates)
        times.append(time.perf_counter() - sent)

    for number in range(MESSAGES):
        text = f"Message {number}"
        await console.do("console.message", text, kind="change")
        sent = time.perf_counter()
        waiting = [asyncio.create_task(arrives(page, text, sent)) for page in pages]
        await console.do("console.send")
        async with asyncio.timeout(30):
            await asyncio.gather(*waiting)
    return times


async def _sent(http: aiohttp.ClientSession, url: str, form: dict[str, str]) -> str:
    """Send a form and return the cookie that it sets."""
    async with http.post(url, data=form, allow_redirects=False) as answer:
        if answer.status != HTTPStatus.SEE_OTHER or not answer.cookies:
            raise BrokenEnvironment(f"{url}: {answer.status}")
        return "; ".join(f"{name}={morsel.value}" for name, morsel in answer.cookies.items())


@contextmanager
def served(home: Path) -> Iterator[Server]:
    """Run `trainer serve` on a home of its own, where its log is, too."""
    port, sandbox_port = free_port(), free_port()
    program = "from trainer.cli import main; main()"
    arguments = ["serve", "--port", str(port), "--sandbox-port", str(sandbox_port)]
    environment = {name: value for name, value in os.environ.items() if name != "TRAINER_DATABASE_URL"}
    with (
        (home / LOG).open("w") as log,
        subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            env={**environment, "TRAINER_HOME": str(home)},
            stdout=subprocess.PIPE,
            stderr=log,
        ) as process,
    ):
        try:
            if process.stdout is None or not process.stdout.readline():
                raise BrokenEnvironment(_("The trainer did not start."), "trainer serve")
            yield Server(f"http://127.0.0.1:{port}", home, psutil.Process(process.pid))
        finally:
            process.terminate()
