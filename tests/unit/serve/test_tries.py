"""Whoever guesses waits longer and longer, and nobody else does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from trainer.app import tries
from trainer.app.tries import FORGOTTEN, LONGEST_WAIT, Tries

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_the_wait_doubles_up_to_a_minute_and_is_forgotten() -> None:
    made, now, waits = Tries(2), NOON, []
    for _try in range(10):
        before = now
        while not made.begin("eve", now):
            now += timedelta(seconds=1)
        waits.append((now - before).total_seconds())
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60]
    assert not made.begin("eve", now + LONGEST_WAIT - timedelta(seconds=1))
    later = now + FORGOTTEN + timedelta(seconds=1)
    assert [made.begin("eve", later) for _try in range(3)] == [True, True, False]


def test_many_at_once_gain_nothing() -> None:
    made = Tries(5)
    with ThreadPoolExecutor(16) as pool:
        begun = list(pool.map(lambda _number: made.begin("eve", NOON), range(200)))
    assert begun.count(True) == 5


def test_who_was_right_and_everybody_else_waits_for_nothing() -> None:
    made = Tries(1)
    assert made.begin("eve", NOON)
    assert made.begin("ann", NOON)
    made.right("ann")
    assert made.begin("ann", NOON)
    made.take_back("ann")
    made.take_back("nobody")
    assert made.begin("ann", NOON)
    assert not made.begin("eve", NOON)


def test_a_crowd_of_guessers_pushes_out_only_who_was_quiet_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "MOST_KNOWN", 3)
    made = Tries(1)
    for name in ("a", "b", "c", "a", "d"):
        made.begin(name, NOON)
    assert [made.begin(name, NOON) for name in ("a", "c", "d")] == [False, False, False]
    assert made.begin("b", NOON)
