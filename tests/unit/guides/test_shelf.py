"""Guides are made once, one at a time, and nothing is left of those that fail."""

from __future__ import annotations

import io
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.builders import a_scenario
from trainer.adapters import guide_shelf
from trainer.adapters.guide_shelf import FORMS, Found, GuideShelf
from trainer.core.errors import BrokenEnvironment
from trainer.core.paths import LearningPath, Part

MAKES = """
import pathlib, sys
scenario, _, lang, _, forms, _, out = sys.argv[1:]
for form in forms.split(","): pathlib.Path(out, f"{scenario}.{lang}.{form}").write_text(f"{scenario} in {lang}")
pathlib.Path(out, f"{scenario}.{lang}").mkdir()
pathlib.Path(out, f"{scenario}.{lang}", "1-1.png").write_text("picture")
with open({log!r}, "a") as log: log.write(f"{scenario}.{lang} ")
"""
FAILS = "import sys; sys.exit('the demo did not get through')"
HANGS = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
with open({log!r}, "w") as log: log.write(str(child.pid))
time.sleep(600)
"""

Shelf = Callable[..., GuideShelf]

PATH = LearningPath(
    id="all-web", version=1, title="All", summary="", test="test-web", parts=(Part(title="P", lessons=("a-web",)),)
)


def index(path: LearningPath, found: Found, lang: str) -> bytes:
    told = [f"{lesson.id}: {' '.join(names)}" for lesson, names in found]
    return "\n".join([path.id, lang, *told]).encode()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def shelf(tmp_path: Path, log: Path) -> Iterator[Shelf]:
    made: list[GuideShelf] = []

    def make(program: str, seconds: float = 60) -> GuideShelf:
        command = (sys.executable, "-c", program.replace("{log!r}", repr(str(log))))
        made.append(GuideShelf(tmp_path / "shelf", index=index, make_seconds=seconds, command=command))
        return made[-1]

    yield make
    for one in made:
        one.close()


def eventually(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_guide_is_made_once_and_kept(shelf: Shelf, log: Path) -> None:
    keeper = shelf(MAKES)
    orders = [keeper.order(a_scenario(), lang) for lang in ("en", "en", "zh_CN")]
    assert orders[0] is orders[1]
    assert [order.result(30) for order in orders] == [b"lesson-web in en"] * 2 + [b"lesson-web in zh_CN"]
    eventually(lambda: keeper.order(a_scenario(), "en") is not orders[0])
    assert keeper.order(a_scenario(), "en").result(0) == b"lesson-web in en"
    assert shelf(FAILS).order(a_scenario(), "en").result(0) == b"lesson-web in en"
    assert log.read_text() == "lesson-web.en lesson-web.zh_CN "


def test_a_changed_lesson_gets_a_new_guide_in_place_of_the_old(shelf: Shelf, log: Path, tmp_path: Path) -> None:
    keeper = shelf(MAKES)
    for version in (1, 2):
        keeper.order(a_scenario(version=version), "en").result(30)
    assert log.read_text() == "lesson-web.en lesson-web.en "
    assert len(list((tmp_path / "shelf").iterdir())) == len(FORMS)


def test_all_formats_of_a_guide_are_made_at_once(shelf: Shelf, log: Path) -> None:
    keeper = shelf(MAKES)
    orders = {form: keeper.order(a_scenario(), "en", form) for form in FORMS}
    content = {form: order.result(30) for form, order in orders.items()}
    assert {content[form] for form in ("pdf", "html", "docx", "eml")} == {b"lesson-web in en"}
    with zipfile.ZipFile(io.BytesIO(content["md"])) as archive:
        assert archive.namelist() == ["lesson-web.en.md", "lesson-web.en/1-1.png"]
    assert log.read_text() == "lesson-web.en "


def test_another_brand_gives_other_guides(tmp_path: Path, log: Path) -> None:
    command = (sys.executable, "-c", MAKES.replace("{log!r}", repr(str(log))))
    for stamp in ("", "green", "green"):
        keeper = GuideShelf(tmp_path / "shelf", index=index, stamp=stamp, command=command)
        keeper.order(a_scenario(), "en").result(30)
        keeper.close()
    assert log.read_text() == "lesson-web.en lesson-web.en "


def test_a_path_is_packed_with_an_index(shelf: Shelf, log: Path) -> None:
    keeper = shelf(MAKES)
    lessons = [a_scenario(id="a-web"), a_scenario(id="b-web")]
    seen = [keeper.pack(PATH, lessons, "en")]
    while (pack := keeper.pack(PATH, lessons, "en")).file is None:
        seen.append(pack)
    assert [one.done for one in seen] == sorted(one.done for one in seen)
    assert {one.total for one in seen} == {2}
    with zipfile.ZipFile(pack.file) as archive:
        assert archive.read("index.html").decode().splitlines() == [
            "all-web",
            "en",
            "a-web: a-web.en.pdf a-web.en.html a-web.en.docx a-web.en.md a-web.en.eml",
            "b-web: b-web.en.pdf b-web.en.html b-web.en.docx b-web.en.md b-web.en.eml",
        ]
        assert archive.read("b-web.en/1-1.png") == b"picture"
        assert archive.testzip() is None
    made = log.read_text()
    assert keeper.pack(PATH, lessons, "en").file == pack.file
    assert log.read_text() == made == "a-web.en b-web.en "


def test_an_archive_that_lacks_a_lesson_is_given_once_and_made_whole_the_next_time(
    shelf: Shelf, log: Path, tmp_path: Path
) -> None:
    passing = tmp_path / "passing"
    passing.touch()
    busy = (
        f"import pathlib, sys\nif 'b-web' in sys.argv and pathlib.Path({str(passing)!r}).exists(): sys.exit(1)\n"
    )
    keeper = shelf(busy + MAKES)
    lessons = [a_scenario(id="a-web"), a_scenario(id="b-web")]

    def archive() -> list[str]:
        while (pack := keeper.pack(PATH, lessons, "en")).file is None:
            time.sleep(0.01)
        with zipfile.ZipFile(pack.file) as found:
            return found.read("index.html").decode().splitlines()[3:]

    assert archive() == ["b-web: "]
    assert archive() == ["b-web: "]
    passing.unlink()
    whole = ["b-web: b-web.en.pdf b-web.en.html b-web.en.docx b-web.en.md b-web.en.eml"]
    assert archive() == archive() == whole
    assert log.read_text() == "a-web.en b-web.en "
    assert len(list((tmp_path / "shelf").glob("*.zip"))) == 1 + len(lessons)


def test_an_archive_that_cannot_be_written_is_told_once(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = shelf(MAKES)

    def full(*_arguments: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(guide_shelf.zipfile, "ZipFile", full)
        keeper.pack(PATH, [a_scenario()], "en")
        with pytest.raises(BrokenEnvironment, match="No space left on device"):
            eventually(lambda: keeper.pack(PATH, [a_scenario()], "en").file is not None)
    eventually(lambda: keeper.pack(PATH, [a_scenario()], "en").file is not None)


def test_an_archive_that_fails_unexpectedly_is_told_once_and_begun_anew(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = shelf(MAKES)

    def damaged(*_arguments: object, **_more: object) -> None:
        raise zipfile.BadZipFile("File is not a zip file")

    with monkeypatch.context() as patch:
        patch.setattr(guide_shelf.zipfile, "ZipFile", damaged)
        keeper.pack(PATH, [a_scenario()], "en")
        with pytest.raises(BrokenEnvironment, match="could not be made"):
            eventually(lambda: keeper.pack(PATH, [a_scenario()], "en").file is not None)
    eventually(lambda: keeper.pack(PATH, [a_scenario()], "en").file is not None)


def test_an_archive_lacks_no_lesson_because_many_wait_for_guides(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guide_shelf, "WAITING", 1)
    go = tmp_path / "go"
    keeper = shelf(f"import pathlib\nwhile not pathlib.Path({str(go)!r}).exists(): pass\n{MAKES}")
    keeper.order(a_scenario(), "en")
    lessons = [a_scenario(id="a-web")]
    assert keeper.pack(PATH, lessons, "en").file is None
    with pytest.raises(BrokenEnvironment, match="Too many"):
        keeper.order(a_scenario(id="b-web"), "en")
    go.touch()
    while (pack := keeper.pack(PATH, lessons, "en")).file is None:
        time.sleep(0.01)
    with zipfile.ZipFile(pack.file) as found:
        assert "a-web.en.pdf" in found.namelist()


def test_a_failure_is_told_and_tried_again(shelf: Shelf, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    keeper = shelf(FAILS)
    first = keeper.order(a_scenario(), "en")
    with pytest.raises(BrokenEnvironment, match=r"lesson-web could not be made"):
        first.result(30)
    assert "the demo did not get through" in caplog.text
    assert list((tmp_path / "shelf").iterdir()) == []
    eventually(lambda: keeper.order(a_scenario(), "en") is not first)


def test_one_that_hangs_is_ended_with_all_its_children(shelf: Shelf, log: Path) -> None:
    order = shelf(HANGS, seconds=2).order(a_scenario(), "en")
    with pytest.raises(BrokenEnvironment):
        order.result(30)
    eventually(lambda: not psutil.pid_exists(int(log.read_text())))


def test_closing_ends_what_is_being_made(shelf: Shelf, log: Path) -> None:
    keeper = shelf(HANGS)
    order = keeper.order(a_scenario(), "en")
    waiting = keeper.order(a_scenario(), "zh_CN")
    eventually(lambda: log.is_file() and log.read_text() != "")
    keeper.close()
    assert waiting.cancelled()
    with pytest.raises(BrokenEnvironment):
        order.result(30)
    eventually(lambda: not psutil.pid_exists(int(log.read_text())))


def test_closing_at_once_waits_for_nothing(shelf: Shelf) -> None:
    keeper = shelf(HANGS)
    order = keeper.order(a_scenario(), "en")
    began = time.monotonic()
    keeper.close()
    assert time.monotonic() - began < 30
    assert order.done()


def test_the_queue_is_bounded(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guide_shelf, "WAITING", 2)
    keeper = shelf(HANGS)
    for version in (1, 2):
        keeper.order(a_scenario(version=version), "en")
    with pytest.raises(BrokenEnvironment, match="Too many"):
        keeper.order(a_scenario(version=3), "en")
