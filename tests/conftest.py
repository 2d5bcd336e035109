"""What every test may rely on: a home of its own, English unless it says otherwise, and this machine's browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from trainer.machine import find_browser


@pytest.fixture(scope="session", autouse=True)
def own_surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep a person's own data, database and language out of the tests, and the tests out of a person's data."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRAINER_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("LC_ALL", "C.UTF-8")
        for name in ("TRAINER_DATABASE_URL", "HRMS_CONTROL_TOKEN"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Let the `page` fixture start the browser that the trainer itself would start."""
    found = find_browser()
    return browser_type_launch_args | ({"executable_path": str(found)} if found else {})
