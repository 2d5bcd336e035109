"""What a sandbox that was just opened has to catch up with."""

from contextlib import suppress

from sqlmodel import select

from sandbox_hrms.app.case import case_of, codes
from sandbox_hrms.app.conduct import note_unsaved
from sandbox_hrms.app.lost_record import bring_back
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.settle import settle
from sandbox_hrms.core.errors import StorageFailed
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.faults import Fault
from sandbox_hrms.core.roles import SYSTEM
from sandbox_hrms.core.states import Event, Interview, SittingStatus
from sandbox_hrms.tables.interviews import InterviewRow


def opened(sandbox: Sandbox) -> None:
    """Write down what a crash has lost, then finish what it interrupted."""
    note_losses(sandbox)
    find_forgotten(sandbox)
    settle(sandbox)


def find_forgotten(sandbox: Sandbox) -> None:
    """Put a lost record back whose fault is over: a crash came after the end of the fault and before that."""
    if not sandbox.faults.has(Fault.LOST_RECORD):
        with suppress(StorageFailed):  # it is put back at the next opening
            bring_back(sandbox, SYSTEM)


def note_losses(sandbox: Sandbox) -> None:
    """Say of every answer that was in memory only that it is gone, where it is kept nowhere else."""
    policy = sandbox.profile.policy
    if policy.save.automatic or policy.save.tab_closed != "lose":
        return
    with sandbox.store.read() as session:
        under_way = session.exec(select(InterviewRow.id).where(InterviewRow.status == Interview.IN_PROGRESS)).all()
        lost = [one for one in under_way if _unsaved(case_of(session, one).sittings[-1].record)]
    with suppress(StorageFailed):  # it is told at the next opening
        for interview in lost:
            with sandbox.change(SYSTEM) as change:
                case = case_of(change.session, interview)
                if case.sittings[-1].status != SittingStatus.OPEN:
                    continue
                before = case.state
                count = _unsaved(case.sittings[-1].record)
                note_unsaved(case, 0)
                case.move(Event.LOSE, policy, change.at)
                change.tell(Kind.RECORD_LOST, interview, (codes(before), codes(case.state)), answers=count)


def _unsaved(record: dict[str, object]) -> int:
    count = record.get("unsaved", 0)
    return count if isinstance(count, int) else 0
