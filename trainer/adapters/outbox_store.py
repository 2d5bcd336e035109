"""Keeps letters, what they share, and who wants none, in the platform's database."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ColumnElement, and_, func, type_coerce
from sqlmodel import Field, col, select, update

from trainer.adapters.database import Database, Moment, Row
from trainer.core.invitation import About, Channel, Delivery, Invitation, Item, Kit

OPEN = (Delivery.WAITING.value, Delivery.SENDING.value)


class LetterRow(Row, table=True):
    """One letter."""

    __tablename__ = "letter"

    key: str = Field(primary_key=True)
    kit: str = Field(foreign_key="letter_kit.id")
    channel: str
    about: str
    address: str = Field(index=True)
    invitation: dict[str, Any] = Field(sa_type=JSON)
    due: datetime = Field(sa_type=Moment, index=True)
    state: str = Field(index=True)
    tries: int
    said: str
    candidate: str = Field(index=True)


class KitRow(Row, table=True):
    """What the letters to one kind of HR system share."""

    __tablename__ = "letter_kit"

    id: str = Field(primary_key=True)
    content: str


class OptOutRow(Row, table=True):
    """An address that wants no letters."""

    __tablename__ = "opt_out"

    address: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Moment)


class StoredOutbox:
    """Keeps letters; implements `trainer.app.outbox.Outbox`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kit: Kit, items: Iterable[Item]) -> int:
        """Note letters, all or none, and return how many are new; a known key changes nothing.

        Those that wait and tell what the same interview was before a change are withdrawn.
        """
        new, changed = 0, set()
        with self._database.writing() as session:
            if session.get(KitRow, kit.id) is None:
                session.add(KitRow(id=kit.id, content=kit.model_dump_json()))
                session.flush()
            for item in items:
                if session.get(LetterRow, item.key) is None:
                    out = session.get(OptOutRow, item.address.lower()) is not None
                    session.add(_row(item, Delivery.OPTED_OUT if out else item.state))
                    new += 1
                    changed.add((item.invitation.interview, item.invitation.sequence))
            for interview, sequence in changed:
                told = type_coerce(col(LetterRow.invitation), JSON)
                same = told["interview"].as_string() == interview
                earlier = told["sequence"].as_integer() < sequence
                session.exec(
                    update(LetterRow)
                    .where(col(LetterRow.state).in_(OPEN), same, earlier)
                    .values(state=Delivery.WITHDRAWN.value)
                )
        return new

    def withdraw(self, keys: Collection[str]) -> int:
        """Let letters that did not go yet never go, and return how many those are."""
        with self._database.writing() as session:
            gone = 0
            for key in keys:
                row = session.get(LetterRow, key)
                if row is not None and row.state in OPEN:
                    row.state = Delivery.WITHDRAWN.value
                    session.add(row)
                    gone += 1
        return gone

    def alone(self) -> AbstractContextManager[bool]:
        """Tell whether nobody else is in such a block; who is killed in it is out of it."""
        return self._database.alone()

    def claim(
        self, now: datetime, lease: timedelta, channels: Collection[Channel], abouts: Collection[About]
    ) -> tuple[Item, Kit] | None:
        """Take the letter of these kinds that is due first, for the time of `lease`; None when none is due."""
        with self._database.writing() as session:
            first = (
                select(LetterRow.key)
                .where(_open(channels, abouts), col(LetterRow.due) <= now)
                .order_by(col(LetterRow.due), col(LetterRow.key))
                .limit(1)
                .with_for_update(skip_locked=True)
                .scalar_subquery()
            )
            taken = session.exec(  # in one statement, so that of two processes one gets it
                update(LetterRow)
                .where(col(LetterRow.key) == first)
                .values(state=Delivery.SENDING.value, tries=col(LetterRow.tries) + 1, due=now + lease)
                .returning(col(LetterRow.key))
            ).first()
            if taken is None:
                return None
            row = session.get_one(LetterRow, taken[0])
            kit = session.get_one(KitRow, row.kit)
            return _item(row), Kit.model_validate_json(kit.content)

    def settle(self, key: str, state: Delivery, said: str, due: datetime) -> None:
        """Note what became of a letter that was claimed, and was not forgotten meanwhile."""
        with self._database.writing() as session:
            values = {"state": state.value, "said": said, "due": due}
            session.exec(update(LetterRow).where(*_claimed(key)).values(**values))

    def release(self, key: str, said: str, due: datetime) -> None:
        """Let a letter that was claimed wait again; it does not count as tried."""
        with self._database.writing() as session:
            session.exec(
                update(LetterRow)
                .where(*_claimed(key))
                .values(state=Delivery.WAITING.value, tries=col(LetterRow.tries) - 1, said=said, due=due)
            )

    def next_due(self, channels: Collection[Channel], abouts: Collection[About]) -> datetime | None:
        """Return when the next letter of these kinds is due that was tried before, or None."""
        with self._database.reading() as session:
            return session.exec(
                select(LetterRow.due)
                .where(_open(channels, abouts), col(LetterRow.tries) > 0)
                .order_by(col(LetterRow.due))
                .limit(1)
            ).first()

    def opt_out(self, address: str, now: datetime) -> None:
        """Note that somebody wants no letters, however it is spelt; what did not go yet never does."""
        with self._database.writing() as session:
            session.merge(OptOutRow(address=address.lower(), at=now))
            same = func.lower(col(LetterRow.address)) == address.lower()
            session.exec(
                update(LetterRow)
                .where(same, col(LetterRow.state).in_(OPEN))
                .values(state=Delivery.OPTED_OUT.value)
            )

    def wants_none(self, address: str) -> bool:
        """Tell whether somebody wants no letters, however the address is spelt."""
        with self._database.reading() as session:
            return session.get(OptOutRow, address.lower()) is not None

    def of(self, candidate: str) -> tuple[tuple[Item, Kit], ...]:
        """Return the letters to a candidate with what they share, in the order of due dates."""
        with self._database.reading() as session:
            rows = session.exec(
                select(LetterRow, KitRow)
                .where(col(LetterRow.candidate) == candidate, col(LetterRow.kit) == col(KitRow.id))
                .order_by(col(LetterRow.due), col(LetterRow.key))
            ).all()
            return tuple((_item(row), Kit.model_validate_json(kit.content)) for row, kit in rows)

    def next_to(self, candidate: str) -> Item | None:
        """Return the letter that goes to a candidate next, or None."""
        with self._database.reading() as session:
            row = session.exec(
                select(LetterRow)
                .where(col(LetterRow.candidate) == candidate, col(LetterRow.state).in_(OPEN))
                .order_by(col(LetterRow.due), col(LetterRow.key))
                .limit(1)
            ).first()
            return _item(row) if row else None

    def forget(self, candidate: str) -> None:
        """Let no letter go to a candidate any more, and delete who it was from those that went."""
        with self._database.writing() as session:
            for row in session.exec(select(LetterRow).where(col(LetterRow.candidate) == candidate)).all():
                erased = _item(row).erased
                session.merge(_row(erased, erased.state))

    def all(self) -> tuple[Item, ...]:
        """Return every letter, in the order of due dates."""
        with self._database.reading() as session:
            rows = session.exec(select(LetterRow).order_by(col(LetterRow.due), col(LetterRow.key)))
            return tuple(_item(row) for row in rows)


def _open(channels: Collection[Channel], abouts: Collection[About]) -> ColumnElement[bool]:
    """Letters of these kinds that may still go."""
    by, about = [one.value for one in channels], [one.value for one in abouts]
    return and_(col(LetterRow.state).in_(OPEN), col(LetterRow.channel).in_(by), col(LetterRow.about).in_(about))


def _claimed(key: str) -> tuple[ColumnElement[bool], ...]:
    return col(LetterRow.key) == key, col(LetterRow.state) == Delivery.SENDING.value


def _row(item: Item, state: Delivery) -> LetterRow:
    return LetterRow(
        key=item.key,
        kit=item.kit,
        channel=item.channel.value,
        about=item.about.value,
        address=item.address,
        invitation=item.invitation.model_dump(mode="json"),
        due=item.due,
        state=state.value,
        tries=item.tries,
        said=item.said,
        candidate=item.candidate,
    )


def _item(row: LetterRow) -> Item:
    return Item(
        key=row.key,
        kit=row.kit,
        channel=Channel(row.channel),
        about=About(row.about),
        address=row.address,
        invitation=Invitation.model_validate(row.invitation),
        due=row.due,
        state=Delivery(row.state),
        tries=row.tries,
        said=row.said,
        candidate=row.candidate,
    )
