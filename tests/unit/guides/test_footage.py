"""A performance is kept for films, and told again in other words without being performed again."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.builders import a_scenario, a_step
from tests.unit.guides.films import performance
from trainer import bootstrap
from trainer.adapters import guide_shelf
from trainer.adapters.film_shelf import ENDINGS
from trainer.adapters.footage import key_of, pack, unpack
from trainer.adapters.in_memory import InMemoryControl
from trainer.adapters.kept_files import KeptFiles
from trainer.app.publish import FilmCamera, retold
from trainer.core.actions import Click, Fill
from trainer.core.walkthrough import Box, Mark

SIZE = (1280, 632)


def test_footage_is_read_back_as_it_was_but_without_words() -> None:
    walkthrough = performance()
    steps = tuple(replace(step, say="", sees="") for step in walkthrough.steps)
    assert unpack(pack(walkthrough)) == replace(walkthrough, title="", summary="", steps=steps)


def test_damaged_footage_is_none() -> None:
    content = pack(performance())
    for damaged in (b"", content[: len(content) // 2]):
        with pytest.raises(ValueError, match=r"."):
            unpack(damaged)


def test_footage_is_told_in_the_words_of_now() -> None:
    scenario = a_scenario(a_step(id="end", say="Say ${question.number}.", sees="See."))
    walkthrough = replace(performance(), steps=performance().steps[-1:])
    told = retold(walkthrough, scenario, str.upper)
    assert (told.title, told.steps[0].say, told.steps[0].sees) == ("A LESSON", "SAY ${QUESTION.NUMBER}.", "SEE.")
    assert retold(walkthrough, scenario, str).steps[0].say == "Say 1."
    assert told.steps[0].shots == walkthrough.steps[0].shots


def test_other_words_leave_the_key_and_other_actions_do_not() -> None:
    key = key_of(a_scenario(), "en", SIZE, 1.5)
    assert key_of(a_scenario(a_step(say="Do it now.", hints=("There.",)), version=2), "en", SIZE, 1.5) == key
    others = [
        key_of(a_scenario(a_step(do=(Click(target="interview.submit"),))), "en", SIZE, 1.5),
        key_of(a_scenario(), "zh_CN", SIZE, 1.5),
        key_of(a_scenario(), "en", (390, 844), 1.5),
    ]
    assert len({key, *others}) == 4


def test_a_changed_profile_needs_another_performance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRMS_PROFILES", str(tmp_path))
    keys = set()
    for content in ("end: End", "end: Leave"):
        (tmp_path / "own.yaml").write_text(content, encoding="utf-8")
        keys.add(key_of(a_scenario(), "en", SIZE, 1.5))
    assert len(keys) == 2


def test_a_changed_skin_needs_other_films_and_guides_in_the_app(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAINER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HRMS_PROFILES", str(tmp_path / "skins"))
    writes = (
        "import pathlib, sys; [pathlib.Path(sys.argv[-1], f'{sys.argv[1]}.en.{form}').touch() for form in FORMS]"
    )
    writes += "; pathlib.Path('made').open('a').write('made ')"
    writes = writes.replace("FORMS", repr(tuple(guide_shelf.FORMS))).replace(
        "'made'", repr(str(tmp_path / "made"))
    )
    command = (sys.executable, "-c", writes)
    monkeypatch.setattr(guide_shelf, "GuideShelf", partial(guide_shelf.GuideShelf, command=command))
    skin = tmp_path / "skins" / "own.yaml"
    skin.parent.mkdir()
    there = []
    for content in ("end: End", "end: End", "end: Leave"):
        skin.write_text(content, encoding="utf-8")
        with closing(bootstrap.films()) as films, closing(bootstrap.guides()) as guides:
            there.append(films.find(a_scenario(), "en") is not None)
            films.keep(a_scenario(), "en", dict.fromkeys(ENDINGS, b""))
            guides.order(a_scenario(), "en").result(30)
    assert there == [False, True, False]
    assert (tmp_path / "made").read_text() == "made made "


def test_kept_files_are_a_mapping_that_outlives_the_process(tmp_path: Path) -> None:
    KeptFiles(tmp_path / "kept")["a"] = b"1"
    kept = KeptFiles(tmp_path / "kept")
    assert dict(kept) == {"a": b"1"}
    assert "a" in kept
    assert len(kept) == 1
    del kept["a"]
    assert "a" not in kept
    with pytest.raises(KeyError):
        kept["a"]
    with pytest.raises(KeyError):
        del kept["a"]


def test_what_was_not_used_for_longest_makes_room(tmp_path: Path) -> None:
    kept = KeptFiles(tmp_path, largest=25)
    for name in ("a", "b"):
        kept[name] = bytes(10)
    assert kept["a"] == bytes(10)  # used just now
    kept["c"] = bytes(10)
    assert list(kept) == ["a", "c"]


def test_without_a_place_nothing_is_kept_and_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = KeptFiles(tmp_path / "file" / "folder")
    kept["a"] = b"1"
    assert list(kept) == []


class Page:
    """A window with two elements whose pictures are given."""

    def __init__(self, *pictures: bytes) -> None:
        self.shown = iter(pictures)
        self.last = b""

    def wait_for(self, target: str, *, visible: bool) -> None:
        """Everything is there."""

    def is_visible(self, target: str) -> bool:
        return bool(target)

    def box(self, target: str) -> Box:
        return Box(0, 0, 10, 10) if target == "field" else Box(0, 20, 10, 10)

    def picture(self, hide: Sequence[str] = ()) -> bytes:  # noqa: ARG002
        self.last = next(self.shown, self.last)
        return self.last


def test_a_film_has_a_picture_for_each_action_and_of_what_it_changed() -> None:
    page = Page(b"empty", b"empty", b"filled", b"filled", b"filled", b"saving", b"saved", b"saved")
    camera = FilmCamera(
        InMemoryControl(), 1.5, lambda _number, _total: None, lambda _seconds: None, lambda one, two: one == two
    )
    step = a_step()
    camera.step_begins(step, 1, 1, page)  # type: ignore[arg-type]
    for action in (Fill(target="field", text="x"), Click(target="button")):
        camera.before_action(action, page)  # type: ignore[arg-type]
        camera.after_action(action, page)  # type: ignore[arg-type]
    camera.step_ended(step, (), page)  # type: ignore[arg-type]
    fill, press, result = camera.steps[0].shots
    assert (fill.png, fill.marks) == (b"empty", (Mark("fill", Box(0, 0, 10, 10)),))
    assert [glimpse.png for glimpse in fill.after] == [b"filled"]
    assert (press.png, press.marks) == (b"filled", (Mark("click", Box(0, 20, 10, 10)),))
    assert [glimpse.png for glimpse in press.after] == [b"saving", b"saved"]
    assert press.after == tuple(sorted(press.after, key=lambda one: one.seconds))
    assert (result.png, result.marks) == (b"saved", ())
