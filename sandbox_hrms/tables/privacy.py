"""What people agreed to, how long their data is kept, and the record that it was deleted."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from sandbox_hrms.tables.columns import Utc


class ConsentRow(SQLModel, table=True):
    """What a candidate agreed to for one interview; without a row scoring by a program is agreed to."""

    __tablename__ = "consent"
    interview: str = Field(primary_key=True, foreign_key="interview.id")
    ai_scoring: bool
    at: datetime = Field(sa_type=Utc)


class RetentionRow(SQLModel, table=True):
    """How many days a candidate's data is kept after the last thing that happened; at most one row."""

    __tablename__ = "retention"
    id: int = Field(default=1, primary_key=True)
    days: int


class DeletionRow(SQLModel, table=True):
    """The record that somebody's data was deleted: no personal data, only how much of what."""

    __tablename__ = "deletion"
    id: int | None = Field(default=None, primary_key=True)
    candidate: str = Field(index=True)
    reason: str
    by: str
    counts: dict[str, Any] = Field(sa_type=JSON)
    at: datetime = Field(sa_type=Utc)
