"""A sandbox file: what is acknowledged is on the disk, what is refused leaves no trace."""

import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy.engine.interfaces import CacheStats
from sqlmodel import col, select

from sandbox_hrms.app.sandboxes import Change, Sandbox
from sandbox_hrms.core.errors import Broken, Down, StorageFailed
from sandbox_hrms.core.roles import SYSTEM
from sandbox_hrms.store import Store
from sandbox_hrms.tables.people import DepartmentRow


def test_every_commit_is_forced_to_the_disk(sandbox: Sandbox) -> None:
    with sandbox.store.read() as session:
        connection = session.connection()
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


def test_a_change_raises_the_revision_once_and_no_change_does_not(sandbox: Sandbox) -> None:
    before = sandbox.revision
    with sandbox.change(SYSTEM) as change:
        change.session.add(DepartmentRow(id="d8", name="Eight"))
        change.session.add(DepartmentRow(id="d9", name="Nine"))
    assert sandbox.revision == before + 1
    with sandbox.change(SYSTEM):
        pass
    assert sandbox.revision == before + 1


def test_a_change_that_fails_half_way_leaves_nothing(sandbox: Sandbox) -> None:
    before = sandbox.revision
    with pytest.raises(KeyError), sandbox.change(SYSTEM) as change:
        _write_and_fail(change)
    with sandbox.store.read() as session:
        assert session.get(DepartmentRow, "d9") is None
    assert sandbox.revision == before


def _write_and_fail(change: Change) -> None:
    change.session.add(DepartmentRow(id="d9", name="Nine"))
    change.session.flush()
    raise KeyError


def test_a_file_locked_by_another_program_is_told_as_such(sandbox: Sandbox) -> None:
    other = sqlite3.connect(sandbox.folder / "hrms.sqlite", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageFailed, match="locked"), sandbox.change(SYSTEM):
            pass
        other.execute("ROLLBACK")
    finally:
        other.close()
    with sandbox.change(SYSTEM) as change:
        change.session.add(DepartmentRow(id="d9", name="Nine"))


def test_writers_wait_for_each_other_and_none_is_lost(sandbox: Sandbox) -> None:
    def write(number: int) -> None:
        for turn in range(10):
            with sandbox.change(SYSTEM) as change:
                change.session.add(DepartmentRow(id=f"w{number}-{turn}", name="x"))

    before = sandbox.revision
    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sandbox.revision == before + 40
    with sandbox.store.read() as session:
        assert len([one for one in session.exec(select(DepartmentRow.id)) if one.startswith("w")]) == 40


def test_a_closed_store_says_that_it_is_down(sandbox: Sandbox) -> None:
    sandbox.close()
    with pytest.raises(Down), sandbox.store.read():
        pass


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_damaged_file_is_told_as_broken(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "hrms.sqlite"
    file.write_bytes(content)
    with pytest.raises(Broken, match=r"hrms\.sqlite cannot be read"):
        Store(file)


def test_a_file_that_lacks_the_newest_table_gets_it(tmp_path: Path) -> None:
    file = tmp_path / "hrms.sqlite"
    Store(file).close()
    raw = sqlite3.connect(file)
    raw.execute("DROP TABLE recording")
    raw.execute("PRAGMA user_version=3")
    raw.close()
    for _ in range(2):
        store = Store(file)
        assert store.one("SELECT count(*) FROM recording", {}) == (0,)
        store.close()


def test_a_file_of_another_format_is_told_as_broken(tmp_path: Path) -> None:
    file = tmp_path / "hrms.sqlite"
    Store(file).close()
    raw = sqlite3.connect(file)
    raw.execute("PRAGMA user_version=99")
    raw.close()
    with pytest.raises(Broken):
        Store(file)


def test_what_was_compiled_for_one_sandbox_serves_the_others(tmp_path: Path) -> None:
    rare = select(DepartmentRow.name).where(col(DepartmentRow.id) == "d1", col(DepartmentRow.name) != "One")
    found = []
    for name in ("first", "second"):
        store = Store(tmp_path / f"{name}.sqlite")
        with store.read() as session:
            found.append(session.connection().execute(rare).context.cache_hit)
        store.close()
    assert found == [CacheStats.CACHE_MISS, CacheStats.CACHE_HIT]
