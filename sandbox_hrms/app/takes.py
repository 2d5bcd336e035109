"""The spoken answers of a sitting, as the room and a report show them."""

from dataclasses import dataclass

from sqlmodel import Session, bindparam, col, select

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


@dataclass(frozen=True, slots=True)
class Takes:
    """How it stands with the spoken answer to one question.

    Attributes:
        left: How many more takes may be begun.
        most: How many there may be in all.
        open: Id of a take that was interrupted and may go on; None for none.
        newest: Id of the take that counts so far; None for none.
        said: What was understood of it; the next take's words go in their place.
    """

    left: int
    most: int
    open: str | None
    newest: str | None
    said: str = ""


_OF_QUESTION = (
    select(RecordingRow.id, RecordingRow.finished_at, RecordingRow.transcript)
    .where(RecordingRow.sitting == bindparam("sitting"), RecordingRow.question == bindparam("question"))
    .order_by(col(RecordingRow.take))
)
"""Written once: it is asked at every question, and writing it takes longer than the answer."""


def takes_of(session: Session, sitting: str, question: str, most: int) -> Takes:
    """Return how it stands with the spoken answer to a question, of which there may be ``most`` takes."""
    rows = session.exec(_OF_QUESTION, params={"sitting": sitting, "question": question}).all()
    going = [name for name, finished_at, _ in rows if not finished_at]
    newest, said = next(((name, text) for name, finished_at, text in reversed(rows) if finished_at), (None, ""))
    return Takes(most - len(rows), most, going[-1] if going else None, newest, said)


def newest_takes(session: Session, sitting: str) -> dict[str, Take]:
    """Return the newest finished take of each question of a sitting."""
    query = select(RecordingRow).where(RecordingRow.sitting == sitting, col(RecordingRow.finished_at).is_not(None))
    rows = session.exec(query.order_by(col(RecordingRow.take))).all()
    return {one.question: Take(one.id, one.question, one.seconds, one.transcript, _timed(one)) for one in rows}


def _timed(row: RecordingRow) -> tuple[Timed, ...]:
    return tuple(Timed(one["text"], one["start"], one["end"]) for one in row.words)
