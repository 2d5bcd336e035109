"""Learning paths as files: strict, and told with their places when something is wrong."""

from pathlib import Path

import pytest

from trainer.adapters.scenario_files import BrokenScenario, ScenarioFiles
from trainer.i18n import speaking

ROOT = Path(__file__).parents[3]
PATH = """\
id: short
version: 1
title: A path
summary: Two lessons.
test: {test}
parts:
  - title: One
    lessons: [{lessons}]
"""


def catalogue(folder: Path, *paths: str) -> ScenarioFiles:
    """Return a catalogue of three lessons and some paths."""
    (folder / "exits").mkdir()
    (folder / "paths").mkdir()
    text = (ROOT / "scenarios/normal_exit/normal-exit-web.yaml").read_text("utf-8")
    for name in ("one", "two", "exam"):
        lesson = text.replace("id: normal-exit-web", f"id: {name}")
        (folder / "exits" / f"{name}.yaml").write_text(lesson, "utf-8")
    for number, path in enumerate(paths):
        (folder / "paths" / f"{number}.yaml").write_text(path, "utf-8")
    return ScenarioFiles(folder)


def problems(found: ScenarioFiles) -> list[str]:
    with speaking("en"):
        checked = found.check(found.path_files())
    return [f"{one.line}:{one.column} {one.message}" for file in checked for one in file.problems]


def test_a_path_is_read_and_is_no_lesson(tmp_path: Path) -> None:
    found = catalogue(tmp_path, PATH.format(test="exam", lessons="one, two"))
    (path,) = found.paths()
    assert (path.id, path.test, path.lessons()) == ("short", "exam", ("one", "two"))
    assert [lesson.id for lesson in found.all()] == ["exam", "one", "two"]
    assert len(found.check()) == 4


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (PATH.format(test="exam", lessons="one, tow"), ["8:20 there is no lesson `tow`"]),
        (PATH.format(test="exma", lessons="one"), ["5:7 there is no lesson `exma`"]),
        (PATH.format(test="one", lessons="one"), ["8:15 the test `one` is one of the lessons, too"]),
        (PATH.format(test="exam", lessons=""), ["8:14 `lessons` must not be empty"]),
        (PATH.format(test="exam", lessons="1"), ["8:15 `lessons` must be text, not a number"]),
        (PATH.format(test="exam", lessons="one") + "colour: red\n", ["9:1 unknown key `colour`"]),
        (
            PATH.format(test="exam", lessons="one").replace("summary: Two lessons.\n", ""),
            ["1:1 `summary` is missing"],
        ),
        ("parts: yes\n", ["1:1 `id` is missing", "1:1 `version` is missing"]),
        ("- a\n", ["1:1 a learning path must be a mapping, not a list"]),
        (PATH.format(test="exam", lessons="one").replace("  - title: One\n    lessons: [one]\n", "  - one\n"), []),
    ],
)
def test_everything_that_is_wrong_is_told_with_its_place(tmp_path: Path, path: str, told: list[str]) -> None:
    found = problems(catalogue(tmp_path, path))
    assert found[: len(told)] == told
    assert found


def test_a_lesson_has_one_place_and_a_path_one_id(tmp_path: Path) -> None:
    first, second = PATH.format(test="exam", lessons="one"), PATH.format(test="exam", lessons="two, one")
    found = problems(catalogue(tmp_path, first, second))
    assert found[0] == "1:5 the id `short` is taken by " + str(tmp_path / "paths/0.yaml")
    assert found[1].startswith("8:20 the lesson `one` has a place already, in ")


def test_a_broken_path_stops_the_start_page_with_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BrokenScenario, match="there is no lesson `tow`"):
        catalogue(tmp_path, PATH.format(test="exam", lessons="tow")).paths()


def test_lessons_are_read_anew_when_a_file_has_changed(tmp_path: Path) -> None:
    found = catalogue(tmp_path)
    assert found.all() is found.all()
    file = tmp_path / "exits" / "one.yaml"
    file.write_text(file.read_text("utf-8").replace("version: 1", "version: 22"), "utf-8")
    assert [lesson.version for lesson in found.all()] == [1, 22, 1]


def test_the_shipped_paths_order_every_lesson() -> None:
    shipped = ScenarioFiles()
    paths = shipped.paths()
    assert {path.id for path in paths} == {"candidate", "hr"}
    placed = [lesson for path in paths for lesson in path.lessons()]
    tests = {path.test for path in paths}
    assert sorted({*placed, *tests}) == [lesson.id for lesson in shipped.all()]
