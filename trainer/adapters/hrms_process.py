"""The sandbox HRMS as a child process: started, watched, killed, restarted, never left behind."""

from __future__ import annotations

import atexit
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psutil

from trainer.core.errors import BrokenEnvironment
from trainer.i18n import gettext as _
from trainer.machine import HEAPS
from trainer.paths import home

START_SECONDS = 60.0
"""How long a start may take, also on a busy machine."""

STOP_SECONDS = 5.0
"""How long an orderly end may take before it is forced."""
LAST_WORDS_SECONDS = 2.0
"""How long the last words of a process that has ended are waited for."""

TAIL_LINES = 40

LIFELINE = """
import os, runpy, sys, threading

def end_with_parent():
    os.read(0, 1)
    os._exit(0)

threading.Thread(target=end_with_parent, daemon=True).start()
sys.argv[0] = "sandbox_hrms"
runpy.run_module("sandbox_hrms", run_name="__main__", alter_sys=True)
"""
"""What the child runs: the HRMS, and a thread that ends it when our end of its standard input closes. So it
goes when we go, however we go, SIGKILL included."""


class HrmsProcess:
    """Supervisor of one sandbox HRMS process.

    Args:
        data: Folder of its sandboxes; made if missing. A restart finds there what was acknowledged before.
        host: Address it listens on; we ourselves always talk to it over the loopback.
        port: Port it listens on; 0 takes a free one, kept over restarts.
        companion: Script that it includes in its pages for a trainer beside it.
        parent_port: Port of the trainer that may frame its pages.
        tls: Certificate and key file.
        start_seconds: How long a start may take.
        first: Python code that the child runs before the HRMS, so that a bench may watch it from below.
    """

    def __init__(  # noqa: PLR0913  # one argument for each option of its command
        self,
        data: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        companion: Path | None = None,
        parent_port: int | None = None,
        tls: tuple[Path, Path] | None = None,
        start_seconds: float = START_SECONDS,
        first: str = "",
    ) -> None:
        self.data = data
        self.host = host
        self.port = port
        self.token = secrets.token_urlsafe(32)
        self._options = _options(companion, parent_port, tls)
        self._scheme = "https" if tls else "http"
        self._start_seconds = start_seconds
        self._first = first
        self._process: subprocess.Popen[str] | None = None
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._reader: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        """Where we reach it, over the loopback."""
        return f"{self._scheme}://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """Its process id, or None when it was never started."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it and return when it answers.

        Raises:
            BrokenEnvironment: It did not come up; the message holds its last words.
        """
        self.data.mkdir(parents=True, exist_ok=True)
        if not self.port:
            self.port = free_port()
        self._tail.clear()
        command = [sys.executable, "-P", "-c", self._first + LIFELINE]
        command += ["serve", "--host", self.host, "--port", str(self.port)]
        self._process = subprocess.Popen(
            [*command, "--data", str(self.data), *self._options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env={
                "MALLOC_ARENA_MAX": str(HEAPS),
                "HRMS_MODELS": str(home() / "models"),
                "HRMS_FILMS": str(home() / "films" / "shelf"),
                **os.environ,
                "HRMS_CONTROL_TOKEN": self.token,
                "PYTHONUNBUFFERED": "1",
            },
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        if self._process.stdout:
            self._reader = threading.Thread(target=_keep, args=(self._process.stdout, self._tail), daemon=True)
            self._reader.start()
        atexit.register(self.kill)
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def _wait_until_ready(self) -> None:
        import httpx  # while the child starts

        deadline = time.monotonic() + self._start_seconds
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=self.base_url, verify=False, trust_env=False, timeout=2) as client:  # noqa: S501  # loopback, own certificate
            while time.monotonic() < deadline:
                if not self.alive():
                    raise BrokenEnvironment(self.obituary(), self._cure())
                with suppress(httpx.TransportError):
                    ready = client.get("/healthz").is_success
                    # Only the process we started knows our token: another server on the port does not pass.
                    if ready and client.get("/control/v1/sandboxes", headers=headers).is_success:
                        return
                time.sleep(0.02)
        raise BrokenEnvironment(
            _("The sandbox HRMS did not answer at {url} within {seconds:.0f} seconds.").format(
                url=self.base_url, seconds=self._start_seconds
            )
            + self._last_words(),
            self._cure(),
        )

    def alive(self) -> bool:
        """Tell whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def obituary(self) -> str:
        """Return how the process ended and its last words, or "" while it runs."""
        code = self._process.poll() if self._process else None
        if code is None:
            return ""
        if self._reader is not None:
            self._reader.join(LAST_WORDS_SECONDS)
        how = (
            _("signal {name}").format(name=_signal_name(-code))
            if code < 0
            else _("exit code {code}").format(code=code)
        )
        return _("The sandbox HRMS process has ended ({how}).").format(how=how) + self._last_words()

    def _last_words(self) -> str:
        lines = [line for line in self._tail if line.strip()]
        return "".join(f"\n  {line}" for line in lines[-8:])

    def _cure(self) -> str:
        taken = any("in use" in line.lower() or "errno 98" in line.lower() for line in self._tail)
        return _("Port {port} is taken: choose another one.").format(port=self.port) if taken else ""

    def kill(self) -> None:
        """End it at once with SIGKILL, children included; nothing happens when it does not run."""
        process = self._process
        if process is None:
            return
        with suppress(psutil.NoSuchProcess):
            family = psutil.Process(process.pid)
            for member in [*family.children(recursive=True), family]:
                with suppress(psutil.NoSuchProcess):
                    member.kill()
        process.wait()
        if process.stdin:
            with suppress(OSError):
                process.stdin.close()
        atexit.unregister(self.kill)

    def restart(self) -> None:
        """Kill it and start it again on the same port and data; returns when it answers."""
        self.kill()
        self.start()

    def stop(self) -> None:
        """End it in good order, by force where that takes too long."""
        if self._process is not None and self.alive():
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
        self.kill()


def _options(companion: Path | None, parent_port: int | None, tls: tuple[Path, Path] | None) -> list[str]:
    options = []
    if companion is not None:
        options += ["--companion", str(companion)]
    if parent_port is not None:
        options += ["--parent-port", str(parent_port)]
    if tls is not None:
        options += ["--tls-cert", str(tls[0]), "--tls-key", str(tls[1])]
    return options


def _keep(stream: IO[str], tail: deque[str]) -> None:
    """Read a process's output to its end, so that it never blocks, and keep the last lines."""
    with stream, suppress(ValueError):
        for line in stream:
            tail.append(line.rstrip())


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def free_port() -> int:
    """Return a TCP port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
