"""The shipped scenarios: complete, short, told kindly, and within the schema."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from trainer.adapters.hrms_contract import ask_contract
from trainer.adapters.scenario_files import ScenarioFiles, read_contract
from trainer.app.schema import json_schema
from trainer.core.actions import VERBS
from trainer.core.checks import CHECKS, See
from trainer.core.expressions import parse, unknown_fields
from trainer.core.scenario import Scenario
from trainer.web.pages.home import groups_of, lessons_of

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "scenarios"
BROKEN = Path(__file__).parent / "broken"
LESSONS = {lesson.id: lesson for lesson in ScenarioFiles().all()}
SCHEMA = json.loads((FOLDER / "schema.json").read_text("utf-8"))
every_lesson = pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))


FAMILIES = ("normal-exit", "save-and-resume", "crash-recovery")
SYSTEMS = ("web", "app", "integrated", "cloud", "local", "suite")
ORG_CHART = ("integrated", "suite")
HR_FAMILIES = ("hr-work", "hr-questions", "hr-trouble")


def test_each_family_has_a_lesson_for_each_kind_of_system() -> None:
    assert set(LESSONS) >= {f"{family}-{system}" for family in FAMILIES for system in SYSTEMS}


def test_hr_learns_its_work_questions_and_trouble() -> None:
    topics = {lesson.id.rpartition("-")[0] for lesson in LESSONS.values() if lesson.family in HR_FAMILIES}
    assert topics >= {
        "start-interview",
        "read-results",
        "left-half-way",
        "not-synced",
        "resync",
        "self-check",
        "restore-backup",
        "disk-full",
        "database-locked",
        "blocked-close",
        "frozen-screen",
        "pay-grade",
        "decision-and-offer",
        "forecast",
    }
    assert {"update-app", "first-interview-web"} <= LESSONS.keys()


@every_lesson
def test_a_lesson_is_short_and_lies_where_its_family_is(lesson: Scenario) -> None:
    assert lesson.profile in SYSTEMS
    assert lesson.id.endswith(f"-{lesson.profile}")
    assert lesson.family not in FAMILIES or lesson.id == f"{lesson.family}-{lesson.profile}"
    assert (FOLDER / lesson.family.replace("-", "_") / f"{lesson.id}.yaml").is_file()
    assert len(lesson.steps) <= 12
    assert lesson.minutes <= 5
    assert lesson.summary


@every_lesson
def test_every_step_tells_what_one_sees_and_has_hints(lesson: Scenario) -> None:
    assert all(step.sees for step in lesson.steps)
    acted = [step for step in lesson.steps if any(action.by == "trainee" for action in step.do)]
    assert all(2 <= len(step.hints) <= 3 for step in acted)
    assert all(step.hints for step in lesson.steps)


@every_lesson
def test_a_step_is_done_either_by_the_trainee_or_by_a_click_in_the_panel(lesson: Scenario) -> None:
    for step in lesson.steps:
        assert len({action.by == "trainee" for action in step.do}) == 1, step.id


@every_lesson
def test_the_end_is_seen_in_a_window_of_somebody_else(lesson: Scenario) -> None:
    sees = [check for check in lesson.steps[-1].expect if isinstance(check, See)]
    assert sees
    if lesson.family not in FAMILIES:
        return
    assert [see.page for see in sees] == ["", *["org?post=${post.id}"] * (lesson.profile in ORG_CHART)]
    assert all((see.role, list(see.see.values())) == ("hr", ["to_review"]) for see in sees)


def test_one_file_uses_every_verb_and_every_check() -> None:
    scenario = ScenarioFiles().get("all-verbs")
    theirs = {"goto"}  # for somebody else's application: shared-bill uses it
    assert {action.verb for step in scenario.steps for action in step.actions()} == set(VERBS) - theirs
    assert {check.name for step in scenario.steps for check in step.expect} == set(CHECKS)
    assert scenario.id not in LESSONS


def test_the_schema_says_what_the_sandbox_offers_now() -> None:
    assert json_schema(ask_contract()) == SCHEMA, "run `trainer scenario schema --write`"


def test_the_schema_is_one() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "file", [*sorted(FOLDER.glob("*.yaml")), *ScenarioFiles().files()], ids=lambda file: file.stem
)
def test_an_editor_finds_nothing_wrong_with_a_shipped_scenario(file: Path) -> None:
    first, _, rest = file.read_text("utf-8").partition("\n")
    assert first.startswith("# yaml-language-server: $schema=")
    assert (file.parent / first.partition("=")[2]).resolve() == FOLDER / "schema.json"
    jsonschema.validate(yaml.safe_load(rest), SCHEMA, cls=jsonschema.Draft7Validator)


@pytest.mark.parametrize(
    "kind", ["unknown_verb", "wrong_type", "missing_target", "unknown_test_id", "unknown_profile", "everything"]
)
def test_an_editor_underlines_what_is_broken(kind: str) -> None:
    content = yaml.safe_load((BROKEN / f"{kind}.yaml").read_text("utf-8"))
    assert not jsonschema.Draft7Validator(SCHEMA).is_valid(content)


def test_the_contract_comes_with_the_scenarios() -> None:
    contract = read_contract(FOLDER)
    assert contract.knows("candidates.row[c17].status")
    assert contract.knows("home.start")
    assert not contract.knows("candidates.row[c17].colour")
    assert contract.effect("interview.submit") == "It hands in the answer."
    assert contract.effect("candidates.row[c17].open") == "It opens the file of this candidate."
    assert not contract.effect("candidates.row[c17].status")
    assert contract.names("questions[2].sample", {})
    assert not contract.names("questions", {})
    assert "to_review" in contract.codes()


@pytest.mark.parametrize(
    ("expression", "unknown"),
    [
        ("interview.status != 'x'", []),
        ("interview.statsu != 'x'", ["statsu"]),
        ("sitting.drfat.text == score.totl", ["drfat", "totl"]),
        ("score.competencies[0].evidence[?qoute=='x'] | [0]", ["qoute"]),
        ('interview.status == "to_review"', ["to_review"]),
    ],
)
def test_a_typo_in_what_is_asked_of_the_snapshot_is_found(expression: str, unknown: list[str]) -> None:
    found = unknown_fields(parse(expression), read_contract(FOLDER).snapshot)
    assert [name for name, _ in found] == unknown


def test_lessons_on_no_path_come_by_kind_of_system_and_the_first_exercise_is_first() -> None:
    lessons = lessons_of([lesson for lesson in LESSONS.values() if lesson.family in FAMILIES], ())
    assert [lesson.scenario.id for lesson in lessons] == [
        f"{family}-{system}" for system in SYSTEMS for family in FAMILIES
    ]
    assert [(profile, len(group)) for profile, group in groups_of(lessons)] == [(one, 3) for one in SYSTEMS]


def test_lessons_come_in_the_order_of_the_paths_and_a_test_is_no_lesson() -> None:
    paths = ScenarioFiles().paths()
    ids = [lesson.scenario.id for lesson in lessons_of([*LESSONS.values()], (), paths)]
    placed = [one for path in paths for one in path.lessons()]
    assert ids[: len(placed)] == placed
    assert set(LESSONS) - set(ids) == {"test-hr-integrated"}
