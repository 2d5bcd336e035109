"""The payroll records: written once each, compared with what was agreed, and put right."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from sandbox_hrms.app.messages import send
from sandbox_hrms.app.sandboxes import Change
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.messages import MessageKind
from sandbox_hrms.core.payroll import PayStatus
from sandbox_hrms.core.roles import Role
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.pay import OfferRow, PayrollRow
from sandbox_hrms.tables.people import CandidateRow
from sandbox_hrms.tables.sync import OutboxRow


@dataclass(frozen=True, slots=True)
class PayDifference:
    """A payroll record that is not what was agreed; ``short`` is how much less it pays a month."""

    candidate: str
    agreed_grade: str
    agreed_pay: int
    recorded_grade: str
    recorded_pay: int

    @property
    def short(self) -> int:
        """How much less than agreed it pays a month; negative when it pays more."""
        return self.agreed_pay - self.recorded_pay


def mend_pay(change: Change, candidate_id: str) -> bool:
    """Put a candidate's payroll record right, or write the missing one; says whether it changed anything."""
    offer = newest_offer(change.session, candidate_id)
    if offer is None or offer.status != PayStatus.ACCEPTED:
        return False
    row = change.session.get(PayrollRow, candidate_id)
    if row is None:
        add_record(change, offer, offer.grade, offer.start_pay)
        return True
    if (row.grade, row.start_pay) == (offer.grade, offer.start_pay):
        return False
    moved = (f"pay={row.start_pay}", f"pay={offer.start_pay}")
    change.tell(Kind.PAY_CORRECTED, candidate_id, moved, grade=offer.grade, start_pay=offer.start_pay)
    row.grade, row.start_pay, row.by, row.at = offer.grade, offer.start_pay, change.actor.name, change.at
    change.session.add(row)
    return True


def difference_between(offer: OfferRow | None, row: PayrollRow | None) -> PayDifference | None:
    """Return how a payroll record differs from the newest offer; None when it does not, or one is missing."""
    if offer is None or row is None or (row.grade, row.start_pay) == (offer.grade, offer.start_pay):
        return None
    return PayDifference(offer.candidate, offer.grade, offer.start_pay, row.grade, row.start_pay)


def apply_pay(change: Change, row: OutboxRow) -> bool:
    """Write the payroll record that an outbox row of kind ``pay`` carries, and tell HR; says whether it was new.

    A record that exists already is left alone: a repeated delivery counts once. The news of an offer that was
    taken back meanwhile changes nothing, either, nor does that of a person whose data was deleted.
    """
    if "offer" not in row.data:
        return False
    offer = change.session.get_one(OfferRow, row.data["offer"])
    recorded = change.session.get(PayrollRow, offer.candidate) is not None
    if recorded or offer.status != PayStatus.ACCEPTED:
        return False
    add_record(change, offer, row.data["grade"], row.data["start_pay"])
    candidate = change.session.get_one(CandidateRow, offer.candidate)
    send(
        change,
        Role.HR,
        MessageKind.PAY,
        N_("Payroll holds {name}"),
        N_("Grade {grade}, {pay} a month from the start. The record was carried over by itself."),
        {
            "name": candidate.name,
            "candidate": candidate.id,
            "grade": row.data["grade"],
            "pay": row.data["start_pay"],
        },
    )
    return True


def add_record(change: Change, offer: OfferRow, grade: str, pay: int) -> None:
    """Write the payroll record of a candidate, inside the change under way; the primary key allows one."""
    change.session.add(
        PayrollRow(
            candidate=offer.candidate,
            interview=offer.interview,
            post=offer.post,
            grade=grade,
            skill_match=offer.skill_match,
            start_pay=pay,
            expected_pay=offer.expected_pay,
            market_pay=offer.market_pay,
            offer=str(offer.id),
            by=change.actor.name,
            at=change.at,
        )
    )
    change.tell(Kind.PAY_RECORDED, offer.candidate, ("", f"pay={pay}"), grade=grade, start_pay=pay)


def newest_offer(session: Session, candidate_id: str) -> OfferRow | None:
    """Return the offer that counts for a candidate; None before the first."""
    query = select(OfferRow).where(OfferRow.candidate == candidate_id).order_by(col(OfferRow.id).desc())
    return session.exec(query).first()


def withdraw_pay(change: Change, candidate_id: str) -> bool:
    """Take offer and payroll record back, when the decision behind them was; says whether there were any."""
    offer, row = newest_offer(change.session, candidate_id), change.session.get(PayrollRow, candidate_id)
    standing = offer is not None and offer.status in {PayStatus.OFFERED, PayStatus.ACCEPTED}
    if offer is None or not (standing or row):
        return False
    offer.status = PayStatus.WITHDRAWN
    change.session.add(offer)
    if row is not None:
        change.session.delete(row)
    change.tell(Kind.PAY_WITHDRAWN, candidate_id, (f"pay={offer.start_pay}", ""), grade=offer.grade)
    return True
