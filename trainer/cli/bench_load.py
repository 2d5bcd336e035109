"""What `trainer bench load` measures: a workshop of socket clients at their lessons, and messages to all."""

from __future__ import annotations

import asyncio
import os
import secrets
import sqlite3
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
from trainer.cli.bench_pages import JOINING, PAUSE_SECONDS, act_in_turn, bare_pages, use_bare
from trainer.cli.bench_trainee import SocketTrainee
from trainer.cli.bench_typing import run
from trainer.cli.bench_typist import percentile, session
from trainer.core.errors import BrokenEnvironment
from trainer.core.people import Role
from trainer.core.workshop import Phase, Seat, Workshop
from trainer.i18n import gettext as _
from trainer.web.services import TRAINEE_COOKIE

CLASSES = ((100, 60.0), (200, 150.0))
"""How many trainees, and the p95 in ms that an action of theirs may take."""

CAPACITY_MS = 150.0
"""A class is not too large while the p95 of an action is at most this."""

STEPS = (50, 100)
"""The capacity for a class, and of the bare page, is told in steps of so many."""

SHARE = 0.5
"""Of the bare page's capacity, so much is the goal."""

SECONDS = 17.0
"""So long everybody goes on with the lesson: its interview has actions for that."""
APART = 4
"""So many actions at most one trainee is ahead of another: not all submit an answer in the same two seconds."""

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
    def memory(self) -> tuple[float, float]:
        """Memory in MB: of the trainer, and of all that it started, the practice HR system."""
        started = sum(one.memory_info().rss for one in self.process.children(recursive=True))
        return self.process.memory_info().rss / MEGABYTE, started / MEGABYTE


@dataclass(frozen=True)
class Worked:
    """What a class at its lessons came to.

    Attributes:
        times: Seconds until the practice system answered, of every action.
        verdicts: Seconds until the coach told the next step, of every step that passed.
        lost: How many answers and steps were acknowledged and are not stored.
        arrived: Seconds until a message of the instructor was on a page, of every message and page.
        memory: MB a trainee, of trainer and practice system.
    """

    times: list[float]
    verdicts: list[float]
    lost: int
    arrived: list[float]
    memory: tuple[float, float]


def load(tell: Tell) -> list[Row]:
    """Measure; `tell` hears what is being measured."""
    rows, ours = [], {}
    for count, limit in CLASSES:
        found, p95 = measure(tell, count, SECONDS, limit)
        rows += found
        ours[count] = p95 <= CAPACITY_MS

    def bears(count: int) -> bool:
        if count not in ours:
            with _workshop(count) as (server, database, made):
                worked = run(_lessons(tell, server, database, made, SECONDS))
            ours[count] = _p95(worked.times) <= CAPACITY_MS
        return ours[count]

    def bare_bears(count: int) -> bool:
        tell(_("{count} use a bare page …").format(count=count))
        with bare_pages() as bare:
            return _p95(run(_bare(bare, count, SECONDS))) <= CAPACITY_MS

    beside = _("a bare page, same run")
    capacity, peer = largest(bears, *STEPS), largest(bare_bears, STEPS[1], 2 * STEPS[1])
    name = _("largest class, an action p95 ≤ {limit:g} ms").format(limit=CAPACITY_MS)
    return [*rows, Row(name, capacity, "", peer, beside, 1 / SHARE, more_is_better=True)]


def largest(bears: Callable[[int], bool], step: int, first: int) -> int:
    """Return the largest multiple of `step` that is borne, 0 for none; `first` is tried first, and doubled."""
    low, high = 0, first
    while bears(high):
        low, high = high, 2 * high
    while high - low > step:
        middle = (low + high) // 2 // step * step
        low, high = (middle, high) if bears(middle) else (low, middle)
    return low


def measure(tell: Tell, count: int, seconds: float, limit: float) -> tuple[list[Row], float]:
    """Let a workshop of `count` trainees work for some seconds, beside a bare page of the framework.

    Args:
        tell: Hears what is being measured.
        count: How many trainees.
        seconds: How long.
        limit: The p95 in ms that an action may take.

    Returns:
        The rows, and the p95 of an action in ms.
    """
    with _workshop(count) as (server, database, made):
        worked = run(_lessons(tell, server, database, made, seconds))
    tell(_("{count} use a bare page …").format(count=count))
    with bare_pages() as bare:
        peer = run(_bare(bare, count, seconds))
    name, p95 = _("{count} trainees: ").format(count=count), _p95(worked.times)
    trainer, hrms = worked.memory
    limited = _("limit")
    rows = [
        Row(name + _("an action, p95"), p95, "ms", limit, limited, 1.0),
        Row(name + _("an action beside a bare page"), p95, "ms", _p95(peer), _("same run")),
        Row(name + _("a step passed is told, p95"), _p95(worked.verdicts), "ms"),
        Row(name + _("acknowledged and lost"), float(worked.lost), "", 0.0, limited, 1.0),
        Row(name + _("memory a trainee, trainer"), trainer, "MB", MB_A_TRAINEE, limited, 1.0),
        Row(name + _("memory a trainee, practice system"), hrms, "MB"),
        Row(name + _("a message to all, p95"), _p95(worked.arrived), "ms", MESSAGE_MS, limited, 1.0),
    ]
    return rows, p95


@contextmanager
def _workshop(count: int) -> Iterator[tuple[Server, Database, Workshop]]:
    """Serve a running workshop with so many seats."""
    with (
        TemporaryDirectory(prefix="trainer-load-", ignore_cleanup_errors=True) as home,
        served(Path(home)) as server,
        closing(Database(sqlite_url(server.home / "platform.sqlite"))) as database,
    ):
        workshops = bootstrap.workshops(database)
        names = [f"Trainee {number:03d}" for number in range(count)]
        made = workshops.create(PATH, names=names, test=False, host="")
        workshops.turn(made.id, Phase.RUNNING)
        yield server, database, made


async def _lessons(tell: Tell, server: Server, database: Database, made: Workshop, seconds: float) -> Worked:
    """Let everybody join and go on with the first lesson, an action in `PAUSE_SECONDS` each."""
    seats = bootstrap.workshops(database).seats(made.id)
    tell(_("{count} trainees join …").format(count=len(seats)))
    async with session() as http, AsyncExitStack() as stack:
        before = server.memory
        trainees = [
            SocketTrainee(http, server.url, url.removeprefix(server.url), cookie)
            for url, cookie in await practising(http, server, database, made, seats)
        ]
        for first in range(0, len(trainees), JOINING):
            some = trainees[first : first + JOINING]
            await asyncio.gather(*(stack.enter_async_context(one) for one in some))
        tell(_("{count} trainees at their lessons …").format(count=len(seats)))
        times = await act_in_turn([one.act for one in trainees], seconds, PAUSE_SECONDS, apart=APART)
        tell(_("Messages to {count} trainees …").format(count=len(seats)))
        arrived = await _messages(stack, http, server, database, made, [one.panel for one in trainees])
        trainer, hrms = (after - now for after, now in zip(server.memory, before, strict=True))
    runs = bootstrap.runs(database)
    stored = [runs.of(seat.owner)[0] for seat in seats]
    passed = sum(len(one.verdicts) for one in trainees) - sum(len(one.attempts) for one in stored)
    answers = sum(one.answered for one in trainees) - sum(_answers(server.home, one.sandbox) for one in stored)
    verdicts = [told for one in trainees for told in one.verdicts]
    memory = trainer / len(seats), hrms / len(seats)
    return Worked(times, verdicts, max(0, passed) + max(0, answers), arrived, memory)


def _answers(home: Path, sandbox: str) -> int:
    """Return how many answers the practice system's own file holds."""
    with closing(sqlite3.connect(home / "sandboxes" / sandbox / "hrms.sqlite")) as file:
        return int(file.execute("SELECT count(*) FROM answer").fetchone()[0])


async def _bare(bare: str, count: int, seconds: float) -> list[float]:
    async with session() as http:
        return await use_bare(http, bare, ELEMENTS, count, seconds)


def _p95(times: Sequence[float]) -> float:
    """Return the p95 of some seconds, in ms."""
    return 1000 * percentile(times, 0.95)


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


async def _messages(  # noqa: PLR0913, PLR0917  # from whom, to whom
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
