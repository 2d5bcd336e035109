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


class OfferRow(SQLModel, table=True):
    """An offer to a passed candidate, the newest one counts.

    ``status`` is offered, accepted, declined or withdrawn (the decision behind it was taken back).
    All numbers are copied in when it is made, so that a later change of the grade table leaves it alone.
    """

    __tablename__ = "offer"
    id: int | None = Field(default=None, primary_key=True)
    candidate: str = Field(foreign_key="candidate.id", index=True)
    interview: str
    post: str
    grade: str
    grade_pay: int
    skill_match: float
    start_pay: int
    expected_pay: int | None
    market_pay: int
    status: str
    made_at: datetime = Field(sa_type=Utc)
    answered_at: datetime | None = Field(default=None, sa_type=Utc)


class PayrollRow(SQLModel, table=True):
    """The one payroll record of a hired candidate, pay a month; ``offer`` is the id of the offer it rests on."""

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
