"""The sandbox itself, and what happened in it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from sandbox_hrms.tables.columns import Utc


class SandboxRow(SQLModel, table=True):
    """The sandbox itself; one row."""

    __tablename__ = "sandbox"
    id: int = Field(default=1, primary_key=True)
    profile: str
    lang: str
    dataset: str
    random: int
    digest: str
    scenario_candidate: str
    revision: int = 0
    clock_fixed: datetime | None = Field(default=None, sa_type=Utc)
    clock_offset: float = 0.0


class EventRow(SQLModel, table=True):
    """One thing that happened; with ``before`` and ``after`` it is also the audit log's entry."""

    __tablename__ = "event"
    __table_args__ = {"sqlite_autoincrement": True}
    seq: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Utc)
    actor: str
    role: str
    kind: str
    subject: str
    data: dict[str, Any] = Field(sa_type=JSON)
    before: str = ""
    after: str = ""
