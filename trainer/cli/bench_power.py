"""The power goes while people type: what was acknowledged has to be on every disk that it may leave behind.

The writes and fsyncs of a real sandbox process are recorded, and disks as a power cut may leave them are made
from the record. The HRMS itself opens each of them. The same with ``synchronous=NORMAL`` has to lose something:
a bench that cannot fail proves nothing.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from trainer import bootstrap
from trainer.adapters.disk_log import Entry, read_log
from trainer.adapters.hrms_process import HrmsProcess
from trainer.app.ports import Control
from trainer.cli.bench_typist import LETTERS, Seat, Typist, seats, session
from trainer.cli.power_cut import Image, images
from trainer.core.errors import TrainerError

SEATS = 3
FILE = "hrms.sqlite"
WAL = f"{FILE}-wal"
RECORDER = """
import pathlib, sys
from trainer.adapters import disk_log
disk_log.install(pathlib.Path({log!r}), pathlib.Path({folder!r}), weak={weak!r})
"""


@dataclass
class Cuts:
    """What came of many power cuts.

    Attributes:
        saves: Acknowledged saves in the record.
        fsyncs: In the record.
        images: Disks made and opened.
        lost: Disks on which an acknowledged save was missing.
        damaged: Disks that could not be opened or failed ``PRAGMA integrity_check``.
    """

    saves: int = 0
    fsyncs: int = 0
    images: int = 0
    lost: int = 0
    damaged: int = 0


@dataclass
class _Record:
    """What one sandbox's files went through, and what its typist was told."""

    typist: Typist
    base: Mapping[str, bytes]
    log: Sequence[Entry]


def cut_power(saves: int, count: int, *, seed: int, weak: bool = False) -> Cuts:
    """Record `saves` acknowledged saves, make `count` disks from the record, and look at each."""
    random = Random(seed)
    found = Cuts()
    with TemporaryDirectory(prefix="trainer-power-", ignore_cleanup_errors=True) as folder:
        records = _record(Path(folder) / "recorded", saves, random, weak=weak)
        found.saves = sum(len(one.typist.acks) for one in records)
        found.fsyncs = sum(entry.kind == "s" for one in records for entry in one.log)
        replayed = Path(folder) / "replayed"
        with HrmsProcess(replayed) as process, bootstrap.control(process) as control:
            for record in records:
                share = count // len(records) + (1 if record is records[0] else 0) * (count % len(records))
                for image in images(record.base, record.log, share, random):
                    _look(found, control, replayed / f"disk-{found.images}", image, record.typist)
    return found


def _record(data: Path, saves: int, random: Random, *, weak: bool) -> list[_Record]:
    """Let some people type into sandboxes whose disk is watched; the process is killed in the end."""
    with HrmsProcess(data) as process, bootstrap.control(process) as control:
        taken = asyncio.run(_seats(process.base_url, control))
        port = process.port
    bases = [_files(data / seat.sandbox) for seat in taken]
    log = data.parent / "writes.log"
    watched = HrmsProcess(data, port=port, first=RECORDER.format(log=str(log), folder=str(data), weak=weak))
    typists = [Typist(seat) for seat in taken]
    with watched:
        asyncio.run(_type(typists, saves // len(typists), random))
        watched.kill()
    entries = list(read_log(log))
    return [
        _Record(typist, base, list(_of(entries, data / typist.seat.sandbox)))
        for typist, base in zip(typists, bases, strict=True)
    ]


async def _seats(base_url: str, control: Control) -> list[Seat]:
    async with session() as http:
        return await seats(http, base_url, control, SEATS)


async def _type(typists: Sequence[Typist], saves: int, random: Random) -> None:
    async with session() as http:

        async def keep_on(one: Typist) -> None:
            while len(one.acks) < saves:
                one.key(random.choice(LETTERS) * random.randrange(1, 40))
                await one.send_once(http)

        await asyncio.gather(*(keep_on(one) for one in typists))


def _files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for name in (FILE, WAL) if (file := folder / name).is_file()}


def _of(entries: Sequence[Entry], folder: Path) -> Iterator[Entry]:
    names = {str(folder.resolve() / name): name for name in (FILE, WAL)}
    for one in entries:
        if one.name in names:
            yield Entry(one.kind, one.at, names[one.name], one.offset, one.data)


def _look(found: Cuts, control: Control, folder: Path, image: Image, typist: Typist) -> None:
    found.images += 1
    for part in (folder / "media", folder / "checkpoints"):
        part.mkdir(parents=True)
    for name, content in image.files.items():
        (folder / name).write_bytes(content)
    acked = max((seq for seq, at in typist.acks if at < image.until), default=0)
    try:
        sitting = control.snapshot(folder.name)["sitting"]
        sound = integrity(folder / FILE) == "ok"
    except (TrainerError, sqlite3.DatabaseError):
        sitting, sound = None, False
    draft = (sitting and sitting["draft"]) or {"seq": 0, "text": ""}
    seq = int(draft["seq"])
    if not sound:
        found.damaged += 1
    if seq < acked or (seq and draft["text"] != typist.sent.get(seq)):
        found.lost += 1
    control.delete(folder.name)


def integrity(file: Path) -> str:
    """Return what SQLite says about a file: ``ok``, or what is wrong with it."""
    with closing(sqlite3.connect(file)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
