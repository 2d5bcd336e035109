"""How well the program agrees with people on the graded answers of one question, before and after calibration."""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox_hrms.core.rubric import LEAST_GRADED, LEVEL_POINTS, Question
from sandbox_hrms.scorers.lexical import calibration_of, said_of


@dataclass(frozen=True, slots=True)
class Compared:
    """One graded answer: the person's level and the program's, before and after calibration.

    Attributes:
        after: By what the other graded answers tell, never its own grade; None with too few of them.
    """

    text: str
    human: int
    before: int
    after: int | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """The graded answers of one question beside the program's levels.

    Attributes:
        before: Levels that program and person are apart on the average; None without graded answers.
        after: The same with calibration; None with too few graded answers.
    """

    rows: tuple[Compared, ...]
    before: float | None
    after: float | None


def agreement(question: Question) -> Agreement:
    """Compare each graded answer with the program; calibrated by the others, so that no grade tells of itself."""
    graded = question.graded
    rows = []
    for place, one in enumerate(graded):
        said = said_of(question, one.text)
        others = (*graded[:place], *graded[place + 1 :])
        after = None
        if len(graded) >= LEAST_GRADED:
            after = _level(calibration_of(question, others).apply(question.id, one.text, said))
        rows.append(Compared(one.text, one.level, _level(said), after))
    return Agreement(
        tuple(rows),
        _apart([(one.human, one.before) for one in rows]),
        _apart([(one.human, one.after) for one in rows if one.after is not None]),
    )


def _level(share: float) -> int:
    return max(level for level, floor in enumerate(LEVEL_POINTS) if 100 * share >= floor)


def _apart(pairs: Sequence[tuple[int, int]]) -> float | None:
    return round(sum(abs(one - other) for one, other in pairs) / len(pairs), 2) if pairs else None
