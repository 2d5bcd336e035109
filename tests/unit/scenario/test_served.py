"""The catalogue of a trainer that runs: one broken file costs no other lesson."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.scenario.test_paths import PATH, catalogue
from trainer.adapters.scenario_files import BrokenScenario, ServedScenarios
from trainer.core.errors import BadInput
from trainer.i18n import speaking

SHORT = PATH.format(test="exam", lessons="one, two")


def halve(file: Path) -> None:
    text = file.read_text("utf-8")
    file.write_text(text[: text.rindex("say:") + 2], "utf-8")


def test_a_broken_file_leaves_the_other_lessons(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    files = catalogue(tmp_path, SHORT)
    halve(tmp_path / "exits/two.yaml")
    served = ServedScenarios(files)
    for _time in range(2):
        assert [lesson.id for lesson in served.all()] == ["exam", "one"]
        assert [path.lessons() for path in served.paths()] == [("one",)]
    with pytest.raises(BrokenScenario):
        served.get("two")
    with speaking("zh_CN"):
        told = served.broken()
    assert {Path(one.file).name for one in told} == {"two.yaml"}
    with speaking("en"):
        assert [one.line for one in told] == [one.line for one in served.broken()]
        assert [one.message for one in told] != [one.message for one in served.broken()]
    assert len(caplog.messages) == len(told)
    assert "two.yaml" in caplog.text


def test_a_lesson_stays_as_it_was_while_its_file_is_saved(tmp_path: Path) -> None:
    files = catalogue(tmp_path, SHORT)
    served = ServedScenarios(files)
    before, whole = served.get("two"), (tmp_path / "exits/two.yaml").read_text("utf-8")
    halve(tmp_path / "exits/two.yaml")
    assert served.get("two") == before
    assert served.paths()[0].lessons() == ("one", "two")
    assert served.broken()
    (tmp_path / "exits/two.yaml").write_text(whole.replace("version: 1", "version: 2"), "utf-8")
    assert served.get("two").version == 2
    assert served.broken() == ()
    (tmp_path / "exits/two.yaml").unlink()
    with pytest.raises(BadInput):
        served.get("two")


def test_a_path_without_its_test_and_a_broken_path_are_left_out(tmp_path: Path) -> None:
    files = catalogue(tmp_path, SHORT, "id: [")
    halve(tmp_path / "exits/exam.yaml")
    served = ServedScenarios(files)
    assert [lesson.id for lesson in served.all()] == ["one", "two"]
    assert served.paths() == ()


def test_what_cannot_be_read_is_told_like_other_problems(tmp_path: Path) -> None:
    files = catalogue(tmp_path, SHORT)
    (tmp_path / "exits/three.yaml").mkdir()
    served = ServedScenarios(files)
    assert [lesson.id for lesson in served.all()] == ["exam", "one", "two"]
    (told,) = served.broken()
    assert "three.yaml cannot be read" in told.message
