"""Sign-in: links, sessions and practice accounts, in a file beside all sandboxes."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from sandbox_hrms.tables.columns import Utc


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


class SecondFactorRow(SQLModel, table=True):
    """The secret behind somebody's codes; ``last_step`` is that of the newest code used: none works twice."""

    __tablename__ = "second_factor"
    sandbox: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    secret: str
    confirmed: bool = False
    last_step: int = 0
