"""What travels to the org side, in which order it counts, and when it is tried again."""

from datetime import timedelta
from enum import StrEnum

from sandbox_hrms.core.texts import N_

_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=15)
_REPEATS = 99


class Parcel(StrEnum):
    """What an outbox row carries; a later one of these says more about the same sitting."""

    BEGUN = "begun"
    RESULT = "result"
    PLACEMENT = "placement"
    PAY = "pay"


DELIVERED = N_("Delivered.")
ARRIVED_BEFORE = N_("It had arrived before; nothing was counted twice.")
NO_WAY = N_("The org side cannot be reached.")
NO_ANSWER = N_("No answer came: the transfer hangs.")
"""What the log says of an attempt (msgids)."""


def key_of(interview: str, sitting: int, parcel: Parcel, repeat: int = 1) -> str:
    """Return the key of a parcel: ``<interview>/<sitting>/<parcel>``, ``….2`` when it is sent a second time."""
    return f"{interview}/{sitting}/{parcel}" if repeat == 1 else f"{interview}/{sitting}/{parcel}.{repeat}"


def version_of(key: str) -> int:
    """Return how new a parcel is among all those of its interview: the newest has the highest version.

    Raises:
        ValueError: The key is not one of :func:`key_of`.
    """
    _, sitting, rest = key.rsplit("/", 2)
    parcel, _, repeat = rest.partition(".")
    return _version(int(sitting), Parcel(parcel), min(int(repeat or 1), _REPEATS - 1))


def corrected_version(sitting: int, *, finished: bool) -> int:
    """Return how new a correction by hand is: above all that tells of the same, below all that tells of more."""
    return _version(sitting, Parcel.RESULT if finished else Parcel.BEGUN, _REPEATS)


def _version(sitting: int, parcel: Parcel, repeat: int) -> int:
    return (sitting * 10 + list(Parcel).index(parcel)) * 100 + repeat


def wait_after(tries: int) -> timedelta:
    """Return how long to wait after ``tries`` (1 or more) failed attempts: twice as long each time, to a limit."""
    return min(_FIRST_WAIT * (1 << min(tries - 1, 20)), _LONGEST_WAIT)
