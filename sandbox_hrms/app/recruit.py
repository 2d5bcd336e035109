"""HR finds candidates, reads their files and invites them; a head sees the own department."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from sandbox_hrms.app import library
from sandbox_hrms.app.case import case_of, interview_of, sittings_of
from sandbox_hrms.app.sandboxes import Named, Sandbox
from sandbox_hrms.app.score import SittingLine, score_of, sitting_lines
from sandbox_hrms.app.seed import new_interview
from sandbox_hrms.core.errors import NotFound
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import Actor, Right, Role
from sandbox_hrms.core.states import Event, Interview, Placement, Saved, Synced, is_finished
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.interviews import InterviewRow, ScoreRow
from sandbox_hrms.tables.people import CandidateRow as Candidate
from sandbox_hrms.tables.people import DepartmentRow, EmployeeRow, PostRow, StaffRow
from sandbox_hrms.tables.sync import InboxRow


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
class Requisition:
    """How far the hiring for one post is; each number is counted once and shown apart.

    Attributes:
        headcount: Posts in the plan.
        in_post: People in place.
        open: Posts still open.
        invited: Candidates with an interview, in whatever state.
        interviewed: Finished interviews whose result has reached the org side.
    """

    post_id: str
    post_title: str
    department: str
    headcount: int
    in_post: int
    open: int
    invited: int
    interviewed: int


@dataclass(frozen=True, slots=True)
class CandidatePage:
    """One page of the dashboard.

    Attributes:
        page: 1-based, moved into the range that exists.
        pages: At least 1.
        total: Number of candidates that match.
        posts: All posts, for the filter.
        requisitions: One per post with openings.
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
class CandidateFile:
    """Everything HR has about one candidate.

    Attributes:
        interview_id: None before an invitation; so are the three states.
        can_invite: HR may send an invitation now.
        total: The score, None while there is none.
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


@dataclass(frozen=True, slots=True)
class HeadRow:
    """One finished candidate as the head of the department sees them.

    Attributes:
        communication: Score of that competency, None when there is none.
    """

    candidate_id: str
    name: str
    post_title: str
    status: Interview
    placement: Placement
    total: float | None
    communication: float | None
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
    with sandbox.store.read() as session:
        posts = {row.id: row for row in session.exec(select(PostRow).order_by(PostRow.id))}
        query = (
            select(Candidate, InterviewRow, ScoreRow)
            .join(InterviewRow, col(InterviewRow.candidate) == Candidate.id, isouter=True)
            .join(ScoreRow, col(ScoreRow.interview) == InterviewRow.id, isouter=True)
            .order_by(col(Candidate.applied_at).desc())
        )
        rows = [
            _row(candidate, posts, interview, score)
            for candidate, interview, score in session.exec(query)
            if wanted in candidate.name.casefold()
            and (status is None or (interview is not None and interview.status == status))
            and (post is None or candidate.post == post)
        ]
        wanting = requisitions(session)
    pages = max(1, -(-len(rows) // page_size))
    page = min(max(1, page), pages)
    return CandidatePage(
        rows=tuple(rows[(page - 1) * page_size : page * page_size]),
        page=page,
        pages=pages,
        total=len(rows),
        posts=tuple(Named(row.id, row.title) for row in posts.values()),
        requisitions=tuple(one for one in wanting if one.open),
    )


def requisitions(session: Session) -> tuple[Requisition, ...]:
    """Return how far the hiring is, for each post."""
    in_post = dict(session.exec(select(EmployeeRow.post, func.count()).group_by(EmployeeRow.post)).all())
    invited_query = (
        select(Candidate.post, func.count())
        .join(InterviewRow, col(InterviewRow.candidate) == Candidate.id)
        .group_by(Candidate.post)
    )
    arrived_query = select(InboxRow.post, func.count(col(InboxRow.interview).distinct())).group_by(InboxRow.post)
    invited, arrived = dict(session.exec(invited_query).all()), dict(session.exec(arrived_query).all())
    found = select(PostRow, DepartmentRow).join(DepartmentRow).order_by(PostRow.id)
    return tuple(
        Requisition(
            post_id=post.id,
            post_title=post.title,
            department=department.name,
            headcount=post.headcount,
            in_post=in_post.get(post.id, 0),
            open=max(0, post.headcount - in_post.get(post.id, 0)),
            invited=invited.get(post.id, 0),
            interviewed=arrived.get(post.id, 0),
        )
        for post, department in session.exec(found)
    )


def candidate_file(sandbox: Sandbox, actor: Actor, candidate_id: str) -> CandidateFile:
    """Return the file of one candidate.

    Raises:
        Forbidden: The role may not see candidates.
        NotFound: No such candidate.
    """
    sandbox.admit(actor, Right.SEE_CANDIDATES)
    with sandbox.store.read() as session:
        row = _candidate(session, candidate_id)
        post = session.get_one(PostRow, row.post)
        interview = interview_of(session, candidate_id)
        scored = score_of(session, interview.id) if interview else None
        status = Interview(interview.status) if interview else None
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
            can_invite=status in _INVITABLE,
        )


def invite(sandbox: Sandbox, actor: Actor, candidate_id: str) -> str:
    """Invite a candidate to an interview, for the first time or again; returns the interview's id.

    Raises:
        NotAllowed: An interview is under way or finished.
        NotFound: No such candidate.
    """
    sandbox.admit(actor, Right.INVITE, write=True)
    with sandbox.change(actor) as change:
        row = _candidate(change.session, candidate_id)
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
            )
            change.session.add(interview)
            moved = ("", f"{interview.status}/{interview.saved}/{interview.synced}")
        else:
            case = case_of(change.session, interview.id)
            moved = case.move(Event.INVITE_AGAIN, sandbox.profile.policy, change.at)
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
            .join(PostRow, col(PostRow.id) == Candidate.post)
            .join(InterviewRow, col(InterviewRow.candidate) == Candidate.id)
            .where(PostRow.department == head.department)
            .order_by(col(Candidate.applied_at).desc())
        )
        return tuple(
            _head_row(session, candidate, post, interview)
            for candidate, post, interview in session.exec(query)
            if is_finished(Interview(interview.status))
        )


_INVITABLE = (None, Interview.INCOMPLETE, Interview.ABANDONED)


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
        name=candidate.name,
        post_title=post.title,
        status=Interview(interview.status),
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
