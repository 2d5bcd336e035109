"""Finished answers are scored, and the report is read."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from sandbox_hrms.app.case import case_of, finished_interview_of
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.takes import Take, newest_takes
from sandbox_hrms.core.errors import Forbidden, NotAllowed, NotFound, StorageFailed
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import SYSTEM, Actor, Right, Role
from sandbox_hrms.core.rubric import AskedBy, Question, Rubric, Score, ScoreStatus
from sandbox_hrms.core.states import Interview, Placement, Saved, SittingStatus, Synced, is_finished
from sandbox_hrms.core.texts import N_
from sandbox_hrms.scorers import Scorer
from sandbox_hrms.scorers.lexical import LexicalScorer
from sandbox_hrms.tables.interviews import AnswerRow, InterviewRow, ScoreRow, SittingRow
from sandbox_hrms.tables.people import CandidateRow, DepartmentRow, PostRow, StaffRow
from sandbox_hrms.tables.privacy import ConsentRow

_SCORER: Scorer = LexicalScorer()


@dataclass(frozen=True, slots=True)
class ReportAnswer:
    """One question with what was answered.

    Attributes:
        text: The submitted answer; None when there is none.
        late: It came after the time was over.
        take: What was recorded for it; None where nothing was spoken.
        asked_by: Whose words a follow-up has.
    """

    question: str
    number: int
    kind: str
    asked: str
    text: str | None
    late: bool
    submitted_at: datetime | None
    take: Take | None
    asked_by: AskedBy


@dataclass(frozen=True, slots=True)
class SittingLine:
    """One sitting, abandoned ones included."""

    id: str
    number: int
    status: SittingStatus
    started_at: datetime
    ended_at: datetime | None
    answered: int


@dataclass(frozen=True, slots=True)
class EarlierScore:
    """A score that another one has taken the place of."""

    score: Score
    scored_at: datetime


@dataclass(frozen=True, slots=True)
class RoundScore:
    """The score of one round of the same candidate."""

    number: int
    score: Score


@dataclass(frozen=True, slots=True)
class Report:
    """What HR reads about one interview.

    Attributes:
        score: None while there is none.
        earlier: Scores before it, the oldest first.
        rubric: The rubric as copied into this interview, in the language of the sandbox.
        questions: The questions with their key points.
        round_number: Which round this is.
        before: The scored round before this one; None when there is none.
    """

    interview_id: str
    candidate_id: str
    candidate_name: str
    post_title: str
    department: str
    status: Interview
    saved: Saved
    synced: Synced
    placement: Placement
    answers: tuple[ReportAnswer, ...]
    sittings: tuple[SittingLine, ...]
    rubric: Rubric
    score: Score | None
    scored_at: datetime | None
    earlier: tuple[EarlierScore, ...]
    questions: tuple[Question, ...]
    round_number: int
    before: RoundScore | None


def score_interview(sandbox: Sandbox, interview_id: str) -> Score:
    """Score the committed answers of a finished interview and store the score.

    Repeating it gives the same score and leaves one row.

    Raises:
        NotFound: No such interview.
        NotAllowed: The interview is not finished, or its answers are not saved.
    """
    with sandbox.store.read() as session:
        case = case_of(session, interview_id)
        if not is_finished(case.state.interview) or case.state.saved is Saved.UNSAVED:
            raise NotAllowed(
                N_("Only a finished and saved interview is scored."), N_("Wait until the candidate has ended it.")
            )
        answers = {question: row.text for question, row in case.answers.items()}
        rubric, questions = case.rubric, case.questions
        consent = session.get(ConsentRow, interview_id)
    refused = consent is not None and not consent.ai_scoring
    score = _unscored(rubric) if refused else compute(rubric, questions, answers)
    with sandbox.change(SYSTEM) as change:
        row = ScoreRow(interview=interview_id, score=score.model_dump(mode="json"), scored_at=change.at)
        change.session.merge(row)
        change.tell(Kind.SCORED, interview_id, total=score.total, by=score.by)
    return score


def compute(rubric: Rubric, questions: Sequence[Question], answers: Mapping[str, str]) -> Score:
    """Score answers (question id → text) by the program of this system."""
    return _SCORER.score(rubric, questions, answers)


def _unscored(rubric: Rubric) -> Score:
    """Return what stands in place of a score when the candidate wants none by a program."""
    return Score(
        rubric=rubric.id,
        rubric_version=rubric.version,
        by="nobody",
        status=ScoreStatus.REFUSED,
        total=None,
        coverage=0.0,
        competencies=(),
    )


def score_of(session: Session, interview_id: str) -> tuple[Score, datetime] | None:
    """Return the stored score of an interview and when it was made."""
    row = session.get(ScoreRow, interview_id)
    return None if row is None else (Score.model_validate(row.score), row.scored_at)


def report(sandbox: Sandbox, actor: Actor, interview_id: str) -> Report:
    """Return the report of an interview to HR.

    Raises:
        Forbidden: The role may not review.
        NotFound: No such interview.
    """
    sandbox.admit(actor, Right.REVIEW)
    return sandbox.known(_report, interview_id)


def report_to_head(sandbox: Sandbox, actor: Actor, interview_id: str) -> Report:
    """Return the report of a passed interview to the head of that department.

    Raises:
        Forbidden: The role is not a department head, or the interview is another department's or not passed.
        NotFound: No such interview.
    """
    sandbox.admit(actor, Right.SEE_DEPARTMENT)
    with sandbox.store.read() as session:
        head = session.get_one(StaffRow, Role.HEAD)
        case = case_of(session, interview_id)
        post = session.get_one(PostRow, session.get_one(CandidateRow, case.interview.candidate).post)
        if post.department != head.department or case.state.interview is not Interview.PASSED:
            raise Forbidden
        return _report(session, interview_id)


def report_to_candidate(sandbox: Sandbox, actor: Actor) -> Report:
    """Return the report of a candidate's own finished interview, of the latest round that is finished.

    Raises:
        Forbidden: The role is not a candidate.
        NotFound: There is no interview, or it is not finished.
    """
    sandbox.admit(actor, Right.TAKE_INTERVIEW)
    with sandbox.store.read() as session:
        found = finished_interview_of(session, actor.id)
        if found is None:
            raise NotFound(N_("There is no report yet."), N_("It is there when your interview is finished."))
        return _report(session, found.id)


def note_opened(sandbox: Sandbox, actor: Actor, interview_id: str) -> None:
    """Note in the audit log that somebody has opened a report that was given to them.

    A session that only looks leaves no trace, and a store that refuses keeps nobody from reading.
    """
    if actor.read_only:
        return
    with suppress(StorageFailed), sandbox.change(actor) as change:
        change.tell(Kind.REPORT_OPENED, interview_id)


def _report(session: Session, interview_id: str) -> Report:
    case = case_of(session, interview_id)
    candidate = session.get_one(CandidateRow, case.interview.candidate)
    post = session.get_one(PostRow, candidate.post)
    row = session.get(ScoreRow, interview_id)
    state = case.state
    taken = newest_takes(session, case.sittings[-1].id) if case.sittings else {}
    return Report(
        interview_id=interview_id,
        candidate_id=candidate.id,
        candidate_name=candidate.name,
        post_title=post.title,
        department=session.get_one(DepartmentRow, post.department).name,
        status=state.interview,
        saved=state.saved,
        synced=state.synced,
        placement=Placement(candidate.placement),
        answers=tuple(
            ReportAnswer(
                question=one.id,
                number=one.number,
                kind=one.kind,
                asked=one.text,
                text=given.text if (given := case.answers.get(one.id)) else None,
                late=bool(given and given.late),
                submitted_at=given.submitted_at if given else None,
                take=taken.get(one.id) if given else None,
                asked_by=one.asked_by,
            )
            for one in case.questions
        ),
        sittings=sitting_lines(session, case.sittings),
        rubric=case.rubric,
        score=Score.model_validate(row.score) if row else None,
        scored_at=row.scored_at if row else None,
        earlier=_earlier(row) if row else (),
        questions=case.questions,
        round_number=case.interview.round_number,
        before=_before(session, case.interview),
    )


def _before(session: Session, interview: InterviewRow) -> RoundScore | None:
    query = (
        select(InterviewRow.round_number, ScoreRow)
        .join(ScoreRow, col(ScoreRow.interview) == InterviewRow.id)
        .where(InterviewRow.candidate == interview.candidate)
        .where(InterviewRow.round_number < interview.round_number)
        .order_by(col(InterviewRow.round_number).desc())
    )
    for number, row in session.exec(query):
        score = Score.model_validate(row.score)
        if score.status is ScoreStatus.SCORED:
            return RoundScore(number, score)
    return None


def _earlier(row: ScoreRow) -> tuple[EarlierScore, ...]:
    return tuple(
        EarlierScore(Score.model_validate(one["score"]), datetime.fromisoformat(one["scored_at"]))
        for one in row.earlier
    )


def sitting_lines(session: Session, sittings: list[SittingRow]) -> tuple[SittingLine, ...]:
    """Return each sitting with the number of its answers."""
    query = (
        select(AnswerRow.sitting, func.count())
        .where(col(AnswerRow.sitting).in_([one.id for one in sittings]))
        .group_by(AnswerRow.sitting)
    )
    answered = dict(session.exec(query).all())
    return tuple(
        SittingLine(
            id=one.id,
            number=one.number,
            status=SittingStatus(one.status),
            started_at=one.started_at,
            ended_at=one.ended_at,
            answered=answered.get(one.id, 0),
        )
        for one in sittings
    )
