"""`trainer guide` about letters: what is refused before anything begins, and who gets none."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from trainer import bootstrap
from trainer.cli import guide
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
