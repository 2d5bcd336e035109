"""Interview, org chart and payroll are laid side by side; what differs is found, told and mended."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from sandbox_hrms.app import payroll
from sandbox_hrms.app.decide import decide
from sandbox_hrms.app.sandboxes import Change, Sandbox
from sandbox_hrms.app.self_check import check, check_after_exit, mend, mend_all
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.app.snapshot import snapshot
from sandbox_hrms.core import labels
from sandbox_hrms.core.comparing import Gap, Opening, Person, compare
from sandbox_hrms.core.errors import Forbidden, ReadOnly
from sandbox_hrms.core.faults import Fault
from sandbox_hrms.core.profiles import SyncPolicy
from sandbox_hrms.core.roles import SYSTEM, Actor, Role
from sandbox_hrms.core.states import Interview, Placement, SittingStatus, Synced
from sandbox_hrms.tables.frame import EventRow
from sandbox_hrms.tables.hiring import RequisitionRow
from sandbox_hrms.tables.interviews import InterviewRow
from sandbox_hrms.tables.messages import MessageRow
from sandbox_hrms.tables.pay import PayrollRow
from sandbox_hrms.tables.people import CandidateRow
from sandbox_hrms.tables.sync import OrgCaseRow

from .test_sync import HR, interview, org, take

WHOLE = SyncPolicy(carry="at_once", org_chart=True, payroll=True)
FINE = Person(
    interview="i1",
    candidate="c1",
    name="Pat",
    newest=True,
    status=Interview.PASSED,
    synced=Synced.DONE,
    sitting=SittingStatus.ENDED,
    tried=False,
    org_status=Interview.PASSED,
    org_placement=Placement.TO_ONBOARD,
    placement=Placement.TO_ONBOARD,
    placing=False,
    hired=True,
    paid=True,
    as_agreed=True,
    paying=False,
)


def kinds(people: list[Person], openings: list[Opening] | None = None, policy: SyncPolicy = WHOLE) -> list[Gap]:
    return [one.kind for one in compare(people, openings or [], policy)]


# ---- the comparison alone ----------------------------------------------------------------------------


def test_where_all_sides_agree_nothing_is_found() -> None:
    assert kinds([FINE], [Opening("p1", "Sales", closed_by_itself=True, open=0)]) == []


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"status": Interview.IN_PROGRESS, "org_status": Interview.IN_PROGRESS}, Gap.STUCK_IN_PROGRESS),
        ({"status": Interview.TO_REVIEW, "synced": Synced.FAILED, "org_status": None}, Gap.NOT_CARRIED),
        ({"status": Interview.TO_REVIEW, "synced": Synced.PENDING, "org_status": None}, Gap.NOT_CARRIED),
        (
            {"status": Interview.INCOMPLETE, "synced": Synced.NOT_DUE, "org_status": Interview.IN_PROGRESS},
            Gap.UNFINISHED_IN_ORG,
        ),
        ({"status": Interview.TO_REVIEW, "org_status": Interview.IN_PROGRESS}, Gap.ORG_BEHIND),
        (
            {"status": Interview.INCOMPLETE, "synced": Synced.NOT_DUE, "org_status": Interview.TO_REVIEW},
            Gap.COUNTED_UNFINISHED,
        ),
    ],
)
def test_an_interview_that_the_org_chart_sees_otherwise_is_found(changed: dict[str, object], found: Gap) -> None:
    without_place = replace(FINE, placement=Placement.NONE, org_placement=Placement.NONE, hired=False, paid=False)
    assert kinds([replace(without_place, **changed)]) == [found]


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"status": Interview.REJECTED, "org_status": Interview.REJECTED}, Gap.PLACED_WITHOUT_PASS),
        (
            {"status": Interview.TO_REVIEW, "org_status": Interview.TO_REVIEW, "placement": Placement.NONE}
            | {"paid": False},
            Gap.PLACED_WITHOUT_PASS,
        ),
        ({"paid": False}, Gap.PLACED_WITHOUT_PAYROLL),
        ({"as_agreed": False}, Gap.PAY_DIFFERS),
        ({"placement": Placement.NONE, "org_placement": Placement.NONE}, Gap.PAYROLL_WITHOUT_PLACE),
    ],
)
def test_a_place_or_a_pay_that_nothing_stands_behind_is_found(changed: dict[str, object], found: Gap) -> None:
    assert kinds([replace(FINE, **changed)]) == [found]


@pytest.mark.parametrize(
    "changed",
    [
        {"paid": False, "paying": True},
        {"paid": False, "hired": False},
        {"placement": Placement.NONE, "org_placement": Placement.NONE, "placing": True},
    ],
)
def test_what_is_on_its_way_is_no_difference(changed: dict[str, object]) -> None:
    assert kinds([replace(FINE, **changed)]) == []


def test_waiting_for_hr_is_no_difference_until_it_was_tried() -> None:
    by_hr = SyncPolicy(carry="by_hr")
    waits = replace(
        FINE,
        status=Interview.TO_REVIEW,
        synced=Synced.PENDING,
        placement=Placement.NONE,
        org_status=None,
        org_placement=None,
    )
    assert kinds([waits], policy=by_hr) == []
    assert kinds([replace(waits, tried=True)], policy=by_hr) == [Gap.NOT_CARRIED]


def test_a_requisition_is_only_early_when_it_closed_by_itself() -> None:
    assert kinds([], [Opening("p1", "Sales", closed_by_itself=True, open=1)]) == [Gap.CLOSED_TOO_EARLY]
    assert kinds([], [Opening("p1", "Sales", closed_by_itself=False, open=1)]) == []


def test_without_org_chart_and_payroll_their_sides_are_not_asked() -> None:
    odd = replace(FINE, org_status=Interview.IN_PROGRESS, as_agreed=False)
    assert kinds([odd], policy=SyncPolicy(carry="at_once")) == []


@settings(max_examples=300, derandomize=True)
@given(
    st.builds(
        Person,
        interview=st.just("i1"),
        candidate=st.just("c1"),
        name=st.just("Pat"),
        newest=st.booleans(),
        status=st.sampled_from(Interview),
        synced=st.sampled_from(Synced),
        sitting=st.sampled_from([None, *SittingStatus]),
        tried=st.booleans(),
        org_status=st.sampled_from([None, *Interview]),
        org_placement=st.sampled_from([None, *Placement]),
        placement=st.sampled_from(Placement),
        placing=st.booleans(),
        hired=st.booleans(),
        paid=st.booleans(),
        as_agreed=st.booleans(),
        paying=st.booleans(),
    )
)
def test_no_org_chart_counts_an_unfinished_interview_or_a_place_without_a_pass_unnoticed(one: Person) -> None:
    found = kinds([one])
    unfinished = one.status in {
        Interview.INVITED,
        Interview.IN_PROGRESS,
        Interview.INCOMPLETE,
        Interview.ABANDONED,
    }
    counted = one.org_status in {Interview.TO_REVIEW, Interview.PASSED, Interview.REJECTED, Interview.ON_HOLD}
    if unfinished and counted:
        assert Gap.COUNTED_UNFINISHED in found
    if one.newest and one.placement is not Placement.NONE and one.status is not Interview.PASSED:
        assert Gap.PLACED_WITHOUT_PASS in found
    assert all(kind in labels.GAP and kind in labels.MEND for kind in found)


# ---- found, told and mended in a real system ---------------------------------------------------------


def system(hrms: Hrms, profile: str) -> Sandbox:
    return hrms.sandboxes.create(profile, "en", "sales_two_openings", 7)


def spoil(sandbox: Sandbox, how: Callable[[Change], None]) -> None:
    with sandbox.change(SYSTEM) as change:
        how(change)


def hired(hrms: Hrms) -> Sandbox:
    """Return a system whose scenario candidate has a place and is in payroll."""
    sandbox = system(hrms, "suite")
    take(sandbox)
    decide(sandbox, HR, "i1", Interview.PASSED, "Convincing answers.")
    payroll.make_offer(sandbox, HR, "c1")
    payroll.answer_offer(sandbox, HR, "c1", accepted=True)
    assert check(sandbox, HR) == ()
    return sandbox


@pytest.mark.parametrize("profile", ["web", "app", "integrated", "cloud", "local", "suite"])
def test_every_system_begins_without_a_difference(hrms: Hrms, profile: str) -> None:
    assert check(system(hrms, profile), HR) == ()


def test_leaving_unfinished_is_shown_told_once_and_mended_by_a_click(hrms: Hrms) -> None:
    sandbox = system(hrms, "integrated")
    take(sandbox, answers=2)
    found = check(sandbox, HR)
    assert [(one.kind, one.subject, one.interview, one.org) for one in found] == [
        (Gap.UNFINISHED_IN_ORG, "i1", Interview.INCOMPLETE, Interview.IN_PROGRESS)
    ]
    assert snapshot(sandbox, ["check"])[1] == {
        "check": {"differences": [{"kind": "unfinished_in_org", "subject": "i1"}]}
    }
    check_after_exit(sandbox)
    with sandbox.store.read() as session:
        assert len(session.exec(select(MessageRow).where(MessageRow.kind == "sync")).all()) == 1
    assert mend(sandbox, HR, found[0].key)
    assert org(sandbox) == ("incomplete", "none")
    assert check(sandbox, HR) == ()
    revision = sandbox.revision
    assert mend(sandbox, HR, found[0].key)
    assert sandbox.revision == revision
    with sandbox.store.read() as session:
        told = session.exec(select(EventRow).where(EventRow.kind == "difference_mended")).one()
    assert (told.actor, told.subject, told.data) == ("Pat", "i1", {"difference": "unfinished_in_org"})


def test_the_all_in_one_system_mends_at_once(hrms: Hrms) -> None:
    sandbox = system(hrms, "suite")
    take(sandbox, answers=2)
    assert interview(sandbox) == ("incomplete", "saved", "not_due")
    assert org(sandbox) == ("incomplete", "none")
    assert check(sandbox, HR) == ()


def test_a_result_that_did_not_arrive_is_carried_by_the_click(hrms: Hrms) -> None:
    sandbox = system(hrms, "app")
    take(sandbox, last=Fault.OFFLINE)
    found = check(sandbox, HR)
    assert [one.key for one in found] == ["not_carried/i1"]
    assert not mend(sandbox, HR, "not_carried/i1")
    sandbox.faults.clear(Fault.OFFLINE)
    assert mend(sandbox, HR, "not_carried/i1")
    assert (interview(sandbox), check(sandbox, HR)) == (("to_review", "saved", "done"), ())


def test_a_click_that_puts_nothing_right_does_not_say_that_it_did(sandbox: Sandbox) -> None:
    take(sandbox)
    spoil(sandbox, lambda change: _set_interview(change, Interview.TO_REVIEW, Synced.PENDING))
    assert [one.key for one in check(sandbox, HR)] == ["not_carried/i1"]
    assert not mend(sandbox, HR, "not_carried/i1")


def test_an_interview_stuck_in_progress_is_ended_by_the_rules(sandbox: Sandbox) -> None:
    take(sandbox)
    spoil(sandbox, lambda change: _set_interview(change, Interview.IN_PROGRESS, Synced.NOT_DUE))
    assert [one.kind for one in check(sandbox, HR)] == [Gap.STUCK_IN_PROGRESS]
    mend(sandbox, HR, "stuck_in_progress/i1")
    assert interview(sandbox)[0] == "to_review"


def _set_interview(change: Change, status: Interview, synced: Synced) -> None:
    row = change.session.get_one(InterviewRow, "i1")
    row.status, row.synced = status, synced
    change.session.add(row)


def _believe(status: Interview, placement: Placement = Placement.NONE) -> Callable[[Change], None]:
    def how(change: Change) -> None:
        row = change.session.get_one(OrgCaseRow, "i1")
        row.status, row.placement = status, placement
        change.session.add(row)

    return how


def _place(placement: Placement) -> Callable[[Change], None]:
    def how(change: Change) -> None:
        row = change.session.get_one(CandidateRow, "c1")
        row.placement = placement
        change.session.add(row)

    return how


def test_the_false_two_of_two_is_found_and_hiring_goes_on(hrms: Hrms) -> None:
    """An interview left unfinished is counted as placed, the requisition closed itself on it."""
    sandbox = system(hrms, "integrated")
    take(sandbox, answers=2)
    spoil(sandbox, _believe(Interview.PASSED, Placement.TO_ONBOARD))
    spoil(sandbox, _place(Placement.TO_ONBOARD))
    post = sandbox.context.post.id

    def close(change: Change) -> None:
        row = change.session.exec(select(RequisitionRow).where(RequisitionRow.post == post)).one()
        row.status = "closed"
        change.session.add(row)

    spoil(sandbox, close)
    found = [one.key for one in check(sandbox, HR)]
    assert found == ["counted_unfinished/i1", "placed_without_pass/i1", f"closed_too_early/{post}"]
    assert mend_all(sandbox, HR) == 3
    assert check(sandbox, HR) == ()
    assert org(sandbox) == ("incomplete", "none")
    requisition = snapshot(sandbox, ["requisition"])[1]["requisition"]
    assert (requisition["status"], requisition["open"], requisition["placed"]) == ("open", 2, 0)


def test_a_missing_payroll_record_is_written(hrms: Hrms) -> None:
    sandbox = hired(hrms)
    spoil(sandbox, lambda change: change.session.delete(change.session.get_one(PayrollRow, "c1")))
    assert [one.kind for one in check(sandbox, HR)] == [Gap.PLACED_WITHOUT_PAYROLL]
    assert mend(sandbox, HR, "placed_without_payroll/i1")
    assert check(sandbox, HR) == ()


def test_a_wrong_pay_is_put_right(hrms: Hrms) -> None:
    sandbox = hired(hrms)

    def cut(change: Change) -> None:
        row = change.session.get_one(PayrollRow, "c1")
        row.start_pay -= 2000
        change.session.add(row)

    spoil(sandbox, cut)
    assert [one.kind for one in check(sandbox, HR)] == [Gap.PAY_DIFFERS]
    check_after_exit(sandbox)
    assert check(sandbox, HR) == ()


def test_a_payroll_record_without_a_place_is_removed(hrms: Hrms) -> None:
    sandbox = hired(hrms)
    spoil(sandbox, _place(Placement.NONE))
    spoil(sandbox, _believe(Interview.PASSED))
    assert [one.kind for one in check(sandbox, HR)] == [Gap.PAYROLL_WITHOUT_PLACE]
    assert mend(sandbox, HR, "payroll_without_place/i1")
    assert check(sandbox, HR) == ()


def test_only_those_who_may_compare_and_mend(hrms: Hrms, candidate: Actor, head: Actor) -> None:
    sandbox = system(hrms, "integrated")
    take(sandbox, answers=2)
    for actor in (candidate, head):
        with pytest.raises(Forbidden):
            check(sandbox, actor)
        with pytest.raises(Forbidden):
            mend(sandbox, actor, "unfinished_in_org/i1")
    reader = Actor(Role.HR, "hr", "Pat", read_only=True)
    assert len(check(sandbox, reader)) == 1
    with pytest.raises(ReadOnly):
        mend(sandbox, reader, "unfinished_in_org/i1")
