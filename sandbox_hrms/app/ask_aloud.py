"""Which text a candidate may hear: the questions asked so far, and no later one."""

from sandbox_hrms.app.conduct import room
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core.errors import NotFound
from sandbox_hrms.core.roles import Actor
from sandbox_hrms.core.texts import N_


def question_text(sandbox: Sandbox, actor: Actor, question_id: str) -> str:
    """Return the text of a question that the candidate has been asked.

    Raises:
        NotFound: It is not theirs, or its turn has not come.
    """
    here = room(sandbox, actor, entering=False)
    for one in here.questions if here.sitting_id else ():
        asked = one.answered or (here.current is not None and one.id == here.current.id)
        if one.id == question_id and asked:
            return one.text
    raise NotFound(N_("There is no question {id}."), N_("Load the page again."), id=question_id)
