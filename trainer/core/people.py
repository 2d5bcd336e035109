"""People who run workshops: accounts, where they are signed in, and what they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

SHORTEST_PASSWORD = 10


class Role(StrEnum):
    """What an account may do."""

    INSTRUCTOR = "instructor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Account:
    """One person with a password.

    Attributes:
        id: Unguessable id.
        login: What the person types to sign in, in lower case.
        name: As others see it.
        role: What the person may do.
        created: When the account was made (aware, UTC).
        password: Its hash; "" until the person has set one.
        totp: Secret of the second factor; "" without one.
        totp_step: Time step of the last code that was taken: none is taken twice.
        closed: When the account was closed, or None.
    """

    id: str
    login: str
    name: str
    role: Role
    created: datetime
    password: str = ""
    totp: str = ""
    totp_step: int = 0
    closed: datetime | None = None

    def may(self, role: Role) -> bool:
        """Tell whether this account may do what `role` may."""
        return self.closed is None and (self.role is Role.ADMINISTRATOR or role is Role.INSTRUCTOR)


@dataclass(frozen=True)
class SignIn:
    """One browser in which a person is signed in.

    Attributes:
        id: Hash of the secret in the browser's cookie; it does not lead back to it.
        account: Whose.
        begun: When (aware, UTC).
        seen: When it was last used, to the minute.
        browser: What the browser calls itself.
    """

    id: str
    account: str
    begun: datetime
    seen: datetime
    browser: str


@dataclass(frozen=True)
class Link:
    """A one-time link with which a person sets a password.

    Attributes:
        account: Whose.
        by_mail: Whether its owner asked for it by mail; otherwise an administrator made it.
    """

    account: str
    by_mail: bool


@dataclass(frozen=True)
class AuditLine:
    """What somebody did who has rights over others.

    Attributes:
        at: When (aware, UTC).
        who: Login of the account, "" for the command line.
        what: A code: `signed_in`, `workshop_created`, ….
        about: What it was done to: an id or a login.
    """

    at: datetime
    who: str
    what: str
    about: str
