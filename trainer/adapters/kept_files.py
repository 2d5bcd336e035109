"""Kept files: a folder as a mapping, for what can be made again but takes time."""

from __future__ import annotations

import os
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from pathlib import Path

LARGEST = 2_000_000_000
"""Bytes of such a folder; what was not used for longest goes."""


class KeptFiles(MutableMapping[str, bytes]):
    """Keeps contents under keys; several processes may share it. A damaged or lost file is just not there.

    Args:
        folder: Where; made when something is kept.
        largest: Bytes that may be kept.
    """

    def __init__(self, folder: Path, *, largest: int = LARGEST) -> None:
        self._folder = folder
        self._largest = largest

    def __getitem__(self, key: str) -> bytes:
        """Return what is kept, and note that it was used."""
        file = self._folder / key
        try:
            content = file.read_bytes()
        except OSError:
            raise KeyError(key) from None
        with suppress(OSError):
            os.utime(file)
        return content

    def __setitem__(self, key: str, content: bytes) -> None:
        """Keep a content, whole or not at all; without room for it nothing is kept, which is no error."""
        beside = self._folder / f".{key}.{os.getpid()}"
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                beside.write_bytes(content)
                beside.replace(self._folder / key)
            finally:
                beside.unlink(missing_ok=True)
            self._make_room(keep=key)

    def __delitem__(self, key: str) -> None:
        """Forget a content."""
        try:
            (self._folder / key).unlink()
        except OSError:
            raise KeyError(key) from None

    def __iter__(self) -> Iterator[str]:
        """Yield the keys."""
        if self._folder.is_dir():
            yield from sorted(file.name for file in self._folder.iterdir() if not file.name.startswith("."))

    def __len__(self) -> int:
        """Return how many contents are kept."""
        return len(list(iter(self)))

    def __contains__(self, key: object) -> bool:
        """Tell whether there is such a content."""
        return isinstance(key, str) and (self._folder / key).is_file()

    def _make_room(self, *, keep: str) -> None:
        files = [(file.stat(), file) for file in self._folder.iterdir() if file.is_file()]
        files.sort(key=lambda one: one[0].st_mtime)
        excess = sum(stat.st_size for stat, _file in files) - self._largest
        for stat, file in files:
            if excess <= 0:
                break
            if file.name != keep:
                file.unlink(missing_ok=True)
                excess -= stat.st_size
