"""Letters by SMTP: one connection for many, with secrets from the environment only."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage

from trainer.app.outbox import NotNow, NoWay, Refused
from trainer.core.errors import BadInput
from trainer.core.invitation import Item, Kit
from trainer.i18n import gettext as _

SECONDS = 30.0
"""How long a mail server may take to answer."""

FOR_EVER = range(500, 600)
"""Answers by which a mail server refuses for good."""

SIGN_IN = (530, 534, 535, 538)
"""Answers by which it refuses us, not the letter."""

Compose = Callable[[Item, Kit, str], EmailMessage]
"""Writes the message of a letter, from a sender's address."""


@dataclass(frozen=True)
class MailServer:
    """How to reach a mail server.

    Attributes:
        host: Its name.
        port: Its port.
        sender: Address that letters come from, with or without a name, such as ``HR <hr@example.com>``.
        security: ``starttls``, ``tls``, or ``none`` for a server on this machine or in a test.
        user: Who signs in, or "".
        password: The password.
    """

    host: str
    port: int
    sender: str
    security: str = "starttls"
    user: str = ""
    password: str = ""

    @property
    def address(self) -> str:
        """The sender's address without the name."""
        return self.sender.rpartition("<")[2].rstrip("> ")

    @classmethod
    def of(cls, environ: Mapping[str, str] = os.environ) -> MailServer:
        """Return the server that the environment names; docs/guides.md lists the settings.

        Raises:
            BadInput: Host or sender are missing, or something else cannot be.
        """
        host, sender = environ.get("TRAINER_SMTP_HOST", ""), environ.get("TRAINER_SMTP_FROM", "")
        port = environ.get("TRAINER_SMTP_PORT") or "587"
        security = environ.get("TRAINER_SMTP_SECURITY") or "starttls"
        if not host or "@" not in sender or not port.isdigit() or security not in _SECURITIES:
            raise BadInput(
                _("There is no mail server to send letters with."),
                _("Set TRAINER_SMTP_HOST and TRAINER_SMTP_FROM; docs/guides.md lists all settings."),
            )
        user, password = environ.get("TRAINER_SMTP_USER", ""), environ.get("TRAINER_SMTP_PASSWORD", "")
        return cls(host, int(port), sender, security, user, password)


_SECURITIES = ("starttls", "tls", "none")


class SmtpPost:
    """Sends letters by mail; implements `trainer.app.outbox.Sender`.

    Args:
        server: How to reach the mail server.
        compose: Writes the messages.
    """

    def __init__(self, server: MailServer, compose: Compose) -> None:
        self._line = SmtpLine(server)
        self._sender = server.sender
        self._compose = compose

    def send(self, item: Item, kit: Kit) -> None:
        """Hand a letter over to the mail server; raises `Refused`, `NotNow` or `NoWay`."""
        self._line.send(self._compose(item, kit, self._sender), item.address)

    def close(self) -> None:
        """Hang up."""
        self._line.close()


class SmtpLine:
    """A connection to a mail server, made when there is something to send and kept for more.

    Args:
        server: How to reach it.
    """

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._connection: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, address: str) -> None:
        """Hand a message over.

        Raises:
            Refused: It is refused for good.
            NotNow: It was not taken, or nobody knows whether it was.
            NoWay: There is no connection, or the server refuses the sender, not the letter.
        """
        connection = self._connection = self._connection or self._connect()
        try:
            connection.send_message(message, self._server.address, [address])  # a name is for the letter only
        except smtplib.SMTPRecipientsRefused as error:
            code, said = error.recipients[address]
            self._tell(code, said)
        except smtplib.SMTPSenderRefused as error:
            self._tell(error.smtp_code, error.smtp_error, of_us=True)
        except smtplib.SMTPResponseException as error:
            self._tell(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise NotNow(str(error)) from error

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._connection.quit()
            self._connection.close()
            self._connection = None

    def _connect(self) -> smtplib.SMTP:
        try:
            return self._signed_in()
        except smtplib.SMTPResponseException as error:
            raise self._no_way(_told(error.smtp_code, error.smtp_error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise self._no_way(str(error)) from error
        except ValueError as error:  # its own words may quote the password
            raise self._no_way(
                _("its name, the user or the password has characters that cannot be sent")
            ) from error

    def _signed_in(self) -> smtplib.SMTP:
        server = self._server
        safe = ssl.create_default_context()
        connection: smtplib.SMTP
        if server.security == "tls":
            connection = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=safe)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
        try:
            if server.security == "starttls":
                connection.starttls(context=safe)
            connection.ehlo_or_helo_if_needed()
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _tell(self, code: int, said: bytes | str, *, of_us: bool = False) -> None:
        """Raise what an answer means; the connection begins anew."""
        self.close()
        if code in SIGN_IN or (of_us and code in FOR_EVER):
            raise self._no_way(_told(code, said))
        raise (Refused if code in FOR_EVER else NotNow)(_told(code, said))

    def _no_way(self, said: str) -> NoWay:
        server = f"{self._server.host}:{self._server.port}"
        return NoWay(
            _("No letter can be sent through the mail server {server}: {said}").format(server=server, said=said),
            _("Mend its settings (docs/guides.md), then call the same command again: what did not go waits."),
        )


def _told(code: int, said: bytes | str) -> str:
    """Return an answer of a mail server on one line."""
    return " ".join(f"{code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}".split())[:200]
