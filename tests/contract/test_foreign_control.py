"""Control of somebody else's application: its author's requests, with secrets, and nowhere else."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from trainer.adapters.foreign_control import ForeignControl
from trainer.core.application import Application
from trainer.core.errors import BadInput, BrokenEnvironment, LookFailed
from trainer.core.scenario import Seed

SEED = Seed(dataset="")


class Handler(BaseHTTPRequestHandler):
    """Notes what it is asked, and answers by the path."""

    heard: list[tuple[str, str, str, str]]

    def answer(self) -> None:
        """Note and answer."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.heard.append((self.command, self.path, self.headers.get("Authorization", ""), body))
        status, text = {
            "/people": (200, json.dumps([{"name": "Robin"}])),
            "/page": (200, "<h1>No JSON</h1>"),
            "/gone": (404, ""),
            "/away": (302, ""),
        }.get(self.path, (200, ""))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/people")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = do_DELETE = answer  # noqa: N815  # as http.server calls them

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def heard() -> list[tuple[str, str, str, str]]:
    return []


@pytest.fixture
def url(heard: list[tuple[str, str, str, str]]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Noting", (Handler,), {"heard": heard}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAINER_SECRET_WORD", "tea")


def control(url: str, **more: Any) -> ForeignControl:
    account = {"user": "robot", "password": "${secret.word}"}
    fields = {"url": url, "sign_in": {"clerk": ()}, "account": account}
    return ForeignControl(Application.model_validate(fields | more))


def test_a_go_begins_with_the_authors_requests_in_order(url: str, heard: list[tuple[str, str, str, str]]) -> None:
    reset = (
        {"path": "/gone", "method": "DELETE", "fine": (404,)},
        {"path": "/new", "json": {"code": "${secret.word}"}},
        {"path": "/form", "form": {"code": "${secret.word}"}},
    )
    with control(url, reset=reset) as asked:
        info = asked.create("", "en", SEED)
        assert info.context == {"lang": "en", "run": info.id}
    basic = "Basic " + base64.b64encode(b"robot:tea").decode()
    assert heard == [
        ("DELETE", "/gone", basic, ""),
        ("POST", "/new", basic, '{"code":"tea"}'),
        ("POST", "/form", basic, "code=tea"),
    ]


def test_the_name_of_the_account_may_be_a_secret_too(url: str, heard: list[tuple[str, str, str, str]]) -> None:
    account = {"user": "${secret.word}", "password": "${secret.word}"}
    with control(url, account=account, snapshot={"people": "/people"}) as asked:
        asked.snapshot("x")
    assert heard[0][2] == "Basic " + base64.b64encode(b"tea:tea").decode()


def test_a_go_that_was_begun_before_is_gone_on_with_and_nothing_is_reset(
    url: str, heard: list[tuple[str, str, str, str]]
) -> None:
    theirs = Application.model_validate({"url": url, "sign_in": {"clerk": ()}, "reset": ({"path": "/new"},)})
    with ForeignControl(theirs, {"r7": "en"}) as asked:
        assert asked.info("r7").context == {"lang": "en", "run": "r7"}
        assert asked.sandboxes() == {"r7"}
    assert heard == []


def test_a_reset_that_is_refused_ends_the_go(url: str) -> None:
    with control(url, reset=({"path": "/gone"},)) as asked, pytest.raises(BrokenEnvironment) as refusal:
        asked.create("", "en", SEED)
    assert refusal.value.message == "The application refused the reset: POST /gone answered with status 404."


def test_a_secret_that_is_not_there_is_named_before_anything_is_asked(
    url: str, heard: list[tuple[str, str, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRAINER_SECRET_WORD")
    with control(url, reset=({"path": "/new"},)) as asked, pytest.raises(BadInput) as refusal:
        asked.create("", "en", SEED)
    assert refusal.value.message == "The lesson needs the secret TRAINER_SECRET_WORD."
    assert heard == []


def test_no_other_variable_of_the_environment_is_a_secret_of_a_lesson(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORD", "private")
    monkeypatch.delenv("TRAINER_SECRET_WORD")
    with control(url) as asked, pytest.raises(BadInput):
        asked.create("", "en", SEED)


def test_what_it_stored_is_what_its_paths_answer(url: str) -> None:
    with control(url, snapshot={"people": "/people"}) as asked:
        assert asked.snapshot("x") == {"people": [{"name": "Robin"}]}
        assert asked.events("x", 0) == ((), 0)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/page", "/page did not answer with JSON."),
        ("/gone", "/gone answered with status 404."),
        ("/away", "/away answered with status 302."),
    ],
)
def test_an_answer_that_cannot_be_read_is_no_verdict(path: str, why: str, url: str) -> None:
    with control(url, snapshot={"people": path}) as asked, pytest.raises(LookFailed) as failure:
        asked.snapshot("x")
    assert failure.value.message == why


def test_copies_checkpoints_and_faults_are_for_the_sandbox(url: str) -> None:
    with control(url) as asked:
        for order in (
            lambda: asked.clone("x"),
            lambda: asked.checkpoint("x", "a"),
            lambda: asked.restore("x", "a"),
            lambda: asked.inject("x", "crash", None),
            lambda: asked.clear("x", "crash"),
            lambda: asked.sign_in_link("x", "hr"),
        ):
            with pytest.raises(BadInput):
                order()
