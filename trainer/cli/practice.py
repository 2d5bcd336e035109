"""The commands `practice` and `exam`: a person acts in a window that Playwright opened, and is judged."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import click

from trainer import bootstrap
from trainer.adapters import file_lock
from trainer.app.attend import Attendance, Report
from trainer.app.coach import Coach
from trainer.app.ports import Runs
from trainer.cli.place import called, place_of, url_option
from trainer.cli.shares import orderly_end
from trainer.cli.verify import label
from trainer.core.checks import Outcome, Status
from trainer.core.errors import BadInput, ExitCode
from trainer.core.modes import MODES
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
    scenario, lesson = bootstrap.scenarios().get(scenario_id), called(scenario_id, url)
    if MODES[mode].timed:
        told = _("Closing the coach's window keeps the exam: {command} goes on with it.")
        click.echo(told.format(command=f"trainer exam {lesson}"), err=True)
    with orderly_end():
        return finish(scenario, sit(scenario, lang or current_lang(), mode, url=url), lesson)


def sit(scenario: Scenario, lang: str, mode: str, *, url: str | None = None, person: Person | None = None) -> Run:
    """Open the windows, let a person act, and judge; with a `person` given, nothing is seen on the screen.

    The Run is kept in the platform's database. An exam that was left is gone on with.

    Raises:
        BadInput: The lesson is running at this machine already.
    """
    from trainer.adapters.in_memory import InMemoryScenarios
    from trainer.adapters.playwright_desk import DeskWindow

    heard: deque[Report] = deque()
    place, timed = place_of(scenario, url), MODES[mode].timed
    data = bootstrap.sitting(scenario.id) if timed else None
    with _only_seat(scenario), _records(scenario) as runs:
        left = _unfinished(runs, scenario) if timed else None
        lang, goes = (left.lang, {left.sandbox: left.lang}) if left else (lang, {})
        with (
            bootstrap.venue(place, data=data, goes=goes) as venue,
            venue.stage(lang=lang, headed=person is None, hear=heard.append) as stage,
            venue.observer(stage) as observer,
        ):
            coach = Coach(
                scenarios=InMemoryScenarios(scenario),
                runs=runs,
                control=venue.control,
                observer=observer,
                clock=bootstrap.clock,
                new_id=bootstrap.new_id,
                translate=lambda code: translator("scenarios", code).gettext,
                effect=bootstrap.scenarios().contract().effect,
                player=True,
            )
            run = _gone_on_with(coach, left) or coach.begin(scenario.id, mode=mode, lang=lang, owner=OWNER)
            progress = coach.progress(run.id)
            window = stage.window(run.sandbox, progress.role)
            title = translator("scenarios", lang).gettext(scenario.title)
            desk = DeskWindow(stage.browser, title, lang, progress)
            returning = left is not None and run.id == left.id
            seat = Attendance(coach, run.id, window, desk, stage.wait, heard, returning)
            if person is not None:
                seat.wait = person(seat)
            try:
                return seat.attend()
            finally:
                stage.leave(run.sandbox, scenario.id)


@contextmanager
def _only_seat(scenario: Scenario) -> Iterator[None]:
    """Take the one seat there is for a lesson at this machine; it is free again however the program ends."""
    file = bootstrap.sitting(scenario.id).with_suffix(".lock")
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as seat:
        if not file_lock.take(seat):
            raise BadInput(
                _("{scenario} is running already, in another window.").format(scenario=scenario.id),
                _("Go on there, or close that window and call the command again."),
            )
        yield


@contextmanager
def _records(scenario: Scenario) -> Iterator[Runs]:
    """Give the platform's Runs; at the end those of the lesson are put away, but for an exam that was left."""
    with closing(bootstrap.database()) as database:
        runs = bootstrap.runs(database)
        try:
            yield runs
        finally:
            for run in runs.of(OWNER):
                if run.scenario == scenario.id and run.sandbox and run != _unfinished(runs, scenario):
                    runs.save(_ended(run))
            if _unfinished(runs, scenario) is None:
                shutil.rmtree(bootstrap.sitting(scenario.id), ignore_errors=True)


def _unfinished(runs: Runs, scenario: Scenario) -> Run | None:
    """Return the exam of a lesson that was begun and not handed in."""
    mine = (run for run in runs.of(OWNER) if run.scenario == scenario.id and run.status is RunStatus.ACTIVE)
    return next((run for run in mine if MODES[run.mode].timed), None)


def _ended(run: Run) -> Run:
    """Return a Run whose Sandbox has gone with the command."""
    if run.status is RunStatus.ACTIVE:
        run = replace(run, status=RunStatus.LEFT, ended=bootstrap.clock(), ongoing=None)
    return replace(run, sandbox="")


def _gone_on_with(coach: Coach, left: Run | None) -> Run | None:
    """Return the exam that was left, unless its lesson was changed meanwhile or its Sandbox is gone."""
    if left is None:
        return None
    try:
        return coach.progress(left.id).run
    except BadInput:
        return None


def finish(scenario: Scenario, run: Run, lesson: str) -> int:
    """Say what the Run came to and what to do next with the `lesson`, called as it was; return the exit code."""
    if run.status is not RunStatus.FINISHED:
        click.echo(_("{scenario} was left before its end.").format(scenario=scenario.id))
        if run.status is RunStatus.ACTIVE:
            click.echo(_("It is kept at this step, with its score and the time that is left."), err=True)
        click.echo(f"→ trainer {run.mode} {lesson}", err=True)
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
    click.echo(f"→ trainer exam {lesson}" if passed else f"→ trainer practice {lesson}", err=True)
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
