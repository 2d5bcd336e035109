"""Backups: whole, checked, counted, and restored without losing the log."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import col, select

from sandbox_hrms.app import backup, conduct, decide, payroll, privacy, recruit, resumes
from sandbox_hrms.app.backup import Place
from sandbox_hrms.app.match import Matched
from sandbox_hrms.app.reading import Reading
from sandbox_hrms.app.sandboxes import Sandbox, Sandboxes
from sandbox_hrms.app.second_disk import SecondDisk
from sandbox_hrms.app.service import Hrms, Settings, build
from sandbox_hrms.app.snapshot import events
from sandbox_hrms.core.errors import Broken, Forbidden, NotFound, ReadOnly, SecondDiskFailed, StorageFailed
from sandbox_hrms.core.matching import Facts, Match
from sandbox_hrms.core.resumes import Person
from sandbox_hrms.core.roles import SYSTEM, Actor, Role
from sandbox_hrms.core.states import Interview
from sandbox_hrms.store import FORMAT
from sandbox_hrms.tables.frame import EventRow
from sandbox_hrms.tables.people import CandidateRow, DepartmentRow
from sandbox_hrms.tables.resumes import ResumeFileRow

from .conftest import Clock


@pytest.fixture
def admin() -> Actor:
    return Actor(Role.ADMIN, "admin", "Robin")


@pytest.fixture
def two_places(root: Path, clock: Clock, tmp_path: Path) -> Iterator[Hrms]:
    hrms = build(root, clock, Settings(backup_dir=tmp_path / "mounted"))
    yield hrms
    hrms.close()


def _departments(sandbox: Sandbox) -> set[str]:
    with sandbox.store.read() as session:
        return set(session.exec(select(DepartmentRow.id)))


def _add_department(sandbox: Sandbox) -> None:
    with sandbox.change(SYSTEM) as change:
        change.session.add(DepartmentRow(id="d9", name="Nine"))


def _kinds(sandbox: Sandbox) -> list[str]:
    with sandbox.store.read() as session:
        return list(session.exec(select(EventRow.kind).order_by(col(EventRow.seq))))


def test_a_backup_is_a_whole_sandbox_that_can_be_had_back(sandbox: Sandbox, admin: Actor) -> None:
    before = _departments(sandbox)
    made = backup.back_up(sandbox, admin)
    _add_department(sandbox)
    revision = sandbox.revision
    assert backup.restore(sandbox, admin, made.name) == made
    assert _departments(sandbox) == before
    assert sandbox.revision > revision


def test_restoring_keeps_the_whole_log_and_the_clock(
    sandbox: Sandbox, admin: Actor, candidate: Actor, clock: Clock
) -> None:
    made = backup.back_up(sandbox, admin)
    conduct.give_consent(sandbox, candidate)
    told = _kinds(sandbox)
    clock.forward(3600)
    sandbox.set_clock(advance=86_400)
    now, last = sandbox.now(), events(sandbox, 0)[1]
    backup.restore(sandbox, admin, made.name)
    assert sandbox.now() == now
    assert _kinds(sandbox) == [*told, "backup_restored"]
    found, newest = events(sandbox, last)
    assert [(one["seq"], one["subject"], one["actor"]) for one in found] == [(last + 1, made.name, "Robin")]
    assert newest == last + 1


def test_fourteen_copies_stay_in_each_place_and_numbers_are_used_once(
    two_places: Hrms, admin: Actor, clock: Clock
) -> None:
    sandbox = two_places.sandboxes.create("web", "en", "sales_two_openings", 7)
    made = []
    for _ in range(backup.KEPT + 2):
        made.append(backup.back_up(sandbox, admin).name)
        clock.forward(-60)  # a clock that runs back must not make the newest copy the oldest
    night = backup.back_up_daily(sandbox)
    assert night.place is Place.SECOND
    assert sandbox.second is not None
    assert (sandbox.second.folder(sandbox.id) / f"{night.name}.sqlite").is_file()
    assert [one.name for one in backup.backups(sandbox)] == [night.name, *reversed(made[2:])]


def test_without_a_second_folder_the_nightly_copy_stays_beside_the_sandbox(sandbox: Sandbox, admin: Actor) -> None:
    assert backup.back_up_daily(sandbox).place is Place.OWN
    with pytest.raises(NotFound):
        backup.back_up(sandbox, admin, Place.SECOND)


def test_copies_in_the_second_folder_go_with_their_sandbox(two_places: Hrms) -> None:
    old = two_places.sandboxes.create("web", "en", "sales_two_openings", 7, "same")
    backup.back_up_daily(old)
    two_places.sandboxes.delete("same")
    new = two_places.sandboxes.create("web", "en", "sales_two_openings", 7, "same")
    assert backup.backups(new) == ()


def test_a_reset_leaves_no_copy_of_an_earlier_attempt(two_places: Hrms, admin: Actor) -> None:
    sandbox = two_places.sandboxes.create("web", "en", "sales_two_openings", 7)
    backup.back_up(sandbox, admin)
    backup.back_up_daily(sandbox)
    two_places.sandboxes.reset(sandbox.id)
    assert backup.backups(sandbox) == ()
    assert backup.back_up(sandbox, admin).name.startswith("0001-")


def test_a_copy_from_before_an_update_of_the_program_can_be_had_back(
    hrms: Hrms, sandbox: Sandbox, admin: Actor
) -> None:
    """It lacks a table that came later; a checkpoint from then does, too."""
    before = _departments(sandbox)
    made = backup.back_up(sandbox, admin)
    hrms.sandboxes.checkpoint(sandbox.id, "then")
    for file in (
        sandbox.folder / "backups" / f"{made.name}.sqlite",
        sandbox.folder / "checkpoints" / "then.sqlite",
    ):
        with closing(sqlite3.connect(file)) as raw:
            raw.execute("DROP TABLE picture")
            raw.execute("PRAGMA user_version=5")
    for go_back in (
        lambda: backup.restore(sandbox, admin, made.name),
        lambda: hrms.sandboxes.restore(sandbox.id, "then"),
    ):
        _add_department(sandbox)
        go_back()
        assert _departments(sandbox) == before
        assert sandbox.store.one("SELECT count(*) FROM picture", {}) == (0,)
        assert sandbox.store.one("PRAGMA user_version", {}) == (FORMAT,)


def test_a_damaged_copy_is_refused_and_nothing_changes(sandbox: Sandbox, admin: Actor) -> None:
    made = backup.back_up(sandbox, admin)
    _add_department(sandbox)
    before, revision = _departments(sandbox), sandbox.revision
    file = sandbox.folder / "backups" / f"{made.name}.sqlite"
    content = bytearray(file.read_bytes())
    content[5000:9000] = b"\xff" * 4000
    file.write_bytes(content)
    with pytest.raises(Broken):
        backup.restore(sandbox, admin, made.name)
    file.write_bytes(b"")
    with pytest.raises(Broken):
        backup.restore(sandbox, admin, made.name)
    assert (_departments(sandbox), sandbox.revision) == (before, revision)


@pytest.mark.parametrize("name", ["../hrms", "0001-20260302T090000/../../hrms", "", "0099-20260302T090000"])
def test_only_names_of_the_list_are_restored(sandbox: Sandbox, admin: Actor, name: str) -> None:
    backup.back_up(sandbox, admin)
    with pytest.raises(NotFound):
        backup.restore(sandbox, admin, name)


def test_roles_without_the_right_and_readers_make_and_restore_nothing(
    sandbox: Sandbox, admin: Actor, candidate: Actor, head: Actor
) -> None:
    name = backup.back_up(sandbox, admin).name
    for actor in (candidate, head):
        for attempt in (
            lambda actor=actor: backup.back_up(sandbox, actor),
            lambda actor=actor: backup.restore(sandbox, actor, name),
            lambda actor=actor: backup.backup_list(sandbox, actor),
        ):
            with pytest.raises(Forbidden):
                attempt()
    reader = Actor(Role.ADMIN, "admin", "Robin", read_only=True)
    with pytest.raises(ReadOnly):
        backup.back_up(sandbox, reader)
    with pytest.raises(ReadOnly):
        backup.restore(sandbox, reader, name)
    assert len(backup.backup_list(sandbox, reader)) == 1


def test_a_locked_database_leaves_neither_half_a_copy_nor_half_a_restore(sandbox: Sandbox, admin: Actor) -> None:
    name = backup.back_up(sandbox, admin).name
    _add_department(sandbox)
    other = sqlite3.connect(sandbox.folder / "hrms.sqlite", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageFailed):
            backup.back_up(sandbox, admin)
        with pytest.raises(StorageFailed):
            backup.restore(sandbox, admin, name)
    finally:
        other.close()
    assert "d9" in _departments(sandbox)
    assert [one.name for one in backup.backups(sandbox)] == [name]
    assert [file.name for file in (sandbox.folder / "backups").iterdir()] == [f"{name}.sqlite"]


def test_a_folder_that_cannot_be_made_is_told_without_its_name(sandbox: Sandbox, admin: Actor) -> None:
    (sandbox.folder / "backups").write_text("no folder")
    with pytest.raises(StorageFailed) as refused:
        backup.back_up(sandbox, admin)
    assert "File exists" in str(refused.value)
    assert sandbox.id not in str(refused.value)


def test_a_target_that_cannot_be_written_is_told(two_places: Hrms, admin: Actor, tmp_path: Path) -> None:
    (tmp_path / "mounted").write_text("no folder")
    sandbox = two_places.sandboxes.create("web", "en", "sales_two_openings", 7)
    with pytest.raises(SecondDiskFailed):
        backup.back_up(sandbox, admin, Place.SECOND)
    assert [one.place for one in backup.backups(sandbox)] == [Place.OWN]


def test_a_second_disk_that_hangs_costs_nobody_else_anything(
    root: Path, clock: Clock, admin: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SecondDisk(tmp_path / "mounted")
    sandboxes = Sandboxes(root, clock, second=disk)
    sandbox = sandboxes.create("web", "en", "sales_two_openings", 7)
    carry, back = backup._carry, threading.Event()  # noqa: SLF001  # what hangs
    read_meanwhile = []

    def read_first(source: Path, target: Path) -> None:
        reader = threading.Thread(target=_departments, args=(sandbox,), daemon=True)
        reader.start()
        reader.join(5)
        read_meanwhile.append(not reader.is_alive())
        carry(source, target)

    def hang(source: Path, target: Path) -> None:
        back.wait(60)
        carry(source, target)

    monkeypatch.setattr(backup, "_carry", read_first)
    first = backup.back_up(sandbox, admin, Place.SECOND)
    assert read_meanwhile == [True], "whoever reads waited for the disk"
    monkeypatch.setattr(backup, "_carry", hang)
    disk.seconds = 0.05
    with pytest.raises(SecondDiskFailed):
        backup.back_up(sandbox, admin, Place.SECOND)
    assert backup.second_disk_hangs(sandbox)
    assert [(one.place, one.name[:4]) for one in backup.backup_list(sandbox, admin)] == [
        (Place.OWN, "0002"),
        (Place.SECOND, "0001"),
    ]
    for refused in (
        lambda: backup.back_up(sandbox, admin, Place.SECOND),
        lambda: backup.restore(sandbox, admin, first.name),
    ):
        with pytest.raises(SecondDiskFailed):
            refused()
    sandboxes.delete(sandboxes.create("web", "en", "sales_two_openings", 7).id)
    hanging = next(one for one in threading.enumerate() if one.name == "second disk")
    back.set()
    hanging.join()
    disk.seconds = 60
    assert not backup.second_disk_hangs(sandbox)
    assert backup.back_up(sandbox, admin, Place.SECOND).place is Place.SECOND
    assert backup.restore(sandbox, admin, first.name).place is Place.SECOND
    assert not list((sandbox.folder / "backups").glob("*.new*"))
    sandboxes.close()


def test_what_is_on_the_second_disk_is_found_after_a_restart(two_places: Hrms, admin: Actor) -> None:
    sandbox = two_places.sandboxes.create("web", "en", "sales_two_openings", 7)
    made = backup.back_up(sandbox, admin, Place.SECOND)
    two_places.sandboxes._forget(sandbox.id)  # noqa: SLF001  # as after a crash
    again = two_places.sandboxes.open(sandbox.id)
    shutil.rmtree(again.folder / "backups")  # as beside a sandbox that has only the copies of its nights
    assert backup.restore(again, admin, made.name).place is Place.SECOND
    assert [one.name for one in backup.backups(again)] == [made.name]


def test_where_the_own_folder_cannot_be_made_nothing_is_restored(two_places: Hrms, admin: Actor) -> None:
    sandbox = two_places.sandboxes.create("web", "en", "sales_two_openings", 7)
    made = backup.back_up(sandbox, admin, Place.SECOND)
    shutil.rmtree(sandbox.folder / "backups")
    (sandbox.folder / "backups").write_text("no folder")
    with pytest.raises(StorageFailed):
        backup.restore(sandbox, admin, made.name)


def test_a_number_is_not_used_again_while_nobody_has_looked_at_the_second_disk(
    two_places: Hrms, admin: Actor
) -> None:
    sandbox = two_places.sandboxes.create("web", "en", "sales_two_openings", 7)
    backup.back_up(sandbox, admin, Place.SECOND)
    two_places.sandboxes._forget(sandbox.id)  # noqa: SLF001  # as after a crash
    again = two_places.sandboxes.open(sandbox.id)
    assert backup.back_up(again, admin).name.startswith("0002-")


def test_a_copy_that_goes_while_somebody_looks_is_left_out(
    sandbox: Sandbox, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backup.back_up(sandbox, admin)
    copies = backup._copies  # noqa: SLF001  # between what is found and its size, one goes
    gone = Path("0009-20260302T090000.sqlite")
    monkeypatch.setattr(backup, "_copies", lambda folder: [*copies(folder), folder / gone])
    assert [one.name for one in backup.backups(sandbox)] == [made.name]


def test_copies_of_a_sandbox_reset_while_the_second_disk_hangs_do_not_outlive_it(
    root: Path, clock: Clock, admin: Actor, tmp_path: Path
) -> None:
    disk, back = SecondDisk(tmp_path / "mounted"), threading.Event()
    sandboxes = Sandboxes(root, clock, second=disk)
    sandbox = sandboxes.create("web", "en", "sales_two_openings", 7)
    made = backup.back_up(sandbox, admin, Place.SECOND)
    disk.seconds = 0.05
    with pytest.raises(SecondDiskFailed):
        disk.do(sandbox.id, lambda: back.wait(60))
    sandboxes.reset(sandbox.id)
    assert (disk.folder(sandbox.id) / f"{made.name}.sqlite").exists()
    hanging = next(one for one in threading.enumerate() if one.name == "second disk")
    back.set()
    hanging.join()
    disk.seconds = 60
    with pytest.raises(NotFound):
        backup.restore(sandbox, admin, made.name)
    assert not disk.folder(sandbox.id).exists()
    sandboxes.close()


def test_who_was_deleted_since_stays_deleted(two_places: Hrms, admin: Actor, hr: Actor) -> None:
    sandbox = two_places.sandboxes.create("suite", "en", "sales_two_openings", 7)
    decide.decide(sandbox, hr, "i2", Interview.PASSED, "good")
    payroll.make_offer(sandbox, hr, "c2")
    with sandbox.store.read() as session:
        name = session.get_one(CandidateRow, "c2").name
    before = backup.back_up(sandbox, admin)
    decide.correct(sandbox, hr, "i2", Interview.REJECTED, "on appeal")
    for candidate in ("c2", "c9"):
        privacy.delete_candidate(sandbox, two_places.sessions, admin, candidate)
    last = events(sandbox, 0)[1]
    for _ in range(2):
        backup.restore(sandbox, admin, before.name)
        with sandbox.store.read() as session:
            row = session.get_one(CandidateRow, "c2")
            assert (row.name, row.email, row.placement) == ("Deleted person", "", "none")
        assert payroll.pay_of(sandbox, hr, "c2").offer is None
        assert {one.candidate for one in privacy.privacy_page(sandbox, admin).deletions} == {"c2", "c9"}
    assert recruit.candidate_file(sandbox, hr, "c3").name != "Deleted person"
    told = [(one["kind"], one["subject"]) for one in events(sandbox, last)[0]]
    assert told[:1] == [("backup_restored", before.name)]
    assert told.count(("data_deleted", "c2")) == 2
    live = b"".join(file.read_bytes() for file in sandbox.folder.glob("hrms.sqlite*"))
    assert name.encode() not in live


def test_who_was_deleted_stays_deleted_after_two_copies_in_turn(
    hrms: Hrms, sandbox: Sandbox, hr: Actor, admin: Actor
) -> None:
    """The older copy does not know the person, the newer one does: going over the older one brings nobody back."""

    def apply(name: str) -> str:
        resumes.store_matches(sandbox, hr, "p1", [(("file", _uploaded(sandbox, hr, name)), _read(name))])
        (row,) = [one for one in resumes.ranking(sandbox, hr, "p1").rows if one.name == name]
        return row.candidate_id

    older = backup.back_up(sandbox, admin)
    person = apply("Mia Example")
    newer = backup.back_up(sandbox, admin)
    privacy.delete_candidate(sandbox, hrms.sessions, admin, person)
    backup.restore(sandbox, admin, older.name)
    other = apply("Kim Lee")
    assert other != person
    assert recruit.candidate_file(sandbox, hr, other).can_invite
    backup.restore(sandbox, admin, newer.name)
    assert recruit.candidate_file(sandbox, hr, person).name == "Deleted person"


def _uploaded(sandbox: Sandbox, hr: Actor, name: str) -> str:
    with sandbox.change(hr) as change:
        row = ResumeFileRow(
            id=name, post="p1", name=name, kind="text", size=1, digest=name, uploaded_at=sandbox.now()
        )
        change.session.add(row)
    return name


def _read(name: str) -> Matched:
    return Matched(Reading(name, name, Person(name, "", ""), Facts({}, 0.0, "none")), Match(50.0, ()))


def test_copies_that_cannot_be_removed_keep_nobody_else_from_the_second_disk(
    root: Path, clock: Clock, admin: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SecondDisk(tmp_path / "mounted")
    sandboxes = Sandboxes(root, clock, second=disk)
    stuck, other = (sandboxes.create("web", "en", "sales_two_openings", 7) for _ in range(2))
    made = backup.back_up(stuck, admin, Place.SECOND)
    remove = shutil.rmtree

    def refuse(folder: Path, ignore_errors: bool = False) -> None:
        if folder == disk.folder(stuck.id):
            raise PermissionError
        remove(folder, ignore_errors=ignore_errors)

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", refuse)
        sandboxes.reset(stuck.id)
        assert backup.back_up(other, admin, Place.SECOND).place is Place.SECOND
        with pytest.raises(SecondDiskFailed):
            backup.back_up(stuck, admin, Place.SECOND)
    backup.back_up(stuck, admin, Place.SECOND)
    assert not (disk.folder(stuck.id) / f"{made.name}.sqlite").exists()
    sandboxes.close()
