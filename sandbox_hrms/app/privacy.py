"""What candidates may ask for: no scoring by a program, and the deletion of their data; and its end by age."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import Session, col, select, true

from sandbox_hrms.app import lost_record
from sandbox_hrms.app.case import case_of_candidate, interview_of
from sandbox_hrms.app.consent import agreed, note_consent
from sandbox_hrms.app.erasing import GONE, erase, rename_actor, scrub
from sandbox_hrms.app.present import need_present
from sandbox_hrms.app.resumes import files_of
from sandbox_hrms.app.sandboxes import RECORDINGS, Sandbox
from sandbox_hrms.app.score import score_interview
from sandbox_hrms.app.sign_in import Sessions
from sandbox_hrms.core.errors import Invalid, NotAllowed, NotFound
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.paging import cut
from sandbox_hrms.core.roles import Actor, Right, Role
from sandbox_hrms.core.states import Interview, Placement, is_finished
from sandbox_hrms.core.texts import N_
from sandbox_hrms.i18n import texts
from sandbox_hrms.tables.hiring import DecisionRow
from sandbox_hrms.tables.interviews import AnswerRow, InterviewRow, ScoreRow, SittingRow
from sandbox_hrms.tables.people import CandidateRow, PostRow
from sandbox_hrms.tables.privacy import DeletionRow, RetentionRow
from sandbox_hrms.tables.resumes import ResumeFileRow

Why = Literal["retention", "wish", "admin"]

DAYS = 180
"""How long data is kept when nobody has said otherwise."""
MIN_DAYS, MAX_DAYS = 30, 1_095


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One candidate as the administrator sees them.

    Attributes:
        keep_until: When the data falls due.
        due: It has fallen due.
        placed: The data belongs to personnel now and is not deleted here.
    """

    id: str
    name: str
    post_title: str
    last_at: datetime
    keep_until: datetime
    due: bool
    placed: bool


@dataclass(frozen=True, slots=True)
class DeletionLine:
    """The record of one deletion; ``counts`` says how many rows or files of each kind went."""

    id: int
    candidate: str
    reason: str
    by: str
    counts: dict[str, int]
    at: datetime


@dataclass(frozen=True, slots=True)
class PrivacyPage:
    """What the administrator decides about; who falls due first comes first."""

    days: int
    people: tuple[PersonLine, ...]
    page: int
    pages: int
    total: int
    due: int
    deletions: tuple[DeletionLine, ...]


@dataclass(frozen=True, slots=True)
class MyData:
    """What a candidate reads about the own data.

    Attributes:
        ai_scoring: None before an interview; False after a refusal.
        answers: How many are stored, of every round and sitting.
        placed: The data belongs to personnel now and is not deleted here.
    """

    name: str
    email: str
    phone: str
    source: str
    applied_at: datetime
    days: int
    keep_until: datetime
    ai_scoring: bool | None
    answers: int
    placed: bool


def days_kept(session: Session) -> int:
    """Return how many days data is kept."""
    row = session.get(RetentionRow, 1)
    return DAYS if row is None else row.days


def refuse_scoring(sandbox: Sandbox, actor: Actor) -> None:
    """Take back the consent to scoring by a program, in every round; scores that are there already are erased.

    Raises:
        NotFound: The candidate has no interview.
    """
    sandbox.admit(actor, Right.TAKE_INTERVIEW, write=True)
    scored = []
    with sandbox.change(actor) as change:
        case_of_candidate(change.session, actor.id)  # without an interview there is nothing to refuse
        rounds = select(InterviewRow).where(InterviewRow.candidate == actor.id)
        for one in change.session.exec(rounds.order_by(col(InterviewRow.round_number))).all():
            if not agreed(change.session, one.id):
                continue
            note_consent(change, one.id, ai_scoring=False)
            if is_finished(Interview(one.status)) and change.session.get(ScoreRow, one.id) is not None:
                scored.append(one.id)
    for interview in scored:
        score_interview(sandbox, interview)


def my_data(sandbox: Sandbox, actor: Actor) -> MyData:
    """Return what a candidate may know about the own data."""
    sandbox.admit(actor, Right.TAKE_INTERVIEW)
    with sandbox.store.read() as session:
        row = _candidate(session, actor.id)
        interview = interview_of(session, actor.id)
        days = days_kept(session)
        mine = select(SittingRow.id).join(InterviewRow, col(InterviewRow.id) == SittingRow.interview)
        sittings = session.exec(mine.where(InterviewRow.candidate == actor.id)).all()
        return MyData(
            name=row.name,
            email=row.email,
            phone=row.phone,
            source=row.source,
            applied_at=row.applied_at,
            days=days,
            keep_until=_last_times(session, row.id)[row.id] + timedelta(days=days),
            ai_scoring=agreed(session, interview.id) if interview else None,
            answers=len(
                session.exec(select(AnswerRow.question).where(col(AnswerRow.sitting).in_(sittings))).all()
            ),
            placed=row.placement != Placement.NONE,
        )


def privacy_page(sandbox: Sandbox, actor: Actor, page: int = 1, page_size: int = 10) -> PrivacyPage:
    """Return who is kept until when, and what was deleted.

    Raises:
        Forbidden: The role does not manage data.
    """
    sandbox.admit(actor, Right.MANAGE_DATA)
    now = sandbox.now()
    with sandbox.store.read() as session:
        days = days_kept(session)
        gone = set(session.exec(select(DeletionRow.candidate)).all())
        titles = dict(session.exec(select(PostRow.id, PostRow.title)).all())
        last = _last_times(session)
        people = [
            _person_line(row, titles[row.post], last[row.id], days, now)
            for row in session.exec(select(CandidateRow))
            if row.id not in gone
        ]
        rows = session.exec(select(DeletionRow).order_by(col(DeletionRow.id).desc()).limit(50)).all()
    people.sort(key=lambda one: (one.keep_until, one.id))
    at = cut(len(people), page, page_size)
    return PrivacyPage(
        days=days,
        people=tuple(people[at.rows]),
        page=at.page,
        pages=at.pages,
        total=len(people),
        due=sum(one.due for one in people),
        deletions=tuple(
            DeletionLine(row.id or 0, row.candidate, row.reason, row.by, row.counts, row.at) for row in rows
        ),
    )


def set_retention(sandbox: Sandbox, actor: Actor, days: int) -> None:
    """Say how many days data is kept after the last thing that happened.

    Raises:
        Forbidden: The role does not manage data.
        Invalid: Too short, or too long.
    """
    sandbox.admit(actor, Right.MANAGE_DATA, write=True)
    if not MIN_DAYS <= days <= MAX_DAYS:
        raise Invalid(
            N_("Data is kept between {min} and {max} days."),
            N_("Type another number."),
            min=MIN_DAYS,
            max=MAX_DAYS,
        )
    with sandbox.change(actor) as change:
        old = days_kept(change.session)
        change.session.merge(RetentionRow(days=days))
        change.tell(Kind.RETENTION_SET, "retention", old=old, new=days)


def delete_due(sandbox: Sandbox, sessions: Sessions, actor: Actor) -> int:
    """Delete the data of everybody who has fallen due, and return how many they were.

    Raises:
        Forbidden: The role does not manage data.
    """
    sandbox.admit(actor, Right.MANAGE_DATA, write=True)
    everybody = privacy_page(sandbox, actor, page_size=1_000_000).people
    due = [one.id for one in everybody if one.due and not one.placed]
    for candidate in due:
        _delete(sandbox, sessions, actor, candidate, "retention")
    return len(due)


def delete_candidate(sandbox: Sandbox, sessions: Sessions, actor: Actor, candidate: str) -> None:
    """Delete all of a candidate's data; what is left is a number that names nobody.

    Raises:
        Forbidden: The role does not manage data.
        NotAllowed: They have a place in the org chart, or are deleted already.
        NotFound: No such candidate.
    """
    sandbox.admit(actor, Right.MANAGE_DATA, write=True)
    _delete(sandbox, sessions, actor, candidate, "admin")


def delete_own(sandbox: Sandbox, sessions: Sessions, actor: Actor) -> None:
    """Delete all of the candidate's own data, at their wish; their sessions end.

    Raises:
        NotAllowed: They have a place in the org chart already.
    """
    sandbox.admit(actor, Right.TAKE_INTERVIEW, write=True)
    _delete(sandbox, sessions, actor, actor.id, "wish")


def _delete(sandbox: Sandbox, sessions: Sessions, actor: Actor, candidate: str, why: Why) -> None:
    """Erase rows and files of one person and write the record of it; then make sure that nothing is left."""
    with sandbox.change(actor) as change:
        session = change.session
        row = _candidate(session, candidate)
        need_present(session, candidate)
        if row.placement != Placement.NONE:
            raise NotAllowed(
                N_("This person has a place in the org chart: the data belongs to personnel now."),
                N_("Take the placement back first."),
            )
        files = session.exec(select(ResumeFileRow).where(ResumeFileRow.candidate == candidate)).all()
        places = files_of(sandbox, files)
        mine = select(SittingRow.id).join(InterviewRow, col(SittingRow.interview) == InterviewRow.id)
        sittings = session.exec(mine.where(InterviewRow.candidate == candidate)).all()
        counts = erase(sandbox, change, candidate) | {"files": len(files)}
        scrub(session, row, texts(sandbox.lang)(GONE))
        session.add(DeletionRow(candidate=candidate, reason=why, by=actor.role.value, counts=counts, at=change.at))
        session.flush()
        change.tell(Kind.DATA_DELETED, candidate, reason=why)
        if actor.role is Role.CANDIDATE:
            rename_actor(session, actor.name, texts(sandbox.lang)(GONE))
    for sitting in sittings:
        sandbox.working.pop(sitting, None)  # only now: a deletion that is refused loses nothing
    for place in places:
        place.unlink(missing_ok=True)
    if candidate == sandbox.context.candidate.id:
        lost_record.forget(sandbox)
    shutil.rmtree(sandbox.folder / RECORDINGS / candidate, ignore_errors=True)
    sessions.revoke_person(sandbox.id, Role.CANDIDATE, candidate)
    sandbox.store.scrub()
    sandbox.look_again()


def _candidate(session: Session, candidate: str) -> CandidateRow:
    row = session.get(CandidateRow, candidate)
    if row is None:
        raise NotFound(
            N_("There is no candidate {id}."), N_("Go back to the list and choose another one."), id=candidate
        )
    return row


def _last_times(session: Session, candidate: str | None = None) -> dict[str, datetime]:
    """Return when something last happened about each candidate, or about one, with one look at each table."""
    asked = true() if candidate is None else col(CandidateRow.id) == candidate
    latest = dict(session.exec(select(CandidateRow.id, CandidateRow.applied_at).where(asked)).all())
    about = true() if candidate is None else col(InterviewRow.candidate) == candidate
    sat = select(InterviewRow.candidate, SittingRow.started_at, SittingRow.ended_at)
    decided = select(InterviewRow.candidate, DecisionRow.at)
    for found in (
        session.exec(sat.join(SittingRow, col(SittingRow.interview) == InterviewRow.id).where(about)),
        session.exec(decided.join(DecisionRow, col(DecisionRow.interview) == InterviewRow.id).where(about)),
    ):
        for owner, *times in found:
            latest[owner] = max([latest[owner], *(at for at in times if at is not None)])
    return latest


def _person_line(row: CandidateRow, title: str, last: datetime, days: int, now: datetime) -> PersonLine:
    until = last + timedelta(days=days)
    placed = row.placement != Placement.NONE
    return PersonLine(row.id, row.name, title, last, until, due=until <= now and not placed, placed=placed)
