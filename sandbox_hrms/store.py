"""The SQLite files: one per sandbox, and one for sign-in beside them all."""

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Dialect, String, TypeDecorator, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool
from sqlmodel import Field, Session, SQLModel

from sandbox_hrms.core.errors import Broken, Down, StorageFailed
from sandbox_hrms.core.texts import N_

FORMAT = 1
"""Raised with every change of the tables; kept in the file as SQLite's ``user_version``."""
_BUSY_SECONDS = 0.5


class Utc(TypeDecorator[datetime]):
    """An aware UTC time, kept as ISO text so that it sorts and reads the same everywhere."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> str | None:
        """Write the time as text."""
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, _dialect: Dialect) -> datetime | None:
        """Read the text back."""
        return None if value is None else datetime.fromisoformat(value)


class SandboxRow(SQLModel, table=True):
    """The sandbox itself; one row."""

    __tablename__ = "sandbox"
    id: int = Field(default=1, primary_key=True)
    profile: str
    lang: str
    dataset: str
    random: int
    digest: str
    scenario_candidate: str
    revision: int = 0
    clock_fixed: datetime | None = Field(default=None, sa_type=Utc)
    clock_offset: float = 0.0


class DepartmentRow(SQLModel, table=True):
    """A department."""

    __tablename__ = "department"
    id: str = Field(primary_key=True)
    name: str


class PostRow(SQLModel, table=True):
    """A kind of post with its planned headcount."""

    __tablename__ = "post"
    id: str = Field(primary_key=True)
    title: str
    department: str = Field(foreign_key="department.id")
    headcount: int


class EmployeeRow(SQLModel, table=True):
    """A person in a post."""

    __tablename__ = "employee"
    id: str = Field(primary_key=True)
    name: str
    post: str = Field(foreign_key="post.id")
    since: datetime = Field(sa_type=Utc)


class StaffRow(SQLModel, table=True):
    """A person who signs in by name; ``department`` is set for a head."""

    __tablename__ = "staff"
    role: str = Field(primary_key=True)
    name: str
    department: str | None = Field(default=None, foreign_key="department.id")


class CandidateRow(SQLModel, table=True):
    """An applicant; ``resume`` is the résumé as plain data."""

    __tablename__ = "candidate"
    id: str = Field(primary_key=True)
    name: str
    email: str
    phone: str
    source: str
    post: str = Field(foreign_key="post.id")
    placement: str
    applied_at: datetime = Field(sa_type=Utc)
    resume: dict[str, Any] = Field(sa_type=JSON)


class InterviewRow(SQLModel, table=True):
    """One interview; rubric and questions are copied in when it is made."""

    __tablename__ = "interview"
    id: str = Field(primary_key=True)
    candidate: str = Field(foreign_key="candidate.id", unique=True)
    status: str
    saved: str
    synced: str
    rubric: dict[str, Any] = Field(sa_type=JSON)
    questions: list[dict[str, Any]] = Field(sa_type=JSON)


class SittingRow(SQLModel, table=True):
    """One sitting; ``question_since`` is when the clock of the open question began."""

    __tablename__ = "sitting"
    id: str = Field(primary_key=True)
    interview: str = Field(foreign_key="interview.id", index=True)
    number: int
    status: str
    device_check: str | None = None
    started_at: datetime = Field(sa_type=Utc)
    ended_at: datetime | None = Field(default=None, sa_type=Utc)
    question_since: datetime | None = Field(default=None, sa_type=Utc)


class AnswerRow(SQLModel, table=True):
    """One submitted answer."""

    __tablename__ = "answer"
    sitting: str = Field(primary_key=True, foreign_key="sitting.id")
    question: str = Field(primary_key=True)
    text: str
    late: bool
    submitted_at: datetime = Field(sa_type=Utc)


class DraftRow(SQLModel, table=True):
    """What was typed and not submitted in a sitting; ``left`` marks it dropped by a closed tab."""

    __tablename__ = "draft"
    sitting: str = Field(primary_key=True, foreign_key="sitting.id")
    question: str | None = None
    text: str = ""
    seq: int = 0
    left: bool = False


class ScoreRow(SQLModel, table=True):
    """The score of an interview, as plain data."""

    __tablename__ = "score"
    interview: str = Field(primary_key=True, foreign_key="interview.id")
    score: dict[str, Any] = Field(sa_type=JSON)
    scored_at: datetime = Field(sa_type=Utc)


class EventRow(SQLModel, table=True):
    """One thing that happened; with ``before`` and ``after`` it is also the audit log's entry."""

    __tablename__ = "event"
    __table_args__ = {"sqlite_autoincrement": True}
    seq: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Utc)
    actor: str
    role: str
    kind: str
    subject: str
    data: dict[str, Any] = Field(sa_type=JSON)
    before: str = ""
    after: str = ""


class OutboxRow(SQLModel, table=True):
    """A result on its way to the org side."""

    __tablename__ = "outbox"
    key: str = Field(primary_key=True)
    interview: str = Field(foreign_key="interview.id")
    written_at: datetime = Field(sa_type=Utc)
    delivered_at: datetime | None = Field(default=None, sa_type=Utc)


class InboxRow(SQLModel, table=True):
    """A result that has arrived on the org side; the key makes a second arrival visible."""

    __tablename__ = "inbox"
    key: str = Field(primary_key=True)
    interview: str
    post: str = Field(index=True)
    received_at: datetime = Field(sa_type=Utc)


class LinkRow(SQLModel, table=True):
    """A sign-in link, by the hash of its key."""

    __tablename__ = "link"
    key_hash: str = Field(primary_key=True)
    sandbox: str = Field(index=True)
    role: str
    read_only: bool


class SessionRow(SQLModel, table=True):
    """A signed-in session, by the hash of its cookie."""

    __tablename__ = "session"
    token_hash: str = Field(primary_key=True)
    sandbox: str = Field(index=True)
    role: str
    person: str
    name: str
    read_only: bool
    expires: datetime = Field(sa_type=Utc)


class AccountRow(SQLModel, table=True):
    """A practice account; its password is shown on the sign-in page on purpose."""

    __tablename__ = "account"
    sandbox: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    password: str


_SIGN_IN_TABLES = (LinkRow, SessionRow, AccountRow)
SIGN_IN = tuple(SQLModel.metadata.tables[str(table.__tablename__)] for table in _SIGN_IN_TABLES)
SANDBOX = tuple(table for table in SQLModel.metadata.sorted_tables if table not in SIGN_IN)


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
        self._raw = sqlite3.connect(
            file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        self._engine = create_engine("sqlite://", creator=lambda: self._raw, poolclass=StaticPool)
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
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._raw.execute(f"PRAGMA {pragma}")
        found = self._raw.execute("PRAGMA user_version").fetchone()[0]
        if found == FORMAT:
            return
        if found or self._raw.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise Broken(f"format {found}, expected {FORMAT}")
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            SQLModel.metadata.create_all(connection, tables=tables)
            connection.exec_driver_sql(f"PRAGMA user_version={FORMAT}")

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
            session.commit()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Session]:
        with self._lock:
            if self._closed:
                raise Down
            try:
                with Session(self._engine, expire_on_commit=False) as session:
                    session.connection().exec_driver_sql(begin)
                    yield session
            except OperationalError as error:
                raise StorageFailed(str(error.orig)) from error

    def close(self) -> None:
        """Let go of the file; whoever still holds this object is told that the sandbox is down."""
        with self._lock:
            self._closed = True
            self._engine.dispose()
            self._raw.close()


class Store(SqliteFile):
    """The file of one sandbox; every write that changes something raises its revision."""

    def __init__(self, file: Path) -> None:
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

    def copy_to(self, file: Path) -> None:
        """Copy the committed content into a new file, on the disk when this returns."""
        with self._lock:
            if self._closed:
                raise Down
            _copy(self._raw, file)

    def restore_from(self, file: Path) -> None:
        """Take over the content of ``file`` inside the open database.

        The revision and the event numbers go on counting, so that nobody takes the old content for known.
        """
        with self._lock, closing(sqlite3.connect(file)) as source, closing(_memory()) as content:
            if self._closed:
                raise Down
            revision, last = self._raw.execute(_COUNTERS).fetchone()
            source.backup(content)
            content.execute("UPDATE sandbox SET revision = ?", (revision + 1,))
            content.execute("DELETE FROM sqlite_sequence WHERE name='event'")
            content.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('event', ?)", (last,))
            content.backup(self._raw)  # one transaction: all or nothing


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


_COUNTERS = "SELECT revision, coalesce((SELECT seq FROM sqlite_sequence WHERE name='event'), 0) FROM sandbox"


def _memory() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None)
