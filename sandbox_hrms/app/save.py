"""What was typed is kept: drafts by themselves, progress when the candidate asks."""

from sandbox_hrms.app.case import case_of_candidate
from sandbox_hrms.app.conduct import MAX_SEQ, MAX_TEXT, Room, room
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core.errors import Invalid, NotAllowed, NotFound
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import Actor, Right
from sandbox_hrms.core.states import Event, SittingStatus
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.interviews import DraftRow


def keep_draft(  # noqa: PLR0913, PLR0917  # the fields of one request
    sandbox: Sandbox, actor: Actor, sitting_id: str, question_id: str, seq: int, text: str
) -> int:
    """Store the draft if ``seq`` is newer, and return the highest ``seq`` stored, after COMMIT.

    Repeating a call changes nothing. A draft for a question that was submitted meanwhile is ignored.

    Raises:
        NotFound: No such sitting or question of this candidate.
        NotAllowed: The sitting has ended or was discarded, or that question is not open yet.
        Invalid: The text is too long or ``seq`` is no number that a page counts up to.
    """
    sandbox.admit(actor, Right.TAKE_INTERVIEW, write=True)
    if len(text) > MAX_TEXT or not 1 <= seq <= MAX_SEQ:
        raise Invalid(
            N_("A draft has at most {max} characters and a positive number."),
            N_("Shorten the text."),
            max=MAX_TEXT,
        )
    with sandbox.change(actor) as change:
        case = case_of_candidate(change.session, actor.id)
        if sitting_id not in {one.id for one in case.sittings}:
            raise NotFound(N_("There is no sitting {id}."), N_("Load the page again."), id=sitting_id)
        if question_id not in {one.id for one in case.questions}:
            raise NotFound(N_("There is no question {id}."), N_("Load the page again."), id=question_id)
        sitting = case.sitting
        open_for_drafts = {SittingStatus.OPEN, SittingStatus.PAUSED}
        if sitting is None or sitting.id != sitting_id or sitting.status not in open_for_drafts:
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
