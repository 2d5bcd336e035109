"""What runs by itself: for every open system, and one that fails stops no other."""

import threading

import pytest

from sandbox_hrms.app import backup
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.scheduler import IDLE, Jobs
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.app.snapshot import snapshot
from sandbox_hrms.app.sync import resync_all
from sandbox_hrms.app.working import Working
from sandbox_hrms.core.faults import Fault

from .conftest import Clock
from .test_sync import HR, interview, take


def test_nothing_runs_before_the_start_and_nothing_after_the_close(hrms: Hrms) -> None:
    threads = threading.active_count()
    assert [(job.id, job.next_run) for job in hrms.jobs.listed()] == [
        ("carry", None),
        ("backup", None),
        ("forecast", None),
    ]
    hrms.jobs.start()
    hrms.jobs.start()
    assert all(job.next_run is not None for job in hrms.jobs.listed())
    assert [job.next_run.astimezone().hour for job in hrms.jobs.listed()[1:] if job.next_run] == [2, 3]
    hrms.jobs.close()
    hrms.jobs.close()
    assert threading.active_count() == threads


def test_what_waits_is_tried_again_in_every_open_system(hrms: Hrms, clock: Clock) -> None:
    both = [hrms.sandboxes.create("web", "en", "sales_two_openings", 7) for _ in range(2)]
    for sandbox in both:
        take(sandbox, last=Fault.OFFLINE)
        sandbox.faults.clear(Fault.OFFLINE)
    clock.forward(30)
    hrms.jobs.carry()
    assert [interview(sandbox)[2] for sandbox in both] == ["done", "done"]


def test_systems_that_are_not_open_are_left_alone(hrms: Hrms) -> None:
    sandbox = hrms.sandboxes.create("web", "en", "sales_two_openings", 7)
    hrms.sandboxes._forget(sandbox.id)  # noqa: SLF001  # as after a crash
    hrms.jobs.back_up()
    assert hrms.sandboxes.opened() == ()
    assert backup.backups(hrms.sandboxes.open(sandbox.id)) == ()


def test_one_that_fails_stops_no_other(
    hrms: Hrms, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ids = [hrms.sandboxes.create("web", "en", "sales_two_openings", 7, name).id for name in ("a", "b", "c")]
    hrms.sandboxes.open("b").store.trouble(locked=True, full=False)
    hrms.jobs.back_up()
    assert [len(backup.backups(hrms.sandboxes.open(one))) for one in ids] == [1, 0, 1]
    assert "b" in caplog.text
    hrms.sandboxes.open("b").store.trouble(locked=False, full=False)
    seen: list[str] = []

    def work(sandbox: Sandbox) -> None:
        seen.append(sandbox.id)
        if sandbox.id == "a":
            raise RuntimeError

    jobs = Jobs(hrms.sandboxes)
    monkeypatch.setattr("sandbox_hrms.app.scheduler.run", work)
    jobs.forecast()
    assert seen == ids
    hrms.sandboxes.open("b").close()
    jobs.back_up()
    assert [len(backup.backups(hrms.sandboxes.open(one))) for one in ("a", "c")] == [2, 2]


def test_a_sandbox_that_nobody_uses_is_closed_and_the_next_visit_opens_it(hrms: Hrms, clock: Clock) -> None:
    idle, seen, told, typed, broken, new = (
        hrms.sandboxes.create(profile, "en", "sales_two_openings", 7)
        for profile in ("web", "web", "web", "local", "web", "web")
    )
    seen.faults.on_crash(lambda: None)  # as an open page does
    take(told, last=Fault.OFFLINE)
    told.faults.clear(Fault.OFFLINE)
    typed.working["i1-1"] = Working()
    hrms.sandboxes.inject(broken.id, Fault.DISK_FULL, None)
    before, revision = snapshot(idle)[1], idle.revision
    clock.forward(IDLE.total_seconds())
    assert hrms.sandboxes.open(new.id) is new
    hrms.jobs.rest()
    assert set(hrms.sandboxes.opened()) == {seen, told, typed, broken, new}
    hrms.jobs.back_up()
    assert idle not in hrms.sandboxes.opened()
    again = hrms.sandboxes.open(idle.id)
    assert again is not idle
    assert len(backup.backups(again)) == 1
    after = snapshot(again)[1]
    assert (after["candidates"], after["interview"]) == (before["candidates"], before["interview"])
    assert again.revision == revision + 1  # the backup's own entry in the log


def test_news_that_only_hr_sends_again_keep_no_sandbox_open(hrms: Hrms, clock: Clock) -> None:
    sandbox = hrms.sandboxes.create("app", "en", "sales_two_openings", 7)
    take(sandbox, last=Fault.OFFLINE)
    sandbox.faults.clear(Fault.OFFLINE)
    assert interview(sandbox)[2] == "failed"
    clock.forward(IDLE.total_seconds())
    assert hrms.sandboxes.rest(IDLE) == 1
    again = hrms.sandboxes.open(sandbox.id)
    assert interview(again)[2] == "failed"
    assert resync_all(again, HR) == 1
    assert interview(again)[2] == "done"


def test_what_rests_can_be_deleted_and_made_again(hrms: Hrms, clock: Clock) -> None:
    hrms.sandboxes.create("web", "en", "sales_two_openings", 7, "same")
    clock.forward(IDLE.total_seconds())
    assert hrms.sandboxes.rest(IDLE) == 1
    assert hrms.sandboxes.ids() == ("same",)
    hrms.sandboxes.delete("same")
    hrms.jobs.back_up()
    assert hrms.sandboxes.opened() == ()
    assert hrms.sandboxes.create("web", "en", "sales_two_openings", 7, "same").revision == 1
