"""The control API against the real program: over HTTP, with real files, through SIGKILL and back."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import jmespath
import pytest

from sandbox_hrms.app import conduct
from sandbox_hrms.app.service import Settings, build
from sandbox_hrms.app.snapshot import SHAPE
from sandbox_hrms.core.roles import Actor, Role

TOKEN = "control-token-of-the-test"
SEED: dict[str, Any] = {"dataset": "sales_two_openings", "random": 7}
START_SECONDS = 60.0
POLL_SECONDS = 0.05


class Program:
    """The program on a free port, startable again on the same folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.control = httpx.Client(
            base_url=f"{self.address}/control/v1", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30
        )
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sandbox_hrms", "serve", "--port", str(self.port), "--data", str(self.data)],
            env={**os.environ, "HRMS_CONTROL_TOKEN": TOKEN},
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self._process.poll() is None, "the program ended by itself"
            try:
                if httpx.get(f"{self.address}/healthz").json() == {"ok": True}:
                    return
            except httpx.TransportError:
                time.sleep(POLL_SECONDS)
        raise TimeoutError

    def kill(self) -> None:
        """End it without a warning; connections that were open are gone with it."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        self.control.close()
        self._process.terminate()
        self._process.wait(timeout=20)

    def create(self, lang: str = "en") -> dict[str, Any]:
        answer = self.control.post("/sandboxes", json={"profile": "web", "lang": lang, "seed": SEED})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def stored(self, sandbox: str, path: str) -> Any:
        return jmespath.search(path, self.control.get(f"/sandboxes/{sandbox}/snapshot").json()["data"])

    @contextmanager
    def sign_in(self, sandbox: str, role: str, *, read_only: bool = False) -> Iterator[httpx.Client]:
        """Give a browser that has followed a sign-in link."""
        body = {"role": role, "read_only": read_only}
        url = self.control.post(f"/sandboxes/{sandbox}/sign-in-links", json=body).json()["url"]
        with httpx.Client(base_url=self.address, timeout=30) as browser:
            assert browser.get(url).status_code == 303
            yield browser


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    program = Program(tmp_path_factory.mktemp("data"))
    yield program
    program.stop()


def error_of(answer: httpx.Response) -> tuple[int, str]:
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "hint"}
    assert error["message"]
    return answer.status_code, error["code"]


def test_a_sandbox_from_creation_to_deletion(program: Program) -> None:
    made = program.create("zh_CN")
    assert set(made) == {"id", "profile", "version", "screen", "lang", "revision", "context", "way_back"}
    context = made["context"]
    assert context["lang"] == "zh_CN"
    assert context["candidate"]["id"] == "c1"
    assert [one["kind"] for one in context["questions"]] == ["structured"] * 3 + ["situational"]
    assert all(len(one["sample"]) > 80 for one in context["questions"])
    address = f"/sandboxes/{made['id']}"
    assert program.control.get(address).json() == made
    assert {"id": made["id"]} in program.control.get("/sandboxes").json()
    clone = program.control.post(f"{address}/clone")
    assert clone.status_code == 201
    assert clone.json()["context"] == context
    assert program.control.post(f"{address}/reset").json()["revision"] > made["revision"]
    assert program.control.delete(address).status_code == 204
    assert error_of(program.control.get(address)) == (404, "not_found")


def test_the_same_seed_gives_the_same_people(program: Program) -> None:
    one, other = program.create(), program.create()
    assert one["context"] == other["context"]
    assert program.stored(one["id"], "candidates") == program.stored(other["id"], "candidates")


def test_a_damaged_sandbox_harms_no_other_one(program: Program) -> None:
    damaged = program.data / "damaged"
    damaged.mkdir()
    (damaged / "hrms.sqlite").write_bytes(b"no database at all, but as long as the head of one would be" * 4)
    listed = program.control.get("/sandboxes")
    assert {"id": "damaged"} in listed.raise_for_status().json()
    assert error_of(program.control.get("/sandboxes/damaged")) == (500, "broken")
    assert program.control.delete("/sandboxes/damaged").status_code == 204
    assert {"id": "damaged"} not in program.control.get("/sandboxes").json()


def test_a_snapshot_is_sent_only_when_something_changed(program: Program) -> None:
    sandbox = program.create()["id"]
    url = f"/sandboxes/{sandbox}/snapshot"
    first = program.control.get(url, params={"paths": "interview.status,sitting"}).json()
    assert set(first["data"]) == {"interview", "sitting"}
    assert program.control.get(url, params={"if_revision": first["revision"]}).status_code == 304
    program.control.post(f"/sandboxes/{sandbox}/clock", json={"advance": 60})
    assert program.control.get(url, params={"if_revision": first["revision"]}).status_code == 200
    assert set(program.control.get(url).json()["data"]) == set(SHAPE)


def test_all_marks_of_open_sandboxes_are_told_at_once(program: Program) -> None:
    first, second = (program.create()["id"] for _each in range(2))
    url = f"/sandboxes/{first}/snapshot"
    marks = program.control.get("/marks").json()
    assert marks[first] == program.control.get(url).headers["etag"]
    program.control.post(f"/sandboxes/{first}/faults", json={"fault": "offline", "seconds": None})
    after = program.control.get("/marks").json()
    assert after[first] != marks[first]
    assert after[second] == marks[second]
    assert program.control.get(url).headers["etag"] == after[first]
    program.control.delete(f"/sandboxes/{second}")
    assert second not in program.control.get("/marks").json()


def test_a_mark_is_another_one_after_every_change_that_a_snapshot_shows(program: Program) -> None:
    sandbox = program.create()["id"]
    url = f"/sandboxes/{sandbox}/snapshot"
    marks = [program.control.get(url).headers["etag"]]

    def seen() -> int:
        answer = program.control.get(url, headers={"If-None-Match": marks[-1]})
        marks.append(answer.headers.get("etag", marks[-1]))
        return answer.status_code

    assert [seen(), seen()] == [304, 304]
    program.control.post(f"/sandboxes/{sandbox}/faults", json={"fault": "offline", "seconds": None})
    assert [seen(), seen()] == [200, 304]
    program.control.delete(f"/sandboxes/{sandbox}/faults/offline")
    assert [seen(), seen()] == [200, 304]
    program.control.post(f"/sandboxes/{sandbox}/clock", json={"advance": 60})
    assert [seen(), seen()] == [200, 304]


def test_a_checkpoint_brings_the_clock_back_too(program: Program) -> None:
    sandbox = program.create()["id"]
    address = f"/sandboxes/{sandbox}"
    program.control.post(f"{address}/clock", json={"now": "2026-03-02T09:00:00Z"})
    assert program.control.post(f"{address}/checkpoints", json={"name": "before"}).status_code == 201
    program.control.post(f"{address}/clock", json={"advance": 3600})
    assert program.stored(sandbox, "sandbox.now") == "2026-03-02T10:00:00+00:00"
    revision = program.control.get(address).json()["revision"]
    assert program.control.post(f"{address}/restore", json={"name": "before"}).json()["revision"] > revision
    assert program.stored(sandbox, "sandbox.now") == "2026-03-02T09:00:00+00:00"


def test_a_crash_answers_503_and_comes_back(program: Program) -> None:
    sandbox, neighbour = program.create()["id"], program.create()["id"]
    with program.sign_in(sandbox, "candidate") as browser, program.sign_in(neighbour, "candidate") as other:
        home = f"/s/{sandbox}/candidate/"
        assert browser.get(home).status_code == 200
        fault = program.control.post(f"/sandboxes/{sandbox}/faults", json={"fault": "crash", "seconds": 60})
        assert fault.status_code == 202
        assert browser.get(home).status_code == 503
        assert other.get(f"/s/{neighbour}/candidate/").status_code == 200
        assert program.stored(sandbox, "interview.status") == "invited"
        assert program.control.delete(f"/sandboxes/{sandbox}/faults/crash").status_code == 204
        assert browser.get(home).status_code == 200
        events = program.control.get(f"/sandboxes/{sandbox}/events", params={"after": 0}).json()
        assert [one["kind"] for one in events["events"]] == ["signed_in", "fault_injected", "fault_cleared"]
        rest = program.control.get(f"/sandboxes/{sandbox}/events", params={"after": events["last"]}).json()
        assert rest == {"events": [], "last": events["last"]}


def test_a_read_only_link_leaves_no_trace(program: Program) -> None:
    sandbox = program.create()["id"]
    before = program.control.get(f"/sandboxes/{sandbox}/snapshot").json()
    with program.sign_in(sandbox, "hr", read_only=True) as browser:
        assert browser.get(f"/s/{sandbox}/hr/").status_code == 200
    after = program.control.get(f"/sandboxes/{sandbox}/snapshot").json()
    assert after["revision"] == before["revision"]
    assert after["data"]["audit"] == before["data"]["audit"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/sandboxes/none", None, 404, "not_found"),
        ("GET", "/sandboxes/..%2f..%2fetc", None, 404, "http"),
        ("GET", "/nothing-here", None, 404, "http"),
        ("POST", "/sandboxes", {"profile": "paper", "lang": "en", "seed": SEED}, 404, "not_found"),
        ("POST", "/sandboxes", {"profile": "web", "lang": "fr", "seed": SEED}, 422, "invalid"),
        ("POST", "/sandboxes", {"profile": "web", "lang": "en", "seed": SEED, "id": "../x"}, 422, "invalid"),
        ("POST", "/sandboxes", {"profile": "web", "lang": "en"}, 422, "invalid"),
        ("POST", "/sandboxes", {"profile": "web", "lang": "en", "seed": SEED, "colour": 1}, 422, "invalid"),
        ("POST", "/sandboxes/{id}/faults", {"fault": "flood"}, 422, "invalid"),
        ("POST", "/sandboxes/{id}/faults", {"fault": "crash", "seconds": -1}, 422, "invalid"),
        ("DELETE", "/sandboxes/{id}/faults/flood", None, 422, "invalid"),
        ("POST", "/sandboxes/{id}/clock", {}, 422, "invalid"),
        ("POST", "/sandboxes/{id}/clock", {"now": "2026-03-02T09:00:00"}, 422, "invalid"),
        ("POST", "/sandboxes/{id}/restore", {"name": "never"}, 404, "not_found"),
        ("POST", "/sandboxes/{id}/checkpoints", {"name": "../x"}, 422, "invalid"),
        ("POST", "/sandboxes/{id}/sign-in-links", {"role": "system"}, 422, "invalid"),
        ("GET", "/sandboxes/{id}/snapshot?paths=salaries", None, 422, "invalid"),
        ("GET", "/sandboxes/{id}/events?after=x", None, 422, "invalid"),
    ],
)
def test_errors_have_one_shape(  # noqa: PLR0913, PLR0917  # one row of the table
    program: Program, method: str, path: str, body: dict[str, Any] | None, status: int, code: str
) -> None:
    url = path.format(id=program.create()["id"])
    assert error_of(program.control.request(method, url, json=body)) == (status, code)


@pytest.mark.parametrize("header", [None, "Bearer wrong", f"Basic {TOKEN}", "Bearer é"])
def test_without_the_token_nothing_is_told(program: Program, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header.encode()}
    for path in ("/sandboxes", "/openapi.json", "/nothing-here"):
        answer = httpx.get(f"{program.address}/control/v1{path}", headers=headers)
        assert error_of(answer) == (401, "bad_token")


def test_the_api_describes_itself(program: Program) -> None:
    described = program.control.get("/openapi.json").json()
    assert set(described["paths"]) == {
        "/sandboxes",
        "/sandboxes/{sandbox_id}",
        "/sandboxes/{sandbox_id}/clone",
        "/sandboxes/{sandbox_id}/reset",
        "/sandboxes/{sandbox_id}/checkpoints",
        "/sandboxes/{sandbox_id}/restore",
        "/sandboxes/{sandbox_id}/faults",
        "/sandboxes/{sandbox_id}/faults/{fault}",
        "/sandboxes/{sandbox_id}/clock",
        "/sandboxes/{sandbox_id}/sign-in-links",
        "/sandboxes/{sandbox_id}/events",
        "/sandboxes/{sandbox_id}/snapshot",
        "/marks",
    }


def test_what_was_acknowledged_is_there_after_sigkill(tmp_path: Path) -> None:
    sandbox = _interview_at_second_question(tmp_path)
    victim = Program(tmp_path)
    try:
        with victim.sign_in(sandbox, "candidate") as browser:
            for number in range(10, 50):
                body = {"sitting": "i1-1", "question": "q2", "seq": number, "text": f"draft {number}"}
                answer = browser.post(f"/s/{sandbox}/candidate/draft", json=body)
                assert (answer.status_code, answer.json()) == (200, {"seq": number})
            victim.kill()
            victim.start()
            assert victim.stored(sandbox, "sitting.draft") == {"question": "q2", "text": "draft 49", "seq": 49}
            assert victim.stored(sandbox, "sitting.answers[0].text") == "my first answer"
            assert browser.get(f"/s/{sandbox}/candidate/").status_code == 200, "the session survives too"
    finally:
        victim.stop()


def _interview_at_second_question(data: Path) -> str:
    hrms = build(data, lambda: datetime.now(UTC), Settings())
    sandbox, actor = hrms.sandboxes.create("web", "en", **SEED), Actor(Role.CANDIDATE, "c1", "Candidate")
    conduct.give_consent(sandbox, actor)
    conduct.check_devices(sandbox, actor, "skipped")
    conduct.submit_answer(sandbox, actor, "q1", "my first answer", 1)
    hrms.close()
    return sandbox.id


def test_a_taken_port_is_one_clear_sentence(program: Program, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox_hrms", "serve", "--port", str(program.port), "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert (
        done.stderr
        == f"Cannot listen on 127.0.0.1:{program.port} (Address already in use). Choose another --port.\n"
    )


def test_two_programs_do_not_share_a_data_folder(program: Program) -> None:
    command = [sys.executable, "-m", "sandbox_hrms", "serve", "--port", "0", "--data", str(program.data)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr == (
        f"{program.data} is in use by another program (database is locked). Choose another --data.\n"
    )


@pytest.mark.parametrize("file", ["_sessions.sqlite", "demo/hrms.sqlite"])
def test_a_damaged_data_folder_is_one_clear_sentence(tmp_path: Path, file: str) -> None:
    damaged = tmp_path / file
    damaged.parent.mkdir(exist_ok=True)
    damaged.write_bytes(b"no database" * 100)
    environment = {key: value for key, value in os.environ.items() if key != "HRMS_CONTROL_TOKEN"}
    command = [sys.executable, "-m", "sandbox_hrms", "serve", "--port", "0", "--data", str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr == (
        f"{tmp_path}: The data file {damaged.name} cannot be read. "
        "Bring the folder back from a backup, or choose another --data.\n"
    )


def test_alone_it_makes_a_demo_and_prints_the_ways_in(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "HRMS_CONTROL_TOKEN"}
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox_hrms", "serve", "--port", "0", "--data", str(tmp_path)],
        env={**environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process, process.stdout as said:
        lines = [said.readline() for _ in range(5)]
        process.terminate()
    assert lines[0] == "A demo sandbox is ready:\n"
    assert [line.split()[0] for line in lines[1:]] == ["candidate", "hr", "head", "admin"]


def test_the_contract_names_what_a_scenario_may_use() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sandbox_hrms", "contract"], capture_output=True, text=True, check=True
    )
    contract = json.loads(done.stdout)
    assert {"web", "app", "integrated", "cloud", "local", "suite"} <= set(contract["profiles"])
    assert "sales_two_openings" in contract["datasets"]
    assert {"crash", "offline", "disk_full"} <= set(contract["faults"])
    assert contract["roles"] == ["candidate", "hr", "head", "admin"]
    assert "to_review" in contract["states"]["interview"]
    assert "interview.submit" in contract["test_ids"]
    assert "candidates.row[*].status" in contract["patterns"]
    assert "interview_ended" in contract["events"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_class_of_sandboxes_may_be_open_at_once() -> None:
    program = (
        "import resource; hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1];"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard));"
        "from sandbox_hrms.main import lift_file_limit; lift_file_limit();"
        "soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0];"
        "print(soft == min(hard, 65536) if hard != resource.RLIM_INFINITY else soft == 65536)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
