"""The pytest plugin, as a project that is not ours uses it: in a folder, and in an environment, of its own."""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs/example"
LESSON = (EXAMPLE / "lessons/first-answer-web.yaml").read_text("utf-8")
WRONG = LESSON.replace("== `1`", "== `7`")
NOT_NEEDED = ("-p", "no:cacheprovider", "-p", "no:asyncio", "-p", "no:hypothesispytest")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of the example away from the checkout."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "project"))


def run(
    project: Path, *arguments: str, python: str = sys.executable, env: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Run pytest in a project; return its exit code and all that it printed."""
    done = subprocess.run(
        [python, "-m", "pytest", *NOT_NEEDED, *arguments],
        cwd=project,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_files_that_a_project_names_are_tests_in_each_language(project: Path) -> None:
    code, said = run(project, "--collect-only", "-q", "-o", "scenario_langs=en\nzh_CN")
    assert code == 0, said
    assert {"lessons/first-answer-web.yaml::en", "lessons/first-answer-web.yaml::zh_CN"} <= set(said.splitlines())


def test_a_project_that_names_none_is_left_alone(project: Path) -> None:
    (project / "pyproject.toml").unlink()
    code, said = run(project, "--collect-only", "-q", "--strict-markers", "--strict-config")
    assert code == 0
    assert "yaml" not in said
    assert "test_interview.py::test_hr_sees_who_has_taken_part" in said


def test_all_that_is_wrong_with_a_file_or_a_mark_is_told_at_its_place(project: Path) -> None:
    wrong = LESSON.replace("click: home.start", "clik: home.start")
    (project / "lessons/first-answer-web.yaml").write_text(wrong)
    (project / "test_interview.py").write_text(
        "import pytest\n\n@pytest.mark.scenario('normal-exit-wab')\ndef test_it(sandbox): pass\n\n"
        "def test_unmarked(sandbox): pass\n"
    )
    code, said = run(project, "--continue-on-collection-errors")
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "first-answer-web.yaml:14:9" in said
    assert "Did you mean `normal-exit-web`?" in said
    assert '@pytest.mark.scenario("normal-exit-web")' in said
    assert "Traceback" not in said


@pytest.mark.proof
@pytest.mark.browser
def test_a_lesson_that_fails_says_all_that_is_needed(project: Path) -> None:
    (project / "lessons/wrong-web.yaml").write_text(WRONG.replace("id: first-answer-web", "id: wrong-web"))
    code, said = run(project, "lessons", "--junitxml", "out.xml")
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "1 failed, 1 passed" in said
    check_failure(project, said)


@pytest.mark.browser
@pytest.mark.proof
def test_an_environment_with_only_the_wheel_runs_the_example_in_parallel(project: Path, tmp_path: Path) -> None:
    python = installed(tmp_path)
    env = {"PYTHONPATH": "", "TRAINER_HOME": str(tmp_path / "home")}
    code, said = run(project, "-n", "2", "--junitxml", "out.xml", python=python, env=env)
    assert code == 0, said
    assert "3 passed" in said
    assert not (project / "scenario-results").exists() or not [*(project / "scenario-results").iterdir()]
    (project / "lessons/wrong-web.yaml").write_text(WRONG.replace("id: first-answer-web", "id: wrong-web"))
    (project / "test_wrong.py").write_text(
        "import pytest\n\n@pytest.mark.scenario('normal-exit-web')\n"
        "def test_too_early(player, judge):\n    player.perform('start')\n    judge.passes('end')\n"
    )
    code, said = run(project, "-n", "2", "--junitxml", "out.xml", python=python, env=env)
    assert code == pytest.ExitCode.TESTS_FAILED, said
    assert "2 failed, 3 passed" in said
    check_failure(project, said)
    assert "judge.passes('end')" in said
    assert "replay:   trainer demo normal-exit-web --lang en --headed" in said
    assert (project / "scenario-results/test_wrong.py-test_too_early.candidate.zip").is_file()


def check_failure(project: Path, said: str) -> None:
    """Check that a failing lesson told its step, what was expected and seen, and how to see it again."""
    assert "wrong-web en 2/2 answer" in said
    assert "expected: length(sitting.answers[?saved=='saved']) == `7`" in said
    assert "seen: " in said
    assert "replay:   trainer demo lessons/wrong-web.yaml --lang en --headed" in said
    results = project / "scenario-results"
    picture, trace = results / "wrong-web.en.answer.1.png", results / "wrong-web.en.candidate.zip"
    assert f"picture:  {picture}" in said
    assert f"trace:    python -m playwright show-trace {trace}" in said
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert trace.is_file()
    assert not [*results.glob("first-answer-web.*")]
    case = next(
        one
        for one in ET.parse(project / "out.xml").iter("testcase")  # noqa: S314  # our own
        if "lessons" in one.attrib["classname"] and "wrong" in one.attrib["classname"]
    )
    properties = {one.attrib["name"]: one.attrib["value"] for one in case.iter("property")}
    assert properties["scenario"] == "wrong-web"
    assert properties["profile"] == "web"
    assert properties["lang"] == "en"
    assert properties["version"] == "1"
    assert len(properties["digest"]) > 10
    assert properties["step"] == "answer"
    assert properties["trace"] == str(trace)


def installed(folder: Path) -> str:
    """Make an environment with the built wheel in it, and what it depends on beside it; return its Python."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    venv.create(folder / "venv", symlinks=True)
    python = folder / "venv/bin/python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-index", "--no-deps", "--quiet"]
    subprocess.run([*pip, str(next(folder.glob("*.whl")))], check=True, capture_output=True)
    ours = next(Path(place) for place in sys.path if place.endswith("site-packages"))
    (folder / "venv/lib" / ours.parent.name / "site-packages/dependencies.pth").write_text(f"{ours}\n")
    where = subprocess.run(
        [str(python), "-c", "import trainer; print(trainer.__file__)"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(folder))
    return str(python)
