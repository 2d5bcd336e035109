"""What `trainer verify` says: its data has the documented shape, its last line is useful."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from trainer.app.verify import Report, StepReport, Verdict
from trainer.cli import bench, verify
from trainer.core.checks import Outcome, Status
from trainer.core.errors import BadInput

ROOT = Path(__file__).parents[3]
OUTCOME = Outcome(Status.FAILED, "outcome", "stored: x", "x", "y")


def a_report(verdict: Verdict = "passed", lang: str = "en") -> Report:
    step = StepReport("one", verdict, 1.0, (OUTCOME,))
    return Report("lesson-web", 1, "abc", "web", lang, verdict, datetime(2026, 11, 22, tzinfo=UTC), 2.0, (step,))


def documented(of: str) -> list[str]:
    """Return the fields that the document lists."""
    text = (ROOT / "docs" / "qa.md").read_text("utf-8")
    row = next(line for line in text.splitlines() if line.startswith(f"| {of} |"))
    return re.findall(r"`([a-z_]+)`", re.sub(r"\([^)]*\)", "", row.split("|")[2]))


def test_the_shape_is_the_documented_one() -> None:
    data: dict[str, Any] = verify.as_data([a_report()])
    figures: Any = bench.as_data([bench.Row("a", 1.0, "s")])
    run = data["runs"][0]
    step = run["steps"][0]
    for of, shape in {
        "`trainer verify --json`": data,
        "a run": run,
        "a step": step,
        "an outcome": step["outcomes"][0],
        "`trainer bench --json`": figures,
        "a row": figures["rows"][0],
    }.items():
        assert sorted(shape) == sorted(documented(of)), of


def test_the_table_counts_passed_steps() -> None:
    told = verify.as_table([a_report(), a_report("failed", "zh_CN"), a_report("skipped")])
    assert [line.split() for line in told.splitlines()[2:]] == [
        ["lesson-web", "en", "passed", "1/1", "2.0"],
        ["lesson-web", "zh_CN", "FAILED", "0/1", "2.0"],
        ["lesson-web", "en", "not", "run", "0/1", "2.0"],
    ]


def test_the_next_command_leads_to_what_went_wrong(tmp_path: Path) -> None:
    bad = [a_report(), a_report("unknown", "zh_CN")]
    assert verify.next_command([a_report()], None, {}) == "trainer demo lesson-web --headed"
    own = {"lesson-web": "my/lesson.yaml"}
    assert verify.next_command(bad, None, own) == "trainer verify my/lesson.yaml --lang zh_CN --trace traces"
    assert verify.next_command(bad, None, {}) == "trainer verify lesson-web --lang zh_CN --trace traces"
    assert verify.next_command(bad, tmp_path, {}) == "trainer verify lesson-web --lang zh_CN --trace traces"
    trace = tmp_path / "lesson-web.zh_CN.candidate.zip"
    trace.touch()
    assert verify.next_command(bad, tmp_path, {}) == f"python -m playwright show-trace {trace}"


def test_languages_and_profile_choose_the_work() -> None:
    jobs = verify.choose(["normal-exit-web"], None, ("en", "zh_CN", "en"))
    assert [(job.scenario.id, job.lang) for job in jobs] == [
        ("normal-exit-web", "en"),
        ("normal-exit-web", "zh_CN"),
    ]
    of_web = verify.choose([], "web", ("en",))
    assert {job.scenario.profile for job in of_web} == {"web"}
    assert len(of_web) < len(verify.choose([], None, ("en",)))
    with pytest.raises(BadInput):
        verify.choose([], "abacus", ("en",))


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="cannot be made"):
        verify.make_folder(tmp_path / "file" / "traces")


def test_a_report_that_cannot_be_kept_is_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="cannot be made"):
        verify.verify.main(
            ["normal-exit-web", "--junit", str(tmp_path / "file" / "out.xml")], standalone_mode=False
        )
