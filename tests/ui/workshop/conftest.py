"""A real trainer on free ports, with instructors and trainees before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.accessible import calm_context
from tests.ui.practice.trainees import Trainer
from tests.ui.workshop.instructors import Guest, Instructor

expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def trainer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainer]:
    running = Trainer(tmp_path_factory.mktemp("home"))
    yield running
    running.stop()
    assert "Traceback" not in running.log(), running.log()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages, each in a browser profile of its own."""
    contexts = []

    def make(width: int = 1280, height: int = 800, **more: Any) -> Page:
        contexts.append(calm_context(browser, width, height, **({"locale": "en-US"} | more)))
        return contexts[-1].new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def ann(trainer: Trainer, new_page: Callable[..., Page]) -> Instructor:
    instructor = Instructor(trainer, new_page())
    instructor.sign_in()
    return instructor


@pytest.fixture
def guest(trainer: Trainer, new_page: Callable[..., Page]) -> Callable[..., Guest]:
    """Make trainees, each at a browser of their own."""
    return lambda **more: Guest(trainer, new_page(**more))
