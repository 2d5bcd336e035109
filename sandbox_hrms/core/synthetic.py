"""A made-up line for a chart that measures nothing."""

from hashlib import sha256


def wave(seed: str, points: int) -> tuple[float, ...]:
    """Return ``points`` values from 0 to 1 that look measured and are not; the same for the same seed."""
    drawn = [int.from_bytes(sha256(f"{seed}/{one}".encode()).digest()[:4]) / 2**32 for one in range(points + 2)]
    smooth = (sum(drawn[one : one + 3]) / 3 for one in range(points))
    return tuple(round(0.2 + 0.6 * one, 3) for one in smooth)
