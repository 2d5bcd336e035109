"""Changes: what differs between two versions of an application, element by element, in the steps of one lesson."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from trainer.core.walkthrough import Box

Kind = Literal["moved", "renamed", "appeared", "vanished", "colour", "state"]
KINDS: tuple[Kind, ...] = ("moved", "renamed", "appeared", "vanished", "colour", "state")

SHIFT = 24.0
"""CSS pixels that an element may be shifted by a label of another length before it counts as moved."""

FALL = 96.0
"""By so much an element has to go up or down on its own before it counts as moved."""
SAME_ROW = 8.0
NUMBERS = re.compile(r"\d+")
MOMENT = re.compile(r"\d{8}T\d{6}")
"""A moment as the id of a thing made in it names it, such as ``backups.row[0001-20261127T074350]``."""


@dataclass(frozen=True)
class Element:
    """Something on a page, as a person sees it.

    Attributes:
        id: Its test id; on somebody else's application its id, field name, or role and name.
        role: Such as ``button`` or ``textbox``.
        control: Whether one acts on it; what other elements say is data and is not compared.
        name: What it is called.
        state: ``disabled``, ``checked``, … or "".
        style: Its colours; "" while the pointer or the keyboard is on it, which may change them.
        box: Where it is.
        opens: Whether it opens a menu.
        scrolls: Whether it is in a part of the page that scrolls by itself, under a bar that stays.
    """

    id: str
    role: str
    control: bool
    name: str
    state: str
    style: str
    box: Box
    opens: bool = False
    scrolls: bool = False


@dataclass(frozen=True)
class Moment:
    """What was seen at one moment of a Step.

    Attributes:
        step: Id of the Step.
        place: Which moment of it: the number of the pointed action that follows, from 0; -1 is the Step's end.
        elements: All that could be seen.
        via: The element that had to be opened first to see what is acted on, or "".
    """

    step: str
    place: int
    elements: tuple[Element, ...]
    via: str = ""


@dataclass(frozen=True)
class Change:
    """One element that is different.

    Attributes:
        element: Its id.
        kinds: In what, in the order of `KINDS`.
        step: Id of the Step in which that is seen.
        place: The moment of it.
        before: The element before; None when it is new.
        after: The element after; None when it is gone.
        via_before: What had to be opened before to reach it, or "".
        via_after: The same, after.
    """

    element: str
    kinds: tuple[Kind, ...]
    step: str
    place: int
    before: Element | None
    after: Element | None
    via_before: str = ""
    via_after: str = ""


@dataclass(frozen=True)
class Changes:
    """All that is different.

    Attributes:
        elements: Changed elements, in the order in which the lesson meets them.
        new_steps: Ids of Steps that only the later version asks for.
        gone_steps: Ids of Steps that only the earlier version asks for.
    """

    elements: tuple[Change, ...] = ()
    new_steps: tuple[str, ...] = ()
    gone_steps: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything is different."""
        return bool(self.elements or self.new_steps or self.gone_steps)


def compare(before: Sequence[Moment], after: Sequence[Moment]) -> Changes:
    """Compare what was seen in two performances of one lesson; Steps are paired by their ids."""
    steps = [list(dict.fromkeys(moment.step for moment in side)) for side in (before, after)]
    found = _Found(before, after)
    for moment in before:
        other = found.after.get((moment.step, moment.place))
        if other is not None:
            found.compare(moment, other)
    return Changes(
        found.told(),
        new_steps=tuple(step for step in steps[1] if step not in steps[0]),
        gone_steps=tuple(step for step in steps[0] if step not in steps[1]),
    )


@dataclass
class _Found:
    """Gathers changes by element; one that is seen in several moments is told once."""

    first: Sequence[Moment]
    second: Sequence[Moment]
    changes: dict[str, Change] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.after = {(moment.step, moment.place): moment for moment in self.second}
        self._openers = {moment.via for side in (self.first, self.second) for moment in side if moment.via}

    def compare(self, before: Moment, after: Moment) -> None:
        """Compare one moment."""
        one, other = _unique(before.elements), _unique(after.elements)
        known = _known_again(one, other)
        other = {known.get(name, name): element for name, element in other.items()}
        common = [element for element in one if element in other]
        moved = _moved([(one[name], other[name]) for name in common], one, other)
        for name in common:
            kinds = [*(("moved",) if name in moved else ()), *_differences(one[name], other[name])]
            self._note(name, kinds, before, after, one[name], other[name])
        for name in one.keys() - other.keys():
            self._note(name, ["vanished"], before, after, one[name], None)
        for name in other.keys() - one.keys():
            self._note(name, ["appeared"], before, after, None, other[name])

    def _note(  # noqa: PLR0913, PLR0917  # the parts of a change
        self,
        name: str,
        kinds: Sequence[str],
        before: Moment,
        after: Moment,
        one: Element | None,
        other: Element | None,
    ) -> None:
        if not kinds:
            return
        change = self.changes.get(name)
        fuller = one is not None and other is not None
        if change is not None and fuller and (change.before is None or change.after is None):
            change = None  # seen on both sides now: that tells more than that it was hidden in an earlier moment
        if change is None:
            ordered = tuple(kind for kind in KINDS if kind in kinds)
            vias = (before.via, after.via) if fuller else ("", "")
            self.changes[name] = Change(name, ordered, before.step, before.place, one, other, *vias)
        elif fuller:
            ordered = tuple(kind for kind in KINDS if kind in kinds or kind in change.kinds)
            self.changes[name] = Change(
                name,
                ordered,
                change.step,
                change.place,
                change.before,
                change.after,
                change.via_before,
                change.via_after,
            )

    def told(self) -> tuple[Change, ...]:
        """Return the changes in the order in which the lesson meets them."""
        order = {(moment.step, moment.place): number for number, moment in enumerate(self.first)}
        kept = [change for change in self.changes.values() if not self._is_part_of_another(change)]
        return tuple(sorted(kept, key=lambda one: (order[one.step, one.place], one.element)))

    def _is_part_of_another(self, change: Change) -> bool:
        """Tell whether it only follows from another change: the menu from which something has moved away."""
        return (
            change.element in self._openers
            and (change.before is None or change.after is None)
            and any(change.element in {other.via_before, other.via_after} for other in self.changes.values())
        )


def _unique(elements: Sequence[Element]) -> dict[str, Element]:
    """Return elements by id, in reading order, those that scroll after the others: they may lie under them.

    An id that several have is compared for none of them. When a thing was made is no part of its id.
    """
    elements = [replace(element, id=MOMENT.sub("…", element.id)) for element in elements]
    counts = Counter(element.id for element in elements)
    ordered = sorted(
        elements, key=lambda element: (element.scrolls, round(element.box.y / SAME_ROW), element.box.x)
    )
    return {element.id: element for element in ordered if counts[element.id] == 1}


def _known_again(before: Mapping[str, Element], after: Mapping[str, Element]) -> dict[str, str]:
    """Return the later id → the earlier one of elements that are known by their names only, and have got others.

    It is the same element where one of the same role is gone and another one has come in its place.
    """
    gone = [one for name, one in before.items() if name not in after and _known_by_name(one)]
    found: dict[str, str] = {}
    for name, other in after.items():
        same = next((one for one in gone if name not in before and _in_its_place(one, other)), None)
        if same is not None and _known_by_name(other):
            gone.remove(same)
            found[name] = same.id
    return found


def _known_by_name(element: Element) -> bool:
    """Tell whether an element's id is made of its role and name, for want of another one."""
    return element.id == f'{element.role} "{element.name}"'


def _in_its_place(before: Element, after: Element) -> bool:
    """Tell whether an element of the same role stands where the other one stood, one of its sides at least."""
    one, other = before.box, after.box
    aside = min(
        abs(other.x - one.x), abs(_shift(before, after)[0]), abs(other.x + other.width - one.x - one.width)
    )
    return before.role == after.role and _in_row(one, other) and aside <= SHIFT


def _differences(before: Element, after: Element) -> Iterator[Kind]:
    if not (before.control and after.control):
        return
    if _without_numbers(before.name) != _without_numbers(after.name):
        yield "renamed"
    like = (before.role, before.state) == (after.role, after.state)
    if like and before.style and after.style and before.style != after.style:
        yield "colour"
    if before.state != after.state:
        yield "state"


def _without_numbers(name: str) -> str:
    """Return a name in which counters and times read the same."""
    return NUMBERS.sub("0", name)


def _moved(
    pairs: Sequence[tuple[Element, Element]], before: Mapping[str, Element], after: Mapping[str, Element]
) -> set[str]:
    """Return the elements whose place among the others is another one.

    What is only shifted with its neighbours, or makes room for something that came, went or grew, has not moved.
    """
    ranks = {name: rank for rank, name in enumerate(name for name in after if name in before)}
    shifts = [sum(map(abs, _shift(*pair))) for pair in pairs]
    keeping = _longest_rising([ranks[one.id] for one, _other in pairs], shifts)
    moved = {one.id for number, (one, _other) in enumerate(pairs) if number not in keeping and one.control}
    staying = [(one, other) for number, (one, other) in enumerate(pairs) if number in keeping]
    went = [one.box for name, one in before.items() if name not in after or name in moved]
    came = [other.box for name, other in after.items() if name not in before or name in moved]
    for number, (one, other) in enumerate(staying):
        if not one.control:
            continue
        aside, down = _shift(one, other)
        near = [_shift(*pair) for pair in staying[max(0, number - 2) : number + 3] if pair[0] is not one]
        beside = [pair for pair in staying if _in_row(pair[0].box, one.box)]  # with itself
        grown = sum(abs(then.box.width - first.box.width) for first, then in beside)
        made_way = any(_in_row(box, one.box) for box in went) or any(_in_row(box, other.box) for box in came)
        if abs(aside) > SHIFT + grown and all(abs(aside - x) > SHIFT for x, _y in near) and not made_way:
            moved.add(one.id)
        pushed = (
            any(box.y < one.box.y for box in went)
            or any(box.y < other.box.y for box in came)
            or any(abs(first.box.height - then.box.height) > SHIFT for first, then in staying[:number])
        )
        if abs(down) > FALL and all(abs(down - y) > SHIFT for _x, y in near) and not pushed:
            moved.add(one.id)
    return moved


def _in_row(box: Box, other: Box) -> bool:
    """Tell whether two boxes stand beside each other."""
    return abs(box.y + box.height / 2 - other.y - other.height / 2) < max(box.height, other.height) / 2


def _shift(before: Element, after: Element) -> tuple[float, float]:
    """Return by how much the middle of an element was shifted to the right, and down."""
    one, other = before.box, after.box
    return (
        other.x + other.width / 2 - one.x - one.width / 2,
        other.y + other.height / 2 - one.y - one.height / 2,
    )


def _longest_rising(numbers: Sequence[int], shifts: Sequence[float]) -> set[int]:
    """Return the places of a longest rising part of `numbers`; of several, of the one that was shifted least."""
    best: list[tuple[int, float, int]] = []  # length of the best part that ends here, its shifts, the place before
    for place, number in enumerate(numbers):
        ends = [(*best[earlier][:2], earlier) for earlier in range(place) if numbers[earlier] < number]
        length, shifted, earlier = min(ends, key=lambda end: (-end[0], end[1]), default=(0, 0.0, -1))
        best.append((length + 1, shifted + shifts[place], earlier))
    place = min(range(len(best)), key=lambda index: (-best[index][0], best[index][1]), default=-1)
    chosen: set[int] = set()
    while place >= 0:
        chosen.add(place)
        place = best[place][2]
    return chosen
