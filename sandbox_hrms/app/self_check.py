"""After every exit interview, org chart and payroll are compared; differences are shown, and mended on a click."""

from collections.abc import Callable
from contextlib import suppress

from sqlmodel import Session, col, func, select

from sandbox_hrms.app.case import Case, case_of
from sandbox_hrms.app.messages import send
from sandbox_hrms.app.pay_records import mend_pay, withdraw_pay
from sandbox_hrms.app.places import withdraw
from sandbox_hrms.app.requisitions import closed_by_itself, requisitions
from sandbox_hrms.app.sandboxes import Change, Sandbox
from sandbox_hrms.app.sync import resync_result, write_outbox
from sandbox_hrms.core import labels
from sandbox_hrms.core.carrying import Parcel, corrected_version
from sandbox_hrms.core.comparing import Difference, Gap, Opening, Person, compare
from sandbox_hrms.core.errors import HrmsError, NotAllowed, StorageFailed
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.messages import MessageKind
from sandbox_hrms.core.payroll import PayStatus
from sandbox_hrms.core.profiles import Policy
from sandbox_hrms.core.roles import SYSTEM, Actor, Right, Role
from sandbox_hrms.core.states import Event, Interview, Placement, SittingStatus, Synced, is_finished
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.hiring import RequisitionRow
from sandbox_hrms.tables.interviews import InterviewRow, SittingRow
from sandbox_hrms.tables.messages import MessageRow
from sandbox_hrms.tables.pay import OfferRow, PayrollRow
from sandbox_hrms.tables.people import CandidateRow
from sandbox_hrms.tables.sync import OrgCaseRow, OutboxRow

_FOUND = N_("The self-check found a difference: {name}")


def check(sandbox: Sandbox, actor: Actor) -> tuple[Difference, ...]:
    """Compare now.

    Raises:
        Forbidden: The role may not.
    """
    sandbox.admit(actor, Right.SYNC)
    return compare(*sandbox.known(_to_compare), sandbox.profile.policy.sync)


def mend(sandbox: Sandbox, actor: Actor, key: str) -> bool:
    """Put one difference right; says whether it is gone. A repeat changes nothing.

    Raises:
        Forbidden: The role may not.
        NotAllowed: It cannot be put right like this; the message says why.
    """
    sandbox.admit(actor, Right.SYNC, write=True)
    found = _find(sandbox, key)
    if found is None:
        return True
    if found.kind is Gap.NOT_CARRIED:
        return resync_result(sandbox, actor, found.subject) and _find(sandbox, key) is None
    return _mend(sandbox, actor, key)


def mend_all(sandbox: Sandbox, actor: Actor) -> int:
    """Put every difference right that can be; returns how many are gone.

    Raises:
        Forbidden: The role may not.
    """
    before = check(sandbox, actor)
    sandbox.admit(actor, Right.SYNC, write=True)
    for one in before:
        with suppress(NotAllowed):  # it stays on the list, with its own button that tells why
            mend(sandbox, actor, one.key)
    left = {one.key for one in check(sandbox, actor)}
    return sum(one.key not in left for one in before)


def check_after_exit(sandbox: Sandbox) -> None:
    """Compare, then mend or tell HR, as the profile says; what was told once is not told again."""
    policy = sandbox.profile.policy
    with sandbox.store.read() as session:
        found = differences(session, policy)
        told = _told(session) if found else set()
    if policy.sync.self_check == "mend":
        for one in found:
            if one.kind is not Gap.NOT_CARRIED:  # the outbox tries that by itself, in its own time
                _mend_quietly(sandbox, one.key)
        return
    new = [one for one in found if one.key not in told]
    if not new:
        return
    with suppress(StorageFailed), sandbox.change(SYSTEM) as change:  # then it is told after the next exit
        for one in new:
            data: dict[str, object] = {"name": one.name, "subject": one.subject, "key": one.key}
            send(change, Role.HR, MessageKind.SYNC, _FOUND, labels.GAP[one.kind], data)


def differences(session: Session, policy: Policy) -> tuple[Difference, ...]:
    """Compare what is stored on all sides."""
    return compare(*_to_compare(session), policy.sync)


def _to_compare(session: Session) -> tuple[list[Person], list[Opening]]:
    return _people(session), _openings(session)


def _find(sandbox: Sandbox, key: str) -> Difference | None:
    with sandbox.store.read() as session:
        return next((one for one in differences(session, sandbox.profile.policy) if one.key == key), None)


def _mend_quietly(sandbox: Sandbox, key: str) -> None:
    try:
        _mend(sandbox, SYSTEM, key)
    except HrmsError:
        return  # it stays on the page, where a person is told why


def _mend(sandbox: Sandbox, actor: Actor, key: str) -> bool:
    policy = sandbox.profile.policy
    with sandbox.change(actor) as change:
        found = next((one for one in differences(change.session, policy) if one.key == key), None)
        if found is None:
            return True
        _MENDS[found.kind](change, found, policy)
        change.tell(Kind.DIFFERENCE_MENDED, found.subject, difference=found.kind)
        change.session.flush()
        return all(one.key != key for one in differences(change.session, policy))


def _end_again(change: Change, found: Difference, policy: Policy) -> None:
    """The sitting has ended and the interview was left behind: end it by the rules."""
    case = case_of(change.session, found.subject)
    case.sittings[-1].status = SittingStatus.OPEN
    moved = case.move(Event.END, policy, change.at)
    if case.state.synced is Synced.PENDING:
        write_outbox(change, case)
    change.tell(Kind.INTERVIEW_ENDED, found.subject, moved, answered=len(case.answers))


def _correct_org(change: Change, found: Difference, _: Policy) -> None:
    case = case_of(change.session, found.subject)
    _believe_the_truth(change, case, Interview(case.interview.status))


def _take_place_back(change: Change, found: Difference, _: Policy) -> None:
    case = case_of(change.session, found.subject)
    candidate = change.session.get_one(CandidateRow, case.interview.candidate)
    withdraw(change, candidate, case.interview)
    _believe_the_truth(change, case, Interview(case.interview.status))


def _believe_the_truth(change: Change, case: Case, status: Interview) -> None:
    row = change.session.get(OrgCaseRow, case.interview.id)
    if row is None:
        return
    candidate = change.session.get_one(CandidateRow, case.interview.candidate)
    row.status, row.placement, row.updated_at = status, candidate.placement, change.at
    row.version = max(row.version, corrected_version(len(case.sittings), finished=is_finished(status)))
    change.session.add(row)


def _write_pay(change: Change, found: Difference, _: Policy) -> None:
    mend_pay(change, _candidate_of(change.session, found))


def _drop_pay(change: Change, found: Difference, _: Policy) -> None:
    withdraw_pay(change, _candidate_of(change.session, found))


def _open_again(change: Change, found: Difference, _: Policy) -> None:
    row = change.session.exec(select(RequisitionRow).where(RequisitionRow.post == found.subject)).one()
    row.status, row.closed_at = "open", None
    change.session.add(row)
    change.tell(Kind.REQUISITION_OPENED, found.subject, openings=row.openings, automatic=True)


_MENDS: dict[Gap, Callable[[Change, Difference, Policy], None]] = {
    Gap.STUCK_IN_PROGRESS: _end_again,
    Gap.UNFINISHED_IN_ORG: _correct_org,
    Gap.ORG_BEHIND: _correct_org,
    Gap.COUNTED_UNFINISHED: _correct_org,
    Gap.PLACED_WITHOUT_PASS: _take_place_back,
    Gap.PLACED_WITHOUT_PAYROLL: _write_pay,
    Gap.PAY_DIFFERS: _write_pay,
    Gap.PAYROLL_WITHOUT_PLACE: _drop_pay,
    Gap.CLOSED_TOO_EARLY: _open_again,
}


def _candidate_of(session: Session, found: Difference) -> str:
    return session.get_one(InterviewRow, found.subject).candidate


def _told(session: Session) -> set[str]:
    rows = session.exec(select(MessageRow.data).where(MessageRow.kind == MessageKind.SYNC))
    return {str(data.get("key")) for data in rows}


def _people(session: Session) -> list[Person]:
    interviews = session.exec(
        select(InterviewRow.id, InterviewRow.candidate, InterviewRow.status, InterviewRow.synced).order_by(
            col(InterviewRow.round_number), func.length(InterviewRow.id), InterviewRow.id
        )
    ).all()
    newest = {candidate: interview for interview, candidate, _, _ in interviews}
    sides = _Sides(session)
    people = {
        row[0]: row for row in session.exec(select(CandidateRow.id, CandidateRow.name, CandidateRow.placement))
    }
    found = []
    for interview, candidate, status, synced in interviews:
        _, name, placement = people[candidate]
        believed, sitting = sides.org.get(interview), sides.sittings.get(interview)
        agreed, pay = sides.agreed.get(candidate), sides.payroll.get(candidate)
        found.append(
            Person(
                interview=interview,
                candidate=candidate,
                name=name,
                newest=newest[candidate] == interview,
                status=Interview(status),
                synced=Synced(synced),
                sitting=SittingStatus(sitting) if sitting else None,
                tried=interview in sides.tried,
                org_status=Interview(believed.status) if believed else None,
                org_placement=Placement(believed.placement) if believed else None,
                placement=Placement(placement),
                placing=(interview, Parcel.PLACEMENT) in sides.waiting,
                hired=agreed is not None,
                paid=pay is not None,
                as_agreed=agreed is None or pay is None or agreed == (pay.grade, pay.start_pay),
                paying=(interview, Parcel.PAY) in sides.waiting,
            )
        )
    return found


class _Sides:
    """What is known beside the interviews, by interview or by candidate."""

    def __init__(self, session: Session) -> None:
        self.org = {row.interview: row for row in session.exec(select(OrgCaseRow))}
        ordered = select(SittingRow.interview, SittingRow.status).order_by(col(SittingRow.number))
        self.sittings = dict(session.exec(ordered).all())
        waiting = session.exec(
            select(OutboxRow.interview, OutboxRow.kind, OutboxRow.tries).where(
                col(OutboxRow.delivered_at).is_(None)
            )
        ).all()
        self.waiting = {(interview, kind) for interview, kind, _ in waiting}
        self.tried = {interview for interview, kind, tries in waiting if kind == Parcel.RESULT and tries}
        offers = {row.candidate: row for row in session.exec(select(OfferRow).order_by(col(OfferRow.id)))}
        self.agreed = {
            candidate: (row.grade, row.start_pay)
            for candidate, row in offers.items()
            if row.status == PayStatus.ACCEPTED
        }
        self.payroll = {row.candidate: row for row in session.exec(select(PayrollRow))}


def _openings(session: Session) -> list[Opening]:
    return [
        Opening(
            one.post_id,
            one.post_title,
            one.status == "closed" and one.open > 0 and closed_by_itself(session, one.post_id),
            one.open,
        )
        for one in requisitions(session)
        if one.status is not None
    ]
