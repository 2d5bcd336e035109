"""A look in other roles waits for what is not there yet, and not for ever."""

from __future__ import annotations

from typing import cast

import pytest

from trainer.app.examine import PATIENCE_SECONDS, StageObserver
from trainer.app.ports import Stage
from trainer.core.checks import Sight

SIGHT = Sight("hr", "", "row")


class Late:
    """A stage and its window, in which something appears after some seconds."""

    def __init__(self, appears: float) -> None:
        self.now = 0.0
        self._appears = appears

    def window(self, _sandbox: str, _role: str, *, read_only: bool, page: str) -> Late:
        assert read_only
        assert page == SIGHT.page
        return self

    def go(self, _page: str) -> None:
        """Load it."""

    def read_state(self, _target: str) -> str | None:
        return "here" if self.now >= self._appears else None

    def wait(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize(("appears", "seen"), [(0, "here"), (1, "here"), (PATIENCE_SECONDS * 2, None)])
def test_the_last_look_waits_for_what_is_not_there_yet(appears: float, seen: str | None) -> None:
    stage = Late(appears)
    observer = StageObserver(cast("Stage", stage), wait=stage.wait, moment=lambda: stage.now)
    assert observer.look("s1", [SIGHT], lang="en").sights == {SIGHT: seen}
    assert stage.now <= PATIENCE_SECONDS + 1
