"""Update: one lesson performed on two versions of an application, and what is different told to its users."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from trainer.app.examine import Wait
from trainer.app.ports import Clock, Control, Stage, StageWindow
from trainer.app.publish import FilmCamera, Same, Tell, walk
from trainer.core.actions import Action, CloseTab, NotDone
from trainer.core.changes import Change, Changes, Element, Moment, compare
from trainer.core.checks import Outcome
from trainer.core.errors import LookFailed
from trainer.core.locators import BadLocator
from trainer.core.scenario import Scenario, Step, Translate
from trainer.core.walkthrough import Box, Mark, Shot, WalkStep, Walkthrough
from trainer.i18n import gettext as _
from trainer.i18n import ngettext, speaking

LOOKS = 50
"""So often a target is looked for before menus are opened in search of it."""
OPEN_LOOKS = 10
PAUSE_SECONDS = 0.1

END = -1
"""Place of the moment at the end of a Step."""


@dataclass(frozen=True)
class Watched:
    """A lesson as it was performed on one version.

    Attributes:
        version: What the version is called.
        walkthrough: The performance; each pointed action has a picture of its own.
        moments: What could be seen at each picture.
    """

    version: str
    walkthrough: Walkthrough
    moments: tuple[Moment, ...]

    def shot(self, step: str, place: int) -> Shot | None:
        """Return the picture of a moment."""
        shots = next((one.shots for one in self.walkthrough.steps if one.id == step), ())
        return shots[place] if -len(shots) <= place < len(shots) else None


def watch(  # noqa: PLR0913  # as for `walk`
    scenario: Scenario,
    version: str,
    *,
    lang: str,
    control: Control,
    stage: Stage,
    clock: Clock,
    translate: Translate,
    new_id: Callable[[], str],
    scale: float,
    tell: Tell,
    same: Same,
    wait: Wait = time.sleep,
) -> Watched:
    """Perform a lesson and note all that can be seen at each step.

    Raises:
        NoGuide: It does not get through.
        LookFailed: A check could not be answered.
    """
    hired: list[Watcher] = []

    def hire(  # noqa: PLR0913, PLR0917  # what a camera is made of
        control: Control, scale: float, tell: Tell, wait: Wait, same: Same, hide: Sequence[str]
    ) -> Watcher:
        hired.append(Watcher(control, scale, tell, wait, same, hide))
        return hired[0]

    walkthrough = walk(
        scenario,
        lang=lang,
        control=control,
        stage=stage,
        clock=clock,
        translate=translate,
        new_id=new_id,
        scale=scale,
        tell=tell,
        wait=wait,
        same=same,
        camera=hire,
    )
    return Watched(version, walkthrough, tuple(hired[0].moments))


class Watcher(FilmCamera):
    """Takes a picture for each pointed action and at each Step's end, and notes what can be seen on it.

    Where a target is in a menu in one of the versions, the menu is opened.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # what a camera is made of
        self, control: Control, scale: float, tell: Tell, wait: Wait, same: Same, hide: Sequence[str] = ()
    ) -> None:
        super().__init__(control, scale, tell, wait, same, hide)
        self.moments: list[Moment] = []
        self._step = ""

    def step_begins(self, step: Step, number: int, total: int, window: StageWindow) -> None:
        """Start with a Step."""
        super().step_begins(step, number, total, window)
        self._step = step.id

    def before_action(self, action: Action, window: StageWindow) -> None:
        """Open the menu that holds the target, if one does; take the picture and note what can be seen."""
        target = action.aim()
        via = self._opened(target, window) if target is not None and action.by == "trainee" else ""
        before = len(self._shots)
        super().before_action(action, window)
        if len(self._shots) > before:
            self._note(before, window, via)

    def after_action(self, action: Action, window: StageWindow) -> None:
        """How the window changes meanwhile is of no interest."""

    def step_ended(self, step: Step, outcomes: tuple[Outcome, ...], window: StageWindow) -> None:
        """Take the picture of the result and note what can be seen."""
        super().step_ended(step, outcomes, window)
        if not isinstance(step.do[-1], CloseTab):
            self._note(END, window)

    def _note(self, place: int, window: StageWindow, via: str = "") -> None:
        self.moments.append(Moment(self._step, place, self._elements(window), via))

    def _elements(self, window: StageWindow) -> tuple[Element, ...]:
        for _try in range(LOOKS):
            with suppress(LookFailed):  # the page was just changing
                return window.elements()
            self._wait(PAUSE_SECONDS)
        return window.elements()

    def _opened(self, target: str, window: StageWindow) -> str:
        """Return the element that was opened to see the target, or "" where that was not needed."""
        if self._appears(target, window, LOOKS):
            return ""
        for opener in [element.id for element in self._elements(window) if element.opens]:
            with suppress(NotDone, BadLocator):  # somebody else's may be known by what is no locator
                window.click(opener)
                if self._appears(target, window, OPEN_LOOKS):
                    return opener
                window.press("Escape", None)
        return ""

    def _appears(self, target: str, window: StageWindow, looks: int) -> bool:
        for _look in range(looks):
            with suppress(LookFailed):
                if window.is_visible(target):
                    return True
            self._wait(PAUSE_SECONDS)
        return False


def changes_between(before: Watched, after: Watched) -> Changes:
    """Return what is different."""
    return compare(before.moments, after.moments)


def told(changes: Changes, before: Watched, after: Watched) -> Walkthrough:
    """Return what is different as a walkthrough, from which guides and films are made like those of any lesson.

    Each change is a step: what is different in words, and a picture of before and of after with the place ringed.
    """
    lang = after.walkthrough.lang
    with speaking(lang):
        size = _window(before, after)
        space = "" if lang.startswith("zh") else " "  # Chinese sentences follow each other without one
        steps = [
            WalkStep(
                f"change-{number}",
                space.join(sentences(change, size)),
                "",
                tuple(_pictures(change, before, after)),
            )
            for number, change in enumerate(changes.elements, start=1)
        ]
        for text, names, side in (
            (_("New step: {say}"), changes.new_steps, after),
            (_("This step is not needed any more: {say}"), changes.gone_steps, before),
        ):
            steps += [
                replace(step, id=f"step-{step.id}", say=text.format(say=step.say))
                for step in side.walkthrough.steps
                if step.id in names
            ]
        return replace(
            after.walkthrough,
            title=_("What has changed: {title}").format(title=after.walkthrough.title),
            summary=_summary(len(steps), before, after),
            steps=tuple(steps),
        )


def notice(update: Walkthrough) -> str:
    """Return the text of a message that tells users what is different: a title, and a line for each change."""
    lines = "".join(f"- {step.say}\n" for step in update.steps)
    return f"{update.title}\n\n{update.summary}\n{lines}"


def spoken(update: Walkthrough) -> Walkthrough:
    """Return what is different as it is told in a film: names of versions are for the eye only."""
    with speaking(update.lang):
        summary = ngettext("One thing has changed.", "{count} things have changed.", len(update.steps))
        return replace(update, summary=summary.format(count=len(update.steps)))


def _summary(count: int, before: Watched, after: Watched) -> str:
    if not count:
        return _("Nothing has changed from {before} to {after}.").format(
            before=before.version, after=after.version
        )
    text = ngettext(
        "From {before} to {after}, one thing has changed.",
        "From {before} to {after}, {count} things have changed.",
        count,
    )
    return text.format(before=before.version, after=after.version, count=count)


def sentences(change: Change, size: tuple[float, float]) -> Iterator[str]:
    """Yield what is different about an element, for whoever uses it, in the language of the moment.

    Args:
        change: What is different.
        size: Width and height of the window in CSS pixels.
    """
    old, new = change.before, change.after
    if old is None or new is None:
        there = new or old
        if there is not None and new is not None:
            yield _("“{name}” is new: it is {place}.").format(name=_name(there), place=_place(there.box, size))
        elif there is not None:
            yield _("“{name}” is not there any more; it was {place}.").format(
                name=_name(there), place=_place(there.box, size)
            )
        return
    if "renamed" in change.kinds:
        yield _("“{old}” is now called “{new}”.").format(old=_name(old), new=_name(new))
    name = _name(new)
    if "moved" in change.kinds:
        was = _within(change.via_before, old.box, size)
        now = _within(change.via_after, new.box, size)
        if was == now:
            yield _("“{name}” has moved a little; it is still {place}.").format(name=name, place=now)
        else:
            yield _("“{name}” has moved: it was {before} and is now {after}.").format(
                name=name, before=was, after=now
            )
    if "colour" in change.kinds:
        yield _("“{name}” has another colour.").format(name=name)
    if "state" in change.kinds:
        yield _("“{name}” can be used in another way: it was {before} and is now {after}.").format(
            name=name, before=_state(old), after=_state(new)
        )


def _name(element: Element) -> str:
    return element.name or element.id


def _state(element: Element) -> str:
    words = {
        "disabled": _("disabled"),
        "checked": _("ticked"),
        "open": _("open"),
        "selected": _("selected"),
    }
    return ", ".join(words.get(code, code) for code in element.state.split()) or _("free to use")


def _within(via: str, box: Box, size: tuple[float, float]) -> str:
    place = _place(box, size)
    return _("in a menu {place}").format(place=place) if via else place


def _place(box: Box, size: tuple[float, float]) -> str:
    """Return where a box is, in words."""
    names = (
        (_("at the top left"), _("at the top"), _("at the top right")),
        (_("at the left"), _("in the middle"), _("at the right")),
        (_("at the bottom left"), _("at the bottom"), _("at the bottom right")),
    )
    column = _third((box.x + box.width / 2) / size[0])
    row = _third((box.y + box.height / 2) / size[1])
    return names[row][column]


def _third(share: float) -> int:
    return min(2, max(0, int(share * 3)))


def _pictures(change: Change, before: Watched, after: Watched) -> Iterator[Shot]:
    for side, element, verb in ((before, change.before, "was"), (after, change.after, "now")):
        shot = side.shot(change.step, change.place)
        if shot is not None:
            yield replace(shot, marks=(Mark(verb, element.box),) if element else (), after=())


def _window(*sides: Watched) -> tuple[float, float]:
    """Return how large the window is, in CSS pixels."""
    for side in sides:
        for step in side.walkthrough.steps:
            for shot in step.shots:
                width, height = _pixels(shot.png)
                return width / shot.scale, height / shot.scale
    return 1.0, 1.0


def _pixels(png: bytes) -> tuple[int, int]:
    """Return width and height of a PNG, which stand at a fixed place of it."""
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
