"""Proof: runs all the evidence, the long part too, and writes down what ran, where, how long and with what result.

`make proof` calls this. It writes `proof/report.json` and `proof/report.md` anew after every part, so that an
interrupted proof says how far it came; it exits with 0 only if all passed.
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
LINES_KEPT = 120
"""How much of a part's own output goes into the report."""


@dataclass(frozen=True)
class Part:
    """One command of the proof; `junit` is the JUnit file it writes, if any."""

    name: str
    command: Sequence[str]
    junit: str = ""


@dataclass
class Done:
    """What came of one part.

    Attributes:
        seconds: How long it took.
        counts: Tests, failures, errors and skipped, where the part counts them.
        skips: Test and reason of everything that did not run.
        said: The end of what it printed.
    """

    name: str
    command: str
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
    Part("tests", ["pytest", "-q", *WORKERS, "--junitxml", "proof/tests.xml"], "tests.xml"),
    Part(
        "lessons",
        ["trainer", "verify", "--lang", "zh_CN", "--lang", "en", "-j", "2", "--junit", "proof/lessons.xml"],
        "lessons.xml",
    ),
    Part("bench", ["trainer", "bench", "start", "typing", "pages", "judge", "resumes"]),
    Part("bench of crashes", ["trainer", "bench", "crash"]),
    Part("mutants", ["trainer", "verify", "--mutate", "-j", "2"]),
)


def run(part: Part) -> Done:
    """Run one part, showing its output as it comes."""
    start = time.monotonic()
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


def surroundings() -> dict[str, str | int | bool]:
    """Say what was proven and on what kind of machine."""
    found = {finding.name: finding.found for finding in checks()}
    return {
        "commit": git("rev-parse", "HEAD"),
        "changed_since": bool(git("status", "--porcelain")),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
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
    lines += ["", "| part | result | seconds | counts | command |", "|---|---|---|---|---|"]
    for part in parts:
        result = "passed" if part.exit_code == 0 else f"exit {part.exit_code}"
        counts = ", ".join(f"{name} {count}" for name, count in part.counts.items())
        lines.append(f"| {part.name} | {result} | {part.seconds} | {counts} | `{part.command}` |")
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
    parts: list[Done] = []
    passed = False
    for number, part in enumerate(PARTS, start=1):
        sys.stderr.write(f"== {part.name}: {shlex.join(part.command)}\n")
        parts.append(run(part))
        left = PARTS[number:]
        passed = not left and all(one.exit_code == 0 for one in parts)
        told = {"version": 1, "passed": passed, **where, "parts": [asdict(one) for one in parts]}
        (OUT / "report.json").write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")
        (OUT / "report.md").write_text(markdown(where, parts, left), "utf-8")
    sys.stdout.write(markdown(where, parts))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
