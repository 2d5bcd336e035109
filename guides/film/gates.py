"""Gates: what a finished film is checked for. A film that does not pass one of them is not handed out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import av

from guides import typeface
from guides.film.captions import Cue, reading_seconds
from guides.film.cutting import ticks
from guides.film.drawing import FPS, ticks_of
from guides.film.script import Scene, Script
from guides.film.sound import GOAL, NEAR, decoded_track, is_heard, loudness
from guides.pictures import is_empty
from trainer.i18n import current_lang, translator

LONGEST_STILL = 3.0
"""So long the picture may stand still while nobody speaks."""

APART = 0.1
"""Seconds by which a length may differ from the planned one."""


def _(message: str) -> str:
    """Return a text in the language of whoever makes the film."""
    return translator("guides", current_lang()).gettext(message)


def too_long(seconds: float, longest: float) -> Iterator[str]:
    """Yield a complaint when a film is longer than its viewers wait."""
    if seconds > longest:
        yield _("The film is {seconds:.0f} s long; it should be {longest:.0f} s at most.").format(
            seconds=seconds, longest=longest
        )


def complaints(script: Script, scenes: Sequence[bytes], path: Path) -> Iterator[str]:
    """Yield what is wrong with a film, each as one line that names the scene or the second.

    The scenes have passed `blank` when they were drawn.
    """
    for scene, content in zip(script.scenes, scenes, strict=True):
        yield from _frozen(scene, ticks(content))
        yield from _hurried(scene)
        yield from _missed(scene)
    yield from _unprintable(script)
    yield from _heard(script, path)
    yield from _length(script, path)


def blank(scene: Scene) -> Iterator[str]:
    """Yield a complaint when a picture of the window is empty."""
    stills = {still.digest: still for still in (scene.opening, *(change.still for change in scene.changes))}
    if any(is_empty(still.png) for still in stills.values()):
        yield _("{scene}: a picture of the window is empty.").format(scene=scene.id)


def _frozen(scene: Scene, changed: Sequence[int]) -> Iterator[str]:
    """Complain when nothing moves and nobody speaks."""
    marks = sorted(
        [tick / FPS for tick in changed[:-1]] + [scene.seconds] + [line.start + line.shown for line in scene.lines]
    )
    spoken = [(line.start, line.start + line.shown) for line in scene.lines]
    for start, end in zip([0.0, *marks], marks, strict=False):
        silent = end - start - sum(max(0.0, min(end, stop) - max(start, begin)) for begin, stop in spoken)
        if silent > LONGEST_STILL:
            yield _("{scene}: the picture stands still for {seconds:.1f} s while nobody speaks.").format(
                scene=scene.id, seconds=silent
            )


def _hurried(scene: Scene) -> Iterator[str]:
    for line in scene.lines:
        if line.start + line.seconds > scene.seconds + APART:
            yield _("{scene}: speech is longer than its step: “{text}”").format(scene=scene.id, text=line.text)
        if line.shown < reading_seconds(line.text) - APART:
            yield _("{scene}: the caption goes before it can be read: “{text}”").format(
                scene=scene.id, text=line.text
            )


def _missed(scene: Scene) -> Iterator[str]:
    width, height = scene.window
    for pointing in scene.pointings:
        if not (0 <= pointing.x <= width and 0 <= pointing.y <= height):
            yield _("{scene}: a click goes to ({x:.0f}, {y:.0f}), which is outside of the window.").format(
                scene=scene.id, x=pointing.x, y=pointing.y
            )


def _unprintable(script: Script) -> Iterator[str]:
    texts = [line.text for scene in script.scenes for line in scene.lines]
    for scene in script.scenes:
        texts += [scene.heading, *(note.text for note in scene.notes)]
        if scene.card:
            texts += [scene.card.kicker, scene.card.title, *scene.card.items]
    if lost := typeface.missing(" ".join(texts)):
        yield _("The font has no glyph for {characters}.").format(characters=" ".join(lost))


def _heard(script: Script, path: Path) -> Iterator[str]:
    samples = decoded_track(path)
    for start, line in script.lines():
        if not is_heard(samples, start, start + line.seconds):
            yield _("Nothing is heard at second {second:.1f}, where the caption reads “{text}”.").format(
                second=start, text=line.text
            )
    loud = loudness(samples)
    if abs(loud - GOAL) > NEAR:
        yield _("The film is {loud:.1f} LUFS loud; it should be {goal:.0f} ± {near:.0f}.").format(
            loud=loud, goal=GOAL, near=NEAR
        )
    yield from _overlapping(script.cues())


def _overlapping(cues: Sequence[Cue]) -> Iterator[str]:
    for cue, following in pairwise(cues):
        if following.start < cue.end - 1e-6:
            yield _("Two captions are shown at once at second {second:.1f}.").format(second=following.start)


def _length(script: Script, path: Path) -> Iterator[str]:
    planned = sum(ticks_of(scene) for scene in script.scenes) / FPS
    with av.open(str(path)) as file:
        for stream in (file.streams.video[0], file.streams.audio[0]):
            found = float((stream.duration or 0) * (stream.time_base or 0))
            if abs(found - planned) > APART + 1 / FPS:
                yield _("The film's {kind} is {found:.1f} s long and should be {planned:.1f} s.").format(
                    kind=stream.type, found=found, planned=planned
                )
