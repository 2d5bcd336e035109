"""`trainer broadcast`, which the server starts: performs a lesson for a class, its pictures to standard output.

Each message is a line of JSON: ``{"step": 1, "steps": 7, "captions": {"en": "…", …}}`` when a step begins, in
every language; ``{"picture": N}`` before the N bytes of a JPEG, which has no caption in it. It ends when the
lesson does, at SIGTERM, or when its standard input ends.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Sequence

import click

from trainer import bootstrap
from trainer.app.play import Audience, play, steps_in
from trainer.app.ports import Control, StageWindow
from trainer.cli.shares import orderly_end
from trainer.core.checks import Status
from trainer.core.errors import ExitCode
from trainer.core.modes import MODES
from trainer.core.runs import Run
from trainer.core.scenario import Scenario, Step
from trainer.i18n import LANGS, translator


@click.command(hidden=True)
@click.argument("scenario_id", metavar="ID")
@click.option("--lang", type=click.Choice(LANGS), required=True)
@click.option("--speed", type=click.FloatRange(min=0.1, max=20), default=1.0)
def broadcast(*, scenario_id: str, lang: str, speed: float) -> int:
    """Perform a lesson at human pace, its pictures to standard output."""
    scenario = bootstrap.scenarios().get(scenario_id)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with orderly_end(), bootstrap.venue(None) as venue:
        line = _Line(scenario, venue.control)
        watch = bootstrap.screencast(line.picture)
        with venue.stage(lang=lang, speed=speed, watch=watch, captions=False) as stage:
            run = play(
                scenario,
                lang=lang,
                mode=MODES["demo"],
                control=venue.control,
                stage=stage,
                clock=bootstrap.clock,
                translate=translator("scenarios", lang).gettext,
                audience=line,
                new_id=bootstrap.new_id,
            )
    return ExitCode.PASSED if run.verdict is Status.PASSED else ExitCode.CHECK_FAILED


class _Line(Audience):
    """Tells the server what is shown.

    Args:
        scenario: The lesson.
        control: Knows its sandbox, from which captions are filled in.
    """

    def __init__(self, scenario: Scenario, control: Control) -> None:
        self._scenario = scenario
        self._control = control
        self._told: dict[str, tuple[Step, ...]] = {}
        self._out = sys.stdout.buffer

    def run_begins(self, run: Run, steps: Sequence[Step]) -> None:
        """Tell the steps in every language: those who watch do not all read the one of the system."""
        del steps
        info = self._control.info(run.sandbox)
        self._told = {
            lang: steps_in(self._scenario, info, translator("scenarios", lang).gettext) for lang in LANGS
        }

    def step_begins(self, step: Step, number: int, total: int, window: StageWindow) -> None:
        """Tell the caption."""
        del step, window
        captions = {lang: steps[number - 1].say for lang, steps in self._told.items()}
        self._send({"step": number, "steps": total, "captions": captions})

    def picture(self, jpeg: bytes) -> None:
        """Pass a picture on."""
        self._send({"picture": len(jpeg)}, jpeg)

    def _send(self, message: dict[str, object], content: bytes = b"") -> None:
        self._out.write(json.dumps(message).encode() + b"\n" + content)
        self._out.flush()


def _end_with_parent() -> None:
    """End in good order when nobody listens any more."""
    while os.read(sys.stdin.fileno(), 1):  # unbuffered: a buffer's lock would outlive this thread
        pass
    os.kill(os.getpid(), signal.SIGTERM)
