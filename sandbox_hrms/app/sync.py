"""A finished result is carried to the org side, exactly once."""

from sqlmodel import col, select

from sandbox_hrms.app.case import Case, case_of
from sandbox_hrms.app.sandboxes import Change, Sandbox
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import SYSTEM
from sandbox_hrms.core.states import Event
from sandbox_hrms.tables.people import CandidateRow
from sandbox_hrms.tables.sync import InboxRow, OutboxRow


def write_outbox(change: Change, case: Case) -> None:
    """Note, inside the change that finishes the interview, that its result has to be carried."""
    key = f"{case.interview.id}/{len(case.sittings)}"
    change.session.add(OutboxRow(key=key, interview=case.interview.id, written_at=change.at))


def carry(sandbox: Sandbox) -> int:
    """Deliver every waiting outbox row and return how many were delivered.

    The org side remembers the key of each delivery, so a repeat after a crash counts once.
    """
    with sandbox.store.read() as session:
        query = select(OutboxRow.key).where(col(OutboxRow.delivered_at).is_(None)).order_by(OutboxRow.key)
        waiting = session.exec(query).all()
    for key in waiting:
        _deliver(sandbox, key)
    return len(waiting)


def _deliver(sandbox: Sandbox, key: str) -> None:
    with sandbox.change(SYSTEM) as change:
        row = change.session.get_one(OutboxRow, key)
        if row.delivered_at is not None:
            return
        case = case_of(change.session, row.interview)
        if change.session.get(InboxRow, key) is None:
            candidate = change.session.get_one(CandidateRow, case.interview.candidate)
            change.session.add(
                InboxRow(key=key, interview=row.interview, post=candidate.post, received_at=change.at)
            )
        row.delivered_at = change.at
        change.session.add(row)
        moved = case.move(Event.CARRIED, sandbox.profile.policy, change.at)
        change.tell(Kind.SYNCED, row.interview, moved)
