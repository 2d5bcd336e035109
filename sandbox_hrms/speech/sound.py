"""What a browser recorded, as samples: 16 kHz, mono, 16 bit."""

import array
import io
import wave

import av
from av.error import FFmpegError

HZ = 16_000
_FRAME = HZ * 30 // 1000
_LOUD = 180
"""Mean amplitude of 30 ms from which on somebody may be speaking (about -45 dB)."""


def samples_of(recorded: bytes) -> bytes:
    """Return the samples of one recording, as far as it can be read: the end of a broken one is missing."""
    out = io.BytesIO()
    try:
        with av.open(io.BytesIO(recorded), mode="r") as container:
            resampler = av.AudioResampler("s16", "mono", HZ)
            for frame in container.decode(audio=0):
                _write(out, resampler.resample(frame))
            _write(out, resampler.resample(None))
    except (FFmpegError, IndexError):  # broken off, or without any sound in it
        pass
    return out.getvalue()


def has_picture(recorded: bytes) -> bool:
    """Say whether there is a picture in one recording, as far as it can be read."""
    try:
        with av.open(io.BytesIO(recorded), mode="r") as container:
            return bool(container.streams.video)
    except FFmpegError:
        return False


def _write(out: io.BytesIO, frames: list[av.AudioFrame]) -> None:
    """Write samples; a frame's plane may be longer than they are."""
    out.writelines(bytes(frame.planes[0])[: frame.samples * 2] for frame in frames)


def seconds_in(samples: bytes) -> float:
    """Return how long samples play."""
    return len(samples) / 2 / HZ


def loud_seconds(samples: bytes) -> float:
    """Return for how long it was loud enough to be speech."""
    heard = array.array("h", samples)
    frames = (heard[at : at + _FRAME] for at in range(0, len(heard), _FRAME))
    loud = sum(sum(map(abs, frame)) / len(frame) > _LOUD for frame in frames)
    return loud * _FRAME / HZ


def as_wav(samples: bytes) -> bytes:
    """Return samples as a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(HZ)
        file.writeframes(samples)
    return out.getvalue()
