"""Whose data was deleted is not asked for anything any more."""

from sqlalchemy import ColumnElement
from sqlmodel import Session, bindparam, col, select

from sandbox_hrms.core.errors import NotAllowed
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.people import CandidateRow
from sandbox_hrms.tables.privacy import DeletionRow

_DELETED = select(DeletionRow.id).where(DeletionRow.candidate == bindparam("candidate"))
"""Written once: it is asked at every step of an interview."""


def is_present(session: Session, candidate: str) -> bool:
    """Say whether a candidate's data is there: nobody has deleted it."""
    return session.exec(_DELETED, params={"candidate": candidate}).first() is None


def are_present() -> ColumnElement[bool]:
    """Return the condition that a candidate's data is there, for a question about many."""
    return col(CandidateRow.id).not_in(select(DeletionRow.candidate))


def need_present(session: Session, candidate: str) -> None:
    """Let a candidate through whose data is there.

    Raises:
        NotAllowed: It was deleted.
    """
    if not is_present(session, candidate):
        raise NotAllowed(N_("The data of this person was deleted."), N_("Choose another candidate."))
