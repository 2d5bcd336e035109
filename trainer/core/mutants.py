"""Mutants: wrong runs, and right ones by other ways, made from a lesson to try its judge.

Everything here is pure and fixed before anything runs: an operator and what the Step says about itself decide
whether a run has to pass. What an operator cannot label is left out and told, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from trainer.core.actions import Action, Choose, Click, CloseTab, Fill, Hover, Inject, Press, Tick
from trainer.core.checks import Event, FieldValue
from trainer.core.judge import proving
from trainer.core.scenario import Step

Label = Literal["pass", "fail"]
"""What has to come out."""

Then = Literal["next", "follow", "stop"]
"""How a run goes on behind its mutated Step: with the steps that follow, whatever the coach says; with what the
coach says; not at all."""

Reports = Literal["true", "none", "forged"]
"""What the trainee's browser says: what was done; nothing; the right thing although nothing was done."""

Kind = Literal["equivalent", "excluded", "not_drawn"]
"""Why a mutant does not run: it would be the same run; no label can be fixed before it runs; a sample is run."""

OTHER_TEXT = "I talk with people first, listen to what they need, and take notes of it."
BLANK = " "
SHOWN = frozenset({"report_opened"})
"""Events of a page being shown: a page that is still open brings them about again when its record is lost."""
WRONG_ELEMENTS = 2
"""So many other elements are tried in place of the right one."""


@dataclass(frozen=True)
class Move:
    """One thing a mutated run does.

    Attributes:
        action: What.
        if_possible: Whether it may be left out where the page does not allow it.
        other_option: Whether the first option that is not the Action's own is chosen.
    """

    action: Action
    if_possible: bool = False
    other_option: bool = False


@dataclass(frozen=True)
class Scene:
    """A Step in the right run.

    Attributes:
        first: What could be clicked when it began.
        last: What could be clicked right before its last Action.
        held: Whether all that it stores was so before it began: then what it changes, only the window can tell.
    """

    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    held: bool = False


@dataclass(frozen=True)
class Mutant:
    """One run that differs from the demo at one place.

    Attributes:
        operator: What was done to the lesson.
        step: Id of the Step where.
        detail: Which of several of that operator and Step, or "".
        expected: What has to come out. A wrong run must not pass; a right one must, without a mistake.
        moves: What is done in place of the Step's Actions.
        then: How the run goes on.
        span: How many Steps the moves stand for.
        reports: What the trainee's browser says.
        loses: Whether the sandbox loses what was stored before the judge looks.
        mistakes_tell: Whether a mistake that was noted counts as noticed, too: what was done is right, its place
            is not.
    """

    operator: str
    step: str
    detail: str
    expected: Label
    moves: tuple[Move, ...]
    then: Then
    span: int = 1
    reports: Reports = "true"
    loses: bool = False
    mistakes_tell: bool = False

    @property
    def id(self) -> str:
        """Name it in its lesson: ``end/wrong_element/dialog.cancel``."""
        return "/".join(part for part in (self.step, self.operator, self.detail) if part)


@dataclass(frozen=True)
class LeftOut:
    """A mutant that does not run.

    Attributes:
        operator: What would have been done.
        step: Id of the Step.
        detail: Which of several, or "".
        kind: `equivalent`: it would be the same run; `excluded`: no label can be fixed before it runs;
            `not_drawn`: it is not in the sample that is run.
        reason: Why, in one line.
    """

    operator: str
    step: str
    detail: str
    kind: Kind
    reason: str


@dataclass(frozen=True)
class _At:
    """One Step with its surroundings."""

    steps: Sequence[Step]
    number: int
    scene: Scene
    closed: bool
    step: Step = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "step", self.steps[self.number])

    @property
    def do(self) -> tuple[Action, ...]:
        return self.step.do

    @property
    def own(self) -> list[int]:
        """Positions of the Actions that are not the system's."""
        return [number for number, action in enumerate(self.do) if action.by != "system"]

    @property
    def typed(self) -> list[int]:
        """Positions of the Actions that give content."""
        return [number for number, action in enumerate(self.do) if isinstance(action, Fill | Choose | Tick)]

    @property
    def by_hand(self) -> bool:
        """Whether the Step takes a trainee in the page and nobody else, and rests on what was stored."""
        return all(action.by == "trainee" for action in self.do) and any(proving(self.step))

    def mutant(  # noqa: PLR0913  # one argument for each thing that may differ
        self,
        operator: str,
        expected: Label,
        moves: Sequence[Action | Move],
        detail: str = "",
        *,
        then: Then | None = None,
        span: int = 1,
        reports: Reports = "true",
        loses: bool = False,
        mistakes_tell: bool = False,
    ) -> Mutant:
        done = tuple(move if isinstance(move, Move) else Move(move) for move in moves)
        after: Then = then or ("follow" if expected == "pass" else "next")
        return Mutant(operator, self.step.id, detail, expected, done, after, span, reports, loses, mistakes_tell)

    def left_out(self, operator: str, kind: Kind, reason: str, detail: str = "") -> LeftOut:
        return LeftOut(operator, self.step.id, detail, kind, reason)

    def replaced(self, number: int, *by: Action | Move) -> tuple[Action | Move, ...]:
        """Return the Step's Actions with other ones in place of one."""
        return (*self.do[:number], *by, *self.do[number + 1 :])

    def fixes(self, action: Action) -> bool:
        """Tell whether a check of this Step or a later one asks for the very content of `action`.

        What a check names is known to be of one Action only where no other gives the same: that all 4 are rated
        does not ask for a rating of 4.
        """
        if not isinstance(action, Fill | Choose):
            return False
        text = _content(action)
        alone = [_content(one) for one in self.do if isinstance(one, Fill | Choose)].count(text) == 1
        named = re.compile(rf"(?<![\w.]){re.escape(text)}(?![\w.])")
        for number, step in enumerate(self.steps[self.number :]):
            if number and any(isinstance(one, Fill | Choose) and one.target == action.target for one in step.do):
                return False  # from here on it holds something else
            for check in step.expect:
                if isinstance(check, FieldValue) and check.target == action.target:
                    if check.equals or check.contains or check.matches:
                        return True
                elif alone and named.search(check.describe()):
                    return True
        return False


def _content(action: Fill | Choose) -> str:
    return action.text if isinstance(action, Fill) else action.option


Made = Iterator[Mutant | LeftOut]


# -- wrong runs ------------------------------------------------------------------------------------------------


def skip_step(at: _At) -> Made:
    """Leave the Step out and go on."""
    following = at.steps[at.number + 1 : at.number + 2]
    if at.step.optional and following:
        yield at.mutant("left_out", "pass", following[0].do)
    elif at.step.optional:
        yield at.left_out("left_out", "excluded", "no step follows that would show that it may be left out")
    elif at.own:
        yield at.mutant("skip_step", "fail", ())
    else:
        yield at.left_out("skip_step", "excluded", "the training system acts here, nobody can leave it out")


def skip_action(at: _At) -> Made:
    """Leave one Action out: the last one, or one that gives content."""
    if len(at.own) < 2:  # noqa: PLR2004  # else it is the whole Step
        return
    for number in at.own:
        detail = _named(at.do, number)
        if isinstance(at.do[number], Hover) or (number != at.own[-1] and number not in at.typed):
            yield at.left_out(
                "skip_action", "excluded", "leads to the place only, where another way may lead as well", detail
            )
        else:
            yield at.mutant("skip_action", "fail", at.replaced(number), detail)


def swap_steps(at: _At) -> Made:
    """Do the next Step first."""
    if at.number + 1 == len(at.steps):
        return
    following = at.steps[at.number + 1]
    if not at.own or all(action.by == "system" for action in following.do):
        yield at.left_out("swap_steps", "excluded", "the training system acts in one of them when it is due")
    elif _course(at.step) == _course(following):
        yield at.left_out("swap_steps", "equivalent", "both are the same actions, and any content is right")
    elif at.step.any_order is not None and at.step.any_order == following.any_order:
        yield at.mutant("any_order", "pass", (*following.do, *at.do), following.id)
    elif at.step.optional or following.optional:
        yield at.left_out("swap_steps", "excluded", "one of them may be left out, and done later")
    else:
        moves = (*following.do, *at.do)
        yield at.mutant("swap_steps", "fail", moves, following.id, span=2, mistakes_tell=True)


def wrong_element(at: _At) -> Made:
    """Click something else in place of the last Action."""
    if not at.own:
        return
    right = {action.aim() for action in at.step.actions()}
    lesson = [action.aim() for step in at.steps for action in step.actions()]
    others = [target for target in reversed(at.scene.last) if target not in right and ".option[" not in target]
    if not others:
        yield at.left_out("wrong_element", "excluded", "there is no other element to click")
    for target in sorted(others, key=lambda one: one not in lesson)[:WRONG_ELEMENTS]:
        yield at.mutant("wrong_element", "fail", at.replaced(at.own[-1], Click(target=target)), target)


def wrong_value(at: _At) -> Made:
    """Give no content, or other content than the checks ask for."""
    for number in at.typed:
        action, detail = at.do[number], _named(at.do, number)
        if isinstance(action, Fill):
            blank = action.model_copy(update={"text": BLANK})
            yield at.mutant("blank_value", "fail", at.replaced(number, blank), detail)
            if at.fixes(action):
                other = action.model_copy(update={"text": _other_text(action.text) or OTHER_TEXT})
                yield at.mutant("wrong_value", "fail", at.replaced(number, other), detail)
        elif isinstance(action, Choose) and at.fixes(action):
            yield at.mutant("wrong_value", "fail", at.replaced(number, Move(action, other_option=True)), detail)
        elif isinstance(action, Tick):
            other_way = action.model_copy(update={"on": not action.on})
            yield at.mutant("wrong_value", "fail", at.replaced(number, action, other_way), detail)


def closed_early(at: _At) -> Made:
    """Close the tab before the last Action, and do not come back."""
    if not at.own:
        return
    if at.closed:
        yield at.left_out("closed_early", "excluded", "no tab is open any more")
    elif any(isinstance(action, CloseTab) for action in at.do):
        yield at.left_out("closed_early", "excluded", "closing is what the step asks for")
    else:
        yield at.mutant("closed_early", "fail", (*at.do[: at.own[-1]], CloseTab()), then="stop")


def lost_record(at: _At) -> Made:
    """Do all of it, but what was stored is lost before the judge looks: the screen is right, the record is not."""
    if reason := _unprovable(at):
        yield at.left_out("lost_record", "excluded", reason)
    elif any(isinstance(check, Event) and check.event in SHOWN for check in at.step.expect):
        yield at.left_out("lost_record", "excluded", "the page is still open, and opens it again by itself")
    elif at.own:
        yield at.mutant("lost_record", "fail", at.do, then="stop", loses=True)


def forged_report(at: _At) -> Made:
    """Report the right actions and the right screen, and do nothing."""
    if reason := _unprovable(at):
        yield at.left_out("forged_report", "excluded", reason)
    elif at.own:
        yield at.mutant("forged_report", "fail", at.do, then="stop", reports="forged")


def _unprovable(at: _At) -> str:
    """Return why the record of a Step alone cannot tell whether it was done; else ""."""
    if not at.own:
        return "the training system acts here"
    if not at.by_hand:
        return "what is done with the window, only the window can tell"
    return "all that it stores was so before: what it changes, only the window can tell" if at.scene.held else ""


def fault_not_cured(at: _At) -> Made:
    """Leave out all that follows a fault, and do the last Step."""
    before = at.steps[at.number - 1].do if at.number else ()
    ours = at.do[: at.own[0]] if at.own else ()
    last_before = max((n for n, action in enumerate(before) if action.by != "system"), default=-1)
    struck = [action.fault for action in (*before[last_before + 1 :], *ours) if isinstance(action, Inject)]
    if not struck or not at.own:
        return
    if at.number + 1 == len(at.steps):
        yield at.left_out("fault_not_cured", "excluded", "the cure is the last step")
    elif _course(at.step) == _course(at.steps[-1]):
        yield at.left_out("fault_not_cured", "equivalent", "the last step is the same actions")
    else:
        moves = (*ours, *at.steps[-1].do)
        yield at.mutant("fault_not_cured", "fail", moves, "+".join(struck), then="stop")


# -- right runs by other ways ----------------------------------------------------------------------------------


def accepted_way(at: _At) -> Made:
    """Do it in another way that the Step accepts."""
    for number, way in enumerate(at.step.accept, start=1):
        yield at.mutant("accepted_way", "pass", way, str(number))


def detour(at: _At) -> Made:
    """Use something the Step allows, then do the Step."""
    for allowed in at.step.detour:
        click = Click(target=allowed.target)
        if allowed.target in at.scene.first:
            yield at.mutant("detour", "pass", (click, *at.do), allowed.target)
        elif allowed.target in at.scene.last:
            led_here: Sequence[Action | Move] = at.do
            if len(at.own) > 1:
                first, *rest = at.do[at.own[-2] :]
                led_here = (Move(first, if_possible=True), *rest)
            yield at.mutant("detour", "pass", (*at.do[: at.own[-1]], click, *led_here), allowed.target)
        else:
            yield at.left_out("detour", "excluded", "it cannot be used in the demo's way", allowed.target)


def harmless(at: _At) -> Made:
    """Look around before: rest the pointer on something, press Tab, type something and think better of it."""
    first = at.do[at.own[0]] if at.own else None
    if first is None or first.by != "trainee" or at.closed:
        return
    yield at.mutant("extra_hover", "pass", (Move(Hover(target=first.aim() or ""), if_possible=True), *at.do))
    yield at.mutant("extra_key", "pass", (Press(key="Tab"), *at.do))
    for number in at.typed:
        action = at.do[number]
        if isinstance(action, Fill) and (other := _other_text(action.text)):
            rough = action.model_copy(update={"text": other})
            yield at.mutant("retyped", "pass", at.replaced(number, rough, action), _named(at.do, number))


def other_content(at: _At) -> Made:
    """Type another text where any is right; what a number or an option decides, the checks need not name."""
    for number in at.typed:
        action, detail = at.do[number], _named(at.do, number)
        if isinstance(action, Tick) or at.fixes(action):
            continue
        if isinstance(action, Fill) and any(letter.isalpha() for letter in action.text):
            other = action.model_copy(update={"text": OTHER_TEXT})
            yield at.mutant("other_text", "pass", at.replaced(number, other), detail)
        else:
            operator = "other_text" if isinstance(action, Fill) else "other_option"
            yield at.left_out(operator, "excluded", "what a number or an option decides is not told", detail)


def other_order(at: _At) -> Made:
    """Fill in two things that stand beside each other the other way round."""
    for number in at.typed:
        if number + 1 in at.typed and at.do[number].aim() != at.do[number + 1].aim():
            moves = (*at.do[:number], at.do[number + 1], at.do[number], *at.do[number + 2 :])
            yield at.mutant("other_order", "pass", moves, _named(at.do, number))


def twice(at: _At) -> Made:
    """Click twice what is to be clicked once."""
    last = at.do[at.own[-1]] if at.own else None
    if isinstance(last, Click) and any(isinstance(check, Event) for check in at.step.expect):
        yield at.left_out("twice", "excluded", "it would come about twice, and what follows may be another thing")
    elif isinstance(last, Click):
        yield at.mutant("twice", "pass", at.replaced(at.own[-1], last, Move(last, if_possible=True)))


def by_keyboard(at: _At) -> Made:
    """Press Enter on what is to be clicked."""
    for number in at.own:
        action = at.do[number]
        if isinstance(action, Click):
            press = Press(key="Enter", target=action.target)
            yield at.mutant("by_keyboard", "pass", at.replaced(number, press), action.target)


def unreported(at: _At) -> Made:
    """Do it while nothing of it is reported: what was stored is enough."""
    if at.own and at.by_hand and len(at.own) == len(at.do):
        yield at.mutant("unreported", "pass", at.do, reports="none")


OPERATORS = (
    skip_step,
    skip_action,
    swap_steps,
    wrong_element,
    wrong_value,
    closed_early,
    lost_record,
    forged_report,
    fault_not_cured,
    accepted_way,
    detour,
    harmless,
    other_content,
    other_order,
    twice,
    by_keyboard,
    unreported,
)
"""All operators, in the order in which they are told."""


def mutants_of(
    steps: Sequence[Step], scenes: Mapping[str, Scene]
) -> tuple[tuple[Mutant, ...], tuple[LeftOut, ...]]:
    """Make all mutants of a lesson.

    Args:
        steps: Its Steps as they are in one Sandbox.
        scenes: Id of a Step → what could be clicked in it when the demo did it.

    Returns:
        Those that run, and those that are left out.
    """
    made: list[Mutant] = []
    left: list[LeftOut] = []
    closed = False
    for number, step in enumerate(steps):
        at = _At(steps, number, scenes.get(step.id, Scene()), closed)
        copy = _copy_of(steps, number)
        for operator in OPERATORS:
            for one in operator(at):
                if copy:
                    reason = f"the same actions and checks as {copy}"
                    left.append(LeftOut(one.operator, one.step, one.detail, "equivalent", reason))
                elif isinstance(one, LeftOut):
                    left.append(one)
                else:
                    made.append(one)
        for action in step.do:
            if isinstance(action, CloseTab) or (isinstance(action, Inject) and action.fault == "crash"):
                closed = True
            elif action.verb == "sign_in":
                closed = False
    return tuple(made), tuple(left)


def _copy_of(steps: Sequence[Step], number: int) -> str:
    """Return the first copy of a repeated Step when this one stands between it and the last; else ""."""
    name, dot, _ = steps[number].id.rpartition(".")
    copies = [step.id for step in steps if dot and step.id.rpartition(".")[0] == name]
    return copies[0] if steps[number].id in copies[1:-1] else ""


def _course(step: Step) -> list[tuple[str, str | None]]:
    return [(action.verb, action.aim()) for action in step.do]


def _named(do: Sequence[Action], number: int) -> str:
    """Name an Action of a Step; its place is told where it would not be unique."""
    name = do[number].aim() or do[number].verb
    alike = [one for one, action in enumerate(do) if (action.aim() or action.verb) == name]
    return name if len(alike) == 1 else f"{name}.{alike.index(number) + 1}"


def _other_text(text: str) -> str:
    """Return other content of the same kind; "" where the kind is not known, as of a date."""
    with suppress(ValueError):
        return f"{float(text) * 2 + 7:g}"
    return OTHER_TEXT if any(letter.isalpha() for letter in text) else ""
