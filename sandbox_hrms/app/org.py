"""The org chart: departments, posts, who is in place, who is expected; its changes, each with a way back."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from sandbox_hrms.app import library
from sandbox_hrms.app.case import is_latest_round
from sandbox_hrms.app.present import are_present
from sandbox_hrms.app.requisitions import (
    Requisition,
    close_if_filled,
    reopen_if_room,
    requisition_of,
    requisitions,
)
from sandbox_hrms.app.sandboxes import Change, Named, Sandbox
from sandbox_hrms.core import placing
from sandbox_hrms.core.comparing import org_is_wrong
from sandbox_hrms.core.errors import Conflict, Invalid, NotAllowed, NotFound
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import Actor, Right
from sandbox_hrms.core.states import Interview, Placement
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.frame import EventRow
from sandbox_hrms.tables.hiring import RequisitionRow
from sandbox_hrms.tables.interviews import InterviewRow
from sandbox_hrms.tables.people import CandidateRow, DepartmentRow, EmployeeRow, PostRow, StaffRow
from sandbox_hrms.tables.resumes import MatchRow, ResumeFileRow
from sandbox_hrms.tables.sync import OrgCaseRow

PRIORITIES = (1, 2, 3, 4, 5)
"""1 is filled first."""
MAX_NAME = 80
FOUND = 50
"""Posts that a search shows at most."""
SHOWN = 30
"""People that are shown at most for one post."""
_FIELDS = ("headcount", "priority", "rounds")
_FAMILY = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Branch:
    """A department with the sums over its posts.

    Attributes:
        posts: How many posts it has; with a search, how many match.
    """

    id: str
    name: str
    posts: int
    headcount: int
    in_post: int
    to_onboard: int
    open: int


@dataclass(frozen=True, slots=True)
class Chart:
    """The top of the tree, and what a search found.

    Attributes:
        branches: All departments, or those that match a search.
        found: Department id → its posts that match; empty without a search.
        posts: How many posts there are, or match.
        left_out: Posts that match and are not in ``found``: there were more than 50.
    """

    branches: tuple[Branch, ...]
    found: dict[str, tuple[Requisition, ...]]
    posts: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a post, or expected there."""

    id: str
    name: str
    placement: Placement
    since: datetime | None


@dataclass(frozen=True, slots=True)
class OrgCase:
    """What the org chart believes about one interview.

    Attributes:
        stored_status: What is stored about the interview itself.
        differs: The org chart is wrong, as :func:`sandbox_hrms.core.comparing.org_is_wrong` says.
    """

    interview: str
    candidate: str
    name: str
    status: Interview
    placement: Placement
    stored_status: Interview
    differs: bool


@dataclass(frozen=True, slots=True)
class PostDetail:
    """Everything about one post; ``more`` people in post are left out.

    Attributes:
        post: The numbers.
        rounds: How many interviews have to be passed.
        waiting: Candidates with a place who have not started yet.
        people: People in post, the longest there first.
        cases: What the org chart knows about interviews for this post.
    """

    post: Requisition
    rounds: int
    waiting: tuple[Person, ...]
    people: tuple[Person, ...]
    more: int
    cases: tuple[OrgCase, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of the org chart that can be taken back.

    Attributes:
        number: Of its entry in the audit log.
        kind: What was changed.
        subject: Id of the post or department, ``name`` is what people call it.
        field: ``headcount``, ``priority`` or ``rounds``; empty when something was added.
    """

    number: int
    kind: Kind
    subject: str
    name: str
    field: str
    before: str
    after: str


def chart(sandbox: Sandbox, actor: Actor, search: str = "") -> Chart:
    """Return the departments with their sums, and the posts that match a search.

    Args:
        sandbox: Where.
        actor: HR, or a department head.
        search: Part of a post's, department's or family's name, in any case; empty for the whole chart.

    Raises:
        Forbidden: The role may not see the org chart.
    """
    sandbox.admit(actor, Right.SEE_ORG)
    wanted = search.strip().casefold()
    departments, owners, rows = sandbox.known(_all)
    by_department: dict[str, list[Requisition]] = {one.id: [] for one in departments}
    for row in rows:
        if wanted in f"{row.post_title}\n{row.department}\n{row.family}".casefold():
            by_department[owners[row.post_id]].append(row)
    total, room = sum(map(len, by_department.values())), FOUND
    found: dict[str, tuple[Requisition, ...]] = {}
    for department, own in by_department.items():
        if wanted and own and room > 0:
            found[department] = tuple(_in_order(own)[:room])
            room -= len(found[department])
    return Chart(
        branches=tuple(
            _branch(one, by_department[one.id]) for one in departments if not wanted or by_department[one.id]
        ),
        found=found,
        posts=total,
        left_out=max(0, total - FOUND) if wanted else 0,
    )


def posts_of(sandbox: Sandbox, actor: Actor, department: str) -> tuple[Requisition, ...]:
    """Return the posts of one department, those to be filled first at the top.

    Raises:
        Forbidden: The role may not see the org chart.
    """
    sandbox.admit(actor, Right.SEE_ORG)
    _, owners, rows = sandbox.known(_all)
    return tuple(_in_order([one for one in rows if owners[one.post_id] == department]))


def all_posts(sandbox: Sandbox, actor: Actor) -> tuple[Requisition, ...]:
    """Return the numbers of every post.

    Raises:
        Forbidden: The role may not see the org chart.
    """
    sandbox.admit(actor, Right.SEE_ORG)
    return sandbox.known(requisitions)


def post_detail(sandbox: Sandbox, actor: Actor, post_id: str) -> PostDetail:
    """Return everything about one post.

    Raises:
        Forbidden: The role may not see the org chart.
        NotFound: There is no such post.
    """
    sandbox.admit(actor, Right.SEE_ORG)
    with sandbox.store.read() as session:
        numbers = requisition_of(session, post_id)
        employees = session.exec(
            select(EmployeeRow).where(EmployeeRow.post == post_id).order_by(col(EmployeeRow.since)).limit(SHOWN)
        )
        waiting = session.exec(
            select(CandidateRow).where(
                CandidateRow.post == post_id, CandidateRow.placement == Placement.TO_ONBOARD
            )
        )
        cases = session.exec(
            select(OrgCaseRow, InterviewRow, CandidateRow, is_latest_round())
            .select_from(OrgCaseRow)
            .join(InterviewRow, col(InterviewRow.id) == OrgCaseRow.interview)
            .join(CandidateRow, col(CandidateRow.id) == OrgCaseRow.candidate)
            .where(OrgCaseRow.post == post_id)
            .order_by(col(OrgCaseRow.updated_at).desc())
            .limit(SHOWN)
        )
        return PostDetail(
            post=numbers,
            rounds=session.get_one(PostRow, post_id).rounds,
            waiting=tuple(Person(one.id, one.name, Placement.TO_ONBOARD, None) for one in waiting),
            people=tuple(Person(one.id, one.name, Placement.IN_POST, one.since) for one in employees),
            more=max(0, numbers.in_post - SHOWN),
            cases=tuple(
                OrgCase(
                    interview=interview.id,
                    candidate=candidate.id,
                    name=candidate.name,
                    status=Interview(believed.status),
                    placement=Placement(believed.placement),
                    stored_status=Interview(interview.status),
                    differs=org_is_wrong(
                        (Interview(believed.status), Placement(believed.placement)),
                        (Interview(interview.status), Placement(candidate.placement)),
                        newest=newest,
                    ),
                )
                for believed, interview, candidate, newest in cases
            ),
        )


def departments(sandbox: Sandbox, actor: Actor) -> tuple[Named, ...]:
    """Return all departments, for a list to choose from.

    Raises:
        Forbidden: The role may not see the org chart.
    """
    sandbox.admit(actor, Right.SEE_ORG)
    with sandbox.store.read() as session:
        rows = session.exec(select(DepartmentRow).order_by(func.length(DepartmentRow.id), DepartmentRow.id))
        return tuple(Named(one.id, one.name) for one in rows)


def families(sandbox: Sandbox, actor: Actor) -> tuple[str, ...]:
    """Return the codes of all families of posts, sorted.

    Raises:
        Forbidden: The role may not see the org chart.
    """
    sandbox.admit(actor, Right.SEE_ORG)
    with sandbox.store.read() as session:
        used = session.exec(select(PostRow.family).distinct()).all()
    return tuple(sorted({*used, *library.bank_ids()}))


def edit_post(sandbox: Sandbox, actor: Actor, post_id: str, field: str, value: int) -> Edit | None:
    """Change headcount, priority or rounds of a post; returns the change, None when it was so already.

    With the last free place its requisition closes, and with a free place it opens again unless HR has closed it.

    Raises:
        Invalid: The value does not fit; the message says what does.
        NotAllowed: Somebody waits for a place, or would do so with fewer rounds, so the rounds stay.
        NotFound: There is no such post.
    """
    sandbox.admit(actor, Right.EDIT_ORG, write=True)
    with sandbox.change(actor) as change:
        return _set(change, post_id, field, value)


def add_department(sandbox: Sandbox, actor: Actor, name: str) -> Edit:
    """Add a department without posts.

    Raises:
        Conflict: There is one of that name.
        Invalid: The name is missing or too long.
    """
    sandbox.admit(actor, Right.EDIT_ORG, write=True)
    name = _name(name)
    with sandbox.change(actor) as change:
        if change.session.exec(select(DepartmentRow).where(DepartmentRow.name == name)).first():
            raise _taken(name)
        row = DepartmentRow(id=f"d-{secrets.token_hex(4)}", name=name)
        change.session.add(row)
        return _tell(change, Kind.DEPARTMENT_ADDED, row.id, name)


def add_post(  # noqa: PLR0913, PLR0917  # the fields of one post
    sandbox: Sandbox, actor: Actor, department: str, title: str, headcount: int, family: str, priority: int = 2
) -> Edit:
    """Add a post to a department; a requisition for it is opened apart.

    Raises:
        Conflict: The department has a post of that name.
        Invalid: A value is missing or does not fit.
        NotFound: There is no such department.
    """
    sandbox.admit(actor, Right.EDIT_ORG, write=True)
    title = _name(title)
    if not 1 <= headcount <= placing.MAX_HEADCOUNT:
        raise Invalid(
            N_("The headcount must be from {least} to {most}."),
            N_("It says how many people the post is planned for."),
            least=1,
            most=placing.MAX_HEADCOUNT,
        )
    _check_priority(priority)
    if not _FAMILY.fullmatch(family):
        raise Invalid(N_("{family} is no family of posts."), N_("Choose one from the list."), family=family)
    with sandbox.change(actor) as change:
        if change.session.get(DepartmentRow, department) is None:
            raise _unknown(department)
        same = select(PostRow).where(PostRow.department == department, PostRow.title == title)
        if change.session.exec(same).first():
            raise _taken(title)
        row = PostRow(
            id=f"p-{secrets.token_hex(4)}",
            title=title,
            department=department,
            headcount=headcount,
            family=family,
            priority=priority,
        )
        change.session.add(row)
        return _tell(change, Kind.POST_ADDED, row.id, title)


def undo(sandbox: Sandbox, actor: Actor, number: int) -> None:
    """Take one change of the org chart back, if nothing has been built on it since.

    Args:
        sandbox: Where.
        actor: HR.
        number: Of the change (:attr:`Edit.number`).

    Raises:
        Invalid: The old value does not fit any more.
        NotAllowed: It was changed again since, or what was added is in use.
        NotFound: There is no such change.
    """
    sandbox.admit(actor, Right.EDIT_ORG, write=True)
    with sandbox.change(actor) as change:
        event = change.session.get(EventRow, number)
        if event is None or event.kind not in {Kind.POST_CHANGED, Kind.POST_ADDED, Kind.DEPARTMENT_ADDED}:
            raise _unknown(str(number))
        if event.kind == Kind.POST_CHANGED:
            field, before, after = str(event.data["field"]), int(event.data["before"]), int(event.data["after"])
            row = change.session.get(PostRow, event.subject)
            if row is None or getattr(row, field) != after:
                raise _built_on()
            _set(change, event.subject, field, before)
        else:
            _remove(change, Kind(event.kind), event.subject)


def _set(change: Change, post_id: str, field: str, value: int) -> Edit | None:
    requisition = requisition_of(change.session, post_id)
    seats = requisition.seats
    row = change.session.get_one(PostRow, post_id)
    if field == "headcount":
        placing.need_headcount(seats, value)
    elif field == "priority":
        _check_priority(value)
    elif field == "rounds":
        placing.need_rounds(seats, value, early=_passed_early(change.session, post_id, value))
    else:
        raise Invalid(
            N_("A post has no {field}."), N_("Change one of: {known}."), field=field, known=", ".join(_FIELDS)
        )
    before = getattr(row, field)
    if before == value:
        return None
    setattr(row, field, value)
    change.session.add(row)
    edit = _tell(change, Kind.POST_CHANGED, post_id, row.title, field, before, value)
    close_if_filled(change, post_id)
    reopen_if_room(change, requisition)
    return edit


def _passed_early(session: Session, post_id: str, rounds: int) -> bool:
    """Say whether somebody without a place has passed a round that is the last one of so many."""
    query = (
        select(InterviewRow.id)
        .join(CandidateRow, col(CandidateRow.id) == InterviewRow.candidate)
        .where(CandidateRow.post == post_id, CandidateRow.placement == Placement.NONE, are_present())
        .where(InterviewRow.status == Interview.PASSED, InterviewRow.round_number >= rounds, is_latest_round())
    )
    return session.exec(query).first() is not None


def _remove(change: Change, kind: Kind, subject: str) -> None:
    session = change.session
    row: PostRow | DepartmentRow | None
    if kind is Kind.POST_ADDED:
        row = session.get(PostRow, subject)
        uses: tuple[SelectOfScalar[str], ...] = (
            select(CandidateRow.id).where(CandidateRow.post == subject),
            select(EmployeeRow.id).where(EmployeeRow.post == subject),
            select(RequisitionRow.id).where(RequisitionRow.post == subject),
            select(ResumeFileRow.id).where(ResumeFileRow.post == subject),
            select(MatchRow.candidate).where(MatchRow.post == subject),
        )
    else:
        row = session.get(DepartmentRow, subject)
        uses = (
            select(PostRow.id).where(PostRow.department == subject),
            select(StaffRow.name).where(StaffRow.department == subject),
        )
    if row is None or any(session.exec(one).first() for one in uses):
        raise _built_on()
    name = row.title if isinstance(row, PostRow) else row.name
    session.delete(row)
    _tell(change, Kind.POST_REMOVED if kind is Kind.POST_ADDED else Kind.DEPARTMENT_REMOVED, subject, name)


def _tell(  # noqa: PLR0913, PLR0917  # the fields of one change
    change: Change,
    kind: Kind,
    subject: str,
    name: str,
    field: str = "",
    before: int | None = None,
    after: int | None = None,
) -> Edit:
    moved = (f"{field}={before}", f"{field}={after}") if field else ("", "")
    change.tell(kind, subject, moved, name=name, field=field, before=before, after=after)
    change.session.flush()
    number = change.session.exec(select(func.max(EventRow.seq))).one()
    return Edit(number or 0, kind, subject, name, field, str(before), str(after))


def _branch(department: DepartmentRow, own: list[Requisition]) -> Branch:
    return Branch(
        id=department.id,
        name=department.name,
        posts=len(own),
        headcount=sum(one.headcount for one in own),
        in_post=sum(one.in_post for one in own),
        to_onboard=sum(one.to_onboard for one in own),
        open=sum(one.open for one in own),
    )


def _in_order(posts: list[Requisition]) -> list[Requisition]:
    return sorted(posts, key=lambda one: one.priority)


def _all(session: Session) -> tuple[Sequence[DepartmentRow], dict[str, str], tuple[Requisition, ...]]:
    """Return all departments in their order, the department of each post, and the numbers of every post."""
    departments = session.exec(
        select(DepartmentRow).order_by(func.length(DepartmentRow.id), DepartmentRow.id)
    ).all()
    owners = dict(session.exec(select(PostRow.id, PostRow.department)).all())
    return departments, owners, requisitions(session)


def _check_priority(value: int) -> None:
    if value not in PRIORITIES:
        raise Invalid(
            N_("The priority must be from {least} to {most}."),
            N_("1 is filled first."),
            least=PRIORITIES[0],
            most=PRIORITIES[-1],
        )


def _name(text: str) -> str:
    told = " ".join(text.split())
    if not 0 < len(told) <= MAX_NAME:
        raise Invalid(N_("A name has from 1 to {most} characters."), N_("Write a short name."), most=MAX_NAME)
    return told


def _taken(name: str) -> Conflict:
    return Conflict(N_("There is {name} already."), N_("Choose another name."), name=name)


def _unknown(wanted: str) -> NotFound:
    return NotFound(N_("The org chart has no {id}."), N_("Load the page again."), id=wanted)


def _built_on() -> NotAllowed:
    return NotAllowed(
        N_("This change cannot be taken back any more: something was built on it since."),
        N_("Change it by hand instead."),
    )
