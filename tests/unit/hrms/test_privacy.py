"""Consent, refusal, a copy of one's data, and its deletion: rows, files, log and all."""

import csv
import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Table, event
from sqlmodel import Session, select

from sandbox_hrms.app import (
    audit,
    conduct,
    decide,
    forecast,
    grade_tables,
    org,
    payroll,
    personal_copy,
    places,
    privacy,
    recruit,
    requisitions,
    resumes,
    rounds,
    score,
    sync,
)
from sandbox_hrms.app.match import Matched
from sandbox_hrms.app.messages import send
from sandbox_hrms.app.reading import Reading
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.app.snapshot import events, snapshot
from sandbox_hrms.core.errors import Forbidden, Invalid, NotAllowed, NotFound, NotSignedIn, ReadOnly, StorageFailed
from sandbox_hrms.core.faults import Fault
from sandbox_hrms.core.matching import Facts, Match
from sandbox_hrms.core.messages import MessageKind
from sandbox_hrms.core.payroll import Grade
from sandbox_hrms.core.resumes import Person
from sandbox_hrms.core.roles import Actor, Role
from sandbox_hrms.core.rubric import ScoreStatus
from sandbox_hrms.core.states import Interview, Placement
from sandbox_hrms.i18n import LANGUAGES, texts
from sandbox_hrms.pages.privacy import counted
from sandbox_hrms.tables import SANDBOX
from sandbox_hrms.tables.interviews import DraftRow, SittingRow
from sandbox_hrms.tables.people import CandidateRow
from sandbox_hrms.tables.resumes import MatchRow, ResumeFileRow
from sandbox_hrms.tables.sync import OutboxRow

SECRET = "The blue heron nests behind the warehouse of my former firm."


@pytest.fixture
def admin() -> Actor:
    return Actor(Role.ADMIN, "admin", "Robin")


def finish(sandbox: Sandbox, candidate: Actor, *, ai_scoring: bool = True) -> str:
    conduct.give_consent(sandbox, candidate, ai_scoring)
    conduct.check_devices(sandbox, candidate, "skipped")
    for number, question in enumerate(sandbox.context.questions, 1):
        conduct.submit_answer(sandbox, candidate, question.id, f"{question.sample} {SECRET}", number)
    return conduct.end(sandbox, candidate).interview_id


def test_who_refuses_scoring_is_read_by_a_person_and_nothing_else_changes(
    sandbox: Sandbox, candidate: Actor, hr: Actor
) -> None:
    interview = finish(sandbox, candidate, ai_scoring=False)
    report = score.report(sandbox, hr, interview)
    assert report.score is not None
    assert (report.score.status, report.score.total, report.score.competencies) == (ScoreStatus.REFUSED, None, ())
    assert (report.status, report.saved, report.synced) == ("to_review", "saved", "done")
    assert all(one.text for one in report.answers)
    kinds = [one["kind"] for one in events(sandbox, 0)[0]]
    assert kinds.index("consent_given") < kinds.index("ai_scoring_refused") < kinds.index("interview_started")


def test_consent_can_be_taken_back_and_the_score_goes(sandbox: Sandbox, candidate: Actor, hr: Actor) -> None:
    interview = finish(sandbox, candidate)
    before = score.report(sandbox, hr, interview).score
    assert before is not None
    assert before.status is ScoreStatus.SCORED
    privacy.refuse_scoring(sandbox, candidate)
    privacy.refuse_scoring(sandbox, candidate)
    after = score.report(sandbox, hr, interview).score
    assert after is not None
    assert after.status is ScoreStatus.REFUSED
    assert not privacy.my_data(sandbox, candidate).ai_scoring
    assert [one["kind"] for one in events(sandbox, 0)[0]].count("ai_scoring_refused") == 1


def test_what_a_candidate_is_told_and_refuses_goes_for_every_round(
    sandbox: Sandbox, candidate: Actor, hr: Actor
) -> None:
    org.edit_post(sandbox, hr, "p1", "rounds", 2)
    first = finish(sandbox, candidate)
    decide.decide(sandbox, hr, first, Interview.PASSED, "good")
    second = rounds.invite_to_next(sandbox, hr, candidate.id)
    assert privacy.my_data(sandbox, candidate).answers == 4
    privacy.refuse_scoring(sandbox, candidate)
    found = score.report(sandbox, hr, first).score
    assert found is not None
    assert (found.status, found.total) == (ScoreStatus.REFUSED, None)
    assert score.report(sandbox, hr, second).score is None


def test_deletion_leaves_nothing_of_a_person(  # noqa: PLR0913, PLR0917  # who and what takes part
    hrms: Hrms, sandbox: Sandbox, candidate: Actor, admin: Actor, hr: Actor, tmp_path: Path
) -> None:
    finish(sandbox, candidate)
    file = tmp_path / "cv.txt"
    file.write_text(f"Name: {candidate.name}\nNegotiation, 2019-2024\n{SECRET}")
    resumes.take_own(sandbox, candidate, hrms.readers, "cv.txt", file)
    mail = recruit.candidate_file(sandbox, hr, candidate.id).email
    media = list((sandbox.folder / "media" / "resumes").iterdir())
    cookie = hrms.sessions.enter(
        sandbox, Role.CANDIDATE, hrms.sessions.issue_link(sandbox, Role.CANDIDATE).partition("key=")[2]
    )
    assert len(media) == 1
    privacy.delete_candidate(sandbox, hrms.sessions, admin, candidate.id)
    stored = b"".join(one.read_bytes() for one in sandbox.folder.rglob("*") if one.is_file())
    for gone in (SECRET, candidate.name, mail, "blue heron"):
        assert gone.encode() not in stored, gone
    assert not media[0].exists()
    with pytest.raises(NotSignedIn):
        hrms.sessions.actor_of(sandbox.id, Role.CANDIDATE, cookie)
    assert sandbox.context.candidate.name == "Deleted person"
    file_now = recruit.candidate_file(sandbox, hr, candidate.id)
    assert (file_now.name, file_now.email, file_now.total, file_now.status) == (
        "Deleted person",
        "",
        None,
        "to_review",
    )
    line = privacy.privacy_page(sandbox, admin).deletions[0]
    assert (line.candidate, line.reason, line.by) == (candidate.id, "admin", "admin")
    assert (line.counts["answers"], line.counts["scores"], line.counts["files"]) == (4, 1, 1)
    newest = audit.entries(sandbox, admin).entries[0]
    assert (newest.action, newest.subject) == ("data_deleted", candidate.id)
    with pytest.raises(NotAllowed, match="was deleted"):
        privacy.delete_candidate(sandbox, hrms.sessions, admin, candidate.id)
    with pytest.raises(NotAllowed, match="was deleted"):
        recruit.invite(sandbox, hr, candidate.id)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_whatever_a_deletion_counts_is_told_in_words(
    hrms: Hrms, sandbox: Sandbox, admin: Actor, lang: str
) -> None:
    """Somebody who spoke has recordings and pictures, too: the page of the administrator names all there is."""
    privacy.delete_candidate(sandbox, hrms.sessions, admin, "c2")
    counts = dict.fromkeys(privacy.privacy_page(sandbox, admin).deletions[0].counts, 7)
    assert counted(texts(lang), counts).count(" 7") == len(counts)


@pytest.mark.usefixtures("begun")
def test_a_candidate_deletes_the_own_data_in_the_middle_of_an_interview(
    hrms: Hrms, sandbox: Sandbox, candidate: Actor, admin: Actor
) -> None:
    conduct.submit_answer(sandbox, candidate, "q1", SECRET, 1)
    privacy.delete_own(sandbox, hrms.sessions, candidate)
    data = snapshot(sandbox)[1]
    assert data["interview"]["status"] == Interview.ABANDONED
    assert data["sittings"][0]["status"] == "abandoned"
    assert candidate.name not in json.dumps(data)
    assert candidate.name not in json.dumps(events(sandbox, 0)[0])
    assert privacy.privacy_page(sandbox, admin).deletions[0].reason == "wish"


def test_a_page_left_open_by_a_deleted_person_is_refused(
    hrms: Hrms, sandbox: Sandbox, candidate: Actor, admin: Actor
) -> None:
    finish(sandbox, candidate)
    privacy.delete_candidate(sandbox, hrms.sessions, admin, candidate.id)
    for late in (conduct.discard, conduct.resume, conduct.end):
        with pytest.raises(NotAllowed, match="was deleted"):
            late(sandbox, candidate)


def test_news_of_a_deleted_person_on_its_way_gives_no_place_and_no_pay(
    hrms: Hrms, admin: Actor, hr: Actor
) -> None:
    sandbox = hrms.sandboxes.create("suite", "en", "sales_two_openings", 7)
    hrms.sandboxes.inject(sandbox.id, Fault.STUCK_SYNC, None)
    decide.decide(sandbox, hr, "i2", Interview.PASSED, "good")
    payroll.make_offer(sandbox, hr, "c2")
    payroll.answer_offer(sandbox, hr, "c2", accepted=True)
    title = recruit.candidate_file(sandbox, hr, "c2").post_title
    privacy.delete_candidate(sandbox, hrms.sessions, admin, "c2")
    assert sync.resync_all(sandbox, hr) == 2
    assert recruit.candidate_file(sandbox, hr, "c2").placement is Placement.NONE
    assert payroll.pay_of(sandbox, hr, "c2").record is None
    with pytest.raises(NotAllowed):
        places.place_by_hand(sandbox, hr, "i2")
    (row,) = [one for one in requisitions.requisition_page(sandbox, hr).rows if one.post_title == title]
    assert (row.seats.promised, row.placed) == (0, 0)


def test_a_lost_record_of_a_deleted_person_is_deleted_with_it(
    hrms: Hrms, sandbox: Sandbox, candidate: Actor, admin: Actor
) -> None:
    finish(sandbox, candidate)
    hrms.sandboxes.inject(sandbox.id, Fault.LOST_RECORD, None)
    assert (sandbox.folder / "lost_record.json").exists()
    privacy.delete_candidate(sandbox, hrms.sessions, admin, candidate.id)
    hrms.sandboxes.clear(sandbox.id, Fault.LOST_RECORD)
    stored = b"".join(one.read_bytes() for one in sandbox.folder.rglob("*") if one.is_file())
    assert SECRET.encode() not in stored


def test_a_short_name_takes_nothing_else_out_of_the_log(
    hrms: Hrms, sandbox: Sandbox, admin: Actor, hr: Actor
) -> None:
    before = grade_tables.table(sandbox, hr, "sales").grades
    grade_tables.save(sandbox, hr, "sales", [Grade(0, 100, "All", 1234, 1234)], before)
    with sandbox.change(hr) as change:
        row = change.session.get_one(CandidateRow, "c9")
        row.name = "e"
        change.session.add(row)
    privacy.delete_candidate(sandbox, hrms.sessions, admin, "c9")
    assert grade_tables.undo(sandbox, hr, "sales").grades == before


def test_the_forecast_invites_nobody_whose_data_was_deleted(hrms: Hrms, admin: Actor, hr: Actor) -> None:
    sandbox = hrms.sandboxes.create("web", "en", "engineers_and_office", 7)
    before = forecast.plan(sandbox, hr)
    gone = before.posts[0].invite[0].id
    privacy.delete_candidate(sandbox, hrms.sessions, admin, gone)
    assert gone not in {one.id for post in forecast.plan(sandbox, hr).posts for one in post.invite}
    assert forecast.send(sandbox, hr) > 0


def test_a_match_looks_at_nobody_whose_data_was_deleted(
    hrms: Hrms, sandbox: Sandbox, admin: Actor, hr: Actor
) -> None:
    before = resumes.waiting(sandbox, "p1")
    privacy.delete_candidate(sandbox, hrms.sessions, admin, "c9")
    assert resumes.waiting(sandbox, "p1") == tuple(one for one in before if one != ("person", "c9"))
    assert resumes.ranking(sandbox, hr, "p1").unmatched == len(before) - 1
    fit = Matched(Reading("", "…", Person("", "", ""), Facts({}, 0.0, "none")), Match(50.0, ()))
    late = [(("person", one), fit) for one in ("c9", "c10")]
    resumes.store_matches(sandbox, hr, "p1", late)
    assert [one.candidate_id for one in resumes.ranking(sandbox, hr, "p1").rows] == ["c10"]
    assert not recruit.candidate_file(sandbox, hr, "c9").can_invite


def test_whose_data_was_deleted_is_not_scored_again(
    hrms: Hrms, sandbox: Sandbox, candidate: Actor, admin: Actor, hr: Actor
) -> None:
    privacy.delete_candidate(sandbox, hrms.sessions, admin, "c2")
    finish(sandbox, candidate)
    assert score.report(sandbox, hr, "i2").score is None
    assert "c2" not in {one.candidate_id for one in payroll.pay_page(sandbox, hr, page_size=99).cases}


def test_nobody_else_is_touched(hrms: Hrms, sandbox: Sandbox, admin: Actor, hr: Actor) -> None:
    before = score.report(sandbox, hr, "i3")
    privacy.delete_candidate(sandbox, hrms.sessions, admin, "c2")
    assert score.report(sandbox, hr, "i3") == before
    assert recruit.dashboard(sandbox, hr).total == 24


def test_data_falls_due_by_age_and_is_deleted_together(
    hrms: Hrms, sandbox: Sandbox, admin: Actor, clock: Any
) -> None:
    page = privacy.privacy_page(sandbox, admin)
    assert (page.days, page.total, page.due) == (180, 24, 2)
    assert page.people[0].keep_until <= page.people[-1].keep_until
    privacy.set_retention(sandbox, admin, 30)
    clock.forward(20 * 86_400)
    due = privacy.privacy_page(sandbox, admin, page_size=99)
    assert 0 < due.due < due.total
    oldest = due.people[0]
    assert oldest.due
    assert privacy.delete_due(sandbox, hrms.sessions, admin) == due.due
    after = privacy.privacy_page(sandbox, admin, page_size=99)
    assert (after.due, after.total) == (0, due.total - due.due)
    assert {one.reason for one in after.deletions} == {"retention"}


@pytest.mark.parametrize("years", [0, 3])
def test_only_the_few_that_a_lesson_wants_are_due_whatever_the_day(
    hrms: Hrms, admin: Actor, clock: Any, years: int
) -> None:
    clock.forward(years * 365 * 86_400)
    sandbox = hrms.sandboxes.create("web", "en", "sales_two_openings", 7)
    page = privacy.privacy_page(sandbox, admin, page_size=99)
    assert {one.id for one in page.people if one.due} == {"c23", "c24"}
    latest = max(one.last_at for one in page.people)
    assert clock.now - timedelta(days=2) < latest < clock.now
    assert privacy.delete_due(sandbox, hrms.sessions, admin) == 2
    clock.forward(30 * 86_400)
    again = hrms.sandboxes.reset(sandbox.id)
    assert privacy.privacy_page(again, admin).due == 2


def test_the_page_asks_the_store_no_more_often_for_more_people(sandbox: Sandbox, admin: Actor) -> None:
    asked: list[object] = []

    def note(*told: object) -> None:
        asked.append(told)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert privacy.privacy_page(sandbox, admin).total == 24
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert 0 < len(asked) < 12


@pytest.mark.parametrize("days", [0, 29, 1_096])
def test_retention_has_limits(sandbox: Sandbox, admin: Actor, days: int) -> None:
    with pytest.raises(Invalid, match="between 30 and 1095"):
        privacy.set_retention(sandbox, admin, days)


def test_an_export_holds_the_own_data_only(sandbox: Sandbox, candidate: Actor, admin: Actor) -> None:
    finish(sandbox, candidate)
    mine = personal_copy.export_person(sandbox, candidate, "c2")
    assert mine["person"]["id"] == candidate.id
    assert mine["interviews"][0]["answers"][0]["text"].endswith(SECRET)
    assert mine["interviews"][0]["score"]["status"] == "scored"
    others = personal_copy.export_person(sandbox, admin, "c2")
    assert others["person"]["id"] == "c2"
    assert SECRET not in json.dumps(others)
    assert json.loads(personal_copy.as_json(mine)) == mine
    assert [one["kind"] for one in events(sandbox, 0)[0]][-2:] == ["data_exported", "data_exported"]
    with pytest.raises(NotFound):
        personal_copy.export_person(sandbox, admin, "c99")


def test_an_export_is_whole(hrms: Hrms, admin: Actor, hr: Actor) -> None:
    sandbox = hrms.sandboxes.create("suite", "en", "sales_two_openings", 7)
    decide.decide(sandbox, hr, "i2", Interview.PASSED, "Because of the plan.")
    payroll.make_offer(sandbox, hr, "c2", 8_765)
    payroll.answer_offer(sandbox, hr, "c2", accepted=True)
    places.onboard(sandbox, hr, "c2")
    sitting = "i2-1"
    with sandbox.change(hr) as change:
        draft = change.session.get_one(DraftRow, sitting)
        draft.question, draft.text = "q1", "Half a sentence"
        row = change.session.get_one(SittingRow, sitting)
        row.record = {"ratings": {"q1": 4}, "remarks": "Calm."}
        change.session.add(draft)
        change.session.add(row)
        change.session.add(
            MatchRow(candidate="c2", post="p1", score=71.0, reasons=[], at=sandbox.now()),
        )
        change.session.add(
            ResumeFileRow(
                id="f1", post="p1", candidate="c2", name="cv.txt", kind="text", size=3, digest="d", text="My life",
                uploaded_at=sandbox.now(),
            )
        )  # fmt: skip
    with sandbox.store.read() as session:
        namesake = {"name": session.get_one(CandidateRow, "c2").name, "subject": "c3", "key": "other"}
    with sandbox.change(hr) as change:
        send(change, Role.HR, MessageKind.SYNC, "A difference: {name}", "", namesake)
    data = personal_copy.export_person(sandbox, admin, "c2")
    assert {"hiring", "pay"} == {one["kind"] for one in data["messages"]}, "all about them, none about a namesake"
    (interview,) = data["interviews"]
    assert [one["reason"] for one in interview["decisions"]] == ["Because of the plan."]
    assert [one["text"] for one in interview["drafts"]] == ["Half a sentence"]
    assert interview["sittings"][0]["record"]["remarks"] == "Calm."
    assert [one["start_pay"] for one in data["offers"]] == [8_765]
    assert [one["start_pay"] for one in data["payroll"]] == [8_765]
    assert "8765" in personal_copy.as_csv(data).decode("utf-8-sig")
    assert "pay=8765" in {one["after"] for one in data["history"]}
    empty = [key for key, found in data.items() if not found]
    assert empty == []
    with sandbox.store.read() as session:
        mine = {"c2", "i2", sitting, *session.exec(select(OutboxRow.key).where(OutboxRow.interview == "i2"))}
        for table in SANDBOX:
            told = _told_of(session, table, mine)
            if table.name not in {"consent", "deletion", "sync_try", "sandbox"}:
                missing = [text for text in told if text not in json.dumps(data, ensure_ascii=False)]
                assert missing == [], f"{table.name} is not in the copy"


def _told_of(session: Session, table: Table, mine: set[str]) -> list[str]:
    """Return what a table holds about somebody: each text of each row that points to the person."""
    owners = [one.name for one in table.columns if one.name in {"candidate", "interview", "sitting"}]
    return [
        value
        for row in session.connection().execute(table.select()).mappings()
        if any(row[owner] in mine for owner in owners)
        for value in row.values()
        if isinstance(value, str) and len(value) > 1 and value not in {"q1", "q2", "q3", "q4"}
    ]


@pytest.mark.usefixtures("begun")
def test_an_export_holds_what_is_not_saved_yet(hrms: Hrms, candidate: Actor) -> None:
    sandbox = hrms.sandboxes.create("local", "en", "sales_two_openings", 7)
    actor = Actor(Role.CANDIDATE, candidate.id, sandbox.context.candidate.name)
    conduct.give_consent(sandbox, actor)
    conduct.check_devices(sandbox, actor, "skipped")
    conduct.submit_answer(sandbox, actor, sandbox.context.questions[0].id, SECRET, 1)
    (interview,) = personal_copy.export_person(sandbox, actor, actor.id)["interviews"]
    assert [one["text"] for one in interview["unsaved"]] == [SECRET]
    hrms.sandboxes.inject(sandbox.id, Fault.DISK_FULL, None)
    with pytest.raises(StorageFailed):
        privacy.delete_own(sandbox, hrms.sessions, actor)
    hrms.sandboxes.clear(sandbox.id, Fault.DISK_FULL)
    assert (
        personal_copy.export_person(sandbox, actor, actor.id)["interviews"][0]["unsaved"] == interview["unsaved"]
    )
    privacy.delete_own(sandbox, hrms.sessions, actor)
    assert SECRET not in str(sandbox.working)


@pytest.mark.usefixtures("begun")
def test_a_table_holds_no_formula(sandbox: Sandbox, candidate: Actor) -> None:
    conduct.submit_answer(sandbox, candidate, "q1", '=HYPERLINK("http://evil.example","x")', 1)
    table = personal_copy.as_csv(personal_copy.export_person(sandbox, candidate, candidate.id)).decode("utf-8-sig")
    cells = [cell for row in csv.reader(StringIO(table)) for cell in row]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_only_who_may(hrms: Hrms, sandbox: Sandbox, candidate: Actor, hr: Actor, admin: Actor) -> None:
    looker = Actor(Role.ADMIN, "admin", "Robin", read_only=True)
    assert privacy.privacy_page(sandbox, looker).total == 24
    for who, refusal in ((candidate, Forbidden), (hr, Forbidden), (looker, ReadOnly)):
        with pytest.raises(refusal):
            privacy.delete_candidate(sandbox, hrms.sessions, who, "c2")
        with pytest.raises(refusal):
            privacy.set_retention(sandbox, who, 60)
    with pytest.raises(Forbidden):
        personal_copy.export_person(sandbox, hr, "c2")
    with pytest.raises(Forbidden):
        privacy.delete_own(sandbox, hrms.sessions, admin)
