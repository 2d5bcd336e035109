"""The rules of the house that no linter knows: imports, a doctor that needs nothing, no place of one machine."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def tracked() -> list[Path]:
    """Return the files that git knows."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name]


def test_imports_point_down() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_doctor_needs_nothing_but_python() -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import trainer.doctor.__main__"
    done = subprocess.run([sys.executable, "-S", "-I", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("package", ["trainer", "sandbox_hrms", "guides"])
def test_no_module_needs_a_posix_system_to_be_imported(package: str) -> None:
    """On Windows such a module does not exist, and the program would not even start."""
    posix = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
    found = [
        f"{file.relative_to(ROOT)}: {alias.name}"
        for file in (ROOT / package).rglob("*.py")
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name in posix
    ]
    assert found == []


def test_ci_runs_make_test_and_nothing_else() -> None:
    assert (ROOT / ".ci/run").read_text("utf-8") == "#!/bin/sh\nexec make test\n"


@pytest.mark.parametrize(
    "pattern", [r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/", r"(?:pip\.conf|/opt/(?:wheels|pypi))"]
)
def test_no_file_names_a_place_of_one_machine(pattern: str) -> None:
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in tracked()
        if file != Path(__file__) and file.suffix not in {".ttf", ".png", ".pdf"} and file.is_file()
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert found == []
