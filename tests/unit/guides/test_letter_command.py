"""`trainer guide` about letters: what is refused before anything begins, and who gets none."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.builders import a_scenario
from tests.unit.guides.walks import walkthrough
from trainer import bootstrap
from trainer.cli import guide, guide_letters
from trainer.core.brand import Brand
from trainer.core.errors import BadInput, ExitCode


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAINER_HOME", str(tmp_path / "home"))


def command(*arguments: str) -> int:
    found = CliRunner().invoke(guide.guide, arguments, standalone_mode=False, catch_exceptions=False)
    return int(found.return_value)


@pytest.mark.parametrize(
    ("given", "noted"),
    [
        ("ann@example.com", "ann@example.com"),
        (" Ann Lee <Ann@example.com> ", "ann@example.com"),
        ("+86 138-0000-0000", "+8613800000000"),
        ("+86 (138) 0000.0000", "+8613800000000"),
    ],
)
def test_who_wants_no_letters_is_found_however_that_is_written(given: str, noted: str) -> None:
    assert command("--opt-out", given) == ExitCode.PASSED
    with closing(bootstrap.database()) as database:
        assert bootstrap.outbox(database).wants_none(noted)


@pytest.mark.parametrize(
    "given", ["", "Ann", "ann@", "@example.com", "ann@example.com, bo@example.com", "138", "+12"]
)
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(BadInput, match="neither an e-mail address nor a phone number"):
        command("--opt-out", given)


def test_nothing_is_sent_to_nobody() -> None:
    with pytest.raises(BadInput, match="needs a list of candidates"):
        command("normal-exit-web", "--send")


def test_a_place_where_no_letter_can_be_written_is_told_before_anything_is_performed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BadInput, match="cannot be written to"):
        command("normal-exit-web", "--for", str(tmp_path / "list.csv"), "-o", str(tmp_path / "file"))


@pytest.mark.parametrize(
    ("lesson", "leads"), [("normal-exit-web", True), ("save-and-resume-web", False), ("mine", False)]
)
def test_a_letter_leads_to_a_film_only_where_the_trainer_plays_one(
    monkeypatch: pytest.MonkeyPatch,
    lesson: str,
    leads: bool,
) -> None:
    monkeypatch.setenv("TRAINER_PUBLIC_URL", "https://train.example")
    monkeypatch.setattr(guide_letters, "perform_all", lambda work, _url: [(*one, walkthrough()) for one in work])
    known = bootstrap.scenarios()
    scenario = a_scenario(id="mine", family="normal-exit") if lesson == "mine" else known.get(lesson)
    kit = guide_letters.make_kits(scenario, ["en"], Brand())["en"]
    assert kit.film.startswith("https://train.example/film/") is leads


def test_a_lesson_that_shows_no_exit_is_refused_before_anything_is_performed(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="does not show how to leave"):
        command("read-results-web", "--for", str(tmp_path / "list.csv"), "--send")
