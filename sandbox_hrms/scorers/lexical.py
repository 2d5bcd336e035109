"""The lexical scorer: how many key points of a good answer are found, and in which words."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sandbox_hrms.core.feedback import shown_answer
from sandbox_hrms.core.rubric import (
    DECIMALS,
    ENOUGH,
    LEAST_GRADED,
    LEVEL_POINTS,
    MOST_BELOW_TOP,
    AnswerScore,
    Competency,
    CompetencyScore,
    Evidence,
    Flag,
    GradedAnswer,
    KeyPoint,
    Question,
    Reason,
    Rubric,
    Score,
    ScoreStatus,
    rubric_digest,
    unpointed,
    weighed,
)
from sandbox_hrms.scorers.calibration import Calibration, Graded
from sandbox_hrms.scorers.features import Features, clauses, features, is_negated
from sandbox_hrms.scorers.likeness import closely, share
from sandbox_hrms.scorers.oddities import LONGEST, SHORTEST, WEAK, copies, head, oddities
from sandbox_hrms.scorers.single import cheats
from sandbox_hrms.scorers.text import Sentence, content, sentences, size

_FULL, _HALF = 0.6, 0.38
_LEVELS = ((_FULL, 1.0), (_HALF, 0.5))
"""Recall of a key point's words from which it counts as found, and as half found."""
_WINDOW = 3
"""A key point may spread over that many neighbouring sentences."""
_QUOTES = 3
_MOST = 0.5
"""Share of a competency's points from which most of them are said."""
_IN_ORDER = 0.75
"""Structure from which answers count as told in order: three of four parts."""
_SPECIFIC = 0.5
"""Specificity from which answers count as specific: one detail each."""
_SURE = 0.2
"""A recall so far from every limit is no close call."""


@dataclass(frozen=True, slots=True)
class _Found:
    """One key point of one answered question: how much of it was found, where, and whether a cap held it down.

    Attributes:
        worth: What it counts, 0-1: its value, moved by the question's graded answers where there are enough.
        denied: The answer says the opposite.
    """

    point: KeyPoint
    value: float
    recall: float
    evidence: Evidence
    capped: bool
    worth: float
    denied: bool = False


@dataclass(frozen=True, slots=True)
class _Judged:
    """One answer as it was judged."""

    question: Question
    points: tuple[_Found, ...]
    codes: tuple[str, ...]
    features: Features
    cap: float

    @property
    def value(self) -> float:
        """Share (0-1) of the weight of its key points that it says, before calibration."""
        return self._share([one.value for one in self.points])

    @property
    def worth(self) -> float:
        """The same after calibration."""
        return self._share([one.worth for one in self.points])

    def _share(self, values: Sequence[float]) -> float:
        weight = sum(one.point.weight for one in self.points)
        gained = sum(one.point.weight * value for one, value in zip(self.points, values, strict=True))
        return gained / weight if weight else 0.0


class LexicalScorer:
    """Compares words only: quick, the same every time, and blind to meaning.

    An answer copied from the outline of a good answer, which the report shows candidates, is capped. The datasets'
    own sample answers are shown to nobody: lessons have trainees type them, and they earn what they say.
    """

    name = "words@5"

    def score(self, rubric: Rubric, questions: Sequence[Question], answers: Mapping[str, str]) -> Score:
        """Score the answers (question id → text); unanswered questions are left out, not counted as 0.

        A too short answer is one: it counts 0.
        """
        judged: list[_Judged] = []
        flags: list[Flag] = []
        for question in questions:
            answer = answers.get(question.id, "")
            if not answer.strip():
                continue
            one = _calibrated(_judge(question, answer), answer)
            judged.append(one)
            flags.extend(Flag(question=question.id, code=code) for code in one.codes)
        coverage = _round(len(judged) / len(questions))
        scored = tuple(_competency(one, questions, judged) for one in rubric.competencies)
        total, scored = weighed(rubric, scored)
        if coverage < ENOUGH:
            total, scored = None, unpointed(scored)
        return Score(
            rubric=rubric.id,
            rubric_version=rubric.version,
            by=self.name,
            status=ScoreStatus.INSUFFICIENT_DATA if total is None else ScoreStatus.SCORED,
            total=total,
            coverage=coverage,
            competencies=scored,
            flags=tuple(flags),
            digest=_digest(questions, answers),
            answers=tuple(_answer(one) for one in judged),
            rubric_digest=rubric_digest(rubric, questions),
        )


def _digest(questions: Sequence[Question], answers: Mapping[str, str]) -> str:
    told = [[one.id, answers.get(one.id, "")] for one in questions]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def _judge(question: Question, answer: str) -> _Judged:
    """Look for the key points of one answer, and for what is odd about it."""
    wordings = [wording for point in question.key_points for wording in point.says]
    codes = oddities(question.text, wordings, answer, models=(shown_answer(question),), shortest=SHORTEST)
    asked = frozenset(content(question.text))
    kept = _honest(sentences(head(answer) if size(answer) > LONGEST else answer), asked)
    cap = 0.0 if "too_short" in codes else WEAK if cheats(codes, answer) else 1.0
    found = tuple(_look_for(point, question.id, answer, kept, asked, cap) for point in question.key_points)
    own = [one for _, one in kept]
    denied = {one.point.id for one in found if one.value and _is_denied(one.point, answer, own, asked)}
    if denied:
        codes = (*codes, "contradiction")
        nowhere = Evidence(question=question.id, quote="", start=0, end=0)
        found = tuple(
            _Found(one.point, 0.0, 0.0, nowhere, capped=True, worth=0.0, denied=True)
            if one.point.id in denied
            else one
            for one in found
        )
    return _Judged(question, found, codes, features(question, answer, own), cap)


def look_at(question: Question, answer: str) -> tuple[Features, tuple[str, ...]]:
    """Return how one answer is told, and the codes of what is odd about it."""
    judged = _judge(question, answer)
    return judged.features, judged.codes


def said_of(question: Question, answer: str) -> float:
    """Return the share (0-1) of a question's key points that an answer says, graded answers left aside."""
    return _round(_judge(question, answer).value)


def calibration_of(question: Question, graded: Sequence[GradedAnswer]) -> Calibration:
    """Return what graded answers tell about how strictly a question is graded."""
    return Calibration(
        [
            Graded(question.id, one.text, said_of(question, one.text), LEVEL_POINTS[one.level] / 100)
            for one in graded
        ]
    )


@lru_cache(256)
def _calibration(question: Question) -> Calibration:
    return calibration_of(question, question.graded)


def _calibrated(one: _Judged, answer: str) -> _Judged:
    """Let the graded answers of the question move what its key points are worth, where there are enough of them.

    All points move alike, up towards 1 or down towards 0, so that the answer as a whole comes to what the
    calibration says. What is denied stays 0, and flags hold down afterwards.
    """
    if len(one.question.graded) < LEAST_GRADED:
        return one
    said = _round(one.value)
    wanted = _calibration(one.question).apply(one.question.id, answer, said)

    def worth(found: _Found) -> float:
        if found.denied:
            return 0.0
        moved = (
            found.value * wanted / said if wanted <= said else 1 - (1 - found.value) * (1 - wanted) / (1 - said)
        )
        return _round(min(one.cap, moved))

    if said in {0.0, wanted}:  # nothing stays nothing
        return one
    return replace(one, points=tuple(replace(found, worth=worth(found)) for found in one.points))


def _is_denied(point: KeyPoint, answer: str, kept: Sequence[Sentence], asked: frozenset[str]) -> bool:
    """Say whether the answer says the opposite of a key point: its words stand in clauses with a "not".

    A wording that has a "not" itself is not looked at. Said plainly elsewhere, the point is denied only when the
    denial is complete.
    """
    plain, negated = set[str](), set[str]()
    for sentence in kept:
        for clause, has_not in clauses(answer[sentence.start : sentence.end]):
            (negated if has_not else plain).update(content(clause))
    if not negated:
        return False
    for wording in point.says:
        if is_negated(wording):
            return False
        wanted = content(wording)
        against, instead = (
            share(wanted, [closely(word, one) for word in wanted], asked) for one in (negated, plain)
        )
        if against >= (_FULL if instead >= _HALF else _HALF) and against > instead:
            return True
    return False


def _answer(one: _Judged) -> AnswerScore:
    told = one.features
    return AnswerScore(
        question=one.question.id,
        score=_round(100 * one.worth),
        uncalibrated=_round(100 * one.value) if len(one.question.graded) >= LEAST_GRADED else None,
        coverage=_round(sum(bool(found.value) for found in one.points) / (len(one.points) or 1)),
        structure=told.structure,
        relevance=told.relevance,
        specificity=told.specificity,
        parts=told.parts,
        details=told.details,
    )


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
    said = [[[closely(word, one.content) for word in wording] for _, one in kept] for wording in wordings]
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
    value = min(cap, best[0])
    return _Found(point, value, found, evidence, capped=best[0] > cap, worth=value)


def _competency(
    competency: Competency, questions: Sequence[Question], judged: Sequence[_Judged]
) -> CompetencyScore:
    """Add up the key points of one competency; what a follow-up asks for again counts once, at its best."""
    points = {p.id: p for q in questions for p in q.key_points if p.competency == competency.code}
    asked = sum(point.weight for point in points.values())
    best: dict[str, _Found] = {}
    for found in (found for one in judged for found in one.points if found.point.id in points):
        known = best.get(found.point.id)
        if known is None or found.worth > known.worth:
            best[found.point.id] = found
    mine = list(best.values())
    weight = sum(one.point.weight for one in mine)
    score = _round(100 * sum(one.point.weight * one.worth for one in mine) / weight) if weight else None
    lacking = _lacking(competency, judged)
    if score is not None and lacking:
        score = min(score, MOST_BELOW_TOP)
    hits = sorted((one for one in mine if one.value), key=lambda one: (-one.value, -one.recall))
    quotes = dict.fromkeys(one.evidence for one in hits)
    coverage = _round(weight / asked) if asked else 0.0
    return CompetencyScore(
        code=competency.code,
        level=None if score is None else competency.level_of(score),
        score=score,
        points=0.0,
        coverage=coverage,
        evidence=tuple(quotes)[:_QUOTES],
        found=tuple(one.point.id for one in mine if one.value),
        missed=tuple(one.point.id for one in mine if not one.value),
        reason=_reason(mine, score, lacking),
        confidence=_round(coverage * sum(_certainty(one) for one in mine) / (len(mine) or 1)),
    )


def _lacking(competency: Competency, judged: Sequence[_Judged]) -> Reason | None:
    """Say what the answers that bear on a competency lack for its top level."""
    told = [
        one.features
        for one in judged
        if "too_short" not in one.codes and any(found.point.competency == competency.code for found in one.points)
    ]
    if not told:
        return None
    if "structure" in competency.top_needs and sum(one.structure for one in told) < _IN_ORDER * len(told):
        return "all_but_loose"
    if "specificity" in competency.top_needs and sum(one.specificity for one in told) < _SPECIFIC * len(told):
        return "all_but_vague"
    return None


def _reason(mine: Sequence[_Found], score: float | None, lacking: Reason | None) -> Reason:
    """Return the reason for a level in one word."""
    if score is None:
        return "unanswered"
    if any(one.capped for one in mine):
        return "held_down"
    found = sum(one.value for one in mine) / len(mine)
    if found == 1:
        return lacking or "all"
    if not found:
        return "none"
    return "most" if found >= _MOST else "some"


def _certainty(one: _Found) -> float:
    """Return how far (0-1) the recall of a key point is from the limits that decide about it."""
    return min(1.0, min(abs(one.recall - floor) for floor, _ in _LEVELS) / _SURE)


def _round(value: float) -> float:
    return round(value, DECIMALS)
