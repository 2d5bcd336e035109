"""A PostgreSQL server for the tests, where Debian's `postgresql` is installed: started by us, gone with us."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

WAYS = "/usr/lib/postgresql/*/bin"
ACCOUNT = "nobody"
"""Who runs it where we are the administrator, as whom it does not run."""


class Postgres:
    """A running server that listens on a socket in a folder of its own, on no port.

    Args:
        programs: Where its programs are.
        folder: Where its socket is.
    """

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._numbers = count()

    def new_database(self) -> str:
        """Make an empty database and return its address."""
        name = f"test{next(self._numbers)}"
        created = [str(self._programs / "createdb"), "-h", str(self._folder), "-U", "trainer", name]
        subprocess.run(created, check=True, capture_output=True)
        return f"postgresql+psycopg://trainer@/{name}?host={self._folder}"


def programs() -> Path | None:
    """Return the folder with `initdb` and its like, the newest one, or None."""
    found = shutil.which("initdb")
    known = sorted(Path("/").glob(f"{WAYS[1:]}/initdb"))
    place = known[-1] if known else Path(found).resolve() if found else None
    return place.parent if place else None


@contextmanager
def running() -> Iterator[Postgres]:
    """Run a server; skips the test where none is installed."""
    place = programs()
    if place is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    who = {"user": ACCOUNT} if os.getuid() == 0 else {}
    if who:
        shutil.chown(folder, ACCOUNT)

    def call(program: str, *arguments: str) -> None:
        subprocess.run([str(place / program), *arguments], check=True, capture_output=True, cwd=folder, **who)

    data, log = str(folder / "data"), str(folder / "log")
    try:
        call("initdb", "-D", data, "-U", "trainer", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        settings = f"-k {folder} -c listen_addresses= -c fsync=off"
        call("pg_ctl", "-D", data, "-l", log, "-w", "-t", "60", "-o", settings, "start")
        try:
            yield Postgres(place, folder)
        finally:
            call("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
