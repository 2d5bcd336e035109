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
from trainer.core.brand import Brand
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


def checked_forms(_context: click.Context, _option: click.Parameter, given: str) -> tuple[str, ...]:
    """Return the formats that are asked for, separated by commas."""
    from guides.formats import FORMATS

    forms = tuple(dict.fromkeys(form.strip() for form in given.split(",")))
    if unknown := [form for form in forms if form not in FORMATS]:
        raise BadInput(
            _("There is no format `{form}`.").format(form=unknown[0]),
            _("Known: {formats}").format(formats=", ".join(FORMATS)),
        )
    return forms


@click.command(help=_("Make guides of lessons, with a picture of every step; of all lessons without IDS."))
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
@click.option(
    "--to",
    "forms",
    default="pdf",
    show_default=True,
    callback=checked_forms,
    help=_("Formats, separated by commas: pdf, html, docx, md, eml."),
)
@click.option(
    "--brand",
    "brand_file",
    type=click.Path(path_type=Path),
    envvar="TRAINER_BRAND",
    help=_("File with the name, logo, colours and footer of the guides."),
)
def guide(  # noqa: PLR0913  # one argument for each option
    *,
    ids: tuple[str, ...],
    out: Path,
    langs: tuple[str, ...],
    url: str | None,
    forms: tuple[str, ...],
    brand_file: Path | None,
) -> int:
    """Make guides; prints the paths of the files. A lesson that does not play as written gets none."""
    catalogue = bootstrap.scenarios()
    chosen = [catalogue.get(name) for name in dict.fromkeys(ids)] if ids else list(catalogue.all())
    if not chosen:
        raise BadInput(_("There is no lesson to make a guide of."), _("`trainer scenario new` starts one."))
    brand = bootstrap.brand(brand_file)
    chosen_langs = tuple(dict.fromkeys(langs)) or LANGS
    check_folder(out)
    places = {scenario.id: place_of(scenario, url) for scenario in chosen}
    chosen.sort(key=lambda scenario: str(places[scenario.id]))
    with orderly_end():
        refused = [
            error
            for place, lessons in groupby(chosen, lambda scenario: places[scenario.id])
            for error in make(list(lessons), place, langs=chosen_langs, out=out, forms=forms, brand=brand)
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


def make(  # noqa: PLR0913  # the choices of the command
    scenarios: Sequence[Scenario],
    place: Application | None,
    *,
    langs: Sequence[str],
    out: Path,
    forms: Sequence[str],
    brand: Brand,
) -> Iterator[NoGuide | None]:
    """Make the guides of lessons on one place; yields why there is none of a lesson, or None when there is."""
    from guides.edition import edition
    from guides.formats import files
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
                    warn_of_lost_characters(walkthrough, label)
                    today = bootstrap.clock().astimezone().date()
                    name = f"{scenario.id}.{lang}"
                    for path, content in files(edition(walkthrough, today, brand), forms, name):
                        write(out / path, content)
                        if "/" not in path:
                            click.echo(out / path)
                    yield None


def tell(label: str, number: int, total: int) -> None:
    """Tell which step is being performed."""
    click.echo(f"{label} {number}/{total}", err=True)


def warn_of_lost_characters(walkthrough: Walkthrough, label: str) -> None:
    """Tell which characters the readers of a PDF will not see."""
    from guides import pdf

    if lost := pdf.unprintable(walkthrough):
        click.echo(
            _("{guide}: the font has no glyph for {characters}; readers of a PDF see □ instead.").format(
                guide=label, characters=" ".join(lost)
            ),
            err=True,
        )


def write(path: Path, content: bytes) -> None:
    """Put the whole file in place, or leave what was there.

    Raises:
        BadInput: It cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            path.parent.mkdir(exist_ok=True)
            beside.write_bytes(content)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise BadInput(
            _("{path} cannot be written: {reason}").format(path=path, reason=error.strerror or error),
            _("Name another folder with -o."),
        ) from error
