"""What candidates agree to before an interview."""

from sqlmodel import Session

from sandbox_hrms.app.sandboxes import Change
from sandbox_hrms.core.events import Kind
from sandbox_hrms.tables.privacy import ConsentRow


def agreed(session: Session, interview: str) -> bool:
    """Say whether a program may score an interview."""
    row = session.get(ConsentRow, interview)
    return row is None or row.ai_scoring


def note_consent(change: Change, interview: str, *, ai_scoring: bool) -> None:
    """Write down, inside the change that begins an interview, what the candidate agreed to."""
    change.session.merge(ConsentRow(interview=interview, ai_scoring=ai_scoring, at=change.at))
    if not ai_scoring:
        change.tell(Kind.AI_SCORING_REFUSED, interview)
