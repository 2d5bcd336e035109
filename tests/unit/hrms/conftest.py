"""A small HR system in a temporary folder, with a clock that the test sets."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox_hrms.app import chat_model, conduct
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.service import Hrms, Settings, build
from sandbox_hrms.core.roles import Actor, Role
from tests.unit.hrms.peer import KEY, Peer


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = field(default=datetime(2026, 3, 2, 9, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Templates take half a second to make; all tests share them."""
    root = tmp_path_factory.mktemp("templates")
    hrms = build(root, Clock(), Settings())
    for profile in ("web", "app", "integrated", "cloud", "local", "suite"):
        hrms.sandboxes.create(profile, "en", "sales_two_openings", 7)
    hrms.sandboxes.create("web", "zh_CN", "sales_two_openings", 7)
    hrms.close()
    return root / "_templates"


@pytest.fixture
def root(tmp_path: Path, templates: Path) -> Path:
    data = tmp_path / "data"
    (data / "_templates").mkdir(parents=True)
    for file in templates.glob("*.sqlite"):
        (data / "_templates" / file.name).write_bytes(file.read_bytes())
    return data


@pytest.fixture
def hrms(root: Path, clock: Clock) -> Iterator[Hrms]:
    hrms = build(root, clock, Settings())
    yield hrms
    hrms.close()


@pytest.fixture
def sandbox(hrms: Hrms) -> Sandbox:
    return hrms.sandboxes.create("web", "en", "sales_two_openings", 7)


@pytest.fixture
def candidate(sandbox: Sandbox) -> Actor:
    return Actor(Role.CANDIDATE, sandbox.context.candidate.id, sandbox.context.candidate.name)


@pytest.fixture
def hr() -> Actor:
    return Actor(Role.HR, "hr", "Pat")


@pytest.fixture
def head() -> Actor:
    return Actor(Role.HEAD, "head", "Chris")


@pytest.fixture
def begun(sandbox: Sandbox, candidate: Actor) -> conduct.Room:
    """The candidate sits before the first question."""
    conduct.give_consent(sandbox, candidate)
    return conduct.check_devices(sandbox, candidate, "skipped")


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    """A language model on this machine, named by the environment."""
    made = Peer()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    for name, value in ((chat_model.URL, made.url), (chat_model.NAME, "made-up-1"), (chat_model.KEY, KEY)):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield made
    made.going.set()
    made.server.shutdown()
    made.server.server_close()
    thread.join()
