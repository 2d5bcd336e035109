"""A process that ends is started again."""

from __future__ import annotations

import threading

import pytest

from trainer.adapters import supervisor
from trainer.adapters.supervisor import Supervisor
from trainer.core.errors import BrokenEnvironment

SOON = 10.0


class Mortal:
    """A process that can be killed; it comes up at the `comes_up`-th attempt, after as many failures of a kind."""

    def __init__(self, comes_up: int = 1, failure: type[Exception] = BrokenEnvironment) -> None:
        self.living = threading.Event()
        self.living.set()
        self.ended = threading.Event()
        self.attempts = 0
        self._comes_up = comes_up
        self._failure = failure

    def alive(self) -> bool:
        return self.living.is_set()

    def restart(self) -> None:
        self.attempts += 1
        if self.attempts < self._comes_up:
            raise self._failure("not yet")
        self.living.set()

    def stop(self) -> None:
        self.ended.set()

    def obituary(self) -> str:
        return "It has ended."


@pytest.fixture(autouse=True)
def _in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.01)


@pytest.mark.parametrize(("comes_up", "failure"), [(1, BrokenEnvironment), (3, BrokenEnvironment), (3, OSError)])
def test_it_starts_again_what_has_ended(comes_up: int, failure: type[Exception]) -> None:
    """Also where the system had no memory or no file left for another process."""
    process = Mortal(comes_up, failure)
    watch = Supervisor(process)
    watch.start()
    process.living.clear()
    assert process.living.wait(SOON)
    watch.stop()
    assert process.attempts == comes_up
    assert process.ended.is_set()


def test_in_the_end_nothing_is_started_any_more() -> None:
    process = Mortal()
    watch = Supervisor(process)
    watch.start()
    watch.stop()
    process.living.clear()
    assert process.attempts == 0


def test_it_can_end_what_it_never_watched() -> None:
    process = Mortal()
    Supervisor(process).stop()
    assert process.ended.is_set()
