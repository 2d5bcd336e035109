"""An interview from notice to end, in a profile that saves by itself but drops the draft of a closed tab."""

from pathlib import Path
from typing import Any

import pytest

from sandbox_hrms.app import audit, conduct, save
from sandbox_hrms.app.conduct import Room
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.service import Hrms, Settings, build
from sandbox_hrms.app.snapshot import SHAPE, events, snapshot
from sandbox_hrms.core.errors import Forbidden, Invalid, NotAllowed, NotFound, ReadOnly
from sandbox_hrms.core.roles import Actor, Role


def stored(sandbox: Sandbox) -> dict[str, Any]:
    return snapshot(sandbox)[1]


def states(sandbox: Sandbox) -> tuple[str, str, str]:
    interview = stored(sandbox)["interview"]
    return interview["status"], interview["saved"], interview["synced"]


def answer(sandbox: Sandbox, candidate: Actor, count: int) -> Room:
    """Submit good answers to the next ``count`` questions."""
    for _ in range(count):
        room = conduct.room(sandbox, candidate, entering=False)
        current = room.current
        assert current is not None
        sample = next(one.sample for one in sandbox.context.questions if one.id == current.id)
        room = conduct.submit_answer(sandbox, candidate, current.id, sample, room.draft_seq + 1)
    return room


def type_draft(sandbox: Sandbox, candidate: Actor, text: str) -> Room:
    room = conduct.room(sandbox, candidate, entering=False)
    assert room.sitting_id is not None
    assert room.current is not None
    save.keep_draft(sandbox, candidate, room.sitting_id, room.current.id, room.draft_seq + 1, text)
    return conduct.room(sandbox, candidate, entering=False)


def test_the_stages_follow_each_other(sandbox: Sandbox, candidate: Actor) -> None:
    assert conduct.room(sandbox, candidate).stage == "notice"
    assert conduct.my_interviews(sandbox, candidate)[0].action == "start"
    assert conduct.give_consent(sandbox, candidate).stage == "device"
    room = conduct.check_devices(sandbox, candidate, "done")
    assert (room.stage, room.answered, room.total) == ("question", 0, 4)
    assert room.current is not None
    assert room.current.id == "q1"
    assert conduct.my_interviews(sandbox, candidate)[0].action == "continue"
    assert answer(sandbox, candidate, 4).stage == "all_answered"
    assert conduct.end(sandbox, candidate).stage == "ended"
    assert conduct.my_interviews(sandbox, candidate)[0].action is None


@pytest.mark.usefixtures("begun")
def test_finished_and_confirmed_is_to_review_saved_and_synced(sandbox: Sandbox, candidate: Actor) -> None:
    answer(sandbox, candidate, 4)
    conduct.end(sandbox, candidate)
    assert states(sandbox) == ("to_review", "saved", "done")
    data = stored(sandbox)
    assert data["sitting"]["status"] == "ended"
    assert data["score"]["status"] == "scored"
    assert data["score"]["total"] >= 80
    assert data["requisition"]["interviewed"] == 4
    kinds = [one["kind"] for one in events(sandbox, 0)[0]]
    assert kinds[-3:] == ["interview_ended", "scored", "synced"]


@pytest.mark.usefixtures("begun")
def test_the_end_with_a_question_open_is_incomplete_and_counts_nowhere(sandbox: Sandbox, candidate: Actor) -> None:
    before = stored(sandbox)["requisition"]
    answer(sandbox, candidate, 2)
    type_draft(sandbox, candidate, "half a thought")
    conduct.end(sandbox, candidate)
    assert states(sandbox) == ("incomplete", "saved", "not_due")
    data = stored(sandbox)
    assert [one["question"] for one in data["sitting"]["answers"]] == ["q1", "q2"]
    assert data["sitting"]["draft"] is None
    assert data["score"]["status"] is None
    assert data["requisition"] == before


@pytest.mark.usefixtures("begun")
def test_saved_progress_keeps_everything_with_the_open_draft(sandbox: Sandbox, candidate: Actor) -> None:
    answer(sandbox, candidate, 1)
    type_draft(sandbox, candidate, "my second answer, half")
    assert save.save_progress(sandbox, candidate).stage == "resume"
    assert stored(sandbox)["sitting"]["status"] == "paused"
    assert states(sandbox) == ("in_progress", "saved", "not_due")
    with pytest.raises(NotAllowed):
        answer_directly(sandbox, candidate)
    assert conduct.room(sandbox, candidate).stage == "resume"
    room = conduct.resume(sandbox, candidate)
    assert room.stage == "question"
    assert room.draft == conduct.Draft("q2", "my second answer, half", 2)
    assert stored(sandbox)["sitting"]["status"] == "open"


def answer_directly(sandbox: Sandbox, candidate: Actor) -> None:
    conduct.submit_answer(sandbox, candidate, "q2", "straight", 9)


def test_a_tab_closed_on_purpose_drops_the_open_draft_only(
    sandbox: Sandbox, candidate: Actor, begun: Room
) -> None:
    answer(sandbox, candidate, 1)
    type_draft(sandbox, candidate, "lost")
    conduct.leave(sandbox, candidate, begun.sitting_id or "")
    assert stored(sandbox)["sitting"]["draft"] is None
    assert conduct.returned(sandbox, candidate, reloaded=False).stage == "resume"
    room = conduct.resume(sandbox, candidate)
    assert room.draft is None
    assert room.draft_seq == 2
    assert len(stored(sandbox)["sitting"]["answers"]) == 1
    assert save.keep_draft(sandbox, candidate, begun.sitting_id or "", "q2", 2, "late copy") == 2
    assert conduct.room(sandbox, candidate, entering=False).draft is None


def test_a_reload_gives_the_draft_back_and_goes_straight_on(
    sandbox: Sandbox, candidate: Actor, begun: Room
) -> None:
    type_draft(sandbox, candidate, "still here")
    conduct.leave(sandbox, candidate, begun.sitting_id or "")
    room = conduct.returned(sandbox, candidate, reloaded=True)
    assert room.stage == "question"
    assert room.draft == conduct.Draft("q1", "still here", 1)


def test_a_reload_of_a_paused_sitting_still_asks(sandbox: Sandbox, candidate: Actor, begun: Room) -> None:
    save.save_progress(sandbox, candidate)
    conduct.leave(sandbox, candidate, begun.sitting_id or "")
    assert conduct.returned(sandbox, candidate, reloaded=True).stage == "resume"


@pytest.mark.usefixtures("begun")
def test_after_a_crash_everything_acknowledged_is_there(
    sandbox: Sandbox, candidate: Actor, root: Path, clock: Any
) -> None:
    answer(sandbox, candidate, 2)
    type_draft(sandbox, candidate, "third, half")
    again = build(root, clock, Settings())  # the first process still holds the file, as after a kill
    try:
        survivor = again.sandboxes.open(sandbox.id)
        assert conduct.room(survivor, candidate).stage == "resume"
        room = conduct.resume(survivor, candidate)
        assert room.answered == 2
        assert room.draft == conduct.Draft("q3", "third, half", 3)
    finally:
        again.close()


def test_a_page_from_before_a_crash_that_is_closed_afterwards_drops_nothing(
    sandbox: Sandbox, candidate: Actor, begun: Room, root: Path, clock: Any
) -> None:
    type_draft(sandbox, candidate, "half")
    again = build(root, clock, Settings())
    try:
        survivor = again.sandboxes.open(sandbox.id)
        conduct.leave(survivor, candidate, begun.sitting_id or "")
        assert conduct.resume(survivor, candidate).draft == conduct.Draft("q1", "half", 1)
        conduct.leave(survivor, candidate, begun.sitting_id or "")
        assert stored(survivor)["sitting"]["draft"] is None
    finally:
        again.close()


@pytest.mark.usefixtures("begun")
def test_discard_abandons_the_sitting_keeps_it_and_begins_a_new_one(sandbox: Sandbox, candidate: Actor) -> None:
    answer(sandbox, candidate, 2)
    type_draft(sandbox, candidate, "never mind")
    room = conduct.discard(sandbox, candidate)
    assert (room.stage, room.answered) == ("device", 0)
    sittings = stored(sandbox)["sittings"]
    assert [(one["number"], one["status"], len(one["answers"])) for one in sittings] == [
        (1, "abandoned", 2),
        (2, "open", 0),
    ]
    assert states(sandbox) == ("in_progress", "unsaved", "not_due")
    conduct.check_devices(sandbox, candidate, "skipped")
    answer(sandbox, candidate, 4)
    conduct.end(sandbox, candidate)
    assert states(sandbox) == ("to_review", "saved", "done")


def test_an_end_cut_short_by_a_crash_is_scored_and_carried_when_opened_again(
    sandbox: Sandbox, candidate: Actor, begun: Room, hrms: Hrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert begun.stage == "question"
    answer(sandbox, candidate, 4)
    monkeypatch.setattr(conduct, "settle", lambda _: None)
    conduct.end(sandbox, candidate)
    assert states(sandbox) == ("to_review", "saved", "pending")
    hrms.sandboxes.close()
    survivor = hrms.sandboxes.open(sandbox.id)
    assert states(survivor) == ("to_review", "saved", "done")
    assert stored(survivor)["score"]["status"] == "scored"
    assert stored(survivor)["requisition"]["interviewed"] == 4
    hrms.sandboxes.close()
    assert [one["kind"] for one in events(hrms.sandboxes.open(sandbox.id), 0)[0]].count("synced") == 1


@pytest.mark.usefixtures("begun")
def test_the_same_submit_twice_counts_once(sandbox: Sandbox, candidate: Actor) -> None:
    first = conduct.submit_answer(sandbox, candidate, "q1", "the answer", 3)
    revision = sandbox.revision
    second = conduct.submit_answer(sandbox, candidate, "q1", "the answer", 3)
    assert first == second
    assert sandbox.revision == revision
    with pytest.raises(NotAllowed, match="Another question is open"):
        conduct.submit_answer(sandbox, candidate, "q1", "a better answer", 4)


@pytest.mark.usefixtures("begun")
@pytest.mark.parametrize(("text", "told"), [("", "empty"), (" \n ", "empty"), ("x" * 20_001, "20000 characters")])
def test_an_answer_needs_text_of_bearable_length(sandbox: Sandbox, candidate: Actor, text: str, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        conduct.submit_answer(sandbox, candidate, "q1", text, 1)


@pytest.mark.usefixtures("begun")
def test_an_answer_after_the_time_counts_and_is_marked(sandbox: Sandbox, candidate: Actor, clock: Any) -> None:
    clock.forward(100)
    assert conduct.room(sandbox, candidate, entering=False).seconds_left == 110
    clock.forward(111)
    assert conduct.room(sandbox, candidate, entering=False).seconds_left == 0
    assert stored(sandbox)["sitting"]["answers"] == []
    room = answer(sandbox, candidate, 1)
    assert room.questions[0].late
    assert room.seconds_left == 210
    assert stored(sandbox)["sitting"]["answers"][0]["late"] is True


@pytest.mark.usefixtures("begun")
def test_coming_back_gives_the_open_question_its_time_again(
    sandbox: Sandbox, candidate: Actor, clock: Any
) -> None:
    clock.forward(150)
    save.save_progress(sandbox, candidate)
    clock.forward(86_400)
    assert conduct.resume(sandbox, candidate).seconds_left == 210


def test_declining_leaves_the_invitation_and_a_trace(sandbox: Sandbox, candidate: Actor, hr: Actor) -> None:
    assert conduct.decline(sandbox, candidate).stage == "notice"
    assert states(sandbox)[0] == "invited"
    assert audit.entries(sandbox, hr).entries[0].action == "consent_declined"
    conduct.give_consent(sandbox, candidate)
    with pytest.raises(NotAllowed):
        conduct.decline(sandbox, candidate)


def test_consent_twice_begins_once(sandbox: Sandbox, candidate: Actor) -> None:
    conduct.give_consent(sandbox, candidate)
    conduct.give_consent(sandbox, candidate)
    assert len(stored(sandbox)["sittings"]) == 1


def test_nothing_is_answered_before_the_device_check(sandbox: Sandbox, candidate: Actor) -> None:
    conduct.give_consent(sandbox, candidate)
    with pytest.raises(NotAllowed):
        conduct.submit_answer(sandbox, candidate, "q1", "too early", 1)


def test_only_the_candidate_may_and_a_looker_may_only_look(sandbox: Sandbox, candidate: Actor, hr: Actor) -> None:
    looker = Actor(Role.CANDIDATE, candidate.id, candidate.name, read_only=True)
    before = snapshot(sandbox)
    assert conduct.room(sandbox, looker).stage == "notice"
    for step in (
        conduct.give_consent,
        conduct.decline,
        conduct.end,
        conduct.resume,
        conduct.discard,
        save.save_progress,
    ):
        with pytest.raises(ReadOnly):
            step(sandbox, looker)
        with pytest.raises(Forbidden):
            step(sandbox, hr)
    with pytest.raises(Forbidden):
        conduct.room(sandbox, hr)
    assert snapshot(sandbox) == before


def test_a_looker_may_reload_without_a_trace(sandbox: Sandbox, candidate: Actor, begun: Room) -> None:
    type_draft(sandbox, candidate, "x")
    conduct.leave(sandbox, candidate, begun.sitting_id or "")
    before = snapshot(sandbox)
    looker = Actor(Role.CANDIDATE, candidate.id, candidate.name, read_only=True)
    assert conduct.returned(sandbox, looker, reloaded=True).draft is None
    assert snapshot(sandbox) == before


def test_a_candidate_without_interview_has_none(sandbox: Sandbox) -> None:
    nobody = Actor(Role.CANDIDATE, "c9", "Nobody")
    assert conduct.my_interviews(sandbox, nobody) == ()
    with pytest.raises(NotFound):
        conduct.room(sandbox, nobody)


def test_leaving_another_sitting_changes_nothing(sandbox: Sandbox, candidate: Actor, begun: Room) -> None:
    assert begun.sitting_id == "i1-1"
    type_draft(sandbox, candidate, "mine")
    before = snapshot(sandbox)
    conduct.leave(sandbox, candidate, "i2-1")
    assert snapshot(sandbox) == before


class TestDrafts:
    """What was typed is kept by number: newer wins, older and repeated ones change nothing."""

    def test_only_a_newer_number_is_written(self, sandbox: Sandbox, candidate: Actor, begun: Room) -> None:
        sitting = begun.sitting_id or ""
        assert save.keep_draft(sandbox, candidate, sitting, "q1", 2, "two") == 2
        revision = sandbox.revision
        assert save.keep_draft(sandbox, candidate, sitting, "q1", 1, "one") == 2
        assert save.keep_draft(sandbox, candidate, sitting, "q1", 2, "two again") == 2
        assert sandbox.revision == revision
        assert stored(sandbox)["sitting"]["draft"] == {"question": "q1", "text": "two", "seq": 2}

    def test_a_late_draft_never_comes_back_after_the_submit(
        self, sandbox: Sandbox, candidate: Actor, begun: Room
    ) -> None:
        sitting = begun.sitting_id or ""
        conduct.submit_answer(sandbox, candidate, "q1", "done", 5)
        assert save.keep_draft(sandbox, candidate, sitting, "q1", 9, "late") == 5
        assert save.keep_draft(sandbox, candidate, sitting, "q2", 4, "old number") == 5
        assert stored(sandbox)["sitting"]["draft"] is None

    def test_the_wrong_place_is_refused(self, sandbox: Sandbox, candidate: Actor, begun: Room) -> None:
        sitting = begun.sitting_id or ""
        with pytest.raises(NotFound, match="no sitting"):
            save.keep_draft(sandbox, candidate, "i2-1", "q1", 1, "x")
        with pytest.raises(NotFound, match="no question"):
            save.keep_draft(sandbox, candidate, sitting, "q9", 1, "x")
        with pytest.raises(NotAllowed, match="not open yet"):
            save.keep_draft(sandbox, candidate, sitting, "q2", 1, "x")
        with pytest.raises(Invalid):
            save.keep_draft(sandbox, candidate, sitting, "q1", 0, "x")
        conduct.end(sandbox, candidate)
        with pytest.raises(NotAllowed, match="over"):
            save.keep_draft(sandbox, candidate, sitting, "q1", 1, "x")

    def test_a_discarded_sitting_takes_no_more(self, sandbox: Sandbox, candidate: Actor, begun: Room) -> None:
        conduct.discard(sandbox, candidate)
        with pytest.raises(NotAllowed, match="over"):
            save.keep_draft(sandbox, candidate, begun.sitting_id or "", "q1", 1, "x")


def shape(data: Any, told: Any) -> Any:
    """Return the names that stand in ``data``; a list is as its fullest item, an empty one as it is told."""
    if isinstance(data, dict):
        return {
            name: shape(value, told.get(name) if isinstance(told, dict) else None) for name, value in data.items()
        }
    if isinstance(data, list):
        inner = told[0] if isinstance(told, list) else None
        return [max((shape(item, inner) for item in data or [inner]), key=lambda item: len(str(item)))]
    return None


@pytest.mark.usefixtures("begun")
def test_the_shape_of_a_snapshot_is_told_down_to_the_leaves(sandbox: Sandbox, candidate: Actor) -> None:
    answer(sandbox, candidate, 3)
    type_draft(sandbox, candidate, "I would")
    drafted = stored(sandbox)
    answer(sandbox, candidate, 1)
    conduct.end(sandbox, candidate)
    full = stored(sandbox) | {"sitting": drafted["sitting"], "sittings": drafted["sittings"]}
    assert shape(full, SHAPE) == shape(SHAPE, SHAPE)


def test_a_number_that_no_page_counts_up_to_is_refused(sandbox: Sandbox, candidate: Actor, begun: Room) -> None:
    assert begun.sitting_id is not None
    for seq in (0, 2**53, 2**64):
        with pytest.raises(Invalid):
            save.keep_draft(sandbox, candidate, begun.sitting_id, "q1", seq, "I would")
    room = conduct.submit_answer(sandbox, candidate, "q1", "I would ask.", 2**64)
    assert (room.answered, room.draft_seq) == (1, 2**53 - 1)
