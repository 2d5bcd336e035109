"""What HR has changed about the rubric and the questions."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from sandbox_hrms.tables.columns import Utc


class EditionRow(SQLModel, table=True):
    """One version of the rubric, or of what is expected of one question; what came with the product has no row.

    Attributes:
        subject: ``rubric``, or ``question/<id>``.
        content: The fields that may be changed, as plain data.
    """

    __tablename__ = "edition"
    subject: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    content: dict[str, Any] = Field(sa_type=JSON)
    by: str
    at: datetime = Field(sa_type=Utc)
