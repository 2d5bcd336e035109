"""The platform's database: an SQLite file, or PostgreSQL by its URL, brought up to date when it is opened."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, DateTime, Dialect, Engine, TypeDecorator, event, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import registry
from sqlmodel import Session, SQLModel, create_engine

from trainer.adapters import file_lock
from trainer.core.errors import BrokenEnvironment
from trainer.i18n import gettext as _

log = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
"""The driver that comes with the extra `postgres`, where a URL names none."""


class Row(SQLModel, registry=registry()):
    """A table of the platform; the practice HR system has its own, some of the same names."""


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC, also in a database that knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Store UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002
        """Give UTC back."""
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


class Database:
    """One open database, shared by all stores of the platform.

    Args:
        url: SQLAlchemy URL, see `sqlite_url`.

    Attributes:
        engine: For reports.

    Raises:
        BrokenEnvironment: The database cannot be opened, or a later version of the trainer has made it.
    """

    def __init__(self, url: str) -> None:
        self._writing = threading.Lock()
        try:
            found = _with_driver(make_url(url))
            self.engine = create_engine(found, pool_pre_ping=found.get_backend_name() != "sqlite")
            if self.engine.dialect.name == "sqlite":
                event.listen(self.engine, "connect", _durable)
            with _let_go_when_it_fails(self.engine):
                _bring_up_to_date(self.engine)
        except (SQLAlchemyError, ImportError) as error:
            raise BrokenEnvironment(
                _("The platform database cannot be opened: {reason}").format(reason=str(error).splitlines()[0]),
                _("Check TRAINER_DATABASE_URL, and that its driver is installed."),
            ) from error

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Look; raises `BrokenEnvironment` when the database fails."""
        with _told(), Session(self.engine) as session:
            yield session

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """Look at plain rows, as every look at a page does; raises `BrokenEnvironment` when the database fails.

        A question that is made once, its values left open (`bindparam`), and asked here takes an eighth of the
        processor time that a fresh one takes in `reading`.
        """
        with _told(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Change, wholly or not at all, durably when the block ends; raises `BrokenEnvironment` otherwise."""
        with _told(), self._writing, Session(self.engine) as session, session.begin():
            yield session

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """Change plain rows, as every step of a lesson does; otherwise as `writing`, which costs a third more."""
        with _told(), self._writing, self.engine.begin() as connection:
            yield connection

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Tell whether nobody else is in such a block, in any process; who is killed in it is out of it."""
        with ExitStack() as ending:
            if self.engine.dialect.name == "sqlite":
                file = ending.enter_context(Path(f"{self.engine.url.database}-alone").open("w"))
                yield file_lock.take(file)
                return
            with _told():
                connection = ending.enter_context(self.engine.connect())
                connection.execution_options(isolation_level="AUTOCOMMIT")
                ours = bool(connection.scalar(text("SELECT pg_try_advisory_lock(7022)")))
            try:
                yield ours
            finally:
                try:  # a connection that is only dropped keeps its lock until the server notices
                    connection.execute(text("SELECT pg_advisory_unlock_all()"))
                except SQLAlchemyError:
                    connection.invalidate()

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def sqlite_url(file: Path) -> str:
    """Return the URL of an SQLite file whose folder is made if need be."""
    file.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{file}"


def newest() -> str:
    """Return the newest version of the tables."""
    return max(_revision(file) for file in (MIGRATIONS / "versions").glob("r*.py"))


def migrate(connection: Connection, version: str) -> None:
    """Bring the tables to a version, within the transaction of `connection`."""
    from alembic import command  # half a second, needed only when something is to be done
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, version)


def _bring_up_to_date(engine: Engine) -> None:
    with engine.connect() as connection:
        if _version(connection) == newest():
            return
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # of two servers that start at once, one waits
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(7021)"))
        if _version(connection) > newest():
            raise BrokenEnvironment(
                _("The platform database was made by a later version of the trainer."),
                _("Install that version, or name another database in TRAINER_DATABASE_URL."),
            )
        migrate(connection, newest())
        connection.commit()


@contextmanager
def _let_go_when_it_fails(engine: Engine) -> Iterator[None]:
    try:
        yield
    except BaseException:
        engine.dispose()
        raise


def _version(connection: Connection) -> str:
    """Return the version of the tables, "" when there are none yet or they are from before versions."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def _revision(file: Path) -> str:
    return file.stem[1:5]


def _with_driver(url: URL) -> URL:
    return url.set(drivername=DRIVERS.get(url.drivername, url.drivername))


@contextmanager
def _told() -> Iterator[None]:
    """Tell a failure of the database to whoever asked, in words; the log has the rest."""
    try:
        yield
    except SQLAlchemyError as error:
        log.error("the platform database failed: %s", str(error).splitlines()[0])  # noqa: TRY400  # one line will do
        raise BrokenEnvironment(
            _("The trainer cannot reach its own records at the moment."),
            _("Keep this page open: what you have done is kept, and it goes on by itself."),
        ) from error


def _durable(connection: Any, _record: object) -> None:  # noqa: ANN401  # sqlite3's own connection
    """An acknowledged save outlives a power cut."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=2000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
