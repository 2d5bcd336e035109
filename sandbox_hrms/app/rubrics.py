"""HR edits what interviews are scored on: the rubric, what is expected of each question, and graded answers.

Every change is a version of its own; an earlier one is taken back by making it the newest again. Interviews that
are invited and not begun, and those to come, get the newest; others keep what was copied into them until HR scores
them again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from sandbox_hrms.app import library
from sandbox_hrms.app.case import case_of
from sandbox_hrms.app.sandboxes import Change, Sandbox
from sandbox_hrms.core.datasets import QuestionSource
from sandbox_hrms.core.editing import checked_graded, checked_points, checked_rubric
from sandbox_hrms.core.errors import Conflict, NotFound
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import Actor, Right
from sandbox_hrms.core.rubric import GradedAnswer, KeyPoint, Question, Rubric, rubric_digest
from sandbox_hrms.core.states import Interview
from sandbox_hrms.core.texts import N_
from sandbox_hrms.scorers.agreement import Agreement, agreement
from sandbox_hrms.tables.interviews import InterviewRow
from sandbox_hrms.tables.rubrics import EditionRow

RUBRIC = "rubric"
_RUBRIC_FIELDS = {"version", "competencies", "pass_mark"}
_QUESTION_FIELDS = {"key_points", "graded"}


@dataclass(frozen=True, slots=True)
class Edition:
    """One version; ``by`` and ``at`` are None for the one that came with the product."""

    version: int
    by: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class RubricEditing:
    """The newest rubric as HR edits it, and its versions, the newest first."""

    rubric: Rubric
    editions: tuple[Edition, ...]


@dataclass(frozen=True, slots=True)
class QuestionEditing:
    """The newest of what is expected of one question, and its versions, the newest first.

    Attributes:
        competencies: Title by code.
        agreed: How well program and graded answers agree.
    """

    question: Question
    version: int
    editions: tuple[Edition, ...]
    competencies: dict[str, str]
    agreed: Agreement


def rubric_editing(sandbox: Sandbox, actor: Actor) -> RubricEditing:
    """Return the newest rubric.

    Raises:
        Forbidden: The role may not review.
    """
    sandbox.admit(actor, Right.REVIEW)
    with sandbox.store.read() as session:
        return RubricEditing(
            _rubric(session, sandbox), _editions(session, RUBRIC, _shipped_rubric(sandbox).version)
        )


def question_editing(sandbox: Sandbox, actor: Actor, question_id: str) -> QuestionEditing:
    """Return the newest of what is expected of one question.

    Raises:
        Forbidden: The role may not review.
        NotFound: There is no such question.
    """
    sandbox.admit(actor, Right.REVIEW)
    with sandbox.store.read() as session:
        question, version = _question(session, sandbox, question_id)
        editions = _editions(session, _subject(question_id), 1)
        rubric = _rubric(session, sandbox)
    titles = {one.code: one.title for one in rubric.competencies}
    return QuestionEditing(question, version, editions, titles, agreement(question))


def newest_questions(sandbox: Sandbox, ids: Sequence[str]) -> tuple[Question, ...]:
    """Return questions with the newest of what is expected of them."""
    with sandbox.store.read() as session:
        return tuple(_question(session, sandbox, one)[0] for one in ids)


def save_rubric(  # noqa: PLR0913, PLR0917  # the fields of one change
    sandbox: Sandbox,
    actor: Actor,
    weights: Mapping[str, int],
    anchors: Mapping[str, Sequence[str]],
    pass_mark: float | None,
    seen: int,
) -> None:
    """Make a new version of the rubric.

    Args:
        sandbox: Where.
        actor: HR.
        weights: Per cent by competency, 100 together.
        anchors: What levels 0 to 5 mean, by competency.
        pass_mark: 0 to 100; None for what the profile says.
        seen: The version that was changed, so that nobody's change is overwritten.

    Raises:
        Forbidden: The role may not edit rubrics.
        Invalid: A weight, an anchor or the mark will not do.
        Conflict: Somebody else has changed it meanwhile.
    """
    sandbox.admit(actor, Right.EDIT_RUBRIC, write=True)
    with sandbox.change(actor) as change:
        known = _rubric(change.session, sandbox)
        changed = checked_rubric(known, weights, anchors, pass_mark)
        _need_newest(known.version, seen)
        _store(sandbox, change, RUBRIC, changed.version, changed.model_dump(mode="json", include=_RUBRIC_FIELDS))


def save_question(  # noqa: PLR0913, PLR0917  # the fields of one change
    sandbox: Sandbox,
    actor: Actor,
    question_id: str,
    points: Sequence[KeyPoint],
    graded: Sequence[GradedAnswer],
    seen: int,
) -> None:
    """Make a new version of what is expected of a question.

    Args:
        sandbox: Where.
        actor: HR.
        question_id: Which question.
        points: What a good answer says; a point without an id gets one.
        graded: Answers graded by people.
        seen: The version that was changed, so that nobody's change is overwritten.

    Raises:
        Forbidden: The role may not edit rubrics.
        Invalid: A point or a graded answer will not do.
        NotFound: There is no such question.
        Conflict: Somebody else has changed it meanwhile.
    """
    sandbox.admit(actor, Right.EDIT_RUBRIC, write=True)
    with sandbox.change(actor) as change:
        known, version = _question(change.session, sandbox, question_id)
        points = checked_points(points, _rubric(change.session, sandbox))
        changed = known.model_copy(
            update={"key_points": _with_ids(question_id, points), "graded": checked_graded(graded)}
        )
        _need_newest(version, seen)
        content = changed.model_dump(mode="json", include=_QUESTION_FIELDS)
        _store(sandbox, change, _subject(question_id), version + 1, content)


def take_back_rubric(sandbox: Sandbox, actor: Actor, version: int, seen: int) -> None:
    """Make an earlier version of the rubric the newest; raises what :func:`save_rubric` raises."""
    sandbox.admit(actor, Right.EDIT_RUBRIC, write=True)
    with sandbox.change(actor) as change:
        known, shipped = _rubric(change.session, sandbox), _shipped_rubric(sandbox)
        _need_newest(known.version, seen)
        content = shipped.model_dump(mode="json", include=_RUBRIC_FIELDS)
        if version != shipped.version:
            content = _edition(change.session, RUBRIC, version).content
        new = known.version + 1
        _store(sandbox, change, RUBRIC, new, {**content, "version": new})


def take_back_question(sandbox: Sandbox, actor: Actor, question_id: str, version: int, seen: int) -> None:
    """Make an earlier version of a question's points and grades the newest.

    Raises what :func:`save_question` raises.
    """
    sandbox.admit(actor, Right.EDIT_RUBRIC, write=True)
    with sandbox.change(actor) as change:
        _, newest = _question(change.session, sandbox, question_id)
        _need_newest(newest, seen)
        content = _shipped_question(sandbox, question_id).model_dump(mode="json", include=_QUESTION_FIELDS)
        if version != 1:
            content = _edition(change.session, _subject(question_id), version).content
        _store(sandbox, change, _subject(question_id), newest + 1, content)


def copy_in(sandbox: Sandbox, session: Session, row: InterviewRow) -> None:
    """Put the newest rubric, points and grades into an interview; what it asks stays the same."""
    rubric, questions = newest_for(sandbox, session, row)
    row.rubric = rubric.model_dump(mode="json")
    row.questions = [one.model_dump(mode="json") for one in questions]


def newest_for(sandbox: Sandbox, session: Session, row: InterviewRow) -> tuple[Rubric, tuple[Question, ...]]:
    """Return rubric and questions of an interview with the newest points and grades.

    A follow-up asks for the points of its question; grades are of the question only. A question that the product
    has no more stays as it is.
    """
    mine = Rubric.model_validate(row.rubric)
    newest = _rubric(session, sandbox)
    asking = {"follow_ups": mine.follow_ups, "manner": mine.manner}
    questions: list[Question] = []
    points: tuple[KeyPoint, ...] = ()
    for one in (Question.model_validate(data) for data in row.questions):
        if one.kind == "follow_up":
            questions.append(one.model_copy(update={"key_points": points}))
            continue
        try:
            known, _ = _question(session, sandbox, one.id)
        except NotFound:
            known = one
        points = known.key_points
        questions.append(one.model_copy(update={"key_points": points, "graded": known.graded}))
    return newest.model_copy(update=asking), tuple(questions)


def is_outdated(sandbox: Sandbox, actor: Actor, interview_id: str) -> bool:
    """Say whether rubric, points or grades have changed since they were copied into an interview.

    Raises:
        Forbidden: The role may not review.
        NotFound: There is no such interview.
    """
    sandbox.admit(actor, Right.REVIEW)
    with sandbox.store.read() as session:
        case = case_of(session, interview_id)
        newest = newest_for(sandbox, session, case.interview)
        return rubric_digest(*newest) != rubric_digest(case.rubric, case.questions)


def _store(sandbox: Sandbox, change: Change, subject: str, version: int, content: dict[str, Any]) -> None:
    """Store one version, and give it to every interview that is invited and not begun."""
    change.session.add(
        EditionRow(subject=subject, version=version, content=content, by=change.actor.name, at=change.at)
    )
    change.session.flush()
    for row in change.session.exec(select(InterviewRow).where(InterviewRow.status == Interview.INVITED)):
        copy_in(sandbox, change.session, row)
        change.session.add(row)
    change.tell(Kind.RUBRIC_CHANGED, subject, version=version)


def _need_newest(version: int, seen: int) -> None:
    if version != seen:
        raise Conflict(N_("Somebody else has changed this meanwhile."), N_("Load the page again, then change it."))


def _rubric(session: Session, sandbox: Sandbox) -> Rubric:
    row = _newest(session, RUBRIC)
    shipped = _shipped_rubric(sandbox)
    return shipped if row is None else Rubric.model_validate(shipped.model_dump(mode="json") | row.content)


def _question(session: Session, sandbox: Sandbox, question_id: str) -> tuple[Question, int]:
    row = _newest(session, _subject(question_id))
    shipped = _shipped_question(sandbox, question_id)
    if row is None:
        return shipped, 1
    return Question.model_validate(shipped.model_dump(mode="json") | row.content), row.version


def _shipped_rubric(sandbox: Sandbox) -> Rubric:
    return library.rubric(library.dataset(sandbox.seed[0]).rubric).within(sandbox.lang)


def _shipped_question(sandbox: Sandbox, question_id: str) -> Question:
    for number, one in _sources(sandbox):
        if one.id == question_id:
            return one.within(sandbox.lang, number)
    raise NotFound(
        N_("There is no question {id}."), N_("Go back to the list and choose another one."), id=question_id
    )


def _sources(sandbox: Sandbox) -> list[tuple[int, QuestionSource]]:
    """Return every question with its number: those of the sample data, then those of the banks."""
    own = library.dataset(sandbox.seed[0]).questions
    banks = [library.bank(one).questions for one in library.bank_ids()]
    return [pair for group in (own, *banks) for pair in enumerate(group, start=1)]


def _newest(session: Session, subject: str) -> EditionRow | None:
    query = select(EditionRow).where(EditionRow.subject == subject)
    return session.exec(query.order_by(col(EditionRow.version).desc()).limit(1)).first()


def _edition(session: Session, subject: str, version: int) -> EditionRow:
    row = session.get(EditionRow, (subject, version))
    if row is None:
        raise NotFound(
            N_("There is no version {version}."), N_("Load the page again, then choose."), version=version
        )
    return row


def _editions(session: Session, subject: str, shipped: int) -> tuple[Edition, ...]:
    query = select(EditionRow).where(EditionRow.subject == subject).order_by(col(EditionRow.version).desc())
    made = [Edition(row.version, row.by, row.at) for row in session.exec(query)]
    return (*made, Edition(shipped, None, None))


def _subject(question_id: str) -> str:
    return f"question/{question_id}"


def _with_ids(question_id: str, points: Sequence[KeyPoint]) -> tuple[KeyPoint, ...]:
    """Give each point without an id one that no other point of the question has."""
    used = {one.id for one in points}
    free = (name for number in range(1, 2 * len(points) + 2) if (name := f"{question_id}_own{number}") not in used)
    return tuple(one if one.id else one.model_copy(update={"id": next(free)}) for one in points)
