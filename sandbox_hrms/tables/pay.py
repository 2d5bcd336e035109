"""The grade table and what people are paid."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from sandbox_hrms.tables.columns import Utc


class GradeRow(SQLModel, table=True):
    """One grade of a post family: from ``floor`` up to below ``ceiling`` of skill match, pay a month."""

    __tablename__ = "grade"
    id: str = Field(primary_key=True)
    family: str = Field(index=True)
    floor: float
    ceiling: float
    title: str
    pay: int
    market_pay: int
    from_source: bool = False


class PayrollRow(SQLModel, table=True):
    """The payroll record of a placed candidate; pay is a month, in the currency of the sample data."""

    __tablename__ = "payroll"
    candidate: str = Field(primary_key=True, foreign_key="candidate.id")
    interview: str
    post: str
    grade: str
    skill_match: float
    start_pay: int
    expected_pay: int | None
    market_pay: int
    offer: str
    by: str
    at: datetime = Field(sa_type=Utc)
