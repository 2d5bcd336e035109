"""Faults are switched on and off: what is really broken underneath, what is noted, and what cures it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox_hrms.app import lost_record
from sandbox_hrms.core.errors import CloseBlocked, Down, ReadOnly
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.faults import Fault, Faults, Trouble
from sandbox_hrms.core.roles import SYSTEM, Actor

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox_hrms.app.sandboxes import Sandbox

_FILE = "faults.json"


def load(folder: Path, now: "Callable[[], datetime]") -> Faults:
    """Return the faults noted beside the sandbox in ``folder``; a note that cannot be read counts as none."""
    file = folder / _FILE
    kept: dict[Fault, Trouble] = {}
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        for name, one in json.loads(file.read_text(encoding="utf-8")).items():
            until = one["until"] and datetime.fromisoformat(one["until"])
            kept[Fault(name)] = Trouble(until, tuple(map(str, one["marks"])))
    return Faults(now, kept, lambda on: _note(file, on))


def _note(file: Path, on: Mapping[Fault, Trouble]) -> None:
    if not file.parent.is_dir():  # deleted meanwhile
        return
    told = {
        fault.value: {"until": one.until and one.until.isoformat(), "marks": list(one.marks)}
        for fault, one in on.items()
    }
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(told), encoding="utf-8")
    fresh.replace(file)


def inject(sandbox: "Sandbox", fault: Fault, seconds: float | None) -> None:
    """Switch a fault on, or let it begin anew, and note it.

    Args:
        sandbox: Which one; no other feels anything of it.
        fault: All but ``crash``, which takes the sandbox itself away: see ``Sandboxes.inject``.
        seconds: It ends by itself after that; None lets it last until it is cleared or cured.
    """
    with eased(sandbox):
        with sandbox.change(SYSTEM) as change:
            change.tell(Kind.FAULT_INJECTED, fault, fault=fault, seconds=seconds)
        sandbox.faults.switch_on(fault, seconds)
        lost_record.take_away(sandbox)
    sandbox.faults.tell()


def lose_record(sandbox: "Sandbox") -> None:
    """After an interview was left: its record goes, if that fault is on."""
    if sandbox.faults.has(Fault.LOST_RECORD):
        with eased(sandbox):
            lost_record.take_away(sandbox)


def cure(sandbox: "Sandbox", fault: Fault, actor: Actor = SYSTEM) -> bool:
    """End a fault, mend what it broke, and note who did; say whether it was on."""
    with eased(sandbox):
        if not sandbox.faults.clear(fault):
            return False
        if fault is Fault.LOST_RECORD:
            lost_record.bring_back(sandbox, actor)
        with sandbox.change(actor) as change:
            change.tell(Kind.FAULT_CLEARED, fault, fault=fault)
    sandbox.faults.tell()
    return True


def lapse(sandbox: "Sandbox") -> None:
    """End the faults whose time is over."""
    for fault in sandbox.faults.over():
        cure(sandbox, fault)


def restored(sandbox: "Sandbox") -> None:
    """Note that older content was taken over: a lost record that it holds is back."""
    if sandbox.faults.has(Fault.LOST_RECORD) and lost_record.is_back(sandbox):
        lost_record.forget(sandbox)
        cure(sandbox, Fault.LOST_RECORD)


def clear_all(sandbox: "Sandbox") -> None:
    """End every fault without a note, because the whole content is about to be replaced."""
    for fault in Fault:
        sandbox.faults.clear(fault)
    lost_record.forget(sandbox)
    apply(sandbox)
    sandbox.faults.tell()


def apply(sandbox: "Sandbox") -> None:
    """Break underneath what the faults say, and nothing else."""
    faults = sandbox.faults
    sandbox.store.trouble(locked=faults.has(Fault.DB_LOCKED), full=faults.has(Fault.DISK_FULL))


@contextmanager
def eased(sandbox: "Sandbox") -> Iterator[None]:
    """Let through what has to be noted whatever is broken, and break it again afterwards."""
    with sandbox.store.eased():
        try:
            yield
        finally:
            apply(sandbox)


# ---- what people do against faults ------------------------------------------------------------------


def free_space(sandbox: "Sandbox", actor: Actor) -> None:
    """Clean up the disk: there is room again. Harmless when it is not full."""
    _cure_as(sandbox, actor, Fault.DISK_FULL)


def end_task(sandbox: "Sandbox", actor: Actor) -> None:
    """End the background task safely: what waits to be synced goes on waiting. Harmless when none is running."""
    _cure_as(sandbox, actor, Fault.BLOCKED_CLOSE)


def unstick(sandbox: "Sandbox", actor: Actor) -> None:
    """Let a stuck sync go on: it is done at the next try. Harmless when it is not stuck."""
    _cure_as(sandbox, actor, Fault.STUCK_SYNC)


def finish_sync(sandbox: "Sandbox", actor: Actor) -> None:
    """Let the background sync come to its end now, so that one can close. Harmless when none is running."""
    _cure_as(sandbox, actor, Fault.STUCK_SYNC)
    _cure_as(sandbox, actor, Fault.BLOCKED_CLOSE)


def find_record(sandbox: "Sandbox", actor: Actor) -> bool:
    """Fetch a lost record again, as a re-sync of the cloud does; say whether one was lost."""
    return _cure_as(sandbox, actor, Fault.LOST_RECORD)


def reloaded(sandbox: "Sandbox", actor: Actor) -> None:
    """The frozen screen was loaded anew, which cures it."""
    _cure_as(sandbox, actor, Fault.FROZEN)


def need_closable(sandbox: "Sandbox") -> None:
    """Let an interview be closed, or raise :class:`CloseBlocked` while a sync runs in the background."""
    if sandbox.faults.has(Fault.BLOCKED_CLOSE):
        raise CloseBlocked


def _cure_as(sandbox: "Sandbox", actor: Actor, fault: Fault) -> bool:
    if sandbox.faults.down_until:
        raise Down
    if actor.read_only:
        raise ReadOnly
    return cure(sandbox, fault, actor)
