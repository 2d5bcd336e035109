"""How a letter is handed to a mail server, without one."""

from __future__ import annotations

import smtplib
from typing import Any

import pytest

from guides.letter import Letter, compose
from trainer.adapters.smtp_post import MailServer, SmtpLine

SENDER = "人事部 <hr@harbour.example>"


class OldServer(smtplib.SMTP):
    """A connection to a server that knows nothing of addresses beyond ASCII; keeps what it is given."""

    given: tuple[str, str, bytes]

    def __init__(self, *_arguments: Any, **_options: Any) -> None:
        self.esmtp_features = {}

    def ehlo_or_helo_if_needed(self) -> None:
        """Greet nobody."""

    def sendmail(self, sender: str, receivers: Any, message: Any, *_options: Any) -> dict[str, Any]:
        """Take a letter."""
        OldServer.given = (sender, receivers[0], message)
        return {}


def test_a_sender_may_have_a_chinese_name_whatever_the_server_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtplib, "SMTP", OldServer)
    letter = Letter("zh_CN", "面试", "", "", "面试", ())
    message = compose(letter, headers=[("From", SENDER), ("To", "ann@example.com")])
    SmtpLine(MailServer("mail.example", 25, SENDER, security="none")).send(message, "ann@example.com")
    sender, receiver, sent = OldServer.given
    assert (sender, receiver) == ("hr@harbour.example", "ann@example.com")
    assert b"<hr@harbour.example>" in sent
    assert sent.isascii()


@pytest.mark.parametrize(
    "sender", ["hr@harbour.example", "<hr@harbour.example>", "HR <hr@harbour.example> ", SENDER]
)
def test_the_address_of_a_sender_is_what_stands_between_the_brackets(sender: str) -> None:
    assert MailServer("mail.example", 25, sender).address == "hr@harbour.example"
