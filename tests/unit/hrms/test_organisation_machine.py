"""Interview, decision and org chart driven at random: nothing unfinished counts, nobody is placed twice.

The machine works on the real use cases and a real file. Its invariants are counted from the rows, not by the code
under test; seeded mistakes in the rules must each be caught.
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlmodel import Session, select

from sandbox_hrms.app import conduct, decide, org, places, recruit, requisitions, rounds, sync
from sandbox_hrms.app.case import interview_of
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.service import Hrms, Settings, build
from sandbox_hrms.core import placing, states
from sandbox_hrms.core.errors import Invalid, NotAllowed, NotFound
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.profiles import Policy
from sandbox_hrms.core.roles import SYSTEM, Actor, Role
from sandbox_hrms.core.states import Event, Interview, Placement, State
from sandbox_hrms.tables.interviews import InterviewRow
from sandbox_hrms.tables.sync import OutboxRow

HR = Actor(Role.HR, "hr", "Pat")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
PEOPLE = ("c14", "c15", "c16", "c2", "c3", "c4")
"""Three for the one opening of p2, in three states, and three finished ones for the two of p1."""
POSTS = ("p2", "p1")
OUTCOMES = (Interview.PASSED, Interview.PASSED, Interview.REJECTED, Interview.ON_HOLD, Interview.TO_REVIEW)
FINISHED = {Interview.TO_REVIEW, Interview.PASSED, Interview.REJECTED, Interview.ON_HOLD}
ANSWER = "I kept a list of my customers, called each of them every month and sold more than planned."
PLANS = ("openings", "open again", "close", "headcount", "rounds")
REFUSED = (NotAllowed, Invalid, NotFound)
people, posts = st.sampled_from(PEOPLE), st.sampled_from(POSTS)
few, several = (st.lists(people, min_size=least, max_size=2 * least, unique=True) for least in (1, 3))


class OrganisationMachine(RuleBasedStateMachine):
    """Anybody may try anything at any time; a refusal changes nothing that counts."""

    hrms: ClassVar[Hrms]

    @initialize(profile=st.sampled_from(["integrated", "web"]), openings=st.integers(1, 2))
    def start(self, profile: str, openings: int) -> None:
        self.sandbox: Sandbox = self.hrms.sandboxes.create(profile, "en", "sales_two_openings", 7)
        requisitions.set_openings(self.sandbox, HR, "p1", openings)

    def teardown(self) -> None:
        if hasattr(self, "sandbox"):
            with self.sandbox.store.read() as session:
                the_numbers_shown_are_those_counted(session)
            self.hrms.sandboxes.delete(self.sandbox.id)

    def attempt(self, use_case: Callable[..., object], actor: Actor, *args: object) -> bool:
        try:
            use_case(self.sandbox, actor, *args)
        except REFUSED:
            return False
        return True

    def latest(self, candidate: str) -> InterviewRow | None:
        with self.sandbox.store.read() as session:
            return interview_of(session, candidate)

    # ---- the candidate ----

    @rule(candidates=few, answers=st.integers(0, 4), then=st.sampled_from(["end", "discard", "stay"]))
    def goes_on(self, candidates: list[str], answers: int, then: str) -> None:
        """Be invited, go on with the interview by some answers, and perhaps end it, finished or not."""
        for candidate in candidates:
            self.attempt(recruit.invite, HR, candidate)
            actor = Actor(Role.CANDIDATE, candidate, candidate)
            self.attempt(conduct.give_consent, actor)
            self.attempt(conduct.check_devices, actor, "skipped")
            for _ in range(answers):
                question = conduct.room(self.sandbox, actor, entering=False).current
                if question is not None:
                    self.attempt(conduct.submit_answer, actor, question.id, ANSWER, 1)
            if then != "stay":
                self.attempt(conduct.end if then == "end" else conduct.discard, actor)

    # ---- HR ----

    @rule(candidates=several, outcome=st.sampled_from(OUTCOMES), correcting=st.booleans())
    def judges(self, candidates: list[str], outcome: Interview, correcting: bool) -> None:
        """Decide about some, and correct those who were decided already."""
        for candidate in candidates:
            interview = self.latest(candidate)
            if interview is None:
                continue
            decided = self.attempt(decide.decide, HR, interview.id, outcome, "Because.")
            if correcting and not decided:
                self.attempt(decide.correct, HR, interview.id, outcome, "On appeal.")

    @rule(candidates=several, step=st.sampled_from(["place", "start", "next"]))
    def follows_up(self, candidates: list[str], step: str) -> None:
        for candidate in candidates:
            interview = self.latest(candidate)
            if step == "place" and interview is not None:
                self.attempt(places.place_by_hand, HR, interview.id)
            elif step != "place":
                self.attempt(places.onboard if step == "start" else rounds.invite_to_next, HR, candidate)

    @rule(post=posts, what=st.sampled_from(PLANS), more=st.integers(-1, 2))
    def changes_the_plan(self, post: str, what: str, more: int) -> None:
        with self.sandbox.store.read() as session:
            now = requisitions.requisition_of(session, post)
        if what == "openings":
            self.attempt(requisitions.set_openings, HR, post, now.openings + more)
        elif what == "open again":
            self.attempt(requisitions.open_again, HR, post, now.openings + more)
        elif what == "close":
            self.attempt(requisitions.close, HR, post)
        elif what == "headcount":
            self.attempt(org.edit_post, HR, post, "headcount", now.headcount + more)
        else:
            self.attempt(org.edit_post, HR, post, "rounds", 1 + (more > 0))

    # ---- the way between the sides ----

    @rule()
    def everything_arrives_again(self) -> None:
        """A crash after the delivery, before it was noted: parcels come once more, and news of a place, too."""
        with self.sandbox.change(SYSTEM) as change:
            rows = change.session.exec(select(OutboxRow)).all()
            for row in rows:
                row.delivered_at, row.tries = None, 0
                change.session.add(row)
        sync.carry(self.sandbox)
        for interview in {row.interview for row in rows if row.kind == "placement"}:
            self.attempt(_place, SYSTEM, interview)

    # ---- what must always hold, counted from the rows ----

    @invariant()
    def holds(self) -> None:
        if hasattr(self, "sandbox"):
            with self.sandbox.store.read() as session:
                nothing_unfinished_counts(session)
                nobody_is_placed_twice(session)
                nobody_is_placed_beyond_the_openings(session)


def nothing_unfinished_counts(session: Session) -> None:
    """Whoever is finished has answered everything (unless it was deleted), and whoever has a place has passed."""
    latest: dict[str, str] = {}
    for interview, candidate, status, saved, asked, answered in _rows(session, _INTERVIEWS):
        latest[candidate] = status
        if status in FINISHED:
            assert answered == asked, f"{interview} is not finished"
            assert saved != "unsaved"
    for candidate, _, placement in _rows(session, _CANDIDATES):
        if placement != Placement.NONE:
            assert latest.get(candidate) == Interview.PASSED, f"{candidate} has a place without a pass"


def nobody_is_placed_twice(session: Session) -> None:
    """Each candidate was placed once more than withdrawn, if at all, and works in one post at most."""
    told = {(kind, subject): count for kind, subject, count in _rows(session, _EVENTS)}
    working = Counter(employee.removeprefix("e-") for employee, _ in _rows(session, _EMPLOYEES))
    for candidate, _, placement in _rows(session, _CANDIDATES):
        now = told.get((Kind.PLACED, candidate), 0) - told.get((Kind.PLACEMENT_WITHDRAWN, candidate), 0)
        assert now == (placement != Placement.NONE), f"{candidate} was placed {now} times"
        assert working[candidate] == (placement == Placement.IN_POST)


def nobody_is_placed_beyond_the_openings(session: Session) -> None:
    """Everybody fits into the plan, placed ones into the openings; a full requisition is closed."""
    in_post = Counter(post for _, post in _rows(session, _EMPLOYEES))
    placed = Counter(post for _, post, placement in _rows(session, _CANDIDATES) if placement != Placement.NONE)
    expected = Counter(
        post for _, post, placement in _rows(session, _CANDIDATES) if placement == Placement.TO_ONBOARD
    )
    for post, headcount, openings, status in _rows(session, _POSTS):
        assert in_post[post] + expected[post] <= headcount, f"{post} has more people than places"
        assert placed[post] <= openings, f"{post} has more placed than openings"
        if status == "open":
            left = min(openings - placed[post], headcount - in_post[post] - expected[post])
            assert left > 0, f"{post} is full and still seeks people"


def _rows(session: Session, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in session.connection().exec_driver_sql(query)]


_INTERVIEWS = """
    SELECT id, candidate, status, saved, json_array_length(questions),
      (SELECT count(*) FROM answer WHERE sitting =
        (SELECT id FROM sitting WHERE interview = interview.id ORDER BY number DESC LIMIT 1))
    FROM interview WHERE candidate NOT IN (SELECT candidate FROM deletion) ORDER BY round_number"""
_CANDIDATES = "SELECT id, post, placement FROM candidate"
_EMPLOYEES = "SELECT id, post FROM employee"
_EVENTS = "SELECT kind, subject, count(*) FROM event WHERE kind LIKE 'place%' GROUP BY kind, subject"
_POSTS = "SELECT post.id, headcount, openings, status FROM post JOIN requisition ON requisition.post = post.id"


def the_numbers_shown_are_those_counted(session: Session) -> None:
    """What pages and snapshot show is what the rows say."""
    placed = Counter((post, placement) for _, post, placement in _rows(session, _CANDIDATES))
    for one in requisitions.requisitions(session):
        assert one.to_onboard == placed[one.post_id, Placement.TO_ONBOARD]
        assert one.placed == one.to_onboard + placed[one.post_id, Placement.IN_POST]
        assert one.placed <= one.passed <= one.invited


CALM = settings(
    max_examples=12,
    stateful_step_count=20,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
SEARCHING = settings(CALM, max_examples=40, stateful_step_count=12, phases=(Phase.generate,), print_blob=False)


@pytest.fixture(scope="module", autouse=True)
def hrms() -> Iterator[Hrms]:
    memory = Path("/dev/shm")  # noqa: S108  # where there is one, ten thousand commits need not reach a disk
    root = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    OrganisationMachine.hrms = build(root, lambda: START, Settings())
    yield OrganisationMachine.hrms
    OrganisationMachine.hrms.close()
    shutil.rmtree(root)


def test_no_reachable_state_counts_an_unfinished_interview_or_places_too_many() -> None:
    run_state_machine_as_test(OrganisationMachine, settings=CALM)


def _ends_as_finished(state: State, policy: Policy) -> State:
    del policy
    return replace(
        state, interview=Interview.TO_REVIEW, saved=states.Saved.SAVED, sitting=states.SittingStatus.ENDED
    )


def _place(sandbox: Sandbox, actor: Actor, interview: str) -> bool:
    with sandbox.change(actor) as change:
        return places.place(change, interview)


def _nothing(*_: object, **__: object) -> bool:
    return False


def _always(*_: object, **__: object) -> bool:
    return True


MISTAKES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "an end with answers missing counts": lambda patch: patch.setitem(states._RULES, Event.END, _ends_as_finished),  # noqa: SLF001  # a seeded mistake
    "a place is given whatever was decided, and again": lambda patch: patch.setattr(
        placing, "waits_for_place", _always
    ),
    "nobody counts the openings": lambda patch: (
        patch.setattr(placing, "need_room", _nothing),
        patch.setattr(placing, "need_place", _nothing),
    )[0],
    "a correction leaves the place": lambda patch: patch.setattr(decide, "withdraw", _nothing),
    "a full requisition stays open": lambda patch: patch.setattr(places, "close_if_filled", _nothing),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_rules_is_caught(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MISTAKES[mistake](monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(OrganisationMachine, settings=SEARCHING)
