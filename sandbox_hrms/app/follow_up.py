"""The interviewer asks back, by rule: for the own part, for the result, or for an example."""

from typing import Literal

from sandbox_hrms.app.case import Case
from sandbox_hrms.core import labels
from sandbox_hrms.core.rubric import Question
from sandbox_hrms.i18n import Texts
from sandbox_hrms.scorers.lexical import look_at

Lack = Literal["own_part", "result", "detail"]

_THINK_SECONDS, _ANSWER_SECONDS = 15, 90


def ask_back(case: Case, question: Question, text: str, t: Texts) -> None:
    """Put a follow-up behind the question just answered, where its answer lacks something.

    Once an answer, never on a follow-up, and as often an interview as its rubric allows. An answer that is no
    honest one is not asked about: its flag tells enough.

    Args:
        case: The interview, whose questions grow by one.
        question: The question.
        text: What was answered.
        t: The language of the interview.
    """
    asked_back = sum(one.kind == "follow_up" for one in case.questions)
    if question.kind == "follow_up" or asked_back >= case.rubric.follow_ups:
        return
    lack = lacks(question, text)
    if lack is None:
        return
    again = question.model_copy(
        update={
            "id": f"{question.id}_{lack}",
            "kind": "follow_up",
            "text": t(labels.FOLLOW_UP[case.rubric.manner, lack]),
            "think_seconds": _THINK_SECONDS,
            "answer_seconds": _ANSWER_SECONDS,
            "graded": (),
        }
    )
    place = case.questions.index(question) + 1
    case.ask([*case.questions[:place], again, *case.questions[place:]])


def lacks(question: Question, text: str) -> Lack | None:
    """Return what is worth asking about an answer; the own part goes before the result, that before an example."""
    told, codes = look_at(question, text)
    if codes:
        return None
    if told.only_we:
        return "own_part"
    if "result" not in told.parts:
        return "result"
    return None if told.details else "detail"
