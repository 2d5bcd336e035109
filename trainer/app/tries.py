"""Tries: whoever guesses waits longer and longer, and nobody else does."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_WAIT = timedelta(minutes=1)
FORGOTTEN = timedelta(minutes=15)
"""So long after the last wrong try all are forgotten."""

MOST_KNOWN = 10_000
"""So many guessers are remembered at most; those who have been quiet longest go first."""


@dataclass
class _Guesser:
    wrong: int
    last: datetime

    def waits(self, free: int) -> timedelta:
        """Return how long after the last try the next one may come."""
        doublings = min(self.wrong - free, 10)
        return min(LONGEST_WAIT, timedelta(seconds=2**doublings)) if doublings >= 0 else timedelta()


class Tries:
    """Counts wrong tries by guesser; callable from several threads.

    A try counts as wrong from its beginning until it is told to be right, so that many at once gain nothing.

    Args:
        free: So many wrong tries of one guesser cost no time; each further one doubles the wait, from one second
            up to `LONGEST_WAIT`.
    """

    def __init__(self, free: int) -> None:
        self._free = free
        self._known: dict[Hashable, _Guesser] = {}
        self._guard = threading.Lock()

    def begin(self, guesser: Hashable, now: datetime) -> bool:
        """Begin a try; False when the guesser has to wait, and then it is none."""
        with self._guard:
            known = self._known.pop(guesser, None)
            if known is None or now - known.last > FORGOTTEN:
                known = _Guesser(0, now)
            may = now - known.last >= known.waits(self._free)
            if may:
                known.wrong, known.last = known.wrong + 1, now
            self._known[guesser] = known
            if len(self._known) > MOST_KNOWN:
                del self._known[next(iter(self._known))]
            return may

    def right(self, guesser: Hashable) -> None:
        """Forget the wrong tries of somebody who was right in the end."""
        with self._guard:
            self._known.pop(guesser, None)

    def take_back(self, guesser: Hashable) -> None:
        """Let a try of a guesser not have been one."""
        with self._guard:
            if guesser in self._known:
                self._known[guesser].wrong -= 1
