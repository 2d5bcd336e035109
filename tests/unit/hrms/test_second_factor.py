"""The second step of a sign-in: a code that works once, a face that is only simulated, and guessing that ends."""

from datetime import timedelta
from typing import Any

import pyotp
import pytest

from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.app.sign_in import TICKET_SECONDS, SecondFactorNeeded, WrongCode
from sandbox_hrms.app.snapshot import events
from sandbox_hrms.core.errors import Forbidden, NotSignedIn, TooManyTries
from sandbox_hrms.core.faults import Fault
from sandbox_hrms.core.roles import Actor, Role


@pytest.fixture
def suite(hrms: Hrms) -> Sandbox:
    """A system that asks for codes."""
    return hrms.sandboxes.create("integrated", "en", "sales_two_openings", 7)


def ticket(hrms: Hrms, sandbox: Sandbox, role: Role = Role.HR) -> str:
    with pytest.raises(SecondFactorNeeded) as needed:
        hrms.sessions.sign_in(sandbox, role, *hrms.sessions.practice_account(sandbox, role))
    return needed.value.ticket


def code(hrms: Hrms, sandbox: Sandbox, held: str) -> str:
    return hrms.sessions.second_step(sandbox, Role.HR, held).practice_code


def test_the_password_alone_opens_nothing(hrms: Hrms, suite: Sandbox) -> None:
    held = ticket(hrms, suite)
    with pytest.raises(NotSignedIn):
        hrms.sessions.actor_of(suite.id, Role.HR, held)
    assert "signed_in" not in [one["kind"] for one in events(suite, 0)[0]]


def test_the_secret_is_shown_until_its_first_code_was_right(hrms: Hrms, suite: Sandbox) -> None:
    held = ticket(hrms, suite)
    step = hrms.sessions.second_step(suite, Role.HR, held)
    assert step.uri.startswith("otpauth://totp/")
    assert step.secret in step.uri
    assert hrms.sessions.second_step(suite, Role.HR, held).secret == step.secret
    cookie = hrms.sessions.finish(suite, Role.HR, held, f" {step.practice_code[:3]} {step.practice_code[3:]} ")
    assert hrms.sessions.actor_of(suite.id, Role.HR, cookie).role is Role.HR
    assert [one["kind"] for one in events(suite, 0)[0]][-2:] == ["signed_in", "second_factor_set"]
    again = hrms.sessions.second_step(suite, Role.HR, ticket(hrms, suite))
    assert (again.uri, again.secret) == ("", "")


@pytest.mark.parametrize("fault", [Fault.DISK_FULL, Fault.DB_LOCKED])
def test_a_store_that_refuses_keeps_nobody_from_setting_it_up(hrms: Hrms, suite: Sandbox, fault: Fault) -> None:
    hrms.sandboxes.inject(suite.id, fault, None)
    held = ticket(hrms, suite)
    cookie = hrms.sessions.finish(suite, Role.HR, held, code(hrms, suite, held))
    assert hrms.sessions.actor_of(suite.id, Role.HR, cookie).role is Role.HR
    assert [one["kind"] for one in events(suite, 0)[0]][-2:] == ["signed_in", "second_factor_set"]
    assert suite.faults.has(fault)


def test_a_code_of_an_app_works_once_and_for_one_step_around_now(hrms: Hrms, suite: Sandbox, clock: Any) -> None:
    held = ticket(hrms, suite)
    app = pyotp.TOTP(hrms.sessions.second_step(suite, Role.HR, held).secret)
    used = app.at(clock())
    hrms.sessions.finish(suite, Role.HR, held, used)
    second = ticket(hrms, suite)
    for refused in (
        used,
        app.at(clock() - timedelta(seconds=30)),
        app.at(clock() + timedelta(seconds=60)),
        "000000",
        "",
    ):
        with pytest.raises(WrongCode):
            hrms.sessions.finish(suite, Role.HR, second, refused)
    clock.forward(30)
    assert hrms.sessions.finish(suite, Role.HR, ticket(hrms, suite), app.at(clock()))


def test_the_practice_phone_never_shows_a_used_code(hrms: Hrms, suite: Sandbox, clock: Any) -> None:
    shown = []
    for _ in range(2):
        held = ticket(hrms, suite)
        shown.append(code(hrms, suite, held))
        hrms.sessions.finish(suite, Role.HR, held, shown[-1])
    assert len(set(shown)) == 2
    assert code(hrms, suite, ticket(hrms, suite)) == ""
    clock.forward(60)
    assert code(hrms, suite, ticket(hrms, suite))


def test_guessing_codes_ends(hrms: Hrms, suite: Sandbox, clock: Any) -> None:
    held = ticket(hrms, suite)
    right = code(hrms, suite, held)
    for _ in range(5):
        with pytest.raises(WrongCode):
            hrms.sessions.finish(suite, Role.HR, held, "123")
    with pytest.raises(TooManyTries):
        hrms.sessions.finish(suite, Role.HR, held, right)
    with pytest.raises(NotSignedIn):
        hrms.sessions.finish(suite, Role.HR, held, right)
    fresh = ticket(hrms, suite)
    for _ in range(5):
        with pytest.raises(WrongCode):
            hrms.sessions.finish(suite, Role.HR, fresh, "123")
    with pytest.raises(TooManyTries):
        hrms.sessions.finish(suite, Role.HR, ticket(hrms, suite), code(hrms, suite, ticket(hrms, suite)))
    clock.forward(61)
    last = ticket(hrms, suite)
    assert hrms.sessions.finish(suite, Role.HR, last, code(hrms, suite, last))


def test_a_ticket_is_of_one_place_and_one_role_and_ages(hrms: Hrms, suite: Sandbox, clock: Any) -> None:
    other = hrms.sandboxes.create("integrated", "en", "sales_two_openings", 7)
    held = ticket(hrms, suite)
    for place, role in ((other, Role.HR), (suite, Role.ADMIN)):
        with pytest.raises(NotSignedIn):
            hrms.sessions.second_step(place, role, held)
        with pytest.raises(NotSignedIn):
            hrms.sessions.finish(place, role, held, "123456")
    clock.forward(TICKET_SECONDS)
    with pytest.raises(NotSignedIn):
        hrms.sessions.second_step(suite, Role.HR, held)


def test_an_administrator_resets_a_lost_second_factor(hrms: Hrms, suite: Sandbox, hr: Actor) -> None:
    admin = Actor(Role.ADMIN, "admin", "Robin")
    held = ticket(hrms, suite)
    old = hrms.sessions.second_step(suite, Role.HR, held).secret
    hrms.sessions.finish(suite, Role.HR, held, code(hrms, suite, held))
    assert hrms.sessions.second_factors(suite, admin)[Role.HR]
    with pytest.raises(Forbidden):
        hrms.sessions.reset_second_factor(suite, hr, Role.HR)
    hrms.sessions.reset_second_factor(suite, admin, Role.HR)
    assert not hrms.sessions.second_factors(suite, admin)[Role.HR]
    assert hrms.sessions.second_step(suite, Role.HR, ticket(hrms, suite)).secret not in {"", old}
    assert events(suite, 0)[0][-1]["kind"] == "second_factor_reset"


def test_a_face_does_not_open_a_system_that_asks_for_codes(hrms: Hrms, suite: Sandbox) -> None:
    with pytest.raises(WrongCode):
        hrms.sessions.finish_face(suite, Role.HR, ticket(hrms, suite), matched=True)


def test_the_simulated_face_opens_where_the_profile_asks_for_it(
    hrms: Hrms, suite: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = suite.profile.policy
    face = policy.model_copy(update={"sign_in": policy.sign_in.model_copy(update={"second_factor": "face"})})
    monkeypatch.setattr(suite, "profile", suite.profile.model_copy(update={"policy": face}))
    held = ticket(hrms, suite)
    assert hrms.sessions.second_step(suite, Role.HR, held).kind == "face"
    with pytest.raises(WrongCode):
        hrms.sessions.finish_face(suite, Role.HR, held, matched=False)
    assert hrms.sessions.finish_face(suite, Role.HR, held, matched=True)


def test_a_link_of_the_trainer_is_a_key_by_itself(hrms: Hrms, suite: Sandbox) -> None:
    key = hrms.sessions.issue_link(suite, Role.HR).partition("key=")[2]
    assert hrms.sessions.enter(suite, Role.HR, key)
