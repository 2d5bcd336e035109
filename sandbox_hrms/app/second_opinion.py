"""HR asks a language model for a second opinion; it stands beside the score and changes nothing of it."""

from sandbox_hrms.app.case import case_of
from sandbox_hrms.app.chat_model import chat_model
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core.errors import NotAllowed
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import Actor, Right
from sandbox_hrms.core.rubric import Score, ScoreStatus, SecondOpinion
from sandbox_hrms.core.texts import N_
from sandbox_hrms.scorers.second_opinion import ModelSilent, ask
from sandbox_hrms.tables.interviews import ScoreRow


def second_opinion(sandbox: Sandbox, actor: Actor, interview_id: str) -> None:
    """Ask the model that the environment names, and keep what it says beside the score.

    When it does not answer in time, the score stays as it is and says so.

    Raises:
        NotAllowed: No model is set up, there is no score by a program, or it was changed meanwhile.
        NotFound: There is no such interview.
    """
    sandbox.admit(actor, Right.DECIDE, write=True)
    model = chat_model()
    if model is None:
        raise NotAllowed(N_("No language model is set up here."), N_("Ask the administrator."))
    with sandbox.store.read() as session:
        case = case_of(session, interview_id)
        row = session.get(ScoreRow, interview_id)
        score = Score.model_validate(row.score) if row else None
        rubric, questions = case.rubric, case.questions
        answers = {key: one.text for key, one in case.answers.items()}
    if score is None or score.status is ScoreStatus.REFUSED:
        raise NotAllowed(N_("There is no score by a program here."), N_("Read the answers and decide."))
    try:
        levels, answered = ask(model, rubric, questions, answers, score), True
    except ModelSilent:
        levels, answered = (), False
    with sandbox.change(actor) as change:
        row = change.session.get(ScoreRow, interview_id)
        now = Score.model_validate(row.score) if row else None
        if row is None or now is None or now.model_copy(update={"second": score.second}) != score:
            raise NotAllowed(N_("The score was changed while the model was asked."), N_("Ask it again."))
        opinion = SecondOpinion(by=model.name, at=change.at, answered=answered, levels=levels)
        row.score = {**row.score, "second": opinion.model_dump(mode="json")}
        change.session.add(row)
        change.tell(Kind.SECOND_OPINION, interview_id, by=model.name, answered=answered)
