"""The state of one interview: three separate fields, and one pure function that moves them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from sandbox_hrms.core.errors import NotAllowed
from sandbox_hrms.core.profiles import Policy
from sandbox_hrms.core.texts import N_


class Interview(StrEnum):
    """How far the interview is."""

    INVITED = "invited"
    IN_PROGRESS = "in_progress"
    INCOMPLETE = "incomplete"
    TO_REVIEW = "to_review"
    PASSED = "passed"
    REJECTED = "rejected"
    ON_HOLD = "on_hold"
    ABANDONED = "abandoned"


class Saved(StrEnum):
    """Where the answers are."""

    UNSAVED = "unsaved"
    SAVED = "saved"
    BACKED_UP = "backed_up"


class Synced(StrEnum):
    """Whether the result has reached the org side."""

    NOT_DUE = "not_due"
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class Placement(StrEnum):
    """Where the person stands in the org chart."""

    NONE = "none"
    TO_ONBOARD = "to_onboard"
    IN_POST = "in_post"


class SittingStatus(StrEnum):
    """How one sitting of an interview stands."""

    OPEN = "open"
    PAUSED = "paused"
    ENDED = "ended"
    ABANDONED = "abandoned"


class Event(StrEnum):
    """What can happen to an interview."""

    BEGIN = "begin"
    ANSWER = "answer"
    SAVE_PROGRESS = "save_progress"
    SAVE = "save"
    LOSE = "lose"
    BACK_UP = "back_up"
    RESUME = "resume"
    DISCARD = "discard"
    END = "end"
    CARRIED = "carried"
    CARRY_FAILED = "carry_failed"
    INVITE_AGAIN = "invite_again"
    WITHDRAW = "withdraw"
    PASS = "pass"  # noqa: S105  # a decision
    REJECT = "reject"
    HOLD = "hold"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class State:
    """Everything the rules need to know about one interview.

    Attributes:
        required: Number of questions that must be answered.
        answered: Number of them submitted in the current sitting.
        sitting: Status of the newest sitting; None before the first.
        sittings: Number of sittings so far; abandoned ones are kept and counted.
    """

    required: int
    interview: Interview = Interview.INVITED
    saved: Saved = Saved.UNSAVED
    synced: Synced = Synced.NOT_DUE
    sitting: SittingStatus | None = None
    sittings: int = 0
    answered: int = 0


_FINISHED = (Interview.TO_REVIEW, Interview.PASSED, Interview.REJECTED, Interview.ON_HOLD)
_UNFINISHED_SITTING = (SittingStatus.OPEN, SittingStatus.PAUSED)


def is_finished(interview: Interview) -> bool:
    """Say whether the interview was taken to its end, whatever was decided since."""
    return interview in _FINISHED


def advance(state: State, event: Event, policy: Policy) -> State:
    """Return the state after ``event``.

    Raises:
        NotAllowed: The event cannot happen in this state; nothing has changed.
    """
    return _RULES[event](state, policy)


def _begin(state: State, _: Policy) -> State:
    _need(
        state.interview is Interview.INVITED,
        N_("This interview cannot be started now."),
        N_("Ask HR for a new invitation."),
    )
    return _new_sitting(state)


def _answer(state: State, policy: Policy) -> State:
    _need_open(state)
    _need(state.answered < state.required, N_("All questions are answered already."), N_("End the interview now."))
    saved = Saved.SAVED if policy.save.automatic else Saved.UNSAVED
    return replace(state, answered=state.answered + 1, saved=saved)


def _save_progress(state: State, policy: Policy) -> State:
    _need_open(state)
    _need(
        policy.save.progress_button,
        N_("This system has no button to save progress."),
        N_("Answer the remaining questions, then end the interview."),
    )
    return replace(state, sitting=SittingStatus.PAUSED, saved=Saved.SAVED)


def _save(state: State, _: Policy) -> State:
    """Everything answered so far is on the server's disk now."""
    _need_unfinished(state)
    return replace(state, saved=Saved.SAVED)


def _lose(state: State, policy: Policy) -> State:
    """What was not saved is gone; ``state.answered`` counts what is left."""
    _need_open(state)
    _need(
        not policy.save.automatic,
        N_("This system saves by itself: nothing can be lost."),
        N_("Load the page again."),
    )
    return replace(state, saved=Saved.SAVED if state.answered else Saved.UNSAVED)


def _back_up(state: State, _: Policy) -> State:
    _need(
        state.saved is not Saved.UNSAVED,
        N_("The answers are not saved yet."),
        N_("Save first, then back up."),
    )
    return replace(state, saved=Saved.BACKED_UP)


def _resume(state: State, _: Policy) -> State:
    _need_unfinished(state)
    return replace(state, sitting=SittingStatus.OPEN)


def _discard(state: State, _: Policy) -> State:
    _need_unfinished(state)
    return _new_sitting(state)


def _end(state: State, policy: Policy) -> State:
    _need_open(state)
    _need(
        policy.save.automatic or state.saved is not Saved.UNSAVED,
        N_("The answers are not saved yet."),
        N_("Save first, then end the interview."),
    )
    complete = state.answered == state.required
    return replace(
        state,
        interview=Interview.TO_REVIEW if complete else Interview.INCOMPLETE,
        saved=Saved.SAVED,
        synced=Synced.PENDING if complete else Synced.NOT_DUE,
        sitting=SittingStatus.ENDED,
    )


def _carried(state: State, _: Policy) -> State:
    _need_due(state)
    return replace(state, synced=Synced.DONE)


def _carry_failed(state: State, _: Policy) -> State:
    _need_due(state)
    return replace(state, synced=Synced.FAILED)


def _invite_again(state: State, _: Policy) -> State:
    _need(
        state.interview in {Interview.INCOMPLETE, Interview.ABANDONED},
        N_("This candidate cannot be invited now."),
        N_("Look at the state of the interview in the candidate's file."),
    )
    return replace(state, interview=Interview.INVITED, saved=Saved.UNSAVED, synced=Synced.NOT_DUE, answered=0)


def _withdraw(state: State, _: Policy) -> State:
    """The candidate's data is deleted before there is a result."""
    _need(
        state.interview in {Interview.INVITED, Interview.IN_PROGRESS, Interview.INCOMPLETE},
        N_("This interview cannot be withdrawn now."),
        N_("Look at the state of the interview in the candidate's file."),
    )
    unfinished = state.sitting in _UNFINISHED_SITTING
    return replace(
        state,
        interview=Interview.ABANDONED,
        saved=Saved.UNSAVED,
        synced=Synced.NOT_DUE,
        sitting=SittingStatus.ABANDONED if unfinished else state.sitting,
        answered=0,
    )


def _decide(outcome: Interview) -> Callable[[State, Policy], State]:
    def rule(state: State, _: Policy) -> State:
        _need(
            state.interview in {Interview.TO_REVIEW, Interview.ON_HOLD},
            N_("This interview cannot be decided now."),
            N_("Only a finished interview without a decision, or one on hold, can be decided."),
        )
        return replace(state, interview=outcome)

    return rule


def _reopen(state: State, _: Policy) -> State:
    """A decision is taken back; the interview waits for another one."""
    _need(
        state.interview in {Interview.PASSED, Interview.REJECTED, Interview.ON_HOLD},
        N_("There is no decision to correct."),
        N_("Decide first."),
    )
    return replace(state, interview=Interview.TO_REVIEW)


def _new_sitting(state: State) -> State:
    return replace(
        state,
        interview=Interview.IN_PROGRESS,
        saved=Saved.UNSAVED,
        sitting=SittingStatus.OPEN,
        sittings=state.sittings + 1,
        answered=0,
    )


def _need(condition: bool, message: str, hint: str) -> None:
    if not condition:
        raise NotAllowed(message, hint)


def _need_open(state: State) -> None:
    _need(
        state.sitting is SittingStatus.OPEN,
        N_("The interview is not under way."),
        N_("Start or continue it from your interview list."),
    )


def _need_unfinished(state: State) -> None:
    _need(
        state.sitting in _UNFINISHED_SITTING,
        N_("There is no unfinished interview to continue."),
        N_("Go back to your interview list."),
    )


def _need_due(state: State) -> None:
    _need(
        state.synced in {Synced.PENDING, Synced.FAILED},
        N_("There is nothing to carry over."),
        N_("Only a finished and saved interview is carried over."),
    )


_RULES: dict[Event, Callable[[State, Policy], State]] = {
    Event.BEGIN: _begin,
    Event.ANSWER: _answer,
    Event.SAVE_PROGRESS: _save_progress,
    Event.SAVE: _save,
    Event.LOSE: _lose,
    Event.BACK_UP: _back_up,
    Event.RESUME: _resume,
    Event.DISCARD: _discard,
    Event.END: _end,
    Event.CARRIED: _carried,
    Event.CARRY_FAILED: _carry_failed,
    Event.INVITE_AGAIN: _invite_again,
    Event.WITHDRAW: _withdraw,
    Event.PASS: _decide(Interview.PASSED),
    Event.REJECT: _decide(Interview.REJECTED),
    Event.HOLD: _decide(Interview.ON_HOLD),
    Event.REOPEN: _reopen,
}
