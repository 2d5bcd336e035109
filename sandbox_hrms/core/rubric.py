"""What an interview is scored on, and what a score says about itself."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

DECIMALS = 3


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Level(_Frozen):
    """One anchored step of a competency: from ``floor`` points upwards the ``anchor`` describes the answer."""

    level: Annotated[int, Field(ge=0, le=4)]
    floor: Annotated[float, Field(ge=0, le=100)]
    anchor: str


class Competency(_Frozen):
    """One dimension of the score, told in the language of the sandbox; ``weight`` is a share of 1."""

    code: str
    title: str
    weight: Annotated[float, Field(gt=0, le=1)]
    levels: tuple[Level, ...]

    def level_of(self, score: float) -> int:
        """Return the highest level whose floor ``score`` (0-100) reaches."""
        return max(level.level for level in self.levels if score >= level.floor)


class Rubric(_Frozen):
    """A versioned set of competencies, copied into each interview."""

    id: str
    version: Annotated[int, Field(ge=1)]
    competencies: tuple[Competency, ...]

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


class Question(_Frozen):
    """One question of an interview, in one language."""

    id: str
    number: int
    kind: Annotated[str, Field(pattern="^(structured|situational)$")]
    text: str
    sample: str
    think_seconds: int
    answer_seconds: int
    key_points: tuple[KeyPoint, ...]


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
        level: Anchored level 0-4; None when there was too little to judge.
        score: 0-100; None when there was too little to judge.
        points: This competency's part of the total; all points sum to it.
        coverage: Share (0-1) of the key points that were asked and answered.
        evidence: Quotations, the strongest first.
        found: Ids of the key points that were found.
        missed: Ids of the key points that were asked, answered and not found.
    """

    code: str
    level: int | None
    score: float | None
    points: float
    coverage: float
    evidence: tuple[Evidence, ...]
    found: tuple[str, ...]
    missed: tuple[str, ...]


class Flag(_Frozen):
    """Something about one answer that its reader should know (``code`` is a label code)."""

    question: str
    code: str


class Score(_Frozen):
    """The score of one interview.

    Attributes:
        total: 0-100, the sum of the points; None with ``insufficient_data``.
        coverage: Share (0-1) of the questions that could be judged.
        by: Who scored, e.g. ``words@2``.
    """

    rubric: str
    rubric_version: int
    by: str
    status: ScoreStatus
    total: float | None
    coverage: float
    competencies: tuple[CompetencyScore, ...]
    flags: tuple[Flag, ...] = ()
