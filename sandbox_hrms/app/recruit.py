"""HR finds candidates, reads their files and invites them; a head sees the own department."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from sandbox_hrms.app import library
from sandbox_hrms.app.case import case_of, interview_of, is_latest_round, sittings_of
from sandbox_hrms.app.present import is_present, need_present
from sandbox_hrms.app.requisitions import Requisition, need_seeking, requisition_of, requisitions
from sandbox_hrms.app.rubrics import copy_in
from sandbox_hrms.app.sandboxes import Change, Named, Sandbox
from sandbox_hrms.app.score import SittingLine, score_of, sitting_lines
from sandbox_hrms.app.seed import new_interview
from sandbox_hrms.core import labels
from sandbox_hrms.core.errors import Invalid, NotAllowed, NotFound
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.paging import cut
from sandbox_hrms.core.profiles import Policy
from sandbox_hrms.core.roles import Actor, Right, Role
from sandbox_hrms.core.rubric import MOST_FOLLOW_UPS, Manner, Rubric
from sandbox_hrms.core.states import Event, Interview, Placement, Saved, Synced, is_finished
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.interviews import InterviewRow, ScoreRow
from sandbox_hrms.tables.people import CandidateRow as Candidate
from sandbox_hrms.tables.people import DepartmentRow, PostRow, StaffRow


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One line of the recruitment dashboard; the three states are None before an invitation."""

    id: str
    name: str
    post_id: str
    post_title: str
    status: Interview | None
    saved: Saved | None
    synced: Synced | None
    placement: Placement
    total: float | None
    applied_at: datetime


@dataclass(frozen=True, slots=True)
class CandidatePage:
    """One page of the dashboard.

    Attributes:
        page: 1-based, moved into the range that exists.
        pages: At least 1.
        total: Number of candidates that match.
        posts: The posts that somebody has applied for, for the filter.
        requisitions: Those with openings, to be filled first at the top; at most 6.
    """

    rows: tuple[CandidateRow, ...]
    page: int
    pages: int
    total: int
    posts: tuple[Named, ...]
    requisitions: tuple[Requisition, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """One former job of a résumé."""

    title: str
    company: str
    years: str


@dataclass(frozen=True, slots=True)
class Resume:
    """What a candidate says about themselves."""

    headline: str
    summary: str
    jobs: tuple[Job, ...]
    skills: tuple[str, ...]
    education: str


@dataclass(frozen=True, slots=True)
class RoundLine:
    """One round of interviews with a candidate, ``number`` from 1."""

    number: int
    interview_id: str
    status: Interview
    total: float | None


@dataclass(frozen=True, slots=True)
class Asking:
    """How the interviewer asks back: at most so many times in an interview, and in which manner."""

    follow_ups: int
    manner: Manner


@dataclass(frozen=True, slots=True)
class CandidateFile:
    """Everything HR has about one candidate.

    Attributes:
        interview_id: None before an invitation; so are the three states.
        can_invite: HR may send an invitation now.
        seeking: The post takes candidates; its requisition is open.
        rounds: Every round so far, the first one first.
        total: The score, None while there is none.
        asking: How the interviewer will ask back; None where that cannot be changed.
    """

    id: str
    name: str
    email: str
    phone: str
    source: str
    post_id: str
    post_title: str
    department: str
    applied_at: datetime
    placement: Placement
    resume: Resume
    interview_id: str | None
    status: Interview | None
    saved: Saved | None
    synced: Synced | None
    total: float | None
    sittings: tuple[SittingLine, ...]
    can_invite: bool
    seeking: bool
    rounds: tuple[RoundLine, ...]
    asking: Asking | None


@dataclass(frozen=True, slots=True)
class HeadRow:
    """One finished candidate as the head of the department sees them.

    Attributes:
        communication: Score of that competency, None when there is none.
        has_report: The candidate has passed, so the head may read the report.
    """

    candidate_id: str
    interview_id: str
    name: str
    post_title: str
    status: Interview
    placement: Placement
    total: float | None
    communication: float | None
    has_report: bool
    resume: Resume


def dashboard(  # noqa: PLR0913, PLR0917  # the fields of the filter bar
    sandbox: Sandbox,
    actor: Actor,
    search: str = "",
    status: Interview | None = None,
    post: str | None = None,
    page: int = 1,
    page_size: int = 10,
) -> CandidatePage:
    """Return one page of candidates, the newest application first.

    Args:
        sandbox: Where.
        actor: HR.
        search: Part of a name, in any case; spaces around it do not matter.
        status: Only interviews in this state.
        post: Only candidates for the post with this id.
        page: 1-based.
        page_size: Rows a page.

    Raises:
        Forbidden: The role may not see candidates.
    """
    sandbox.admit(actor, Right.SEE_CANDIDATES)
    wanted = search.strip().casefold()
    everybody, posts, wanting = sandbox.known(_everybody)
    rows = [
        one
        for one in everybody
        if wanted in one.name.casefold() and status in {None, one.status} and post in {None, one.post_id}
    ]
    at = cut(len(rows), page, page_size)
    return CandidatePage(
        rows=tuple(rows[at.rows]),
        page=at.page,
        pages=at.pages,
        total=len(rows),
        posts=posts,
        requisitions=wanting,
    )


def _everybody(session: Session) -> tuple[list[CandidateRow], tuple[Named, ...], tuple[Requisition, ...]]:
    """Return all candidates, the newest application first, the posts they want, and those to be filled first."""
    posts = {row.id: row for row in session.exec(select(PostRow).order_by(PostRow.id))}
    query = (
        select(Candidate, InterviewRow, ScoreRow)
        .select_from(Candidate)
        .join(InterviewRow, (col(InterviewRow.candidate) == Candidate.id) & is_latest_round(), isouter=True)
        .join(ScoreRow, col(ScoreRow.interview) == InterviewRow.id, isouter=True)
        .order_by(col(Candidate.applied_at).desc())
    )
    sought = set(session.exec(select(Candidate.post).distinct()).all())
    rows = [_row(candidate, posts, interview, score) for candidate, interview, score in session.exec(query)]
    wanting = sorted((one for one in requisitions(session) if one.open), key=lambda one: one.priority)
    named = tuple(Named(row.id, row.title) for row in posts.values() if row.id in sought)
    return rows, named, tuple(wanting[:_SHOWN])


def candidate_file(sandbox: Sandbox, actor: Actor, candidate_id: str) -> CandidateFile:
    """Return the file of one candidate.

    Raises:
        Forbidden: The role may not see candidates.
        NotFound: No such candidate.
    """
    sandbox.admit(actor, Right.SEE_CANDIDATES)
    return sandbox.known(_candidate_file, candidate_id, sandbox.profile.policy)


def _candidate_file(session: Session, candidate_id: str, policy: Policy) -> CandidateFile:
    row = _candidate(session, candidate_id)
    post = session.get_one(PostRow, row.post)
    interview = interview_of(session, candidate_id)
    scored = score_of(session, interview.id) if interview else None
    status = Interview(interview.status) if interview else None
    seeking = not requisition_of(session, row.post).seats.closed
    return CandidateFile(
        id=row.id,
        name=row.name,
        email=row.email,
        phone=row.phone,
        source=row.source,
        post_id=post.id,
        post_title=post.title,
        department=session.get_one(DepartmentRow, post.department).name,
        applied_at=row.applied_at,
        placement=Placement(row.placement),
        resume=_resume(row.resume),
        interview_id=interview.id if interview else None,
        status=status,
        saved=Saved(interview.saved) if interview else None,
        synced=Synced(interview.synced) if interview else None,
        total=scored[0].total if scored else None,
        sittings=sitting_lines(session, sittings_of(session, interview.id)) if interview else (),
        can_invite=status in _INVITABLE and seeking and is_present(session, candidate_id),
        seeking=seeking,
        rounds=_rounds(session, candidate_id),
        asking=_asking(interview, policy) if interview else None,
    )


def _asking(interview: InterviewRow, policy: Policy) -> Asking | None:
    if not _may_set_asking(interview, policy):
        return None
    rubric = Rubric.model_validate(interview.rubric)
    return Asking(rubric.follow_ups, rubric.manner)


def invite(sandbox: Sandbox, actor: Actor, candidate_id: str) -> str:
    """Invite a candidate to an interview, for the first time or again; returns the interview's id.

    Raises:
        NotAllowed: An interview is under way or finished, or the post seeks nobody any more.
        NotFound: No such candidate.
    """
    sandbox.admit(actor, Right.INVITE, write=True)
    with sandbox.change(actor) as change:
        return send_invitation(sandbox, change, candidate_id)


def set_asking(sandbox: Sandbox, actor: Actor, interview_id: str, follow_ups: int, manner: str) -> None:
    """Say how the interviewer asks back in an interview that has not begun.

    Args:
        sandbox: Where.
        actor: Who says so.
        interview_id: The interview.
        follow_ups: At most so many times in it, 0 to `MOST_FOLLOW_UPS`.
        manner: In which manner: a code of `Manner`.

    Raises:
        Invalid: There is no such manner, or it is too often.
        NotAllowed: The interview has begun, or nobody asks back in this kind of system.
        NotFound: No such interview.
    """
    sandbox.admit(actor, Right.INVITE, write=True)
    if not 0 <= follow_ups <= MOST_FOLLOW_UPS or manner not in labels.MANNER:
        raise Invalid(N_("There is no such way of asking back."), N_("Choose one of the list."))
    with sandbox.change(actor) as change:
        interview = case_of(change.session, interview_id).interview
        if not _may_set_asking(interview, sandbox.profile.policy):
            raise NotAllowed(N_("How this interview asks back cannot be changed."), N_("It may have begun."))
        interview.rubric = {**interview.rubric, "follow_ups": follow_ups, "manner": manner}
        change.session.add(interview)
        change.tell(Kind.ASKING_CHANGED, interview_id, follow_ups=follow_ups, manner=manner)


def _may_set_asking(interview: InterviewRow, policy: Policy) -> bool:
    return policy.save.automatic and interview.status == Interview.INVITED


def send_invitation(sandbox: Sandbox, change: Change, candidate_id: str) -> str:
    """Invite a candidate inside a change under way; refuses what :func:`invite` refuses."""
    row = _candidate(change.session, candidate_id)
    need_present(change.session, candidate_id)
    need_seeking(change.session, row.post)
    interview = interview_of(change.session, candidate_id)
    if interview is None:
        source = library.dataset(sandbox.seed[0])
        interview = new_interview(
            f"i{candidate_id.removeprefix('c')}",
            row.id,
            source,
            sandbox.lang,
            post=row.post,
            seed=sandbox.seed[1],
            family=change.session.get_one(PostRow, row.post).family,
        )
        copy_in(sandbox, change.session, interview)
        change.session.add(interview)
        moved = ("", f"{interview.status}/{interview.saved}/{interview.synced}")
    else:
        case = case_of(change.session, interview.id)
        moved = case.move(Event.INVITE_AGAIN, sandbox.profile.policy, change.at)
        copy_in(sandbox, change.session, interview)
    change.tell(Kind.CANDIDATE_INVITED, interview.id, moved, candidate=row.id)
    return interview.id


def department(sandbox: Sandbox, actor: Actor) -> tuple[HeadRow, ...]:
    """Return the finished candidates of the head's own department.

    Raises:
        Forbidden: The role is not a department head.
    """
    sandbox.admit(actor, Right.SEE_DEPARTMENT)
    with sandbox.store.read() as session:
        head = session.get_one(StaffRow, Role.HEAD)
        query = (
            select(Candidate, PostRow, InterviewRow)
            .select_from(Candidate)
            .join(PostRow, col(PostRow.id) == Candidate.post)
            .join(InterviewRow, (col(InterviewRow.candidate) == Candidate.id) & is_latest_round())
            .where(PostRow.department == head.department)
            .order_by(col(Candidate.applied_at).desc())
        )
        return tuple(
            _head_row(session, candidate, post, interview)
            for candidate, post, interview in session.exec(query)
            if is_finished(Interview(interview.status))
        )


_SHOWN = 6
"""Requisitions on the dashboard; the others are on a page of their own."""
_INVITABLE = (None, Interview.INCOMPLETE, Interview.ABANDONED)


def _rounds(session: Session, candidate_id: str) -> tuple[RoundLine, ...]:
    query = (
        select(InterviewRow, ScoreRow)
        .join(ScoreRow, col(ScoreRow.interview) == InterviewRow.id, isouter=True)
        .where(InterviewRow.candidate == candidate_id)
        .order_by(col(InterviewRow.round_number))
    )
    return tuple(
        RoundLine(row.round_number, row.id, Interview(row.status), score.score["total"] if score else None)
        for row, score in session.exec(query)
    )


def _row(
    candidate: Candidate, posts: dict[str, PostRow], interview: InterviewRow | None, score: ScoreRow | None
) -> CandidateRow:
    return CandidateRow(
        id=candidate.id,
        name=candidate.name,
        post_id=candidate.post,
        post_title=posts[candidate.post].title,
        status=Interview(interview.status) if interview else None,
        saved=Saved(interview.saved) if interview else None,
        synced=Synced(interview.synced) if interview else None,
        placement=Placement(candidate.placement),
        total=score.score["total"] if score else None,
        applied_at=candidate.applied_at,
    )


def _head_row(session: Session, candidate: Candidate, post: PostRow, interview: InterviewRow) -> HeadRow:
    scored = score_of(session, interview.id)
    by_code = {one.code: one.score for one in scored[0].competencies} if scored else {}
    return HeadRow(
        candidate_id=candidate.id,
        interview_id=interview.id,
        name=candidate.name,
        post_title=post.title,
        status=Interview(interview.status),
        has_report=interview.status == Interview.PASSED,
        placement=Placement(candidate.placement),
        total=scored[0].total if scored else None,
        communication=by_code.get("communication"),
        resume=_resume(candidate.resume),
    )


def _resume(data: dict[str, Any]) -> Resume:
    jobs = tuple(Job(**job) for job in data["jobs"])
    return Resume(data["headline"], data["summary"], jobs, tuple(data["skills"]), data["education"])


def _candidate(session: Session, candidate_id: str) -> Candidate:
    row = session.get(Candidate, candidate_id)
    if row is None:
        raise NotFound(
            N_("There is no candidate {id}."), N_("Go back to the list and choose another one."), id=candidate_id
        )
    return row
