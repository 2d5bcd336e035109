"""A person before a window: what it reports reaches the coach, what is asked for at the desk is done."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from tests.builders import a_scenario, a_step
from trainer.adapters.in_memory import (
    InMemoryControl,
    InMemoryObserver,
    InMemoryRuns,
    InMemoryScenarios,
    InMemoryStage,
    InMemoryWindow,
)
from trainer.app.attend import Attendance, Report
from trainer.app.coach import STUCK, UNPROVEN, Coach, Helping, Progress
from trainer.core.actions import Click, CloseTab, Goto, Inject, NotDone, Press, SignIn, Tick
from trainer.core.checks import Event, See, Status, Stored
from trainer.core.judge import Remark
from trainer.core.runs import Run, RunStatus
from trainer.core.scenario import Step

BEGIN = a_step(
    id="begin",
    do=(Click(target="home.start"), Tick(target="consent.agree"), Click(target="consent.begin")),
    expect=(Stored(stored="interview.status == 'in_progress'"),),
)
SKIP = a_step(id="skip", do=(Click(target="device.skip"),), expect=(Event(event="skipped"),))


class Window(InMemoryWindow):
    """Reports what is done in it, as the coach's script does."""

    def __init__(self, stage: InMemoryStage, sandbox: str, heard: deque[Report]) -> None:
        super().__init__(stage, sandbox, "candidate")
        self.heard = heard
        self.orders: list[Report] = []
        self.refuses = False

    def order(self, order: Report) -> None:
        self.orders.append(order)

    def sign_in(self, role: str) -> None:
        if self.refuses:
            raise NotDone(role, "it does not open")
        super().sign_in(role)

    def click(self, target: str) -> None:
        super().click(target)
        self.heard.append({"type": "observed", "verb": "click", "target": target})


class Desk:
    """Notes what it is shown, and asks what the test asks."""

    def __init__(self) -> None:
        self.questions: deque[str] = deque()
        self.hints: list[str] = []
        self.remarks: list[str] = []
        self.shown: list[Progress] = []

    def show(self, progress: Progress) -> None:
        self.shown.append(progress)

    def remark(self, said: Remark, label: str) -> None:
        self.remarks.append(f"{said.kind} {label}")

    def again(self) -> None:
        self.remarks.append("again")

    def offer(self) -> None:
        self.remarks.append("offer")

    def hint(self, helping: Helping) -> None:
        self.hints.append(helping.rung)

    def asked(self) -> str:
        return self.questions.popleft() if self.questions else ""


class Room:
    """One Run, with everything around it on paper."""

    def __init__(self, mode: str, *steps: Step) -> None:
        self.control = InMemoryControl()
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.heard: deque[Report] = deque()
        coach = Coach(
            scenarios=InMemoryScenarios(a_scenario(*steps)),
            runs=InMemoryRuns(),
            control=self.control,
            observer=InMemoryObserver(self.control),
            clock=lambda: self.now,
            new_id=lambda: "r1",
            translate=lambda _lang: str,
            player=True,
        )
        self.run = coach.begin("lesson-web", mode=mode, lang="en", owner="me")
        self.window = Window(InMemoryStage(self.control), self.run.sandbox, self.heard)
        self.desk = Desk()
        self.seat = Attendance(coach, self.run.id, self.window, self.desk, self._wait, self.heard)
        self._person: Iterator[None] = iter(())

    def _wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        next(self._person, None)

    def attend(self, person: Callable[[], Iterator[None]]) -> Run:
        self._person = person()
        return self.seat.attend()

    def consent(self) -> None:
        self.window.click("home.start")
        self.window.tick("consent.agree", on=True)
        self.window.click("consent.begin")


def test_a_lesson_done_right_is_passed() -> None:
    room = Room("guided", BEGIN)

    def person() -> Iterator[None]:
        room.consent()
        yield

    run = room.attend(person)
    assert (run.status, run.verdict, run.attempts[0].mistakes) == (RunStatus.FINISHED, Status.PASSED, 0)
    assert room.window.orders[0]["target"] == "home.start"


def test_a_mistake_is_explained_and_help_is_given_when_asked_for() -> None:
    room = Room("practice", BEGIN)

    def person() -> Iterator[None]:
        room.heard.append({"type": "observed", "verb": "click", "target": "nav.away", "label": "Away"})
        yield
        for _ in range(3):
            room.desk.questions.append("help")
            yield
        assert room.window.orders[-1]["target"] == "home.start"
        room.desk.questions.append("help")
        yield

    run = room.attend(person)
    assert (room.desk.remarks, room.desk.hints) == (["wrong Away"], ["nudge", "where", "show", "do"])
    assert (run.verdict, run.attempts[0].mistakes, run.attempts[0].assisted) == (Status.PASSED, 1, True)


def test_keys_are_pressed_for_somebody_whose_window_a_player_can_use() -> None:
    keys = BEGIN.model_copy(update={"do": (Press(key="Enter", target="home.start"), *BEGIN.do[1:])})
    room = Room("practice", keys)

    def person() -> Iterator[None]:
        for _rung in range(4):
            room.desk.questions.append("help")
            yield

    run = room.attend(person)
    assert room.desk.hints == ["nudge", "where", "show", "do"]
    assert (run.verdict, run.attempts[0].assisted) == (Status.PASSED, True)


def test_an_exam_strikes_by_itself_explains_nothing_and_is_handed_in() -> None:
    strike = a_step(id="strike", do=(Inject(fault="offline"),), expect=())
    room = Room("exam", BEGIN, strike, SKIP)

    def person() -> Iterator[None]:
        room.heard.append({"type": "observed", "verb": "click", "target": "nav.away"})
        yield
        room.consent()
        yield
        yield
        assert [fault for _, fault, _ in room.control.faults] == ["offline"]
        room.desk.questions.append("hand_in")
        yield

    run = room.attend(person)
    assert [tried.status for tried in run.attempts] == [Status.PASSED, Status.PASSED, Status.FAILED]
    assert (room.desk.remarks, run.attempts[0].mistakes) == ([], 1)


def test_the_tab_is_closed_and_the_link_opened_again() -> None:
    leave, back = (
        a_step(id=name, do=do, expect=())
        for name, do in (("leave", (CloseTab(),)), ("back", (SignIn(role="candidate"),)))
    )
    room = Room("practice", leave, back)

    def person() -> Iterator[None]:
        room.heard.append({"type": "closed"})
        yield
        room.desk.questions.append("open")
        yield

    assert room.attend(person).verdict is Status.PASSED


def test_who_is_put_back_is_on_the_page_where_the_step_began() -> None:
    room = Room("practice", BEGIN, SKIP)

    def person() -> Iterator[None]:
        room.consent()
        yield
        room.heard.append({"type": "observed", "verb": "click", "target": "nav.away"})
        page = room.window.place()
        room.window.goto("home")
        yield
        room.desk.questions.append("back")
        yield
        assert room.window.place() == page
        room.desk.questions.append("leave")
        yield

    assert room.attend(person).status is RunStatus.LEFT


def test_a_tab_closed_as_soon_as_a_step_begins_does_not_move_where_it_began() -> None:
    room = Room("practice", BEGIN, SKIP)

    def person() -> Iterator[None]:
        room.consent()
        page = room.window.place()
        yield
        room.window.close_tab()
        room.heard.append({"type": "closed"})
        yield
        room.desk.questions.append("open")
        yield
        yield
        assert room.window.place() != page
        room.desk.questions.append("back")
        yield
        assert room.window.place() == page
        room.desk.questions.append("leave")
        yield

    assert room.attend(person).status is RunStatus.LEFT


def test_the_back_button_pressed_as_soon_as_a_step_begins_does_not_move_where_it_began() -> None:
    room = Room("practice", BEGIN, SKIP)

    def person() -> Iterator[None]:
        room.consent()
        page = room.window.place()
        yield
        room.window.goto("home")
        yield  # the page tells a moment later that it is there
        room.heard.append({"type": "ready", "how": "back_forward"})
        yield
        room.desk.questions.append("back")
        yield
        assert room.window.place() == page
        room.desk.questions.append("leave")
        yield

    assert room.attend(person).status is RunStatus.LEFT


def test_who_looks_around_while_the_system_acts_is_put_back_to_where_that_began() -> None:
    strike = a_step(id="strike", do=(Inject(fault="offline"),), expect=())
    room = Room("practice", BEGIN, strike, SKIP)

    def person() -> Iterator[None]:
        room.consent()
        page = room.window.place()
        yield
        room.window.goto("home")
        room.heard.append({"type": "ready", "how": "back_forward"})
        room.desk.questions.append("go_on")
        yield
        yield
        room.desk.questions.append("back")
        yield
        assert room.window.place() == page
        room.desk.questions.append("leave")
        yield

    assert room.attend(person).status is RunStatus.LEFT


def test_a_page_that_opens_just_after_a_step_began_is_where_it_began() -> None:
    room = Room("practice", BEGIN, SKIP)

    def person() -> Iterator[None]:
        room.consent()
        yield
        room.window.goto("later")
        page = room.window.place()
        room.heard.append({"type": "ready", "how": "navigate"})
        yield
        room.window.goto("home")
        room.desk.questions.append("back")
        yield
        assert room.window.place() == page
        room.desk.questions.append("leave")
        yield

    assert room.attend(person).status is RunStatus.LEFT


def test_what_is_done_for_somebody_without_a_tab_is_done_in_a_new_one() -> None:
    room = Room("practice", BEGIN)

    def person() -> Iterator[None]:
        room.window.close_tab()
        yield
        for _rung in range(4):
            room.desk.questions.append("help")
            yield

    run = room.attend(person)
    assert (run.verdict, run.attempts[0].assisted) == (Status.PASSED, True)


def test_a_window_that_does_not_open_ends_nothing_and_is_asked_for_again() -> None:
    room = Room("practice", a_step(id="in", do=(SignIn(role="candidate"),), expect=()), SKIP)

    def person() -> Iterator[None]:
        room.window.refuses = True
        for asked in ("open", "back"):
            room.desk.questions.append(asked)
            yield
        assert room.desk.shown[-1].current == 0
        room.window.refuses = False
        room.desk.questions.append("open")
        yield
        assert room.desk.shown[-1].current == 1
        room.desk.questions.append("leave")
        yield

    assert room.attend(person).status is RunStatus.LEFT


def test_who_did_it_all_and_is_not_through_is_led_through_it_once_more() -> None:
    never = Stored(stored="interview.status == 'never'")
    room = Room("practice", a_step(id="never", do=BEGIN.do[:1], expect=(never,)))

    def person() -> Iterator[None]:
        room.window.click("home.start")
        yield
        assert room.desk.shown[-1].todo is None
        while not room.desk.remarks:
            yield
        yield
        assert room.desk.shown[-1].todo == BEGIN.do[0]
        room.desk.questions.append("leave")
        yield

    assert room.attend(person).status is RunStatus.LEFT
    assert room.desk.remarks == ["again"]


def test_a_page_counts_as_opened_however_the_person_came_there() -> None:
    room = Room("practice", a_step(id="go", do=(Goto(path="device"),), expect=()), SKIP)
    reported: set[int] = set()

    def person() -> Iterator[None]:
        yield
        reported.add(room.desk.shown[-1].current)
        room.window.goto("device")
        yield
        yield
        reported.add(room.desk.shown[-1].current)
        room.desk.questions.append("leave")
        yield

    assert room.attend(person).status is RunStatus.LEFT
    assert reported == {0, 1}


SEEN = a_step(
    id="seen",
    do=BEGIN.do,
    expect=(See.model_validate({"as": "hr", "see": {"candidates.row[c1].status": "in_progress"}}),),
)


def test_what_only_somebody_else_sees_is_looked_at_when_all_was_seen_done() -> None:
    room = Room("practice", SEEN)

    def person() -> Iterator[None]:
        yield
        assert room.desk.shown[-1].to_be_seen
        room.consent()
        room.heard.append({"type": "observed", "verb": "tick", "target": "consent.agree", "value": "true"})
        yield
        yield
        room.desk.questions.append("leave")
        yield

    assert room.attend(person).verdict is Status.PASSED


def test_who_did_it_unseen_says_so_and_who_did_not_is_told() -> None:
    room = Room("practice", SEEN)

    def person() -> Iterator[None]:
        room.desk.questions.append("done")
        yield
        assert room.desk.remarks == ["again"]
        room.consent()
        room.heard.clear()
        room.desk.questions.append("done")
        yield
        yield
        room.desk.questions.append("leave")
        yield

    assert room.attend(person).verdict is Status.PASSED
    assert room.desk.remarks == ["again"]


def test_help_is_offered_once_a_step_to_somebody_who_does_not_get_on() -> None:
    room = Room("practice", BEGIN, SKIP)

    def person() -> Iterator[None]:
        begun = room.now
        while not room.desk.remarks:
            yield
        assert STUCK < room.now - begun < STUCK + UNPROVEN
        while room.now - begun < 3 * STUCK:
            yield
        assert room.desk.remarks == ["offer"]
        room.consent()
        while len(room.desk.remarks) == 1:
            yield
        room.desk.questions.append("leave")
        yield

    assert room.attend(person).status is RunStatus.LEFT
    assert room.desk.remarks == ["offer", "offer"]


def test_nothing_is_offered_in_an_exam() -> None:
    room = Room("exam", BEGIN, SKIP)

    def person() -> Iterator[None]:
        begun = room.now
        while room.now - begun < 2 * STUCK:
            yield
        room.desk.questions.append("leave")
        yield

    room.attend(person)
    assert room.desk.remarks == []


def test_what_was_done_last_is_stored_before_an_exam_handed_in_at_once_is_judged() -> None:
    late = Stored(stored="interview.status == 'late'")
    room = Room("exam", a_step(id="late", do=BEGIN.do[:1], expect=(late,)))

    def person() -> Iterator[None]:
        room.window.click("home.start")
        room.desk.questions.append("hand_in")
        yield
        yield
        room.control.paper(room.run.sandbox).data["interview"]["status"] = "late"
        yield

    run = room.attend(person)
    assert (run.status, run.verdict) == (RunStatus.FINISHED, Status.PASSED)


def test_nobody_waits_long_for_what_is_never_stored() -> None:
    never = Stored(stored="interview.status == 'never'")
    room = Room("exam", a_step(id="never", do=BEGIN.do[:1], expect=(never,)))

    def person() -> Iterator[None]:
        room.window.click("home.start")
        room.desk.questions.append("hand_in")
        yield

    begun = room.now
    run = room.attend(person)
    assert (run.status, run.verdict) == (RunStatus.FINISHED, Status.FAILED)
    assert UNPROVEN < room.now - begun < 2 * UNPROVEN


def test_an_exam_whose_coach_is_closed_is_not_handed_in() -> None:
    room = Room("exam", BEGIN, SKIP)

    def person() -> Iterator[None]:
        room.consent()
        yield
        room.desk.questions.append("leave")
        yield

    run = room.attend(person)
    assert (run.status, run.ongoing and run.ongoing.step, len(run.attempts)) == (RunStatus.ACTIVE, "skip", 1)
    assert room.control.sandboxes() == {run.sandbox}


def test_a_person_is_put_back_or_leaves() -> None:
    room = Room("practice", BEGIN, SKIP)

    def person() -> Iterator[None]:
        room.consent()
        yield
        room.control.paper(room.run.sandbox).data["interview"]["status"] = "abandoned"
        room.desk.questions.append("back")
        yield
        assert room.control.snapshot(room.run.sandbox)["interview"]["status"] == "in_progress"
        room.desk.questions.append("leave")
        yield

    assert room.attend(person).status is RunStatus.LEFT
