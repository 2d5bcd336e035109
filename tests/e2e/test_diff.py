"""`trainer diff` with a real browser: from app@1 to app@2 one button has moved, and nothing else is told."""

from __future__ import annotations

import json
from pathlib import Path

import av
import pytest

import sandbox_hrms
from tests.e2e.commands import trainer
from tests.e2e.test_guide import ENGLISH
from trainer.app.update import changes_between
from trainer.bootstrap import scenarios
from trainer.cli.diff import performed

pytestmark = [pytest.mark.browser, pytest.mark.proof]

RUNS = 10
SHIPPED = Path(sandbox_hrms.__file__).parent / "profiles"
FILM = {"mp4", "vtt", "srt", "chapters.vtt", "txt", "jpg", "sheet.jpg"}
VERSIONS = ("--from", "app@1", "--to", "app@2")


def test_the_moved_button_is_named_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "new" / "changes"
    code, data, talk = trainer(
        "diff",
        "normal-exit-app",
        *VERSIONS,
        "--json",
        "--lang",
        "en",
        "--lang",
        "zh_CN",
        "--film",
        "-o",
        str(out),
        env=ENGLISH,
    )
    assert code == 0, talk
    told = json.loads(data)
    assert (told["shape"], told["scenario"], told["from"], told["to"]) == (1, "normal-exit-app", "app@1", "app@2")
    for lang in ("en", "zh_CN"):
        found = told["langs"][lang]
        assert [change["element"] for change in found["changes"]] == ["interview.end"]
        assert found["changes"][0]["kinds"] == ["moved", "renamed"]
        assert (found["new_steps"], found["gone_steps"]) == ([], [])
        names = {path.name.partition(f".{lang}.changes.")[2] for path in out.glob(f"*.{lang}.*")}
        assert names == {"notice.txt", "pdf", "html", "eml", "interview.end.png", *FILM}
        shipped = SHIPPED / f"app@2.{lang}.notice.txt"
        made = (out / f"normal-exit-app.{lang}.changes.notice.txt").read_text("utf-8")
        assert made == shipped.read_text("utf-8"), "copy it there: the message centre of app@2 shows it"
        assert "WEBVTT" in (out / f"normal-exit-app.{lang}.changes.vtt").read_text("utf-8")
        with av.open(str(out / f"normal-exit-app.{lang}.changes.mp4")) as film:
            assert (film.streams.video[0].width, film.streams.video[0].height) == (720, 1280)
            assert 10 < (film.duration or 0) / av.time_base < 60
    assert "it was in a menu at the top right and is now at the bottom right" in (
        out / "normal-exit-app.en.changes.notice.txt"
    ).read_text("utf-8")


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
@pytest.mark.parametrize(
    ("lesson", "version"),
    [
        ("normal-exit-web", "web@1"),
        ("save-and-resume-cloud", "cloud@1"),
        ("normal-exit-local", "local@1"),
        ("read-results-web", "web@1"),
        ("decision-and-offer-suite", "suite@1"),
    ],
)
def test_the_command_raises_no_alarm_without_a_change(lesson: str, version: str, lang: str) -> None:
    """Ten comparisons of two performances each."""
    options = ("--from", version, "--to", version, "--lang", lang, "--json")
    code, data, talk = trainer("diff", lesson, *options, env=ENGLISH)
    assert code == 0, talk
    assert json.loads(data)["langs"] == {lang: {"changes": [], "new_steps": [], "gone_steps": []}}


LESSON = """\
id: seeded-web
version: 1
title: Answer one question
summary: As far as the second question.
family: normal-exit
profile: web
seed: {dataset: sales_two_openings, random: 7}
as: candidate
minutes: 1
steps:
  - id: start
    say: Open your interview.
    do: [{click: home.start}, {tick: consent.agree}, {click: consent.begin}]
    expect: [{stored: interview.status == 'in_progress'}]
    hints: [The notice comes first., Tick the box., Press Begin.]
  - id: devices
    say: Skip the device check.
    do: [{click: device.skip}]
    expect: [{stored: sitting.device_check == 'skipped'}]
    hints: [It is of no use here., The button is below., Press Skip.]
  - id: answer
    say: Answer the question.
    do: [{fill: interview.answer, text: I listen first.}, {click: interview.submit}]
    expect: [{stored: "sitting.answers[0].saved == 'saved'"}]
    hints: [Any answer will do., The box is in the middle., Press Submit answer.]
  - id: save
    when: sandbox.version == `99`
    say: Save your progress.
    do: [{click: interview.save_progress}]
    expect: [{stored: "sitting.answers[0].saved == 'saved'"}]
    hints: [It is saved by itself otherwise., At the top right., Press Save progress.]
"""

COLOURED = (
    *("home.start", "nav.home", "nav.sign_out", "consent.begin", "consent.decline", "device.check"),
    *("device.continue", "device.microphone", "device.skip", "interview.listen", "interview.record"),
    *("interview.save_progress", "interview.submit"),
)
CHAT = {
    **{key: ["appeared"] for key in ("chat.log", "chat.video", "chat.answer[q1]")},
    **{key: ["moved"] for key in ("interview.answer", "interview.record", "interview.submit")},
}

SEEDED: dict[str, tuple[str, dict[str, list[str]]]] = {
    "the exit goes to the bottom": ("layout: {exit_button: {place: bottom}}", {"interview.end": ["moved"]}),
    "the exit goes into a menu": (
        "layout: {exit_button: {place: more_menu}}",
        {"interview.end": ["vanished"], "interview.more": ["appeared"]},
    ),
    "the exit is called something else": ("labels: {end: Hand in}", {"interview.end": ["renamed"]}),
    "the button to submit is called something else": ("labels: {submit: Send}", {"interview.submit": ["renamed"]}),
    "progress is saved by itself only": (
        "policy: {save: {progress_button: false}}",
        {"interview.save_progress": ["vanished"]},
    ),
    "another colour": (
        "layout: {theme: {primary: '#6a1b9a', strong: '#4a148c', tint: '#f3e5f5'}}",
        {key: ["colour"] for key in COLOURED},
    ),
    "the room is a chat": ("layout: {room: chat}", CHAT),
    "the button to save progress is called something else": (
        "labels: {save_progress: Keep}",
        {"interview.save_progress": ["renamed"]},
    ),
}
"""Change of the interface → how a later version of the system differs, and what the command is to tell."""


MORE = 99
"""Version that asks for one step more."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the environment of a house with a short lesson and, for each seeded change, a version of `web`."""
    folder = tmp_path_factory.mktemp("house")
    (folder / "seeded-web.yaml").write_text(LESSON, "utf-8")
    profiles = folder / "profiles"
    profiles.mkdir()
    versions = {number: difference for number, (difference, _told) in enumerate(SEEDED.values(), start=2)}
    for number, difference in (versions | {MORE: ""}).items():
        head = f"id: web\nversion: {number}\nbase: web@1\ntitle: Browser HR system\ninspired_by: []\n"
        (profiles / f"web@{number}.yaml").write_text(f"{head}{difference}\n", "utf-8")
    return {**ENGLISH, "HRMS_PROFILES": str(profiles), "LESSON": str(folder / "seeded-web.yaml")}


@pytest.mark.parametrize("name", SEEDED)
def test_a_seeded_change_is_told_by_the_command_and_nothing_else(house: dict[str, str], name: str) -> None:
    version = f"web@{2 + list(SEEDED).index(name)}"
    options = ("--from", "web@1", "--to", version, "--json", "--lang", "en")
    code, data, talk = trainer("diff", house["LESSON"], *options, env=house)
    assert code == 0, talk
    found = json.loads(data)["langs"]["en"]
    assert {change["element"]: change["kinds"] for change in found["changes"]} == SEEDED[name][1]
    assert (found["new_steps"], found["gone_steps"]) == ([], [])


@pytest.mark.parametrize(("earlier", "later", "told"), [(1, MORE, "new_steps"), (MORE, 1, "gone_steps")])
def test_a_step_more_or_less_is_told_by_the_command(
    house: dict[str, str], earlier: int, later: int, told: str
) -> None:
    options = ("--from", f"web@{earlier}", "--to", f"web@{later}", "--json", "--lang", "en")
    code, data, talk = trainer("diff", house["LESSON"], *options, env=house)
    assert code == 0, talk
    nothing: dict[str, list[str]] = {"changes": [], "new_steps": [], "gone_steps": []}
    assert json.loads(data)["langs"]["en"] == nothing | {told: ["save"]}


def test_runs_without_a_change_raise_no_alarm() -> None:
    scenario = scenarios().get("normal-exit-app")
    first = performed(scenario, "app@2", "en")
    found = [changes_between(first, performed(scenario, "app@2", "en")) for _run in range(RUNS)]
    assert not any(found), found


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("normal-exit-app", "--from", "web", "--to", "app@2"), 2, "plays on profile app, not on web"),
        (("normal-exit-app", "--from", "app@7", "--to", "app@2"), 2, "app@7"),
        (("normal-exit-wbe", *VERSIONS), 2, "normal-exit-wbe"),
        (("normal-exit-app", *VERSIONS, "--film"), 2, "A film needs a folder"),
    ],
)
def test_mistakes_are_told_in_a_sentence(arguments: tuple[str, ...], code: int, said: str) -> None:
    found, data, talk = trainer("diff", *arguments, env=ENGLISH)
    assert (found, data) == (code, "")
    assert said in talk
    assert "Traceback" not in talk
