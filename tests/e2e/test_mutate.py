"""`trainer verify --mutate`: mutants of lessons in a real browser; the whole catalogue belongs to `make proof`."""

import json
from pathlib import Path

import pytest

from tests.e2e.commands import trainer
from trainer.paths import data_dir

pytestmark = pytest.mark.browser


@pytest.fixture
def begin_only(tmp_path: Path) -> Path:
    """Return the first step of a lesson as a lesson of its own."""
    source = (data_dir("scenarios") / "normal_exit" / "normal-exit-web.yaml").read_text("utf-8")
    lesson = tmp_path / "normal-exit-web.yaml"
    lesson.write_text(source.partition("  - id: devices")[0], "utf-8")
    return lesson


def test_a_step_of_a_lesson_is_judged_rightly_however_it_is_done(begin_only: Path) -> None:
    code, out, talk = trainer("verify", str(begin_only), "--mutate", "--json")
    mutation = json.loads(out)["mutation"]
    wrong = [one for one in mutation["judged"] if one["expected"] != one["verdict"]]
    assert wrong == [], talk
    assert (code, mutation["false_pass"], mutation["false_fail"], mutation["errors"]) == (0, 0, 0, [])
    assert mutation["mutants"] == len(mutation["judged"]) >= 14
    operators = {one["operator"] for one in mutation["judged"]}
    assert {"skip_step", "wrong_element", "lost_record", "forged_report", "by_keyboard", "unreported"} <= operators
