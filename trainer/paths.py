"""Paths: where the shipped data lies and where a person's own data goes.

Importing this needs the standard library only, so that it works before anything is installed.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


@lru_cache(maxsize=1)
def checkout() -> Path | None:
    """Return the folder of the source checkout that this package runs from, or None for an installed package."""
    root = PACKAGE.parent
    return root if (root / "pyproject.toml").is_file() else None


def data_dir(name: str) -> Path:
    """Return the folder of shipped data.

    Args:
        name: `scenarios` or `locales`.

    Returns:
        The checkout's own folder, so that an edit counts at once; else the copy inside the installed package.
    """
    root = checkout()
    return root / name if root else PACKAGE / "_data" / name


def home() -> Path:
    """Return the folder that databases, sandboxes and results go to; it need not exist yet.

    Returns:
        `TRAINER_HOME` if set, else `.trainer` in a source checkout, whoever calls from there, else the place that
        this system gives to applications.
    """
    chosen = os.environ.get("TRAINER_HOME")
    if chosen:
        return Path(chosen).expanduser().resolve()
    root = checkout()
    if root:
        return root / ".trainer"
    import platformdirs

    return platformdirs.user_data_path("trainer", appauthor=False)
