"""What each check says of what was seen: passed, failed or unknown, with evidence."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from trainer.core.checks import (
    CHECKS,
    SNAPSHOT,
    Check,
    Event,
    FieldValue,
    Looks,
    Outcome,
    See,
    Sight,
    Status,
    Stored,
    Visible,
)


def one(check: Check, looks: Looks) -> Outcome:
    (outcome,) = check.judge(looks)
    return outcome


STATUS = Stored(stored="interview.status == 'to_review'")


@pytest.mark.parametrize(
    ("stored", "status", "seen"),
    [
        ("to_review", Status.PASSED, "interview.status is 'to_review'"),
        ("in_progress", Status.FAILED, "interview.status is 'in_progress'"),
        (None, Status.FAILED, "interview.status is None"),
    ],
)
def test_stored_compares_with_the_snapshot(stored: str | None, status: Status, seen: str) -> None:
    outcome = one(STATUS, Looks(snapshot={"interview": {"status": stored}}))
    assert (outcome.status, outcome.seen, outcome.level) == (status, seen, "outcome")


def test_stored_without_a_snapshot_is_unknown_and_says_why() -> None:
    outcome = one(STATUS, Looks(errors={SNAPSHOT: "connection refused"}))
    assert (outcome.status, outcome.seen) == (Status.UNKNOWN, "connection refused")


def test_stored_passes_only_by_true_and_not_by_something_truthy() -> None:
    assert (
        one(Stored(stored="interview.status"), Looks(snapshot={"interview": {"status": "x"}})).status == "failed"
    )


def test_a_broken_expression_is_refused_when_the_scenario_is_read() -> None:
    with pytest.raises(ValidationError, match="not a JMESPath expression"):
        Stored(stored="interview.status ==")


def test_what_is_filled_into_an_expression_cannot_change_it() -> None:
    check = Stored(stored="name == '${who}'").bind(lambda _: "x' || 'a' == 'a")
    assert one(check, Looks(snapshot={"name": "other"})).status == Status.FAILED


def test_an_event_needs_the_right_kind_and_data() -> None:
    check = Event(event="answer_submitted", where="data.question == 'q1'")
    other = {"kind": "answer_submitted", "data": {"question": "q2"}}
    right = {"kind": "answer_submitted", "data": {"question": "q1"}}
    assert one(check, Looks(snapshot={}, events=(other,))).status == Status.FAILED
    assert one(check, Looks(snapshot={}, events=(other, right))).status == Status.PASSED
    assert one(check, Looks(errors={SNAPSHOT: "gone"})).status == Status.UNKNOWN


def test_see_judges_each_place_and_does_not_guess_what_nobody_looked_at() -> None:
    check = See.model_validate({"as": "hr", "see": {"row.status": "to_review", "row.name": "Robin", "row.x": "1"}})
    looks = Looks(
        sights={Sight("hr", "", "row.status"): "to_review", Sight("hr", "", "row.name"): None},
    )
    assert [(outcome.status, outcome.seen) for outcome in check.judge(looks)] == [
        (Status.PASSED, "to_review"),
        (Status.FAILED, "not on the page"),
        (Status.UNKNOWN, "nobody has looked yet"),
    ]


@pytest.mark.parametrize(
    ("condition", "content", "status"),
    [
        ({"equals": "abc"}, "abc", Status.PASSED),
        ({"equals": "abc"}, "abcd", Status.FAILED),
        ({"contains": "b"}, "abc", Status.PASSED),
        ({"contains": "z"}, "abc", Status.FAILED),
        ({"matches": "^a.c$"}, "abc", Status.PASSED),
        ({"matches": "^a$"}, "abc", Status.FAILED),
        ({}, "abc", Status.PASSED),
        ({}, "  ", Status.FAILED),
        ({"equals": "abc"}, None, Status.FAILED),
    ],
)
def test_field_compares_the_content(condition: dict[str, str], content: str | None, status: Status) -> None:
    check = FieldValue.model_validate({"field": "answer", **condition})
    assert one(check, Looks(fields={"answer": content})).status == status


@pytest.mark.parametrize(
    ("condition", "content", "status"),
    [
        ({"about": 12500}, "￥12,500.00", Status.PASSED),
        ({"about": 12500, "within": 50}, "12549", Status.PASSED),
        ({"about": 12500, "within": 50}, "12551", Status.FAILED),
        ({"about": 0.3, "within": 0.1}, "0.4", Status.PASSED),
        ({"about": -3}, "−3 %", Status.PASSED),
        ({"about": 12}, "12 or 13", Status.FAILED),
        ({"about": 12}, "twelve", Status.FAILED),
        ({"equals": "Ａnna  LI", "loosely": True}, " anna li", Status.PASSED),
        ({"contains": "LI", "loosely": True}, "anna li", Status.PASSED),
        ({"equals": "Anna Li"}, "anna li", Status.FAILED),
    ],
)
def test_a_field_may_be_right_within_a_tolerance(condition: dict[str, Any], content: str, status: Status) -> None:
    check = FieldValue.model_validate({"field": "answer", **condition})
    assert one(check, Looks(fields={"answer": content})).status == status


def test_a_field_that_could_not_be_read_is_unknown() -> None:
    check = FieldValue.model_validate({"field": "answer"})
    assert one(check, Looks()).status == Status.UNKNOWN
    assert one(check, Looks(errors={"answer": "window closed"})).seen == "window closed"


@pytest.mark.parametrize(
    ("wanted", "shown", "status"),
    [(True, True, Status.PASSED), (True, False, Status.FAILED), (False, False, Status.PASSED)],
)
def test_visible_compares_with_the_window(wanted: bool, shown: bool, status: Status) -> None:
    check = Visible.model_validate({"visible": "banner", "is": wanted})
    assert one(check, Looks(visible={"banner": shown})).status == status
    assert one(check, Looks()).status == Status.UNKNOWN


def test_only_what_was_stored_or_seen_by_another_role_proves() -> None:
    assert {name for name, check in CHECKS.items() if check.proves} == {"stored", "event", "see"}
