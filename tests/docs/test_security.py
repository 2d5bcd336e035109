"""Every attack that docs/security.md lists has the test that it names, and that test is run."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = re.findall(
    r"^\| (\d+) \| (.+) \| (.+) \| `(tests/\S+\.py)::(test_\w+)` \|$",
    (ROOT / "docs/security.md").read_text("utf-8"),
    re.MULTILINE,
)
FEWEST = 40
"""So many attacks have to be there at least."""


def functions_of(file: str) -> set[str]:
    """Return the names of the tests of a file, without those that are always skipped."""
    functions = (
        node
        for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    skipped = re.compile(r"pytest\.mark\.(skip|xfail)\b")
    return {one.name for one in functions if not any(skipped.search(ast.unparse(d)) for d in one.decorator_list)}


def test_there_are_enough_rows_and_each_is_another_attack() -> None:
    assert [int(number) for number, *_rest in ROWS] == list(range(1, len(ROWS) + 1))
    assert len({attack for _number, attack, *_rest in ROWS}) == len(ROWS) >= FEWEST


def test_each_names_a_test_that_is_there_and_is_run() -> None:
    known = {file: functions_of(file) for file in {row[3] for row in ROWS}}
    assert [f"{file}::{name}" for *_told, file, name in ROWS if name not in known[file]] == []


def test_no_test_of_hostile_people_is_missing() -> None:
    told = {(file, name) for *_rest, file, name in ROWS}
    files = ("tests/e2e/test_attacks.py", "tests/e2e/test_hostile.py")
    assert {(file, one) for file in files for one in functions_of(file) if one.startswith("test_")} <= told
