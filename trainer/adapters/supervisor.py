"""The supervisor of the sandbox HRMS: a process that ends is started again, less and less eagerly."""

from __future__ import annotations

import logging
import threading
import time
from typing import Protocol

from trainer.core.errors import BrokenEnvironment

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.2
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0
"""A process that ran for this long is trusted again."""


class Restartable(Protocol):
    """What is supervised."""

    def alive(self) -> bool:
        """Tell whether it runs."""
        ...

    def restart(self) -> None:
        """Start it again; raises `BrokenEnvironment` when it does not come up."""
        ...

    def stop(self) -> None:
        """End it."""
        ...

    def obituary(self) -> str:
        """Tell how it ended."""
        ...


class Supervisor:
    """Watches a process that was started, in a thread of its own, and ends it in the end."""

    def __init__(self, process: Restartable) -> None:
        self._process = process
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Stop watching, then end the process."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()
        self._process.stop()

    def _watch(self) -> None:
        pause = FIRST_PAUSE
        since = time.monotonic()
        while not self._ending.wait(LOOK_SECONDS):
            if self._process.alive():
                continue
            log.warning("%s Starting it again.", self._process.obituary())
            pause = FIRST_PAUSE if time.monotonic() - since > STEADY_SECONDS else min(2 * pause, LONGEST_PAUSE)
            if self._ending.wait(pause):
                return
            try:
                self._process.restart()
            except (BrokenEnvironment, OSError) as error:  # what the system lacks now it may have later
                log.error("%s", error)  # noqa: TRY400  # the message says it all
            since = time.monotonic()
