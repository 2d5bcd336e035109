"""Scorers: answers in, a score with quotations out."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from sandbox_hrms.core.rubric import Question, Rubric, Score


class Scorer(Protocol):
    """Anything that can score an interview; the same input must give the same score."""

    name: str

    def score(self, rubric: Rubric, questions: Sequence[Question], answers: Mapping[str, str]) -> Score:
        """Score the answers (question id → text); unanswered questions are left out, not counted as 0."""
        ...
