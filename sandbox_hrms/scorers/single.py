"""One answer against reference answers: a score 0-1, what is odd, and who says so."""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox_hrms.scorers.likeness import by, likeness
from sandbox_hrms.scorers.oddities import LONGEST, WEAK, head, oddities, repetition
from sandbox_hrms.scorers.text import content, sentences, size

_SHORTEST = 2.0
_SHORTEST_PART = 0.2
_LONGEST_SHORT = 8.0
_ENOUGH = 0.5
_MOSTLY_REPEATED = 2
_HARDLY_ANYTHING = 3.0


@dataclass(frozen=True, slots=True)
class SingleScore:
    """What one answer came to.

    Attributes:
        score: 0-1, rounded to three decimals; never above `WEAK` where a flag says that it is no honest answer.
        flags: Codes of what is odd.
        capped: The score would have been higher without the flags.
        by: Who scored, e.g. ``words@2``.
    """

    score: float
    flags: tuple[str, ...]
    capped: bool
    by: str


def score_one(question: str, references: Sequence[str], answer: str) -> SingleScore:
    """Score one answer; the best reference counts. The same input gives the same score, always.

    Args:
        question: What was asked; its words count less.
        references: One or more good answers.
        answer: What was answered; "" gives 0.
    """
    flags = oddities(question, references, answer, models=references, shortest=_shortest(references))
    read = head(answer) if size(answer) > LONGEST else answer
    best = max((likeness(one, read, question) for one in references), key=lambda one: one.value)
    if "too_short" in flags and content(answer) and best.words >= _ENOUGH:
        flags = tuple(code for code in flags if code != "too_short")  # short, and still what was wanted
    value = min(best.value, WEAK) if "too_short" in flags or cheats(flags, answer) else best.value
    return SingleScore(value, flags, value < best.value, by())


def cheats(flags: Sequence[str], answer: str) -> bool:
    """Say whether a flag holds the score down, also after calibration.

    Short answers to questions that want much are flagged from `_shortest` on, but graded answers may show that
    few words will do: then only one or two are too few.
    """
    again, kept = repetition(sentences(answer)) if "repeated" in flags else (0, 1)
    if "too_short" in flags and size(answer) < _HARDLY_ANYTHING:
        return True
    # once more is a slip; mostly the same is padding
    return any(code not in {"repeated", "too_short"} for code in flags) or again >= _MOSTLY_REPEATED * kept


def _shortest(references: Sequence[str]) -> float:
    """Return the words below which an answer to such references is too short to judge."""
    return min(_LONGEST_SHORT, max(_SHORTEST, _SHORTEST_PART * min(size(one) for one in references)))
