"""Declared misbehaviour of one sandbox, kept outside its data file."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
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


SECONDS: Mapping[Fault, float] = {Fault.CRASH: 3.0, Fault.DISCONNECTED: 3.0}
"""How long a fault lasts when nobody says; the others last until they are cleared or cured."""
SLOW_SECONDS = 1.5
"""What a slow sandbox adds to every answer."""
_FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One fault that is on.

    Attributes:
        until: When it ends by itself; None until it is cleared or cured.
        marks: What it has struck already, in the words of whoever carries it out.
    """

    until: datetime | None = None
    marks: tuple[str, ...] = ()


Keep = Callable[[Mapping[Fault, Trouble]], None]


class Faults:
    """The faults that one sandbox has at the moment; may be used from any thread.

    They live beside the sandbox, so that they outlast its "crash"; ``keep`` lets them outlast the process, too.

    Args:
        now: The process's clock (aware, UTC); a sandbox's own clock may be set by a lesson.
        kept: What was on before.
        keep: Called with all that is on after each change.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        kept: Mapping[Fault, Trouble] | None = None,
        keep: Keep = lambda _: None,
    ) -> None:
        self._now = now
        self._on: dict[Fault, Trouble] = dict(kept or {})
        self._keep = keep
        self._lock = threading.Lock()
        self._crash_listeners: list[Callable[[], object]] = []
        self._watchers: list[Callable[[], object]] = []

    def active(self) -> tuple[Fault, ...]:
        """Return the faults that are on."""
        now = self._now()
        return tuple(fault for fault, one in self._on.items() if one.until is None or one.until > now)

    def over(self) -> tuple[Fault, ...]:
        """Return the faults whose time is over and that were not switched off yet."""
        if not self._on:
            return ()
        now = self._now()
        return tuple(fault for fault, one in self._on.items() if one.until is not None and one.until <= now)

    def has(self, fault: Fault) -> bool:
        """Say whether ``fault`` is on."""
        return fault in self._on and fault in self.active()

    def seconds_left(self, fault: Fault) -> float | None:
        """Return how long ``fault`` lasts yet: 0 when it is off, None when it does not end by itself."""
        trouble = self._on.get(fault)
        if trouble is None:
            return 0.0
        return None if trouble.until is None else max(0.0, (trouble.until - self._now()).total_seconds())

    def marks(self, fault: Fault) -> tuple[str, ...]:
        """Return what ``fault`` has struck already."""
        trouble = self._on.get(fault)
        return () if trouble is None else trouble.marks

    def mark(self, fault: Fault, *marks: str) -> None:
        """Note what ``fault`` has struck; harmless when it is off."""
        with self._lock:
            trouble = self._on.get(fault)
            if trouble is not None and not set(marks) <= set(trouble.marks):
                self._change({**self._on, fault: replace(trouble, marks=(*trouble.marks, *marks))})

    def switch_on(self, fault: Fault, seconds: float | None, marks: tuple[str, ...] = ()) -> None:
        """Switch ``fault`` on, or let it begin anew.

        Args:
            fault: Which.
            seconds: It ends by itself after that; None until it is switched off.
            marks: What it has struck already.
        """
        until = None if seconds is None else self._now() + timedelta(seconds=seconds)
        with self._lock:
            self._change({**self._on, fault: Trouble(until, marks)})

    def clear(self, fault: Fault) -> bool:
        """Switch ``fault`` off, and say whether it was on, be it beyond its time."""
        with self._lock:
            if fault not in self._on:
                return False
            self._change({one: trouble for one, trouble in self._on.items() if one is not fault})
            return True

    def _change(self, on: dict[Fault, Trouble]) -> None:
        self._keep(on)
        self._on = on

    # ---- crashes --------------------------------------------------------------------------------

    @property
    def down_until(self) -> datetime | None:
        """When the crashed sandbox answers again; None while it is up."""
        return (self._on[Fault.CRASH].until or _FOREVER) if self.has(Fault.CRASH) else None

    @property
    def seconds_down(self) -> float:
        """Seconds until the sandbox answers again, as far as that is known; 0 while it is up."""
        left = self.seconds_left(Fault.CRASH)
        return SECONDS[Fault.CRASH] if left is None else left

    def crash(self, seconds: float | None) -> None:
        """Go down for ``seconds`` and tell every listener to cut its connections."""
        self.switch_on(Fault.CRASH, seconds)
        listeners, self._crash_listeners = self._crash_listeners, []
        for listener in listeners:
            listener()

    # ---- who wants to know ----------------------------------------------------------------------

    @property
    def attended(self) -> bool:
        """Whether somebody wants to know of a crash: a page is open."""
        return bool(self._crash_listeners)

    def on_crash(self, listener: Callable[[], object]) -> Callable[[], None]:
        """Call ``listener`` once at the next crash (from any thread); returns the function that forgets it."""
        self._crash_listeners.append(listener)

        def forget() -> None:
            if listener in self._crash_listeners:
                self._crash_listeners.remove(listener)

        return forget

    def watch(self, watcher: Callable[[], object]) -> Callable[[], None]:
        """Call ``watcher`` after each change (from any thread); returns the function that forgets it."""
        self._watchers.append(watcher)

        def forget() -> None:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

        return forget

    def tell(self) -> None:
        """Call all who watch."""
        for watcher in tuple(self._watchers):
            watcher()
