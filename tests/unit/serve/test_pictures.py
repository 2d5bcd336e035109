"""Pictures of what other roles saw: kept under names nobody can guess, and gone with their Run."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainer.adapters.in_memory import InMemoryPictures
from trainer.adapters.pictures import PictureFolder
from trainer.app.ports import Pictures

NAME = "0123456789abcdef0123456789abcdef"


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


@pytest.mark.parametrize("name", ["../secret.png", "secret.png", "", f"{NAME}.txt", f"x/{NAME}.png"])
def test_no_other_file_is_read_or_deleted(pictures: Pictures, name: str, tmp_path: Path) -> None:
    assert pictures.read(name) is None
    pictures.forget([name])
    assert {file.name for file in tmp_path.glob("*.png")} in (set(), {"secret.png"})
