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

from sqlalchemy import text
from sqlmodel import Session, col, select

from sandbox_hrms.app.sandboxes import Change, Sandbox
from sandbox_hrms.core import placing
from sandbox_hrms.core.errors import NotAllowed, NotFound
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.paging import cut
from sandbox_hrms.core.placing import Seats
from sandbox_hrms.core.roles import Actor, Right
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.frame import EventRow
from sandbox_hrms.tables.hiring import RequisitionRow

Status = Literal["open", "closed"]


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
    rows = [
        one
        for one in sandbox.known(requisitions)
        if one.status is not None
        and (status is None or one.status == status)
        and wanted in f"{one.post_title}\n{one.department}".casefold()
    ]
    rows.sort(key=lambda one: (one.status != "open", one.priority))
    at = cut(len(rows), page, page_size)
    return RequisitionPage(tuple(rows[at.rows]), at.page, at.pages, len(rows))


def requisitions(session: Session, post: str | None = None) -> tuple[Requisition, ...]:
    """Return how far the hiring is, for every post or for one, in the order of the posts' ids."""
    rows = session.connection().execute(_NUMBERS, {"post": post})
    return tuple(Requisition(**row) for row in rows.mappings())


# One statement, as every page of HR asks for these numbers again and again.
_NUMBERS = text("""
WITH last AS (
  SELECT candidate, max(round_number) AS round_number FROM interview GROUP BY candidate
), arrived AS (
  SELECT DISTINCT interview.candidate FROM inbox JOIN interview ON interview.id = inbox.interview
  WHERE inbox.kind = 'result'
), standing AS (
  SELECT candidate FROM offer WHERE status IN ('offered', 'accepted')
  AND id IN (SELECT max(id) FROM offer GROUP BY candidate)
), person AS (
  SELECT candidate.post,
    candidate.placement = 'to_onboard' AS to_onboard,
    candidate.placement IN ('to_onboard', 'in_post') AS placed,
    last.candidate IS NOT NULL AS invited,
    arrived.candidate IS NOT NULL AS interviewed,
    standing.candidate IS NOT NULL AS offered,
    coalesce(interview.status = 'passed' AND interview.round_number >= post.rounds, 0)
      AND candidate.id NOT IN (SELECT candidate FROM deletion) AS through
  FROM candidate JOIN post ON post.id = candidate.post
  LEFT JOIN last ON last.candidate = candidate.id
  LEFT JOIN interview ON interview.candidate = last.candidate AND interview.round_number = last.round_number
  LEFT JOIN arrived ON arrived.candidate = candidate.id
  LEFT JOIN standing ON standing.candidate = candidate.id
  WHERE :post IS NULL OR candidate.post = :post
), hiring AS (
  SELECT post, sum(to_onboard) AS to_onboard, sum(placed) AS placed, sum(invited) AS invited,
    sum(interviewed) AS interviewed, sum(offered) AS offered, sum(placed OR through) AS passed
  FROM person GROUP BY post
), staffed AS (
  SELECT post, count(*) AS in_post FROM employee WHERE :post IS NULL OR post = :post GROUP BY post
)
SELECT post.id AS post_id, post.title AS post_title, department.name AS department, post.family, post.priority,
  requisition.status, post.headcount, coalesce(requisition.openings, 0) AS openings,
  coalesce(staffed.in_post, 0) AS in_post, coalesce(hiring.to_onboard, 0) AS to_onboard,
  coalesce(hiring.placed, 0) AS placed, coalesce(hiring.invited, 0) AS invited,
  coalesce(hiring.interviewed, 0) AS interviewed, coalesce(hiring.offered, 0) AS offered,
  coalesce(hiring.passed, 0) AS passed
FROM post JOIN department ON department.id = post.department
LEFT JOIN requisition ON requisition.post = post.id
LEFT JOIN hiring ON hiring.post = post.id
LEFT JOIN staffed ON staffed.post = post.id
WHERE :post IS NULL OR post.id = :post
ORDER BY length(post.id), post.id
""")


def requisition_of(session: Session, post: str) -> Requisition:
    """Return how far the hiring for one post is.

    Raises:
        NotFound: There is no such post.
    """
    found = requisitions(session, post)
    if not found:
        raise NotFound(N_("There is no post {id}."), N_("Look for it in the org chart."), id=post)
    return found[0]


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
    """Open a requisition that had closed because it was filled, now that a place is free again.

    One that HR has closed stays closed.
    """
    change.session.flush()
    now = requisition_of(change.session, before.post_id)
    if before.open or not now.open or now.status != "closed" or not closed_by_itself(change.session, now.post_id):
        return False
    _open(change, _row(change.session, before.post_id), automatic=True)
    return True


def closed_by_itself(session: Session, post: str) -> bool:
    """Say whether nobody has closed the requisition of a post, which is closed."""
    told = select(EventRow).where(EventRow.kind == Kind.REQUISITION_CLOSED, EventRow.subject == post)
    last = session.exec(told.order_by(col(EventRow.seq).desc())).first()
    return last is None or bool(last.data.get("automatic", True))


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
