"""The commands `practice` and `exam`: a person acts in a window that Playwright opened, and is judged."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import click

from trainer import bootstrap
from trainer.app.attend import Attendance, Report
from trainer.app.coach import Coach
from trainer.cli.place import place_of, url_option
from trainer.cli.shares import orderly_end
from trainer.cli.verify import label
from trainer.core.checks import Outcome, Status
from trainer.core.errors import ExitCode
from trainer.core.runs import Run, RunStatus
from trainer.core.scenario import Scenario
from trainer.core.score import score
from trainer.i18n import LANGS, current_lang, translator
from trainer.i18n import gettext as _

OWNER = "here"
"""Whose Run it is: that of the person at this machine."""

Person = Callable[[Attendance], Callable[[float], None]]
"""Gives what lets time pass; a test lets somebody act meanwhile."""


def _options(command: Callable[..., int]) -> Callable[..., int]:
    command = click.option(
        "--lang", type=click.Choice(LANGS), help=_("Language of the lesson; yours by default.")
    )(command)
    return click.argument("scenario_id", metavar="ID")(url_option(command))


@click.command(help=_("Practise a lesson in a window that opens, with a coach beside it."))
@_options
def practice(scenario_id: str, lang: str | None, url: str | None) -> int:
    """Let a person practise; the exit code says whether everything was right."""
    return _sit(scenario_id, lang, "practice", url)


@click.command(help=_("Sit a lesson as an exam in a window that opens: no help, a time limit, a score."))
@_options
def exam(scenario_id: str, lang: str | None, url: str | None) -> int:
    """Let a person sit an exam; the exit code says whether everything was right."""
    return _sit(scenario_id, lang, "exam", url)


def _sit(scenario_id: str, lang: str | None, mode: str, url: str | None) -> int:
    scenario = bootstrap.scenarios().get(scenario_id)
    with orderly_end():
        return finish(scenario, sit(scenario, lang or current_lang(), mode, url=url))


def sit(scenario: Scenario, lang: str, mode: str, *, url: str | None = None, person: Person | None = None) -> Run:
    """Open the windows, let a person act, and judge; with a `person` given, nothing is seen on the screen."""
    from trainer.adapters.in_memory import InMemoryRuns, InMemoryScenarios
    from trainer.adapters.playwright_desk import DeskWindow

    heard: deque[Report] = deque()
    with (
        bootstrap.venue(place_of(scenario, url)) as venue,
        venue.stage(lang=lang, headed=person is None, hear=heard.append) as stage,
        venue.observer(stage) as observer,
    ):
        coach = Coach(
            scenarios=InMemoryScenarios(scenario),
            runs=InMemoryRuns(),
            control=venue.control,
            observer=observer,
            clock=bootstrap.clock,
            new_id=bootstrap.new_id,
            translate=lambda code: translator("scenarios", code).gettext,
            player=True,
        )
        run = coach.begin(scenario.id, mode=mode, lang=lang, owner=OWNER)
        window = stage.window(run.sandbox, scenario.role)
        title = translator("scenarios", lang).gettext(scenario.title)
        desk = DeskWindow(stage.browser, title, lang, coach.progress(run.id))
        seat = Attendance(coach, run.id, window, desk, stage.wait, heard)
        if person is not None:
            seat.wait = person(seat)
        try:
            return seat.attend()
        finally:
            stage.leave(run.sandbox, scenario.id)


def finish(scenario: Scenario, run: Run) -> int:
    """Say what the Run came to and what to do next; return the exit code."""
    if run.status is not RunStatus.FINISHED:
        click.echo(_("{scenario} was left before its end.").format(scenario=scenario.id))
        click.echo(f"→ trainer {run.mode} {scenario.id}", err=True)
        return ExitCode.CHECK_FAILED
    for attempt in run.attempts:
        click.echo(f"{label(attempt.status.value)}  {attempt.step}", err=True)
        _tell(attempt.outcomes)
    _tell(run.final)
    click.echo(
        _("{scenario} in {lang}: {verdict}, {points} of 100, mistakes: {mistakes}, hints: {hints}.").format(
            scenario=scenario.id,
            lang=run.lang,
            verdict=label(run.verdict.value),
            points="?" if (points := score(run).points) is None else points,
            mistakes=sum(attempt.mistakes for attempt in run.attempts),
            hints=sum(len(attempt.helps) for attempt in run.attempts),
        )
    )
    passed = run.verdict is Status.PASSED
    click.echo(f"→ trainer exam {scenario.id}" if passed else f"→ trainer practice {scenario.id}", err=True)
    if passed:
        return ExitCode.PASSED
    return ExitCode.CHECK_FAILED if run.verdict is Status.FAILED else ExitCode.ENVIRONMENT


def _tell(outcomes: tuple[Outcome, ...]) -> None:
    for outcome in outcomes:
        if outcome.status is not Status.PASSED:
            click.echo(
                _("      expected: {expected}; seen: {seen}").format(expected=outcome.expected, seen=outcome.seen),
                err=True,
            )
