"""The sandbox HRMS as our child: it comes back after SIGKILL, says why it does not start, never stays behind."""

import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.e2e.commands import gone
from trainer import bootstrap
from trainer.adapters.hrms_process import HrmsProcess
from trainer.core.errors import BrokenEnvironment
from trainer.core.scenario import Seed

PARENT = """
import sys
from pathlib import Path
from trainer.adapters.hrms_process import HrmsProcess
process = HrmsProcess(Path(sys.argv[1]))
process.start()
print(process.pid, flush=True)
sys.stdin.read()
"""


def test_after_sigkill_it_comes_back_on_the_same_port_with_what_it_stored(tmp_path: Path) -> None:
    with HrmsProcess(tmp_path) as process, bootstrap.control(process) as control:
        made = control.create("web", "en", Seed(dataset="sales_two_openings", random=7))
        before, stored = (process.port, process.pid), control.snapshot(made.id)["candidates"]
        process.kill()
        assert not process.alive()
        assert process.obituary() == "The sandbox HRMS process has ended (signal SIGKILL)."
        process.restart()
        assert process.port == before[0]
        assert process.pid != before[1]
        assert process.obituary() == ""
        assert control.snapshot(made.id)["candidates"] == stored
        family = [psutil.Process(process.pid)]
    assert gone(family)


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = HrmsProcess(tmp_path, port=port)
        with pytest.raises(BrokenEnvironment, match="has ended") as refused:
            process.start()
    assert refused.value.hint == f"Port {port} is taken: choose another one."
    assert not process.alive()


def test_last_words_are_told_when_it_does_not_come_up(tmp_path: Path) -> None:
    process = HrmsProcess(tmp_path, tls=(tmp_path / "no.pem", tmp_path / "no.key"))
    with pytest.raises(BrokenEnvironment, match=r"no\.pem"):
        process.start()


def test_a_start_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    process = HrmsProcess(tmp_path, start_seconds=0.01)
    with pytest.raises(BrokenEnvironment, match="did not answer"):
        process.start()
    assert not process.alive()


def test_it_goes_when_we_are_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
    finally:
        parent.kill()
        parent.communicate()
    assert gone([child])
