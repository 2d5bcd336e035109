"""The mutants try the judge: as it is they find nothing, and each of ten deliberate bugs in it is found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.mutate.course import Laboratory, course, false_ones, proven
from trainer.app import coach
from trainer.app.mutate import Proof
from trainer.core import judge, runs
from trainer.core.checks import Check, Event, FieldValue, Looks, Outcome, See, Status, Stored, Visible
from trainer.core.judge import RemarkKind
from trainer.core.runs import Run
from trainer.core.scenario import Step

Patch = pytest.MonkeyPatch


def test_a_sample_is_the_same_every_time_and_says_what_it_leaves_out() -> None:
    lesson = course()

    def tried(sample: int | None) -> Proof:
        return Laboratory(lesson).prover.prove(lesson, sample)

    whole, once, again = tried(None), tried(3), tried(3)
    wrong = [one.mutant.id for one in whole.judged if one.mutant.expected == "fail"]
    drawn = [one.mutant.id for one in once.judged if one.mutant.expected == "fail"]
    assert drawn == [one.mutant.id for one in again.judged if one.mutant.expected == "fail"]
    assert len(drawn) == 3 < len(wrong)
    assert [one for one in wrong if one in drawn] == drawn
    assert sum(one.kind == "not_drawn" for one in once.left_out) == len(wrong) - 3
    assert len(once.judged) == len(whole.judged) - len(wrong) + 3


def always_true(patch: Patch, kind: type[Check]) -> None:
    """Let a kind of check pass whenever it is looked at."""
    real = kind.judge

    def blind(check: Any, looks: Looks) -> tuple[Outcome, ...]:
        return tuple(replace(found, status=Status.PASSED) for found in real(check, looks))

    patch.setattr(kind, "judge", blind)


def stored_facts_are_not_compared(patch: Patch) -> None:
    always_true(patch, Stored)


def events_are_not_looked_for(patch: Patch) -> None:
    always_true(patch, Event)


def fields_are_not_read(patch: Patch) -> None:
    always_true(patch, FieldValue)


def the_window_is_not_looked_at(patch: Patch) -> None:
    always_true(patch, Visible)


def other_roles_are_believed(patch: Patch) -> None:
    always_true(patch, See)


def an_event_counts_twice(patch: Patch) -> None:
    patch.setattr(coach, "used_up", lambda _steps, _position, _looks: ())


def other_roles_do_not_count(patch: Patch) -> None:
    patch.setattr(Run, "verdict", property(lambda run: runs.sum_up([o for a in run.attempts for o in a.outcomes])))


def what_is_done_with_the_window_does_not_count(patch: Patch) -> None:
    def passes(_step: Step, outcomes: Sequence[Outcome], _done: Collection[int]) -> bool:
        return all(found.status is Status.PASSED for found in outcomes)

    patch.setattr(coach, "passes", passes)


def reports_are_believed(patch: Patch) -> None:
    def passes(step: Step, outcomes: Sequence[Outcome], done: Collection[int]) -> bool:
        return len(done) == len(step.do) or judge.passes(step, outcomes, done)

    patch.setattr(coach, "passes", passes)


def one_check_of_several_is_enough(patch: Patch) -> None:
    def passes(step: Step, outcomes: Sequence[Outcome], done: Collection[int]) -> bool:
        return judge.passes(step, [one for one in outcomes if one.status is Status.PASSED][:1] or outcomes, done)

    patch.setattr(coach, "passes", passes)


def only_the_demo_s_actions_count(patch: Patch) -> None:
    def passes(step: Step, outcomes: Sequence[Outcome], done: Collection[int]) -> bool:
        return len(done) == len(step.do) and judge.passes(step, outcomes, done)

    patch.setattr(coach, "passes", passes)


def a_detour_is_a_mistake(patch: Patch) -> None:
    def strict(*told: Any, **more: Any) -> judge.Remark:
        said = judge.remark(*told, **more)
        return replace(said, kind=RemarkKind.WRONG) if said.kind is RemarkKind.DETOUR else said

    patch.setattr(coach, "remark", strict)


BUGS = (
    stored_facts_are_not_compared,
    events_are_not_looked_for,
    fields_are_not_read,
    the_window_is_not_looked_at,
    other_roles_are_believed,
    an_event_counts_twice,
    other_roles_do_not_count,
    what_is_done_with_the_window_does_not_count,
    reports_are_believed,
    one_check_of_several_is_enough,
    a_detour_is_a_mistake,
    only_the_demo_s_actions_count,
)
"""Deliberate bugs in the judge: what each one does is its name."""


def test_the_judge_as_it_is_gets_every_mutant_right() -> None:
    proof = proven(course())
    assert proof.error == ""
    assert false_ones(proof) == []
    assert len(proof.judged) > 80


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_bug_in_the_judge_is_found(bug: Callable[[Patch], None], monkeypatch: Patch) -> None:
    bug(monkeypatch)
    proof = proven(course())
    assert false_ones(proof), "no mutant was judged wrongly"
