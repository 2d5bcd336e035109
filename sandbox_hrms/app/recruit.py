"""HR finds candidates, reads their files and invites them; a head sees the own department."""

from dataclasses import dataclass
from datetime import datetime

from sandbox_hrms.app.sandboxes import Named, Sandbox
from sandbox_hrms.app.score import SittingLine
from sandbox_hrms.core.roles import Actor
from sandbox_hrms.core.states import Interview, Placement, Saved, Synced


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
    raise NotImplementedError


def candidate_file(sandbox: Sandbox, actor: Actor, candidate_id: str) -> CandidateFile:
    """Return the file of one candidate.

    Raises:
        Forbidden: The role may not see candidates.
        NotFound: No such candidate.
    """
    raise NotImplementedError


def invite(sandbox: Sandbox, actor: Actor, candidate_id: str) -> str:
    """Invite a candidate to an interview, for the first time or again; returns the interview's id.

    Raises:
        NotAllowed: An interview is under way or finished.
        NotFound: No such candidate.
    """
    raise NotImplementedError


def department(sandbox: Sandbox, actor: Actor) -> tuple[HeadRow, ...]:
    """Return the finished candidates of the head's own department.

    Raises:
        Forbidden: The role is not a department head.
    """
    raise NotImplementedError
