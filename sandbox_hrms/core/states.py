"""The state of one interview: three separate fields, and one pure function that moves them."""

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
    LEAVE = "leave"
    RESUME = "resume"
    DISCARD = "discard"
    END = "end"
    CARRIED = "carried"
    CARRY_FAILED = "carry_failed"
    INVITE_AGAIN = "invite_again"


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


def advance(state: State, event: Event, policy: Policy) -> State:
    """Return the state after ``event``.

    Raises:
        NotAllowed: The event cannot happen in this state; nothing has changed.
    """
    raise NotImplementedError
