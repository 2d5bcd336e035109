"""The databases that the platform can have, each new and empty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from trainer.adapters.database import Database, sqlite_url

KINDS = ("sqlite", "postgres")


@pytest.fixture
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Make a database of a kind and return its address."""

    def make(kind: str) -> str:
        if kind == "sqlite":
            return sqlite_url(tmp_path / "new" / "platform.sqlite")
        made: str = request.getfixturevalue("postgres").new_database()
        return made

    return make


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, new_url: Callable[[str], str]) -> str:
    """Return the address of a database of each kind."""
    return new_url(request.param)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """Open a database of each kind."""
    with closing(Database(url)) as opened:
        yield opened


@pytest.fixture(params=["memory", *KINDS])
def database_or_none(request: pytest.FixtureRequest, new_url: Callable[[str], str]) -> Iterator[Database | None]:
    """Open a database of each kind, and none for the double in memory."""
    if request.param == "memory":
        yield None
        return
    with closing(Database(new_url(request.param))) as opened:
        yield opened
