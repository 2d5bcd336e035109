"""What `trainer bench start` measures: how soon everything is there, and how fast lessons are verified."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil
from playwright.sync_api import Browser, BrowserContext

from trainer import bootstrap
from trainer.adapters.hrms_process import HrmsProcess, free_port
from trainer.adapters.playwright_stage import READY
from trainer.app.ports import Control, Stage
from trainer.app.verify import Job, Report, StepReport, Verifier
from trainer.cli.bench import Row
from trainer.cli.raw_script import raw_script
from trainer.core.errors import BrokenEnvironment
from trainer.core.scenario import Seed
from trainer.i18n import gettext as _
from trainer.paths import checkout

IMPORTS = 5
ROUNDS = 5
TIMES = 60
WAIT_SECONDS = 60.0

CLI_LIMIT_MS = 300.0
START_LIMIT_S = 3.0
PAGE_LIMIT_S = 3.0
RAW_RATIO = 1.25
CLONE_LIMIT_MS = 20.0

Tell = Callable[[str], None]


def start(tell: Tell) -> list[Row]:
    """Measure; `tell` hears what is being measured."""
    tell(_("Importing …"))
    rows = _imports()
    tell(_("Starting …"))
    rows += _served()
    rows += _made()
    began = time.perf_counter()
    with bootstrap.passing_hrms() as process, bootstrap.control(process) as control:
        up = time.perf_counter() - began
        rows.append(Row(_("sandbox HRMS: start to first 200"), up, "s", START_LIMIT_S, _("limit"), 1.0))
        tell(_("Copying sandboxes …"))
        rows += _copies(control)
        with bootstrap.browser() as browser:
            tell(_("Loading pages …"))
            rows += _pages(browser, process, control)
            tell(_("Verifying a lesson, and clicking the same by a plain script …"))
            rows += _verified(browser, process, control)
    return rows


# -- imports ---------------------------------------------------------------------------------------------------


def _imports() -> list[Row]:
    bare, cli, nicegui = (_import_ms(code) for code in ("pass", "import trainer.cli", "import nicegui"))
    return [
        Row("import trainer.cli", cli - bare, "ms", CLI_LIMIT_MS, _("limit"), 1.0),
        Row("import nicegui", nicegui - bare, "ms"),
    ]


def _import_ms(code: str) -> float:
    times = []
    for _round in range(IMPORTS):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


# -- servers ---------------------------------------------------------------------------------------------------


def _served() -> list[Row]:
    code = "from trainer.cli import main; main()"
    seconds = _until_served(lambda port: [sys.executable, "-c", code, "serve", "--port", str(port)])
    return [Row(_("trainer serve: start to first 200"), seconds, "s", START_LIMIT_S, _("limit"), 1.0)]


def _made() -> list[Row]:
    """Measure `make` in a source checkout; elsewhere there is nothing to measure."""
    names = _("make setup, the second time"), _("make run to first page, the second time")
    root, make = checkout(), shutil.which("make")
    if root is None or make is None or not (root / "Makefile").is_file():
        return [Row(name, None, "s", beside=_("only in a source checkout with make")) for name in names]
    subprocess.run([make, "--silent", "setup"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    began = time.perf_counter()
    subprocess.run([make, "--silent", "setup"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    again = time.perf_counter() - began
    first = _until_served(lambda port: [make, "--silent", "run", f"PORT={port}"], root)
    return [
        Row(names[0], again, "s"),
        Row(names[1], first, "s", START_LIMIT_S, _("limit"), 1.0),
    ]


def _until_served(command: Callable[[int], Sequence[str]], folder: Path | None = None) -> float:
    """Return the seconds until a server's first page."""
    port = free_port()
    with TemporaryDirectory(prefix="trainer-bench-", ignore_cleanup_errors=True) as home:
        began = time.perf_counter()
        with running(command(port), home, folder) as server, httpx.Client(trust_env=False) as client:
            while time.perf_counter() - began < WAIT_SECONDS:
                if server.poll() is not None:
                    break
                with suppress(httpx.TransportError):
                    if client.get(f"http://127.0.0.1:{port}/", follow_redirects=True).is_success:
                        return time.perf_counter() - began
                time.sleep(0.01)
    raise BrokenEnvironment(
        _("The server to be measured did not come up: {command}").format(command=command(port))
    )


@contextmanager
def running(command: Sequence[str], home: str, folder: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server with a home of its own, and end it with all that it started."""
    server = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "TRAINER_HOME": home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield server
    finally:
        with suppress(psutil.NoSuchProcess):
            family = psutil.Process(server.pid)
            for member in [*family.children(recursive=True), family]:
                with suppress(psutil.NoSuchProcess):
                    member.kill()
        server.wait()


# -- the sandbox HRMS ------------------------------------------------------------------------------------------


def _copies(control: Control) -> list[Row]:
    origin = control.create("web", "en", Seed(dataset="sales_two_openings", random=7)).id
    clones, resets = [], []
    for _round in range(TIMES):
        began = time.perf_counter()
        clone = control.clone(origin).id
        cloned = time.perf_counter()
        control.reset(clone)
        resets.append((time.perf_counter() - cloned) * 1000)
        clones.append((cloned - began) * 1000)
        control.delete(clone)
    control.delete(origin)
    rows = []
    for name, times in ((_("sandbox clone"), clones), (_("sandbox reset"), resets)):
        middle, high = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        rows.append(Row(f"{name}, p50", middle, "ms", CLONE_LIMIT_MS, _("limit"), 1.0))
        rows.append(Row(f"{name}, p95", high, "ms"))
    return rows


def _pages(browser: Browser, process: HrmsProcess, control: Control) -> list[Row]:
    sandbox = control.create("web", "en", Seed(dataset="sales_two_openings", random=7)).id
    with browser.new_context() as context:
        cold, *warm = (_page_seconds(context, process, control, sandbox) for _round in range(ROUNDS))
    control.delete(sandbox)
    return [
        Row(_("page to connected, fresh context"), cold, "s", PAGE_LIMIT_S, _("limit"), 1.0),
        Row(_("page to connected, warm context"), statistics.median(warm), "s"),
    ]


def _page_seconds(context: BrowserContext, process: HrmsProcess, control: Control, sandbox: str) -> float:
    link = control.sign_in_link(sandbox, "hr", read_only=True)
    page = context.new_page()
    began = time.perf_counter()
    page.goto(process.base_url + link, wait_until="domcontentloaded")
    page.wait_for_function(READY)
    seconds = time.perf_counter() - began
    page.close()
    return seconds


# -- verify beside a plain script ------------------------------------------------------------------------------


class _Silent:
    """Progress that nobody hears."""

    def step(self, job: Job, step: StepReport, number: int, total: int) -> None:
        """Say nothing."""

    def job(self, report: Report) -> None:
        """Say nothing."""


def _verified(browser: Browser, process: HrmsProcess, control: Control) -> list[Row]:
    """Alternate rounds of both, after one that warms up; the medians are compared."""
    ours, raw, steps = [], [], 0
    job = Job(bootstrap.scenarios().get("normal-exit-web"), "en")
    with (
        bootstrap.stage(process, control, lang="en", browser=browser) as stage,
        browser.new_context(reduced_motion="reduce") as candidate,
        browser.new_context(reduced_motion="reduce") as hr,
    ):
        verifier = Verifier(
            control=control,
            open_stage=lambda _lang: _lent(stage),
            clock=bootstrap.clock,
            translate=lambda _lang: str,
            new_id=bootstrap.new_id,
            progress=_Silent(),
        )
        for _round in range(ROUNDS + 1):
            began = time.perf_counter()
            (report,) = verifier.verify([job])
            middle = time.perf_counter()
            raw_script(process.base_url, control, candidate, hr)
            raw.append(time.perf_counter() - middle)
            ours.append(middle - began)
            steps = len(report.steps)
            if report.verdict != "passed":
                raise BrokenEnvironment(
                    _("The lesson to be measured did not pass."), "trainer verify normal-exit-web"
                )
    middle_ours, middle_raw = statistics.median(ours[1:]), statistics.median(raw[1:])
    return [
        Row(_("verify: steps a second"), steps / middle_ours, "/s"),
        Row(_("verify of a lesson"), middle_ours, "s", middle_raw, _("plain script"), RAW_RATIO),
    ]


@contextmanager
def _lent(stage: Stage) -> Iterator[Stage]:
    """Hand out a stage that stays open."""
    yield stage
