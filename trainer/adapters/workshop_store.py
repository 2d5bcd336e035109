"""Keeps workshops, their seats, and which browser sits where, in the platform's database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Select, bindparam, insert, update
from sqlmodel import Field, col, delete, func, select

from trainer.adapters.database import Database, Moment, Row
from trainer.core.workshop import Feedback, Phase, Seat, Workshop


class WorkshopRow(Row, table=True):
    """One workshop."""

    __tablename__ = "workshop"

    id: str = Field(primary_key=True)
    code: str = Field(index=True, unique=True)
    title: str
    path: str
    lessons: list[str] = Field(sa_type=JSON)
    test: str
    mode: str
    host: str
    created: datetime = Field(sa_type=Moment)
    phase: str
    ended: datetime | None = Field(sa_type=Moment)
    message: str


class SeatRow(Row, table=True):
    """One person in a workshop."""

    __tablename__ = "seat"

    id: str = Field(primary_key=True)
    workshop: str = Field(foreign_key="workshop.id", index=True)
    name: str
    owner: str = Field(index=True)
    code: str = Field(index=True, unique=True)
    joined: datetime | None = Field(sa_type=Moment)
    asked: datetime | None = Field(sa_type=Moment)
    hint: str
    unlocked: int
    fault: str
    removed: bool


class DeviceRow(Row, table=True):
    """Which seat a browser sits at; its id is the one that trainees without a workshop have."""

    __tablename__ = "device"

    id: str = Field(primary_key=True)
    seat: str = Field(foreign_key="seat.id", index=True)


class FeedbackRow(Row, table=True):
    """What a trainee thinks of a workshop."""

    __tablename__ = "feedback"

    seat: str = Field(primary_key=True, foreign_key="seat.id")
    stars: int
    text: str


_SEATS = Row.metadata.tables["seat"]
# made once: every look at a page asks these
_WORKSHOP = select(WorkshopRow).where(col(WorkshopRow.id) == bindparam("workshop"))
_SEAT = select(SeatRow).where(col(SeatRow.id) == bindparam("seat"))
_SEAT_OF = select(SeatRow).where(col(SeatRow.id) == col(DeviceRow.seat), col(DeviceRow.id) == bindparam("device"))
_CHANGE_SEAT = update(_SEATS).where(_SEATS.c.id == bindparam("of"))


class StoredWorkshops:
    """Keeps workshops; implements `trainer.app.workshops.WorkshopStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, workshop: Workshop) -> None:
        """Store a workshop as it is now."""
        with self._database.writing() as session:
            session.merge(WorkshopRow(**(asdict(workshop) | {"lessons": list(workshop.lessons)})))

    def get(self, workshop: str) -> Workshop | None:
        """Return a workshop by its id, or None."""
        return self._workshop(_WORKSHOP, workshop=workshop)

    def coded(self, code: str) -> Workshop | None:
        """Return the workshop with a join code, or None."""
        return self._workshop(select(WorkshopRow).where(col(WorkshopRow.code) == code))

    def all(self) -> tuple[Workshop, ...]:
        """Return all workshops, newest first."""
        with self._database.reading() as session:
            rows = session.exec(select(WorkshopRow).order_by(col(WorkshopRow.created).desc(), col(WorkshopRow.id)))
            return tuple(_workshop(row.model_dump()) for row in rows)

    def save_seats(self, seats: Iterable[Seat]) -> None:
        """Store seats as they are now."""
        with self._database.writing() as session:
            connection = session.connection()
            for row in map(asdict, seats):
                if not connection.execute(_CHANGE_SEAT, {"of": row["id"], **row}).rowcount:
                    connection.execute(insert(_SEATS), row)

    def seat(self, seat: str) -> Seat | None:
        """Return a seat by its id, or None."""
        return self._seat(_SEAT, seat=seat)

    def seats(self, workshop: str) -> tuple[Seat, ...]:
        """Return the seats of a workshop that were not removed, by name."""
        with self._database.asking() as connection:
            rows = connection.execute(
                select(SeatRow)
                .where(col(SeatRow.workshop) == workshop, col(SeatRow.removed).is_(False))
                .order_by(func.lower(col(SeatRow.name)), col(SeatRow.id))
            )
            return tuple(Seat(**row) for row in rows.mappings())

    def personal(self, code: str) -> Seat | None:
        """Return the seat with a personal code, or None."""
        return self._seat(select(SeatRow).where(col(SeatRow.code) == code))

    def sit(self, device: str, seat: str) -> None:
        """Note that a browser sits at a seat; "" for none."""
        with self._database.writing() as session:
            session.exec(delete(DeviceRow).where(col(DeviceRow.id) == device))
            if seat:
                session.add(DeviceRow(id=device, seat=seat))

    def seat_of(self, device: str) -> Seat | None:
        """Return the seat that a browser sits at, or None."""
        return self._seat(_SEAT_OF, device=device)

    def save_feedback(self, feedback: Feedback) -> None:
        """Store what a trainee thinks; the last one counts."""
        with self._database.writing() as session:
            session.merge(FeedbackRow(**asdict(feedback)))

    def feedback(self, workshop: str) -> tuple[Feedback, ...]:
        """Return what the trainees of a workshop think, in no order that says who."""
        with self._database.reading() as session:
            rows = session.exec(
                select(FeedbackRow)
                .join(SeatRow, col(SeatRow.id) == col(FeedbackRow.seat))
                .where(col(SeatRow.workshop) == workshop)
                .order_by(col(FeedbackRow.stars).desc(), col(FeedbackRow.text))
            )
            return tuple(Feedback(**row.model_dump()) for row in rows)

    def forget_feedback(self, seat: str) -> None:
        """Delete what a trainee thinks; nothing is no error."""
        with self._database.writing() as session:
            session.exec(delete(FeedbackRow).where(col(FeedbackRow.seat) == seat))

    def _workshop(self, question: Select[Any], **values: str) -> Workshop | None:
        with self._database.asking() as connection:
            row = connection.execute(question, values).mappings().one_or_none()
            return _workshop(row) if row else None

    def _seat(self, question: Select[Any], **values: str) -> Seat | None:
        with self._database.asking() as connection:
            row = connection.execute(question, values).mappings().one_or_none()
            return Seat(**row) if row else None


def _workshop(row: Mapping[Any, Any]) -> Workshop:
    return Workshop(**{**row, "lessons": tuple(row["lessons"]), "phase": Phase(row["phase"])})
