"""What travels from the interview to the org chart and to payroll."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from sandbox_hrms.tables.columns import Utc


class OutboxRow(SQLModel, table=True):
    """Something on its way to the org side: ``kind`` says what, ``data`` holds it."""

    __tablename__ = "outbox"
    key: str = Field(primary_key=True)
    kind: str = "result"
    interview: str = Field(foreign_key="interview.id")
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    written_at: datetime = Field(sa_type=Utc)
    tries: int = 0
    next_try_at: datetime | None = Field(default=None, sa_type=Utc)
    delivered_at: datetime | None = Field(default=None, sa_type=Utc)


class InboxRow(SQLModel, table=True):
    """A result that has arrived on the org side; the key makes a second arrival visible."""

    __tablename__ = "inbox"
    key: str = Field(primary_key=True)
    kind: str = "result"
    interview: str
    post: str = Field(index=True)
    received_at: datetime = Field(sa_type=Utc)


class SyncTryRow(SQLModel, table=True):
    """One attempt to deliver an outbox row; ``message`` is a msgid, filled from ``params``."""

    __tablename__ = "sync_try"
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(foreign_key="outbox.key", index=True)
    at: datetime = Field(sa_type=Utc)
    done: bool
    message: str = ""
    params: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class OrgCaseRow(SQLModel, table=True):
    """What the org chart believes about one interview; it learns only by sync, or when HR corrects it.

    ``version`` says how new that is: an older parcel that arrives late changes nothing.
    """

    __tablename__ = "org_case"
    interview: str = Field(primary_key=True)
    candidate: str
    post: str = Field(index=True)
    status: str
    placement: str
    version: int = 0
    updated_at: datetime = Field(sa_type=Utc)
