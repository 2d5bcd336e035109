"""What an interviewer sees meanwhile: a preliminary score, and a chart that measures nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox_hrms.app.case import case_of_candidate
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core.roles import Actor, Right
from sandbox_hrms.core.rubric import Question, Rubric
from sandbox_hrms.core.synthetic import wave
from sandbox_hrms.scorers import Scorer
from sandbox_hrms.scorers.lexical import LexicalScorer

_SCORER: Scorer = LexicalScorer()
_POINTS_AN_ANSWER = 4


@dataclass(frozen=True, slots=True)
class Live:
    """What the charts show.

    Attributes:
        scores: After each answer, 0 to 100, None before any competency was asked about; not stored.
        expression: Synthetic, 0 to 1: no camera, no measurement, no weight in any score.
    """

    scores: tuple[float | None, ...]
    expression: tuple[float, ...]


def live(sandbox: Sandbox, actor: Actor) -> Live:
    """Return the charts for the actor's own interview as it stands, what is not saved included."""
    sandbox.admit(actor, Right.TAKE_INTERVIEW)
    with sandbox.store.read() as session:
        case = case_of_candidate(session, actor.id, sandbox.working)
        answers = [(one, case.answers[one.id].text) for one in case.questions if one.id in case.answers]
        rubric, interview = case.rubric, case.interview.id
        sittings = len(case.sittings)
    scores = tuple(
        _score(rubric, [one for one, _ in answers[:count]], {one.id: text for one, text in answers[:count]})
        for count in range(1, len(answers) + 1)
    )
    seed = f"{sandbox.seed}/{interview}/{sittings}"
    return Live(scores, wave(seed, _POINTS_AN_ANSWER * len(answers)))


def _score(rubric: Rubric, questions: Sequence[Question], answers: Mapping[str, str]) -> float | None:
    """Return the mean of the competencies that can be judged so far, by their weights."""
    weights = {one.code: one.weight for one in rubric.competencies}
    judged = [one for one in _SCORER.score(rubric, questions, answers).competencies if one.score is not None]
    weight = sum(weights[one.code] for one in judged)
    if not weight:
        return None
    return round(sum((one.score or 0.0) * weights[one.code] for one in judged) / weight, 1)
