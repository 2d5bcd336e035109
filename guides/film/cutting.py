"""Cutting: scenes encoded one by one, and joined with sound, captions and chapters without encoding them again."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from PIL import Image

from guides.film.captions import Chapter, Cue
from guides.film.drawing import FPS
from guides.film.sound import RATE, frame_of

ENCODING = {
    "preset": "veryfast",
    "crf": "20",
    "tune": "stillimage",
    "bf": "0",
    "x264-params": "scenecut=0:keyint=250",
}
"""No B-frames, so that scenes can be put one after the other as they are."""

LANGUAGES = {"en": "eng", "zh_CN": "zho"}
MILLI = Fraction(1, 1000)


def encoded(frames: Iterable[tuple[int, Image.Image]], size: tuple[int, int]) -> bytes:
    """Return a scene as an MP4 file without sound; a frame stays until the next one."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=FPS, options=dict(ENCODING))
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, FPS)
        for tick, image in frames:
            frame = av.VideoFrame.from_image(image)  # type: ignore[no-untyped-call]
            frame.pts, frame.time_base = tick, Fraction(1, FPS)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


def ticks(scene: bytes) -> list[int]:
    """Return at which ticks a scene's picture changes."""
    with av.open(io.BytesIO(scene), "r") as file:
        return [
            round(packet.pts * packet.time_base * FPS) for packet in file.demux(video=0) if packet.pts is not None
        ]


def pictures(scene: bytes, wanted: Sequence[float]) -> list[Image.Image]:
    """Return what a scene shows at each of the seconds `wanted`, which are in order."""
    shown: list[Image.Image] = []
    last: av.VideoFrame | None = None
    with av.open(io.BytesIO(scene), "r") as file:
        for frame in file.decode(video=0):
            while len(shown) < len(wanted) and last is not None and (frame.time or 0) > wanted[len(shown)]:
                shown.append(last.to_image())  # type: ignore[no-untyped-call]
            last = frame
    if last is not None:
        shown += [last.to_image()] * (len(wanted) - len(shown))  # type: ignore[no-untyped-call]
    return shown


def join(  # noqa: PLR0913  # everything that a film is made of
    path: Path,
    scenes: Sequence[tuple[bytes, int]],
    samples: bytes,
    *,
    captions: Sequence[Cue],
    chapters: Sequence[Chapter],
    lang: str,
    title: str,
) -> None:
    """Write the film.

    Args:
        path: Where to.
        scenes: The encoded scenes in order, each with its length in ticks.
        samples: The sound of all of them.
        captions: Become a text track that players can switch on.
        chapters: Become the file's chapters.
        lang: Language of sound and captions.
        title: Becomes the file's title.
    """
    code = LANGUAGES.get(lang, "und")
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as file:
        file.metadata["title"] = title
        with av.open(io.BytesIO(scenes[0][0]), "r") as first:
            video = file.add_stream_from_template(first.streams.video[0])
            sound = file.add_stream("aac", rate=RATE, layout="mono", bit_rate=96_000)
            text = file.add_mux_stream("mov_text")
            text.time_base = MILLI
            sound.metadata["language"] = text.metadata["language"] = code
            file.set_chapters(
                [
                    {
                        "id": number,
                        "start": round(chapter.start * 1000),
                        "end": round(chapter.end * 1000),
                        "time_base": MILLI,
                        "metadata": {"title": chapter.title},
                    }
                    for number, chapter in enumerate(chapters)
                ]
            )
            packets = [*_video(scenes, video), *sound.encode(frame_of(samples)), *sound.encode(None)]
            packets += [_text(cue, text) for cue in captions]
            for packet in sorted(packets, key=_second):
                file.mux(packet)


def _video(scenes: Iterable[tuple[bytes, int]], stream: av.VideoStream) -> Iterator[av.Packet[Any]]:
    start = 0
    for scene, length in scenes:
        with av.open(io.BytesIO(scene), "r") as file:
            for packet in file.demux(video=0):
                if packet.pts is None or packet.dts is None:
                    continue
                moved = round(Fraction(start, FPS) / packet.time_base)
                packet.pts += moved
                packet.dts += moved
                packet.stream = stream
                yield packet
        start += length


def _text(cue: Cue, stream: av.stream.Stream) -> av.Packet[Any]:
    said = cue.text.encode()
    packet = av.Packet(len(said).to_bytes(2, "big") + said)
    packet.stream, packet.time_base = stream, MILLI
    packet.pts = packet.dts = round(cue.start * 1000)
    packet.duration = round((cue.end - cue.start) * 1000)
    return packet


def _second(packet: av.Packet[Any]) -> Fraction:
    return (packet.dts or 0) * packet.time_base
