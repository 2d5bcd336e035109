"""A person goes before the program: corrected levels with author and reason, and other weights."""

from dataclasses import replace

import pytest

from sandbox_hrms.app import overrule, score
from sandbox_hrms.app.personal_copy import export_person
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core.errors import Forbidden, Invalid, NotAllowed, ReadOnly
from sandbox_hrms.core.roles import Actor, Role
from sandbox_hrms.core.rubric import Score

WEIGHTS = {"communication": 40, "logical_thinking": 20, "skill_match": 30, "stress_resistance": 10}


def scored(sandbox: Sandbox, hr: Actor, interview: str = "i3") -> Score:
    found = score.report(sandbox, hr, interview).score
    assert found is not None
    return found


def test_a_corrected_level_keeps_author_reason_and_the_program_s_level(sandbox: Sandbox, hr: Actor) -> None:
    before = scored(sandbox, hr)
    was = {one.code: one for one in before.competencies}["logical_thinking"]
    overrule.overrule(sandbox, hr, "i3", "logical_thinking", 4, " Gave the reason in the talk afterwards. ")
    after = scored(sandbox, hr)
    now = {one.code: one for one in after.competencies}["logical_thinking"]
    assert (now.level, now.score, now.evidence) == (4, 80.0, was.evidence)
    override = after.overrides[-1]
    assert (override.by, override.reason, override.was) == (
        "Pat",
        "Gave the reason in the talk afterwards.",
        was.level,
    )
    assert before.total is not None
    assert was.score is not None
    assert after.total == pytest.approx(before.total + 0.25 * (80 - was.score), abs=0.002)
    assert round(sum(one.points for one in after.competencies), 3) == after.total
    told = sandbox.store.one("SELECT kind, data FROM event ORDER BY seq DESC", {})
    assert told is not None
    assert told[0] == "score_overruled"


@pytest.mark.parametrize(
    ("code", "level", "reason"),
    [
        ("charm", 3, "Why"),
        ("communication", 6, "Why"),
        ("communication", 3, "  "),
        ("communication", 3, "x" * 501),
    ],
)
def test_a_correction_must_name_competency_level_and_reason(
    sandbox: Sandbox, hr: Actor, code: str, level: int, reason: str
) -> None:
    before = scored(sandbox, hr)
    with pytest.raises(Invalid):
        overrule.overrule(sandbox, hr, "i3", code, level, reason)
    assert scored(sandbox, hr) == before


def test_only_hr_corrects_and_only_what_a_program_scored(
    sandbox: Sandbox, hr: Actor, head: Actor, candidate: Actor
) -> None:
    for actor in (head, candidate):
        with pytest.raises(Forbidden):
            overrule.overrule(sandbox, actor, "i3", "communication", 3, "Why")
        with pytest.raises(Forbidden):
            overrule.score_again(sandbox, actor, "i3", WEIGHTS)
    with pytest.raises(ReadOnly):
        overrule.overrule(sandbox, replace(hr, read_only=True), "i3", "communication", 3, "Why")
    with pytest.raises(NotAllowed):
        overrule.overrule(sandbox, hr, "i5", "communication", 3, "Why")


def test_other_weights_leave_the_old_score_beside_the_new_one(sandbox: Sandbox, hr: Actor) -> None:
    overrule.overrule(sandbox, hr, "i3", "communication", 5, "Very clear.")
    before = score.report(sandbox, hr, "i3")
    overrule.score_again(sandbox, hr, "i3", WEIGHTS)
    after = score.report(sandbox, hr, "i3")
    assert before.score is not None
    assert after.score is not None
    assert [one.score for one in after.earlier] == [before.score]
    assert after.earlier[0].scored_at == before.scored_at
    assert after.score.rubric_version == before.score.rubric_version + 1
    assert [round(one.weight * 100) for one in after.rubric.competencies] == list(WEIGHTS.values())
    assert after.score.overrides == before.score.overrides
    assert [one.level for one in after.score.competencies] == [one.level for one in before.score.competencies]
    assert after.score.total != before.score.total
    assert after.score.digest == before.score.digest
    assert score.report(sandbox, hr, "i2").earlier == ()
    copied = export_person(sandbox, Actor(Role.CANDIDATE, "c3", "C"), "")
    assert copied["interviews"][0]["earlier_scores"][0]["score"]["total"] == before.score.total


@pytest.mark.parametrize(
    "weights", [{}, WEIGHTS | {"communication": 41}, WEIGHTS | {"communication": 0, "skill_match": 70}]
)
def test_weights_are_one_of_each_and_a_hundred_together(
    sandbox: Sandbox, hr: Actor, weights: dict[str, int]
) -> None:
    with pytest.raises(Invalid, match="100 together"):
        overrule.score_again(sandbox, hr, "i3", weights)
    assert score.report(sandbox, hr, "i3").earlier == ()
