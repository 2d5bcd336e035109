"""Modes: one row of policy each. Nothing else in the trainer asks which mode it is in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Help(StrEnum):
    """Rungs of the hint ladder, from a nudge to doing it; and being put back to the begin of a Step."""

    NUDGE = "nudge"
    WHERE = "where"
    SHOW = "show"
    DO = "do"
    BACK = "back"


LADDER = (Help.NUDGE, Help.WHERE, Help.SHOW, Help.DO)


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
        rank: How much a passed Run says: it completes the lessons that require its mode, or one of a lower rank.
        tells: Whether a trainee is told during the Run which Step is due and which have passed.
        timed: Whether the time is limited, and the Run ends when it is up or handed in, once, complete or not.
        puts_back: Whether a trainee may be put back to the begin of a Step.
    """

    name: str
    acts: Literal["player", "trainee"]
    points: bool
    helps: tuple[Help, ...]
    explains: bool
    human_pace: bool
    rank: int = 0
    tells: bool = True
    timed: bool = False
    puts_back: bool = False


MODES: dict[str, Mode] = {
    mode.name: mode
    for mode in (
        Mode("demo", acts="player", points=True, helps=(), explains=False, human_pace=True),
        Mode(
            "guided",
            acts="trainee",
            points=True,
            helps=LADDER,
            explains=True,
            human_pace=False,
            rank=1,
            puts_back=True,
        ),
        Mode(
            "practice",
            acts="trainee",
            points=False,
            helps=LADDER,
            explains=True,
            human_pace=False,
            rank=2,
            puts_back=True,
        ),
        Mode(
            "exam",
            acts="trainee",
            points=False,
            helps=(),
            explains=False,
            human_pace=False,
            rank=3,
            tells=False,
            timed=True,
        ),
        Mode("verify", acts="player", points=False, helps=(), explains=False, human_pace=False),
    )
}


def completes(mode: str, required: str) -> bool:
    """Tell whether a passed Run in `mode` completes a lesson that requires the mode `required`."""
    return MODES[mode].acts == "trainee" and MODES[mode].rank >= MODES[required].rank
