"""`trainer record` with a real browser, a real sandbox HRMS and a real voice."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import av
import pytest

from guides.film import sound
from guides.film.entry import LONGEST_SECONDS
from tests.e2e.commands import trainer
from tests.e2e.test_guide import ENGLISH, LANGS, lesson
from trainer.adapters.in_memory import InMemoryVoice
from trainer.cli import record
from trainer.core.brand import Brand
from trainer.core.errors import BrokenEnvironment, ExitCode
from trainer.i18n import translator

pytestmark = pytest.mark.browser

ENDINGS = ("chapters.vtt", "jpg", "mp4", "sheet.jpg", "srt", "txt", "vtt")
SMALL = "short-lesson-web"
CUES = """
const {WebVTTParser} = require("webvtt-parser");
const parsed = new WebVTTParser().parse(require("fs").readFileSync(0, "utf8"), "metadata");
console.log(JSON.stringify({errors: parsed.errors.map(one => one.message), count: parsed.cues.length}));
"""


def small_lesson(folder: Path) -> Path:
    """Write the lesson with its first two steps only."""
    file = lesson(folder)
    file.write_text(file.read_text("utf-8").partition("  - id: answer")[0], "utf-8")
    return file


def test_a_lesson_is_filmed_and_a_change_of_words_draws_one_scene(tmp_path: Path) -> None:
    file, out = small_lesson(tmp_path), tmp_path / "new" / "films"
    env = {**ENGLISH, "TRAINER_HOME": str(tmp_path / "home")}
    code, data, talk = trainer("record", str(file), "-o", str(out), "--lang", "en", env=env)
    assert code == 0, talk
    assert data.split() == [str(out / f"{SMALL}.en.mp4")]
    assert sorted(path.name for path in out.iterdir()) == [f"{SMALL}.en.{ending}" for ending in ENDINGS]
    assert f"{SMALL} en 2/2" in talk
    assert "4 scenes drawn" in talk
    film = out / f"{SMALL}.en.mp4"
    with av.open(str(film)) as read:
        assert [stream.type for stream in read.streams][:3] == ["video", "audio", "subtitle"]
    assert sound.loudness(sound.decoded_track(film)) == pytest.approx(-16, abs=1)
    before = film.read_bytes()

    sees = "The first question stands above a large empty box."
    file.write_text(file.read_text("utf-8").replace(sees, "Now you see the first question."), "utf-8")
    code, _data, talk = trainer("record", str(file), "-o", str(out), "--lang", "en", env=env)
    assert code == 0, talk
    assert "1 scene drawn" in talk
    assert f"{SMALL} en 2/2" not in talk  # nobody performed it again
    assert "Now you see the first question." in (out / f"{SMALL}.en.vtt").read_text("utf-8")
    assert film.read_bytes() != before


@pytest.mark.proof
@pytest.mark.parametrize("name", ["normal-exit-web", "normal-exit-app"])
def test_films_of_lessons_in_both_languages(tmp_path: Path, name: str) -> None:
    code, data, talk = trainer("record", name, "-o", str(tmp_path), env=ENGLISH)
    assert code == 0, talk
    assert len(data.split()) == 2
    for lang in LANGS:
        with av.open(str(tmp_path / f"{name}.{lang}.mp4")) as read:
            picture = read.streams.video[0]
            assert (picture.width > picture.height) is (name == "normal-exit-web")
            assert 30 < (read.duration or 0) / 1e6 < 150
        words = "".join((tmp_path / f"{name}.{lang}.txt").read_text("utf-8").split())
        title = translator("scenarios", lang).gettext(
            "Finish an interview and leave" if name == "normal-exit-web" else "Finish an interview on the phone"
        )
        assert "".join(title.split()) in words


@pytest.mark.proof
@pytest.mark.parametrize("kind", ["web", "app", "integrated", "cloud", "local", "suite"])
def test_a_minute_shows_the_exit_of_each_kind_of_system(tmp_path: Path, kind: str) -> None:
    code, data, talk = trainer("record", f"normal-exit-{kind}", "--entry", "-o", str(tmp_path), env=ENGLISH)
    assert code == 0, talk
    assert sorted(data.split()) == [str(tmp_path / f"entry.{kind}.{lang}.mp4") for lang in LANGS]
    for lang in LANGS:
        with av.open(str(tmp_path / f"entry.{kind}.{lang}.mp4")) as read:
            assert [stream.type for stream in read.streams][:3] == ["video", "audio", "subtitle"]
            assert 15 < (read.duration or 0) / 1e6 <= LONGEST_SECONDS + 1


@pytest.mark.proof
def test_captions_are_read_by_a_parser_of_others(tmp_path: Path) -> None:
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("no node here")
    got = subprocess.run(
        [npm, "install", "--silent", "--no-audit", "--no-fund", "webvtt-parser@2.2.0"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    if got.returncode:
        pytest.skip("webvtt-parser cannot be had here")
    code, _data, talk = trainer("record", str(small_lesson(tmp_path)), "-o", str(tmp_path), env=ENGLISH)
    assert code == 0, talk
    for lang in LANGS:
        for ending in ("vtt", "chapters.vtt"):
            content = (tmp_path / f"{SMALL}.{lang}.{ending}").read_bytes()
            parsed = subprocess.run(
                [node, "-e", CUES], cwd=tmp_path, input=content, capture_output=True, check=True
            ).stdout.decode()
            assert '"errors":[]' in parsed, parsed
            assert f'"count":{content.count(b"-->")}' in parsed


def test_without_a_voice_nobody_performs_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voice = InMemoryVoice()
    voice.broken = "There is no voice."
    studio = record.Studio(record.bootstrap.scenarios().get("normal-exit-web"), None, voice, Brand())
    monkeypatch.setenv("TRAINER_HOME", str(tmp_path))
    monkeypatch.setattr(record.bootstrap, "venue", lambda *_arguments, **_options: pytest.fail("it performs"))
    with studio, pytest.raises(BrokenEnvironment, match="no voice") as refused:
        studio.film("en", lambda *_progress: None)
    assert refused.value.exit_code is ExitCode.ENVIRONMENT
