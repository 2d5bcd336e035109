"""Script: a Walkthrough and its speech, laid out in time. Everything is decided here; drawing only follows it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from typing import Any

from guides.film.captions import Chapter, Cue, cues, reading_seconds
from guides.pictures import is_empty
from guides.telling import Texts, grouped, told_once
from trainer.app.ports import Speech
from trainer.core.walkthrough import Box, Mark, Shot, WalkStep, Walkthrough

LEAD = 0.35
"""Seconds before somebody speaks in a scene."""
CARD = 1.7
"""A chapter card stands so long."""
FIRST = 0.5
"""The pointer sets out so long after a scene without a card has begun."""
MOVE = 0.7
AIM = 0.25
TYPING = 1.6
SETTLE = 0.75
LONGEST_WAIT = 0.3
"""Between two changes after one action."""
TAIL = 0.7
UNSPOKEN_TAIL = 1.2
FADE = 0.2
ZOOM_OUT = 0.7
RECAP = 2.8
"""The recap stands no longer than this after the last word."""
BREATH = 0.3
"""Between two lines."""
TURN = 0.55
"""Where something has changed, so much of what is said goes with the picture of before."""
LOOK = 1.6
"""What is there now is shown at least so long."""

CLOSEST, CLOSEST_ON_PHONES = 1.3, 1.1
"""A target is shown at most so much larger; on phones everything is large already."""
AROUND = 2.4
"""What is shown is so much wider and higher than the target."""

POINTED = frozenset({"click", "fill", "choose", "tick", "press"})
"""Verbs that end in a click ring."""

SIDES = frozenset({"was", "now"})
"""Verbs of marks that tell what has changed, see `trainer.app.update.told`."""

SENTENCE = re.compile(r".+?[.!?。！？](?=\s|$|[^\x00-\x7f])", re.DOTALL)

Say = Callable[[str], Speech]
"""Gives the speech for a text in the film's language."""


@dataclass(frozen=True)
class Still:
    """A picture of the window; equal ones have equal digests."""

    png: bytes = field(repr=False, compare=False)
    digest: str

    @classmethod
    def of(cls, png: bytes) -> Still:
        """Return the still of a PNG."""
        return cls(png, hashlib.sha256(png).hexdigest())


@dataclass(frozen=True)
class Line:
    """Something that is said.

    Attributes:
        text: What.
        start: When, in seconds of its scene.
        seconds: How long it is heard.
        shown: How long its captions are shown: no shorter, and long enough to be read.
        wav: The sound.
    """

    text: str
    start: float
    seconds: float
    shown: float
    wav: bytes = field(repr=False, compare=False)


@dataclass(frozen=True)
class Change:
    """The window shows another picture.

    Attributes:
        start: When.
        still: Which.
        seconds: How long the change takes; 0 is a cut.
        typed: Where the change is text that is typed, or None.
    """

    start: float
    still: Still
    seconds: float = FADE
    typed: Box | None = None


@dataclass(frozen=True)
class Pointing:
    """The pointer goes somewhere.

    Attributes:
        start: When it sets out; it arrives `MOVE` later.
        x: Where it goes, in CSS pixels of the window.
        y: Likewise.
        ring: When a click ring appears, or None.
    """

    start: float
    x: float
    y: float
    ring: float | None


@dataclass(frozen=True)
class View:
    """What part of the window is shown, from `start` + `seconds` on.

    Attributes:
        start: When the camera sets out.
        box: The part; the whole window is ``Box(0, 0, width, height)``.
        seconds: How long it takes.
    """

    start: float
    box: Box
    seconds: float


@dataclass(frozen=True)
class Note:
    """What the picture is, written into its corner, and the place that it is about.

    Attributes:
        start: When it appears; it stays until the next one.
        text: A few words.
        box: The place, which is framed, or None.
    """

    start: float
    text: str
    box: Box | None


@dataclass(frozen=True)
class Card:
    """A text over the dimmed picture.

    Attributes:
        kind: ``title``, ``chapter`` or ``recap``.
        kicker: Small line above.
        title: The text.
        items: Lines below it.
        seconds: How long it stands, fading at its end.
    """

    kind: str
    kicker: str
    title: str
    items: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Scene:
    """A part of the film that is made, and kept, on its own.

    Attributes:
        id: Id of the Step, else ``title`` or ``recap``.
        heading: What stands above the picture; "" shows the card alone.
        number: Number of the chapter, and how many there are.
        window: Width and height of the window in CSS pixels.
        scale: Picture pixels per CSS pixel.
        seconds: How long it is.
        lines: What is said.
        opening: What is shown at its begin.
        changes: How the picture changes, in order.
        pointings: Where the pointer goes, in order.
        pointer: Where it is at the begin.
        views: Where the camera goes, in order.
        notes: What is written onto the picture, in order.
        card: The card at its begin, if there is one.
    """

    id: str
    heading: str
    number: tuple[int, int]
    window: tuple[int, int]
    scale: float
    seconds: float
    lines: tuple[Line, ...]
    opening: Still
    changes: tuple[Change, ...] = ()
    pointings: tuple[Pointing, ...] = ()
    pointer: tuple[float, float] = (0.0, 0.0)
    views: tuple[View, ...] = ()
    notes: tuple[Note, ...] = ()
    card: Card | None = None


@dataclass(frozen=True)
class Script:
    """A film as it will be.

    Attributes:
        name: Id of the lesson and language, such as ``normal-exit-web.en``.
        lang: Its language.
        title: Its title.
        scenes: The scenes in order.
        titles: Index of the first scene of each chapter → its title.
    """

    name: str
    lang: str
    title: str
    scenes: tuple[Scene, ...]
    titles: tuple[tuple[int, str], ...]

    @property
    def seconds(self) -> float:
        """How long it is."""
        return sum(scene.seconds for scene in self.scenes)

    def starts(self) -> list[float]:
        """Return when each scene begins."""
        return [0.0, *accumulate(scene.seconds for scene in self.scenes)][:-1]

    def lines(self) -> Iterator[tuple[float, Line]]:
        """Yield what is said, with its second of the film."""
        for start, scene in zip(self.starts(), self.scenes, strict=True):
            for line in scene.lines:
                yield start + line.start, line

    def cues(self) -> list[Cue]:
        """Return the captions."""
        return [cue for start, line in self.lines() for cue in cues(line.text, start, line.shown)]

    def chapters(self) -> list[Chapter]:
        """Return the chapters."""
        starts = self.starts()
        begins = [(starts[index], title) for index, title in self.titles]
        ends = [start for start, _title in begins[1:]] + [self.seconds]
        return [Chapter(start, end, title) for (start, title), end in zip(begins, ends, strict=True)]

    def transcript(self) -> str:
        """Return all that is said, a paragraph for each scene."""
        paragraphs = [" ".join(line.text for line in scene.lines) for scene in self.scenes]
        return "\n\n".join(paragraphs) + "\n"


def write(walkthrough: Walkthrough, say: Say, texts: Texts, kind: str) -> Script:
    """Lay a walkthrough out in time.

    Args:
        walkthrough: What was performed; every pointed action has a picture of its own.
        say: Speaks, in the walkthrough's language.
        texts: The catalogue of guides in that language.
        kind: What the kind of HR system is called there.
    """
    writer = _Writer(_filmed(walkthrough), say, texts)
    writer.title(kind)
    for number, group in enumerate(writer.groups, start=1):
        for place, step in enumerate(group):
            if _compares(step):
                writer.comparison(step, number)
            else:
                writer.step(step, number, first=place == 0)
    writer.recap()
    return Script(
        f"{walkthrough.scenario}.{walkthrough.lang}",
        walkthrough.lang,
        walkthrough.title,
        tuple(writer.scenes),
        tuple(writer.titles),
    )


class _Writer:
    """Writes scene after scene; each begins with what the one before has left."""

    def __init__(self, walkthrough: Walkthrough, say: Say, texts: Texts) -> None:
        self.scenes: list[Scene] = []
        self.titles: list[tuple[int, str]] = []
        self.groups = grouped(walkthrough.steps)
        self._walk = walkthrough
        self._say = say
        self._texts = texts
        shots = [shot for step in walkthrough.steps for shot in step.shots]
        self._scale = shots[0].scale
        self._window = _size(shots[0])
        self._shown = Still.of(shots[0].png)
        self._pointer = (self._window[0] * 0.62, self._window[1] * 0.55)

    def _line(self, text: str, start: float) -> Line:
        speech = self._say(text)
        return Line(text, start, speech.seconds, max(speech.seconds, reading_seconds(text)), speech.wav)

    def _add(self, heading: str, number: int, **fields: Any) -> None:  # noqa: ANN401  # those of a Scene
        self.scenes.append(
            Scene(
                heading=heading,
                number=(number, len(self.groups)),
                window=self._window,
                scale=self._scale,
                **{"opening": self._shown, "pointer": self._pointer, **fields},
            )
        )

    def title(self, kind: str) -> None:
        """Tell what the lesson is."""
        self.titles.append((0, self._walk.title))
        lines = [self._line(self._walk.title, LEAD)]
        if self._walk.summary:
            lines.append(self._line(self._walk.summary, _end(lines) + BREATH))
        seconds = _end(lines) + TAIL
        items = (self._walk.summary,) if self._walk.summary else ()
        card = Card("title", kind, self._walk.title, items, seconds)
        self._add("", 0, id="title", seconds=seconds, lines=tuple(lines), card=card)

    def recap(self) -> None:
        """Tell what was shown, and what to do now."""
        heading = self._texts.gettext("What you have seen")
        self.titles.append((len(self.scenes), heading))
        line = self._line(self._texts.gettext("That is all. Now try it yourself."), LEAD)
        items = tuple((told_once(group) or (group[0].say, ""))[0] for group in self.groups)
        seconds = _end([line]) + min(RECAP, TAIL + 0.5 * len(items))
        card = Card("recap", self._walk.title, heading, items, seconds)
        self._add("", 0, id="recap", seconds=seconds, lines=(line,), card=card)

    def step(self, step: WalkStep, number: int, *, first: bool) -> None:
        """Tell one step: say what to do, do it, and say what is to be seen."""
        opening, pointer = self._shown, self._pointer
        if first:
            told = told_once(self.groups[number - 1])
            self.titles.append((len(self.scenes), told[0] if told else step.say))
        say = self._line(step.say if first else _first_sentence(step.say), LEAD)
        acts = [shot for shot in step.shots if shot.marks]
        begin = CARD if first else FIRST
        begin = max(begin, _end([say]) - sum(_seconds(shot) for shot in acts))
        changes: list[Change] = []
        pointings: list[Pointing] = []
        views: list[View] = []
        at = begin
        if acts:
            self._show(changes, 0.0 if first else FIRST - FADE, acts[0].png)
        for shot, following in zip(acts, [*step.shots[1:], None], strict=False):
            mark = shot.marks[0]
            self._show(changes, at, shot.png)
            click = at + MOVE + AIM
            x, y = mark.box.x + mark.box.width / 2, mark.box.y + mark.box.height / 2
            pointings.append(Pointing(at, x, y, click if mark.verb in POINTED else None))
            views.append(View(at, _around(mark.box, self._window), MOVE))
            self._pointer = (x, y)
            self._act(changes, shot, mark, following, click)
            at += _seconds(shot)
        if not acts and step.shots:
            self._show(changes, begin, step.shots[-1].png)
            at = begin + SETTLE
        if step.shots and not step.shots[-1].marks:
            self._show(changes, at, step.shots[-1].png)
        lines = [say]
        at = max(at, _end(lines))
        if views:
            views.append(View(at - SETTLE / 2, Box(0, 0, *self._window), ZOOM_OUT))
        if step.sees and first:
            lines.append(self._line(step.sees, max(at, _end(lines) + BREATH)))
        seconds = max(at + UNSPOKEN_TAIL, _end(lines) + TAIL)
        card = None
        if first:
            kicker = self._texts.gettext("Step {number} of {total}").format(number=number, total=len(self.groups))
            card = Card("chapter", kicker, step.say, (), CARD)
        self._add(
            step.say,
            number,
            id=step.id,
            seconds=seconds,
            lines=tuple(lines),
            opening=opening,
            pointer=pointer,
            changes=tuple(changes),
            pointings=tuple(pointings),
            views=tuple(views),
            card=card,
        )

    def comparison(self, step: WalkStep, number: int) -> None:
        """Show a change: the picture of before and that of now, with the place framed, while it is told."""
        opening, pointer = self._shown, self._pointer
        self.titles.append((len(self.scenes), step.say))
        say = self._line(step.say, LEAD)
        turn = max(CARD + MOVE + SETTLE, LEAD + say.shown * TURN)
        seconds = max(turn + MOVE + LOOK, _end([say]) + TAIL)
        places = [shot.marks[0].box if shot.marks else None for shot in step.shots]
        labels = (self._texts.gettext("Before the update"), self._texts.gettext("After the update"))
        changes: list[Change] = []
        pointings: list[Pointing] = []
        views: list[View] = []
        notes: list[Note] = []
        for shot, place, label, shown, at in zip(
            step.shots, places, labels, (0.0, turn), (CARD, turn), strict=True
        ):
            self._show(changes, shown, shot.png)
            notes.append(Note(shown, label, place))
            around = place or next(box for box in places if box)  # where it is not, one sees where it would be
            views.append(View(at, _around(around, self._window), MOVE))
            if place:
                self._pointer = (place.x + place.width / 2, place.y + place.height / 2)
                pointings.append(Pointing(at, *self._pointer, None))
        views.append(View(seconds - ZOOM_OUT, Box(0, 0, *self._window), ZOOM_OUT))
        kicker = self._texts.gettext("Change {number} of {total}").format(number=number, total=len(self.groups))
        self._add(
            step.say,
            number,
            id=step.id,
            seconds=seconds,
            lines=(say,),
            opening=opening,
            pointer=pointer,
            changes=tuple(changes),
            pointings=tuple(pointings),
            views=tuple(views),
            notes=tuple(notes),
            card=Card("chapter", kicker, step.say, (), CARD),
        )

    def _act(self, changes: list[Change], shot: Shot, mark: Mark, following: Shot | None, click: float) -> None:
        """Show what an action does: text is typed, everything else changes as it was seen to."""
        seen = [Still.of(glimpse.png) for glimpse in shot.after]
        if mark.verb == "fill":
            filled = seen[-1:] or ([Still.of(following.png)] if following else [])
            for still in filled:
                changes.append(Change(click, still, TYPING, mark.box))
                self._shown = still
            return
        for still, second in zip(seen, _waits(shot), strict=True):
            self._show(changes, click + second, still.png)

    def _show(self, changes: list[Change], start: float, png: bytes) -> None:
        """Let the window show a picture, unless it does already."""
        still = Still.of(png)
        if still != self._shown:
            begun = max([start, *(change.start + change.seconds for change in changes[-1:])])
            changes.append(Change(begun, still))
            self._shown = still


def _filmed(walkthrough: Walkthrough) -> Walkthrough:
    """Leave out that the window was empty for a moment between two pages."""
    steps = []
    for step in walkthrough.steps:
        seen = [tuple(one for one in shot.after if not is_empty(one.png)) for shot in step.shots]
        shots = tuple(replace(shot, after=after) for shot, after in zip(step.shots, seen, strict=True))
        steps.append(replace(step, shots=shots))
    return replace(walkthrough, steps=tuple(steps))


def _compares(step: WalkStep) -> bool:
    """Tell whether a step shows what was before and what is now."""
    return len(step.shots) == len(SIDES) and any(mark.verb in SIDES for shot in step.shots for mark in shot.marks)


def _seconds(shot: Shot) -> float:
    """Return how long an action takes in the film."""
    after = max((second + FADE for second in _waits(shot)), default=0.0)
    return MOVE + AIM + (TYPING if shot.marks[0].verb == "fill" else after) + SETTLE


def _waits(shot: Shot) -> list[float]:
    """Return when each change after an action is shown; a slow machine's waiting is cut short."""
    moments = [0.0, *(glimpse.seconds for glimpse in shot.after)]
    return list(accumulate(min(end - start, LONGEST_WAIT) for start, end in pairwise(moments)))


def _end(lines: Sequence[Line]) -> float:
    return lines[-1].start + lines[-1].shown


def _first_sentence(text: str) -> str:
    found = SENTENCE.match(text)
    return found[0] if found else text


def _around(box: Box, window: tuple[int, int]) -> Box:
    """Return the part of the window that is shown while something happens in `box`."""
    width, height = window
    closest = CLOSEST if width > height else CLOSEST_ON_PHONES
    factor = max(1 / closest, box.width * AROUND / width, box.height * AROUND / height)
    factor = min(factor, 1.0)
    shown_width, shown_height = width * factor, height * factor
    x = min(max(box.x + box.width / 2 - shown_width / 2, 0.0), width - shown_width)
    y = min(max(box.y + box.height / 2 - shown_height / 2, 0.0), height - shown_height)
    return Box(x, y, shown_width, shown_height)


def _size(shot: Shot) -> tuple[int, int]:
    import io

    from PIL import Image

    with Image.open(io.BytesIO(shot.png)) as image:
        return round(image.width / shot.scale), round(image.height / shot.scale)
