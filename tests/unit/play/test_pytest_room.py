"""The room in which pytest plays lessons: what breaks there costs one test."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from tests.unit.play.lessons import lesson
from trainer import bootstrap
from trainer.adapters.in_memory import InMemoryControl, InMemoryStage
from trainer.core.application import Application
from trainer.core.errors import BadInput, BrokenEnvironment
from trainer.pytest_plugin import is_named
from trainer.pytest_room import Room


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


def test_lessons_that_say_other_things_of_the_same_application_each_get_what_they_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Application | None] = []

    def venue(application: Application | None) -> Any:
        opened.append(application)
        nobody: Any = None
        return nullcontext(bootstrap.Venue(nobody, lambda **_choices: nullcontext(), nobody))  # type: ignore[arg-type]

    monkeypatch.setattr(bootstrap, "browser", lambda **_choices: nullcontext("a browser"))
    monkeypatch.setattr(bootstrap, "venue", venue)
    clerk = Application.model_validate({"url": "http://127.0.0.1:9", "sign_in": {"clerk": ()}})
    auditor = clerk.model_copy(update={"sign_in": {"auditor": ()}})
    room = Room(tmp_path, headed=False, url=None)
    for place in (clerk, auditor, clerk, None):
        room.open(lesson().model_copy(update={"target": place}), "en")
    assert opened == [clerk, auditor, None]
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
