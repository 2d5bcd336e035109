"""Calibration: a few graded answers of a question tell how strictly it is graded.

A common curve through nothing, the middle of all graded answers, and full comes first; then each answer moves
towards the graded answers of its question that use the same words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox_hrms.core.rubric import DECIMALS
from sandbox_hrms.scorers.text import content

_DOUBT = 0.1
"""How much a graded answer must resemble before it outweighs the common curve."""
_SHARPNESS = 4
_NEAR_NOTHING = 0.2
_NEAR_FULL = 0.1
_STEEPEST = 2.0
_FLATTEST = 0.5
_LEAST_SPREAD = 0.05


@dataclass(frozen=True, slots=True)
class Graded:
    """An answer with the score it was given by program and by hand, both 0-1."""

    question: str
    answer: str
    score: float
    human: float


class Calibration:
    """What graded answers of one or more questions tell."""

    def __init__(self, graded: Sequence[Graded]) -> None:
        self._middle = _middle([(one.score, one.human) for one in graded])
        self._of: dict[str, list[tuple[frozenset[str], float]]] = {}
        for one in graded:
            words = frozenset(content(one.answer))
            self._of.setdefault(one.question, []).append((words, one.human - self._curve(one.score)))

    def apply(self, question: str, answer: str, score: float) -> float:
        """Return the calibrated score, 0-1; nothing stays 0 and full stays 1."""
        known = self._of.get(question)
        if not known:
            return round(self._curve(score), DECIMALS)
        words = frozenset(content(answer))
        weights = [_same(words, other) ** _SHARPNESS for other, _ in known]
        shift = sum(w * off for w, (_, off) in zip(weights, known, strict=True)) / (_DOUBT + sum(weights))
        free = max(0.0, min(1.0, score / _NEAR_NOTHING, (1 - score) / _NEAR_FULL))
        return round(min(1.0, max(0.0, self._curve(score) + free * shift)), DECIMALS)

    def _curve(self, score: float) -> float:
        """Return the mean of two lines: one bent at the middle, one straight with the graded answers' spread."""
        at, human, steep = self._middle
        bent = human * score / at if score <= at else human + (1 - human) * (score - at) / (1 - at)
        straight = min(1.0, max(0.0, human + steep * (score - at)))
        free = max(0.0, min(1.0, score / _NEAR_NOTHING, (1 - score) / _NEAR_FULL))
        return bent + free * (straight - bent) / 2


def _middle(pairs: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """Return the mean score, the mean grade, and how much wider the grades spread than the scores."""
    if not pairs:
        return 0.5, 0.5, 1.0
    at = sum(score for score, _ in pairs) / len(pairs)
    human = sum(grade for _, grade in pairs) / len(pairs)
    spread = _spread([score for score, _ in pairs]) or 1.0
    steep = _spread([grade for _, grade in pairs]) / max(spread, _LEAST_SPREAD)
    return min(0.95, max(0.05, at)), human, min(_STEEPEST, max(_FLATTEST, steep))


def _spread(values: Sequence[float]) -> float:
    middle = sum(values) / len(values)
    return float((sum((one - middle) ** 2 for one in values) / len(values)) ** 0.5)


def _same(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / ((len(one) + len(other)) or 1)
