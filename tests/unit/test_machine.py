"""What the machine below Python is told."""

from __future__ import annotations

import subprocess
import sys

import pytest

from trainer.machine import HEAPS, LINUX

COUNT = """
import ctypes, sys, threading
from trainer.machine import share_heaps

if sys.argv[1] == "shared":
    share_heaps()
meet = threading.Barrier(8)
def allocate():
    meet.wait()
    kept = bytes(100_000)
    meet.wait()
threads = [threading.Thread(target=allocate) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, out)
libc.fflush(out)
"""


@pytest.mark.skipif(sys.platform != LINUX, reason="the setting is one of the GNU C library")
def test_threads_share_their_heaps() -> None:
    def heaps(how: str) -> int:
        told = subprocess.run(
            [sys.executable, "-c", COUNT, how], capture_output=True, check=True, text=True, timeout=60
        )
        return told.stdout.count("<heap nr=")

    assert heaps("shared") <= HEAPS < heaps("own")
