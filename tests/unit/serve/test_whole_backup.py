"""Backup of everything and its restore."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.contract.test_runs_store import RUN
from trainer.adapters import whole_backup
from trainer.adapters.database import Database, sqlite_url
from trainer.adapters.store import StoredRuns
from trainer.adapters.whole_backup import back_up, restore
from trainer.core.errors import BadInput


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a Run, a sandbox that somebody is writing to, and a picture."""
    made = tmp_path / "home"
    with closing(Database(sqlite_url(made / "platform.sqlite"))) as database:
        StoredRuns(database).save(RUN)
    for folder in ("sandboxes/s1/media", "sittings/exam", "evidence", "nicegui"):
        (made / folder).mkdir(parents=True)
    (made / "sandboxes/s1/media/a.webm").write_bytes(b"sound")
    (made / "sandboxes/_owner.sqlite").write_bytes(b"")
    (made / "sittings/exam/hrms.sqlite").write_bytes(b"")
    (made / "sittings/exam.lock").write_bytes(b"")
    (made / "evidence/x.png").write_bytes(b"picture")
    (made / "nicegui/storage.json").write_text("{}", "utf-8")
    return made


def test_what_was_stored_comes_back_also_when_it_was_copied_in_the_middle_of_work(
    home: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(home / "sandboxes/s1/hrms.sqlite", isolation_level=None)) as working:
        working.execute("PRAGMA journal_mode=WAL")
        working.execute("CREATE TABLE answer (text)")
        working.execute("INSERT INTO answer VALUES ('stored')")
        working.execute("BEGIN IMMEDIATE")
        working.execute("INSERT INTO answer VALUES ('not stored yet')")
        assert back_up(home, tmp_path / "copy") == 5
        working.execute("ROLLBACK")
    assert restore(tmp_path / "copy", tmp_path / "new") == 5
    with closing(Database(sqlite_url(tmp_path / "new/platform.sqlite"))) as database:
        assert StoredRuns(database).get(RUN.id) == RUN
    with closing(sqlite3.connect(tmp_path / "new/sandboxes/s1/hrms.sqlite")) as copied:
        assert copied.execute("SELECT text FROM answer").fetchall() == [("stored",)]
    assert (tmp_path / "new/sandboxes/s1/media/a.webm").read_bytes() == b"sound"
    assert not (tmp_path / "new/nicegui").exists()
    assert [file.name for file in (tmp_path / "new/sittings").rglob("*.*")] == ["hrms.sqlite"]


@pytest.mark.parametrize("gone", ["sandboxes/s1/media/a.webm", "sittings/exam/hrms.sqlite"])
def test_what_is_removed_meanwhile_stops_no_backup(
    home: Path, tmp_path: Path, gone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sandbox of an exercise that is over goes whenever its time has come."""
    listed = list(whole_backup._files(home))  # noqa: SLF001  # as it was a moment before
    monkeypatch.setattr(whole_backup, "_files", lambda _home: listed)
    (home / gone).unlink()
    assert back_up(home, tmp_path / "copy") == len(listed) - 1
    assert restore(tmp_path / "copy", tmp_path / "new") == len(listed) - 1
    assert not (tmp_path / "copy" / gone).exists()


def test_nothing_is_no_backup(tmp_path: Path) -> None:
    """A home that is another one than that of the server had given an empty backup, which nobody noticed."""
    with pytest.raises(BadInput, match="There is no data in") as refused:
        back_up(tmp_path / "other", tmp_path / "copy")
    assert "TRAINER_HOME" in refused.value.hint
    assert not (tmp_path / "copy").exists()


def test_nothing_is_written_over(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "copy")
    with pytest.raises(BadInput, match="not empty"):
        back_up(home, tmp_path / "copy")
    with pytest.raises(BadInput, match=r"holds data already: platform\.sqlite"):
        restore(tmp_path / "copy", home)


def test_a_damaged_backup_is_refused_whole(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "copy")
    (tmp_path / "copy/evidence/x.png").write_bytes(b"other")
    with pytest.raises(BadInput, match=r"damaged: evidence/x\.png"):
        restore(tmp_path / "copy", tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"files": ["x"]}', '{"files": {"../x": ""}}', '{"files": 3}']
)
def test_another_folder_is_no_backup(tmp_path: Path, content: str) -> None:
    (tmp_path / "backup.json").write_text(content, "utf-8")
    with pytest.raises(BadInput, match="no backup"):
        restore(tmp_path, tmp_path / "new")
