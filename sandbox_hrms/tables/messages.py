"""The message centre."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from sandbox_hrms.tables.columns import Utc


class MessageRow(SQLModel, table=True):
    """One message to a role; ``read_at`` is None until somebody of that role opened it."""

    __tablename__ = "message"
    id: int | None = Field(default=None, primary_key=True)
    role: str = Field(index=True)
    kind: str
    title: str
    body: str
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    at: datetime = Field(sa_type=Utc)
    read_at: datetime | None = Field(default=None, sa_type=Utc)
