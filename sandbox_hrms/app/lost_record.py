"""The saved record of an interview is gone from every list, and can be had back.

It is moved into a file beside the sandbox: sittings, answers and score, and the three states of the interview,
which looks as if it had never been taken up. The org side keeps what it has heard.
"""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection
from sqlmodel import Session, col, select

from sandbox_hrms.app.case import Case, case_of_candidate
from sandbox_hrms.core.errors import NotFound
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.faults import Fault
from sandbox_hrms.core.roles import SYSTEM, Actor
from sandbox_hrms.core.states import Interview, Saved, SittingStatus, Synced
from sandbox_hrms.tables import SANDBOX
from sandbox_hrms.tables.hiring import DecisionRow
from sandbox_hrms.tables.interviews import InterviewRow
from sandbox_hrms.tables.sync import OutboxRow

if TYPE_CHECKING:
    from sandbox_hrms.app.sandboxes import Change, Sandbox

_ROOTS = ("sitting", "score")
_STATES = ("status", "saved", "synced")
_TAKEN = (Interview.TO_REVIEW, Interview.INCOMPLETE, Interview.IN_PROGRESS)
_LEFT = (SittingStatus.ENDED, SittingStatus.PAUSED)

_Rows = dict[str, list[dict[str, Any]]]


def take_away(sandbox: "Sandbox") -> bool:
    """Move the record away if that fault is on and the interview was left and saved; say whether it was moved."""
    if not sandbox.faults.has(Fault.LOST_RECORD):
        return False
    with sandbox.change(SYSTEM) as change:
        try:
            case = case_of_candidate(change.session, sandbox.context.candidate.id)
        except NotFound:
            return False
        if not _can_be_lost(case):
            return False
        connection = change.session.connection()
        rows = _collect(connection, case.interview.id)
        before = _codes(case.interview)
        states = {name: getattr(case.interview, name) for name in _STATES}
        _write(_file(sandbox), {"interview": case.interview.id, "states": states, "rows": rows})
        for table in reversed(SANDBOX):
            for row in rows.get(table.name, ()):
                _delete(connection, table.name, [one.name for one in table.primary_key], row)
        change.session.expire_all()
        interview = change.session.get_one(InterviewRow, case.interview.id)
        interview.status, interview.saved, interview.synced = Interview.INVITED, Saved.UNSAVED, Synced.NOT_DUE
        change.session.add(interview)
        change.tell(Kind.RECORD_GONE, interview.id, (before, _codes(interview)))
    return True


def bring_back(sandbox: "Sandbox", actor: Actor) -> bool:
    """Put the record back, unless the interview was taken up anew meanwhile; say whether it is back."""
    file = _file(sandbox)
    if not file.exists():
        return False
    kept = json.loads(file.read_text(encoding="utf-8"))
    with sandbox.change(actor) as change:
        back = _put_back(change, kept)
    # what cannot be put back stays readable, and no later fault takes it for its own
    file.unlink() if back else file.replace(_superseded(sandbox))
    return back


def forget(sandbox: "Sandbox") -> None:
    """Drop what was moved away: the content it belonged to is replaced or deleted."""
    for file in (_file(sandbox), _superseded(sandbox)):
        file.unlink(missing_ok=True)


def is_back(sandbox: "Sandbox") -> bool:
    """Say whether a record that was moved away is in the sandbox again, e.g. out of a backup."""
    file = _file(sandbox)
    if not file.exists():
        return False
    interview_id = json.loads(file.read_text(encoding="utf-8"))["interview"]
    with sandbox.store.read() as session:
        row = session.get(InterviewRow, interview_id)
        return row is not None and row.status != Interview.INVITED


def _can_be_lost(case: Case) -> bool:
    row, sitting = case.interview, case.sitting
    if sitting is None or sitting.status not in _LEFT or row.status not in _TAKEN or row.saved == Saved.UNSAVED:
        return False
    waiting = select(OutboxRow).where(OutboxRow.interview == row.id, col(OutboxRow.delivered_at).is_(None))
    decided = select(DecisionRow).where(DecisionRow.interview == row.id)
    return case.session.exec(waiting).first() is None and case.session.exec(decided).first() is None


def _put_back(change: "Change", kept: dict[str, Any]) -> bool:
    session: Session = change.session
    interview = session.get(InterviewRow, kept["interview"])
    if interview is None or interview.status != Interview.INVITED:
        return False
    connection = session.connection()
    if _collect(connection, interview.id):
        return False
    for table in SANDBOX:
        for row in kept["rows"].get(table.name, ()):
            columns = ", ".join(f'"{name}"' for name in row)
            marks = ", ".join("?" for _ in row)
            connection.exec_driver_sql(
                f"INSERT INTO {table.name} ({columns}) VALUES ({marks})",  # noqa: S608  # our own names
                tuple(row.values()),
            )
    before = _codes(interview)
    interview.status, interview.saved, interview.synced = (kept["states"][name] for name in _STATES)
    session.add(interview)
    change.tell(Kind.RECORD_FOUND, interview.id, (before, _codes(interview)))
    return True


def _collect(connection: Connection, interview_id: str) -> _Rows:
    """Return the rows of sittings and score, and of all that hangs on them, as SQLite holds them."""
    found: _Rows = {}
    for table in SANDBOX:
        if table.name in _ROOTS:
            rows = _select(connection, table.name, "interview", interview_id)
        else:
            rows = [
                row
                for key in table.foreign_keys
                for parent in found.get(key.column.table.name, ())
                for row in _select(connection, table.name, key.parent.name, parent[key.column.name])
            ]
        if rows:
            found[table.name] = rows
    return found


def _select(connection: Connection, table: str, column: str, value: object) -> list[dict[str, Any]]:
    query = f'SELECT * FROM {table} WHERE "{column}" = ? ORDER BY rowid'  # noqa: S608  # our own names
    return [dict(row) for row in connection.exec_driver_sql(query, (value,)).mappings()]


def _delete(connection: Connection, table: str, key: list[str], row: dict[str, Any]) -> None:
    where = " AND ".join(f'"{name}" = ?' for name in key)
    connection.exec_driver_sql(
        f"DELETE FROM {table} WHERE {where}",  # noqa: S608  # our own names
        tuple(row[name] for name in key),
    )


def _codes(interview: InterviewRow) -> str:
    return f"{interview.status}/{interview.saved}/{interview.synced}"


def _file(sandbox: "Sandbox") -> Path:
    return sandbox.folder / "lost_record.json"


def _superseded(sandbox: "Sandbox") -> Path:
    return sandbox.folder / "lost_record.superseded.json"


def _write(file: Path, content: dict[str, Any]) -> None:
    """Have the record on the disk before it leaves the database."""
    fresh = file.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as out:
        json.dump(content, out, ensure_ascii=False)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
