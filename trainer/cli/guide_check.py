"""`trainer guide --check`: which guides of a folder are stale, and why."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from pydantic import ValidationError

from trainer import bootstrap
from trainer.app.publish import NoGuide
from trainer.cli.shares import orderly_end
from trainer.cli.show import perform_all
from trainer.core.brand import Brand
from trainer.core.errors import BadInput, ExitCode
from trainer.core.scenario import Scenario
from trainer.core.walkthrough import Walkthrough
from trainer.i18n import N_
from trainer.i18n import gettext as _

if TYPE_CHECKING:
    from guides.record import Change, Record, Records

RECORDS = "guides.json"
"""What the guides of a folder were made from, in the folder itself."""

WHY = {
    "lesson": N_("the lesson has changed"),
    "texts": N_("texts have changed"),
    "brand": N_("the brand has changed"),
    "trainer": N_("it was made by another version of the trainer"),
    "pictures": N_("step {step}: there are other pictures than before"),
    "place": N_("step {step}: what is used there stands elsewhere"),
    "look": N_("step {step}: the page looks different"),
}
"""Kind of change → how it is told."""


def keep_record(  # noqa: PLR0913, PLR0917  # all that a guide was made from
    folder: Path, name: str, scenario: Scenario, walkthrough: Walkthrough, brand: Brand, files: Sequence[str]
) -> None:
    """Note in the folder what a guide was made from; what is there in other formats is told where it is older."""
    from guides.record import changes, differences, record

    known = read_records(folder)
    before = known.guides.get(name)
    others = [file for file in before.files if file not in files and (folder / file).is_file()] if before else []
    if before and others and (any(changes(before, scenario, brand)) or any(differences(before, walkthrough))):
        told = _("{files}: older than this guide, and no longer checked; make them again, too.")
        click.echo(told.format(files=", ".join(others)), err=True)
        others = []
    known.guides[name] = record(scenario, walkthrough, brand, [*files, *others])
    beside = folder / f".{RECORDS}.{os.getpid()}"
    beside.write_text(known.model_dump_json(indent=1) + "\n", "utf-8")
    beside.replace(folder / RECORDS)


def read_records(folder: Path) -> Records:
    """Return what is noted in a folder; raises `BadInput` when that is damaged."""
    from guides.record import Records

    try:
        return Records.model_validate_json((folder / RECORDS).read_bytes())
    except FileNotFoundError:
        return Records()
    except (OSError, ValidationError) as error:
        raise BadInput(
            _("{file} is missing or damaged.").format(file=folder / RECORDS),
            _("Delete it and make the guides again: trainer guide -o {folder}").format(folder=folder),
        ) from error


def check_guides(  # noqa: PLR0913, PLR0917  # what the command was given
    folder: Path,
    ids: Sequence[str],
    langs: Sequence[str],
    url: str | None,
    brand: Brand,
    given: Sequence[str] = (),
) -> int:
    """Print each stale guide with the reasons; a lesson is performed again only where its file tells nothing.

    `given` are the options that the guides are to be made again with.
    """
    from guides.record import changes, differences

    catalogue = bootstrap.scenarios()
    asked = {lesson.id: lesson for lesson in map(catalogue.get, ids)}
    lessons = asked or {lesson.id: lesson for lesson in catalogue.all()}
    known = {
        name: one
        for name, one in read_records(folder).guides.items()
        if one.lang in langs
        and (not ids or one.scenario in asked)
        and (one.scenario in lessons or any((folder / file).is_file() for file in one.files))
    }
    if not known:
        raise BadInput(
            _("There are no guides in {folder} that could be checked.").format(folder=folder),
            _("Make some first: trainer guide -o {folder}").format(folder=folder),
        )
    stale: dict[str, list[str]] = {}
    again: list[tuple[Scenario, str]] = []
    for name, one in known.items():
        lesson = lessons.get(one.scenario)
        why = [_("there is no such lesson any more")] if lesson is None else told(changes(one, lesson, brand))
        why += [_("{file} is missing").format(file=file) for file in one.files if not (folder / file).is_file()]
        if why:
            stale[name] = why
        elif lesson:
            again.append((lesson, one.lang))
    with orderly_end():
        for lesson, lang, performed in perform_all(again, url) if again else ():
            name = f"{lesson.id}.{lang}"
            if isinstance(performed, NoGuide):
                stale[name] = [performed.message.replace("\n", " ")]
            elif why := told(differences(known[name], performed)):
                stale[name] = why
    return tell_stale(folder, known, stale, lessons, given)


def told(found: Iterable[Change]) -> list[str]:
    """Return changes in words."""
    return [_(WHY[change.what]).format(step=change.step) for change in found]


def tell_stale(
    folder: Path,
    known: dict[str, Record],
    stale: dict[str, list[str]],
    lessons: Collection[str],
    given: Sequence[str] = (),
) -> int:
    """Print what is stale and what to do about it, with the options given; return the exit code.

    `lessons` are those that are there.
    """
    for name, why in sorted(stale.items()):
        click.echo(f"{name}: {'; '.join(why)}")
    count = _("{stale} of {total} guides are stale.").format(stale=len(stale), total=len(known))
    click.echo(count, err=True)
    if not stale:
        click.echo("→ trainer serve", err=True)
        return ExitCode.PASSED
    if gone := sorted(name for name in stale if known[name].scenario not in lessons):
        click.echo(_("→ delete the files of these guides: {names}").format(names=" ".join(gone)), err=True)
    if again := [known[name] for name in stale if known[name].scenario in lessons]:
        names = " ".join(sorted({one.scenario for one in again}))
        forms = ",".join(sorted({file.rpartition(".")[2] for one in again for file in one.files}))
        options = shlex.join(["-o", str(folder), "--to", forms, *given])
        click.echo(f"→ trainer guide {names} {options}", err=True)
    return ExitCode.CHECK_FAILED
