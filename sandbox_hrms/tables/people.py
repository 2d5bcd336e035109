"""Departments, posts, and everybody who works or wants to work there."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from sandbox_hrms.tables.columns import Utc


class DepartmentRow(SQLModel, table=True):
    """A department."""

    __tablename__ = "department"
    id: str = Field(primary_key=True)
    name: str


class PostRow(SQLModel, table=True):
    """A kind of post with its planned headcount, its family of work, and its priority (1 is filled first).

    ``rounds`` is how many interviews have to be passed, 1 to 3.
    """

    __tablename__ = "post"
    id: str = Field(primary_key=True)
    title: str
    department: str = Field(foreign_key="department.id")
    headcount: int
    family: str = "sales"
    priority: int = 2
    rounds: int = 1


class EmployeeRow(SQLModel, table=True):
    """A person in a post."""

    __tablename__ = "employee"
    id: str = Field(primary_key=True)
    name: str
    post: str = Field(foreign_key="post.id")
    since: datetime = Field(sa_type=Utc)


class StaffRow(SQLModel, table=True):
    """A person who signs in by name; ``department`` is set for a head."""

    __tablename__ = "staff"
    role: str = Field(primary_key=True)
    name: str
    department: str | None = Field(default=None, foreign_key="department.id")


class CandidateRow(SQLModel, table=True):
    """An applicant; ``resume`` is the résumé as plain data."""

    __tablename__ = "candidate"
    id: str = Field(primary_key=True)
    name: str
    email: str
    phone: str
    source: str
    post: str = Field(foreign_key="post.id")
    placement: str
    applied_at: datetime = Field(sa_type=Utc)
    resume: dict[str, Any] = Field(sa_type=JSON)
    expected_pay: int | None = None
