"""The platform's store: Runs and their Attempts in SQLite, or in another database given by its URL."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import JSON, DateTime, Dialect, Engine, Table, TypeDecorator, event, inspect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateColumn
from sqlmodel import Field, Session, SQLModel, col, create_engine, delete, select, update

from trainer.core.checks import Outcome
from trainer.core.errors import BrokenEnvironment
from trainer.core.runs import Attempt, Ongoing, Run, RunStatus
from trainer.i18n import gettext as _

log = logging.getLogger(__name__)

_OUTCOMES = TypeAdapter(tuple[Outcome, ...])
_ONGOING = TypeAdapter(Ongoing | None)


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


class RunRow(SQLModel, table=True):
    """One Run; `moved` is when something last happened in it."""

    __tablename__ = "run"

    id: str = Field(primary_key=True)
    scenario: str = Field(index=True)
    version: int
    digest: str
    mode: str
    lang: str
    owner: str = Field(index=True)
    sandbox: str
    started: datetime = Field(sa_type=Moment)
    ended: datetime | None = Field(sa_type=Moment)
    moved: datetime = Field(sa_type=Moment, index=True)
    status: str
    final: list[dict[str, Any]] = Field(sa_type=JSON)
    ongoing: dict[str, Any] | None = Field(sa_type=JSON)
    spent: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    ticked: datetime | None = Field(default=None, sa_type=Moment)
    breaks: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class AttemptRow(SQLModel, table=True):
    """One Attempt of a Run, numbered from 0; `status` sums up its outcomes for reports."""

    __tablename__ = "attempt"

    run: str = Field(primary_key=True, foreign_key="run.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)
    step: str = Field(index=True)
    status: str
    outcomes: list[dict[str, Any]] = Field(sa_type=JSON)
    started: datetime = Field(sa_type=Moment)
    ended: datetime = Field(sa_type=Moment)
    mistakes: int
    helps: list[str] = Field(sa_type=JSON)
    assisted: bool


class StoredRuns:
    """Keeps Runs in a database; tables and columns that are not there yet are added when it is opened.

    Args:
        url: SQLAlchemy URL, see `sqlite_url`.

    Raises:
        BrokenEnvironment: The database cannot be opened.
    """

    def __init__(self, url: str) -> None:
        self._writing = threading.Lock()
        try:
            self._engine = create_engine(url)
            if self._engine.dialect.name == "sqlite":
                event.listen(self._engine, "connect", _durable)
            SQLModel.metadata.create_all(self._engine, tables=_tables(RunRow, AttemptRow))
            _add_columns(self._engine, *_tables(RunRow, AttemptRow))
        except (SQLAlchemyError, ImportError) as error:
            raise BrokenEnvironment(
                _("The platform database cannot be opened: {reason}").format(reason=str(error).splitlines()[0]),
                _("Check TRAINER_DATABASE_URL, and that its driver is installed."),
            ) from error

    @property
    def engine(self) -> Engine:
        """The database, for reports."""
        return self._engine

    def save(self, run: Run) -> None:
        """Store the Run as it is now, durably, before returning."""
        row = _row(run).model_dump()
        with _told(), self._writing, Session(self._engine) as session, session.begin():
            known = session.exec(update(RunRow).where(col(RunRow.id) == run.id).values(**row))
            if not known.rowcount:
                session.add(RunRow(**row))
                session.flush()
            session.exec(delete(AttemptRow).where(col(AttemptRow.run) == run.id))
            session.add_all(_attempt_row(run.id, number, attempt) for number, attempt in enumerate(run.attempts))

    def get(self, run: str) -> Run | None:
        """Return a Run, or None."""
        found = self._select(col(RunRow.id) == run)
        return found[0] if found else None

    def of(self, owner: str) -> tuple[Run, ...]:
        """Return the Runs of one trainee, newest first."""
        return self._select(col(RunRow.owner) == owner)

    def idle(self, before: datetime) -> tuple[Run, ...]:
        """Return the Runs that still have a Sandbox and in which nothing has happened since `before`."""
        return self._select(col(RunRow.moved) < before, col(RunRow.sandbox) != "")

    def sandboxes(self) -> frozenset[str]:
        """Return the ids of all Sandboxes that Runs have."""
        with _told(), Session(self._engine) as session:
            return frozenset(session.exec(select(RunRow.sandbox).where(col(RunRow.sandbox) != "")))

    def forget(self, owner: str) -> tuple[str, ...]:
        """Delete all Runs of one trainee and return the ids of their Sandboxes."""
        with _told(), self._writing, Session(self._engine) as session, session.begin():
            mine = select(RunRow.id).where(RunRow.owner == owner)
            session.exec(delete(AttemptRow).where(col(AttemptRow.run).in_(mine)))
            gone = session.exec(delete(RunRow).where(col(RunRow.owner) == owner).returning(col(RunRow.sandbox)))
            return tuple(sandbox for (sandbox,) in gone.all() if sandbox)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _select(self, *conditions: Any) -> tuple[Run, ...]:  # noqa: ANN401  # SQLAlchemy's column expressions
        with _told(), Session(self._engine) as session:
            rows = session.exec(
                select(RunRow).where(*conditions).order_by(col(RunRow.started).desc(), col(RunRow.id))
            ).all()
            ids = [row.id for row in rows]
            attempts = session.exec(
                select(AttemptRow).where(col(AttemptRow.run).in_(ids)).order_by(col(AttemptRow.number))
            ).all()
            return tuple(_run(row, (attempt for attempt in attempts if attempt.run == row.id)) for row in rows)


def sqlite_url(file: Path) -> str:
    """Return the URL of an SQLite file whose folder is made if need be."""
    file.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{file}"


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


def _tables(*models: type[SQLModel]) -> list[Table]:
    return [SQLModel.metadata.tables[str(model.__tablename__)] for model in models]


def _add_columns(engine: Engine, *tables: Table) -> None:
    """Bring a database of an earlier version up to date: a new column is empty or has a default of its own."""
    with engine.begin() as connection:
        for table in tables:
            known = {column["name"] for column in inspect(connection).get_columns(table.name)}
            for column in table.columns:
                if column.name not in known:
                    written = CreateColumn(column).compile(dialect=engine.dialect)
                    connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {written}")


def _row(run: Run) -> RunRow:
    moments = [run.started, run.ended, run.ongoing and run.ongoing.moved, run.ticked]
    moments += [attempt.ended for attempt in run.attempts]
    return RunRow(
        id=run.id,
        scenario=run.scenario,
        version=run.version,
        digest=run.digest,
        mode=run.mode,
        lang=run.lang,
        owner=run.owner,
        sandbox=run.sandbox,
        started=run.started,
        ended=run.ended,
        moved=max(moment for moment in moments if moment),
        status=run.status,
        final=_OUTCOMES.dump_python(run.final, mode="json"),
        ongoing=_ONGOING.dump_python(run.ongoing, mode="json"),
        spent=run.spent.total_seconds(),
        ticked=run.ticked,
        breaks=run.breaks,
    )


def _attempt_row(run: str, number: int, attempt: Attempt) -> AttemptRow:
    return AttemptRow(
        run=run,
        number=number,
        step=attempt.step,
        status=attempt.status,
        outcomes=_OUTCOMES.dump_python(attempt.outcomes, mode="json"),
        started=attempt.started,
        ended=attempt.ended,
        mistakes=attempt.mistakes,
        helps=list(attempt.helps),
        assisted=attempt.assisted,
    )


def _run(row: RunRow, attempts: Iterable[AttemptRow]) -> Run:
    """Read rows back into a Run; rows are not validated by SQLModel, so the JSON columns are here."""
    return Run(
        id=row.id,
        scenario=row.scenario,
        version=row.version,
        digest=row.digest,
        mode=row.mode,
        lang=row.lang,
        owner=row.owner,
        sandbox=row.sandbox,
        started=row.started,
        ended=row.ended,
        status=RunStatus(row.status),
        attempts=tuple(
            Attempt(
                step=attempt.step,
                outcomes=_OUTCOMES.validate_python(attempt.outcomes),
                started=attempt.started,
                ended=attempt.ended,
                mistakes=attempt.mistakes,
                helps=tuple(attempt.helps),
                assisted=attempt.assisted,
            )
            for attempt in attempts
        ),
        final=_OUTCOMES.validate_python(row.final),
        ongoing=_ONGOING.validate_python(row.ongoing),
        spent=timedelta(seconds=row.spent),
        ticked=row.ticked,
        breaks=row.breaks,
    )
