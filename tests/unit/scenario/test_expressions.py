"""Expressions: syntax, functions and fields are checked before anything is evaluated."""

import pytest

from trainer.core.expressions import BadExpression, names_in, parse, search, unknown_fields

SAMPLE = {
    "interview": {"status": "", "questions": 0},
    "sitting": {"answers": [{"question": "", "saved": ""}], "draft": {"text": ""}},
    "candidates": [{"id": "", "name": ""}],
}


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("interview.status ==", "incomplete expression"),
        ("a = b", "unknown token '='"),
        ("a == 'x", "unclosed ' delimiter"),
        ("", "cannot be empty"),
        ("len(a) == `1`", "there is no function len()"),
        ("length(a, b)", "length() takes 1 argument(s), not 2"),
        ("join(a)", "join() takes 2 argument(s), not 1"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(expression: str, reason: str) -> None:
    with pytest.raises(BadExpression) as refusal:
        parse(expression)
    assert str(refusal.value) == reason


@pytest.mark.parametrize(
    "expression",
    [
        "sitting.answers[?question=='q'].saved | [0] == 'saved'",
        "candidates[*].id",
        "candidates[0:2].name",
        "max_by(candidates, &anything).else",
        "*.anything",
        "interview.status.anything",
        "not_null(interview.status, sitting)",
        "candidates[].id",
    ],
)
def test_fields_that_are_there_or_cannot_be_known_pass(expression: str) -> None:
    assert list(unknown_fields(parse(expression), SAMPLE)) == []


@pytest.mark.parametrize(
    ("expression", "unknown"),
    [
        ("interview.statsu == 'x' && !siting", ["statsu", "siting"]),
        ("sitting.answers[?qestion=='q'].savd", ["savd", "qestion"]),
        ("length(sitting.answrs) == `1`", ["answrs"]),
        ("candidates[0].nam", ["nam"]),
        ("[candidates, {a: interview.b}]", ["b"]),
    ],
)
def test_a_field_that_is_not_there_is_found_wherever_it_stands(expression: str, unknown: list[str]) -> None:
    assert [name for name, _ in unknown_fields(parse(expression), SAMPLE)] == unknown


def test_an_expression_that_does_not_fit_the_data_says_so() -> None:
    with pytest.raises(BadExpression, match="contains"):
        search("contains(draft, 'x')", {"draft": None})


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("interview.status == 'in_progress'", {"interview", "status"}),
        ("candidates[?id=='c1'].placement | [0] == 'to_onboard'", {"candidates", "id", "placement"}),
        ("length(sittings[*].answers[]) > `2`", {"sittings", "answers"}),
        ("keys(@)", set()),
        ("*.status", set()),
    ],
)
def test_it_is_known_what_an_expression_looks_up_unless_it_may_be_anything(
    expression: str, names: set[str]
) -> None:
    assert names_in(expression) == names
