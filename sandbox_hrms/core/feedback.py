"""What a candidate may take away from a score: what went well, and what to do next time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sandbox_hrms.core.rubric import Part, Question, Score

MOST = 5
"""Sentences of each kind; more would be read by nobody."""
_PARTS: tuple[Part, ...] = ("situation", "task", "action", "result")
_WHOLE = 1.0

HintKind = Literal["said", "say", "tell", "specific"]


@dataclass(frozen=True, slots=True)
class Hint:
    """One sentence of feedback on one question.

    Attributes:
        kind: A label code: a point that was said, one to say, a part to tell, or something specific to give.
        number: Of the question.
        text: The wording of the point, or the code of the part.
    """

    kind: HintKind
    number: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What went well, and what to do next; each at most `MOST` sentences, questions in turn."""

    well: tuple[Hint, ...]
    next: tuple[Hint, ...]


def feedback(questions: Sequence[Question], score: Score) -> Feedback:
    """Return the feedback that follows from a score, without a word of its own invention."""
    found = {point for one in score.competencies for point in one.found}
    told = {one.question: one for one in score.answers}
    asked = [one for one in questions if one.kind != "follow_up"]
    said = [
        [Hint("said", one.number, point.says[0]) for point in one.key_points if point.id in found] for one in asked
    ]
    missing = [
        [Hint("say", one.number, point.says[0]) for point in one.key_points if point.id not in found]
        for one in asked
        if one.id in told
    ]
    loose = []
    for one in asked:
        if (answer := told.get(one.id)) is None:
            continue
        if answer.structure < _WHOLE and (
            gap := next((part for part in _PARTS if part not in answer.parts), None)
        ):
            loose.append(Hint("tell", one.number, gap))
        if not answer.details:
            loose.append(Hint("specific", one.number))
    return Feedback(tuple(_in_turn(said)[:MOST]), tuple([*_in_turn(missing)[: MOST - 1], *loose][:MOST]))


def _in_turn(lists: Sequence[Sequence[Hint]]) -> list[Hint]:
    """Take the first of each question, then the second of each, and so on."""
    longest = max((len(one) for one in lists), default=0)
    return [one[place] for place in range(longest) for one in lists if place < len(one)]


def shown_answer(question: Question) -> str:
    """Return what a good answer to a question says, in one piece: as somebody would copy it from their report."""
    return "; ".join(point.says[0] for point in question.key_points)


def outline(questions: Sequence[Question]) -> Mapping[int, tuple[str, ...]]:
    """Return what a good answer to each question (by number) says: its points, none of its sentences."""
    asked = [one for one in questions if one.kind != "follow_up"]
    return {one.number: tuple(point.says[0] for point in one.key_points) for one in asked}
