"""A film holds what was performed and said, can be read by others, is made again only where it changed."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops

from guides.film import cutting, gates, sound
from guides.film.captions import LONGEST, Cue, as_srt, as_webvtt, cues, reading_seconds, width
from guides.film.drawing import FPS, TALL, WIDE, frames
from guides.film.entry import LONGEST_SECONDS, excerpt
from guides.film.making import Film, make
from guides.film.script import Scene, Script
from guides.invitation import saving
from tests.unit.guides.films import OUTSIDE, performance, script_of
from trainer.adapters.in_memory import InMemoryVoice
from trainer.core.brand import Brand
from trainer.core.errors import BadInput
from trainer.core.walkthrough import Box, Glimpse
from trainer.i18n import translator

OURS = Brand()


@pytest.fixture(scope="module", params=["en", pytest.param("zh_CN", marks=pytest.mark.proof)])
def script(request: pytest.FixtureRequest) -> Script:
    return script_of(performance(request.param))


@pytest.fixture(scope="module")
def film(script: Script) -> Film:
    return make(script, {})


@pytest.fixture
def file(film: Film, tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(film.files["mp4"])
    return path


# -- captions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Short.",
        "Open your interview, read the notice, tick the box below it and press Begin when you have done all that.",
        "在旧版本中，您要先打开带三个点的菜单。现在请按底部栏里的“结束”，然后在弹出的对话框中确认，面试就会结束，结果会立即交给人力资源部门。",
        "averylongwordwithoutanyspace" * 4,
    ],
)
def test_captions_are_short_follow_each_other_and_lose_nothing(text: str) -> None:
    pieces = list(cues(text, 2.0, 6.0))
    assert "".join("".join(cue.text.split()) for cue in pieces) == "".join(text.split())
    assert all(width(cue.text) <= max(LONGEST, *map(width, text.split())) for cue in pieces)
    assert pieces[0].start == 2.0
    assert pieces[-1].end == pytest.approx(8.0)
    assert all(one.end == following.start for one, following in pairwise(pieces))


def test_no_caption_is_cut_inside_of_a_number_or_is_longer_than_two_lines() -> None:
    told = "The interview begins at 10:30 on 192.168.0.15:8090, its weight is 3.5, and it takes 1,200 seconds, "
    for shift in range(0, 60, 3):
        text = f"{'x' * shift} {told * 2}"
        words = [word for cue in cues(text, 0.0, 9.0) for word in cue.text.split()]
        assert words == text.split()
    long = "面试官在系统里看到的内容与候选人提交的内容完全一致并且每一次修改都会留下记录" * 3
    shown = [cue.text for cue in cues(f"{long}，好。", 0.0, 9.0)]
    assert "".join(shown) == f"{long}，好。"
    assert all(width(text) <= LONGEST and text[0] not in "，。" for text in shown)


def test_chinese_takes_longer_to_read_letter_by_letter() -> None:
    assert reading_seconds("面试状态变为待评估，人力资源可见") > 1.5 * reading_seconds("x" * 16)


def test_captions_as_files() -> None:
    shown = [Cue(0.35, 2.0, "a < b & c"), Cue(3661.5, 3662.0, "再见")]
    assert as_webvtt(shown) == (
        "WEBVTT\n\n00:00:00.350 --> 00:00:02.000\na &lt; b &amp; c\n\n01:01:01.500 --> 01:01:02.000\n再见\n"
    )
    assert as_srt(shown) == (
        "1\n00:00:00,350 --> 00:00:02,000\na < b & c\n\n2\n01:01:01,500 --> 01:01:02,000\n再见\n"
    )


# -- script --------------------------------------------------------------------------------------------------


def test_everything_said_has_its_time(script: Script) -> None:
    for scene in script.scenes:
        for line, following in pairwise(scene.lines):
            assert line.start + line.shown < following.start
        assert all(line.start + line.seconds <= scene.seconds for line in scene.lines)
    assert [scene.id for scene in script.scenes] == ["title", "start", "answer.1", "answer.2", "end", "recap"]


def test_chapters_fill_the_film(script: Script) -> None:
    chapters = script.chapters()
    assert [chapter.start for chapter in chapters[1:]] == [chapter.end for chapter in chapters[:-1]]
    assert (chapters[0].start, chapters[-1].end) == (0.0, pytest.approx(script.seconds))
    assert len(chapters) == 5


def test_a_repetition_is_told_in_its_first_sentence() -> None:
    voice = InMemoryVoice()
    script_of(performance(answer="Answer it. Then press Submit."), voice)
    assert voice.said.count("Answer it. Then press Submit.") == 1
    assert voice.said.count("Answer it.") == 1


def test_nothing_changes_before_the_click(script: Script) -> None:
    scene = script.scenes[2]
    _fill, press = (one.ring for one in scene.pointings)
    saving = next(change for change in scene.changes if change.start >= (press or 0))
    assert press is not None
    assert press <= saving.start < press + 0.5  # the five seconds that the machine took are cut short
    assert [change.typed is not None for change in scene.changes].index(True) < scene.changes.index(saving)


# -- pictures ------------------------------------------------------------------------------------------------


def drawn(scene: Scene, second: float, brand: Brand = OURS) -> Image.Image:
    """Return what a scene shows at a second."""
    last = None
    for tick, image in frames(scene, brand):
        if tick > round(second * FPS):
            break
        last = image
    assert last is not None
    return last


def test_a_ring_shows_where_is_clicked(script: Script) -> None:
    scene = script.scenes[1]
    ring = scene.pointings[0].ring or 0
    before, after = (drawn(scene, ring + second) for second in (-0.1, 0.07))
    assert not tinted(before)
    assert tinted(after)


def tinted(image: Image.Image) -> int:
    near = ImageChops.difference(image, Image.new("RGB", image.size, Brand().accent)).convert("L")
    return sum(near.histogram()[:24])


def test_text_is_typed_from_the_left(script: Script) -> None:
    scene = script.scenes[2]
    typing = next(change for change in scene.changes if change.typed)
    early, late = (drawn(scene, typing.start + share * typing.seconds) for share in (0.5, 1.1))
    empty = drawn(scene, typing.start - 0.1)
    reach = [ImageChops.difference(empty, one).crop((0, 200, *WIDE)).getbbox() for one in (early, late)]
    assert reach[0] is not None
    assert reach[1] is not None
    assert reach[0][2] < reach[1][2]


def share_of(colour: str, image: Image.Image) -> float:
    """Return how much of a picture has nearly this colour."""
    near = ImageChops.difference(image, Image.new("RGB", image.size, colour)).convert("L")
    return sum(near.histogram()[:6]) / (image.width * image.height)


@pytest.mark.parametrize("window", [None, (390, 844)])
def test_a_brand_is_seen_in_all_of_a_film(script: Script, window: tuple[int, int] | None) -> None:
    logo = io.BytesIO()
    Image.new("RGB", (300, 100), "#00ff00").save(logo, "PNG")
    brand = Brand(primary="#7b1fa2", accent="#bf360c", logo=logo.getvalue(), footer="Ask training@harbour.example")
    scenes = [replace(scene, window=window or scene.window) for scene in script.scenes]
    title, step, recap = scenes[0], scenes[1], scenes[-1]
    for card in (title, recap):
        assert share_of("#00ff00", drawn(card, 0, brand)) > 0.003
        assert share_of("#00ff00", drawn(card, 0)) == 0
        named = drawn(card, 0, Brand(name="Harbour Foods"))
        top = (0, 0, named.width, 60)
        assert ImageChops.difference(named.crop(top), drawn(card, 0).crop(top)).getbbox() is not None
    bottom = (0, recap_height := drawn(recap, 0).height - 60, WIDE[0], recap_height + 60)
    bare = drawn(recap, 0, brand.model_copy(update={"footer": ""}))
    assert ImageChops.difference(drawn(recap, 0, brand).crop(bottom), bare.crop(bottom)).getbbox() is not None
    head = (100, 2, 200, 12)
    assert share_of(brand.deep, drawn(step, 0, brand).crop(head)) == 1
    assert share_of(OURS.deep, drawn(step, 0).crop(head)) == 1
    clicked = (step.pointings[0].ring or 0) + 0.07
    assert share_of(brand.accent, drawn(step, clicked, brand)) > share_of(brand.accent, drawn(step, clicked))


def test_a_picture_that_does_not_change_is_drawn_once(script: Script) -> None:
    assert [tick for tick, _image in frames(script.scenes[0], OURS)] == [
        0,
        round(script.scenes[0].seconds * FPS) - 1,
    ]


def test_a_phone_is_filmed_upright(script: Script) -> None:
    scene = replace(script.scenes[1], window=(390, 844))
    assert drawn(scene, 0).size == TALL
    assert drawn(script.scenes[1], 0).size == WIDE


# -- the file, read by libavformat ---------------------------------------------------------------------------


def test_a_film_can_be_read_back(script: Script, film: Film, file: Path) -> None:
    assert film.complaints == ()
    assert sorted(film.files) == ["chapters.vtt", "jpg", "mp4", "sheet.jpg", "srt", "txt", "vtt"]
    with av.open(str(file)) as read:
        assert [stream.codec_context.name for stream in (*read.streams.video, *read.streams.audio)] == [
            "h264",
            "aac",
        ]
        assert (read.streams.video[0].width, read.streams.video[0].height) == WIDE
        assert (read.duration or 0) / 1e6 == pytest.approx(script.seconds, abs=0.15)
        assert [chapter["metadata"]["title"] for chapter in read.chapters()] == [
            chapter.title for chapter in script.chapters()
        ]
        said = [bytes(packet)[2:].decode() for packet in read.demux(subtitles=0) if packet.size > 2]
    assert said == [cue.text for cue in script.cues()]
    assert sound.loudness(sound.decoded_track(file)) == pytest.approx(sound.GOAL, abs=sound.NEAR)


def test_the_files_beside_it_tell_the_same(script: Script, film: Film) -> None:
    assert film.files["vtt"].decode().count("-->") == len(script.cues())
    for line in (line for scene in script.scenes for line in scene.lines):
        assert line.text in film.files["txt"].decode()
    assert Image.open(io.BytesIO(film.files["jpg"])).size == WIDE
    assert Image.open(io.BytesIO(film.files["sheet.jpg"])).width > WIDE[0]


def test_only_what_changed_is_made_again() -> None:
    kept: dict[str, bytes] = {}
    lesson = replace(performance(), steps=performance().steps[-1:])
    assert make(script_of(lesson), kept).drawn == 3
    assert make(script_of(lesson), kept).drawn == 0
    assert make(script_of(lesson), kept, brand=Brand(primary="#00695c")).drawn == 3
    told = replace(lesson.steps[0], sees="Now it reads: to review, and HR sees that.")
    changed = make(script_of(replace(lesson, steps=(told,))), kept)
    assert changed.drawn == 1
    assert changed.complaints == ()


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_a_minute_shows_only_how_to_leave(lang: str) -> None:
    texts = translator("guides", lang)
    minute = excerpt(performance(lang), texts)
    assert [scene.id for scene in script_of(minute).scenes] == ["title", "end", "recap"]
    title, end, _recap = script_of(minute).scenes
    assert [line.text for line in title.lines] == [
        texts.gettext("How to leave this interview"),
        saving("web", texts),
    ]
    assert end.lines[0].text == performance(lang).steps[-1].say
    with pytest.raises(BadInput, match="does not show how to leave"):
        excerpt(replace(performance(lang), steps=performance(lang).steps[:-1]), texts)
    assert len(list(gates.too_long(60.4, LONGEST_SECONDS))) == 1
    assert list(gates.too_long(59.9, LONGEST_SECONDS)) == []


# -- what a film is checked for ------------------------------------------------------------------------------


def complaints(script: Script, tmp_path: Path, *, heard: bool = True, missing: int = 0) -> list[str]:
    """Make a film of a script that may be wrong, and return what is said of it."""
    scenes = [cutting.encoded(frames(scene, OURS), WIDE) for scene in script.scenes]
    lengths = [round(scene.seconds * FPS) for scene in script.scenes]
    lines = [(start, line.wav) for start, line in script.lines()]
    samples = sound.levelled(sound.track(lines if heard else lines[:-1], sum(lengths) / FPS))
    path = tmp_path / "film.mp4"
    cutting.join(
        path,
        list(zip(scenes, lengths, strict=True))[: len(scenes) - missing],
        samples,
        captions=script.cues(),
        chapters=script.chapters(),
        lang=script.lang,
        title=script.title,
    )
    return list(gates.complaints(script, scenes, path))


def short() -> Script:
    """Return a script of two scenes without cards, which is soon made."""
    whole = script_of(performance())
    end, recap = whole.scenes[-2:]
    return replace(whole, scenes=(replace(end, card=None), recap), titles=((0, "end"),))


def test_a_good_film_passes(tmp_path: Path) -> None:
    assert complaints(short(), tmp_path) == []


def test_an_empty_picture_is_found_and_its_scene_not_kept() -> None:
    out = io.BytesIO()
    Image.new("RGB", (1024, 640), "#fdfdfd").save(out, "PNG")
    lesson = performance()
    start, *_others = lesson.steps
    white = replace(start, shots=(replace(start.shots[0], png=out.getvalue()),))
    kept: dict[str, bytes] = {}
    found = make(script_of(replace(lesson, steps=(white,))), kept)
    scenes = ("title", "start", "recap")
    assert found.complaints == tuple(f"{scene}: a picture of the window is empty." for scene in scenes)
    assert kept == {}


def test_a_window_that_is_empty_between_two_pages_is_not_filmed() -> None:
    out = io.BytesIO()
    Image.new("RGB", (1024, 640), "white").save(out, "PNG")
    lesson = performance()
    start, answer, *others = lesson.steps
    question, typed, following = answer.shots
    between = replace(typed, after=(Glimpse(0.1, out.getvalue()), *typed.after))
    loading = replace(answer, shots=(question, between, following))
    assert script_of(replace(lesson, steps=(start, loading, *others))) == script_of(lesson)


def test_a_frozen_picture_is_found(tmp_path: Path) -> None:
    script = short()
    end = replace(script.scenes[0], seconds=script.scenes[0].seconds + 5)
    (found,) = complaints(replace(script, scenes=(end, script.scenes[1])), tmp_path)
    assert found.startswith("end: the picture stands still for ")


def test_a_caption_that_nobody_speaks_is_found(tmp_path: Path) -> None:
    (found,) = complaints(short(), tmp_path, heard=False)
    assert found.startswith("Nothing is heard at second ")


def test_speech_that_is_longer_than_its_step_is_found(tmp_path: Path) -> None:
    script = short()
    recap = script.scenes[1]
    late = replace(recap, seconds=recap.lines[0].start + recap.lines[0].seconds - 0.5)
    (found,) = complaints(replace(script, scenes=(script.scenes[0], late)), tmp_path)
    assert found.startswith("recap: speech is longer than its step:")


def test_a_character_without_a_glyph_is_found(tmp_path: Path) -> None:
    script = short()
    end = replace(script.scenes[0], heading="𠮷 is missing")
    assert complaints(replace(script, scenes=(end, script.scenes[1])), tmp_path) == [
        "The font has no glyph for 𠮷."
    ]


def test_a_click_beside_the_window_is_found(tmp_path: Path) -> None:
    script = short()
    astray = tuple(replace(one, x=OUTSIDE.x, y=OUTSIDE.y) for one in script.scenes[0].pointings)
    end = replace(script.scenes[0], pointings=astray, views=())
    (found,) = complaints(replace(script, scenes=(end, script.scenes[1])), tmp_path)
    assert found == "end: a click goes to (5000, 20), which is outside of the window."


def test_a_film_that_is_cut_off_is_found(tmp_path: Path) -> None:
    (found,) = complaints(short(), tmp_path, missing=1)
    assert found.startswith("The film's video is ")


def test_a_caption_that_goes_too_soon_is_found(tmp_path: Path) -> None:
    script = short()
    recap = script.scenes[1]
    hasty = replace(recap, lines=(replace(recap.lines[0], shown=0.4),), seconds=2.6)
    (found,) = complaints(replace(script, scenes=(script.scenes[0], hasty)), tmp_path)
    assert found.startswith("recap: the caption goes before it can be read:")


def test_a_target_is_shown_whole_when_it_is_shown_larger() -> None:
    for scene in script_of(performance()).scenes:
        for view, pointing in zip(scene.views, scene.pointings, strict=False):
            shown: Box = view.box
            assert shown.x <= pointing.x <= shown.x + shown.width
            assert shown.y <= pointing.y <= shown.y + shown.height
