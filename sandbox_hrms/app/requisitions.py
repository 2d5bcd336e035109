"""Requisitions: for how many places people are sought, and how far that is.

Each number is counted from rows in one place, :func:`requisitions`, and shown apart from the others:

========== ==========================================================================================
headcount  Places in the plan of the post.
in post    People who work there.
to onboard Candidates with a place who have not started yet.
openings   Places that the requisition is for.
invited    Candidates with an interview of any round, in whatever state.
interviewed Candidates with a finished interview whose result has reached the org side.
passed     Candidates who have passed the last round, whether they have a place by now or not.
offered    Candidates whose newest offer stands: made, or accepted.
placed     Candidates who got a place: to onboard, or in post since.
open       Openings still to be filled, as many as the plan has free places for.
========== ==========================================================================================
"""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import Select

from sandbox_hrms.app.case import is_latest_round
from sandbox_hrms.app.sandboxes import Change, Sandbox
from sandbox_hrms.core import placing
from sandbox_hrms.core.errors import NotAllowed, NotFound
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.placing import Seats
from sandbox_hrms.core.roles import Actor, Right
from sandbox_hrms.core.states import Interview, Placement
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.hiring import RequisitionRow
from sandbox_hrms.tables.interviews import InterviewRow
from sandbox_hrms.tables.pay import OfferRow
from sandbox_hrms.tables.people import CandidateRow, DepartmentRow, EmployeeRow, PostRow
from sandbox_hrms.tables.sync import InboxRow

Status = Literal["open", "closed"]
PLACED = (Placement.TO_ONBOARD, Placement.IN_POST)


@dataclass(frozen=True, slots=True)
class Requisition:
    """How far the hiring for one post is; the module says what each number counts.

    Attributes:
        status: None when nobody has ever been sought for the post.
        priority: 1 is filled first.
    """

    post_id: str
    post_title: str
    department: str
    family: str
    priority: int
    status: Status | None
    headcount: int
    in_post: int
    to_onboard: int
    openings: int
    invited: int
    interviewed: int
    passed: int
    offered: int
    placed: int

    @property
    def seats(self) -> Seats:
        """The numbers that the rules ask for."""
        return Seats(
            headcount=self.headcount,
            in_post=self.in_post,
            to_onboard=self.to_onboard,
            openings=self.openings,
            passed=self.passed,
            placed=self.placed,
            closed=self.status != "open",
        )

    @property
    def open(self) -> int:
        """Openings still to be filled."""
        return self.seats.open


@dataclass(frozen=True, slots=True)
class RequisitionPage:
    """One page of requisitions, those to be filled first at the top; ``pages`` is at least 1."""

    rows: tuple[Requisition, ...]
    page: int
    pages: int
    total: int


def requisition_page(  # noqa: PLR0913, PLR0917  # the fields of the filter bar
    sandbox: Sandbox,
    actor: Actor,
    search: str = "",
    status: Status | None = None,
    page: int = 1,
    page_size: int = 20,
) -> RequisitionPage:
    """Return one page of the posts that people are or were sought for.

    Args:
        sandbox: Where.
        actor: HR.
        search: Part of a post's or a department's name, in any case.
        status: Only requisitions in this state.
        page: 1-based, moved into the range that exists.
        page_size: Rows a page.

    Raises:
        Forbidden: The role may not see candidates.
    """
    sandbox.admit(actor, Right.SEE_CANDIDATES)
    wanted = search.strip().casefold()
    with sandbox.store.read() as session:
        rows = [
            one
            for one in requisitions(session)
            if one.status is not None
            and (status is None or one.status == status)
            and wanted in f"{one.post_title}\n{one.department}".casefold()
        ]
    rows.sort(key=lambda one: (one.status != "open", one.priority))
    pages = max(1, -(-len(rows) // page_size))
    page = min(max(1, page), pages)
    return RequisitionPage(tuple(rows[(page - 1) * page_size : page * page_size]), page, pages, len(rows))


def requisitions(session: Session, post: str | None = None) -> tuple[Requisition, ...]:
    """Return how far the hiring is, for every post or for one, in the order of the posts' ids."""
    in_post = _by_post(session, post, select(EmployeeRow.post, func.count()), col(EmployeeRow.post))
    to_onboard = _candidates(session, post, col(CandidateRow.placement) == Placement.TO_ONBOARD)
    placed = _candidates(session, post, col(CandidateRow.placement).in_(PLACED))
    invited = _candidates(session, post, col(CandidateRow.id).in_(select(InterviewRow.candidate)))
    arrived = select(InterviewRow.candidate).join(
        InboxRow, (col(InboxRow.interview) == InterviewRow.id) & (col(InboxRow.kind) == "result")
    )
    interviewed = _candidates(session, post, col(CandidateRow.id).in_(arrived))
    passed = _candidates(session, post, has_passed())
    newest = select(func.max(OfferRow.id)).group_by(OfferRow.candidate)
    standing = select(OfferRow.candidate).where(
        col(OfferRow.id).in_(newest), col(OfferRow.status).in_(("offered", "accepted"))
    )
    offered = _candidates(session, post, col(CandidateRow.id).in_(standing))
    found = (
        select(PostRow, DepartmentRow.name, RequisitionRow)
        .select_from(PostRow)
        .join(DepartmentRow, col(DepartmentRow.id) == PostRow.department)
        .join(RequisitionRow, col(RequisitionRow.post) == PostRow.id, isouter=True)
        .order_by(func.length(PostRow.id), PostRow.id)
    )
    if post is not None:
        found = found.where(PostRow.id == post)
    return tuple(
        Requisition(
            post_id=row.id,
            post_title=row.title,
            department=department,
            family=row.family,
            priority=row.priority,
            status=None if wanted is None else ("open" if wanted.status == "open" else "closed"),
            headcount=row.headcount,
            in_post=in_post.get(row.id, 0),
            to_onboard=to_onboard.get(row.id, 0),
            openings=wanted.openings if wanted else 0,
            invited=invited.get(row.id, 0),
            interviewed=interviewed.get(row.id, 0),
            passed=passed.get(row.id, 0),
            offered=offered.get(row.id, 0),
            placed=placed.get(row.id, 0),
        )
        for row, department, wanted in session.exec(found)
    )


def requisition_of(session: Session, post: str) -> Requisition:
    """Return how far the hiring for one post is.

    Raises:
        NotFound: There is no such post.
    """
    found = requisitions(session, post)
    if not found:
        raise NotFound(N_("There is no post {id}."), N_("Look for it in the org chart."), id=post)
    return found[0]


def has_passed() -> ColumnElement[bool]:
    """Return the condition that a candidate has passed the last round of the post, or has a place already."""
    person = aliased(CandidateRow)
    through = (
        select(InterviewRow.candidate)
        .join(person, col(person.id) == InterviewRow.candidate)
        .join(PostRow, col(PostRow.id) == person.post)
        .where(
            InterviewRow.status == Interview.PASSED,
            is_latest_round(),
            InterviewRow.round_number >= PostRow.rounds,
        )
    )
    return or_(col(CandidateRow.id).in_(through), col(CandidateRow.placement).in_(PLACED))


def need_seeking(session: Session, post: str) -> None:
    """Let an application or an invitation for a post through.

    Raises:
        NotAllowed: Its requisition is closed, or there is none.
        NotFound: There is no such post.
    """
    placing.need_seeking(requisition_of(session, post).seats)


def set_openings(sandbox: Sandbox, actor: Actor, post: str, openings: int) -> None:
    """Change for how many places people are sought; it closes by itself when that many are placed.

    Raises:
        Invalid: Fewer than have passed, or more than the plan has places for.
        NotAllowed: The requisition is closed.
        NotFound: There is no such post.
    """
    sandbox.admit(actor, Right.EDIT_ORG, write=True)
    with sandbox.change(actor) as change:
        before = requisition_of(change.session, post)
        placing.need_seeking(before.seats)
        placing.need_openings(before.seats, openings)
        if openings == before.openings:
            return
        row = _row(change.session, post)
        row.openings = openings
        change.session.add(row)
        moved = (f"openings={before.openings}", f"openings={openings}")
        change.tell(Kind.REQUISITION_CHANGED, post, moved, openings=openings)
        close_if_filled(change, post)


def open_again(sandbox: Sandbox, actor: Actor, post: str, openings: int) -> None:
    """Seek people for a post: for the first time, or again.

    Raises:
        Invalid: Fewer openings than have passed, or more than the plan has places for.
        NotAllowed: The requisition is open, or all of these openings are filled.
        NotFound: There is no such post.
    """
    sandbox.admit(actor, Right.EDIT_ORG, write=True)
    with sandbox.change(actor) as change:
        before = requisition_of(change.session, post)
        if before.status == "open":
            raise NotAllowed(N_("This requisition is open already."), N_("Change its openings instead."))
        placing.need_openings(before.seats, openings)
        if openings <= before.placed:
            raise NotAllowed(
                N_("All these openings are filled: {placed} were placed."),
                N_("Raise the openings to seek more people."),
                placed=before.placed,
            )
        row = change.session.exec(select(RequisitionRow).where(RequisitionRow.post == post)).first()
        row = row or RequisitionRow(id=f"r-{post}", post=post, openings=openings, opened_at=change.at)
        row.openings = openings
        _open(change, row, automatic=False)


def close(sandbox: Sandbox, actor: Actor, post: str) -> None:
    """Seek nobody any more for a post; harmless when it is closed already.

    Raises:
        NotAllowed: Somebody has passed and waits for a place.
        NotFound: There is no such post.
    """
    sandbox.admit(actor, Right.EDIT_ORG, write=True)
    with sandbox.change(actor) as change:
        before = requisition_of(change.session, post)
        if before.status == "open":
            placing.need_closing(before.seats)
            _close(change, _row(change.session, post), automatic=False)


def close_if_filled(change: Change, post: str) -> bool:
    """Close the requisition of a post by itself when nothing is open any more; says whether it did."""
    change.session.flush()
    now = requisition_of(change.session, post)
    if now.status != "open" or now.open:
        return False
    _close(change, _row(change.session, post), automatic=True)
    return True


def reopen_if_room(change: Change, before: Requisition) -> bool:
    """Open a requisition that had closed because it was filled, now that a place is free again."""
    change.session.flush()
    now = requisition_of(change.session, before.post_id)
    if before.open or not now.open or now.status != "closed":
        return False
    _open(change, _row(change.session, before.post_id), automatic=True)
    return True


def _close(change: Change, row: RequisitionRow, *, automatic: bool) -> None:
    row.status, row.closed_at = "closed", change.at
    change.session.add(row)
    change.tell(Kind.REQUISITION_CLOSED, row.post, openings=row.openings, automatic=automatic)


def _open(change: Change, row: RequisitionRow, *, automatic: bool) -> None:
    row.status, row.opened_at, row.closed_at = "open", change.at, None
    change.session.add(row)
    change.tell(Kind.REQUISITION_OPENED, row.post, openings=row.openings, automatic=automatic)


def _row(session: Session, post: str) -> RequisitionRow:
    return session.exec(select(RequisitionRow).where(RequisitionRow.post == post)).one()


def _candidates(session: Session, post: str | None, condition: ColumnElement[bool]) -> dict[str, int]:
    query = select(CandidateRow.post, func.count()).where(condition)
    return _by_post(session, post, query, col(CandidateRow.post))


def _by_post(session: Session, post: str | None, query: Select[str, int], column: Mapped[str]) -> dict[str, int]:
    if post is not None:
        query = query.where(column == post)
    return dict(session.exec(query.group_by(column)).all())
