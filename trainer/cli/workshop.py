"""`trainer workshop`: make a class without the console."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from trainer import bootstrap
from trainer.app.roster import roster
from trainer.core.workshop import shown_code
from trainer.i18n import gettext as _

MODES = ("guided", "practice")


@click.group(help=_("Make workshops."))
def workshop() -> None:
    """Hold the commands."""


@workshop.command(help=_("Make a workshop from the learning path PATH and print the code to join it."))
@click.argument("path")
@click.option("--title", default="", help=_("Its name; that of the learning path by default."))
@click.option("--mode", type=click.Choice(MODES), default=MODES[0], show_default=True, help=_("How much help."))
@click.option(
    "--roster",
    "roster_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("Names: a CSV file with a column “name”, or one name in each line."),
)
@click.option(
    "--test/--no-test", default=True, show_default=True, help=_("Take the path's test before and after.")
)
def create(path: str, *, title: str, mode: str, roster_file: Path | None, test: bool) -> None:
    """Make a workshop; its code is the only line on standard output."""
    names = roster(roster_file.read_bytes()) if roster_file else ()
    with closing(bootstrap.database()) as database:
        workshops = bootstrap.workshops(database)
        made = workshops.create(path, title=title, mode=mode, names=names, test=test, host="")
        click.echo(shown_code(made.code))
        for seat in workshops.seats(made.id):
            click.echo(
                _("{name}: personal code {code}").format(name=seat.name, code=shown_code(seat.code)), err=True
            )
    click.echo(_("Trainees open /join on the trainer's address and type the code; you open /console."), err=True)
    click.echo("→ trainer serve --host 0.0.0.0 --tls-self-signed", err=True)
