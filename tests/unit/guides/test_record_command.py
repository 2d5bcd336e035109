"""`trainer record` and `make guides`: what is told of all films, where they go; one refusal stops nothing."""

from __future__ import annotations

import subprocess
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from guides.film.making import Film
from sandbox_hrms.app import entry_films
from trainer.adapters.film_shelf import ENDINGS
from trainer.adapters.in_memory import InMemoryVoice
from trainer.app.publish import NoGuide
from trainer.cli import record
from trainer.core.brand import Brand
from trainer.core.errors import BadInput, ExitCode

ROOT = Path(__file__).parents[3]
FILM = Film({ending: bytes(250_000) for ending in (*ENDINGS, "sheet.jpg")}, 60.0, 3, ())


@pytest.fixture
def filmed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Make every film at once, but none of the lesson for phones; return the home."""

    def film(studio: record.Studio, *_arguments: Any, **_options: Any) -> Film:
        if studio.scenario.profile == "app":
            raise NoGuide("The demo of the phone did not get through.")
        return FILM

    monkeypatch.setenv("TRAINER_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(record.Studio, "film", film)
    monkeypatch.setattr(record.bootstrap, "voice", lambda: nullcontext(InMemoryVoice()))
    return tmp_path / "home"


def command(*arguments: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(record.record, arguments, standalone_mode=False, catch_exceptions=False)
    return int(found.return_value), found.stdout, found.stderr


def test_size_time_and_speed_of_all_films_are_told_and_one_refusal_stops_none(
    filmed: Path, tmp_path: Path
) -> None:
    del filmed
    ids = ("normal-exit-app", "normal-exit-web", "normal-exit-cloud")
    code, data, talk = command(*ids, "--entry", "-o", str(tmp_path / "out"), "--lang", "en")
    assert code == ExitCode.CHECK_FAILED
    assert [Path(one).name for one in data.split()] == ["entry.web.en.mp4", "entry.cloud.en.mp4"]
    assert "The demo of the phone did not get through." in talk
    lines = [line for line in talk.splitlines() if "× real time" in line]
    assert ["1.8 MB, 60 s of film in" in line for line in lines] == [True, True, False]
    assert lines[-1].startswith("2 films: 3.5 MB, 120 s of film in ")


def test_the_minutes_stand_where_the_practice_hr_system_looks(filmed: Path, tmp_path: Path) -> None:
    shelf = filmed / "films" / "shelf"
    code, _data, talk = command("normal-exit-web", "--entry", "-o", str(tmp_path / "out"))
    assert code == 0, talk
    for lang in ("en", "zh_CN"):
        assert set(entry_films.find(shelf, "web", lang)) == {"mp4", "vtt", "jpg"}
    other = tmp_path / "mine.yaml"
    other.write_text(record.bootstrap.scenarios().ids()["normal-exit-cloud"].read_text("utf-8"), "utf-8")
    assert command(str(other), "--entry", "-o", str(tmp_path / "out"))[0] == 0
    assert entry_films.find(shelf, "cloud", "en") == {}  # a lesson of one's own is not shown to candidates


def test_of_a_lesson_that_shows_no_exit_no_minute_is_begun(filmed: Path, tmp_path: Path) -> None:
    del filmed
    with pytest.raises(BadInput, match="read-results-web does not show how to leave"):
        command("normal-exit-web", "read-results-web", "--entry", "-o", str(tmp_path / "out"))
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(("codes", "worst"), [((0, 0, 0), 0), ((1, 0, 0), 1), ((1, 3, 0), 3), ((3, 0, 1), 3)])
def test_a_refused_guide_does_not_stop_the_films(tmp_path: Path, codes: tuple[int, ...], worst: int) -> None:
    fake = tmp_path / "trainer"
    told = tmp_path / "told"
    fake.write_text(
        f'#!/bin/sh\necho "$@" >> {told}\n'
        f"exit $(echo {' '.join(map(str, codes))} | cut -d' ' -f$(grep -c . {told}))\n"
    )
    fake.chmod(0o755)
    made = subprocess.run(
        ["make", "--old-file=setup", "guides", f"BIN={tmp_path}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line.split()[0] for line in told.read_text().splitlines()] == ["guide", "record", "record"]
    assert (f"Error {worst}" in made.stderr) is (worst > 0), made.stderr


def test_films_have_the_brand_of_option_or_environment_and_stand_on_its_shelf(
    filmed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "brand.yaml"
    file.write_text("name: Harbour Foods\nprimary: '#00695c'\n", "utf-8")
    seen: list[Brand] = []

    def film(studio: record.Studio, *_arguments: Any, **_options: Any) -> Film:
        seen.append(studio.brand)
        return FILM

    monkeypatch.setattr(record.Studio, "film", film)
    lesson = record.bootstrap.scenarios().get("normal-exit-web")
    options = ("normal-exit-web", "-o", str(filmed / "out"), "--lang", "en")
    assert command(*options, "--brand", str(file))[0] == 0
    assert record.bootstrap.films().find(lesson, "en") is None
    monkeypatch.setenv("TRAINER_BRAND", str(file))
    assert record.bootstrap.films().find(lesson, "en") is not None
    assert command(*options)[0] == 0
    assert [one.name for one in seen] == ["Harbour Foods"] * 2
