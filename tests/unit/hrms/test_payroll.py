"""Skill match gives the grade, the grade the pay; the sources' own numbers are the oracle."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from sandbox_hrms.app import audit, decide, grade_tables, pay_charts, payroll, places
from sandbox_hrms.app.first_rows import default_table, shipped
from sandbox_hrms.app.pay_records import apply_pay, mend_pay, withdraw_pay
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.app.snapshot import snapshot
from sandbox_hrms.core.errors import Conflict, Forbidden, Invalid, NotAllowed, NotFound, ReadOnly
from sandbox_hrms.core.payroll import (
    Family,
    Gap,
    Grade,
    PayStatus,
    checked,
    gap_to,
    grade_of,
    propose,
    with_pay,
)
from sandbox_hrms.core.roles import SYSTEM, Actor, Role
from sandbox_hrms.core.states import Interview, Placement
from sandbox_hrms.tables.interviews import InterviewRow
from sandbox_hrms.tables.pay import PayrollRow
from sandbox_hrms.tables.people import CandidateRow
from sandbox_hrms.tables.sync import OutboxRow

ENGINEERS = default_table(Family.ENGINEERING, "zh_CN")


def grade(floor: float, ceiling: float, title: str = "A", pay: int = 5000) -> Grade:
    return Grade(floor, ceiling, title, pay, pay + 500)


def test_the_example_of_the_source() -> None:
    found = propose(ENGINEERS, 85, 9000)
    assert (found.grade.title, found.grade.floor, found.grade.ceiling) == ("中级工程师", 80, 90)
    assert (found.start_pay, found.expected_pay, found.market_pay) == (8000, 9000, 8500)
    assert found.gap == Gap(1000, 12.5)
    assert found.market_gap == Gap(500, 6.3)
    assert found.grade.from_source


def test_one_grade_too_low_is_two_thousand_short() -> None:
    assert grade_of(ENGINEERS, 85).pay - grade_of(ENGINEERS, 75).pay == 2000


@pytest.mark.parametrize(
    ("skill_match", "title"),
    [
        (0, "技术员"),
        (79.999, "初级工程师"),
        (80, "中级工程师"),
        (89.999, "中级工程师"),
        (90, "高级工程师"),
        (100, "高级工程师"),
    ],
)
def test_a_band_holds_its_floor_and_not_its_ceiling(skill_match: float, title: str) -> None:
    assert grade_of(ENGINEERS, skill_match).title == title


@pytest.mark.parametrize("skill_match", [-0.1, 100.1])
def test_there_is_no_grade_outside(skill_match: float) -> None:
    with pytest.raises(Invalid):
        grade_of(ENGINEERS, skill_match)


def test_gaps_go_both_ways() -> None:
    assert gap_to(8000, 7000) == Gap(-1000, -12.5)
    assert gap_to(8000, 8000) == Gap(0, 0.0)
    assert propose(ENGINEERS, 85, None).gap is None
    assert with_pay(ENGINEERS, 85, 9000, 8400).gap == Gap(600, 7.1)


def test_every_family_has_a_whole_table_in_both_languages() -> None:
    for family in Family:
        for lang in ("en", "zh_CN"):
            assert checked(default_table(family, lang)) == default_table(family, lang)
    given = [(family, one.floor) for family in Family for one in shipped()[family] if one.from_source]
    assert given == [(Family.ENGINEERING, 80)]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ((), "1 to 12 lines"),
        (tuple(grade(one, one + 5) for one in range(0, 65, 5)), "1 to 12 lines"),
        ((grade(0, 60), grade(70, 100)), "between 60 and 70"),
        ((grade(0, 70), grade(60, 100)), "hold a skill match of 60"),
        ((grade(10, 100),), "between 0 and 10"),
        ((grade(0, 90),), "between 90 and 100"),
        ((grade(0, 0), grade(0, 100)), "empty"),
        ((grade(0, 60), grade(60, 101)), "outside 0 to 100"),
        ((grade(0, 100, " "),), "title of 1 to 60"),
        ((grade(0, 100, "x" * 61),), "title of 1 to 60"),
        ((grade(0, 100, pay=0),), "pay of 0"),
        ((grade(0, 100, pay=1_000_001),), "pay of 1000001"),
    ],
)
def test_a_table_with_gaps_overlaps_or_odd_values_is_refused(table: tuple[Grade, ...], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        checked(table)


def test_lines_are_put_in_order() -> None:
    assert [one.floor for one in checked((grade(50, 100), grade(0, 50)))] == [0, 50]


def test_a_changed_table_can_be_undone_and_put_back(sandbox: Sandbox, hr: Actor) -> None:
    before = grade_tables.table(sandbox, hr, "engineering")
    assert (before.changed, before.can_undo) == (False, False)
    with pytest.raises(NotAllowed):
        grade_tables.undo(sandbox, hr, "engineering")
    raised = [Grade(g.floor, g.ceiling, g.title, g.pay + 100, g.market_pay) for g in before.grades]
    after = grade_tables.save(sandbox, hr, "engineering", raised, before.grades)
    assert [one.pay for one in after.grades] == [one.pay + 100 for one in before.grades]
    assert not any(one.from_source for one in after.grades)
    assert (after.changed, after.can_undo) == (True, True)
    assert grade_tables.undo(sandbox, hr, "engineering").grades == before.grades
    assert grade_tables.undo(sandbox, hr, "engineering").grades == after.grades
    assert grade_tables.reset(sandbox, hr, "engineering").grades == before.grades
    assert [one.action for one in audit.entries(sandbox, hr).entries] == ["grades_changed"] * 4
    assert grade_tables.table(sandbox, hr, "sales").can_undo is False


def test_saving_the_same_again_is_no_change(sandbox: Sandbox, hr: Actor) -> None:
    before = grade_tables.table(sandbox, hr, "retail")
    revision = sandbox.revision
    assert grade_tables.save(sandbox, hr, "retail", before.grades, before.grades) == before
    assert sandbox.revision == revision


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(sandbox: Sandbox, hr: Actor) -> None:
    seen = grade_tables.table(sandbox, hr, "sales").grades
    grade_tables.save(sandbox, hr, "sales", [grade(0, 100, "All")], seen)
    with pytest.raises(Conflict):
        grade_tables.save(sandbox, hr, "sales", [grade(0, 100, "Mine")], seen)
    assert [one.title for one in grade_tables.table(sandbox, hr, "sales").grades] == ["All"]


def test_who_may_not_see_pay_sees_none(sandbox: Sandbox, head: Actor, candidate: Actor) -> None:
    looking = Actor(Role.HR, "hr", "Pat", read_only=True)
    for actor in (head, candidate, Actor(Role.ADMIN, "admin", "Kim")):
        for call in (payroll.pay_page, grade_tables.tables, pay_charts.charts):
            with pytest.raises(Forbidden):
                call(sandbox, actor)
        with pytest.raises(Forbidden):
            payroll.make_offer(sandbox, actor, "c2")
    for change in (
        lambda: payroll.make_offer(sandbox, looking, "c2"),
        lambda: payroll.answer_offer(sandbox, looking, "c2", accepted=True),
        lambda: payroll.record(sandbox, looking, "c2", "x", 1),
        lambda: payroll.correct(sandbox, looking, "c2"),
        lambda: grade_tables.reset(sandbox, looking, "sales"),
    ):
        with pytest.raises(ReadOnly):
            change()
    assert payroll.pay_page(sandbox, looking).total == 4


def test_an_unknown_family_or_candidate_is_told(sandbox: Sandbox, hr: Actor) -> None:
    with pytest.raises(NotFound):
        grade_tables.table(sandbox, hr, "astronauts")
    with pytest.raises(NotFound):
        payroll.pay_of(sandbox, hr, "c99")


def passed(sandbox: Sandbox, candidate: str) -> None:
    with sandbox.change(SYSTEM) as change:
        row = change.session.exec(select(InterviewRow).where(InterviewRow.candidate == candidate)).one()
        row.status = Interview.PASSED
        change.session.add(row)
        person = change.session.get_one(CandidateRow, candidate)
        person.placement = Placement.TO_ONBOARD
        change.session.add(person)


def test_the_scenarios_candidate_wants_nine_thousand(sandbox: Sandbox, hr: Actor) -> None:
    case = payroll.pay_of(sandbox, hr, sandbox.context.candidate.id)
    assert (case.status, case.proposal, case.can_offer) == (PayStatus.NONE, None, False)
    with pytest.raises(NotAllowed, match="no skill match"):
        payroll.propose(sandbox, hr, sandbox.context.candidate.id)
    assert case.expected_pay == 9000


def test_a_proposal_comes_from_the_skill_match_of_the_score(sandbox: Sandbox, hr: Actor) -> None:
    page = payroll.pay_page(sandbox, hr)
    assert (page.total, page.pages) == (4, 1)
    for one in page.cases:
        assert one.proposal is not None
        assert one.proposal.grade == grade_of(one.grades, one.proposal.skill_match)
        assert (one.status, one.can_offer) == (PayStatus.PROPOSED, False)
    with pytest.raises(NotAllowed, match="cannot be offered"):
        payroll.make_offer(sandbox, hr, "c2")


def test_from_offer_to_a_record_typed_by_hand(sandbox: Sandbox, hr: Actor) -> None:
    passed(sandbox, "c2")
    offered = payroll.make_offer(sandbox, hr, "c2")
    assert (offered.status, offered.can_offer, offered.can_answer) == (PayStatus.OFFERED, False, True)
    with pytest.raises(NotAllowed):
        payroll.make_offer(sandbox, hr, "c2")
    with pytest.raises(NotAllowed):
        payroll.record(sandbox, hr, "c2", offered.grades[0].title, 1000)
    accepted = payroll.answer_offer(sandbox, hr, "c2", accepted=True)
    assert (accepted.status, accepted.can_record) == (PayStatus.ACCEPTED, True)
    with pytest.raises(NotAllowed):
        payroll.answer_offer(sandbox, hr, "c2", accepted=False)
    assert accepted.offer is not None
    with pytest.raises(NotFound):
        payroll.record(sandbox, hr, "c2", "Emperor", 1000)
    with pytest.raises(Invalid):
        payroll.record(sandbox, hr, "c2", accepted.offer.grade, 0)
    done = payroll.record(sandbox, hr, "c2", accepted.offer.grade, accepted.offer.start_pay)
    assert (done.status, done.difference, done.record and done.record.by) == (PayStatus.RECORDED, None, "Pat")
    with pytest.raises(NotAllowed):
        payroll.record(sandbox, hr, "c2", accepted.offer.grade, accepted.offer.start_pay)
    with pytest.raises(NotAllowed):
        payroll.correct(sandbox, hr, "c2")
    assert [one.action for one in audit.entries(sandbox, hr).entries][:3] == [
        "pay_recorded",
        "offer_accepted",
        "offer_made",
    ]


def test_a_grade_too_low_is_shown_and_corrected(sandbox: Sandbox, hr: Actor) -> None:
    passed(sandbox, "c14")
    payroll.make_offer(sandbox, hr, "c14", 8000)
    accepted = payroll.answer_offer(sandbox, hr, "c14", accepted=True)
    assert accepted.offer is not None
    wrong = payroll.record(sandbox, hr, "c14", accepted.grades[0].title, 6000)
    assert wrong.difference is not None
    assert wrong.difference.short == 2000
    mended = payroll.correct(sandbox, hr, "c14")
    assert (mended.difference, mended.start_pay, mended.grade) == (None, 8000, accepted.offer.grade)


def test_who_declines_can_be_offered_something_else(sandbox: Sandbox, hr: Actor) -> None:
    passed(sandbox, "c2")
    payroll.make_offer(sandbox, hr, "c2")
    declined = payroll.answer_offer(sandbox, hr, "c2", accepted=False)
    assert (declined.status, declined.can_offer) == (PayStatus.DECLINED, True)
    again = payroll.make_offer(sandbox, hr, "c2", 9999)
    assert (again.status, again.start_pay) == (PayStatus.OFFERED, 9999)
    assert again.offer is not None
    assert again.offer.grade_pay != 9999
    payroll.answer_offer(sandbox, hr, "c2", accepted=False)
    with pytest.raises(Invalid):
        payroll.make_offer(sandbox, hr, "c2", -5)


def test_a_record_needs_a_place(sandbox: Sandbox, hr: Actor) -> None:
    decide.decide(sandbox, hr, "i2", Interview.PASSED, "good")
    payroll.make_offer(sandbox, hr, "c2")
    accepted = payroll.answer_offer(sandbox, hr, "c2", accepted=True)
    assert not accepted.can_record
    assert accepted.offer is not None
    with pytest.raises(NotAllowed, match="cannot be typed"):
        payroll.record(sandbox, hr, "c2", accepted.offer.grade, accepted.offer.start_pay)
    places.place_by_hand(sandbox, hr, "i2")
    assert payroll.record(sandbox, hr, "c2", accepted.offer.grade, accepted.offer.start_pay).difference is None


def test_a_later_change_of_the_table_leaves_an_offer_alone(sandbox: Sandbox, hr: Actor) -> None:
    passed(sandbox, "c2")
    before = payroll.make_offer(sandbox, hr, "c2")
    table = grade_tables.table(sandbox, hr, before.family).grades
    grade_tables.save(sandbox, hr, before.family, [grade(0, 100, "All", 1234)], table)
    after = payroll.pay_of(sandbox, hr, "c2")
    assert (after.start_pay, after.grade) == (before.start_pay, before.grade)
    assert after.proposal is not None
    assert after.proposal.start_pay == 1234


def test_where_pay_is_carried_it_is_written_exactly_once(hrms: Hrms, hr: Actor) -> None:
    sandbox = hrms.sandboxes.create("suite", "zh_CN", "sales_two_openings", 7)
    passed(sandbox, "c2")
    payroll.make_offer(sandbox, hr, "c2")
    accepted = payroll.answer_offer(sandbox, hr, "c2", accepted=True)
    assert accepted.offer is not None
    assert not accepted.can_record
    with pytest.raises(NotAllowed):
        payroll.record(sandbox, hr, "c2", accepted.offer.grade, 5)
    with sandbox.change(SYSTEM) as change:
        row = change.session.exec(select(OutboxRow).where(OutboxRow.kind == "pay")).one()
        apply_pay(change, row)
        change.session.flush()
        assert not apply_pay(change, row)
    done = payroll.pay_of(sandbox, hr, "c2")
    assert (done.status, done.start_pay, done.grade) == (
        PayStatus.RECORDED,
        accepted.offer.start_pay,
        accepted.offer.grade,
    )


def test_a_missing_record_is_written_and_a_withdrawn_one_goes(sandbox: Sandbox, hr: Actor) -> None:
    passed(sandbox, "c2")
    payroll.make_offer(sandbox, hr, "c2")
    payroll.answer_offer(sandbox, hr, "c2", accepted=True)
    with sandbox.change(hr) as change:
        assert mend_pay(change, "c2")
        change.session.flush()
        assert not mend_pay(change, "c2")
    assert payroll.pay_of(sandbox, hr, "c2").difference is None
    with sandbox.change(hr) as change:
        assert withdraw_pay(change, "c2")
    with sandbox.change(hr) as change:
        assert not withdraw_pay(change, "c2")
        assert change.session.get(PayrollRow, "c2") is None
    assert payroll.pay_of(sandbox, hr, "c2").status is PayStatus.WITHDRAWN
    assert payroll.make_offer(sandbox, hr, "c2").status is PayStatus.OFFERED


def test_charts_tell_numbers_and_how_many_people_stand_behind_them(sandbox: Sandbox, hr: Actor) -> None:
    found = pay_charts.charts(sandbox, hr)
    assert sum(one.people for one in found.sources) == 4
    assert all(one.start_pay > 0 for one in found.sources)
    assert found.family == "sales"
    assert [one.skill_match for one in found.points] == sorted(one.skill_match for one in found.points)
    assert all(one.market_pay == grade_of(found.steps, one.skill_match).market_pay for one in found.points)


def test_a_snapshot_tells_the_pay_of_the_scenarios_candidate(sandbox: Sandbox) -> None:
    _, data = snapshot(sandbox, ["payroll", "messages.unread"])
    assert data["payroll"]["status"] == "none"
    assert (data["payroll"]["expected_pay"], data["payroll"]["gap"]) == (9000, None)
    assert data["messages"] == {"unread": 2}


def test_a_decision_taken_back_takes_the_pay_with_it(hrms: Hrms, hr: Actor) -> None:
    sandbox = hrms.sandboxes.create("web", "en", "sales_two_openings", 7)
    decide.decide(sandbox, hr, "i2", Interview.PASSED, "good")
    payroll.make_offer(sandbox, hr, "c2")
    decide.correct(sandbox, hr, "i2", Interview.REJECTED, "appeal")
    assert payroll.pay_of(sandbox, hr, "c2").status is PayStatus.WITHDRAWN


def test_who_passes_again_after_a_correction_gets_a_second_offer_carried(hrms: Hrms, hr: Actor) -> None:
    sandbox = hrms.sandboxes.create("suite", "en", "sales_two_openings", 7)
    decide.decide(sandbox, hr, "i2", Interview.PASSED, "good")
    payroll.make_offer(sandbox, hr, "c2", 7000)
    assert payroll.answer_offer(sandbox, hr, "c2", accepted=True).status is PayStatus.RECORDED
    decide.correct(sandbox, hr, "i2", Interview.REJECTED, "mistake")
    decide.correct(sandbox, hr, "i2", Interview.PASSED, "appeal")
    payroll.make_offer(sandbox, hr, "c2", 7500)
    again = payroll.answer_offer(sandbox, hr, "c2", accepted=True)
    assert (again.status, again.record and again.record.start_pay) == (PayStatus.RECORDED, 7500)


def test_the_sample_engineer_is_the_example_of_the_source(hrms: Hrms, hr: Actor) -> None:
    sandbox = hrms.sandboxes.create("suite", "zh_CN", "engineers_and_office", 7)
    found = payroll.propose(sandbox, hr, "c2")
    assert 80 <= found.skill_match < 90
    assert (found.grade.title, found.start_pay, found.market_pay) == ("中级工程师", 8000, 8500)
    assert (found.expected_pay, found.gap) == (9000, Gap(1000, 12.5))


@given(st.lists(st.integers(1, 99), unique=True, max_size=11), st.floats(0, 100))
def test_in_a_whole_table_everybody_has_exactly_one_grade(edges: list[int], skill_match: float) -> None:
    ends = [0, *sorted(edges), 100]
    table = checked([grade(low, high, f"from {low}") for low, high in pairwise(ends)])
    found = grade_of(table, skill_match)
    assert found.floor <= skill_match <= found.ceiling
    holding = [one for one in table if one.floor <= skill_match < one.ceiling]
    assert holding == [found] or skill_match == 100
