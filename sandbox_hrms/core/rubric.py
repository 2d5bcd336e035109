"""What an interview is scored on, and what a score says about itself."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

DECIMALS = 3
LEVEL_POINTS = (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)
"""The one table between levels 0-5 and points 0-100: a level begins here, and a level given by hand is worth this.

A pass mark of 80 is level 4 on the average of all competencies.
"""
MOST_BELOW_TOP = 90.0
"""Points of a competency whose points are all said, but not in the way its top level wants."""
LEAST_GRADED = 5
"""Graded answers from which on a question is calibrated."""
ENOUGH = 0.5
"""Share of the questions, and of the rubric's weight, that must be judged for a total."""
TopNeed = Literal["structure", "specificity"]
Part = Literal["situation", "task", "action", "result"]
Manner = Literal["gentle", "neutral", "pressing"]
MOST_FOLLOW_UPS = 2
"""In one interview."""
AskedBy = Literal["rules", "model", "rules_instead"]
"""Whose words a follow-up has; ``rules_instead``: a model was asked, and said nothing usable."""
Reason = Literal["all", "all_but_loose", "all_but_vague", "most", "some", "none", "held_down", "unanswered"]
"""Why a level was given, as a label code."""


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Level(_Frozen):
    """One anchored step of a competency: from ``floor`` points upwards the ``anchor`` describes the answer."""

    level: Annotated[int, Field(ge=0, le=5)]
    floor: Annotated[float, Field(ge=0, le=100)]
    anchor: str


class Competency(_Frozen):
    """One dimension of the score, told in the language of the sandbox.

    Attributes:
        weight: Share of 1.
        top_needs: What the answers must be for the top level, beside saying every point: in order
            (``structure``), or with numbers, times or examples (``specificity``).
    """

    code: str
    title: str
    weight: Annotated[float, Field(gt=0, le=1)]
    levels: tuple[Level, ...]
    top_needs: tuple[TopNeed, ...] = ()

    def level_of(self, score: float) -> int:
        """Return the highest level whose floor ``score`` (0-100) reaches."""
        return max(level.level for level in self.levels if score >= level.floor)


class Rubric(_Frozen):
    """A versioned set of competencies, copied into each interview.

    Attributes:
        follow_ups: At most so many times the interviewer asks back in one interview.
        manner: In which manner.
        pass_mark: Total from which on an interview is passed; None for what the profile says.
    """

    id: str
    version: Annotated[int, Field(ge=1)]
    competencies: tuple[Competency, ...]
    follow_ups: Annotated[int, Field(ge=0, le=MOST_FOLLOW_UPS)] = 0
    manner: Manner = "neutral"
    pass_mark: Annotated[float, Field(ge=0, le=100)] | None = None

    @model_validator(mode="after")
    def _weights_sum_to_one(self) -> "Rubric":
        total = round(sum(one.weight for one in self.competencies), DECIMALS)
        if total != 1:
            raise ValueError(f"the weights of a rubric must sum to 1, not {total}")
        return self


class KeyPoint(_Frozen):
    """Something a good answer says, in one or more wordings."""

    id: str
    competency: str
    says: Annotated[tuple[str, ...], Field(min_length=1)]
    weight: Annotated[float, Field(gt=0)] = 1.0


class GradedAnswer(_Frozen):
    """An answer that a person has given a level, worth `LEVEL_POINTS`."""

    text: str
    level: Annotated[int, Field(ge=0, le=5)]


class Question(_Frozen):
    """One question of an interview, in one language; a follow-up asks for the key points of the one it follows.

    Attributes:
        graded: Answers graded by people; from `LEAST_GRADED` on they calibrate the score of this question.
        asked_by: Whose words a follow-up has.
    """

    id: str
    number: int
    kind: Annotated[str, Field(pattern="^(structured|situational|follow_up)$")]
    text: str
    sample: str
    think_seconds: int
    answer_seconds: int
    key_points: tuple[KeyPoint, ...]
    graded: tuple[GradedAnswer, ...] = ()
    asked_by: AskedBy = "rules"


class Evidence(_Frozen):
    """A quotation that a score rests on: ``quote == answer[start:end]``."""

    question: str
    quote: str
    start: int
    end: int


class ScoreStatus(StrEnum):
    """Whether there is a score at all; ``insufficient_data`` is neither 0 nor a fail.

    ``refused``: the candidate wants no scoring by a program, which changes nothing else; a person reads.
    """

    SCORED = "scored"
    INSUFFICIENT_DATA = "insufficient_data"
    REFUSED = "refused"


class CompetencyScore(_Frozen):
    """What one competency came to.

    Attributes:
        level: Anchored level 0-5; None when there was too little to judge.
        score: 0-100; None when there was too little to judge.
        points: This competency's part of the total; all points sum to it.
        coverage: Share (0-1) of the key points that were asked and answered.
        evidence: Quotations, the strongest first.
        found: Ids of the key points that were found.
        missed: Ids of the key points that were asked, answered and not found.
        reason: Why this level, in one word; ``unanswered`` without a level.
        confidence: How sure the program is of it, 0-1: how much was asked and answered, and how far from the
            limits what was found lies. No share of right judgements: nobody has measured that.
    """

    code: str
    level: int | None
    score: float | None
    points: float
    coverage: float
    evidence: tuple[Evidence, ...]
    found: tuple[str, ...]
    missed: tuple[str, ...]
    reason: Reason = "unanswered"
    confidence: float = 0.0


class AnswerScore(_Frozen):
    """What one judged answer is like; each figure 0-1 unless it says otherwise.

    Attributes:
        score: Points 0-100 for its own key points, weights included.
        coverage: Share of its key points that were found, in part or in full.
        structure: Share of situation, task, action and result that it tells; a question that does not ask for
            something that happened gives the first two itself.
        relevance: Share of its sentences that share a word with question or key points.
        specificity: Numbers, times and examples: 1 from two of them on.
        parts: A quotation for each part of the structure that was found.
        details: Quotations of what makes it specific.
        uncalibrated: Its points without the graded answers of its question; None where there are too few of them.
    """

    question: str
    score: float
    coverage: float
    structure: float
    relevance: float
    specificity: float
    parts: Mapping[Part, Evidence]
    details: tuple[Evidence, ...]
    uncalibrated: float | None = None


class Flag(_Frozen):
    """Something about one answer that its reader should know (``code`` is a label code)."""

    question: str
    code: str


class Override(_Frozen):
    """A level that a person gave instead of the program's.

    Attributes:
        level: 0-5; the competency's points are those of `LEVEL_POINTS`.
        reason: Why, in the person's words.
        by: Who.
        was: The program's level; None where it had none.
    """

    code: str
    level: Annotated[int, Field(ge=0, le=5)]
    reason: str
    by: str
    at: datetime
    was: int | None


SecondVerdict = Literal["agrees", "near", "needs_review", "cannot_lift", "insufficient_data"]


class SecondLevel(_Frozen):
    """What a language model thinks of one competency, as far as it holds.

    Attributes:
        level: One of the offered levels; None when it gave none, or could not quote for it.
        quote: An exact substring of an answer.
        verdict: A label code: how it stands to the program's level.
    """

    code: str
    level: int | None
    quote: Evidence | None
    verdict: SecondVerdict


class SecondOpinion(_Frozen):
    """A second opinion beside the score; without an answer in time there are no levels.

    Attributes:
        by: The model's name.
    """

    by: str
    at: datetime
    answered: bool
    levels: tuple[SecondLevel, ...]


class Score(_Frozen):
    """The score of one interview.

    Attributes:
        total: 0-100, the sum of the points; None with ``insufficient_data``.
        coverage: Share (0-1) of the questions that were answered; a too short answer is one.
        by: Who scored, e.g. ``words@5``: the engine with its version.
        digest: SHA-256 of the texts that were scored; empty in scores of older versions.
        answers: The judged answers in the order of their questions.
        overrides: Levels given by people, the oldest first; of several for one competency the last counts.
        second: What a language model thinks; it counts nothing.
        rubric_digest: What `rubric_digest` says of the rubric and questions it rests on; empty in older scores.
    """

    rubric: str
    rubric_version: int
    by: str
    status: ScoreStatus
    total: float | None
    coverage: float
    competencies: tuple[CompetencyScore, ...]
    flags: tuple[Flag, ...] = ()
    digest: str = ""
    answers: tuple[AnswerScore, ...] = ()
    overrides: tuple[Override, ...] = ()
    second: SecondOpinion | None = None
    rubric_digest: str = ""


def rubric_digest(rubric: Rubric, questions: Sequence[Question]) -> str:
    """Return the SHA-256 of everything a score is measured by: rubric, key points and graded answers.

    What was asked back in one interview makes no difference, as it asks for the same points again.
    """
    told = hashlib.sha256(rubric.model_dump_json().encode())
    for one in questions:
        if one.kind != "follow_up":
            told.update(
                one.model_dump_json(include={"id", "key_points", "graded"}).encode("utf-8", "surrogatepass")
            )
    return told.hexdigest()


def weighed(rubric: Rubric, scored: Sequence[CompetencyScore]) -> tuple[float | None, tuple[CompetencyScore, ...]]:
    """Return the total and the competencies with their points; None when too little of the weight was judged."""
    weight = round(
        sum(c.weight for c, s in zip(rubric.competencies, scored, strict=True) if s.score is not None), DECIMALS
    )
    if weight < ENOUGH:
        return None, unpointed(scored)
    pointed = tuple(
        one.model_copy(update={"points": round((one.score or 0.0) * competency.weight / weight, DECIMALS)})
        for competency, one in zip(rubric.competencies, scored, strict=True)
    )
    return round(sum(one.points for one in pointed), DECIMALS), pointed


def unpointed(scored: Sequence[CompetencyScore]) -> tuple[CompetencyScore, ...]:
    """Return the competencies without points, as there is no total they could be a part of."""
    return tuple(one.model_copy(update={"points": 0.0}) for one in scored)


def overruled(rubric: Rubric, score: Score, override: Override) -> Score:
    """Return the score with one competency's level given by a person, and the total that follows from it.

    Where too few questions were answered for a total, one follows once people have judged enough of the weight.
    """
    overrides = (*score.overrides, override)
    scored = tuple(
        one.model_copy(update={"level": override.level, "score": LEVEL_POINTS[override.level]})
        if one.code == override.code
        else one
        for one in score.competencies
    )
    total, scored = weighed(rubric, scored)
    given = {one.code for one in overrides}
    by_people = round(sum(one.weight for one in rubric.competencies if one.code in given), DECIMALS)
    if score.coverage < ENOUGH and by_people < ENOUGH:
        total, scored = None, unpointed(scored)
    status = ScoreStatus.INSUFFICIENT_DATA if total is None else ScoreStatus.SCORED
    changed = {"total": total, "competencies": scored, "status": status}
    return score.model_copy(update={**changed, "overrides": overrides})
