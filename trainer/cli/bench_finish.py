"""What `trainer bench scoring` measures beside the scores: a whole class ends its interviews at the same moment.

Each end is scored at once. Somebody else's page must not feel it.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from itertools import cycle

import aiohttp

from trainer import bootstrap
from trainer.adapters.raw_page import RawPage, sign_in
from trainer.app.ports import Control
from trainer.cli.bench import Row
from trainer.cli.bench_typing import run
from trainer.cli.bench_typist import SEED, begin, session
from trainer.i18n import gettext as _

COUNT = 100
LIMIT_MS = 200.0
CALM_SECONDS = 3.0
PAUSE_SECONDS = 0.05
PATIENCE_SECONDS = 60.0
JOINING = 10
"""So many pages are opened at once before the measuring."""

Tell = Callable[[str], None]


def finishing(tell: Tell, count: int = COUNT) -> list[Row]:
    """Measure; `tell` hears what is being measured."""
    tell(_("{count} candidates end their interviews at once …").format(count=count))
    with bootstrap.passing_hrms() as process, bootstrap.control(process) as control:
        calm, struck, seconds, scored = run(_measure(process.base_url, control, count))
    return [
        Row(_("interviews scored"), scored, "", count, _("ended at once"), 1.0, more_is_better=True),
        Row(_("until all of them were scored"), seconds, "s"),
        Row(_("somebody else's page meanwhile, median"), 1_000 * statistics.median(struck), "ms"),
        Row(_("for control: before it, median"), 1_000 * statistics.median(calm), "ms"),
        Row(
            _("somebody else's page meanwhile: longest delay"),
            1_000 * max(0.0, max(struck) - statistics.median(calm)),
            "ms",
            LIMIT_MS,
            _("limit"),
            1.0,
        ),
    ]


async def _measure(base_url: str, control: Control, count: int) -> tuple[list[float], list[float], float, int]:
    """Return a neighbour's seconds a click before and meanwhile, how long it took, and how many were scored."""
    async with session() as http, AsyncExitStack() as stack:
        rooms = await _rooms(stack, http, base_url, control, count)
        other = control.create("web", "en", SEED)
        cookie = await sign_in(http, base_url, control.sign_in_link(other.id, "hr"))
        page = await stack.enter_async_context(RawPage(http, base_url, f"/s/{other.id}/hr/", cookie))
        words = cycle(("a", "b", ""))  # one after the other over both phases: the same word again answers nothing
        calm = await _beside(page, words, asyncio.sleep(CALM_SECONDS))
        began = time.perf_counter()
        struck = await _beside(page, words, asyncio.gather(*(_end(room) for _sandbox, room in rooms)))
        seconds = time.perf_counter() - began
        scored = sum(control.snapshot(sandbox)["score"]["status"] == "scored" for sandbox, _room in rooms)
    return calm, struck, seconds, scored


async def _rooms(
    stack: AsyncExitStack, http: aiohttp.ClientSession, base_url: str, control: Control, count: int
) -> list[tuple[str, RawPage]]:
    """Return `count` open rooms whose question "End the interview?" only waits for its answer."""
    first = control.create("web", "en", SEED)
    await begin(http, base_url, control, first.id)
    cookie = await sign_in(http, base_url, control.sign_in_link(first.id, "candidate"))
    async with RawPage(http, base_url, f"/s/{first.id}/candidate/interview", cookie) as page:
        await page.do("resume.continue")
        for number, question in enumerate(first.context["questions"], 1):
            old = await page.wait_for("interview.submit")
            await page.do("interview.submit", {"text": question["sample"], "seq": number})
            while (new := page.find("interview.submit")) is not None and new[0] == old[0]:
                await page.updated(page.updates)
        await page.wait_for("interview.all_answered")

    async def room(sandbox: str) -> tuple[str, RawPage]:
        own = await sign_in(http, base_url, control.sign_in_link(sandbox, "candidate"))
        opened = await stack.enter_async_context(RawPage(http, base_url, f"/s/{sandbox}/candidate/interview", own))
        await opened.do("resume.continue")
        await opened.do("interview.end")
        await opened.wait_for("dialog.confirm")
        return sandbox, opened

    waiting = [control.clone(first.id).id for _number in range(count)]
    found = []
    while waiting:
        found += await asyncio.gather(*(room(one) for one in waiting[:JOINING]))
        del waiting[:JOINING]
    return found


async def _end(page: RawPage) -> None:
    """Confirm, and return when the page is told to leave, which is after the score."""
    await page.do("dialog.confirm")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not any("leaveFor" in one for one in page.scripts):
            await page.updated(page.updates)


async def _beside(page: RawPage, words: Iterator[str], work: Awaitable[object]) -> list[float]:
    """Search on a page for as long as `work` goes on, at least once; return how long each answer took."""
    doing = asyncio.ensure_future(work)
    took = []
    for word in words:
        before, began = page.updates, time.perf_counter()
        await page.do("candidates.search", word, kind="update:value")
        async with asyncio.timeout(PATIENCE_SECONDS):
            await page.updated(before)
        took.append(time.perf_counter() - began)
        if doing.done():
            break
        await asyncio.sleep(PAUSE_SECONDS)
    await doing
    return took
