"""Faults over the control API, felt over HTTP by one sandbox and by no other."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from sandbox_hrms.app import conduct
from sandbox_hrms.app.service import Settings, build
from sandbox_hrms.core.roles import Actor, Role
from tests.contract.test_control_api import SEED, Program, error_of

TYPING, BESIDE = "typing", "beside"
SEQ = [0]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    data = tmp_path_factory.mktemp("data")
    hrms = build(data, lambda: datetime.now(UTC), Settings())
    for one in (TYPING, BESIDE):
        sandbox = hrms.sandboxes.create("web", "en", **SEED, sandbox_id=one)
        actor = Actor(Role.CANDIDATE, sandbox.context.candidate.id, sandbox.context.candidate.name)
        conduct.give_consent(sandbox, actor)
        conduct.check_devices(sandbox, actor, "skipped")
    hrms.close()
    program = Program(data)
    yield program
    program.stop()


def inject(program: Program, sandbox: str, **order: Any) -> dict[str, Any]:
    answer = program.control.post(f"/sandboxes/{sandbox}/faults", json=order)
    assert answer.status_code == 202, answer.text
    told: dict[str, Any] = answer.json()
    return told


def clear(program: Program, sandbox: str, fault: str) -> None:
    assert program.control.delete(f"/sandboxes/{sandbox}/faults/{fault}").status_code == 204


def active(program: Program, sandbox: str) -> dict[str, float | None]:
    found = program.control.get(f"/sandboxes/{sandbox}/faults").raise_for_status().json()
    return {one["fault"]: one["seconds"] for one in found}


def test_faults_are_listed_with_the_seconds_that_are_left(program: Program) -> None:
    sandbox, neighbour = program.create()["id"], program.create()["id"]
    assert inject(program, sandbox, fault="slow") == {"fault": "slow", "seconds": None}
    assert inject(program, sandbox, fault="disconnected") == {"fault": "disconnected", "seconds": 3.0}
    assert inject(program, sandbox, fault="offline", seconds=60) == {"fault": "offline", "seconds": 60.0}
    found = active(program, sandbox)
    assert found["slow"] is None
    assert 0 < (found["disconnected"] or 0) <= 3
    assert 50 < (found["offline"] or 0) <= 60
    assert active(program, neighbour) == {}
    program.control.post(f"/sandboxes/{sandbox}/reset").raise_for_status()
    assert active(program, sandbox) == {}


@pytest.mark.parametrize(
    "order", [{"fault": "fire"}, {"fault": "slow", "seconds": 0}, {"fault": "slow", "seconds": 601}, {}]
)
def test_a_wrong_order_is_refused(program: Program, order: dict[str, Any]) -> None:
    sandbox = program.create()["id"]
    answer = program.control.post(f"/sandboxes/{sandbox}/faults", json=order)
    assert error_of(answer) == (422, "invalid")
    assert active(program, sandbox) == {}


def test_a_fault_outlasts_a_killed_process(program: Program) -> None:
    sandbox = program.create()["id"]
    inject(program, sandbox, fault="disk_full")
    program.kill()
    program.start()
    assert active(program, sandbox) == {"disk_full": None}
    clear(program, sandbox, "disk_full")
    assert active(program, sandbox) == {}


def test_a_cut_network_reaches_the_trainee_and_nobody_else(program: Program) -> None:
    sandbox, neighbour = program.create()["id"], program.create()["id"]
    home, page = f"/s/{sandbox}/candidate/", {"accept": "text/html"}
    with (
        program.sign_in(sandbox, "candidate") as trainee,
        program.sign_in(neighbour, "candidate") as other,
        program.sign_in(sandbox, "hr", read_only=True) as observer,
    ):
        inject(program, sandbox, fault="disconnected", seconds=None)
        shown = trainee.get(home, headers=page)
        assert shown.status_code == 503
        assert "banner.disconnected" in shown.text
        for answer in (trainee.get(f"{home}ping"), trainee.post(f"{home}draft", json={})):
            assert (answer.status_code, answer.content) == (503, b"")
        left = trainee.post(f"{home}sign-out", headers=page)
        assert (left.status_code, f'const home = "{home}"' in left.text) == (503, True)
        assert other.get(f"/s/{neighbour}/candidate/", headers=page).status_code == 200
        assert observer.get(f"/s/{sandbox}/hr/", headers=page).status_code == 200
        with program.sign_in(sandbox, "head", read_only=True) as late:
            assert late.get(f"/s/{sandbox}/head/", headers=page).status_code == 200
        clear(program, sandbox, "disconnected")
        assert trainee.get(home, headers=page).status_code == 200


def test_a_slow_sandbox_answers_late_and_its_neighbour_in_time(program: Program) -> None:
    sandbox, neighbour = program.create()["id"], program.create()["id"]
    with program.sign_in(sandbox, "candidate") as trainee, program.sign_in(neighbour, "candidate") as other:

        def seconds(browser: httpx.Client, place: str) -> float:
            begun = time.monotonic()
            assert browser.get(f"/s/{place}/candidate/ping").status_code == 204
            return time.monotonic() - begun

        inject(program, sandbox, fault="slow")
        assert seconds(trainee, sandbox) >= 1.5 > seconds(other, neighbour)
        clear(program, sandbox, "slow")
        assert seconds(trainee, sandbox) < 1.5


@pytest.mark.parametrize("fault", ["db_locked", "disk_full"])
def test_a_draft_that_cannot_be_kept_is_told_by_its_reason(program: Program, fault: str) -> None:
    inject(program, TYPING, fault=fault)
    with program.sign_in(BESIDE, "candidate") as other:
        assert _type(other, BESIDE).status_code == 200
    clear(program, TYPING, fault)
    with program.sign_in(TYPING, "candidate") as trainee:
        inject(program, TYPING, fault=fault)
        assert error_of(_type(trainee, TYPING)) == (503, fault)
        assert trainee.get(f"/s/{TYPING}/candidate/").status_code == 200
        clear(program, TYPING, fault)
        assert _type(trainee, TYPING).json() == {"seq": SEQ[-1]}


def _type(browser: httpx.Client, sandbox: str) -> httpx.Response:
    SEQ.append(SEQ[-1] + 1)
    body = {"sitting": "i1-1", "question": "q1", "seq": SEQ[-1], "text": "typed"}
    return browser.post(f"/s/{sandbox}/candidate/draft", json=body)
