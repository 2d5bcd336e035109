"""The spoken answers of a sitting, as a report shows them."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from sandbox_hrms.core.pace import Timed
from sandbox_hrms.tables.interviews import RecordingRow


@dataclass(frozen=True, slots=True)
class Take:
    """One finished take as a report shows it.

    Attributes:
        transcript: What the program understood, uncorrected.
        words: The same word by word, with times; empty where nothing was understood.
    """

    id: str
    question: str
    seconds: float
    transcript: str
    words: tuple[Timed, ...]


def newest_takes(session: Session, sitting: str) -> dict[str, Take]:
    """Return the newest finished take of each question of a sitting."""
    query = select(RecordingRow).where(RecordingRow.sitting == sitting, col(RecordingRow.finished_at).is_not(None))
    rows = session.exec(query.order_by(col(RecordingRow.take))).all()
    return {one.question: Take(one.id, one.question, one.seconds, one.transcript, _timed(one)) for one in rows}


def _timed(row: RecordingRow) -> tuple[Timed, ...]:
    return tuple(Timed(one["text"], one["start"], one["end"]) for one in row.words)
