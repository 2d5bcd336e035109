"""Pictures of what other roles saw: PNG files under names that nobody can guess."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

_NAME = re.compile(r"[0-9a-f]{32}\.png")


class PictureFolder:
    """Keeps pictures; implements `trainer.app.ports.Pictures`.

    Args:
        folder: Where they are; it is made when the first one is taken.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, name: str) -> bytes | None:
        """Return a PNG, or None when there is none of that name."""
        file = self.folder / name
        return file.read_bytes() if _NAME.fullmatch(name) and file.is_file() else None

    def older(self, than: datetime) -> frozenset[str]:
        """Return the names of all pictures that were taken before then."""
        found = (file for file in self.folder.glob("*.png") if _NAME.fullmatch(file.name))
        return frozenset(file.name for file in found if _taken(file) < than.timestamp())

    def forget(self, names: Iterable[str]) -> None:
        """Delete pictures; one that is gone already is no error."""
        for name in names:
            if _NAME.fullmatch(name):
                (self.folder / name).unlink(missing_ok=True)


def _taken(file: Path) -> float:
    """Return when a file was written; one that has just been deleted counts as new."""
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return math.inf
