"""The command line as a process of its own, watched while it runs."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

import psutil

TRAINER = (sys.executable, "-c", "from trainer.cli import main; main()")
SECONDS = 240.0
"""More than any of the commands takes, also on a busy machine."""


class Command:
    """A running `trainer …`."""

    def __init__(self, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [*TRAINER, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, **(env or {})},
        )
        self.heard: list[str] = []

    def hear(self, words: str) -> None:
        """Return when a line of its talk holds `words`."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.heard.append(line)
            if words in line:
                return
        raise AssertionError(f"never said {words!r}: {''.join(self.heard)}")

    def end(self) -> tuple[int, str, str]:
        """Wait for its end; return exit code, data and talk."""
        out, talk = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, out, "".join(self.heard) + talk

    def family(self) -> list[psutil.Process]:
        """Return all that it started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def browser(self) -> psutil.Process:
        """Return the browser's main process."""
        return self._one(lambda words: "chrom" in words[0] and "--type=" not in " ".join(words))

    def sandbox(self) -> psutil.Process:
        """Return the sandbox HRMS."""
        return self._one(lambda words: "serve" in words and "--data" in words)

    def _one(self, fits: Callable[[list[str]], bool]) -> psutil.Process:
        for member in self.family():
            with suppress(psutil.NoSuchProcess, psutil.ZombieProcess, IndexError):
                if fits(member.cmdline()):
                    return member
        raise AssertionError("no such process")


@contextmanager
def command(*arguments: str, env: Mapping[str, str] | None = None) -> Iterator[Command]:
    """Run a command and end it with all that it started."""
    running = Command(*arguments, env=env)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            for member in running.family():
                with suppress(psutil.NoSuchProcess):
                    member.kill()
            running.process.kill()
            running.process.wait()
        for stream in (running.process.stdout, running.process.stderr):
            if stream is not None:
                stream.close()


def trainer(*arguments: str, env: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Run a command to its end; return exit code, data and talk."""
    with command(*arguments, env=env) as running:
        return running.end()


def gone(processes: list[psutil.Process]) -> bool:
    """Wait until none of `processes` is alive any more."""
    deadline = time.monotonic() + 30
    while any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
