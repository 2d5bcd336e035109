"""JUnit: reports of verify as the XML that build servers read; a suite for each run, a case for each Step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from trainer.app.verify import Report, StepReport
from trainer.core.checks import Status
from trainer.core.errors import BrokenEnvironment
from trainer.i18n import gettext as _

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold, not even escaped."""


def write_junit(reports: Sequence[Report], path: Path) -> None:
    """Write `reports` to `path`, whole or not at all.

    Raises:
        BrokenEnvironment: The file cannot be written.
    """
    top = ET.Element("testsuites", name="trainer verify", time=_seconds(sum(report.seconds for report in reports)))
    _count(top, [step for report in reports for step in report.steps])
    for report in reports:
        top.append(_suite(report))
    ET.indent(top)
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(ET.tostring(top, encoding="utf-8", xml_declaration=True))
        part.replace(path)
    except OSError as error:
        raise BrokenEnvironment(
            _("{path} could not be written: {reason}").format(path=path, reason=error.strerror or error)
        ) from error


def _suite(report: Report) -> ET.Element:
    name = f"{report.scenario}[{report.lang}]"
    suite = ET.Element("testsuite", name=name, time=_seconds(report.seconds))
    _count(suite, report.steps)
    suite.set("timestamp", report.started.replace(tzinfo=None).isoformat(timespec="seconds"))
    properties = ET.SubElement(suite, "properties")
    facts = {
        "scenario": report.scenario,
        "version": str(report.version),
        "digest": report.digest,
        "profile": report.profile,
        "lang": report.lang,
    }
    for key, value in facts.items():
        ET.SubElement(properties, "property", name=key, value=value)
    for step in report.steps:
        case = ET.SubElement(suite, "testcase", classname=name, name=step.id, time=_seconds(step.seconds))
        _tell(case, step)
    return suite


def _tell(case: ET.Element, step: StepReport) -> None:
    """Add what is not plainly passed."""
    lines = [
        f"{outcome.check}\n  expected: {outcome.expected}\n  seen: {outcome.seen}"
        + (f"\n  [[ATTACHMENT|{outcome.screenshot}]]" if outcome.screenshot else "")
        for outcome in step.outcomes
        if outcome.status is not Status.PASSED
    ]
    first = next((line for line in [step.error, *lines] if line), "")
    tags = {"failed": "failure", "unknown": "error", "skipped": "skipped"}
    if step.verdict in tags:
        told = ET.SubElement(case, tags[step.verdict])
        if first:
            told.set("message", _clean(first.splitlines()[0]))
        told.text = _clean("\n".join(line for line in [step.error, *lines] if line)) or None


def _count(element: ET.Element, steps: Sequence[StepReport]) -> None:
    verdicts = [step.verdict for step in steps]
    element.set("tests", str(len(verdicts)))
    element.set("failures", str(verdicts.count("failed")))
    element.set("errors", str(verdicts.count("unknown")))
    element.set("skipped", str(verdicts.count("skipped")))


def _clean(text: str) -> str:
    return NOT_XML.sub("�", text)


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"
