"""Leaving rate → need in three months → invitations by priority, never above openings, nobody twice."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox_hrms.app import audit, forecast, messages
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.core.errors import Forbidden, Invalid, ReadOnly
from sandbox_hrms.core.forecast import PostOutlook, invitations
from sandbox_hrms.core.forecast import forecast as needs_of
from sandbox_hrms.core.roles import SYSTEM, Actor, Role
from sandbox_hrms.core.states import Placement
from sandbox_hrms.tables.hiring import RequisitionRow
from sandbox_hrms.tables.people import CandidateRow, DepartmentRow, PostRow


def outlook(  # noqa: PLR0913  # the fields of one post
    post: str = "p",
    *,
    priority: int = 2,
    order: int = 1,
    in_post: int = 0,
    open_: int = 0,
    under_way: int = 0,
    waiting: tuple[str, ...] = (),
) -> PostOutlook:
    return PostOutlook(post, priority, order, in_post, open_, under_way, waiting)


def test_fifteen_per_cent_of_a_hundred_people_is_four_in_three_months() -> None:
    (one,) = needs_of([outlook(in_post=100, open_=2)], 15)
    assert (one.leaving, one.need) == (3.75, 6)
    (eight,) = needs_of([outlook(in_post=8, open_=2)], 15)
    assert (eight.leaving, eight.need) == (0.3, 2)
    (none,) = needs_of([outlook(in_post=100, open_=2)], 0)
    assert (none.leaving, none.need) == (0, 2)


def test_invitations_stop_at_openings_and_count_who_is_under_way() -> None:
    people = ("a", "b", "c", "d")
    (one,) = needs_of([outlook(in_post=1000, open_=2, waiting=people)], 100)
    assert (one.need, one.invite) == (252, ("a", "b"))
    (less,) = needs_of([outlook(open_=2, under_way=1, waiting=people)], 15)
    assert less.invite == ("a",)
    (full,) = needs_of([outlook(open_=2, under_way=5, waiting=people)], 15)
    assert (full.invitations, full.invite) == (0, ())


def test_engineering_goes_before_administration_and_priority_before_both() -> None:
    posts = [
        outlook("administration", order=2, open_=1, waiting=("x",)),
        outlook("sales", open_=1, waiting=("y",)),
        outlook("engineering", order=0, open_=1, waiting=("z",)),
        outlook("urgent", priority=1, order=2, open_=1, waiting=("w",)),
    ]
    found = needs_of(posts, 15)
    assert [one.outlook.post for one in found] == ["urgent", "engineering", "sales", "administration"]
    assert invitations(found) == ("w", "z", "y", "x")


@pytest.mark.parametrize("rate", [-1, 100.1, float("nan")])
def test_odd_rates_are_refused(rate: float) -> None:
    with pytest.raises(Invalid):
        needs_of([outlook()], rate)


@pytest.fixture
def hiring(sandbox: Sandbox) -> Sandbox:
    """Two posts with two openings each, and three people waiting for each."""
    at = datetime(2026, 3, 1, tzinfo=UTC)
    with sandbox.change(SYSTEM) as change:
        change.session.add(DepartmentRow(id="d9", name="Works"))
        change.session.flush()
        for post, family in (("p8", "administration"), ("p9", "engineering")):
            change.session.add(PostRow(id=post, title=family, department="d9", headcount=2, family=family))
            change.session.flush()
            change.session.add(RequisitionRow(id=f"r-{post}", post=post, openings=2, opened_at=at))
            for number in (1, 2, 3):
                change.session.add(
                    CandidateRow(
                        id=f"c{post}{number}",
                        name=f"{family} {number}",
                        email="",
                        phone="",
                        source="",
                        post=post,
                        placement=Placement.NONE,
                        applied_at=at.replace(hour=number),
                        resume={},
                    )
                )
    return sandbox


def test_hr_sends_all_invitations_at_once_engineering_first(hiring: Sandbox, hr: Actor) -> None:
    before = forecast.plan(hiring, hr)
    assert (before.leaving_rate, before.automatic, before.invitations) == (15.0, False, 4)
    assert before.posts[0].family == "engineering"
    assert before.posts[-1].family == "administration"
    assert forecast.send(hiring, hr) == 4
    invited = [one.subject for one in audit.entries(hiring, hr).entries if one.action == "candidate_invited"]
    assert invited[::-1] == ["ip91", "ip92", "ip81", "ip82"]
    assert forecast.send(hiring, hr) == 0
    assert forecast.plan(hiring, hr).invitations == 0


def test_posts_with_people_under_way_invite_nobody(sandbox: Sandbox, hr: Actor) -> None:
    found = {one.need.outlook.post: one.need for one in forecast.plan(sandbox, hr).posts}
    assert (found["p1"].outlook.open, found["p1"].outlook.under_way, found["p1"].invitations) == (2, 4, 0)
    assert forecast.send(sandbox, hr) == 0


def test_the_scheduler_sends_only_where_it_was_switched_on(hiring: Sandbox, hr: Actor) -> None:
    assert forecast.run(hiring) == 0
    forecast.set_up(hiring, hr, 15, automatic=True)
    unread = messages.unread(hiring, hr)
    assert forecast.run(hiring) == 4
    assert forecast.run(hiring) == 0
    assert messages.unread(hiring, hr) == unread + 1
    assert messages.messages(hiring, hr).messages[0].data == {"count": 4}


def test_the_rate_is_kept_and_checked(sandbox: Sandbox, hr: Actor) -> None:
    assert forecast.set_up(sandbox, hr, 20, automatic=False).leaving_rate == 20
    revision = sandbox.revision
    forecast.set_up(sandbox, hr, 20, automatic=False)
    assert sandbox.revision == revision
    with pytest.raises(Invalid):
        forecast.set_up(sandbox, hr, 101, automatic=False)
    assert audit.entries(sandbox, hr).entries[0].action == "forecast_set"


def test_only_hr_may(sandbox: Sandbox, head: Actor) -> None:
    looking = Actor(Role.HR, "hr", "Pat", read_only=True)
    for call in (forecast.plan, forecast.send):
        with pytest.raises(Forbidden):
            call(sandbox, head)
    with pytest.raises(ReadOnly):
        forecast.send(sandbox, looking)
    with pytest.raises(ReadOnly):
        forecast.set_up(sandbox, looking, 1, automatic=True)


def test_sample_data_with_engineers_and_office_staff_sends_engineers_first(hrms: Hrms, hr: Actor) -> None:
    sandbox = hrms.sandboxes.create("web", "zh_CN", "engineers_and_office", 7)
    found = forecast.plan(sandbox, hr)
    assert [(one.family, len(one.invite)) for one in found.posts] == [
        ("engineering", 2),
        ("engineering", 2),
        ("administration", 2),
    ]
    assert forecast.send(sandbox, hr) == found.invitations == 6


@given(
    st.lists(
        st.builds(
            outlook,
            st.sampled_from("abcdefgh"),
            priority=st.integers(1, 3),
            order=st.integers(0, 2),
            in_post=st.integers(0, 3000),
            open_=st.integers(0, 9),
            under_way=st.integers(0, 9),
            waiting=st.lists(st.sampled_from("123456789"), unique=True).map(tuple),
        ),
        unique_by=lambda one: one.post,
        max_size=8,
    ),
    st.floats(0, 100),
)
def test_never_above_openings_and_nobody_twice(posts: list[PostOutlook], rate: float) -> None:
    found = needs_of(posts, rate)
    assert {one.outlook.post for one in found} == {one.post for one in posts}
    for one in found:
        assert len(one.invite) + one.outlook.under_way <= max(one.outlook.open, one.outlook.under_way)
        assert one.need >= one.outlook.open
    invited = invitations(found)
    assert len(invited) == len(set(invited))
