"""Who changed what, and when."""

from dataclasses import dataclass
from datetime import datetime

from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core.roles import Actor, Role


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change.

    Attributes:
        number: Counts from 1; the newest has the highest.
        actor: The name of who did it.
        action: Code of what was done (:class:`sandbox_hrms.core.events.Kind`).
        subject: Id of what was changed.
        subject_name: The same for people, e.g. the candidate's name.
        before: State codes before, e.g. ``in_progress/saved/not_due``; empty when there were none.
        after: The same afterwards.
    """

    number: int
    at: datetime
    actor: str
    role: Role
    action: str
    subject: str
    subject_name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of the log, the newest entry first; ``pages`` is at least 1."""

    entries: tuple[AuditEntry, ...]
    page: int
    pages: int
    total: int


def entries(sandbox: Sandbox, actor: Actor, page: int = 1, page_size: int = 20) -> AuditPage:
    """Return one page of the audit log.

    Raises:
        Forbidden: The role may not see it.
    """
    raise NotImplementedError
