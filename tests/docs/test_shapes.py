"""What docs/qa.md says of `--json` is what the commands print."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from trainer.cli import app
from trainer.doctor.findings import Finding

DOCUMENT = (Path(__file__).parents[2] / "docs/qa.md").read_text("utf-8")


def row(of: str) -> set[str]:
    """Return the fields that the document tells of something."""
    (found,) = re.findall(rf"^\| {re.escape(of)} \| (.*) \|$", DOCUMENT, re.MULTILINE)
    return set(re.findall(r"`(\w+)`", found))


def printed(*words: str) -> Any:  # whatever a command prints
    return json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)


def test_lessons() -> None:
    assert {frozenset(lesson) for lesson in printed("scenario", "list")} == {frozenset(row("a lesson"))}


def test_problems(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("id: Bad\n", "utf-8")
    report = printed("scenario", "check", str(tmp_path / "bad.yaml"))
    (file,) = report["files"]
    assert {*report, *file} == row("`trainer scenario check --json`")
    assert {key for problem in file["problems"] for key in problem} == row("a problem")


def test_models() -> None:
    report = printed("models", "list")
    assert {*report, *report["models"][0]} == row("`trainer models list --json`")


def test_findings() -> None:
    assert {one.name for one in fields(Finding)} == row("a finding")
