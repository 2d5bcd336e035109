"""Who changed what, and when."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select

from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.paging import cut
from sandbox_hrms.core.roles import Actor, Right, Role
from sandbox_hrms.tables.frame import EventRow
from sandbox_hrms.tables.interviews import InterviewRow
from sandbox_hrms.tables.people import CandidateRow, DepartmentRow, PostRow


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change.

    Attributes:
        number: Counts from 1; the newest has the highest.
        actor: The name of who did it.
        action: Code of what was done (:class:`sandbox_hrms.core.events.Kind`).
        subject: Id of what was changed.
        subject_name: What people call it: a name or a title; empty when it has none.
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
    sandbox.admit(actor, Right.SEE_AUDIT)
    with sandbox.store.read() as session:
        total = session.exec(select(func.count(col(EventRow.seq)))).one()
        at = cut(total, page, page_size)
        newest_first = select(EventRow).order_by(col(EventRow.seq).desc())
        rows = session.exec(newest_first.offset(at.start).limit(page_size)).all()
        names = dict(session.exec(select(CandidateRow.id, CandidateRow.name)).all())
        names |= dict(session.exec(select(PostRow.id, PostRow.title)).all())
        names |= dict(session.exec(select(DepartmentRow.id, DepartmentRow.name)).all())
        owners = dict(session.exec(select(InterviewRow.id, InterviewRow.candidate)).all())
    return AuditPage(
        entries=tuple(
            AuditEntry(
                number=row.seq or 0,
                at=row.at,
                actor=row.actor,
                role=Role(row.role),
                action=row.kind,
                subject=row.subject,
                subject_name=_name_of(row, names.get(owners.get(row.subject, row.subject), "")),
                before=row.before,
                after=row.after,
            )
            for row in rows
        ),
        page=at.page,
        pages=at.pages,
        total=total,
    )


def _name_of(row: EventRow, known: str) -> str:
    """Return what people call the subject; who signs in or out does that to their own account."""
    return row.actor if row.kind in {Kind.SIGNED_IN, Kind.SIGNED_OUT} else known
