"""Declared misbehaviour of one sandbox, kept outside its data file."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum


class Fault(StrEnum):
    """A switchable misbehaviour."""

    OFFLINE = "offline"
    DISCONNECTED = "disconnected"
    CRASH = "crash"
    DB_LOCKED = "db_locked"
    DISK_FULL = "disk_full"
    SLOW = "slow"
    STUCK_SYNC = "stuck_sync"
    BLOCKED_CLOSE = "blocked_close"
    FROZEN = "frozen"
    LOST_RECORD = "lost_record"


class Faults:
    """The faults that one sandbox has at the moment.

    They live in memory beside the sandbox, so that they outlast the sandbox's own "crash".

    Args:
        now: The process's clock (aware, UTC); a sandbox's own clock may be set by a lesson.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._down_until: datetime | None = None
        self._listeners: list[Callable[[], object]] = []

    @property
    def down_until(self) -> datetime | None:
        """When the crashed sandbox answers again; None while it is up."""
        if self._down_until is not None and self._down_until <= self._now():
            self._down_until = None
        return self._down_until

    @property
    def seconds_down(self) -> float:
        """Seconds until the sandbox answers again; 0 while it is up."""
        until = self.down_until
        return 0.0 if until is None else (until - self._now()).total_seconds()

    def active(self) -> tuple[Fault, ...]:
        """Return the faults that are on."""
        return (Fault.CRASH,) if self.down_until else ()

    def has(self, fault: Fault) -> bool:
        """Say whether ``fault`` is on."""
        return fault in self.active()

    def crash(self, seconds: float) -> None:
        """Go down for ``seconds`` and tell every listener to cut its connections."""
        self._down_until = self._now() + timedelta(seconds=seconds)
        listeners, self._listeners = self._listeners, []
        for listener in listeners:
            listener()

    def clear(self, fault: Fault) -> None:
        """Switch ``fault`` off; harmless when it is not on."""
        if fault is Fault.CRASH:
            self._down_until = None

    def on_crash(self, listener: Callable[[], object]) -> Callable[[], None]:
        """Call ``listener`` once at the next crash (from any thread); returns the function that forgets it."""
        self._listeners.append(listener)

        def forget() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return forget
