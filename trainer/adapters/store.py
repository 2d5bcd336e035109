"""Keeps Runs and their Attempts in the platform's database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import JSON, String, bindparam, cast, insert, update
from sqlalchemy import Row as Found
from sqlmodel import Field, col, delete, select

from trainer.adapters.database import Database, Moment, Row
from trainer.core.checks import Outcome
from trainer.core.runs import Attempt, Ongoing, Run, RunStatus

_OUTCOMES = TypeAdapter(tuple[Outcome, ...])
_ONGOING = TypeAdapter(Ongoing | None)


class RunRow(Row, table=True):
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


class AttemptRow(Row, table=True):
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


_RUNS, _TRIES = (Row.metadata.tables[name] for name in ("run", "attempt"))
# made once: every look at a page asks these
_RUN = select(RunRow).where(col(RunRow.id) == bindparam("run"))
_ATTEMPTS = select(AttemptRow).where(col(AttemptRow.run) == bindparam("run")).order_by(col(AttemptRow.number))
_OWNER = select(_RUNS.c.owner).where(_RUNS.c.id == bindparam("run"))
_NEW_RUN, _MORE_ATTEMPTS = insert(_RUNS), insert(_TRIES)
_CHANGE = update(_RUNS).where(_RUNS.c.id == bindparam("of"))
_PICTURED = [
    select(column).where(cast(column, String).like('%.png"%')) for column in (_RUNS.c.final, _TRIES.c.outcomes)
]
_NO_ATTEMPTS = delete(_TRIES).where(_TRIES.c.run == bindparam("of"))


class StoredRuns:
    """Keeps Runs in the platform's database; implements `trainer.app.ports.Runs`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, run: Run) -> None:
        """Store the Run as it is now, durably, before returning."""
        self._store(run, anew=True)

    def update(self, run: Run) -> None:
        """Store a Run that was saved before, as `save` does; one that was forgotten meanwhile stays forgotten."""
        self._store(run, anew=False)

    def _store(self, run: Run, *, anew: bool) -> None:
        row, tries = _row(run), [_attempt_row(run.id, *one) for one in enumerate(run.attempts)]
        with self._database.changing() as connection:
            if not connection.execute(_CHANGE, {"of": run.id, **row}).rowcount:
                if not anew:
                    return
                connection.execute(_NEW_RUN, row)
            connection.execute(_NO_ATTEMPTS, {"of": run.id})
            if tries:
                connection.execute(_MORE_ATTEMPTS, tries)

    def get(self, run: str) -> Run | None:
        """Return a Run, or None."""
        with self._database.asking() as connection:
            found = connection.execute(_RUN, {"run": run}).one_or_none()
            return _run(found, connection.execute(_ATTEMPTS, {"run": run})) if found else None

    def owner(self, run: str) -> str | None:
        """Return whose Run it is, None when there is none; takes a quarter of what `get` does."""
        with self._database.asking() as connection:
            return connection.execute(_OWNER, {"run": run}).scalar_one_or_none()

    def of(self, owner: str) -> tuple[Run, ...]:
        """Return the Runs of one trainee, newest first."""
        return self._select(col(RunRow.owner) == owner)

    def of_all(self, owners: Sequence[str], since: datetime | None = None) -> tuple[Run, ...]:
        """Return the Runs of several trainees, newest first: those in which something has happened since then."""
        lately = () if since is None else (col(RunRow.moved) >= since,)
        return self._select(col(RunRow.owner).in_(owners), *lately)

    def idle(self, before: datetime) -> tuple[Run, ...]:
        """Return the Runs that still have a Sandbox and in which nothing has happened since `before`."""
        return self._select(col(RunRow.moved) < before, col(RunRow.sandbox) != "")

    def sandboxes(self) -> frozenset[str]:
        """Return the ids of all Sandboxes that Runs have."""
        with self._database.reading() as session:
            return frozenset(session.exec(select(RunRow.sandbox).where(col(RunRow.sandbox) != "")))

    def pictures(self) -> frozenset[str]:
        """Return the names of all pictures that are evidence of Runs."""
        with self._database.asking() as connection:
            told = [one for asked in _PICTURED for one in connection.execute(asked).scalars()]
        return frozenset(outcome["screenshot"] for outcomes in told for outcome in outcomes) - {""}

    def forget(self, owner: str) -> tuple[str, ...]:
        """Delete all Runs of one trainee and return the ids of their Sandboxes."""
        with self._database.writing() as session:
            mine = select(RunRow.id).where(RunRow.owner == owner)
            session.exec(delete(AttemptRow).where(col(AttemptRow.run).in_(mine)))
            gone = session.exec(delete(RunRow).where(col(RunRow.owner) == owner).returning(col(RunRow.sandbox)))
            return tuple(sandbox for (sandbox,) in gone.all() if sandbox)

    def _select(self, *conditions: Any) -> tuple[Run, ...]:  # noqa: ANN401  # SQLAlchemy's column expressions
        with self._database.asking() as connection:
            rows = connection.execute(
                select(RunRow).where(*conditions).order_by(col(RunRow.started).desc(), col(RunRow.id))
            ).all()
            ids = [row.id for row in rows]
            attempts = connection.execute(
                select(AttemptRow).where(col(AttemptRow.run).in_(ids)).order_by(col(AttemptRow.number))
            )
            of_run: dict[str, list[Found[Any]]] = {row.id: [] for row in rows}
            for attempt in attempts:
                of_run[attempt.run].append(attempt)
            return tuple(_run(row, of_run[row.id]) for row in rows)


def _row(run: Run) -> dict[str, Any]:
    moments = [run.started, run.ended, run.ongoing and run.ongoing.moved, run.ticked]
    moments += [attempt.ended for attempt in run.attempts]
    return {
        "id": run.id,
        "scenario": run.scenario,
        "version": run.version,
        "digest": run.digest,
        "mode": run.mode,
        "lang": run.lang,
        "owner": run.owner,
        "sandbox": run.sandbox,
        "started": run.started,
        "ended": run.ended,
        "moved": max(moment for moment in moments if moment),
        "status": run.status,
        "final": _OUTCOMES.dump_python(run.final, mode="json"),
        "ongoing": _ONGOING.dump_python(run.ongoing, mode="json"),
        "spent": run.spent.total_seconds(),
        "ticked": run.ticked,
        "breaks": run.breaks,
    }


def _attempt_row(run: str, number: int, attempt: Attempt) -> dict[str, Any]:
    return {
        "run": run,
        "number": number,
        "step": attempt.step,
        "status": attempt.status,
        "outcomes": _OUTCOMES.dump_python(attempt.outcomes, mode="json"),
        "started": attempt.started,
        "ended": attempt.ended,
        "mistakes": attempt.mistakes,
        "helps": list(attempt.helps),
        "assisted": attempt.assisted,
    }


def _run(row: Found[Any], attempts: Iterable[Found[Any]]) -> Run:
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
