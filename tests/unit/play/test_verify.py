"""Every Step of every Job has a line in the report, whatever happens."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.builders import a_step
from tests.unit.play.lessons import answer, begin, end, lesson
from trainer.adapters.in_memory import InMemoryControl, InMemoryStage
from trainer.adapters.junit import write_junit
from trainer.app.ports import Stage
from trainer.app.verify import Job, Report, StepReport, Verifier, exit_code
from trainer.core.actions import Click
from trainer.core.checks import Outcome, Status
from trainer.core.errors import BrokenEnvironment
from trainer.core.scenario import Scenario
from trainer.pytest_room import told_report

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
WRONG = lesson(begin(), a_step(id="wrong", do=(Click(target="no.such"),)), end()).model_copy(
    update={"id": "wrong-web"}
)
LESSON = lesson()


class Heard:
    """Progress that is remembered; does something at a step when asked to."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.at: dict[str, Callable[[], None]] = {}

    def step(self, job: Job, step: StepReport, number: int, total: int) -> None:
        self.lines.append(f"{job.scenario.id} {job.lang} {number}/{total} {step.id} {step.verdict}")
        self.at.get(step.id, lambda: None)()

    def job(self, report: Report) -> None:
        self.lines.append(f"{report.scenario} {report.lang} {report.verdict}")


class Bench:
    """A verifier on paper."""

    def __init__(self) -> None:
        self.control = InMemoryControl()
        self.stage = InMemoryStage(self.control)
        self.heard = Heard()
        self.opened: list[str] = []
        self._ticks = 0

    def clock(self) -> datetime:
        """Every look at the clock takes a second."""
        self._ticks += 1
        return NOON + timedelta(seconds=self._ticks)

    def open_stage(self, lang: str) -> AbstractContextManager[Stage]:
        self.opened.append(lang)
        return nullcontext(self.stage)

    def verify(self, *scenarios: Scenario, langs: tuple[str, ...] = ("en",)) -> tuple[Report, ...]:
        jobs = [Job(scenario, lang) for lang in langs for scenario in scenarios]
        return Verifier(
            control=self.control,
            open_stage=self.open_stage,
            clock=self.clock,
            translate=lambda _lang: str,
            new_id=lambda: "r",
            progress=self.heard,
        ).verify(jobs)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def verdicts(report: Report) -> list[str]:
    return [f"{step.id} {step.verdict}" for step in report.steps]


def test_all_passed_is_code_0(bench: Bench) -> None:
    reports = bench.verify(LESSON, langs=("zh_CN", "en"))
    assert [(report.lang, report.verdict) for report in reports] == [("zh_CN", "passed"), ("en", "passed")]
    assert exit_code(reports) == 0
    assert bench.opened == ["zh_CN", "en"]
    assert reports[0].digest == LESSON.digest
    assert bench.heard.lines[0] == "lesson-web zh_CN 1/6 begin passed"
    assert bench.heard.lines[-1] == "lesson-web en passed"


def test_a_failed_step_skips_the_rest_and_the_next_lesson_goes_on(bench: Bench) -> None:
    wrong, right = bench.verify(WRONG, LESSON)
    assert verdicts(wrong) == ["begin passed", "wrong failed", "end skipped"]
    assert (wrong.verdict, wrong.error) == ("failed", "")
    assert right.verdict == "passed"
    assert exit_code((wrong, right)) == 1


def test_a_broken_machine_is_unknown_and_skips_everything_after(bench: Bench) -> None:
    bench.heard.at["answer.1"] = lambda: setattr(bench.control, "broken", "The sandbox is gone.")
    first, second = bench.verify(LESSON, WRONG)
    assert verdicts(first)[1:4] == ["answer.1 passed", "answer.2 unknown", "answer.3 skipped"]
    assert first.steps[2].error == first.error == "The sandbox is gone."
    assert (first.verdict, second.verdict) == ("unknown", "skipped")
    assert {step.verdict for step in second.steps} == {"skipped"}
    assert second.steps[0].error == "not run, because lesson-web (en) broke off"
    assert exit_code((first, second)) == 3


def test_a_machine_that_breaks_after_the_last_step_leaves_no_report_in_which_all_has_passed(
    bench: Bench, tmp_path: Path
) -> None:
    bench.heard.at["end"] = lambda: setattr(bench.control, "broken", "The sandbox is gone.")
    (report,) = bench.verify(LESSON)
    assert verdicts(report)[-2:] == ["answer.4 passed", "end unknown"]
    assert (report.verdict, report.steps[-1].error) == ("unknown", "The sandbox is gone.")
    write_junit([report], tmp_path / "out.xml")
    (suite,) = ET.parse(tmp_path / "out.xml").getroot().findall("testsuite")  # noqa: S314  # our own file
    assert (suite.get("errors"), suite.get("failures")) == ("1", "0")
    assert "end" in told_report(report)


def test_a_failed_check_outweighs_a_broken_machine(bench: Bench) -> None:
    bench.heard.at["wrong"] = lambda: setattr(bench.stage, "broken", "The browser has ended.")
    reports = bench.verify(WRONG, LESSON)
    assert [report.verdict for report in reports] == ["unknown", "skipped"]
    assert reports[0].steps[1].outcomes[0].status is Status.FAILED
    bench.heard.at.clear()
    bench.stage.broken = ""
    assert exit_code((*reports, *bench.verify(WRONG))) == 1


def test_a_browser_that_does_not_start_is_reported(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def no_browser(_lang: str) -> Iterator[Stage]:
        if bench:
            raise BrokenEnvironment("No browser was found.", "trainer doctor --fix")
        yield bench.stage

    monkeypatch.setattr(bench, "open_stage", no_browser)
    (report,) = bench.verify(LESSON)
    assert verdicts(report) == ["begin unknown", "answer skipped", "end skipped"]
    assert (report.error, report.hint) == ("No browser was found.", "trainer doctor --fix")
    assert exit_code((report,)) == 3


# -- JUnit -----------------------------------------------------------------------------------------------------

BAD = Outcome(Status.FAILED, "outcome", "stored: x", "x == 'a'", "x is '\x0b<b>'", "pictures/x.png")
REPORT = Report(
    scenario="lesson-web",
    version=2,
    digest="abc",
    profile="web",
    lang="zh_CN",
    verdict="failed",
    started=NOON,
    seconds=3.25,
    steps=(
        StepReport("one", "passed", 1.5),
        StepReport("two", "failed", 0.25, (BAD,)),
        StepReport("three", "unknown", error="The browser has ended.\nreally"),
        StepReport("four", "skipped"),
    ),
)


def test_junit_tells_failed_unknown_and_skipped_apart(tmp_path: Path) -> None:
    path = tmp_path / "new" / "out.xml"
    write_junit([REPORT], path)
    top = ET.parse(path).getroot()  # noqa: S314  # our own file
    counts = {name: top.get(name) for name in ("tests", "failures", "errors", "skipped", "time")}
    assert counts == {"tests": "4", "failures": "1", "errors": "1", "skipped": "1", "time": "3.250"}
    (suite,) = top.findall("testsuite")
    assert (suite.get("name"), suite.get("timestamp")) == ("lesson-web[zh_CN]", "2026-11-22T12:00:00")
    properties = {item.get("name"): item.get("value") for item in suite.iter("property")}
    assert properties == {
        "scenario": "lesson-web",
        "version": "2",
        "digest": "abc",
        "profile": "web",
        "lang": "zh_CN",
    }
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    assert [child.tag for case in cases.values() for child in case] == ["failure", "error", "skipped"]
    failure, error = cases["two"][0], cases["three"][0]
    assert failure.get("message") == "stored: x"
    assert failure.text is not None
    assert "seen: x is '�<b>'" in failure.text
    assert "[[ATTACHMENT|pictures/x.png]]" in failure.text
    assert (error.get("message"), error.text) == ("The browser has ended.", "The browser has ended.\nreally")
    assert [entry.name for entry in path.parent.iterdir()] == ["out.xml"]


def test_a_report_that_cannot_be_written_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BrokenEnvironment, match="could not be written"):
        write_junit([REPORT], tmp_path / "file" / "out.xml")


def test_the_report_of_a_play_can_be_written(bench: Bench, tmp_path: Path) -> None:
    write_junit(bench.verify(lesson(begin(), answer()), WRONG), tmp_path / "out.xml")
    suites = ET.parse(tmp_path / "out.xml").getroot().findall("testsuite")  # noqa: S314  # our own file
    assert [suite.get("failures") for suite in suites] == ["0", "1"]
