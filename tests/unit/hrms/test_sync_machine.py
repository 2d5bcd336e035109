"""Interview, org chart and payroll under faults, crashes and restores at random: each side ends up with the truth.

What must hold is counted from the rows, not by the code under test; seeded mistakes must each be caught.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlmodel import Session, select

from sandbox_hrms.app import backup, conduct, decide, payroll, recruit, self_check, sync
from sandbox_hrms.app.case import interview_of
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.service import Hrms, Settings, build
from sandbox_hrms.core.errors import HrmsError
from sandbox_hrms.core.faults import Fault
from sandbox_hrms.core.roles import SYSTEM, Actor, Role
from sandbox_hrms.core.states import Interview
from sandbox_hrms.tables.sync import OutboxRow

HR = Actor(Role.HR, "hr", "Pat")
PEOPLE = ("c1", "c16", "c2", "c14")
"""Two are invited, two wait for a decision; for two posts."""
OUTCOMES = (Interview.PASSED, Interview.PASSED, Interview.REJECTED, Interview.TO_REVIEW)
FINISHED = "('to_review', 'passed', 'rejected', 'on_hold')"
ANSWER = "I kept a list of my customers, called each of them every month and sold more than planned."
people = st.sampled_from(PEOPLE)


class SidesMachine(RuleBasedStateMachine):
    """Anybody may try anything at any time, whatever is broken; a refusal changes nothing that counts."""

    hrms: ClassVar[Hrms]
    now: ClassVar[datetime] = datetime(2026, 3, 2, 9, tzinfo=UTC)

    @initialize(profile=st.sampled_from(["integrated", "suite"]))
    def start(self, profile: str) -> None:
        self.id = self.hrms.sandboxes.create(profile, "en", "sales_two_openings", 7).id

    @property
    def sandbox(self) -> Sandbox:
        return self.hrms.sandboxes.open(self.id)

    def teardown(self) -> None:
        if not hasattr(self, "id"):
            return
        for fault in (Fault.OFFLINE, Fault.STUCK_SYNC):
            self.sandbox.faults.clear(fault)
        sync.resync_all(self.sandbox, HR)
        self_check.mend_all(self.sandbox, HR)
        self_check.mend_all(self.sandbox, HR)
        assert self_check.check(self.sandbox, HR) == ()
        with self.sandbox.store.read() as session:
            the_sides_agree(session)
        self.hrms.sandboxes.delete(self.id)

    def attempt(self, use_case: Callable[..., object], actor: Actor, *args: object) -> None:
        try:
            use_case(self.sandbox, actor, *args)
        except HrmsError:
            return

    def latest(self, candidate: str) -> str | None:
        with self.sandbox.store.read() as session:
            row = interview_of(session, candidate)
            return row.id if row else None

    @rule(candidate=people, answers=st.sampled_from([1, 4, 4]), end=st.sampled_from([True, True, False]))
    def answers(self, candidate: str, answers: int, end: bool) -> None:
        actor = Actor(Role.CANDIDATE, candidate, candidate)
        self.attempt(recruit.invite, HR, candidate)
        for step, args in (
            (conduct.give_consent, ()),
            (conduct.resume, ()),
            (conduct.check_devices, ("skipped",)),
        ):
            self.attempt(step, actor, *args)
        for _ in range(answers):
            try:
                question = conduct.room(self.sandbox, actor, entering=False).current
            except HrmsError:
                return
            if question is not None:
                self.attempt(conduct.submit_answer, actor, question.id, ANSWER, 1)
        if end:
            self.attempt(conduct.end, actor)

    @rule(candidate=people, outcome=st.sampled_from(OUTCOMES), correct=st.booleans())
    def decides(self, candidate: str, outcome: Interview, *, correct: bool) -> None:
        interview = self.latest(candidate)
        use_case = decide.correct if correct else decide.decide
        self.attempt(use_case, HR, interview, outcome, "Because.")

    @rule(candidate=people, accepted=st.booleans())
    def offers(self, candidate: str, *, accepted: bool) -> None:
        self.attempt(payroll.make_offer, HR, candidate)
        self.attempt(payroll.answer_offer, HR, candidate, accepted)

    @rule(candidate=people, regret=st.booleans())
    def hires(self, candidate: str, *, regret: bool) -> None:
        self.decides(candidate, Interview.PASSED, correct=False)
        self.offers(candidate, accepted=True)
        if regret:
            self.decides(candidate, Interview.REJECTED, correct=True)

    @rule(fault=st.sampled_from([Fault.OFFLINE, Fault.STUCK_SYNC]), on=st.booleans())
    def breaks(self, fault: Fault, on: bool) -> None:
        if on:
            self.sandbox.faults.switch_on(fault, None)
        else:
            self.sandbox.faults.clear(fault)

    @rule(minutes=st.integers(1, 30))
    def time_passes(self, minutes: int) -> None:
        type(self).now += timedelta(minutes=minutes)
        self.hrms.jobs.carry()

    @rule(receipts=st.booleans())
    def everything_is_sent_again(self, receipts: bool) -> None:
        """Receipts are lost, or nobody ever knew; HR starts every sync again."""
        if receipts:
            with self.sandbox.change(SYSTEM) as change:
                for row in change.session.exec(select(OutboxRow)):
                    row.delivered_at = None
                    change.session.add(row)
        self.attempt(sync.resync_all, HR)

    @rule()
    def compares_and_mends(self) -> None:
        self.attempt(self_check.mend_all, HR)

    @rule()
    def crashes(self) -> None:
        self.hrms.sandboxes._forget(self.id)  # noqa: SLF001  # what is in memory is gone

    @rule(back=st.integers(0, 2))
    def backs_up_or_restores(self, back: int) -> None:
        copies = backup.backups(self.sandbox)
        if back and len(copies) >= back:
            backup.restore(self.sandbox, HR, copies[back - 1].name)
        else:
            backup.back_up(self.sandbox, HR)

    @invariant()
    def holds(self) -> None:
        if hasattr(self, "id"):
            with self.sandbox.store.read() as session:
                nothing_counts_without_ground(session)


def nothing_counts_without_ground(session: Session) -> None:
    """The org chart may be behind, and never ahead; a record in payroll rests on an accepted offer."""
    ahead = f"""SELECT org_case.interview FROM org_case JOIN interview ON interview.id = org_case.interview
        WHERE org_case.status IN {FINISHED} AND interview.status NOT IN {FINISHED}"""  # noqa: S608  # our own
    assert _rows(session, ahead) == []
    placed = """SELECT candidate.id FROM candidate WHERE placement != 'none' AND NOT EXISTS
        (SELECT 1 FROM interview WHERE candidate = candidate.id AND status = 'passed')"""
    assert _rows(session, placed) == []
    paid = """SELECT candidate FROM payroll WHERE NOT EXISTS
        (SELECT 1 FROM offer WHERE offer.id = payroll.offer AND offer.status = 'accepted')"""
    assert _rows(session, paid) == []
    paid = """SELECT candidate FROM payroll WHERE NOT EXISTS
        (SELECT 1 FROM interview WHERE candidate = payroll.candidate AND status = 'passed')"""
    assert _rows(session, paid) == []
    done = """SELECT id FROM interview WHERE synced = 'done'
        AND NOT EXISTS (SELECT 1 FROM inbox WHERE interview = interview.id AND kind = 'result')"""
    assert _rows(session, done) == []


def the_sides_agree(session: Session) -> None:
    """With everything mended and carried, each side says the same."""
    states = "SELECT status, synced FROM interview WHERE status IN ('to_review', 'passed') AND synced != 'done'"
    assert _rows(session, states) == []
    behind = """SELECT org_case.interview FROM org_case JOIN interview ON interview.id = org_case.interview
        WHERE org_case.status = 'in_progress' AND interview.status != 'in_progress'"""
    assert _rows(session, behind) == []


def _rows(session: Session, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in session.connection().exec_driver_sql(query)]


CALM = settings(
    max_examples=10,
    stateful_step_count=25,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
SEARCHING = settings(CALM, max_examples=400, phases=(Phase.generate,), print_blob=False)


@pytest.fixture(scope="module", autouse=True)
def hrms() -> Iterator[Hrms]:
    memory = Path("/dev/shm")  # noqa: S108  # where there is one, thousands of commits need not reach a disk
    root = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    SidesMachine.hrms = build(root, lambda: SidesMachine.now, Settings())
    yield SidesMachine.hrms
    SidesMachine.hrms.close()
    shutil.rmtree(root)


def test_each_side_ends_up_with_the_truth() -> None:
    run_state_machine_as_test(SidesMachine, settings=CALM)


def _believe_an_end(patch: pytest.MonkeyPatch) -> None:
    """What has begun is told as finished."""
    patch.setitem(sync.RECEIVERS, sync.Parcel.BEGUN, lambda one: sync._learn(one, Interview.TO_REVIEW))  # noqa: SLF001


MISTAKES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "what has begun counts as finished": _believe_an_end,
    "the check is blind": lambda patch: patch.setattr(self_check, "differences", lambda *_: ()),
    "pay outlasts the offer taken back": lambda patch: patch.setattr(decide, "withdraw_pay", lambda *_: False),
}


@pytest.mark.proof
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_caught(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MISTAKES[mistake](monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(SidesMachine, settings=SEARCHING)
