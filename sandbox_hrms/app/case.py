"""One interview's rows, read as a state and moved by the rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, bindparam, col, select

from sandbox_hrms.app.working import Working
from sandbox_hrms.core.errors import NotFound
from sandbox_hrms.core.profiles import Policy
from sandbox_hrms.core.rubric import Question, Rubric
from sandbox_hrms.core.states import Event, Interview, Saved, SittingStatus, State, Synced, advance, is_finished
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.interviews import AnswerRow, DraftRow, InterviewRow, SittingRow

_ROUNDS = (
    select(InterviewRow)
    .where(InterviewRow.candidate == bindparam("candidate"))
    .order_by(col(InterviewRow.round_number).desc())
)
_SITTINGS = (
    select(SittingRow).where(SittingRow.interview == bindparam("interview")).order_by(col(SittingRow.number))
)
_ANSWERS = select(AnswerRow).where(AnswerRow.sitting == bindparam("sitting"))
"""Written once: these are asked at every step of an interview, and writing them takes longer than the answer."""


@dataclass(slots=True)
class Case:
    """An interview with its sittings (oldest first) and the answers and draft of the newest one.

    Attributes:
        working: The newest sitting's working copy in memory; None where everything is saved by itself, and for
            everybody but the candidate.
        unsaved: Ids of questions whose answers are in that copy only; ``answers`` holds them, too.
    """

    session: Session
    interview: InterviewRow
    questions: tuple[Question, ...]
    sittings: list[SittingRow]
    answers: dict[str, AnswerRow]
    draft: DraftRow | None
    working: Working | None = None
    unsaved: set[str] = field(default_factory=set)

    @property
    def sitting(self) -> SittingRow | None:
        """The newest sitting; None before the first, and after a new invitation until it is taken up."""
        if self.interview.status == Interview.INVITED or not self.sittings:
            return None
        return self.sittings[-1]

    @property
    def rubric(self) -> Rubric:
        """The rubric as copied into the interview."""
        return Rubric.model_validate(self.interview.rubric)

    @property
    def current(self) -> Question | None:
        """The first question without an answer."""
        return next((one for one in self.questions if one.id not in self.answers), None)

    @property
    def state(self) -> State:
        """What the rules need to know."""
        return State(
            required=len(self.questions),
            interview=Interview(self.interview.status),
            saved=Saved.UNSAVED if self.unsaved else Saved(self.interview.saved),
            synced=Synced(self.interview.synced),
            sitting=SittingStatus(self.sittings[-1].status) if self.sittings else None,
            sittings=len(self.sittings),
            answered=len(self.answers),
        )

    def move(self, event: Event, policy: Policy, at: datetime) -> tuple[str, str]:
        """Apply ``event`` to the rows and return the codes before and after, for the audit log.

        Raises:
            NotAllowed: The rules forbid it; no row was touched.
        """
        old = self.state
        new = advance(old, event, policy)
        self.interview.status, self.interview.saved, self.interview.synced = new.interview, new.saved, new.synced
        self.session.add(self.interview)
        if new.sittings > old.sittings:
            self._open_sitting(new.sittings, at)
        elif self.sittings and new.sitting is not None:
            self._set_sitting(self.sittings[-1], new.sitting, at)
        return codes(old), codes(new)

    def ask(self, questions: Sequence[Question]) -> None:
        """Let the interview have these questions, numbered in their order."""
        self.questions = tuple(
            one.model_copy(update={"number": number}) for number, one in enumerate(questions, start=1)
        )
        self.interview.questions = [one.model_dump(mode="json") for one in self.questions]
        self.session.add(self.interview)

    def forget_unsaved(self) -> int:
        """Leave out what is in memory only and return how many answers that were."""
        count = len(self.unsaved)
        for question in self.unsaved:
            del self.answers[question]
        self.unsaved, self.working = set(), None
        return count

    def _open_sitting(self, number: int, at: datetime) -> None:
        if self.sittings and self.sittings[-1].status != SittingStatus.ENDED:
            self._set_sitting(self.sittings[-1], SittingStatus.ABANDONED, at)
        sitting = SittingRow(
            id=f"{self.interview.id}-{number}",
            interview=self.interview.id,
            number=number,
            status=SittingStatus.OPEN,
            started_at=at,
        )
        self.session.add(sitting)
        self.session.flush()
        self.draft = DraftRow(sitting=sitting.id)
        self.session.add(self.draft)
        self.sittings.append(sitting)
        self.ask([one for one in self.questions if one.kind != "follow_up"])
        self.answers = {}
        self.unsaved, self.working = set(), None

    def _set_sitting(self, sitting: SittingRow, status: SittingStatus, at: datetime) -> None:
        if status in {SittingStatus.ENDED, SittingStatus.ABANDONED} and sitting.status != status:
            sitting.ended_at = at
        sitting.status = status
        self.session.add(sitting)


def case_of(session: Session, interview_id: str) -> Case:
    """Load an interview by its id.

    Raises:
        NotFound: There is none.
    """
    return _load(session, session.get(InterviewRow, interview_id), interview_id)


def case_of_candidate(session: Session, candidate_id: str, working: Mapping[str, Working] | None = None) -> Case:
    """Load the interview of a candidate, that of the latest round.

    Args:
        session: Where.
        candidate_id: Whose.
        working: Working copies by sitting, to be laid over what is stored; only the candidate sees them.

    Raises:
        NotFound: There is none.
    """
    case = _load(session, interview_of(session, candidate_id), candidate_id)
    if working and case.sitting is not None:
        _lay_over(case, working.get(case.sitting.id))
    return case


def interview_of(session: Session, candidate_id: str) -> InterviewRow | None:
    """Return a candidate's interview of the latest round; None before the first invitation."""
    return session.exec(_ROUNDS, params={"candidate": candidate_id}).first()


def finished_interview_of(session: Session, candidate_id: str) -> InterviewRow | None:
    """Return a candidate's interview of the latest finished round; None before the first one is finished."""
    rounds = session.exec(_ROUNDS, params={"candidate": candidate_id})
    return next((one for one in rounds if is_finished(Interview(one.status))), None)


def is_latest_round() -> ColumnElement[bool]:
    """Return the condition that an interview is the latest round of its candidate; no later row goes before it."""
    other = aliased(InterviewRow)
    later = select(other.id).where(
        other.candidate == InterviewRow.candidate, other.round_number > InterviewRow.round_number
    )
    return ~later.correlate(InterviewRow).exists()


def sittings_of(session: Session, interview_id: str) -> list[SittingRow]:
    """Return the sittings of an interview, oldest first."""
    return list(session.exec(_SITTINGS, params={"interview": interview_id}))


def answers_of(session: Session, sittings: Sequence[SittingRow]) -> dict[str, AnswerRow]:
    """Return the answers of the newest of ``sittings`` by question."""
    if not sittings:
        return {}
    return {row.question: row for row in session.exec(_ANSWERS, params={"sitting": sittings[-1].id})}


def _load(session: Session, row: InterviewRow | None, wanted: str) -> Case:
    if row is None:
        raise NotFound(
            N_("There is no interview for {id}."), N_("Go back to the list and choose another one."), id=wanted
        )
    sittings = sittings_of(session, row.id)
    invited_again = row.status == Interview.INVITED
    return Case(
        session=session,
        interview=row,
        questions=tuple(Question.model_validate(one) for one in row.questions),
        sittings=sittings,
        answers={} if invited_again else answers_of(session, sittings),
        draft=session.get(DraftRow, sittings[-1].id) if sittings else None,
    )


def _lay_over(case: Case, working: Working | None) -> None:
    case.working = working
    if working is None:
        return
    for question, one in working.answers.items():
        if question not in case.answers:
            sitting = case.sittings[-1].id
            case.answers[question] = AnswerRow(
                sitting=sitting, question=question, text=one.text, late=one.late, submitted_at=one.at
            )
            case.unsaved.add(question)


def codes(state: State) -> str:
    """Return the three state codes as the audit log keeps them."""
    return f"{state.interview}/{state.saved}/{state.synced}"
