"""A real trainer on free ports, and people before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.ui.accessible import calm_context
from tests.ui.practice.trainees import Trainee, Trainer

expect.set_options(timeout=10_000)


@pytest.fixture(scope="module")
def trainer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainer]:
    running = Trainer(tmp_path_factory.mktemp("home"))
    yield running
    running.stop()
    assert "Traceback" not in running.log(), running.log()


@pytest.fixture
def somebody(trainer: Trainer, browser: Browser) -> Iterator[Callable[..., Trainee]]:
    """Make trainees, each with a browser profile of their own."""
    contexts = []
    people: list[Trainee] = []

    def make(lang: str = "en-US", width: int = 1280, height: int = 800, **more: Any) -> Trainee:
        context = calm_context(browser, width, height, locale=lang, **more)
        contexts.append(context)
        people.append(Trainee(trainer, context.new_page()))
        return people[-1]

    yield make
    for context in contexts:
        context.close()
    assert [complaint for one in people for complaint in one.complaints] == []


@pytest.fixture
def ann(somebody: Callable[..., Trainee]) -> Trainee:
    return somebody()
