"""Candidate: who practises before a real interview, by a personal link in place of an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from trainer.core.paths import LearningPath
from trainer.core.scenario import Scenario

LASTS = timedelta(days=90)
"""So long after it was made a personal link leads anywhere."""

KEPT = timedelta(days=180)
"""So long after it was made everything about a candidate is deleted, as if the candidate had done it."""


@dataclass(frozen=True)
class Candidate:
    """One person who practises for an interview.

    Attributes:
        id: Unguessable id.
        name: What the person is called; "" after the data was deleted.
        post: The post of the interview, or "".
        lesson: Id of the lesson that shows the kind of HR system of the interview.
        lang: Language of the page when it is opened for the first time.
        owner: Whose Runs they are: nobody else has this id.
        host: Id of the account that made it, "" for the command line.
        created: When it was made, invited again, or its link renewed (aware).
        starts: When the interview begins, in the candidate's own time zone, or None.
        known: Hash by which the next list of letters finds the same person, or "".
        opened: When the link was last opened, or None.
        revoked: When somebody took the link away, or None.
        erased: When the candidate deleted all data, or None.
    """

    id: str
    name: str
    post: str
    lesson: str
    lang: str
    owner: str
    host: str
    created: datetime
    starts: datetime | None = None
    known: str = ""
    opened: datetime | None = None
    revoked: datetime | None = None
    erased: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Tell whether the personal link leads anywhere."""
        return self.revoked is None and self.erased is None and now - self.created < LASTS

    def is_due(self, now: datetime) -> bool:
        """Tell whether the time is up for which data about a candidate is kept."""
        return self.erased is None and now - self.created >= KEPT


def way_of(lesson: str, scenarios: Sequence[Scenario], paths: Sequence[LearningPath]) -> tuple[Scenario, ...]:
    """Return the lessons of a candidate in the order in which they are learned.

    Args:
        lesson: The lesson that shows the kind of HR system.
        scenarios: The catalogue, in the order of learning.
        paths: The learning paths.

    Returns:
        The learning path for candidates that holds the lesson, else all lessons of a candidate on the same kind of
        system; nothing when the lesson does not exist any more.
    """
    known = {one.id: one for one in scenarios}
    if lesson not in known:
        return ()
    own = known[lesson]
    for path in paths:
        learned = tuple(known[one] for one in path.lessons() if one in known)
        if own in learned and {one.role for one in learned} == {own.role}:
            return learned
    return tuple(one for one in scenarios if (one.profile, one.role) == (own.profile, own.role))
