"""Results travel to the org side exactly once, whatever breaks, in whatever order they arrive."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import col, select

from sandbox_hrms.app import conduct, payroll, sync
from sandbox_hrms.app.decide import decide
from sandbox_hrms.app.places import correct_case
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.self_check import check
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.app.snapshot import snapshot
from sandbox_hrms.core.carrying import Parcel, corrected_version, key_of, version_of, wait_after
from sandbox_hrms.core.errors import Forbidden, NotFound, ReadOnly
from sandbox_hrms.core.faults import Fault
from sandbox_hrms.core.roles import SYSTEM, Actor, Role
from sandbox_hrms.core.states import Interview, Placement, Synced
from sandbox_hrms.tables.frame import EventRow
from sandbox_hrms.tables.pay import PayrollRow
from sandbox_hrms.tables.people import CandidateRow
from sandbox_hrms.tables.sync import InboxRow, OrgCaseRow, OutboxRow, SyncTryRow

from .conftest import Clock

HR = Actor(Role.HR, "hr", "Pat")
ALL_FOUR = ("i1/1/begun", "i1/1/result", "i1/1/placement", "i1/1/pay")


def take(sandbox: Sandbox, *, answers: int | None = None, last: Fault | None = None) -> None:
    """Take the scenario's interview to its end; ``last`` is switched on just before the end."""
    candidate = Actor(Role.CANDIDATE, sandbox.context.candidate.id, sandbox.context.candidate.name)
    conduct.give_consent(sandbox, candidate)
    conduct.check_devices(sandbox, candidate, "skipped")
    for question in sandbox.context.questions[:answers]:
        conduct.submit_answer(sandbox, candidate, question.id, question.sample, 1)
    if last is not None:
        sandbox.faults.switch_on(last, None)
    conduct.end(sandbox, candidate)


def interview(sandbox: Sandbox) -> tuple[str, str, str]:
    one = snapshot(sandbox, ["interview"])[1]["interview"]
    return one["status"], one["saved"], one["synced"]


def rows(sandbox: Sandbox) -> list[tuple[str, str, int]]:
    found = snapshot(sandbox, ["sync"])[1]["sync"]["rows"]
    return [(one["key"], one["status"], one["tries"]) for one in found]


def org(sandbox: Sandbox) -> tuple[str, str] | None:
    with sandbox.store.read() as session:
        row = session.get(OrgCaseRow, "i1")
        return None if row is None else (row.status, row.placement)


def tries(sandbox: Sandbox) -> list[str]:
    with sandbox.store.read() as session:
        return list(session.exec(select(SyncTryRow.message).order_by(col(SyncTryRow.id))))


# ---- what is carried, by profile --------------------------------------------------------------------


def test_where_there_is_no_org_chart_only_the_result_travels(sandbox: Sandbox) -> None:
    take(sandbox)
    assert interview(sandbox) == ("to_review", "saved", "done")
    assert rows(sandbox) == [("i1/1/result", "done", 1)]
    assert org(sandbox) is None


def test_an_org_chart_hears_of_the_beginning_and_of_the_result(hrms: Hrms) -> None:
    sandbox = hrms.sandboxes.create("integrated", "en", "sales_two_openings", 7)
    candidate = Actor(Role.CANDIDATE, "c1", "Someone")
    conduct.give_consent(sandbox, candidate)
    assert org(sandbox) == ("in_progress", "none")
    take(sandbox)
    assert org(sandbox) == ("to_review", "none")
    assert rows(sandbox) == [("i1/1/begun", "done", 1), ("i1/1/result", "done", 1)]


def test_an_unfinished_interview_is_not_carried(hrms: Hrms) -> None:
    sandbox = hrms.sandboxes.create("integrated", "en", "sales_two_openings", 7)
    take(sandbox, answers=2)
    assert interview(sandbox) == ("incomplete", "saved", "not_due")
    assert org(sandbox) == ("in_progress", "none")
    assert [key for key, _, _ in rows(sandbox)] == ["i1/1/begun"]


def test_a_pass_and_an_accepted_offer_travel_to_org_chart_and_payroll(hrms: Hrms) -> None:
    sandbox = _all_four_waiting(hrms)
    assert [row[:2] for row in rows(sandbox)] == [(key, "pending") for key in ALL_FOUR]
    assert sync.resync_all(sandbox, HR) == 4
    assert_everything_arrived_once(sandbox)


# ---- faults ------------------------------------------------------------------------------------------


def test_without_a_way_it_fails_is_shown_and_tried_again_later_and_later(sandbox: Sandbox, clock: Clock) -> None:
    take(sandbox, last=Fault.OFFLINE)
    assert interview(sandbox) == ("to_review", "saved", "failed")
    line = sync.sync_log(sandbox, HR).lines[0]
    assert (line.status, line.tries, line.message) == (Synced.FAILED, 1, "The org side cannot be reached.")
    waits = []
    for _ in range(8):
        due = sync.sync_log(sandbox, HR).lines[0].next_try_at
        assert due is not None
        waits.append((due - clock.now).total_seconds())
        clock.now = due - wait_after(1) / 30
        assert sync.carry(sandbox) == 0
        clock.now = due
        sync.carry(sandbox)
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]
    assert rows(sandbox) == [("i1/1/result", "failed", 9)]
    sandbox.faults.clear(Fault.OFFLINE)
    clock.forward(900)
    assert sync.carry(sandbox) == 1
    assert interview(sandbox) == ("to_review", "saved", "done")
    assert tries(sandbox) == ["The org side cannot be reached."] * 9 + ["Delivered."]


def test_the_phone_system_waits_for_hr_after_a_failure(hrms: Hrms, clock: Clock) -> None:
    sandbox = hrms.sandboxes.create("app", "en", "sales_two_openings", 7)
    take(sandbox, last=Fault.OFFLINE)
    assert interview(sandbox) == ("to_review", "saved", "failed")
    sandbox.faults.clear(Fault.OFFLINE)
    clock.forward(86_400)
    assert sync.carry(sandbox) == 0
    assert interview(sandbox) == ("to_review", "saved", "failed")
    assert sync.resync(sandbox, HR, "i1/1/result") is Synced.DONE
    assert interview(sandbox) == ("to_review", "saved", "done")


def test_a_local_system_needs_no_network(hrms: Hrms) -> None:
    sandbox = hrms.sandboxes.create("local", "en", "sales_two_openings", 7)
    sandbox.faults.switch_on(Fault.OFFLINE, None)
    with sandbox.change(SYSTEM) as change:
        change.session.add(OutboxRow(key="i1/1/begun", kind="begun", interview="i1", written_at=change.at))
    assert sync.carry(sandbox) == 1


def test_a_stuck_sync_stays_pending_until_hr_starts_it_again(sandbox: Sandbox, clock: Clock) -> None:
    take(sandbox, last=Fault.STUCK_SYNC)
    assert interview(sandbox) == ("to_review", "saved", "pending")
    clock.forward(86_400)
    assert sync.carry(sandbox) == 0
    sandbox.faults.clear(Fault.STUCK_SYNC)
    assert sync.carry(sandbox) == 0
    line = sync.sync_log(sandbox, HR).lines[0]
    assert (line.status, line.hangs, line.next_try_at) == (Synced.PENDING, True, None)
    assert sync.resync(sandbox, HR, line.key) is Synced.DONE
    assert interview(sandbox) == ("to_review", "saved", "done")


def test_starting_it_again_is_what_frees_a_stuck_sync(sandbox: Sandbox) -> None:
    take(sandbox, last=Fault.STUCK_SYNC)
    assert sync.resync_all(sandbox, HR) == 1
    assert not sandbox.faults.has(Fault.STUCK_SYNC)


def test_an_interview_taken_anew_after_its_record_was_lost_is_carried_like_any_other(
    hrms: Hrms, sandbox: Sandbox
) -> None:
    take(sandbox)
    hrms.sandboxes.inject(sandbox.id, Fault.LOST_RECORD, None)
    candidate = Actor(Role.CANDIDATE, sandbox.context.candidate.id, sandbox.context.candidate.name)
    conduct.give_consent(sandbox, candidate)
    sync.resync_all(sandbox, HR)  # it cures the fault; the old record has no place any more
    take(sandbox)
    assert [key for key, *_ in rows(sandbox)] == ["i1/1/result", "i1/1/result.2"]
    assert interview(sandbox) == ("to_review", "saved", "done")
    assert check(sandbox, HR) == ()


def test_a_locked_database_leaves_the_parcel_where_it_is(sandbox: Sandbox) -> None:
    take(sandbox, last=Fault.STUCK_SYNC)
    sandbox.faults.clear(Fault.STUCK_SYNC)
    with sandbox.change(SYSTEM) as change:
        row = change.session.get_one(OutboxRow, "i1/1/result")
        row.next_try_at = change.at
        change.session.add(row)
    sandbox.store.trouble(locked=True, full=False)
    assert sync.carry(sandbox) == 0
    sandbox.store.trouble(locked=False, full=False)
    assert sync.carry(sandbox) == 1


def test_what_the_org_side_refuses_is_told_in_its_words(hrms: Hrms, monkeypatch: pytest.MonkeyPatch) -> None:
    from sandbox_hrms.core.errors import NotAllowed

    def refuse(_: object) -> None:
        raise NotAllowed("No place is left in {post}.", "", post="Sales")

    monkeypatch.setitem(sync.RECEIVERS, Parcel.RESULT, refuse)
    sandbox = hrms.sandboxes.create("integrated", "en", "sales_two_openings", 7)
    take(sandbox)
    line = sync.sync_log(sandbox, HR, Synced.FAILED).lines[0]
    assert line.message.format(**line.params) == "No place is left in Sales."
    with sandbox.store.read() as session:
        assert session.get(InboxRow, line.key) is None


def test_only_those_who_may_see_the_log_and_start_a_sync(sandbox: Sandbox, candidate: Actor, head: Actor) -> None:
    take(sandbox, last=Fault.OFFLINE)
    for actor in (candidate, head):
        with pytest.raises(Forbidden):
            sync.sync_log(sandbox, actor)
        with pytest.raises(Forbidden):
            sync.resync(sandbox, actor, "i1/1/result")
        with pytest.raises(Forbidden):
            sync.resync_all(sandbox, actor)
    reader = Actor(Role.HR, "hr", "Pat", read_only=True)
    assert sync.sync_log(sandbox, reader).total == 1
    with pytest.raises(ReadOnly):
        sync.resync(sandbox, reader, "i1/1/result")
    with pytest.raises(NotFound):
        sync.resync(sandbox, HR, "i9/1/result")


def test_the_log_is_filtered_and_turned(hrms: Hrms) -> None:
    sandbox = _all_four_waiting(hrms)
    sync.resync(sandbox, HR, "i1/1/begun")
    assert [one.key for one in sync.sync_log(sandbox, HR).lines] == list(reversed(ALL_FOUR))
    assert [one.key for one in sync.sync_log(sandbox, HR, Synced.DONE).lines] == ["i1/1/begun"]
    assert [one.key for one in sync.sync_log(sandbox, HR, kind=Parcel.PAY).lines] == ["i1/1/pay"]
    last = sync.sync_log(sandbox, HR, page=9, page_size=3)
    assert ([one.key for one in last.lines], last.page, last.pages) == (["i1/1/begun"], 2, 2)
    assert (last.total, last.waiting) == (4, 3)


# ---- crashes, repeats and disorder -------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here."""


@contextmanager
def killed_at(sandbox: Sandbox, statement: int) -> Iterator[list[int]]:
    """End the process before its n-th statement or commit; the list counts them."""
    engine = sandbox.store._engine  # noqa: SLF001  # where every statement passes
    count = [0]

    def step(*_: object) -> None:
        count[0] += 1
        if count[0] == statement:
            raise Killed

    event.listen(engine, "before_cursor_execute", step)
    event.listen(engine, "commit", step)
    try:
        yield count
    finally:
        event.remove(engine, "before_cursor_execute", step)
        event.remove(engine, "commit", step)


@pytest.mark.parametrize("stride", [pytest.param(1, marks=pytest.mark.proof), 9])
def test_a_crash_at_any_statement_of_a_delivery_counts_nothing_twice_and_loses_nothing(
    hrms: Hrms, stride: int
) -> None:
    source = _all_four_waiting(hrms)
    trial = hrms.sandboxes.clone(source.id)
    with killed_at(trial, 0) as count:
        sync.resync_all(trial, HR)
    assert_everything_arrived_once(trial)
    assert count[0] > 40
    for statement in range(1, count[0] + 1, stride):
        trial = hrms.sandboxes.clone(source.id)
        with killed_at(trial, statement), pytest.raises(Killed):
            sync.resync_all(trial, HR)
        hrms.sandboxes._forget(trial.id)  # noqa: SLF001  # what is in memory is gone
        trial = hrms.sandboxes.open(trial.id)
        sync.resync_all(trial, HR)
        assert_everything_arrived_once(trial)
        hrms.sandboxes.delete(trial.id)


@pytest.mark.parametrize("stride", [pytest.param(1, marks=pytest.mark.proof), 9])
def test_a_crash_at_any_statement_of_the_end_leaves_all_of_it_or_nothing(hrms: Hrms, stride: int) -> None:
    source = hrms.sandboxes.create("integrated", "en", "sales_two_openings", 7)
    candidate = Actor(Role.CANDIDATE, "c1", "Someone")
    conduct.give_consent(source, candidate)
    conduct.check_devices(source, candidate, "skipped")
    for question in source.context.questions:
        conduct.submit_answer(source, candidate, question.id, question.sample, 1)
    trial = hrms.sandboxes.clone(source.id)
    with killed_at(trial, 0) as count:
        conduct.end(trial, candidate)
    for statement in range(1, count[0] + 1, stride):
        trial = hrms.sandboxes.clone(source.id)
        with killed_at(trial, statement), pytest.raises(Killed):
            conduct.end(trial, candidate)
        hrms.sandboxes._forget(trial.id)  # noqa: SLF001  # what is in memory is gone
        trial = hrms.sandboxes.open(trial.id)
        if interview(trial)[0] == "in_progress":
            conduct.end(trial, candidate)
        assert interview(trial) == ("to_review", "saved", "done")
        assert org(trial) == ("to_review", "none")
        assert [key for key, status, _ in rows(trial) if status == "done"] == ["i1/1/begun", "i1/1/result"]
        hrms.sandboxes.delete(trial.id)


@settings(
    max_examples=12,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(arrivals=st.lists(st.sampled_from(ALL_FOUR), max_size=12))
def test_repeats_and_disorder_end_where_order_does(hrms: Hrms, waiting: Sandbox, arrivals: list[str]) -> None:
    trial = hrms.sandboxes.clone(waiting.id)
    newest = 0
    for key in arrivals:
        sync.resync(trial, HR, key)
        _lose_receipt(trial, key)
        with trial.store.read() as session:
            row = session.get(OrgCaseRow, "i1")
            version = row.version if row else 0
        assert version >= newest
        newest = version
    sync.resync_all(trial, HR)
    assert_everything_arrived_once(trial, repeats=True)
    hrms.sandboxes.delete(trial.id)


def test_a_late_beginning_does_not_undo_a_correction_by_hand(hrms: Hrms) -> None:
    sandbox = hrms.sandboxes.create("integrated", "en", "sales_two_openings", 7)
    take(sandbox, answers=1)
    correct_case(sandbox, HR, "i1")
    with sandbox.change(SYSTEM) as change:
        change.session.delete(change.session.get_one(InboxRow, "i1/1/begun"))
    _lose_receipt(sandbox, "i1/1/begun")
    sync.resync_all(sandbox, HR)
    assert org(sandbox) == ("incomplete", "none")


def test_later_news_of_an_interview_is_newer() -> None:
    ordered = [
        key_of("i1", sitting, parcel, repeat) for sitting in (1, 2) for parcel in Parcel for repeat in (1, 2)
    ]
    versions = [version_of(key) for key in ordered]
    assert versions == sorted(set(versions))
    assert version_of("i1/2/begun.50") < corrected_version(2, finished=False) < version_of("i1/2/result")
    assert version_of("i1/2/result") < corrected_version(2, finished=True) < version_of("i1/2/placement")
    with pytest.raises(ValueError, match="unpack"):
        version_of("i1/result")


@pytest.fixture
def waiting(hrms: Hrms) -> Sandbox:
    return _all_four_waiting(hrms)


def _all_four_waiting(hrms: Hrms) -> Sandbox:
    """Return a system in which all four kinds of parcel hang."""
    sandbox = hrms.sandboxes.create("suite", "en", "sales_two_openings", 7)
    sandbox.faults.switch_on(Fault.STUCK_SYNC, None)
    take(sandbox)
    decide(sandbox, HR, "i1", Interview.PASSED, "Convincing answers.")
    payroll.make_offer(sandbox, HR, "c1")
    payroll.answer_offer(sandbox, HR, "c1", accepted=True)
    sandbox.faults.clear(Fault.STUCK_SYNC)
    return sandbox


def _lose_receipt(sandbox: Sandbox, key: str) -> None:
    with sandbox.change(SYSTEM) as change:
        row = change.session.get_one(OutboxRow, key)
        row.delivered_at = None
        change.session.add(row)


def assert_everything_arrived_once(sandbox: Sandbox, *, repeats: bool = False) -> None:
    with sandbox.store.read() as session:
        assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        assert sorted(session.exec(select(InboxRow.key).where(InboxRow.interview == "i1"))) == sorted(ALL_FOUR)
        assert all(session.exec(select(OutboxRow.delivered_at)))
        told = Counter(session.exec(select(EventRow.kind)))
        assert session.get_one(CandidateRow, "c1").placement == Placement.TO_ONBOARD
        assert len(session.exec(select(PayrollRow)).all()) == 1
    assert (told["placed"], told["pay_recorded"]) == (1, 1)
    if not repeats:
        assert told["synced"] == 4
    assert org(sandbox) == ("passed", "to_onboard")
    assert interview(sandbox)[2] == "done"
    assert check(sandbox, HR) == ()
