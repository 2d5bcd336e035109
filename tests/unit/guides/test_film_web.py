"""Films on the web: a gallery, a player with captions, a page that waits, a sentence where there is none."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import psutil
import pytest
from fastapi import FastAPI

from sandbox_hrms.app import entry_films
from tests.builders import a_scenario
from tests.unit.guides.test_web import LESSON, Catalogue, Page
from trainer.adapters import film_shelf
from trainer.adapters.film_shelf import ENDINGS, FilmShelf, Reel
from trainer.core.errors import BrokenEnvironment
from trainer.core.scenario import Scenario
from trainer.web.films import register_films
from trainer.web.services import Services

NORMAL_EXIT = a_scenario(id="normal-exit-web", family="normal-exit")

MAKES = """
import pathlib, sys
scenario, _, lang, _, out, *entry = sys.argv[1:]
name = "entry.web" if entry else scenario
print(f"{scenario} {lang} 2/4", file=sys.stderr, flush=True)
while pathlib.Path(GO).exists() is False: pass
for ending in ENDINGS: pathlib.Path(out, f"{name}.{lang}.{ending}").write_text(f"{scenario} {ending}")
"""
FAILS = "import sys; sys.exit('the demo did not get through')"
SECONDS = 60.0

Shelf = Callable[..., FilmShelf]


@pytest.fixture
def go(tmp_path: Path) -> Path:
    return tmp_path / "go"


@pytest.fixture
def shelf(tmp_path: Path, go: Path) -> Iterator[Shelf]:
    made: list[FilmShelf] = []

    def make(program: str, **more: Any) -> FilmShelf:
        program = program.replace("GO", repr(str(go))).replace("ENDINGS", repr(ENDINGS))
        made.append(FilmShelf(tmp_path / "shelf", command=(sys.executable, "-c", program), **more))
        return made[-1]

    yield make
    for one in made:
        one.close()


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_film_is_made_once_with_its_progress_and_kept(shelf: Shelf, go: Path) -> None:
    films, lesson = shelf(MAKES), a_scenario()
    assert films.find(lesson, "en") is None
    assert films.order(lesson, "en").files == {}
    until(lambda: films.order(lesson, "en").share == 0.125)  # the second of four steps, of the first half
    go.touch()
    until(lambda: films.order(lesson, "en").files)
    assert films.order(lesson, "en").files["txt"].read_text() == "lesson-web txt"
    assert films.find(lesson, "zh_CN") is None
    assert films.find(a_scenario(version=2), "en") is None


def test_a_film_that_was_made_by_the_command_is_shown_to_candidates(shelf: Shelf, tmp_path: Path) -> None:
    films = shelf(FAILS)
    for version in (1, 2):
        lesson = NORMAL_EXIT.model_copy(update={"version": version})
        files = {ending: f"{version} {ending}".encode() for ending in (*ENDINGS, "sheet.jpg")}
        films.keep(lesson, "en", files, entry=True)
        assert films.find(lesson, "en", entry=True) is not None
        assert entry_films.find(tmp_path / "shelf", "web", "en")["mp4"].read_bytes() == f"{version} mp4".encode()
    assert len(list((tmp_path / "shelf").iterdir())) == len(ENDINGS)
    (tmp_path / "shelf").rename(tmp_path / "away")
    (tmp_path / "shelf").touch()
    with pytest.raises(BrokenEnvironment, match="cannot be written"):
        films.keep(NORMAL_EXIT, "en", dict.fromkeys(ENDINGS, b""))


def test_the_minute_about_the_exit_stands_where_the_practice_hr_system_looks(shelf: Shelf, go: Path) -> None:
    go.touch()
    films = shelf(MAKES)
    until(lambda: films.order(a_scenario(), "en", entry=True).files)
    assert films.find(a_scenario(), "en") is None
    found = entry_films.find(go.parent / "shelf", "web", "en")
    assert found["mp4"].read_text("utf-8") == "lesson-web mp4"
    assert set(found) == {"mp4", "vtt", "jpg"}
    assert entry_films.find(go.parent / "shelf", "web", "zh_CN") == {}
    assert entry_films.find(go.parent / "shelf", "../web", "en") == {}


def test_a_film_that_fails_is_told_once_and_begun_anew(shelf: Shelf) -> None:
    films, lesson = shelf(FAILS), a_scenario()
    until(lambda: refused(films))
    assert films.order(lesson, "en").files == {}


def test_a_film_that_fails_unexpectedly_is_told_once_and_begun_anew(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    films = shelf(FAILS)

    def unexpected(*_arguments: object) -> None:
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")

    with monkeypatch.context() as patch:
        patch.setattr(film_shelf, "started", unexpected)
        until(lambda: refused(films))
    assert films.order(a_scenario(), "en").files == {}


def test_films_that_failed_keep_nobody_from_making_another(
    shelf: Shelf, go: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film_shelf, "WAITING", 2)
    films = shelf(f"import pathlib\nwhile not pathlib.Path(GO).exists(): pass\n{FAILS}")

    def begun(version: int) -> bool:
        with suppress(BrokenEnvironment):
            return films.order(a_scenario(version=version), "en").files == {}
        return False

    assert [begun(version) for version in (1, 2, 3)] == [True, True, False]  # two are in the making: too many
    go.touch()
    until(lambda: begun(3))  # both have failed, and nobody asked for them again
    until(lambda: begun(4))


def test_a_film_that_hangs_is_ended_and_so_is_one_at_closing(shelf: Shelf) -> None:
    films = shelf(MAKES, make_seconds=0.5)
    films.order(a_scenario(), "en")
    until(lambda: refused(films))
    films = shelf(MAKES)
    films.order(a_scenario(), "zh_CN")
    until(making)
    films.close()
    assert not making()


def refused(films: FilmShelf) -> bool:
    try:
        films.order(a_scenario(), "en")
    except BrokenEnvironment:
        return True
    return False


def making() -> list[psutil.Process]:
    """Return the processes that make a film."""
    return [child for child in living(psutil.Process().children()) if "lesson-web" in " ".join(child.cmdline())]


def living(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


class Films:
    """Gives one answer to every order, and a film that is there to who looks for one in English."""

    def __init__(self, answer: Reel | Exception, there: Reel | None = None, *, entry: bool = False) -> None:
        self.entry = entry
        self.answer = answer
        self.there = there

    def find(self, _scenario: object, lang: str, *, entry: bool = False) -> Reel | None:
        return self.there if lang == "en" and entry == self.entry else None

    def order(self, _scenario: object, _lang: str, *, entry: bool = False) -> Reel:
        assert entry == self.entry
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def reel(tmp_path: Path) -> Reel:
    files = {ending: tmp_path / f"film.{ending}" for ending in ENDINGS}
    for ending, file in files.items():
        file.write_text(f"<{ending}>" * 50, "utf-8")
    return Reel(1.0, files)


def visit(films: Films, *lessons: Scenario) -> Page:
    known = Catalogue()
    if lessons:
        known.all = lambda: lessons  # type: ignore[method-assign]
    known.scenarios = known
    app = FastAPI()
    register_films(cast("Any", app), cast("Services", known), films)
    return Page(app)


def test_a_film_is_played_with_captions_and_chapters(reel: Reel) -> None:
    answer = visit(Films(reel, reel)).get("/film/lesson-web?lang=en")
    assert answer.status_code == 200
    for part in (
        'src="/film/lesson-web/en/mp4"',
        'kind="captions"',
        'kind="chapters"',
        'poster="/film/lesson-web/en/jpg"',
        'class="site-header"',
        'action="/language/zh_CN"',
    ):
        assert part in answer.text
    assert "&lt;txt&gt;" in answer.text
    assert "<script>" not in answer.text  # the lesson's title holds one


def test_its_files_are_served_in_parts_and_uncompressed(reel: Reel) -> None:
    page = visit(Films(reel, reel))
    answer = page.get("/film/lesson-web/en/mp4", {"Range": "bytes=1-3"})
    assert (answer.status_code, answer.content) == (206, b"mp4")
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-encoding"] == "identity"
    for wrong in ("other/en/mp4", "lesson-web/xx/mp4", "lesson-web/en/exe", "lesson-web/zh_CN/mp4"):
        assert page.get(f"/film/{wrong}").status_code == 404


def test_the_minute_about_the_exit_is_a_film_of_its_own(reel: Reel) -> None:
    page = visit(Films(reel, reel, entry=True), NORMAL_EXIT)
    answer = page.get("/film/normal-exit-web?lang=en&entry=1")
    assert answer.status_code == 200
    assert "How to leave this interview" in answer.text
    assert 'src="/film/normal-exit-web/en/mp4?entry=1"' in answer.text
    assert page.get("/film/normal-exit-web/en/mp4?entry=1").status_code == 200
    assert page.get("/film/normal-exit-web/en/mp4").status_code == 404  # the whole lesson is not there
    whole = visit(Films(reel, reel), NORMAL_EXIT).get("/film/normal-exit-web?lang=en")
    assert 'href="/film/normal-exit-web?lang=en&amp;entry=1"' in whole.text
    lesson = a_scenario(family="crash-recovery")
    other = visit(Films(reel, reel, entry=True), lesson).get("/film/lesson-web?lang=en&entry=1")
    assert other.status_code == 404  # a lesson that is not about leaving


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_who_waits_is_told_how_far_it_is(lang: str) -> None:
    answer = visit(Films(Reel(0.42, {}))).get(f"/film/lesson-web?lang={lang}")
    assert 'data-testid="film.waiting"' in answer.text
    assert 'value="42"' in answer.text
    assert 'http-equiv="refresh"' in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_where_there_is_none_a_sentence_says_so() -> None:
    broken = visit(Films(BrokenEnvironment("No <voice>.", "Do this."))).get("/film/lesson-web?lang=en")
    assert broken.status_code == 503
    assert "No &lt;voice&gt;." in broken.text
    assert "Do this." in broken.text
    assert visit(Films(Reel(0, {}))).get("/film/other").status_code == 404


def test_the_gallery_shows_every_lesson(reel: Reel) -> None:
    page = visit(Films(reel, reel))
    english, chinese = (page.get(f"/films?lang={lang}").text for lang in ("en", "zh_CN"))
    assert f'data-testid="films.row[{LESSON.id}]"' in english
    assert 'src="/film/lesson-web/en/jpg"' in english
    assert "/jpg" not in chinese  # not made yet
    assert "<script>" not in english


@pytest.mark.parametrize(
    ("profile", "told"),
    [
        ("app", "Phone system"),
        ("app@2", "Phone system, version 2"),
        ("house-hr@3", "house-hr, version 3"),
        ("", ""),
    ],
)
def test_the_gallery_names_the_system_and_its_version(shelf: Shelf, profile: str, told: str) -> None:
    shown = visit(shelf(FAILS), a_scenario(profile=profile)).get("/films?lang=en").text
    assert " · ".join(part for part in (told, "Made when you open it") if part) in shown
