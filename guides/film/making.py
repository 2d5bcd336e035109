"""Making: a script becomes a film. What was made before and has not changed is not made again."""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from guides import typeface
from guides.film import cutting, sound
from guides.film.captions import as_srt, as_webvtt, chapters_as_webvtt
from guides.film.drawing import FPS, film_size, frames, ticks_of
from guides.film.gates import complaints
from guides.film.script import Scene, Script
from guides.theme import INK
from guides.typeface import FILES, REGULAR
from trainer import __version__

RECIPE = 1
"""Raised with each change of how scenes are drawn or encoded: what was kept before is then of no use."""

Kept = MutableMapping[str, bytes]
"""What was made before: key → content."""

Tell = Callable[[int, int], None]
"""Hears about progress: number of the scene, from 1, and how many there are."""

THUMB = 400
COLUMNS = 4


@dataclass(frozen=True)
class Film:
    """A film with all that belongs to it.

    Attributes:
        files: Ending of the name → content: ``mp4``, ``vtt``, ``srt``, ``chapters.vtt``, ``txt`` (all that is
            said), ``jpg`` (poster) and ``sheet.jpg`` (contact sheet).
        seconds: How long it is.
        drawn: How many scenes were drawn; the others were kept.
        complaints: What is wrong with it, by `guides.film.gates`.
    """

    files: dict[str, bytes]
    seconds: float
    drawn: int
    complaints: tuple[str, ...]


def make(script: Script, kept: Kept, tell: Tell = lambda _number, _total: None) -> Film:
    """Return the film of a script."""
    drawn, scenes = 0, []
    for number, scene in enumerate(script.scenes, start=1):
        tell(number, len(script.scenes))
        key = key_of(scene)
        if key not in kept:
            drawn += 1
            kept[key] = cutting.encoded(frames(scene), film_size(scene.window))
        scenes.append(kept[key])
    lengths = [ticks_of(scene) for scene in script.scenes]
    speeches = [(start, line.wav) for start, line in script.lines()]
    samples = sound.levelled(sound.track(speeches, sum(lengths) / FPS))
    shown, chapters = script.cues(), script.chapters()
    with tempfile.TemporaryDirectory(prefix="trainer-film-", ignore_cleanup_errors=True) as desk:
        path = Path(desk) / "film.mp4"
        cutting.join(
            path,
            list(zip(scenes, lengths, strict=True)),
            samples,
            captions=shown,
            chapters=chapters,
            lang=script.lang,
            title=script.title,
        )
        wrong = tuple(complaints(script, scenes, path))
        film = path.read_bytes()
    files = {
        "mp4": film,
        "vtt": as_webvtt(shown).encode(),
        "srt": as_srt(shown).encode(),
        "chapters.vtt": chapters_as_webvtt(chapters).encode(),
        "txt": script.transcript().encode(),
        "jpg": _jpeg(cutting.pictures(scenes[0], [0.0])[0]),
        "sheet.jpg": _jpeg(contact_sheet(script, scenes)),
    }
    return Film(files, script.seconds, drawn, wrong)


def key_of(scene: Scene) -> str:
    """Return the key under which an encoded scene is kept; all that is seen in it is part of it, sound is not."""
    return hashlib.sha256(f"{__version__} {RECIPE} {scene!r}".encode()).hexdigest()


def contact_sheet(script: Script, scenes: Sequence[bytes]) -> Image.Image:
    """Return pictures of every scene, where something is clicked and at its end, with their times."""
    entries: list[tuple[str, Image.Image]] = []
    for scene, content, start in zip(script.scenes, scenes, script.starts(), strict=True):
        rings = [one.ring + 0.15 for one in scene.pointings if one.ring is not None]
        wanted = [0.6 if scene.card else 0.0, *rings, scene.seconds][0 if scene.card else 1 :]
        for second, picture in zip(wanted, cutting.pictures(content, wanted), strict=True):
            picture.thumbnail((THUMB, THUMB))
            at = start + min(second, scene.seconds)
            entries.append((f"{int(at) // 60}:{int(at) % 60:02}  {scene.id}", picture))
    wide, high = entries[0][1].size
    rows = -(-len(entries) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * (wide + 12) + 12, rows * (high + 40) + 12), "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(FILES[REGULAR]), 16)
    for index, (label, picture) in enumerate(entries):
        x, y = 12 + index % COLUMNS * (wide + 12), 12 + index // COLUMNS * (high + 40)
        sheet.paste(picture, (x, y))
        draw.text((x, y + high + 5), typeface.printable(label), font=font, fill=INK)
    return sheet


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=88)
    return out.getvalue()
