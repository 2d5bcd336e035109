"""Letters with a link by which somebody sets a new password."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from trainer.adapters.smtp_post import MailServer, SmtpLine
from trainer.app.outbox import NotNow, NoWay, Refused
from trainer.app.people import Undelivered
from trainer.i18n import gettext as _


class ResetMail:
    """Sends letters with links; implements `trainer.app.people.ResetLetters`.

    Args:
        server: The mail server.
        base: Address of the trainer, without a slash at the end. It is never taken from a request: who asks for a
            letter must not choose where its link leads.
        clock: Tells the time.
    """

    def __init__(self, server: MailServer, base: str, clock: Callable[[], datetime]) -> None:
        self._server = server
        self._base = base
        self._clock = clock

    def send(self, address: str, secret: str) -> None:
        """Send the link with this secret, in the language that is spoken; raises `Undelivered`."""
        message = EmailMessage(policy=SMTP)
        message["From"] = self._server.sender
        message["To"] = address
        message["Subject"] = _("Set a new password")
        message["Date"] = format_datetime(self._clock())
        message["Message-ID"] = make_msgid(domain=self._server.sender.rpartition("@")[2].rstrip(">"))
        message["Auto-Submitted"] = "auto-generated"
        told = (
            _("Somebody has asked for a new password for your account at HR practice."),
            _("If that was you, open this link within 30 minutes. It works once, and ends all your sign-ins:"),
            f"{self._base}/link/{secret}",
            _("If it was not you, there is nothing to do: your password stays as it is."),
        )
        message.set_content("\n\n".join(told) + "\n")
        with closing(SmtpLine(self._server)) as line:
            try:
                line.send(message, address)
            except (Refused, NotNow, NoWay) as error:
                raise Undelivered(str(error)) from error
