"""Uploaded résumés, what posts ask for, and how well the two fit."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from sandbox_hrms.tables.columns import Utc


class RequirementRow(SQLModel, table=True):
    """What a post asks for, as plain data."""

    __tablename__ = "requirement"
    post: str = Field(primary_key=True, foreign_key="post.id")
    wanted: dict[str, Any] = Field(sa_type=JSON)


class ResumeFileRow(SQLModel, table=True):
    """One uploaded file; ``status`` is ``waiting``, ``done`` or ``failed``, ``problem`` says why (msgid)."""

    __tablename__ = "resume_file"
    id: str = Field(primary_key=True)
    post: str = Field(foreign_key="post.id", index=True)
    candidate: str | None = Field(default=None, foreign_key="candidate.id", index=True)
    name: str
    kind: str
    size: int
    digest: str
    status: str = Field(default="waiting", index=True)
    problem: str = ""
    text: str = ""
    uploaded_at: datetime = Field(sa_type=Utc)


class MatchRow(SQLModel, table=True):
    """How well a candidate's résumé fits a post: 0 to 100, with its reasons as plain data."""

    __tablename__ = "resume_match"
    candidate: str = Field(primary_key=True, foreign_key="candidate.id")
    post: str = Field(primary_key=True, foreign_key="post.id")
    score: float = Field(index=True)
    reasons: list[dict[str, Any]] = Field(sa_type=JSON)
    at: datetime = Field(sa_type=Utc)
