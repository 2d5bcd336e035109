"""Commands of ours that run beside the server: at low priority, and ended with all that they started."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from contextlib import suppress

import psutil

NICENESS = 10


def started(command: Sequence[str]) -> subprocess.Popen[str]:
    """Start a command at low priority; only its standard error is kept, as a pipe."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    with suppress(psutil.Error):
        psutil.Process(process.pid).nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", NICENESS))
    return process


def end_family(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """Kill a process with all its descendants."""
    with suppress(psutil.NoSuchProcess):
        for member in psutil.Process(process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                member.kill()
    process.kill()
