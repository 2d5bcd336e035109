"""From file to Scenario: the short forms, what is refused although it could be built, and the catalogue."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from trainer.adapters.scenario_files import ScenarioFiles, check_files, read_contract
from trainer.core.actions import Click, CloseTab, Fill, Press, Reload, Tick
from trainer.core.checks import Event, FieldValue, See, Stored, Visible
from trainer.core.errors import BadInput
from trainer.core.scenario import Scenario, Step
from trainer.i18n import speaking

ROOT = Path(__file__).parents[3]
HEAD = """\
id: small
version: 1
title: Small
family: test
profile: web
seed: {dataset: sales_two_openings}
as: candidate
steps:
"""
PROOF = "    expect: [{stored: interview.status == 'in_progress'}]\n"


@pytest.fixture(autouse=True)
def _in_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    with speaking("en"):
        yield


def load(steps: str) -> Scenario:
    Path("small.yaml").write_text(HEAD + steps, "utf-8")
    return ScenarioFiles().get("small.yaml")


def step(text: str) -> Step:
    return load(f"  - id: one\n    say: Do it.\n{text}").steps[0]


def told(steps: str) -> list[str]:
    """Return line, column and message of each problem."""
    Path("small.yaml").write_text(HEAD + steps, "utf-8")
    (checked,) = check_files([Path("small.yaml")], read_contract(ROOT / "scenarios"))
    return [f"{one.line}:{one.column} {one.message}" for one in checked.problems]


def test_actions_in_short() -> None:
    done = step(
        "    do:\n      - click: home.start\n      - {fill: interview.answer, text: ${post.title}}\n"
        "      - press: Enter\n      - {tick: consent.agree, on: false}\n      - reload\n      - close_tab: {}\n"
        + PROOF
    ).do
    assert done == (
        Click(target="home.start"),
        Fill(target="interview.answer", text="${post.title}"),
        Press(key="Enter"),
        Tick(target="consent.agree", on=False),
        Reload(),
        CloseTab(),
    )


def test_checks_are_known_by_their_keys() -> None:
    expect = step(
        "    do: [reload]\n    expect:\n      - stored: sitting.consent\n"
        "      - {event: scored, where: data.late}\n"
        "      - {as: hr, see: {'candidates.row[${candidate.id}].status': to_review}}\n"
        "      - {field: interview.answer, contains: ${candidate.name}}\n"
        "      - {visible: home.start, is: false}\n"
    ).expect
    assert expect == (
        Stored(stored="sitting.consent"),
        Event(event="scored", where="data.late"),
        See(role="hr", see={"candidates.row[${candidate.id}].status": "to_review"}),
        FieldValue(target="interview.answer", contains="${candidate.name}"),
        Visible(target="home.start", wanted=False),
    )


def test_another_right_way_may_be_a_single_action() -> None:
    accept = step(
        "    do: [reload]\n    accept: [{click: device.skip}, [{click: device.check}, {click: device.continue}]]\n"
    ).accept
    assert accept == (
        (Click(target="device.skip"),),
        (Click(target="device.check"), Click(target="device.continue")),
    )


def test_words_that_yaml_once_took_for_booleans_are_text() -> None:
    assert load("  - {id: on, say: no, do: [reload], hints: [yes, off, 2026-01-01, 'true']}\n").steps[0].hints == (
        "yes",
        "off",
        "2026-01-01",
        "true",
    )


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        (
            "  - {id: a, say: Do., do: [{click: home.start}]}\n",
            "step `a` cannot be passed: no check proves what was stored",
        ),
        ("  - {id: a, say: 'Hi ${name}', do: [reload]}\n", "nothing is called `${name}`"),
        ("  - {id: a, say: '${Name} x', do: [reload]}\n", "nothing is called `${Name}`"),
        ("  - {id: a, say: Hi, do: [reload], repeat: questions}\n", "`questions` cannot be the repeat"),
        ("  - {id: a, say: '${question.text}', do: [reload]}\n", "nothing is called `${question.text}`"),
        (
            "  - {id: a, say: Hi, do: [reload], expect: [{stored: nothing.here}]}\n",
            "nothing called `nothing` is stored there",
        ),
        ("  - {id: a, say: Hi, do: [reload], expect: [{event: gone}]}\n", "there is no event `gone`"),
        (
            "  - {id: a, say: Hi, do: [reload], expect: [{event: scored, where: dat.x}]}\n",
            "nothing called `dat` is stored there",
        ),
        (
            "  - {id: a, say: Hi, do: [reload], expect: [{stored: len(audit)}]}\n",
            "not a JMESPath expression: there is no function len()",
        ),
        ("  - {id: a, say: Hi, do: [reload], expect: [{as: hr, see: {}}]}\n", "`see` must not be empty"),
        ("  - {id: a, say: Hi, do: [reload], expect: [{see: {home.start: x}}]}\n", "`as` is missing"),
        ("  - {id: a, say: Hi, do: []}\n", "`do` must not be empty"),
        ("  - {id: a, say: Hi, do: [click]}\n", "`click` lacks its target"),
        ("  - {id: a, say: Hi, do: [{inject: flood}]}\n", "there is no fault `flood`"),
        ("  []\n", "`steps` must not be empty"),
    ],
)
def test_what_can_be_read_but_cannot_work_is_refused(steps: str, problem: str) -> None:
    assert [one.partition(" ")[2] for one in told(steps)] == [problem]


def test_a_repeated_step_can_name_its_item() -> None:
    assert (
        told(
            "  - {id: a, say: '${question.number}. ${question.text}', repeat: '${questions[1:]}', do: [reload]}\n"
        )
        == []
    )


def test_every_place_is_exact() -> None:
    assert told(
        "  - id: a\n    say: Hi\n    do:\n      - {fill: interview.answr, text: ${nobody}}\n      - reload\n"
    ) == [
        "12:16 there is no element `interview.answr`",
        "12:39 nothing is called `${nobody}`",
    ]


def test_a_lesson_is_found_by_id_or_path_and_a_near_miss_is_named() -> None:
    lessons = ScenarioFiles()
    assert lessons.get("normal-exit-web") == lessons.get(str(ROOT / "scenarios/normal_exit/normal-exit-web.yaml"))
    assert lessons.get("all-verbs").family == "reference"
    with pytest.raises(BadInput) as refusal:
        lessons.get("normal-exit-wbe")
    assert (refusal.value.message, refusal.value.hint) == (
        "There is no scenario `normal-exit-wbe`.",
        "Did you mean `normal-exit-web`?",
    )


def test_the_first_folder_wins(tmp_path: Path) -> None:
    own = tmp_path / "own" / "test"
    own.mkdir(parents=True)
    text = (ROOT / "scenarios/normal_exit/normal-exit-web.yaml").read_text("utf-8")
    (own / "normal-exit-web.yaml").write_text(text.replace("version: 1", "version: 9"), "utf-8")
    lessons = ScenarioFiles(own.parent, ROOT / "scenarios")
    assert lessons.get("normal-exit-web").version == 9
    assert [lesson.version for lesson in lessons.all()].count(9) == 1


def test_an_id_that_two_lessons_have_is_a_problem(tmp_path: Path) -> None:
    text = (ROOT / "scenarios/normal_exit/normal-exit-web.yaml").read_text("utf-8")
    for name in ("one", "two"):
        (tmp_path / "test").mkdir(exist_ok=True)
        (tmp_path / "test" / f"{name}.yaml").write_text(text, "utf-8")
    first, second = ScenarioFiles(tmp_path).check()
    assert first.scenario is not None
    assert [one.message for one in second.problems] == ["the id `normal-exit-web` is taken by test/one.yaml"]


def test_without_a_contract_the_way_to_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refusal:
        read_contract(tmp_path)
    assert refusal.value.hint == "`trainer scenario schema --write` writes it."


def test_branches_optional_steps_and_groups() -> None:
    scenario = load(
        "  - id: one\n    say: Do it.\n    when: interview.saved == 'unsaved'\n    any_order: pages\n"
        "    optional: true\n    do: [click: home.start]\n" + PROOF + "  - id: two\n    say: Do it.\n"
        "    do: [click: home.start]\n"
        + PROOF.replace(
            "stored:", "event: device_checked}, {field: interview.answer, about: 3, within: 0.5}, {stored:"
        )
    )
    one, two = scenario.steps
    assert (one.when, one.any_order, one.optional) == ("interview.saved == 'unsaved'", "pages", True)
    assert two.expect[1] == FieldValue(field="interview.answer", about=3.0, within=0.5)


def test_what_cannot_be_told_apart_is_refused() -> None:
    assert told(
        "  - id: one\n    say: Do it.\n    when: interview.sved\n    optional: true\n    do: [reload]\n" + PROOF
    ) == [
        "11:11 nothing called `sved` is stored there",
        "12:15 nothing tells that step `one` was left out",
        "13:9 step `one` may be left out or moved, so its actions must be the trainee's",
    ]


def test_a_mode_that_does_not_exist_cannot_be_required() -> None:
    Path("small.yaml").write_text(HEAD.replace("as:", "required: verify\nas:") + "  - reload\n", "utf-8")
    (checked,) = check_files([Path("small.yaml")], read_contract(ROOT / "scenarios"))
    assert "`verify` cannot be the required" in [one.message for one in checked.problems]
