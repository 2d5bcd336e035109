"""The command `scenario`: list, begin, check and describe scenario files."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from trainer import bootstrap
from trainer.adapters.scenario_files import Checked
from trainer.app.lint import did_you_mean
from trainer.app.record import UNCONFIRMED, Recorded, head_of, record, written
from trainer.app.reference import reference
from trainer.app.schema import json_schema
from trainer.app.starter import starter
from trainer.cli.files import check_folder
from trainer.cli.place import place_of, url_option
from trainer.cli.shares import orderly_end
from trainer.cli.table import table
from trainer.core.errors import BadInput, ExitCode
from trainer.core.scenario import ID, Scenario
from trainer.i18n import LANGS, current_lang, ngettext, translator
from trainer.i18n import gettext as _
from trainer.paths import data_dir

SHAPE = 1
"""Version of what `check --json` prints."""


@click.group(help=_("List, begin, check and describe scenario files."))
def scenario() -> None:
    """Hold the commands together."""


@scenario.command(name="list", help=_("Show all lessons."))
@click.option("--lang", type=click.Choice(LANGS), help=_("Language of the titles; yours by default."))
@click.option("--json", "as_json", is_flag=True, help=_("Print a list of objects as JSON."))
def list_all(lang: str | None, *, as_json: bool) -> None:
    """Print one line, or one object, for each lesson."""
    told = translator("scenarios", lang or current_lang()).gettext
    lessons = bootstrap.scenarios().all()
    if as_json:
        rows = [
            {
                "id": lesson.id,
                "title": told(lesson.title),
                "summary": told(lesson.summary) if lesson.summary else "",
                "family": lesson.family,
                "profile": lesson.profile,
                "version": lesson.version,
                "role": lesson.role,
                "minutes": lesson.minutes,
                "steps": len(lesson.steps),
                "digest": lesson.digest,
            }
            for lesson in lessons
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    head = (_("Lesson"), _("Title"), _("Profile"), _("Steps"), _("Minutes"))
    click.echo(
        table(
            head,
            [
                (lesson.id, told(lesson.title), lesson.profile, str(len(lesson.steps)), str(lesson.minutes))
                for lesson in lessons
            ],
        )
    )
    if lessons:
        click.echo(f"→ trainer demo {lessons[0].id} --headed", err=True)


@scenario.command(help=_("Write a small valid lesson to begin with."))
@click.argument("scenario_id", metavar="ID")
@click.option("--profile", required=True, help=_("Kind of HR system on which the lesson plays."))
@click.option("--family", help=_("Group of lessons; by default the id without the profile."))
def new(scenario_id: str, profile: str, family: str | None) -> None:
    """Write the file; nothing is ever overwritten."""
    catalogue = bootstrap.scenarios()
    contract = catalogue.contract()
    family = family or scenario_id.removesuffix(f"-{profile}")
    _check_words(scenario_id, family)
    if profile not in contract.profiles:
        raise BadInput(
            _("There is no profile `{word}`.").format(word=profile), did_you_mean(profile, contract.profiles)
        )
    folder = Path("scenarios") / family.replace("-", "_") if Path("scenarios").is_dir() else Path()
    file = folder / f"{scenario_id}.yaml"
    _check_free(file, catalogue.ids())
    _check_folder(folder)
    text = starter(scenario_id, family, profile, _schema_from(folder), contract)
    file.write_text(text, encoding="utf-8", newline="\n")
    click.echo(file)
    click.echo(f"→ trainer scenario check {file}", err=True)


def _check_words(*words: str) -> None:
    for word in words:
        if not re.fullmatch(ID, word):
            raise BadInput(
                _("`{word}` cannot be an id or a family.").format(word=word),
                _("Use lower-case letters, digits and hyphens, beginning with a letter."),
            )


def _check_free(file: Path, ids: Mapping[str, Path]) -> None:
    taken = ids.get(file.stem) or (file if file.exists() else None)
    if taken:
        raise BadInput(
            _("{file} is there already.").format(file=taken), _("Choose another id, or edit that file.")
        )


@scenario.command(
    name="record", help=_("Write a lesson from what you do in a window that opens; close it to end.")
)
@click.argument("scenario_id", metavar="ID")
@click.option("--profile", help=_("Kind of HR system on which the lesson plays."))
@click.option("--like", help=_("Lesson whose place, data and role are taken: an id or a file."))
@url_option
def record_lesson(scenario_id: str, profile: str | None, like: str | None, url: str | None) -> None:
    """Let a person act and write the file; nothing is ever overwritten."""
    _check_words(scenario_id)
    file, catalogue = Path(f"{scenario_id}.yaml"), bootstrap.scenarios()
    _check_free(file, catalogue.ids())
    _check_folder(file.parent)  # before somebody acts a whole lesson
    like = like or next((lesson.id for lesson in catalogue.all() if lesson.profile == profile), None)
    if like is None:
        raise BadInput(
            _("Say where the lesson plays: with --profile, or with --like and a lesson."),
            _("See what there is: trainer scenario list"),
        )
    model = catalogue.get(like)
    source = catalogue.ids().get(like, Path(like)).read_text("utf-8-sig")
    text = recording(scenario_id, model, source, url, confirm=asked if sys.stdin.isatty() else None)
    file.write_text(text, "utf-8", newline="\n")
    click.echo(file)
    if UNCONFIRMED in text:
        click.echo(
            _("Its checks are proposals that nobody has confirmed: take away the # before what has to be true."),
            err=True,
        )
    click.echo(f"→ trainer scenario check {file}", err=True)


def _check_folder(folder: Path) -> None:
    check_folder(folder, _("Call the command in a folder of your own."))


def recording(  # noqa: PLR0913  # who acts and who confirms, for tests
    scenario_id: str,
    model: Scenario,
    source: str,
    url: str | None,
    *,
    person: Person | None = None,
    confirm: Callable[[Recorded, str], bool] | None = None,
) -> str:
    """Return the text of a lesson that a person acts at the place of `model`, whose text is `source`.

    Args:
        scenario_id: Its id.
        model: Where it plays.
        source: The file of `model`.
        url: Where somebody else's application is, if not where `model` says.
        person: Acts in a test, in a window that is not seen.
        confirm: Says whether a proposed check belongs to its step, or raises `click.Abort` to be asked no more:
            the rest is written down as not confirmed. Without it the checks of the sandbox HRMS all belong there,
            and those of somebody else's application are all not confirmed.

    Raises:
        BadInput: Nothing was done.
    """
    from trainer.adapters.playwright_recorder import RecorderWindow

    lang, place = current_lang(), place_of(model, url)
    with (
        orderly_end(),
        bootstrap.venue(place) as venue,
        venue.stage(lang=lang, headed=person is None) as stage,
    ):
        box = venue.control.create(model.profile, lang, model.seed)
        page = stage.window(box.id, model.role).page
        camera = RecorderWindow(page, place.url if place else "")
        ended = person(page) if person else bool
        steps = record(camera, venue.control, box.id, stage.wait, ended)
        stage.leave(box.id, scenario_id)
        venue.control.delete(box.id)
    if not steps:
        raise BadInput(
            _("Nothing was recorded in the window, so no lesson is written."),
            _("Act in the window that opens, and close it when you are done."),
        )
    if confirm is not None or place is not None:
        _settle(steps, confirm or _nobody)
    return written(head_of(source, scenario_id, _schema_from(Path())), steps)


def _schema_from(folder: Path) -> str:
    """Return the path of the schema as seen from a folder, for editors."""
    return Path(os.path.relpath(data_dir("scenarios") / "schema.json", folder)).as_posix()


def _settle(steps: Sequence[Recorded], confirm: Callable[[Recorded, str], bool]) -> None:
    """Keep the checks that are confirmed; once nobody answers any more, the rest is left as proposed."""
    answers = True
    for step in steps:
        checks, step.expect = step.expect, []
        for check in checks:
            try:
                if answers and confirm(step, check):
                    step.expect.append(check)
            except click.Abort:
                click.echo(err=True)
                answers = False
            if not answers:
                step.unconfirmed.append(check)


def _nobody(_step: Recorded, _check: str) -> bool:
    raise click.Abort


def asked(step: Recorded, check: str) -> bool:
    """Ask the author whether a check that was proposed belongs to a step."""
    done = ", ".join(f"{action.verb} {action.aim() or ''}".strip() for action in step.do)
    told = _("After {actions}: is this what has to be true, {check}?").format(actions=done, check=check)
    return click.confirm(told, default=True, err=True, prompt_suffix=" ")


Person = Callable[[Any], Callable[[], bool]]
"""A test's: given the page it acts in, something that acts a little each time and says when it is over."""


@scenario.command(help=_("Say everything that is wrong with scenario files, at once."))
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=_("Print the report as JSON."))
def check(files: tuple[Path, ...], *, as_json: bool) -> int:
    """Check the files given, or all; no sandbox is needed."""
    checked = bootstrap.scenarios().check(files)
    problems = [problem for one in checked for problem in one.problems]
    if as_json:
        click.echo(json.dumps(_report(checked), ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            click.echo(f"{problem}\n", err=True)
    if problems:
        broken = [one.file for one in checked if one.problems]
        count = ngettext("{n} problem", "{n} problems", len(problems)).format(n=len(problems))
        click.echo(
            ngettext("{count} in {n} file.", "{count} in {n} files.", len(broken)).format(
                count=count, n=len(broken)
            ),
            err=True,
        )
        click.echo(f"→ trainer scenario check {' '.join(broken)}", err=True)
        return ExitCode.BAD_INPUT
    fine = ngettext("{n} file, no problem.", "{n} files, no problem.", len(checked)).format(n=len(checked))
    click.echo(fine, err=True)
    click.echo(f"→ trainer verify {' '.join(str(file) for file in files)}".rstrip(), err=True)
    return ExitCode.PASSED


def _report(checked: Sequence[Checked]) -> dict[str, Any]:
    return {
        "version": SHAPE,
        "files": [
            {
                "file": one.file,
                "problems": [
                    {name: value for name, value in asdict(problem).items() if name != "file"}
                    for problem in one.problems
                ],
            }
            for one in checked
        ],
    }


@scenario.command(help=_("Print the JSON Schema of scenario files, made from what the sandbox HRMS offers now."))
@click.option("--write", is_flag=True, help=_("Write it, and the reference, to their places in this checkout."))
def schema(*, write: bool) -> None:
    """Ask the sandbox HRMS for its contract and print or write what follows from it."""
    contract = bootstrap.ask_contract()
    text = json.dumps(json_schema(contract), ensure_ascii=False, indent=2) + "\n"
    if not write:
        click.echo(text, nl=False)
        return
    folder = data_dir("scenarios")
    made = {folder / "schema.json": text}
    for file, content in made.items():
        file.write_text(content, encoding="utf-8", newline="\n")
    catalogue, docs = bootstrap.scenarios(), folder.parent / "docs"
    if docs.is_dir():
        examples = [catalogue.get(name) for name in ("all-verbs", "shared-bill")]
        made[docs / "scenario-reference.md"] = reference(contract, examples)
    for file, content in made.items():
        file.write_text(content, encoding="utf-8", newline="\n")
        click.echo(file)
    click.echo("→ trainer scenario check", err=True)
