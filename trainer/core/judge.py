"""The judge: pure functions of a Step, what was observed, and what was looked up.

The player and the coach share them: `open_steps` says what may be done now, `judge` what a look found, `passes`
whether that and what was done make a Step pass, `used_up` which events then belong to it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from trainer.core.actions import Action, Goto, Observed, WaitFor
from trainer.core.checks import SNAPSHOT, Check, Event, Looks, Outcome, See, Sight, Status, Stored
from trainer.core.expressions import BadExpression, names_in, search
from trainer.core.runs import sum_up
from trainer.core.scenario import Step


class RemarkKind(StrEnum):
    """What a single observed action was, in the light of the current Step."""

    RIGHT = "right"
    ACCEPTED = "accepted"
    DETOUR = "detour"
    OUT_OF_ORDER = "out_of_order"
    TOO_LATE = "too_late"
    WRONG = "wrong"


MISTAKES = frozenset({RemarkKind.OUT_OF_ORDER, RemarkKind.TOO_LATE, RemarkKind.WRONG})
"""Remarks that count against a Step: too early, too late, or not asked for at all."""

FITTING = frozenset({RemarkKind.RIGHT, RemarkKind.ACCEPTED})
"""Remarks on what a Step asks for, or takes as well."""


@dataclass(frozen=True)
class Remark:
    """A judgement of one observed action: it explains, and never passes a Step.

    Attributes:
        kind: What it was.
        observed: What was seen.
        expected: Test id that the Step asks for next, or "".
        belongs_to: Id of the Step it would be right in: a later one for `OUT_OF_ORDER`, which is too early, an
            earlier one for `TOO_LATE`.
        effect: What pressing the element does, in the trainee's language, where it was wrong and that is known.
    """

    kind: RemarkKind
    observed: Observed
    expected: str = ""
    belongs_to: str = ""
    effect: str = ""


def remark(steps: Sequence[Step], current: int, observed: Observed, *, passed: Collection[str] = ()) -> Remark:
    """Say what `observed` was while ``steps[current]`` was to be done.

    Args:
        steps: All Steps of the Run.
        current: Position of the current one.
        observed: What was seen.
        passed: Ids of the Steps that have passed: it matters where several may be done in any order.
    """
    may = [steps[position] for position in open_steps(steps, current, passed)]
    expected = next((aim for action in steps[current].do if (aim := action.aim())), "")
    if any(action.matches(observed) for step in may for action in step.do):
        return Remark(RemarkKind.RIGHT, observed, expected)
    if any(action.matches(observed) for step in may for way in step.accept for action in way):
        return Remark(RemarkKind.ACCEPTED, observed, expected)
    if any(detour.target == observed.target for step in may for detour in step.detour) or not _commits(observed):
        return Remark(RemarkKind.DETOUR, observed, expected)
    to_come = [step for step in steps[current + 1 :] if step.id not in passed]
    over = [*(step for step in steps[current + 1 :] if step.id in passed), *reversed(steps[:current])]
    for later in to_come:
        if any(action.matches(observed) for action in later.actions()):
            return Remark(RemarkKind.OUT_OF_ORDER, observed, expected, later.id)
    for earlier in over:
        if any(action.matches(observed) for action in earlier.actions()):
            return Remark(RemarkKind.TOO_LATE, observed, expected, earlier.id)
    undoes = any(detour.target == observed.target for later in steps[current + 1 :] for detour in later.detour)
    return Remark(RemarkKind.DETOUR if undoes else RemarkKind.WRONG, observed, expected)


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


def stored_parts(steps: Sequence[Step]) -> frozenset[str]:
    """Return the names that branches and checks look up in what is stored; none where it may be any."""
    asked = [
        names_in(expression)
        for step in steps
        for expression in (step.when, *(check.stored for check in step.expect if isinstance(check, Stored)))
        if expression
    ]
    return frozenset[str]().union(*asked) if all(asked) else frozenset()


def judge(checks: Sequence[Check], looks: Looks) -> tuple[Outcome, ...]:
    """Judge what was seen against `checks`, in their order."""
    return tuple(outcome for check in checks for outcome in check.judge(looks))


def proving(step: Step) -> Iterator[Check]:
    """Yield the checks that rest on what the sandbox stored: by these a trainee's Step passes at once."""
    return (check for check in step.expect if check.proves and not isinstance(check, See))


def only_seen(step: Step) -> bool:
    """Tell whether nothing but what other roles see proves what a trainee does in a Step."""
    acts = any(action.by == "trainee" for action in step.do)
    return acts and any(isinstance(check, See) for check in step.expect) and not any(proving(step))


# -- which Steps may be done now ----------------------------------------------------------------------------------


def open_steps(steps: Sequence[Step], current: int, passed: Collection[str] = ()) -> tuple[int, ...]:
    """Return the positions of the Steps that may be done now, the current one first.

    Besides the current one these are the rest of its any-order group, and, as long as everything before them may
    be left out, those that follow.
    """
    may = [current]
    required = not steps[current].optional
    group = steps[current].any_order
    for position in range(current + 1, len(steps)):
        step = steps[position]
        if required and (group is None or step.any_order != group):
            break
        if step.id in passed:
            continue
        may.append(position)
        if not step.optional and not required:
            required, group = True, step.any_order
    return tuple(may)


def next_step(steps: Sequence[Step], position: int, passed: Collection[str]) -> int | None:
    """Return the position of the Step that becomes the current one when the one at `position` has passed.

    That is what is left of its any-order group, else the first that follows; None when there is none.
    """
    group, first, end = steps[position].any_order, position, position + 1
    while group is not None and first > 0 and steps[first - 1].any_order == group:
        first -= 1
    while group is not None and end < len(steps) and steps[end].any_order == group:
        end += 1
    inside = (place for place in range(first, end) if steps[place].id not in passed)
    return next(inside, end if end < len(steps) else None)


def is_asked_for(step: Step, looks: Looks) -> bool:
    """Tell whether the branch of a Step is taken, as far as somebody could look."""
    if step.when is None or looks.snapshot is None:
        return True
    try:
        return search(step.when, looks.snapshot) is True
    except BadExpression:
        return False


# -- whether a Step passes ----------------------------------------------------------------------------------------


def passes(step: Step, outcomes: Sequence[Outcome], done: Collection[int]) -> bool:
    """Tell whether a Step passes.

    Everything that was looked at must be right, and the window and system actions of the demo, or of one other
    right way, must have been done. What was looked at proves; without a proof a Step passes only if all of its
    actions are those of window and system, which the trainer itself does at the trainee's click. Where the proof
    is there, or comes at the end by what other roles see, it does not matter how the trainee came to a page.

    Args:
        step: The Step.
        outcomes: What its checks found; what other roles see only where that was looked at.
        done: Positions of the Actions of `do` that were done.
    """
    if any(found.status is not Status.PASSED for found in outcomes):
        return False
    missing = [action for number, action in enumerate(step.do) if number not in done and action.by != "trainee"]
    if any(proving(step)) or only_seen(step):
        other_way = any(all(action.by == "trainee" for action in way) for way in step.accept)
        return other_way or all(isinstance(action, WaitFor | Goto) for action in missing)
    return not missing and all(action.by != "trainee" for action in step.do)


def since(looks: Looks, after: int, used: Collection[int] = ()) -> Looks:
    """Return `looks` without the events that belong to earlier Steps: those up to `after`, and those in `used`."""
    left = tuple(event for event in looks.events if event["seq"] > after and event["seq"] not in used)
    return replace(looks, events=left)


def used_up(steps: Sequence[Step], position: int, looks: Looks) -> tuple[int, ...]:
    """Return the numbers of the events that a passed Step has used up: the next one needs events of its own.

    A Step that asks for events has used up those that answer it. One that asks only for what is stored has used
    up the first event that answers the next Step to ask for any, if that one is done at the same place: somebody
    who submits two answers must not pass the second Step by the event of the first.

    Args:
        steps: All Steps of the Run.
        position: The one that passed.
        looks: What was seen since those before it; see `since`.
    """
    asking = _events(steps[position])
    if not asking:
        later = next((step for step in steps[position + 1 :] if _events(step)), None)
        asking = _events(later) if later is not None and _share_a_place(steps[position], later) else ()
    return tuple(dict.fromkeys(seq for check in asking if (seq := _answer(check, looks)) is not None))


def _answer(check: Event, looks: Looks) -> int | None:
    """Return the number of the first event that answers `check`."""
    for event in looks.events:
        if sum_up(check.judge(replace(looks, events=(event,)))) is Status.PASSED:
            return int(event["seq"])
    return None


def _events(step: Step) -> tuple[Event, ...]:
    return tuple(check for check in step.expect if isinstance(check, Event))


def _share_a_place(one: Step, other: Step) -> bool:
    def places(step: Step) -> set[tuple[str, str]]:
        return {_place(action) for action in step.actions() if action.by == "trainee" and action.verb != "fill"}

    return not places(one).isdisjoint(places(other))


def _place(action: Action) -> tuple[str, str]:
    return action.verb, str(action.aim() or getattr(action, "key", ""))


def gone_by(step: Step, looks: Looks, after: int) -> int:
    """Return after which event on the next Step's may come, as long as `step` is not done.

    A Step that asks for events needs them all; any other has no use for those that came before it was done.
    """
    if _events(step):
        return after
    return max((int(event["seq"]) for event in looks.events), default=after)


# -- what other roles see -----------------------------------------------------------------------------------------


def last_sights(steps: Sequence[Step]) -> Iterator[tuple[Step, See]]:
    """Yield the `see` checks of a whole Run with their Steps, as a trainee's is looked at once, at its end.

    Of several looks at the same place the last one counts.
    """
    checks = [(step, check) for step in steps for check in step.expect if isinstance(check, See)]
    last = {sight: number for number, (_, check) in enumerate(checks) for sight in check.sights()}
    for number, (step, check) in enumerate(checks):
        places = {
            target: text
            for target, text in check.see.items()
            if last[Sight(check.role, check.page, target)] == number
        }
        if places:
            yield step, check.model_copy(update={"see": places})


__all__ = [
    "MISTAKES",
    "SNAPSHOT",
    "Needs",
    "Remark",
    "RemarkKind",
    "gone_by",
    "is_asked_for",
    "judge",
    "last_sights",
    "needs",
    "next_step",
    "only_seen",
    "open_steps",
    "passes",
    "proving",
    "remark",
    "since",
    "used_up",
]
