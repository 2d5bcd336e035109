"""The command `demo`: a lesson is performed for people to watch."""

from __future__ import annotations

import click

from trainer import bootstrap
from trainer.app.play import Audience, play
from trainer.app.ports import StageWindow
from trainer.cli.place import called, place_of, url_option
from trainer.cli.shares import orderly_end
from trainer.core.application import Application
from trainer.core.checks import Outcome, Status
from trainer.core.errors import BadInput, ExitCode
from trainer.core.modes import MODES
from trainer.core.runs import Run
from trainer.core.scenario import Scenario, Step
from trainer.i18n import LANGS, current_lang, translator
from trainer.i18n import gettext as _

UNSEEN_SPEED = 8.0
"""How much faster a demo goes when nobody can see the browser."""


@click.command(help=_("Watch a lesson being performed."))
@click.argument("scenario_id", metavar="ID")
@click.option("--lang", type=click.Choice(LANGS), help=_("Language of the lesson; yours by default."))
@click.option("--profile", help=_("Kind of HR system on which the lesson plays."))
@click.option("--headed", is_flag=True, help=_("Show the browser on the screen."))
@url_option
@click.option("--speed", type=click.FloatRange(min=0.1, max=20), help=_("1 is a person's pace, 2 twice as fast."))
def demo(  # noqa: PLR0913  # one argument for each option
    *,
    scenario_id: str,
    lang: str | None,
    profile: str | None,
    headed: bool,
    url: str | None,
    speed: float | None,
) -> int:
    """Perform a lesson at human pace; the exit code says whether it came to its end."""
    scenario = bootstrap.scenarios().get(scenario_id)
    if profile not in (None, scenario.profile):
        raise BadInput(
            _("Lesson {scenario} plays on profile {own}, not on {other}.").format(
                scenario=scenario.id, own=scenario.profile, other=profile
            ),
            _("See which lesson plays where: trainer scenario list"),
        )
    lang = lang or current_lang()
    pace = speed or (1.0 if headed else UNSEEN_SPEED)
    with orderly_end():
        run = perform(scenario, lang, place_of(scenario, url), headed=headed, speed=pace)
    return finish(scenario, run, called(scenario_id, url), headed=headed)


def perform(scenario: Scenario, lang: str, place: Application | None, *, headed: bool, speed: float) -> Run:
    """Play the lesson with a visible cursor and captions."""
    with (
        bootstrap.venue(place) as venue,
        venue.stage(lang=lang, headed=headed, speed=speed) as stage,
    ):
        return play(
            scenario,
            lang=lang,
            mode=MODES["demo"],
            control=venue.control,
            stage=stage,
            clock=bootstrap.clock,
            translate=translator("scenarios", lang).gettext,
            audience=Narrator(),
            new_id=bootstrap.new_id,
        )


def finish(scenario: Scenario, run: Run, lesson: str, *, headed: bool) -> int:
    """Say what was shown and what to do next with the `lesson`, called as it was; return the exit code."""
    if run.verdict is Status.PASSED:
        click.echo(
            _("Shown: {scenario} in {lang}, {steps} steps, all checks passed.").format(
                scenario=scenario.id, lang=run.lang, steps=len(run.attempts)
            )
        )
        following = "trainer serve" if headed else f"trainer demo {lesson} --headed"
        click.echo(f"→ {following}", err=True)
        return ExitCode.PASSED
    click.echo(
        _("{scenario} in {lang} stopped at step {step}.").format(
            scenario=scenario.id, lang=run.lang, step=run.attempts[-1].step
        )
    )
    click.echo(f"→ trainer verify {lesson} --lang {run.lang} --trace traces", err=True)
    return ExitCode.CHECK_FAILED if run.verdict is Status.FAILED else ExitCode.ENVIRONMENT


class Narrator(Audience):
    """Tells on standard error what is being shown."""

    def step_begins(self, step: Step, number: int, total: int, window: StageWindow) -> None:
        """Tell the caption."""
        del window
        click.echo(f"{number}/{total}  {step.say}", err=True)

    def step_ended(self, step: Step, outcomes: tuple[Outcome, ...], window: StageWindow) -> None:
        """Tell what was not as it should be."""
        del step, window
        for outcome in outcomes:
            if outcome.status is not Status.PASSED:
                click.echo(
                    _("      expected: {expected}; seen: {seen}").format(
                        expected=outcome.expected, seen=outcome.seen
                    ),
                    err=True,
                )
