"""Interview, org chart and payroll driven at random: whoever is paid has passed and agreed, and is paid once.

Goes on from the machine of the organisation: its rules and invariants hold here, too. What must hold about pay is
counted from the rows and from a ledger of the test's own; seeded mistakes must each be caught.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test
from sqlmodel import Session, select

from sandbox_hrms.app import (
    decide,
    grade_tables,
    payroll,
    places,
    privacy,
    requisitions,
    self_check,
    sync,
)
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.service import Settings, build
from sandbox_hrms.core.carrying import DELIVERED
from sandbox_hrms.core.faults import Fault
from sandbox_hrms.core.payroll import Family, Grade, PayStatus, propose
from sandbox_hrms.core.roles import Actor, Role
from sandbox_hrms.core.states import Interview
from sandbox_hrms.tables.pay import OfferRow
from tests.unit.hrms import test_organisation_machine as organisation
from tests.unit.hrms.test_organisation_machine import HR, OrganisationMachine, _rows, people, several

ADMIN = Actor(Role.ADMIN, "admin", "Alex")
AGREED = (None, None, None, 8_400)
"""Mostly the grade's own pay; sometimes something else was agreed on."""
TYPED = ("as offered", "as offered", "too little", "another grade")


class Agreed(NamedTuple):
    """What the grade table gave at the moment of an offer, worked out from its rows."""

    grade: str
    grade_pay: int
    market_pay: int
    start_pay: int


class PayrollMachine(OrganisationMachine):
    """Pay on top: offers, answers, records by sync and by hand, corrections, changed tables, deletion."""

    ledger: ClassVar[dict[int, Agreed]] = {}

    @initialize(profile=st.sampled_from(["suite", "web"]), openings=st.integers(1, 2))
    def start(self, profile: str, openings: int) -> None:
        self.sandbox = self.hrms.sandboxes.create(profile, "en", "sales_two_openings", 7)
        requisitions.set_openings(self.sandbox, HR, "p1", openings)
        self.ledger.clear()

    def teardown(self) -> None:
        if hasattr(self, "sandbox"):
            self.attempt(sync.resync_all, HR)
            with self.sandbox.store.read() as session:
                what_was_agreed_has_arrived(session, by_itself=self.sandbox.profile.policy.sync.payroll)
        super().teardown()

    # ---- HR ----

    @rule(candidate=people, pay=st.sampled_from(AGREED))
    def offers(self, candidate: str, pay: int | None) -> None:
        with self.sandbox.store.read() as session:
            due = _due(session, candidate)
        if self.attempt(payroll.make_offer, HR, candidate, pay):
            with self.sandbox.store.read() as session:
                newest = _rows(session, "SELECT max(id) FROM offer")[0][0]
            assert due is not None, "an offer needs a score"
            self.ledger[newest] = due if pay is None else due._replace(start_pay=pay)

    @rule(candidate=people, accepted=st.sampled_from([True, True, False]))
    def is_answered(self, candidate: str, *, accepted: bool) -> None:
        self.attempt(payroll.answer_offer, HR, candidate, accepted)

    @rule(candidate=people, how=st.sampled_from(TYPED))
    def types_the_record(self, candidate: str, how: str) -> None:
        with self.sandbox.store.read() as session:
            query = f"SELECT grade, start_pay FROM offer WHERE candidate = '{candidate}' ORDER BY id"  # noqa: S608
            offered = _rows(session, query)
            lowest = _rows(session, "SELECT title FROM grade WHERE family = 'sales' ORDER BY floor")[0][0]
        grade, pay = offered[-1] if offered else (lowest, 3_800)
        if how == "too little":
            pay -= 500
        elif how == "another grade":
            grade = lowest
        self.attempt(payroll.record, HR, candidate, grade, pay)

    @rule(
        candidates=several,
        pay=st.sampled_from(AGREED),
        how=st.sampled_from(TYPED),
        answered=st.sampled_from([True, True, False]),
        regret=st.booleans(),
        hangs=st.booleans(),
    )
    def hires(  # noqa: PLR0913  # what may go otherwise
        self, candidates: list[str], pay: int | None, how: str, *, answered: bool, regret: bool, hangs: bool
    ) -> None:
        """All the way for some, and back with the first when HR regrets it; the sync may hang meanwhile."""
        if hangs:
            self.sandbox.faults.switch_on(Fault.STUCK_SYNC, None)
        for candidate in candidates:
            interview = self.latest(candidate)
            if interview is None:
                continue
            self.attempt(decide.decide, HR, interview.id, Interview.PASSED, "Because.")
            self.attempt(places.place_by_hand, HR, interview.id)
            self.offers(candidate, pay)
            if answered:
                self.is_answered(candidate, accepted=True)
            self.types_the_record(candidate, how)
        first = self.latest(candidates[0])
        if regret and first is not None:
            self.attempt(decide.correct, HR, first.id, Interview.TO_REVIEW, "On appeal.")
        self.sandbox.faults.clear(Fault.STUCK_SYNC)
        self.attempt(sync.resync_all, HR)

    @rule(candidate=people, everything=st.booleans())
    def puts_right(self, candidate: str, *, everything: bool) -> None:
        if everything:
            self.attempt(self_check.mend_all, HR)
        else:
            self.attempt(payroll.correct, HR, candidate)

    @rule(more=st.sampled_from([-500, 300]))
    def changes_the_grades(self, more: int) -> None:
        now = grade_tables.table(self.sandbox, HR, "sales").grades
        raised = [replace(one, pay=one.pay + more, market_pay=one.market_pay + more) for one in now]
        self.attempt(grade_tables.save, HR, "sales", raised, now)

    # ---- the administrator ----

    @rule(candidate=people)
    def deletes(self, candidate: str) -> None:
        def use_case(sandbox: Sandbox, actor: Actor) -> None:
            privacy.delete_candidate(sandbox, self.hrms.sessions, actor, candidate)

        self.attempt(use_case, ADMIN)

    # ---- what must always hold, counted from the rows ----

    @invariant()
    def pay_holds(self) -> None:
        if hasattr(self, "sandbox"):
            shown = payroll.pay_page(self.sandbox, HR, page_size=100).cases
            with self.sandbox.store.read() as session:
                nobody_is_paid_without_ground(session)
                nobody_is_paid_twice(session)
                nothing_is_left_of_who_was_deleted(session)
                amounts_are_those_of_the_moment(session, self.ledger)
                what_differs_is_shown(session, {one.candidate_id: one for one in shown})


def nobody_is_paid_without_ground(session: Session) -> None:
    """A record rests on the newest offer, which was accepted; whoever has an offer in force has passed."""
    newest = "SELECT max(id) FROM offer WHERE candidate = payroll.candidate"
    ground = f"SELECT 1 FROM offer WHERE id = payroll.offer AND id = ({newest}) AND status = 'accepted'"  # noqa: S608
    assert _rows(session, f"SELECT candidate FROM payroll WHERE NOT EXISTS ({ground})") == []  # noqa: S608
    latest = """SELECT status FROM interview WHERE candidate = {0}.candidate ORDER BY round_number DESC LIMIT 1"""
    for table, where in (("payroll", "TRUE"), ("offer", "status IN ('offered', 'accepted')")):
        query = f"SELECT candidate FROM {table} WHERE {where} AND ({latest.format(table)}) != 'passed'"  # noqa: S608
        assert _rows(session, query) == [], f"{table} without a pass"


def nobody_is_paid_twice(session: Session) -> None:
    """One offer in force a person at most; one record, told once since the last withdrawal; each parcel once."""
    in_force = "SELECT candidate FROM offer WHERE status IN ('offered', 'accepted') GROUP BY candidate"
    assert _rows(session, f"{in_force} HAVING count(*) > 1") == []
    assert _rows(session, "SELECT offer FROM payroll GROUP BY offer HAVING count(*) > 1") == []
    twice = f"SELECT key FROM sync_try WHERE message = '{DELIVERED}' GROUP BY key HAVING count(*) > 1"  # noqa: S608
    assert _rows(session, twice) == []
    recorded: dict[str, int] = {}
    kinds = "'pay_recorded', 'pay_withdrawn', 'data_deleted'"
    for subject, kind in _rows(session, f"SELECT subject, kind FROM event WHERE kind IN ({kinds}) ORDER BY seq"):  # noqa: S608
        recorded[subject] = recorded.get(subject, 0) + 1 if kind == "pay_recorded" else 0
    paid = {candidate for (candidate,) in _rows(session, "SELECT candidate FROM payroll")}
    assert {candidate for candidate, count in recorded.items() if count} == paid
    assert max(recorded.values(), default=0) <= 1, "somebody was recorded twice"


def nothing_is_left_of_who_was_deleted(session: Session) -> None:
    """Deleted means neither pay nor place."""
    for table in ("payroll", "offer"):
        query = f"SELECT candidate FROM {table} WHERE candidate IN (SELECT candidate FROM deletion)"  # noqa: S608
        assert _rows(session, query) == []
    placed = "SELECT id FROM candidate WHERE placement != 'none' AND id IN (SELECT candidate FROM deletion)"
    assert _rows(session, placed) == []


def amounts_are_those_of_the_moment(session: Session, ledger: dict[int, Agreed]) -> None:
    """Whatever has become of the grade table since, an offer says what it said when the offer was made."""
    for number, *offered in _rows(session, "SELECT id, grade, grade_pay, market_pay, start_pay FROM offer"):
        assert Agreed(*offered) == ledger[number], f"offer {number} is not what the table said"


def what_differs_is_shown(session: Session, shown: dict[str, payroll.PayCase]) -> None:
    """A record pays what was agreed, or the page shows grade and money that are wrong; nothing else is shown."""
    query = """SELECT payroll.candidate, payroll.grade, payroll.start_pay, offer.grade, offer.start_pay
        FROM payroll JOIN offer ON offer.id = payroll.offer"""
    wrong = {}
    for candidate, grade, pay, agreed_grade, agreed in _rows(session, query):
        if (grade, pay) != (agreed_grade, agreed):
            wrong[candidate] = (grade, agreed_grade, agreed - pay)
    found = {
        one.candidate_id: (one.difference.recorded_grade, one.difference.agreed_grade, one.difference.short)
        for one in shown.values()
        if one.difference is not None
    }
    assert found == wrong


def what_was_agreed_has_arrived(session: Session, *, by_itself: bool) -> None:
    """With everything carried, each accepted offer is in payroll where the system carries it."""
    missing = """SELECT candidate FROM offer WHERE status = 'accepted'
        AND candidate NOT IN (SELECT candidate FROM payroll)"""
    assert not by_itself or _rows(session, missing) == []


def _due(session: Session, candidate: str) -> Agreed | None:
    """Work out from the rows what the grade table gives to somebody now; None without a skill match."""
    scores = f"""SELECT score FROM score JOIN interview ON interview.id = score.interview
        WHERE candidate = '{candidate}' ORDER BY round_number"""  # noqa: S608  # our own
    matches = [
        one["score"]
        for (score,) in _rows(session, scores)
        for one in json.loads(score)["competencies"]
        if one["code"] == "skill_match" and one["score"] is not None
    ]
    if not matches:
        return None
    lines = _rows(session, "SELECT floor, title, pay, market_pay FROM grade WHERE family = 'sales' ORDER BY floor")
    title, pay, market = [line[1:] for line in lines if line[0] <= matches[-1]][-1]
    return Agreed(title, pay, market, pay)


CALM = settings(organisation.CALM, max_examples=12, stateful_step_count=20)
SEARCHING = settings(organisation.SEARCHING, max_examples=400)


@pytest.fixture(scope="module", autouse=True)
def hrms() -> Iterator[None]:
    memory = Path("/dev/shm")  # noqa: S108  # where there is one, thousands of commits need not reach a disk
    root = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    PayrollMachine.hrms = build(root, lambda: organisation.START, Settings())
    yield
    PayrollMachine.hrms.close()
    shutil.rmtree(root)


def test_nobody_is_paid_twice_or_without_ground() -> None:
    run_state_machine_as_test(PayrollMachine, settings=CALM)


@pytest.mark.proof
def test_nobody_is_paid_twice_or_without_ground_at_length() -> None:
    run_state_machine_as_test(PayrollMachine, settings=settings(CALM, max_examples=150, stateful_step_count=30))


def _offered_to_anybody(patch: pytest.MonkeyPatch) -> None:
    """The button is there for everybody at any time."""
    right = payroll._case  # noqa: SLF001  # a seeded mistake
    patch.setattr(payroll, "_case", lambda *known: replace(right(*known), can_offer=True))


def _typed_before_the_answer(patch: pytest.MonkeyPatch) -> None:
    """An open offer is enough for a record."""
    right = payroll._case  # noqa: SLF001  # a seeded mistake

    def wrong(*known: Any) -> payroll.PayCase:  # passed on
        case = right(*known)
        return replace(case, can_record=case.can_record or case.status is PayStatus.OFFERED)

    patch.setattr(payroll, "_case", wrong)


def _agreed_pay_follows_the_table(patch: pytest.MonkeyPatch) -> None:
    """A later change of the grade table reaches offers that were made before."""
    right = grade_tables.write_table

    def wrong(session: Session, family: str, grades: Sequence[Grade]) -> None:
        right(session, Family(family), grades)
        for offer in session.exec(select(OfferRow)):
            offer.grade_pay = next((one.pay for one in grades if one.title == offer.grade), offer.grade_pay)
            session.add(offer)

    patch.setattr(grade_tables, "write_table", wrong)


MISTAKES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "a place is given whatever was decided, and again": organisation.MISTAKES[
        "a place is given whatever was decided, and again"
    ],
    "pay outlasts the decision behind it": lambda patch: patch.setattr(decide, "withdraw_pay", lambda *_: False),
    "anybody is offered a pay at any time": _offered_to_anybody,
    "a record needs no answer": _typed_before_the_answer,
    "everybody gets the lowest grade": lambda patch: patch.setattr(
        payroll, "proposed", lambda table, match, wish: replace(propose(table, 0, wish), skill_match=match)
    ),
    "what was agreed follows the grade table": _agreed_pay_follows_the_table,
    "accepted offers do not set out": lambda patch: patch.setattr(payroll, "_write_outbox", lambda *_: None),
}
NAMED = ("pay outlasts the decision behind it", "anybody is offered a pay at any time")
"""Caught in every run of the tests; the others belong to the proof."""


@pytest.mark.parametrize(
    "mistake", [one if one in NAMED else pytest.param(one, marks=pytest.mark.proof) for one in MISTAKES]
)
def test_a_mistake_in_pay_is_caught(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MISTAKES[mistake](monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(PayrollMachine, settings=SEARCHING)
