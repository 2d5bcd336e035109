"""Requisitions and the decisions of people about people."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from sandbox_hrms.tables.columns import Utc


class RequisitionRow(SQLModel, table=True):
    """Openings of one post that HR may fill; ``status`` is ``open`` or ``closed``."""

    __tablename__ = "requisition"
    id: str = Field(primary_key=True)
    post: str = Field(foreign_key="post.id", index=True)
    openings: int
    status: str = "open"
    opened_at: datetime = Field(sa_type=Utc)
    closed_at: datetime | None = Field(default=None, sa_type=Utc)


class DecisionRow(SQLModel, table=True):
    """One decision about an interview; the newest one counts, the older ones stay."""

    __tablename__ = "decision"
    id: int | None = Field(default=None, primary_key=True)
    interview: str = Field(foreign_key="interview.id", index=True)
    outcome: str
    reason: str
    by: str
    automatic: bool = False
    at: datetime = Field(sa_type=Utc)
