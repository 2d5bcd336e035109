"""What a system that saves by hand holds in memory: answers submitted and not saved yet."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """Text typed but not submitted; ``seq`` grows with every keystroke that was kept."""

    question: str
    text: str
    seq: int


@dataclass(frozen=True, slots=True)
class Unsaved:
    """One submitted answer that is on no disk yet; ``late`` means after its time was over."""

    text: str
    late: bool
    at: datetime


@dataclass(slots=True)
class Working:
    """The working copy of one sitting; it is gone with the process.

    Attributes:
        answers: By question; what is saved is not among them.
        draft: What was found on the candidate's device and taken up again; None for nothing.
        seq: Highest draft number that the page has told.
        since: When the clock of the open question began, if that is not stored.
    """

    answers: dict[str, Unsaved] = field(default_factory=dict)
    draft: Draft | None = None
    seq: int = 0
    since: datetime | None = None


WorkingCopies = dict[str, Working]
"""Working copies by sitting."""
