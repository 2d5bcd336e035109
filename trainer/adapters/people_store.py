"""Keeps accounts, where they are signed in, their one-time links and the audit log in the platform's database."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlmodel import Field, col, delete, select, update

from trainer.adapters.database import Database, Moment, Row
from trainer.core.people import Account, AuditLine, Link, Role, SignIn


class AccountRow(Row, table=True):
    """One person with a password."""

    __tablename__ = "account"

    id: str = Field(primary_key=True)
    login: str = Field(index=True, unique=True)
    name: str
    role: str
    created: datetime = Field(sa_type=Moment)
    password: str
    totp: str
    totp_step: int
    closed: datetime | None = Field(sa_type=Moment)


class SignInRow(Row, table=True):
    """One browser in which a person is signed in; the id is the hash of the secret in its cookie."""

    __tablename__ = "sign_in"

    id: str = Field(primary_key=True)
    account: str = Field(foreign_key="account.id", index=True)
    begun: datetime = Field(sa_type=Moment)
    seen: datetime = Field(sa_type=Moment)
    browser: str


class LinkRow(Row, table=True):
    """A one-time link with which a person sets a password; the id is the hash of its secret."""

    __tablename__ = "link"

    id: str = Field(primary_key=True)
    account: str = Field(foreign_key="account.id", index=True)
    until: datetime = Field(sa_type=Moment)
    by_mail: bool


class AuditRow(Row, table=True):
    """What somebody did who has rights over others."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Moment)
    who: str
    what: str
    about: str


class StoredPeople:
    """Keeps accounts; implements `trainer.app.people.PeopleStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def accounts(self) -> tuple[Account, ...]:
        """Return all accounts, by login."""
        with self._database.reading() as session:
            return tuple(_account(row) for row in session.exec(select(AccountRow).order_by(col(AccountRow.login))))

    def account(self, account: str) -> Account | None:
        """Return an account by its id, or None."""
        with self._database.reading() as session:
            row = session.get(AccountRow, account)
            return _account(row) if row else None

    def save_account(self, account: Account) -> None:
        """Store an account as it is now."""
        with self._database.writing() as session:
            session.merge(AccountRow(**asdict(account)))

    def take_step(self, account: str, step: int) -> bool:
        """Note the time step of a code as used; False when it, or a later one, was used before."""
        with self._database.writing() as session:
            newer = (col(AccountRow.id) == account, col(AccountRow.totp_step) < step)
            return session.exec(update(AccountRow).where(*newer).values(totp_step=step)).rowcount == 1

    def sign_in(self, secret: str) -> SignIn | None:
        """Return a sign-in by the hash of its secret, or None."""
        with self._database.reading() as session:
            row = session.get(SignInRow, secret)
            return SignIn(**row.model_dump()) if row else None

    def sign_ins(self, account: str) -> tuple[SignIn, ...]:
        """Return where an account is signed in, newest first."""
        with self._database.reading() as session:
            rows = session.exec(
                select(SignInRow).where(col(SignInRow.account) == account).order_by(col(SignInRow.begun).desc())
            )
            return tuple(SignIn(**row.model_dump()) for row in rows)

    def save_sign_in(self, sign_in: SignIn) -> None:
        """Store a sign-in as it is now."""
        with self._database.writing() as session:
            session.merge(SignInRow(**asdict(sign_in)))

    def end_sign_ins(self, account: str, sign_in: str = "") -> None:
        """End one sign-in of an account, or all of them."""
        one = (col(SignInRow.id) == sign_in,) if sign_in else ()
        with self._database.writing() as session:
            session.exec(delete(SignInRow).where(col(SignInRow.account) == account, *one))

    def keep_link(self, token: str, link: Link, until: datetime) -> None:
        """Store a one-time link by its hash; earlier ones of the account that came the same way are void."""
        same = (col(LinkRow.account) == link.account, col(LinkRow.by_mail) == link.by_mail)
        with self._database.writing() as session:
            session.exec(delete(LinkRow).where(*same))
            session.add(LinkRow(id=token, until=until, **asdict(link)))

    def take_link(self, token: str, now: datetime) -> Link | None:
        """Use up a link by its hash, with all others of its account, and return it; None when it does not hold."""
        with self._database.writing() as session:
            row = session.get(LinkRow, token)
            if row is None or row.until <= now:
                return None
            link = Link(row.account, row.by_mail)
            session.exec(delete(LinkRow).where(col(LinkRow.account) == link.account))
            return link

    def tidy(self, seen: datetime, now: datetime) -> int:
        """Delete sign-ins last used before `seen` and links that ended before `now`; return how many."""
        with self._database.writing() as session:
            old = session.exec(delete(SignInRow).where(col(SignInRow.seen) < seen)).rowcount
            return old + session.exec(delete(LinkRow).where(col(LinkRow.until) < now)).rowcount

    def note(self, line: AuditLine) -> None:
        """Add a line to the audit log."""
        with self._database.writing() as session:
            session.add(AuditRow(**asdict(line)))

    def audit(self, newest: int) -> tuple[AuditLine, ...]:
        """Return the newest lines of the audit log, newest first."""
        with self._database.reading() as session:
            rows = session.exec(select(AuditRow).order_by(col(AuditRow.id).desc()).limit(newest))
            return tuple(AuditLine(row.at, row.who, row.what, row.about) for row in rows)


def _account(row: AccountRow) -> Account:
    return Account(**(row.model_dump() | {"role": Role(row.role)}))
