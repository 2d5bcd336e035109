"""Keys, passwords and sessions: who gets in, where to, and for how long."""

from pathlib import Path
from typing import Any

import pytest

from sandbox_hrms.app import audit
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.service import Hrms, Settings, build
from sandbox_hrms.app.sign_in import SESSION_SECONDS
from sandbox_hrms.app.snapshot import events, snapshot
from sandbox_hrms.core.errors import Down, Forbidden, NotSignedIn, TooManyTries
from sandbox_hrms.core.roles import Role


def key_of(path: str) -> str:
    return path.partition("key=")[2]


def enter(hrms: Hrms, sandbox: Sandbox, role: Role, *, read_only: bool = False) -> str:
    path = hrms.sessions.issue_link(sandbox, role, read_only=read_only)
    return hrms.sessions.enter(sandbox, role, key_of(path))


def test_a_link_signs_in_again_and_again(hrms: Hrms, sandbox: Sandbox) -> None:
    path = hrms.sessions.issue_link(sandbox, Role.CANDIDATE)
    assert path.startswith(f"/s/{sandbox.id}/candidate/enter?key=")
    first = hrms.sessions.enter(sandbox, Role.CANDIDATE, key_of(path))
    second = hrms.sessions.enter(sandbox, Role.CANDIDATE, key_of(path))
    assert first != second
    actor = hrms.sessions.actor_of(sandbox.id, Role.CANDIDATE, first)
    assert (actor.id, actor.name) == (sandbox.context.candidate.id, sandbox.context.candidate.name)
    assert [one["kind"] for one in events(sandbox, 0)[0]] == ["signed_in", "signed_in"]


def test_a_key_opens_one_sandbox_in_one_role(hrms: Hrms, sandbox: Sandbox) -> None:
    other = hrms.sandboxes.create("web", "en", "sales_two_openings", 7)
    key = key_of(hrms.sessions.issue_link(sandbox, Role.CANDIDATE))
    for place, role in ((other, Role.CANDIDATE), (sandbox, Role.HR)):
        with pytest.raises(NotSignedIn):
            hrms.sessions.enter(place, role, key)
    cookie = hrms.sessions.enter(sandbox, Role.CANDIDATE, key)
    for sandbox_id, role in ((other.id, Role.CANDIDATE), (sandbox.id, Role.HR)):
        with pytest.raises(NotSignedIn):
            hrms.sessions.actor_of(sandbox_id, role, cookie)


@pytest.mark.parametrize("cookie", [None, "", "made-up"])
def test_a_made_up_cookie_is_nobody(hrms: Hrms, sandbox: Sandbox, cookie: str | None) -> None:
    with pytest.raises(NotSignedIn):
        hrms.sessions.actor_of(sandbox.id, Role.HR, cookie)


def test_a_session_ends_by_age_by_sign_out_and_by_revocation(hrms: Hrms, sandbox: Sandbox, clock: Any) -> None:
    aged = enter(hrms, sandbox, Role.HR)
    clock.forward(SESSION_SECONDS)
    left, revoked = enter(hrms, sandbox, Role.HR), enter(hrms, sandbox, Role.HR)
    hrms.sessions.sign_out(sandbox, Role.HR, left)
    hrms.sessions.sign_out(sandbox, Role.HR, left)
    assert events(sandbox, 0)[0][-1]["kind"] == "signed_out"
    hr = hrms.sessions.actor_of(sandbox.id, Role.HR, revoked)
    left_again, entered, *_ = audit.entries(sandbox, hr).entries
    assert {left_again.subject_name, entered.subject_name} == {hr.name}
    for cookie in (aged, left):
        with pytest.raises(NotSignedIn):
            hrms.sessions.actor_of(sandbox.id, Role.HR, cookie)
    hrms.sessions.actor_of(sandbox.id, Role.HR, revoked)
    hrms.sessions.revoke(sandbox.id)
    with pytest.raises(NotSignedIn):
        hrms.sessions.actor_of(sandbox.id, Role.HR, revoked)


def test_a_looker_leaves_no_trace(hrms: Hrms, sandbox: Sandbox) -> None:
    before = snapshot(sandbox)
    cookie = enter(hrms, sandbox, Role.HR, read_only=True)
    assert hrms.sessions.actor_of(sandbox.id, Role.HR, cookie).read_only
    hrms.sessions.sign_out(sandbox, Role.HR, cookie)
    assert snapshot(sandbox) == before


@pytest.mark.parametrize("role", [Role.HR, Role.HEAD, Role.ADMIN])
def test_the_practice_account_signs_in(hrms: Hrms, sandbox: Sandbox, role: Role) -> None:
    name, password = hrms.sessions.practice_account(sandbox, role)
    assert hrms.sessions.practice_account(sandbox, role) == (name, password)
    cookie = hrms.sessions.sign_in(sandbox, role, f" {name.upper()} ", password)
    assert hrms.sessions.actor_of(sandbox.id, role, cookie).role is role
    other = hrms.sandboxes.create("web", "en", "sales_two_openings", 7)
    assert hrms.sessions.practice_account(other, role)[1] != password


def test_a_candidate_comes_by_link_only(hrms: Hrms, sandbox: Sandbox) -> None:
    with pytest.raises(NotSignedIn):
        hrms.sessions.sign_in(sandbox, Role.CANDIDATE, "candidate", "")
    with pytest.raises(Forbidden):
        hrms.sessions.practice_account(sandbox, Role.CANDIDATE)
    with pytest.raises(Forbidden):
        hrms.sessions.issue_link(sandbox, Role.SYSTEM)


def test_guessing_is_stopped_for_a_minute(hrms: Hrms, sandbox: Sandbox, clock: Any) -> None:
    name, password = hrms.sessions.practice_account(sandbox, Role.HR)
    for _ in range(10):
        with pytest.raises(NotSignedIn):
            hrms.sessions.sign_in(sandbox, Role.HR, name, "guess")
    with pytest.raises(TooManyTries):
        hrms.sessions.sign_in(sandbox, Role.HR, name, password)
    clock.forward(61)
    hrms.sessions.sign_in(sandbox, Role.HR, name, password)


def test_nobody_signs_in_while_the_sandbox_is_down(hrms: Hrms, sandbox: Sandbox) -> None:
    key = key_of(hrms.sessions.issue_link(sandbox, Role.HR))
    hrms.sandboxes.crash(sandbox.id, 3)
    with pytest.raises(Down):
        hrms.sessions.enter(hrms.sandboxes.open(sandbox.id), Role.HR, key)


def test_sessions_and_links_survive_a_restart_and_are_stored_as_hashes(
    hrms: Hrms, sandbox: Sandbox, root: Path, clock: Any
) -> None:
    path = hrms.sessions.issue_link(sandbox, Role.HR)
    cookie = hrms.sessions.enter(sandbox, Role.HR, key_of(path))
    hrms.close()
    files = b"".join(file.read_bytes() for file in root.rglob("*.sqlite*"))
    assert cookie.encode() not in files
    assert key_of(path).encode() not in files
    again = build(root, clock, Settings())
    try:
        assert again.sessions.actor_of(sandbox.id, Role.HR, cookie).role is Role.HR
        assert again.sessions.enter(again.sandboxes.open(sandbox.id), Role.HR, key_of(path))
    finally:
        again.close()
