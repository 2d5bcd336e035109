"""Copies of a whole sandbox: made on demand and every night, kept beside it or on another disk, and restored."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core.errors import Broken, HrmsError, NotFound, StorageFailed
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import SYSTEM, Actor, Right
from sandbox_hrms.core.texts import N_
from sandbox_hrms.store import FORMAT
from sandbox_hrms.tables.frame import EventRow

KEPT = 14
"""So many copies stay in each place; the oldest goes first."""
_NAME = re.compile(r"(\d{4,})-(\d{8}T\d{6})")
_STAMP = "%Y%m%dT%H%M%S"


class Place(StrEnum):
    """Where a copy is kept."""

    OWN = "own"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy.

    Attributes:
        name: ``<number>-<time>``, e.g. ``0007-20260302T090000``; numbers grow and are used once.
        at: The sandbox's time when it was made.
        size: Bytes.
        place: ``own`` is the sandbox's own folder, ``second`` the one given by ``--backup-dir``.
    """

    name: str
    at: datetime
    size: int
    place: Place


def back_up(sandbox: Sandbox, actor: Actor, to: Place = Place.OWN, *, right: Right = Right.BACK_UP) -> Backup:
    """Copy the committed content; when this returns, the copy is whole, checked, on the disk and audited.

    Args:
        sandbox: Where.
        actor: Who asks.
        to: Where the copy goes.
        right: What the actor has to be allowed to do.

    Raises:
        Forbidden: The role may not.
        NotFound: There is no second folder.
        StorageFailed: The copy or its audit entry could not be written; nothing of it is left.
    """
    sandbox.admit(actor, right, write=True)
    return _one_at_a_time(sandbox, actor, to)


def back_up_daily(sandbox: Sandbox) -> Backup:
    """Make the copy of the night: in the second folder, or in the own one where there is none."""
    return _one_at_a_time(sandbox, SYSTEM, Place.OWN if sandbox.second_folder is None else Place.SECOND)


def backups(sandbox: Sandbox) -> tuple[Backup, ...]:
    """Return all copies, the newest first. Asks for no right: the caller does."""
    return tuple(sorted(_all(sandbox), key=_number, reverse=True))


def backup_list(sandbox: Sandbox, actor: Actor) -> tuple[Backup, ...]:
    """Return all copies, the newest first.

    Raises:
        Forbidden: The role may not.
    """
    sandbox.admit(actor, Right.BACK_UP)
    return backups(sandbox)


def restore(sandbox: Sandbox, actor: Actor, name: str, *, right: Right = Right.BACK_UP) -> Backup:
    """Go back to a copy. The audit log stays whole and tells of it; so does the clock stay.

    Raises:
        Forbidden: The role may not.
        NotFound: There is no such copy.
        Broken: The copy is damaged; nothing was changed.
        StorageFailed: The database did not take it; nothing was changed.
    """
    sandbox.admit(actor, right, write=True)
    found = next((one for one in _all(sandbox) if one.name == name), None)
    if found is None:
        raise NotFound(N_("There is no backup {name}."), N_("Choose one from the list."), name=name)
    file = _folder(sandbox, found.place) / f"{found.name}.sqlite"
    _check(file)
    sandbox.restore_from(
        file,
        EventRow(
            at=sandbox.now(),
            actor=actor.name,
            role=actor.role,
            kind=Kind.BACKUP_RESTORED,
            subject=found.name,
            data={"place": found.place},
        ),
    )
    return found


def _one_at_a_time(sandbox: Sandbox, actor: Actor, to: Place) -> Backup:
    with sandbox.backup_lock:
        return _make(sandbox, actor, to)


def _make(sandbox: Sandbox, actor: Actor, to: Place) -> Backup:
    folder = _folder(sandbox, to)
    number = max((_number(one) for one in _all(sandbox)), default=0) + 1
    name = f"{number:04}-{sandbox.now().astimezone(UTC):{_STAMP}}"
    file, fresh = folder / f"{name}.sqlite", folder / f"{name}.new"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for leftover in folder.glob("*.new*"):
            leftover.unlink(missing_ok=True)
        sandbox.store.copy_to(fresh)
        _check(fresh)
        fresh.replace(file)
        _force(folder)
        with sandbox.change(actor) as change:
            change.tell(Kind.BACKUP_MADE, name, place=to)
        _drop_oldest(sandbox, to)
        return _told(file, to)
    except (OSError, sqlite3.Error) as error:
        _remove(fresh, file)
        raise StorageFailed(str(error)) from error
    except HrmsError:
        _remove(fresh, file)
        raise


def _all(sandbox: Sandbox) -> Iterator[Backup]:
    for place in Place:
        if place is Place.SECOND and sandbox.second_folder is None:
            continue
        for file in _folder(sandbox, place).glob("*.sqlite"):
            if _NAME.fullmatch(file.stem):
                yield _told(file, place)


def _told(file: Path, place: Place) -> Backup:
    stamp = file.stem.split("-", 1)[1]
    at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    return Backup(file.stem, at, file.stat().st_size, place)


def _number(one: Backup) -> int:
    return int(one.name.split("-", 1)[0])


def _folder(sandbox: Sandbox, place: Place) -> Path:
    if place is Place.OWN:
        return sandbox.folder / "backups"
    if sandbox.second_folder is None:
        raise NotFound(
            N_("There is no second folder for backups."), N_("Start the program with --backup-dir and a folder.")
        )
    return sandbox.second_folder


def _check(file: Path) -> None:
    """Raise :class:`Broken` unless ``file`` is a whole sandbox of our format."""
    try:
        with closing(sqlite3.connect(f"file:{file.resolve().as_posix()}?immutable=1", uri=True)) as copied:
            sound = copied.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            ours = copied.execute("PRAGMA user_version").fetchone() == (FORMAT,)
            whole = sound and ours and copied.execute("SELECT count(*) FROM sandbox").fetchone() == (1,)
    except sqlite3.Error:
        whole = False
    if not whole:
        raise Broken(N_("The backup {name} is damaged."), N_("Choose another one."), name=file.stem)


def _drop_oldest(sandbox: Sandbox, place: Place) -> None:
    here = sorted((one for one in _all(sandbox) if one.place is place), key=_number)
    for one in here[:-KEPT]:
        (_folder(sandbox, place) / f"{one.name}.sqlite").unlink(missing_ok=True)


def _force(folder: Path) -> None:
    """Put the folder's own entry on the disk, where the system can do that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove(*files: Path) -> None:
    for file in files:
        with suppress(OSError):
            file.unlink(missing_ok=True)
