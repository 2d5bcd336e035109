"""The candidate takes an interview: notice, device check, questions, end."""

from dataclasses import dataclass
from typing import Literal

from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core.roles import Actor
from sandbox_hrms.core.states import Interview, Saved, Synced

Stage = Literal["notice", "device", "resume", "question", "all_answered", "ended"]
DeviceResult = Literal["done", "skipped"]


@dataclass(frozen=True, slots=True)
class Draft:
    """Text typed but not submitted; ``seq`` grows with every keystroke that was kept."""

    question: str
    text: str
    seq: int


@dataclass(frozen=True, slots=True)
class RoomQuestion:
    """One question as the candidate sees it.

    Attributes:
        kind: ``structured`` or ``situational``.
        late: The answer came after the time was over; it counts, and is marked.
    """

    id: str
    number: int
    kind: str
    text: str
    answered: bool
    answer_text: str | None
    late: bool
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
        draft_seq: Highest draft number stored for this sitting; the page counts on from it.
        seconds_left: For ``current``: think and answer time left, 0 when over. Shown only; nothing is
            submitted by itself.
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
    answered: int
    total: int
    seconds_left: int | None


@dataclass(frozen=True, slots=True)
class MyInterview:
    """One line of the candidate's own list.

    Attributes:
        action: What the button does; None when there is nothing left to do.
    """

    interview_id: str
    post_title: str
    department: str
    status: Interview
    saved: Saved
    synced: Synced
    answered: int
    total: int
    action: Literal["start", "continue"] | None


def my_interviews(sandbox: Sandbox, actor: Actor) -> tuple[MyInterview, ...]:
    """Return the candidate's own interviews, newest first."""
    raise NotImplementedError


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
    raise NotImplementedError


def give_consent(sandbox: Sandbox, actor: Actor) -> Room:
    """Accept the notice; the first sitting begins. Twice is harmless."""
    raise NotImplementedError


def decline(sandbox: Sandbox, actor: Actor) -> Room:
    """Refuse the notice; the invitation stays, the refusal is audited."""
    raise NotImplementedError


def check_devices(sandbox: Sandbox, actor: Actor, result: DeviceResult) -> Room:
    """Record the device check; the first question opens and its clock starts."""
    raise NotImplementedError


def submit_answer(sandbox: Sandbox, actor: Actor, question_id: str, text: str, seq: int) -> Room:
    """Store an answer for good and open the next question.

    A repeated submit of the same text changes nothing, so a page may send it again after a cut.

    Args:
        sandbox: Where.
        actor: The candidate.
        question_id: The question answered; must be the current one.
        text: The answer, 1 to 20,000 characters.
        seq: The page's newest draft number; older drafts that arrive later are ignored.

    Raises:
        Invalid: The text is empty or too long.
        NotAllowed: The sitting is not open, or another question is the current one.
    """
    raise NotImplementedError


def end(sandbox: Sandbox, actor: Actor) -> Room:
    """End the interview: ``to_review`` when every question is answered, otherwise ``incomplete``.

    The end is committed first; then the score is made and the result carried, each in its own
    transaction. The open draft never counts and is erased.
    """
    raise NotImplementedError


def resume(sandbox: Sandbox, actor: Actor) -> Room:
    """Continue an unfinished sitting at its open question; that question's clock starts anew."""
    raise NotImplementedError


def discard(sandbox: Sandbox, actor: Actor) -> Room:
    """Abandon the unfinished sitting, which stays for the audit, and begin a new one."""
    raise NotImplementedError


def leave(sandbox: Sandbox, actor: Actor, sitting_id: str) -> None:
    """Note that the page was closed on purpose; what becomes of the draft is the profile's promise.

    The dropped draft can be had back by :func:`returned` only, until the sitting goes on.
    """
    raise NotImplementedError


def returned(sandbox: Sandbox, actor: Actor, *, reloaded: bool) -> Room:
    """Say how the page was opened after :func:`leave`.

    Args:
        sandbox: Where.
        actor: The candidate.
        reloaded: The browser calls it a reload: the draft is given back and an open sitting goes
            straight on. Otherwise the same as :func:`room` on entering.
    """
    raise NotImplementedError
