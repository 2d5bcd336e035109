"""How much of a reference an answer says: its words, slips of the pen forgiven, and its meaning."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from sandbox_hrms.core.rubric import DECIMALS
from sandbox_hrms.scorers import meaning
from sandbox_hrms.scorers.text import content

QUESTION_WORD = 0.3
"""Weight of a reference's word that stands in the question already."""
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_ALIKE = 70.0
"""From here on two English words count for each other, by how alike they are; chosen on the training file."""
_ALIKE_HAN = 50.0
_CLOSE, _CLOSE_HAN = 85.0, 66.0
_PART_OF_WORD = 0.6
"""What a single Han character gives that is part of the word looked for, or the other way round."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike an answer and a reference are, each figure 0-1.

    Attributes:
        words: Share of the reference's words in the answer.
        meaning: Nearness of meaning; None without the extra ``semantic``.
    """

    words: float
    meaning: float | None

    @property
    def value(self) -> float:
        """Half and half; words alone where there is nothing else."""
        return round(self.words if self.meaning is None else (self.words + self.meaning) / 2, DECIMALS)


def by() -> str:
    """Name what is compared here, for the record."""
    return "words+meaning@2" if meaning.has_meaning() else "words@2"


def likeness(reference: str, answer: str, question: str) -> Likeness:
    """Compare one answer with one reference."""
    said = content(answer)
    if not said:
        return Likeness(0.0, 0.0 if meaning.has_meaning() else None)
    words = recall(content(reference), said, frozenset(content(question)))
    near = None
    if meaning.has_meaning():
        near = meaning.nearness(*(meaning.vector(one) for one in (reference, answer, question)))
    return Likeness(words, None if near is None else round(near, DECIMALS))


def recall(wanted: Sequence[str], said: Collection[str], asked: Collection[str]) -> float:
    """Return the share (0-1) of ``wanted`` that is in ``said``, the question's own words counting less."""
    return share(wanted, [alike(word, said) for word in wanted], asked)


def share(wanted: Sequence[str], found: Sequence[float], asked: Collection[str]) -> float:
    """Weigh how well each wanted word was found."""
    weights = [QUESTION_WORD if word in asked else 1.0 for word in wanted]
    got = sum(weight * one for weight, one in zip(weights, found, strict=True))
    return round(got / (sum(weights) or 1.0), DECIMALS)


def closely(word: str, said: Collection[str]) -> float:
    """Return how well (0-1) the best of ``said`` stands for ``word``, slips of the pen forgiven and no more.

    For interviews, where people are named: what only resembles a word could be somebody's name.
    """
    if word in said:
        return 1.0
    han = bool(_HAN.search(word))
    best = process.extractOne(word, said, scorer=fuzz.ratio, score_cutoff=_CLOSE_HAN if han else _CLOSE)
    return best[1] / 100 if best else 0.0


def alike(word: str, said: Collection[str]) -> float:
    """Return how well (0-1) the best of ``said`` stands for ``word``."""
    if word in said:
        return 1.0
    if not _HAN.search(word):
        best = process.extractOne(word, said, scorer=fuzz.ratio, score_cutoff=_ALIKE)
        return best[1] / 100 if best else 0.0
    if len(word) == 1:
        return _PART_OF_WORD if any(word in one for one in said) else 0.0
    longer = [one for one in said if len(one) > 1]
    best = process.extractOne(word, longer, scorer=fuzz.ratio, score_cutoff=_ALIKE_HAN)
    part = _PART_OF_WORD if any(len(one) == 1 and one in word for one in said) else 0.0
    return max(best[1] / 100 if best else 0.0, part)
