"""The lexical scorer: how many key points of a good answer are found, and in which words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox_hrms.core.rubric import (
    DECIMALS,
    Competency,
    CompetencyScore,
    Evidence,
    Flag,
    KeyPoint,
    Question,
    Rubric,
    Score,
    ScoreStatus,
)
from sandbox_hrms.scorers.likeness import alike, share
from sandbox_hrms.scorers.oddities import LONGEST, SHORTEST, WEAK, copies, head, oddities
from sandbox_hrms.scorers.single import cheats
from sandbox_hrms.scorers.text import Sentence, content, sentences, size

_LEVELS = ((0.6, 1.0), (0.38, 0.5))
"""Recall of a key point's words from which it counts as found, and as half found."""
_WINDOW = 3
"""A key point may spread over that many neighbouring sentences."""
_QUOTES = 3
_ENOUGH = 0.5
"""Share of the questions, and of the rubric's weight, that must be judged for a total."""


@dataclass(frozen=True, slots=True)
class _Found:
    """One key point of one answered question: how much of it was found, and where."""

    point: KeyPoint
    value: float
    recall: float
    evidence: Evidence


class LexicalScorer:
    """Compares words only: quick, the same every time, and blind to meaning.

    Args:
        models: Question id → answers that candidates were shown; an answer copied from there is capped. The
            datasets' own sample answers are none: lessons type them in.
    """

    name = "words@2"

    def __init__(self, models: Mapping[str, Sequence[str]] | None = None) -> None:
        self._models = dict(models or {})

    def score(self, rubric: Rubric, questions: Sequence[Question], answers: Mapping[str, str]) -> Score:
        """Score the answers (question id → text); unanswered questions are left out, not counted as 0."""
        found: list[_Found] = []
        flags: list[Flag] = []
        judged = 0
        for question in questions:
            answer = answers.get(question.id, "")
            if not answer.strip():
                continue
            if size(answer) < SHORTEST:
                flags.append(Flag(question=question.id, code="too_short"))
                continue
            judged += 1
            points, codes = _judge(question, answer, self._models.get(question.id, ()))
            found.extend(points)
            flags.extend(Flag(question=question.id, code=code) for code in codes)
        coverage = _round(judged / len(questions))
        scored = [_competency(one, questions, found) for one in rubric.competencies]
        weight = _round(
            sum(c.weight for c, s in zip(rubric.competencies, scored, strict=True) if s.level is not None)
        )
        enough = coverage >= _ENOUGH and weight >= _ENOUGH
        if enough:
            scored = [
                one.model_copy(update={"points": _round((one.score or 0.0) * competency.weight / weight)})
                for competency, one in zip(rubric.competencies, scored, strict=True)
            ]
        return Score(
            rubric=rubric.id,
            rubric_version=rubric.version,
            by=self.name,
            status=ScoreStatus.SCORED if enough else ScoreStatus.INSUFFICIENT_DATA,
            total=_round(sum(one.points for one in scored)) if enough else None,
            coverage=coverage,
            competencies=tuple(scored),
            flags=tuple(flags),
        )


def _judge(question: Question, answer: str, models: Sequence[str]) -> tuple[list[_Found], tuple[str, ...]]:
    """Return the key points of one answer, and the codes of what is odd about it."""
    wordings = [wording for point in question.key_points for wording in point.says]
    codes = oddities(question.text, wordings, answer, models=models, shortest=SHORTEST)
    asked = frozenset(content(question.text))
    kept = _honest(sentences(head(answer) if size(answer) > LONGEST else answer), asked)
    cap = WEAK if cheats(codes, answer) else 1.0
    return [_look_for(point, question.id, answer, kept, asked, cap) for point in question.key_points], codes


def _honest(cut: Sequence[Sentence], asked: frozenset[str]) -> list[tuple[int, Sentence]]:
    """Drop repeated sentences and copies of the question; keep each other sentence with its place."""
    kept: list[tuple[int, Sentence]] = []
    seen: set[tuple[str, ...]] = set()
    for place, (sentence, is_copy) in enumerate(zip(cut, copies(cut, asked), strict=True)):
        key = tuple(token.text for token in sentence.tokens)
        if key not in seen and not is_copy:
            kept.append((place, sentence))
        seen.add(key)
    return kept


def _look_for(  # noqa: PLR0913, PLR0917  # one key point in one answer, all read-only
    point: KeyPoint,
    question: str,
    answer: str,
    kept: Sequence[tuple[int, Sentence]],
    asked: frozenset[str],
    cap: float,
) -> _Found:
    """Find the window of sentences that says enough of ``point``; the shortest one wins."""
    best, found, start, end = (0.0, 0, 0.0), 0.0, 0, 0
    wordings = [content(wording) for wording in point.says]
    said = [[[alike(word, one.content) for word in wording] for _, one in kept] for wording in wordings]
    for first in range(len(kept)):
        for last in range(first, min(first + _WINDOW, len(kept))):
            if kept[last][0] - kept[first][0] != last - first:
                break
            recall = max(
                share(wording, [max(column) for column in zip(*rows[first : last + 1], strict=True)], asked)
                for wording, rows in zip(wordings, said, strict=True)
            )
            value = next((value for floor, value in _LEVELS if recall >= floor), 0.0)
            rank = (value, first - last, recall)
            if value and rank > best:
                best, found, start, end = rank, recall, kept[first][1].start, kept[last][1].end
    evidence = Evidence(question=question, quote=answer[start:end], start=start, end=end)
    return _Found(point, min(cap, best[0]), found, evidence)


def _competency(competency: Competency, questions: Sequence[Question], found: Sequence[_Found]) -> CompetencyScore:
    """Add up the key points of one competency."""
    asked = sum(p.weight for q in questions for p in q.key_points if p.competency == competency.code)
    mine = [one for one in found if one.point.competency == competency.code]
    judged = sum(one.point.weight for one in mine)
    score = _round(100 * sum(one.point.weight * one.value for one in mine) / judged) if judged else None
    hits = sorted((one for one in mine if one.value), key=lambda one: (-one.value, -one.recall))
    quotes = dict.fromkeys(one.evidence for one in hits)
    return CompetencyScore(
        code=competency.code,
        level=None if score is None else competency.level_of(score),
        score=score,
        points=0.0,
        coverage=_round(judged / asked) if asked else 0.0,
        evidence=tuple(quotes)[:_QUOTES],
        found=tuple(one.point.id for one in mine if one.value),
        missed=tuple(one.point.id for one in mine if not one.value),
    )


def _round(value: float) -> float:
    return round(value, DECIMALS)
