"""Spoken answers: each piece is on the disk before it is acknowledged, and all that is kept can be played.

A take is recorded in segments: whenever it goes on after a break, a new one begins. Its pieces lie in the
sandbox's media folder until it is stored that the take is finished; then each segment is one file, with the
picture in it where the candidate agreed to one.
"""

import logging
import os
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlmodel import Session, col, select

from sandbox_hrms.app.case import Case, case_of_candidate
from sandbox_hrms.app.present import need_present
from sandbox_hrms.app.sandboxes import RECORDINGS, Change, Sandbox
from sandbox_hrms.app.score import report, report_to_head
from sandbox_hrms.app.takes import Takes, takes_of
from sandbox_hrms.core.errors import HrmsError, Invalid, NotAllowed, NotFound, StorageFailed
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import Actor, Right, Role
from sandbox_hrms.core.rubric import Question
from sandbox_hrms.core.states import SittingStatus
from sandbox_hrms.core.texts import N_
from sandbox_hrms.speech.hearing import Heard, ModelDamaged, Outcome, Recogniser, Typed
from sandbox_hrms.speech.sound import as_wav, has_picture, samples_of, seconds_in
from sandbox_hrms.tables.interviews import InterviewRow, PictureRow, RecordingRow, SittingRow

_LOG = logging.getLogger(__name__)
TYPES = ("audio/webm", "audio/mp4")
PICTURE_TYPES = ("video/webm", "video/mp4")
MOST_BYTES = 262_144
"""A piece is half a second at most: 8 KB or so, with a picture 25."""
_MOST_SEGMENTS = 50
_AT_ONCE, _A_SECOND = 60, 8
"""So many pieces may come at once, and so many more for each second since the take began."""
_SPARE_SECONDS = 30
_PIECE = re.compile(r"(\d{3})-(\d{6})")
_WHOLE = re.compile(r"(\d{3})\.(sound|film)")
_SEGMENT = re.compile(r"(\d{3})(-\d{6}|\.sound|\.film)")
"""A file of a segment: a piece, or the whole of it."""
_HEADS = (b"\x1a\x45\xdf\xa3", b"ftyp")
"""How a WebM file begins, and what stands at the fifth byte of an MP4 file."""


class TooFast(HrmsError):
    """More sound came than anybody can have spoken meanwhile."""

    code = "too_fast"
    http = 429

    def __init__(self) -> None:
        super().__init__(N_("More sound came than can have been spoken."), N_("It is sent again by itself."))


@dataclass(frozen=True, slots=True)
class Begun:
    """A take to record into: the number of its next segment, and how long it may be in all."""

    id: str
    take: int
    segment: int
    most_seconds: int


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished take."""

    id: str
    seconds: float
    heard: Heard
    left: int


def takes(sandbox: Sandbox, actor: Actor, question_id: str) -> Takes:
    """Return how it stands with the spoken answer to a question of the newest sitting."""
    sandbox.admit(actor, Right.TAKE_INTERVIEW)
    with sandbox.store.read() as session:
        sitting = case_of_candidate(session, actor.id).sitting
        return takes_of(session, sitting.id if sitting else "", question_id, sandbox.profile.policy.voice.takes)


def begin(sandbox: Sandbox, actor: Actor, sitting_id: str, question_id: str, *, picture: bool = False) -> Begun:
    """Begin a take, or go on with the one that was interrupted.

    Args:
        sandbox: Where.
        actor: The candidate.
        sitting_id: The sitting under way.
        question_id: The question that is open.
        picture: The candidate agrees that a picture is recorded with this take.

    Raises:
        NotAllowed: The sitting or the question is not open, all takes are used, or this kind of system records no
            picture.
    """
    sandbox.admit(actor, Right.TAKE_INTERVIEW, write=True)
    with sandbox.change(actor) as change:
        need_present(change.session, actor.id)
        case = case_of_candidate(change.session, actor.id, sandbox.working)
        question = _open_question(case, sitting_id, question_id)
        if picture and not sandbox.profile.policy.voice.camera:
            raise NotAllowed(N_("No picture is recorded here."), N_("Record without it, or type your answer."))
        rows = _rows(change.session, case, question_id)
        going = next((one for one in rows if not one.finished_at), None)
        if going is None:
            if len(rows) >= sandbox.profile.policy.voice.takes:
                raise NotAllowed(
                    N_("All recordings for this question are used."), N_("Correct the text, or type your answer.")
                )
            name = secrets.token_hex(12)
            going = RecordingRow(
                id=name, sitting=sitting_id, question=question_id, take=len(rows) + 1, started_at=change.at
            )
            change.session.add(going)
            change.session.flush()
        if picture:
            change.session.merge(PictureRow(recording=going.id, agreed_at=change.at))
        folder = _folder(sandbox, actor.id, going.id)
        folder.mkdir(parents=True, exist_ok=True)
        begun = [int(found[1]) for file in folder.iterdir() if (found := _SEGMENT.fullmatch(file.name))]
        return Begun(going.id, going.take, max(begun, default=-1) + 1, question.answer_seconds)


def keep_piece(  # noqa: PLR0913, PLR0917  # the fields of one request
    sandbox: Sandbox, actor: Actor, recording: str, segment: int, seq: int, kind: str, piece: bytes
) -> None:
    """Have one piece on the disk when this returns; repeating it changes nothing.

    Raises:
        NotFound: No such recording of this candidate.
        NotAllowed: The take is finished already, or the sitting is over.
        Invalid: The piece is too large, of another type, a picture without a word for it, or beyond the time of
            the answer.
        TooFast: It cannot have been spoken yet; it may be sent again.
        StorageFailed: The disk did not take it.
    """
    sandbox.admit(actor, Right.TAKE_INTERVIEW, write=True)
    with sandbox.store.read() as session:
        row = _own(session, actor, recording)
        sitting = session.get_one(SittingRow, row.sitting)
        if row.finished_at or sitting.status not in {SittingStatus.OPEN, SittingStatus.PAUSED}:
            raise NotAllowed(N_("This recording is finished."), N_("Record again, or type your answer."))
        most = _question_of(session, row).answer_seconds + _SPARE_SECONDS
        agreed = session.get(PictureRow, recording) is not None
    folder = _folder(sandbox, actor.id, recording)
    file = folder / f"{segment:03}-{seq:06}"
    if not (0 <= segment < _MOST_SEGMENTS and 0 <= seq < most * _A_SECOND):
        raise Invalid(N_("The recording is longer than the time of the answer."), N_("Finish it."))
    if not 0 < len(piece) <= MOST_BYTES or kind.partition(";")[0] not in (
        TYPES + PICTURE_TYPES if agreed else TYPES
    ):
        raise Invalid(N_("This is no piece of a recording."), N_("Record again, or type your answer."))
    if seq == 0 and not piece.startswith(_HEADS[0]) and piece[4:8] != _HEADS[1]:
        raise Invalid(N_("This is no piece of a recording."), N_("Record again, or type your answer."))
    if file.exists():
        return
    try:
        known = sum(1 for _ in folder.iterdir())
        if known > _AT_ONCE + _A_SECOND * max(0.0, time.time() - _began(folder)):
            raise TooFast
        _write(file, piece)
    except OSError as error:
        raise StorageFailed(error.strerror or str(error)) from error


def finish(sandbox: Sandbox, actor: Actor, recording: str, recogniser: Recogniser) -> Finished:
    """Finish a take: what is there is joined, decoded and listened to. Repeating it gives the same answer.

    Where the model is damaged the recording is kept, and that is told.

    A take without any sound is none and uses up nothing.

    Raises:
        NotFound: No such recording of this candidate.
        StorageFailed: The disk did not take it.
    """
    sandbox.admit(actor, Right.TAKE_INTERVIEW, write=True)
    with sandbox.store.read() as session:
        row = _own(session, actor, recording)
    if row.finished_at:
        return _finished(sandbox, actor, row)
    folder = _folder(sandbox, actor.id, recording)
    try:
        _join(folder)
        samples = _samples(folder)
        heard = _listen(recogniser, samples, sandbox.lang) if samples else Heard("nothing")
    except OSError as error:
        raise StorageFailed(error.strerror or str(error)) from error
    with sandbox.change(actor) as change:
        need_present(change.session, actor.id)
        row = _own(change.session, actor, recording)
        submitted = row.finished_at is not None  # while somebody listened: that stands
        if not submitted:
            _note(change, row, samples, heard)
    if submitted:
        return _finished(sandbox, actor, row)
    with suppress(OSError):
        for piece in _join(folder):
            piece.unlink()
    return Finished(recording, row.seconds, heard, takes(sandbox, actor, row.question).left)


def _listen(recogniser: Recogniser, samples: bytes, lang: str) -> Heard:
    try:
        return recogniser.hear(samples, lang)
    except ModelDamaged as error:
        _LOG.warning("%s", error)
        return Heard("damaged")


def _note(change: Change, row: RecordingRow, samples: bytes, heard: Heard) -> None:
    """Store what a take came to, or that it is none."""
    word = change.session.get(PictureRow, row.id)
    if samples:
        row.finished_at, row.seconds = change.at, round(seconds_in(samples), 2)
        row.transcript, row.heard_by = heard.text, heard.by
        row.words = [asdict(one) for one in heard.words]
        change.session.add(row)
        subject = change.session.get_one(SittingRow, row.sitting).interview
        change.tell(
            Kind.ANSWER_RECORDED,
            subject,
            question=row.question,
            seconds=row.seconds,
            heard=heard.outcome,
            picture=word is not None,
        )
    else:
        if word is not None:
            change.session.delete(word)
            change.session.flush()
        change.session.delete(row)


def _finished(sandbox: Sandbox, actor: Actor, row: RecordingRow) -> Finished:
    """Return what a take came to that is finished."""
    silent: Outcome = "nothing" if row.heard_by else "no_model"
    heard = Heard("understood" if row.transcript else silent, row.transcript)
    return Finished(row.id, row.seconds, heard, takes(sandbox, actor, row.question).left)


def close_takes(sandbox: Sandbox, actor: Actor) -> None:
    """Close the open takes of questions that are answered, and of a sitting that is over.

    What arrived of them can be played, and is in the report. Nobody listens to it: the answer was given already. A
    disk that refuses that takes nothing from the answer.
    """
    if sandbox.store.one("SELECT id FROM recording WHERE finished_at IS NULL", {}) is None:
        return  # as at nearly every answer
    with sandbox.store.read() as session:
        case = case_of_candidate(session, actor.id, sandbox.working)
        sittings = {one.id: one.status for one in case.sittings}
        query = select(RecordingRow).where(
            col(RecordingRow.sitting).in_(sittings), col(RecordingRow.finished_at).is_(None)
        )
        due = [
            row.id
            for row in session.exec(query)
            if row.question in case.answers or sittings[row.sitting] == SittingStatus.ENDED
        ]
    with suppress(StorageFailed):
        for one in due:
            finish(sandbox, actor, one, Typed())


def sound_of(sandbox: Sandbox, actor: Actor, recording: str) -> bytes:
    """Return a recording as a WAV file, to who may read the answer.

    Raises:
        NotFound: There is no such recording, or it is somebody else's.
        Forbidden: The role may not read the interview.
    """
    return as_wav(_samples(_readable(sandbox, actor, recording)))


def film_of(sandbox: Sandbox, actor: Actor, recording: str, part: int) -> tuple[Path, str]:
    """Return the file of one part of a recording's picture with its sound, and its type, to who may read it.

    Raises:
        NotFound: There is no such picture, or it is somebody else's.
        Forbidden: The role may not read the interview.
    """
    films = _films(_readable(sandbox, actor, recording))
    if not 0 <= part < len(films):
        raise _unknown(recording)
    with films[part].open("rb") as file:
        return films[part], PICTURE_TYPES[0] if file.read(4) == _HEADS[0] else PICTURE_TYPES[1]


def film_parts(sandbox: Sandbox, candidate: str, recording: str) -> int:
    """Return in how many parts a recording's picture is; 0 for none."""
    return len(_films(_folder(sandbox, candidate, recording)))


def own_recording(sandbox: Sandbox, actor: Actor, recording: str) -> RecordingRow:
    """Return a candidate's own recording; raises :class:`NotFound`."""
    with sandbox.store.read() as session:
        return _own(session, actor, recording)


def pieces_of(sandbox: Sandbox, candidate: str, recording: str) -> tuple[int, bytes] | None:
    """Return the number of the newest segment under way and its sound."""
    pieces = _pieces(_folder(sandbox, candidate, recording))
    if not pieces:
        return None
    segment = max(pieces)
    return segment, _in_order(pieces[segment])


def files_of(sandbox: Sandbox, candidate: str, recording: str) -> list[Path]:
    """Return the files of a recording, in the order in which they were spoken."""
    folder = _folder(sandbox, candidate, recording)
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _readable(sandbox: Sandbox, actor: Actor, recording: str) -> Path:
    """Return the folder of a recording, to who may read the answer."""
    with sandbox.store.read() as session:
        row, interview = _found(session, recording)
    if actor.role is Role.CANDIDATE:
        sandbox.admit(actor, Right.TAKE_INTERVIEW)
        if interview.candidate != actor.id:
            raise _unknown(recording)
    else:
        (report_to_head if actor.role is Role.HEAD else report)(sandbox, actor, interview.id)
    return _folder(sandbox, interview.candidate, row.id)


def _films(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.film"))


def _open_question(case: Case, sitting_id: str, question_id: str) -> Question:
    sitting, question = case.sitting, case.current
    if sitting is None or sitting.id != sitting_id or sitting.status != SittingStatus.OPEN:
        raise NotAllowed(
            N_("The interview is not under way."), N_("Start or continue it from your interview list.")
        )
    if question is None or question.id != question_id or sitting.device_check is None:
        raise NotAllowed(
            N_("Another question is open now."), N_("Load the page again and answer the question it shows.")
        )
    return question


def _rows(session: Session, case: Case, question_id: str) -> Sequence[RecordingRow]:
    if case.sitting is None:
        return ()
    query = select(RecordingRow).where(
        RecordingRow.sitting == case.sitting.id, RecordingRow.question == question_id
    )
    return session.exec(query.order_by(col(RecordingRow.take))).all()


def _found(session: Session, recording: str) -> tuple[RecordingRow, InterviewRow]:
    row = session.get(RecordingRow, recording)
    if row is None:
        raise _unknown(recording)
    return row, session.get_one(InterviewRow, session.get_one(SittingRow, row.sitting).interview)


def _own(session: Session, actor: Actor, recording: str) -> RecordingRow:
    row, interview = _found(session, recording)
    if interview.candidate != actor.id:
        raise _unknown(recording)
    return row


def _unknown(recording: str) -> NotFound:
    return NotFound(N_("There is no recording {id}."), N_("Load the page again."), id=recording)


def _question_of(session: Session, row: RecordingRow) -> Question:
    interview = session.get_one(InterviewRow, session.get_one(SittingRow, row.sitting).interview)
    return next(Question.model_validate(one) for one in interview.questions if one["id"] == row.question)


def _folder(sandbox: Sandbox, candidate: str, recording: str) -> Path:
    return sandbox.folder / RECORDINGS / candidate / recording


def _began(folder: Path) -> float:
    """Return when the first piece came (seconds of the clock that files have); now, where none is there."""
    return min((file.stat().st_mtime for file in folder.iterdir()), default=time.time())


def _write(file: Path, content: bytes) -> None:
    """Have a file on the disk, whole or not at all."""
    fresh = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    try:
        with fresh.open("xb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
    if os.name == "posix":
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _join(folder: Path) -> list[Path]:
    """Make one file of the pieces of each segment, and return the pieces that are in one.

    The pieces stay until the take is finished for good: whatever breaks before, it is done again. A file that is
    there already gives way to a longer one only.
    """
    joined: list[Path] = []
    for segment, files in _pieces(folder).items():
        if content := _in_order(files):
            whole = folder / f"{segment:03}.{'film' if has_picture(content) else 'sound'}"
            if not whole.exists() or whole.stat().st_size < len(content):
                _write(whole, content)
            joined += files.values()
    return joined


def _pieces(folder: Path) -> dict[int, dict[int, Path]]:
    """Return the files of pieces by segment and number."""
    pieces: dict[int, dict[int, Path]] = {}
    for file in folder.iterdir() if folder.is_dir() else ():
        if found := _PIECE.fullmatch(file.name):
            pieces.setdefault(int(found[1]), {})[int(found[2])] = file
    return pieces


def _in_order(files: Mapping[int, Path]) -> bytes:
    """Return what pieces hold in order; a gap is left out, nothing can be read without the first one."""
    return b"".join(files[seq].read_bytes() for seq in sorted(files)) if 0 in files else b""


def _samples(folder: Path) -> bytes:
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return b"".join(samples_of(file.read_bytes()) for file in files if _WHOLE.fullmatch(file.name))
