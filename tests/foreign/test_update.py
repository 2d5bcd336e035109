"""`trainer diff` of two deployments of somebody else's application: what is different, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.foreign import applications
from trainer.cli import app

pytestmark = [pytest.mark.browser, pytest.mark.proof]


def diff(before: str, after: str, *more: str) -> int:
    """Call the command as a person does and return its exit code."""
    command = ["diff", "shared-bill", "--from", before, "--to", after, "--lang", "en", "--json", *more]
    return int(app.main(command, standalone_mode=False) or 0)


def test_two_deployments_without_a_difference_raise_no_alarm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRAINER_SECRET_BUDGET_CODE", applications.CODE)
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    with applications.budget(one) as before, applications.budget(other) as after:
        assert diff(before, after) == 0
    told = capsys.readouterr()
    found = json.loads(told.out)
    assert (found["from"], found["to"]) == (before, after)
    assert found["langs"]["en"] == {"changes": [], "new_steps": [], "gone_steps": []}
    assert applications.CODE not in told.out + told.err


def test_a_word_of_the_menu_that_is_another_one_is_named_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRAINER_SECRET_BUDGET_CODE", applications.CODE)
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    with applications.budget(one) as before, applications.budget(other, menu={"Settle": "Even up"}) as after:
        assert diff(before, after) == 0
    found = json.loads(capsys.readouterr().out)["langs"]["en"]
    assert [(change["element"], change["kinds"]) for change in found["changes"]] == [
        ('link "Settle"', ["renamed"])
    ]
    assert (found["new_steps"], found["gone_steps"]) == ([], [])
