"""Interviews, their sittings, answers and scores."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from sandbox_hrms.tables.columns import Utc


class InterviewRow(SQLModel, table=True):
    """One interview of one round (1 to 3); rubric and questions are copied in when it is made."""

    __tablename__ = "interview"
    __table_args__ = (UniqueConstraint("candidate", "round_number"),)
    id: str = Field(primary_key=True)
    candidate: str = Field(foreign_key="candidate.id", index=True)
    round_number: int = 1
    status: str
    saved: str
    synced: str
    rubric: dict[str, Any] = Field(sa_type=JSON)
    questions: list[dict[str, Any]] = Field(sa_type=JSON)


class SittingRow(SQLModel, table=True):
    """One sitting; ``question_since``: when the open question's clock began; ``record``: what was noted."""

    __tablename__ = "sitting"
    id: str = Field(primary_key=True)
    interview: str = Field(foreign_key="interview.id", index=True)
    number: int
    status: str
    device_check: str | None = None
    started_at: datetime = Field(sa_type=Utc)
    ended_at: datetime | None = Field(default=None, sa_type=Utc)
    question_since: datetime | None = Field(default=None, sa_type=Utc)
    record: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class AnswerRow(SQLModel, table=True):
    """One submitted answer."""

    __tablename__ = "answer"
    sitting: str = Field(primary_key=True, foreign_key="sitting.id")
    question: str = Field(primary_key=True)
    text: str
    late: bool
    submitted_at: datetime = Field(sa_type=Utc)


class DraftRow(SQLModel, table=True):
    """What was typed and not submitted in a sitting; ``left`` marks it dropped by a closed tab."""

    __tablename__ = "draft"
    sitting: str = Field(primary_key=True, foreign_key="sitting.id")
    question: str | None = None
    text: str = ""
    seq: int = 0
    left: bool = False


class RecordingRow(SQLModel, table=True):
    """One take of a spoken answer; its sound is in the media folder.

    Attributes:
        take: 1, 2, …; the newest finished one counts.
        finished_at: None while it is recorded, or was interrupted.
        transcript: What the program understood, before the candidate corrected it; empty for nothing.
        words: The same word by word, with times and confidence.
        heard_by: The recogniser; empty where none listened.
    """

    __tablename__ = "recording"
    id: str = Field(primary_key=True)
    sitting: str = Field(foreign_key="sitting.id", index=True)
    question: str
    take: int
    started_at: datetime = Field(sa_type=Utc)
    finished_at: datetime | None = Field(default=None, sa_type=Utc)
    seconds: float = 0.0
    transcript: str = ""
    words: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    heard_by: str = ""


class PictureRow(SQLModel, table=True):
    """The candidate's word that a picture may be recorded with one take; without a row none is taken."""

    __tablename__ = "picture"
    recording: str = Field(primary_key=True, foreign_key="recording.id")
    agreed_at: datetime = Field(sa_type=Utc)


class ScoreRow(SQLModel, table=True):
    """The score of an interview, as plain data; ``earlier`` ones, the oldest first, each with its time."""

    __tablename__ = "score"
    interview: str = Field(primary_key=True, foreign_key="interview.id")
    score: dict[str, Any] = Field(sa_type=JSON)
    scored_at: datetime = Field(sa_type=Utc)
    earlier: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
