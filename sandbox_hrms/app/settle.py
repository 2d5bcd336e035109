"""What an end leaves to do: score, decide where the pass mark decides, carry over, then compare all sides."""

from sqlmodel import col, select

from sandbox_hrms.app.decide import decide_by_score
from sandbox_hrms.app.faults import lose_record
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.score import score_interview
from sandbox_hrms.app.self_check import check_after_exit
from sandbox_hrms.app.sync import carry
from sandbox_hrms.core.states import Interview
from sandbox_hrms.tables.interviews import InterviewRow, ScoreRow
from sandbox_hrms.tables.privacy import DeletionRow


def settle(sandbox: Sandbox) -> None:
    """Score every finished interview that has no score, decide, carry what is due, and compare all sides.

    Whose data was deleted has no answers any more, and gets no score again.

    Safe to repeat: it runs after each end, and again when a sandbox is opened, in case a crash came between.
    """
    with sandbox.store.read() as session:
        scored = select(ScoreRow.interview)
        waiting = session.exec(
            select(InterviewRow.id)
            .where(InterviewRow.status == Interview.TO_REVIEW)
            .where(col(InterviewRow.id).not_in(scored))
            .where(col(InterviewRow.candidate).not_in(select(DeletionRow.candidate)))
        ).all()
    for interview in waiting:
        score_interview(sandbox, interview)
    decide_by_score(sandbox)
    carry(sandbox)
    lose_record(sandbox)
    check_after_exit(sandbox)
