"""The command `guide`: lessons as documents to print or send."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import click

from trainer import bootstrap
from trainer.app.publish import NoGuide
from trainer.cli.files import check_folder, write
from trainer.cli.guide_check import check_guides, keep_record, read_records
from trainer.cli.guide_letters import opt_out as note_opt_out
from trainer.cli.guide_letters import show_letters, write_letters
from trainer.cli.place import url_option
from trainer.cli.shares import orderly_end
from trainer.cli.show import perform_all
from trainer.core.brand import Brand
from trainer.core.errors import BadInput, ExitCode
from trainer.core.invitation import About
from trainer.core.scenario import Scenario
from trainer.core.walkthrough import Walkthrough
from trainer.i18n import LANGS, languages, missing
from trainer.i18n import gettext as _


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


brand_option = click.option(
    "--brand",
    "brand_file",
    type=click.Path(path_type=Path),
    envvar="TRAINER_BRAND",
    help=_("File with the name, logo, colours and footer of guides and films."),
)


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
    "--lang",
    "langs",
    multiple=True,
    type=click.Choice(languages()),
    help=_("Language; the complete ones by default."),
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
@brand_option
@click.option("--check", is_flag=True, help=_("Make nothing: say which guides in the folder are stale, and why."))
@click.option(
    "--for",
    "candidates",
    type=click.Path(path_type=Path),
    help=_("CSV file of candidates: letters with the exit of this lesson's system, three of them as files."),
)
@click.option(
    "--about",
    type=click.Choice([about.value for about in About if about is not About.UNFINISHED]),
    default=About.INVITATION.value,
    show_default=True,
    help=_("What the letters are about."),
)
@click.option("--send", is_flag=True, help=_("Send the letters, and a reminder a day before the interview."))
@click.option(
    "--rate",
    type=click.FloatRange(min=1, max=6000),
    default=60,
    show_default=True,
    help=_("So many letters a minute at most."),
)
@click.option("--letters", is_flag=True, help=_("Make nothing: say what became of the letters."))
@click.option("--opt-out", metavar="ADDRESS", help=_("Make nothing: note who wants no further letters."))
def guide(  # noqa: PLR0913  # one argument for each option
    *,
    ids: tuple[str, ...],
    out: Path,
    langs: tuple[str, ...],
    url: str | None,
    forms: tuple[str, ...],
    brand_file: Path | None,
    check: bool,
    candidates: Path | None,
    about: str,
    send: bool,
    rate: float,
    letters: bool,
    opt_out: str | None,
) -> int:
    """Make guides; prints the paths of the files. A lesson that does not play as written gets none."""
    if letters:
        return show_letters()
    if opt_out is not None:
        return note_opt_out(opt_out)
    brand = bootstrap.brand(brand_file)
    chosen_langs = tuple(dict.fromkeys(langs)) or LANGS
    catalogue = bootstrap.scenarios()
    if check:
        given = [word for lang in langs for word in ("--lang", lang)]
        given += ["--url", url] if url else []
        given += ["--brand", str(brand_file)] if brand_file else []
        return check_guides(out, ids, langs or languages(), url, brand, given)
    if candidates or send:
        lesson, listed = checked_letters(ids, candidates, out, send=send)
        return write_letters(lesson, listed, out=out, brand=brand, about=About(about), per_minute=rate, send=send)
    chosen = catalogue.several(ids) if ids else catalogue.all()
    if not chosen:
        raise BadInput(_("There is no lesson to make a guide of."), _("`trainer scenario new` starts one."))
    check_folder(out)
    read_records(out)  # complains before a browser is started
    work = [(scenario, lang) for lang in chosen_langs for scenario in chosen]
    began = time.monotonic()
    refused: list[NoGuide] = []
    size = 0
    with orderly_end():
        for scenario, _lang, performed in perform_all(work, url):
            if isinstance(performed, NoGuide):
                click.echo(performed.message, err=True)
                refused.append(performed)
            else:
                size += publish(scenario, performed, out, forms, brand)
    told = _("{count} guides, {size:.1f} MB, {seconds:.0f} s.")
    made = len(work) - len(refused)
    seconds = time.monotonic() - began
    click.echo(told.format(count=made, size=size / 1_000_000, seconds=seconds), err=True)
    if refused:
        click.echo(f"→ {refused[0].hint}", err=True)
        return ExitCode.CHECK_FAILED
    click.echo("→ trainer serve", err=True)
    return ExitCode.PASSED


def checked_letters(
    ids: Sequence[str], candidates: Path | None, out: Path, *, send: bool
) -> tuple[Scenario, Path]:
    """Return the lesson that letters show and the list of those who get them, before anything is performed.

    Raises:
        BadInput: One of them is missing, the lesson does not show how to leave, or letters cannot be written to
            `out`.
    """
    from guides.invitation import exit_step

    if candidates is None:
        raise BadInput(
            _("--send needs a list of candidates."), "trainer guide normal-exit-web --for candidates.csv --send"
        )
    if len(ids) != 1:
        raise BadInput(
            _("--for needs one lesson that shows how to leave an interview."), "trainer guide normal-exit-web"
        )
    lesson = bootstrap.scenarios().get(ids[0])
    exit_step(lesson.id, [step.id for step in lesson.steps])
    if not send:
        check_folder(out)
    return lesson, candidates


def publish(scenario: Scenario, walkthrough: Walkthrough, out: Path, forms: Sequence[str], brand: Brand) -> int:
    """Write the files of one guide, print their paths, and return how many bytes they have."""
    from guides.edition import edition
    from guides.formats import files

    name = f"{scenario.id}.{walkthrough.lang}"
    warn_of_lost_characters(walkthrough, name)
    today = bootstrap.clock().astimezone().date()
    names: list[str] = []
    size = 0
    told = [scenario.title, scenario.summary, *(text for step in scenario.steps for text in (step.say, step.sees))]
    lacking = len(missing("scenarios", walkthrough.lang, dict.fromkeys(told)))
    if lacking:
        click.echo(_("{guide}: {n} texts are not translated yet.").format(guide=name, n=lacking), err=True)
    for path, content in files(edition(walkthrough, today, brand, lacking=lacking), forms, name):
        write(out / path, content)
        size += len(content)
        if "/" not in path:
            names.append(path)
            click.echo(out / path)
    keep_record(out, name, scenario, walkthrough, brand, names)
    return size


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
