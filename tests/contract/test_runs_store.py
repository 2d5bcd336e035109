"""What every keeper of Runs promises."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from trainer.adapters.in_memory import InMemoryRuns
from trainer.adapters.store import StoredRuns, sqlite_url
from trainer.app.ports import Runs
from trainer.core.checks import Outcome, Status
from trainer.core.errors import BrokenEnvironment
from trainer.core.runs import Attempt, Ongoing, Run, RunStatus

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STORED = Outcome(Status.PASSED, "outcome", "stored: x", "x == '中'", "x is '中'")
SEEN = Outcome(Status.UNKNOWN, "outcome", "as hr see: a = b", "hr sees a = b", "no browser", "shot.png")
ATTEMPTS = (
    Attempt("consent", (STORED,), NOON, NOON + MINUTE, mistakes=2, helps=("nudge", "where"), assisted=True),
    Attempt("answer.1", (), NOON + MINUTE, NOON + 2 * MINUTE),
)
RUN = Run(
    id="r1",
    scenario="normal-exit-web",
    version=3,
    digest="abc",
    mode="guided",
    lang="zh_CN",
    owner="alice",
    sandbox="s1",
    started=NOON,
    attempts=ATTEMPTS,
    ongoing=Ongoing(
        "end", NOON, NOON + 3 * MINUTE, after=7, done=(0, 2), mistakes=1, helps=("nudge",), used=(8, 9), since=5
    ),
    spent=timedelta(seconds=61.5),
    ticked=NOON + 3 * MINUTE,
    breaks=2,
)

FIRST_TABLES = """
CREATE TABLE run (
    id VARCHAR NOT NULL PRIMARY KEY, scenario VARCHAR NOT NULL, version INTEGER NOT NULL, digest VARCHAR NOT NULL,
    mode VARCHAR NOT NULL, lang VARCHAR NOT NULL, owner VARCHAR NOT NULL, sandbox VARCHAR NOT NULL,
    started DATETIME NOT NULL, ended DATETIME, moved DATETIME NOT NULL, status VARCHAR NOT NULL,
    final JSON NOT NULL, ongoing JSON
);
CREATE TABLE attempt (
    run VARCHAR NOT NULL, number INTEGER NOT NULL, step VARCHAR NOT NULL, status VARCHAR NOT NULL,
    outcomes JSON NOT NULL, started DATETIME NOT NULL, ended DATETIME NOT NULL, mistakes INTEGER NOT NULL,
    helps JSON NOT NULL, assisted BOOLEAN NOT NULL,
    PRIMARY KEY (run, number), FOREIGN KEY(run) REFERENCES run (id) ON DELETE CASCADE
);
INSERT INTO run VALUES ('old', 'normal-exit-web', 3, 'abc', 'guided', 'en', 'alice', 's9',
    '2026-11-22 12:00:00.000000', NULL, '2026-11-22 12:01:00.000000', 'active', '[]',
    '{"step": "end", "started": "2026-11-22T12:00:00Z", "moved": "2026-11-22T12:01:00Z", "after": 4, "done": [0],
      "mistakes": 1, "helps": ["nudge"], "assisted": false}');
INSERT INTO attempt VALUES ('old', 0, 'start', 'passed',
    '[{"status": "passed", "level": "outcome", "check": "stored: x", "expected": "x", "seen": "x",
      "screenshot": ""}]',
    '2026-11-22 12:00:00.000000', '2026-11-22 12:01:00.000000', 0, '[]', 0);
"""
"""A database as the first version made it, with one Run under way."""


@pytest.fixture(params=["memory", "sqlite"])
def runs(request: pytest.FixtureRequest, tmp_path: Path) -> Runs:
    makers: dict[str, Callable[[], Runs]] = {
        "memory": InMemoryRuns,
        "sqlite": lambda: StoredRuns(sqlite_url(tmp_path / "new" / "platform.sqlite")),
    }
    return makers[request.param]()


def test_a_run_comes_back_as_it_was(runs: Runs) -> None:
    runs.save(RUN)
    assert runs.get("r1") == RUN
    assert runs.get("r2") is None


def test_the_last_save_counts(runs: Runs) -> None:
    runs.save(RUN)
    ended = replace(
        RUN, status=RunStatus.FINISHED, ended=NOON, ongoing=None, final=(STORED, SEEN), attempts=ATTEMPTS[:1]
    )
    runs.save(ended)
    assert runs.get("r1") == ended


def test_moments_of_other_zones_are_the_same_moments(runs: Runs) -> None:
    run = replace(RUN, started=NOON.astimezone(timezone(timedelta(hours=8))))
    runs.save(run)
    assert runs.get("r1") == run


def test_the_newest_run_of_a_trainee_comes_first(runs: Runs) -> None:
    for number, name in enumerate(["b", "c", "a"]):
        runs.save(replace(RUN, id=name, started=NOON + number * MINUTE))
    runs.save(replace(RUN, id="other", owner="bob"))
    assert [run.id for run in runs.of("alice")] == ["a", "c", "b"]
    assert runs.of("nobody") == ()


def test_a_run_is_idle_since_something_last_happened_in_it(runs: Runs) -> None:
    moved = NOON + 3 * MINUTE
    runs.save(RUN)
    runs.save(replace(RUN, id="gone", sandbox=""))
    assert runs.idle(moved) == ()
    assert runs.idle(moved + MINUTE) == (RUN,)


def test_a_step_passed_and_an_end_are_something_that_happened(runs: Runs) -> None:
    runs.save(replace(RUN, ongoing=None))
    assert runs.idle(NOON + 2 * MINUTE) == ()
    runs.save(replace(RUN, ongoing=None, ended=NOON + 9 * MINUTE))
    assert runs.idle(NOON + 8 * MINUTE) == ()


def test_forgetting_takes_everything_of_one_trainee(runs: Runs) -> None:
    runs.save(RUN)
    runs.save(replace(RUN, id="r2", sandbox="s2"))
    runs.save(replace(RUN, id="r3", sandbox=""))
    runs.save(replace(RUN, id="other", owner="bob"))
    assert sorted(runs.forget("alice")) == ["s1", "s2"]
    assert runs.of("alice") == ()
    assert len(runs.of("bob")) == 1
    assert runs.forget("alice") == ()


def test_what_was_saved_is_there_after_a_restart(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "platform.sqlite")
    StoredRuns(url).save(RUN)
    assert StoredRuns(url).get("r1") == RUN


def test_the_file_is_written_so_that_a_power_cut_loses_nothing(tmp_path: Path) -> None:
    store = StoredRuns(sqlite_url(tmp_path / "platform.sqlite"))
    with store.engine.connect() as connection:
        synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar()
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    assert (synchronous, journal) == (2, "wal")


def test_steps_can_be_counted_by_a_plain_query(tmp_path: Path) -> None:
    StoredRuns(sqlite_url(tmp_path / "platform.sqlite")).save(RUN)
    with closing(sqlite3.connect(tmp_path / "platform.sqlite")) as database:
        rows = database.execute(
            "SELECT run.scenario, attempt.step, attempt.status, attempt.mistakes"
            " FROM attempt JOIN run ON run.id = attempt.run ORDER BY attempt.number"
        ).fetchall()
    assert rows == [("normal-exit-web", "consent", "passed", 2), ("normal-exit-web", "answer.1", "passed", 0)]


def test_a_database_that_fails_is_told_and_nothing_is_half_done(tmp_path: Path) -> None:
    file = tmp_path / "platform.sqlite"
    store = StoredRuns(sqlite_url(file))
    store.save(RUN)
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("ALTER TABLE attempt RENAME TO away")
        for use in (
            lambda: store.save(replace(RUN, lang="en")),
            lambda: store.get("r1"),
            lambda: store.of("alice"),
            lambda: store.idle(NOON),
            lambda: store.forget("alice"),
        ):
            with pytest.raises(BrokenEnvironment, match="own records"):
                use()
        database.execute("ALTER TABLE away RENAME TO attempt")
    assert store.get("r1") == RUN


def test_a_locked_database_is_told(tmp_path: Path) -> None:
    file = tmp_path / "platform.sqlite"
    store = StoredRuns(sqlite_url(file))
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BrokenEnvironment, match="own records"):
            store.save(RUN)
    store.save(RUN)
    assert store.get("r1") == RUN


def test_the_sandboxes_that_runs_have(runs: Runs) -> None:
    runs.save(RUN)
    runs.save(replace(RUN, id="r2", sandbox="s2"))
    runs.save(replace(RUN, id="r3", sandbox=""))
    assert runs.sandboxes() == {"s1", "s2"}


@pytest.mark.parametrize("url", ["nonsense", "postgresql+nodriver://h/db", "sqlite:////no/such/folder/x.sqlite"])
def test_a_database_that_cannot_be_opened_is_told_in_one_sentence(url: str) -> None:
    with pytest.raises(BrokenEnvironment, match="platform database cannot be opened") as refused:
        StoredRuns(url)
    assert "TRAINER_DATABASE_URL" in refused.value.hint
    assert "\n" not in refused.value.message


def test_a_database_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    file = tmp_path / "platform.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(FIRST_TABLES)
    runs = StoredRuns(sqlite_url(file))
    old = runs.get("old")
    assert old is not None
    assert old.ongoing == Ongoing("end", NOON, NOON + MINUTE, after=4, done=(0,), mistakes=1, helps=("nudge",))
    assert (old.spent, old.ticked, old.breaks) == (timedelta(), None, 0)
    assert (old.attempts[0].step, old.attempts[0].status) == ("start", Status.PASSED)
    runs.save(replace(old, breaks=1))
    runs.save(RUN)
    runs.close()
    again = StoredRuns(sqlite_url(file))
    assert (again.get("old"), again.get("r1")) == (replace(old, breaks=1), RUN)
