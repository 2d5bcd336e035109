"""A file that one program holds at a time."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from trainer.adapters.file_lock import take


def test_one_holds_it_until_it_is_closed(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("a") as first, (tmp_path / "lock").open("a") as second:
        assert take(first)
        assert not take(second)
        first.close()
        assert take(second)


@pytest.mark.parametrize("free", [True, False])
def test_windows_has_its_own_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, free: bool) -> None:
    def locking(_number: int, mode: int, length: int) -> None:
        assert (mode, length) == (2, 1)
        if not free:
            raise PermissionError

    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(LK_NBLCK=2, locking=locking))
    monkeypatch.setattr(sys, "platform", "win32")
    with (tmp_path / "lock").open("a") as file:
        assert take(file) is free
