"""`trainer workshop`: make a class, and write its report, without the console."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from trainer import bootstrap
from trainer.app.class_report import day_of, tables_csv, tell
from trainer.app.roster import roster
from trainer.app.workshops import Workshops
from trainer.cli.files import check_folder, write
from trainer.core.errors import BadInput
from trainer.core.workshop import Workshop, plain_code, shown_code
from trainer.i18n import LANGS, current_lang, speaking, translator
from trainer.i18n import gettext as _

MODES = ("guided", "practice")


@click.group(help=_("Make workshops, and write what they came to."))
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


@workshop.command(
    help=_("Write the report of the workshop with the join code CODE; without CODE list all workshops.")
)
@click.argument("code", required=False)
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help=_("Folder for the files; made if missing."),
)
@click.option("--lang", type=click.Choice(LANGS), help=_("Language; yours by default."))
def report(code: str | None, *, out: Path, lang: str | None) -> None:
    """Write the report as PDF and CSV; the names of the files are on standard output."""
    lang = lang or current_lang()
    with closing(bootstrap.database()) as database, speaking(lang):
        workshops = bootstrap.workshops(database)
        if code is None:
            told = translator("scenarios", lang).gettext
            for one in workshops.all():
                click.echo(f"{shown_code(one.code)}\t{day_of(one.created)}\t{one.phase}\t{told(one.title)}")
            return
        found = next((one for one in workshops.all() if one.code == plain_code(code)), None)
        if found is None:
            raise BadInput(_("No workshop has this code."), "trainer workshop report")
        _write(workshops, found, out, lang)


def _write(workshops: Workshops, found: Workshop, out: Path, lang: str) -> None:
    from guides.papers import render_paper

    check_folder(out)
    told = translator("scenarios", lang).gettext
    lessons = {lesson.id: lesson for lesson in bootstrap.scenarios().all()}
    figures, kept, words = workshops.report(found), workshops.kept(found), workshops.feedback(found)
    paper = tell(figures, kept, words, lessons, title=told(found.title), costs=None)
    for suffix, content in (
        ("pdf", render_paper(paper, day_of(bootstrap.clock()))),
        ("csv", tables_csv(paper).encode()),
    ):
        file = out / f"workshop-{shown_code(found.code)}.{suffix}"
        write(file, content)
        click.echo(file)
