"""The command `models`: the models that understand spoken answers."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from trainer.adapters.speech_models import OFFICIAL, SpeechModels
from trainer.core.errors import ExitCode
from trainer.i18n import gettext as _
from trainer.paths import home


def _models() -> SpeechModels:
    return SpeechModels(Path(os.environ.get("HRMS_MODELS") or home() / "models"))


@click.group(help=_("List, fetch and check the models that understand spoken answers."))
def models() -> None:
    """Group the three commands."""


@models.command("list", help=_("List the models; --json for programs."))
@click.option("--json", "as_json", is_flag=True, help=_("As JSON."))
def list_models(as_json: bool) -> int:
    """List them."""
    found = _models().all()
    if as_json:
        rows = [
            {
                "lang": one.lang,
                "name": one.name,
                "installed": one.note is not None,
                "sha256": one.note.archive if one.note else None,
            }
            for one in found
        ]
        click.echo(json.dumps({"version": 1, "models": rows}, indent=2))
        return ExitCode.PASSED
    for one in found:
        state = _("installed") if one.note else _("not installed")
        click.echo(f"{one.lang:<6} {one.name:<30} {state}")
    if not all(one.note for one in found):
        click.echo("→ trainer models pull", err=True)
    return ExitCode.PASSED


@models.command(help=_("Fetch the models of LANGUAGES, of all without; the first fetch notes their sha256."))
@click.argument("languages", nargs=-1)
def pull(languages: tuple[str, ...]) -> int:
    """Fetch them."""
    for lang in languages or tuple(OFFICIAL):
        click.echo(_("Fetching the model for {lang} …").format(lang=lang), err=True)
        note = _models().pull(lang)
        click.echo(f"{lang} {note.name} sha256:{note.archive}")
    return ExitCode.PASSED


@models.command(help=_("Check that every installed model is what was fetched."))
def verify() -> int:
    """Check them."""
    for one in _models().verify():
        click.echo(f"{one.lang} {one.name} ✓")
    return ExitCode.PASSED
