"""Each version of the platform's tables, made from the one before with what was stored in it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, text

from trainer.adapters import candidate_store, outbox_store, people_store, store, workshop_store
from trainer.adapters.database import MIGRATIONS, Database, Row, migrate, newest, sqlite_url
from trainer.adapters.store import StoredRuns
from trainer.core.checks import Status
from trainer.core.errors import BrokenEnvironment
from trainer.core.runs import Ongoing

VERSIONS = sorted(file.stem[1:5] for file in (MIGRATIONS / "versions").glob("r*.py"))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

RUN_OF_ALICE = (
    "INSERT INTO run (id, scenario, version, digest, mode, lang, owner, sandbox, started, moved, status, final)"
    " VALUES ('old', 'normal', 3, 'abc', 'guided', 'en', 'alice', 's9', '2026-11-22 12:00', '2026-11-22 12:00',"
    " 'active', '[]')"
)
WORKSHOP = (
    "INSERT INTO workshop (id, code, title, path, lessons, test, mode, host, created, phase, message)"
    " VALUES ('w', 'ABCD', 'Monday', 'hr', '[]', '', 'guided', '', '2026-11-22 12:00', 'lobby', '')"
)
SEAT = (
    "INSERT INTO seat (id, workshop, name, owner, code, hint, unlocked, fault, removed)"
    " VALUES ('s', 'w', 'Ann', 'o', 'XYZ', '', 0, '', false)"
)
DEVICE = "INSERT INTO device (id, seat) VALUES ('d', 's')"
ACCOUNT = (
    "INSERT INTO account (id, login, name, role, created, password, totp, totp_step)"
    " VALUES ('a', 'ann', 'Ann', 'instructor', '2026-11-22 12:00', '', '', 0)"
)
SIGN_IN = (
    "INSERT INTO sign_in (id, account, begun, seen, browser)"
    " VALUES ('i', 'a', '2026-11-22 12:00', '2026-11-22 12:00', 'X')"
)
LINK = "INSERT INTO link (id, account, until) VALUES ('l', 'a', '2026-11-22 12:00')"
AUDIT = "INSERT INTO audit (id, at, who, what, about) VALUES (1, '2026-11-22 12:00', 'ann', 'signed_in', 'ann')"

KIT = "INSERT INTO letter_kit (id, content) VALUES ('k', '{}')"
LETTER = (
    "INSERT INTO letter (key, kit, channel, about, address, invitation, due, state, tries, said)"
    " VALUES ('l', 'k', 'mail', 'invitation', 'ann@example.com', '{}', '2026-11-22 12:00', 'waiting', 0, '')"
)
OPT_OUT = "INSERT INTO opt_out (address, at) VALUES ('ann@example.com', '2026-11-22 12:00')"
CANDIDATE = (
    "INSERT INTO candidate (id, name, post, lesson, lang, owner, host, created, starts, known)"
    " VALUES ('c', 'Lin', 'Sales', 'normal', 'en', 'o', '', '2026-11-22 12:00', '', '')"
)
CANDIDATE_LINK = "INSERT INTO candidate_link (id, candidate) VALUES ('l', 'c')"
CANDIDATE_DEVICE = "INSERT INTO candidate_device (id, candidate) VALUES ('d', 'c')"

CONTENT = {
    "0001": (RUN_OF_ALICE,),
    "0002": (WORKSHOP, SEAT, DEVICE, ACCOUNT, SIGN_IN, LINK, AUDIT),
    "0003": ("INSERT INTO feedback (seat, stars, text) VALUES ('s', 5, 'Good')",),
    "0004": (KIT, LETTER, OPT_OUT),
    "0005": (CANDIDATE, CANDIDATE_LINK, CANDIDATE_DEVICE),
    "0006": (),
}
"""Version → what to store in it; it has to be there in every later version."""

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


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """Return an empty database, of each kind that the platform can have."""
    made = create_engine(url)
    yield made
    made.dispose()


def rows(connection: Connection, version: str) -> list[tuple[object, ...]]:
    """Return what `CONTENT` has put into the tables of a version, as it is now."""
    tables = [line.split()[2] for line in CONTENT[version]]
    names = {
        table: line.split("(", 1)[1].split(")", 1)[0] for table, line in zip(tables, CONTENT[version], strict=True)
    }
    return [
        tuple(row)
        for table, columns in names.items()
        for row in connection.execute(text(f"SELECT {columns} FROM {table}"))  # noqa: S608  # from the table above
    ]


def test_the_versions_follow_each_other() -> None:
    assert [f"{number:04d}" for number in range(1, len(VERSIONS) + 1)] == VERSIONS
    assert set(CONTENT) == set(VERSIONS)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_version_is_made_from_the_one_before_and_keeps_what_is_stored(engine: Engine, version: str) -> None:
    before = VERSIONS[: VERSIONS.index(version)]
    stored = {}
    for one in before:
        with engine.begin() as connection:
            migrate(connection, one)
            for line in CONTENT[one]:
                connection.execute(text(line))
            stored[one] = rows(connection, one)
    with engine.begin() as connection:
        migrate(connection, version)
        for line in CONTENT[version]:
            connection.execute(text(line))
        for one in before:
            assert rows(connection, one) == stored[one]


def test_the_newest_version_is_what_the_program_expects(engine: Engine) -> None:
    assert {
        module.__name__ for module in (candidate_store, outbox_store, people_store, store, workshop_store)
    } == {table.__module__ for table in Row.__subclasses__()}
    with engine.begin() as connection:
        migrate(connection, newest())
        assert compare_metadata(MigrationContext.configure(connection), Row.metadata) == []


def test_a_database_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    file = tmp_path / "platform.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(FIRST_TABLES)
    with closing(Database(sqlite_url(file))) as database:
        runs = StoredRuns(database)
        old = runs.get("old")
        assert old is not None
        assert old.ongoing == Ongoing("end", NOON, NOON + MINUTE, after=4, done=(0,), mistakes=1, helps=("nudge",))
        assert (old.spent, old.ticked, old.breaks) == (timedelta(), None, 0)
        assert (old.attempts[0].step, old.attempts[0].status) == ("start", Status.PASSED)
        runs.save(replace(old, breaks=1))
    with closing(Database(sqlite_url(file))) as database:
        assert StoredRuns(database).get("old") == replace(old, breaks=1)


def test_a_migration_that_breaks_off_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "platform.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(FIRST_TABLES)
    with monkeypatch.context() as patch:
        patch.setattr("alembic.op.create_index", _breaks)
        with pytest.raises(ZeroDivisionError):
            Database(sqlite_url(file))
    with closing(sqlite3.connect(file)) as connection:
        columns = {row[1] for row in connection.execute("PRAGMA table_info(run)")}
    assert "spent" not in columns
    Database(sqlite_url(file)).close()


def _breaks(*_arguments: object, **_more: object) -> None:
    raise ZeroDivisionError


def test_an_open_that_changes_nothing_needs_no_alembic(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "platform.sqlite")
    Database(url).close()
    code = f"import sys, trainer.adapters.database as d; d.Database({url!r}); print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_database_of_a_later_version_is_left_alone(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    with closing(Database(url)) as database, database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(BrokenEnvironment, match="later version"):
        Database(url)


@pytest.mark.parametrize("url", ["nonsense", "postgresql+nodriver://h/db", "sqlite:////no/such/folder/x.sqlite"])
def test_a_database_that_cannot_be_opened_is_told_in_one_sentence(url: str) -> None:
    with pytest.raises(BrokenEnvironment, match="platform database cannot be opened") as refused:
        Database(url)
    assert "TRAINER_DATABASE_URL" in refused.value.hint
    assert "\n" not in refused.value.message


def test_a_server_that_is_not_there_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BrokenEnvironment, match="platform database cannot be opened"):
        Database(f"postgresql://nobody@/nothing?host={tmp_path}")
