"""The tables of a sandbox's file, a module an area, and those of the sign-in file beside all sandboxes."""

from sqlmodel import SQLModel

from sandbox_hrms.tables import (
    accounts,
    frame,
    hiring,
    interviews,
    messages,
    pay,
    people,
    planning,
    privacy,
    resumes,
    rubrics,
    sync,
)

_SIGN_IN_TABLES = (accounts.LinkRow, accounts.SessionRow, accounts.AccountRow, accounts.SecondFactorRow)
SIGN_IN = tuple(SQLModel.metadata.tables[str(table.__tablename__)] for table in _SIGN_IN_TABLES)
SANDBOX = tuple(table for table in SQLModel.metadata.sorted_tables if table not in SIGN_IN)

__all__ = [
    "SANDBOX",
    "SIGN_IN",
    "accounts",
    "frame",
    "hiring",
    "interviews",
    "messages",
    "pay",
    "people",
    "planning",
    "privacy",
    "resumes",
    "rubrics",
    "sync",
]
