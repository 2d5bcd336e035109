"""Telling: a Walkthrough arranged as numbered blocks, the same for every format of guide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Protocol

from guides.pictures import ACCENT, Picture, alike, prepared
from trainer.core.walkthrough import Mark, Shot, WalkStep, Walkthrough

NUMBER = re.compile(r"(\d+)")

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


class Texts(Protocol):
    """A catalogue in one language."""

    def gettext(self, message: str) -> str:
        """Return the text of a msgid."""
        ...


@dataclass(frozen=True)
class Figure:
    """A picture with its words.

    Attributes:
        picture: Ready for print.
        legend: What its numbers mean, or that it shows the result.
        alt: The same for somebody who cannot see it.
    """

    picture: Picture
    legend: str
    alt: str


@dataclass(frozen=True)
class Block:
    """One numbered step of the guide.

    Attributes:
        number: From 1.
        step: Id of its Step, of the first one where several are told as one.
        say: What to do.
        sees: What one should see afterwards, or "".
        times: How often it is done in a row.
        figures: Where to act.
        result: What it led to, where no other picture shows that; or None.
        shown_in: Number of the block whose first picture shows what this one led to, or None.
    """

    number: int
    step: str
    say: str
    sees: str
    times: int
    figures: tuple[Figure, ...]
    result: Figure | None
    shown_in: int | None


def tell(walkthrough: Walkthrough, texts: Texts, colour: str = ACCENT) -> tuple[Block, ...]:
    """Arrange the steps: repeated ones become one block, a picture that the next block shows is left out.

    Args:
        walkthrough: What was performed.
        texts: Texts of guides in its language.
        colour: Of the rings in the pictures.
    """
    groups = grouped(walkthrough.steps)
    following = [group[0] for group in groups[1:]]
    return tuple(
        _block(number, group, next_step, texts, colour)
        for number, (group, next_step) in enumerate(zip(groups, [*following, None], strict=True), start=1)
    )


def grouped(steps: Sequence[WalkStep]) -> list[list[WalkStep]]:
    """Put repetitions together that differ in nothing that a reader would miss."""
    groups: list[list[WalkStep]] = []
    for step in steps:
        if groups and _repeats(groups[-1][-1], step) and told_once([*groups[-1], step]):
            groups[-1].append(step)
        else:
            groups.append([step])
    return groups


def _repeats(before: WalkStep, step: WalkStep) -> bool:
    """Tell whether `step` is the same Step of the Scenario as `before`, done in the same way."""
    stem, dot, _number = step.id.partition(".")
    ways = [[[mark.verb for mark in shot.marks] for shot in done.shots] for done in (before, step)]
    return bool(dot) and before.id.partition(".")[:2] == (stem, dot) and ways[0] == ways[1]


def told_once(steps: Sequence[WalkStep]) -> tuple[str, str] | None:
    """Return what to do and what to see for all `steps` at once, or None when that cannot be said in one text."""
    say, sees = _joined([step.say for step in steps]), _joined([step.sees for step in steps])
    return None if say is None or sees is None else (say, sees)


def _joined(told: Sequence[str]) -> str | None:
    """Return one text for all: equal texts, or texts in which only a number counts up (1, 2, 3 becomes 1–3)."""
    joined: list[str] = []
    for place, parts in enumerate(zip_longest(*(NUMBER.split(text) for text in told))):
        if len(set(parts)) == 1:
            joined.append(parts[0])
            continue
        if place % 2 == 0 or None in parts:
            return None
        numbers = [int(part) for part in parts]
        if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
            return None
        joined.append(f"{parts[0]}–{parts[-1]}")
    return "".join(joined)


def _block(number: int, group: Sequence[WalkStep], following: WalkStep | None, texts: Texts, colour: str) -> Block:
    step = group[0]
    say, sees = told_once(group) or (step.say, step.sees)
    pointed = [shot for shot in step.shots if shot.marks]
    result = step.shots[-1] if step.shots and not step.shots[-1].marks else None
    if result and pointed and alike(pointed[-1], result):
        result = None
    first_next = following.shots[0] if len(group) == 1 and following and following.shots else None
    shown_next = bool(pointed and result and first_next and alike(result, first_next))
    return Block(
        number=number,
        step=step.id,
        say=say,
        sees=sees,
        times=len(group),
        figures=tuple(_figures(pointed, number, texts, colour)),
        result=_result(result, number, texts) if result and not shown_next else None,
        shown_in=number + 1 if shown_next else None,
    )


def _figures(pointed: list[Shot], number: int, texts: Texts, colour: str) -> Iterator[Figure]:
    first = 1
    for shot in pointed:
        legend = " · ".join(
            f"{_circled(index)} {_told(mark, texts)}" for index, mark in enumerate(shot.marks, start=first)
        )
        alt = texts.gettext("Picture for step {number}: {legend}").format(number=number, legend=legend)
        yield Figure(prepared(shot, first, colour), legend, alt)
        first += len(shot.marks)


def _result(shot: Shot, number: int, texts: Texts) -> Figure:
    alt = texts.gettext("Picture of the page after step {number}").format(number=number)
    return Figure(prepared(shot), texts.gettext("After this step"), alt)


def _circled(number: int) -> str:
    return CIRCLED[number - 1] if number <= len(CIRCLED) else f"({number})"


def _told(mark: Mark, texts: Texts) -> str:
    """Return what to do at a mark, in two or three words."""
    words = {
        "click": texts.gettext("Press here"),
        "fill": texts.gettext("Type here"),
        "press": texts.gettext("Press the key here"),
        "choose": texts.gettext("Choose here"),
        "tick": texts.gettext("Tick this box"),
        "hover": texts.gettext("Point here"),
        "was": texts.gettext("Before the update"),
        "now": texts.gettext("After the update"),
    }
    return words.get(mark.verb, texts.gettext("Here"))
