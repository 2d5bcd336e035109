"""The copy of everything that is stored about one person, as data and as files."""

import csv
import json
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from sandbox_hrms.app.consent import agreed
from sandbox_hrms.app.recordings import files_of
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core.errors import NotFound
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import Actor, Right, Role
from sandbox_hrms.core.texts import N_
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
from sandbox_hrms.tables.resumes import MatchRow, ResumeFileRow
from sandbox_hrms.tables.sync import InboxRow, OrgCaseRow, OutboxRow

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
        data = _everything(sandbox, session, candidate)
    if not actor.read_only:
        with sandbox.change(actor) as change:
            change.tell(Kind.DATA_EXPORTED, candidate)
    return data


def as_json(data: dict[str, Any]) -> bytes:
    """Return exported data as a JSON file."""
    return json.dumps(data, ensure_ascii=False, indent=2).encode()


def as_csv(data: dict[str, Any]) -> bytes:
    """Return exported data as a table of fields and values, safe to open in a spreadsheet; without sound."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("field", "value"))
    for field, value in _flat(data):
        if ".sound[" in field:
            continue
        writer.writerow((field, safe_cell(value)))
    return out.getvalue().encode("utf-8-sig")


def safe_cell(value: str) -> str:
    """Return a value that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def _everything(sandbox: Sandbox, session: Session, candidate: str) -> dict[str, Any]:
    row = session.get(CandidateRow, candidate)
    if row is None:
        raise NotFound(
            N_("There is no candidate {id}."), N_("Go back to the list and choose another one."), id=candidate
        )
    interviews = session.exec(
        select(InterviewRow).where(InterviewRow.candidate == candidate).order_by(col(InterviewRow.round_number))
    ).all()
    keys = [one.id for one in interviews]
    about = {candidate, *keys}
    return {
        "person": _plain(row),
        "resume_files": _rows(session, ResumeFileRow, col(ResumeFileRow.candidate) == candidate),
        "matches": _rows(session, MatchRow, col(MatchRow.candidate) == candidate),
        "interviews": [_interview(sandbox, session, one) for one in interviews],
        "offers": _rows(session, OfferRow, col(OfferRow.candidate) == candidate),
        "payroll": _rows(session, PayrollRow, col(PayrollRow.candidate) == candidate),
        "employment": _rows(session, EmployeeRow, col(EmployeeRow.id) == f"e-{candidate}"),
        "org_chart": _rows(session, OrgCaseRow, col(OrgCaseRow.interview).in_(keys)),
        "sent": _rows(session, OutboxRow, col(OutboxRow.interview).in_(keys)),
        "received": _rows(session, InboxRow, col(InboxRow.interview).in_(keys)),
        "messages": [_plain(one) for one in session.exec(select(MessageRow)) if about & _texts(one.data)],
        "history": [
            _plain(one)
            for one in session.exec(select(EventRow).order_by(col(EventRow.seq)))
            if one.subject in about or about & _texts(one.data)
        ],
    }


def _interview(sandbox: Sandbox, session: Session, row: InterviewRow) -> dict[str, Any]:
    asked = {one["id"]: one["text"] for one in row.questions}
    sittings = session.exec(select(SittingRow).where(SittingRow.interview == row.id)).all()
    keys = [one.id for one in sittings]

    def typed(table: type[AnswerRow] | type[DraftRow]) -> list[dict[str, Any]]:
        return [
            one | {"question": asked.get(one["question"], one["question"])}
            for one in _rows(session, table, col(table.sitting).in_(keys))
        ]

    score = session.get(ScoreRow, row.id)
    return {
        "id": row.id,
        "round": row.round_number,
        "status": row.status,
        "saved": row.saved,
        "synced": row.synced,
        "ai_scoring": agreed(session, row.id),
        "sittings": [_plain(one) for one in sittings],
        "answers": typed(AnswerRow),
        "drafts": [one for one in typed(DraftRow) if one["text"]],
        "recordings": [
            _plain(one)
            | {
                "question": asked.get(one.question, one.question),
                "picture_agreed_at": _picture_agreed_at(session, one.id),
                "sound": [_sound(file) for file in files_of(sandbox, row.candidate, one.id)],
            }
            for one in session.exec(select(RecordingRow).where(col(RecordingRow.sitting).in_(keys)))
        ],
        "unsaved": [
            {"sitting": key, "question": asked.get(question, question), "text": one.text}
            for key in keys
            if key in sandbox.working
            for question, one in sandbox.working[key].answers.items()
        ],
        "score": score.score if score else None,
        "earlier_scores": score.earlier if score else [],
        "decisions": _rows(session, DecisionRow, col(DecisionRow.interview) == row.id),
    }


def _picture_agreed_at(session: Session, recording: str) -> str | None:
    """Return when the candidate agreed to a picture with a recording; None where no picture was agreed to."""
    row = session.get(PictureRow, recording)
    return None if row is None else row.agreed_at.isoformat()


def _sound(file: Path) -> str:
    return b64encode(file.read_bytes()).decode()


def _rows(session: Session, table: type[SQLModel], where: Any) -> list[dict[str, Any]]:  # noqa: ANN401  # an SQL condition
    return [_plain(row) for row in session.exec(select(table).where(where))]


def _plain(row: SQLModel) -> dict[str, Any]:
    """Return a row as plain data."""
    return {name: _value(value) for name, value in row.model_dump().items()}


def _value(value: Any) -> Any:  # noqa: ANN401  # whatever a column holds
    return value.isoformat() if isinstance(value, datetime) else value


def _texts(data: Any) -> set[str]:  # noqa: ANN401  # JSON of any shape
    if isinstance(data, str):
        return {data}
    inner: Iterable[Any] = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return {text for one in inner for text in _texts(one)}


def _flat(value: Any, field: str = "") -> list[tuple[str, str]]:  # noqa: ANN401  # JSON of any shape
    if isinstance(value, dict):
        return [pair for key, one in value.items() for pair in _flat(one, f"{field}.{key}".lstrip("."))]
    if isinstance(value, list):
        return [pair for number, one in enumerate(value, 1) for pair in _flat(one, f"{field}[{number}]")]
    return [(field, "" if value is None else str(value))]
