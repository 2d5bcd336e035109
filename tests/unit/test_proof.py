"""The proof's report tells a failure and a skip for what they are."""

from pathlib import Path

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


def test_one_failed_part_fails_the_proof() -> None:
    good = Done("style", "ruff check", 0, 0.2)
    skip = {"test": "a::waits", "reason": "no microphone"}
    bad = Done("tests", "pytest", 1, 9.5, {"tests": 3}, [skip], "assert 1 == 2\n")
    report = markdown({"commit": "abc"}, [good, bad])
    assert report.startswith("# Proof: FAILED\n\n- commit: abc\n")
    assert "| style | passed | 0.2 |  | `ruff check` |" in report
    assert "| tests | exit 1 | 9.5 | tests 3 | `pytest` |" in report
    assert "- `a::waits`: no microphone" in report
    assert "assert 1 == 2" in report
    assert markdown({}, [good]).startswith("# Proof: passed")


def test_an_interrupted_proof_says_what_did_not_run() -> None:
    report = markdown({}, [Done("style", "ruff check", 0, 0.2)], [Part("types", ["mypy"])])
    assert report.startswith("# Proof: incomplete\n\nNot run: types.\n")
