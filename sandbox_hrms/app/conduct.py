"""The candidate takes an interview: notice, device check, questions, end."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import text as sql
from sqlmodel import Session

from sandbox_hrms.app.case import Case, case_of_candidate, codes, finished_interview_of
from sandbox_hrms.app.chat_model import chat_model
from sandbox_hrms.app.consent import agreed, note_consent
from sandbox_hrms.app.faults import need_closable
from sandbox_hrms.app.follow_up import Wording, ask_back, by_model
from sandbox_hrms.app.present import need_present
from sandbox_hrms.app.recordings import close_takes
from sandbox_hrms.app.sandboxes import Change, Sandbox
from sandbox_hrms.app.settle import settle
from sandbox_hrms.app.sync import write_begun, write_outbox
from sandbox_hrms.app.takes import Takes, takes_of
from sandbox_hrms.app.working import Draft, Unsaved, Working
from sandbox_hrms.core.errors import Invalid, NotAllowed, NotFound, Offline, StorageFailed
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.faults import Fault
from sandbox_hrms.core.roles import Actor, Right
from sandbox_hrms.core.rubric import Question
from sandbox_hrms.core.states import Event, Interview, Saved, SittingStatus, Synced, advance
from sandbox_hrms.core.texts import N_
from sandbox_hrms.i18n import texts
from sandbox_hrms.tables.interviews import AnswerRow, DraftRow, SittingRow
from sandbox_hrms.tables.people import CandidateRow, DepartmentRow, PostRow

Stage = Literal["notice", "device", "resume", "question", "all_answered", "ended"]
DeviceResult = Literal["done", "skipped"]
Action = Literal["start", "continue"]

MAX_TEXT = 20_000
"""Characters that one answer or draft may have."""
MAX_SEQ = 2**53 - 1
"""Up to here a page can count its drafts."""
_NAMED = sql(
    "SELECT candidate.name, post.title FROM candidate JOIN post ON post.id = candidate.post"
    " WHERE candidate.id = :candidate"
)
_ACTIONS: dict[Interview, Action] = {Interview.INVITED: "start", Interview.IN_PROGRESS: "continue"}


@dataclass(frozen=True, slots=True)
class Notes:
    """What an interviewer notes beside the answers: a rating (1 to 5) per competency, and remarks."""

    ratings: Mapping[str, int] = field(default_factory=dict)
    remarks: str = ""


@dataclass(frozen=True, slots=True)
class RoomQuestion:
    """One question as the candidate sees it.

    Attributes:
        kind: ``structured`` or ``situational``.
        late: The answer came after the time was over; it counts, and is marked.
        saved: The answer is on the disk.
    """

    id: str
    number: int
    kind: str
    text: str
    answered: bool
    answer_text: str | None
    late: bool
    saved: bool
    think_seconds: int
    answer_seconds: int


@dataclass(frozen=True, slots=True)
class Room:
    """Everything the interview room shows.

    Attributes:
        sitting_id: None before consent was given.
        stage: Which part of the room comes next.
        current: The question to answer now; None outside of the stage ``question``.
        draft: What was typed for ``current`` and kept; None when there is nothing.
        draft_seq: Highest draft number known for this sitting; the page counts on from it.
        takes: How it stands with the spoken answer to ``current``; None without a current question.
        seconds_left: For ``current``: think and answer time left, 0 when over. Shown only; nothing is
            submitted by itself.
        unsaved: Number of submitted answers that are not saved: those in memory, or, when it was left without
            saving, those that remained on the candidate's device.
        competencies: Code and title of each competency of the rubric.
        notes: What was noted and saved.
    """

    interview_id: str
    candidate_name: str
    post_title: str
    status: Interview
    saved: Saved
    synced: Synced
    sitting_id: str | None
    stage: Stage
    questions: tuple[RoomQuestion, ...]
    current: RoomQuestion | None
    draft: Draft | None
    draft_seq: int
    takes: Takes | None
    answered: int
    total: int
    seconds_left: int | None
    unsaved: int
    competencies: tuple[tuple[str, str], ...]
    notes: Notes


@dataclass(frozen=True, slots=True)
class MyInterview:
    """One line of the candidate's own list.

    Attributes:
        unsaved: Number of submitted answers that are not saved.
        action: What the button does; None when there is nothing left to do.
        has_report: A round is finished, this one or one before it, and its report can be read.
    """

    interview_id: str
    post_title: str
    department: str
    status: Interview
    saved: Saved
    synced: Synced
    answered: int
    total: int
    unsaved: int
    action: Action | None
    has_report: bool


def my_interviews(sandbox: Sandbox, actor: Actor) -> tuple[MyInterview, ...]:
    """Return the candidate's own interviews, newest first."""
    sandbox.admit(actor, Right.TAKE_INTERVIEW)
    with sandbox.store.read() as session:
        try:
            case = case_of_candidate(session, actor.id, sandbox.working)
        except NotFound:
            return ()
        post, department = _post(session, case)
        has_report = finished_interview_of(session, actor.id) is not None
    status = case.state.interview
    return (
        MyInterview(
            interview_id=case.interview.id,
            post_title=post.title,
            department=department.name,
            status=status,
            saved=case.state.saved,
            synced=case.state.synced,
            answered=len(case.answers),
            total=len(case.questions),
            unsaved=_unsaved(case),
            action=_ACTIONS.get(status),
            has_report=has_report,
        ),
    )


def room(sandbox: Sandbox, actor: Actor, *, entering: bool = True) -> Room:
    """Return the room; reading changes nothing.

    Args:
        sandbox: Where.
        actor: The candidate.
        entering: The page was opened anew, so an unfinished sitting gives the stage ``resume``. Pass
            False to look again within the same visit.

    Raises:
        NotFound: The candidate has no interview.
    """
    sandbox.admit(actor, Right.TAKE_INTERVIEW)
    with sandbox.store.read() as session:
        case = case_of_candidate(session, actor.id, sandbox.working)
        return room_of(sandbox, case, entering=entering and sandbox.profile.policy.recover.prompt)


def give_consent(sandbox: Sandbox, actor: Actor, ai_scoring: bool = True) -> Room:
    """Accept the notice; the first sitting begins. Twice is harmless.

    Args:
        sandbox: Where.
        actor: The candidate.
        ai_scoring: A program may score the answers; otherwise a person reads them, and nothing else changes.
    """
    with _step(sandbox, actor) as (change, case):
        if case.sitting is None:
            moved = case.move(Event.BEGIN, sandbox.profile.policy, change.at)
            change.tell(Kind.CONSENT_GIVEN, case.interview.id, ai_scoring=ai_scoring)
            note_consent(change, case.interview.id, ai_scoring=ai_scoring)
            write_begun(sandbox, change, case)
            change.tell(Kind.INTERVIEW_STARTED, case.interview.id, moved, sitting=_sitting(case).id)
        begun = room_of(sandbox, case)
    _carry_begun(sandbox)
    return begun


def decline(sandbox: Sandbox, actor: Actor) -> Room:
    """Refuse the notice; the invitation stays, the refusal is audited.

    Raises:
        NotAllowed: The interview has begun already.
    """
    with _step(sandbox, actor) as (change, case):
        if case.sitting is not None:
            raise NotAllowed(
                N_("The interview has begun already."), N_("End it or save your progress, as you prefer.")
            )
        change.tell(Kind.CONSENT_DECLINED, case.interview.id)
        return room_of(sandbox, case)


def check_devices(sandbox: Sandbox, actor: Actor, result: DeviceResult) -> Room:
    """Record the device check; the first question opens and its clock starts.

    Raises:
        NotAllowed: The sitting is not open.
    """
    with _step(sandbox, actor) as (change, case):
        sitting = _open_sitting(case)
        if sitting.device_check is None:
            sitting.question_since = change.at
        sitting.device_check = result
        change.session.add(sitting)
        change.tell(Kind.DEVICE_CHECKED, case.interview.id, result=result)
        return room_of(sandbox, case)


def submit_answer(sandbox: Sandbox, actor: Actor, question_id: str, text: str, seq: int) -> Room:
    """Take an answer for good and open the next question.

    Where saving is automatic it is on the disk when this returns; otherwise it is in memory until it is saved.
    A repeated submit of the same text changes nothing, so a page may send it again after a cut. What was still
    being recorded for it is closed.

    Args:
        sandbox: Where.
        actor: The candidate.
        question_id: The question answered; must be the current one.
        text: The answer, 1 to 20,000 characters.
        seq: The page's newest draft number; older drafts that arrive later are ignored.

    Raises:
        Invalid: The text is empty or too long.
        NotAllowed: The sitting is not open, or another question is the current one.
        Offline: The answer should be saved, and the cloud cannot be reached.
    """
    check_text(text)
    if not sandbox.profile.policy.save.automatic:
        held = _hold_answer(sandbox, actor, question_id, text, seq)
        close_takes(sandbox, actor)
        return held
    words = _by_model(sandbox, actor, question_id, text)
    with _step(sandbox, actor) as (change, case):
        known = case.answers.get(question_id)
        if known is not None and known.text == text:
            return room_of(sandbox, case)
        reach_cloud(sandbox)
        sitting, question = _answering(case, question_id)
        moved = case.move(Event.ANSWER, sandbox.profile.policy, change.at)
        late = _seconds_left(case, question, change.at) < 0
        row = AnswerRow(sitting=sitting.id, question=question_id, text=text, late=late, submitted_at=change.at)
        case.answers[question_id] = row
        change.session.add(row)
        sitting.question_since = change.at
        ask_back(case, question, text, texts(sandbox.lang), words)
        drop_draft(case, min(max(seq, _draft(case).seq), MAX_SEQ))
        change.tell(Kind.ANSWER_SUBMITTED, case.interview.id, moved, question=question_id, late=late)
        answered = room_of(sandbox, case)
    close_takes(sandbox, actor)
    return answered


def _by_model(sandbox: Sandbox, actor: Actor, question_id: str, text: str) -> Wording | None:
    """Let a model word a follow-up, where one is set and the candidate lets programs judge.

    That is before anything is written: the model may take its time, and nobody waits for the file.
    """
    model = chat_model()
    if model is None:
        return None
    sandbox.admit(actor, Right.TAKE_INTERVIEW, write=True)
    with sandbox.store.read() as session:
        case = case_of_candidate(session, actor.id)
        question, may_ask = case.current, agreed(session, case.interview.id)
    if not may_ask or question is None or question.id != question_id:
        return None
    return by_model(model, case, question, text, sandbox.lang)


def _hold_answer(sandbox: Sandbox, actor: Actor, question_id: str, text: str, seq: int) -> Room:
    """Take an answer into memory; that it happened is written down, if the disk takes it."""
    sandbox.admit(actor, Right.TAKE_INTERVIEW, write=True)
    with sandbox.store.read() as session:
        case = case_of_candidate(session, actor.id, sandbox.working)
        known = case.answers.get(question_id)
        if known is not None and known.text == text:
            return room_of(sandbox, case)
        sitting, question = _answering(case, question_id)
        before = case.state
        after = advance(before, Event.ANSWER, sandbox.profile.policy)
        at = sandbox.now()
        late = _seconds_left(case, question, at) < 0
        working = sandbox.working.setdefault(sitting.id, Working())
        working.answers[question_id] = Unsaved(text, late, at)
        working.draft, working.since = None, at
        working.seq = min(max(seq, working.seq), MAX_SEQ)
        sandbox.worked_in = True
    with suppress(StorageFailed), _step(sandbox, actor) as (change, case):
        note_unsaved(case, len(case.unsaved))
        case.interview.saved = after.saved
        change.session.add(case.interview)
        moved = (codes(before), codes(after))
        change.tell(Kind.ANSWER_SUBMITTED, case.interview.id, moved, question=question_id, late=late, saved=False)
    return room(sandbox, actor, entering=False)


def end(sandbox: Sandbox, actor: Actor) -> Room:
    """End the interview: ``to_review`` when every question is answered, otherwise ``incomplete``.

    The end is committed first; then the score is made and the result carried, each in its own
    transaction. The open draft never counts and is erased.

    Raises:
        NotAllowed: The sitting is not open, or it has answers that are not saved.
    """
    with _step(sandbox, actor) as (change, case):
        _open_sitting(case)
        finish(sandbox, change, case)
    close_takes(sandbox, actor)
    settle(sandbox)
    return room(sandbox, actor)


def _carry_begun(sandbox: Sandbox) -> None:
    if sandbox.profile.policy.sync.org_chart:
        settle(sandbox)


def finish(sandbox: Sandbox, change: Change, case: Case) -> None:
    """End the interview inside a change; :func:`settle` is due after it.

    Raises:
        CloseBlocked: A sync runs in the background.
    """
    need_closable(sandbox)
    moved = case.move(Event.END, sandbox.profile.policy, change.at)
    drop_draft(case, _draft(case).seq)
    if case.state.synced is Synced.PENDING:
        write_outbox(change, case)
    change.tell(Kind.INTERVIEW_ENDED, case.interview.id, moved, answered=len(case.answers))


def resume(sandbox: Sandbox, actor: Actor) -> Room:
    """Continue an unfinished sitting at its open question; that question's clock starts anew.

    Raises:
        NotAllowed: There is no unfinished sitting.
    """
    with _step(sandbox, actor) as (change, case):
        moved = case.move(Event.RESUME, sandbox.profile.policy, change.at)
        _sitting(case).question_since = change.at
        if _draft(case).left:
            drop_draft(case, _draft(case).seq)
        change.tell(Kind.INTERVIEW_RESUMED, case.interview.id, moved)
        sandbox.worked_in = True
        return room_of(sandbox, case)


def discard(sandbox: Sandbox, actor: Actor) -> Room:
    """Abandon the unfinished sitting, which stays for the audit, and begin a new one.

    Raises:
        NotAllowed: There is no unfinished sitting.
    """
    with _step(sandbox, actor) as (change, case):
        old = case.sitting
        if old is not None:
            drop_draft(case, _draft(case).seq)
            case.forget_unsaved()
        moved = case.move(Event.DISCARD, sandbox.profile.policy, change.at)
        if old is not None:  # a refusal loses nothing
            sandbox.working.pop(old.id, None)
        write_begun(sandbox, change, case)
        change.tell(Kind.SITTING_DISCARDED, case.interview.id, moved, sitting=old.id if old else None)
        begun = room_of(sandbox, case)
    _carry_begun(sandbox)
    return begun


def leave(sandbox: Sandbox, actor: Actor, sitting_id: str) -> None:
    """Note that the page was closed on purpose; what becomes of the draft is the profile's promise.

    The dropped draft can be had back by :func:`returned` only, until the sitting goes on. Without an
    open sitting of that id nothing happens, as nobody is there to read a refusal. A page that was open
    during a crash and is closed unused afterwards was not left on purpose: its draft stays.

    Where saving is done by hand, the working copy goes: it is lost, or stays on the candidate's device only.
    """
    put_away(sandbox, actor, sitting_id)
    with _step(sandbox, actor) as (change, case):
        sitting = case.sitting
        if sitting is None or sitting.id != sitting_id or sitting.status != SittingStatus.OPEN:
            return
        if not sandbox.worked_in:
            return
        draft = _draft(case)
        dropped = bool(draft.text) and sandbox.profile.policy.save.tab_closed == "drop_draft"
        draft.left = draft.left or dropped
        change.session.add(draft)
        change.tell(Kind.PAGE_LEFT, case.interview.id, draft_dropped=dropped)


def put_away(sandbox: Sandbox, actor: Actor, sitting_id: str | None = None) -> None:
    """Let go of the working copy, as nobody looks at it any more: what was not saved is lost, or on a device.

    Nothing happens where everything is saved by itself, and when nobody worked here since the sandbox was opened.

    Args:
        sandbox: Where.
        actor: The candidate.
        sitting_id: Only when this is the open sitting.
    """
    policy = sandbox.profile.policy
    if policy.save.automatic or not sandbox.worked_in or not sandbox.working:
        return
    if sitting_id is not None and sitting_id not in sandbox.working:
        return
    try:
        with _step(sandbox, actor) as (change, case):
            before = case.state
            count = case.forget_unsaved()
            if count and policy.save.tab_closed == "lose":
                note_unsaved(case, 0)
                case.move(Event.LOSE, policy, change.at)
                moved = (codes(before), codes(case.state))
                change.tell(Kind.RECORD_LOST, case.interview.id, moved, answers=count)
    finally:  # a disk that takes no note of it brings nothing back
        sandbox.working = {}


def returned(sandbox: Sandbox, actor: Actor, *, reloaded: bool, alone: bool = True) -> Room:
    """Say how the page was opened after :func:`leave`.

    Args:
        sandbox: Where.
        actor: The candidate.
        reloaded: The browser calls it a reload: where saving is automatic the draft is given back and an open
            sitting goes straight on. Otherwise the same as :func:`room` on entering.
        alone: The page that was open before is gone; what it had not saved by hand goes with it.
    """
    if actor.read_only:
        return room(sandbox, actor, entering=not reloaded)
    if not sandbox.profile.policy.save.automatic:
        if alone:
            put_away(sandbox, actor)
        return room(sandbox, actor)
    if not reloaded:
        return room(sandbox, actor)
    with _step(sandbox, actor) as (change, case):
        if case.draft is not None and case.draft.left:
            case.draft.left = False
            change.session.add(case.draft)
        return room_of(sandbox, case)


def reach_cloud(sandbox: Sandbox) -> None:
    """Raise :class:`Offline` when what is saved now could not reach its place."""
    if sandbox.profile.policy.sync.over_network and sandbox.faults.has(Fault.OFFLINE):
        raise Offline


@contextmanager
def _step(sandbox: Sandbox, actor: Actor) -> Iterator[tuple[Change, Case]]:
    """Give the actor's own interview inside one change.

    Raises:
        NotAllowed: The actor's data was deleted meanwhile.
    """
    sandbox.admit(actor, Right.TAKE_INTERVIEW, write=True)
    with sandbox.change(actor) as change:
        need_present(change.session, actor.id)
        yield change, case_of_candidate(change.session, actor.id, sandbox.working)


def room_of(sandbox: Sandbox, case: Case, *, entering: bool = False) -> Room:
    """Return the room that shows ``case``."""
    keeps_nothing = sandbox.profile.policy.save.tab_closed == "lose"
    stage = _stage(case, entering=entering and not (keeps_nothing and _is_blank(case)))
    sitting = case.sitting
    current = case.current if stage == "question" else None
    name, title = case.session.connection().execute(_NAMED, {"candidate": case.interview.candidate}).one()
    state = case.state
    most_takes = sandbox.profile.policy.voice.takes
    return Room(
        interview_id=case.interview.id,
        candidate_name=name,
        post_title=title,
        status=state.interview,
        saved=state.saved,
        synced=state.synced,
        sitting_id=sitting.id if sitting else None,
        stage=stage,
        questions=tuple(_room_question(case, one) for one in case.questions),
        current=_room_question(case, current) if current else None,
        draft=_visible_draft(case) if current else None,
        draft_seq=max(case.draft.seq, case.working.seq if case.working else 0) if sitting and case.draft else 0,
        takes=takes_of(case.session, sitting.id, current.id, most_takes) if sitting and current else None,
        answered=state.answered,
        total=state.required,
        seconds_left=max(0, _seconds_left(case, current, sandbox.now())) if sitting and current else None,
        unsaved=_unsaved(case),
        competencies=tuple((one.code, one.title) for one in case.rubric.competencies),
        notes=notes_of(sitting),
    )


def _stage(case: Case, *, entering: bool) -> Stage:
    sitting = case.sitting
    if sitting is None:
        return "notice"
    if case.state.interview is not Interview.IN_PROGRESS:
        return "ended"
    if entering or sitting.status == SittingStatus.PAUSED:
        return "resume"
    if sitting.device_check is None:
        return "device"
    return "question" if case.current else "all_answered"


def _room_question(case: Case, question: Question) -> RoomQuestion:
    answer = case.answers.get(question.id)
    return RoomQuestion(
        id=question.id,
        number=question.number,
        kind=question.kind,
        text=question.text,
        answered=answer is not None,
        answer_text=answer.text if answer else None,
        late=bool(answer and answer.late),
        saved=answer is not None and question.id not in case.unsaved,
        think_seconds=question.think_seconds,
        answer_seconds=question.answer_seconds,
    )


def _is_blank(case: Case) -> bool:
    """Say whether there is nothing to come back to."""
    return not case.answers and not (case.draft and case.draft.question)


def _visible_draft(case: Case) -> Draft | None:
    if case.working and case.working.draft and case.working.draft.question not in case.answers:
        return case.working.draft
    draft = case.draft
    if draft is None or draft.left or draft.question is None or draft.question in case.answers:
        return None
    return Draft(draft.question, draft.text, draft.seq)


def _seconds_left(case: Case, question: Question, now: datetime) -> int:
    """Return think and answer time left; below 0 when it is over."""
    known = [one for one in (_sitting(case).question_since, case.working and case.working.since) if one]
    since = max(known, default=now)
    return question.think_seconds + question.answer_seconds - int((now - since).total_seconds())


def note_unsaved(case: Case, count: int) -> None:
    """Write into the sitting how many of its answers are in memory only: after a crash nobody could tell."""
    sitting = _sitting(case)
    sitting.record = {**sitting.record, "unsaved": count}
    case.session.add(sitting)


def notes_of(sitting: SittingRow | None) -> Notes:
    """Return what an interviewer noted in a sitting and saved."""
    record = sitting.record if sitting else {}
    return Notes(dict(record.get("ratings", {})), record.get("remarks", ""))


def _unsaved(case: Case) -> int:
    if case.unsaved or case.sitting is None or case.state.saved is not Saved.UNSAVED:
        return len(case.unsaved)
    return int(case.sitting.record.get("unsaved", 0))


def _answering(case: Case, question_id: str) -> tuple[SittingRow, Question]:
    """Return the open sitting and its current question, which must be the wanted one."""
    sitting = _open_sitting(case)
    question = case.current
    if question is None or question.id != question_id or sitting.device_check is None:
        raise NotAllowed(
            N_("Another question is open now."), N_("Load the page again and answer the question it shows.")
        )
    return sitting, question


def _open_sitting(case: Case) -> SittingRow:
    sitting = case.sitting
    if sitting is None or sitting.status != SittingStatus.OPEN:
        raise NotAllowed(
            N_("The interview is not under way."), N_("Start or continue it from your interview list.")
        )
    return sitting


def _sitting(case: Case) -> SittingRow:
    return case.sittings[-1]


def _draft(case: Case) -> DraftRow:
    return case.session.get_one(DraftRow, _sitting(case).id)


def drop_draft(case: Case, seq: int) -> None:
    """Erase what was typed and stored; the number stays, so that a late copy from the page is known as old."""
    draft = _draft(case)
    draft.question, draft.text, draft.seq, draft.left = None, "", seq, False
    case.session.add(draft)


def _post(session: Session, case: Case) -> tuple[PostRow, DepartmentRow]:
    candidate = session.get_one(CandidateRow, case.interview.candidate)
    post = session.get_one(PostRow, candidate.post)
    return post, session.get_one(DepartmentRow, post.department)


def check_text(text: str) -> None:
    """Raise :class:`Invalid` unless ``text`` can be an answer."""
    if not text.strip():
        raise Invalid(N_("The answer is empty."), N_("Type your answer, then submit it."))
    if len(text) > MAX_TEXT:
        raise Invalid(
            N_("The answer is longer than {max} characters."), N_("Shorten it, then submit it."), max=MAX_TEXT
        )
