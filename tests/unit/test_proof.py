"""The proof's report tells a failure and a skip for what they are, and repeats nothing that still holds."""

import subprocess
from pathlib import Path

import pytest

from tests import proof
from tests.proof import Done, Part, counted, markdown

JUNIT = """<testsuites><testsuite tests="3" failures="1" errors="0" skipped="1">
<testcase classname="a" name="works"/><testcase classname="a" name="fails"><failure message="no"/></testcase>
<testcase classname="a" name="waits"><skipped message="no microphone"/></testcase>
</testsuite></testsuites>"""


def test_results_and_skips_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "out.xml"
    assert counted(file) == ({}, [])
    file.write_text(JUNIT, "utf-8")
    assert counted(file) == (
        {"tests": 3, "failures": 1, "errors": 0, "skipped": 1},
        [{"test": "a::waits", "reason": "no microphone"}],
    )


def done(name: str, command: str, exit_code: int, seconds: float) -> Done:
    """Return what came of a part on commit abc."""
    return Done(name, command, "abcdef012", "2026-01-02T03:04:05", ["1"], exit_code, seconds)


def test_one_failed_part_fails_the_proof() -> None:
    good = done("style", "ruff check", 0, 0.2)
    bad = done("tests", "pytest", 1, 9.5)
    bad.counts, bad.said = {"tests": 3}, "assert 1 == 2\n"
    bad.skips = [{"test": "a::waits", "reason": "no microphone"}]
    report = markdown({"commit": "abc"}, [good, bad])
    assert report.startswith("# Proof: FAILED\n\n- commit: abc\n")
    assert "| style | passed | 0.2 |  | 2026-01-02T03:04:05 | abcdef0 | `ruff check` |" in report
    assert "| tests | exit 1 | 9.5 | tests 3 | 2026-01-02T03:04:05 | abcdef0 | `pytest` |" in report
    assert "- `a::waits`: no microphone" in report
    assert "assert 1 == 2" in report
    assert markdown({}, [good]).startswith("# Proof: passed")


def test_an_interrupted_proof_says_what_did_not_run() -> None:
    report = markdown({}, [done("style", "ruff check", 0, 0.2)], [Part("types", ["mypy"])])
    assert report.startswith("# Proof: incomplete\n\nNot run: types.\n")


def test_what_passed_on_the_same_files_is_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments], cwd=tmp_path, check=True
        )

    product, other = tmp_path / "trainer", tmp_path / "tests"
    for folder in (product, other):
        folder.mkdir()
        (folder / "a.py").write_text("1\n", "utf-8")
    git("init", "-q")
    git("add", "trainer", "tests")
    git("commit", "-qm", "first")
    part = Part("lessons", ["python", "-c", "pass"], files=["trainer"])
    whole = Part("tests", ["python", "-c", "raise SystemExit(1)"])
    monkeypatch.setattr(proof, "ROOT", tmp_path)
    monkeypatch.setattr(proof, "OUT", tmp_path / "proof")
    monkeypatch.setattr(proof, "PARTS", (part, whole))
    proof.OUT.mkdir()
    assert proof.digests(Part("nowhere", [], files=["trainer", "elsewhere"])) == []
    assert proof.kept(part) is None
    ran = {one.name: proof.run(one) for one in (part, whole)}
    assert not proof.write({}, ran)
    assert proof.kept(part) == ran["lessons"]
    assert proof.kept(whole) is None
    (other / "a.py").write_text("2\n", "utf-8")
    assert proof.kept(part) == ran["lessons"]
    (product / "a.py").write_text("2\n", "utf-8")
    assert proof.kept(part) is None
    git("commit", "-qam", "second")
    assert proof.kept(part) is None
    assert proof.kept(Part("lessons", ["python"], files=["trainer"])) is None
