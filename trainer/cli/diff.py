"""The command `diff`: what is different between two versions of an application, told to those who use it."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import ExitStack, nullcontext
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import click

from trainer import bootstrap
from trainer.app.ports import Voice
from trainer.app.publish import NoGuide
from trainer.app.update import Watched, changes_between, notice, spoken, told, watch
from trainer.cli.files import check_folder, write
from trainer.cli.guide import brand_option
from trainer.cli.place import place_of
from trainer.cli.record import composed, write_film
from trainer.cli.shares import orderly_end
from trainer.cli.show import CRASH_SECONDS, SCALE, SIZE, tell
from trainer.core.brand import Brand
from trainer.core.changes import Changes
from trainer.core.errors import BadInput, ExitCode
from trainer.core.scenario import Scenario
from trainer.core.walkthrough import Walkthrough
from trainer.i18n import LANGS, current_lang, translator
from trainer.i18n import gettext as _

SHAPE = 1
"""Version of what `--json` prints."""

FORMS = ("pdf", "html", "eml")

LONGEST_NAME = 40
"""Characters of an element's id in the name of a file."""


@click.command(help=_("Tell what is different between two versions of an application, by one lesson."))
@click.argument("scenario_id", metavar="ID")
@click.option(
    "--from", "earlier", required=True, help=_("The version before: app@1, or an address of somebody else's.")
)
@click.option("--to", "later", required=True, help=_("The version after: app@2, or an address."))
@click.option("--lang", "langs", multiple=True, type=click.Choice(LANGS), help=_("Language; yours by default."))
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help=_("Folder for pictures, guide and notice; made if missing."),
)
@brand_option
@click.option("--film", is_flag=True, help=_("Make a film of the changes, too; needs a folder (-o)."))
@click.option("--json", "as_json", is_flag=True, help=_("Print the changes as JSON."))
def diff(  # noqa: PLR0913  # one argument for each option
    *,
    scenario_id: str,
    earlier: str,
    later: str,
    langs: tuple[str, ...],
    out: Path | None,
    brand_file: Path | None,
    film: bool,
    as_json: bool,
) -> int:
    """Compare; differences are no failure, a lesson that does not get through on both versions is one."""
    brand = bootstrap.brand(brand_file)
    scenario = bootstrap.scenarios().get(scenario_id)
    if out is not None:
        check_folder(out)
    elif film:
        raise BadInput(_("A film needs a folder to be written into."), _("Name one with -o."))
    found: dict[str, Any] = {}
    wrong = False
    with orderly_end(), bootstrap.voice() if film else nullcontext() as voice:
        for lang in dict.fromkeys(langs) or (current_lang(),):
            if voice is not None:
                voice.say(translator("scenarios", lang).gettext(scenario.title), lang)  # before minutes of work
            try:
                before, after = (performed(scenario, version, lang) for version in (earlier, later))
            except NoGuide as error:
                click.echo(error.message, err=True)
                click.echo(f"→ {error.hint}", err=True)
                return ExitCode.CHECK_FAILED
            changes = changes_between(before, after)
            update = told(changes, before, after)
            found[lang] = as_data(changes, update)
            if not as_json:
                click.echo(notice(update))
            if out is not None:
                name = f"{scenario.id}.{lang}.changes"
                wrong |= not write_update(out, name, changes, update, (before, after), brand, voice)
    if as_json:
        told_all = {"shape": SHAPE, "scenario": scenario.id, "from": earlier, "to": later, "langs": found}
        click.echo(json.dumps(told_all, ensure_ascii=False, indent=2))
    if out is None:
        click.echo(f"→ trainer diff {scenario.id} --from {earlier} --to {later} -o changes", err=True)
    return ExitCode.CHECK_FAILED if wrong else ExitCode.PASSED


def performed(scenario: Scenario, version: str, lang: str) -> Watched:
    """Perform the lesson on one version and note what can be seen.

    Raises:
        BadInput: There is no such version of the system on which the lesson plays.
        NoGuide: The lesson does not get through there.
    """
    from guides.pictures import alike

    place = place_of(scenario, version) if scenario.target else None
    if place is None:
        if version.partition("@")[0] != scenario.profile:
            raise BadInput(
                _("Lesson {scenario} plays on profile {own}, not on {other}.").format(
                    scenario=scenario.id, own=scenario.profile, other=version
                ),
                _("Name versions of it, such as {profile}@1.").format(profile=scenario.profile),
            )
        scenario = scenario.model_copy(update={"profile": version})
    with ExitStack() as open_:
        venue = open_.enter_context(bootstrap.venue(place, crash_seconds=CRASH_SECONDS))
        stage = open_.enter_context(venue.stage(lang=lang, size=SIZE, scale=SCALE))
        return watch(
            scenario,
            version,
            lang=lang,
            control=venue.control,
            stage=stage,
            clock=bootstrap.clock,
            translate=translator("scenarios", lang).gettext,
            new_id=bootstrap.new_id,
            scale=SCALE,
            tell=partial(tell, f"{scenario.id} {version} {lang}"),
            same=alike,
        )


def as_data(changes: Changes, update: Walkthrough) -> dict[str, object]:
    """Return the changes as the data that `--json` prints."""
    sentences = dict(zip(changes.elements, (step.say for step in update.steps), strict=False))
    return {
        "changes": [{**asdict(change), "sentence": sentences[change]} for change in changes.elements],
        "new_steps": list(changes.new_steps),
        "gone_steps": list(changes.gone_steps),
    }


def write_update(  # noqa: PLR0913, PLR0917  # everything that is told
    out: Path,
    name: str,
    changes: Changes,
    update: Walkthrough,
    sides: tuple[Watched, Watched],
    brand: Brand,
    voice: Voice | None,
) -> bool:
    """Write the notice, and for what has changed a guide, an e-mail, pictures and, with a voice, a film.

    Return whether everything was written; a film may have faults.
    """
    write(out / f"{name}.notice.txt", notice(update).encode())
    click.echo(out / f"{name}.notice.txt", err=True)
    if not changes:
        return True
    from guides.beside import side_by_side
    from guides.edition import edition
    from guides.formats import files

    today = bootstrap.clock().astimezone().date()
    for path, content in files(edition(update, today, brand), FORMS, name):
        write(out / path, content)
        click.echo(out / path, err=True)
    labels = [f"{side.version}" for side in sides]
    for change, step in zip(changes.elements, update.steps, strict=False):
        if step.shots:
            picture = side_by_side(list(zip(labels, step.shots, strict=False)))
            beside = out / f"{name}.{named(change.element)}.png"
            write(beside, picture)
            click.echo(beside, err=True)
    return voice is None or _filmed(out, name, update, brand, voice)


def named(element: str) -> str:
    """Return the id of an element as part of a file's name: short, harmless, and another one for another id."""
    safe = re.sub(r"[^\w.-]+", "-", element).strip("-.")[:LONGEST_NAME]
    return safe if safe == element else f"{safe}-{hashlib.sha256(element.encode()).hexdigest()[:8]}".lstrip("-")


def _filmed(out: Path, name: str, update: Walkthrough, brand: Brand, voice: Voice) -> bool:
    """Write the film of what has changed, or tell what is wrong with it; return whether it was written."""
    if not write_film(composed(spoken(update), voice, brand, bootstrap.kept("scenes"), tell), name, out):
        return False
    click.echo(out / f"{name}.mp4", err=True)
    return True
