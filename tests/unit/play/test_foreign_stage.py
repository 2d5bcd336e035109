"""Windows of somebody else's application, without any browser: who signs in when, and how traces are called."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from trainer.adapters.foreign_stage import ForeignStage, ForeignWindow, Seat
from trainer.adapters.playwright_stage import Setting
from trainer.core.application import Application

THEIRS = Application.model_validate({"url": "http://127.0.0.1:9", "sign_in": {"clerk": ()}})


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainer.adapters.playwright_stage.process_of", lambda _browser: 0)


class PaperStage(ForeignStage):
    """Windows of somebody else's application, of which only what is traced is noted."""

    def __init__(self, traces: Path) -> None:
        nobody: Any = None
        control: Any = SimpleNamespace(application=THEIRS)
        super().__init__(nobody, Setting(THEIRS.url, control, nobody, "en", trace=traces), control, nobody)
        self.kept: list[str] = []

    def seat(self, sandbox: str, role: str) -> Seat:
        """Sign nobody in."""
        return Seat({}, f"{sandbox} {role}")

    def seat_context(self, seat: Seat | None, *, heard: bool) -> Any:
        """Return something that keeps its trace."""
        del seat, heard
        tracing = SimpleNamespace(stop_chunk=lambda path: self.kept.append(path.name))
        return SimpleNamespace(tracing=tracing, pages=[], close=lambda: None)


def test_signing_in_again_does_not_rest_on_a_session_that_somebody_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ForeignWindow, "goto", lambda _window, _path: None)
    monkeypatch.setattr(PaperStage, "seat", ForeignStage.seat)
    signed_in: list[str] = []

    def sign_in(_stage: ForeignStage, _sandbox: str, role: str) -> Seat:
        signed_in.append(role)
        return Seat({}, f"/{len(signed_in)}")

    monkeypatch.setattr(ForeignStage, "_sign_in", sign_in)
    stage = PaperStage(tmp_path)
    window = stage.window("a", "clerk")
    stage.window("a", "hr", read_only=True)
    stage.window("a", "clerk", read_only=True)
    assert signed_in == ["clerk", "hr"]
    window.sign_in("clerk")
    assert signed_in == ["clerk", "hr", "clerk"]


def test_the_trace_of_another_application_is_called_as_it_is_told(tmp_path: Path) -> None:
    stage = PaperStage(tmp_path)
    for go, role, looking in [("a", "hr", False), ("b", "clerk", False), ("b", "hr", True), ("b", "clerk", False)]:
        stage.take(go, role, looking=looking)
    stage.leave("b", "lesson.en")
    assert stage.kept == ["lesson.en.clerk.zip", "lesson.en.hr.looking.zip", "lesson.en.clerk.2.zip"]
    stage.leave("a", "other.en")
    assert stage.kept[3:] == ["other.en.hr.zip"]
