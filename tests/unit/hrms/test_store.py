"""A sandbox file: what is acknowledged is on the disk, what is refused leaves no trace."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy.engine.interfaces import CacheStats
from sqlmodel import col, select

from sandbox_hrms.app.sandboxes import Change, Sandbox
from sandbox_hrms.core.errors import Broken, Down, StorageFailed
from sandbox_hrms.core.roles import SYSTEM
from sandbox_hrms.store import Store, Turns
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


class _Waiter:
    """A thread that takes its turn, and tells when it has it."""

    def __init__(self, turns: Turns) -> None:
        self.there = threading.Event()
        self.may_go = threading.Event()
        self._turns = turns
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self._turns.take()
        self.there.set()
        self.may_go.wait(10)
        self._turns.give()

    def end(self) -> None:
        self.may_go.set()
        self._thread.join()


def test_one_transaction_at_a_time_computes_up_to_its_commit() -> None:
    turns = Turns(threading.Lock(), 60)
    turns.take()
    turns.take()
    turns.give()  # one inside of another ends no turn
    other = _Waiter(turns)
    assert not other.there.wait(0.05)
    turns.pass_on()
    assert other.there.wait(10)
    turns.give()
    other.end()


def test_nobody_waits_long_for_a_transaction_that_does_not_end() -> None:
    turns = Turns(threading.Lock(), 0.01)
    turns.take()
    other = _Waiter(turns)
    assert other.there.wait(10)
    other.end()
    turns.give()


def test_the_pages_do_not_wait_for_a_turn() -> None:
    turns = Turns(threading.Lock(), 60)
    other = _Waiter(turns)
    assert other.there.wait(10)

    async def look() -> None:
        turns.take()
        turns.give()

    asyncio.run(look())
    other.end()


def test_a_long_change_of_one_sandbox_holds_up_no_other(sandbox: Sandbox, tmp_path: Path) -> None:
    inside, may_commit = threading.Event(), threading.Event()
    second = Store(tmp_path / "second.sqlite")

    def change() -> None:
        with sandbox.change(SYSTEM) as change:
            change.session.add(DepartmentRow(id="d9", name="Nine"))
            inside.set()
            may_commit.wait(10)

    thread = threading.Thread(target=change)
    thread.start()
    assert inside.wait(10)
    with second.read() as session:  # waits its time, no longer
        assert session.exec(select(DepartmentRow)).all() == []
    may_commit.set()
    thread.join()
    second.close()
    with sandbox.store.read() as session:
        assert session.get(DepartmentRow, "d9") is not None


def test_a_file_that_is_closed_while_its_version_is_asked_for_is_down(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox.store, "_need_open", sandbox.store.close)  # right after it was found open
    with pytest.raises(Down):
        _ = sandbox.store.version
