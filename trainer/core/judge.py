"""The judge: a pure function of a Step, what was observed, and what was looked up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trainer.core.actions import Observed
from trainer.core.checks import SNAPSHOT, Check, Event, Looks, Outcome, See, Sight, Stored
from trainer.core.scenario import Step


class RemarkKind(StrEnum):
    """What a single observed action was, in the light of the current Step."""

    RIGHT = "right"
    ACCEPTED = "accepted"
    DETOUR = "detour"
    OUT_OF_ORDER = "out_of_order"
    WRONG = "wrong"


@dataclass(frozen=True)
class Remark:
    """A judgement of one observed action: it explains, and never passes a Step.

    Attributes:
        kind: What it was.
        observed: What was seen.
        expected: Test id that the Step asks for next, or "".
        belongs_to: Id of the later Step it would be right in, for `OUT_OF_ORDER`.
    """

    kind: RemarkKind
    observed: Observed
    expected: str = ""
    belongs_to: str = ""


def remark(steps: Sequence[Step], current: int, observed: Observed) -> Remark:
    """Say what `observed` was while ``steps[current]`` was to be done."""
    step = steps[current]
    expected = next((aim for action in step.do if (aim := action.aim())), "")
    if any(action.matches(observed) for action in step.do):
        return Remark(RemarkKind.RIGHT, observed, expected)
    if any(action.matches(observed) for way in step.accept for action in way):
        return Remark(RemarkKind.ACCEPTED, observed, expected)
    if any(detour.target == observed.target for detour in step.detour) or not _commits(observed):
        return Remark(RemarkKind.DETOUR, observed, expected)
    for later in steps[current + 1 :]:
        if any(action.matches(observed) for action in later.actions()):
            return Remark(RemarkKind.OUT_OF_ORDER, observed, expected, later.id)
    return Remark(RemarkKind.WRONG, observed, expected)


def _commits(observed: Observed) -> bool:
    """Looking around (hovering, focusing, typing into another field) harms nothing and is no mistake."""
    return observed.verb in {"click", "tick", "choose"}


@dataclass(frozen=True)
class Needs:
    """Everything that has to be looked at to judge one Step."""

    snapshot: bool
    fields: tuple[str, ...]
    elements: tuple[str, ...]
    sights: tuple[Sight, ...]


def needs(checks: Sequence[Check]) -> Needs:
    """Collect what `checks` need to look at."""
    return Needs(
        snapshot=any(isinstance(check, Stored | Event) for check in checks),
        fields=tuple(name for check in checks for name in check.fields()),
        elements=tuple(name for check in checks for name in check.elements()),
        sights=tuple(sight for check in checks for sight in check.sights()),
    )


def judge(checks: Sequence[Check], looks: Looks) -> tuple[Outcome, ...]:
    """Judge what was seen against `checks`, in their order."""
    return tuple(outcome for check in checks for outcome in check.judge(looks))


def proving(step: Step) -> Iterator[Check]:
    """Yield the checks that rest on what the sandbox stored: by these a trainee's Step passes at once."""
    return (check for check in step.expect if check.proves and not isinstance(check, See))


def last_sights(steps: Sequence[Step]) -> Iterator[See]:
    """Yield the `see` checks of a whole Run, as a trainee's is looked at once, at its end.

    Of several looks at the same place the last one counts.
    """
    checks = [check for step in steps for check in step.expect if isinstance(check, See)]
    last = {sight: number for number, check in enumerate(checks) for sight in check.sights()}
    for number, check in enumerate(checks):
        places = {
            target: text
            for target, text in check.see.items()
            if last[Sight(check.role, check.page, target)] == number
        }
        if places:
            yield check.model_copy(update={"see": places})


__all__ = ["SNAPSHOT", "Needs", "Remark", "RemarkKind", "judge", "last_sights", "needs", "proving", "remark"]
