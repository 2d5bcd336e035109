"""Who asks, and what each role may do."""

from dataclasses import dataclass
from enum import StrEnum

from sandbox_hrms.core.errors import Forbidden, ReadOnly


class Role(StrEnum):
    """A person's part in the HR system."""

    CANDIDATE = "candidate"
    HR = "hr"
    HEAD = "head"
    ADMIN = "admin"
    SYSTEM = "system"


class Right(StrEnum):
    """Something a role may be allowed to do."""

    TAKE_INTERVIEW = "take_interview"
    SEE_CANDIDATES = "see_candidates"
    REVIEW = "review"
    INVITE = "invite"
    SEE_DEPARTMENT = "see_department"
    SEE_AUDIT = "see_audit"
    DECIDE = "decide"
    SEE_ORG = "see_org"
    EDIT_ORG = "edit_org"
    SEE_PAY = "see_pay"
    EDIT_PAY = "edit_pay"
    SYNC = "sync"
    BACK_UP = "back_up"
    READ_MESSAGES = "read_messages"
    MANAGE_DATA = "manage_data"
    EDIT_RUBRIC = "edit_rubric"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.CANDIDATE: frozenset({Right.TAKE_INTERVIEW}),
    Role.HR: frozenset(Right) - {Right.TAKE_INTERVIEW, Right.SEE_DEPARTMENT, Right.MANAGE_DATA},
    Role.HEAD: frozenset({Right.SEE_DEPARTMENT, Right.SEE_ORG, Right.READ_MESSAGES}),
    Role.ADMIN: frozenset({Right.SEE_AUDIT, Right.SYNC, Right.BACK_UP, Right.MANAGE_DATA, Right.READ_MESSAGES}),
    Role.SYSTEM: frozenset(),
}

SIGN_IN_ROLES = (Role.CANDIDATE, Role.HR, Role.HEAD, Role.ADMIN)
FORM_ROLES = (Role.HR, Role.HEAD, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Actor:
    """One signed-in person.

    Attributes:
        role: The part they play.
        id: Candidate id for a candidate, account name for the others.
        name: As shown on pages and in the audit log.
        read_only: Every write is refused, and looking leaves no trace.
    """

    role: Role
    id: str
    name: str
    read_only: bool = False

    def may(self, right: Right) -> bool:
        """Say whether the role includes ``right``."""
        return right in RIGHTS[self.role]

    def need(self, right: Right, *, write: bool = False) -> None:
        """Raise :class:`Forbidden` or :class:`ReadOnly` unless the actor may do it."""
        if not self.may(right):
            raise Forbidden
        if write and self.read_only:
            raise ReadOnly


SYSTEM = Actor(role=Role.SYSTEM, id="system", name="system")
