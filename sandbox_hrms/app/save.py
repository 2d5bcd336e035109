"""What was typed is kept: drafts by themselves, progress and records when the candidate asks."""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox_hrms.app.backup import Backup, back_up, backups, restore
from sandbox_hrms.app.case import Case, case_of_candidate, codes
from sandbox_hrms.app.conduct import (
    MAX_SEQ,
    MAX_TEXT,
    Notes,
    Room,
    check_text,
    finish,
    note_unsaved,
    notes_of,
    reach_cloud,
    room,
    room_of,
)
from sandbox_hrms.app.quick_draft import typed_on
from sandbox_hrms.app.recordings import close_takes
from sandbox_hrms.app.sandboxes import Change, Sandbox
from sandbox_hrms.app.settle import settle
from sandbox_hrms.app.working import Draft, Unsaved, Working
from sandbox_hrms.core.errors import CloseBlocked, Invalid, NotAllowed, NotFound
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.faults import Fault
from sandbox_hrms.core.roles import Actor, Right
from sandbox_hrms.core.states import Event, Saved, SittingStatus, advance
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.interviews import AnswerRow, DraftRow, SittingRow

MAX_RATING = 5
_UNFINISHED = (SittingStatus.OPEN, SittingStatus.PAUSED)


@dataclass(frozen=True, slots=True)
class Given:
    """One submitted answer as the candidate's device kept it; ``late`` is what the server said of it then."""

    question: str
    text: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """What a page hands in to be saved.

    Attributes:
        sitting: Which sitting it belongs to.
        answers: What was submitted; the server's own copy goes first where it has one.
        draft: What is typed and not submitted; None for nothing.
        notes: The interviewer's; None where the system has none.
    """

    sitting: str
    answers: Sequence[Given] = ()
    draft: Draft | None = None
    notes: Notes | None = None


def keep_draft(  # noqa: PLR0913, PLR0917  # the fields of one request
    sandbox: Sandbox, actor: Actor, sitting_id: str, question_id: str, seq: int, text: str
) -> int:
    """Store the draft if ``seq`` is newer, and return the highest ``seq`` stored, after COMMIT.

    Repeating a call changes nothing. A draft for a question that was submitted meanwhile is ignored.

    Raises:
        NotFound: No such sitting or question of this candidate.
        NotAllowed: The sitting has ended or was discarded, or that question is not open yet.
        Invalid: The text is too long or ``seq`` is no number that a page counts up to.
        Offline: The cloud cannot be reached.
    """
    sandbox.admit(actor, Right.TAKE_INTERVIEW, write=True)
    if not sandbox.profile.policy.save.automatic:
        raise NotAllowed(N_("This system saves when you press Save."), N_("Press Save to keep what you typed."))
    reach_cloud(sandbox)
    if len(text) > MAX_TEXT or not 1 <= seq <= MAX_SEQ:
        raise Invalid(
            N_("A draft has at most {max} characters and a positive number."),
            N_("Shorten the text."),
            max=MAX_TEXT,
        )
    if typed_on(sandbox, actor.id, sitting_id, question_id, seq, text):
        return seq
    with sandbox.change(actor) as change:
        case = case_of_candidate(change.session, actor.id)
        _check_sitting(case, sitting_id)
        if question_id not in {one.id for one in case.questions}:
            raise NotFound(N_("There is no question {id}."), N_("Load the page again."), id=question_id)
        sitting = case.sitting
        if sitting is None or sitting.id != sitting_id or sitting.status not in _UNFINISHED:
            raise NotAllowed(N_("This sitting is over."), N_("Go back to your interview list."))
        draft = change.session.get_one(DraftRow, sitting_id)
        if question_id in case.answers or seq <= draft.seq:
            return draft.seq
        if case.current is None or case.current.id != question_id:
            raise NotAllowed(N_("That question is not open yet."), N_("Answer the question before it first."))
        draft.question, draft.text, draft.seq, draft.left = question_id, text, seq, False
        change.session.add(draft)
        sandbox.worked_in = True
        return seq


def save_progress(sandbox: Sandbox, actor: Actor) -> Room:
    """Pause the sitting and keep everything, the open draft included; the room's stage is ``resume``.

    Raises:
        NotAllowed: No sitting is open, or the profile has no such button.
    """
    sandbox.admit(actor, Right.TAKE_INTERVIEW, write=True)
    with sandbox.change(actor) as change:
        case = case_of_candidate(change.session, actor.id)
        moved = case.move(Event.SAVE_PROGRESS, sandbox.profile.policy, change.at)
        change.tell(Kind.PROGRESS_SAVED, case.interview.id, moved, answered=len(case.answers))
    return room(sandbox, actor, entering=False)


def save_record(sandbox: Sandbox, actor: Actor, record: Record, *, end: bool = False) -> Room:
    """Save by hand: answers, open draft and notes are on the disk when this returns.

    Repeating a call changes nothing. Nothing that was saved before is overwritten by an older copy of it.

    Args:
        sandbox: Where.
        actor: The candidate.
        record: What is saved.
        end: End the interview in the same change; then it is scored and carried.

    Raises:
        NotAllowed: The system saves by itself, the sitting is over, or it has not got to its questions yet.
        NotFound: No such sitting of this candidate.
        Invalid: Something is too long, or the notes are not filled in.
        Offline: The cloud cannot be reached; nothing was saved.
        StorageFailed: The disk or the database did not take it; nothing was saved.
    """
    sandbox.admit(actor, Right.TAKE_INTERVIEW, write=True)
    policy = sandbox.profile.policy
    if policy.save.automatic:
        raise NotAllowed(N_("This system saves by itself."), N_("Go on with the interview."))
    reach_cloud(sandbox)
    with sandbox.change(actor) as change:
        case = case_of_candidate(change.session, actor.id, sandbox.working)
        sitting = _check_sitting(case, record.sitting)
        if sitting.status == SittingStatus.ENDED and case.sitting is sitting and end:
            return room_of(sandbox, case)
        if case.sitting is not sitting or sitting.status not in _UNFINISHED:
            raise NotAllowed(N_("This sitting is over."), N_("Go back to your interview list."))
        if sitting.device_check is None:
            raise NotAllowed(N_("There is nothing to save yet."), N_("Check your device, then answer."))
        if policy.save.tab_closed == "keep_on_device":
            _take_over(sandbox, case, record.answers)
        stored = tuple(case.unsaved)
        _store(sandbox, change, case, record)
        if end:
            finish(sandbox, change, case)
    _let_go(sandbox, sitting.id, stored)
    if end:
        close_takes(sandbox, actor)
        settle(sandbox)
    return room(sandbox, actor, entering=False)


def continue_from_device(sandbox: Sandbox, actor: Actor, record: Record) -> Room:
    """Go on with what was found on the candidate's device; it is still not saved.

    Raises:
        NotAllowed: There is no unfinished sitting, or this system keeps nothing on a device.
        NotFound: No such sitting of this candidate.
        Invalid: An answer is empty or too long.
    """
    sandbox.admit(actor, Right.TAKE_INTERVIEW, write=True)
    if sandbox.profile.policy.save.tab_closed != "keep_on_device":
        raise NotAllowed(N_("This system keeps nothing on a device."), N_("Go on with the interview."))
    with sandbox.change(actor) as change:
        case = case_of_candidate(change.session, actor.id, sandbox.working)
        sitting = _check_sitting(case, record.sitting)
        moved = case.move(Event.RESUME, sandbox.profile.policy, change.at)
        _take_over(sandbox, case, record.answers)
        draft = record.draft
        if draft and case.current and draft.question == case.current.id and len(draft.text) <= MAX_TEXT:
            working = sandbox.working.setdefault(sitting.id, Working())
            working.draft, working.seq = draft, max(min(draft.seq, MAX_SEQ), working.seq)
            case.working = working
        sitting.question_since = change.at
        note_unsaved(case, len(case.unsaved))
        if case.unsaved:
            case.interview.saved = Saved.UNSAVED
        change.tell(Kind.INTERVIEW_RESUMED, case.interview.id, moved, from_device=len(case.unsaved))
        sandbox.worked_in = True
        return room_of(sandbox, case)


def close_record(sandbox: Sandbox, actor: Actor, *, unsaved: bool) -> Room:
    """Close the record: what is saved ends the interview, what is not saved is lost and leaves it open.

    Args:
        sandbox: Where.
        actor: The candidate.
        unsaved: The page shows something that was never saved; the person was told that it is lost.

    Raises:
        CloseBlocked: A sync runs in the background.
        NotAllowed: The sitting is not open.
    """
    sandbox.admit(actor, Right.TAKE_INTERVIEW, write=True)
    if sandbox.faults.has(Fault.BLOCKED_CLOSE):
        raise CloseBlocked
    policy = sandbox.profile.policy
    with sandbox.change(actor) as change:
        case = case_of_candidate(change.session, actor.id, sandbox.working)
        before = case.state
        if unsaved or before.saved is Saved.UNSAVED:
            count = case.forget_unsaved()
            case.move(Event.LOSE, policy, change.at)
            note_unsaved(case, 0)
            moved = (codes(before), codes(case.state))
            change.tell(Kind.RECORD_LOST, case.interview.id, moved, answers=count)
        else:
            finish(sandbox, change, case)
    sandbox.working = {}
    close_takes(sandbox, actor)
    settle(sandbox)
    return room(sandbox, actor)


def back_up_record(sandbox: Sandbox, actor: Actor) -> Room:
    """Copy everything that is saved to the folder for backups and mark the interview as backed up.

    Raises:
        NotAllowed: This system has no backups, or something is not saved yet.
        StorageFailed: The copy could not be written; nothing of it is left.
    """
    _need_backups(sandbox, actor)
    with sandbox.store.read() as session:
        case = case_of_candidate(session, actor.id, sandbox.working)
        advance(case.state, Event.BACK_UP, sandbox.profile.policy)
    back_up(sandbox, actor, right=Right.TAKE_INTERVIEW)
    with sandbox.change(actor) as change:
        case = case_of_candidate(change.session, actor.id, sandbox.working)
        case.move(Event.BACK_UP, sandbox.profile.policy, change.at)
    return room(sandbox, actor, entering=False)


def copies(sandbox: Sandbox, actor: Actor) -> tuple[Backup, ...]:
    """Return the copies that can be restored, the newest first; none where the system has no backups."""
    sandbox.admit(actor, Right.TAKE_INTERVIEW)
    return backups(sandbox) if sandbox.profile.policy.save.backup else ()


def restore_record(sandbox: Sandbox, actor: Actor, name: str) -> Room:
    """Go back to a copy of everything.

    Raises:
        NotAllowed: This system has no backups.
        NotFound: There is no such copy.
        Broken: The copy is damaged; nothing was changed.
        StorageFailed: The database did not take it; nothing was changed.
    """
    _need_backups(sandbox, actor)
    restore(sandbox, actor, name, right=Right.TAKE_INTERVIEW)
    return room(sandbox, actor)


def _store(sandbox: Sandbox, change: Change, case: Case, record: Record) -> None:
    """Put everything of the record into its rows, and tell so if that changed anything."""
    sitting = case.sittings[-1]
    before = case.state
    changed = bool(case.unsaved) or before.saved is Saved.UNSAVED
    for question in case.unsaved:
        change.session.add(case.answers[question])
    case.unsaved = set()
    changed |= _store_draft(case, record.draft)
    if sandbox.profile.policy.exit.style == "save_then_close":
        notes = _check_notes(case, record.notes)
        changed |= notes != notes_of(sitting)
        sitting.record = {**sitting.record, "ratings": dict(notes.ratings), "remarks": notes.remarks}
    note_unsaved(case, 0)
    if changed:
        case.move(Event.SAVE, sandbox.profile.policy, change.at)
        moved = (codes(before), codes(case.state))
        change.tell(Kind.RECORD_SAVED, case.interview.id, moved, answered=len(case.answers))
    sandbox.worked_in = True


def _store_draft(case: Case, typed: Draft | None) -> bool:
    """Keep what is typed for the open question; return whether that is new."""
    draft = case.session.get_one(DraftRow, case.sittings[-1].id)
    if typed is None or case.current is None or typed.question != case.current.id or typed.seq <= draft.seq:
        return False
    if len(typed.text) > MAX_TEXT or typed.seq > MAX_SEQ:
        raise Invalid(
            N_("A draft has at most {max} characters and a positive number."),
            N_("Shorten the text."),
            max=MAX_TEXT,
        )
    new = (draft.question, draft.text) != (typed.question, typed.text) and bool(typed.text or draft.text)
    draft.question, draft.text, draft.seq, draft.left = typed.question, typed.text, typed.seq, False
    case.session.add(draft)
    return new


def _take_over(sandbox: Sandbox, case: Case, answers: Sequence[Given]) -> None:
    """Lay the answers of a device over the case, in the order of the questions, up to the first gap."""
    given = {one.question: one for one in answers}
    sitting = case.sittings[-1]
    for question in case.questions:
        if question.id in case.answers:
            continue
        one = given.get(question.id)
        if one is None:
            return
        check_text(one.text)
        unsaved = Unsaved(one.text, one.late, sandbox.now())
        case.answers[question.id] = AnswerRow(
            sitting=sitting.id, question=question.id, text=one.text, late=one.late, submitted_at=unsaved.at
        )
        case.unsaved.add(question.id)
        sandbox.working.setdefault(sitting.id, Working()).answers[question.id] = unsaved


def _let_go(sandbox: Sandbox, sitting: str, stored: Sequence[str]) -> None:
    """Drop from memory what is on the disk now; an answer that came meanwhile stays."""
    working = sandbox.working.get(sitting)
    if working is None:
        return
    for question in stored:
        working.answers.pop(question, None)
    if working.draft is not None:
        working.seq = max(working.seq, working.draft.seq)
        working.draft = None


def _check_sitting(case: Case, sitting_id: str) -> SittingRow:
    for one in case.sittings:
        if one.id == sitting_id:
            return one
    raise NotFound(N_("There is no sitting {id}."), N_("Load the page again."), id=sitting_id)


def _check_notes(case: Case, notes: Notes | None) -> Notes:
    wanted = [one.code for one in case.rubric.competencies]
    ratings = dict(notes.ratings) if notes else {}
    known = set(ratings) <= set(wanted) and all(1 <= one <= MAX_RATING for one in ratings.values())
    if notes is None or not known or set(ratings) != set(wanted) or not notes.remarks.strip():
        raise Invalid(
            N_("The record is not filled in."),
            N_("Give every competency a rating and write a remark, then save again."),
        )
    if len(notes.remarks) > MAX_TEXT:
        raise Invalid(N_("The text is too long."), N_("Shorten it, then go on."))
    return notes


def _need_backups(sandbox: Sandbox, actor: Actor) -> None:
    sandbox.admit(actor, Right.TAKE_INTERVIEW, write=True)
    if not sandbox.profile.policy.save.backup:
        raise NotAllowed(N_("This system makes its backups by itself."), N_("Ask HR."))
