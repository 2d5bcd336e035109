"""`trainer backup` and `trainer restore`: everything into a folder while the trainer runs, and back."""

from __future__ import annotations

import os
from pathlib import Path

import click

from trainer.adapters import whole_backup
from trainer.i18n import gettext as _
from trainer.i18n import ngettext
from trainer.paths import home

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command(help=_("Copy all data into the new folder FOLDER, also while the trainer runs."))
@click.argument("folder", type=FOLDER)
def backup(folder: Path) -> None:
    """Copy everything."""
    number = whole_backup.back_up(home(), folder)
    click.echo(ngettext("{n} file copied and checked.", "{n} files copied and checked.", number).format(n=number))
    if os.environ.get("TRAINER_DATABASE_URL"):
        click.echo(_("The platform database of TRAINER_DATABASE_URL is not part of it: use pg_dump."), err=True)


@click.command(help=_("Bring the backup in FOLDER back into a home that is empty."))
@click.argument("folder", type=FOLDER)
def restore(folder: Path) -> None:
    """Bring everything back."""
    number = whole_backup.restore(folder, home())
    click.echo(ngettext("{n} file brought back.", "{n} files brought back.", number).format(n=number))
    click.echo("→ trainer serve", err=True)
