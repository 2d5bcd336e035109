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
from guides.film.gates import blank, complaints
from guides.film.script import CARD, MOVE, Scene, Script
from guides.theme import INK
from guides.typeface import FILES, REGULAR
from trainer import __version__
from trainer.core.brand import Brand

RECIPE = 7
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


def make(
    script: Script, kept: Kept, tell: Tell = lambda _number, _total: None, *, brand: Brand | None = None
) -> Film:
    """Return the film of a script; without a brand in our own colours."""
    look = brand or Brand()
    takes = []
    for number, scene in enumerate(script.scenes, start=1):
        tell(number, len(script.scenes))
        takes.append(_take(scene, look, kept))
    scenes = [take.content for take in takes]
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
        wrong = [complaint for take in takes for complaint in take.complaints]
        wrong += complaints(script, scenes, path)
        film = path.read_bytes()
    files = {
        "mp4": film,
        "vtt": as_webvtt(shown).encode(),
        "srt": as_srt(shown).encode(),
        "chapters.vtt": chapters_as_webvtt(chapters).encode(),
        "txt": script.transcript().encode(),
        "jpg": _jpeg(cutting.pictures(scenes[0], [0.0])[0]),
        "sheet.jpg": _jpeg(contact_sheet(script, [take.thumbs for take in takes])),
    }
    return Film(files, script.seconds, sum(take.drawn for take in takes), tuple(wrong))


@dataclass(frozen=True)
class _Take:
    """A scene as it was made, now or before.

    Attributes:
        content: The encoded scene.
        thumbs: Small pictures of it beside each other, as JPEG.
        drawn: Whether it was made now.
        complaints: What is wrong with its pictures; such a scene is not kept.
    """

    content: bytes
    thumbs: bytes
    drawn: bool
    complaints: tuple[str, ...] = ()


def _take(scene: Scene, brand: Brand, kept: Kept) -> _Take:
    key = key_of(scene, brand)
    content, thumbs = kept.get(f"{key}.mp4"), kept.get(f"{key}.jpg")
    if content is not None and thumbs is not None:
        return _Take(content, thumbs, drawn=False)
    take = _drawn(scene, brand)
    if not take.complaints:
        kept[f"{key}.mp4"], kept[f"{key}.jpg"] = take.content, take.thumbs
    return take


def _drawn(scene: Scene, brand: Brand) -> _Take:
    content = cutting.encoded(frames(scene, brand), film_size(scene.window))
    pictures = cutting.pictures(content, [second for second, _label in _moments(scene)])
    for picture in pictures:
        picture.thumbnail((THUMB, THUMB))
    wide, high = pictures[0].size
    strip = Image.new("RGB", (wide * len(pictures), high))
    for place, picture in enumerate(pictures):
        strip.paste(picture, (place * wide, 0))
    return _Take(content, _jpeg(strip), drawn=True, complaints=tuple(blank(scene)))


def _moments(scene: Scene) -> list[tuple[float, str]]:
    """Return the seconds of a scene that its contact sheet shows, each with its label."""
    rings = [one.ring + 0.15 for one in scene.pointings if one.ring is not None]
    rings += [(note.start or CARD) + MOVE for note in scene.notes]
    still = scene.card is not None and scene.card.kind != "chapter"
    wanted = [0.0] if still else [*([0.6] if scene.card else []), *rings, scene.seconds]
    return [(second, scene.id) for second in wanted]


def key_of(scene: Scene, brand: Brand) -> str:
    """Return the key under which an encoded scene is kept; all that is seen in it is part of it, sound is not."""
    return hashlib.sha256(f"{__version__} {RECIPE} {brand!r} {scene!r}".encode()).hexdigest()


def contact_sheet(script: Script, strips: Sequence[bytes]) -> Image.Image:
    """Return pictures of every scene, where something is clicked and at its end, with their times.

    Args:
        script: The film.
        strips: For each scene the small pictures of `_moments` beside each other.
    """
    entries: list[tuple[str, Image.Image]] = []
    for scene, content, start in zip(script.scenes, strips, script.starts(), strict=True):
        moments = _moments(scene)
        with Image.open(io.BytesIO(content)) as strip:
            wide = strip.width // len(moments)
            for place, (second, label) in enumerate(moments):
                at = int(start + min(second, scene.seconds))
                picture = strip.crop((place * wide, 0, (place + 1) * wide, strip.height))
                entries.append((f"{at // 60}:{at % 60:02}  {label}", picture))
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
