"""Letters to candidates through real peers: nothing lost, nothing twice, whatever fails and whoever is killed."""

from __future__ import annotations

import json
import random
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from guides import invitation
from tests.e2e.commands import trainer
from tests.e2e.letters import Moody
from tests.unit.guides.candidates import NOW, SENDER, a_candidate, a_kit
from trainer import bootstrap
from trainer.adapters.database import Database, sqlite_url
from trainer.adapters.hrms_process import free_port
from trainer.adapters.outbox_store import StoredOutbox
from trainer.adapters.sms_webhook import SmsWebhook
from trainer.adapters.smtp_post import MailServer, SmtpPost
from trainer.app.outbox import NotNow, NoWay, Refused
from trainer.cli import guide_letters
from trainer.core.brand import Brand
from trainer.core.errors import BadInput, ExitCode
from trainer.core.invitation import About, Channel, Delivery, Item, Kit, appointed, items
from trainer.core.problems import BrokenScenario

ROOT = Path(__file__).parents[2]


def an_item(channel: Channel = Channel.MAIL) -> Item:
    told = a_candidate(phone="+8613800000000", email="candidate1@example.com")
    return next(one for one in items(a_kit(), told, About.INVITATION, NOW) if one.channel is channel)


def killed_again_and_again(folder: Path, count: int, seed: int) -> tuple[Moody, tuple[Item, ...], int]:
    """Send `count` letters with a program that is killed at random moments; return peer, letters, and kills."""
    chance = random.Random(seed)  # noqa: S311  # seeded on purpose, so that a run can be repeated
    url = sqlite_url(folder / "platform.sqlite")
    now = bootstrap.clock()
    with closing(Database(url)) as database:
        people = [a_candidate(number, starts=now + timedelta(days=5)) for number in range(count)]
        letters = [item for one in people for item in items(a_kit(), one, About.ABANDONED, now)]
        assert StoredOutbox(database).add(a_kit(), letters) == count
    peer = Moody(seed)
    server = Controller(peer, hostname="127.0.0.1", port=free_port())
    server.start()
    kills = 0
    try:
        while True:
            command = [sys.executable, "-m", "tests.e2e.letters", url, str(server.port)]
            with subprocess.Popen(command, cwd=ROOT) as process:
                goal = peer.taken.total() + chance.randrange(count // 5, count // 2)
                while process.poll() is None and peer.taken.total() < goal:
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(0.01 * chance.random())
                if process.poll() is not None:
                    break
                process.kill()
                kills += 1
    finally:
        server.stop()
    assert process.returncode == 0
    with closing(Database(url)) as database:
        return peer, StoredOutbox(database).all(), kills


@pytest.mark.proof
def test_a_thousand_letters_arrive_once_whoever_is_killed(tmp_path: Path) -> None:
    count = 1000
    peer, letters, kills = killed_again_and_again(tmp_path, count, seed=7)
    assert kills >= 2
    assert [one.state for one in letters] == [Delivery.SENT] * count
    assert {address: len(box) for address, box in peer.boxes.items()} == {one.address: 1 for one in letters}
    assert max(one.tries for one in letters) > 1
    again = peer.taken.total() - count
    print(f"{count} letters, {kills} kills, {again} taken again after no answer or a kill")  # noqa: T201
    assert again <= sum(peer.taken[key] - peer.answered[key] for key in peer.taken) + kills


class Server:
    """A mail server that gives one answer to each letter."""

    def __init__(self, answer: str) -> None:
        self.answer = answer

    async def handle_RCPT(self, *asked: Any) -> str:  # noqa: N802  # server, session, envelope, address, options
        """Answer to a receiver."""
        if self.answer.startswith("2"):
            asked[2].rcpt_tos.append(asked[3])
        return self.answer


@pytest.mark.parametrize(
    ("answer", "wrong", "said"),
    [("550 5.1.1 no such user", Refused, "550 5.1.1 no such user"), ("450 4.2.1 busy", NotNow, "450 4.2.1 busy")],
)
def test_a_refusal_is_told_from_a_delay(answer: str, wrong: type[Exception], said: str) -> None:
    server = Controller(Server(answer), hostname="127.0.0.1", port=free_port())
    server.start()
    post = SmtpPost(
        MailServer("127.0.0.1", server.port, SENDER, security="none"),
        lambda item, kit, sender: invitation.message(item, kit, sender, NOW),
    )
    try:
        with pytest.raises(wrong, match=said):
            post.send(an_item(), a_kit())
    finally:
        post.close()
        server.stop()


class Stranger:
    """A mail server that lets nobody send who did not sign in, and nobody sign in."""

    answer: ClassVar[str] = "530 5.7.0 authentication required"

    async def handle_MAIL(self, *_asked: Any) -> str:  # noqa: N802  # server, session, envelope, address, options
        """Refuse a sender."""
        return self.answer


def nobody(_server: object, _session: object, _envelope: object, _mechanism: str, _data: object) -> AuthResult:
    """Let nobody sign in."""
    return AuthResult(success=False, handled=False)


@contextmanager
def closed_door() -> Iterator[int]:
    """Answer 554 to whoever connects, and yield the port."""

    class Door(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(b"554 5.3.2 no service here\r\n")

    with socketserver.TCPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("name", "password"), [("mail..example", "p"), ("127.0.0.1", "密")])
def test_settings_of_a_mail_server_that_cannot_be_used_are_no_fault_of_the_letter(
    name: str, password: str
) -> None:
    server = Controller(
        Stranger(), hostname="127.0.0.1", port=free_port(), authenticator=nobody, auth_require_tls=False
    )
    server.start()
    try:
        post = SmtpPost(
            MailServer(name, server.port, SENDER, security="none", user="hr", password=password),
            lambda item, kit, sender: invitation.message(item, kit, sender, NOW),
        )
        with closing(post), pytest.raises(NoWay, match="cannot be sent"):
            post.send(an_item(), a_kit())
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("url", "token"), [("http://[::1", ""), ("https://", ""), ("http://a..b/", ""), ("http://127.0.0.1/", "密")]
)
def test_settings_of_a_gateway_that_cannot_be_used_are_no_fault_of_the_message(url: str, token: str) -> None:
    sms = SmsWebhook(url, token, lambda item, kit: invitation.sms(item, kit, NOW))
    with pytest.raises(NoWay, match="its address or token"):
        sms.send(an_item(Channel.SMS), a_kit())


@pytest.mark.parametrize("user", ["", "hr"])
def test_a_server_that_lets_us_not_in_is_no_refusal_of_the_letter(user: str) -> None:
    server = Controller(
        Stranger(), hostname="127.0.0.1", port=free_port(), authenticator=nobody, auth_require_tls=False
    )
    server.start()
    try:
        post = SmtpPost(
            MailServer("127.0.0.1", server.port, SENDER, security="none", user=user, password="wrong"),
            lambda item, kit, sender: invitation.message(item, kit, sender, NOW),
        )
        with closing(post), pytest.raises(NoWay, match="535" if user else "530") as told:
            post.send(an_item(), a_kit())
    finally:
        server.stop()
    assert "wrong" not in told.value.message
    assert "docs/guides.md" in told.value.hint


def test_nobody_at_the_other_end_is_no_refusal_of_the_letter_either() -> None:
    with closed_door() as refusing:
        for port, said in ((refusing, "554 5.3.2 no service"), (free_port(), "refused")):
            post = SmtpPost(
                MailServer("127.0.0.1", port, SENDER, security="none"),
                lambda item, kit, sender: invitation.message(item, kit, sender, NOW),
            )
            with pytest.raises(NoWay, match=said):
                post.send(an_item(), a_kit())


def test_a_wrong_password_stops_the_command_and_the_letters_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(LIST + "Bob,bob@example.com,,en,2099-12-01T10:00+08:00,Sales,Lin\n", "utf-8")
    monkeypatch.setattr(guide_letters, "make_kits", lambda *_asked: {"en": a_kit()})
    server = Controller(
        Moody(1, share=1e-9), hostname="127.0.0.1", port=free_port(), authenticator=nobody, auth_require_tls=False
    )
    settings = {"HOST": "127.0.0.1", "PORT": str(server.port), "FROM": SENDER, "SECURITY": "none", "USER": "hr"}
    monkeypatch.setenv("TRAINER_HOME", str(tmp_path / "home"))
    for name, value in settings.items():
        monkeypatch.setenv(f"TRAINER_SMTP_{name}", value)
    lesson = bootstrap.scenarios().get("normal-exit-web")
    server.start()

    def send() -> int:
        return guide_letters.write_letters(
            lesson, file, out=tmp_path, brand=Brand(), about=About.INVITATION, per_minute=6000, send=True
        )

    def first_letters() -> list[tuple[Delivery, int]]:
        with closing(bootstrap.database()) as database:
            found = bootstrap.outbox(database).all()
        return [(one.state, one.tries) for one in found if one.about is About.INVITATION]

    try:
        with pytest.raises(NoWay, match="535") as told:
            send()
        assert told.value.exit_code is ExitCode.ENVIRONMENT
        assert first_letters() == [(Delivery.WAITING, 0)] * 2
        monkeypatch.setenv("TRAINER_SMTP_USER", "")
        assert send() == ExitCode.PASSED
        assert first_letters() == [(Delivery.SENT, 1)] * 2
    finally:
        server.stop()


def test_a_mended_list_sends_again_only_what_was_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "list.csv"
    monkeypatch.setattr(guide_letters, "make_kits", lambda *_asked: {"en": a_kit()})
    box = Moody(1, share=1e-9)
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    settings = {"HOST": "127.0.0.1", "PORT": str(server.port), "FROM": SENDER, "SECURITY": "none"}
    monkeypatch.setenv("TRAINER_HOME", str(tmp_path / "home"))
    for name, value in settings.items():
        monkeypatch.setenv(f"TRAINER_SMTP_{name}", value)
    first = LIST + "Bob,bob@example.com,,en,2099-12-01T10:00+08:00,Sales,Lin\n" + ROW_OF_CY
    mended = first.replace("bob@", "bo@").replace("Sales,Lin\nBob", "Sales,Wu\nBob")
    server.start()
    try:
        for text in (first, first, mended, mended):
            file.write_text(text, "utf-8")
            guide_letters.write_letters(
                bootstrap.scenarios().get("normal-exit-web"),
                file,
                out=tmp_path,
                brand=Brand(),
                about=About.INVITATION,
                per_minute=6000,
                send=True,
            )
        sent = {address.partition("@")[0]: len(found) for address, found in box.boxes.items()}
        assert sent == {"ann": 2, "bob": 1, "cy": 1, "bo": 1}
        with closing(bootstrap.database()) as database:
            waiting = [one for one in bootstrap.outbox(database).all() if one.state is Delivery.WAITING]
        reminded = {one.address.partition("@")[0]: one.invitation.contact for one in waiting}
        assert reminded == {"ann": "Wu", "cy": "Lin", "bo": "Lin"}
        assert "1 letters to addresses that are no longer in the list were withdrawn." in capfd.readouterr().err
    finally:
        server.stop()


class Gateway(BaseHTTPRequestHandler):
    """A gateway of short messages: it counts each key once, and answers with the next of its codes."""

    codes: ClassVar[list[int]] = []
    asked: ClassVar[list[dict[str, str]]] = []

    def do_POST(self) -> None:
        """Take a message."""
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(
            content | {"header": self.headers["Idempotency-Key"], "auth": self.headers["Authorization"]}
        )
        self.send_response(self.codes.pop(0))
        self.end_headers()
        self.wfile.write(b"told")

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def gateway() -> Iterator[str]:
    Gateway.codes, Gateway.asked = [], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sms"
    server.shutdown()
    thread.join()
    server.server_close()


def test_short_messages_go_to_a_webhook_with_a_key(gateway: str) -> None:
    Gateway.codes += [503, 429, 400, 401, 403, 200]
    environ = {"TRAINER_SMS_URL": gateway, "TRAINER_SMS_TOKEN": "secret"}

    def told(item: Item, kit: Kit) -> str:
        return invitation.sms(item, kit, NOW)

    sms = SmsWebhook.of(told, environ)
    item = an_item(Channel.SMS)
    for wrong in (NotNow, NotNow, Refused, NoWay, NoWay):
        with pytest.raises(wrong, match="told"):
            sms.send(item, a_kit())
    sms.send(item, a_kit())
    assert {one["key"] for one in Gateway.asked} == {one["header"] for one in Gateway.asked} == {item.key}
    last = Gateway.asked[-1]
    assert (last["to"], last["auth"]) == ("+8613800000000", "Bearer secret")
    assert "Sales representative" in last["text"]
    with pytest.raises(NoWay):
        SmsWebhook(f"http://127.0.0.1:{free_port()}/", "", told).send(item, a_kit())


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"TRAINER_SMTP_HOST": "mail.example"},
        {"TRAINER_SMTP_HOST": "mail.example", "TRAINER_SMTP_FROM": "a@b.example", "TRAINER_SMTP_PORT": "x"},
        {
            "TRAINER_SMTP_HOST": "mail.example",
            "TRAINER_SMTP_FROM": "a@b.example",
            "TRAINER_SMTP_SECURITY": "maybe",
        },
    ],
)
def test_half_a_mail_server_is_none(environ: dict[str, str]) -> None:
    with pytest.raises(BadInput, match="no mail server"):
        MailServer.of(environ)


def test_a_mail_server_is_named_by_the_environment() -> None:
    environ = {"TRAINER_SMTP_HOST": "mail.example", "TRAINER_SMTP_FROM": SENDER, "TRAINER_SMTP_PASSWORD": "p"}
    assert MailServer.of(environ) == MailServer("mail.example", 587, SENDER, "starttls", "", "p")


def test_the_served_trainer_sends_reminders_and_leaves_the_rest_to_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Controller(Moody(1, share=1e-9), hostname="127.0.0.1", port=free_port())
    settings = {"HOST": "127.0.0.1", "PORT": str(server.port), "FROM": SENDER, "SECURITY": "none"}
    monkeypatch.setenv("TRAINER_HOME", str(tmp_path / "home"))
    for name, value in settings.items():
        monkeypatch.setenv(f"TRAINER_SMTP_{name}", value)
    now = bootstrap.clock()
    told = a_candidate(starts=now + timedelta(days=1, hours=1))
    letters = items(a_kit(), told, About.INVITATION, now - timedelta(hours=2))
    letters = tuple(replace(one, due=now) for one in letters)
    server.start()
    try:
        with closing(bootstrap.database()) as database:
            assert bootstrap.outbox(database).add(a_kit(), letters) == 2
            postman = bootstrap.postman(database, threading.Event())
            assert postman is not None
            assert postman.deliver() == {Delivery.SENT: 1}
            found = {one.about: one.state for one in bootstrap.outbox(database).all()}
            assert found == {About.REMINDER: Delivery.SENT, About.INVITATION: Delivery.WAITING}
            with bootstrap.outbox(database).alone():
                assert bootstrap.post(database, [Channel.MAIL], per_minute=6000).deliver().total() == 0
            assert bootstrap.post(database, [Channel.MAIL], per_minute=6000).deliver() == {Delivery.SENT: 1}
    finally:
        server.stop()


@pytest.mark.parametrize(("right", "wrong"), [("T10:00", "T11:00"), ("Ann", "Bob"), (",Lin", ",Wu")])
def test_two_truths_about_one_interview_are_a_mistake_of_the_list(tmp_path: Path, right: str, wrong: str) -> None:
    file = tmp_path / "list.csv"
    line = LIST.splitlines()[1]
    file.write_text(f"{LIST}{line}\n{line.replace(right, wrong).replace('ann@', 'Ann@')}\n", "utf-8")
    with pytest.raises(BrokenScenario) as told:
        bootstrap.invitations(file)
    assert [(one.line, "line 2" in one.message) for one in told.value.problems] == [(4, True)]


def test_a_trial_counts_what_would_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRAINER_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(guide_letters, "make_kits", lambda *_asked: {"en": a_kit()})
    now = bootstrap.clock()
    starts = {"yesterday": 1, "last-month": 30, "unwanted": 1, "sent": 1}
    file = tmp_path / "list.csv"
    lines = [
        f"X,{who}@example.com,,en,{(now - timedelta(days=d)).isoformat()},Sales,Lin" for who, d in starts.items()
    ]
    file.write_text("\n".join([LIST.splitlines()[0], *lines]) + "\n", "utf-8")
    with closing(bootstrap.database()) as database:
        outbox = bootstrap.outbox(database)
        sent = items(a_kit(), appointed(bootstrap.invitations(file)[3:], ())[0], About.ABANDONED, now)
        outbox.add(a_kit(), sent)
        outbox.claim(now, timedelta(minutes=1), Channel, About)
        outbox.settle(sent[0].key, Delivery.SENT, "", now)
        outbox.opt_out("Unwanted@example.com", now)
        outbox.opt_out("sent@example.com", now)
    guide_letters.write_letters(
        bootstrap.scenarios().get("normal-exit-web"),
        file,
        out=tmp_path / "out",
        brand=Brand(),
        about=About.ABANDONED,
        per_minute=60,
        send=False,
    )
    data, talk = capfd.readouterr()
    assert [Path(one).suffix for one in data.split()] == [".eml"]
    assert "1 letters are ready" in talk
    assert "1 letters were dealt with before" in talk
    assert "1 letters are not wanted" in talk
    assert "1 letters would come too late" in talk


LIST = """\
name,email,phone,lang,starts,post,contact
Ann,ann@example.com,,en,2099-12-01T10:00+08:00,Sales,Lin
"""


ROW_OF_CY = "Cy,cy@example.com,,en,2099-12-01T10:00+08:00,Sales,Lin\n"


def test_mistakes_of_a_list_are_told_at_once_and_nothing_is_sent(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(
        LIST + "Bob,nobody,,en,2099-12-01T10:00+08:00,Sales,Lin\nCy,cy@example.com,,xx,tomorrow,Sales,Lin\n",
        "utf-8",
    )
    code, data, talk = trainer("guide", "normal-exit-web", "--for", str(file), "-o", str(tmp_path), "--send")
    assert (code, data) == (2, "")
    assert f"{file}:3:1: `email` cannot be `nobody`" in talk
    assert f"{file}:4:1: `starts` cannot be `tomorrow`" in talk
    assert "2026-12-01T10:00+08:00" in talk
    assert "Traceback" not in talk


def test_without_a_mail_server_it_says_so_before_it_begins(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(LIST, "utf-8")
    code, data, talk = trainer("guide", "normal-exit-web", "--for", str(file), "--send")
    assert (code, data) == (2, "")
    assert "There is no mail server" in talk


@pytest.mark.proof
@pytest.mark.browser
def test_letters_are_seen_before_they_go_and_told_of_afterwards(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(LIST + "林月,lin@example.com,,zh_CN,2099-12-01T10:00+08:00,销售代表,张 a@b.example\n", "utf-8")
    box = Moody(1, share=1e-9)
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    env = {
        "TRAINER_HOME": str(tmp_path / "home"),
        "TRAINER_SMTP_HOST": "127.0.0.1",
        "TRAINER_SMTP_PORT": str(server.port),
        "TRAINER_SMTP_FROM": SENDER,
        "TRAINER_SMTP_SECURITY": "none",
    }
    command = ("guide", "normal-exit-web", "--for", str(file), "-o", str(tmp_path / "out"), "--rate", "6000")
    try:
        code, data, talk = trainer(*command, env=env)
        assert code == 0, talk
        assert len([Path(line) for line in data.split() if Path(line).suffix == ".eml"]) == 2
        assert "Nothing was sent." in talk
        assert box.boxes == {}
        assert trainer("guide", "--opt-out", "lin@example.com", env=env)[0] == 0
        for _time in range(2):
            code, data, talk = trainer(*command, "--send", env=env)
            assert code == 0, talk
        assert {address: len(found) for address, found in box.boxes.items()} == {"ann@example.com": 1}
        code, data, talk = trainer("guide", "--letters", env=env)
        assert (code, len(data.splitlines())) == (0, 4)
        assert "waiting: 1, sent: 1, not wanted: 2" in talk
    finally:
        server.stop()
