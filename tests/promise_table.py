"""The table of kept promises in docs/coverage.md, made from the JUnit files of a proof."""

import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
ORACLE = ROOT / "tests" / "ui" / "hrms" / "promises.yaml"
DOCUMENT = ROOT / "docs" / "coverage.md"
BEGIN, END = "<!-- promises: begin -->", "<!-- promises: end -->"
PROFILES = ("web", "app", "integrated", "cloud", "local", "suite")
_CELL = re.compile(r"test_the_promise_is_kept\[(?:\w+-)?(?P<event>\w+)-(?P<profile>\w+)\]")


def results(junits: Sequence[Path]) -> dict[str, dict[str, str]]:
    """Return, by event and profile, how its test ended: kept, broken or not run."""
    found: dict[str, dict[str, str]] = {}
    for case in (case for junit in junits for case in ET.parse(junit).getroot().iter("testcase")):  # noqa: S314  # our own files
        cell = _CELL.fullmatch(case.get("name") or "")
        if cell:
            broken = case.find("failure") is not None or case.find("error") is not None
            ended = "broken" if broken else "not run" if case.find("skipped") is not None else "kept"
            found.setdefault(cell["event"], {})[cell["profile"]] = ended
    return found


def table(found: dict[str, dict[str, str]]) -> str:
    """Return the results as a Markdown table; a promise that a profile does not make is a dash."""
    lines = [f"| event | {' | '.join(f'`{one}`' for one in PROFILES)} |", "|---" * (len(PROFILES) + 1) + "|"]
    lines += [
        f"| {event.replace('_', ' ')} | {' | '.join(cells.get(one, '–') for one in PROFILES)} |"
        for event, cells in sorted(found.items(), key=_place)
    ]
    return "\n".join(lines)


def _place(row: tuple[str, dict[str, str]]) -> tuple[int, int]:
    """Say where an event stands: as in the oracle, and a short cut of the network before a long one."""
    name, _, seconds = row[0].rpartition("_") if row[0][-1].isdigit() else (row[0], "", "0")
    return list(yaml.safe_load(ORACLE.read_text(encoding="utf-8"))).index(name), int(seconds)


def write(junits: Sequence[Path]) -> None:
    """Put the table between its marks."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table(results(junits))}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    write([Path(one) for one in sys.argv[1:]] or [ROOT / "proof" / "tests.xml", ROOT / "proof" / "hrms.xml"])
