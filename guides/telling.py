"""Telling: a Walkthrough arranged as numbered blocks, the same for every format of guide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from guides.pictures import Picture, alike, prepared
from trainer.core.walkthrough import Mark, Shot, WalkStep, Walkthrough

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
        say: What to do.
        sees: What one should see afterwards, or "".
        times: How often it is done in a row.
        figures: Where to act.
        result: What it led to, where no other picture shows that; or None.
    """

    number: int
    say: str
    sees: str
    times: int
    figures: tuple[Figure, ...]
    result: Figure | None


def tell(walkthrough: Walkthrough, texts: Texts) -> tuple[Block, ...]:
    """Arrange the steps: repeated ones become one block, a picture that the next block shows is left out."""
    groups = [tuple(group) for _, group in groupby(walkthrough.steps, key=_same_block)]
    following = [group[0] for group in groups[1:]]
    return tuple(
        _block(number, group, next_step, texts)
        for number, (group, next_step) in enumerate(zip(groups, [*following, None], strict=True), start=1)
    )


def _same_block(step: WalkStep) -> tuple[object, ...]:
    """Steps with equal keys in a row differ in nothing that a reader would miss."""
    stem, dot, _ = step.id.partition(".")
    verbs = tuple(tuple(mark.verb for mark in shot.marks) for shot in step.shots)
    return (stem, bool(dot), step.say, step.sees, verbs)


def _block(number: int, group: tuple[WalkStep, ...], following: WalkStep | None, texts: Texts) -> Block:
    step = group[0]
    pointed = [shot for shot in step.shots if shot.marks]
    return Block(
        number=number,
        say=step.say,
        sees=step.sees,
        times=len(group),
        figures=tuple(_figures(pointed, number, texts)),
        result=_result(step, pointed, following if len(group) == 1 else None, number, texts),
    )


def _figures(pointed: list[Shot], number: int, texts: Texts) -> Iterator[Figure]:
    first = 1
    for shot in pointed:
        legend = " · ".join(
            f"{_circled(index)} {_told(mark, texts)}" for index, mark in enumerate(shot.marks, start=first)
        )
        alt = texts.gettext("Picture for step {number}: {legend}").format(number=number, legend=legend)
        yield Figure(prepared(shot, first), legend, alt)
        first += len(shot.marks)


def _result(
    step: WalkStep, pointed: list[Shot], following: WalkStep | None, number: int, texts: Texts
) -> Figure | None:
    """Return the picture of the result unless it shows nothing new or the next block begins with it."""
    shot = step.shots[-1] if step.shots and not step.shots[-1].marks else None
    if shot is None or (pointed and alike(pointed[-1], shot)):
        return None
    if pointed and following and following.shots and alike(shot, following.shots[0]):
        return None
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
    }
    return words.get(mark.verb, texts.gettext("Here"))
