"""Keeps candidates, the hashes of their personal links, and their browsers, in the platform's database."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlmodel import Field, col, delete, select, update

from trainer.adapters.database import Database, Moment, Row
from trainer.core.candidate import Candidate


class CandidateRow(Row, table=True):
    """One candidate; the interview's begin is text, for it has a time zone."""

    __tablename__ = "candidate"

    id: str = Field(primary_key=True)
    name: str
    post: str
    lesson: str
    lang: str
    owner: str
    host: str = Field(index=True)
    created: datetime = Field(sa_type=Moment)
    starts: str
    known: str = Field(index=True)
    opened: datetime | None = Field(sa_type=Moment)
    revoked: datetime | None = Field(sa_type=Moment)
    erased: datetime | None = Field(sa_type=Moment)


class CandidateLinkRow(Row, table=True):
    """A personal link; the id is the hash of its secret."""

    __tablename__ = "candidate_link"

    id: str = Field(primary_key=True)
    candidate: str = Field(foreign_key="candidate.id", index=True)


class CandidateDeviceRow(Row, table=True):
    """Whose browser it is; its id is the one that trainees have."""

    __tablename__ = "candidate_device"

    id: str = Field(primary_key=True)
    candidate: str = Field(foreign_key="candidate.id", index=True)


class StoredCandidates:
    """Keeps candidates; implements `trainer.app.candidates.CandidateStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, candidate: Candidate) -> None:
        """Store a candidate as it is now."""
        with self._database.writing() as session:
            session.merge(CandidateRow(**_columns(asdict(candidate))))

    def change(self, candidate: str, **changes: object) -> Candidate | None:
        """Change only these fields, in one go; return the candidate as it is then, or None for an erased one."""
        there = (col(CandidateRow.id) == candidate, col(CandidateRow.erased).is_(None))
        with self._database.writing() as session:
            found = session.exec(update(CandidateRow).where(*there).values(**_columns(changes)))
            row = session.get(CandidateRow, candidate) if found.rowcount else None
            return _candidate(row) if row else None

    def get(self, candidate: str) -> Candidate | None:
        """Return a candidate by its id, or None."""
        return self._one(col(CandidateRow.id) == candidate)

    def all(self) -> tuple[Candidate, ...]:
        """Return all candidates, newest first."""
        with self._database.reading() as session:
            newest = select(CandidateRow).order_by(col(CandidateRow.created).desc(), col(CandidateRow.id))
            return tuple(_candidate(row) for row in session.exec(newest))

    def known(self, mark: str) -> Candidate | None:
        """Return the candidate that a list of letters knows by a hash, or None."""
        return self._one(col(CandidateRow.known) == mark)

    def keep_link(self, token: str, candidate: str) -> None:
        """Store the hash of a personal link."""
        with self._database.writing() as session:
            session.add(CandidateLinkRow(id=token, candidate=candidate))

    def linked(self, token: str) -> Candidate | None:
        """Return whose link has this hash, or None."""
        return self._one(
            col(CandidateLinkRow.id) == token, col(CandidateLinkRow.candidate) == col(CandidateRow.id)
        )

    def sit(self, device: str, candidate: str) -> None:
        """Note that a browser is a candidate's; "" for nobody's."""
        with self._database.writing() as session:
            session.exec(delete(CandidateDeviceRow).where(col(CandidateDeviceRow.id) == device))
            if candidate:
                session.add(CandidateDeviceRow(id=device, candidate=candidate))

    def of_device(self, device: str) -> Candidate | None:
        """Return whose browser it is, or None."""
        return self._one(
            col(CandidateDeviceRow.id) == device, col(CandidateDeviceRow.candidate) == col(CandidateRow.id)
        )

    def shut(self, candidate: str) -> None:
        """Forget all links and browsers of a candidate."""
        with self._database.writing() as session:
            session.exec(delete(CandidateLinkRow).where(col(CandidateLinkRow.candidate) == candidate))
            session.exec(delete(CandidateDeviceRow).where(col(CandidateDeviceRow.candidate) == candidate))

    def _one(self, *conditions: Any) -> Candidate | None:  # noqa: ANN401  # SQLAlchemy's column expressions
        with self._database.reading() as session:
            row = session.exec(select(CandidateRow).where(*conditions)).first()
            return _candidate(row) if row else None


def _columns(fields: dict[str, Any]) -> dict[str, Any]:
    if "starts" not in fields:
        return fields
    return fields | {"starts": fields["starts"].isoformat() if fields["starts"] else ""}


def _candidate(row: CandidateRow) -> Candidate:
    starts = datetime.fromisoformat(row.starts) if row.starts else None
    return Candidate(**(row.model_dump() | {"starts": starts}))
