"""A disk after a power cut holds what was forced to it, and any part of the rest."""

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from trainer.adapters.disk_log import Entry, NoSharedLibrary, find_library, read_log
from trainer.cli.power_cut import Image, images

try:
    find_library()
    SHARED = True
except NoSharedLibrary:
    SHARED = False


def written(at: int, offset: int, data: bytes, name: str = "db") -> Entry:
    return Entry("w", at, name, offset, data)


LOG = [
    written(1, 0, b"a" * 1024),
    Entry("s", 2, "db"),
    written(3, 1024, b"b" * 1024),
    written(4, 0, b"c" * 512),
    Entry("s", 5, "wal"),
    Entry("s", 6, "db"),
    Entry("t", 7, "db", 512),
    Entry("s", 8, "db"),
]


def every_image() -> list[Image]:
    return [image for seed in range(200) for image in images({"wal": b"w"}, LOG, len(LOG) - 1, Random(seed))]  # noqa: S311


def test_what_was_forced_to_the_disk_is_on_every_disk() -> None:
    for image in every_image():
        assert image.files["wal"] == b"w"
        if 3 < image.until <= 6:
            assert image.files["db"][512:1024] == b"a" * 512
        if image.until == 7:
            assert image.files["db"] == b"c" * 512 + b"a" * 512 + b"b" * 1024
        if image.until == 8 and image.left == "nothing":
            assert len(image.files["db"]) == 2048


def test_the_rest_may_be_there_in_part_in_any_order_and_torn() -> None:
    seen = {(image.left, image.files["db"]) for image in every_image() if image.until == 5}
    first, both = b"a" * 1024, b"c" * 512 + b"a" * 512 + b"b" * 1024
    assert {files for left, files in seen if left == "nothing"} == {first}
    assert {files for left, files in seen if left == "everything"} == {both}
    parts = {files for left, files in seen if left == "part"}
    assert parts == {first, both, first + b"b" * 1024, b"c" * 512 + b"a" * 512}
    assert {files for left, files in seen if left == "torn"} - parts, "some write is cut off in a sector"


RECORD = """
import os, pathlib, sqlite3, sys
from trainer.adapters import disk_log
kept = []
folder = pathlib.Path(sys.argv[1])
disk_log.install(folder / "log", folder / "watched", weak=sys.argv[2] == "weak")
for place in ("watched", "elsewhere"):
    (folder / place).mkdir()
    db = sqlite3.connect(folder / place / "x.sqlite", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        db.execute(f"PRAGMA {pragma}")
    db.execute("CREATE TABLE t (text)")
    for number in range(5):
        db.execute("INSERT INTO t VALUES (?)", (f"row {number}",))
    kept.append(db)
os._exit(0)  # nothing is closed, so no log is carried over
"""


@pytest.mark.skipif(not SHARED, reason="Python's SQLite is built in here")
@pytest.mark.parametrize("strength", ["full", "weak"])
def test_the_record_holds_every_write_and_every_fsync(tmp_path: Path, strength: str) -> None:
    subprocess.run([sys.executable, "-c", RECORD, str(tmp_path), strength], check=True)
    log = list(read_log(tmp_path / "log"))
    assert {Path(one.name).parent.name for one in log} == {"watched"}
    assert [one.at for one in log] == sorted(one.at for one in log)
    wal = [one for one in log if one.name.endswith("-wal")]
    assert any(b"row 4" in one.data for one in wal)
    syncs = sum(one.kind == "s" for one in wal)
    assert syncs >= 6 if strength == "full" else syncs < 6, "each commit is forced to the disk, or is not"


def test_a_record_that_was_cut_off_is_read_as_far_as_it_is_whole(tmp_path: Path) -> None:
    if not SHARED:
        pytest.skip("Python's SQLite is built in here")
    subprocess.run([sys.executable, "-c", RECORD, str(tmp_path), "full"], check=True)
    raw = (tmp_path / "log").read_bytes()
    whole = len(list(read_log(tmp_path / "log")))
    (tmp_path / "cut").write_bytes(raw[:-20])
    assert len(list(read_log(tmp_path / "cut"))) == whole - 1
