"""Score: what a Run is worth, from 0 to 100. One pure rule, told in docs/judging.md.

The verdict of a Run stays what it is: passed only if everything is as it should be. The score says how near a
Run came, and what it took.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trainer.core.checks import Outcome, Status
from trainer.core.modes import Help
from trainer.core.runs import Attempt, Run

HELP_COSTS: Mapping[str, float] = {Help.NUDGE: 0.05, Help.WHERE: 0.1, Help.SHOW: 0.2, Help.BACK: 0.1}
"""What a help takes from the credit of its Step. What was done for the trainee earns nothing, see `credit`."""

MISTAKE_COST = 0.1
MOST_FOR_MISTAKES = 0.5
"""However many mistakes there were, half of the credit is left."""


@dataclass(frozen=True)
class Mark:
    """What one part of a Run is worth.

    Attributes:
        name: Id of the Step, or "" for what other roles see at the end.
        credit: From 0 to 1; None when it could not be judged, and counts neither way.
    """

    name: str
    credit: float | None


@dataclass(frozen=True)
class Score:
    """What a Run is worth.

    Attributes:
        points: From 0 to 100, rounded; None when nothing of it could be judged.
        marks: Every Step's in order, then that of what other roles see.
    """

    points: int | None
    marks: tuple[Mark, ...]


def score(run: Run) -> Score:
    """Score a Run: the mean of the credits of its Steps, in hundredths.

    Of several Attempts at a Step the last one counts. What other roles see at the end counts like one more Step.
    """
    last = {attempt.step: attempt for attempt in run.attempts}
    marks = [Mark(name, credit(attempt)) for name, attempt in last.items()]
    if run.final:
        marks.append(Mark("", _share(run.final)))
    known = [mark.credit for mark in marks if mark.credit is not None]
    return Score(round(100 * sum(known) / len(known)) if known else None, tuple(marks))


def credit(attempt: Attempt) -> float | None:
    """Return what an Attempt is worth, from 0 to 1.

    It begins with the share of its checks that passed; a check whose look failed is left out, and an Attempt of
    nothing else is None. Each mistake takes 0.1, all of them together at most 0.5; each help takes what
    `HELP_COSTS` says. A Step that was done for the trainee earns nothing.
    """
    share = _share(attempt.outcomes)
    if share is None:
        return None
    if attempt.assisted:
        return 0.0
    mistakes = min(attempt.mistakes * MISTAKE_COST, MOST_FOR_MISTAKES)
    helps = sum(HELP_COSTS.get(rung, 0.0) for rung in attempt.helps)
    return round(max(0.0, share - mistakes - helps), 3)


def _share(outcomes: Sequence[Outcome]) -> float | None:
    """Return the share of passed outcomes among those judged; a Step without a check passed by what was done."""
    judged = [outcome for outcome in outcomes if outcome.status is not Status.UNKNOWN]
    if not judged:
        return None if outcomes else 1.0
    return sum(outcome.status is Status.PASSED for outcome in judged) / len(judged)
