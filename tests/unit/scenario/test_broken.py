"""Broken scenario files: each gives one clear report, word for word; a file full of mistakes gives all at once."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from trainer.adapters.scenario_files import ScenarioFiles, check_files, read_contract
from trainer.cli import app
from trainer.core.errors import BadInput
from trainer.core.problems import BrokenScenario, Problem
from trainer.i18n import speaking

ROOT = Path(__file__).parents[3]
BROKEN = Path(__file__).parent / "broken"
KINDS = (
    "unknown_verb",
    "wrong_type",
    "missing_target",
    "duplicate_id",
    "unknown_test_id",
    "bad_expression",
    "tab_indent",
    "empty",
    "alias_bomb",
    "unknown_profile",
)


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(BROKEN)
    with speaking("en"):
        yield


def report(*files: Path) -> str:
    """Return the problems of files as they are printed."""
    checked = check_files(files, read_contract(ROOT / "scenarios"))
    assert all(one.scenario is None for one in checked if one.problems)
    return "".join(f"{problem}\n\n" for one in checked for problem in one.problems)


def expected(name: str) -> str:
    return (BROKEN / f"{name}.txt").read_text("utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_each_gives_one_report(kind: str) -> None:
    found = report(Path(f"{kind}.yaml"))
    assert found == expected(kind)
    assert found.count("\n\n") == 1


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("large.yaml").write_bytes(b"- lesson\n" * 560_000)
    assert report(Path("large.yaml")) == (
        "large.yaml: the file is too large: 5.0 MB, where 1 MB is the most\n"
        "      = A lesson is a few kilobytes. Is this the right file?\n\n"
    )


def test_a_file_in_another_encoding_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gbk.yaml").write_bytes("id: gbk\ntitle: 面试\n".encode("gbk"))
    assert report(Path("gbk.yaml")) == (
        "gbk.yaml:2:8: the file is not UTF-8: byte 0xc3\n"
        "    2 | title: \ufffd\ufffd\ufffd\ufffd\n"
        "      |        ^\n"
        "      = Save it again with the encoding UTF-8.\n\n"
    )


def test_all_mistakes_of_a_file_are_told_at_once_from_top_to_bottom() -> None:
    assert report(Path("everything.yaml")) == expected("everything")


def test_they_are_told_in_the_language_of_the_reader() -> None:
    with speaking("zh_CN"):
        assert report(Path("everything.yaml")) == expected("everything.zh_CN")


def test_an_id_can_be_used_once_in_all_files() -> None:
    found = report(Path("taken.yaml"), Path("taken_again.yaml"))
    assert found == expected("taken_again")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a\n- b\n", "1:1: a scenario must be a mapping, not a list"),
        ("{}\n", "1:1: a scenario must be a mapping, not nothing"),
        ("id: a\nseed: {}\n", "2:7: `seed` must be a mapping, not nothing"),
        ("title: Meet ${candidate.name}\n", "1:8: nothing fills in `${candidate.name}` here"),
        ("summary: Of ${run}.\n", "1:10: nothing fills in `${run}` here"),
        ("id: a\n---\nid: b\n", "2:1: a second document begins here"),
        ("id: !!python/name:os.system a\n", "1:5: tags (!name) are not allowed"),
        ("id: a\n? [x]\n: b\n", "2:3: a key must be text"),
        ("id: [a\n", "2:1: not valid YAML: expected ',' or ']', but got '<stream end>'"),
        ("id: a: b\n", "1:6: not valid YAML: mapping values are not allowed here"),
        ("id: a\nsay: \x07\n", "2:6: the character U+0007 is not allowed"),
        ("a: " + "[" * 30 + "]" * 30 + "\n", "1:24: nested too deeply"),
        ("# nothing\n", ": the file is empty"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_at_its_place(
    text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.yaml").write_text(text, "utf-8")
    assert f"x.yaml:{told.removeprefix(':')}" in report(Path("x.yaml")).splitlines()


def test_carets_stand_below_wide_characters() -> None:
    problem = Problem("x.yaml", 3, 8, "wrong", source="say: 按下“开始”。", width=2)
    assert str(problem).splitlines()[1:] == ["    3 | say: 按下“开始”。", "      |          ^^^"]


def test_a_broken_lesson_cannot_be_had(tmp_path: Path) -> None:
    family = tmp_path / "family"
    family.mkdir()
    (family / "broken.yaml").write_bytes((BROKEN / "unknown_verb.yaml").read_bytes())
    lessons = ScenarioFiles(tmp_path)
    with pytest.raises(BrokenScenario) as refusal:
        lessons.get("broken")
    assert [problem.line for problem in refusal.value.problems] == [12]
    with pytest.raises(BrokenScenario):
        lessons.all()


def test_check_ends_with_exit_code_2_and_the_next_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["scenario", "check", "unknown_verb.yaml", "empty.yaml"], standalone_mode=False) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == (
        expected("unknown_verb")
        + expected("empty")
        + "2 problems in 2 files.\n→ trainer scenario check unknown_verb.yaml empty.yaml\n"
    )


def test_check_tells_machines_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["scenario", "check", "--json", "unknown_verb.yaml"], standalone_mode=False) == 2
    assert json.loads(capsys.readouterr().out) == {
        "version": 1,
        "files": [
            {
                "file": "unknown_verb.yaml",
                "problems": [
                    {
                        "line": 12,
                        "column": 9,
                        "message": "unknown verb `clik`",
                        "hint": "Did you mean `click`?",
                        "source": "      - clik: interview.end",
                        "width": 4,
                    }
                ],
            }
        ],
    }


def test_a_file_that_is_not_there_is_no_traceback() -> None:
    with pytest.raises(BadInput, match=r"^nowhere.yaml cannot be read: No such file or directory$"):
        app.main(["scenario", "check", "nowhere.yaml"], standalone_mode=False)


@pytest.mark.parametrize("kind", ["target_form", "another_application", "target_placeholders"])
def test_a_target_full_of_mistakes_gives_them_all(kind: str) -> None:
    assert report(Path(f"{kind}.yaml")) == expected(kind)
