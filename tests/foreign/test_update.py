"""`trainer diff` of two deployments of somebody else's application: what is different, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.foreign import applications
from trainer.cli import app

pytestmark = [pytest.mark.browser, pytest.mark.proof]


@pytest.fixture
def told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., dict[str, Any]]:
    """Compare two deployments as a person does, the later one with other words in its `menu`."""

    def compare(menu: Mapping[str, str] | None = None) -> dict[str, Any]:
        monkeypatch.setenv("TRAINER_SECRET_BUDGET_CODE", applications.CODE)
        one, other = tmp_path / "one", tmp_path / "other"
        one.mkdir()
        other.mkdir()
        with applications.budget(one) as before, applications.budget(other, menu=menu) as after:
            command = ["diff", "shared-bill", "--from", before, "--to", after, "--lang", "en", "--json"]
            assert not app.main(command, standalone_mode=False)
        said = capsys.readouterr()
        assert applications.CODE not in said.out + said.err
        found: dict[str, Any] = json.loads(said.out)
        assert (found["from"], found["to"]) == (before, after)
        return found["langs"]["en"]  # type: ignore[no-any-return]

    return compare


def test_two_deployments_without_a_difference_raise_no_alarm(told: Callable[..., dict[str, Any]]) -> None:
    assert told() == {"changes": [], "new_steps": [], "gone_steps": []}


def test_a_word_of_the_menu_that_is_another_one_is_named_and_nothing_else(
    told: Callable[..., dict[str, Any]],
) -> None:
    found = told({"Settle": "Even up"})
    assert [(change["element"], change["kinds"]) for change in found["changes"]] == [
        ('link "Settle"', ["renamed"])
    ]
    assert (found["new_steps"], found["gone_steps"]) == ([], [])
