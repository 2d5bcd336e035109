"""`trainer scenario record` asks about the checks that it proposes; what nobody has confirmed is no check."""

from __future__ import annotations

import io
import re
from collections import deque
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from trainer import bootstrap
from trainer.adapters.in_memory import InMemoryControl, InMemoryStage
from trainer.adapters.scenario_files import check_files, read_contract
from trainer.app.ports import SandboxInfo
from trainer.cli import app
from trainer.core.actions import Action, Click
from trainer.core.errors import BadInput
from trainer.core.scenario import Seed

ROOT = Path(__file__).parents[3]
TEA, OPEN = "bills[0].what == 'Tea'", "bills[0].status == 'open'"
LIKE = {"sandbox": "normal-exit-web", "foreign": "shared-bill"}


class Typed(io.StringIO):
    """A terminal at which somebody has typed lines."""

    def isatty(self) -> bool:
        """It is one."""
        return True


class Control(InMemoryControl):
    """The sandbox HRMS on paper, which stands for another application, too."""

    def create(self, profile: str, lang: str, seed: Seed) -> SandboxInfo:
        """Begin a go."""
        return super().create(profile or "web", lang, seed)


class Camera:
    """Somebody who has done one thing, by which two were stored, and has closed the window."""

    control: InMemoryControl

    def __init__(self, *_of_the_window: object) -> None:
        self._left: deque[Action] = deque([Click(target='button "Save"')])

    def next(self) -> Action | None:
        """Do it."""
        if not self._left:
            return None
        (sandbox,) = self.control.sandboxes()
        self.control.paper(sandbox).data["bills"] = [{"what": "Tea", "status": "open"}]
        return self._left.popleft()

    def closed(self) -> bool:
        """It is."""
        return True


class Stage(InMemoryStage):
    """Windows on paper, of which only their page is asked for."""

    def wait(self, _seconds: float) -> None:
        """Let no time pass."""

    def window(self, *_whose: Any, **_how: Any) -> Any:
        """Return something with a page."""
        return self

    page = None


@pytest.fixture(autouse=True)
def on_paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Record in windows on paper, into a folder of the test's own."""
    control = Control()
    monkeypatch.setattr(Camera, "control", control, raising=False)
    monkeypatch.setattr("trainer.adapters.playwright_recorder.RecorderWindow", Camera)
    stage: Any = lambda **_choices: nullcontext(Stage(control))  # noqa: E731  # a port of one method
    observer: Any = nullcontext
    venue = bootstrap.Venue(control, stage, observer)
    monkeypatch.setattr(bootstrap, "venue", lambda _place: nullcontext(venue))
    monkeypatch.chdir(tmp_path)


def recorded(like: str, answers: str | None, monkeypatch: pytest.MonkeyPatch) -> str:
    """Record a lesson, at a terminal or, without answers, away from any; return its text."""
    monkeypatch.setattr("sys.stdin", io.StringIO() if answers is None else Typed(answers))
    command = ["scenario", "record", "recorded", "--like", LIKE[like]]
    assert not app.main(command, standalone_mode=False)
    return Path("recorded.yaml").read_text("utf-8")


def problems() -> list[str]:
    """Return what `scenario check` says of the lesson's steps."""
    (checked,) = check_files([Path("recorded.yaml")], read_contract(ROOT / "scenarios"))
    return [problem.message for problem in checked.problems]


def checks(text: str) -> list[str]:
    return re.findall(r'(?m)^      - stored: "(.*)"$', text)


def test_where_nothing_was_done_no_file_stands_in_the_way_of_the_next_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as idle:
        idle.setattr(Camera, "next", lambda _camera: None)
        with pytest.raises(BadInput, match=r"^Nothing was recorded in the window, so no lesson is written\.$"):
            recorded("foreign", None, monkeypatch)
    assert not list(Path().iterdir())
    assert "step-1" in recorded("foreign", None, monkeypatch)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Recorded", "`Recorded` cannot be an id or a family."),
        ("normal-exit-web", "normal-exit-web.yaml is there already."),
        ("mine", "mine.yaml is there already."),
    ],
)
def test_an_id_that_cannot_be_used_is_told_before_a_window_opens(
    name: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "venue", None)
    Path("mine.yaml").write_text("id: mine\n", "utf-8")
    with pytest.raises(BadInput) as refusal:
        app.main(["scenario", "record", name, "--profile", "web"], standalone_mode=False)
    assert refusal.value.message.endswith(told)
    assert Path("mine.yaml").read_text("utf-8") == "id: mine\n"


def test_a_folder_in_which_nobody_may_write_is_told_before_a_window_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "venue", None)
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(BadInput, match=r"^\. cannot be written to: "):
        app.main(["scenario", "record", "recorded", "--profile", "web"], standalone_mode=False)


@pytest.mark.parametrize("like", LIKE)
@pytest.mark.parametrize(
    ("answers", "kept"),
    [("y\ny\n", [OPEN, TEA]), ("n\n\n", [TEA]), ("n\nno\n", []), ("what?\ny\nn\n", [OPEN])],
)
def test_the_author_at_a_terminal_is_asked_about_each_check(
    like: str, answers: str, kept: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sorted(checks(recorded(like, answers, monkeypatch))) == sorted(kept)
    told = capsys.readouterr()
    assert told.out == "recorded.yaml\n"
    assert f'After click button "Save": is this what has to be true, {OPEN}? [Y/n]' in told.err
    assert f'After click button "Save": is this what has to be true, {TEA}? [Y/n]' in told.err
    assert "confirmed" not in told.err


@pytest.mark.parametrize("like", LIKE)
@pytest.mark.parametrize(("answers", "kept"), [("", 0), ("y\n", 1)], ids=["at once", "after one answer"])
def test_who_ends_the_questions_loses_nothing(
    like: str, answers: str, kept: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = recorded(like, answers, monkeypatch)
    assert len(checks(text)) == kept
    assert "take away the # before what has to be true" in capsys.readouterr().err
    Path("recorded.yaml").write_text(re.sub(r"(?m)^    # (expect:|  - )", r"    \1", text), "utf-8")
    assert sorted(checks(Path("recorded.yaml").read_text("utf-8"))) == sorted([OPEN, TEA])
    assert "`expect`" not in " ".join(problems())


def test_ctrl_c_at_a_question_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_prompt: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("click.termui.visible_prompt_func", interrupted)
    assert 'stored: "bills[0].what' in recorded("sandbox", "", monkeypatch)


def test_what_nobody_confirmed_of_another_application_is_no_check_yet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = recorded("foreign", None, monkeypatch)
    assert checks(text) == []
    assert "take away the # before what has to be true" in capsys.readouterr().err
    assert problems() == ["step `step-1` cannot be passed: no check proves what was stored"]
    Path("recorded.yaml").write_text(re.sub(r"(?m)^    # (expect:|  - )", r"    \1", text), "utf-8")
    assert problems() == []
    assert sorted(checks(Path("recorded.yaml").read_text("utf-8"))) == sorted([OPEN, TEA])


def test_what_our_own_system_stored_is_taken_over_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sorted(checks(recorded("sandbox", None, monkeypatch))) == sorted([OPEN, TEA])
    assert "confirmed" not in capsys.readouterr().err
