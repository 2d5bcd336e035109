"""What was typed is kept: drafts by themselves, progress when the candidate asks."""

from sandbox_hrms.app.conduct import Room
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core.roles import Actor


def keep_draft(  # noqa: PLR0913, PLR0917  # the fields of one request
    sandbox: Sandbox, actor: Actor, sitting_id: str, question_id: str, seq: int, text: str
) -> int:
    """Store the draft if ``seq`` is newer, and return the highest ``seq`` stored, after COMMIT.

    Repeating a call changes nothing. A draft for a question that was submitted meanwhile is ignored.

    Raises:
        NotFound: No such sitting or question of this candidate.
        NotAllowed: The sitting has ended or was discarded.
        Invalid: The text is too long or ``seq`` is not positive.
    """
    raise NotImplementedError


def save_progress(sandbox: Sandbox, actor: Actor) -> Room:
    """Pause the sitting and keep everything, the open draft included; the room's stage is ``resume``.

    Raises:
        NotAllowed: No sitting is open, or the profile has no such button.
    """
    raise NotImplementedError
