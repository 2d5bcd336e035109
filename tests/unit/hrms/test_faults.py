"""Faults: each is real, shows itself in words, is cured as its lesson teaches, and touches one sandbox only."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox_hrms.app import backup, conduct, faults, save, sync
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.save import keep_draft
from sandbox_hrms.app.service import Hrms, Settings, build
from sandbox_hrms.app.snapshot import events, snapshot
from sandbox_hrms.core.errors import CloseBlocked, Down, ReadOnly, StorageFailed
from sandbox_hrms.core.faults import Fault
from sandbox_hrms.core.roles import Actor, Role
from tests.unit.hrms.test_saving import Person

HR = Actor(Role.HR, "hr", "Pat")
PROFILES = ("web", "app", "integrated", "suite", "cloud", "local")
QUIET = [one for one in Fault if one is not Fault.CRASH]


def actor_of(sandbox: Sandbox) -> Actor:
    return Actor(Role.CANDIDATE, sandbox.context.candidate.id, sandbox.context.candidate.name)


def take(sandbox: Sandbox, answers: int = 4, *, end: bool = True) -> None:
    """Take the interview in a sandbox that saves by itself."""
    candidate = actor_of(sandbox)
    conduct.give_consent(sandbox, candidate)
    conduct.check_devices(sandbox, candidate, "skipped")
    for one in sandbox.context.questions[:answers]:
        conduct.submit_answer(sandbox, candidate, one.id, one.sample, 1)
    if end:
        conduct.end(sandbox, candidate)


def kinds(sandbox: Sandbox) -> list[str]:
    return [one["kind"] for one in events(sandbox, 0)[0]]


def stored(sandbox: Sandbox, *parts: str) -> dict[str, Any]:
    return snapshot(sandbox, parts)[1]


def sound(sandbox: Sandbox) -> bool:
    with sandbox.store.read() as session:
        connection = session.connection()
        tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE name='ballast'").scalar_one()
        return tables == 0 and connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


@pytest.fixture
def neighbour(hrms: Hrms) -> Sandbox:
    return hrms.sandboxes.create("web", "en", "sales_two_openings", 7)


@pytest.mark.parametrize("fault", list(Fault))
def test_a_neighbour_feels_nothing(hrms: Hrms, sandbox: Sandbox, neighbour: Sandbox, fault: Fault) -> None:
    hrms.sandboxes.inject(sandbox.id, fault, None)
    assert hrms.sandboxes.faults(sandbox.id).active() == (fault,)
    assert hrms.sandboxes.faults(neighbour.id).active() == ()
    take(neighbour)
    found = stored(neighbour, "interview")["interview"]
    assert (found["status"], found["saved"]) == ("to_review", "saved")


@pytest.mark.parametrize("fault", QUIET)
def test_switched_on_and_off_is_noted(hrms: Hrms, sandbox: Sandbox, fault: Fault) -> None:
    hrms.sandboxes.inject(sandbox.id, fault, None)
    hrms.sandboxes.clear(sandbox.id, fault)
    hrms.sandboxes.clear(sandbox.id, fault)
    told = events(sandbox, 0)[0]
    assert [(one["kind"], one["subject"], one["data"]["fault"]) for one in told] == [
        ("fault_injected", fault, fault),
        ("fault_cleared", fault, fault),
    ]
    take(sandbox)


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_ends_by_itself(hrms: Hrms, sandbox: Sandbox, clock: Any, fault: Fault) -> None:
    hrms.sandboxes.inject(sandbox.id, fault, 12)
    assert sandbox.faults.seconds_left(fault) == 12
    clock.forward(11.9)
    assert sandbox.faults.has(fault)
    clock.forward(0.1)
    healthy = hrms.sandboxes.open(sandbox.id)
    assert healthy.faults.active() == ()
    assert kinds(healthy) == ["fault_injected", "fault_cleared"]
    take(healthy)


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_outlasts_the_process(hrms: Hrms, sandbox: Sandbox, root: Path, clock: Any, fault: Fault) -> None:
    hrms.sandboxes.inject(sandbox.id, fault, 60)
    hrms.close()
    again = build(root, clock, Settings())
    try:
        assert again.sandboxes.faults(sandbox.id).active() == (fault,)
        there = again.sandboxes.open(sandbox.id)
        if fault in {Fault.DB_LOCKED, Fault.DISK_FULL}:
            with pytest.raises(StorageFailed):
                conduct.give_consent(there, actor_of(there))
        again.sandboxes.clear(sandbox.id, fault)
        take(again.sandboxes.open(sandbox.id))
    finally:
        again.close()
    assert json.loads((root / sandbox.id / "faults.json").read_text()) == {}


@pytest.mark.parametrize("note", ["", "no json", "[]", '{"unknown": {"until": null, "marks": []}}', '{"slow": 1}'])
def test_a_damaged_note_counts_as_none(hrms: Hrms, sandbox: Sandbox, root: Path, clock: Any, note: str) -> None:
    hrms.close()
    (root / sandbox.id / "faults.json").write_text(note)
    again = build(root, clock, Settings())
    try:
        assert again.sandboxes.faults(sandbox.id).active() == ()
        take(again.sandboxes.open(sandbox.id))
    finally:
        again.close()


def test_reset_ends_all_faults(hrms: Hrms, sandbox: Sandbox) -> None:
    take(sandbox)
    for fault in QUIET:
        hrms.sandboxes.inject(sandbox.id, fault, None)
    hrms.sandboxes.reset(sandbox.id)
    assert sandbox.faults.active() == ()
    assert stored(sandbox, "interview")["interview"]["status"] == "invited"
    take(sandbox)


def test_deleted_with_a_fault_on_leaves_nothing(hrms: Hrms, sandbox: Sandbox) -> None:
    for fault in QUIET:
        hrms.sandboxes.inject(sandbox.id, fault, None)
    sandbox_id = sandbox.id
    hrms.sandboxes.delete(sandbox_id)
    assert not sandbox.folder.exists()
    again = hrms.sandboxes.create("web", "en", "sales_two_openings", 7, sandbox_id)
    assert again.faults.active() == ()


def test_a_clone_is_healthy(hrms: Hrms, sandbox: Sandbox) -> None:
    take(sandbox)
    for fault in (Fault.DB_LOCKED, Fault.DISK_FULL):
        hrms.sandboxes.inject(sandbox.id, fault, None)
    clone = hrms.sandboxes.clone(sandbox.id)
    assert clone.faults.active() == ()
    clone.set_clock(advance=1)


@pytest.mark.parametrize("fault", [Fault.DB_LOCKED, Fault.DISK_FULL])
def test_what_cannot_be_stored_is_told_and_not_stored(
    hrms: Hrms, sandbox: Sandbox, candidate: Actor, begun: conduct.Room, fault: Fault
) -> None:
    first = sandbox.context.questions[0]
    sitting = begun.sitting_id or ""
    hrms.sandboxes.inject(sandbox.id, fault, None)
    before = stored(sandbox)
    for text in ("a", "a" * 2000):
        with pytest.raises(StorageFailed) as refused:
            keep_draft(sandbox, candidate, sitting, first.id, 5, text)
        assert refused.value.code == fault.value
        assert refused.value.hint
    with pytest.raises(StorageFailed):
        conduct.submit_answer(sandbox, candidate, first.id, first.sample, 6)
    assert stored(sandbox) == before
    assert conduct.room(sandbox, candidate, entering=False).answered == 0
    sandbox.set_clock(advance=1)  # the trainer's own orders go through
    hrms.sandboxes.clear(sandbox.id, fault)
    assert keep_draft(sandbox, candidate, sitting, first.id, 5, "a") == 5
    assert conduct.submit_answer(sandbox, candidate, first.id, first.sample, 6).answered == 1
    assert sound(sandbox)


def test_a_full_disk_is_cured_by_cleaning_up(hrms: Hrms, sandbox: Sandbox, candidate: Actor) -> None:
    hrms.sandboxes.inject(sandbox.id, Fault.DISK_FULL, None)
    with pytest.raises(ReadOnly):
        faults.free_space(sandbox, Actor(Role.HR, "hr", "Pat", read_only=True))
    faults.free_space(sandbox, candidate)
    faults.free_space(sandbox, candidate)
    assert events(sandbox, 0)[0][-1]["actor"] == candidate.name
    take(sandbox)
    assert kinds(sandbox).count("fault_cleared") == 1


def test_a_checkpoint_comes_back_into_a_full_and_locked_file(hrms: Hrms, sandbox: Sandbox) -> None:
    hrms.sandboxes.checkpoint(sandbox.id, "fresh")
    take(sandbox)
    for fault in (Fault.DB_LOCKED, Fault.DISK_FULL):
        hrms.sandboxes.inject(sandbox.id, fault, None)
    hrms.sandboxes.restore(sandbox.id, "fresh")
    assert stored(sandbox, "interview")["interview"]["status"] == "invited"
    with pytest.raises(StorageFailed):
        conduct.give_consent(sandbox, actor_of(sandbox))


def test_closing_waits_for_the_background_sync(hrms: Hrms, sandbox: Sandbox, candidate: Actor) -> None:
    take(sandbox, end=False)
    hrms.sandboxes.inject(sandbox.id, Fault.BLOCKED_CLOSE, None)
    with pytest.raises(CloseBlocked) as refused:
        conduct.end(sandbox, candidate)
    assert refused.value.hint
    assert stored(sandbox, "interview")["interview"]["status"] == "in_progress"
    faults.end_task(sandbox, candidate)
    conduct.end(sandbox, candidate)
    assert stored(sandbox, "interview")["interview"]["status"] == "to_review"


def test_a_stuck_sync_goes_on_after_a_re_sync_by_hand(hrms: Hrms, sandbox: Sandbox, hr: Actor) -> None:
    hrms.sandboxes.inject(sandbox.id, Fault.STUCK_SYNC, None)
    take(sandbox)
    assert stored(sandbox, "interview")["interview"]["synced"] == "pending"
    sync.resync_all(sandbox, hr)
    assert stored(sandbox, "interview")["interview"]["synced"] == "done"
    assert sandbox.faults.active() == ()


@pytest.mark.parametrize("when", ["before the end", "after the end"])
def test_a_lost_record_comes_back_with_a_re_sync(hrms: Hrms, sandbox: Sandbox, hr: Actor, when: str) -> None:
    parts = ("interview", "sitting", "sittings", "score", "interviews")
    if when == "before the end":
        hrms.sandboxes.inject(sandbox.id, Fault.LOST_RECORD, None)
    take(sandbox, answers=3, end=False)
    last = sandbox.context.questions[3]
    conduct.submit_answer(sandbox, actor_of(sandbox), last.id, last.sample, 9)
    conduct.end(sandbox, actor_of(sandbox))
    if when == "after the end":
        whole = stored(sandbox, *parts)
        hrms.sandboxes.inject(sandbox.id, Fault.LOST_RECORD, None)
    lost = stored(sandbox, *parts)
    assert (lost["interview"]["status"], lost["sitting"], lost["sittings"]) == ("invited", None, [])
    assert lost["score"]["total"] is None
    assert "record_gone" in kinds(sandbox)
    sync.resync_all(sandbox, hr)
    back = stored(sandbox, *parts)
    assert back["interview"]["status"] == "to_review"
    assert len(back["sitting"]["answers"]) == 4
    assert back["score"]["total"] is not None
    if when == "after the end":
        assert back == whole
    assert sandbox.faults.active() == ()
    assert sound(sandbox)
    conduct.room(sandbox, actor_of(sandbox))


def test_a_lost_record_comes_back_out_of_a_backup(hrms: Hrms, sandbox: Sandbox, tmp_path: Path) -> None:
    take(sandbox)
    whole = stored(sandbox, "interview", "sittings", "score")
    sandbox.store.copy_to(tmp_path / "copy.sqlite")
    hrms.sandboxes.inject(sandbox.id, Fault.LOST_RECORD, None)
    sandbox.restore_from(tmp_path / "copy.sqlite")
    assert stored(sandbox, "interview", "sittings", "score") == whole
    assert sandbox.faults.active() == ()
    assert not (sandbox.folder / "lost_record.json").exists()


@pytest.mark.parametrize("profile", PROFILES)
def test_in_every_kind_of_system_a_lost_record_is_had_back_as_its_lesson_says(hrms: Hrms, profile: str) -> None:
    person = Person(hrms, profile)
    sandbox = person.sandbox
    hrms.sandboxes.inject(sandbox.id, Fault.LOST_RECORD, None)
    person.answer(4)
    if profile == "local":
        person.save()
        save.back_up_record(sandbox, person.actor)
    person.finish()
    assert person.states[0] == "invited"
    if profile == "local":
        sync.resync_all(sandbox, HR)
        assert person.states[0] == "invited"  # nothing of it is elsewhere
        newest = backup.backups(sandbox)[0]
        save.restore_record(sandbox, person.actor, newest.name)
    else:
        sync.resync_all(sandbox, HR)
        assert person.states[0] == "to_review"
    assert person.saved_answers() == 4
    assert sandbox.faults.active() == ()
    assert sound(sandbox)


def test_a_lost_record_outlasts_the_process(hrms: Hrms, sandbox: Sandbox, root: Path, clock: Any) -> None:
    take(sandbox)
    hrms.sandboxes.inject(sandbox.id, Fault.LOST_RECORD, None)
    hrms.close()
    again = build(root, clock, Settings())
    try:
        there = again.sandboxes.open(sandbox.id)
        assert stored(there, "interview")["interview"]["status"] == "invited"
        sync.resync_all(there, HR)
        assert stored(there, "interview")["interview"]["status"] == "to_review"
    finally:
        again.close()


def test_a_process_that_ends_in_the_middle_of_a_cure_loses_no_record(
    hrms: Hrms, sandbox: Sandbox, root: Path, clock: Any
) -> None:
    take(sandbox)
    hrms.sandboxes.inject(sandbox.id, Fault.LOST_RECORD, None)
    sandbox.faults.clear(Fault.LOST_RECORD)  # so far it got
    hrms.close()
    again = build(root, clock, Settings())
    try:
        there = again.sandboxes.open(sandbox.id)
        assert stored(there, "interview")["interview"]["status"] == "to_review"
        assert sound(there)
    finally:
        again.close()


def test_a_new_sitting_wins_over_the_lost_record(hrms: Hrms, sandbox: Sandbox) -> None:
    take(sandbox)
    hrms.sandboxes.inject(sandbox.id, Fault.LOST_RECORD, None)
    conduct.give_consent(sandbox, actor_of(sandbox))
    hrms.sandboxes.clear(sandbox.id, Fault.LOST_RECORD)
    found = stored(sandbox, "interview", "sitting")
    assert (found["interview"]["status"], found["sitting"]["answers"]) == ("in_progress", [])
    assert (sandbox.folder / "lost_record.superseded.json").exists()
    assert sound(sandbox)


def test_nothing_is_lost_before_it_was_saved(hrms: Hrms, sandbox: Sandbox) -> None:
    take(sandbox, answers=1, end=False)
    hrms.sandboxes.inject(sandbox.id, Fault.LOST_RECORD, None)
    assert len(stored(sandbox, "sitting")["sitting"]["answers"]) == 1
    assert "record_gone" not in kinds(sandbox)


def test_a_crash_takes_the_other_faults_along(hrms: Hrms, sandbox: Sandbox, clock: Any) -> None:
    hrms.sandboxes.inject(sandbox.id, Fault.DB_LOCKED, None)
    hrms.sandboxes.inject(sandbox.id, Fault.CRASH, 3)
    with pytest.raises(Down):
        faults.free_space(hrms.sandboxes.open(sandbox.id), actor_of(sandbox))
    clock.forward(3)
    there = hrms.sandboxes.open(sandbox.id)
    assert there.faults.active() == (Fault.DB_LOCKED,)
    with pytest.raises(StorageFailed):
        conduct.give_consent(there, actor_of(there))
    hrms.sandboxes.clear(sandbox.id, Fault.DB_LOCKED)
    take(there)


def test_watchers_hear_of_each_change(hrms: Hrms, sandbox: Sandbox) -> None:
    heard: list[tuple[Fault, ...]] = []
    forget = sandbox.faults.watch(lambda: heard.append(sandbox.faults.active()))
    hrms.sandboxes.inject(sandbox.id, Fault.FROZEN, None)
    hrms.sandboxes.clear(sandbox.id, Fault.FROZEN)
    forget()
    forget()
    hrms.sandboxes.inject(sandbox.id, Fault.SLOW, None)
    assert heard == [(Fault.FROZEN,), ()]


ORDERS = st.lists(
    st.tuples(st.sampled_from(["inject", "timed", "clear", "wait", "free", "end task"]), st.sampled_from(QUIET)),
    max_size=14,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders=ORDERS)
def test_any_order_of_orders_ends_in_a_healthy_sandbox(
    hrms: Hrms, clock: Any, orders: list[tuple[str, Fault]]
) -> None:
    sandbox = hrms.sandboxes.create("web", "en", "sales_two_openings", 7)
    sandbox_id = sandbox.id
    take(sandbox)
    whole = stored(sandbox, "interview", "sittings", "score")
    for order, fault in orders:
        match order:
            case "inject":
                hrms.sandboxes.inject(sandbox_id, fault, None)
            case "timed":
                hrms.sandboxes.inject(sandbox_id, fault, 2)
            case "clear":
                hrms.sandboxes.clear(sandbox_id, fault)
            case "wait":
                clock.forward(1)
            case "free":
                faults.free_space(hrms.sandboxes.open(sandbox_id), actor_of(sandbox))
            case _:
                faults.end_task(hrms.sandboxes.open(sandbox_id), actor_of(sandbox))
    for fault in Fault:
        hrms.sandboxes.clear(sandbox_id, fault)
    healthy = hrms.sandboxes.open(sandbox_id)
    assert healthy.faults.active() == ()
    assert stored(healthy, "interview", "sittings", "score") == whole
    assert kinds(healthy).count("fault_injected") >= kinds(healthy).count("fault_cleared")
    assert sound(healthy)
    healthy.set_clock(advance=1)
