"""Outbox: letters that are noted first and sent then, each once, whatever breaks in between."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime, timedelta
from typing import Protocol

from trainer.core.errors import BrokenEnvironment, TrainerError
from trainer.core.invitation import About, Channel, Delivery, Item, Kit, pause

TRIES = 10
"""A letter that could not go so often is given up."""

LEASE = timedelta(minutes=2)
"""So long nobody else takes a letter that is being sent; who was killed meanwhile is then stood in for."""


log = logging.getLogger(__name__)


class Refused(TrainerError):
    """The other side will never take this letter; says why."""


class NotNow(TrainerError):
    """The other side could not take the letter now; says why."""


class NoWay(BrokenEnvironment):
    """Nothing can go this way, whoever it is for: nobody answers, or a password is wrong; says why."""


class Sender(Protocol):
    """Sends letters one way, such as by mail."""

    def send(self, item: Item, kit: Kit) -> None:
        """Hand a letter over.

        It may come twice when we are killed between handing it over and noting that: it then has the same key,
        by which the other side knows it.

        Raises:
            Refused: It will never be taken.
            NotNow: It was not taken, or nobody knows whether it was.
            NoWay: No letter would be taken; it has nothing to do with this one.
        """
        ...

    def close(self) -> None:
        """Hang up; the next letter begins anew."""
        ...


class Outbox(Protocol):
    """Keeps letters."""

    def add(self, kit: Kit, items: Iterable[Item]) -> int:
        """Note letters and return how many are new; a known key changes nothing.

        Those that wait and tell what the same interview was before a change are withdrawn.
        """
        ...

    def withdraw(self, keys: Collection[str]) -> int:
        """Let letters that did not go yet never go, and return how many those are."""
        ...

    def alone(self) -> AbstractContextManager[bool]:
        """Tell whether nobody else is in such a block; who is killed in it is out of it."""
        ...

    def claim(
        self, now: datetime, lease: timedelta, channels: Collection[Channel], abouts: Collection[About]
    ) -> tuple[Item, Kit] | None:
        """Take the letter of these kinds that is due first, for the time of `lease`; None when none is due."""
        ...

    def settle(self, key: str, state: Delivery, said: str, due: datetime) -> None:
        """Note what became of a letter that was claimed, and was not forgotten meanwhile."""
        ...

    def release(self, key: str, said: str, due: datetime) -> None:
        """Let a letter that was claimed wait again; it does not count as tried."""
        ...

    def next_due(self, channels: Collection[Channel], abouts: Collection[About]) -> datetime | None:
        """Return when the next letter of these kinds is due that was tried before, or None."""
        ...

    def opt_out(self, address: str, now: datetime) -> None:
        """Note that somebody wants no letters, however it is spelt; what did not go yet never does."""
        ...

    def wants_none(self, address: str) -> bool:
        """Tell whether somebody wants no letters, however the address is spelt."""
        ...

    def of(self, candidate: str) -> tuple[tuple[Item, Kit], ...]:
        """Return the letters to a candidate with what they share, in the order of due dates."""
        ...

    def next_to(self, candidate: str) -> Item | None:
        """Return the letter that goes to a candidate next, or None."""
        ...

    def forget(self, candidate: str) -> None:
        """Let no letter go to a candidate any more, and delete who it was from those that went."""
        ...

    def all(self) -> tuple[Item, ...]:
        """Return every letter, in the order of due dates."""
        ...


class Post:
    """Sends what is due, one at a time however many want to, so that the rate is kept.

    Args:
        outbox: Where letters are kept.
        senders: Channel → who sends that way.
        abouts: Which letters it sends.
        clock: Tells the time.
        wait: Lets time pass.
        stopped: Tells when no further letter shall go.
        per_minute: So many letters a minute at most.
        lease: See `LEASE`.
    """

    def __init__(  # noqa: PLR0913  # its parts, by name
        self,
        outbox: Outbox,
        senders: Mapping[Channel, Sender],
        *,
        abouts: Collection[About] = tuple(About),
        clock: Callable[[], datetime],
        wait: Callable[[float], object] = time.sleep,
        stopped: Callable[[], bool] = lambda: False,
        per_minute: float = 60,
        lease: timedelta = LEASE,
    ) -> None:
        self._outbox = outbox
        self._senders = senders
        self._abouts = abouts
        self._clock = clock
        self._wait = wait
        self._stopped = stopped
        self._gap = 60 / per_minute
        self._lease = lease

    def deliver(
        self,
        *,
        patient: bool = False,
        tell: Callable[[Item, Delivery], None] = lambda _item, _state: None,
        waiting: Callable[[], object] = lambda: None,
    ) -> Counter[Delivery]:
        """Send everything that is due and return how often each came about; nothing while somebody else sends.

        Letters for which there is no sender wait for one.

        Args:
            patient: Whether to wait for somebody else, and to stay until what could not go at first has gone, or
                was given up.
            tell: Hears what became of each try.
            waiting: Is called when somebody else sends and we wait.

        Raises:
            NoWay: A channel takes nothing; its letters wait, and what goes by another one has gone.
        """
        told = False
        while True:
            with self._outbox.alone() as ours, ExitStack() as ending:
                if ours:
                    for sender in self._senders.values():
                        ending.callback(sender.close)
                    return self._deliver(patient=patient, tell=tell)
            if not patient or self._stopped():
                return Counter()
            if not told:
                waiting()
                told = True
            self._wait(1)

    def _deliver(self, *, patient: bool, tell: Callable[[Item, Delivery], None]) -> Counter[Delivery]:
        count: Counter[Delivery] = Counter()
        ways, broken = set(self._senders), None
        while not self._stopped():
            began = self._clock()
            claimed = self._outbox.claim(began, self._lease, ways, self._abouts)
            if claimed is None:
                due = self._outbox.next_due(ways, self._abouts) if patient else None
                if due is None:
                    break
                self._wait(max(0.05, (due - began).total_seconds()))
                continue
            item, kit = claimed
            try:
                state = self._send(item, kit)
            except NoWay as error:
                self._outbox.release(item.key, error.message, self._clock())
                ways.discard(item.channel)
                broken = broken or error
                continue
            count[state] += 1
            tell(item, state)
            took = (self._clock() - began).total_seconds()
            if took < self._gap:
                self._wait(self._gap - took)
        if broken:
            raise broken
        return count

    def _send(self, item: Item, kit: Kit) -> Delivery:
        now = self._clock()
        if now >= item.until:
            self._outbox.settle(item.key, Delivery.TOO_LATE, "", now)
            return Delivery.TOO_LATE
        sender = self._senders[item.channel]
        try:
            sender.send(item, kit)
        except Refused as error:
            self._outbox.settle(item.key, Delivery.REFUSED, error.message, now)
            return Delivery.REFUSED
        except NotNow as error:
            return self._later(item, error.message, now)
        except NoWay:
            raise
        except Exception as error:  # noqa: BLE001  # whatever is wrong with one letter, the others go
            sender.close()  # nobody knows in the middle of what it was
            log.warning("The letter %s to %s could not be written: %r", item.key, item.address, error)
            return self._later(item, " ".join(f"{type(error).__name__}: {error}".split())[:200], now)
        self._outbox.settle(item.key, Delivery.SENT, "", self._clock())
        return Delivery.SENT

    def _later(self, item: Item, said: str, now: datetime) -> Delivery:
        """Note why a letter could not go: it is tried again after a pause, or given up."""
        state = Delivery.REFUSED if item.tries >= TRIES else Delivery.WAITING
        self._outbox.settle(item.key, state, said, now + pause(item.tries))
        return state
