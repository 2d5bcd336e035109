"""The command `scenario`: what it prints, what it writes, and that it never overwrites."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from trainer.adapters.scenario_files import ScenarioFiles
from trainer.app.record import Recorded
from trainer.cli import app
from trainer.cli.scenario import asked
from trainer.core.actions import Click, Reload
from trainer.core.errors import BadInput
from trainer.i18n import speaking

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _in_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    with speaking("en"):
        yield


def run(*arguments: str) -> int:
    return app.main(["scenario", *arguments], standalone_mode=False) or 0


def test_the_list_for_machines_has_what_a_machine_needs(capsys: pytest.CaptureFixture[str]) -> None:
    run("list", "--json")
    rows = json.loads(capsys.readouterr().out)
    ids = [row["id"] for row in rows]
    assert ids == sorted(ids)
    assert len(ids) == len(list((ROOT / "scenarios").glob("*/*.yaml"))) - len(ScenarioFiles().paths())
    assert rows[ids.index("normal-exit-web")] | {"digest": ""} == {
        "id": "normal-exit-web",
        "title": "Finish an interview and leave",
        "summary": "You take a whole interview, end it properly, and know that HR has everything it needs.",
        "family": "normal-exit",
        "profile": "web",
        "version": 1,
        "role": "candidate",
        "minutes": 4,
        "steps": 4,
        "digest": "",
    }


def test_the_list_speaks_the_language_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    run("list", "--lang", "zh_CN")
    printed = capsys.readouterr()
    assert "完成面试并正确退出" in printed.out
    assert printed.err == f"→ trainer demo {ScenarioFiles().all()[0].id} --headed\n"


def test_all_shipped_files_pass_the_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check") == 0
    files = list((ROOT / "scenarios").glob("**/*.yaml"))
    assert capsys.readouterr().err == f"{len(files)} files, no problem.\n→ trainer verify\n"


def test_a_new_lesson_is_valid_and_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("new", "leave-early-web", "--profile", "web") == 0
    printed = capsys.readouterr()
    assert printed.out == "leave-early-web.yaml\n"
    assert printed.err == "→ trainer scenario check leave-early-web.yaml\n"
    assert run("check", "leave-early-web.yaml") == 0
    lesson = ScenarioFiles().get("leave-early-web.yaml")
    assert (lesson.id, lesson.family, lesson.title) == ("leave-early-web", "leave-early", "Leave early web")
    first = Path("leave-early-web.yaml").read_text("utf-8").splitlines()[0]
    assert Path(first.partition("=")[2]).resolve() == ROOT / "scenarios/schema.json"


def test_in_a_folder_with_scenarios_a_new_lesson_goes_to_its_family(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    run("new", "late-web", "--profile", "web", "--family", "normal-exit")
    assert Path("scenarios/normal_exit/late-web.yaml").is_file()


def test_nothing_is_ever_overwritten() -> None:
    run("new", "mine-web", "--profile", "web")
    Path("mine-web.yaml").write_text("precious", "utf-8")
    with pytest.raises(BadInput, match=r"^mine-web.yaml is there already.$"):
        run("new", "mine-web", "--profile", "web")
    assert Path("mine-web.yaml").read_text("utf-8") == "precious"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("My Lesson", "--profile", "web"), "`My Lesson` cannot be an id or a family."),
        (("../x", "--profile", "web"), "`../x` cannot be an id or a family."),
        (("x", "--profile", "web", "--family", "a/b"), "`a/b` cannot be an id or a family."),
        (("x", "--profile", "wbe"), "There is no profile `wbe`."),
    ],
)
def test_what_cannot_be_written_is_said(arguments: tuple[str, ...], message: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refusal:
        run("new", *arguments)
    assert refusal.value.message == message
    assert list(tmp_path.iterdir()) == []


def test_an_id_of_a_shipped_lesson_is_taken() -> None:
    with pytest.raises(BadInput, match=r"normal-exit-web.yaml is there already.$"):
        run("new", "normal-exit-web", "--profile", "web")


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    run("schema")
    assert json.loads(capsys.readouterr().out) == json.loads((ROOT / "scenarios/schema.json").read_text("utf-8"))


def test_the_author_says_which_of_the_proposed_checks_matter() -> None:
    step = Recorded([Click(target="interview.submit"), Reload()], ["interview.status == 'in_progress'"])
    with CliRunner().isolation(input="n\n\n") as (_out, told, _all):
        assert [asked(step, step.expect[0]), asked(step, step.expect[0])] == [False, True]
        shown = told.getvalue().decode()
    assert "After click interview.submit, reload" in shown
    assert "interview.status == 'in_progress'? [Y/n]" in shown
