"""A mail server that fails at random, and the program that sends letters to it."""

from __future__ import annotations

import random
import sys
from collections import Counter
from contextlib import closing
from email import message_from_bytes

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.unit.guides.candidates import SENDER
from trainer import bootstrap
from trainer.adapters.database import Database
from trainer.adapters.outbox_store import StoredOutbox
from trainer.adapters.smtp_post import MailServer, SmtpPost
from trainer.app.outbox import Post
from trainer.core.invitation import Channel, Item, Kit

LEASE_SECONDS = 2.0


class Moody:
    """Takes letters into mailboxes; one in five times it refuses for now, or hangs up before or after taking one.

    Attributes:
        boxes: Address → ids of the letters in that mailbox, each once, as mail stores keep them.
        taken: Letter → how often it was taken on the wire.
        answered: Letters that were taken and acknowledged.
    """

    def __init__(self, seed: int, share: float = 0.2) -> None:
        self._random = random.Random(seed)  # noqa: S311  # seeded on purpose, so that a run can be repeated
        self._share = share
        self.boxes: dict[str, set[str]] = {}
        self.taken: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a letter, or not."""
        mood = self._random.random() / self._share
        if mood < 0.4:  # two of five bad moods
            return "451 4.3.0 come back later"
        if mood < 0.7:  # the next one and a half
            server.transport.abort()
            return "421 gone"
        content = envelope.content
        assert isinstance(content, bytes)
        key = str(message_from_bytes(content)["Message-ID"])
        for address in envelope.rcpt_tos:
            self.boxes.setdefault(address, set()).add(key)
        self.taken[key] += 1
        if mood < 1:
            server.transport.abort()
            return "421 gone"
        self.answered[key] += 1
        return "250 OK"


def main() -> None:
    """Send everything that is due: ``python -m tests.e2e.letters DATABASE_URL PORT``."""
    from datetime import timedelta

    from guides import invitation

    url, port = sys.argv[1], int(sys.argv[2])

    def compose(item: Item, kit: Kit, sender: str) -> object:
        return invitation.message(item, kit, sender, bootstrap.clock())

    server = MailServer("127.0.0.1", port, SENDER, security="none")
    with closing(Database(url)) as database:
        post = Post(
            StoredOutbox(database),
            {Channel.MAIL: SmtpPost(server, compose)},  # type: ignore[arg-type]  # an EmailMessage
            clock=bootstrap.clock,
            per_minute=6000,
            lease=timedelta(seconds=LEASE_SECONDS),
        )
        post.deliver(patient=True)


if __name__ == "__main__":
    main()
