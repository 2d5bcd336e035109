"""`trainer broadcast`, which the server starts: performs a lesson for a class, its pictures to standard output.

Each message is a line of JSON: ``{"step": 1, "steps": 7, "caption": "…"}`` when a step begins, ``{"picture": N}``
before the N bytes of a JPEG. It ends when the lesson does, at SIGTERM, or when its standard input ends.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading

import click

from trainer import bootstrap
from trainer.app.play import Audience, play
from trainer.app.ports import StageWindow
from trainer.cli.shares import orderly_end
from trainer.core.checks import Status
from trainer.core.errors import ExitCode
from trainer.core.modes import MODES
from trainer.core.scenario import Step
from trainer.i18n import LANGS, translator


@click.command(hidden=True)
@click.argument("scenario_id", metavar="ID")
@click.option("--lang", type=click.Choice(LANGS), required=True)
@click.option("--speed", type=click.FloatRange(min=0.1, max=20), default=1.0)
def broadcast(*, scenario_id: str, lang: str, speed: float) -> int:
    """Perform a lesson at human pace, its pictures to standard output."""
    scenario = bootstrap.scenarios().get(scenario_id)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    line = _Line()
    with (
        orderly_end(),
        bootstrap.venue(None) as venue,
        venue.stage(lang=lang, speed=speed, watch=bootstrap.screencast(line.picture)) as stage,
    ):
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
    """Tells the server what is shown."""

    def __init__(self) -> None:
        self._out = sys.stdout.buffer

    def step_begins(self, step: Step, number: int, total: int, window: StageWindow) -> None:
        """Tell the caption."""
        del window
        self._send({"step": number, "steps": total, "caption": step.say})

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
