"""Places in the org chart: given after a pass, taken back with the decision, and taken up."""

from sqlmodel import Session

from sandbox_hrms.app.case import interview_of, sittings_of
from sandbox_hrms.app.present import is_present
from sandbox_hrms.app.requisitions import close_if_filled, reopen_if_room, requisition_of
from sandbox_hrms.app.sandboxes import Change, Sandbox
from sandbox_hrms.core import placing
from sandbox_hrms.core.carrying import corrected_version
from sandbox_hrms.core.errors import NotAllowed, NotFound
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import Actor, Right
from sandbox_hrms.core.states import Interview, Placement, is_finished
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.interviews import InterviewRow
from sandbox_hrms.tables.people import CandidateRow, EmployeeRow, PostRow
from sandbox_hrms.tables.sync import OrgCaseRow


def place(change: Change, interview_id: str) -> bool:
    """Give the candidate of a passed interview a place; the requisition closes itself with the last one.

    A repeat changes nothing, nor does the news of a decision that was taken back, or of a person whose data was
    deleted meanwhile.

    Returns:
        Whether a place was given.

    Raises:
        NotAllowed: No place is left.
        NotFound: There is no such interview.
    """
    interview, candidate = _of(change.session, interview_id)
    if not _waits(change.session, interview, candidate):
        return False
    placing.need_place(requisition_of(change.session, candidate.post).seats)
    _set(change, interview, candidate, Placement.TO_ONBOARD)
    moved = (f"placement={Placement.NONE}", f"placement={Placement.TO_ONBOARD}")
    change.tell(Kind.PLACED, candidate.id, moved, interview=interview_id, post=candidate.post)
    close_if_filled(change, candidate.post)
    return True


def place_by_hand(sandbox: Sandbox, actor: Actor, interview_id: str) -> None:
    """Give a passed candidate a place, where the system does not carry it over by itself.

    Raises:
        NotAllowed: The candidate has not passed the last round, has a place, or none is left.
        NotFound: There is no such interview.
    """
    sandbox.admit(actor, Right.DECIDE, write=True)
    with sandbox.change(actor) as change:
        if not place(change, interview_id):
            raise NotAllowed(
                N_("Only a candidate who has passed the last round and has no place yet gets one."),
                N_("Look at the decision and at the placement in the candidate's file."),
            )


def can_place_by_hand(sandbox: Sandbox, session: Session, interview_id: str) -> bool:
    """Say whether HR has to place the candidate: the system does not, and a place is due."""
    interview, candidate = _of(session, interview_id)
    return not sandbox.profile.policy.sync.org_chart and _waits(session, interview, candidate)


def withdraw(change: Change, candidate: CandidateRow, interview: InterviewRow) -> bool:
    """Take a place back that has not been taken up; says whether there was one.

    A requisition that had closed because it was filled opens again.

    Raises:
        NotAllowed: The person works here by now.
    """
    placement = Placement(candidate.placement)
    placing.need_withdrawal(placement)
    if placement is Placement.NONE:
        return False
    before = requisition_of(change.session, candidate.post)
    _set(change, interview, candidate, Placement.NONE)
    moved = (f"placement={placement}", f"placement={Placement.NONE}")
    change.tell(Kind.PLACEMENT_WITHDRAWN, candidate.id, moved, interview=interview.id, post=candidate.post)
    reopen_if_room(change, before)
    return True


def onboard(sandbox: Sandbox, actor: Actor, candidate_id: str) -> None:
    """Let somebody with a place start work: they join the people in post.

    Raises:
        NotAllowed: They have no place, or have started already.
        NotFound: There is no such candidate.
    """
    sandbox.admit(actor, Right.EDIT_ORG, write=True)
    with sandbox.change(actor) as change:
        candidate = change.session.get(CandidateRow, candidate_id)
        interview = interview_of(change.session, candidate_id)
        if candidate is None or interview is None:
            raise _unknown(candidate_id)
        placing.need_start(Placement(candidate.placement))
        _set(change, interview, candidate, Placement.IN_POST)
        change.session.add(
            EmployeeRow(id=f"e-{candidate.id}", name=candidate.name, post=candidate.post, since=change.at)
        )
        moved = (f"placement={Placement.TO_ONBOARD}", f"placement={Placement.IN_POST}")
        change.tell(Kind.ONBOARDED, candidate.id, moved, interview=interview.id, post=candidate.post)
        close_if_filled(change, candidate.post)


def correct_case(sandbox: Sandbox, actor: Actor, interview_id: str) -> None:
    """Set by hand what the org chart believes about an interview to what is stored about it.

    Raises:
        NotFound: The org chart knows no such interview.
    """
    sandbox.admit(actor, Right.EDIT_ORG, write=True)
    with sandbox.change(actor) as change:
        believed = change.session.get(OrgCaseRow, interview_id)
        if believed is None:
            raise _unknown(interview_id)
        interview, candidate = _of(change.session, interview_id)
        if (believed.status, believed.placement) == (interview.status, candidate.placement):
            return
        moved = (f"status={believed.status}", f"status={interview.status}")
        believed.status, believed.placement = interview.status, candidate.placement
        believed.updated_at = change.at
        finished = is_finished(Interview(interview.status))
        corrected = corrected_version(len(sittings_of(change.session, interview_id)), finished=finished)
        believed.version = max(believed.version, corrected)  # older news that arrives late changes nothing
        change.session.add(believed)
        change.tell(Kind.ORG_CASE_CORRECTED, interview_id, moved, candidate=candidate.id)


def is_last_round(session: Session, interview: InterviewRow, candidate: CandidateRow) -> bool:
    """Say whether nothing comes after this interview but the decision about a place."""
    return interview.round_number >= session.get_one(PostRow, candidate.post).rounds


def _waits(session: Session, interview: InterviewRow, candidate: CandidateRow) -> bool:
    latest = interview_of(session, candidate.id)
    last = latest is not None and latest.id == interview.id and is_last_round(session, interview, candidate)
    due = placing.waits_for_place(Interview(interview.status), Placement(candidate.placement), last_round=last)
    return due and is_present(session, candidate.id)


def _set(change: Change, interview: InterviewRow, candidate: CandidateRow, placement: Placement) -> None:
    candidate.placement = placement
    change.session.add(candidate)
    believed = change.session.get(OrgCaseRow, interview.id) or OrgCaseRow(
        interview=interview.id,
        candidate=candidate.id,
        post=candidate.post,
        status=interview.status,
        placement=placement,
        updated_at=change.at,
    )
    believed.status, believed.placement, believed.updated_at = interview.status, placement, change.at
    change.session.add(believed)
    change.session.flush()


def _of(session: Session, interview_id: str) -> tuple[InterviewRow, CandidateRow]:
    interview = session.get(InterviewRow, interview_id)
    if interview is None:
        raise _unknown(interview_id)
    return interview, session.get_one(CandidateRow, interview.candidate)


def _unknown(wanted: str) -> NotFound:
    return NotFound(
        N_("There is no interview for {id}."), N_("Go back to the list and choose another one."), id=wanted
    )
