"""The pricing calculator quotes the source, shows where it contradicts itself, and makes nothing up."""

import pytest

from sandbox_hrms.core.errors import Invalid
from sandbox_hrms.core.pricing import (
    EXAMPLES,
    WITH_AI,
    WITHOUT_AI,
    Contradiction,
    Deployment,
    Modules,
    Quote,
    quote,
)


def ask(modules: Modules, users: int) -> Quote:
    return quote(modules, users, Deployment.CLOUD)


def test_the_examples_of_the_source() -> None:
    assert (WITH_AI - WITHOUT_AI) * 100 / WITHOUT_AI == 300
    assert [(one.users, one.per_head, one.total) for one in EXAMPLES] == [
        (10, 1200, 12_000),
        (50, 400, 20_000),
        (100, 200, 20_000),
    ]


@pytest.mark.parametrize(
    ("modules", "users", "low", "high"),
    [
        (Modules.TEXT, 1, 5_000, 10_000),
        (Modules.TEXT, 10, 5_000, 10_000),
        (Modules.VIDEO, 10, 20_000, 50_000),
        (Modules.VIDEO, 50, 20_000, 50_000),
        (Modules.ROUNDS, 50, 100_000, None),
        (Modules.ROUNDS, 100, 100_000, None),
        (Modules.TEXT, 11, 20_000, 50_000),
        (Modules.VIDEO, 51, 100_000, None),
        (Modules.ROUNDS, 5, 100_000, None),
    ],
)
def test_the_higher_band_of_modules_and_users_is_used(
    modules: Modules, users: int, low: int, high: int | None
) -> None:
    found = ask(modules, users)
    assert (found.tier.low, found.tier.high, found.basis) == (low, high, "band")


def test_the_professional_example_lies_below_its_band() -> None:
    found = ask(Modules.VIDEO, 10)
    assert found.example is not None
    assert (found.example.total, found.outside) == (12_000, -8_000)
    assert Contradiction.PROFESSIONAL_EXAMPLE in found.contradictions


def test_the_enterprise_example_lies_far_below_its_band() -> None:
    found = ask(Modules.ROUNDS, 100)
    assert found.example is not None
    assert (found.example.total, found.outside) == (20_000, -80_000)
    assert found.contradictions == (Contradiction.ENTERPRISE_EXAMPLE, Contradiction.DEPLOYMENT)


def test_an_example_inside_its_band_contradicts_nothing() -> None:
    found = ask(Modules.VIDEO, 50)
    assert found.outside is None
    assert found.contradictions == (Contradiction.EDGES, Contradiction.DEPLOYMENT)


@pytest.mark.parametrize(("users", "count"), [(9, 1), (10, 2), (11, 1), (49, 1), (50, 2), (51, 1)])
def test_bands_meet_at_ten_and_at_fifty(users: int, count: int) -> None:
    modules = Modules.TEXT if users <= 10 else Modules.VIDEO if users <= 50 else Modules.ROUNDS
    found = ask(modules, users)
    assert (Contradiction.EDGES in found.contradictions) is (count == 2)
    assert len(found.other_tiers) == count - 1


def test_modules_and_users_that_ask_for_different_bands_are_told() -> None:
    found = ask(Modules.TEXT, 30)
    assert Contradiction.MODULES_AND_USERS in found.contradictions
    assert [one.modules for one in found.other_tiers] == [Modules.TEXT]
    assert found.example is None


def test_deployment_has_no_price() -> None:
    cloud, local = (quote(Modules.VIDEO, 20, one) for one in Deployment)
    assert cloud.tier == local.tier
    assert Contradiction.DEPLOYMENT in cloud.contradictions
    assert Contradiction.DEPLOYMENT in local.contradictions


def test_a_head_costs_the_band_over_the_users() -> None:
    found = ask(Modules.VIDEO, 40)
    assert (found.low_per_head, found.high_per_head) == (500, 1250)


@pytest.mark.parametrize("users", [0, -1, 100_001])
def test_odd_numbers_of_users_are_refused(users: int) -> None:
    with pytest.raises(Invalid):
        ask(Modules.TEXT, users)
