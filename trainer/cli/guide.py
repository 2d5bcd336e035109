"""The command `guide`: lessons as documents to print or send."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path

import click

from trainer import bootstrap
from trainer.app.publish import NoGuide, walk
from trainer.cli.place import place_of, url_option
from trainer.cli.shares import orderly_end
from trainer.core.application import Application
from trainer.core.errors import BadInput, ExitCode
from trainer.core.scenario import Scenario
from trainer.core.walkthrough import Walkthrough
from trainer.i18n import LANGS, translator
from trainer.i18n import gettext as _

SIZE = (1024, 768)
"""Window of the pictures: small enough that its text can be read on paper."""

SCALE = 2.0

CRASH_SECONDS = 300.0
"""A crash lasts until its picture is taken, which ends it."""


@click.command(
    help=_("Make printable guides of lessons, with a picture of every step; of all lessons without IDS.")
)
@click.argument("ids", nargs=-1)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    default=Path(),
    show_default=True,
    help=_("Folder for the files; made if missing."),
)
@click.option(
    "--lang", "langs", multiple=True, type=click.Choice(LANGS), help=_("Language; all of them by default.")
)
@url_option
@click.option("--to", "form", type=click.Choice(["pdf"]), default="pdf", show_default=True, help=_("Format."))
def guide(ids: tuple[str, ...], out: Path, langs: tuple[str, ...], url: str | None, form: str) -> int:
    """Make guides; prints the paths of the files. A lesson that does not play as written gets none."""
    catalogue = bootstrap.scenarios()
    chosen = [catalogue.get(name) for name in dict.fromkeys(ids)] if ids else list(catalogue.all())
    if not chosen:
        raise BadInput(_("There is no lesson to make a guide of."), _("`trainer scenario new` starts one."))
    check_folder(out)
    places = {scenario.id: place_of(scenario, url) for scenario in chosen}
    chosen.sort(key=lambda scenario: str(places[scenario.id]))
    with orderly_end():
        refused = [
            error
            for place, lessons in groupby(chosen, lambda scenario: places[scenario.id])
            for error in make(list(lessons), place, tuple(dict.fromkeys(langs)) or LANGS, out, form)
            if error is not None
        ]
    if refused:
        click.echo(f"→ {refused[0].hint}", err=True)
        return ExitCode.CHECK_FAILED
    click.echo("→ trainer serve", err=True)
    return ExitCode.PASSED


def check_folder(folder: Path) -> None:
    """Make the folder and try it, before a browser is started.

    Raises:
        BadInput: Nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise BadInput(
            _("Guides cannot be written to {folder}: {reason}").format(
                folder=folder, reason=error.strerror or error
            ),
            _("Name another folder with -o."),
        ) from error


def make(
    scenarios: Sequence[Scenario], place: Application | None, langs: Sequence[str], out: Path, form: str
) -> Iterator[NoGuide | None]:
    """Make the guides of lessons on one place; yields why there is none of a lesson, or None when there is."""
    from guides.pictures import alike

    with bootstrap.venue(place, crash_seconds=CRASH_SECONDS) as venue, bootstrap.browser() as browser:
        for lang in langs:
            with venue.stage(lang=lang, browser=browser, size=SIZE, scale=SCALE) as stage:
                for scenario in scenarios:
                    label = f"{scenario.id} {lang}"
                    try:
                        walkthrough = walk(
                            scenario,
                            lang=lang,
                            control=venue.control,
                            stage=stage,
                            clock=bootstrap.clock,
                            translate=translator("scenarios", lang).gettext,
                            new_id=bootstrap.new_id,
                            scale=SCALE,
                            tell=partial(tell, label),
                            same=alike,
                        )
                    except NoGuide as error:
                        click.echo(error.message, err=True)
                        yield error
                        continue
                    path = out / f"{scenario.id}.{lang}.{form}"
                    write(path, as_pdf(walkthrough, label))
                    click.echo(path)
                    yield None


def tell(label: str, number: int, total: int) -> None:
    """Tell which step is being performed."""
    click.echo(f"{label} {number}/{total}", err=True)


def as_pdf(walkthrough: Walkthrough, label: str) -> bytes:
    """Return the guide as PDF, after telling which characters the reader will not see."""
    from guides import pdf

    if lost := pdf.unprintable(walkthrough):
        click.echo(
            _("{guide}: the font has no glyph for {characters}; readers see □ instead.").format(
                guide=label, characters=" ".join(lost)
            ),
            err=True,
        )
    return pdf.render(walkthrough, bootstrap.clock().astimezone().date())


def write(path: Path, content: bytes) -> None:
    """Put the whole file in place, or leave what was there.

    Raises:
        BadInput: It cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            beside.write_bytes(content)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise BadInput(
            _("{path} cannot be written: {reason}").format(path=path, reason=error.strerror or error),
            _("Name another folder with -o."),
        ) from error
