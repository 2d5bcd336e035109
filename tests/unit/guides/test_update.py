"""Two performances of one lesson are compared, and what is different is told as a guide and as a message."""

from __future__ import annotations

import email
import email.policy
import html
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from pypdf import PdfReader

from guides import typeface
from guides.beside import side_by_side
from guides.edition import edition
from guides.film import gates
from guides.film.drawing import FPS, HEADER, WIDE, frames
from guides.film.script import Still
from guides.formats import files
from tests.builders import a_step
from tests.unit.guides.films import script_of
from tests.unit.guides.walks import BUTTON, PRESS, screen
from tests.unit.play.lessons import lesson
from trainer.adapters.in_memory import InMemoryControl, InMemoryStage
from trainer.app.update import LOOKS, Watched, Watcher, changes_between, notice, spoken, told, watch
from trainer.cli import diff
from trainer.core.actions import Click, NotDone
from trainer.core.brand import Brand
from trainer.core.changes import Element, Moment
from trainer.core.locators import parse
from trainer.core.walkthrough import Box, WalkStep, Walkthrough


def performed(version: str) -> Watched:
    """Perform a lesson on paper."""
    control = InMemoryControl()
    return watch(
        lesson(),
        version,
        lang="en",
        control=control,
        stage=InMemoryStage(control),
        clock=lambda: datetime(2026, 11, 22, tzinfo=UTC),
        translate=str,
        new_id=lambda: "r1",
        scale=1.0,
        tell=lambda _number, _total: None,
        same=lambda one, other: one == other,
        wait=lambda _seconds: None,
    )


def test_two_performances_of_one_version_are_the_same() -> None:
    before, after = performed("web@1"), performed("web@1")
    assert len(before.moments) > len(before.walkthrough.steps)
    assert not changes_between(before, after)
    update = told(changes_between(before, after), before, after)
    assert update.steps == ()
    assert notice(update) == f"What has changed: {lesson().title}\n\nNothing has changed from web@1 to web@1.\n"


SEND = Element(id="send", role="button", control=True, name="Leave", state="", style="blue", box=BUTTON)


def seen(version: str, *elements: Element, via: str = "", step: str = "end", lang: str = "en") -> Watched:
    shots = (replace(screen(version, marks=PRESS)), screen("done"))
    walkthrough = Walkthrough(
        "lesson", 1, "d", "app", lang, "Leaving", "", (WalkStep(step, f"Do {step}.", "", shots),)
    )
    return Watched(version, walkthrough, (Moment(step, 0, elements, via),))


CASES: dict[str, tuple[Element | None, Element | None, str]] = {
    "moved": (
        SEND,
        replace(SEND, box=Box(20, 600, 90, 30)),
        "“Leave” has moved: it was at the top right and is now at the bottom left.",
    ),
    "renamed": (SEND, replace(SEND, name="End"), "“Leave” is now called “End”."),
    "appeared": (None, SEND, "“Leave” is new: it is at the top right."),
    "vanished": (SEND, None, "“Leave” is not there any more; it was at the top right."),
    "colour": (SEND, replace(SEND, style="red"), "“Leave” has another colour."),
    "state": (
        SEND,
        replace(SEND, state="disabled"),
        "“Leave” can be used in another way: it was free to use and is now disabled.",
    ),
}


@pytest.mark.parametrize("kind", CASES)
def test_each_change_is_told_in_a_sentence_with_pictures(kind: str) -> None:
    old, new, sentence = CASES[kind]
    others = [replace(SEND, id=f"o{y}", box=Box(500, y, 10, 10)) for y in (10, 300, 320)]
    before, after = (
        seen(version, *([element] if element else []), *others)
        for version, element in (("app@1", old), ("app@2", new))
    )
    update = told(changes_between(before, after), before, after)
    assert [step.say for step in update.steps] == [sentence]
    marks = [mark.verb for shot in update.steps[0].shots for mark in shot.marks]
    assert marks == [verb for verb, element in (("was", old), ("now", new)) if element]
    assert notice(update).endswith(f"From app@1 to app@2, one thing has changed.\n- {sentence}\n")


def test_a_place_in_a_menu_is_told_and_steps_that_came_and_went() -> None:
    before, after = seen("app@1", SEND, via="more"), seen("app@2", replace(SEND, box=Box(900, 600, 90, 30)))
    (step,) = told(changes_between(before, after), before, after).steps
    assert "it was in a menu at the top right and is now at the bottom right" in step.say
    gone = told(
        changes_between(seen("1", step="old"), seen("2", step="new")), seen("1", step="old"), seen("2", step="new")
    )
    assert [step.say for step in gone.steps] == ["New step: Do new.", "This step is not needed any more: Do old."]


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_changes_become_a_guide_like_any_lesson(lang: str) -> None:
    before, after = (seen("app@1", SEND, lang=lang), seen("app@2", replace(SEND, name="End"), lang=lang))
    update = told(changes_between(before, after), before, after)
    made = dict(files(edition(update, date(2026, 11, 26), Brand()), ("pdf", "html"), "changes"))
    text = "".join(
        "".join(page.extract_text() for page in PdfReader(io.BytesIO(made["changes.pdf"])).pages).split()
    )
    assert "".join(typeface.printable(update.steps[0].say).split()) in text
    assert ("Beforetheupdate" if lang == "en" else "更新前") in text
    assert update.title in made["changes.html"].decode()


@pytest.mark.parametrize("kind", ["moved", "appeared", "vanished"])
def test_a_film_shows_what_was_and_what_is_now(kind: str) -> None:
    old, new, _sentence = CASES[kind]
    before, after = (
        seen(version, *([element] if element else [])) for version, element in (("app@1", old), ("app@2", new))
    )
    script = script_of(spoken(told(changes_between(before, after), before, after)))
    title, change, recap = script.scenes
    assert [line.text for line in title.lines] == ["What has changed: Leaving", "One thing has changed."]
    assert (title.card and title.card.kind, recap.card and recap.card.kind) == ("title", "recap")
    assert [note.text for note in change.notes] == ["Before the update", "After the update"]
    assert [note.box for note in change.notes] == [old and old.box, new and new.box]
    shown = [change.opening.digest, *(one.still.digest for one in change.changes)]
    pictures = [Still.of(side.walkthrough.steps[0].shots[0].png).digest for side in (before, after)]
    assert shown == pictures
    assert change.changes[0].start == change.notes[1].start < change.seconds - 1
    assert not list(gates.blank(change))


def test_the_place_is_framed_and_named_as_long_as_it_is_shown() -> None:
    old, new, _sentence = CASES["moved"]
    before, after = (seen(version, element) for version, element in (("app@1", old), ("app@2", new)) if element)
    (scene,) = script_of(spoken(told(changes_between(before, after), before, after))).scenes[1:2]
    times = [scene.notes[1].start - 0.1, scene.views[-1].start - 0.1]
    for second, high in zip(times, (False, True), strict=True):
        frame = next(image for tick, image in reversed(list(frames(scene, Brand()))) if tick <= second * FPS)
        marked = ImageChops.difference(frame, Image.new("RGB", frame.size, Brand().accent)).convert("L")
        label = marked.crop((0, HEADER[WIDE], WIDE[0], WIDE[1] // 2 + 40)).point(lambda value: 255 * (value < 4))
        assert (label.histogram()[255] > 3000) is high, second  # the label is opposite of the place


def test_pictures_stand_side_by_side_with_their_labels() -> None:
    one = screen("Before", marks=PRESS)
    picture = Image.open(io.BytesIO(side_by_side([("app@1", one), ("app@2", one)])))
    alone = Image.open(io.BytesIO(side_by_side([("app@1", one)])))
    assert picture.width > 1.9 * alone.width
    assert picture.height == alone.height


class Menu:
    """A window in which a button is in the second of two menus."""

    def __init__(self) -> None:
        self.open = ""
        self.done: list[str] = []

    def is_visible(self, target: str) -> bool:
        return target == "send" and self.open == "more"

    def elements(self) -> tuple[Element, ...]:
        menus = [replace(SEND, id=name, opens=True) for name in ("file", "more")]
        return (*menus, *([SEND] if self.open == "more" else []))

    def click(self, target: str) -> None:
        self.done.append(target)
        self.open = target

    def press(self, key: str, target: str | None) -> None:
        assert target is None
        self.done.append(key)
        self.open = ""

    def wait_for(self, target: str, *, visible: bool) -> None:
        if visible and not self.is_visible(target):
            raise NotDone(target, "missing")

    def box(self, _target: str) -> Box:
        return BUTTON

    def picture(self, hide: Sequence[str] = ()) -> bytes:
        assert not hide
        return self.open.encode()


def watcher(wait: Callable[[float], None]) -> Watcher:
    return Watcher(InMemoryControl(), 1.0, lambda _number, _total: None, wait, lambda one, two: one == two)


def test_the_menu_that_holds_a_target_is_opened() -> None:
    waits: list[float] = []
    camera, window = watcher(waits.append), Menu()
    step = a_step(do=(Click(target="send"),))
    camera.step_begins(step, 1, 1, window)  # type: ignore[arg-type]
    camera.before_action(step.do[0], window)  # type: ignore[arg-type]
    assert window.done == ["file", "Escape", "more"]
    assert len(waits) >= LOOKS  # the page may just have been slow
    (moment,) = camera.moments
    assert (moment.step, moment.place, moment.via) == ("end", 0, "more")
    assert "send" in [element.id for element in moment.elements]


def test_a_menu_of_somebody_else_s_that_is_known_by_no_locator_is_passed_over() -> None:
    class Foreign(Menu):
        def click(self, target: str) -> None:
            parse(f"#{target}")

    assert watcher(lambda _seconds: None)._opened("gone", Foreign()) == ""  # type: ignore[arg-type]  # noqa: SLF001


def test_a_target_that_is_in_no_menu_is_left_to_the_action() -> None:
    camera, window = watcher(lambda _seconds: None), Menu()
    step = a_step(do=(Click(target="other"),))
    camera.step_begins(step, 1, 1, window)  # type: ignore[arg-type]
    camera.before_action(step.do[0], window)  # type: ignore[arg-type]
    assert window.done == ["file", "Escape", "more", "Escape"]
    assert camera.moments == []


def test_ids_of_somebody_else_s_elements_become_harmless_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diff, "FORMS", ())  # pictures alone
    ids = ['link "Import / Export"', 'link "Import : Export"', "../../etc/passwd", "按钮 " * 60, "…", "end.now"]
    boxes = [Box(BUTTON.x, BUTTON.y + 30 * row, BUTTON.width, BUTTON.height) for row in range(len(ids))]
    elements = [replace(SEND, id=one, name=f"Name {row}", box=boxes[row]) for row, one in enumerate(ids)]
    before, after = (seen(v, *(replace(one, style=v) for one in elements)) for v in ("a@1", "a@2"))
    changes = changes_between(before, after)
    assert {change.element for change in changes.elements} == set(ids)
    update = told(changes, before, after)
    out = tmp_path / "changes"
    out.mkdir()
    assert diff.write_update(out, "lesson.en.changes", changes, update, (before, after), Brand(), None)
    assert sorted(path.name for path in tmp_path.rglob("*")) == sorted(
        ["changes", *(path.name for path in out.iterdir())]
    )
    pictures = {path.name.removeprefix("lesson.en.changes.") for path in out.glob("*.png")}
    assert len(pictures) == len(ids)
    assert "end.now.png" in pictures
    assert [one for one in pictures if not re.fullmatch(r"[\w-][\w.-]{0,59}", one)] == []


def test_the_changes_are_an_e_mail_too(tmp_path: Path) -> None:
    before, after = seen("a@1", SEND), seen("a@2", replace(SEND, name="End"))
    changes = changes_between(before, after)
    update = told(changes, before, after)
    assert diff.write_update(tmp_path, "lesson.en.changes", changes, update, (before, after), Brand(), None)
    sent = (tmp_path / "lesson.en.changes.eml").read_bytes()
    message = email.message_from_bytes(sent, policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    assert message["Subject"] == "What has changed: Leaving"
    plain, page = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert page is not None
    for part in (plain, page):
        assert "“Leave” is now called “End”." in html.unescape(part.get_content())
    assert 'src="cid:picture"' in page.get_content()
    (attached,) = list(message.iter_attachments())
    assert attached.get_filename() == "lesson.en.changes.pdf"
    assert attached.get_content() == (tmp_path / "lesson.en.changes.pdf").read_bytes()
