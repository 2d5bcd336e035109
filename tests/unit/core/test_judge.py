"""What the judge says of one observed action, and what it needs to look at."""

from __future__ import annotations

import pytest

from tests.builders import a_step
from trainer.core.actions import Click, CloseTab, Detour, Fill, Observed, Press, SignIn, Tick
from trainer.core.checks import Event, FieldValue, Looks, See, Sight, Stored, Visible
from trainer.core.judge import (
    RemarkKind,
    is_asked_for,
    needs,
    next_step,
    open_steps,
    passes,
    proving,
    remark,
    since,
    used_up,
)
from trainer.core.scenario import Step

STEPS = (
    a_step(
        id="save",
        do=(Fill(target="answer", text="x"), Click(target="save")),
        accept=((Press(key="Control+S"),),),
        detour=(Detour(target="help"),),
    ),
    a_step(id="agree", do=(Tick(target="agree"),)),
    a_step(id="end", do=(Click(target="end"),), detour=(Detour(target="cancel"),)),
)


@pytest.mark.parametrize(
    ("observed", "kind", "belongs_to"),
    [
        (Observed(verb="fill", target="answer", value="y"), RemarkKind.RIGHT, ""),
        (Observed(verb="click", target="save"), RemarkKind.RIGHT, ""),
        (Observed(verb="press", target="answer", value="Control+S"), RemarkKind.ACCEPTED, ""),
        (Observed(verb="click", target="help"), RemarkKind.DETOUR, ""),
        (Observed(verb="hover", target="end"), RemarkKind.DETOUR, ""),
        (Observed(verb="fill", target="search"), RemarkKind.DETOUR, ""),
        (Observed(verb="click", target="end"), RemarkKind.OUT_OF_ORDER, "end"),
        (Observed(verb="tick", target="agree"), RemarkKind.OUT_OF_ORDER, "agree"),
        (Observed(verb="click", target="cancel"), RemarkKind.DETOUR, ""),
        (Observed(verb="click", target="logout"), RemarkKind.WRONG, ""),
    ],
)
def test_remarks(observed: Observed, kind: RemarkKind, belongs_to: str) -> None:
    said = remark(STEPS, 0, observed)
    assert (said.kind, said.belongs_to, said.expected) == (kind, belongs_to, "answer")


@pytest.mark.parametrize(
    ("target", "kind", "belongs_to"),
    [("save", RemarkKind.TOO_LATE, "save"), ("end", RemarkKind.RIGHT, ""), ("help", RemarkKind.WRONG, "")],
)
def test_what_belongs_to_an_earlier_step_comes_too_late(target: str, kind: RemarkKind, belongs_to: str) -> None:
    said = remark(STEPS, 2, Observed(verb="click", target=target))
    assert (said.kind, said.belongs_to) == (kind, belongs_to)


def named(name: str, **more: object) -> Step:
    return a_step(id=name, do=(Click(target=name),), **more)  # type: ignore[arg-type]


A, B, C = (named(name, any_order="pages") for name in "abc")
LEAVE_OUT = named("maybe", optional=True)
LAST = named("last")


@pytest.mark.parametrize(
    ("steps", "current", "passed", "may"),
    [
        ((A, B, C, LAST), 0, {}, (0, 1, 2)),
        ((A, B, C, LAST), 0, {"b"}, (0, 2)),
        ((A, B, C, LAST), 3, {"a", "b", "c"}, (3,)),
        ((LEAVE_OUT, LAST, A), 0, {}, (0, 1)),
        ((LEAVE_OUT, A, B, LAST), 0, {}, (0, 1, 2)),
        ((LAST, A, B), 0, {}, (0,)),
    ],
)
def test_several_steps_may_be_open(
    steps: tuple[Step, ...], current: int, passed: set[str], may: tuple[int, ...]
) -> None:
    assert open_steps(steps, current, passed) == may


def test_what_is_left_of_a_group_comes_before_what_follows_it() -> None:
    steps = (A, B, C, LAST)
    assert next_step(steps, 1, {"b"}) == 0
    assert next_step(steps, 0, {"a", "b"}) == 2
    assert next_step(steps, 2, {"a", "b", "c"}) == 3
    assert next_step(steps, 3, {"a", "b", "c", "last"}) is None


def test_within_a_group_no_order_is_wrong() -> None:
    steps = (A, B, C, LAST)
    assert remark(steps, 0, Observed(verb="click", target="c")).kind is RemarkKind.RIGHT
    assert remark(steps, 0, Observed(verb="click", target="last")).kind is RemarkKind.OUT_OF_ORDER


def test_what_was_done_before_its_turn_does_not_come_later_any_more() -> None:
    said = remark((A, B, C, LAST), 0, Observed(verb="click", target="b"), passed={"b"})
    assert (said.kind, said.belongs_to) == (RemarkKind.TOO_LATE, "b")


@pytest.mark.parametrize(
    ("snapshot", "asked"),
    [({"status": "late"}, True), ({"status": "on_time"}, False), (None, True)],
)
def test_a_branch_is_taken_while_its_condition_holds(snapshot: dict[str, str] | None, asked: bool) -> None:
    assert is_asked_for(named("late", when="status == 'late'"), Looks(snapshot)) is asked


def happened(*kinds: str) -> Looks:
    return Looks({}, tuple({"seq": number, "kind": kind} for number, kind in enumerate(kinds, start=1)))


SUBMIT = Click(target="submit")
BY_EVENT = a_step(id="second", do=(SUBMIT,), expect=(Event(event="submitted"),))
BY_WHAT_IS_STORED = a_step(id="first", do=(Fill(target="answer", text="x"), SUBMIT))


def test_a_step_that_asks_for_an_event_uses_up_the_first_that_answers() -> None:
    looks = happened("typed", "submitted", "submitted")
    assert used_up((BY_EVENT, BY_EVENT), 0, looks) == (2,)
    assert [event["seq"] for event in since(looks, 0, {2}).events] == [1, 3]


def test_one_that_asks_for_what_is_stored_uses_up_the_event_it_makes_at_the_same_place() -> None:
    assert used_up((BY_WHAT_IS_STORED, BY_EVENT), 0, happened("typed", "submitted")) == (2,)
    assert used_up((named("else"), BY_EVENT), 0, happened("submitted")) == ()
    assert used_up((BY_WHAT_IS_STORED, LAST), 0, happened("submitted")) == ()


def test_a_step_passes_by_its_proofs_or_by_what_the_trainer_itself_has_done() -> None:
    stored = Stored(stored="a == 'b'")
    right, wrong = stored.judge(Looks({"a": "b"})), stored.judge(Looks({"a": "c"}))
    step = a_step(do=(CloseTab(), Click(target="x")), expect=(stored,))
    assert not passes(step, right, ())
    assert passes(step, right, (0,))
    assert not passes(step, wrong, (0, 1))
    unproven = a_step(do=(CloseTab(), Click(target="x")), expect=())
    assert not passes(unproven, (), (0, 1))
    assert passes(a_step(do=(CloseTab(),), expect=()), (), (0,))


def test_window_actions_are_recognised_without_a_target() -> None:
    steps = (a_step(do=(CloseTab(),)), a_step(id="back", do=(SignIn(role="candidate"),)))
    assert remark(steps, 0, Observed(verb="close_tab", target="")).kind == RemarkKind.RIGHT
    assert remark(steps, 1, Observed(verb="sign_in", target="")).kind == RemarkKind.RIGHT


def test_needs_collects_every_look_once_asked_for() -> None:
    see = See.model_validate({"as": "hr", "see": {"row": "to_review"}, "page": "audit"})
    field = FieldValue.model_validate({"field": "answer"})
    visible = Visible.model_validate({"visible": "banner"})
    wanted = needs((see, field, visible))
    assert (wanted.snapshot, wanted.fields, wanted.elements) == (False, ("answer",), ("banner",))
    assert wanted.sights == (Sight("hr", "audit", "row"),)
    assert needs((Event(event="saved"),)).snapshot


def test_a_step_passes_at_once_by_what_is_stored_not_by_what_others_see() -> None:
    stored = Stored(stored="a == 'b'")
    see = See.model_validate({"as": "hr", "see": {"row": "to_review"}})
    field = FieldValue.model_validate({"field": "answer"})
    assert list(proving(a_step(expect=(see, field, stored)))) == [stored]
