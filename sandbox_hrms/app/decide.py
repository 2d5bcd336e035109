"""The decision between score and place: pass, reject or hold, with a reason, by a person or by the pass mark."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from sandbox_hrms.app import messages
from sandbox_hrms.app.case import Case, case_of, interview_of
from sandbox_hrms.app.pay_records import withdraw_pay
from sandbox_hrms.app.places import can_place_by_hand, is_last_round, withdraw
from sandbox_hrms.app.requisitions import requisition_of
from sandbox_hrms.app.sandboxes import Change, Sandbox
from sandbox_hrms.app.sync import carry, write_outbox
from sandbox_hrms.core import placing
from sandbox_hrms.core.carrying import Parcel
from sandbox_hrms.core.errors import Invalid, NotAllowed
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.messages import MessageKind
from sandbox_hrms.core.roles import SYSTEM, Actor, Right, Role
from sandbox_hrms.core.rubric import Rubric
from sandbox_hrms.core.states import Event, Interview, Placement
from sandbox_hrms.core.texts import N_
from sandbox_hrms.i18n import texts
from sandbox_hrms.tables.frame import EventRow
from sandbox_hrms.tables.hiring import DecisionRow
from sandbox_hrms.tables.interviews import InterviewRow, ScoreRow
from sandbox_hrms.tables.people import CandidateRow, PostRow, StaffRow

MAX_REASON = 500
"""Characters that a reason may have."""
DECISIONS = {Interview.PASSED: Event.PASS, Interview.REJECTED: Event.REJECT, Interview.ON_HOLD: Event.HOLD}
_AUTOMATIC_REASON = N_("Score {total}; the pass mark is {mark}.")
_REPORT_TITLE = N_("{name} has passed an interview")
_REPORT_BODY = N_("{name} has passed round {round} of {rounds} for {post}. Score and report are on your page.")


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision; a later one goes before it.

    Attributes:
        outcome: What the interview became; ``to_review`` takes a decision back.
        automatic: A program decided from the score.
    """

    outcome: Interview
    reason: str
    by: str
    automatic: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class DecisionView:
    """How the decision about an interview stands, and what HR may do next.

    Attributes:
        history: All decisions, the newest first.
        round_number: Which round this interview is, of ``rounds``.
        room: How many more candidates of this post may pass the last round; None before the last round.
        can_correct: There is a decision that may be taken back.
        can_place: HR gives the place by hand, and it is due.
        can_onboard: The candidate has a place and may start work.
        can_go_on: The candidate has passed and is to be invited to the next round.
        by_score: This system passes candidates by itself from ``pass_mark`` on.
    """

    interview_id: str
    candidate_id: str
    status: Interview
    placement: Placement
    history: tuple[Decision, ...]
    round_number: int
    rounds: int
    room: int | None
    can_decide: bool
    can_correct: bool
    can_place: bool
    can_onboard: bool
    can_go_on: bool
    by_score: bool
    pass_mark: float


def decision_view(sandbox: Sandbox, actor: Actor, interview_id: str) -> DecisionView:
    """Return how the decision about an interview stands.

    Raises:
        Forbidden: The role may not review.
        NotFound: There is no such interview.
    """
    sandbox.admit(actor, Right.REVIEW)
    return sandbox.known(_decision_view, sandbox, interview_id)


def _decision_view(session: Session, sandbox: Sandbox, interview_id: str) -> DecisionView:
    case = case_of(session, interview_id)
    candidate = session.get_one(CandidateRow, case.interview.candidate)
    status, placement = case.state.interview, Placement(candidate.placement)
    last, latest = is_last_round(session, case.interview, candidate), _is_latest(session, case.interview)
    seats = requisition_of(session, candidate.post).seats
    return DecisionView(
        interview_id=interview_id,
        candidate_id=candidate.id,
        status=status,
        placement=placement,
        history=decisions(session, interview_id),
        round_number=case.interview.round_number,
        rounds=session.get_one(PostRow, candidate.post).rounds,
        room=max(0, seats.open - seats.promised) if last and not seats.closed else (0 if last else None),
        can_decide=latest and status in {Interview.TO_REVIEW, Interview.ON_HOLD},
        can_correct=latest
        and status in {Interview.PASSED, Interview.REJECTED}
        and placement is not Placement.IN_POST,
        can_place=can_place_by_hand(sandbox, session, interview_id),
        can_onboard=latest and placement is Placement.TO_ONBOARD,
        can_go_on=latest
        and status is Interview.PASSED
        and placement is Placement.NONE
        and not last
        and not seats.closed,
        by_score=sandbox.profile.policy.decision.by == "automatic",
        pass_mark=_pass_mark(sandbox, case.rubric),
    )


def decisions(session: Session, interview_id: str) -> tuple[Decision, ...]:
    """Return all decisions about an interview, the newest first."""
    query = select(DecisionRow).where(DecisionRow.interview == interview_id).order_by(col(DecisionRow.id).desc())
    return tuple(
        Decision(Interview(row.outcome), row.reason, row.by, row.automatic, row.at) for row in session.exec(query)
    )


def decide(sandbox: Sandbox, actor: Actor, interview_id: str, outcome: Interview, reason: str) -> None:
    """Pass, reject or hold a finished interview.

    After the last round a passed candidate waits for a place; where the system has an org chart, that is
    carried there. The department head is told of every pass.

    Args:
        sandbox: Where.
        actor: HR.
        interview_id: The candidate's latest interview.
        outcome: ``passed``, ``rejected`` or ``on_hold``.
        reason: Why, 1 to 500 characters; the candidate may ask for it.

    Raises:
        Invalid: The reason is missing or too long, or the outcome is none.
        NotAllowed: The interview is not finished or was decided, or every opening is filled or promised.
        NotFound: There is no such interview.
    """
    sandbox.admit(actor, Right.DECIDE, write=True)
    event, reason = _event(outcome), _reason(reason)
    with sandbox.change(actor) as change:
        case = case_of(change.session, interview_id)
        _need_latest(change.session, case.interview)
        moved = _move(sandbox, change, case, event)
        _write(change, Kind.DECIDED, case, outcome, reason, moved)
    _carry(sandbox)


def correct(sandbox: Sandbox, actor: Actor, interview_id: str, outcome: Interview, reason: str) -> None:
    """Take a decision back, after an appeal or a mistake; a place not taken up yet goes with it.

    The decision taken back stays in the history.

    Args:
        sandbox: Where.
        actor: HR.
        interview_id: The candidate's latest interview.
        outcome: ``passed``, ``rejected`` or ``on_hold`` instead, or ``to_review`` to decide later.
        reason: Why, 1 to 500 characters.

    Raises:
        Invalid: The reason is missing or too long, or the outcome is none.
        NotAllowed: There is no decision, it is the same, the person has started work, the next round has
            been invited, or every opening is filled or promised.
        NotFound: There is no such interview.
    """
    sandbox.admit(actor, Right.DECIDE, write=True)
    event, reason = (None if outcome is Interview.TO_REVIEW else _event(outcome)), _reason(reason)
    with sandbox.change(actor) as change:
        case = case_of(change.session, interview_id)
        _need_latest(change.session, case.interview)
        if case.state.interview is outcome:
            raise NotAllowed(N_("That is the decision already."), N_("Choose another one."))
        candidate = change.session.get_one(CandidateRow, case.interview.candidate)
        moved = case.move(Event.REOPEN, sandbox.profile.policy, change.at)
        change.session.flush()
        withdraw(change, candidate, case.interview)
        withdraw_pay(change, candidate.id)
        if event is not None:
            moved = (moved[0], _move(sandbox, change, case, event)[1])
        _write(change, Kind.DECISION_CORRECTED, case, outcome, reason, moved)
    _carry(sandbox)


def decide_by_score(sandbox: Sandbox) -> int:
    """Pass by itself whoever reached the pass mark, where the profile says so; returns how many passed.

    A program never rejects: below the mark, without a score, without an opening left, or once a person has
    decided, the interview waits for a person. Sample data that came with the sandbox is left alone.
    """
    policy = sandbox.profile.policy.decision
    if policy.by != "automatic":
        return 0
    with sandbox.store.read() as session:
        decided = select(DecisionRow.interview)
        scored = select(EventRow.subject).where(EventRow.kind == Kind.SCORED)
        query = (
            select(InterviewRow, ScoreRow)
            .join(ScoreRow, col(ScoreRow.interview) == InterviewRow.id)
            .where(InterviewRow.status == Interview.TO_REVIEW)
            .where(col(InterviewRow.id).not_in(decided), col(InterviewRow.id).in_(scored))
        )
        reached = [
            (interview.id, float(row.score["total"]), mark)
            for interview, row in session.exec(query)
            for mark in (_pass_mark(sandbox, Rubric.model_validate(interview.rubric)),)
            if row.score["total"] is not None and row.score["total"] >= mark
        ]
    return sum(_pass_by_score(sandbox, *one) for one in reached)


def _pass_mark(sandbox: Sandbox, rubric: Rubric) -> float:
    """Return the mark of an interview: its rubric's own, or the profile's."""
    return sandbox.profile.policy.decision.pass_mark if rubric.pass_mark is None else rubric.pass_mark


def _pass_by_score(sandbox: Sandbox, interview_id: str, total: float, mark: float) -> bool:
    reason = texts(sandbox.lang)(_AUTOMATIC_REASON).format(total=f"{total:g}", mark=f"{mark:g}")
    try:
        with sandbox.change(SYSTEM) as change:
            case = case_of(change.session, interview_id)
            moved = _move(sandbox, change, case, Event.PASS)
            _write(change, Kind.DECIDED, case, Interview.PASSED, reason, moved, automatic=True)
    except NotAllowed:
        return False
    return True


def _move(sandbox: Sandbox, change: Change, case: Case, event: Event) -> tuple[str, str]:
    """Move the interview by a decision and set on its way what a pass leads to."""
    candidate = change.session.get_one(CandidateRow, case.interview.candidate)
    last = is_last_round(change.session, case.interview, candidate)
    if event is Event.PASS and last:
        placing.need_room(requisition_of(change.session, candidate.post).seats)
    moved = case.move(event, sandbox.profile.policy, change.at)
    change.session.flush()
    if event is Event.PASS:
        _tell_head(change, case, candidate)
        if last and sandbox.profile.policy.sync.org_chart:
            write_outbox(change, case, Parcel.PLACEMENT, candidate=candidate.id, post=candidate.post)
    return moved


def _tell_head(change: Change, case: Case, candidate: CandidateRow) -> None:
    post, head = change.session.get_one(PostRow, candidate.post), change.session.get(StaffRow, Role.HEAD)
    if head is not None and head.department == post.department:
        data: dict[str, object] = {
            "name": candidate.name,
            "round": case.interview.round_number,
            "rounds": post.rounds,
            "post": post.title,
            "candidate": candidate.id,
            "interview": case.interview.id,
        }
        messages.send(change, Role.HEAD, MessageKind.HIRING, _REPORT_TITLE, _REPORT_BODY, data)


def _write(  # noqa: PLR0913, PLR0917  # the fields of one decision
    change: Change,
    kind: Kind,
    case: Case,
    outcome: Interview,
    reason: str,
    moved: tuple[str, str],
    *,
    automatic: bool = False,
) -> None:
    change.session.add(
        DecisionRow(
            interview=case.interview.id,
            outcome=outcome,
            reason=reason,
            by=change.actor.name,
            automatic=automatic,
            at=change.at,
        )
    )
    change.tell(
        kind, case.interview.id, moved, outcome=outcome, automatic=automatic, candidate=case.interview.candidate
    )


def _carry(sandbox: Sandbox) -> None:
    if sandbox.profile.policy.sync.carry == "at_once":
        carry(sandbox)


def _event(outcome: Interview) -> Event:
    if outcome not in DECISIONS:
        raise Invalid(N_("{outcome} is no decision."), N_("Pass, reject or hold."), outcome=outcome)
    return DECISIONS[outcome]


def _reason(reason: str) -> str:
    told = reason.strip()
    if not 0 < len(told) <= MAX_REASON:
        raise Invalid(
            N_("A decision needs a reason of 1 to {most} characters."),
            N_("Write what the decision rests on."),
            most=MAX_REASON,
        )
    return told


def _is_latest(session: Session, interview: InterviewRow) -> bool:
    latest = interview_of(session, interview.candidate)
    return latest is not None and latest.id == interview.id


def _need_latest(session: Session, interview: InterviewRow) -> None:
    if not _is_latest(session, interview):
        raise NotAllowed(
            N_("The next round has been invited already."), N_("Decide about the latest interview instead.")
        )
