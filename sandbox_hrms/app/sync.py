"""What happened in an interview is carried to the org side, exactly once, however often it has to be tried.

A parcel is written in the transaction of the change that it tells of. Its delivery is one transaction, too: the
org side's inbox key, what the org side now believes, and the mark in the outbox. Whatever stops a delivery leaves
it to be done again, and a second arrival is known by its key.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from sandbox_hrms.app import faults
from sandbox_hrms.app.case import Case, case_of
from sandbox_hrms.app.pay_records import apply_pay
from sandbox_hrms.app.places import place
from sandbox_hrms.app.sandboxes import Change, Sandbox
from sandbox_hrms.core.carrying import (
    ARRIVED_BEFORE,
    DELIVERED,
    NO_ANSWER,
    NO_WAY,
    Parcel,
    key_of,
    version_of,
    wait_after,
)
from sandbox_hrms.core.errors import Down, HrmsError, NotFound, StorageFailed
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.faults import Fault
from sandbox_hrms.core.paging import cut
from sandbox_hrms.core.roles import SYSTEM, Actor, Right
from sandbox_hrms.core.states import Event, Interview, Placement, Synced
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.interviews import InterviewRow
from sandbox_hrms.tables.people import CandidateRow
from sandbox_hrms.tables.sync import InboxRow, OrgCaseRow, OutboxRow, SyncTryRow

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SyncLine:
    """One parcel as the sync log shows it.

    Attributes:
        kind: Code of :class:`sandbox_hrms.core.carrying.Parcel`.
        candidate: The person's name.
        status: ``pending``, ``failed`` or ``done``.
        hangs: An attempt got no answer; only a re-sync by hand goes on.
        message: What the last attempt came to (msgid), filled from ``params``; empty before the first one.
        tried_at: When that was.
        next_try_at: When it is tried again by itself; None when it is not.
    """

    key: str
    kind: Parcel
    candidate_id: str
    candidate: str
    status: Synced
    hangs: bool
    tries: int
    message: str
    params: Mapping[str, object]
    written_at: datetime
    tried_at: datetime | None
    next_try_at: datetime | None


@dataclass(frozen=True, slots=True)
class SyncPage:
    """One page of the sync log, the newest parcel first; ``pages`` is at least 1.

    Attributes:
        waiting: Parcels that have not arrived, whatever the filter says.
    """

    lines: tuple[SyncLine, ...]
    page: int
    pages: int
    total: int
    waiting: int


@dataclass(frozen=True, slots=True)
class _Delivery:
    """One parcel on its arrival."""

    sandbox: Sandbox
    change: Change
    row: OutboxRow
    case: Case


Receiver = Callable[[_Delivery], None]


def write_outbox(change: Change, case: Case, parcel: Parcel = Parcel.RESULT, **data: object) -> None:
    """Note, inside the change that it tells of, that something has to be carried.

    A parcel of the same kind that is still on its way gets the new data; after its delivery a second one is sent.

    Args:
        change: The change under way.
        case: The interview; its newest sitting is meant.
        parcel: What is carried.
        **data: What the receiver needs, JSON.
    """
    sent = _sent(change.session, case, parcel)
    if sent and sent[-1].delivered_at is None:
        sent[-1].data = data
        change.session.add(sent[-1])
        return
    key = key_of(case.interview.id, len(case.sittings), parcel, len(sent) + 1)
    change.session.add(
        OutboxRow(key=key, kind=parcel, interview=case.interview.id, data=data, written_at=change.at)
    )


def _sent(session: Session, case: Case, parcel: Parcel) -> list[OutboxRow]:
    """Return the parcels of a kind that tell of the newest sitting, the newest one last.

    There are several where something was decided twice, or where a sitting was lost and taken anew.
    """
    found: list[OutboxRow] = []
    while row := session.get(OutboxRow, key_of(case.interview.id, len(case.sittings), parcel, len(found) + 1)):
        found.append(row)
    return found


def write_begun(sandbox: Sandbox, change: Change, case: Case) -> None:
    """Note that a sitting has begun, where the profile tells the org chart."""
    if sandbox.profile.policy.sync.org_chart:
        write_outbox(change, case, Parcel.BEGUN)


def carry(sandbox: Sandbox) -> int:
    """Try every parcel that is due and return how many arrived.

    Due is what was never tried (unless HR has to ask for it) and what waits for its next attempt. Nobody waits for
    the outcome, so a disk that refuses is left to the next time.

    Raises:
        Down: The sandbox has crashed.
    """
    waiting = [row.key for row in sandbox.known(_undelivered) if _is_due(sandbox, row)]
    return sum(_try_quietly(sandbox, key) for key in waiting)


def resync(sandbox: Sandbox, actor: Actor, key: str) -> Synced:
    """Try one parcel now, by hand; returns how it stands then.

    That frees a stuck sync, and fetches a record again that was lost here and had arrived there.

    Raises:
        Forbidden: The role may not.
        NotFound: There is no such parcel.
        StorageFailed: The disk did not take it.
    """
    sandbox.admit(actor, Right.SYNC, write=True)
    _begin_anew(sandbox, actor)
    return _attempt(sandbox, actor, key)


def resync_result(sandbox: Sandbox, actor: Actor, interview_id: str) -> bool:
    """Try the result of one interview now, by hand; says whether it has arrived. Asks for no right."""
    _begin_anew(sandbox, actor)
    with sandbox.store.read() as session:
        keys = [row.key for row in _undelivered(session) if row.interview == interview_id]
    came = [_attempt(sandbox, actor, key) for key in keys]
    return all(one is Synced.DONE for one in came)


def resync_all(sandbox: Sandbox, actor: Actor) -> int:
    """Try every parcel that has not arrived, by hand; returns how many arrived.

    Raises:
        Forbidden: The role may not.
        StorageFailed: The disk did not take it.
    """
    sandbox.admit(actor, Right.SYNC, write=True)
    _begin_anew(sandbox, actor)
    with sandbox.store.read() as session:
        waiting = [row.key for row in _undelivered(session)]
    return sum(_attempt(sandbox, actor, key) is Synced.DONE for key in waiting)


def sync_log(  # noqa: PLR0913, PLR0917  # the fields of the filter bar
    sandbox: Sandbox,
    actor: Actor,
    status: Synced | None = None,
    kind: Parcel | None = None,
    page: int = 1,
    page_size: int = 20,
) -> SyncPage:
    """Return one page of the parcels.

    Args:
        sandbox: Where.
        actor: HR or an administrator.
        status: Only those that stand so: ``pending``, ``failed`` or ``done``.
        kind: Only those of this kind.
        page: 1-based, moved into the range that exists.
        page_size: Rows a page.

    Raises:
        Forbidden: The role may not.
    """
    sandbox.admit(actor, Right.SYNC)
    lines = sandbox.known(sync_lines)
    found = [line for line in reversed(lines) if status in {None, line.status} and kind in {None, line.kind}]
    at = cut(len(found), page, page_size)
    return SyncPage(
        lines=tuple(found[at.rows]),
        page=at.page,
        pages=at.pages,
        total=len(found),
        waiting=sum(line.status is not Synced.DONE for line in lines),
    )


def sync_lines(session: Session) -> tuple[SyncLine, ...]:
    """Return all parcels, the oldest first."""
    last = {row.key: row for row in session.exec(select(SyncTryRow).order_by(col(SyncTryRow.id)))}
    people = dict(session.exec(select(CandidateRow.id, CandidateRow.name)).all())
    owners = dict(session.exec(select(InterviewRow.id, InterviewRow.candidate)).all())
    rows = sorted(session.exec(select(OutboxRow)), key=_age)
    return tuple(_line(row, last.get(row.key), owners[row.interview], people) for row in rows)


def status_of(row: OutboxRow, last: SyncTryRow | None) -> Synced:
    """Say how a parcel stands; one that hangs is still on its way as far as anybody knows."""
    if row.delivered_at is not None:
        return Synced.DONE
    if last is None or last.message == NO_ANSWER:
        return Synced.PENDING
    return Synced.FAILED


def _line(row: OutboxRow, last: SyncTryRow | None, candidate: str, people: Mapping[str, str]) -> SyncLine:
    status = status_of(row, last)
    return SyncLine(
        key=row.key,
        kind=Parcel(row.kind),
        candidate_id=candidate,
        candidate=people[candidate],
        status=status,
        hangs=status is Synced.PENDING and row.tries > 0,
        tries=row.tries,
        message=last.message if last else "",
        params=last.params if last else {},
        written_at=row.written_at,
        tried_at=last.at if last else None,
        next_try_at=row.next_try_at,
    )


def _undelivered(session: Session) -> list[OutboxRow]:
    return sorted(session.exec(select(OutboxRow).where(col(OutboxRow.delivered_at).is_(None))), key=_age)


def _age(row: OutboxRow) -> tuple[datetime, str, int]:
    """Sort parcels as they were written; a clock may stand still, so what tells of more comes later."""
    return row.written_at, row.interview, version_of(row.key)


def _is_due(sandbox: Sandbox, row: OutboxRow) -> bool:
    if row.tries == 0:
        return sandbox.profile.policy.sync.carry == "at_once"
    return row.next_try_at is not None and row.next_try_at <= sandbox.now()


def _begin_anew(sandbox: Sandbox, actor: Actor) -> None:
    faults.unstick(sandbox, actor)
    if sandbox.profile.policy.sync.over_network and not sandbox.faults.has(Fault.OFFLINE):
        faults.find_record(sandbox, actor)


def _try_quietly(sandbox: Sandbox, key: str) -> bool:
    try:
        return _attempt(sandbox, SYSTEM, key) is Synced.DONE
    except StorageFailed as error:
        _LOG.warning("sandbox %s: %s stays in the outbox: %s", sandbox.id, key, error)
        return False


def _attempt(sandbox: Sandbox, actor: Actor, key: str) -> Synced:
    """Deliver one parcel, or note why it did not arrive."""
    trouble, params = _way(sandbox), {}
    if trouble is None:
        try:
            with sandbox.change(actor) as change:
                _deliver(sandbox, change, key)
        except (Down, StorageFailed, NotFound):
            raise
        except HrmsError as refused:
            trouble, params = refused.message, refused.params
        else:
            return Synced.DONE
    with sandbox.change(actor) as change:
        return _note_trouble(sandbox, change, key, trouble, params)


def _way(sandbox: Sandbox) -> str | None:
    """Say what stands in the way; None when the org side can be reached."""
    if sandbox.faults.has(Fault.OFFLINE) and sandbox.profile.policy.sync.over_network:
        return NO_WAY
    return NO_ANSWER if sandbox.faults.has(Fault.STUCK_SYNC) else None


def _deliver(sandbox: Sandbox, change: Change, key: str) -> None:
    row = _row(change, key)
    if row.delivered_at is not None:
        return
    case = case_of(change.session, row.interview)
    new = change.session.get(InboxRow, key) is None
    if new:
        post = change.session.get_one(CandidateRow, case.interview.candidate).post
        change.session.add(
            InboxRow(key=key, kind=row.kind, interview=row.interview, post=post, received_at=change.at)
        )
        RECEIVERS[Parcel(row.kind)](_Delivery(sandbox, change, row, case))
    row.delivered_at, row.next_try_at, row.tries = change.at, None, row.tries + 1
    change.session.add(row)
    change.session.add(SyncTryRow(key=key, at=change.at, done=True, message=DELIVERED if new else ARRIVED_BEFORE))
    moved = ("", "")
    if _tells_result(change.session, row, case):
        moved = case.move(Event.CARRIED, sandbox.profile.policy, change.at)
    change.tell(Kind.SYNCED, row.interview, moved, parcel=row.kind)


def _note_trouble(
    sandbox: Sandbox, change: Change, key: str, trouble: str, params: Mapping[str, object]
) -> Synced:
    row = _row(change, key)
    if row.delivered_at is not None:
        return Synced.DONE
    hangs = trouble == NO_ANSWER
    row.tries += 1
    by_itself = sandbox.profile.policy.sync.retry == "automatic" and not hangs
    row.next_try_at = change.at + wait_after(row.tries) if by_itself else None
    change.session.add(row)
    told = {name: str(value) for name, value in params.items()}
    change.session.add(SyncTryRow(key=key, at=change.at, done=False, message=trouble, params=told))
    if hangs:
        return Synced.PENDING
    case = case_of(change.session, row.interview)
    if _tells_result(change.session, row, case) and case.state.synced is Synced.PENDING:
        moved = case.move(Event.CARRY_FAILED, sandbox.profile.policy, change.at)
        change.tell(Kind.SYNC_FAILED, row.interview, moved, parcel=row.kind)
    return Synced.FAILED


def _tells_result(session: Session, row: OutboxRow, case: Case) -> bool:
    """Say whether the interview's own ``synced`` field stands for this parcel."""
    if case.state.synced not in {Synced.PENDING, Synced.FAILED}:
        return False
    sent = _sent(session, case, Parcel.RESULT)
    return bool(sent) and sent[-1].key == row.key


def _row(change: Change, key: str) -> OutboxRow:
    row = change.session.get(OutboxRow, key)
    if row is None:
        raise NotFound(N_("There is no sync record {key}."), N_("Load the page again."), key=key)
    return row


def _begun(one: _Delivery) -> None:
    _learn(one, Interview.IN_PROGRESS, Placement.NONE)


def _result(one: _Delivery) -> None:
    if one.sandbox.profile.policy.sync.org_chart:
        _learn(one, Interview.TO_REVIEW)


def _placement(one: _Delivery) -> None:
    if place(one.change, one.case.interview.id):
        _learn(one, Interview.PASSED, Placement.TO_ONBOARD)


def _pay(one: _Delivery) -> None:
    apply_pay(one.change, one.row)


def _learn(one: _Delivery, status: Interview, placement: Placement | None = None) -> bool:
    """Let the org chart believe what a parcel tells, unless it knows something as new or newer."""
    session, interview, version = one.change.session, one.case.interview, version_of(one.row.key)
    row = session.get(OrgCaseRow, interview.id)
    if row is not None and row.version >= version:
        return False
    if row is None:
        candidate = session.get_one(CandidateRow, interview.candidate)
        row = OrgCaseRow(
            interview=interview.id,
            candidate=candidate.id,
            post=candidate.post,
            status=status,
            placement=Placement.NONE,
            updated_at=one.change.at,
        )
    row.status, row.version, row.updated_at = status, version, one.change.at
    row.placement = placement or row.placement
    session.add(row)
    return True


RECEIVERS: dict[Parcel, Receiver] = {
    Parcel.BEGUN: _begun,
    Parcel.RESULT: _result,
    Parcel.PLACEMENT: _placement,
    Parcel.PAY: _pay,
}
"""What each parcel does on its arrival, inside the transaction of its delivery."""
