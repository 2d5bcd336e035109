"""A file of a lesson that is broken costs no other lesson, and who runs workshops is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.ui.accessible import violations
from tests.ui.practice.trainees import PROGRAM, Trainer
from tests.ui.workshop.instructors import Guest, Instructor
from trainer.paths import data_dir

pytestmark = pytest.mark.browser

LESSON = "normal_exit/normal-exit-web.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lesson = (data_dir("scenarios") / LESSON).read_text("utf-8")
    (tmp_path / "exits").mkdir()
    for name in ("one", "two"):
        text = lesson.replace("id: normal-exit-web", f"id: {name}")
        (tmp_path / "exits" / f"{name}.yaml").write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def trainer(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[Trainer]:
    program = (
        "from pathlib import Path; from trainer import bootstrap;"
        " from trainer.adapters.scenario_files import ScenarioFiles;"
        f" bootstrap.scenarios = lambda: ScenarioFiles(Path({str(folder)!r})); {PROGRAM}"
    )
    running = Trainer(tmp_path_factory.mktemp("home"), program)
    yield running
    running.stop()
    assert "Traceback" not in running.log(), running.log()


def test_a_broken_lesson_is_told_and_the_others_stay(
    ann: Instructor, guest: Callable[..., Guest], folder: Path
) -> None:
    expect(ann.see("console.broken")).to_have_count(0)
    (folder / "exits" / "two.yaml").unlink()
    (folder / "exits" / "new.yaml").write_text("id: new\nsteps: [", "utf-8")
    ann.go("/console")
    expect(ann.see("console.broken")).to_contain_text("new.yaml:2: not valid YAML")
    assert violations(ann.page) == []
    bob = guest()
    bob.go("/")
    expect(bob.see("lesson[one]")).to_be_visible()
    expect(bob.see("lesson[new]")).to_have_count(0)
