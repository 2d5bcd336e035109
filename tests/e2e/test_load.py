"""Samples of the load benches: nobody gets an error. How fast it is, `make proof` says, running alone."""

import pytest

from trainer.cli.bench_finish import finishing
from trainer.cli.bench_judge import measure as measure_judge
from trainer.cli.bench_load import largest
from trainer.cli.bench_load import measure as measure_load
from trainer.cli.bench_pages import measure as measure_pages
from trainer.cli.bench_resumes import measure as measure_resumes
from trainer.cli.bench_soak import measure as measure_soak
from trainer.cli.bench_typing import measure as measure_typing


def silent(_said: str) -> None:
    pass


@pytest.mark.proof
def test_twenty_people_type_without_an_error_also_beside_a_drill() -> None:
    found = measure_typing(20, 2.0, 1.0, ["crash", "db_locked"], silent)
    assert found.errors == 0
    assert len(found.seconds) > 100
    assert (found.drill.errors, found.drill.faults) == (0, ["crash", "db_locked"])


@pytest.mark.proof
def test_every_page_of_every_role_answers_a_small_class() -> None:
    rows = measure_pages(silent, 3, 2, 1.0)
    names = [row.name for row in rows]
    assert all(any(f"/{role}/" in name for name in names) for role in ("candidate", "hr", "head", "admin"))
    assert all(row.figure and row.bound for row in rows)


@pytest.mark.browser
@pytest.mark.proof
def test_every_verdict_of_a_lesson_comes_to_the_screen() -> None:
    rows = measure_judge(silent, 1)
    assert len(rows) == 5
    assert all(row.figure and row.bound for row in rows)


def test_resumes_of_all_kinds_are_matched() -> None:
    rows = measure_resumes(silent, 24)
    assert rows[0].figure == rows[0].bound == 24


@pytest.mark.proof
def test_a_class_at_its_lessons_loses_nothing_and_hears_every_message() -> None:
    rows, p95 = measure_load(silent, 5, 9.0, 1000.0)
    found = {row.name.partition(": ")[2]: row.figure or 0.0 for row in rows}
    assert found.pop("acknowledged and lost") == 0
    assert found["an action, p95"] == p95
    assert len(found) == 6
    assert all(figure > 0 for figure in found.values())


@pytest.mark.parametrize(("most", "found"), [(49, 0), (50, 50), (199, 150), (200, 200), (640, 600)])
def test_the_largest_class_is_found_in_steps(most: int, found: int) -> None:
    assert largest(lambda count: count <= most, 50, 100) == found


@pytest.mark.proof
def test_a_class_that_comes_and_goes_loses_nothing_and_leaves_no_error() -> None:
    memory, errors, lost = measure_soak(silent, 5, 0.0, 2.0)
    assert (errors.figure, lost.figure) == (0, 0)
    assert memory.figure
    assert memory.bound


@pytest.mark.proof
def test_who_ends_at_the_same_moment_is_scored_and_a_neighbour_is_answered() -> None:
    rows = finishing(silent, 4)
    assert rows[0].figure == rows[0].bound == 4
    assert all(row.figure is not None and row.figure >= 0 for row in rows)
