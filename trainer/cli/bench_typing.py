"""What `trainer bench typing` measures: how soon a keystroke is durable when a whole class types at once."""

from __future__ import annotations

import asyncio
import gc
import statistics
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

import aiohttp
import psutil

from trainer import bootstrap
from trainer.adapters.hrms_process import HrmsProcess
from trainer.app.ports import Control
from trainer.cli.bench import Row
from trainer.cli.bench_typist import LONGEST_WAIT, Typist, percentile, seats, session, type_for
from trainer.i18n import gettext as _

TYPISTS = 100
KEYS_A_SECOND = 5.0
WARM_SECONDS = 4.0
SECONDS = 20.0
WINDOW_SECONDS = 3.0
SETTLE_SECONDS = 1.0
"""After a fault: what it left to the struck one alone is no longer counted for the neighbours."""

P95_LIMIT_MS = 150.0
P99_LIMIT_MS = 400.0
DRILL_RATIO = 1.10

Tell = Callable[[str], None]
T = TypeVar("T")


@dataclass
class Drill:
    """What the neighbours felt: p95 until durable in each window, and their errors.

    Attributes:
        before: In the window before each fault, in seconds.
        struck: In two windows during each fault.
        after: In the window after each fault.
        errors: In all of them.
        faults: What was drilled.
    """

    before: list[float] = field(default_factory=list)
    struck: list[float] = field(default_factory=list)
    after: list[float] = field(default_factory=list)
    errors: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass
class Typed:
    """What came of a class that typed."""

    seconds: list[float]
    saves: int
    errors: int
    cpu: float
    drill: Drill


def typing(tell: Tell) -> list[Row]:
    """Measure; `tell` hears what is being measured."""
    tell(_("{count} people are typing …").format(count=TYPISTS))
    done = measure(TYPISTS, SECONDS, WINDOW_SECONDS, bootstrap.ask_contract().faults, tell)
    limit = _("limit")
    drill = done.drill
    struck, calm, before, after = (
        statistics.median(found) * 1000
        for found in (drill.struck, drill.before + drill.after, drill.before, drill.after)
    )
    return [
        Row(_("key → durable, p50"), percentile(done.seconds, 0.5) * 1000, "ms"),
        Row(_("key → durable, p95"), percentile(done.seconds, 0.95) * 1000, "ms", P95_LIMIT_MS, limit, 1.0),
        Row(_("key → durable, p99"), percentile(done.seconds, 0.99) * 1000, "ms", P99_LIMIT_MS, limit, 1.0),
        Row(_("errors while typing"), done.errors, "", 0, limit, 1.0),
        Row(_("keys"), len(done.seconds), ""),
        Row(_("saves a second"), done.saves / SECONDS, "/s"),
        Row(_("share of a core, sandbox HRMS"), done.cpu * 100, "%"),
        Row(
            _("key → durable beside a drill, p95, median"),
            struck,
            "ms",
            calm,
            _("without a drill, same run"),
            DRILL_RATIO,
        ),
        Row(
            _("for control: windows after a drill, p95, median"),
            after,
            "ms",
            before,
            _("windows before a drill, same run"),
        ),
        Row(_("errors of the neighbours in a drill"), drill.errors, "", 0, limit, 1.0),
        Row(_("faults drilled"), len(drill.faults), ""),
    ]


def measure(count: int, seconds: float, window: float, faults: Sequence[str], tell: Tell) -> Typed:
    """Let `count` people type, first undisturbed, then while one of them has one fault after another."""
    with bootstrap.passing_hrms() as process, bootstrap.control(process) as control:
        return run(_measure(process, control, count, seconds, window, faults, tell))


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a client of many connections: on uvloop where it is there, without stops for garbage."""
    loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    with suppress(ImportError):
        from uvloop import new_event_loop as loop
    gc.collect()
    gc.freeze()
    try:
        with asyncio.Runner(loop_factory=loop) as runner:
            return runner.run(main)
    finally:
        gc.unfreeze()


async def _measure(  # noqa: PLR0913, PLR0917  # who, how long, with what
    process: HrmsProcess,
    control: Control,
    count: int,
    seconds: float,
    window: float,
    faults: Sequence[str],
    tell: Tell,
) -> Typed:
    random = Random(7)
    server = psutil.Process(process.pid)
    async with session() as http:
        typists = [Typist(seat) for seat in await seats(http, process.base_url, control, count)]
        await type_for(typists, http, seconds=WARM_SECONDS, rate=KEYS_A_SECOND, random=random)
        _forget(typists)
        before = sum(server.cpu_times()[:2])
        await type_for(typists, http, seconds=seconds, rate=KEYS_A_SECOND, random=random)
        cpu = (sum(server.cpu_times()[:2]) - before) / seconds
        done = Typed(
            [took for one in typists for _at, took in one.durable],
            sum(len(one.acks) for one in typists),
            sum(len(one.errors) + one.cuts for one in typists),
            cpu,
            Drill(),
        )
        for fault in faults:
            tell(_("The same while one of them has the fault {fault} …").format(fault=fault))
            await _drill(done.drill, typists, http, control, fault, window, random)
    return done


async def _drill(  # noqa: PLR0913, PLR0917  # who, how long, with what
    drill: Drill,
    typists: Sequence[Typist],
    http: aiohttp.ClientSession,
    control: Control,
    fault: str,
    window: float,
    random: Random,
) -> None:
    """Measure without, with, with, without: what drifts in the course of a run weighs on both alike."""
    struck, neighbours = typists[0].seat.sandbox, typists[1:]

    async def felt() -> float:
        _forget(typists)
        await type_for(typists, http, seconds=window, rate=KEYS_A_SECOND, random=random, wait_for=neighbours)
        drill.errors += sum(len(one.errors) + one.cuts for one in neighbours)
        return percentile([took for one in neighbours for _at, took in one.durable], 0.95)

    drill.before.append(await felt())
    await asyncio.to_thread(control.inject, struck, fault, 2 * window + LONGEST_WAIT)
    drill.struck += [await felt(), await felt()]
    await asyncio.to_thread(control.clear, struck, fault)
    await asyncio.sleep(SETTLE_SECONDS)
    drill.after.append(await felt())
    drill.faults.append(fault)


def _forget(typists: Sequence[Typist]) -> None:
    for one in typists:
        one.forget()
