"""Walkthrough: ordered shots of a demo, from which every guide is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Box:
    """A rectangle in CSS pixels of the window, from its top left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Mark:
    """Where one pointed Action is about to happen.

    Attributes:
        verb: Its verb, such as ``click``.
        box: The element to act on.
    """

    verb: str
    box: Box


@dataclass(frozen=True)
class Glimpse:
    """How the window looked soon after an action.

    Attributes:
        seconds: How long after it.
        png: The picture.
    """

    seconds: float
    png: bytes


@dataclass(frozen=True)
class Shot:
    """A picture of the window at one moment.

    Attributes:
        png: The picture.
        scale: Picture pixels per CSS pixel.
        marks: The elements to act on, in order; empty for a picture of the result.
        after: How the window changed after the action, as long as it did; only for films.
    """

    png: bytes
    scale: float
    marks: tuple[Mark, ...] = ()
    after: tuple[Glimpse, ...] = ()


@dataclass(frozen=True)
class WalkStep:
    """One Step as it was performed.

    Attributes:
        id: Id of the Step.
        say: What to do, told in the walkthrough's language.
        sees: What one should see afterwards, or "".
        shots: Pictures in order: before the pointed actions (fields that are filled in and the button that
            sends them share one), and of the result unless the window was closed.
    """

    id: str
    say: str
    sees: str
    shots: tuple[Shot, ...]


@dataclass(frozen=True)
class Walkthrough:
    """A demo as performed once, in the language in which the application was shown.

    Attributes:
        scenario: Id of the Scenario.
        version: Its version.
        digest: Its digest.
        profile: Kind of HR system.
        lang: Language of texts and pictures.
        title: Name of the lesson.
        summary: What one can do afterwards.
        steps: The Steps in order.
        synthetic: Whether people and data in the pictures are made up.
        context: The names that texts of the Scenario may use, so that it can be told in other words.
    """

    scenario: str
    version: int
    digest: str
    profile: str
    lang: str
    title: str
    summary: str
    steps: tuple[WalkStep, ...]
    synthetic: bool = True
    context: Mapping[str, Any] = field(default_factory=dict, hash=False)
