"""Sandboxes: same seed, same people; copies, checkpoints, crashes and clocks that touch one only."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from sandbox_hrms.app import conduct, library, resumes
from sandbox_hrms.app.sandboxes import RESUMES, Sandbox
from sandbox_hrms.app.service import Hrms, Settings, build
from sandbox_hrms.app.snapshot import events, snapshot
from sandbox_hrms.core.errors import Conflict, Down, Invalid, NotFound
from sandbox_hrms.core.faults import Fault
from sandbox_hrms.core.roles import SYSTEM, Actor, Role
from sandbox_hrms.tables.people import DepartmentRow


class _Clock:
    now = datetime(2027, 7, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def content(sandbox: Sandbox) -> dict[str, Any]:
    data = snapshot(sandbox)[1]
    del data["sandbox"]
    return data


def actor_of(sandbox: Sandbox) -> Actor:
    return Actor(Role.CANDIDATE, sandbox.context.candidate.id, sandbox.context.candidate.name)


def test_the_same_seed_gives_the_same_people_at_any_time(hrms: Hrms, tmp_path: Path) -> None:
    here = hrms.sandboxes.create("web", "en", "sales_two_openings", 7)
    elsewhere = build(tmp_path / "elsewhere", _Clock(), Settings())
    try:
        there = elsewhere.sandboxes.create("web", "en", "sales_two_openings", 7)
        assert content(here) == content(there)
        assert here.context == there.context
        other = elsewhere.sandboxes.create("web", "en", "sales_two_openings", 8)
        assert content(other)["candidates"] != content(there)["candidates"]
    finally:
        elsewhere.close()


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_a_new_sandbox_holds_the_sales_department_with_two_openings(hrms: Hrms, lang: str) -> None:
    sandbox = hrms.sandboxes.create("web", lang, "sales_two_openings", 7)
    data = content(sandbox)
    assert {key: data["requisition"][key] for key in ("headcount", "in_post", "open")} == {
        "headcount": 10,
        "in_post": 8,
        "open": 2,
    }
    assert data["interview"]["status"] == "invited"
    assert len(data["candidates"]) == 24
    assert len({one["name"] for one in data["candidates"]}) == 24
    assert {one["status"] for one in data["interviews"]} == {"invited", "in_progress", "incomplete", "to_review"}
    assert [one.kind for one in sandbox.context.questions] == ["structured"] * 3 + ["situational"]
    assert any(one.name.isascii() for one in [sandbox.context.candidate]) == (lang == "en")


def test_a_clone_has_the_same_content_and_a_life_of_its_own(hrms: Hrms, sandbox: Sandbox) -> None:
    conduct.give_consent(sandbox, actor_of(sandbox))
    clone = hrms.sandboxes.clone(sandbox.id)
    assert clone.id != sandbox.id
    assert content(clone) == content(sandbox)
    conduct.check_devices(clone, actor_of(clone), "done")
    assert content(clone)["sitting"]["device_check"] == "done"
    assert content(sandbox)["sitting"]["device_check"] is None


def test_reset_brings_the_sample_data_back_and_nobody_takes_it_for_old(hrms: Hrms, sandbox: Sandbox) -> None:
    fresh = content(sandbox)
    conduct.give_consent(sandbox, actor_of(sandbox))
    revision = sandbox.revision
    _, last = events(sandbox, 0)
    hrms.sandboxes.reset(sandbox.id)
    assert content(sandbox) == fresh
    assert sandbox.revision > revision
    conduct.give_consent(sandbox, actor_of(sandbox))
    found, _ = events(sandbox, last)
    assert [one["kind"] for one in found] == ["consent_given", "interview_started"]


def test_a_reset_leaves_no_resume_of_an_earlier_attempt(hrms: Hrms, sandbox: Sandbox, hr: Actor) -> None:
    resumes.add_samples(sandbox, hr, "p1", 3)
    assert len(list((sandbox.folder / RESUMES).iterdir())) == 3
    hrms.sandboxes.reset(sandbox.id)
    assert not (sandbox.folder / RESUMES).exists()
    assert resumes.add_samples(sandbox, hr, "p1", 3).count == 3


def test_a_checkpoint_can_be_gone_back_to_again_and_again(hrms: Hrms, sandbox: Sandbox) -> None:
    conduct.give_consent(sandbox, actor_of(sandbox))
    hrms.sandboxes.checkpoint(sandbox.id, "after-consent")
    kept = content(sandbox)
    for _ in range(2):
        conduct.check_devices(sandbox, actor_of(sandbox), "skipped")
        assert content(sandbox) != kept
        hrms.sandboxes.restore(sandbox.id, "after-consent")
        assert content(sandbox) == kept
    with sandbox.store.read() as session:
        assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


def test_what_is_restored_survives_a_restart(hrms: Hrms, sandbox: Sandbox, root: Path) -> None:
    hrms.sandboxes.checkpoint(sandbox.id, "fresh")
    conduct.give_consent(sandbox, actor_of(sandbox))
    hrms.sandboxes.restore(sandbox.id, "fresh")
    kept = content(sandbox)
    hrms.close()
    again = build(root, _Clock(), Settings())
    try:
        assert content(again.sandboxes.open(sandbox.id)) == kept
    finally:
        again.close()


def test_a_missing_checkpoint_is_told(hrms: Hrms, sandbox: Sandbox) -> None:
    with pytest.raises(NotFound, match="There is no checkpoint later"):
        hrms.sandboxes.restore(sandbox.id, "later")


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "x" * 64])
def test_a_checkpoint_cannot_be_named_like_a_path(hrms: Hrms, sandbox: Sandbox, name: str) -> None:
    with pytest.raises(Invalid):
        hrms.sandboxes.checkpoint(sandbox.id, name)


@pytest.mark.parametrize("bad", ["..", "_templates", "a/../b", "A", "x" * 64, ".", "a b", "é"])
def test_an_id_cannot_lead_out_of_the_folder(hrms: Hrms, bad: str) -> None:
    with pytest.raises(Invalid):
        hrms.sandboxes.create("web", "en", "sales_two_openings", 7, bad)
    with pytest.raises(NotFound):
        hrms.sandboxes.open(bad)


def test_an_id_is_given_once(hrms: Hrms) -> None:
    hrms.sandboxes.create("web", "en", "sales_two_openings", 7, "mine")
    with pytest.raises(Conflict, match="There is a sandbox mine already"):
        hrms.sandboxes.create("web", "en", "sales_two_openings", 7, "mine")
    assert hrms.sandboxes.ids() == ("mine",)


def test_deleted_is_gone_with_all_its_files(hrms: Hrms, sandbox: Sandbox) -> None:
    hrms.sandboxes.delete(sandbox.id)
    assert not sandbox.folder.exists()
    with pytest.raises(NotFound):
        hrms.sandboxes.open(sandbox.id)


def test_an_unknown_language_is_refused(hrms: Hrms) -> None:
    with pytest.raises(Invalid, match="There is no language fr"):
        hrms.sandboxes.create("web", "fr", "sales_two_openings", 7)


def test_a_crash_drops_one_sandbox_for_some_seconds(hrms: Hrms, sandbox: Sandbox, clock: Any) -> None:
    neighbour = hrms.sandboxes.create("web", "en", "sales_two_openings", 7)
    candidate = actor_of(sandbox)
    conduct.give_consent(sandbox, candidate)
    cut: list[str] = []
    sandbox.faults.on_crash(lambda: cut.append("page"))
    forget = sandbox.faults.on_crash(lambda: cut.append("closed page"))
    forget()
    hrms.sandboxes.crash(sandbox.id, 3)
    assert cut == ["page"]
    assert sandbox.faults.seconds_down == 3
    with pytest.raises(Down):
        conduct.room(sandbox, candidate)
    with pytest.raises(Down):
        conduct.room(hrms.sandboxes.open(sandbox.id), candidate)
    assert content(hrms.sandboxes.open(sandbox.id))["sitting"]["consent"]
    assert conduct.room(neighbour, actor_of(neighbour)).stage == "notice"
    clock.forward(3)
    assert conduct.room(hrms.sandboxes.open(sandbox.id), candidate).stage == "resume"
    with pytest.raises(Down):
        sandbox.store.read().__enter__()


def test_a_crash_can_be_ended_early(hrms: Hrms, sandbox: Sandbox) -> None:
    hrms.sandboxes.crash(sandbox.id, 60)
    hrms.sandboxes.clear(sandbox.id, Fault.CRASH)
    hrms.sandboxes.clear(sandbox.id, Fault.CRASH)
    alive = hrms.sandboxes.open(sandbox.id)
    assert conduct.room(alive, actor_of(alive)).stage == "notice"
    assert [one["kind"] for one in events(alive, 0)[0]] == ["fault_injected", "fault_cleared"]


def test_the_clock_of_a_sandbox_can_be_moved_and_stopped(hrms: Hrms, sandbox: Sandbox, clock: Any) -> None:
    start = clock.now
    assert sandbox.set_clock(advance=60) == start + timedelta(seconds=60)
    clock.forward(5)
    assert sandbox.now() == start + timedelta(seconds=65)
    fixed = datetime(2030, 1, 1, tzinfo=UTC)
    assert sandbox.set_clock(fixed=fixed) == fixed
    clock.forward(5)
    assert sandbox.set_clock(advance=1) == fixed + timedelta(seconds=1)
    assert hrms.sandboxes.clone(sandbox.id).now() == fixed + timedelta(seconds=1)
    assert sandbox.set_clock() == clock.now


def test_a_template_of_older_sample_data_is_made_anew(hrms: Hrms, root: Path) -> None:
    file = root / "_templates" / "web@1-en-sales_two_openings-7.sqlite"
    raw = sqlite3.connect(file)
    raw.execute("UPDATE sandbox SET digest='old', lang='zh_CN'")
    raw.commit()
    raw.close()
    assert hrms.sandboxes.create("web", "en", "sales_two_openings", 7).lang == "en"
    assert library.digest("web", "sales_two_openings") != "old"


def test_what_is_known_is_read_again_only_after_something_was_stored(hrms: Hrms) -> None:
    sandbox = hrms.sandboxes.create("web", "en", "sales_two_openings", 7)
    read: list[int] = []

    def departments(session: Session, least: int) -> list[str]:
        read.append(least)
        return [one for one in session.exec(select(DepartmentRow.name)) if len(one) >= least]

    before = sandbox.known(departments, 1)
    assert sandbox.known(departments, 1) is before
    assert sandbox.known(departments, 999) == []
    assert read == [1, 999]
    with sandbox.change(SYSTEM) as change:
        change.session.add(DepartmentRow(id="d9", name="Nine"))
    assert sandbox.known(departments, 1) == [*before, "Nine"]
    hrms.sandboxes.reset(sandbox.id)
    assert sandbox.known(departments, 1) == before
    assert read == [1, 999, 1, 1]
