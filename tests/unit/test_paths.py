"""Where a person's data goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainer import paths

ROOT = Path(__file__).parents[2]


def test_every_command_called_in_a_checkout_works_on_the_same_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make run`, and what is typed beside it, such as `trainer account link`, in whatever folder."""
    monkeypatch.delenv("TRAINER_HOME")
    monkeypatch.chdir("/")
    assert paths.home() == ROOT / ".trainer"
    assert "TRAINER_HOME" not in (ROOT / "Makefile").read_text("utf-8")


def test_an_installed_trainer_uses_the_place_that_the_system_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRAINER_HOME")
    monkeypatch.setattr(paths, "checkout", lambda: None)
    assert paths.home().name == "trainer"
    assert not paths.home().is_relative_to(ROOT)


def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRAINER_HOME", str(tmp_path))
    assert paths.home() == tmp_path
