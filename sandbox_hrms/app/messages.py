"""The message centre: something is told to a role, inside the change that gives rise to it."""

from sandbox_hrms.app.sandboxes import Change
from sandbox_hrms.core.roles import Role
from sandbox_hrms.tables.messages import MessageRow


def send(  # noqa: PLR0913, PLR0917  # the fields of one message
    change: Change, role: Role, kind: str, title: str, body: str, data: dict[str, object] | None = None
) -> None:
    """Leave a message for everybody of a role; it exists when the change is stored.

    Args:
        change: The change under way.
        role: Who shall read it.
        kind: What it is about, as a stable code, e.g. ``report``.
        title: One line, in the language of the sandbox.
        body: The rest, plain text.
        data: Ids and figures that a page may lead on from.
    """
    change.session.add(MessageRow(role=role, kind=kind, title=title, body=body, data=data or {}, at=change.at))
