"""`trainer guide` with a real browser and a real sandbox HRMS: what it writes, what it says, how it refuses."""

from __future__ import annotations

import io
import os
import re
import time
from http import HTTPStatus
from pathlib import Path

import httpx
import psutil
import pytest
from PIL import Image, ImageChops
from pypdf import PdfReader

from guides.pictures import ACCENT
from tests.e2e.commands import SECONDS, gone, trainer
from tests.ui.practice.trainees import Trainer
from trainer.i18n import translator

pytestmark = pytest.mark.browser

LANGS = ("en", "zh_CN")
ENGLISH = {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
BUSY = 6
"""Processes below a server that makes a guide: its HRMS, `trainer guide`, and HRMS, driver and browser of that."""

LESSON = """\
id: short-lesson-web
version: 1
title: Finish an interview and leave
family: normal-exit
profile: web
seed: {dataset: sales_two_openings, random: 7}
as: candidate
steps:
  - id: start
    say: Open your interview, read the notice, tick the box below it and press Begin.
    sees: The notice makes room for the device check.
    do: [{click: home.start}, {tick: consent.agree}, {click: consent.begin}]
    expect: [{stored: "interview.status == 'EXPECTED'"}]
  - id: devices
    say: You know the device check already, so skip it.
    sees: The first question stands above a large empty box.
    do: [{click: device.skip}]
    expect: [{stored: "sitting.device_check == 'skipped'"}]
  - id: answer
    repeat: ${questions[0:2]}
    say: Answer question ${question.number}. Type into the large box, then press Submit answer.
    sees: The answer is stored, and the next question opens by itself.
    do: [{fill: interview.answer, text: "${question.sample}"}, {click: interview.submit}]
    expect: [{stored: "sitting.answers[?question=='${question.id}'].saved | [0] == 'saved'"}]
"""


def lesson(folder: Path, expected: str = "in_progress") -> Path:
    file = folder / "short-lesson-web.yaml"
    file.write_text(LESSON.replace("EXPECTED", expected), "utf-8")
    return file


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guide")
    out = folder / "new" / "folder"
    code, data, talk = trainer("guide", str(lesson(folder)), "-o", str(out), "--to", "pdf,md", env=ENGLISH)
    assert code == 0, talk
    names = [f"short-lesson-web.{lang}.{form}" for lang in LANGS for form in ("md", "pdf")]
    assert sorted(data.split()) == [str(out / name) for name in names]
    assert "short-lesson-web en 4/4" in talk
    assert talk.splitlines()[-1].startswith("→ trainer ")
    assert re.search(r"^2 guides, \d+\.\d MB, \d+ s\.$", talk, re.MULTILINE)
    folders = [f"short-lesson-web.{lang}" for lang in LANGS]
    assert sorted(path.name for path in out.iterdir()) == sorted([*names, *folders, "guides.json"])
    for name in folders:
        linked = re.findall(rf"{name}/[0-9-]+\.png", (out / f"{name}.md").read_text("utf-8"))
        assert sorted(linked) == sorted(path.relative_to(out).as_posix() for path in (out / name).iterdir())
    return out


@pytest.mark.proof
def test_a_fresh_guide_is_not_stale(made: Path) -> None:
    file = str(made.parents[1] / "short-lesson-web.yaml")
    code, data, talk = trainer("guide", file, "-o", str(made), "--check", "--lang", "en", env=ENGLISH)
    assert (code, data) == (0, ""), talk
    assert "0 of 1 guides are stale." in talk


@pytest.mark.proof
def test_a_guide_is_stale_when_its_lesson_or_a_file_has_changed(made: Path, tmp_path: Path) -> None:
    file = lesson(tmp_path)
    file.write_text(file.read_text("utf-8").replace("version: 1", "version: 2"), "utf-8")
    brand = tmp_path / "brand.yaml"
    brand.write_text("name: Harbour\n", "utf-8")
    kept = (made / "guides.json").read_text("utf-8")
    out = tmp_path / "out"
    out.mkdir()
    (out / "guides.json").write_text(kept, "utf-8")
    (out / "short-lesson-web.en.pdf").touch()
    (out / "short-lesson-web.en.md").touch()
    options = ("-o", str(out), "--check", "--brand", str(brand))
    code, data, talk = trainer("guide", str(file), *options, env=ENGLISH)
    assert code == 1
    why = "the lesson has changed; the brand has changed"
    missing = "short-lesson-web.zh_CN.pdf is missing; short-lesson-web.zh_CN.md is missing"
    assert data.splitlines() == [f"short-lesson-web.en: {why}", f"short-lesson-web.zh_CN: {why}; {missing}"]
    assert talk.splitlines()[-2:] == [
        "2 of 2 guides are stale.",
        f"→ trainer guide short-lesson-web -o {out} --to md,pdf",
    ]


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("lang", LANGS)
def test_a_guide_tells_the_lesson_in_its_own_language(made: Path, lang: str) -> None:
    reader = PdfReader(made / f"short-lesson-web.{lang}.pdf", strict=True)
    whole = squeezed("".join(page.extract_text() for page in reader.pages))
    gettext = translator("scenarios", lang).gettext
    for text in (
        "Finish an interview and leave",
        "Open your interview, read the notice, tick the box below it and press Begin.",
        "You know the device check already, so skip it.",
        "The answer is stored, and the next question opens by itself.",
    ):
        assert squeezed(gettext(text)) in whole
    counted = gettext("Answer question ${question.number}. Type into the large box, then press Submit answer.")
    assert squeezed(counted.replace("${question.number}", "1–2")) in whole
    assert squeezed(translator("guides", lang).gettext("Do this {times} times in a row.").format(times=2)) in whole
    assert len(reader.outline) == 4


@pytest.mark.parametrize("lang", LANGS)
def test_its_pictures_are_sharp_ringed_and_all_different(made: Path, lang: str) -> None:
    pictures = pictures_of(made / f"short-lesson-web.{lang}.pdf")
    assert len(pictures) >= 4
    assert all(picture.width == 2048 for picture in pictures)
    assert len({picture.tobytes() for picture in pictures}) == len(pictures)
    assert sum(ringed(picture) for picture in pictures) >= 4


def test_its_pictures_are_in_its_own_language(made: Path) -> None:
    english, chinese = (pictures_of(made / f"short-lesson-web.{lang}.pdf") for lang in LANGS)
    assert not {picture.tobytes() for picture in english} & {picture.tobytes() for picture in chinese}


def pictures_of(file: Path) -> list[Image.Image]:
    """Return the pictures of the steps, without the cover."""
    pages = PdfReader(file).pages[2:]
    return [Image.open(io.BytesIO(image.data)).convert("RGB") for page in pages for image in page.images]


def ringed(picture: Image.Image) -> bool:
    """Tell whether there is more of the rings' colour in the picture than text of that colour would be."""
    plain = Image.new("RGB", picture.size, ACCENT)
    near = ImageChops.difference(picture, plain).convert("L").point(lambda value: 255 if value < 4 else 0)
    return near.histogram()[255] > 1000


@pytest.mark.proof
def test_a_language_that_is_only_begun_is_told_as_far_as_it_goes(tmp_path: Path) -> None:
    options = ("-o", str(tmp_path), "--lang", "ja", "--to", "pdf,md")
    code, _data, talk = trainer("guide", "normal-exit-web", *options, env=ENGLISH)
    assert code == 0, talk
    assert re.search(r"normal-exit-web\.ja: \d+ texts are not translated yet", talk)
    assert "no glyph" not in talk
    text = (tmp_path / "normal-exit-web.ja.md").read_text("utf-8")
    assert "面接を正しくおえて出る" in text
    assert "The first question stands above a large empty box" in text


@pytest.mark.proof
def test_a_lesson_that_does_not_play_gets_no_guide(tmp_path: Path) -> None:
    out = tmp_path / "out"
    file = lesson(tmp_path, expected="to_review")
    code, data, talk = trainer("guide", str(file), "-o", str(out), "--lang", "en", env=ENGLISH)
    assert (code, data) == (1, "")
    assert "No guide of short-lesson-web: the demo did not get through." in talk
    assert "step start" in talk
    assert "interview.status == 'to_review'" in talk
    assert "Traceback" not in talk
    assert talk.splitlines()[-1].startswith("→ ")
    assert list(out.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("normal-exit-wbe",), 2, "normal-exit-wbe"),
        (("normal-exit-web", "-o", "FILE"), 2, "cannot be written to"),
        (("normal-exit-web", "--to", "pdf,odt"), 2, "There is no format `odt`."),
        (("normal-exit-web", "--brand", "FILE"), 2, "a brand must be a mapping"),
        (("--check", "-o", "EMPTY"), 2, "There are no guides in"),
    ],
)
def test_mistakes_are_told_in_a_sentence(tmp_path: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    (tmp_path / "file").write_text("in the way")
    places = {"FILE": tmp_path / "file", "EMPTY": tmp_path}
    given = [str(places.get(argument, argument)) for argument in arguments]
    found, data, talk = trainer("guide", *given, env=ENGLISH)
    assert (found, data) == (code, "")
    assert said in talk
    assert "Traceback" not in talk


def test_without_a_browser_it_says_so(tmp_path: Path) -> None:
    env = {**ENGLISH, "PATH": os.devnull, "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path), "TRAINER_BROWSER": "/nowhere"}
    code, data, talk = trainer("guide", "normal-exit-web", "-o", str(tmp_path / "out"), env=env)
    assert (code, data) == (3, ""), talk
    assert "browser" in talk.lower()
    assert "Traceback" not in talk


@pytest.mark.proof
def test_a_server_makes_guides_on_demand_and_leaves_nothing_behind(tmp_path: Path) -> None:
    server = Trainer(tmp_path)
    address = f"{server.url}/guide/normal-exit-web.pdf"
    process = next(child for child in psutil.Process().children() if str(server.port) in child.cmdline())
    family: list[psutil.Process] = []
    try:
        answer = httpx.get(address, params={"lang": "en"}, timeout=30)
        assert 'data-testid="guide.waiting"' in answer.text
        assert "script-src" in answer.headers["content-security-policy"]
        deadline = time.monotonic() + SECONDS
        while answer.headers["content-type"] != "application/pdf":
            assert answer.status_code == HTTPStatus.OK, answer.text
            assert time.monotonic() < deadline
            time.sleep(0.5)
            answer = httpx.get(address, params={"lang": "en"}, timeout=30)
        assert PdfReader(io.BytesIO(answer.content)).metadata["/Title"] == "Finish an interview and leave"
        assert httpx.get(f"{server.url}/guide/other.pdf").status_code == HTTPStatus.NOT_FOUND
        httpx.get(address, params={"lang": "zh_CN"}, timeout=30)
        eventually = time.monotonic() + SECONDS
        while len(family) < BUSY and time.monotonic() < eventually:
            family = process.children(recursive=True)
    finally:
        server.stop()
    assert gone(family)
    assert list((tmp_path / "guides").glob(".making-*")) == []
