"""What `trainer bench soak` measures: a class that comes and goes for half an hour leaves nothing behind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory

from trainer import bootstrap
from trainer.adapters.database import Database, sqlite_url
from trainer.cli.bench import Row
from trainer.cli.bench_load import LOG, PATH, Server, asking, lost, practising, served
from trainer.cli.bench_pages import PAUSE_SECONDS, act_in_turn, join_pages
from trainer.cli.bench_typing import run
from trainer.cli.bench_typist import session
from trainer.core.workshop import Phase
from trainer.i18n import gettext as _
from trainer.web.services import Settings

TRAINEES = 50
MINUTES = 30.0
WAVE_SECONDS = 60.0
"""So long everybody works before everybody leaves."""

GROWTH = 1.2
"""So much the memory after the last wave may be of that after the first."""

FORGET_SECONDS = Settings().reconnect + 5.0
"""After so long the server has forgotten the pages that were left."""

Tell = Callable[[str], None]


def soak(tell: Tell) -> list[Row]:
    """Measure; `tell` hears what is being measured."""
    return measure(tell, TRAINEES, MINUTES, WAVE_SECONDS)


def measure(tell: Tell, trainees: int, minutes: float, wave: float) -> list[Row]:
    """Let a class join, work and leave again and again: two waves at least.

    Args:
        tell: Hears what is being measured.
        trainees: How many.
        minutes: How long in all.
        wave: How many seconds everybody works before everybody leaves.
    """
    with (
        TemporaryDirectory(prefix="trainer-soak-", ignore_cleanup_errors=True) as home,
        served(Path(home)) as server,
        closing(Database(sqlite_url(server.home / "platform.sqlite"))) as database,
    ):
        return run(_measure(tell, server, database, trainees, minutes, wave))


async def _measure(  # noqa: PLR0913, PLR0917  # who, where and how long
    tell: Tell, server: Server, database: Database, count: int, minutes: float, wave: float
) -> list[Row]:
    workshops = bootstrap.workshops(database)
    made = workshops.create(PATH, names=[f"Trainee {number:03d}" for number in range(count)], test=False, host="")
    workshops.turn(made.id, Phase.RUNNING)
    memory: list[float] = []
    gone = 0
    async with session() as http:
        addresses = await practising(http, server, database, made, workshops.seats(made.id))
        until = time.monotonic() + 60 * minutes
        while len(memory) < 2 or time.monotonic() < until:  # noqa: PLR2004  # the first and another one
            tell(_("Wave {number}: {count} trainees …").format(number=len(memory) + 1, count=count))
            async with AsyncExitStack() as stack:
                pages = await join_pages(stack, http, server.url, addresses)
                await act_in_turn([asking(page) for page in pages], wave, PAUSE_SECONDS)
                gone += lost(pages, workshops.seats(made.id))
            await asyncio.sleep(FORGET_SECONDS)
            memory.append(server.memory[0])
    errors = sum(" ERROR " in line for line in (server.home / LOG).read_text().splitlines())
    name = _("{count} trainees, {waves} waves: ").format(count=count, waves=len(memory))
    return [
        Row(name + _("memory after the last"), memory[-1], "MB", memory[0], _("after the first"), GROWTH),
        Row(name + _("errors in the log"), float(errors), "", 0.0, _("limit"), 1.0),
        Row(name + _("acknowledged and lost"), float(gone), "", 0.0, _("limit"), 1.0),
    ]
