"""The report of a workshop: figures from Runs, the interval of the difference, what was lost, and papers."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from pypdf import PdfReader

from guides.papers import render_certificate, render_paper
from tests.builders import a_step
from tests.unit.coach.test_coach import desk_of, started
from tests.unit.serve.test_people import Clock
from tests.unit.serve.test_workshops import BAD, GOOD, a_run
from trainer.adapters.database import Database
from trainer.adapters.in_memory import InMemoryControl, InMemoryRuns
from trainer.adapters.scenario_files import ScenarioFiles
from trainer.adapters.workshop_store import StoredWorkshops
from trainer.app.class_report import Costs, certificate, tables_csv, tell
from trainer.app.workshops import Kept, Workshops
from trainer.core.report import Report, report
from trainer.core.runs import Attempt, Ongoing, Run, RunStatus
from trainer.core.workshop import Feedback, Phase, Seat, Workshop
from trainer.i18n import speaking

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
WORKSHOP = Workshop("w", "C", "Monday", "p", ("a", "b"), "t", "guided", "", NOON)
SEATS = tuple(Seat(name, "w", name, f"owner-{name}", name, joined=NOON) for name in ("Ann", "Bob", "Eve"))
NOBODY: Mapping[str, str] = {}


def everything(seat: Seat, *, before: bool, after: bool) -> list[Run]:
    """Return all Runs of somebody who did everything."""
    return [
        a_run(seat, "t", mode="exam", passed=before, minute=0),
        a_run(seat, "a", minute=10),
        a_run(seat, "b", minute=20),
        a_run(seat, "t", mode="exam", passed=after, minute=30),
    ]


def of(*runs: list[Run]) -> Report:
    return report(WORKSHOP, SEATS, {seat.owner: mine for seat, mine in zip(SEATS, runs, strict=False)}, NOBODY)


def test_who_did_everything_is_certified_and_compared() -> None:
    found = of(everything(SEATS[0], before=False, after=True))
    ann = found.people[0]
    assert (ann.done, ann.parts, ann.points, ann.before, ann.after) == (4, 4, 100, 0, 100)
    assert ann.certificate
    assert ann.took == timedelta(minutes=20)
    assert (found.came, found.completed, found.points) == (3, 1, 100)
    assert found.difference is not None
    assert (found.difference.people, found.difference.mean, found.difference.low) == (1, 100, None)


def test_the_interval_of_the_difference_is_students() -> None:
    found = of(*(everything(seat, before=seat.name == "Bob", after=True) for seat in SEATS)).difference
    assert found is not None
    assert found.people == 3
    assert found.mean == pytest.approx(66.667, abs=0.001)
    assert (found.low, found.high) == (pytest.approx(-76.75, abs=0.05), pytest.approx(210.08, abs=0.05))


def test_so_is_that_of_a_large_class() -> None:
    seats = [replace(SEATS[0], id=str(number), owner=str(number)) for number in range(33)]
    runs = {seat.owner: everything(seat, before=int(seat.id) % 2 == 1, after=True) for seat in seats}
    found = report(WORKSHOP, seats, runs, NOBODY).difference
    assert found is not None
    assert found.mean == pytest.approx(51.515, abs=0.001)
    assert (found.low, found.high) == (pytest.approx(33.519, abs=0.005), pytest.approx(69.511, abs=0.005))


def test_a_test_begun_after_a_lesson_is_none_before() -> None:
    ann = of([a_run(SEATS[0], "a", minute=0), a_run(SEATS[0], "t", mode="exam", minute=10)]).people[0]
    assert (ann.before, ann.after) == (None, 100)


def test_tests_of_another_text_are_not_compared() -> None:
    runs = everything(SEATS[0], before=False, after=True)
    found = of([*runs[:3], replace(runs[3], digest="changed meanwhile")])
    ann = found.people[0]
    assert (ann.before, ann.after, ann.done, found.difference) == (None, 100, 4, None)


def test_who_left_a_lesson_out_gets_no_certificate() -> None:
    runs = [a_run(SEATS[0], "a")]
    seats = (replace(SEATS[0], unlocked=3),)
    ann = report(WORKSHOP, seats, {SEATS[0].owner: runs}, NOBODY).people[0]
    assert (ann.done, ann.parts, ann.certificate) == (1, 4, False)


def test_who_was_let_go_on_without_everything_has_not_done_everything() -> None:
    seats = (replace(SEATS[0], unlocked=4),)
    assert report(WORKSHOP, seats, {SEATS[0].owner: []}, NOBODY).completed == 0


def test_lessons_that_are_taken_as_an_exam_have_a_score_and_the_test_does_not_count_as_one() -> None:
    required = {"a": "exam", "b": "exam"}
    runs = [
        a_run(SEATS[0], "t", mode="exam", passed=False, minute=0),
        a_run(SEATS[0], "a", mode="exam", minute=10),
        a_run(SEATS[0], "b", mode="exam", minute=20),
    ]
    assert report(WORKSHOP, SEATS, {SEATS[0].owner: runs}, required).people[0].points == 100


def test_where_people_failed_comes_first() -> None:
    hard = Attempt("save", (BAD,), NOON, NOON, mistakes=2, helps=("nudge", "where"))
    helped = Attempt("exit", (GOOD,), NOON, NOON, assisted=True)
    easy = Attempt("open", (GOOD,), NOON, NOON)
    runs = [[replace(a_run(seat, "a"), attempts=(easy, helped, hard))] for seat in SEATS[:2]]
    again = replace(a_run(SEATS[0], "a", minute=10), attempts=(hard,))
    assert [one.people for one in of([*runs[0], again], runs[1]).trouble] == [2, 2]
    found = of(*runs)
    assert [
        (one.step, one.people, one.failed, one.mistakes, one.hints, one.assisted) for one in found.trouble
    ] == [
        ("save", 2, 2, 4, 4, 0),
        ("exit", 2, 0, 0, 0, 2),
    ]
    assert [(one.mistakes, one.hints, one.assisted) for one in found.people[:2]] == [(2, 2, 1)] * 2


def test_it_is_told_how_many_steps_were_hard_where_not_all_are_listed() -> None:
    for steps, title in ((15, "Where people failed or needed help"), (16, "the 15 hardest of 16 steps")):
        hard = tuple(Attempt(f"step.{number}", (BAD,), NOON, NOON) for number in range(steps))
        found = of([replace(a_run(SEATS[0], "a"), attempts=hard)])
        with speaking("en"):
            grids = tell(found, Kept(0, 0, 0), [], {}, title="Monday", costs=None).grids
        trouble = next(grid for grid in grids if grid.name == "trouble")
        assert trouble.title.endswith(title)
        assert len(trouble.rows) == 15


@pytest.mark.parametrize(
    ("lang", "step"),
    [("en", "3. Answer question 1. Type into"), ("zh_CN", "3. 回答第 1 题")],
)
def test_a_step_is_told_by_its_number_and_text_and_the_csv_has_its_id_too(lang: str, step: str) -> None:
    lessons = {one.id: one for one in ScenarioFiles().all()}
    hard, lost = (Attempt(name, (BAD,), NOON, NOON) for name in ("answer.1", "gone"))
    found = of([replace(a_run(SEATS[0], "normal-exit-web"), attempts=(hard, lost))])
    with speaking(lang):
        paper = tell(found, Kept(0, 0, 0), [], lessons, title="Monday", costs=None)
    rows = next(grid for grid in paper.grids if grid.name == "trouble").rows
    assert [row[1].startswith(shown) for row, shown in zip(rows, (step, "gone"), strict=True)] == [True, True]
    written = list(csv.reader(io.StringIO(tables_csv(paper).removeprefix("\ufeff"))))
    assert [row[-1] for row in written if step in "".join(row)] == ["normal-exit-web answer.1"]


@pytest.mark.parametrize(("lang", "told"), [("en", "Nowhere."), ("zh_CN", "没有。")])
def test_it_is_said_that_nobody_failed(lang: str, told: str) -> None:
    with speaking(lang):
        paper = tell(of(), Kept(0, 0, 0), [], {}, title="Monday", costs=None)
    (row,) = next(grid for grid in paper.grids if grid.name == "trouble").rows
    assert row == (told, *[""] * 6)
    assert told in tables_csv(paper)


@pytest.mark.parametrize(
    ("unseen", "told"),
    [(0, ""), (1, "One exercise could not be looked at: its practice"), (2, "2 exercises could not be looked at")],
)
def test_what_could_not_be_looked_at_is_counted_where_there_is_something(unseen: int, told: str) -> None:
    with speaking("en"):
        paper = tell(of(), Kept(0, 0, unseen), [], {}, title="Monday", costs=None)
    assert [note for note in paper.notes if "could not be looked at" in note][:1] == [
        note for note in paper.notes if told and note.startswith(told)
    ]


def test_what_was_left_out_stands_beside_what_is_done() -> None:
    seats, required = (replace(SEATS[0], unlocked=1),), {"a": "guided", "b": "guided", "t": "exam"}
    found = report(WORKSHOP, seats, {SEATS[0].owner: [a_run(SEATS[0], "a")]}, required)
    with speaking("en"):
        paper = tell(found, Kept(0, 0, 0), [], {}, title="Monday", costs=None)
    assert paper.grids[0].rows[0][:2] == ("Ann", "1/4, 1 left out")


def test_an_exercise_under_way_is_not_done_and_takes_the_time_that_it_has_taken() -> None:
    ann = of([replace(a_run(SEATS[0], "a"), status=RunStatus.ACTIVE, ended=None)]).people[0]
    assert (ann.done, ann.points, ann.took) == (0, None, timedelta(minutes=5))


def test_a_night_and_an_exercise_that_nobody_went_on_with_are_no_work() -> None:
    run, minute, day = a_run(SEATS[0], "a"), timedelta(minutes=1), timedelta(days=1)
    left = replace(run, status=RunStatus.LEFT, ended=NOON + 2 * day)
    assert of([left]).people[0].took == 5 * minute
    assert of([replace(left, attempts=())]).people[0].took == timedelta()
    next_day = Attempt("two", (GOOD,), NOON + 5 * minute, NOON + day)
    resumed = replace(run, attempts=(*run.attempts, next_day), ended=NOON + 2 * day)
    assert of([resumed]).people[0].took == 15 * minute
    assert of([replace(left, spent=3 * minute)]).people[0].took == 3 * minute
    under_way = replace(run, attempts=(), ongoing=Ongoing("one", NOON, NOON + 4 * minute))
    assert under_way.took == 4 * minute


def told(lang: str) -> str:
    """Return the text of the PDF of a report with everything in it."""
    found = of(*(everything(seat, before=False, after=True) for seat in SEATS))
    with speaking(lang):
        paper = tell(
            found,
            Kept(acknowledged=12, lost=0, unseen=1),
            [Feedback("x", 4, "慢一点 <b>"), Feedback("y", 5, "")],
            {},
            title="Monday & <Co>",
            costs=Costs(hours=8, rate=100, spent=500),
        )
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(render_paper(paper, NOON.date()))).pages)


def test_the_paper_tells_measured_and_claimed_apart() -> None:
    text = told("en")
    for expected in (
        "Monday & <Co>",
        "0 of 12",
        "3 of 3",
        "+100.0 points",
        "the source claims +65 %",
        "慢一点 <b>",
    ):
        assert expected in text.replace("\n", " "), expected
    assert "n = 3" in text.replace("\n", " ")
    assert "+360 %" in text
    assert "Ann" in told("zh_CN")


def test_the_csv_holds_every_table() -> None:
    found = of(everything(SEATS[0], before=True, after=True))
    paper = tell(found, Kept(0, 0, 0), [], {}, title="=Monday", costs=None)
    rows = list(csv.reader(io.StringIO(tables_csv(paper).removeprefix("\ufeff"))))
    assert rows[0] == ["'=Monday"]
    assert ["Ann", "4/4", "100", "0", "0", "0", "20 min", "100", "100"] in rows


def test_a_certificate_names_its_person_and_where_to_check_it() -> None:
    person = of(everything(SEATS[0], before=True, after=True)).people[0]
    made = certificate(WORKSHOP, person, title="周一", address="http://h/certificate/x", moment=NOON)
    text = PdfReader(io.BytesIO(render_certificate(made))).pages[0].extract_text()
    for expected in ("Ann", "周一", "http://h/certificate/x", "2 lessons", date(2026, 11, 26).isoformat()):
        assert expected in text, expected


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", "2026-11-26"), ("America/Los_Angeles", "2026-11-25"), ("Asia/Shanghai", "2026-11-26")],
)
def test_a_certificate_has_the_date_of_the_place_where_the_class_was(
    zone: str, day: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = of(everything(SEATS[0], before=True, after=True)).people[0]
    ended = replace(WORKSHOP, ended=datetime(2026, 11, 26, 1, tzinfo=UTC))
    with monkeypatch.context() as machine:
        machine.setenv("TZ", zone)
        time.tzset()
        made = certificate(ended, person, title="周一", address="http://h/certificate/x", moment=NOON)
    time.tzset()
    assert made.lines[-1] == day


class Remembering(InMemoryControl):
    """A sandbox HRMS in which given answers were acknowledged, and others are there."""

    def __init__(self, events: list[dict[str, object]], there: list[str]) -> None:
        super().__init__()
        self._told, self._there = events, there

    def snapshot(self, _sandbox: str) -> Mapping[str, object]:
        return {"sittings": [{"answers": [{"question": one} for one in self._there]}]}

    def events(self, _sandbox: str, _after: int) -> tuple[list[dict[str, object]], int]:  # type: ignore[override]
        return self._told, len(self._told)


def acknowledged(question: str, **more: object) -> dict[str, object]:
    return {"kind": "answer_submitted", "data": {"question": question, **more}}


@pytest.mark.parametrize(
    ("events", "there", "kept"),
    [
        ([acknowledged("q1"), acknowledged("q2")], ["q1", "q2"], (2, 0)),
        ([acknowledged("q1"), acknowledged("q2")], ["q1"], (2, 1)),
        ([acknowledged("q1"), acknowledged("q2", saved=False)], ["q1"], (1, 0)),
        ([acknowledged("q1"), {"kind": "sitting_discarded", "data": {}}], [], (0, 0)),
    ],
)
def test_lost_is_what_was_acknowledged_and_is_gone(
    events: list[dict[str, object]], there: list[str], kept: tuple[int, int]
) -> None:
    runs, database = InMemoryRuns(), Database("sqlite://")
    workshops = Workshops(
        store=StoredWorkshops(database),
        runs=runs,
        scenarios=ScenarioFiles(),
        control=Remembering(events, there),
        clock=Clock(),
        new_id=iter(map(str, range(9))).__next__,
        new_code=lambda length: "A" * length,
    )
    made = workshops.create("candidate", names=["Ann"], test=False, host="")
    runs.save(a_run(workshops.seats(made.id)[0], "a"))
    runs.save(replace(a_run(workshops.seats(made.id)[0], "b"), sandbox=""))
    found = workshops.kept(made)
    database.close()
    assert (found.acknowledged, found.lost, found.unseen) == (*kept, 1)


def test_a_test_under_way_when_the_workshop_ends_is_handed_in_and_counts() -> None:
    desk, database = desk_of(started(), a_step()), Database("sqlite://")
    store = StoredWorkshops(database)
    workshops = Workshops(
        store=store,
        runs=desk.runs,
        scenarios=desk.scenarios,
        control=desk.control,
        clock=lambda: desk.now,
        new_id=iter(map(str, range(9))).__next__,
        new_code=lambda length: "A" * length,
    )
    store.save(replace(WORKSHOP, code="B", lessons=(), test="lesson-web", phase=Phase.RUNNING))
    ann = workshops.join("B", "Ann", "x", "here")
    run = desk.coach.begin("lesson-web", mode="exam", lang="en", owner=ann.owner)
    desk.store(run, "interview_started", status="going")
    desk.look(run)
    made = workshops.turn("w", Phase.ENDED)
    desk.control.broken = "gone"
    assert workshops.hand_in(made, desk.coach) == []
    desk.control.broken = ""
    assert workshops.hand_in(made, desk.coach) == [run.id]
    assert desk.coach.finish(run.id).status is RunStatus.FINISHED
    assert workshops.hand_in(made, desk.coach) == []
    person = workshops.report(made).people[0]
    database.close()
    assert (person.before, person.done) == (50, 1)
