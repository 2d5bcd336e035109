"""`trainer doctor`: what this machine lacks, and the command that cures it."""

from __future__ import annotations

import click

from trainer.i18n import gettext as _


@click.command(help=_("Say what this machine lacks, and what cures it."))
@click.option("--fix", is_flag=True, help=_("Cure what is missing."))
@click.option("--json", "as_json", is_flag=True, help=_("Print the findings as JSON."))
def doctor(*, fix: bool, as_json: bool) -> int:
    """Look, and cure if asked to."""
    from trainer.doctor import main

    return main(fix=fix, as_json=as_json, quiet=False)
