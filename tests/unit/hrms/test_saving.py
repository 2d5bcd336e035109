"""What each kind of system keeps and loses: saved by itself, by hand to the cloud, or by hand on a computer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from sandbox_hrms.app import conduct, save
from sandbox_hrms.app.live import live
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.app.snapshot import events, snapshot
from sandbox_hrms.core.errors import (
    CloseBlocked,
    Forbidden,
    Invalid,
    NotAllowed,
    NotFound,
    Offline,
    ReadOnly,
    StorageFailed,
)
from sandbox_hrms.core.faults import Fault
from sandbox_hrms.core.roles import Actor, Role

AUTOMATIC = ("web", "app", "integrated", "suite")
MANUAL = ("cloud", "local")
ALL = AUTOMATIC + MANUAL


class Person:
    """A candidate at one system, doing what its pages do."""

    def __init__(self, hrms: Hrms, profile: str) -> None:
        self.hrms = hrms
        self.profile = profile
        self.sandbox = hrms.sandboxes.create(profile, "en", "sales_two_openings", 7)
        context = self.sandbox.context
        self.actor = Actor(Role.CANDIDATE, context.candidate.id, context.candidate.name)
        self.samples = {one.id: one.sample for one in context.questions}
        conduct.give_consent(self.sandbox, self.actor)
        conduct.check_devices(self.sandbox, self.actor, "skipped")

    @property
    def room(self) -> conduct.Room:
        return conduct.room(self.sandbox, self.actor, entering=False)

    @property
    def data(self) -> dict[str, Any]:
        return snapshot(self.sandbox)[1]

    @property
    def states(self) -> tuple[str, str, str]:
        one = self.data["interview"]
        return one["status"], one["saved"], one["synced"]

    @property
    def kinds(self) -> list[str]:
        return [one["kind"] for one in events(self.sandbox, 0)[0]]

    def answer(self, count: int) -> None:
        for _ in range(count):
            room = self.room
            assert room.current is not None
            conduct.submit_answer(
                self.sandbox, self.actor, room.current.id, self.samples[room.current.id], room.draft_seq + 1
            )

    def record(self, draft: str | conduct.Draft | None = None, **given: Any) -> save.Record:
        room = self.room
        assert room.sitting_id is not None
        notes = conduct.Notes(dict.fromkeys((code for code, _ in room.competencies), 4), "A calm talk.")
        typed = draft if isinstance(draft, conduct.Draft) else None
        if isinstance(draft, str) and room.current is not None:
            typed = conduct.Draft(room.current.id, draft, room.draft_seq + 1)
        filled: dict[str, Any] = {"sitting": room.sitting_id, "draft": typed, "notes": notes}
        return save.Record(**(filled | given))

    def save(self, draft: str | None = None, *, end: bool = False) -> conduct.Room:
        return save.save_record(self.sandbox, self.actor, self.record(draft), end=end)

    def finish(self) -> None:
        """End in the way of this system, whatever is answered."""
        match self.sandbox.profile.policy.exit.style:
            case "confirm":
                conduct.end(self.sandbox, self.actor)
            case "save_record":
                self.save(end=True)
            case "save_then_close":
                self.save()
                save.close_record(self.sandbox, self.actor, unsaved=False)

    def close_tab(self) -> conduct.Room:
        """Close the page on purpose, and open it again."""
        conduct.leave(self.sandbox, self.actor, self.room.sitting_id or "")
        return conduct.returned(self.sandbox, self.actor, reloaded=False)

    def killed(self) -> conduct.Room:
        """The process dies; its successor opens the file."""
        self.hrms.sandboxes.close()
        self.sandbox = self.hrms.sandboxes.open(self.sandbox.id)
        return conduct.returned(self.sandbox, self.actor, reloaded=False)

    def saved_answers(self) -> int:
        return [one["saved"] for one in self.data["sitting"]["answers"]].count("saved")


@contextmanager
def full_disk(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let every write fail as SQLite does when the disk is full."""

    @contextmanager
    def refuse() -> Iterator[None]:
        raise StorageFailed("database or disk is full")
        yield

    with monkeypatch.context() as patch:
        patch.setattr(sandbox.store, "write", refuse)
        yield


@pytest.fixture(params=ALL)
def anyone(hrms: Hrms, request: pytest.FixtureRequest) -> Person:
    return Person(hrms, request.param)


@pytest.fixture(params=MANUAL)
def by_hand(hrms: Hrms, request: pytest.FixtureRequest) -> Person:
    return Person(hrms, request.param)


@pytest.fixture(params=AUTOMATIC)
def by_itself(hrms: Hrms, request: pytest.FixtureRequest) -> Person:
    return Person(hrms, request.param)


@pytest.fixture
def cloud(hrms: Hrms) -> Person:
    return Person(hrms, "cloud")


@pytest.fixture
def local(hrms: Hrms) -> Person:
    return Person(hrms, "local")


def test_finished_and_confirmed(anyone: Person) -> None:
    anyone.answer(4)
    anyone.finish()
    assert anyone.states == ("to_review", "saved", "done")
    assert anyone.saved_answers() == 4
    assert anyone.data["score"]["status"] == "scored"


def test_a_required_answer_is_missing(anyone: Person) -> None:
    before = anyone.data["requisition"]["interviewed"]
    anyone.answer(2)
    anyone.finish()
    assert anyone.states == ("incomplete", "saved", "not_due")
    assert anyone.saved_answers() == 2
    assert anyone.data["score"]["status"] is None
    assert anyone.data["requisition"]["interviewed"] == before


def test_by_hand_nothing_is_saved_before_save(by_hand: Person) -> None:
    by_hand.answer(4)
    assert by_hand.states == ("in_progress", "unsaved", "not_due")
    assert [one["saved"] for one in by_hand.data["sitting"]["answers"]] == ["unsaved"] * 4
    assert by_hand.room.stage == "all_answered"
    assert by_hand.room.unsaved == 4
    with pytest.raises(NotAllowed, match="not saved yet"):
        conduct.end(by_hand.sandbox, by_hand.actor)
    by_hand.save()
    assert by_hand.states == ("in_progress", "saved", "not_due")
    assert by_hand.saved_answers() == 4
    assert by_hand.room.unsaved == 0
    assert by_hand.kinds.count("record_saved") == 1


def test_saving_twice_changes_nothing(by_hand: Person) -> None:
    by_hand.answer(1)
    by_hand.save("half a thought")
    record = by_hand.record()
    revision = by_hand.sandbox.revision
    save.save_record(by_hand.sandbox, by_hand.actor, record)
    assert by_hand.sandbox.revision == revision
    by_hand.answer(3)
    by_hand.save(end=by_hand.profile == "cloud")
    if by_hand.profile == "cloud":
        again = save.Record(sitting=record.sitting)
        assert save.save_record(by_hand.sandbox, by_hand.actor, again, end=True).stage == "ended"
        with pytest.raises(NotAllowed, match="over"):
            save.save_record(by_hand.sandbox, by_hand.actor, again)
        assert by_hand.kinds.count("interview_ended") == 1


def test_stopping_half_way_properly_keeps_all(anyone: Person) -> None:
    anyone.answer(2)
    room = anyone.room
    assert room.sitting_id is not None
    assert room.current is not None
    if anyone.profile in MANUAL:
        anyone.save("half a thought")
    else:
        save.keep_draft(anyone.sandbox, anyone.actor, room.sitting_id, room.current.id, 9, "half a thought")
    if anyone.sandbox.profile.policy.save.progress_button:
        save.save_progress(anyone.sandbox, anyone.actor)
    else:
        conduct.leave(anyone.sandbox, anyone.actor, room.sitting_id)
    assert conduct.returned(anyone.sandbox, anyone.actor, reloaded=False).stage == "resume"
    resumed = conduct.resume(anyone.sandbox, anyone.actor)
    assert resumed.answered == 2
    assert resumed.draft is not None
    assert resumed.draft.text == "half a thought"
    assert anyone.states == ("in_progress", "saved", "not_due")


def test_the_tab_is_closed_on_purpose(by_itself: Person) -> None:
    by_itself.answer(2)
    room = by_itself.room
    save.keep_draft(by_itself.sandbox, by_itself.actor, room.sitting_id or "", "q3", 9, "half a thought")
    assert by_itself.close_tab().stage == "resume"
    resumed = conduct.resume(by_itself.sandbox, by_itself.actor)
    assert resumed.answered == 2
    assert (resumed.draft is None) == (by_itself.profile in {"web", "integrated"})


def test_local_a_closed_tab_loses_all_since_the_last_save(local: Person) -> None:
    local.answer(1)
    local.save("the second, half")
    local.answer(2)
    room = local.close_tab()
    assert room.stage == "resume"
    assert local.states == ("in_progress", "saved", "not_due")
    assert local.kinds[-2:] == ["record_lost", "page_left"]
    resumed = conduct.resume(local.sandbox, local.actor)
    assert resumed.answered == 1
    assert resumed.draft is not None
    assert resumed.draft.text == "the second, half"


def test_local_without_a_save_there_is_nothing_to_resume(local: Person) -> None:
    local.answer(3)
    room = local.close_tab()
    assert (room.stage, room.answered) == ("question", 0)
    assert local.states == ("in_progress", "unsaved", "not_due")


def test_cloud_a_closed_tab_leaves_the_record_on_the_device(cloud: Person) -> None:
    cloud.answer(2)
    answers = tuple(save.Given(one.id, one.answer_text or "") for one in cloud.room.questions if one.answered)
    room = cloud.close_tab()
    assert (room.stage, room.answered, room.unsaved) == ("resume", 0, 2)
    assert cloud.states == ("in_progress", "unsaved", "not_due")
    assert "record_lost" not in cloud.kinds
    record = cloud.record(answers=answers, draft=conduct.Draft("q3", "half", 12))
    saved = save.save_record(cloud.sandbox, cloud.actor, record)
    assert (saved.answered, saved.unsaved) == (2, 0)
    assert cloud.states == ("in_progress", "saved", "not_due")
    assert conduct.resume(cloud.sandbox, cloud.actor).draft == conduct.Draft("q3", "half", 12)


def test_cloud_goes_on_with_what_was_found_on_the_device(cloud: Person) -> None:
    cloud.answer(2)
    answers = tuple(save.Given(one.id, one.answer_text or "", late=True) for one in cloud.room.questions[:2])
    assert cloud.killed().answered == 0
    assert cloud.states == ("in_progress", "unsaved", "not_due")
    record = cloud.record(answers=answers, draft=conduct.Draft("q3", "half", 12))
    room = save.continue_from_device(cloud.sandbox, cloud.actor, record)
    assert (room.stage, room.answered, room.unsaved, room.draft_seq) == ("question", 2, 2, 12)
    assert room.draft == conduct.Draft("q3", "half", 12)
    assert cloud.states == ("in_progress", "unsaved", "not_due")
    cloud.answer(2)
    cloud.save(end=True)
    assert cloud.states == ("to_review", "saved", "done")
    assert [one["late"] for one in cloud.data["sitting"]["answers"]] == [True, True, False, False]


def test_what_a_device_says_never_replaces_what_the_server_has(cloud: Person) -> None:
    cloud.answer(1)
    cloud.save()
    forged = (save.Given("q1", "something better"), save.Given("q3", "out of turn"))
    save.save_record(cloud.sandbox, cloud.actor, cloud.record(answers=forged))
    assert [one["text"] for one in cloud.data["sitting"]["answers"]] == [cloud.samples["q1"]]
    for text in ("", "x" * 20_001):
        with pytest.raises(Invalid):
            save.save_record(cloud.sandbox, cloud.actor, cloud.record(answers=(save.Given("q2", text),)))


def test_local_takes_no_answer_from_a_device(local: Person) -> None:
    record = local.record(answers=(save.Given("q1", "typed elsewhere"),))
    save.save_record(local.sandbox, local.actor, record)
    assert local.data["sitting"]["answers"] == []
    with pytest.raises(NotAllowed, match="nothing on a device"):
        save.continue_from_device(local.sandbox, local.actor, record)


def test_a_kill_keeps_what_each_system_promises(anyone: Person) -> None:
    anyone.answer(1)
    if anyone.profile == "local":
        anyone.save()
    anyone.answer(1)
    room = anyone.killed()
    assert room.answered == {"cloud": 0, "local": 1}.get(anyone.profile, 2)
    assert anyone.states == ("in_progress", "unsaved" if anyone.profile == "cloud" else "saved", "not_due")
    assert room.stage == "resume"
    assert ("record_lost" in anyone.kinds) == (anyone.profile == "local")
    assert anyone.killed().answered == room.answered
    assert anyone.kinds.count("record_lost") == (anyone.profile == "local")


def test_a_page_that_died_takes_the_unsaved_along_and_a_second_one_does_not(local: Person) -> None:
    local.answer(2)
    assert conduct.returned(local.sandbox, local.actor, reloaded=False, alone=False).answered == 2
    assert conduct.returned(local.sandbox, local.actor, reloaded=False, alone=True).answered == 0


def test_discard_begins_anew_and_keeps_the_old_sitting(anyone: Person) -> None:
    anyone.answer(2)
    room = conduct.discard(anyone.sandbox, anyone.actor)
    assert (room.stage, room.answered, room.unsaved) == ("device", 0, 0)
    assert anyone.states == ("in_progress", "unsaved", "not_due")
    assert [one["status"] for one in anyone.data["sittings"]] == ["abandoned", "open"]


def test_local_a_record_must_be_filled_in(local: Person) -> None:
    local.answer(1)
    full = local.record()
    assert full.notes is not None
    ratings = dict(full.notes.ratings)
    code = next(iter(ratings))
    for notes in (
        None,
        conduct.Notes(ratings, "  "),
        conduct.Notes({code: 3}, "short"),
        conduct.Notes({**ratings, code: 6}, "too good"),
        conduct.Notes({**ratings, "shoe_size": 3}, "unknown"),
    ):
        with pytest.raises(Invalid, match="not filled in"):
            save.save_record(local.sandbox, local.actor, local.record(notes=notes))
    assert local.states == ("in_progress", "unsaved", "not_due")
    local.save()
    assert local.data["sitting"]["record"]["remarks"] == "A calm talk."
    assert local.room.notes == full.notes


def test_local_closing_unsaved_loses_it_and_ends_nothing(local: Person) -> None:
    local.answer(1)
    local.save()
    local.answer(3)
    room = save.close_record(local.sandbox, local.actor, unsaved=False)
    assert (room.stage, room.answered) == ("resume", 1)
    assert local.states == ("in_progress", "saved", "not_due")
    assert local.kinds[-1] == "record_lost"


def test_local_a_close_is_blocked_while_a_sync_runs(local: Person) -> None:
    local.answer(4)
    local.save()
    local.sandbox.faults.switch_on(Fault.BLOCKED_CLOSE, None)
    with pytest.raises(CloseBlocked):
        save.close_record(local.sandbox, local.actor, unsaved=False)
    local.sandbox.faults.clear(Fault.BLOCKED_CLOSE)
    save.close_record(local.sandbox, local.actor, unsaved=False)
    assert local.states == ("to_review", "saved", "done")


def test_local_a_backup_brings_back_what_was_saved_then(local: Person) -> None:
    local.answer(1)
    with pytest.raises(NotAllowed, match="not saved yet"):
        save.back_up_record(local.sandbox, local.actor)
    local.save()
    assert save.back_up_record(local.sandbox, local.actor).saved == "backed_up"
    (kept,) = save.copies(local.sandbox, local.actor)
    local.answer(2)
    local.save()
    room = save.restore_record(local.sandbox, local.actor, kept.name)
    assert (room.answered, room.unsaved) == (1, 0)
    assert "backup_restored" in local.kinds
    with pytest.raises(NotFound):
        save.restore_record(local.sandbox, local.actor, "0042-20260302T090000")


def test_a_full_disk_is_told_and_the_next_save_works(by_hand: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    by_hand.answer(1)
    with full_disk(by_hand.sandbox, monkeypatch):
        by_hand.answer(1)
        with pytest.raises(StorageFailed, match="not enough disk space") as refused:
            by_hand.save()
        assert (refused.value.code, refused.value.http) == ("disk_full", 503)
        assert by_hand.states[1] == "unsaved"
    assert by_hand.room.unsaved == 2
    by_hand.save()
    assert by_hand.saved_answers() == 2


def test_offline_the_cloud_refuses_and_the_own_computer_does_not_care(by_hand: Person) -> None:
    by_hand.answer(2)
    by_hand.sandbox.faults.switch_on(Fault.OFFLINE, None)
    if by_hand.profile == "cloud":
        with pytest.raises(Offline):
            by_hand.save()
        assert by_hand.states[1] == "unsaved"
        by_hand.sandbox.faults.clear(Fault.OFFLINE)
    by_hand.save()
    assert by_hand.states[1] == "saved"


def test_offline_drafts_wait_on_the_device_and_an_answer_is_not_taken(by_itself: Person) -> None:
    room = by_itself.room
    by_itself.sandbox.faults.switch_on(Fault.OFFLINE, None)
    with pytest.raises(Offline):
        save.keep_draft(by_itself.sandbox, by_itself.actor, room.sitting_id or "", "q1", 1, "half")
    with pytest.raises(Offline):
        by_itself.answer(1)
    by_itself.sandbox.faults.clear(Fault.OFFLINE)
    assert save.keep_draft(by_itself.sandbox, by_itself.actor, room.sitting_id or "", "q1", 1, "half") == 1


def test_leaving_while_offline_is_saved_and_waits_for_a_sync(by_itself: Person) -> None:
    by_itself.answer(4)
    by_itself.sandbox.faults.switch_on(Fault.OFFLINE, None)
    conduct.end(by_itself.sandbox, by_itself.actor)
    assert by_itself.states[:2] == ("to_review", "saved")
    assert by_itself.states[2] in {"failed", "pending"}
    if by_itself.profile == "app":
        assert by_itself.states[2] == "failed"


def test_a_checkpoint_keeps_the_working_copy(local: Person) -> None:
    local.answer(2)
    local.hrms.sandboxes.checkpoint(local.sandbox.id, "two")
    clone = local.hrms.sandboxes.clone(local.sandbox.id)
    assert conduct.room(clone, local.actor, entering=False).unsaved == 2
    local.answer(1)
    local.hrms.sandboxes.restore(local.sandbox.id, "two")
    assert local.room.unsaved == 2
    assert conduct.returned(local.sandbox, local.actor, reloaded=False).unsaved == 2


def test_a_system_that_saves_by_itself_has_no_records_to_save(by_itself: Person) -> None:
    with pytest.raises(NotAllowed, match="by itself"):
        by_itself.save()
    with pytest.raises(NotAllowed):
        save.back_up_record(by_itself.sandbox, by_itself.actor)


def test_a_system_that_saves_by_hand_takes_no_drafts(by_hand: Person) -> None:
    with pytest.raises(NotAllowed, match="press Save"):
        save.keep_draft(by_hand.sandbox, by_hand.actor, by_hand.room.sitting_id or "", "q1", 1, "typed")


def test_the_live_charts_store_nothing_and_are_the_same_every_time(local: Person) -> None:
    assert live(local.sandbox, local.actor).scores == ()
    local.answer(2)
    revision = local.sandbox.revision
    shown = live(local.sandbox, local.actor)
    assert len(shown.scores) == 2
    assert all(one is not None and 0 <= one <= 100 for one in shown.scores)
    assert len(shown.expression) == 8
    assert all(0 <= one <= 1 for one in shown.expression)
    assert live(local.sandbox, local.actor) == shown
    assert local.sandbox.revision == revision
    assert local.data["score"]["status"] is None


def test_only_the_candidate_saves_and_a_looker_does_not(by_hand: Person, hr: Actor) -> None:
    by_hand.answer(1)
    record = by_hand.record()
    looker = Actor(Role.CANDIDATE, by_hand.actor.id, by_hand.actor.name, read_only=True)
    sandbox = by_hand.sandbox
    for actor, error in ((looker, ReadOnly), (hr, Forbidden)):
        with pytest.raises(error):
            save.save_record(sandbox, actor, record)
        with pytest.raises(error):
            save.close_record(sandbox, actor, unsaved=False)
        with pytest.raises(error):
            save.back_up_record(sandbox, actor)
        with pytest.raises(error):
            save.restore_record(sandbox, actor, "0001-20260302T090000")
        with pytest.raises(error):
            save.continue_from_device(sandbox, actor, record)
    assert by_hand.states[1] == "unsaved"
    with pytest.raises(NotFound):
        save.save_record(sandbox, by_hand.actor, save.Record(sitting="somebody-else-1"))
