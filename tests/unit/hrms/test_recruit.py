"""HR finds, reads and invites; a head sees the own department; every change is in the audit log."""

from dataclasses import replace

import pytest

from sandbox_hrms.app import audit, conduct, faults, recruit, score
from sandbox_hrms.app.conduct import Room
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.app.snapshot import snapshot
from sandbox_hrms.core import labels
from sandbox_hrms.core.errors import Forbidden, Invalid, NotAllowed, NotFound, ReadOnly
from sandbox_hrms.core.faults import Fault
from sandbox_hrms.core.roles import Actor, Role
from sandbox_hrms.core.states import Interview, SittingStatus

VAGUE = "I ask open questions and listen to what the customer says, and I take notes."


def test_the_dashboard_shows_the_newest_ten_and_what_is_open(sandbox: Sandbox, hr: Actor) -> None:
    page = recruit.dashboard(sandbox, hr)
    assert [one.id for one in page.rows] == [f"c{number}" for number in range(1, 11)]
    assert (page.page, page.pages, page.total) == (1, 3, 24)
    assert [(one.post_id, one.headcount, one.in_post, one.open) for one in page.requisitions] == [
        ("p1", 10, 8, 2),
        ("p2", 4, 3, 1),
        ("p3", 6, 5, 1),
    ]
    assert [one.id for one in page.posts] == ["p1", "p2", "p3"]
    assert page.rows[1].total is not None
    assert page.rows[9].status is None


def test_a_page_out_of_range_becomes_the_nearest(sandbox: Sandbox, hr: Actor) -> None:
    assert recruit.dashboard(sandbox, hr, page=99).page == 3
    assert recruit.dashboard(sandbox, hr, page=-1).page == 1
    assert len(recruit.dashboard(sandbox, hr, page=3).rows) == 4


def test_filters_go_together(sandbox: Sandbox, hr: Actor) -> None:
    waiting = recruit.dashboard(sandbox, hr, status=Interview.TO_REVIEW)
    assert waiting.total == 4
    assert {one.status for one in waiting.rows} == {Interview.TO_REVIEW}
    both = recruit.dashboard(sandbox, hr, status=Interview.TO_REVIEW, post="p2")
    assert [one.id for one in both.rows] == ["c14"]
    name = waiting.rows[0].name
    assert [one.name for one in recruit.dashboard(sandbox, hr, search=f" {name.upper()} ").rows] == [name]


def test_nothing_found_is_an_empty_page(sandbox: Sandbox, hr: Actor) -> None:
    page = recruit.dashboard(sandbox, hr, search="%_nobody")
    assert (page.rows, page.page, page.pages, page.total) == ((), 1, 1, 0)


def test_a_file_tells_all_about_a_candidate(sandbox: Sandbox, hr: Actor) -> None:
    file = recruit.candidate_file(sandbox, hr, "c2")
    assert (file.status, file.saved, file.synced) == ("to_review", "saved", "done")
    assert file.total is not None
    assert len(file.resume.skills) == 4
    assert [one.status for one in file.sittings] == [SittingStatus.ENDED]
    assert not file.can_invite
    fresh = recruit.candidate_file(sandbox, hr, "c9")
    assert (fresh.interview_id, fresh.status, fresh.sittings, fresh.can_invite) == (None, None, (), True)
    with pytest.raises(NotFound, match="no candidate c99"):
        recruit.candidate_file(sandbox, hr, "c99")


def test_an_invitation_makes_an_interview_once(sandbox: Sandbox, hr: Actor) -> None:
    interview = recruit.invite(sandbox, hr, "c9")
    assert recruit.candidate_file(sandbox, hr, "c9").status is Interview.INVITED
    entry = audit.entries(sandbox, hr).entries[0]
    assert (entry.action, entry.subject, entry.after) == (
        "candidate_invited",
        interview,
        "invited/unsaved/not_due",
    )
    assert entry.subject_name == recruit.candidate_file(sandbox, hr, "c9").name
    with pytest.raises(NotAllowed):
        recruit.invite(sandbox, hr, "c9")


def test_who_ended_too_early_can_be_invited_again_and_the_old_sitting_stays(
    sandbox: Sandbox, hr: Actor, candidate: Actor, begun: Room
) -> None:
    conduct.submit_answer(sandbox, candidate, "q1", "one answer", 1)
    conduct.end(sandbox, candidate)
    assert recruit.invite(sandbox, hr, candidate.id) == begun.interview_id
    room = conduct.room(sandbox, candidate)
    assert (room.stage, room.answered, room.sitting_id) == ("notice", 0, None)
    assert snapshot(sandbox)[1]["sitting"] is None
    assert conduct.give_consent(sandbox, candidate).sitting_id == "i1-2"
    numbers = [
        (one.number, one.status, one.answered) for one in recruit.candidate_file(sandbox, hr, "c1").sittings
    ]
    assert numbers == [(1, "ended", 1), (2, "open", 0)]


def test_hr_says_how_an_interview_asks_back_until_it_begins(
    sandbox: Sandbox, hr: Actor, head: Actor, candidate: Actor
) -> None:
    file = recruit.candidate_file(sandbox, hr, candidate.id)
    assert file.interview_id is not None
    assert file.asking == recruit.Asking(0, "neutral")
    recruit.set_asking(sandbox, hr, file.interview_id, 2, "pressing")
    assert recruit.candidate_file(sandbox, hr, candidate.id).asking == recruit.Asking(2, "pressing")
    assert audit.entries(sandbox, hr).entries[0].action == "asking_changed"
    for wrong in ((3, "gentle"), (-1, "gentle"), (1, "rude")):
        with pytest.raises(Invalid):
            recruit.set_asking(sandbox, hr, file.interview_id, *wrong)
    for nobody in (head, candidate):
        with pytest.raises(Forbidden):
            recruit.set_asking(sandbox, nobody, file.interview_id, 1, "gentle")
    conduct.give_consent(sandbox, candidate)
    conduct.check_devices(sandbox, candidate, "skipped")
    with pytest.raises(NotAllowed):
        recruit.set_asking(sandbox, hr, file.interview_id, 1, "gentle")
    begun = recruit.candidate_file(sandbox, hr, candidate.id)
    assert begun.asking is None
    asked = conduct.room(sandbox, candidate, entering=False).current
    assert asked is not None
    conduct.submit_answer(sandbox, candidate, asked.id, VAGUE, 1)
    again = conduct.room(sandbox, candidate, entering=False).current
    assert again is not None
    assert again.text == labels.FOLLOW_UP["pressing", "result"]


def test_where_saving_is_done_by_hand_nobody_asks_back(hrms: Hrms, hr: Actor) -> None:
    sandbox = hrms.sandboxes.create("local", "en", "sales_two_openings", 7)
    assert recruit.candidate_file(sandbox, hr, sandbox.context.candidate.id).asking is None
    with pytest.raises(NotAllowed):
        recruit.set_asking(sandbox, hr, sandbox.context.interview, 1, "gentle")


def test_a_head_sees_finished_candidates_of_the_own_department(sandbox: Sandbox, head: Actor) -> None:
    rows = recruit.department(sandbox, head)
    assert [one.candidate_id for one in rows] == ["c2", "c3", "c4", "c14"]
    assert all(one.total is not None and one.communication is not None for one in rows)


def test_candidates_read_the_report_on_themselves_once_they_have_finished(
    sandbox: Sandbox, hr: Actor, candidate: Actor
) -> None:
    with pytest.raises(NotFound, match="no report yet"):
        score.report_to_candidate(sandbox, candidate)
    done = Actor(role=Role.CANDIDATE, id="c3", name="somebody")
    assert score.report_to_candidate(sandbox, done) == score.report(sandbox, hr, "i3")
    with pytest.raises(Forbidden):
        score.report_to_candidate(sandbox, hr)


def test_who_opened_a_report_is_in_the_audit_log_and_who_only_looks_is_not(sandbox: Sandbox, hr: Actor) -> None:
    revision = sandbox.revision
    score.note_opened(sandbox, replace(hr, read_only=True), "i3")
    assert sandbox.revision == revision
    score.note_opened(sandbox, hr, "i3")
    entry = audit.entries(sandbox, hr).entries[0]
    assert (entry.action, entry.subject, entry.actor) == ("report_opened", "i3", hr.name)


def test_a_full_disk_keeps_nobody_from_reading_a_report(sandbox: Sandbox, hr: Actor) -> None:
    faults.inject(sandbox, Fault.DISK_FULL, None)
    score.note_opened(sandbox, hr, "i3")
    assert audit.entries(sandbox, hr).entries[0].action == "fault_injected"


def test_the_report_holds_answers_score_and_sittings(sandbox: Sandbox, hr: Actor) -> None:
    report = score.report(sandbox, hr, "i3")
    assert [one.number for one in report.answers] == [1, 2, 3, 4]
    assert all(one.text for one in report.answers)
    assert report.score is not None
    assert {one.code for one in report.rubric.competencies} == {one.code for one in report.score.competencies}
    unfinished = score.report(sandbox, hr, "i5")
    assert [one.text is None for one in unfinished.answers] == [False, False, True, True]
    assert unfinished.score is None
    with pytest.raises(NotFound):
        score.report(sandbox, hr, "i99")


def test_scoring_again_gives_the_same_score(sandbox: Sandbox, hr: Actor) -> None:
    before = score.report(sandbox, hr, "i2").score
    assert score.score_interview(sandbox, "i2") == before
    with pytest.raises(NotAllowed, match="finished and saved"):
        score.score_interview(sandbox, "i5")


def test_the_log_is_paged_newest_first(sandbox: Sandbox, hr: Actor, candidate: Actor) -> None:
    assert audit.entries(sandbox, hr).total == 0
    conduct.give_consent(sandbox, candidate)
    conduct.check_devices(sandbox, candidate, "done")
    page = audit.entries(sandbox, hr, page=1, page_size=2)
    assert [one.action for one in page.entries] == ["device_checked", "interview_started"]
    assert (page.pages, page.total) == (2, 3)
    started = page.entries[1]
    assert (started.before, started.after) == ("invited/unsaved/not_due", "in_progress/unsaved/not_due")
    assert (started.actor, started.role) == (candidate.name, Role.CANDIDATE)
    assert audit.entries(sandbox, hr, page=9, page_size=2).page == 2


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_only_what_is_its_own(sandbox: Sandbox, role: Role) -> None:
    actor = Actor(role, "x", "x")
    calls = {
        Role.HR: (
            lambda: recruit.dashboard(sandbox, actor),
            lambda: recruit.candidate_file(sandbox, actor, "c1"),
            lambda: recruit.invite(sandbox, actor, "c10"),
            lambda: score.report(sandbox, actor, "i2"),
        ),
        Role.HEAD: (lambda: recruit.department(sandbox, actor),),
    }
    for owner, uses in calls.items():
        for use in uses:
            if role is owner:
                use()
            else:
                with pytest.raises(Forbidden):
                    use()
    if role in {Role.HR, Role.ADMIN}:
        audit.entries(sandbox, actor)
    else:
        with pytest.raises(Forbidden):
            audit.entries(sandbox, actor)


def test_a_looking_hr_invites_nobody(sandbox: Sandbox) -> None:
    looker = Actor(Role.HR, "hr", "Pat", read_only=True)
    before = snapshot(sandbox)
    assert recruit.dashboard(sandbox, looker).total == 24
    with pytest.raises(ReadOnly):
        recruit.invite(sandbox, looker, "c9")
    assert snapshot(sandbox) == before


def test_a_snapshot_gives_the_branches_asked_for(sandbox: Sandbox) -> None:
    _, data = snapshot(sandbox, ["interview.status", "interviews[0].id", "audit"])
    assert set(data) == {"interview", "interviews", "audit"}
    with pytest.raises(Invalid, match="no salaries"):
        snapshot(sandbox, ["salaries"])
