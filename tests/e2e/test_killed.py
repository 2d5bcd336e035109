"""The trainer is killed, and then the practice HR system, with a class in the middle of its lessons."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from random import Random
from typing import Any

import aiohttp
import httpx
import psutil
import pytest

from tests.ui.practice.trainees import Trainer
from trainer import bootstrap
from trainer.adapters.control_http import HttpControl
from trainer.adapters.database import Database, sqlite_url
from trainer.adapters.raw_page import RawPage, sign_in
from trainer.adapters.workshop_store import StoredWorkshops
from trainer.cli.bench_kills import answer
from trainer.cli.bench_typist import Seat as Room
from trainer.cli.bench_typist import Typist, session, type_for
from trainer.core.errors import BrokenEnvironment
from trainer.core.runs import Run
from trainer.core.score import score
from trainer.core.workshop import Phase

TOKEN = "a token of a test"
PROGRAM = f"""
from trainer.adapters.hrms_process import HrmsProcess
from trainer.cli import main

begin = HrmsProcess.__init__

def begin_with_our_token(self, *arguments, **more):
    begin(self, *arguments, **more)
    self.token = {TOKEN!r}

HrmsProcess.__init__ = begin_with_our_token
main()
"""
"""A trainer whose practice system answers to our questions, too."""

KEYS_A_SECOND = 4.0
TYPING_SECONDS = 2.0
FIRST = 1
"""Number of the first answer's text; the page counts on from there."""

PATIENCE = 120.0
BACK_SECONDS = 15.0
"""So long after a restart everybody has to be back; the proof measures it, running alone."""

CUT = (aiohttp.ClientError, ConnectionError, TimeoutError, BrokenEnvironment)
SIZE = 50


@dataclass
class Trainee:
    """One trainee of the class, in the middle of an interview.

    Attributes:
        name: As on the roster; every third one takes a hint and asks for help.
        cookie: What the browser sends to the trainer.
        seat: Id of the seat.
        run: Id of the Run.
        typist: Types the answer to the second question.
        open: The practice page.
    """

    name: str
    cookie: str
    seat: str
    run: str
    typist: Typist
    asks: bool
    open: RawPage
    before: Run | None = field(default=None)


@pytest.fixture
def trainer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainer]:
    running = Trainer(tmp_path_factory.mktemp("home"), PROGRAM)
    yield running
    running.stop()
    assert "Traceback" not in running.log(), running.log()


@pytest.fixture
def control(trainer: Trainer) -> Iterator[HttpControl]:
    made = HttpControl(f"http://127.0.0.1:{trainer.sandbox_port}", TOKEN)
    yield made
    made.close()


class Class:
    """A workshop whose trainees are all in the second question of their first lesson."""

    def __init__(self, trainer: Trainer, control: HttpControl, http: aiohttp.ClientSession) -> None:
        self.trainer = trainer
        self.control = control
        self.people: list[Trainee] = []
        self._http = http
        self._random = Random(1)  # noqa: S311  # seeded on purpose

    async def gather(self, count: int) -> None:
        """Let so many trainees join, begin, and answer the first question."""
        with closing(self._database()) as database:
            workshops = bootstrap.workshops(database)
            names = [f"Trainee {number:02d}" for number in range(count)]
            made = workshops.create("candidate", names=names, test=False, host="")
            workshops.turn(made.id, Phase.RUNNING)
            self._workshop, seats = made.id, workshops.seats(made.id)
        for number, seat in enumerate(seats):
            form = {"code": made.code, "name": seat.name}
            async with self._http.post(f"{self.trainer.url}/join", data=form, allow_redirects=False) as joined:
                cookie = "; ".join(f"{name}={one.value}" for name, one in joined.cookies.items())
            run = await self._begun(seat.owner, cookie)
            typist = await self._in_the_second_question(run.sandbox)
            page = RawPage(self._http, self.trainer.url, f"/practice/{run.id}", cookie)
            self.people.append(Trainee(seat.name, cookie, seat.id, run.id, typist, number % 3 == 0, page))

    async def _begun(self, owner: str, cookie: str) -> Run:
        async with RawPage(self._http, self.trainer.url, "/class", cookie) as page:
            await page.do("class.start")
            with self.trainer.runs() as runs:
                async with asyncio.timeout(PATIENCE):
                    while not (found := runs.of(owner)):  # noqa: ASYNC110  # another process stores it
                        await asyncio.sleep(0.02)
        return found[0]

    async def _in_the_second_question(self, sandbox: str) -> Typist:
        base = self.control.base_url
        cookie = await sign_in(self._http, base, self.control.sign_in_link(sandbox, "candidate"))
        questions = self.control.info(sandbox).context["questions"]
        async with RawPage(self._http, base, f"/s/{sandbox}/candidate/interview", cookie) as page:
            await page.do("consent.agree", True, kind="change")  # noqa: FBT003  # what the event carries
            await page.do("consent.begin")
            await page.do("device.skip")
            await answer(page, questions[0])
        sitting = self.control.snapshot(sandbox)["sitting"]["id"]
        room = Room(sandbox, f"{base}/s/{sandbox}/candidate", cookie, sitting, questions[1]["id"])
        return Typist(room, seq=FIRST, acked=FIRST)

    async def open_everything(self, stack: AsyncExitStack) -> None:
        """Open the practice page of everybody, until it says that the second question is to be answered."""
        for one in self.people:
            await stack.enter_async_context(one.open)
            await report_ready(one.open)
        for one in self.people:
            await self.is_at_the_second_question(one)

    async def is_at_the_second_question(self, one: Trainee) -> None:
        """Wait until the coach says so."""
        async with asyncio.timeout(PATIENCE):
            while step(one.open) != "answer.2":
                await one.open.updated(one.open.updates)

    async def get_help(self) -> None:
        """Let every third trainee take a hint, which costs, and ask the instructor, and see both on the page."""
        for one in self.people:
            if one.asks:
                await one.open.do("coach.help")
                await one.open.do("class.help")
        for one in self.people:
            async with asyncio.timeout(PATIENCE):
                while one.asks != (asked(one.open) and hints(one.open) > 0):
                    await one.open.updated(one.open.updates)

    async def type_while(self, strike: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Let everybody type, and something happen in the middle; return when every text is acknowledged."""
        typists = [one.typist for one in self.people]
        struck = asyncio.create_task(strike())
        await type_for(typists, self._http, seconds=TYPING_SECONDS, rate=KEYS_A_SECOND, random=self._random)
        await struck
        async with asyncio.timeout(PATIENCE):
            for typist in typists:
                while typist.acked < typist.seq:
                    if not await typist.send_once(self._http):
                        await asyncio.sleep(0.1)

    def lost(self) -> list[str]:
        """Compare everything that was acknowledged with what is stored, and return what is not there."""
        found = []
        for one in self.people:
            sitting = self.control.snapshot(one.typist.seat.sandbox)["sitting"]
            draft = sitting["draft"] or {"seq": 0, "text": ""}
            if (draft["seq"], draft["text"]) != (one.typist.seq, one.typist.text):
                found.append(f"{one.name}: the draft is {draft['seq']} of {one.typist.seq}")
            if len(sitting["answers"]) != 1:
                found.append(f"{one.name}: {len(sitting['answers'])} answers")
        with self.trainer.runs() as runs, closing(self._database()) as database:
            asking = {seat.id for seat in StoredWorkshops(database).seats(self._workshop) if seat.asked}
            for one in self.people:
                now = runs.get(one.run)
                if one.before is None or now is None or told(now) != told(one.before):
                    found.append(f"{one.name}: the Run is {now and told(now)}")
                if (one.seat in asking) != one.asks:
                    found.append(f"{one.name}: asks for help")
        return found

    def remember(self) -> None:
        """Remember the Runs as they are stored."""
        with self.trainer.runs() as runs:
            for one in self.people:
                one.before = runs.get(one.run)

    def _database(self) -> Database:
        return Database(sqlite_url(self.trainer.home / "platform.sqlite"))

    async def come_back(self, begun: float) -> float:
        """Open everybody's page again as soon as that works; return the seconds since `begun` that all took."""

        async def back(one: Trainee) -> None:
            while True:
                try:
                    await one.open.open()
                    await report_ready(one.open)
                    await self.is_at_the_second_question(one)
                except CUT:
                    await asyncio.sleep(0.2)
                else:
                    return

        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(back(one) for one in self.people))
        return time.monotonic() - begun

    async def answers_from(self, begun: float) -> float:
        """Wait until every room is there again; return the seconds since `begun`."""

        async def answered(one: Trainee) -> None:
            room = one.typist.seat
            while True:
                try:
                    async with RawPage(
                        self._http, self.control.base_url, f"/s/{room.sandbox}/candidate/interview", room.cookie
                    ):
                        return
                except CUT:
                    await asyncio.sleep(0.2)

        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(answered(one) for one in self.people))
        return time.monotonic() - begun

    async def go_on(self) -> None:
        """Let everybody submit the second answer and see the third question asked for."""
        for one in self.people:
            room = one.typist.seat
            path = f"/s/{room.sandbox}/candidate/interview"
            async with RawPage(self._http, self.control.base_url, path, room.cookie) as page:
                await page.do("resume.continue")
                await answer(page, {"sample": one.typist.text})
            async with asyncio.timeout(PATIENCE):
                while step(one.open) != "answer.3":
                    await one.open.updated(one.open.updates)
        stored = [self.control.snapshot(one.typist.seat.sandbox)["sitting"]["answers"] for one in self.people]
        assert [[found["text"] for found in answers[1:]] for answers in stored] == [
            [one.typist.text] for one in self.people
        ]


def step(page: RawPage) -> str:
    """Return the Step that the coach says is to be done now."""
    for one in page.elements.values():
        props: dict[str, Any] = one.get("props", {})
        if str(props.get("data-testid", "")).startswith("coach.step[") and props.get("data-state") == "now":
            return str(props["data-testid"])[len("coach.step[") : -1]
    return ""


async def report_ready(page: RawPage) -> None:
    """Report that the practice window shows a page, as the page's script does."""
    key, heard = next(
        (key, one)
        for key, element in page.elements.items()
        for one in element.get("events", [])
        if one["type"] == "practice"
    )
    ready = json.dumps({"kind": "ready"})
    await page.send_raw("event", {"id": key, "listener_id": heard["listener_id"], "args": [ready]})


def asked(page: RawPage) -> bool:
    """Tell whether the page says that help is on its way."""
    found = page.find("class.help")
    return found is not None and found[1]["props"].get("aria-pressed") == "true"


def hints(page: RawPage) -> int:
    """Return how many hints the page shows."""
    return sum("hint-" in " ".join(one.get("class", [])) for one in page.elements.values())


def told(run: Run) -> tuple[object, ...]:
    """Return what may not change of a Run."""
    ongoing = run.ongoing
    return (run.attempts, score(run), ongoing and (ongoing.step, ongoing.helps, ongoing.mistakes, ongoing.done))


def left(family: Sequence[psutil.Process]) -> list[str]:
    """Return those of a family that live on although their head was killed."""
    _gone, alive = psutil.wait_procs(family, timeout=10)
    return [" ".join(one.cmdline()) for one in alive]


@pytest.mark.proof
def test_a_class_comes_back_from_two_kills(trainer: Trainer, control: HttpControl) -> None:
    async def live() -> None:
        async with session() as http, AsyncExitStack() as stack:
            room = Class(trainer, control, http)
            await room.gather(SIZE)
            await room.open_everything(stack)
            await room.get_help()
            room.remember()

            async def kill_the_trainer() -> None:
                await asyncio.sleep(TYPING_SECONDS / 2)  # in the middle of the typing
                family = psutil.Process(trainer.pid).children(recursive=True)
                os.kill(trainer.pid, signal.SIGKILL)
                assert await asyncio.to_thread(left, family) == []
                begun = time.monotonic()
                await asyncio.to_thread(trainer.start_again)
                assert await room.come_back(begun) <= BACK_SECONDS

            await room.type_while(kill_the_trainer)
            assert room.lost() == []
            assert all(asked(one.open) == one.asks for one in room.people)

            async def kill_the_practice_system() -> None:
                await asyncio.sleep(TYPING_SECONDS / 2)
                begun = time.monotonic()
                await asyncio.to_thread(trainer.kill_sandbox_system)
                assert await room.answers_from(begun) <= BACK_SECONDS

            await room.type_while(kill_the_practice_system)
            assert room.lost() == []
            await room.go_on()

    asyncio.run(live())
    assert httpx.get(f"{trainer.url}/healthz").json() == {"ok": True, "sandbox": True}
    family = psutil.Process(trainer.pid).children(recursive=True)
    assert len([one for one in family if "--parent-port" in one.cmdline()]) == 1
