"""What `trainer bench pages` measures: how soon a page answers a class, beside a bare page of the framework."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from itertools import cycle
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import aiohttp
import httpx

from trainer import bootstrap
from trainer.adapters.hrms_process import HrmsProcess, free_port
from trainer.adapters.raw_page import RawPage, fetch, sign_in
from trainer.app.ports import Control
from trainer.cli.bare_pages import INPUT, SELECT, Scene, Shape
from trainer.cli.bench import Row
from trainer.cli.bench_typing import run
from trainer.cli.bench_typist import SEED, begin, percentile, session
from trainer.core.errors import BrokenEnvironment
from trainer.i18n import gettext as _

TRAINEES = 100
PAUSE_SECONDS = 2.0
"""Each trainee acts on the open page once in so long."""
OPENED_A_SECOND = 14.0
"""So often somebody of the class goes to another page: that costs the framework itself ten times an action."""
VISITS = 100
"""So often each page is opened."""
SECONDS = 12.0
"""So long each action is measured."""
WARM_SECONDS = 1.0
LABEL: list[Shape] = [("div", "A label", [], {}, [])]
RATIO = 2.0
PROFILE = "suite"
ROLES = ("candidate", "hr", "head", "admin")
SHORT_SECONDS = 3.0
JOINING = 10
"""So many pages are opened at once before the measuring."""

_ID = re.compile(r"/[a-z_]+\d[\w-]*(?=/|$|\?)")

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
_BARE = "act"
"""What is used on a bare page."""
_ACT = Event(_BARE, "click", ())
_ALIKE = {INPUT, SELECT}
"""Controls that a bare page has, too; in the place of any other it has a button, which costs the least."""
_AROUND = ("q-layout", "q-page", "nicegui-timer")
"""What the framework puts around every page by itself, and what is no part of its looks."""


@dataclass
class Place:
    """One page of one role.

    Attributes:
        path: Its address, with ``{sandbox}``.
        name: The same for people, ids left out.
        elements: What stands on it.
        event: What is done there, if anything.
        control: The kind of element it is done with.
        changed: What each argument of the event draws anew, in turn.
    """

    role: str
    path: str
    name: str
    elements: list[Shape]
    event: Event | None = None
    control: str = ""
    changed: list[list[Shape]] = field(default_factory=list)

    def of(self, base_url: str, trainee: _Trainee) -> tuple[str, str]:
        """Return address and cookie of a trainee's own."""
        return base_url + self.path.format(sandbox=trainee.sandbox), trainee.cookies[self.role]

    def peer(self) -> tuple[Scene, Event]:
        """Return what a bare page shows where the same is done, and what is done."""
        event = self.event if self.event is not None and self.control in _ALIKE else _ACT
        return Scene(self.elements, self.changed, self.control), replace(event, test_id=_BARE)


@dataclass(frozen=True)
class _Trainee:
    sandbox: str
    cookies: dict[str, str]


def pages(tell: Tell) -> list[Row]:
    """Measure; `tell` hears what is being measured."""
    return measure(tell, TRAINEES, VISITS, SECONDS)


def measure(tell: Tell, trainees: int, visits: int, seconds: float) -> list[Row]:
    """Let people open and use every page, and others its bare peer at the same time.

    What slows the machine, or the framework, down for a moment then meets both.

    Args:
        tell: Hears what is being measured.
        trainees: How many people, on each side.
        visits: How often each page is opened.
        seconds: How long each action is measured.
    """
    with bootstrap.passing_hrms() as process, bootstrap.control(process) as control, bare_pages() as bare:
        return run(_measure(tell, process, control, bare, trainees, visits, seconds))


async def _measure(  # noqa: PLR0913, PLR0917  # who and where
    tell: Tell, process: HrmsProcess, control: Control, bare: str, count: int, visits: int, seconds: float
) -> list[Row]:
    async with session() as http:
        trainees = await _trainees(http, process.base_url, control, count)
        places = await _places(http, process.base_url, trainees[0])
        tell(_("{count} people open {pages} pages …").format(count=count, pages=len(places)))
        rows = await _opened(http, process.base_url, bare, places, trainees, visits)
        for place, event in _acted_on(places):
            tell(_("{count} people at {page} …").format(count=count, page=place.name))
            rows.append(await _used(http, process.base_url, bare, place, event, trainees, seconds))
        tell(_("{count} people answering …").format(count=count))
        rows.append(await _answered(http, process, control, bare, count))
    return rows


def _row(name: str, ours: Sequence[float], peer: Sequence[float]) -> Row:
    beside = _("bare page, same time; {count} each").format(count=min(len(ours), len(peer)))
    p95, bound = (percentile(times, 0.95) * 1000 for times in (ours, peer))
    return Row(f"{name}, p95", p95, "ms", bound, beside, RATIO)


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
                    place = Place(
                        role, path.replace(visitor.sandbox, "{sandbox}"), name, shapes(page, page.elements)
                    )
                    for event in EVENTS:
                        if shown := page.find(event.test_id):
                            place.changed = await _changes(page, event)
                            place.event = event if place.changed else None
                            place.control = str(shown[1]["tag"])
                            break
                    found[name] = place
                    waiting += [href for href in _links(page) if href.startswith(f"{base}/")]
    return list(found.values())


def _links(page: RawPage) -> Iterator[str]:
    for one in page.elements.values():
        href = str(one.get("props", {}).get("href", ""))
        if one.get("tag") == "a" and "download" not in one["props"]:
            yield href.partition("?")[0].partition("#")[0]


async def _changes(page: RawPage, event: Event) -> list[list[Shape]]:
    """Return what each of its arguments draws anew; nothing when the page stays as it is."""
    found = []
    for arguments in _turns(event):
        before = set(page.elements)
        try:
            async with asyncio.timeout(SHORT_SECONDS):
                await _do(page, event, arguments)
        except TimeoutError:
            return []
        found.append(_drawn(page, before))
    return found


def _drawn(page: RawPage, before: Collection[int]) -> list[Shape]:
    """Return what was drawn anew; a text that was changed is one element."""
    return shapes(page, set(page.elements) - set(before)) or list(LABEL)


def shapes(page: RawPage, which: Iterable[int]) -> list[Shape]:
    """Return elements of a page as a bare page draws them."""
    return [
        (
            one["tag"],
            one.get("text") or "",
            one.get("class", []),
            one.get("props", {}),
            [listener["type"] for listener in one.get("events", [])],
        )
        for one in (page.elements[number] for number in sorted(which))
        if not one["tag"].startswith(_AROUND)
    ]


async def prepare(http: aiohttp.ClientSession, bare: str, scene: Scene) -> str:
    """Tell the bare pages what to show; return its name."""
    name = uuid4().hex
    async with http.put(f"{bare}/scenes/{name}", json=asdict(scene)) as answer:
        if not answer.ok:
            raise BrokenEnvironment(f"{bare}: {answer.status}", await answer.text())
    return name


def _turns(event: Event) -> list[tuple[Any, ...]]:
    """Return what an event carries, in turn."""
    return [(one,) for one in event.arguments] or [()]


async def _do(page: RawPage, event: Event, arguments: Sequence[Any]) -> None:
    """Do it, and return when the page was updated."""
    before = page.updates
    await page.do(event.test_id, *arguments, kind=event.kind)
    async with asyncio.timeout(30):
        await page.updated(before)


# -- the figures -----------------------------------------------------------------------------------------------


async def _opened(  # noqa: PLR0913, PLR0917  # who and where
    http: aiohttp.ClientSession,
    base_url: str,
    bare: str,
    places: Sequence[Place],
    trainees: Sequence[_Trainee],
    visits: int,
) -> list[Row]:
    """Let somebody open each page so often, all pages in random order, and its bare peer as often meanwhile."""
    names = {place.name: await prepare(http, bare, Scene(place.elements)) for place in places}
    random = Random(7)
    plan = [(place, trainees[number % len(trainees)]) for place in places for number in range(visits)]
    random.shuffle(plan)
    ours: dict[str, list[float]] = {place.name: [] for place in places}
    peer: dict[str, list[float]] = {place.name: [] for place in places}
    began = time.perf_counter()

    async def open_at(due: float, url: str, cookie: str, times: list[float]) -> None:
        await asyncio.sleep(max(0.0, began + due - time.perf_counter()))
        started = time.perf_counter()
        await fetch(http, url, cookie)
        times.append(time.perf_counter() - started)

    opening = []
    for number, (place, one) in enumerate(plan):
        url, cookie = place.of(base_url, one)
        due, due_bare = ((number + random.random()) / OPENED_A_SECOND for _ in range(2))
        opening += [
            open_at(due, url, cookie, ours[place.name]),
            open_at(due_bare, f"{bare}/open/{names[place.name]}", "", peer[place.name]),
        ]
    await asyncio.gather(*opening)
    return [_row(_("open {page}").format(page=place.name), ours[place.name], peer[place.name]) for place in places]


def _acted_on(places: Sequence[Place]) -> list[tuple[Place, Event]]:
    """Return each action with the first page that has it: on another role's page of that kind it is the same."""
    found: dict[str, tuple[Place, Event]] = {}
    for place in places:
        if place.event is not None:
            found.setdefault(place.event.test_id, (place, place.event))
    return list(found.values())


async def _used(  # noqa: PLR0913, PLR0917  # who and where
    http: aiohttp.ClientSession,
    base_url: str,
    bare: str,
    place: Place,
    event: Event,
    trainees: Sequence[_Trainee],
    seconds: float,
) -> Row:
    """Let everybody act on one page, and as many on its bare peer meanwhile."""
    scene, same = place.peer()
    peer = f"{bare}/act/{await prepare(http, bare, scene)}"
    async with AsyncExitStack() as stack:
        ours, bares = await asyncio.gather(
            _using(stack, http, base_url, [place.of(base_url, one) for one in trainees], event),
            _using(stack, http, bare, [(peer, "")] * len(trainees), same),
        )
        times = await asyncio.gather(
            act_in_turn(ours, seconds, PAUSE_SECONDS), act_in_turn(bares, seconds, PAUSE_SECONDS, seed=8)
        )
    return _row(f"{place.name}: {event.test_id}", *times)


async def _using(
    stack: AsyncExitStack,
    http: aiohttp.ClientSession,
    base_url: str,
    addresses: Sequence[tuple[str, str]],
    event: Event,
) -> list[Act]:
    """Open everybody's page; return what each then does again and again."""

    def act(page: RawPage) -> Act:
        turns = cycle(_turns(event))

        async def use() -> None:
            await _do(page, event, next(turns))

        return use

    return [act(page) for page in await join_pages(stack, http, base_url, addresses)]


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


async def act_in_turn(
    acts: Sequence[Act], seconds: float, pause: float, seed: int = 7, *, apart: int = 1
) -> list[float]:
    """Let everybody act once in `pause` seconds, each at a moment of their own; return what each act took.

    Args:
        acts: What each of them does, again and again.
        seconds: How long.
        pause: Seconds from one act to the next.
        seed: Of the moments.
        apart: So many acts at most one is ahead of another.
    """
    random = Random(seed)
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

    await asyncio.gather(*(trainee(act, random.uniform(0, apart * pause)) for act in acts))
    return times


async def use_bare(
    http: aiohttp.ClientSession, bare: str, elements: int, count: int, seconds: float
) -> list[float]:
    """Let so many people use a bare page that stores a row and draws one label; return what each act took."""
    name = await prepare(http, bare, Scene(LABEL * (elements - 1), [LABEL]))
    async with AsyncExitStack() as stack:
        acts = await _using(stack, http, bare, [(f"{bare}/store/{name}", "")] * count, _ACT)
        return await act_in_turn(acts, seconds, PAUSE_SECONDS)


async def _answered(
    http: aiohttp.ClientSession, process: HrmsProcess, control: Control, bare: str, count: int
) -> Row:
    """Let everybody answer the questions of an interview, one in two seconds; as many store rows meanwhile."""
    origin = control.create("web", "en", SEED)
    await begin(http, process.base_url, control, origin.id)
    samples = [str(question["sample"]) for question in origin.context["questions"]]
    addresses = []
    for _number in range(count + 1):
        clone = control.clone(origin.id).id
        cookie = await sign_in(http, process.base_url, control.sign_in_link(clone, "candidate"))
        addresses.append((f"{process.base_url}/s/{clone}/candidate/interview", cookie))
    random = Random(7)
    times: list[float] = []

    async def answer_all(room: RawPage, late: float) -> None:
        await asyncio.sleep(late)
        for number, sample in enumerate(samples, start=1):
            due = time.perf_counter() + PAUSE_SECONDS
            times.append(await _answer(room, sample, number))
            await asyncio.sleep(max(0.0, due - time.perf_counter()))

    async with AsyncExitStack() as stack:
        first, *rooms = await join_pages(stack, http, process.base_url, addresses)
        for room in (first, *rooms):
            await _do(room, Event("resume.continue", "click", ()), ())
        stays, turns = shapes(first, first.elements), []
        for number, sample in enumerate(samples, start=1):  # to see what is drawn
            known = set(first.elements)
            await _answer(first, sample, number)
            turns.append(_drawn(first, known))
        name = await prepare(http, bare, Scene(stays, turns))
        peer = await _using(stack, http, bare, [(f"{bare}/store/{name}", "")] * count, _ACT)
        stored, _done = await asyncio.gather(
            act_in_turn(peer, PAUSE_SECONDS * len(samples), PAUSE_SECONDS, seed=8),
            asyncio.gather(*(answer_all(room, random.uniform(0, PAUSE_SECONDS)) for room in rooms)),
        )
    return _row("/candidate/interview: interview.submit", times, stored)


async def _answer(room: RawPage, text: str, seq: int) -> float:
    """Submit an answer; return the seconds until the next question, or the end of them, is on the page."""
    before, known = room.updates, set(room.elements)
    started = time.perf_counter()
    await room.do("interview.submit", {"text": text, "seq": seq})
    async with asyncio.timeout(30):
        while room.find("interview.submit") and set(room.elements) == known:
            await room.updated(before)
            before = room.updates
    return time.perf_counter() - started


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
