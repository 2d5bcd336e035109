"""Finished answers are scored, and the report is read."""

from dataclasses import dataclass
from datetime import datetime

from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core.roles import Actor
from sandbox_hrms.core.rubric import Rubric, Score
from sandbox_hrms.core.states import Interview, Placement, Saved, SittingStatus, Synced


@dataclass(frozen=True, slots=True)
class ReportAnswer:
    """One question with what was answered.

    Attributes:
        text: The submitted answer; None when there is none.
        late: It came after the time was over.
    """

    question: str
    number: int
    kind: str
    asked: str
    text: str | None
    late: bool
    submitted_at: datetime | None


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
class Report:
    """What HR reads about one interview.

    Attributes:
        score: None while there is none.
        rubric: The rubric as copied into this interview (titles and anchors are msgids).
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


def score_interview(sandbox: Sandbox, interview_id: str) -> Score:
    """Score the committed answers of a finished interview and store the score.

    Repeating it gives the same score and leaves one row.

    Raises:
        NotFound: No such interview.
        NotAllowed: The interview is not finished, or its answers are not saved.
    """
    raise NotImplementedError


def report(sandbox: Sandbox, actor: Actor, interview_id: str) -> Report:
    """Return the report of an interview to HR.

    Raises:
        Forbidden: The role may not review.
        NotFound: No such interview.
    """
    raise NotImplementedError
