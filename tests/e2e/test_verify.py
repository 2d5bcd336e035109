"""`trainer verify`: lessons pass, wrong ones do not, and a broken machine is called by its name."""

import json
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Browser

from tests.e2e.commands import command, gone, trainer
from tests.e2e.proxy import Proxy
from trainer import bootstrap
from trainer.adapters.hrms_process import HrmsProcess
from trainer.adapters.playwright_stage import Setting, open_stage
from trainer.app.verify import Job, Report, StepReport, Verifier, exit_code
from trainer.paths import data_dir

pytestmark = pytest.mark.browser

SAMPLE = {
    "en": ["crash-recovery-integrated", "normal-exit-web", "save-and-resume-cloud"],
    "zh_CN": ["crash-recovery-local", "normal-exit-suite", "save-and-resume-app"],
}
"""Each family in each language, each kind of system once; the whole catalogue belongs to `make proof`."""
BOTH = "crash-recovery-web"
"""In both languages, for the report."""


@pytest.mark.parametrize("lang", SAMPLE)
def test_a_sample_of_the_lessons_passes(lang: str) -> None:
    code, out, talk = trainer("verify", *SAMPLE[lang], "--lang", lang, "-j", "2", "--json")
    assert code == 0, talk
    ran = [(run["lang"], run["scenario"], run["verdict"]) for run in json.loads(out)["runs"]]
    assert ran == [(lang, lesson, "passed") for lesson in SAMPLE[lang]]


@pytest.mark.proof
def test_languages_and_steps_are_told_to_machines(tmp_path: Path) -> None:
    code, out, talk = trainer("verify", BOTH, "-j", "2", "--json", "--junit", str(tmp_path / "out.xml"))
    assert code == 0, talk
    data = json.loads(out)
    assert (data["shape"], data["exit_code"]) == (1, 0)
    ran = [(run["lang"], run["scenario"], run["verdict"]) for run in data["runs"]]
    assert ran == [(lang, BOTH, "passed") for lang in ("zh_CN", "en")]
    top = ET.parse(tmp_path / "out.xml").getroot()  # noqa: S314  # our own file
    counts = {name: top.get(name) for name in ("failures", "errors", "skipped")}
    assert counts == dict.fromkeys(counts, "0")
    assert int(top.get("tests", "0")) == sum(len(run["steps"]) for run in data["runs"])
    properties = {item.get("name"): item.get("value") for item in top.findall("testsuite[1]/properties/property")}
    assert properties["digest"] == data["runs"][0]["digest"]
    assert (properties["scenario"], properties["lang"], properties["profile"]) == (BOTH, "zh_CN", "web")
    assert talk.splitlines()[-1] == "→ trainer demo crash-recovery-web --headed"


def test_the_file_that_uses_every_verb_passes() -> None:
    code, _out, talk = trainer("verify", "all-verbs", "--lang", "en")
    assert code == 0, talk


@pytest.mark.proof
def test_a_lesson_can_let_every_fault_strike_and_cure_it() -> None:
    code, _out, talk = trainer("verify", str(Path(__file__).parent / "every_fault.yaml"), "--lang", "zh_CN")
    assert code == 0, talk


def test_a_wrong_expectation_fails_and_leaves_evidence(tmp_path: Path) -> None:
    source = (data_dir("scenarios") / "normal_exit" / "normal-exit-web.yaml").read_text("utf-8")
    lines = source.splitlines(keepends=True)
    wrong = next(n for n, line in enumerate(lines) if "saved | [0] == 'saved'" in line)
    lines[wrong] = lines[wrong].replace("== 'saved'", "== 'unsaved'")
    lesson = tmp_path / "normal-exit-web.yaml"
    lesson.write_text("".join(lines), "utf-8")
    traces, report = tmp_path / "traces", tmp_path / "out.xml"
    code, out, talk = trainer(
        "verify", str(lesson), "--lang", "en", "--trace", str(traces), "--junit", str(report)
    )
    assert code == 1
    assert "FAILED" in out
    assert "seen:     sitting.answers[?question=='q1'].saved | [0] is 'saved'" in talk
    assert [path.name for path in traces.glob("*.png")] == ["normal-exit-web.en.answer.1.1.png"]
    trace = traces / "normal-exit-web.en.candidate.zip"
    assert trace.stat().st_size > 10_000
    assert talk.splitlines()[-1] == f"→ python -m playwright show-trace {trace}"
    top = ET.parse(report).getroot()  # noqa: S314  # our own file
    assert top.get("failures") == "1"
    assert int(top.get("skipped", "0")) > 0


def test_an_unknown_lesson_is_refused() -> None:
    code, out, talk = trainer("verify", "normal-exit-wep")
    assert (code, out) == (2, "")
    assert "normal-exit-wep" in talk
    assert "normal-exit-web" in talk
    assert "Traceback" not in talk


def test_a_profile_without_lessons_is_refused() -> None:
    code, out, talk = trainer("verify", "--profile", "abacus")
    assert (code, out) == (2, "")
    assert "trainer scenario list" in talk


def test_without_a_browser_the_environment_is_to_blame(tmp_path: Path) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    for program in (str(broken), str(tmp_path / "nowhere")):
        code, _out, talk = trainer("verify", "normal-exit-web", env={"TRAINER_BROWSER": program})
        assert code == 3
        assert "trainer doctor --fix" in talk
        assert "Traceback" not in talk


@pytest.mark.parametrize(
    ("victim", "cause"),
    [
        ("browser", "The browser has ended in the middle"),
        pytest.param("sandbox", "The sandbox HRMS process has ended (signal", marks=pytest.mark.proof),
    ],
)
def test_a_killed_process_is_named(victim: str, cause: str, tmp_path: Path) -> None:
    report = tmp_path / "out.xml"
    with command("verify", "normal-exit-web", "--lang", "en", "--lang", "zh_CN", "--junit", str(report)) as run:
        run.hear(" 3/7 ")
        family = run.family()
        {"browser": run.browser, "sandbox": run.sandbox}[victim]().kill()
        code, out, talk = run.end()
    assert code == 3, talk
    assert cause in talk
    assert "Traceback" not in talk
    assert "UNKNOWN" in out
    assert "not run" in out
    top = ET.parse(report).getroot()  # noqa: S314  # our own file
    assert top.get("errors") == "1"
    error = top.find(".//error")
    assert error is not None
    assert cause in (error.get("message") or "")
    assert gone(family)


class Quiet:
    """Progress that does something once, in the middle."""

    def __init__(self, at: int, then: Callable[[], None]) -> None:
        self._at = at
        self._then = then

    def step(self, job: Job, step: StepReport, number: int, total: int) -> None:  # noqa: ARG002  # the port's
        if number == self._at:
            self._then()

    def job(self, report: Report) -> None:
        """Nobody listens."""


@pytest.fixture(scope="module")
def process() -> Iterator[HrmsProcess]:
    with bootstrap.passing_hrms() as running:
        yield running


@pytest.mark.parametrize(
    ("how", "after"),
    [("cut", 1), *(pytest.param(*cut, marks=pytest.mark.proof) for cut in (("stall", 3), ("cut", 6)))],
)
def test_a_cut_network_is_named(browser: Browser, process: HrmsProcess, how: str, after: int) -> None:
    with (
        bootstrap.control(process) as control,
        Proxy(process.port) as proxy,
    ):
        setting = Setting(
            f"http://127.0.0.1:{proxy.port}", control, lambda _sandbox, _fault, _seconds: None, "en", patience=5
        )
        reports = Verifier(
            control=control,
            open_stage=lambda _lang: open_stage(setting, browser=browser),
            clock=bootstrap.clock,
            translate=lambda _lang: str,
            new_id=bootstrap.new_id,
            progress=Quiet(after, getattr(proxy, how)),
        ).verify([Job(bootstrap.scenarios().get("normal-exit-web"), "en")])
    assert exit_code(reports) == 3
    assert "The browser cannot reach the sandbox HRMS" in reports[0].error
    assert "network" in reports[0].error


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no polite kill")
@pytest.mark.parametrize(
    "number",
    [
        signal.SIGTERM,
        pytest.param(signal.SIGKILL, marks=pytest.mark.proof),
        pytest.param(signal.SIGINT, marks=pytest.mark.proof),
    ],
)
def test_nothing_stays_behind_when_verify_itself_is_killed(number: signal.Signals) -> None:
    with command("verify", "normal-exit-web", "--lang", "en") as run:
        run.hear(" 2/7 ")
        family = run.family()
        data = Path(run.sandbox().cmdline()[run.sandbox().cmdline().index("--data") + 1])
        run.process.send_signal(number)
        code, _out, talk = run.end()
    assert code != 0
    assert "Traceback" not in talk
    assert gone(family)
    if number == signal.SIGKILL:
        shutil.rmtree(data)
    assert not data.exists()
