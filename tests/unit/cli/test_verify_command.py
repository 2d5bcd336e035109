"""What `trainer verify` says: its data has the documented shape, its last line is useful."""

import errno
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.builders import a_scenario
from trainer import bootstrap
from trainer.app.mutate import Judged, Proof
from trainer.app.verify import Job, Report, StepReport, Verdict
from trainer.cli import app, bench, mutate, verify
from trainer.core.checks import Outcome, Status
from trainer.core.errors import BadInput, BrokenEnvironment
from trainer.core.mutants import Label, LeftOut, Mutant
from trainer.i18n import LANGS
from trainer.pytest_room import told_replay

ROOT = Path(__file__).parents[3]
OUTCOME = Outcome(Status.FAILED, "outcome", "stored: x", "x", "y")


def a_report(verdict: Verdict = "passed", lang: str = "en") -> Report:
    step = StepReport("one", verdict, 1.0, (OUTCOME,))
    return Report("lesson-web", 1, "abc", "web", lang, verdict, datetime(2026, 11, 22, tzinfo=UTC), 2.0, (step,))


def judged(verdict: Literal["pass", "fail", "unknown"], expected: Label = "fail") -> Judged:
    mutant = Mutant("skip_step" if expected == "fail" else "twice", "end", "x", expected, (), "stop")
    return Judged("lesson-web", mutant, verdict, 1.0, "stayed at end")


PROOF = Proof(
    "lesson-web",
    (judged("fail"),),
    (LeftOut("twice", "end", "", "excluded", "why"), LeftOut("skip_step", "end", "", "not_drawn", "why")),
)


def documented(of: str) -> list[str]:
    """Return the fields that the document lists."""
    text = (ROOT / "docs" / "qa.md").read_text("utf-8")
    row = next(line for line in text.splitlines() if line.startswith(f"| {of} |"))
    return re.findall(r"`([a-z_]+)`", re.sub(r"\([^)]*\)", "", row.split("|")[2]))


def test_lessons_on_somebody_elses_application_share_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = a_scenario(), bootstrap.scenarios().get("shared-bill")
    work = [Job(lesson, lang) for lang in LANGS for lesson in (ours, theirs)]
    bundles: list[list[Job]] = []

    def share(_do: object, pieces: list[list[Job]], _workers: int) -> tuple[Report, ...]:
        bundles.extend(pieces)
        return tuple(replace(a_report(lang=job.lang), scenario=job.scenario.id) for job in work)

    monkeypatch.setattr(verify, "in_shares", share)
    assert len(verify.run_shares(work, None, None, 2)) == len(work)
    assert [[(job.scenario.id, job.lang) for job in bundle] for bundle in bundles] == [
        [("shared-bill", lang) for lang in LANGS],
        *([("lesson-web", lang)] for lang in LANGS),
    ]


def test_the_shape_is_the_documented_one() -> None:
    data: dict[str, Any] = verify.as_data([a_report()])
    figures: Any = bench.as_data([bench.Row("a", 1.0, "s")])
    mutation = mutate.as_data([PROOF])
    run = data["runs"][0]
    step = run["steps"][0]
    for of, shape in {
        "its `mutation`, with `--mutate`": mutation,
        "a mutant that was judged": mutation["judged"][0],
        "a mutant that was left out": mutation["left_out"][0],
        "`trainer verify --json`": data,
        "a run": run,
        "a step": step,
        "an outcome": step["outcomes"][0],
        "`trainer bench --json`": figures,
        "a row": figures["rows"][0],
    }.items():
        assert sorted(shape) == sorted(documented(of)), of


def test_wrong_verdicts_are_counted_apart_and_decide_the_exit_code() -> None:
    right = judged("pass", "pass")
    for bad, code in (
        (judged("pass"), 1),
        (judged("fail", "pass"), 1),
        (judged("unknown"), 3),
        (judged("fail"), 0),
    ):
        assert mutate.exit_code([PROOF, Proof("other", (right, bad))]) == code
    assert mutate.exit_code([Proof("lesson-web", error="The browser has ended.")]) == 3
    assert (
        mutate.doubtful([PROOF, Proof("other", (judged("pass"),)), Proof("third", error="It ended.")]) == "other"
    )
    assert mutate.doubtful([PROOF]) == ""
    counted = mutate.as_data([Proof("lesson-web", (judged("pass"), judged("fail", "pass"), right))])
    assert (counted["mutants"], counted["false_pass"], counted["false_fail"]) == (3, 1, 1)


def test_each_mutant_is_told_while_it_runs(capsys: pytest.CaptureFixture[str]) -> None:
    mutate.Talk().mutant(judged("fail"), 3, 70)
    mutate.Talk().mutant(judged("pass"), 4, 70)
    assert capsys.readouterr().err.splitlines() == [
        "lesson-web 3/70 end/skip_step/x: judged rightly (1.00 s)",
        "lesson-web 4/70 end/skip_step/x: FALSE PASS: stayed at end (1.00 s)",
    ]


def test_the_table_of_mutants_has_a_row_for_each_operator_and_the_rates() -> None:
    told = mutate.as_table([PROOF, Proof("other", (judged("pass"), judged("pass", "pass")))]).splitlines()
    assert [line.split() for line in told[2:-1]] == [
        ["skip_step", "fail", "2", "1", "0", "0", "1", "1.0"],
        ["twice", "pass", "1", "0", "0", "1", "0", "1.0"],
    ]
    assert told[-1] == "False passes: 1/2 wrong runs. False fails: 0/1 right runs."


def test_the_table_counts_passed_steps() -> None:
    told = verify.as_table([a_report(), a_report("failed", "zh_CN"), a_report("skipped")])
    assert [line.split() for line in told.splitlines()[2:]] == [
        ["lesson-web", "en", "passed", "1/1", "2.0"],
        ["lesson-web", "zh_CN", "FAILED", "0/1", "2.0"],
        ["lesson-web", "en", "not", "run", "0/1", "2.0"],
    ]


def test_the_next_command_leads_to_what_went_wrong(tmp_path: Path) -> None:
    bad = [a_report(), a_report("unknown", "zh_CN")]
    assert verify.next_command([a_report()], None, {}) == "trainer demo lesson-web --headed"
    own = {"lesson-web": "my/lesson.yaml"}
    assert verify.next_command(bad, None, own) == "trainer verify my/lesson.yaml --lang zh_CN --trace traces"
    assert verify.next_command(bad, None, {}) == "trainer verify lesson-web --lang zh_CN --trace traces"
    assert verify.next_command(bad, tmp_path, {}) == "trainer verify lesson-web --lang zh_CN --trace traces"
    trace = tmp_path / "lesson-web.zh_CN.candidate.zip"
    trace.touch()
    assert verify.next_command(bad, tmp_path, {}) == f"python -m playwright show-trace {trace}"


def test_the_next_command_goes_to_the_same_place() -> None:
    file, url = "scenarios/shared-bill.yaml", "http://127.0.0.1:5001/?a&b"
    asked = verify.asked_as([str(ROOT / file)], url)
    assert asked["shared-bill"] == f"{ROOT / file} --url '{url}'"
    assert asked["normal-exit-web"] == "normal-exit-web"
    assert f"trainer demo {file} --url '{url}' --lang en --headed" in told_replay([], file, "en", url)
    assert f"trainer demo {file} --lang en --headed" in told_replay([], file, "en", None)


def test_languages_and_profile_choose_the_work() -> None:
    jobs = verify.choose(["normal-exit-web"], None, ("en", "zh_CN", "en"))
    assert [(job.scenario.id, job.lang) for job in jobs] == [
        ("normal-exit-web", "en"),
        ("normal-exit-web", "zh_CN"),
    ]
    of_web = verify.choose([], "web", ("en",))
    assert {job.scenario.profile for job in of_web} == {"web"}
    assert len(of_web) < len(verify.choose([], None, ("en",)))
    with pytest.raises(BadInput):
        verify.choose([], "abacus", ("en",))


@pytest.mark.parametrize(
    "command", [["verify", "--lang", "en"], ["guide"], ["record", "-o", "films"]], ids=lambda command: command[0]
)
def test_two_files_with_the_same_id_are_refused_before_the_work(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report would tell of one of them twice, and of the other one never."""
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "scenarios/normal_exit/normal-exit-web.yaml").read_text("utf-8")
    Path("bad.yaml").write_text(text.replace("version: ", "version: 9"), "utf-8")
    Path("good.yaml").write_text(text, "utf-8")
    with pytest.raises(BadInput) as refusal:
        app.main([*command, "bad.yaml", "good.yaml"], standalone_mode=False)
    assert refusal.value.message == "good.yaml: the id `normal-exit-web` is taken by bad.yaml"


def test_a_lesson_that_is_named_twice_is_verified_once() -> None:
    file = str(ROOT / "scenarios/normal_exit/normal-exit-web.yaml")
    jobs = verify.choose(["normal-exit-web", file, "normal-exit-web"], None, ("en",))
    assert [job.scenario.id for job in jobs] == ["normal-exit-web"]


def test_a_secret_that_is_not_there_is_named_before_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reports of the lessons before would be lost."""
    monkeypatch.delenv("TRAINER_SECRET_BUDGET_CODE", raising=False)
    monkeypatch.setattr(verify, "run", None)
    with pytest.raises(BadInput, match=r"^The lesson needs the secret TRAINER_SECRET_BUDGET_CODE\.$"):
        verify.verify.main(["normal-exit-web", "shared-bill"], standalone_mode=False)


@pytest.mark.parametrize("option", ["--junit", "--trace"])
def test_what_cannot_be_kept_is_refused_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.setattr(verify, "run", pytest.fail)
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="cannot be written to") as refused:
        verify.verify.main(["normal-exit-web", option, str(tmp_path / "file" / "out")], standalone_mode=False)
    assert refused.value.hint == "Name another place for it."


def test_a_report_that_cannot_be_written_in_the_end_is_told_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_of_the_file: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(verify, "run", lambda *_work: (a_report(),))
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(BrokenEnvironment):
        verify.verify.main(["normal-exit-web", "--junit", str(tmp_path / "a.xml")], standalone_mode=False)
    assert "lesson-web" in capsys.readouterr().out
