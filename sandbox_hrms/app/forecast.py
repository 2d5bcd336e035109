"""The forecast: what the next three months need, and the invitations that go out for it."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from sandbox_hrms.app.case import is_latest_round
from sandbox_hrms.app.messages import send as tell_role
from sandbox_hrms.app.present import are_present
from sandbox_hrms.app.recruit import send_invitation
from sandbox_hrms.app.requisitions import Requisition, requisitions
from sandbox_hrms.app.sandboxes import Change, Named, Sandbox
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.forecast import DEFAULT_RATE, Need, PostOutlook, check_rate, invitations
from sandbox_hrms.core.forecast import forecast as needs_of
from sandbox_hrms.core.messages import MessageKind
from sandbox_hrms.core.payroll import Family
from sandbox_hrms.core.roles import SYSTEM, Actor, Right, Role
from sandbox_hrms.core.states import Interview
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.interviews import InterviewRow
from sandbox_hrms.tables.people import CandidateRow
from sandbox_hrms.tables.planning import ForecastRow
from sandbox_hrms.tables.resumes import MatchRow

_ORDER = {Family.ENGINEERING: 0, Family.ADMINISTRATION: 2}
"""Of posts with the same priority engineering goes first and administration last, as the sources want it."""
_BETWEEN = 1
_UNDER_WAY = (Interview.INVITED, Interview.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class PostForecast:
    """What one post will need, with its names; ``invite`` are the people an invitation would go to now."""

    title: str
    department: str
    family: str
    need: Need
    invite: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole forecast, the post to be filled first at the top.

    Attributes:
        leaving_rate: Per cent a year.
        automatic: The scheduler sends the invitations by itself.
        invitations: How many would go out now.
    """

    leaving_rate: float
    automatic: bool
    posts: tuple[PostForecast, ...]
    invitations: int


def plan(sandbox: Sandbox, actor: Actor) -> Plan:
    """Return the forecast; nothing is sent.

    Raises:
        Forbidden: The role may not invite.
    """
    sandbox.admit(actor, Right.INVITE)
    return sandbox.known(_plan)


def _plan(session: Session) -> Plan:
    settings = _settings(session)
    found = {one.post_id: one for one in requisitions(session)}
    needs = _needs(session, settings)
    names = dict(session.exec(select(CandidateRow.id, CandidateRow.name)).all())
    posts = tuple(
        PostForecast(
            title=found[one.outlook.post].post_title,
            department=found[one.outlook.post].department,
            family=found[one.outlook.post].family,
            need=one,
            invite=tuple(Named(candidate, names[candidate]) for candidate in one.invite),
        )
        for one in needs
    )
    return Plan(settings.leaving_rate, settings.automatic, posts, len(invitations(needs)))


def set_up(sandbox: Sandbox, actor: Actor, leaving_rate: float, automatic: bool) -> Plan:
    """Change the leaving rate, and whether the scheduler sends by itself.

    Raises:
        Forbidden: The role may not invite.
        Invalid: The rate is not between 0 and 100 per cent.
    """
    sandbox.admit(actor, Right.INVITE, write=True)
    check_rate(leaving_rate)
    with sandbox.change(actor) as change:
        row = change.session.get(ForecastRow, 1) or ForecastRow()
        if (row.leaving_rate, row.automatic) != (leaving_rate, automatic):
            moved = (f"rate={row.leaving_rate:g}", f"rate={leaving_rate:g}")
            row.leaving_rate, row.automatic = leaving_rate, automatic
            change.session.add(row)
            change.tell(Kind.FORECAST_SET, "forecast", moved, leaving_rate=leaving_rate, automatic=automatic)
    return plan(sandbox, actor)


def send(sandbox: Sandbox, actor: Actor) -> int:
    """Send the invitations of the forecast now, all or none; returns how many went out.

    Raises:
        Forbidden: The role may not invite.
    """
    sandbox.admit(actor, Right.INVITE, write=True)
    with sandbox.change(actor) as change:
        return _send(sandbox, change)


def run(sandbox: Sandbox) -> int:
    """Send the invitations by itself where HR has switched that on, and tell HR; returns how many went out.

    Safe to repeat: who was invited is under way, and is not invited again.
    """
    with sandbox.store.read() as session:
        settings = _settings(session)
        if not settings.automatic or not invitations(_needs(session, settings)):
            return 0
    with sandbox.change(SYSTEM) as change:
        sent = _send(sandbox, change)
        if sent:
            tell_role(
                change,
                Role.HR,
                MessageKind.FORECAST,
                N_("The forecast has sent invitations"),
                N_("Invitations sent: {count}. They went to the posts with the highest priority first."),
                {"count": sent},
            )
        return sent


def _send(sandbox: Sandbox, change: Change) -> int:
    settings = _settings(change.session)
    chosen = invitations(_needs(change.session, settings))
    for candidate in chosen:
        send_invitation(sandbox, change, candidate)
        change.session.flush()
    if chosen:
        change.tell(Kind.FORECAST_RUN, "forecast", count=len(chosen), leaving_rate=settings.leaving_rate)
    return len(chosen)


def _settings(session: Session) -> ForecastRow:
    return session.get(ForecastRow, 1) or ForecastRow(leaving_rate=DEFAULT_RATE)


def _needs(session: Session, settings: ForecastRow) -> tuple[Need, ...]:
    return needs_of(tuple(_outlooks(session)), settings.leaving_rate)


def _outlooks(session: Session) -> Iterator[PostOutlook]:
    under_way = dict(
        session.exec(
            select(CandidateRow.post, func.count())
            .join(InterviewRow, col(InterviewRow.candidate) == CandidateRow.id)
            .where(is_latest_round(), col(InterviewRow.status).in_(_UNDER_WAY))
            .group_by(CandidateRow.post)
        ).all()
    )
    waiting = _waiting(session)
    for one in requisitions(session):
        yield PostOutlook(
            post=one.post_id,
            priority=one.priority,
            order=_order(one),
            in_post=one.in_post,
            open=one.open if one.status == "open" else 0,
            under_way=under_way.get(one.post_id, 0) + one.seats.promised,
            waiting=tuple(waiting.get(one.post_id, ())),
        )


def _waiting(session: Session) -> dict[str, list[str]]:
    """Return who was never invited nor deleted, by post: the best match first, then the earliest application."""
    matches = (col(MatchRow.candidate) == CandidateRow.id) & (col(MatchRow.post) == CandidateRow.post)
    query = (
        select(CandidateRow.post, CandidateRow.id)
        .join(MatchRow, matches, isouter=True)
        .where(col(CandidateRow.id).not_in(select(InterviewRow.candidate)))
        .where(are_present())
        .order_by(func.coalesce(MatchRow.score, -1).desc(), col(CandidateRow.applied_at), CandidateRow.id)
    )
    found: dict[str, list[str]] = {}
    for post, candidate in session.exec(query):
        found.setdefault(post, []).append(candidate)
    return found


def _order(one: Requisition) -> int:
    return _ORDER.get(Family(one.family), _BETWEEN) if one.family in set(Family) else _BETWEEN
