"""The observer: looks at a Sandbox in other roles, in a browser process of its own, one look at a time."""

from __future__ import annotations

import json
import queue
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import IO, Any

import psutil

from trainer.app.ports import Control
from trainer.core.checks import Looks, Sight
from trainer.core.errors import LookFailed, TrainerError
from trainer.i18n import gettext as _
from trainer.i18n import speaking

LOOK_SECONDS = 30.0
"""How long a look may take, waiting for its turn included."""

GRACE_SECONDS = 5.0
"""How much later the worker's answer may come than the worker was told."""

WAITING = 200
"""How many looks may wait; more than that is answered at once with *unknown*."""


class BrowserObserver:
    """Implements `trainer.app.ports.Observer` with a worker process that is started at the first look.

    Args:
        control: Gives the read-only sign-in links.
        base_url: Where the sandbox HRMS is reached on this machine.
        look_seconds: How long a look may take.
        pictures: Folder in which a picture of each page is kept; without it none are taken.
        command: The worker's command line.
    """

    def __init__(
        self,
        control: Control,
        base_url: str,
        *,
        look_seconds: float = LOOK_SECONDS,
        pictures: Path | None = None,
        command: Sequence[str] = (sys.executable, "-P", "-m", "trainer.adapters.observer_worker"),
    ) -> None:
        self._control = control
        self._base_url = base_url
        self._look_seconds = look_seconds
        self._pictures = pictures
        self._command = tuple(command)
        self._places = threading.BoundedSemaphore(WAITING)
        self._turn = threading.Lock()
        self._worker: _WorkerProcess | None = None

    def look(self, sandbox: str, sights: Sequence[Sight], *, lang: str) -> Looks:
        """Return what stands at the `sights`; a look that failed is in `Looks.errors`, never raised."""
        began = time.monotonic()
        deadline = began + self._look_seconds
        with speaking(lang):
            if not self._places.acquire(blocking=False):
                return _blind(sights, _("Too many are waiting for a look; try again in a minute."))
            try:
                return replace(self._look(sandbox, sights, lang, deadline), waited=time.monotonic() - began)
            except TrainerError as error:
                return _blind(sights, error.message)
            finally:
                self._places.release()

    def close(self) -> None:
        """End the worker and its browser."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.end()

    def _look(self, sandbox: str, sights: Sequence[Sight], lang: str, deadline: float) -> Looks:
        places = [
            (role, page, list(group)) for (role, page), group in groupby(sorted(sights, key=_place), key=_place)
        ]
        if not self._turn.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise LookFailed(_("Nobody had time to look."))
        visits: list[dict[str, Any]] = []
        try:
            visits = [
                {
                    "url": self._base_url + self._control.sign_in_link(sandbox, role, read_only=True),
                    "page": page,
                    "targets": [sight.target for sight in group],
                    "picture": self._picture(),
                }
                for role, page, group in places
            ]
            seconds = max(1.0, deadline - time.monotonic())
            answers = self._ask({"lang": lang, "seconds": seconds, "visits": visits}, seconds)
        except TrainerError:
            _remove_pictures(visits)
            raise
        finally:
            self._turn.release()
        seen: dict[Sight, str | None] = {}
        errors: dict[str | Sight, str] = {}
        pictures: dict[Sight, str] = {}
        for (_role, _page, group), visit, answer in zip(places, visits, answers, strict=True):
            for sight in group:
                if "error" in answer:
                    errors[sight] = answer["error"]
                else:
                    seen[sight] = answer["seen"][sight.target]
                    if visit["picture"] and Path(visit["picture"]).exists():
                        pictures[sight] = Path(visit["picture"]).name
        if errors:  # it will be looked at anew: no picture may stay that nobody knows of
            _remove_pictures(visits)
            pictures.clear()
        return Looks(sights=seen, errors=errors, pictures=pictures)

    def _picture(self) -> str:
        """Return a path for a picture, with a name that nobody can guess; "" when none is to be taken."""
        if self._pictures is None:
            return ""
        self._pictures.mkdir(parents=True, exist_ok=True)
        return str(self._pictures / f"{secrets.token_hex(16)}.png")

    def _ask(self, job: Mapping[str, Any], seconds: float) -> list[Any]:
        if self._worker is None or not self._worker.alive():
            self.close()
            self._worker = _WorkerProcess(self._command)
        try:
            answer = self._worker.ask(json.dumps(job), seconds + GRACE_SECONDS)
        except LookFailed:
            self.close()
            raise
        visits: list[Any] = json.loads(answer)["visits"]
        return visits


class _WorkerProcess:
    """A worker with its pipes."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True).start()

    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, job: str, seconds: float) -> str:
        """Return the answer's line; raises `LookFailed` when the worker ends or takes too long."""
        try:
            if self._process.stdin:
                self._process.stdin.write(job + "\n")
                self._process.stdin.flush()
            answer = self._answers.get(timeout=seconds)
        except OSError:
            answer = ""
        except queue.Empty as error:
            raise LookFailed(_("The observer's browser took too long.")) from error
        if not answer:
            raise LookFailed(_("The observer's browser has ended."))
        return answer

    def end(self) -> None:
        """End it with its browser: in good order, then by force."""
        family = []
        with suppress(psutil.NoSuchProcess):
            family = psutil.Process(self._process.pid).children(recursive=True)
        if self._process.stdin:
            with suppress(OSError):
                self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        self._process.kill()
        self._process.wait()
        psutil.wait_procs(family, timeout=2)
        for member in family:
            with suppress(psutil.NoSuchProcess):
                member.kill()

    def _read(self, stream: IO[str] | None) -> None:
        """Pass answers on; an empty one says that there will be no more."""
        if stream is not None:
            with stream:
                for line in stream:
                    self._answers.put(line)
        self._answers.put("")


def _remove_pictures(visits: Sequence[Mapping[str, Any]]) -> None:
    for visit in visits:
        if visit["picture"]:
            Path(visit["picture"]).unlink(missing_ok=True)


def _place(sight: Sight) -> tuple[str, str]:
    return sight.role, sight.page


def _blind(sights: Sequence[Sight], reason: str) -> Looks:
    return Looks(errors=dict.fromkeys(sights, reason))
