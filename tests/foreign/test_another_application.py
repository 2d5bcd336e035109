"""Lessons on somebody else's applications: shown, verified and printed, and no secret is kept anywhere."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from tests.foreign import applications
from tests.foreign.recording import recorded
from trainer import bootstrap
from trainer.adapters.foreign_stage import ForeignWindow
from trainer.app.attend import Attendance
from trainer.cli import app
from trainer.cli.practice import sit
from trainer.core.checks import Status
from trainer.core.runs import RunStatus
from trainer.core.score import score

pytestmark = pytest.mark.browser
PERSON = str(applications.HERE / "new-person.yaml")


@pytest.fixture(scope="module", autouse=True)
def secrets() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRAINER_SECRET_BUDGET_CODE", applications.CODE)
        patch.setenv("TRAINER_SECRET_PEOPLE_PASSWORD", applications.CODE)
        yield


@pytest.fixture(scope="module")
def budget(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with applications.budget(tmp_path_factory.mktemp("budget")) as url:
        yield url


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with applications.people(tmp_path_factory.mktemp("people")) as url:
        yield url


def run(*arguments: str) -> int:
    """Call the command line as a person does and return its exit code."""
    return int(app.main(list(arguments), standalone_mode=False) or 0)


def kept(folder: Path) -> Iterator[bytes]:
    """Yield the content of every file below a folder, and of what is packed in it."""
    for file in (path for path in folder.rglob("*") if path.is_file()):
        yield file.read_bytes()
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as packed:
                yield from (packed.read(name) for name in packed.namelist())


def test_a_lesson_with_reset_and_answers_in_json_is_verified_and_keeps_no_secret(
    budget: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("verify", "shared-bill", "--url", budget, "--lang", "en", "--trace", str(tmp_path)) == 0
    told = capsys.readouterr()
    assert "shared-bill  en        passed  2/2" in told.out
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "shared-bill.en.kim.looking.zip",
        "shared-bill.en.robin.zip",
    ]
    assert applications.CODE not in told.out + told.err
    assert not any(applications.CODE.encode() in content for content in kept(tmp_path))


@pytest.mark.proof
def test_what_a_second_page_sees_is_proof_where_nothing_else_is(people: str) -> None:
    assert run("verify", PERSON, "--url", people, "--lang", "en") == 0


@pytest.mark.proof
def test_a_wrong_secret_is_told_by_the_step_and_not_by_itself(
    people: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRAINER_SECRET_PEOPLE_PASSWORD", "no-such-password")
    assert run("verify", PERSON, "--url", people, "--lang", "en") == 3
    told = capsys.readouterr().err
    assert 'Signing in as clerk did not work: link "Log-out": it is not on the page /login/' in told
    assert "no-such-password" not in told


def somebody(seat: Attendance) -> Callable[[float], None]:
    """Do what each step of the lesson asks for, once, as soon as the Run is at it."""
    pause, done = seat.wait, set[str]()

    def wait(seconds: float) -> None:
        step = seat.coach.progress(seat.run).step
        if step is not None and step.id not in done:
            done.add(step.id)
            for action in step.do:
                action.perform(seat.window)
        elif step is None:
            seat.desk.asked = lambda: "hand_in"  # type: ignore[method-assign]
        pause(seconds)

    return wait


@pytest.fixture(scope="module")
def recording(budget: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the lesson of somebody who was recorded while adding a bill."""
    return recorded(
        "shared-bill",
        "recorded-bill",
        tmp_path_factory.mktemp("recorded"),
        budget,
        lambda page: page.get_by_role("link", name="Add a new bill").click(),
        lambda page: page.get_by_label("What?").fill("Tea"),
        lambda page: page.get_by_label("Who paid?").select_option("Kim"),
        lambda page: page.get_by_label("How much?").fill("8"),
        lambda page: page.get_by_role("button", name="Submit", exact=True).click(),
    )


def test_a_recording_becomes_a_lesson_whose_checks_hold_and_a_guide(
    recording: Path, budget: str, tmp_path: Path
) -> None:
    text = recording.read_text("utf-8")
    assert '- click: "link \\"Add a new bill\\""' in text
    assert "- stored: \"bills[0].what == 'Tea'\"" in text
    assert run("guide", str(recording), "--url", budget, "--lang", "en", "-o", str(tmp_path)) == 0
    assert (tmp_path / "recorded-bill.en.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.proof
def test_a_recording_verifies_at_once(recording: Path, budget: str) -> None:
    assert run("verify", str(recording), "--url", budget, "--lang", "en") == 0, recording.read_text("utf-8")


@pytest.mark.proof
@pytest.mark.parametrize("mode", ["practice", "exam"])
def test_a_person_practises_there_and_sits_an_exam(mode: str, budget: str) -> None:
    lesson = bootstrap.scenarios().get("shared-bill")
    run = sit(lesson, "en", mode, url=budget, person=somebody)
    assert run.verdict is Status.PASSED, run
    assert [attempt.step for attempt in run.attempts] == ["add", "correct"]
    assert [outcome.expected for outcome in run.final] == ["kim sees row /Coffee/ >> cell (3) = Coffee"]


def by_own_ways(seat: Attendance) -> Callable[[float], None]:
    """Do the lesson in which a person is entered as somebody does who clicks where the demo opens an address."""
    pause, left = seat.wait, ["open", "enter"]

    def wait(seconds: float) -> None:
        step, window = seat.coach.progress(seat.run).step, cast("ForeignWindow", seat.window)
        if left == ["open", "enter"] and step is not None:
            left.pop(0)
            window.page.get_by_role("link", name="person").click()
            window.page.get_by_role("link", name="Insert").first.click()
        elif left == ["enter"] and (step is None or step.id == "enter"):
            for action in seat.coach.progress(seat.run).steps[1].do:
                action.perform(window)
            left.pop()
        elif step is None:
            seat.desk.asked = lambda: "hand_in"  # type: ignore[method-assign]
        pause(seconds)

    return wait


@pytest.mark.parametrize("mode", ["practice", pytest.param("exam", marks=pytest.mark.proof)])
def test_who_goes_there_alone_and_is_proven_by_another_page_only_is_passed(mode: str, people: str) -> None:
    lesson = bootstrap.scenarios().get(PERSON)
    run = sit(lesson, "en", mode, url=people, person=by_own_ways)
    assert run.verdict is Status.PASSED, run
    assert [(tried.step, tried.assisted, tried.helps) for tried in run.attempts] == [
        ("open", False, ()),
        ("enter", False, ()),
    ]
    assert score(run).points == 100


@pytest.mark.proof
def test_an_exam_there_that_was_left_goes_on_and_nothing_is_reset(budget: str) -> None:
    lesson = bootstrap.scenarios().get("shared-bill")

    def leaving(seat: Attendance) -> Callable[[float], None]:
        act = somebody(seat)

        def wait(seconds: float) -> None:
            if len(seat.coach.progress(seat.run).run.attempts) == 1:
                seat.desk.asked = lambda: "leave"  # type: ignore[method-assign]
            else:
                act(seconds)

        return wait

    left = sit(lesson, "en", "exam", url=budget, person=leaving)
    assert (left.status, left.ongoing and left.ongoing.step) == (RunStatus.ACTIVE, "correct")
    run = sit(lesson, "en", "exam", url=budget, person=somebody)
    assert (run.id, run.attempts[0], run.verdict) == (left.id, left.attempts[0], Status.PASSED), run


@pytest.mark.proof
def test_a_demo_and_guides_in_both_languages(
    budget: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("demo", "shared-bill", "--url", budget, "--lang", "zh_CN", "--speed", "8") == 0
    assert run("guide", "shared-bill", "--url", budget, "-o", str(tmp_path)) == 0
    made = ["shared-bill.en.pdf", "shared-bill.zh_CN.pdf"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["guides.json", *made]
    told = capsys.readouterr()
    assert applications.CODE not in told.out + told.err
    assert not any(applications.CODE.encode() in content for content in kept(tmp_path))


def test_an_application_that_does_not_answer_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify", "shared-bill", "--url", "http://127.0.0.1:9", "--lang", "en") == 3
    assert "The application at http://127.0.0.1:9 does not answer" in capsys.readouterr().err


def test_its_lessons_are_not_among_those_that_everybody_can_play() -> None:
    catalogue = bootstrap.scenarios()
    assert catalogue.get("shared-bill").target is not None
    assert all(lesson.target is None for lesson in catalogue.all())
