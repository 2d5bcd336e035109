"""From the score to the payroll record: proposal, offer, answer, record, and what is wrong with a record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from sandbox_hrms.app.case import case_of, interview_of
from sandbox_hrms.app.grade_tables import table_of
from sandbox_hrms.app.pay_records import PayDifference, add_record, difference_between, mend_pay, newest_offer
from sandbox_hrms.app.sandboxes import Change, Sandbox
from sandbox_hrms.app.sync import carry, write_outbox
from sandbox_hrms.core.carrying import Parcel
from sandbox_hrms.core.errors import NotAllowed, NotFound
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.paging import cut
from sandbox_hrms.core.payroll import (
    COMPETENCY,
    Gap,
    Grade,
    PayStatus,
    Proposal,
    check_pay,
    gap_to,
)
from sandbox_hrms.core.payroll import propose as proposed
from sandbox_hrms.core.roles import Actor, Right
from sandbox_hrms.core.states import Interview, Placement
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.interviews import InterviewRow, ScoreRow
from sandbox_hrms.tables.pay import OfferRow, PayrollRow
from sandbox_hrms.tables.people import CandidateRow, PostRow


@dataclass(frozen=True, slots=True)
class Offer:
    """What was offered to a candidate; ``status`` is offered, accepted or declined."""

    id: int
    grade: str
    grade_pay: int
    start_pay: int
    expected_pay: int | None
    market_pay: int
    status: PayStatus
    made_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Record:
    """What payroll holds about a candidate; ``by`` names who wrote it."""

    grade: str
    start_pay: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PayCase:
    """Everything about one candidate's pay.

    Attributes:
        interview: State of the interview of the latest round; None before an invitation.
        expected_pay: What the candidate wants; None when nobody asked.
        proposal: What the grade table gives now; None without a skill match.
        offer: The newest one.
        difference: What is wrong with the record, None when it is right or missing.
        grades: The present grade table of the post's family.
        by_hand: The payroll record is typed by HR; otherwise it is made by sync.
    """

    candidate_id: str
    name: str
    source: str
    post_title: str
    family: str
    interview: Interview | None
    placement: Placement
    expected_pay: int | None
    proposal: Proposal | None
    offer: Offer | None
    record: Record | None
    difference: PayDifference | None
    status: PayStatus
    grades: tuple[Grade, ...]
    by_hand: bool
    can_offer: bool
    can_answer: bool
    can_record: bool

    @property
    def _standing(self) -> Offer | None:
        """The offer, unless it was declined or taken back."""
        over = {PayStatus.DECLINED, PayStatus.WITHDRAWN}
        return self.offer if self.offer and self.offer.status not in over else None

    @property
    def start_pay(self) -> int | None:
        """The pay that counts now: recorded, else offered, else proposed."""
        if self.record:
            return self.record.start_pay
        if self._standing:
            return self._standing.start_pay
        return self.proposal.start_pay if self.proposal else None

    @property
    def grade(self) -> str | None:
        """The title of the grade that counts now."""
        if self.record:
            return self.record.grade
        if self._standing:
            return self._standing.grade
        return self.proposal.grade.title if self.proposal else None

    @property
    def market_pay(self) -> int | None:
        """The market rate for the grade that was agreed, else for the proposed one."""
        if self._standing:
            return self._standing.market_pay
        return self.proposal.market_pay if self.proposal else None

    @property
    def gap(self) -> Gap | None:
        """From the pay that counts now up to what the candidate wants."""
        if self.start_pay is None or self.expected_pay is None:
            return None
        return gap_to(self.start_pay, self.expected_pay)

    @property
    def market_gap(self) -> Gap | None:
        """From the pay that counts now up to the market rate."""
        if self.start_pay is None or self.market_pay is None:
            return None
        return gap_to(self.start_pay, self.market_pay)


@dataclass(frozen=True, slots=True)
class PayPage:
    """One page of candidates who have a skill match; ``pages`` is at least 1."""

    cases: tuple[PayCase, ...]
    page: int
    pages: int
    total: int


def pay_page(sandbox: Sandbox, actor: Actor, page: int = 1, page_size: int = 10) -> PayPage:
    """Return one page of everybody whose interview has a score, the newest application first.

    Raises:
        Forbidden: The role may not see pay.
    """
    sandbox.admit(actor, Right.SEE_PAY)
    return sandbox.known(_pay_page, sandbox, page, page_size)


def _pay_page(session: Session, sandbox: Sandbox, page: int, page_size: int) -> PayPage:
    scored = (
        select(CandidateRow.id)
        .join(InterviewRow, col(InterviewRow.candidate) == CandidateRow.id)
        .join(ScoreRow, col(ScoreRow.interview) == InterviewRow.id)
        .distinct()
    )
    wanted = col(CandidateRow.id).in_(scored)
    total = session.exec(select(func.count(col(CandidateRow.id))).where(wanted)).one()
    at = cut(total, page, page_size)
    newest_first = select(CandidateRow).where(wanted).order_by(col(CandidateRow.applied_at).desc())
    rows = session.exec(newest_first.offset(at.start).limit(page_size)).all()
    return PayPage(pay_cases(sandbox, session, rows), at.page, at.pages, total)


def pay_of(sandbox: Sandbox, actor: Actor, candidate_id: str) -> PayCase:
    """Return everything about one candidate's pay.

    Raises:
        Forbidden: The role may not see pay.
        NotFound: No such candidate.
    """
    sandbox.admit(actor, Right.SEE_PAY)
    with sandbox.store.read() as session:
        return pay_case(sandbox, session, _candidate(session, candidate_id))


def propose(sandbox: Sandbox, actor: Actor, candidate_id: str) -> Proposal:
    """Return the pay that the grade table gives to a candidate.

    Raises:
        Forbidden: The role may not see pay.
        NotFound: No such candidate.
        NotAllowed: There is no skill match to judge by.
    """
    return _proposal(pay_of(sandbox, actor, candidate_id))


def make_offer(sandbox: Sandbox, actor: Actor, candidate_id: str, pay: int | None = None) -> PayCase:
    """Offer a passed candidate the pay of the grade, or ``pay`` when something else was agreed on.

    Raises:
        Forbidden: The role may not change pay.
        NotFound: No such candidate.
        NotAllowed: The last round is not passed, or an offer is open or accepted already.
        Invalid: The pay cannot be a pay a month.
    """
    sandbox.admit(actor, Right.EDIT_PAY, write=True)
    with sandbox.change(actor) as change:
        case = pay_case(sandbox, change.session, _candidate(change.session, candidate_id))
        if not case.can_offer:
            raise NotAllowed(
                N_("This candidate cannot be offered a pay now."),
                N_("Only somebody who has passed the last round, and has no open or accepted offer, gets one."),
            )
        proposal = _proposal(case)
        row = change.session.get_one(CandidateRow, candidate_id)
        interview = _interview(change.session, candidate_id)
        offer = OfferRow(
            candidate=candidate_id,
            interview=interview.id,
            post=row.post,
            grade=proposal.grade.title,
            grade_pay=proposal.grade.pay,
            skill_match=proposal.skill_match,
            start_pay=proposal.start_pay if pay is None else check_pay(pay),
            expected_pay=proposal.expected_pay,
            market_pay=proposal.market_pay,
            status=PayStatus.OFFERED,
            made_at=change.at,
        )
        change.session.add(offer)
        change.tell(Kind.OFFER_MADE, candidate_id, ("", f"pay={offer.start_pay}"), grade=offer.grade)
    return pay_of(sandbox, actor, candidate_id)


def answer_offer(sandbox: Sandbox, actor: Actor, candidate_id: str, accepted: bool) -> PayCase:
    """Note the candidate's answer; in systems that carry it, an accepted offer sets out for payroll.

    Raises:
        Forbidden: The role may not change pay.
        NotFound: No such candidate.
        NotAllowed: No offer is open.
    """
    sandbox.admit(actor, Right.EDIT_PAY, write=True)
    with sandbox.change(actor) as change:
        _candidate(change.session, candidate_id)
        offer = newest_offer(change.session, candidate_id)
        if offer is None or offer.status != PayStatus.OFFERED:
            raise NotAllowed(N_("There is no open offer to answer."), N_("Make an offer first."))
        offer.status = PayStatus.ACCEPTED if accepted else PayStatus.DECLINED
        offer.answered_at = change.at
        change.session.add(offer)
        kind = Kind.OFFER_ACCEPTED if accepted else Kind.OFFER_DECLINED
        change.tell(kind, candidate_id, ("", f"pay={offer.start_pay}"), grade=offer.grade)
        carries = accepted and sandbox.profile.policy.sync.payroll
        if carries:
            _write_outbox(change, offer)
    if carries and sandbox.profile.policy.sync.carry == "at_once":
        carry(sandbox)
    return pay_of(sandbox, actor, candidate_id)


def record(sandbox: Sandbox, actor: Actor, candidate_id: str, grade: str, pay: int) -> PayCase:
    """Write the payroll record by hand, once; what is typed is stored, wrong or not.

    Args:
        sandbox: Where.
        actor: HR.
        candidate_id: Whose.
        grade: Title of a grade of the post's family.
        pay: A month.

    Raises:
        Forbidden: The role may not change pay.
        NotFound: No such candidate, or no such grade.
        NotAllowed: No accepted offer, a record exists, or this system carries it by itself.
        Invalid: The pay cannot be a pay a month.
    """
    sandbox.admit(actor, Right.EDIT_PAY, write=True)
    with sandbox.change(actor) as change:
        case = pay_case(sandbox, change.session, _candidate(change.session, candidate_id))
        offer = newest_offer(change.session, candidate_id)
        if offer is None or not case.can_record:
            raise NotAllowed(
                N_("The payroll record cannot be typed now."),
                N_("It needs an accepted offer and a place, is made once, and some systems make it themselves."),
            )
        if grade not in {offer.grade, *(one.title for one in case.grades)}:
            raise NotFound(N_("There is no grade {title}."), N_("Choose one from the list."), title=grade)
        add_record(change, offer, grade, check_pay(pay))
    return pay_of(sandbox, actor, candidate_id)


def correct(sandbox: Sandbox, actor: Actor, candidate_id: str) -> PayCase:
    """Put the payroll record right: as it was agreed.

    Raises:
        Forbidden: The role may not change pay.
        NotFound: No such candidate.
        NotAllowed: There is nothing to correct.
    """
    sandbox.admit(actor, Right.EDIT_PAY, write=True)
    with sandbox.change(actor) as change:
        _candidate(change.session, candidate_id)
        if not mend_pay(change, candidate_id):
            raise NotAllowed(
                N_("The payroll record is as agreed, or there is none."), N_("There is nothing to correct.")
            )
    return pay_of(sandbox, actor, candidate_id)


def pay_case(sandbox: Sandbox, session: Session, row: CandidateRow) -> PayCase:
    """Put together what is known about one candidate's pay, inside a session."""
    return pay_cases(sandbox, session, (row,))[0]


def pay_cases(sandbox: Sandbox, session: Session, rows: Sequence[CandidateRow]) -> tuple[PayCase, ...]:
    """Put together what is known about the pay of several candidates, with one look at each table."""
    known = _Known(session, rows)
    return tuple(_case(sandbox, known, row) for row in rows)


class _Known:
    """What the tables hold about some candidates."""

    def __init__(self, session: Session, rows: Sequence[CandidateRow]) -> None:
        ids = [row.id for row in rows]
        posts = select(PostRow).where(col(PostRow.id).in_({row.post for row in rows}))
        self.posts = {one.id: one for one in session.exec(posts)}
        self.grades = {family: table_of(session, family) for family in {one.family for one in self.posts.values()}}
        self.interviews: dict[str, InterviewRow] = {}
        self.skill_match: dict[str, float] = {}
        rounds = (
            select(InterviewRow, ScoreRow)
            .join(ScoreRow, col(ScoreRow.interview) == InterviewRow.id, isouter=True)
            .where(col(InterviewRow.candidate).in_(ids))
            .order_by(col(InterviewRow.round_number))
        )
        for interview, score in session.exec(rounds):  # later rounds go over earlier ones
            self.interviews[interview.candidate] = interview
            found = _skill_match(score) if score else None
            if found is not None:
                self.skill_match[interview.candidate] = found
        offers = select(OfferRow).where(col(OfferRow.candidate).in_(ids)).order_by(col(OfferRow.id))
        self.offers = {one.candidate: one for one in session.exec(offers)}
        records = select(PayrollRow).where(col(PayrollRow.candidate).in_(ids))
        self.records = {one.candidate: one for one in session.exec(records)}


def _skill_match(row: ScoreRow) -> float | None:
    """Return the skill match of a stored score; None when there was too little to judge."""
    return next((one["score"] for one in row.score["competencies"] if one["code"] == COMPETENCY), None)


def _case(sandbox: Sandbox, known: _Known, row: CandidateRow) -> PayCase:
    post, interview = known.posts[row.post], known.interviews.get(row.id)
    grades, skill_match = known.grades[post.family], known.skill_match.get(row.id)
    offer, kept = known.offers.get(row.id), known.records.get(row.id)
    status = _status(skill_match, PayStatus(offer.status) if offer else None, kept)
    by_hand = not sandbox.profile.policy.sync.payroll
    passed = interview is not None and interview.status == Interview.PASSED
    last = interview is not None and interview.round_number >= post.rounds
    return PayCase(
        candidate_id=row.id,
        name=row.name,
        source=row.source,
        post_title=post.title,
        family=post.family,
        interview=Interview(interview.status) if interview else None,
        placement=Placement(row.placement),
        expected_pay=row.expected_pay,
        proposal=None if skill_match is None else proposed(grades, skill_match, row.expected_pay),
        offer=_offer(offer) if offer else None,
        record=Record(kept.grade, kept.start_pay, kept.by, kept.at) if kept else None,
        difference=difference_between(offer, kept),
        status=status,
        grades=grades,
        by_hand=by_hand,
        can_offer=passed
        and (last or row.placement != Placement.NONE)
        and status in {PayStatus.PROPOSED, PayStatus.DECLINED, PayStatus.WITHDRAWN},
        can_answer=status is PayStatus.OFFERED,
        can_record=by_hand and status is PayStatus.ACCEPTED and row.placement != Placement.NONE,
    )


def _status(skill_match: float | None, offer: PayStatus | None, kept: PayrollRow | None) -> PayStatus:
    if kept is not None:
        return PayStatus.RECORDED
    if offer is not None:
        return offer
    return PayStatus.NONE if skill_match is None else PayStatus.PROPOSED


def _write_outbox(change: Change, offer: OfferRow) -> None:
    data = {"offer": offer.id, "grade": offer.grade, "start_pay": offer.start_pay}
    write_outbox(change, case_of(change.session, offer.interview), Parcel.PAY, **data)


def _offer(row: OfferRow) -> Offer:
    return Offer(
        id=row.id or 0,
        grade=row.grade,
        grade_pay=row.grade_pay,
        start_pay=row.start_pay,
        expected_pay=row.expected_pay,
        market_pay=row.market_pay,
        status=PayStatus(row.status),
        made_at=row.made_at,
        answered_at=row.answered_at,
    )


def _proposal(case: PayCase) -> Proposal:
    if case.proposal is None:
        raise NotAllowed(
            N_("There is no skill match to judge by."),
            N_("A pay can be proposed as soon as a finished interview has a score."),
        )
    return case.proposal


def _interview(session: Session, candidate_id: str) -> InterviewRow:
    found = interview_of(session, candidate_id)
    assert found is not None  # noqa: S101  # who has passed was invited
    return found


def _candidate(session: Session, candidate_id: str) -> CandidateRow:
    row = session.get(CandidateRow, candidate_id)
    if row is None:
        raise NotFound(
            N_("There is no candidate {id}."), N_("Go back to the list and choose another one."), id=candidate_id
        )
    return row
