"""Typists without a browser: what the interview room's journal does with keystrokes, a hundred times at once.

Each keeps the newest number of its text, has one request under way, sends the newest text when the answer is
there, and tries again with a growing pause when there is none: the same rules as the page's own script.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from typing import Any

import aiohttp

from trainer.adapters.raw_page import RawPage, sign_in
from trainer.app.ports import Control
from trainer.core.scenario import Seed

FIRST_WAIT = 0.25
LONGEST_WAIT = 4.0
LETTERS = "the quick brown fox jumps over the lazy dog and 招聘 面试 答案 "
SEED = Seed(dataset="sales_two_openings", random=7)


@dataclass(frozen=True)
class Seat:
    """A place in an interview room: where drafts go, and what they are for."""

    sandbox: str
    url: str
    cookie: str
    sitting: str
    question: str


@dataclass
class Typist:
    """One person typing.

    Attributes:
        seat: Where.
        text: What is in the answer area.
        seq: Number of the newest keystroke.
        acked: Newest number that the server answered for, which is after COMMIT.
        acks: Number and time (monotonic ns) of every answer.
        durable: Time and seconds until durable of every keystroke.
        errors: Answers other than 200.
        cuts: Requests that got no answer.
    """

    seat: Seat
    text: str = ""
    seq: int = 0
    acked: int = 0
    acks: list[tuple[int, int]] = field(default_factory=list)
    sent: dict[int, str] = field(default_factory=dict)
    durable: list[tuple[float, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    cuts: int = 0
    _waiting: deque[tuple[int, float]] = field(default_factory=deque)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def key(self, letter: str) -> None:
        """Press a key."""
        self.seq += 1
        self.text = (self.text + letter)[-2_000:]
        self._waiting.append((self.seq, time.perf_counter()))
        self._wake.set()

    def forget(self) -> None:
        """Forget what was measured so far; what is typed and numbered stays."""
        for held in (self.acks, self.sent, self.durable, self.errors, self._waiting):
            held.clear()
        self.cuts = 0

    async def send(self, http: aiohttp.ClientSession) -> None:
        """Send the newest text for as long as there is a newer one, one request at a time; ends never."""
        pause = FIRST_WAIT
        while True:
            self._wake.clear()
            if self.acked >= self.seq:
                await self._wake.wait()
            if await self.send_once(http):
                pause = FIRST_WAIT
            else:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_WAIT)

    async def send_once(self, http: aiohttp.ClientSession) -> bool:
        """Send the newest text; True when it is durable."""
        seq, seat = self.seq, self.seat
        self.sent[seq] = self.text
        body: dict[str, Any] = {
            "sitting": seat.sitting,
            "question": seat.question,
            "page": None,
            "seq": seq,
            "text": self.text,
        }
        try:
            async with http.post(f"{seat.url}/draft", json=body, headers={"Cookie": seat.cookie}) as answer:
                if answer.status != HTTPStatus.OK:
                    self.errors.append(f"{answer.status} {(await answer.text())[:200]}")
                    return False
                acked = int((await answer.json())["seq"])
        except (aiohttp.ClientError, ConnectionError, TimeoutError):
            self.cuts += 1
            return False
        self._acknowledge(acked)
        return True

    def _acknowledge(self, acked: int) -> None:
        self.acked = max(self.acked, acked)
        self.acks.append((acked, time.monotonic_ns()))
        now = time.perf_counter()
        while self._waiting and self._waiting[0][0] <= acked:
            at = self._waiting.popleft()[1]
            self.durable.append((at, now - at))


async def type_for(  # noqa: PLR0913  # who, how fast, how long
    typists: Sequence[Typist],
    http: aiohttp.ClientSession,
    *,
    seconds: float,
    rate: float,
    random: Random,
    wait_for: Sequence[Typist] | None = None,
) -> None:
    """Let everybody type `rate` keys a second, each with a rhythm of its own.

    Args:
        typists: Everybody.
        http: Carries it.
        seconds: How long.
        rate: Keys a second, on average.
        random: Makes the rhythms.
        wait_for: Whose last text is waited for before this returns; everybody's without it.
    """
    senders = [asyncio.create_task(one.send(http)) for one in typists]
    pauses = [Random(random.getrandbits(32)) for _one in typists]
    keys = [
        asyncio.create_task(_keys(one, seconds, 1 / rate, pause))
        for one, pause in zip(typists, pauses, strict=True)
    ]
    waited = typists if wait_for is None else wait_for
    try:
        await asyncio.gather(*keys)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_WAIT * 2):
                while any(one.acked < one.seq for one in waited):
                    await asyncio.sleep(0.01)
    finally:
        for task in [*senders, *keys]:
            task.cancel()
        await asyncio.gather(*senders, *keys, return_exceptions=True)


async def _keys(typist: Typist, seconds: float, pause: float, random: Random) -> None:
    end = time.perf_counter() + seconds
    due = time.perf_counter() + random.random() * pause
    while due < end:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        typist.key(random.choice(LETTERS))
        due += pause * random.uniform(0.5, 1.5)


async def seats(
    http: aiohttp.ClientSession, base_url: str, control: Control, count: int, profile: str = "web"
) -> list[Seat]:
    """Return seats at the first question of `count` sandboxes."""
    first = control.create(profile, "en", SEED)
    await begin(http, base_url, control, first.id)
    snapshot = control.snapshot(first.id)
    sitting, question = snapshot["sitting"]["id"], first.context["questions"][0]["id"]
    found = []
    for number in range(count):
        sandbox = first.id if number == 0 else control.clone(first.id).id
        cookie = await sign_in(http, base_url, control.sign_in_link(sandbox, "candidate"))
        found.append(Seat(sandbox, f"{base_url}/s/{sandbox}/candidate", cookie, sitting, question))
    return found


async def begin(http: aiohttp.ClientSession, base_url: str, control: Control, sandbox: str) -> None:
    """Take the candidate of a sandbox through notice and device check to the first question."""
    cookie = await sign_in(http, base_url, control.sign_in_link(sandbox, "candidate"))
    async with RawPage(http, base_url, f"/s/{sandbox}/candidate/interview", cookie) as page:
        await page.do("consent.agree", True, kind="change")  # noqa: FBT003  # what the event carries
        await page.do("consent.begin")
        await page.do("device.skip")
        await page.wait_for("interview.answer")


def percentile(figures: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of `figures` are."""
    ranked = sorted(figures)
    return ranked[min(len(ranked) - 1, int(len(ranked) * share))]


def session() -> aiohttp.ClientSession:
    """Return a client for many connections at once."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=3),  # the server lets go after 5
        timeout=aiohttp.ClientTimeout(total=30),
        cookie_jar=aiohttp.DummyCookieJar(),
    )
