"""Proof: runs all the evidence, the long part too, and writes down what ran, where, how long and with what result.

`make proof` calls this. It writes `proof/report.json` and `proof/report.md` anew after every part, so that an
interrupted proof says how far it came; it exits with 0 only if all passed. Called again it goes on: a part that
passed on the same files is not repeated, and the report tells on which commit and when it ran. Without the folder
`proof/` all runs anew.
"""

from __future__ import annotations

import json
import os
import platform
import shlex
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from trainer.doctor import checks

ROOT = Path(__file__).parents[1]
OUT = ROOT / "proof"
BIN = Path(sys.executable).parent
WORKERS = ("--numprocesses", "2", "--dist", "loadfile")
VERSION = 2
"""Of the form of `report.json`."""
HRMS = ("tests/ui/hrms", "tests/unit/hrms", "tests/voice")
"""Where the practice HR system is tested."""
WAITERS = ("--numprocesses", "3", "--dist", "worksteal")
"""For tests that wait more than they compute, for a network that stays cut, most of them in one file."""
LINES_KEPT = 120
"""How much of a part's own output goes into the report."""


PRODUCT = ("trainer", "sandbox_hrms", "guides", "scenarios", "locales", "pyproject.toml", "requirements.lock")
"""What is run when no test is: the parts that take these have nothing to do with tests and documents."""


@dataclass(frozen=True)
class Part:
    """One command of the proof.

    Attributes:
        name: What the report calls it.
        command: A program of the environment, and its arguments.
        junit: The JUnit file it writes, if any.
        files: What its result depends on, as paths in the repository.
    """

    name: str
    command: Sequence[str]
    junit: str = ""
    files: Sequence[str] = ("",)


@dataclass
class Done:
    """What came of one part.

    Attributes:
        commit: The commit it ran on.
        date: When it began.
        files: The digests of the files it depends on; empty when they were not committed.
        seconds: How long it took.
        counts: Tests, failures, errors and skipped, where the part counts them.
        skips: Test and reason of everything that did not run.
        said: The end of what it printed.
    """

    name: str
    command: str
    commit: str
    date: str
    files: list[str]
    exit_code: int
    seconds: float
    counts: dict[str, int] = field(default_factory=dict)
    skips: list[dict[str, str]] = field(default_factory=list)
    said: str = ""


PARTS = (
    Part("style", ["ruff", "check"]),
    Part("format", ["ruff", "format", "--check"]),
    Part("types", ["mypy"]),
    Part("imports", ["lint-imports"]),
    Part("translations", ["python", "-m", "trainer.i18n", "check"]),
    Part("scenarios", ["trainer", "scenario", "check"]),
    Part("mutants", ["trainer", "verify", "--mutate", "--sample", "24", "-j", "4"], files=PRODUCT),
    Part(
        "lessons",
        ["trainer", "verify", "--lang", "zh_CN", "--lang", "en", "-j", "2", "--junit", "proof/lessons.xml"],
        "lessons.xml",
        PRODUCT,
    ),
    *(
        Part(f"bench {name}", ["trainer", "bench", name], files=PRODUCT)
        for name in ("start", "typing", "pages", "judge", "resumes", "crash")
    ),
    Part("tests", ["pytest", "-q", "-m", "not proof", *WORKERS, "--junitxml", "proof/tests.xml"], "tests.xml"),
    Part(
        "long tests of the practice HR system",
        ["pytest", "-q", "-m", "proof", *HRMS, *WAITERS, "--junitxml", "proof/hrms.xml"],
        "hrms.xml",
    ),
    Part(
        "long tests of all else",
        [
            "pytest",
            "-q",
            "-m",
            "proof",
            *(f"--ignore={one}" for one in HRMS),
            *WORKERS,
            "--junitxml",
            "proof/else.xml",
        ],
        "else.xml",
    ),
)
"""In their order: what takes the product alone comes first, as it holds while only tests and documents change."""


def run(part: Part) -> Done:
    """Run one part, showing its output as it comes."""
    start, date = time.monotonic(), now()
    command = [str(BIN / part.command[0]), *part.command[1:]]
    said: list[str] = []
    if part.junit:
        (OUT / part.junit).unlink(missing_ok=True)
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            sys.stderr.write(line)
            said.append(line)
    counts, skips = counted(OUT / part.junit) if part.junit else ({}, [])
    return Done(
        name=part.name,
        command=shlex.join(part.command),
        commit=git("rev-parse", "HEAD"),
        date=date,
        files=digests(part),
        exit_code=process.returncode,
        seconds=round(time.monotonic() - start, 1),
        counts=counts,
        skips=skips,
        said="".join(said[-LINES_KEPT:]),
    )


def counted(junit: Path) -> tuple[dict[str, int], list[dict[str, str]]]:
    """Read a JUnit file: how many of each result, and what was skipped, why."""
    if not junit.is_file():
        return {}, []
    suites = list(ET.parse(junit).getroot().iter("testsuite"))  # noqa: S314  # our own file
    counts = {
        key: sum(int(suite.get(key) or 0) for suite in suites)
        for key in ("tests", "failures", "errors", "skipped")
    }
    skips = [
        {"test": f"{case.get('classname')}::{case.get('name')}", "reason": skip.get("message") or ""}
        for suite in suites
        for case in suite.iter("testcase")
        for skip in case.iter("skipped")
    ]
    return counts, skips


def git(*arguments: str) -> str:
    """Ask git; nothing where there is no repository."""
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()


def now() -> str:
    """Say the time, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def digests(part: Part) -> list[str]:
    """Return what git calls the present contents of the files a part depends on; nothing when it cannot tell."""
    if git("status", "--porcelain", "--", *(path for path in part.files if path)):
        return []
    found = [git("rev-parse", "--verify", "--quiet", f"HEAD:{path}") for path in part.files]
    return found if all(found) else []


def kept(part: Part) -> Done | None:
    """Return what came of a part when it last passed on the very same files; None when it has to run."""
    report = OUT / "report.json"
    told = json.loads(report.read_text("utf-8")) if report.is_file() else {}
    parts = told["parts"] if told.get("version") == VERSION else []
    before = next((Done(**one) for one in parts if one["name"] == part.name), None)
    if before is None or before.exit_code or before.command != shlex.join(part.command):
        return None
    return before if before.files and before.files == digests(part) else None


def surroundings() -> dict[str, str | int | bool]:
    """Say what was proven and on what kind of machine."""
    found = {finding.name: finding.found for finding in checks()}
    return {
        "commit": git("rev-parse", "HEAD"),
        "changed_since": bool(git("status", "--porcelain")),
        "date": now(),
        "system": platform.platform(),
        "processor": platform.machine(),
        "cores": os.cpu_count() or 0,
        "python": platform.python_version(),
        "browser": found["browser"],
    }


def markdown(where: dict[str, str | int | bool], parts: Sequence[Done], left: Sequence[Part] = ()) -> str:
    """Write the report for a person; `left` are the parts that have not run yet."""
    failed = any(part.exit_code for part in parts)
    verdict = "FAILED" if failed else "incomplete" if left else "passed"
    lines = [f"# Proof: {verdict}", ""]
    if left:
        lines += [f"Not run: {', '.join(part.name for part in left)}.", ""]
    lines += [f"- {name.replace('_', ' ')}: {value}" for name, value in where.items()]
    lines += [
        "",
        "| part | result | seconds | counts | began | commit | command |",
        "|---|---|---|---|---|---|---|",
    ]
    for part in parts:
        result = "passed" if part.exit_code == 0 else f"exit {part.exit_code}"
        counts = ", ".join(f"{name} {count}" for name, count in part.counts.items())
        began = f"{part.date} | {part.commit[:7]}"
        lines.append(f"| {part.name} | {result} | {part.seconds} | {counts} | {began} | `{part.command}` |")
    lines += ["", "## Skipped", ""]
    skips = [skip for part in parts for skip in part.skips]
    lines += [f"- `{skip['test']}`: {skip['reason']}" for skip in skips] or ["Nothing."]
    for part in parts:
        if part.exit_code or part.name.startswith(("bench", "mutants")):
            lines += ["", f"## {part.name}", "", "```", part.said.strip(), "```"]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run every part, also after a failed one, and write both reports."""
    OUT.mkdir(exist_ok=True)
    where = surroundings()
    done = {part.name: before for part in PARTS if (before := kept(part))}
    for name, before in done.items():
        sys.stderr.write(f"== {name}: passed on {before.commit[:7]} at {before.date}\n")
    passed = write(where, done)
    for part in PARTS:
        if part.name not in done:
            sys.stderr.write(f"== {part.name}: {shlex.join(part.command)}\n")
            done[part.name] = run(part)
            passed = write(where, done)
    sys.stdout.write((OUT / "report.md").read_text("utf-8"))
    return 0 if passed else 1


def write(where: dict[str, str | int | bool], done: dict[str, Done]) -> bool:
    """Write both reports as far as the proof is.

    Returns:
        Whether every part ran and passed.
    """
    parts = [done[part.name] for part in PARTS if part.name in done]
    left = [part for part in PARTS if part.name not in done]
    passed = not left and all(one.exit_code == 0 for one in parts)
    told = {"version": VERSION, "passed": passed, **where, "parts": [asdict(one) for one in parts]}
    (OUT / "report.json").write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")
    (OUT / "report.md").write_text(markdown(where, parts, left), "utf-8")
    return passed


if __name__ == "__main__":
    sys.exit(main())
