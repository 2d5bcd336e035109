"""What every test may rely on: a home of its own, English unless it says otherwise, and this machine's browser."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserType, Playwright, sync_playwright

from tests.postgres import Postgres, running
from trainer.machine import find_browser

settings.register_profile("busy", deadline=None)  # a busy machine is no mistake
settings.load_profile("busy")


@pytest.fixture(scope="session", autouse=True)
def own_surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep a person's own data, database and language out of the tests, and the tests out of a person's data.

    Started in the background a shell lets us ignore Ctrl-C, and our children with us: they get it back.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRAINER_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("LC_ALL", "C.UTF-8")
        for name in ("TRAINER_DATABASE_URL", "HRMS_CONTROL_TOKEN"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Run a PostgreSQL server for the session, where there is one."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Let the `page` fixture start the browser that the trainer itself would start."""
    found = find_browser()
    return browser_type_launch_args | ({"executable_path": str(found)} if found else {})


@pytest.fixture(scope="session")
def microphone_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start a browser that may have a microphone: the one without a window has none, not even a made-up one."""
    return browser_type_launch_args | {"executable_path": str(find_browser(headed=True))}


# Playwright's sync API keeps an event loop running in its thread as long as it lives. pytest-playwright lets it
# live for the whole session; here it ends with its module, so that other modules can run loops of their own.


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Run Playwright for one module."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser_type(playwright: Playwright, browser_name: str) -> BrowserType:
    """Return the kind of browser that `--browser` names."""
    kind: BrowserType = getattr(playwright, browser_name)
    return kind


@pytest.fixture(scope="module")
def browser(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """Run one browser for one module."""
    started = browser_type.launch(**browser_type_launch_args)
    yield started
    started.close()


@pytest.fixture(scope="module")
def browser_context_args() -> dict[str, Any]:
    """Give every context Playwright's own settings."""
    return {}
