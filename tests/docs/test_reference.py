"""The scenario reference: made from the code, up to date, and complete; the tutorial's scenario is right."""

import re
from pathlib import Path

import pytest

from trainer.adapters.scenario_files import ScenarioFiles, check_files
from trainer.app.reference import reference
from trainer.core.actions import VERBS
from trainer.core.application import Account, Application, Request
from trainer.core.checks import CHECKS
from trainer.core.scenario import Scenario, Seed, Step

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs/scenario-reference.md").read_text("utf-8")
SCENARIO = re.compile(r"^```yaml\n(# yaml-language-server.*?)^```", re.DOTALL | re.MULTILINE)
lessons = ScenarioFiles()


def test_it_is_what_the_code_says_now() -> None:
    made = reference(lessons.contract(), [lessons.get(name) for name in ("all-verbs", "shared-bill")])
    assert made == REFERENCE, "run `trainer scenario schema --write`"


@pytest.mark.parametrize(
    "kind", [Scenario, Seed, Step, Application, Account, Request, *VERBS.values(), *CHECKS.values()]
)
def test_it_tells_every_key_of(kind: type[Scenario]) -> None:
    summary, fields = kind.told()
    assert summary in REFERENCE
    for name, key in kind.keys().items():
        assert re.search(rf"^\| `{key}` \| (required)? \| {re.escape(fields[name])} \|$", REFERENCE, re.MULTILINE)


@pytest.mark.parametrize("name", [*VERBS, *CHECKS])
def test_it_has_a_chapter_and_an_example_for(name: str) -> None:
    chapter = REFERENCE.partition(f"### `{name}`\n")[2].partition("###")[0]
    assert re.search(rf"Example: `(\{{.*\b{name}: .*\}}|{name})`", chapter)


@pytest.mark.parametrize("document", sorted(ROOT.glob("docs/*.md")), ids=lambda path: path.name)
def test_whole_scenarios_in_the_documents_are_right(document: Path, tmp_path: Path) -> None:
    for number, text in enumerate(SCENARIO.findall(document.read_text("utf-8"))):
        file = tmp_path / f"{number}.yaml"
        file.write_text(text, "utf-8")
        (checked,) = check_files([file], lessons.contract())
        assert checked.problems == ()
