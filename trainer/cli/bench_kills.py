"""SIGKILL while people type and finish interviews: what was acknowledged is there, once, in sound files."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from trainer import bootstrap
from trainer.adapters.hrms_process import HrmsProcess
from trainer.adapters.raw_page import RawPage
from trainer.app.ports import Control, SandboxInfo
from trainer.cli.bench_power import FILE, WAL, integrity
from trainer.cli.bench_typist import LETTERS, Seat, Typist, seats, session
from trainer.core.errors import BrokenEnvironment

SEATS = 4
LATEST_MS = 25.0
"""A kill falls at a random moment up to so long after the last save that is waited for."""
ONCE = ("interview_started", "interview_ended")
"""What may happen to one finished interview once only."""
CUT = (aiohttp.ClientError, OSError, TimeoutError, BrokenEnvironment)
"""What a client sees when the server goes away."""


@dataclass
class Kills:
    """What came of many kills.

    Attributes:
        kills: How often the process was killed.
        saves: Acknowledged saves.
        lost: Acknowledged saves that were missing afterwards.
        wrong: Drafts whose stored text is not the one sent with that number.
        duplicates: Answers and events of finished interviews that are there twice.
        finished: Interviews that were being finished when the process was killed.
        not_once: Of these, how many are not synced exactly once in the end.
        damaged: Files that failed ``PRAGMA integrity_check``.
        restarts: Seconds from the kill to the first answer.
    """

    kills: int = 0
    saves: int = 0
    lost: int = 0
    wrong: int = 0
    duplicates: int = 0
    finished: int = 0
    not_once: int = 0
    damaged: int = 0
    restarts: list[float] = field(default_factory=list)


def kill_often(kills: int, saves: int, *, seed: int) -> Kills:
    """Kill the process `kills` times at random moments during `saves` acknowledged autosaves."""
    random = Random(seed)
    found = Kills()
    with (
        TemporaryDirectory(prefix="trainer-kills-", ignore_cleanup_errors=True) as folder,
        HrmsProcess(Path(folder)) as process,
        bootstrap.control(process) as control,
    ):
        taken, origin = asyncio.run(_prepare(process.base_url, control))
        typists = [Typist(seat) for seat in taken]
        for number in range(kills):
            left = saves - sum(len(one.acks) for one in typists)
            due = max(1, int(left / (kills - number) * random.uniform(0.5, 1.5)))
            if number == kills - 1:
                due = max(1, left)
            finishing = control.clone(origin.id)
            asyncio.run(_round(process, control, typists, finishing, due, random))
            began = time.perf_counter()
            process.kill()
            found.kills += 1
            found.damaged += _unsound(Path(folder), [*(seat.sandbox for seat in taken), finishing.id])
            process.start()
            found.restarts.append(time.perf_counter() - began)
            for one in typists:
                _compare(found, control, one)
            asyncio.run(_finish_alone(process.base_url, control, finishing))
            _count(found, control, finishing)
            control.delete(finishing.id)
        found.saves = sum(len(one.acks) for one in typists)
    return found


async def _prepare(base_url: str, control: Control) -> tuple[list[Seat], SandboxInfo]:
    """Return seats for the typists, and a sandbox where only the last answer is missing."""
    async with session() as http:
        taken = await seats(http, base_url, control, SEATS)
        origin = control.clone(taken[0].sandbox)
        seat = await _enter(http, base_url, control, origin.id)
        async with RawPage(http, base_url, seat.path, seat.cookie) as page:
            await page.do("resume.continue")
            for question in origin.context["questions"][:-1]:
                await answer(page, question)
        return taken, origin


@dataclass(frozen=True)
class _Entry:
    path: str
    cookie: str


async def _enter(http: aiohttp.ClientSession, base_url: str, control: Control, sandbox: str) -> _Entry:
    from trainer.adapters.raw_page import sign_in

    cookie = await sign_in(http, base_url, control.sign_in_link(sandbox, "candidate"))
    return _Entry(f"/s/{sandbox}/candidate/interview", cookie)


async def answer(page: RawPage, question: Mapping[str, Any]) -> None:
    """Submit the sample answer of the open question, and return when the page goes on."""
    area, _element = await page.wait_for("interview.answer")
    await page.do("interview.submit", {"text": question["sample"], "seq": 1})
    async with asyncio.timeout(30):
        while area in page.elements:
            await page.updated(page.updates)


async def _round(  # noqa: PLR0913, PLR0917  # who takes part
    process: HrmsProcess,
    control: Control,
    typists: Sequence[Typist],
    finishing: SandboxInfo,
    due: int,
    random: Random,
) -> None:
    """Let everybody work, and kill the process soon after `due` saves."""
    before = sum(len(one.acks) for one in typists)
    dead = asyncio.Event()
    async with session() as http:
        entry = await _enter(http, process.base_url, control, finishing.id)

        async def keep_on(one: Typist) -> None:
            while not dead.is_set():
                if one.acked >= one.seq:
                    one.key(random.choice(LETTERS))
                if not await one.send_once(http) and not dead.is_set():
                    await asyncio.sleep(0.01)

        async def finish() -> None:
            await asyncio.sleep(random.uniform(0, 0.1))
            with suppress(*CUT):
                await _finish(http, process.base_url, entry, finishing)

        async def strike() -> None:
            while sum(len(one.acks) for one in typists) < before + due:
                await asyncio.sleep(0.001)
            await asyncio.sleep(random.uniform(0, LATEST_MS) / 1000)
            if process.pid is not None:
                os.kill(process.pid, signal.SIGKILL)
            dead.set()

        finisher = asyncio.create_task(finish())
        await asyncio.gather(strike(), *(keep_on(one) for one in typists))
        finisher.cancel()
        await asyncio.gather(finisher, return_exceptions=True)


async def _finish_alone(base_url: str, control: Control, sandbox: SandboxInfo) -> None:
    async with session() as http:
        entry = await _enter(http, base_url, control, sandbox.id)
        if control.snapshot(sandbox.id)["interview"]["status"] == "in_progress":
            await _finish(http, base_url, entry, sandbox)


async def _finish(http: aiohttp.ClientSession, base_url: str, entry: _Entry, sandbox: SandboxInfo) -> None:
    """Come back to the interview, give the last answer if it is missing, and end it."""
    async with RawPage(http, base_url, entry.path, entry.cookie) as page:
        await page.do("resume.continue")
        while page.find("interview.answer") is None and page.find("interview.all_answered") is None:
            await page.updated(page.updates)
        if page.find("interview.answer"):
            await answer(page, sandbox.context["questions"][-1])
        await page.do("interview.end")
        await page.do("dialog.confirm")
        async with asyncio.timeout(30):
            while not any("leaveFor" in script for script in page.scripts):
                await page.updated(page.updates)


def _unsound(folder: Path, sandboxes: Sequence[str]) -> int:
    """Count damaged files, looking at copies so that the process finds its own as it left them."""
    damaged = 0
    with TemporaryDirectory(prefix="trainer-look-") as copies:
        for sandbox in sandboxes:
            for name in (FILE, WAL):
                if (folder / sandbox / name).is_file():
                    shutil.copyfile(folder / sandbox / name, Path(copies) / name)
            try:
                damaged += integrity(Path(copies) / FILE) != "ok"
            except sqlite3.DatabaseError:
                damaged += 1
            for name in (FILE, WAL, f"{FILE}-shm"):
                (Path(copies) / name).unlink(missing_ok=True)
    return damaged


def _compare(found: Kills, control: Control, typist: Typist) -> None:
    draft = control.snapshot(typist.seat.sandbox)["sitting"]["draft"] or {"seq": 0, "text": ""}
    seq = int(draft["seq"])
    found.lost += sum(acked > seq for acked, _at in typist.acks)
    found.wrong += bool(seq) and draft["text"] != typist.sent.get(seq)


def _count(found: Kills, control: Control, sandbox: SandboxInfo) -> None:
    events, _last = control.events(sandbox.id, 0)
    snapshot = control.snapshot(sandbox.id)
    found.finished += 1
    kinds = Counter(one["kind"] for one in events)
    answered = Counter(one["data"]["question"] for one in events if one["kind"] == "answer_submitted")
    found.duplicates += sum(max(0, kinds[kind] - 1) for kind in ONCE)
    found.duplicates += sum(times - 1 for times in answered.values())
    found.duplicates += len(snapshot["sitting"]["answers"]) - len(sandbox.context["questions"])
    found.not_once += kinds["synced"] != 1 or snapshot["interview"]["synced"] != "done"
