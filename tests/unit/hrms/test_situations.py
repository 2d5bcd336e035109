"""Datasets that are another one with other applicants: each begins as its first line says."""

import pytest

from sandbox_hrms.app import library
from sandbox_hrms.app.self_check import check
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.app.snapshot import snapshot
from sandbox_hrms.core.roles import Actor, Role

HR = Actor(role=Role.HR, id="hr", name="HR")


@pytest.mark.parametrize(
    ("dataset", "status", "answered"),
    [
        ("half_way", "in_progress", 2),
        ("nearly_done", "in_progress", 4),
        ("finished", "to_review", 4),
        ("engineer_finished", "to_review", 4),
        ("false_two_of_two", "incomplete", 2),
    ],
)
def test_the_candidate_of_the_lesson_is_where_it_begins(
    hrms: Hrms, dataset: str, status: str, answered: int
) -> None:
    stored = snapshot(hrms.sandboxes.create("web", "en", dataset, 1))[1]
    assert (stored["interview"]["candidate"], stored["interview"]["status"]) == ("c1", status)
    assert stored["interview"]["answered"] == answered
    assert (stored["score"]["status"] == "scored") is (status == "to_review")


def test_a_situation_keeps_the_organisation_and_the_questions_of_its_base() -> None:
    base, other = library.dataset("sales_two_openings"), library.dataset("half_way")
    assert (other.posts, other.departments, other.questions) == (base.posts, base.departments, base.questions)
    assert other.people != base.people


def test_the_false_two_of_two_is_there_to_be_found(hrms: Hrms) -> None:
    sandbox = hrms.sandboxes.create("integrated", "en", "false_two_of_two", 1)
    assert [one.key for one in check(sandbox, HR)] == ["counted_unfinished/i1", "closed_too_early/p1"]
    stored = snapshot(sandbox)[1]
    assert stored["requisition"]["status"] == "closed"
    assert [case["status"] for case in stored["org"]["cases"][:2]] == ["to_review", "to_review"]


@pytest.mark.parametrize("dataset", sorted({*library.dataset_ids()} - {"false_two_of_two", "large_company"}))
def test_all_other_data_begins_without_a_difference(hrms: Hrms, dataset: str) -> None:
    assert check(hrms.sandboxes.create("suite", "en", dataset, 1), HR) == ()


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_the_engineer_has_the_grade_that_the_sources_give(hrms: Hrms, lang: str) -> None:
    pay = snapshot(hrms.sandboxes.create("web", lang, "engineer_finished", 1))[1]["payroll"]
    assert (pay["start_pay"], pay["expected_pay"], pay["gap"], pay["market_pay"]) == (8000, 9000, 1000, 8500)
