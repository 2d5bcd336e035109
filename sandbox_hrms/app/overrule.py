"""A person goes before the program: a level is corrected, or an interview is scored again with other weights."""

from collections.abc import Mapping, Sequence

from sandbox_hrms.app.case import Case, case_of
from sandbox_hrms.app.rubrics import newest_for
from sandbox_hrms.app.sandboxes import Change, Sandbox
from sandbox_hrms.app.score import compute
from sandbox_hrms.core.errors import Invalid, NotAllowed
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import Actor, Right
from sandbox_hrms.core.rubric import (
    LEVEL_POINTS,
    Override,
    Question,
    Rubric,
    Score,
    ScoreStatus,
    overruled,
    rubric_digest,
)
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.interviews import ScoreRow

MAX_REASON = 500
"""Characters that a reason may have."""
_WHOLE = 100


def overrule(  # noqa: PLR0913, PLR0917  # the fields of one correction
    sandbox: Sandbox, actor: Actor, interview_id: str, code: str, level: int, reason: str
) -> None:
    """Give one competency another level; the program's stays beside it, and the total follows.

    Args:
        sandbox: Where.
        actor: HR.
        interview_id: Whose score.
        code: The competency.
        level: 0 to 5.
        reason: Why, 1 to 500 characters; the candidate reads it, too.

    Raises:
        Invalid: No such competency or level, or the reason is missing or too long.
        NotAllowed: There is no score, or the candidate wants none by a program.
        NotFound: There is no such interview.
    """
    sandbox.admit(actor, Right.DECIDE, write=True)
    reason = reason.strip()
    if not 0 < len(reason) <= MAX_REASON:
        raise Invalid(
            N_("A corrected level needs a reason of 1 to {most} characters."),
            N_("Write what the level rests on."),
            most=MAX_REASON,
        )
    with sandbox.change(actor) as change:
        case, row, score = _scored(change, interview_id)
        was = {one.code: one.level for one in score.competencies}
        if code not in was or level not in range(len(LEVEL_POINTS)):
            raise Invalid(N_("There is no such competency or level."), N_("Choose one of the list."))
        override = Override(code=code, level=level, reason=reason, by=actor.name, at=change.at, was=was[code])
        row.score = overruled(case.rubric, score, override).model_dump(mode="json")
        change.session.add(row)
        change.tell(Kind.SCORE_OVERRULED, interview_id, competency=code, level=level, was=was[code])


def score_again(sandbox: Sandbox, actor: Actor, interview_id: str, weights: Mapping[str, int]) -> None:
    """Score the same answers with other weights; the score so far stays to compare, corrected levels are kept.

    Args:
        sandbox: Where.
        actor: HR.
        interview_id: Which interview; its copy of the rubric is changed and counted up, nobody else's.
        weights: Per cent by competency, 100 together.

    Raises:
        Invalid: The weights are not one of each competency, 1 or more, 100 together.
        NotAllowed: There is no score, or the candidate wants none by a program.
        NotFound: There is no such interview.
    """
    sandbox.admit(actor, Right.DECIDE, write=True)
    with sandbox.change(actor) as change:
        case, row, old = _scored(change, interview_id)
        rubric = case.rubric
        codes = {one.code for one in rubric.competencies}
        if set(weights) != codes or min(weights.values()) < 1 or sum(weights.values()) != _WHOLE:
            raise Invalid(
                N_("The weights must be whole per cents from 1 on, 100 together."),
                N_("Change them until the sum is 100."),
            )
        changed = rubric.model_copy(
            update={
                "version": rubric.version + 1,
                "competencies": tuple(
                    one.model_copy(update={"weight": weights[one.code] / _WHOLE}) for one in rubric.competencies
                ),
            }
        )
        _score(change, case, row, old, changed, case.questions)


def score_by_newest(sandbox: Sandbox, actor: Actor, interview_id: str) -> None:
    """Score the same answers by the newest rubric, points and grades; the score so far stays to compare.

    Raises:
        NotAllowed: There is no score, the candidate wants none by a program, or nothing has changed.
        NotFound: There is no such interview.
    """
    sandbox.admit(actor, Right.DECIDE, write=True)
    with sandbox.change(actor) as change:
        case, row, old = _scored(change, interview_id)
        rubric, questions = newest_for(sandbox, change.session, case.interview)
        if rubric_digest(rubric, questions) == rubric_digest(case.rubric, case.questions):
            raise NotAllowed(N_("This is scored by the newest rubric already."), N_("There is nothing to do."))
        _score(change, case, row, old, rubric, questions)


def _score(  # noqa: PLR0913, PLR0917  # one score in the place of another
    change: Change, case: Case, row: ScoreRow, old: Score, rubric: Rubric, questions: Sequence[Question]
) -> None:
    """Score the answers once more, keep levels corrected by people, and put the old score beside."""
    score = compute(rubric, questions, {key: one.text for key, one in case.answers.items()})
    for override in old.overrides:
        score = overruled(rubric, score, override)
    case.interview.rubric = rubric.model_dump(mode="json")
    case.interview.questions = [one.model_dump(mode="json") for one in questions]
    row.earlier = [*row.earlier, {"score": row.score, "scored_at": row.scored_at.isoformat()}]
    row.score, row.scored_at = score.model_dump(mode="json"), change.at
    change.session.add(row)
    change.session.add(case.interview)
    change.tell(Kind.SCORED_AGAIN, case.interview.id, total=score.total, was=old.total, version=rubric.version)


def _scored(change: Change, interview_id: str) -> tuple[Case, ScoreRow, Score]:
    """Return case, row and score of an interview that has one by a program."""
    case = case_of(change.session, interview_id)
    row = change.session.get(ScoreRow, interview_id)
    score = Score.model_validate(row.score) if row else None
    if row is None or score is None or score.status is ScoreStatus.REFUSED:
        raise NotAllowed(N_("There is no score by a program here."), N_("Read the answers and decide."))
    return case, row, score
