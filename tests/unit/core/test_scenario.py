"""How a Scenario becomes the Steps of one Run, and what its digest notices."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tests.builders import CONTEXT, a_scenario, a_step
from trainer.core.actions import Click, Fill, Hover
from trainer.core.checks import See, Stored
from trainer.core.scenario import Scenario


def test_a_repeated_step_is_done_once_for_each_item_with_its_own_texts() -> None:
    step = a_step(
        id="answer",
        say="Answer question ${question.number}.",
        repeat="${questions}",
        do=(Fill(target="interview.answer", text="${question.sample}"),),
        expect=(Stored(stored="answers[?question=='${question.id}'].saved | [0] == 'saved'"),),
    )
    steps = a_scenario(step).steps_for(CONTEXT)
    assert [step.id for step in steps] == ["answer.1", "answer.2"]
    assert [step.say for step in steps] == ["Answer question 1.", "Answer question 2."]
    assert [step.do[0].model_dump()["text"] for step in steps] == ["I am Robin.", "I'd ask."]
    assert steps[1].expect[0].describe() == "stored: answers[?question=='q2'].saved | [0] == 'saved'"


def test_texts_are_translated_before_names_are_filled_in() -> None:
    scenario = a_scenario(a_step(say="Hello ${candidate.name}"))
    (step,) = scenario.steps_for(CONTEXT, {"Hello ${candidate.name}": "${candidate.name}，你好"}.__getitem__)
    assert step.say == "Robin O'Neil，你好"


def test_names_are_filled_into_the_keys_of_see() -> None:
    check = See.model_validate({"as": "hr", "see": {"candidates.row[${candidate.id}].status": "to_review"}})
    (step,) = a_scenario(a_step(expect=(check,))).steps_for(CONTEXT)
    assert next(step.expect[0].sights()).target == "candidates.row[c1].status"


def test_an_unknown_name_is_an_error_that_names_it() -> None:
    with pytest.raises(KeyError, match=r"candidate\.age"):
        a_scenario(a_step(say="${candidate.age}")).steps_for(CONTEXT)


def test_the_digest_notices_every_change_of_meaning() -> None:
    scenarios = [
        a_scenario(),
        a_scenario(version=2),
        a_scenario(a_step(do=(Hover(target="interview.end"),))),
        a_scenario(a_step(do=(Click(target="interview.submit"),))),
        a_scenario(a_step(expect=())),
        a_scenario(a_step(say="Do that.")),
    ]
    assert len({scenario.digest for scenario in scenarios}) == len(scenarios)
    assert a_scenario().digest == a_scenario().digest


@pytest.mark.parametrize(
    "change",
    [{"id": "Bad Id"}, {"version": 0}, {"version": "1"}, {"surprise": 1}, {"steps": ()}, {"minutes": 31}],
)
def test_the_model_is_strict(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        a_scenario(**change)


def test_a_scenario_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        a_scenario().version = 3  # type: ignore[misc]


def test_the_role_is_written_as() -> None:
    assert (
        Scenario.model_validate(a_scenario().model_dump(by_alias=True) | {"as": "hr", "steps": (a_step(),)}).role
        == "hr"
    )


def test_a_step_repeated_over_nothing_is_refused_as_it_would_prove_nothing() -> None:
    step = a_step(id="answer", repeat="${questions[5:9]}")
    with pytest.raises(KeyError, match=r"questions\[5:9\]"):
        a_scenario(step).steps_for(CONTEXT)


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("open", (1, "Open the file of …")),
        ("answer.2", (3, "Answer question 2")),
        ("early.4", (6, "Once more 4")),
        ("end", (7, "End it")),
    ],
)
def test_a_step_is_told_outside_its_sandbox(step: str, told: tuple[int, str]) -> None:
    scenario = a_scenario(
        a_step(id="open", say="Open the file of ${candidate.name}"),
        a_step(id="answer", say="Answer question ${question.number}", repeat="${questions}"),
        a_step(id="early", say="Once more ${question.number}", repeat="${questions[2:4]}"),
        a_step(id="end", say="End it"),
    )
    assert scenario.tell_step(step, {"open", "answer.1", "answer.3"}, str) == told
    with pytest.raises(KeyError):
        scenario.tell_step("answer", set(), str)
