"""Copies of a whole sandbox: made on demand and every night, kept beside it or on another disk, and restored.

Every copy is made beside the sandbox first, as nobody can read the sandbox meanwhile. Only then is the file
carried to the second disk, which may be slow or full or hang, and nobody else waits for it.
"""

import os
import re
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from sqlmodel import Session, select

from sandbox_hrms.app.erasing import delete_again
from sandbox_hrms.app.sandboxes import Change, Sandbox
from sandbox_hrms.app.second_disk import SecondDisk
from sandbox_hrms.core.errors import Broken, HrmsError, NotFound, SecondDiskFailed, StorageFailed
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import SYSTEM, Actor, Right
from sandbox_hrms.core.texts import N_
from sandbox_hrms.store import is_known
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
        place: ``own`` is the sandbox's own folder, ``second`` the one given by ``--backup-dir`` as last seen.
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
        SecondDiskFailed: The second disk did not take it in time; the copy stays in the own folder.
        StorageFailed: The copy or its audit entry could not be written; nothing of it is left.
    """
    sandbox.admit(actor, right, write=True)
    return _one_at_a_time(sandbox, actor, to)


def back_up_daily(sandbox: Sandbox) -> Backup:
    """Make the copy of the night: in the second folder, or in the own one where there is none."""
    return _one_at_a_time(sandbox, SYSTEM, Place.OWN if sandbox.second is None else Place.SECOND)


def backups(sandbox: Sandbox) -> tuple[Backup, ...]:
    """Return all copies, the newest first; never waits for the second disk. Asks for no right: the caller does."""
    second = sandbox.second
    if second is not None and sandbox.second_copies is None:
        second.soon(sandbox.id, lambda: _look(sandbox))
    return _known(sandbox)


def backup_list(sandbox: Sandbox, actor: Actor) -> tuple[Backup, ...]:
    """Return all copies, the newest first; never waits for the second disk.

    Raises:
        Forbidden: The role may not.
    """
    sandbox.admit(actor, Right.BACK_UP)
    return backups(sandbox)


def second_disk_hangs(sandbox: Sandbox) -> bool:
    """Say whether the second disk was given up and has not come back."""
    return sandbox.second is not None and sandbox.second.hangs


def restore(sandbox: Sandbox, actor: Actor, name: str, *, right: Right = Right.BACK_UP) -> Backup:
    """Go back to a copy. The audit log stays whole and tells of it; so does the clock stay.

    Whoever's data was deleted since stays deleted.

    Raises:
        Forbidden: The role may not.
        NotFound: There is no such copy.
        Broken: The copy is damaged; nothing was changed.
        SecondDiskFailed: It is on the second disk, which does not answer; nothing was changed.
        StorageFailed: The database did not take it; nothing was changed.
    """
    sandbox.admit(actor, right, write=True)
    with sandbox.backup_lock:
        found = _find(sandbox, name)
        file = _own_folder(sandbox) / f"{name}.sqlite"
        if found.place is Place.OWN:
            _take_over(sandbox, actor, file, found)
            return found
        fetched = file.with_suffix(".new")
        try:
            fetched.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _failed(error) from error
        try:
            _second_disk(sandbox).do(sandbox.id, lambda: _carry(_second_folder(sandbox) / file.name, fetched))
            _take_over(sandbox, actor, fetched, found)
        finally:
            _remove(fetched)
        return found


def _find(sandbox: Sandbox, name: str) -> Backup:
    """Return the copy of that name; the own folder goes first."""
    if sandbox.second is not None and sandbox.second_copies is None:
        with suppress(SecondDiskFailed):
            sandbox.second.do(sandbox.id, lambda: _look(sandbox))
    found = next((one for one in _known(sandbox) if one.name == name), None)
    if found is None:
        raise NotFound(N_("There is no backup {name}."), N_("Choose one from the list."), name=name)
    return found


def _take_over(sandbox: Sandbox, actor: Actor, file: Path, found: Backup) -> None:
    _check(file, found.name)

    def finish(content: Session) -> None:
        change = Change(content, actor, sandbox.now())
        change.tell(Kind.BACKUP_RESTORED, found.name, place=found.place)
        delete_again(sandbox, change)

    sandbox.restore_from(file, finish)


def _one_at_a_time(sandbox: Sandbox, actor: Actor, to: Place) -> Backup:
    with sandbox.backup_lock:
        if to is Place.OWN:
            made = _make(sandbox, actor, to)
            _drop_oldest(_own_folder(sandbox))
            return made
        disk = _second_disk(sandbox)
        if sandbox.second_copies is None:
            with suppress(SecondDiskFailed):  # then it does not take the copy, either, and that is told
                disk.do(sandbox.id, lambda: _look(sandbox))
        made = _make(sandbox, actor, to)
        file = _own_folder(sandbox) / f"{made.name}.sqlite"
        try:
            disk.do(sandbox.id, lambda: _keep_second(sandbox, file))
            _remove(file)
        finally:
            _drop_oldest(_own_folder(sandbox))
        with sandbox.change(actor) as change:
            change.tell(Kind.BACKUP_MADE, made.name, place=to)
        return replace(made, place=to)


def _make(sandbox: Sandbox, actor: Actor, to: Place) -> Backup:
    """Make a copy in the own folder; it is told unless it goes on from there."""
    folder = _own_folder(sandbox)
    name = f"{_next_number(sandbox):04}-{sandbox.now().astimezone(UTC):{_STAMP}}"
    file, fresh = folder / f"{name}.sqlite", folder / f"{name}.new"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _clear(folder)
        sandbox.store.copy_to(fresh)
        _check(fresh, name)
        fresh.replace(file)
        _force(folder)
        if to is Place.OWN:
            with sandbox.change(actor) as change:
                change.tell(Kind.BACKUP_MADE, name, place=to)
        return _told(name, file.stat().st_size, Place.OWN)
    except (OSError, sqlite3.Error) as error:
        _remove(fresh, file)
        raise _failed(error) from error
    except HrmsError:
        _remove(fresh, file)
        raise


def _next_number(sandbox: Sandbox) -> int:
    """Return the number after all that were used, also for copies on a second disk that nobody has seen yet."""
    with sandbox.store.read() as session:
        told = session.exec(select(EventRow.subject).where(EventRow.kind == Kind.BACKUP_MADE)).all()
    return max((_number(name) for name in (*told, *(one.name for one in _known(sandbox)))), default=0) + 1


def _keep_second(sandbox: Sandbox, file: Path) -> None:
    """Carry a whole copy to the second disk, where the oldest goes; runs in a thread that may be given up."""
    folder = _second_folder(sandbox)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _clear(folder)
    fresh = folder / f"{file.stem}.new"
    _carry(file, fresh)
    _check(fresh, file.stem)
    fresh.replace(folder / file.name)
    _force(folder)
    _drop_oldest(folder)
    _look(sandbox)


def _carry(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    with target.open("rb+") as written:
        os.fsync(written.fileno())


def _look(sandbox: Sandbox) -> None:
    """See what is on the second disk; runs in a thread that may be given up."""
    sandbox.second_copies = tuple(_sizes(_second_folder(sandbox)))


def _known(sandbox: Sandbox) -> tuple[Backup, ...]:
    own = [_told(name, size, Place.OWN) for name, size in _sizes(_own_folder(sandbox))]
    second = [_told(name, size, Place.SECOND) for name, size in sandbox.second_copies or ()]
    return tuple(sorted(own + second, key=lambda one: _number(one.name), reverse=True))


def _sizes(folder: Path) -> list[tuple[str, int]]:
    """Return name and size of each whole copy in a folder; one that is removed meanwhile is left out."""
    found = []
    for file in _copies(folder):
        with suppress(FileNotFoundError):
            found.append((file.stem, file.stat().st_size))
    return found


def _copies(folder: Path) -> list[Path]:
    """Return the whole copies in a folder, the oldest first."""
    found = (file for file in folder.glob("*.sqlite") if _NAME.fullmatch(file.stem))
    return sorted(found, key=lambda file: _number(file.stem))


def _told(name: str, size: int, place: Place) -> Backup:
    at = datetime.strptime(name.split("-", 1)[1], _STAMP).replace(tzinfo=UTC)
    return Backup(name, at, size, place)


def _number(name: str) -> int:
    return int(name.split("-", 1)[0])


def _own_folder(sandbox: Sandbox) -> Path:
    return sandbox.folder / "backups"


def _second_folder(sandbox: Sandbox) -> Path:
    return _second_disk(sandbox).folder(sandbox.id)


def _second_disk(sandbox: Sandbox) -> SecondDisk:
    if sandbox.second is None:
        raise NotFound(
            N_("There is no second folder for backups."), N_("Start the program with --backup-dir and a folder.")
        )
    return sandbox.second


def _check(file: Path, name: str) -> None:
    """Raise :class:`Broken` unless ``file`` is a whole sandbox of a format that can be read."""
    try:
        with closing(sqlite3.connect(f"file:{file.resolve().as_posix()}?immutable=1", uri=True)) as copied:
            sound = copied.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            ours = is_known(copied.execute("PRAGMA user_version").fetchone()[0])
            whole = sound and ours and copied.execute("SELECT count(*) FROM sandbox").fetchone() == (1,)
    except sqlite3.Error:
        whole = False
    if not whole:
        raise Broken(N_("The backup {name} is damaged."), N_("Choose another one."), name=name)


def _failed(error: OSError | sqlite3.Error) -> StorageFailed:
    """Return the refusal that says why, without the name of a file: it is read by candidates, too."""
    return StorageFailed(getattr(error, "strerror", None) or str(error))


def _drop_oldest(folder: Path) -> None:
    _remove(*_copies(folder)[:-KEPT])


def _clear(folder: Path) -> None:
    """Remove what an earlier copy left behind that did not get ready."""
    for leftover in folder.glob("*.new*"):
        leftover.unlink(missing_ok=True)


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
