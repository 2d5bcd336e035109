"""What candidates may ask for: no scoring by a program, a copy of their data, its deletion; and its end by age."""

import csv
import json
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from typing import Any, Literal

from sqlmodel import Session, SQLModel, col, select, true

from sandbox_hrms.app import lost_record
from sandbox_hrms.app.case import case_of_candidate, interview_of
from sandbox_hrms.app.consent import agreed, note_consent
from sandbox_hrms.app.present import need_present
from sandbox_hrms.app.resumes import files_of
from sandbox_hrms.app.sandboxes import Change, Sandbox
from sandbox_hrms.app.score import score_interview
from sandbox_hrms.app.sign_in import Sessions
from sandbox_hrms.core.errors import Invalid, NotAllowed, NotFound
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import Actor, Right, Role
from sandbox_hrms.core.states import Event, Interview, Placement, is_finished
from sandbox_hrms.core.texts import N_
from sandbox_hrms.i18n import texts
from sandbox_hrms.tables.frame import EventRow
from sandbox_hrms.tables.hiring import DecisionRow
from sandbox_hrms.tables.interviews import AnswerRow, DraftRow, InterviewRow, ScoreRow, SittingRow
from sandbox_hrms.tables.messages import MessageRow
from sandbox_hrms.tables.pay import OfferRow, PayrollRow
from sandbox_hrms.tables.people import CandidateRow, PostRow
from sandbox_hrms.tables.privacy import DeletionRow, RetentionRow
from sandbox_hrms.tables.resumes import MatchRow, ResumeFileRow
from sandbox_hrms.tables.sync import OrgCaseRow, OutboxRow

Why = Literal["retention", "wish", "admin"]

DAYS = 180
"""How long data is kept when nobody has said otherwise."""
MIN_DAYS, MAX_DAYS = 30, 1_095
GONE = N_("Deleted person")
_UNFINISHED = (Interview.INVITED, Interview.IN_PROGRESS, Interview.INCOMPLETE)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
    """Take back the consent to scoring by a program; a score that is there already is erased.

    Raises:
        NotFound: The candidate has no interview.
    """
    sandbox.admit(actor, Right.TAKE_INTERVIEW, write=True)
    with sandbox.change(actor) as change:
        case = case_of_candidate(change.session, actor.id)
        interview = case.interview.id
        if not agreed(change.session, interview):
            return
        note_consent(change, interview, ai_scoring=False)
        scored = change.session.get(ScoreRow, interview) is not None and is_finished(case.state.interview)
    if scored:
        score_interview(sandbox, interview)


def my_data(sandbox: Sandbox, actor: Actor) -> MyData:
    """Return what a candidate may know about the own data."""
    sandbox.admit(actor, Right.TAKE_INTERVIEW)
    with sandbox.store.read() as session:
        row = _candidate(session, actor.id)
        interview = interview_of(session, actor.id)
        days = days_kept(session)
        sittings = _ids(session, SittingRow, SittingRow.interview == interview.id if interview else None)
        return MyData(
            name=row.name,
            email=row.email,
            phone=row.phone,
            source=row.source,
            applied_at=row.applied_at,
            days=days,
            keep_until=_last_times(session, row.id)[row.id] + timedelta(days=days),
            ai_scoring=agreed(session, interview.id) if interview else None,
            answers=len(session.exec(select(AnswerRow).where(col(AnswerRow.sitting).in_(sittings))).all()),
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
    pages = max(1, -(-len(people) // page_size))
    page = min(max(1, page), pages)
    return PrivacyPage(
        days=days,
        people=tuple(people[(page - 1) * page_size : page * page_size]),
        page=page,
        pages=pages,
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


def export_person(sandbox: Sandbox, actor: Actor, candidate: str) -> dict[str, Any]:
    """Return everything stored about one person, as plain data; it is noted that somebody took it.

    Raises:
        Forbidden: It is somebody else's data, and the role does not manage data.
        NotFound: No such candidate.
    """
    if actor.role is Role.CANDIDATE:
        sandbox.admit(actor, Right.TAKE_INTERVIEW)
        candidate = actor.id
    else:
        sandbox.admit(actor, Right.MANAGE_DATA)
    with sandbox.store.read() as session:
        data = _everything(session, _candidate(session, candidate))
    if not actor.read_only:
        with sandbox.change(actor) as change:
            change.tell(Kind.DATA_EXPORTED, candidate)
    return data


def as_json(data: dict[str, Any]) -> bytes:
    """Return exported data as a JSON file."""
    return json.dumps(data, ensure_ascii=False, indent=2).encode()


def as_csv(data: dict[str, Any]) -> bytes:
    """Return exported data as a table of fields and values, safe to open in a spreadsheet."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("field", "value"))
    for field, value in _flat(data):
        writer.writerow((field, safe_cell(value)))
    return out.getvalue().encode("utf-8-sig")


def safe_cell(value: str) -> str:
    """Return a value that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value


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
        counts = _erase(sandbox, change, candidate) | {"files": len(files)}
        _scrub(session, row, texts(sandbox.lang)(GONE))
        session.add(DeletionRow(candidate=candidate, reason=why, by=actor.role.value, counts=counts, at=change.at))
        session.flush()
        change.tell(Kind.DATA_DELETED, candidate, reason=why)
        if actor.role is Role.CANDIDATE:
            _rename_actor(session, actor.name, texts(sandbox.lang)(GONE))
    for place in places:
        place.unlink(missing_ok=True)
    if candidate == sandbox.context.candidate.id:
        lost_record.forget(sandbox)
    shutil.rmtree(sandbox.folder / "media" / candidate, ignore_errors=True)
    sessions.revoke_person(sandbox.id, Role.CANDIDATE, candidate)
    sandbox.store.scrub()
    sandbox.look_again()


def _erase(sandbox: Sandbox, change: Change, candidate: str) -> dict[str, int]:
    """Delete what was said and judged, and close what is open; returns how much of each went."""
    session = change.session
    interviews = session.exec(select(InterviewRow).where(InterviewRow.candidate == candidate)).all()
    keys = [one.id for one in interviews]
    sittings = _ids(session, SittingRow, col(SittingRow.interview).in_(keys))
    if interviews:
        case = case_of_candidate(session, candidate)
        if case.state.interview in _UNFINISHED:
            case.move(Event.WITHDRAW, sandbox.profile.policy, change.at)
    counts = {
        "answers": _drop(session, AnswerRow, col(AnswerRow.sitting).in_(sittings)),
        "drafts": _drop(session, DraftRow, col(DraftRow.sitting).in_(sittings)),
        "scores": _drop(session, ScoreRow, col(ScoreRow.interview).in_(keys)),
        "matches": _drop(session, MatchRow, col(MatchRow.candidate) == candidate),
        "resumes": _drop(session, ResumeFileRow, col(ResumeFileRow.candidate) == candidate),
        "offers": _drop(session, OfferRow, col(OfferRow.candidate) == candidate),
        "payroll": _drop(session, PayrollRow, col(PayrollRow.candidate) == candidate),
    }
    for sitting in session.exec(select(SittingRow).where(col(SittingRow.interview).in_(keys))):
        sitting.record = {}
        session.add(sitting)
        sandbox.working.pop(sitting.id, None)
    for decision in session.exec(select(DecisionRow).where(col(DecisionRow.interview).in_(keys))):
        decision.reason = ""
        session.add(decision)
    for out in session.exec(select(OutboxRow).where(col(OutboxRow.interview).in_(keys))):
        out.data = {}
        session.add(out)
    for seen in session.exec(select(OrgCaseRow).where(col(OrgCaseRow.interview).in_(keys))):
        if seen.status in _UNFINISHED:
            seen.status = Interview.ABANDONED
            session.add(seen)
    return counts


def _scrub(session: Session, row: CandidateRow, gone: str) -> None:
    """Take the person out of what stays: the candidate's row, the log, and messages to others."""
    secrets = {one: gone for one in (row.name, row.email, row.phone) if one}
    name = row.name
    row.name, row.email, row.phone, row.source, row.expected_pay = gone, "", "", "", None
    row.resume = {"headline": "", "summary": "", "jobs": [], "skills": [], "education": ""}
    session.add(row)
    _rename_actor(session, name, gone)
    for event in session.exec(select(EventRow)):
        cleaned = _without(event.data, secrets)
        if cleaned != event.data:
            event.data = cleaned
            session.add(event)
    for message in session.exec(select(MessageRow)):
        texts_of = (message.title, message.body, message.data)
        cleaned = tuple(_without(one, secrets) for one in texts_of)
        if cleaned != texts_of:
            message.title, message.body, message.data = cleaned
            session.add(message)


def _rename_actor(session: Session, name: str, gone: str) -> None:
    for event in session.exec(select(EventRow).where(EventRow.actor == name, EventRow.role == Role.CANDIDATE)):
        event.actor = gone
        session.add(event)


def _without(value: Any, secrets: dict[str, str]) -> Any:  # noqa: ANN401  # JSON of any shape
    """Return ``value`` with each text that is a secret replaced; a part of a text stays, as names are short."""
    if isinstance(value, str):
        return secrets.get(value, value)
    if isinstance(value, dict):
        return {key: _without(one, secrets) for key, one in value.items()}
    if isinstance(value, list):
        return [_without(one, secrets) for one in value]
    return value


def _drop(session: Session, table: type[SQLModel], where: Any) -> int:  # noqa: ANN401  # an SQL condition
    rows = session.exec(select(table).where(where)).all()
    for row in rows:
        session.delete(row)
    session.flush()
    return len(rows)


def _ids(session: Session, table: type[SittingRow], where: Any) -> list[str]:  # noqa: ANN401  # an SQL condition
    return [] if where is None else list(session.exec(select(table.id).where(where)).all())


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


def _everything(session: Session, row: CandidateRow) -> dict[str, Any]:
    interviews = session.exec(
        select(InterviewRow).where(InterviewRow.candidate == row.id).order_by(col(InterviewRow.round_number))
    ).all()
    files = session.exec(select(ResumeFileRow).where(ResumeFileRow.candidate == row.id)).all()
    matches = session.exec(select(MatchRow).where(MatchRow.candidate == row.id)).all()
    events = session.exec(select(EventRow).order_by(col(EventRow.seq))).all()
    keys = {row.id, *(one.id for one in interviews)}
    return {
        "person": {
            "id": row.id,
            "name": row.name,
            "email": row.email,
            "phone": row.phone,
            "source": row.source,
            "post": row.post,
            "placement": row.placement,
            "expected_pay": row.expected_pay,
            "applied_at": row.applied_at.isoformat(),
            "resume": row.resume,
        },
        "resume_files": [
            {"name": one.name, "kind": one.kind, "size": one.size, "text": one.text} for one in files
        ],
        "matches": [{"post": one.post, "score": one.score, "reasons": one.reasons} for one in matches],
        "interviews": [_interview_data(session, one) for one in interviews],
        "history": [
            {"at": one.at.isoformat(), "what": one.kind, "before": one.before, "after": one.after}
            for one in events
            if one.subject in keys
        ],
    }


def _interview_data(session: Session, row: InterviewRow) -> dict[str, Any]:
    asked = {one["id"]: one["text"] for one in row.questions}
    sittings = session.exec(select(SittingRow).where(SittingRow.interview == row.id)).all()
    answers = session.exec(select(AnswerRow).where(col(AnswerRow.sitting).in_([one.id for one in sittings]))).all()
    score = session.get(ScoreRow, row.id)
    return {
        "id": row.id,
        "round": row.round_number,
        "status": row.status,
        "ai_scoring": agreed(session, row.id),
        "answers": [
            {
                "sitting": one.sitting,
                "question": asked.get(one.question, one.question),
                "text": one.text,
                "submitted_at": one.submitted_at.isoformat(),
            }
            for one in answers
        ],
        "score": score.score if score else None,
    }


def _flat(value: Any, field: str = "") -> list[tuple[str, str]]:  # noqa: ANN401  # JSON of any shape
    if isinstance(value, dict):
        return [pair for key, one in value.items() for pair in _flat(one, f"{field}.{key}".lstrip("."))]
    if isinstance(value, list):
        return [pair for number, one in enumerate(value, 1) for pair in _flat(one, f"{field}[{number}]")]
    return [(field, "" if value is None else str(value))]
