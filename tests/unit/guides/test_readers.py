"""Guides and films, read by programs that nobody here wrote: qpdf and poppler, ffmpeg and ffprobe."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from guides import pdf
from guides.edition import edition
from guides.film.drawing import WIDE
from guides.film.making import make
from guides.film.sound import GOAL, NEAR
from guides.invitation import checklist, saving, sheet
from tests.unit.guides.candidates import NOW, a_candidate, a_kit
from tests.unit.guides.films import performance, script_of
from tests.unit.guides.walks import TEXTS, walkthrough
from trainer.core.brand import Brand
from trainer.i18n import translator

pytestmark = pytest.mark.proof

LANGS = ("en", "zh_CN")
LANGUAGES = {"en": "eng", "zh_CN": "zho"}
PACKAGES = {"qpdf": "qpdf", "pdftotext": "poppler-utils", "ffmpeg": "ffmpeg", "ffprobe": "ffmpeg"}


def program(name: str) -> str:
    """Return the path of a program, or skip the test."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"needs {name} of Debian's {PACKAGES[name]}")
    return found


def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program that has to find nothing wrong."""
    done = subprocess.run([program(name), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def a_guide(lang: str) -> tuple[bytes, list[str]]:
    told = [text for name, text in TEXTS[lang].items() if name != "summary"]
    return pdf.render(edition(walkthrough(lang), date(2026, 11, 26), Brand(name="Harbour Foods"))), told


def a_sheet(lang: str) -> tuple[bytes, list[str]]:
    texts = translator("guides", lang)
    kit = a_kit(lang)
    told = [*kit.exits, saving(kit.profile, texts), *checklist(texts), "Lin Yue, lin@harbour.example"]
    return sheet(a_candidate(lang=lang), kit, NOW), told


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("made", [a_guide, a_sheet])
def test_a_pdf_is_sound_and_holds_every_caption(
    made: Callable[[str], tuple[bytes, list[str]]], lang: str, tmp_path: Path
) -> None:
    content, told = made(lang)
    file = tmp_path / "guide.pdf"
    file.write_bytes(content)
    read = "".join(run("pdftotext", "-raw", "-enc", "UTF-8", str(file), "-").stdout.split())
    assert [text for text in told if "".join(text.split()) not in read] == []
    assert "No syntax or stream encoding errors found" in run("qpdf", "--check", str(file)).stdout


@pytest.mark.parametrize("lang", LANGS)
def test_a_film_has_its_streams_length_and_loudness(lang: str, tmp_path: Path) -> None:
    program("ffprobe")
    script = script_of(performance(lang))
    file = tmp_path / "film.mp4"
    file.write_bytes(make(script, {}).files["mp4"])
    told = run(
        "ffprobe", "-v", "error", "-show_streams", "-show_format", "-show_chapters", "-of", "json", str(file)
    )
    found = json.loads(told.stdout)
    streams = {one["codec_type"]: one for one in found["streams"]}
    picture, sound, captions = (streams[kind] for kind in ("video", "audio", "subtitle"))
    assert (picture["codec_name"], picture["width"], picture["height"]) == ("h264", *WIDE)
    assert (sound["codec_name"], captions["codec_name"]) == ("aac", "mov_text")
    assert captions["tags"]["language"] == LANGUAGES[lang]
    assert float(found["format"]["duration"]) == pytest.approx(script.seconds, abs=0.15)
    assert [one["tags"]["title"] for one in found["chapters"]] == [one.title for one in script.chapters()]
    heard = run("ffmpeg", "-nostats", "-hide_banner", "-i", str(file), "-af", "ebur128", "-f", "null", "-").stderr
    loudness = re.findall(r"^\s+I:\s+(-?[\d.]+) LUFS$", heard, re.MULTILINE)[-1]
    assert float(loudness) == pytest.approx(GOAL, abs=NEAR)
    assert run("ffmpeg", "-v", "error", "-xerror", "-i", str(file), "-f", "null", "-").stderr == ""
