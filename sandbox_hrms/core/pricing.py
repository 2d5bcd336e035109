"""What such a system costs, as the source claims it; nothing is made up where it says nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sandbox_hrms.core.errors import Invalid
from sandbox_hrms.core.texts import N_

MAX_USERS = 100_000
WITHOUT_AI = 3_000
"""The source's example: a system without AI a year."""
WITH_AI = 12_000
"""The same system with AI; the source calls this 300 per cent more."""


class Modules(StrEnum):
    """What the system shall do; each one holds those before it."""

    TEXT = "text"
    VIDEO = "video"
    ROUNDS = "rounds"


class Deployment(StrEnum):
    """Where the system runs; the source names no price for it."""

    CLOUD = "cloud"
    LOCAL = "local"


class Contradiction(StrEnum):
    """A place where the source contradicts itself or says nothing."""

    PROFESSIONAL_EXAMPLE = "professional_example"
    ENTERPRISE_EXAMPLE = "enterprise_example"
    EDGES = "edges"
    MODULES_AND_USERS = "modules_and_users"
    DEPLOYMENT = "deployment"


@dataclass(frozen=True, slots=True)
class Tier:
    """One band of the source: money a year.

    Attributes:
        users_from: The fewest users it is for.
        users_to: The most users; None without an end.
        high: None where the source says "and more".
    """

    modules: Modules
    users_from: int
    users_to: int | None
    low: int
    high: int | None

    def holds(self, users: int) -> bool:
        """Say whether the band is for so many users; both its edges count."""
        return self.users_from <= users and (self.users_to is None or users <= self.users_to)


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example of the source: so much a head and year for so many users."""

    users: int
    per_head: int

    @property
    def total(self) -> int:
        """Money a year for all of them."""
        return self.users * self.per_head


TIERS = (
    Tier(Modules.TEXT, 1, 10, 5_000, 10_000),
    Tier(Modules.VIDEO, 10, 50, 20_000, 50_000),
    Tier(Modules.ROUNDS, 50, None, 100_000, None),
)
EXAMPLES = (Example(10, 1_200), Example(50, 400), Example(100, 200))


@dataclass(frozen=True, slots=True)
class Quote:
    """What the source claims for one wish; money a year.

    Attributes:
        tier: The band used: the higher one of what the modules and what the users ask for.
        other_tiers: Bands that answer, too: those for the same number of users (at 10 and at 50), and the one that
            the modules alone would ask for.
        example: The worked example for exactly that many users; None when the source has none.
        basis: ``band``: always, as it is the only one that has an answer for every number of users.
        low_per_head: The band's lower end a head, rounded.
        high_per_head: None where the band has no end.
        outside: How far the example lies outside the band used (negative: below); None when it is not.
        contradictions: Those that touch this wish.
    """

    modules: Modules
    users: int
    deployment: Deployment
    tier: Tier
    other_tiers: tuple[Tier, ...]
    example: Example | None
    basis: str
    low_per_head: int
    high_per_head: int | None
    outside: int | None
    contradictions: tuple[Contradiction, ...]


def quote(modules: Modules, users: int, deployment: Deployment) -> Quote:
    """Return what the source claims such a system costs a year.

    Raises:
        Invalid: The number of users is not between 1 and :data:`MAX_USERS`.
    """
    if not 1 <= users <= MAX_USERS:
        raise Invalid(
            N_("{users} users cannot be priced."), N_("Give a number from 1 to {max}."), users=users, max=MAX_USERS
        )
    by_modules = next(one for one in TIERS if one.modules is modules)
    fitting = [one for one in TIERS if one.holds(users)]
    by_users = by_modules if by_modules in fitting else fitting[-1]
    tier = max(by_modules, by_users, key=TIERS.index)
    others = tuple(one for one in TIERS if one in {*fitting, by_modules} and one is not tier)
    example = next((one for one in EXAMPLES if one.users == users), None)
    outside = _outside(tier, example) if example else None
    return Quote(
        modules=modules,
        users=users,
        deployment=deployment,
        tier=tier,
        other_tiers=others,
        example=example,
        basis="band",
        low_per_head=round(tier.low / users),
        high_per_head=None if tier.high is None else round(tier.high / users),
        outside=outside,
        contradictions=tuple(_touching(tier, by_modules, users, outside)),
    )


def _outside(tier: Tier, example: Example) -> int | None:
    if example.total < tier.low:
        return example.total - tier.low
    if tier.high is not None and example.total > tier.high:
        return example.total - tier.high
    return None


def _touching(tier: Tier, by_modules: Tier, users: int, outside: int | None) -> Iterator[Contradiction]:
    if outside is not None and tier.modules is Modules.ROUNDS:
        yield Contradiction.ENTERPRISE_EXAMPLE
    elif outside is not None:
        yield Contradiction.PROFESSIONAL_EXAMPLE
    if sum(one.holds(users) for one in TIERS) > 1:
        yield Contradiction.EDGES
    if not by_modules.holds(users):
        yield Contradiction.MODULES_AND_USERS
    yield Contradiction.DEPLOYMENT
