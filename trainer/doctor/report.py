"""Report: the findings as a list for a person or as JSON for a program."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from trainer.core.errors import ExitCode
from trainer.doctor import cures
from trainer.doctor.findings import Finding, checks, command
from trainer.i18n import gettext as _

JSON_VERSION = 1


def main(*, fix: bool = False, as_json: bool = False, quiet: bool = False) -> int:
    """Say what this machine lacks and the command that cures it.

    Args:
        fix: Cure first what can be cured.
        as_json: Print `{"version": 1, "ok": …, "findings": [{name, ok, found, cure, packages}]}`.
        quiet: Say only what is missing.

    Returns:
        The exit code: 0 when nothing is missing, else 3.

    Raises:
        BrokenEnvironment: A cure failed, or an administrator is needed first.
    """
    findings = cures.fix() if fix else checks()
    ok = all(finding.ok for finding in findings)
    if as_json:
        answer = {"version": JSON_VERSION, "ok": ok, "findings": [asdict(finding) for finding in findings]}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    elif not (ok and quiet):
        sys.stdout.write("\n".join(lines(findings)) + "\n")
    return 0 if ok else ExitCode.ENVIRONMENT


def lines(findings: list[Finding]) -> list[str]:
    """Write the findings for a person: what is there, what is missing, and at the end what to do next."""
    names = {
        "python": _("Python"),
        "venv": _("Virtual environments"),
        "packages": _("Python packages"),
        "driver": _("Browser driver"),
        "browser": _("Browser"),
        "font": _("Chinese font"),
        "voice": _("Voice"),
        "catalogues": _("Translations"),
        "home": _("Data folder"),
    }
    told = []
    for finding in findings:
        told.append(f"{'✓' if finding.ok else '✗'} {names[finding.name]}: {finding.found}")
        if not finding.ok:
            told.append(f"    {finding.cure}")
    if all(finding.ok for finding in findings):
        return [
            *told,
            _("Nothing is missing. Next: {command}").format(command=command("trainer serve", "make run")),
        ]
    return [
        *told,
        _("Next: {command}").format(command=command("trainer doctor --fix", ".venv/bin/trainer doctor --fix")),
    ]
