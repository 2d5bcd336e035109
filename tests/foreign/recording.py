"""Somebody who acts in a window while `trainer scenario record` watches, and confirms every check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Page

from trainer import bootstrap
from trainer.app.record import Recorded
from trainer.cli.scenario import Person, recording


def acting(*acts: Callable[[Page], object]) -> Person:
    """Return somebody who does one thing at a time."""

    def arrive(page: Page) -> Callable[[], bool]:
        left: Iterator[Callable[[Page], object]] = iter(acts)

        def act() -> bool:
            nothing_left = next(left, None)
            if nothing_left is None:
                return True
            nothing_left(page)
            return False

        return act

    return arrive


def recorded(like: str, name: str, folder: Path, url: str | None, *acts: Callable[[Page], object]) -> Path:
    """Record a lesson like another one and return its file."""
    catalogue = bootstrap.scenarios()
    source = catalogue.ids()[like].read_text("utf-8")
    file = folder / f"{name}.yaml"
    file.write_text(recording(name, catalogue.get(like), source, url, person=acting(*acts), confirm=yes), "utf-8")
    return file


def yes(_step: Recorded, _check: str) -> bool:
    return True
