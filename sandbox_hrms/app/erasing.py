"""What is erased when somebody's data is deleted; done once more when an older copy brings it back."""

from typing import Any

from sqlmodel import Session, SQLModel, col, select

from sandbox_hrms.app.case import case_of_candidate, interview_of
from sandbox_hrms.app.places import withdraw
from sandbox_hrms.app.present import is_present
from sandbox_hrms.app.sandboxes import Change, Sandbox
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import Role
from sandbox_hrms.core.states import Event, Interview, Placement
from sandbox_hrms.core.texts import N_
from sandbox_hrms.i18n import texts
from sandbox_hrms.tables.frame import EventRow
from sandbox_hrms.tables.hiring import DecisionRow
from sandbox_hrms.tables.interviews import (
    AnswerRow,
    DraftRow,
    InterviewRow,
    PictureRow,
    RecordingRow,
    ScoreRow,
    SittingRow,
)
from sandbox_hrms.tables.messages import MessageRow
from sandbox_hrms.tables.pay import OfferRow, PayrollRow
from sandbox_hrms.tables.people import CandidateRow, EmployeeRow
from sandbox_hrms.tables.privacy import DeletionRow
from sandbox_hrms.tables.resumes import MatchRow, ResumeFileRow
from sandbox_hrms.tables.sync import OrgCaseRow, OutboxRow

GONE = N_("Deleted person")
_UNFINISHED = (Interview.INVITED, Interview.IN_PROGRESS, Interview.INCOMPLETE)


def delete_again(sandbox: Sandbox, content: Change) -> None:
    """Delete, in the content of an older copy, everybody who was deleted since it was made, and tell so.

    Who is not in that copy stays on the list, too: the next copy may be one with them in it.

    Args:
        sandbox: Its present content has the list of who was deleted.
        content: The older content, before it is taken over.
    """
    with sandbox.store.read() as session:
        deleted = session.exec(select(DeletionRow).order_by(col(DeletionRow.id))).all()
    for row in deleted:
        if not is_present(content.session, row.candidate):
            continue
        candidate = content.session.get(CandidateRow, row.candidate)
        if candidate is not None:
            _take_place_back(content, candidate)
            erase(sandbox, content, candidate.id)
            scrub(content.session, candidate, texts(sandbox.lang)(GONE))
            content.tell(Kind.DATA_DELETED, candidate.id, reason=row.reason, again=True)
        kept = row.model_dump(exclude={"id"})
        content.session.add(DeletionRow(**kept))
        content.session.flush()


def _take_place_back(content: Change, candidate: CandidateRow) -> None:
    """Let a person have no place who had one at the time of the copy."""
    interview = interview_of(content.session, candidate.id)
    if interview is None or candidate.placement == Placement.NONE:
        return
    if candidate.placement == Placement.IN_POST:
        employee = content.session.get(EmployeeRow, f"e-{candidate.id}")
        if employee is not None:
            content.session.delete(employee)
        candidate.placement = Placement.TO_ONBOARD
        content.session.add(candidate)
        content.session.flush()
    withdraw(content, candidate, interview)


def erase(sandbox: Sandbox, change: Change, candidate: str) -> dict[str, int]:
    """Delete what was said and judged, and close what is open; returns how much of each went."""
    session = change.session
    interviews = session.exec(select(InterviewRow).where(InterviewRow.candidate == candidate)).all()
    keys = [one.id for one in interviews]
    sittings = session.exec(select(SittingRow.id).where(col(SittingRow.interview).in_(keys))).all()
    takes = session.exec(select(RecordingRow.id).where(col(RecordingRow.sitting).in_(sittings))).all()
    if interviews:
        case = case_of_candidate(session, candidate)
        if case.state.interview in _UNFINISHED:
            case.move(Event.WITHDRAW, sandbox.profile.policy, change.at)
    counts = {
        "answers": _drop(session, AnswerRow, col(AnswerRow.sitting).in_(sittings)),
        "pictures": _drop(session, PictureRow, col(PictureRow.recording).in_(takes)),
        "recordings": _drop(session, RecordingRow, col(RecordingRow.sitting).in_(sittings)),
        "drafts": _drop(session, DraftRow, col(DraftRow.sitting).in_(sittings)),
        "scores": _drop(session, ScoreRow, col(ScoreRow.interview).in_(keys)),
        "matches": _drop(session, MatchRow, col(MatchRow.candidate) == candidate),
        "resumes": _drop(session, ResumeFileRow, col(ResumeFileRow.candidate) == candidate),
        "offers": _drop(session, OfferRow, col(OfferRow.candidate) == candidate),
        "payroll": _drop(session, PayrollRow, col(PayrollRow.candidate) == candidate),
    }
    for interview in interviews:  # what was asked back is about an answer, and may quote it
        prepared = [one for one in interview.questions if one["kind"] != "follow_up"]
        interview.questions = [one | {"number": number} for number, one in enumerate(prepared, start=1)]
        session.add(interview)
    for sitting in session.exec(select(SittingRow).where(col(SittingRow.interview).in_(keys))):
        sitting.record = {}
        session.add(sitting)
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


def scrub(session: Session, row: CandidateRow, gone: str) -> None:
    """Take the person out of what stays: the candidate's row, the log, and messages to others."""
    secrets = {one: gone for one in (row.name, row.email, row.phone) if one}
    name = row.name
    row.name, row.email, row.phone, row.source, row.expected_pay = gone, "", "", "", None
    row.resume = {"headline": "", "summary": "", "jobs": [], "skills": [], "education": ""}
    session.add(row)
    rename_actor(session, name, gone)
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


def rename_actor(session: Session, name: str, gone: str) -> None:
    """Take a person's name out of what they did themselves."""
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
