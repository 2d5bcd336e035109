"""A file that one program holds at a time, on every system; it is free again however that program ends."""

from __future__ import annotations

import sys
from typing import IO, Any


def take(file: IO[Any]) -> bool:
    """Hold an open file until it is closed; return False where somebody else holds it."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
