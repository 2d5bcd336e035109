"""The command `verify`: lessons as tests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trainer import bootstrap
from trainer.app.ports import Stage
from trainer.app.verify import Job, Report, StepReport, Verifier, exit_code, told
from trainer.cli import mutate
from trainer.cli.files import check_folder
from trainer.cli.place import called, place_of, url_option
from trainer.cli.shares import in_shares, orderly_end
from trainer.cli.table import table
from trainer.core.errors import BadInput, ExitCode
from trainer.core.scenario import Scenario
from trainer.i18n import LANGS, translator
from trainer.i18n import gettext as _

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SHAPE = 1
"""Version of what `--json` prints."""

SEVERITY = (ExitCode.PASSED, ExitCode.ENVIRONMENT, ExitCode.CHECK_FAILED)
"""Of two exit codes the one further to the right tells more."""


@click.command(help=_("Perform lessons as fast as the pages allow, and check what the system stored."))
@click.argument("ids", nargs=-1)
@click.option("--profile", help=_("Only lessons of this kind of HR system."))
@click.option(
    "--lang", "langs", multiple=True, type=click.Choice(LANGS), help=_("Language; all of them by default.")
)
@url_option
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help=_("Write a JUnit report here."))
@click.option(
    "--trace",
    type=click.Path(file_okay=False, path_type=Path),
    help=_("Keep Playwright traces, and pictures of failed checks, in this folder."),
)
@click.option(
    "--mutate",
    "mutated",
    is_flag=True,
    help=_("Try the judge: run each lesson wrongly, and rightly in other ways, too; in English by default."),
)
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    help=_("With --mutate: so many wrong runs a lesson at most, the same ones every time."),
)
@click.option("-j", "jobs", type=click.IntRange(min=1), default=1, help=_("Browsers at the same time."))
@click.option("--json", "as_json", is_flag=True, help=_("Print the report as JSON."))
def verify(  # noqa: PLR0913  # one argument for each option
    *,
    ids: tuple[str, ...],
    profile: str | None,
    langs: tuple[str, ...],
    url: str | None,
    junit: Path | None,
    trace: Path | None,
    mutated: bool,
    sample: int | None,
    jobs: int,
    as_json: bool,
) -> int:
    """Verify lessons; the exit code says how it went."""
    work = choose(ids, profile, langs or (("en",) if mutated else LANGS))
    if sample is not None and not mutated:
        raise BadInput(_("--sample is for --mutate only."))
    for folder in (trace, junit and junit.parent):
        if folder is not None:
            check_folder(folder, _("Name another place for it."))
    for job in work:
        place = place_of(job.scenario, url)
        if place is not None and mutated:
            raise BadInput(
                _("Lesson {scenario} plays on somebody else's application: --mutate is not for it.").format(
                    scenario=job.scenario.id
                )
            )
        if place is not None:
            bootstrap.require_secrets(place)
    with orderly_end():
        reports = run_shares(work, trace, url, jobs) if jobs > 1 else run(work, trace, url)
        proofs = mutate.prove_all(work, jobs, sample) if mutated else None
    code = max(exit_code(reports), mutate.exit_code(proofs or ()), key=SEVERITY.index)
    if as_json:
        data = as_data(reports) | ({} if proofs is None else {"mutation": mutate.as_data(proofs)})
        click.echo(json.dumps(data | {"exit_code": int(code)}, ensure_ascii=False, indent=2))
    else:
        click.echo(as_table(reports) if proofs is None else f"{as_table(reports)}\n\n{mutate.as_table(proofs)}")
    if junit is not None:
        bootstrap.write_junit(reports, junit)
    asked = asked_as(ids, url)
    doubtful = mutate.doubtful(proofs or ())
    following = f"trainer verify {asked[doubtful]} --mutate" if doubtful else next_command(reports, trace, asked)
    click.echo(f"→ {following}", err=True)
    return int(code)


def choose(ids: Sequence[str], profile: str | None, langs: Sequence[str]) -> list[Job]:
    """Return what is to be verified; raises `BadInput` for an unknown id, one in two files, or no lesson left."""
    catalogue = bootstrap.scenarios()
    chosen: Sequence[Scenario] = catalogue.several(ids) if ids else catalogue.all()
    jobs = [
        Job(scenario, lang)
        for lang in dict.fromkeys(langs)
        for scenario in chosen
        if profile in (None, scenario.profile)
    ]
    if not jobs:
        raise BadInput(_("There is no such lesson to verify."), _("See what there is: trainer scenario list"))
    return jobs


def run(work: Sequence[Job], trace: Path | None, url: str | None = None) -> tuple[Report, ...]:
    """Verify `work` with one browser; what plays at one place is done together."""

    def keep_picture(name: str, png: bytes) -> str:
        path = (trace or Path()) / f"{name}.png"
        path.write_bytes(png)
        return str(path)

    reports: list[Report] = []
    with bootstrap.browser() as browser:
        for place, jobs in groupby(sorted(work, key=_place_key), lambda job: place_of(job.scenario, url)):
            with bootstrap.venue(place) as venue:
                reports += Verifier(
                    control=venue.control,
                    open_stage=partial(_open_stage, venue, browser, trace),
                    clock=bootstrap.clock,
                    translate=lambda lang: translator("scenarios", lang).gettext,
                    new_id=bootstrap.new_id,
                    progress=Talk(),
                    keep_picture=keep_picture if trace else None,
                ).verify(jobs)
    return in_order_of(work, reports)


def _place_key(job: Job) -> str:
    return job.scenario.target.url if job.scenario.target else ""


def _open_stage(
    venue: bootstrap.Venue, browser: Browser, trace: Path | None, lang: str
) -> AbstractContextManager[Stage]:
    return venue.stage(lang=lang, browser=browser, trace=trace)


def in_order_of(work: Sequence[Job], reports: Iterable[Report]) -> tuple[Report, ...]:
    """Return the reports in the order of the jobs they are of."""
    by_job = {(report.scenario, report.lang): report for report in reports}
    return tuple(by_job[job.scenario.id, job.lang] for job in work)


def run_shares(work: Sequence[Job], trace: Path | None, url: str | None, workers: int) -> tuple[Report, ...]:
    """Verify `work` in several processes, each with a sandbox HRMS and a browser of its own.

    What plays on somebody else's application stays in one process: there is one place, which each go resets.
    """
    theirs = [job for job in work if job.scenario.target is not None]
    ours = [[job] for job in work if job.scenario.target is None]
    bundles = [theirs, *ours] if theirs else ours
    return in_order_of(work, in_shares(partial(_run_bundles, trace=trace, url=url), bundles, workers))


def _run_bundles(bundles: Sequence[Sequence[Job]], trace: Path | None, url: str | None) -> tuple[Report, ...]:
    return run([job for bundle in bundles for job in bundle], trace, url)


class Talk:
    """Tells on standard error what happens."""

    def step(self, job: Job, step: StepReport, number: int, total: int) -> None:
        """Tell a step, and what was wrong with it."""
        where = f"{job.scenario.id} {job.lang} {number}/{total} {step.id}"
        click.echo(f"{where}: {label(step.verdict)} ({step.seconds:.2f} s)", err=True)
        for line in told(step.outcomes):
            click.echo(line, err=True)

    def job(self, report: Report) -> None:
        """Tell what broke a lesson off."""
        if report.error:
            click.echo(f"{report.scenario} {report.lang}: {report.error}", err=True)
            if report.hint:
                click.echo(f"    {report.hint}", err=True)


def label(verdict: str) -> str:
    """Return a verdict in the reader's language."""
    return {"passed": _("passed"), "failed": _("FAILED"), "unknown": _("UNKNOWN"), "skipped": _("not run")}[
        verdict
    ]


def as_table(reports: Sequence[Report]) -> str:
    """Return the reports as a table for a person."""
    head = (_("Lesson"), _("Language"), _("Result"), _("Steps"), _("Seconds"))
    rows = [
        (
            report.scenario,
            report.lang,
            label(report.verdict),
            f"{sum(step.verdict == 'passed' for step in report.steps)}/{len(report.steps)}",
            f"{report.seconds:.1f}",
        )
        for report in reports
    ]
    return table(head, rows)


def as_data(reports: Sequence[Report]) -> dict[str, Any]:
    """Return the reports as the data that `--json` prints."""
    return {
        "shape": SHAPE,
        "exit_code": int(exit_code(reports)),
        "runs": [{**asdict(report), "started": report.started.isoformat()} for report in reports],
    }


def asked_as(ids: Sequence[str], url: str | None) -> dict[str, str]:
    """Return how the person called each lesson, by id or path and at which address, so that it can be repeated."""
    catalogue = bootstrap.scenarios()
    return {lesson.id: lesson.id for lesson in catalogue.all()} | {
        catalogue.get(name).id: called(name, url) for name in ids
    }


def next_command(reports: Sequence[Report], trace: Path | None, asked: Mapping[str, str]) -> str:
    """Return what is most useful to do now; `asked` is how the person named a lesson."""
    bad = next((report for report in reports if report.verdict in {"failed", "unknown"}), None)
    if bad is None:
        first = reports[0].scenario
        return f"trainer demo {asked.get(first, first)} --headed"
    kept = sorted(trace.glob(f"{bad.scenario}.{bad.lang}.*.zip")) if trace else []
    if kept:
        return f"python -m playwright show-trace {kept[0]}"
    return f"trainer verify {asked.get(bad.scenario, bad.scenario)} --lang {bad.lang} --trace traces"
