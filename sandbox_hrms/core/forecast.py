"""How many people will be needed in the next three months, and whom to invite for that, in which order."""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox_hrms.core.errors import Invalid
from sandbox_hrms.core.texts import N_

MONTHS = 3
DEFAULT_RATE = 15.0
"""Per cent of people leaving a year. The source claims 15 per cent and not for how long; a year is our reading."""


@dataclass(frozen=True, slots=True)
class PostOutlook:
    """What is known of one post.

    Attributes:
        priority: 1 is filled first.
        order: Of posts with the same priority, the lower goes first (engineering before administration).
        in_post: People in place.
        open: Openings that may be filled now.
        under_way: Candidates on their way to these openings: invited, in the interview, or passed and not placed.
        waiting: Candidates who were never invited, the one to ask first at the beginning.
    """

    post: str
    priority: int
    order: int
    in_post: int
    open: int
    under_way: int
    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """What one post will need.

    Attributes:
        leaving: People expected to leave in :data:`MONTHS` months (a fraction).
        need: Openings now and people leaving, rounded to whole people.
        invitations: How many to send now: never more than openings, less who is under way already.
        invite: The candidates they go to; fewer when fewer wait.
    """

    outlook: PostOutlook
    leaving: float
    need: int
    invitations: int
    invite: tuple[str, ...]


def check_rate(percent: float) -> float:
    """Return the leaving rate, or raise :class:`Invalid` when it is not between 0 and 100 per cent."""
    if not 0 <= percent <= 100:  # noqa: PLR2004  # per cent
        raise Invalid(
            N_("A leaving rate of {rate} per cent will not do."),
            N_("Give a number from 0 to 100."),
            rate=f"{percent:g}",
        )
    return percent


def forecast(posts: Sequence[PostOutlook], leaving_rate: float) -> tuple[Need, ...]:
    """Return the need of each post in the order in which posts are filled.

    ``need = openings + people in post x leaving rate x 3/12``, rounded half up; invitations go to openings only.

    Args:
        posts: In any order.
        leaving_rate: Per cent a year.

    Raises:
        Invalid: The rate is not between 0 and 100.
    """
    check_rate(leaving_rate)
    ordered = sorted(posts, key=lambda one: (one.priority, one.order, one.post))
    return tuple(_need(one, leaving_rate) for one in ordered)


def invitations(needs: Sequence[Need]) -> tuple[str, ...]:
    """Return whom to invite, in order; nobody twice."""
    return tuple(dict.fromkeys(candidate for one in needs for candidate in one.invite))


def _need(post: PostOutlook, leaving_rate: float) -> Need:
    leaving = round(post.in_post * leaving_rate / 100 * MONTHS / 12, 2)
    need = post.open + int(leaving + 0.5)
    free = max(0, min(need, post.open) - post.under_way)
    return Need(post, leaving, need, free, post.waiting[:free])
