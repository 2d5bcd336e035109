"""Demos for a class: a lesson is performed in a process of its own, and tells what is to be seen."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

import psutil

from trainer.adapters.background import end_family
from trainer.core.errors import BrokenEnvironment, ExitCode
from trainer.i18n import gettext as _
from trainer.machine import find_browser

BROADCAST = (sys.executable, "-P", "-c", "from trainer.cli import main; main()", "broadcast")
ENDING_SECONDS = 5.0
"""How long a demo may take to end in good order."""

LARGEST_PICTURE = 1_000_000
"""Bytes; who sends more is no demo of ours."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StepBegins:
    """A step of the demo begins.

    Attributes:
        number: Its position, from 1.
        total: How many there are.
        captions: Language → what it asks for.
    """

    number: int
    total: int
    captions: Mapping[str, str]


Hear = Callable[[StepBegins | bytes], None]
"""Takes a step that begins, or a picture (JPEG); called in a thread of the demo's own."""

Ended = Callable[[], None]
"""Told at the end; called in a thread of the demo's own."""


class DemoProcess:
    """One demo under way.

    Args:
        command: The command line.
        hear: Takes what is to be seen.
        ended: Told at the end.
    """

    def __init__(self, command: Sequence[str], hear: Hear, ended: Ended) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._hear = hear
        self._ended = ended
        self._stopping = False
        threading.Thread(target=self._read, daemon=True, name="demo").start()

    def stop(self) -> None:
        """End it, with its browser and its practice system; blocks for some seconds at most."""
        self._stopping = True
        family = []
        with suppress(psutil.NoSuchProcess):
            family = psutil.Process(self._process.pid).children(recursive=True)
        self._process.terminate()
        try:
            self._process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            end_family(self._process)
            self._process.wait()
        for member in family:
            with suppress(psutil.NoSuchProcess):
                member.kill()

    def _read(self) -> None:
        with suppress(OSError, ValueError, KeyError):
            if self._process.stdout is not None:
                with self._process.stdout as out:
                    self._listen(out)
        code = self._process.wait()
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        if not self._stopping and code not in {ExitCode.PASSED, ExitCode.CHECK_FAILED}:
            log.warning("a demo ended with exit code %s", code)
        self._ended()

    def _listen(self, out: IO[bytes]) -> None:
        for line in out:
            message = json.loads(line)
            if "picture" not in message:
                self._hear(StepBegins(message["step"], message["steps"], message["captions"]))
            elif 0 < message["picture"] <= LARGEST_PICTURE:
                self._hear(out.read(message["picture"]))
            else:
                raise ValueError(message["picture"])


class Demos:
    """Starts demos.

    Args:
        command: The command line, without lesson and language.
    """

    def __init__(self, command: Sequence[str] = BROADCAST) -> None:
        self._command = tuple(command)

    def start(self, scenario: str, lang: str, hear: Hear, ended: Ended) -> DemoProcess:
        """Begin a demo.

        Raises:
            BrokenEnvironment: There is no browser, or the process does not start.
        """
        if find_browser() is None:
            raise BrokenEnvironment(_("No browser was found."), _("See what is missing: trainer doctor --fix"))
        try:
            return DemoProcess((*self._command, scenario, "--lang", lang), hear, ended)
        except OSError as error:
            raise BrokenEnvironment(_("The demo does not start: {reason}").format(reason=error)) from error
