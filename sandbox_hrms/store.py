"""The SQLite files: one per sandbox, and one for sign-in beside them all."""

import asyncio
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool
from sqlalchemy.util import LRUCache
from sqlmodel import Session, SQLModel

from sandbox_hrms.core.errors import Broken, Down, StorageFailed
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables import SANDBOX

FORMAT = 6
"""Raised with every change of the tables; kept in the file as SQLite's ``user_version``."""
_ADDED_TO = 3
"""Files from this format on lack nothing but whole tables, which are added when they are opened."""
_BUSY_SECONDS = 0.25
"""So long a write waits for a database that another program holds."""
_BUSY_STEP_SECONDS = 0.02
_TURN_SECONDS = 0.1
_NO_LIMIT = 2**30
_SQLITE = create_engine("sqlite://")
_SQLITE.connect().close()  # so that its dialect knows what this SQLite can do
_COMPILED: LRUCache[Any, Any] = LRUCache(1_000)
"""Statements as SQL text, for the files of all sandboxes: each is compiled once a process, not once a sandbox."""


class Turns(threading.local):
    """Lets one thread at a time compute what it reads and changes, up to the commit, which waits for the disk.

    Several at once do not come to their end sooner, but all at the end: they take the interpreter from each other,
    and from the pages, at every statement. It is a courtesy, not a lock: nobody waits for long, and pages, in
    their event loop, do not wait at all.

    Args:
        lock: Of all threads: whoever has it has the turn.
        seconds: Nobody waits for longer.
    """

    _depth = 0
    _mine = False

    def __init__(self, lock: threading.Lock, seconds: float) -> None:
        self._lock = lock
        self._seconds = seconds

    def take(self) -> None:
        """Begin a transaction; one inside of another is part of the same turn."""
        if not self._depth and not _in_event_loop():
            self._mine = self._lock.acquire(timeout=self._seconds)
        self._depth += 1

    def give(self) -> None:
        """End a transaction."""
        self._depth -= 1
        if not self._depth:
            self.pass_on()

    def pass_on(self) -> None:
        """Let the next one compute, as this one waits from here on."""
        if self._mine:
            self._mine = False
            self._lock.release()


_TURNS = Turns(threading.Lock(), _TURN_SECONDS)


class SqliteFile:
    """One SQLite file behind one connection and one lock.

    Every commit is on the disk when :meth:`write` returns (WAL, ``synchronous=FULL``). As there is one
    connection a file, it is the only writer and does all checkpoints of the write-ahead log itself.

    Args:
        file: The database; made when it does not exist.
        tables: The tables to make in a new file.

    Raises:
        Broken: The file is damaged or has another format.
    """

    def __init__(self, file: Path, tables: Sequence[Any]) -> None:
        self.file = file
        self._lock = threading.RLock()
        self._closed = False
        self._opened = secrets.token_hex(8)
        self._replaced = 0
        self._raw = sqlite3.connect(
            file, timeout=0, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        self._engine = _engine(self._raw)
        try:
            self._prepare(tables)
        except (sqlite3.DatabaseError, Broken) as error:
            self.close()
            raise Broken(
                N_("The data file {file} cannot be read."),
                N_("Delete this sandbox and create a new one."),
                file=file.name,
            ) from error

    def _prepare(self, tables: Sequence[Any]) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            self._raw.execute(f"PRAGMA {pragma}")
        _complete(self._raw, self._engine, tables)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session that sees one moment of the file and changes nothing."""
        with self._transaction("BEGIN") as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session whose changes are durable, all or none, when the block ends."""
        with self._transaction("BEGIN IMMEDIATE") as session:
            yield session
            _TURNS.pass_on()
            session.commit()

    def one(self, sql: str, parameters: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Return the first row of a plain SELECT: for what is asked at every request."""
        with self._lock:
            self._need_open()
            try:
                row: tuple[Any, ...] | None = self._raw.execute(sql, parameters).fetchone()
            except sqlite3.OperationalError as error:
                raise StorageFailed(str(error)) from error
            return row

    @property
    def version(self) -> tuple[str, int, int]:
        """What is another one whenever a row was changed; costs nothing, as the file is not looked into.

        A change counts before it is committed; whoever reads then waits for the commit.
        """
        self._need_open()
        try:
            return self._opened, self._replaced, self._raw.total_changes
        except sqlite3.ProgrammingError as error:  # closed just now: nobody waits for the lock here
            raise Down from error

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Session]:
        session = self._begin(begin)
        try:
            with session:
                yield session
        except OperationalError as error:
            raise StorageFailed(str(error.orig)) from error
        finally:
            self._lock.release()
            _TURNS.give()

    def _begin(self, begin: str) -> Session:
        """Take the lock and begin; while another program holds the database, others may read meanwhile."""
        patience = time.monotonic() + _BUSY_SECONDS
        while True:
            _TURNS.take()
            self._lock.acquire()
            session = Session(self._engine, expire_on_commit=False)
            try:
                self._need_open()
                session.connection().exec_driver_sql(begin)
            except BaseException as error:
                session.close()
                self._lock.release()
                _TURNS.give()
                if not isinstance(error, OperationalError):
                    raise
                if not _is_busy(error) or time.monotonic() >= patience or _in_event_loop():
                    raise StorageFailed(str(error.orig)) from error
            else:
                return session
            time.sleep(_BUSY_STEP_SECONDS)

    def _need_open(self) -> None:
        if self._closed:
            raise Down

    def scrub(self) -> None:
        """Empty the write-ahead log: what was deleted and overwritten in the file can then be read nowhere."""
        with self._lock:
            if not self._closed:
                self._raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Let go of the file; whoever still holds this object is told that the sandbox is down."""
        with self._lock:
            self._closed = True
            self._engine.dispose()
            self._raw.close()


class Store(SqliteFile):
    """The file of one sandbox; every write that changes something raises its revision."""

    def __init__(self, file: Path) -> None:
        self._intruder: sqlite3.Connection | None = None
        self._full = False
        super().__init__(file, SANDBOX)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session for one change; the revision counts it if it changed a row."""
        with super().write() as session:
            before = self._raw.total_changes
            yield session
            session.flush()
            if self._raw.total_changes > before:
                session.connection().execute(text("UPDATE sandbox SET revision = revision + 1"))
                if self._full:
                    self._overflow(session)

    def quick(self, sql: str, parameters: Mapping[str, Any]) -> bool:
        """Change rows by one plain statement, durable when this returns: for what is stored at every keystroke.

        Returns:
            Whether a row was changed. False also where the file does not take it: :meth:`write` says why.
        """
        with self._lock:
            self._need_open()
            if self._full:
                return False
            raw = self._raw
            try:
                raw.execute("BEGIN IMMEDIATE")
                changed = raw.execute(sql, parameters).rowcount > 0
                if changed:
                    raw.execute("UPDATE sandbox SET revision = revision + 1")
                raw.execute("COMMIT")
            except sqlite3.OperationalError:
                changed = False
            finally:
                if raw.in_transaction:
                    raw.execute("ROLLBACK")
            return changed

    def trouble(self, *, locked: bool, full: bool) -> None:
        """Let the file misbehave for real, or behave again.

        Args:
            locked: A second connection holds the file's write lock: writes end in SQLITE_BUSY, reads go on.
            full: The file may not grow: changes end in SQLITE_FULL, reads go on.
        """
        with self._lock:
            if self._closed:
                return
            if locked and self._intruder is None:
                self._intruder = sqlite3.connect(
                    self.file, timeout=0, isolation_level=None, check_same_thread=False
                )
                self._intruder.execute("BEGIN IMMEDIATE")
            elif not locked:
                self._let_intruder_go()
            pages = self._raw.execute("PRAGMA page_count").fetchone()[0]
            self._raw.execute(f"PRAGMA max_page_count={pages if full else _NO_LIMIT}")
            self._full = full

    @contextmanager
    def eased(self) -> Iterator[None]:
        """Let the file behave and nobody else in until the block ends, which is to call :meth:`trouble` last."""
        with self._lock:
            self.trouble(locked=False, full=False)
            yield

    def close(self) -> None:
        """Let go of the file; whoever still holds this object is told that the sandbox is down."""
        with self._lock:
            self._let_intruder_go()
            super().close()

    def _let_intruder_go(self) -> None:
        if self._intruder is not None:
            self._intruder.close()
            self._intruder = None

    def _overflow(self, session: Session) -> None:
        """Add more than the free pages hold, so that a change fails even where it would just have fitted in."""
        connection = session.connection()
        free = connection.exec_driver_sql("PRAGMA freelist_count").scalar_one()
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        connection.exec_driver_sql("CREATE TABLE ballast (content BLOB)")
        connection.exec_driver_sql("INSERT INTO ballast VALUES (zeroblob(?))", ((free + 2) * size,))

    def copy_to(self, file: Path) -> None:
        """Copy the committed content into a new file, on the disk when this returns."""
        with self._lock:
            if self._closed:
                raise Down
            _copy(self._raw, file)

    def restore_from(self, file: Path, finish: Callable[[Session], None] | None = None) -> None:
        """Take over the content of ``file`` inside the open database, all of it or nothing.

        The revision and the event numbers go on counting, so that nobody takes the old content for known.

        Args:
            file: Where the content comes from.
            finish: Puts the content right before it is taken over. With it, log and clock stay as they are now;
                otherwise they are those of ``file``.

        Raises:
            Broken: The file is of a format that cannot be read any more; the database is as it was.
            StorageFailed: The database did not take it; it is as it was.
        """
        with self._lock, closing(sqlite3.connect(file)) as source, closing(_memory()) as content:
            if self._closed:
                raise Down
            try:
                revision, last = self._raw.execute(_COUNTERS).fetchone()
                source.backup(content)
                _complete(content, _engine(content), SANDBOX)
                content.execute("UPDATE sandbox SET revision = ?", (revision + 1,))
                content.execute("DELETE FROM sqlite_sequence WHERE name='event'")
                content.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('event', ?)", (last,))
                if finish is not None:
                    self._keep_log(content, finish)
                content.backup(self._raw, progress=_refuse_to_wait)  # one transaction: all or nothing
                self._replaced += 1
            except sqlite3.OperationalError as error:
                raise StorageFailed(str(error)) from error

    def _keep_log(self, content: sqlite3.Connection, finish: Callable[[Session], None]) -> None:
        content.execute("PRAGMA secure_delete=ON")
        content.execute("DELETE FROM event")
        present = self._raw.execute("SELECT * FROM event")
        columns = ", ".join(f'"{one[0]}"' for one in present.description)
        marks = ", ".join("?" for _ in present.description)
        content.executemany(f"INSERT INTO event ({columns}) VALUES ({marks})", present)  # noqa: S608  # our own names
        clock = self._raw.execute("SELECT clock_fixed, clock_offset FROM sandbox").fetchone()
        content.execute("UPDATE sandbox SET clock_fixed = ?, clock_offset = ?", clock)
        with Session(_engine(content)) as session:
            finish(session)
            session.commit()


def is_known(found: int) -> bool:
    """Say whether files of a format can be read: an older one may lack whole tables, and nothing else."""
    return _ADDED_TO <= found <= FORMAT


def _complete(raw: sqlite3.Connection, engine: Engine, tables: Sequence[Any]) -> None:
    """Make the tables that a new file, or one of an older format, lacks."""
    found = raw.execute("PRAGMA user_version").fetchone()[0]
    if found == FORMAT:
        return
    empty = not raw.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not (empty if found == 0 else is_known(found)):
        raise Broken(f"format {found}, expected {FORMAT}")
    with engine.begin() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        SQLModel.metadata.create_all(connection, tables=tables)
        connection.exec_driver_sql(f"PRAGMA user_version={FORMAT}")


def _engine(raw: sqlite3.Connection) -> Engine:
    """Return an engine over one connection; all engines share their dialect and what was compiled for it."""

    def connection() -> Any:  # noqa: ANN401  # what a pool is typed to make
        return raw

    pool = StaticPool(connection, dialect=_SQLITE.dialect)
    return Engine(pool, _SQLITE.dialect, _SQLITE.url, execution_options={"compiled_cache": _COMPILED})


def copy(file: Path, target: Path) -> None:
    """Copy a sandbox file that nobody has open into a new file, on the disk when this returns."""
    with closing(sqlite3.connect(file)) as source:
        _copy(source, target)


def _copy(source: sqlite3.Connection, file: Path) -> None:
    with closing(sqlite3.connect(file)) as target:
        target.execute("PRAGMA synchronous=OFF")  # one fsync below instead of several
        source.backup(target)
    with file.open("rb+") as written:
        os.fsync(written.fileno())


def _in_event_loop() -> bool:
    """Say whether somebody would wait here for whom everybody waits."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _is_busy(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


_COUNTERS = "SELECT revision, coalesce((SELECT seq FROM sqlite_sequence WHERE name='event'), 0) FROM sandbox"


def _refuse_to_wait(status: int, _remaining: int, _total: int) -> None:
    """Stop a copy into a locked database, which would try again for ever."""
    if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        raise sqlite3.OperationalError("database is locked")


def _memory() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None)
