"""What pages leave behind is collected when enough of them were left, not at every one."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from sandbox_hrms.pages import sweeping
from trainer.web import server


class Page:
    """Holds on to itself, as a page does."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def no_other_collection() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_other_collection")
@pytest.mark.parametrize("where", [(server, "nicegui_app"), (sweeping, "pages_app")])
def test_what_pages_leave_behind_is_collected(
    where: tuple[ModuleType, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    module, app = where
    handlers: list[Callable[[], None]] = []
    monkeypatch.setattr(getattr(module, app), "on_delete", handlers.append)
    monkeypatch.setattr(module, "PAGES_LEFT", 2)
    module.sweep_after_pages()
    (page_is_left,) = handlers
    for _round in range(2):
        left = weakref.ref(Page())
        page_is_left()
        assert left() is not None
        page_is_left()
        assert left() is None
