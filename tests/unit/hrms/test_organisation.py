"""Org chart, requisitions, decisions, rounds and places: what is counted, refused, and taken back."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from sandbox_hrms.app import (
    audit,
    conduct,
    decide,
    org,
    payroll,
    places,
    recruit,
    requisitions,
    rounds,
    score,
    self_check,
    settle,
)
from sandbox_hrms.app.requisitions import Requisition
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.app.snapshot import SHAPE, snapshot
from sandbox_hrms.core.errors import Conflict, Forbidden, HrmsError, Invalid, NotAllowed, NotFound, ReadOnly
from sandbox_hrms.core.profiles import DecisionPolicy
from sandbox_hrms.core.roles import SYSTEM, Actor, Role
from sandbox_hrms.core.states import Interview, Placement
from sandbox_hrms.tables.people import CandidateRow

WHY = "Clear answers with figures."


@pytest.fixture
def integrated(hrms: Hrms) -> Sandbox:
    return hrms.sandboxes.create("integrated", "en", "sales_two_openings", 7)


def numbers(sandbox: Sandbox, post: str) -> Requisition:
    with sandbox.store.read() as session:
        return requisitions.requisition_of(session, post)


def placement(sandbox: Sandbox, candidate: str) -> str:
    return next(str(one["placement"]) for one in snapshot(sandbox)[1]["candidates"] if one["id"] == candidate)


def finish(sandbox: Sandbox, candidate: str, answer: str = "", short: Mapping[str, str] | None = None) -> None:
    """Let a candidate answer everything, well without ``answer`` or, for some questions, ``short``; and end."""
    actor = Actor(Role.CANDIDATE, candidate, candidate)
    conduct.give_consent(sandbox, actor)
    room = conduct.check_devices(sandbox, actor, "skipped")
    texts = {one.id: one.sample for one in sandbox.context.questions} | dict(short or {})
    for number, question in enumerate(room.questions, start=1):
        conduct.submit_answer(sandbox, actor, question.id, answer or texts[question.id], number)
    conduct.end(sandbox, actor)


# ---- what is counted ----


def test_a_new_sandbox_seeks_people_for_each_post_with_openings(sandbox: Sandbox) -> None:
    data = snapshot(sandbox)[1]
    first = data["requisitions"][0]
    assert first == data["requisition"] | {"id": "p1"}
    assert first == {
        "id": "p1",
        "post": "Sales representative",
        "headcount": 10,
        "in_post": 8,
        "to_onboard": 0,
        "openings": 2,
        "invited": 8,
        "interviewed": 3,
        "passed": 0,
        "offered": 0,
        "placed": 0,
        "open": 2,
        "status": "open",
    }
    assert set(SHAPE["requisition"]) == set(data["requisition"])
    assert [one["status"] for one in data["requisitions"]] == ["open"] * 3
    assert data["decision"] == {"outcome": None, "reason": None, "by": None, "automatic": None, "count": 0}
    assert data["org"]["posts"][0]["headcount"] == 10


def test_each_number_moves_by_itself(integrated: Sandbox, hr: Actor) -> None:
    """In the system with an org chart a pass travels there, and the first day at work is a step of its own."""
    decide.decide(integrated, hr, "i2", Interview.PASSED, WHY)
    one = numbers(integrated, "p1")
    assert (one.passed, one.placed, one.to_onboard, one.in_post, one.open) == (1, 1, 1, 8, 1)
    assert placement(integrated, "c2") == Placement.TO_ONBOARD
    case = next(one for one in snapshot(integrated)[1]["org"]["cases"] if one["interview"] == "i2")
    assert (case["status"], case["placement"]) == ("passed", "to_onboard")
    places.onboard(integrated, hr, "c2")
    one = numbers(integrated, "p1")
    assert (one.passed, one.placed, one.to_onboard, one.in_post, one.open) == (1, 1, 0, 9, 1)
    assert one.status == "open"
    with pytest.raises(NotAllowed, match="can start work"):
        places.onboard(integrated, hr, "c2")


def test_the_last_place_closes_the_requisition(integrated: Sandbox, hr: Actor) -> None:
    decide.decide(integrated, hr, "i2", Interview.PASSED, WHY)
    decide.decide(integrated, hr, "i3", Interview.PASSED, WHY)
    one = numbers(integrated, "p1")
    assert (one.placed, one.openings, one.open, one.status) == (2, 2, 0, "closed")
    with pytest.raises(NotAllowed, match="takes no more candidates"):
        recruit.invite(integrated, hr, "c9")
    with pytest.raises(NotAllowed, match="takes no more candidates"):
        decide.decide(integrated, hr, "i4", Interview.PASSED, WHY)
    assert not recruit.candidate_file(integrated, hr, "c9").can_invite
    actions = [entry.action for entry in audit.entries(integrated, hr).entries]
    assert actions[:2] == ["synced", "requisition_closed"]
    decide.decide(integrated, hr, "i4", Interview.REJECTED, WHY)


def test_by_hand_a_place_is_promised_by_the_pass_and_given_by_a_button(sandbox: Sandbox, hr: Actor) -> None:
    decide.decide(sandbox, hr, "i14", Interview.PASSED, WHY)
    one = numbers(sandbox, "p2")
    assert (one.passed, one.placed, one.open, one.seats.promised) == (1, 0, 1, 1)
    view = decide.decision_view(sandbox, hr, "i14")
    assert (view.can_place, view.can_onboard, view.can_correct) == (True, False, True)
    places.place_by_hand(sandbox, hr, "i14")
    assert (numbers(sandbox, "p2").placed, numbers(sandbox, "p2").status) == (1, "closed")
    with pytest.raises(NotAllowed, match="no place yet"):
        places.place_by_hand(sandbox, hr, "i14")
    with pytest.raises(NotAllowed, match="no place yet"):
        places.place_by_hand(sandbox, hr, "i2")


def test_the_news_of_a_place_counts_once(integrated: Sandbox, hr: Actor) -> None:
    decide.decide(integrated, hr, "i2", Interview.PASSED, WHY)
    with integrated.change(SYSTEM) as change:
        assert not places.place(change, "i2")
    assert numbers(integrated, "p1").placed == 1


# ---- the decision ----


@pytest.mark.parametrize("outcome", [Interview.PASSED, Interview.REJECTED, Interview.ON_HOLD])
def test_a_decision_has_a_reason_and_stays_in_the_history(sandbox: Sandbox, hr: Actor, outcome: Interview) -> None:
    with pytest.raises(Invalid, match="needs a reason"):
        decide.decide(sandbox, hr, "i2", outcome, "  \n")
    with pytest.raises(Invalid, match="needs a reason"):
        decide.decide(sandbox, hr, "i2", outcome, "x" * 501)
    decide.decide(sandbox, hr, "i2", outcome, f" {WHY} ")
    (one,) = decide.decision_view(sandbox, hr, "i2").history
    assert (one.outcome, one.reason, one.by, one.automatic) == (outcome, WHY, "Pat", False)
    entry = next(one for one in audit.entries(sandbox, hr).entries if one.action == "decided")
    assert (entry.subject, entry.before, entry.after) == (
        "i2",
        "to_review/saved/done",
        f"{outcome}/saved/done",
    )


def test_only_a_finished_interview_is_decided(sandbox: Sandbox, hr: Actor) -> None:
    for interview in ("i1", "i5", "i6"):
        with pytest.raises(NotAllowed, match="cannot be decided"):
            decide.decide(sandbox, hr, interview, Interview.PASSED, WHY)
    with pytest.raises(NotFound):
        decide.decide(sandbox, hr, "i99", Interview.PASSED, WHY)
    with pytest.raises(Invalid, match="no decision"):
        decide.decide(sandbox, hr, "i2", Interview.INVITED, WHY)


def test_who_is_on_hold_can_be_decided_later(sandbox: Sandbox, hr: Actor) -> None:
    decide.decide(sandbox, hr, "i2", Interview.ON_HOLD, WHY)
    decide.decide(sandbox, hr, "i2", Interview.PASSED, WHY)
    assert [one.outcome for one in decide.decision_view(sandbox, hr, "i2").history] == ["passed", "on_hold"]
    with pytest.raises(NotAllowed, match="cannot be decided"):
        decide.decide(sandbox, hr, "i2", Interview.REJECTED, WHY)


def test_a_correction_takes_the_place_back_and_opens_the_requisition(integrated: Sandbox, hr: Actor) -> None:
    decide.decide(integrated, hr, "i14", Interview.PASSED, WHY)
    assert numbers(integrated, "p2").status == "closed"
    decide.correct(integrated, hr, "i14", Interview.REJECTED, "Mixed up with another candidate.")
    one = numbers(integrated, "p2")
    assert (one.passed, one.placed, one.open, one.status) == (0, 0, 1, "open")
    assert placement(integrated, "c14") == Placement.NONE
    assert [(one.outcome, one.reason) for one in decide.decision_view(integrated, hr, "i14").history] == [
        ("rejected", "Mixed up with another candidate."),
        ("passed", WHY),
    ]
    decide.correct(integrated, hr, "i14", Interview.PASSED, "The appeal was right.")
    assert placement(integrated, "c14") == Placement.TO_ONBOARD
    assert numbers(integrated, "p2").placed == 1


def test_an_appeal_can_put_an_interview_back_to_review(sandbox: Sandbox, hr: Actor) -> None:
    decide.decide(sandbox, hr, "i2", Interview.REJECTED, WHY)
    decide.correct(sandbox, hr, "i2", Interview.TO_REVIEW, "The candidate appealed.")
    assert score.report(sandbox, hr, "i2").status is Interview.TO_REVIEW
    with pytest.raises(NotAllowed, match="already"):
        decide.correct(sandbox, hr, "i2", Interview.TO_REVIEW, WHY)
    with pytest.raises(NotAllowed, match="no decision to correct"):
        decide.correct(sandbox, hr, "i3", Interview.PASSED, WHY)


def test_who_has_started_work_is_not_sent_away_by_a_correction(integrated: Sandbox, hr: Actor) -> None:
    decide.decide(integrated, hr, "i14", Interview.PASSED, WHY)
    places.onboard(integrated, hr, "c14")
    before = snapshot(integrated)
    with pytest.raises(NotAllowed, match="has started work"):
        decide.correct(integrated, hr, "i14", Interview.REJECTED, WHY)
    assert snapshot(integrated) == before
    assert not decide.decision_view(integrated, hr, "i14").can_correct


def test_a_requisition_closed_by_hand_stays_closed_after_a_correction(sandbox: Sandbox, hr: Actor) -> None:
    decide.decide(sandbox, hr, "i2", Interview.PASSED, WHY)
    places.place_by_hand(sandbox, hr, "i2")
    requisitions.close(sandbox, hr, "p1")
    decide.correct(sandbox, hr, "i2", Interview.ON_HOLD, WHY)
    assert (numbers(sandbox, "p1").status, numbers(sandbox, "p1").open) == ("closed", 2)


# ---- the automatic path ----


def automatic(sandbox: Sandbox, mark: float) -> None:
    policy = sandbox.profile.policy.model_copy(update={"decision": DecisionPolicy(by="automatic", pass_mark=mark)})
    sandbox.profile = sandbox.profile.model_copy(update={"policy": policy})


def test_from_the_pass_mark_on_a_candidate_passes_without_a_person_and_it_says_so(
    integrated: Sandbox, hr: Actor
) -> None:
    automatic(integrated, 60)
    finish(integrated, "c1")
    (one,) = decide.decision_view(integrated, hr, "i1").history
    assert (one.outcome, one.automatic, one.by) == (Interview.PASSED, True, "system")
    assert "60" in one.reason
    assert snapshot(integrated)[1]["decision"]["automatic"] is True
    assert placement(integrated, "c1") == Placement.TO_ONBOARD
    assert score.report(integrated, hr, "i2").status is Interview.TO_REVIEW, "sample data is left alone"


def test_below_the_mark_a_person_decides(integrated: Sandbox, hr: Actor) -> None:
    automatic(integrated, 80)
    finish(integrated, "c1", "I worked in a shop for a year and liked to talk with the customers there.")
    assert score.report(integrated, hr, "i1").status is Interview.TO_REVIEW
    assert decide.decision_view(integrated, hr, "i1").by_score


def test_two_good_answers_and_two_words_pass_nobody(integrated: Sandbox, hr: Actor) -> None:
    automatic(integrated, 80)
    finish(integrated, "c1", short={"q3": "No.", "q4": "No."})
    assert score.report(integrated, hr, "i1").status is Interview.TO_REVIEW


def test_what_a_person_has_taken_back_is_not_passed_by_the_program_again(integrated: Sandbox, hr: Actor) -> None:
    automatic(integrated, 60)
    finish(integrated, "c1")
    decide.correct(integrated, hr, "i1", Interview.TO_REVIEW, "Let me read it.")
    settle.settle(integrated)
    assert score.report(integrated, hr, "i1").status is Interview.TO_REVIEW


def test_the_program_passes_nobody_beyond_the_openings(integrated: Sandbox, hr: Actor) -> None:
    automatic(integrated, 60)
    requisitions.set_openings(integrated, hr, "p1", 1)
    decide.decide(integrated, hr, "i2", Interview.PASSED, WHY)
    finish(integrated, "c1")
    assert score.report(integrated, hr, "i1").status is Interview.TO_REVIEW


# ---- rounds ----


def test_one_round_leads_to_a_place_and_three_to_three_interviews(integrated: Sandbox, hr: Actor) -> None:
    org.edit_post(integrated, hr, "p1", "rounds", 3)
    for number in (1, 2, 3):
        interview = "i1" if number == 1 else f"i1r{number}"
        finish(integrated, "c1")
        decide.decide(integrated, hr, interview, Interview.PASSED, WHY)
        file = recruit.candidate_file(integrated, hr, "c1")
        assert [one.number for one in file.rounds] == list(range(1, number + 1))
        if number < 3:
            assert file.placement is Placement.NONE
            assert numbers(integrated, "p1").passed == 0
            with pytest.raises(NotAllowed, match="no place yet"):
                places.place_by_hand(integrated, hr, interview)
            assert rounds.invite_to_next(integrated, hr, "c1") == f"i1r{number + 1}"
            with pytest.raises(NotAllowed, match="next round has been invited"):
                decide.correct(integrated, hr, interview, Interview.REJECTED, WHY)
    assert placement(integrated, "c1") == Placement.TO_ONBOARD
    assert len([one for one in snapshot(integrated)[1]["candidates"] if one["id"] == "c1"]) == 1
    assert numbers(integrated, "p1").invited == 8
    with pytest.raises(NotAllowed, match="no next round"):
        rounds.invite_to_next(integrated, hr, "c1")


def test_whoever_has_a_place_is_invited_to_no_further_round(integrated: Sandbox, hr: Actor) -> None:
    decide.decide(integrated, hr, "i2", Interview.PASSED, WHY)
    assert placement(integrated, "c2") == Placement.TO_ONBOARD
    org.edit_post(integrated, hr, "p1", "rounds", 2)
    assert not decide.decision_view(integrated, hr, "i2").can_go_on
    with pytest.raises(NotAllowed, match="no next round"):
        rounds.invite_to_next(integrated, hr, "c2")
    assert payroll.make_offer(integrated, hr, "c2").offer is not None


def test_a_round_that_was_not_passed_has_no_next(sandbox: Sandbox, hr: Actor) -> None:
    org.edit_post(sandbox, hr, "p1", "rounds", 2)
    for candidate in ("c1", "c2", "c9"):
        with pytest.raises(NotAllowed, match="no next round"):
            rounds.invite_to_next(sandbox, hr, candidate)
    with pytest.raises(NotFound):
        rounds.invite_to_next(sandbox, hr, "c99")


def test_the_head_is_told_of_each_pass_in_the_own_department(sandbox: Sandbox, hr: Actor, head: Actor) -> None:
    with pytest.raises(Forbidden):
        score.report_to_head(sandbox, head, "i2")
    decide.decide(sandbox, hr, "i2", Interview.PASSED, WHY)
    (told,) = [one for one in snapshot_messages(sandbox) if one["role"] == "head"]
    assert told["data"]["interview"] == "i2"
    row = next(one for one in recruit.department(sandbox, head) if one.candidate_id == "c2")
    assert row.has_report
    assert score.report_to_head(sandbox, head, row.interview_id).score is not None
    with pytest.raises(Forbidden):
        score.report_to_head(sandbox, hr, "i2")


def snapshot_messages(sandbox: Sandbox) -> list[dict[str, Any]]:
    from sqlmodel import select

    from sandbox_hrms.tables.messages import MessageRow

    with sandbox.store.read() as session:
        rows = session.exec(select(MessageRow).where(MessageRow.kind == "hiring"))
        return [{"role": one.role, "data": one.data} for one in rows]


# ---- requisitions ----


def test_openings_stay_between_who_has_passed_and_the_plan(sandbox: Sandbox, hr: Actor) -> None:
    for wrong in (0, 3, -1):
        with pytest.raises(Invalid, match="from 1 to 2"):
            requisitions.set_openings(sandbox, hr, "p1", wrong)
    decide.decide(sandbox, hr, "i2", Interview.PASSED, WHY)
    decide.decide(sandbox, hr, "i3", Interview.PASSED, WHY)
    with pytest.raises(Invalid, match="from 2 to 2"):
        requisitions.set_openings(sandbox, hr, "p1", 1)
    with pytest.raises(NotAllowed, match="filled or promised"):
        decide.decide(sandbox, hr, "i4", Interview.PASSED, WHY)
    with pytest.raises(NotAllowed, match="stays open"):
        requisitions.close(sandbox, hr, "p1")
    org.edit_post(sandbox, hr, "p1", "headcount", 12)
    requisitions.set_openings(sandbox, hr, "p1", 4)
    decide.decide(sandbox, hr, "i4", Interview.PASSED, WHY)


def test_a_closed_requisition_is_opened_again_with_more_openings(integrated: Sandbox, hr: Actor) -> None:
    decide.decide(integrated, hr, "i14", Interview.PASSED, WHY)
    with pytest.raises(NotAllowed, match="are filled"):
        requisitions.open_again(integrated, hr, "p2", 1)
    org.edit_post(integrated, hr, "p2", "headcount", 5)
    requisitions.open_again(integrated, hr, "p2", 2)
    assert (numbers(integrated, "p2").open, numbers(integrated, "p2").status) == (1, "open")
    with pytest.raises(NotAllowed, match="open already"):
        requisitions.open_again(integrated, hr, "p2", 2)


def test_requisitions_are_found_and_paged(sandbox: Sandbox, hr: Actor) -> None:
    assert [one.post_id for one in requisitions.requisition_page(sandbox, hr, "ACCOUNT").rows] == ["p2"]
    assert requisitions.requisition_page(sandbox, hr, status="closed").total == 0
    page = requisitions.requisition_page(sandbox, hr, page=9, page_size=2)
    assert (page.page, page.pages, len(page.rows)) == (2, 2, 1)


# ---- the org chart ----


def test_the_chart_adds_up(sandbox: Sandbox, hr: Actor, head: Actor) -> None:
    for actor in (hr, head):
        found = org.chart(sandbox, actor)
        assert [(one.name, one.posts, one.headcount, one.in_post, one.open) for one in found.branches] == [
            ("Sales", 2, 14, 11, 3),
            ("Customer service", 1, 6, 5, 1),
        ]
    assert [one.post_id for one in org.posts_of(sandbox, head, "d1")] == ["p1", "p2"]
    detail = org.post_detail(sandbox, head, "p1")
    assert (len(detail.people), detail.more, detail.rounds) == (8, 0, 1)


def test_a_search_opens_what_it_finds(sandbox: Sandbox, hr: Actor) -> None:
    found = org.chart(sandbox, hr, " account ")
    assert {department: [one.post_id for one in posts] for department, posts in found.found.items()} == {
        "d1": ["p2"]
    }
    assert [one.id for one in found.branches] == ["d1"]
    assert org.chart(sandbox, hr, "nobody").branches == ()


@pytest.mark.parametrize(("field", "value"), [("headcount", 12), ("priority", 1), ("rounds", 3)])
def test_an_edit_is_audited_and_can_be_taken_back_once(
    sandbox: Sandbox, hr: Actor, field: str, value: int
) -> None:
    before = snapshot(sandbox)[1]["org"]
    edit = org.edit_post(sandbox, hr, "p1", field, value)
    assert edit is not None
    assert org.edit_post(sandbox, hr, "p1", field, value) is None
    entry = audit.entries(sandbox, hr).entries[0]
    assert (entry.action, entry.subject_name, entry.after) == (
        "post_changed",
        "Sales representative",
        f"{field}={value}",
    )
    org.undo(sandbox, hr, edit.number)
    assert snapshot(sandbox)[1]["org"] == before
    with pytest.raises(NotAllowed, match="cannot be taken back"):
        org.undo(sandbox, hr, edit.number)


def test_the_headcount_covers_everybody_there_expected_and_promised(sandbox: Sandbox, hr: Actor) -> None:
    decide.decide(sandbox, hr, "i2", Interview.PASSED, WHY)
    with pytest.raises(Invalid, match="from 9 to"):
        org.edit_post(sandbox, hr, "p1", "headcount", 8)
    edit = org.edit_post(sandbox, hr, "p1", "headcount", 9)
    assert edit is not None
    places.place_by_hand(sandbox, hr, "i2")
    assert numbers(sandbox, "p1").status == "closed"


@pytest.mark.parametrize("by_hand", [False, True])
def test_taking_a_lower_headcount_back_opens_the_requisition_that_it_has_closed(
    sandbox: Sandbox, hr: Actor, by_hand: bool
) -> None:
    if by_hand:
        requisitions.close(sandbox, hr, "p1")
    edit = org.edit_post(sandbox, hr, "p1", "headcount", 8)
    assert edit is not None
    assert (numbers(sandbox, "p1").status, numbers(sandbox, "p1").open) == ("closed", 0)
    org.undo(sandbox, hr, edit.number)
    assert (numbers(sandbox, "p1").status, numbers(sandbox, "p1").open) == ("closed" if by_hand else "open", 2)
    assert self_check.check(sandbox, hr) == ()


def test_the_rounds_stay_while_somebody_waits_for_a_place(sandbox: Sandbox, hr: Actor) -> None:
    decide.decide(sandbox, hr, "i2", Interview.PASSED, WHY)
    with pytest.raises(NotAllowed, match="waits for a place"):
        org.edit_post(sandbox, hr, "p1", "rounds", 2)
    with pytest.raises(Invalid, match="from 1 to 3"):
        org.edit_post(sandbox, hr, "p3", "rounds", 4)


def test_the_rounds_do_not_become_fewer_under_somebody_who_has_passed_one(integrated: Sandbox, hr: Actor) -> None:
    """With fewer they would wait for a place that no decision has looked for, and nothing would give them one."""
    org.edit_post(integrated, hr, "p1", "rounds", 3)
    for interview in ("i2", "i3", "i4"):
        decide.decide(integrated, hr, interview, Interview.PASSED, WHY)
    with pytest.raises(NotAllowed, match="would be the last one"):
        org.edit_post(integrated, hr, "p1", "rounds", 1)
    org.edit_post(integrated, hr, "p1", "rounds", 2)
    for interview in ("i2", "i3"):
        decide.correct(integrated, hr, interview, Interview.ON_HOLD, WHY)
    rounds.invite_to_next(integrated, hr, "c4")
    assert org.edit_post(integrated, hr, "p1", "rounds", 1) is not None
    assert numbers(integrated, "p1").seats.promised == 0


def test_a_department_and_a_post_are_added_and_taken_back(sandbox: Sandbox, hr: Actor) -> None:
    department = org.add_department(sandbox, hr, "  Research   and design ")
    post = org.add_post(sandbox, hr, department.subject, "Designer", 2, "engineering", 1)
    (branch,) = (one for one in org.chart(sandbox, hr).branches if one.name == "Research and design")
    assert (branch.posts, branch.headcount, branch.open) == (1, 2, 0)
    with pytest.raises(Conflict):
        org.add_department(sandbox, hr, "Sales")
    with pytest.raises(Conflict):
        org.add_post(sandbox, hr, department.subject, "Designer", 2, "engineering")
    with pytest.raises(NotAllowed, match="built on"):
        org.undo(sandbox, hr, department.number)
    requisitions.open_again(sandbox, hr, post.subject, 2)
    with pytest.raises(NotAllowed, match="built on"):
        org.undo(sandbox, hr, post.number)


def test_what_was_added_and_not_used_goes_again(sandbox: Sandbox, hr: Actor) -> None:
    before = snapshot(sandbox)[1]["org"]
    department = org.add_department(sandbox, hr, "Research")
    post = org.add_post(sandbox, hr, department.subject, "Designer", 2, "engineering")
    org.undo(sandbox, hr, post.number)
    org.undo(sandbox, hr, department.number)
    assert snapshot(sandbox)[1]["org"] == before


@pytest.mark.parametrize(
    "wrong",
    [
        lambda sandbox, hr: org.add_department(sandbox, hr, " "),
        lambda sandbox, hr: org.add_department(sandbox, hr, "x" * 81),
        lambda sandbox, hr: org.add_post(sandbox, hr, "d1", "Clerk", 0, "sales"),
        lambda sandbox, hr: org.add_post(sandbox, hr, "d1", "Clerk", 1, "Sales; drop"),
        lambda sandbox, hr: org.add_post(sandbox, hr, "d1", "Clerk", 1, "sales", 9),
        lambda sandbox, hr: org.add_post(sandbox, hr, "d99", "Clerk", 1, "sales"),
        lambda sandbox, hr: org.edit_post(sandbox, hr, "p1", "title", 1),
        lambda sandbox, hr: org.edit_post(sandbox, hr, "p1", "priority", 0),
        lambda sandbox, hr: org.edit_post(sandbox, hr, "p99", "priority", 1),
        lambda sandbox, hr: org.undo(sandbox, hr, 99),
    ],
)
def test_what_does_not_fit_changes_nothing(
    sandbox: Sandbox, hr: Actor, wrong: Callable[[Sandbox, Actor], object]
) -> None:
    before = snapshot(sandbox)
    with pytest.raises((Invalid, NotFound)) as refused:
        wrong(sandbox, hr)
    assert refused.value.hint
    assert snapshot(sandbox) == before


def test_the_org_chart_is_corrected_by_hand(integrated: Sandbox, hr: Actor) -> None:
    """Who left unfinished stays "in progress" in the org chart until HR corrects it."""
    actor = Actor(Role.CANDIDATE, "c1", "c1")
    conduct.give_consent(integrated, actor)
    conduct.end(integrated, actor)
    assert case_of(integrated, hr, "i1") == ("in_progress", "incomplete", True)
    places.correct_case(integrated, hr, "i1")
    assert case_of(integrated, hr, "i1") == ("incomplete", "incomplete", False)
    with pytest.raises(NotFound):
        places.correct_case(integrated, hr, "i7")


def test_the_org_chart_is_not_called_wrong_for_what_it_is_never_told(integrated: Sandbox, hr: Actor) -> None:
    """Begin, result and place are carried there, decisions are not; the self-check finds no difference, either."""
    org.edit_post(integrated, hr, "p1", "rounds", 2)
    for interview, outcome in (("i2", Interview.PASSED), ("i3", Interview.REJECTED), ("i4", Interview.ON_HOLD)):
        decide.decide(integrated, hr, interview, outcome, WHY)
        assert case_of(integrated, hr, interview) == ("to_review", outcome, False)
    rounds.invite_to_next(integrated, hr, "c2")
    finish(integrated, "c2")
    decide.decide(integrated, hr, "i2r2", Interview.PASSED, WHY)
    assert placement(integrated, "c2") == Placement.TO_ONBOARD
    assert case_of(integrated, hr, "i2r2") == ("passed", "passed", False)
    assert not case_of(integrated, hr, "i2")[2], "the place goes by the newest interview"
    assert self_check.check(integrated, hr) == ()


def case_of(sandbox: Sandbox, hr: Actor, interview: str) -> tuple[str, str, bool]:
    """Return what the org chart believes, what is stored, and whether they differ."""
    case = next(one for one in org.post_detail(sandbox, hr, "p1").cases if one.interview == interview)
    return case.status, case.stored_status, case.differs


# ---- who may ----

WRITES: tuple[Callable[[Sandbox, Actor], object], ...] = (
    lambda sandbox, actor: decide.decide(sandbox, actor, "i2", Interview.PASSED, WHY),
    lambda sandbox, actor: decide.correct(sandbox, actor, "i2", Interview.REJECTED, WHY),
    lambda sandbox, actor: places.place_by_hand(sandbox, actor, "i2"),
    lambda sandbox, actor: places.onboard(sandbox, actor, "c2"),
    lambda sandbox, actor: places.correct_case(sandbox, actor, "i2"),
    lambda sandbox, actor: rounds.invite_to_next(sandbox, actor, "c2"),
    lambda sandbox, actor: requisitions.set_openings(sandbox, actor, "p1", 1),
    lambda sandbox, actor: requisitions.open_again(sandbox, actor, "p1", 1),
    lambda sandbox, actor: requisitions.close(sandbox, actor, "p1"),
    lambda sandbox, actor: org.edit_post(sandbox, actor, "p1", "headcount", 12),
    lambda sandbox, actor: org.add_department(sandbox, actor, "New"),
    lambda sandbox, actor: org.add_post(sandbox, actor, "d1", "New", 1, "sales"),
    lambda sandbox, actor: org.undo(sandbox, actor, 1),
)


@pytest.mark.parametrize("write", WRITES)
def test_only_hr_changes_the_organisation(sandbox: Sandbox, write: Callable[[Sandbox, Actor], object]) -> None:
    before = snapshot(sandbox)
    for role in (Role.CANDIDATE, Role.HEAD, Role.ADMIN, Role.SYSTEM):
        with pytest.raises(Forbidden):
            write(sandbox, Actor(role, "x", "x"))
    with pytest.raises(ReadOnly):
        write(sandbox, Actor(Role.HR, "hr", "Pat", read_only=True))
    assert snapshot(sandbox) == before


def test_looking_is_for_hr_and_heads(sandbox: Sandbox) -> None:
    looks: tuple[Callable[[Actor], object], ...] = (
        lambda actor: org.chart(sandbox, actor),
        lambda actor: org.posts_of(sandbox, actor, "d1"),
        lambda actor: org.post_detail(sandbox, actor, "p1"),
        lambda actor: org.all_posts(sandbox, actor),
    )
    for look in looks:
        for role in (Role.HR, Role.HEAD):
            look(Actor(role, "x", "x", read_only=True))
        for role in (Role.CANDIDATE, Role.ADMIN):
            with pytest.raises(Forbidden):
                look(Actor(role, "x", "x"))
    with pytest.raises(HrmsError):
        requisitions.requisition_page(sandbox, Actor(Role.HEAD, "x", "x"))


# ---- 2,000 posts ----


def test_a_chart_of_2000_posts_is_read_branch_by_branch(hrms: Hrms, hr: Actor) -> None:
    sandbox = hrms.sandboxes.create("web", "en", "large_company", 7)
    found = org.chart(sandbox, hr)
    assert (found.posts, len(found.branches), found.found) == (2003, 27, {})
    assert sum(one.posts for one in found.branches) == 2003
    assert len(org.posts_of(sandbox, hr, "d3")) == 80
    searched = org.chart(sandbox, hr, "senior design")
    assert (searched.posts, searched.left_out) == (25, 0)
    wide = org.chart(sandbox, hr, "engineer")
    assert (wide.posts, wide.left_out) == (400, 350)
    assert sum(map(len, wide.found.values())) == org.FOUND
    dashboard = recruit.dashboard(sandbox, hr)
    assert (len(dashboard.requisitions), len(dashboard.posts)) == (6, 3)
    assert requisitions.requisition_page(sandbox, hr, status="open").pages > 30


def test_somebody_is_invited_for_a_post_that_hr_has_added(hrms: Hrms, hr: Actor) -> None:
    sandbox = hrms.sandboxes.create("web", "en", "sales_two_openings", 7)
    post = org.add_post(sandbox, hr, "d1", "Designer", 2, "engineering").subject
    with sandbox.change(SYSTEM) as change:
        row = change.session.get_one(CandidateRow, "c9")
        row.post = post
        change.session.add(row)
    with pytest.raises(NotAllowed, match="takes no more candidates"):
        recruit.invite(sandbox, hr, "c9")
    requisitions.open_again(sandbox, hr, post, 1)
    assert recruit.invite(sandbox, hr, "c9") == "i9"
    assert numbers(sandbox, post).invited == 1
