"""What `trainer bench pages` measures: how soon a page answers a class, beside a bare page of the framework."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import httpx

from trainer import bootstrap
from trainer.adapters.hrms_process import HrmsProcess, free_port
from trainer.adapters.raw_page import RawPage, fetch, sign_in
from trainer.app.ports import Control
from trainer.cli.bench import Row
from trainer.cli.bench_typing import run
from trainer.cli.bench_typist import SEED, begin, percentile, session
from trainer.core.errors import BrokenEnvironment
from trainer.i18n import gettext as _

TRAINEES = 100
PAUSE_SECONDS = 2.0
"""Each trainee acts on the open page once in so long."""
OPEN_SECONDS = 10.0
"""Each trainee goes to another page once in so long: that costs the framework itself ten times an action."""
SECONDS = 5.0
WARM_SECONDS = 1.0
RATIO = 2.0
PROFILE = "suite"
ROLES = ("candidate", "hr", "head", "admin")
SHORT_SECONDS = 3.0
JOINING = 10
"""So many pages are opened at once before the measuring."""

_ID = re.compile(r"/[a-z]+\d[\w-]*(?=/|$|\?)")

Tell = Callable[[str], None]
Act = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Event:
    """Something a trainee does again and again on a page: an event of an element, its arguments in turn."""

    test_id: str
    kind: str
    arguments: tuple[Any, ...]


EVENTS = (
    Event("consent.agree", "change", (True, False)),
    Event("candidates.search", "update:value", ("a", "b", "")),
    Event("requisitions.search", "update:value", ("a", "b", "")),
    Event("org.search", "update:value", ("a", "b", "")),
    Event("messages.only_unread", "click", ()),
    Event("pricing.users", "update:modelValue", (10, 60, 120)),
    Event("check.again", "click", ()),
    Event("sync.filter_status", "update:modelValue", ({"value": 1}, {"value": 0})),
)
"""Where a page shows one of these, it is done there; every page is opened, too."""


@dataclass
class Place:
    """One page of one role.

    Attributes:
        path: Its address, with ``{sandbox}``.
        name: The same for people, ids left out.
        elements: How many it has.
        event: What is done there, if anything.
        changed: How many elements each argument of the event draws anew, in turn.
    """

    role: str
    path: str
    name: str
    elements: int
    event: Event | None = None
    changed: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Trainee:
    sandbox: str
    cookies: dict[str, str]


def pages(tell: Tell) -> list[Row]:
    """Measure; `tell` hears what is being measured."""
    return measure(tell, TRAINEES, SECONDS)


def measure(tell: Tell, trainees: int, seconds: float) -> list[Row]:
    """Let `trainees` people open and use every page for some seconds, and then its bare peer."""
    with bootstrap.passing_hrms() as process, bootstrap.control(process) as control, bare_pages() as bare:
        return run(_measure(tell, process, control, bare, trainees, seconds))


async def _measure(  # noqa: PLR0913, PLR0917  # who and where
    tell: Tell, process: HrmsProcess, control: Control, bare: str, count: int, seconds: float
) -> list[Row]:
    rows = []
    async with session() as http:
        trainees = await _trainees(http, process.base_url, control, count)
        for place in await _places(http, process.base_url, trainees[0]):
            tell(_("{count} people at {page} …").format(count=count, page=place.name))
            addresses = [
                (process.base_url + place.path.format(sandbox=one.sandbox), one.cookies[place.role])
                for one in trainees
            ]
            ours = await _opened(http, addresses, seconds)
            peer = await _opened(http, [(f"{bare}/open/{place.elements}", "")] * count, seconds)
            rows.append(_row(_("open {page}").format(page=place.name), ours, peer))
            if place.event is not None:
                bare_event = Event("act", "click", ())
                ours = await _used(http, process.base_url, addresses, place.event, seconds)
                act = [(f"{bare}/act/{place.elements}/{_joined(place.changed)}", "")] * count
                peer = await _used(http, bare, act, bare_event, seconds)
                rows.append(_row(f"{place.name}: {place.event.test_id}", ours, peer))
        tell(_("{count} people answering …").format(count=count))
        rows.append(await _answered(http, process, control, bare, count))
    return rows


def _row(name: str, ours: Sequence[float], peer: Sequence[float]) -> Row:
    p95 = percentile(ours, 0.95) * 1000
    return Row(f"{name}, p95", p95, "ms", percentile(peer, 0.95) * 1000, _("bare page, same run"), RATIO)


# -- who and where ---------------------------------------------------------------------------------------------


async def _trainees(http: aiohttp.ClientSession, base_url: str, control: Control, count: int) -> list[_Trainee]:
    first = control.create(PROFILE, "en", SEED).id
    found = []
    for number in range(count):
        sandbox = first if number == 0 else control.clone(first).id
        cookies = {role: await sign_in(http, base_url, control.sign_in_link(sandbox, role)) for role in ROLES}
        found.append(_Trainee(sandbox, cookies))
    return found


async def _places(http: aiohttp.ClientSession, base_url: str, visitor: _Trainee) -> list[Place]:
    """Find every kind of page by following the links of every role."""
    found: dict[str, Place] = {}
    for role in ROLES:
        base = f"/s/{visitor.sandbox}/{role}"
        waiting = [f"{base}/"]
        while waiting:
            path = waiting.pop(0)
            name = _ID.sub("/*", path.removeprefix(f"/s/{visitor.sandbox}"))
            if name in found:
                continue
            with contextlib.suppress(BrokenEnvironment):  # a file to download is no page
                async with RawPage(http, base_url, path, visitor.cookies[role]) as page:
                    place = Place(role, path.replace(visitor.sandbox, "{sandbox}"), name, len(page.elements))
                    place.event = next((one for one in EVENTS if page.find(one.test_id)), None)
                    place.changed = await _changes(page, place.event) if place.event is not None else ()
                    place.event = place.event if place.changed else None
                    found[name] = place
                    waiting += [href for href in _links(page) if href.startswith(f"{base}/")]
    return list(found.values())


def _links(page: RawPage) -> Iterator[str]:
    for one in page.elements.values():
        href = str(one.get("props", {}).get("href", ""))
        if one.get("tag") == "a" and "download" not in one["props"]:
            yield href.partition("?")[0].partition("#")[0]


async def _changes(page: RawPage, event: Event) -> tuple[int, ...]:
    """Return how many elements each of its arguments draws anew; nothing when the page stays as it is."""
    found = []
    for arguments in _turns(event):
        before = set(page.elements)
        try:
            async with asyncio.timeout(SHORT_SECONDS):
                await _do(page, event, arguments)
        except TimeoutError:
            return ()
        found.append(max(1, len(set(page.elements) - before)))
    return tuple(found)


def _turns(event: Event) -> list[tuple[Any, ...]]:
    """Return what an event carries, in turn."""
    return [(one,) for one in event.arguments] or [()]


def _joined(counts: Sequence[int]) -> str:
    return "-".join(map(str, counts))


async def _do(page: RawPage, event: Event, arguments: Sequence[Any]) -> None:
    """Do it, and return when the page was updated."""
    before = page.updates
    await page.do(event.test_id, *arguments, kind=event.kind)
    async with asyncio.timeout(30):
        await page.updated(before)


# -- the figures -----------------------------------------------------------------------------------------------


async def _opened(
    http: aiohttp.ClientSession, addresses: Sequence[tuple[str, str]], seconds: float
) -> list[float]:
    def act(url: str, cookie: str) -> Act:
        async def load() -> None:
            await fetch(http, url, cookie)

        return load

    return await act_in_turn([act(url, cookie) for url, cookie in addresses], seconds, OPEN_SECONDS)


async def _used(
    http: aiohttp.ClientSession,
    base_url: str,
    addresses: Sequence[tuple[str, str]],
    event: Event,
    seconds: float,
) -> list[float]:
    async with AsyncExitStack() as stack:
        open_pages = await join_pages(stack, http, base_url, addresses)

        def act(page: RawPage) -> Act:
            turns = cycle(_turns(event))

            async def use() -> None:
                await _do(page, event, next(turns))

            return use

        return await act_in_turn([act(page) for page in open_pages], seconds, PAUSE_SECONDS)


async def join_pages(
    stack: AsyncExitStack, http: aiohttp.ClientSession, base_url: str, addresses: Sequence[tuple[str, str]]
) -> list[RawPage]:
    """Open everybody's page, some at a time."""
    found: list[RawPage] = []
    for first in range(0, len(addresses), JOINING):
        some = [
            RawPage(http, base_url, url.removeprefix(base_url), cookie)
            for url, cookie in addresses[first : first + JOINING]
        ]
        found += await asyncio.gather(*(stack.enter_async_context(page) for page in some))
    return found


async def act_in_turn(acts: Sequence[Act], seconds: float, pause: float) -> list[float]:
    """Let everybody act once in `pause` seconds, evenly spread; return what each act took."""
    random = Random(7)
    times: list[float] = []
    began = time.perf_counter()

    async def trainee(act: Act, late: float) -> None:
        due = began + late
        while due < began + WARM_SECONDS + seconds:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            started = time.perf_counter()
            await act()
            if due >= began + WARM_SECONDS:
                times.append(time.perf_counter() - started)
            due += pause

    await asyncio.gather(*(trainee(act, random.uniform(0, pause)) for act in acts))
    return times


async def use_bare(
    http: aiohttp.ClientSession, bare: str, elements: int, count: int, seconds: float
) -> list[float]:
    """Let so many people use a bare page that stores a row and draws one element; return what each act took."""
    act = [(f"{bare}/store/{elements}/1", "")] * count
    return await _used(http, bare, act, Event("act", "click", ()), seconds)


async def _answered(
    http: aiohttp.ClientSession, process: HrmsProcess, control: Control, bare: str, count: int
) -> Row:
    """Let everybody answer the questions of an interview, one in two seconds."""
    origin = control.create("web", "en", SEED)
    await begin(http, process.base_url, control, origin.id)
    questions = origin.context["questions"]
    addresses = []
    for _number in range(count):
        clone = control.clone(origin.id).id
        cookie = await sign_in(http, process.base_url, control.sign_in_link(clone, "candidate"))
        addresses.append((f"{process.base_url}/s/{clone}/candidate/interview", cookie))
    random = Random(7)
    times: list[float] = []
    elements, changed = 0, 1
    async with AsyncExitStack() as stack:
        rooms = await join_pages(stack, http, process.base_url, addresses)
        for room in rooms:
            await _do(room, Event("resume.continue", "click", ()), ())
            elements = len(room.elements)

        async def answer_all(room: RawPage, late: float) -> None:
            nonlocal changed
            await asyncio.sleep(late)
            for number, question in enumerate(questions):
                due = time.perf_counter() + PAUSE_SECONDS
                before, known = room.updates, set(room.elements)
                started = time.perf_counter()
                await room.do("interview.submit", {"text": question["sample"], "seq": number + 1})
                async with asyncio.timeout(30):
                    while room.find("interview.submit") and set(room.elements) == known:
                        await room.updated(before)
                        before = room.updates
                times.append(time.perf_counter() - started)
                changed = max(changed, len(set(room.elements) - known))
                await asyncio.sleep(max(0.0, due - time.perf_counter()))

        await asyncio.gather(*(answer_all(room, random.uniform(0, PAUSE_SECONDS)) for room in rooms))
    act = [(f"{bare}/store/{elements}/{changed}", "")] * count
    seconds = PAUSE_SECONDS * len(questions)
    peer = await _used(http, bare, act, Event("act", "click", ()), seconds)
    return _row("/candidate/interview: interview.submit", times, peer)


@contextmanager
def bare_pages() -> Iterator[str]:
    """Serve the bare pages; gives their address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with TemporaryDirectory(prefix="trainer-bare-", ignore_cleanup_errors=True) as storage:
        server = subprocess.Popen(
            [sys.executable, "-m", "trainer.cli.bare_pages", str(port), storage],
            env={**os.environ, "NICEGUI_STORAGE_PATH": storage},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and server.poll() is None:
                with contextlib.suppress(httpx.TransportError):
                    if httpx.get(f"{address}/healthz", trust_env=False).is_success:
                        break
                time.sleep(0.02)
            yield address
        finally:
            server.kill()
            server.wait()
