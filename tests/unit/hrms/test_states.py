"""The state machine of an interview, driven at random with legal and illegal events."""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sandbox_hrms.app import library
from sandbox_hrms.core.errors import NotAllowed
from sandbox_hrms.core.profiles import Policy
from sandbox_hrms.core.states import Event, Interview, Saved, SittingStatus, State, Synced, advance, is_finished

WEB = library.profile("web").policy
MANUAL = WEB.model_copy(
    update={"save": WEB.save.model_copy(update={"automatic": False}), "exit": WEB.exit.model_copy()}
)
BEGUN = State(2, Interview.IN_PROGRESS, sitting=SittingStatus.OPEN, sittings=1)


class InterviewMachine(RuleBasedStateMachine):
    """Any event may come at any time; what is not allowed must change nothing."""

    @initialize(required=st.integers(1, 4), policy=st.sampled_from([WEB, MANUAL]))
    def start(self, required: int, policy: Policy) -> None:
        self.policy = policy
        self.state = State(required)
        self.abandoned = 0
        self.withdrawn = False
        self.carried_unfinished = False

    @rule(event=st.sampled_from(list(Event)))
    def happens(self, event: Event) -> None:
        old = self.state
        kept = replace(old)
        try:
            new = advance(old, event, self.policy)
        except NotAllowed:
            assert old == kept
            return
        assert old == kept
        if event is Event.DISCARD:
            self.abandoned += 1
        self.withdrawn = event is Event.WITHDRAW or (self.withdrawn and event is not Event.BEGIN)
        assert new.sittings >= old.sittings
        assert new.required == old.required
        if old.synced is not Synced.DONE and new.synced is Synced.DONE:
            assert old.saved is not Saved.UNSAVED
            assert is_finished(old.interview)
        self.state = new

    @invariant()
    def a_half_done_interview_is_never_counted(self) -> None:
        if is_finished(self.state.interview):
            assert self.state.answered == self.state.required

    @invariant()
    def what_is_finished_is_saved(self) -> None:
        if self.state.interview in {Interview.TO_REVIEW, Interview.INCOMPLETE}:
            assert self.state.saved is not Saved.UNSAVED
            assert self.state.sitting is SittingStatus.ENDED

    @invariant()
    def only_what_is_finished_and_saved_is_synced(self) -> None:
        due = self.state.synced is not Synced.NOT_DUE
        assert due == is_finished(self.state.interview)
        if due:
            assert self.state.saved is not Saved.UNSAVED

    @invariant()
    def a_sitting_is_under_way_exactly_while_the_interview_is(self) -> None:
        under_way = self.state.sitting in {SittingStatus.OPEN, SittingStatus.PAUSED}
        assert under_way == (self.state.interview is Interview.IN_PROGRESS)

    @invariant()
    def every_discarded_sitting_is_kept(self) -> None:
        assert self.state.sittings >= self.abandoned
        assert self.withdrawn or self.state.sitting is not SittingStatus.ABANDONED

    @invariant()
    def a_pause_loses_nothing(self) -> None:
        if self.state.sitting is SittingStatus.PAUSED:
            assert self.state.saved is not Saved.UNSAVED


TestInterviewMachine = InterviewMachine.TestCase
TestInterviewMachine.settings = settings(max_examples=60, stateful_step_count=30, derandomize=True)


@pytest.mark.parametrize(("answered", "status"), [(0, "incomplete"), (1, "incomplete"), (2, "to_review")])
def test_the_end_counts_only_with_every_answer(answered: int, status: str) -> None:
    state = BEGUN
    for _ in range(answered):
        state = advance(state, Event.ANSWER, WEB)
    ended = advance(state, Event.END, WEB)
    assert (ended.interview, ended.saved) == (status, "saved")
    assert ended.synced == ("pending" if status == "to_review" else "not_due")


def test_without_automatic_saving_the_end_waits_for_a_save() -> None:
    answered = advance(BEGUN, Event.ANSWER, MANUAL)
    assert answered.saved is Saved.UNSAVED
    with pytest.raises(NotAllowed, match="not saved yet"):
        advance(answered, Event.END, MANUAL)
    saved = advance(advance(answered, Event.SAVE_PROGRESS, MANUAL), Event.RESUME, MANUAL)
    assert advance(saved, Event.END, MANUAL).interview is Interview.INCOMPLETE


def test_a_profile_without_the_button_cannot_save_progress() -> None:
    policy = WEB.model_copy(update={"save": WEB.save.model_copy(update={"progress_button": False})})
    with pytest.raises(NotAllowed, match="no button"):
        advance(BEGUN, Event.SAVE_PROGRESS, policy)


def test_a_failed_sync_can_be_tried_again() -> None:
    ended = advance(
        State(1, Interview.IN_PROGRESS, sitting=SittingStatus.OPEN, sittings=1, answered=1), Event.END, WEB
    )
    failed = advance(ended, Event.CARRY_FAILED, WEB)
    assert failed.synced is Synced.FAILED
    assert advance(failed, Event.CARRIED, WEB).synced is Synced.DONE


def test_a_new_invitation_starts_from_nothing_and_keeps_the_count() -> None:
    again = advance(advance(BEGUN, Event.END, WEB), Event.INVITE_AGAIN, WEB)
    assert (again.interview, again.answered, again.sittings) == (Interview.INVITED, 0, 1)
    assert advance(again, Event.BEGIN, WEB).sittings == 2
