"""The short way of a keystroke to the disk: one statement, where nothing but the draft's text can have changed.

A class types five hundred times a second, so what a keystroke costs decides how many people one process carries.
"""

from sandbox_hrms.app.sandboxes import Sandbox

_TYPED_ON = """
UPDATE draft SET text = :text, seq = :seq, "left" = 0
WHERE sitting = :sitting AND question = :question AND seq < :seq
AND NOT EXISTS (SELECT 1 FROM answer WHERE answer.sitting = :sitting AND answer.question = :question)
AND EXISTS (
    SELECT 1 FROM sitting JOIN interview ON interview.id = sitting.interview
    WHERE sitting.id = :sitting AND sitting.status IN ('open', 'paused')
    AND interview.candidate = :candidate AND interview.status = 'in_progress'
    AND sitting.number = (SELECT max(other.number) FROM sitting other WHERE other.interview = interview.id)
    AND interview.round_number = (
        SELECT max(other.round_number) FROM interview other WHERE other.candidate = :candidate
    )
)
"""
"""A draft stands for a question only after the long way had checked that it is the open one."""


def typed_on(  # noqa: PLR0913, PLR0917  # the fields of one request
    sandbox: Sandbox, candidate: str, sitting: str, question: str, seq: int, text: str
) -> bool:
    """Store the newer text of a draft that is there already; True when that was all there was to do.

    False means that the long way has to look: it was the first key of a question, or an old one, or it is refused.
    """
    typed = {"candidate": candidate, "sitting": sitting, "question": question, "seq": seq, "text": text}
    if not sandbox.store.quick(_TYPED_ON, typed):
        return False
    sandbox.worked_in = True
    return True
