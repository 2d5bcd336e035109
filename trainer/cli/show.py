"""Performing lessons before the camera, one after another, with a bar that tells how far it is."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby

import click

from trainer import bootstrap
from trainer.app.publish import NoGuide, walk
from trainer.cli.place import place_of
from trainer.core.scenario import Scenario
from trainer.core.walkthrough import Walkthrough
from trainer.i18n import LANGS, translator

SIZE = (1024, 768)
"""Window of the pictures: small enough that its text can be read on paper."""

SCALE = 2.0

CRASH_SECONDS = 300.0
"""A crash lasts until its picture is taken, which ends it."""

BAR = 24
"""Characters of the bar."""

Work = Sequence[tuple[Scenario, str]]
"""Lessons, each with a language."""


def perform_all(work: Work, url: str | None) -> Iterator[tuple[Scenario, str, Walkthrough | NoGuide]]:
    """Perform every lesson and yield it with its language and walkthrough, or why there is none.

    What plays at the same place, in the same language, shares browser and stage. In a language that is not
    complete the texts are told as far as they are translated, beside pictures of the English application.

    Args:
        work: What to perform.
        url: Another address of somebody else's application, or None.

    Raises:
        BadInput: A lesson does not go with `url`.
    """
    from guides.pictures import alike

    places = {scenario.id: place_of(scenario, url) for scenario, _lang in work}
    ordered = sorted(work, key=lambda one: (str(places[one[0].id]), one[1]))
    done = 0
    for place, there in groupby(ordered, lambda one: places[one[0].id]):
        with bootstrap.venue(place, crash_seconds=CRASH_SECONDS) as venue, bootstrap.browser() as browser:
            for lang, spoken in groupby(there, lambda one: one[1]):
                shown = lang if lang in LANGS else "en"
                with venue.stage(lang=shown, browser=browser, size=SIZE, scale=SCALE) as stage:
                    for scenario, _lang in spoken:
                        try:
                            yield (
                                scenario,
                                lang,
                                replace(
                                    walk(
                                        scenario,
                                        lang=shown,
                                        control=venue.control,
                                        stage=stage,
                                        clock=bootstrap.clock,
                                        translate=translator("scenarios", lang).gettext,
                                        new_id=bootstrap.new_id,
                                        scale=SCALE,
                                        tell=partial(tell, f"{scenario.id} {lang}", done=done, total=len(work)),
                                        same=alike,
                                    ),
                                    lang=lang,
                                ),
                            )
                        except NoGuide as error:
                            yield scenario, lang, error
                        done += 1


def tell(label: str, step: int, steps: int, *, done: int = 0, total: int = 1) -> None:
    """Tell how far everything is and which step is performed: a bar where it can be drawn anew, else a line.

    Args:
        label: What is performed.
        step: Its step that begins, from 1.
        steps: How many it has.
        done: How much was performed before.
        total: How much there is to perform.
    """
    if not sys.stderr.isatty():
        click.echo(f"{label} {step}/{steps}", err=True)
        return
    filled = round(BAR * (done + (step - 1) / steps) / total)
    bar = "█" * filled + "░" * (BAR - filled)
    click.echo(f"\r\x1b[K{bar} {done}/{total} {label} {step}/{steps}", err=True, nl=False)
    if done + 1 == total and step == steps:
        click.echo(err=True)
