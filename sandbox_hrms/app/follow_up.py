"""The interviewer asks back, by rule: for the own part, for the result, or for an example.

Where a language model is set, it words what the rule asks for; without a usable word from it the rule's own stand.
"""

from dataclasses import dataclass, replace

from sandbox_hrms.app.case import Case
from sandbox_hrms.app.chat_model import ChatModel
from sandbox_hrms.core import labels
from sandbox_hrms.core.rubric import AskedBy, Question
from sandbox_hrms.i18n import Texts
from sandbox_hrms.scorers.lexical import look_at
from sandbox_hrms.scorers.wording import Lack, worded

_THINK_SECONDS, _ANSWER_SECONDS = 15, 90
_PATIENCE_SECONDS = 6.0
"""So long somebody waits for the next question while a model words it."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What came of asking a model: a follow-up in its words, or none."""

    text: str
    asked_by: AskedBy


def due(case: Case, question: Question, text: str) -> Lack | None:
    """Return what is to be asked back about an answer.

    Once an answer, never on a follow-up, and as often an interview as its rubric allows. An answer that is no
    honest one is not asked about: its flag tells enough.
    """
    asked_back = sum(one.kind == "follow_up" for one in case.questions)
    if question.kind == "follow_up" or asked_back >= case.rubric.follow_ups:
        return None
    return lacks(question, text)


def by_model(model: ChatModel, case: Case, question: Question, text: str, lang: str) -> Wording | None:
    """Return how a model asks back about an answer; None where there is nothing to ask. It may take some seconds.

    Args:
        model: Who words it.
        case: The interview.
        question: The question.
        text: What was answered.
        lang: The language of the interview.
    """
    lack = due(case, question, text)
    if lack is None:
        return None
    patient = replace(model, seconds=min(model.seconds, _PATIENCE_SECONDS))
    said = worded(patient, question.text, text, lack, case.rubric.manner, lang)
    return Wording("", "rules_instead") if said is None else Wording(said, "model")


def ask_back(case: Case, question: Question, text: str, t: Texts, words: Wording | None = None) -> None:
    """Put a follow-up behind the question just answered, where its answer lacks something.

    Args:
        case: The interview, whose questions grow by one.
        question: The question.
        text: What was answered.
        t: The language of the interview.
        words: What a model says, where one was asked.
    """
    lack = due(case, question, text)
    if lack is None:
        return
    again = question.model_copy(
        update={
            "id": f"{question.id}_{lack}",
            "kind": "follow_up",
            "text": (words and words.text) or t(labels.FOLLOW_UP[case.rubric.manner, lack]),
            "asked_by": words.asked_by if words else "rules",
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
