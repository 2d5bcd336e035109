"""Samples of `trainer bench crash`: nothing acknowledged is lost. The whole of it belongs to `make proof`."""

import pytest

from trainer.adapters.disk_log import NoSharedLibrary, find_library
from trainer.cli.bench_crash import LOST_EVENTS
from trainer.cli.bench_keys import FAULTS, press_keys
from trainer.cli.bench_kills import kill_often
from trainer.cli.bench_power import cut_power

SAMPLE = ("tab closed", "browser killed", "sandbox HRMS killed")
TRIALS = 2


def test_two_kills_during_100_autosaves_lose_and_double_nothing() -> None:
    found = kill_often(2, 100, seed=1)
    assert (found.kills, found.finished) == (2, 2)
    assert found.saves >= 100
    assert (found.lost, found.wrong, found.duplicates, found.not_once, found.damaged) == (0, 0, 0, 0, 0)


@pytest.mark.proof
def test_sixty_power_cuts_lose_nothing_and_the_control_without_fsync_does() -> None:
    try:
        find_library()
    except NoSharedLibrary:
        pytest.skip("Python's SQLite is built in here")
    real = cut_power(150, 60, seed=1)
    assert real.images == 60
    assert real.fsyncs >= real.saves
    assert (real.lost, real.damaged) == (0, 0)
    assert cut_power(150, 60, seed=1, weak=True).lost > 0


@pytest.mark.browser
@pytest.mark.proof
@pytest.mark.parametrize("fault", SAMPLE)
def test_what_was_typed_is_there_after(fault: str) -> None:
    assert fault in FAULTS
    (found,) = press_keys(lambda _said: None, [fault], TRIALS, seed=1)
    assert found.trials == TRIALS
    assert found.keys > 0
    assert max(found.lost) <= LOST_EVENTS
