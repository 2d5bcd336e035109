"""At a person's pace a text is typed letter by letter, where the browser's field takes letters."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from trainer.adapters.playwright_show import Show


def typed(kind: str | None, text: str) -> tuple[list[str], list[str]]:
    """Type into a field of some kind; return what was set whole, and the letters."""
    whole: list[str] = []
    letters: list[str] = []
    keyboard = SimpleNamespace(insert_text=letters.append, press=letters.append)
    page: Any = SimpleNamespace(keyboard=keyboard, wait_for_timeout=lambda _ms: None)
    field: Any = SimpleNamespace(click=lambda: None, fill=whole.append, evaluate=lambda _script: kind)
    Show(1).type(page, field, text)
    return whole, letters


@pytest.mark.parametrize("kind", ["text", "textarea", "number", None])
def test_letters_are_typed_one_by_one(kind: str | None) -> None:
    assert typed(kind, "1\n2") == ([""], ["1", "Shift+Enter", "2"])


@pytest.mark.parametrize(("kind", "text"), [("date", "2026-11-27"), ("time", "09:30"), ("color", "#ffffff")])
def test_a_date_a_time_and_a_colour_are_set_whole(kind: str, text: str) -> None:
    """Such a field takes no letters that are inserted; the test, which fills it in, has no trouble with it."""
    assert typed(kind, text) == ([text], [])
