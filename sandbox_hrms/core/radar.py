"""Where the lines of a radar chart go: the same for a page and for paper."""

from collections.abc import Sequence
from math import cos, pi, sin


def corners(
    values: Sequence[float], centre: tuple[float, float], radius: float
) -> tuple[tuple[float, float], ...]:
    """Return a corner for each value: the first one at the top, the others clockwise as a page counts.

    Args:
        values: 0 (centre) to 1 (rim).
        centre: Of the chart; y grows downwards.
        radius: Of the rim.
    """
    turn = 2 * pi / len(values)
    return tuple(
        (
            round(centre[0] + radius * value * sin(place * turn), 1),
            round(centre[1] - radius * value * cos(place * turn), 1),
        )
        for place, value in enumerate(values)
    )
