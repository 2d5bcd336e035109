"""Runs: one go at a Scenario, its Attempts, and what it came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from trainer.core.checks import Outcome, Status

REST = timedelta(minutes=10)
"""Who gets on with nothing for longer rests: no more than this counts as work."""


class RunStatus(StrEnum):
    """Where a Run stands."""

    ACTIVE = "active"
    FINISHED = "finished"
    LEFT = "left"


@dataclass(frozen=True)
class Attempt:
    """One try at one Step.

    Attributes:
        step: Id of the Step.
        outcomes: What its checks found.
        started: When the Step became the current one (aware, UTC).
        ended: When it was judged (aware, UTC).
        mistakes: Wrong actions seen during the Step.
        helps: Rungs of the hint ladder used, in order.
        assisted: Whether the system did it for the trainee.
    """

    step: str
    outcomes: tuple[Outcome, ...]
    started: datetime
    ended: datetime
    mistakes: int = 0
    helps: tuple[str, ...] = ()
    assisted: bool = False

    @property
    def status(self) -> Status:
        """One word for all outcomes."""
        return sum_up(self.outcomes)


@dataclass(frozen=True)
class Ongoing:
    """The Step a trainee is at: what has to survive a reload, a lost connection and a restart.

    Attributes:
        step: Id of the Step.
        started: When it became the current one (aware, UTC).
        moved: When the trainee last got on (aware, UTC).
        after: Number of the sandbox's last event that belongs to earlier Steps, or came before this one was done.
        since: What `after` was when the Step became the current one.
        done: Positions of the Actions of `do` that were seen done.
        mistakes: Wrong actions so far.
        helps: Rungs of the hint ladder used so far, in order.
        assisted: Whether the system did something for the trainee.
        used: Numbers of later events that Steps done out of their order have used up.
        kept: Whether the sandbox was kept at the begin of the Step, so that it can be put back.
        given: Step and check of what was stored before anything of the Run was done; only where no fresh sandbox
            can tell it later.
        backs: How often the sandbox was put back to the begin of a Step in the Run, this one and earlier ones.
    """

    step: str
    started: datetime
    moved: datetime
    after: int = 0
    done: tuple[int, ...] = ()
    mistakes: int = 0
    helps: tuple[str, ...] = ()
    assisted: bool = False
    used: tuple[int, ...] = ()
    since: int = 0
    kept: bool = False
    given: tuple[tuple[str, str], ...] = ()
    backs: int = 0


@dataclass(frozen=True)
class Run:
    """One go at a Scenario; the digest says which text of it was run.

    Attributes:
        id: Unguessable id.
        scenario: Id of the Scenario.
        version: Its version.
        digest: Its digest.
        mode: Name of the Mode.
        lang: Language of the Run.
        owner: Who acts: a trainee's id, or "" for the player.
        sandbox: Id of its Sandbox.
        started: When it began (aware, UTC).
        ended: When it came to its end, or None.
        status: Where it stands.
        attempts: Tries so far, oldest first.
        final: Outcomes of what other roles see at the end.
        ongoing: The Step a trainee is at; None for the player and when every Step is done.
        spent: How much of a limited time is used up; the clock stands while nobody is at it.
        ticked: When that was last noted (aware, UTC).
        breaks: How often somebody came back after having left.
    """

    id: str
    scenario: str
    version: int
    digest: str
    mode: str
    lang: str
    owner: str
    sandbox: str
    started: datetime
    ended: datetime | None = None
    status: RunStatus = RunStatus.ACTIVE
    attempts: tuple[Attempt, ...] = ()
    final: tuple[Outcome, ...] = field(default=())
    ongoing: Ongoing | None = None
    spent: timedelta = timedelta()
    ticked: datetime | None = None
    breaks: int = 0

    @property
    def took(self) -> timedelta:
        """How long somebody worked at it: what was noted of a limited time, else up to the last thing done.

        A longer rest counts as `REST`.
        """
        done = [attempt.ended for attempt in self.attempts] + ([self.ongoing.moved] if self.ongoing else [])
        marks = sorted([self.started, *done])
        return self.spent or sum((min(late - early, REST) for early, late in pairwise(marks)), timedelta())

    @property
    def pictures(self) -> tuple[str, ...]:
        """Names of the pictures that belong to its evidence."""
        found = (*(outcome for attempt in self.attempts for outcome in attempt.outcomes), *self.final)
        return tuple(dict.fromkeys(outcome.screenshot for outcome in found if outcome.screenshot))

    @property
    def verdict(self) -> Status:
        """One word for the whole Run; a Run that was not finished is unknown."""
        if self.status is not RunStatus.FINISHED:
            return Status.UNKNOWN
        last = {attempt.step: attempt for attempt in self.attempts}
        return sum_up([outcome for attempt in last.values() for outcome in attempt.outcomes] + list(self.final))


def sum_up(outcomes: tuple[Outcome, ...] | list[Outcome]) -> Status:
    """Sum up outcomes: one failure fails; without a failure one unknown leaves it unknown; else passed."""
    statuses = {outcome.status for outcome in outcomes}
    for status in (Status.FAILED, Status.UNKNOWN):
        if status in statuses:
            return status
    return Status.PASSED
