"""The room in which pytest plays lessons: what breaks costs one test, and a kept trace is where it is told."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.play.lessons import lesson
from trainer import bootstrap
from trainer.adapters.foreign_stage import ForeignStage, Seat
from trainer.adapters.in_memory import InMemoryControl, InMemoryStage
from trainer.adapters.playwright_stage import Setting
from trainer.core.application import Application
from trainer.core.errors import BadInput, BrokenEnvironment
from trainer.pytest_plugin import is_named
from trainer.pytest_room import Room

THEIRS = Application.model_validate({"url": "http://127.0.0.1:9", "sign_in": {"clerk": ()}})


class PaperRoom(Room):
    """A room whose practice system is on paper, made anew when the one before was closed."""

    def __init__(self, results: Path) -> None:
        super().__init__(results, headed=False, url=None)
        self.made: list[InMemoryControl] = []
        self._closed = True

    def _open(self, *_of: object) -> Any:
        if self._closed:
            self.made.append(InMemoryControl())
            self._closed = False
        nobody: Any = None
        return bootstrap.Venue(self.made[-1], nobody, nobody), InMemoryStage(self.made[-1])

    def _close(self) -> None:
        self._closed = True


def test_a_practice_system_that_ended_between_two_tests_is_opened_anew_for_the_next(tmp_path: Path) -> None:
    room = PaperRoom(tmp_path)
    with room.sandbox(lesson(), "en", "first"):
        pass
    room.made[0].broken = "The sandbox HRMS has ended."
    with pytest.raises(BrokenEnvironment), room.sandbox(lesson(), "en", "second"):
        pass
    with room.sandbox(lesson(), "en", "third") as made:
        assert made.stored()["interview"]["status"] == "invited"
    assert len(room.made) == 2
    room.close()


def test_a_secret_that_is_not_there_is_told_while_the_test_is_set_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There the plugin tells it in one sentence, as an error: nothing has failed."""
    monkeypatch.delenv("TRAINER_SECRET_BUDGET_CODE", raising=False)
    room = Room(tmp_path, headed=False, url=None)
    with pytest.raises(BadInput, match=r"^The lesson needs the secret TRAINER_SECRET_BUDGET_CODE\.$"):
        room.open(bootstrap.scenarios().get("shared-bill"), "en")
    room.close()


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        ("lessons/*.yaml", ["lessons/a.yaml"]),
        ("lessons/**/*.yaml", ["lessons/a.yaml", "lessons/b/b.yaml", "lessons/b/c/c.yaml"]),
        ("**/*.yaml", ["lessons/a.yaml", "lessons/b/b.yaml", "lessons/b/c/c.yaml", "other/d.yaml"]),
        ("lessons/**/c.yaml", ["lessons/b/c/c.yaml"]),
    ],
)
def test_a_glob_over_folders_names_every_file_below(pattern: str, named: list[str]) -> None:
    files = ["lessons/a.yaml", "lessons/b/b.yaml", "lessons/b/c/c.yaml", "other/d.yaml", "lessons/notes.txt"]
    assert [file for file in files if is_named(Path("/home/project") / file, pattern)] == named


class PaperStage(ForeignStage):
    """Windows of somebody else's application, of which only what is traced is noted."""

    def __init__(self, traces: Path) -> None:
        nobody: Any = None
        control: Any = SimpleNamespace(application=THEIRS)
        super().__init__(nobody, Setting(THEIRS.url, control, nobody, "en", trace=traces), control, nobody)
        self.kept: list[str] = []

    def seat(self, sandbox: str, role: str) -> Seat:
        """Sign nobody in."""
        return Seat({}, f"{sandbox} {role}")

    def seat_context(self, seat: Seat | None, *, heard: bool) -> Any:
        """Return something that keeps its trace."""
        del seat, heard
        tracing = SimpleNamespace(stop_chunk=lambda path: self.kept.append(path.name))
        return SimpleNamespace(tracing=tracing, pages=[], close=lambda: None)


def test_the_trace_of_another_application_is_called_as_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.adapters.playwright_stage.process_of", lambda _browser: 0)
    stage = PaperStage(tmp_path)
    for go, role, looking in [("a", "hr", False), ("b", "clerk", False), ("b", "hr", True), ("b", "clerk", False)]:
        stage.take(go, role, looking=looking)
    stage.leave("b", "lesson.en")
    assert stage.kept == ["lesson.en.clerk.zip", "lesson.en.hr.looking.zip", "lesson.en.clerk.2.zip"]
    stage.leave("a", "other.en")
    assert stage.kept[3:] == ["other.en.hr.zip"]
