"""Workshops: codes, names and seats, what is to be done now, and who needs help first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TypeVar
from unittest.mock import create_autospec

import pytest

from tests.unit.serve.test_people import Clock
from trainer.adapters.database import Database, sqlite_url
from trainer.adapters.in_memory import InMemoryControl, InMemoryRuns
from trainer.adapters.scenario_files import ScenarioFiles
from trainer.adapters.workshop_store import StoredWorkshops
from trainer.app.coach import Coach
from trainer.app.roster import csv_table, roster
from trainer.app.workshops import WRONG_CODES, Need, Tile, Workshops
from trainer.core.checks import Outcome, Status
from trainer.core.errors import BadInput, BrokenEnvironment
from trainer.core.runs import Attempt, Ongoing, Run, RunStatus
from trainer.core.scenario import Seed
from trainer.core.workshop import Phase, Seat, Todo, Workshop, plain_code, shown_code

T = TypeVar("T")

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
PATH = next(path for path in ScenarioFiles().paths() if path.id == "candidate")
GOOD, BAD = (Outcome(status, "outcome", "stored: x", "x", "y") for status in (Status.PASSED, Status.FAILED))


@pytest.fixture
def runs() -> InMemoryRuns:
    return InMemoryRuns()


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Meddled(StoredWorkshops):
    """As soon as something was read, something else happens in another thread, once; it may have to wait."""

    def __init__(self, database: Database, others: ThreadPoolExecutor) -> None:
        super().__init__(database)
        self._others = others
        self.meanwhile: Callable[[], object] | None = None
        self.happens: Future[object] | None = None

    def get(self, workshop: str) -> Workshop | None:
        return self._meddled(super().get(workshop))

    def seat(self, seat: str) -> Seat | None:
        return self._meddled(super().seat(seat))

    def personal(self, code: str) -> Seat | None:
        return self._meddled(super().personal(code))

    def _meddled(self, found: T) -> T:
        act, self.meanwhile = self.meanwhile, None
        if act is not None:
            self.happens = self._others.submit(act)
            wait([self.happens], timeout=0.2)
        return found

    def settled(self) -> None:
        """Return when what happens in the other thread has happened."""
        assert self.happens is not None
        self.happens.result()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Meddled]:
    with closing(Database(sqlite_url(tmp_path / "platform.sqlite"))) as database, ThreadPoolExecutor(1) as others:
        yield Meddled(database, others)


@pytest.fixture
def control() -> InMemoryControl:
    return InMemoryControl()


@pytest.fixture
def workshops(store: Meddled, runs: InMemoryRuns, control: InMemoryControl, clock: Clock) -> Workshops:
    numbers = count()
    return Workshops(
        store=store,
        runs=runs,
        scenarios=ScenarioFiles(),
        control=control,
        clock=clock,
        new_id=lambda: f"id{next(numbers)}",
        new_code=lambda length: f"{next(numbers):0{length}d}".replace("0", "A").replace("1", "B"),
    )


@pytest.fixture
def made(workshops: Workshops) -> Workshop:
    return workshops.create("candidate", names=("Ann", "Bob"), test=True, host="")


def a_run(seat: Seat, lesson: str, *, mode: str = "guided", passed: bool = True, minute: int = 0) -> Run:
    """Return a finished Run of one Step."""
    at = NOON + timedelta(minutes=minute)
    return Run(
        id=f"{seat.id}-{lesson}-{minute}",
        scenario=lesson,
        version=1,
        digest="d",
        mode=mode,
        lang="en",
        owner=seat.owner,
        sandbox="s",
        started=at,
        ended=at + timedelta(minutes=5),
        status=RunStatus.FINISHED,
        attempts=(Attempt("one", (GOOD if passed else BAD,), at, at + timedelta(minutes=5)),),
    )


def test_a_workshop_is_made_from_a_path(workshops: Workshops, made: Workshop) -> None:
    assert (made.lessons, made.test, made.title) == (PATH.lessons(), PATH.test, PATH.title)
    assert made.phase is Phase.LOBBY
    assert [seat.name for seat in workshops.seats(made.id)] == ["Ann", "Bob"]
    with pytest.raises(BadInput, match="no learning path nothing") as refused:
        workshops.create("nothing", test=True, host="")
    assert "candidate" in refused.value.hint


def test_a_name_of_the_roster_takes_its_seat_and_others_get_one(workshops: Workshops, made: Workshop) -> None:
    ann = workshops.join(shown_code(made.code).lower(), "  ann ", "laptop", "here")
    eve = workshops.join(made.code, "Eve", "phone", "here")
    assert (ann.name, eve.name) == ("Ann", "Eve")
    assert [seat.name for seat in workshops.seats(made.id)] == ["Ann", "Bob", "Eve"]
    assert workshops.seat_of("laptop") == ann
    with pytest.raises(BadInput, match="Ann has joined already"):
        workshops.join(made.code, "ANN", "stranger", "here")
    assert workshops.seat_of("stranger") is None


def test_a_personal_code_goes_on_elsewhere(workshops: Workshops, made: Workshop) -> None:
    ann = workshops.join(made.code, "Ann", "laptop", "here")
    assert workshops.resume(shown_code(ann.code), "phone", "here") == ann
    assert workshops.seat_of("phone") == workshops.seat_of("laptop") == ann
    workshops.stand_up("laptop")
    assert workshops.seat_of("laptop") is None
    assert workshops.seat_of("phone") == ann


def test_codes_cannot_be_guessed_for_long(workshops: Workshops, made: Workshop, clock: Clock) -> None:
    for _try in range(WRONG_CODES):
        with pytest.raises(BadInput, match="No workshop has this code"):
            workshops.join("WRONG", "Eve", "x", "there")
    for call in (
        lambda: workshops.join(made.code, "Eve", "x", "there"),
        lambda: workshops.resume("ANY", "x", "there"),
    ):
        with pytest.raises(BadInput, match="too many wrong codes"):
            call()
    assert workshops.join(made.code, "Ann", "y", "elsewhere")
    clock.passes(minutes=11)
    assert workshops.join(made.code, "Eve", "x", "there")


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\u202eb", "a\x00b"])
def test_a_name_can_be_read(workshops: Workshops, made: Workshop, name: str) -> None:
    with pytest.raises(BadInput, match="A name"):
        workshops.join(made.code, name, "x", "here")


def test_what_to_do_now_follows_the_path(workshops: Workshops, made: Workshop, runs: InMemoryRuns) -> None:
    ann = workshops.join(made.code, "Ann", "x", "here")
    assert workshops.now(ann).todo is Todo.WAIT
    workshops.turn(made.id, Phase.RUNNING)
    expected = [(made.test, "exam"), *((lesson, "guided") for lesson in made.lessons), (made.test, "exam")]
    for number, (lesson, mode) in enumerate(expected):
        now = workshops.now(ann)
        assert (now.todo, now.lesson, now.mode, now.done, now.parts) == (
            Todo.BEGIN,
            lesson,
            mode,
            number,
            len(expected),
        )
        runs.save(a_run(ann, lesson, mode=mode, passed=lesson != made.test, minute=10 * number))
    assert workshops.now(ann).todo is Todo.REST
    workshops.turn(made.id, Phase.PAUSED)
    assert workshops.now(ann).todo is Todo.PAUSE
    workshops.turn(made.id, Phase.ENDED)
    assert workshops.now(ann).todo is Todo.END
    assert workshops.turn(made.id, Phase.RUNNING).phase is Phase.ENDED


def test_the_class_goes_on_without_what_has_left_the_catalogue(
    workshops: Workshops, made: Workshop, runs: InMemoryRuns, store: Meddled
) -> None:
    first, *others = made.lessons
    store.save(replace(made, lessons=("gone", first, "lost", *others), phase=Phase.RUNNING))
    ann = workshops.join(made.code, "Ann", "x", "here")
    runs.save(a_run(ann, made.test, mode="exam"))
    runs.save(replace(a_run(ann, "lost", minute=5), status=RunStatus.ACTIVE, ended=None))
    assert workshops.now(ann).lesson == first
    for number, lesson in enumerate(made.lessons):
        runs.save(a_run(ann, lesson, minute=10 * (number + 1)))
    now = workshops.now(ann)
    last = len(made.lessons) + 3
    assert (now.lesson, now.part, now.done, now.parts) == (made.test, last, last, last + 1)
    runs.save(a_run(ann, made.test, mode="exam", minute=500))
    assert (workshops.now(ann).todo, a_tile(workshops, ann).need) == (Todo.REST, Need.DONE)
    person = next(one for one in workshops.report(workshops.get(made.id)).people if one.name == "Ann")
    assert (person.done, person.parts, person.certificate) == (len(made.lessons) + 2, len(made.lessons) + 4, False)


def test_a_lesson_that_was_not_passed_comes_again_until_it_is_unlocked(
    workshops: Workshops, made: Workshop, runs: InMemoryRuns
) -> None:
    workshops.turn(made.id, Phase.RUNNING)
    ann = workshops.join(made.code, "Ann", "x", "here")
    runs.save(a_run(ann, made.test, mode="exam"))
    runs.save(a_run(ann, made.lessons[0], passed=False, minute=10))
    assert workshops.now(ann).lesson == made.lessons[0]
    assert workshops.now(let_go_on(workshops, ann)).lesson == made.lessons[1]


def let_go_on(workshops: Workshops, seat: Seat, *left: str, part: int | None = None) -> Seat:
    """Let a trainee go on without what is due, or without a part, and see that these Runs are left."""
    coach = create_autospec(Coach, instance=True)
    seat = workshops.unlock(seat.id, workshops.now(seat).part if part is None else part, coach)
    assert [call.args for call in coach.leave.call_args_list] == [(run,) for run in left]
    return seat


def test_nothing_is_done_at_an_exercise_in_a_break_and_after_the_end(workshops: Workshops, made: Workshop) -> None:
    for phase, told in (
        (Phase.RUNNING, ""),
        (Phase.PAUSED, "A short break"),
        (Phase.RUNNING, ""),
        (Phase.ENDED, "The workshop is over"),
    ):
        workshops.turn(made.id, phase)
        with pytest.raises(BadInput, match=told) if told else nullcontext():
            workshops.need_running(made.id)


def test_who_is_let_go_on_without_a_lesson_misses_no_other_one(
    workshops: Workshops, made: Workshop, runs: InMemoryRuns
) -> None:
    workshops.turn(made.id, Phase.RUNNING)
    ann = workshops.join(made.code, "Ann", "x", "here")
    runs.save(a_run(ann, made.test, mode="exam"))
    done = a_run(ann, made.lessons[0], minute=10)
    under_way = replace(done, status=RunStatus.ACTIVE, ended=None, ongoing=Ongoing("one", NOON, NOON))
    runs.save(under_way)
    ann = let_go_on(workshops, ann, done.id)
    assert workshops.now(ann).lesson == made.lessons[1]
    runs.save(done)
    assert (workshops.now(ann).lesson, workshops.now(ann).done) == (made.lessons[1], 2)
    ann = let_go_on(workshops, ann, part=1)  # the instructor's page had not shown yet that she went on
    assert workshops.now(ann).lesson == made.lessons[1]
    for number, lesson in enumerate(made.lessons[1:]):
        runs.save(a_run(ann, lesson, minute=20 + 10 * number))
    runs.save(a_run(ann, made.test, mode="exam", minute=500))
    assert workshops.now(ann).todo is Todo.REST
    assert workshops.certified(ann.id)[1].certificate


def test_what_could_not_be_judged_is_named_until_it_is_passed(
    workshops: Workshops, made: Workshop, runs: InMemoryRuns
) -> None:
    workshops.turn(made.id, Phase.RUNNING)
    ann = workshops.join(made.code, "Ann", "x", "here")
    for number, lesson in enumerate(made.lessons):
        runs.save(a_run(ann, lesson, minute=10 * number))
    unjudged = replace(a_run(ann, made.lessons[0]), final=(replace(GOOD, status=Status.UNKNOWN),))
    runs.save(unjudged)
    assert workshops.unjudged(ann) == [unjudged]
    with pytest.raises(BadInput, match="no such certificate"):
        workshops.certified(ann.id)
    runs.save(a_run(ann, made.lessons[0], minute=500))
    assert workshops.unjudged(ann) == []
    assert workshops.certified(ann.id)[1].certificate


def test_who_is_let_go_on_without_the_test_before_takes_the_one_after(
    workshops: Workshops, made: Workshop, runs: InMemoryRuns
) -> None:
    workshops.turn(made.id, Phase.RUNNING)
    ann = let_go_on(workshops, workshops.join(made.code, "Ann", "x", "here"))
    for number, lesson in enumerate(made.lessons):
        assert workshops.now(ann).lesson == lesson
        runs.save(a_run(ann, lesson, minute=10 * number))
    assert workshops.now(ann).lesson == made.test
    runs.save(a_run(ann, made.test, mode="exam", minute=500))
    assert workshops.now(ann).todo is Todo.REST


def test_an_exercise_that_is_under_way_is_gone_on_with(
    workshops: Workshops, made: Workshop, runs: InMemoryRuns
) -> None:
    workshops.turn(made.id, Phase.RUNNING)
    ann = workshops.join(made.code, "Ann", "x", "here")
    run = replace(a_run(ann, made.test, mode="exam"), status=RunStatus.ACTIVE, ended=None)
    runs.save(run)
    now = workshops.now(ann)
    assert (now.todo, now.run) == (Todo.CONTINUE, run)


def test_who_asks_for_help_comes_first(workshops: Workshops, made: Workshop, clock: Clock) -> None:
    workshops.turn(made.id, Phase.RUNNING)
    bob = workshops.join(made.code, "Bob", "b", "here")
    eve = workshops.join(made.code, "Eve", "e", "here")
    workshops.ask(eve.id, asks=True)
    coach: object = None
    tiles = workshops.tiles(workshops.get(made.id), coach, frozenset({bob.id, eve.id}))  # type: ignore[arg-type]
    assert [(tile.seat.name, tile.need) for tile in tiles] == [
        ("Eve", Need.HELP),
        ("Bob", Need.READY),
        ("Ann", Need.NOT_HERE),
    ]
    clock.passes(minutes=1)
    answered = workshops.hint(eve.id, " Look  left ")
    assert (answered.hint, answered.asked) == ("Look left", None)
    assert workshops.heed(eve.id, "Look right").hint == "Look left"  # that is told only now
    assert workshops.heed(eve.id, "Look left").hint == ""


@pytest.fixture
def ann(workshops: Workshops, made: Workshop, runs: InMemoryRuns, control: InMemoryControl) -> Seat:
    """Somebody who has just begun."""
    workshops.turn(made.id, Phase.RUNNING)
    ann = workshops.join(made.code, "Ann", "x", "here")
    run = replace(a_run(ann, made.test, mode="exam"), status=RunStatus.ACTIVE, ended=None, attempts=())
    box = control.create("web", "en", Seed(dataset="sales_two_openings"))
    runs.save(replace(run, sandbox=box.id, ongoing=Ongoing("one", NOON, NOON)))
    return ann


def a_tile(workshops: Workshops, seat: Seat, **more: bool) -> Tile:
    """Return the tile of somebody whose page is open, as the console sees it now."""
    coach = create_autospec(Coach, instance=True)
    coach.standing.side_effect = BrokenEnvironment("It does not answer.")
    tiles = workshops.tiles(workshops.get(seat.workshop), coach, frozenset({seat.id}), **more)
    return next(tile for tile in tiles if tile.seat.id == seat.id)


def test_nobody_is_called_stuck_for_a_break_of_the_class(
    workshops: Workshops, made: Workshop, ann: Seat, clock: Clock
) -> None:
    clock.passes(minutes=2)
    assert (a_tile(workshops, ann).need, a_tile(workshops, ann).still) == (Need.WORKING, timedelta(minutes=2))
    workshops.turn(made.id, Phase.PAUSED)
    clock.passes(minutes=10)
    assert (a_tile(workshops, ann).need, a_tile(workshops, ann).still) == (Need.BREAK, timedelta())
    workshops.turn(made.id, Phase.RUNNING)
    clock.passes(minutes=2)
    assert a_tile(workshops, ann).need is Need.WORKING
    clock.passes(minutes=2)
    assert a_tile(workshops, ann).need is Need.STUCK
    assert a_tile(workshops, ann, shown=True).need is Need.WORKING
    clock.passes(minutes=1)
    assert a_tile(workshops, ann).still == timedelta(minutes=1)
    clock.passes(minutes=9)
    workshops.turn(made.id, Phase.ENDED)
    assert a_tile(workshops, ann).need is Need.OVER


def test_nobody_is_said_to_work_who_has_nothing_to_work_at(
    workshops: Workshops, made: Workshop, control: InMemoryControl, ann: Seat
) -> None:
    bob = workshops.join(made.code, "Bob", "b", "here")
    assert a_tile(workshops, bob).need is Need.READY
    control.broken = "It does not answer."
    assert a_tile(workshops, ann).need is Need.DOWN
    control.broken = ""
    assert a_tile(workshops, ann).need is Need.WORKING
    workshops.turn(made.id, Phase.LOBBY)
    assert a_tile(workshops, bob).need is Need.WAITING


def test_tile_and_report_count_alike_what_was_left_out(
    workshops: Workshops, made: Workshop, runs: InMemoryRuns
) -> None:
    workshops.turn(made.id, Phase.RUNNING)
    ann = let_go_on(workshops, workshops.join(made.code, "Ann", "x", "here"))
    runs.save(a_run(ann, made.lessons[0]))
    now = a_tile(workshops, ann).now
    person = next(one for one in workshops.report(workshops.get(made.id)).people if one.name == "Ann")
    assert (now.done - now.skipped, now.skipped) == (person.done, person.skipped) == (1, 1)


def test_a_failure_is_told_as_long_as_it_lasts(
    workshops: Workshops, made: Workshop, ann: Seat, clock: Clock
) -> None:
    workshops.strike(ann, "slow")
    assert a_tile(workshops, ann).fault == "slow"
    clock.passes(minutes=1)
    assert a_tile(workshops, ann).fault == ""
    workshops.strike(ann, "frozen")
    workshops.clear(workshops.seats(made.id)[0])
    assert a_tile(workshops, ann).fault == ""


def test_a_seat_that_was_taken_away_is_nobodys(workshops: Workshops, made: Workshop) -> None:
    ann = workshops.join(made.code, "Ann", "x", "here")
    coach: object = None
    workshops.remove(ann.id, coach)  # type: ignore[arg-type]
    assert workshops.seat_of("x") is None
    with pytest.raises(BadInput, match="does not exist"):
        workshops.hint(ann.id, "Hello")
    with pytest.raises(BadInput, match="personal code"):
        workshops.resume(ann.code, "y", "here")


def test_nothing_is_left_of_who_asked_to_be_forgotten(workshops: Workshops, made: Workshop) -> None:
    ann = workshops.join(made.code, "Ann", "x", "here")
    workshops.say(ann, 5, "Good")
    workshops.erase(ann.id)
    assert workshops.seat_of("x") is None
    assert [seat.name for seat in workshops.seats(made.id)] == ["Bob"]
    assert workshops.feedback(made) == ()
    with pytest.raises(BadInput, match="one to five"):
        workshops.say(ann, 6, "")


def test_a_message_sent_as_the_workshop_ends_does_not_begin_it_again(
    workshops: Workshops, store: Meddled, made: Workshop
) -> None:
    store.meanwhile = lambda: workshops.turn(made.id, Phase.ENDED)
    workshops.tell(made.id, "Ten minutes left")
    store.settled()
    found = workshops.get(made.id)
    assert (found.phase, found.message) == (Phase.ENDED, "Ten minutes left")


@pytest.mark.parametrize(
    "change",
    [
        lambda workshops, seat: workshops.hint(seat.id, "Well done"),
        lambda workshops, seat: workshops.resume(seat.code, "x", "here"),
    ],
    ids=["hint", "resume"],
)
def test_nothing_brings_the_name_back_of_who_is_forgotten_at_that_moment(
    workshops: Workshops, store: Meddled, made: Workshop, change: Callable[[Workshops, Seat], object]
) -> None:
    ann = workshops.seats(made.id)[0]
    store.meanwhile = lambda: workshops.erase(ann.id)
    with suppress(BadInput):  # whichever comes first
        change(workshops, ann)
    store.settled()
    left = store.seat(ann.id)
    assert left is not None
    assert (left.name, left.hint, left.removed) == ("", "", True)


def test_who_is_forgotten_leaves_no_feedback_afterwards(workshops: Workshops, made: Workshop) -> None:
    ann = workshops.join(made.code, "Ann", "x", "here")
    workshops.erase(ann.id)
    with pytest.raises(BadInput, match="does not exist any more"):
        workshops.say(ann, 5, "Good")
    assert workshops.feedback(made) == ()


def test_what_a_trainee_has_said_is_known_and_the_last_one_counts(workshops: Workshops, made: Workshop) -> None:
    ann, bob = (workshops.join(made.code, name, name, "here") for name in ("Ann", "Bob"))
    workshops.say(ann, 2, "Slower, please")
    workshops.say(ann, 4, " Better ")
    said = workshops.said(ann)
    assert said is not None
    assert (said.stars, said.text, workshops.said(bob)) == (4, "Better", None)


def test_a_wrong_code_may_come_while_others_are_counted(workshops: Workshops, made: Workshop) -> None:
    def guess(address: str) -> None:
        with pytest.raises(BadInput, match="No workshop has this code"):
            workshops.coded("wrong", address)

    class Wall(str):
        """An address; as it is counted, a wrong code comes from elsewhere."""

        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            guesses.append(others.submit(guess, "elsewhere"))
            wait(guesses, timeout=0.2)
            return str.__eq__(self, other)

    guess("wall")
    guesses: list[Future[None]] = []
    with ThreadPoolExecutor(1) as others:
        assert workshops.coded(made.code, Wall("wall")) == made
    assert [one.result() for one in guesses] == [None]


def test_only_known_failures_strike_and_only_at_an_exercise(workshops: Workshops, made: Workshop) -> None:
    ann = workshops.join(made.code, "Ann", "x", "here")
    with pytest.raises(BadInput, match="no such failure"):
        workshops.strike(ann, "lost_record")
    with pytest.raises(BadInput, match="Ann is at no exercise"):
        workshops.strike(ann, "slow")


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (b"", ()),
        (b"Ann\nBob\n\n", ("Ann", "Bob")),
        ("\ufeff工号,姓名\r\n1,安娜\r\n2,李雷\r\n".encode(), ("安娜", "李雷")),
        ("姓名\n李雷\n".encode("gb18030"), ("李雷",)),
        (b'mail,Name\na@b,"Lee, Ann"\n', ("Lee, Ann",)),
        (b"\rAnn\rBob\r", ("Ann", "Bob")),
        (b'"Lee\nAnn"\nBob', ("Lee Ann", "Bob")),
        (b'Name;Mail\r\n"Lee, Ann";a@b\r\n', ("Lee, Ann",)),
        ("工号\t姓名\n7\t李雷\n".encode(), ("李雷",)),
    ],
)
def test_rosters_come_in_many_forms(content: bytes, names: tuple[str, ...]) -> None:
    assert roster(content) == names


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"x" * 65537, "too large"),
        ("\n".join(f"n{number}" for number in range(301)).encode(), "too large"),
        (b"Ann\nann\n", "twice"),
        (b"name,x\n,1\n", "missing"),
        (b"\x00\x01\x02PK", "no text file"),
        (b"\xff\xff\xff", "no text file"),
    ],
)
def test_a_bad_roster_is_told(content: bytes, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        roster(content)


def test_a_spreadsheet_gets_no_formulas() -> None:
    table = csv_table([["=1+1", "@x", "-5", "+cmd", "-1+2", "李雷", "\t=x"]])
    assert table == "\ufeff'=1+1,'@x,-5,'+cmd,'-1+2,李雷,'\t=x\r\n"


def test_a_code_is_read_as_it_was_meant() -> None:
    assert plain_code(" abcd-2345 ") == plain_code("ABCD 2345") == "ABCD2345"
    assert shown_code("ABCD2345") == "ABCD-2345"
