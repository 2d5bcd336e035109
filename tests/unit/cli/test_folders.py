"""A folder that cannot be written to is told in one sentence, before any work is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.test_workshop_command import trainer
from trainer import bootstrap
from trainer.core.errors import BadInput, BrokenEnvironment


@pytest.fixture
def no_folder(tmp_path: Path) -> Path:
    """Where no folder can be, whoever asks: there is a file."""
    (tmp_path / "file").touch()
    return tmp_path / "file"


@pytest.mark.parametrize("words", [("workshop", "report"), ("account", "link", "ann"), ("backup", "copy")])
def test_a_home_that_cannot_be(
    no_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRAINER_HOME", str(no_folder / "home"))
    with pytest.raises((BrokenEnvironment, BadInput)) as refused:
        trainer(*words)
    assert "TRAINER_HOME" in refused.value.hint


def test_a_report_of_a_workshop(no_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAINER_HOME", str(tmp_path / "home"))
    code = trainer("workshop", "create", "candidate").stdout.strip()
    with pytest.raises(BadInput, match="out cannot be written to: ") as refused:
        trainer("workshop", "report", code, "-o", str(no_folder / "out"))
    assert refused.value.hint == "Name another folder with -o."


def test_a_new_lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/my_lesson").touch()
    with pytest.raises(BadInput, match="cannot be written to: ") as refused:
        trainer("scenario", "new", "my-lesson-web", "--profile", "web")
    assert refused.value.hint == "Call the command in a folder of your own."


def test_a_lesson_that_somebody_would_act(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "here").rmdir()
    monkeypatch.setattr(bootstrap, "venue", pytest.fail)
    with pytest.raises(BadInput, match="cannot be written to: "):
        trainer("scenario", "record", "my-lesson-web", "--profile", "web")


def test_two_services_on_one_port() -> None:
    with pytest.raises(BadInput, match="--port and --sandbox-port are both 18080") as refused:
        trainer("serve", "--port", "18080", "--sandbox-port", "18080")
    assert refused.value.exit_code == 2
