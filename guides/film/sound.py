"""Sound: speech laid on a film's timeline and brought to the loudness of broadcasts, with libavfilter."""

from __future__ import annotations

import io
import sys
from array import array
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
from av.error import BlockingIOError as NothingYet
from av.error import EOFError as NothingMore

RATE = 48_000
"""Samples a second; a sample is two bytes."""
GOAL = -16.0
"""Loudness of a whole film, in LUFS."""
NEAR = 1.0
"""A film may be so far from it."""
PEAK = 0.8
"""No sample is louder than this share of the loudest there can be."""
ROUNDS = 3
"""The limiter takes something away, so that the gain is corrected so often at most."""


def track(speeches: Iterable[tuple[float, bytes]], seconds: float) -> bytes:
    """Return 16-bit mono samples, `RATE` a second: each WAV at its second, silence between them."""
    samples = bytearray(round(seconds * RATE) * 2)
    for start, wav in speeches:
        first = round(start * RATE) * 2
        said = decoded(wav)[: len(samples) - first]
        samples[first : first + len(said)] = said
    return bytes(samples)


def decoded(wav: bytes) -> bytes:
    """Return a sound file as 16-bit mono samples, `RATE` a second."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    with av.open(io.BytesIO(wav), "r") as file:
        frames = [one for frame in file.decode(audio=0) for one in resampler.resample(frame)]
    return b"".join(_bytes_of(frame) for frame in [*frames, *resampler.resample(None)])


def decoded_track(film: Path) -> bytes:
    """Return the sound of a film."""
    return decoded(film.read_bytes())


def levelled(samples: bytes) -> bytes:
    """Return a track at `GOAL`; one without any speech comes back as it is."""
    gain, louder = GOAL - loudness(samples), samples
    for _round in range(ROUNDS):
        if gain > 50:  # noqa: PLR2004  # nothing is said in it
            return samples
        louder = b"".join(
            _bytes_of(frame)
            for frame in _through(
                samples, ("volume", f"{gain}dB"), ("alimiter", f"limit={PEAK}:level=0"), ("aformat", "s16")
            )
        )
        off = GOAL - loudness(louder)
        if abs(off) < NEAR / 4:
            break
        gain += off
    return louder


def loudness(samples: bytes) -> float:
    """Return the integrated loudness by EBU R 128, in LUFS; -70 for silence."""
    found = -70.0
    for frame in _through(samples, ("ebur128", "metadata=1")):
        found = float(frame.metadata.get("lavfi.r128.I", found))
    return found


def is_heard(samples: bytes, start: float, end: float) -> bool:
    """Tell whether anything is said between two seconds of a track."""
    heard = array("h", samples[round(start * RATE) * 2 : round(end * RATE) * 2])
    if sys.byteorder == "big":
        heard.byteswap()
    return max(heard, default=0) > 500  # noqa: PLR2004  # of 32,767


def frame_of(samples: bytes) -> av.AudioFrame:
    """Return samples as one frame."""
    frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples) // 2)
    frame.sample_rate = RATE
    frame.planes[0].update(samples)
    frame.pts, frame.time_base = 0, Fraction(1, RATE)
    return frame


def _through(samples: bytes, *filters: tuple[str, str]) -> Iterator[av.AudioFrame]:
    """Yield what comes out of filters."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(format="s16", sample_rate=RATE, layout="mono", time_base=Fraction(1, RATE))
    nodes = [source, *(graph.add(name, options) for name, options in filters), graph.add("abuffersink")]
    for one, following in pairwise(nodes):
        one.link_to(following)
    graph.configure()
    source.push(frame_of(samples))
    source.push(None)
    while True:
        try:
            yield nodes[-1].pull()  # type: ignore[misc]  # of a sink of sound
        except (NothingMore, NothingYet):
            return


def _bytes_of(frame: av.AudioFrame) -> bytes:
    return bytes(frame.planes[0])[: frame.samples * 2]
