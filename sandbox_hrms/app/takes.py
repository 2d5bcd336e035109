"""The spoken answers of a sitting, as a report shows them."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from sandbox_hrms.tables.interviews import RecordingRow


@dataclass(frozen=True, slots=True)
class Take:
    """One finished take as a report shows it; ``transcript`` is what the program understood, uncorrected."""

    id: str
    question: str
    seconds: float
    transcript: str


def newest_takes(session: Session, sitting: str) -> dict[str, Take]:
    """Return the newest finished take of each question of a sitting."""
    query = select(RecordingRow).where(RecordingRow.sitting == sitting, col(RecordingRow.finished_at).is_not(None))
    rows = session.exec(query.order_by(col(RecordingRow.take))).all()
    return {one.question: Take(one.id, one.question, one.seconds, one.transcript) for one in rows}
