"""The message centre: what the system tells a role, read in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from sandbox_hrms.app.sandboxes import Change, Sandbox
from sandbox_hrms.core.errors import NotFound
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.paging import cut
from sandbox_hrms.core.roles import Actor, Right, Role
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.messages import MessageRow


@dataclass(frozen=True, slots=True)
class Message:
    """One message; ``title`` and ``body`` are msgids whose placeholders ``data`` fills."""

    id: int
    kind: str
    title: str
    body: str
    data: Mapping[str, Any]
    at: datetime
    read: bool


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One page of messages, the newest first; ``pages`` is at least 1, ``unread`` counts all of the role."""

    messages: tuple[Message, ...]
    unread: int
    page: int
    pages: int
    total: int


def send(  # noqa: PLR0913, PLR0917  # the parts of one message
    change: Change, role: Role, kind: str, title: str, body: str, data: Mapping[str, Any] | None = None
) -> None:
    """Leave a message for everybody of a role, inside the change that is the reason for it.

    Args:
        change: The change under way.
        role: Who reads it.
        kind: Code of :class:`sandbox_hrms.core.messages.MessageKind`.
        title: One line (msgid marked with ``N_``), translated when it is read.
        body: The rest (msgid).
        data: Values for the placeholders of both.
    """
    change.session.add(
        MessageRow(role=role, kind=kind, title=title, body=body, data=dict(data or {}), at=change.at)
    )


def messages(
    sandbox: Sandbox, actor: Actor, *, unread_only: bool = False, page: int = 1, page_size: int = 10
) -> MessagePage:
    """Return one page of the actor's messages; looking marks nothing as read.

    Raises:
        Forbidden: The role has no message centre.
    """
    sandbox.admit(actor, Right.READ_MESSAGES)
    return sandbox.known(_message_page, actor.role.value, unread_only, page, page_size)


def _message_page(session: Session, role: str, unread_only: bool, page: int, page_size: int) -> MessagePage:
    mine, is_unread = col(MessageRow.role) == role, col(MessageRow.read_at).is_(None)
    count = func.count(col(MessageRow.id))
    total, waiting = session.exec(select(count, count.filter(is_unread)).where(mine)).one()
    found, wanted = (waiting, (mine, is_unread)) if unread_only else (total, (mine,))
    at = cut(found, page, page_size)
    newest_first = select(MessageRow).where(*wanted).order_by(col(MessageRow.id).desc())
    rows = session.exec(newest_first.offset(at.start).limit(page_size)).all()
    return MessagePage(tuple(map(_message, rows)), waiting, at.page, at.pages, found)


def unread(sandbox: Sandbox, actor: Actor) -> int:
    """Return how many messages of the actor's role nobody has read; 0 for a role without a message centre."""
    if not actor.may(Right.READ_MESSAGES):
        return 0
    return sandbox.known(unread_of, actor.role.value)


def unread_of(session: Session, role: str) -> int:
    """Return how many messages of a role nobody has read."""
    waiting = select(func.count(col(MessageRow.id))).where(MessageRow.role == role)
    return session.exec(waiting.where(col(MessageRow.read_at).is_(None))).one()


def mark(sandbox: Sandbox, actor: Actor, message_id: int, read: bool) -> None:
    """Mark one message as read or unread.

    Raises:
        Forbidden: The role has no message centre.
        NotFound: The actor's role has no such message.
    """
    sandbox.admit(actor, Right.READ_MESSAGES, write=True)
    with sandbox.change(actor) as change:
        row = change.session.get(MessageRow, message_id)
        if row is None or row.role != actor.role:
            raise NotFound(N_("There is no message {id}."), N_("Load the page again."), id=message_id)
        if (row.read_at is not None) is read:
            return
        row.read_at = change.at if read else None
        change.session.add(row)
        change.tell(Kind.MESSAGE_MARKED, str(message_id), read=read)


def mark_all(sandbox: Sandbox, actor: Actor) -> int:
    """Mark all messages of the actor's role as read; returns how many were not."""
    sandbox.admit(actor, Right.READ_MESSAGES, write=True)
    with sandbox.change(actor) as change:
        waiting = select(MessageRow).where(MessageRow.role == actor.role, col(MessageRow.read_at).is_(None))
        rows = change.session.exec(waiting).all()
        for row in rows:
            row.read_at = change.at
            change.session.add(row)
        if rows:
            change.tell(Kind.MESSAGE_MARKED, "all", read=True, count=len(rows))
        return len(rows)


def _message(row: MessageRow) -> Message:
    return Message(row.id or 0, row.kind, row.title, row.body, row.data, row.at, row.read_at is not None)
