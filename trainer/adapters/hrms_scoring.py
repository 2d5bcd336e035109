"""Has the sandbox HRMS score answers, in a process of its own: line in, line out."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import IO, Self

import psutil

from trainer.core.errors import BadInput, BrokenEnvironment
from trainer.i18n import gettext as _

_BAD_INPUT = 2
_END_SECONDS = 10.0


class HrmsScoring:
    """``python -m sandbox_hrms score``, ended with its context.

    Args:
        graded: Calibrate each question on its first so many rows that carry ``human``.
    """

    def __init__(self, graded: int = 0) -> None:
        command = [sys.executable, "-P", "-m", "sandbox_hrms", "score", "--graded", str(graded)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
        )
        self._said: list[str] = []
        self._listener = threading.Thread(target=_keep, args=(self._process.stderr, self._said), daemon=True)
        self._listener.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait(_END_SECONDS)
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                with suppress(OSError):
                    stream.close()
        self._listener.join(_END_SECONDS)

    def one(self, line: str) -> str:
        """Score one line and wait for it; not with `graded`.

        Raises:
            BadInput: The line cannot be scored.
            BrokenEnvironment: The process ended.
        """
        self._write(line)
        return self._read() or self._fail()

    def all(self, lines: Iterable[str]) -> Iterator[str]:
        """Score many lines, in their order; raises as `one`."""
        count = 0
        given = list(lines)
        writer = threading.Thread(target=self._write_all, args=(given,), daemon=True)
        writer.start()
        while line := self._read():
            count += 1
            yield line
        writer.join(_END_SECONDS)
        if count != sum(bool(line.strip()) for line in given):
            self._fail()

    def cost(self) -> tuple[float, float]:
        """Return the seconds of CPU and the megabytes it has taken so far."""
        try:
            process = psutil.Process(self._process.pid)
            times = process.cpu_times()
            return times.user + times.system, process.memory_info().rss / 1e6
        except psutil.NoSuchProcess:
            return 0.0, 0.0

    def _write(self, line: str) -> None:
        if self._process.stdin:
            with suppress(OSError, ValueError):  # it has ended: reading tells why
                self._process.stdin.write(line.rstrip("\r\n") + "\n")
                self._process.stdin.flush()

    def _write_all(self, lines: list[str]) -> None:
        for line in lines:
            self._write(line)
        if self._process.stdin:
            with suppress(OSError, ValueError):
                self._process.stdin.close()

    def _read(self) -> str:
        return self._process.stdout.readline() if self._process.stdout else ""

    def _fail(self) -> str:
        code = self._process.wait(_END_SECONDS)
        self._listener.join(_END_SECONDS)
        said = " ".join(line for line in self._said[-3:] if line)
        if code == _BAD_INPUT:
            raise BadInput(
                said, _("One JSON object a line: question_id, question, reference, answer; human 0-1 if known.")
            )
        raise BrokenEnvironment(_("The sandbox HRMS did not score the answers."), said)


def _keep(stream: IO[str] | None, said: list[str]) -> None:
    if stream:
        with stream, suppress(ValueError):
            said.extend(line.rstrip() for line in stream)
