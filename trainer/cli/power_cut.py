"""What a disk may hold after a power cut: all up to the last fsync of each file, and any part of the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from trainer.adapters.disk_log import Entry

Left = Literal["nothing", "everything", "part", "torn"]
"""What of the writes since the last fsync reached the disk; `torn`: a part, with one write cut off."""

LEFT: tuple[Left, ...] = ("nothing", "everything", "part", "torn")
SECTOR = 512


@dataclass(frozen=True)
class Image:
    """Files as they may be after the power went just before `until` (monotonic ns)."""

    until: int
    left: Left
    files: Mapping[str, bytes]


def images(base: Mapping[str, bytes], log: Sequence[Entry], count: int, random: Random) -> Iterator[Image]:
    """Replay `log` over the files of `base` and give an image at each of `count` random places.

    Files are independent: an fsync holds for its own file only, and deletions count at once.
    """
    disk = {name: bytearray(content) for name, content in base.items()}
    loose: defaultdict[str, list[Entry]] = defaultdict(list)
    cuts = sorted(random.sample(range(len(log) - 1), min(count, len(log) - 1)))
    wanted = iter(cuts)
    cut = next(wanted, None)
    for number, entry in enumerate(log):
        if entry.kind == "s":
            for held in loose.pop(entry.name, ()):
                _apply(disk, held)
        elif entry.kind == "d":
            loose.pop(entry.name, None)
            disk.pop(entry.name, None)
        else:
            loose[entry.name].append(entry)
        if number == cut:
            left = LEFT[random.randrange(len(LEFT))]
            yield Image(log[number + 1].at, left, _image(disk, loose, left, random))
            cut = next(wanted, None)


def _image(
    disk: Mapping[str, bytearray], loose: Mapping[str, Sequence[Entry]], left: Left, random: Random
) -> dict[str, bytes]:
    made = {name: bytearray(content) for name, content in disk.items()}
    if left != "nothing":
        for entries in loose.values():
            kept = [one for one in entries if left == "everything" or random.random() < 0.5]  # noqa: PLR2004
            torn = random.randrange(len(kept)) if left == "torn" and kept else None
            for number, entry in enumerate(kept):
                _apply(made, _tear(entry, random) if number == torn else entry)
    return {name: bytes(content) for name, content in made.items()}


def _tear(entry: Entry, random: Random) -> Entry:
    size = SECTOR * random.randrange(len(entry.data) // SECTOR + 1)
    return Entry(entry.kind, entry.at, entry.name, entry.offset, entry.data[:size])


def _apply(disk: dict[str, bytearray], entry: Entry) -> None:
    content = disk.setdefault(entry.name, bytearray())
    if entry.kind == "t":
        del content[entry.offset :]
        return
    if len(content) < entry.offset:
        content.extend(bytes(entry.offset - len(content)))
    content[entry.offset : entry.offset + len(entry.data)] = entry.data
