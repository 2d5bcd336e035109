"""Backup of everything while the trainer runs, and its restore; databases go through SQLite's own backup."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from trainer.core.errors import BadInput, BrokenEnvironment
from trainer.i18n import gettext as _

PARTS = ("platform.sqlite", "sandboxes", "sittings", "evidence")
"""What a home holds that cannot be made anew, in the order in which it is copied: the platform first, for what a
sandbox has stored since is judged again, while a Run without its sandbox would be lost."""

LEFT_OUT = ("-wal", "-shm", "-journal", ".lock")
OWNER = "_owner.sqlite"
"""Held by the running sandbox HRMS; a new one makes its own."""

LIST = "backup.json"


def back_up(home: Path, target: Path) -> int:
    """Copy a home, also while the trainer works in it, and return the number of files.

    Args:
        home: The trainer's home.
        target: A new or empty folder.

    Raises:
        BadInput: The folder is not empty, or there is nothing to copy.
        BrokenEnvironment: Something cannot be read, written, or is not whole.
    """
    if target.exists() and any(target.iterdir()):
        raise BadInput(_("{folder} is not empty.").format(folder=target), _("Name a new folder for each backup."))
    try:
        copied = dict(_copies(home, target))
        if not copied:
            raise BadInput(
                _("There is no data in {home} to copy.").format(home=home),
                _("Name the folder of the trainer that is served in TRAINER_HOME."),
            )
        (target / LIST).write_text(json.dumps({"version": 1, "files": copied}, indent=1), encoding="utf-8")
    except (OSError, sqlite3.Error) as error:
        raise BrokenEnvironment(_("The backup failed: {reason}").format(reason=error)) from error
    return len(copied)


def restore(source: Path, home: Path) -> int:
    """Bring a backup back into a home that holds nothing yet, and return the number of files.

    Raises:
        BadInput: The folder is no whole backup, or the home is in use.
        BrokenEnvironment: Something cannot be read or written.
    """
    used = [name for name in PARTS if (home / name).exists()]
    if used:
        raise BadInput(
            _("{home} holds data already: {names}.").format(home=home, names=", ".join(used)),
            _("Stop the trainer and move that folder away, or name another one in TRAINER_HOME."),
        )
    files = _listed(source)
    damaged = [name for name, digest in files.items() if _digest(source / name) != digest]
    if damaged:
        raise BadInput(_("The backup is damaged: {names}.").format(names=", ".join(damaged[:3])))
    try:
        for name in files:
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, home / name)
    except OSError as error:
        raise BrokenEnvironment(_("The restore failed: {reason}").format(reason=error)) from error
    return len(files)


def _listed(source: Path) -> dict[str, str]:
    """Return the files of a backup with their digests; a name that leads out of it makes it none."""
    try:
        files = json.loads((source / LIST).read_text("utf-8"))["files"]
        inside = all((source / name).resolve().is_relative_to(source.resolve()) for name in files)
        fine = isinstance(files, dict) and inside
    except (OSError, ValueError, KeyError, TypeError):
        fine = False
    if not fine:
        raise BadInput(_("{folder} is no backup of the trainer.").format(folder=source))
    return dict(files)


def _files(home: Path) -> Iterator[str]:
    for part in PARTS:
        place = home / part
        inside = (Path(folder) / name for folder, _folders, names in os.walk(place) for name in names)
        for file in [place] if place.is_file() else sorted(inside):
            if file.name != OWNER and not file.name.endswith(LEFT_OUT):
                yield file.relative_to(home).as_posix()


def _copies(home: Path, target: Path) -> Iterator[tuple[str, str]]:
    """Copy file by file and yield the name of each with its digest; what is removed meanwhile is no part of it."""
    for name in _files(home):
        try:
            digest = _copy(home / name, target / name)
        except (OSError, sqlite3.Error):
            if (home / name).exists():
                raise
            (target / name).unlink(missing_ok=True)
        else:
            yield name, digest


def _copy(file: Path, target: Path) -> str:
    """Copy one file and return the digest of the copy; a database is copied whole, whoever writes to it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix == ".sqlite":
        with (
            closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as read,
            closing(sqlite3.connect(target)) as written,
        ):
            read.backup(written)
            written.execute("PRAGMA journal_mode=DELETE")
            found = written.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(f"{file.name}: {found}")
    else:
        shutil.copyfile(file, target)
    return _digest(target)


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""
