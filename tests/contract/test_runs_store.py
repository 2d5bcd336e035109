"""What every keeper of Runs promises."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from trainer.adapters.database import Database, sqlite_url
from trainer.adapters.in_memory import InMemoryRuns
from trainer.adapters.store import StoredRuns
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
        "end",
        NOON,
        NOON + 3 * MINUTE,
        after=7,
        done=(0, 2),
        mistakes=1,
        helps=("nudge",),
        used=(8, 9),
        since=5,
        given=(("end", "stored: saved"),),
    ),
    spent=timedelta(seconds=61.5),
    ticked=NOON + 3 * MINUTE,
    breaks=2,
)


@pytest.fixture
def runs(database_or_none: Database | None) -> Runs:
    return StoredRuns(database_or_none) if database_or_none else InMemoryRuns()


def test_a_run_comes_back_as_it_was(runs: Runs) -> None:
    runs.save(RUN)
    assert runs.get("r1") == RUN
    assert runs.get("r2") is None
    assert (runs.owner("r1"), runs.owner("r2")) == ("alice", None)


def test_the_last_save_counts(runs: Runs) -> None:
    runs.save(RUN)
    ended = replace(
        RUN, status=RunStatus.FINISHED, ended=NOON, ongoing=None, final=(STORED, SEEN), attempts=ATTEMPTS[:1]
    )
    runs.save(ended)
    assert runs.get("r1") == ended


def test_what_is_updated_after_it_was_forgotten_stays_forgotten(runs: Runs) -> None:
    runs.save(RUN)
    left = replace(RUN, status=RunStatus.LEFT)
    runs.update(left)
    assert runs.get("r1") == left
    runs.forget("alice")
    runs.update(RUN)
    assert runs.get("r1") is None
    runs.save(RUN)
    assert runs.get("r1") == RUN


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


def test_the_runs_of_a_class_are_found_at_once_and_those_that_have_moved(runs: Runs) -> None:
    for number, owner in enumerate(["alice", "bob", "carol"]):
        runs.save(replace(RUN, id=owner, owner=owner, started=NOON + number * MINUTE, ongoing=None))
    assert [run.id for run in runs.of_all(["alice", "bob"])] == ["bob", "alice"]
    runs.save(replace(RUN, id="bob", owner="bob", ongoing=None, ended=NOON + 9 * MINUTE))
    assert [run.id for run in runs.of_all(["alice", "bob"], NOON + 9 * MINUTE)] == ["bob"]
    assert runs.of_all([]) == ()


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


def test_the_pictures_of_all_runs_are_known(runs: Runs) -> None:
    runs.save(RUN)
    assert runs.pictures() == frozenset()
    seen = replace(ATTEMPTS[0], outcomes=(STORED, replace(SEEN, screenshot="other.png")))
    runs.save(replace(RUN, final=(STORED, SEEN)))
    runs.save(replace(RUN, id="r2", owner="bob", attempts=(seen,)))
    assert runs.pictures() == {"shot.png", "other.png"}
    runs.forget("bob")
    assert runs.pictures() == {"shot.png"}


def test_forgetting_takes_everything_of_one_trainee(runs: Runs) -> None:
    runs.save(RUN)
    runs.save(replace(RUN, id="r2", sandbox="s2"))
    runs.save(replace(RUN, id="r3", sandbox=""))
    runs.save(replace(RUN, id="other", owner="bob"))
    assert sorted(runs.forget("alice")) == ["s1", "s2"]
    assert runs.of("alice") == ()
    assert len(runs.of("bob")) == 1
    assert runs.forget("alice") == ()


def test_what_was_saved_is_there_after_a_restart(url: str) -> None:
    with closing(Database(url)) as first:
        StoredRuns(first).save(RUN)
    with closing(Database(url)) as second:
        assert StoredRuns(second).get("r1") == RUN


def test_the_file_is_written_so_that_a_power_cut_loses_nothing(tmp_path: Path) -> None:
    with (
        closing(Database(sqlite_url(tmp_path / "platform.sqlite"))) as database,
        database.engine.connect() as connection,
    ):
        synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar()
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    assert (synchronous, journal) == (2, "wal")


def test_steps_can_be_counted_by_a_plain_query(database: Database) -> None:
    StoredRuns(database).save(RUN)
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT run.scenario, attempt.step, attempt.status, attempt.mistakes"
            " FROM attempt JOIN run ON run.id = attempt.run ORDER BY attempt.number"
        ).fetchall()
    assert list(map(tuple, rows)) == [
        ("normal-exit-web", "consent", "passed", 2),
        ("normal-exit-web", "answer.1", "passed", 0),
    ]


def test_a_database_that_fails_is_told_and_nothing_is_half_done(database: Database) -> None:
    store = StoredRuns(database)
    store.save(RUN)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE attempt RENAME TO away")
    for use in (
        lambda: store.save(replace(RUN, lang="en")),
        lambda: store.get("r1"),
        lambda: store.of("alice"),
        lambda: store.idle(NOON),
        lambda: store.forget("alice"),
    ):
        with pytest.raises(BrokenEnvironment, match="own records"):
            use()
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO attempt")
    assert store.get("r1") == RUN


def test_a_locked_database_is_told(tmp_path: Path) -> None:
    file = tmp_path / "platform.sqlite"
    with closing(Database(sqlite_url(file))) as database:
        store = StoredRuns(database)
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(BrokenEnvironment, match="own records"):
                store.save(RUN)
        store.save(RUN)
        assert store.get("r1") == RUN


def test_a_server_that_was_started_again_is_found_again(url: str, database: Database) -> None:
    store = StoredRuns(database)
    store.save(RUN)
    if database.engine.dialect.name == "postgresql":
        with closing(Database(url)) as other, other.engine.begin() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
    else:
        database.close()
    assert store.get("r1") == RUN


def test_the_sandboxes_that_runs_have(runs: Runs) -> None:
    runs.save(RUN)
    runs.save(replace(RUN, id="r2", sandbox="s2"))
    runs.save(replace(RUN, id="r3", sandbox=""))
    assert runs.sandboxes() == {"s1", "s2"}
