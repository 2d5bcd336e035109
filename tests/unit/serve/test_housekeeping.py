"""Which Sandboxes house-keeping removes, and what becomes of their Runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.serve.doubles import Deleting
from trainer.adapters.database import Database
from trainer.adapters.store import StoredRuns
from trainer.app.housekeeping import KEEP_ENDED, HouseKeeping
from trainer.core.errors import BrokenEnvironment
from trainer.core.runs import Ongoing, Run, RunStatus

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEEP = timedelta(hours=48)
MINUTE = timedelta(minutes=1)


def a_run(id: str, moved: datetime, status: RunStatus = RunStatus.ACTIVE) -> Run:
    active = status is RunStatus.ACTIVE
    return Run(
        id=id,
        scenario="lesson-web",
        version=1,
        digest="d",
        mode="guided",
        lang="en",
        owner="somebody",
        sandbox=f"sandbox-of-{id}",
        started=NOW - timedelta(days=9),
        ended=None if active else moved,
        status=status,
        ongoing=Ongoing("end", started=moved, moved=moved) if active else None,
    )


@pytest.fixture
def runs() -> StoredRuns:
    return StoredRuns(Database("sqlite://"))


@pytest.mark.parametrize(
    ("status", "rested", "goes"),
    [
        (RunStatus.ACTIVE, KEEP - MINUTE, False),
        (RunStatus.ACTIVE, KEEP + MINUTE, True),
        (RunStatus.FINISHED, KEEP_ENDED - MINUTE, False),
        (RunStatus.FINISHED, KEEP_ENDED + MINUTE, True),
        (RunStatus.LEFT, KEEP_ENDED + MINUTE, True),
    ],
)
def test_what_goes(runs: StoredRuns, status: RunStatus, rested: timedelta, *, goes: bool) -> None:
    run = a_run("r1", NOW - rested, status)
    runs.save(run)
    control = Deleting()
    assert HouseKeeping(runs, control).tidy(now=NOW, keep=KEEP) == int(goes)
    assert control.deleted == (["sandbox-of-r1"] if goes else [])
    kept = runs.get("r1")
    assert kept is not None
    assert kept.sandbox == ("" if goes else run.sandbox)
    if not goes:
        assert kept == run


def test_a_run_nobody_went_on_with_is_left_and_a_finished_one_stays_finished(runs: StoredRuns) -> None:
    runs.save(a_run("old", NOW - 2 * KEEP))
    runs.save(a_run("done", NOW - 2 * KEEP, RunStatus.FINISHED))
    HouseKeeping(runs, Deleting()).tidy(now=NOW, keep=KEEP)
    old, done = runs.get("old"), runs.get("done")
    assert old is not None
    assert (old.status, old.ended, old.ongoing) == (RunStatus.LEFT, NOW, None)
    assert done == replace(a_run("done", NOW - 2 * KEEP, RunStatus.FINISHED), sandbox="")


def test_a_run_that_is_forgotten_meanwhile_does_not_come_back(
    runs: StoredRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs.save(a_run("old", NOW - 2 * KEEP))
    control = Deleting()
    monkeypatch.setattr(control, "delete", lambda _sandbox: runs.forget("somebody"))
    HouseKeeping(runs, control).tidy(now=NOW, keep=KEEP)
    assert runs.get("old") is None


def test_it_is_done_once(runs: StoredRuns) -> None:
    runs.save(a_run("old", NOW - 2 * KEEP))
    control = Deleting()
    assert [HouseKeeping(runs, control).tidy(now=NOW, keep=KEEP) for _ in range(2)] == [1, 0]
    assert len(control.deleted) == 1


def test_what_cannot_be_removed_is_logged_and_tried_again_and_everything_else_goes(
    runs: StoredRuns, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("r1", "r2", "r3"):
        runs.save(a_run(name, NOW - 2 * KEEP))
    control = Deleting("a", "b", "c", stuck={"sandbox-of-r2", "b"})
    house = HouseKeeping(runs, control)
    assert [house.tidy(now=NOW, keep=KEEP) for _ in range(2)] == [2, 2]
    assert sorted(control.deleted) == ["a", "c", "sandbox-of-r1", "sandbox-of-r3"]
    failed = [f"sandbox {name}: The sandbox HRMS has gone." for name in ("sandbox-of-r2", "sandbox-of-r2", "b")]
    assert caplog.messages == failed
    control.stuck = ()
    assert house.tidy(now=NOW, keep=KEEP) == 2


def test_what_no_run_knows_goes_at_the_second_round(runs: StoredRuns) -> None:
    runs.save(a_run("r1", NOW))
    control = Deleting("sandbox-of-r1", "sandbox-of-r2", "orphan")
    house = HouseKeeping(runs, control)
    assert house.tidy(now=NOW, keep=KEEP) == 0
    runs.save(a_run("r2", NOW))  # it was just being begun
    assert house.tidy(now=NOW, keep=KEEP) == 1
    assert control.deleted == ["orphan"]
    assert house.tidy(now=NOW, keep=KEEP) == 0


def test_a_database_that_does_not_answer_lets_no_sandbox_go(
    runs: StoredRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs.save(a_run("r1", NOW))
    control = Deleting("sandbox-of-r1")
    house = HouseKeeping(runs, control)

    def broken() -> frozenset[str]:
        raise BrokenEnvironment("locked")

    with monkeypatch.context() as patch:
        patch.setattr(runs, "sandboxes", broken)
        for _ in range(2):
            with pytest.raises(BrokenEnvironment):
                house.tidy(now=NOW, keep=KEEP)
    assert house.tidy(now=NOW, keep=KEEP) == 0
    assert control.deleted == []
