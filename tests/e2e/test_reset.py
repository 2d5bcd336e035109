"""A new password by mail, through a real mail server: for who owns the mailbox, and others learn nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http import HTTPStatus
from queue import SimpleQueue
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.ui.practice.trainees import Trainer
from trainer import bootstrap
from trainer.adapters.database import Database, sqlite_url
from trainer.adapters.hrms_process import free_port
from trainer.core.people import Role

ANN = "ann@example.com"
OLD, NEW = "the old password", "the new password"
PATIENCE = 60.0
SENDER = "practice@example.org"
LINK = re.compile(r"(http://\S+)/link/(\w+)")


class Mailboxes:
    """A mail server that refuses one address."""

    def __init__(self) -> None:
        self.letters: SimpleQueue[tuple[list[str], Message]] = SimpleQueue()

    async def handle_RCPT(  # noqa: N802  # the names of aiosmtpd
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take an address, or not."""
        if address.startswith("full"):
            return f"552 5.2.2 <{address}> has no room left"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a letter."""
        assert isinstance(envelope.content, bytes)
        self.letters.put((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 OK"


@pytest.fixture(scope="module")
def mail() -> Iterator[Mailboxes]:
    boxes = Mailboxes()
    server = Controller(boxes, hostname="127.0.0.1", port=free_port())
    server.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRAINER_SMTP_HOST", "127.0.0.1")
        patch.setenv("TRAINER_SMTP_PORT", str(server.port))
        patch.setenv("TRAINER_SMTP_SECURITY", "none")
        patch.setenv("TRAINER_SMTP_FROM", f"HR practice <{SENDER}>")
        yield boxes
    server.stop()


@pytest.fixture(scope="module")
def trainer(mail: Mailboxes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainer]:
    assert mail.letters.empty()
    running = Trainer(tmp_path_factory.mktemp("home"))
    with closing(Database(sqlite_url(running.home / "platform.sqlite"))) as database:
        people = bootstrap.people(database)
        for login in (ANN, "full@example.com"):
            people.set_password(people.link(login, role=Role.INSTRUCTOR), OLD)
    yield running
    running.stop()
    log = running.log()
    assert "Traceback" not in log, log
    assert "@example.com" not in log, "no line names a person"


@pytest.fixture
def visitor(trainer: Trainer) -> Iterator[Callable[..., httpx.Client]]:
    """Return what makes browsers without a screen."""
    with ExitStack() as stack:

        def make(**headers: str) -> httpx.Client:
            client = httpx.Client(base_url=trainer.url, headers={"accept-language": "en"} | headers, timeout=60)
            return stack.enter_context(client)

        yield make


def ask(client: httpx.Client, login: str) -> tuple[int, str]:
    """Ask for a letter; return status and page, without what is another one each time."""
    answer = client.post("/reset", data={"login": login})
    page = client.get(answer.headers["location"]).text
    return answer.status_code, "A letter" if "a letter is on its way" in page else page


def sign_in(client: httpx.Client, password: str) -> bool:
    """Sign Ann in; tell whether that worked."""
    client.post("/sign-in", data={"login": ANN, "password": password})
    return client.get("/console").is_success


def audit(trainer: Trainer) -> list[tuple[str, str]]:
    """Return what is written down, newest first."""
    with closing(Database(sqlite_url(trainer.home / "platform.sqlite"))) as database:
        return [(line.what, line.about) for line in bootstrap.people(database).audit(100)]


def test_a_letter_leads_to_a_new_password_and_out_of_every_browser(
    visitor: Callable[..., httpx.Client], mail: Mailboxes, trainer: Trainer
) -> None:
    lost, other = visitor(**{"accept-language": "zh-CN"}), visitor()
    assert sign_in(other, OLD)
    assert "/reset" in lost.get("/sign-in").text
    evil = {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https"}
    assert lost.post("/reset", data={"login": " ANN@example.com "}, headers=evil).is_redirect
    to, letter = mail.letters.get(timeout=PATIENCE)
    told: Any = letter
    text = told.get_content()
    assert (to, letter["To"], letter["Bcc"]) == ([ANN], ANN, None)
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Subject"] == "设置新密码"
    link = LINK.search(text)
    assert link is not None
    assert link[1] == trainer.url, "the link leads to the operator's address, whatever the request said"
    path = f"/link/{link[2]}"
    assert other.get("/console").is_success, "nothing has changed yet"

    assert lost.get(path).is_success
    assert lost.post(path, data={"password": "short"}).headers["location"].startswith(path)
    following = lost.post(path, data={"password": NEW}).headers["location"]
    assert following.startswith("/sign-in?said=")
    assert f"您的登录名是 {ANN}" in lost.get(following).text
    assert not other.get("/console").is_success
    assert not sign_in(other, OLD)
    assert sign_in(lost, NEW)
    again = lost.post(path, data={"password": OLD})
    assert again.headers["location"].startswith(path)
    assert not sign_in(visitor(), OLD)


def test_the_answer_is_the_same_for_everybody(
    visitor: Callable[..., httpx.Client], mail: Mailboxes, trainer: Trainer
) -> None:
    logins = (
        "nobody@example.com",
        "full@example.com",
        "",
        f"{ANN}\r\nBcc: x@example.com",
        f"{ANN}, x@example.com",
    )
    answers = {ask(visitor(**{"x-forwarded-for": f"192.0.2.{one}"}), login) for one, login in enumerate(logins)}
    assert answers == {(HTTPStatus.SEE_OTHER, "A letter")}
    deadline = time.monotonic() + PATIENCE
    while ("reset_undelivered", "full@example.com") not in audit(trainer):
        assert time.monotonic() < deadline, "the refusal is never written down"
        time.sleep(0.05)
    assert ask(visitor(), ANN) in answers
    to, letter = mail.letters.get(timeout=PATIENCE)
    assert (to, letter["To"]) == ([ANN], ANN)
    assert mail.letters.empty()


def test_who_asks_too_often_waits(visitor: Callable[..., httpx.Client]) -> None:
    client = visitor(**{"x-forwarded-for": "198.51.100.1"})
    said = [ask(client, f"somebody{number}@example.com")[1] for number in range(11)]
    assert said[:10] == ["A letter"] * 10
    assert "Too many tries" in said[10]
    assert ask(visitor(**{"x-forwarded-for": "198.51.100.2"}), "x@example.com")[1] == "A letter"
