"""Modes: one row of policy each. Nothing else in the trainer asks which mode it is in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Help(StrEnum):
    """Rungs of the hint ladder, from a nudge to doing it."""

    NUDGE = "nudge"
    WHERE = "where"
    SHOW = "show"
    DO = "do"


@dataclass(frozen=True)
class Mode:
    """What is different from mode to mode.

    Attributes:
        name: Code of the mode.
        acts: Who acts: the player or a trainee.
        points: Whether the target is highlighted, and a text to type is offered, without asking.
        helps: Rungs of the hint ladder a trainee may climb, in order.
        explains: Whether a wrong action is explained at once.
        human_pace: Whether the player moves, types and waits as a person does.
    """

    name: str
    acts: Literal["player", "trainee"]
    points: bool
    helps: tuple[Help, ...]
    explains: bool
    human_pace: bool


MODES: dict[str, Mode] = {
    mode.name: mode
    for mode in (
        Mode("demo", acts="player", points=True, helps=(), explains=False, human_pace=True),
        Mode("guided", acts="trainee", points=True, helps=tuple(Help), explains=True, human_pace=False),
        Mode("practice", acts="trainee", points=False, helps=tuple(Help), explains=True, human_pace=False),
        Mode("verify", acts="player", points=False, helps=(), explains=False, human_pace=False),
    )
}
