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
from sandbox_hrms.scorers.text import Sentence, normalise, sentences, size, tokens

_LEVELS = ((0.6, 1.0), (0.38, 0.5))
"""Recall of a key point's words from which it counts as found, and as half found."""
_QUESTION_WORD = 0.3
"""Weight of a key point's word that stands in the question already."""
_WINDOW = 3
"""A key point may spread over that many neighbouring sentences."""
_MIN_SIZE = 8.0
"""Words below which an answer is too short to judge."""
_COPIED = 0.8
_MIN_COPIED_WORDS = 4
_CAP = 0.5
"""Most that a key point counts in an answer that is a copy of the question or a mere word list."""
_LIST_WORDS = 12
_LIST_STOP_SHARE = 0.08
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
    """Compares words only: quick, the same every time, and blind to meaning."""

    name = "lexical@1"

    def score(self, rubric: Rubric, questions: Sequence[Question], answers: Mapping[str, str]) -> Score:
        """Score the answers (question id → text); unanswered questions are left out, not counted as 0."""
        found: list[_Found] = []
        flags: list[Flag] = []
        judged = 0
        for question in questions:
            answer = answers.get(question.id, "")
            if not answer.strip():
                continue
            if size(answer) < _MIN_SIZE:
                flags.append(Flag(question=question.id, code="too_short"))
                continue
            judged += 1
            points, codes = _judge(question, answer)
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


def _judge(question: Question, answer: str) -> tuple[list[_Found], list[str]]:
    """Return the key points of one answer, and the codes of what is odd about it."""
    asked = _content(question.text)
    kept, codes = _honest(sentences(answer), asked)
    cap = _CAP if {"copied_question", "word_list"} & set(codes) else 1.0
    return [_look_for(point, question.id, answer, kept, asked, cap) for point in question.key_points], codes


def _honest(cut: Sequence[Sentence], asked: frozenset[str]) -> tuple[list[tuple[int, Sentence]], list[str]]:
    """Drop repeated sentences and copies of the question; keep each other sentence with its place."""
    kept: list[tuple[int, Sentence]] = []
    seen: set[tuple[str, ...]] = set()
    copied = repeated = 0
    for place, sentence in enumerate(cut):
        key = tuple(token.text for token in sentence.tokens)
        content = sentence.content
        if key in seen:
            repeated += 1
        elif len(content) >= _MIN_COPIED_WORDS and len(content & asked) >= _COPIED * len(content):
            copied += 1
        else:
            kept.append((place, sentence))
        seen.add(key)
    codes = []
    if copied and copied >= len(kept):
        codes.append("copied_question")
    if repeated:
        codes.append("repeated")
    if _is_word_list(kept):
        codes.append("word_list")
    return kept, codes


def _is_word_list(kept: Sequence[tuple[int, Sentence]]) -> bool:
    """Say whether English words stand there without the small words that make sentences of them."""
    words = [token for _, sentence in kept for token in sentence.tokens if token.text.isascii()]
    return len(words) >= _LIST_WORDS and sum(token.stop for token in words) < _LIST_STOP_SHARE * len(words)


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
    for first in range(len(kept)):
        for last in range(first, min(first + _WINDOW, len(kept))):
            if kept[last][0] - kept[first][0] != last - first:
                break
            words = frozenset[str]().union(*(sentence.content for _, sentence in kept[first : last + 1]))
            recall = max(_recall(_content(wording), words, asked) for wording in point.says)
            value = next((value for floor, value in _LEVELS if recall >= floor), 0.0)
            rank = (value, first - last, recall)
            if value and rank > best:
                best, found, start, end = rank, recall, kept[first][1].start, kept[last][1].end
    evidence = Evidence(question=question, quote=answer[start:end], start=start, end=end)
    return _Found(point, min(cap, best[0]), found, evidence)


def _recall(wanted: frozenset[str], words: frozenset[str], asked: frozenset[str]) -> float:
    """Return the share (0-1) of ``wanted`` that is in ``words``, the question's own words counting less."""
    weights = {word: _QUESTION_WORD if word in asked else 1.0 for word in sorted(wanted)}
    got = sum(weight for word, weight in weights.items() if word in words)
    return _round(got / sum(weights.values()))


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


def _content(text: str) -> frozenset[str]:
    return frozenset(token.text for token in tokens(normalise(text)[0]) if not token.stop)


def _round(value: float) -> float:
    return round(value, DECIMALS)
