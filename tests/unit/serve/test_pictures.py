"""Pictures of what other roles saw: kept under names nobody can guess, and gone with their Run."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.serve.test_housekeeping import NOW, a_run
from trainer.adapters.in_memory import InMemoryPictures, InMemoryRuns
from trainer.adapters.pictures import PictureFolder
from trainer.app.housekeeping import sweep
from trainer.app.ports import Pictures
from trainer.core.checks import Outcome, Status

NAME = "0123456789abcdef0123456789abcdef"


def digest(name: str) -> str:
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


@pytest.fixture(params=["memory", "folder"])
def pictures(request: pytest.FixtureRequest, tmp_path: Path) -> Pictures:
    if request.param == "memory":
        return InMemoryPictures(**{NAME: b"png"})
    (tmp_path / "secret.png").write_bytes(b"not yours")
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / f"{NAME}.png").write_bytes(b"png")
    return PictureFolder(folder)


def test_a_picture_is_there_until_it_is_forgotten(pictures: Pictures) -> None:
    assert pictures.read(f"{NAME}.png") == b"png"
    pictures.forget([f"{NAME}.png", "gone.png"])
    pictures.forget([f"{NAME}.png"])
    assert pictures.read(f"{NAME}.png") is None


def test_a_picture_that_is_no_evidence_after_a_day_goes(tmp_path: Path) -> None:
    folder, runs = PictureFolder(tmp_path / "evidence"), InMemoryRuns()
    assert sweep(runs, folder, NOW) == 0
    folder.folder.mkdir()
    for name, age in (("kept", 9), ("lost", 2), ("new", 0)):
        file = folder.folder / f"{digest(name)}.png"
        file.write_bytes(b"png")
        os.utime(file, (0, (NOW - timedelta(days=age)).timestamp()))
    seen = Outcome(Status.PASSED, "outcome", "see", "hr sees it", "it", f"{digest('kept')}.png")
    runs.save(replace(a_run("r1", NOW), final=(seen,)))
    (folder.folder / "not ours.png").write_bytes(b"png")
    assert [sweep(runs, folder, NOW) for _ in range(2)] == [1, 0]
    left = {file.name for file in folder.folder.iterdir()}
    assert left == {f"{digest('kept')}.png", f"{digest('new')}.png", "not ours.png"}


@pytest.mark.parametrize("name", ["../secret.png", "secret.png", "", f"{NAME}.txt", f"x/{NAME}.png"])
def test_no_other_file_is_read_or_deleted(pictures: Pictures, name: str, tmp_path: Path) -> None:
    assert pictures.read(name) is None
    pictures.forget([name])
    assert {file.name for file in tmp_path.glob("*.png")} in (set(), {"secret.png"})
