"""A real server on a free port, driven by a real Chromium."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.ui.accessible import calm_context
from tests.ui.hrms.people import Person, Sandbox, Server, Wait, wait_until

TOKEN = "only-for-tests"
PATIENCE_SECONDS = 20.0

expect.set_options(timeout=10_000)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("hrms"))
    yield running
    running.stop()
    assert "Traceback" not in running.log(), running.log()


@pytest.fixture
def sandbox(server: Server) -> Sandbox:
    return server.sandbox()


@pytest.fixture
def somebody(browser: Browser) -> Iterator[Callable[[], Person]]:
    """Make people, each with a browser profile of their own."""
    contexts = []
    people: list[Person] = []

    def make() -> Person:
        context = calm_context(browser)
        contexts.append(context)
        person = Person(context.new_page())
        people.append(person)
        return person

    yield make
    for context in contexts:
        context.close()
    assert [one for person in people for one in person.complaints] == []


@pytest.fixture
def until() -> Wait:
    return wait_until


@pytest.fixture
def candidate(somebody: Callable[[], Person]) -> Person:
    return somebody()
