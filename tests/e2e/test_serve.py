"""`trainer serve` as an operator starts it: its links, its child, its certificate and its end."""

from __future__ import annotations

import io
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest
import segno

from trainer.adapters.hrms_process import free_port
from trainer.adapters.network import lan_addresses
from trainer.adapters.playwright_browser import open_browser

START_SECONDS = 60.0
"""A start takes two seconds; a busy build server may take longer."""

TRAINER = (sys.executable, "-c", "from trainer.cli import main; main()")


class Server:
    """A `trainer serve` in a process of its own.

    Args:
        home: Its TRAINER_HOME.
        options: Further options.
    """

    def __init__(self, home: Path, *options: str) -> None:
        self.port, self.sandbox_port = free_port(), free_port()
        self.home = home
        ports = ("--port", str(self.port), "--sandbox-port", str(self.sandbox_port))
        self._process = subprocess.Popen(
            [*TRAINER, "serve", *ports, *options],
            env={**os.environ, "TRAINER_HOME": str(home), "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._said: list[str] = []
        self._talk = threading.Thread(target=self._listen, daemon=True)
        self._talk.start()
        if self._process.stdout is None:
            raise AssertionError
        self.first_line = self._process.stdout.readline().strip()

    def _listen(self) -> None:
        if self._process.stderr is not None:
            self._said.extend(self._process.stderr)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def running(self) -> bool:
        return self._process.returncode is None

    def has_said(self, line: str) -> bool:
        """Tell whether the line has come on standard error."""
        return f"{line}\n" in self._said

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self._process.pid).children(recursive=True)

    def sandbox_process(self) -> psutil.Process:
        return next(child for child in self.family() if "--parent-port" in child.cmdline())

    def end(self, number: int = signal.SIGTERM) -> tuple[int, list[psutil.Process], str, str]:
        """Send a signal; return exit code, processes left behind, rest of standard output, standard error."""
        family = self.family()
        self._process.send_signal(number)
        rest = self._process.stdout.read() if self._process.stdout else ""
        code = self._process.wait(30)
        _, left = psutil.wait_procs(family, timeout=10)
        self._talk.join(10)
        for stream in (self._process.stdout, self._process.stderr):
            if stream:
                stream.close()
        for process in left:
            process.kill()
        return code, left, rest, "".join(self._said)


@contextmanager
def serving(home: Path, *options: str) -> Iterator[Server]:
    server = Server(home, *options)
    try:
        yield server
    finally:
        if server.running():
            server.end(signal.SIGKILL)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("home")) as server:
        yield server


def eventually(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.05)


def refused(home: Path, *options: str) -> tuple[int, str]:
    """Return exit code and standard error of a `trainer serve` that cannot start."""
    done = subprocess.run(
        [*TRAINER, "serve", *options],
        env={**os.environ, "TRAINER_HOME": str(home), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    return done.returncode, done.stderr


def test_the_printed_link_leads_to_the_lessons(server: Server) -> None:
    assert server.first_line == f"{server.url}/"
    page = httpx.get(server.first_line)
    assert page.status_code == 200
    assert f"frame-src http://127.0.0.1:{server.sandbox_port};" in page.headers["content-security-policy"]
    assert httpx.get(f"{server.url}/healthz").json() == {"ok": True, "sandbox": True}
    assert httpx.get(f"http://127.0.0.1:{server.sandbox_port}/healthz").is_success


def test_the_sandbox_carries_the_coach_s_script(server: Server) -> None:
    assert httpx.get(f"http://127.0.0.1:{server.sandbox_port}/companion.js").is_success


def test_the_chosen_language_stays(server: Server) -> None:
    with httpx.Client(base_url=server.url, headers={"accept-language": "en"}) as browser:
        assert 'lang="en-US"' in browser.get("/").text
        chosen = browser.post("/language/zh_CN", headers={"referer": f"{server.url}/somewhere"})
        assert (chosen.status_code, chosen.headers["location"]) == (303, "/somewhere")
        assert 'lang="zh-CN"' in browser.get("/").text
        odd = browser.post("/language/xx", headers={"referer": "http://127.0.0.1//evil.test"})
        assert (odd.headers["location"], "set-cookie" in odd.headers) == ("/", False)


def test_a_socket_of_another_origin_is_refused(server: Server) -> None:
    path = f"{server.url}/_nicegui_ws/socket.io/?EIO=4&transport=polling&client_id=gone"
    assert httpx.get(path, headers={"origin": "http://evil.test"}).status_code == 403
    assert httpx.get(path, headers={"origin": server.url}).status_code == 200


def test_the_sandbox_may_be_killed_the_trainer_stays_and_brings_it_back(server: Server) -> None:
    killed = server.sandbox_process()
    killed.kill()
    assert httpx.get(f"{server.url}/").status_code == 200
    eventually(lambda: not psutil.pid_exists(killed.pid), "the killed process is gone")
    eventually(lambda: httpx.get(f"{server.url}/healthz").json()["sandbox"], "the sandbox runs again")
    assert server.sandbox_process().pid != killed.pid
    sandbox = f"http://127.0.0.1:{server.sandbox_port}/healthz"

    def answers() -> bool:
        try:
            return httpx.get(sandbox).is_success
        except httpx.TransportError:
            return False

    eventually(answers, "the sandbox answers again")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_leaves_nothing_behind(tmp_path: Path, number: int) -> None:
    with serving(tmp_path) as server:
        invitation = "To run workshops, set a password for “admin” here:"
        eventually(lambda: server.has_said(invitation), "everything is said")
        code, left, rest, said = server.end(number)
    assert code == (-9 if number == signal.SIGKILL else 0)
    assert left == []
    assert rest == ""
    *first, link = said.splitlines()
    assert first == [
        "The trainer is ready. Open:",
        "Stop with Ctrl+C.",
        invitation,
    ]
    assert link.startswith(f"{server.url}/link/")


def test_in_the_network_it_speaks_https_and_shows_a_code_to_scan(tmp_path: Path) -> None:
    with serving(tmp_path, "--host", "0.0.0.0", "--tls-self-signed") as server:  # noqa: S104  # what is tested
        trust = ssl.create_default_context(cafile=tmp_path / "tls" / "certificate.pem")
        for port in (server.port, server.sandbox_port):
            assert httpx.get(f"https://127.0.0.1:{port}/healthz", verify=trust).is_success
        page = httpx.get(f"https://localhost:{server.port}/", verify=trust)
        assert f"frame-src https://localhost:{server.sandbox_port};" in page.headers["content-security-policy"]
        assert "Secure" in page.headers["set-cookie"]
        _, _, rest, said = server.end()
    assert server.first_line == f"https://127.0.0.1:{server.port}/"
    lan = [f"https://{address}:{server.port}/" for address in lan_addresses()]
    assert rest.split() == lan
    if lan:
        code = io.StringIO()
        segno.make(lan[0], error="m").terminal(out=code, compact=True)
        assert code.getvalue() in said
    assert "Without HTTPS" not in said


@pytest.mark.browser
def test_a_page_works_under_https_and_its_own_policy(tmp_path: Path) -> None:
    """The socket connects, a lesson opens in the frame, and the browser has nothing to complain about."""
    complaints: list[str] = []
    with serving(tmp_path, "--tls-self-signed") as server, open_browser() as browser:
        page = browser.new_context(ignore_https_errors=True).new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(error.message))
        page.goto(server.first_line)
        page.wait_for_function("window.did_handshake === true")
        page.get_by_test_id("lesson[normal-exit-web].start").click()
        frame = page.frame_locator("iframe")
        frame.get_by_test_id("home.start").wait_for()
        (sandbox,) = [frame.url for frame in page.frames if frame.parent_frame]
        assert sandbox.startswith(f"https://127.0.0.1:{server.sandbox_port}/s/")
        stranger = httpx.get(page.url, verify=False)  # noqa: S501  # own certificate
        assert stranger.status_code == 404
    assert complaints == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_in_the_network_without_https_it_warns_and_ends_at_ctrl_c(tmp_path: Path) -> None:
    with serving(tmp_path, "--host", "0.0.0.0") as server:  # noqa: S104  # what is tested
        code, left, _, said = server.end(signal.SIGINT)
    assert (code, left) == (0, [])
    assert "microphone and camera work on this machine only: add --tls-self-signed" in said


@pytest.mark.parametrize("option", ["--port", "--sandbox-port"])
def test_a_taken_port_is_told_with_the_command_for_another_one(tmp_path: Path, option: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ports = {"--port": free_port(), "--sandbox-port": free_port()} | {option: port}
        words = [word for name, number in ports.items() for word in (name, str(number))]
        code, said = refused(tmp_path, *words)
    first, second = said.splitlines()
    assert code == 3
    assert first == f"Port {port} is taken or not allowed: Address already in use."
    other = int(second.removeprefix(f"→ Use another one: trainer serve {option} "))
    assert other != port


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--host", "example.com"], "trainer serve cannot listen on example.com."),
        (["--tls-cert", "cert.pem"], "--tls-cert and --tls-key belong together."),
        (
            ["--tls-self-signed", "--tls-cert", "c.pem", "--tls-key", "k.pem"],
            "--tls-self-signed makes its own certificate.",
        ),
    ],
)
def test_options_that_make_no_sense_are_told(tmp_path: Path, options: list[str], sentence: str) -> None:
    code, said = refused(tmp_path, *options)
    assert code == 2
    assert said.splitlines()[0] == sentence
    assert said.splitlines()[1].startswith("→ ")


@pytest.mark.browser
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_the_observer_s_browser_goes_when_its_server_is_killed() -> None:
    """Nothing listens on port 9; the browser runs all the same, and is a real one."""
    script = (
        "import sys; from trainer.adapters.observer import BrowserObserver, Sight;"
        "from tests.unit.serve.doubles import Deleting;"
        "eyes = BrowserObserver(Deleting(), 'http://127.0.0.1:9');"
        "print(*eyes.look('s1', [Sight('hr', '', 'x')], lang='en').errors.values(), flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        said = server.stdout.readline() if server.stdout else ""
        family = psutil.Process(server.pid).children(recursive=True)
        server.kill()
    assert "ECONNREFUSED" in said
    assert len(family) > 2, "a worker, Playwright's driver and a browser"
    _, left = psutil.wait_procs(family, timeout=START_SECONDS)
    assert left == []
