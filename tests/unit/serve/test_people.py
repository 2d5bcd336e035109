"""Accounts: one-time links, signing in, the second factor, and being shut out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count

import pyotp
import pytest

from trainer.adapters.database import Database
from trainer.adapters.passwords import Argon2Passwords
from trainer.adapters.people_store import StoredPeople
from trainer.app.people import NotAllowed, People
from trainer.core.errors import BadInput
from trainer.core.people import Role

PASSWORD = "correct horse"


class Clock:
    """A clock that stands until somebody lets time pass."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 26, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people(clock: Clock) -> Iterator[People]:
    numbers = count()
    with closing(Database("sqlite://")) as database:
        yield People(StoredPeople(database), Argon2Passwords(), clock, lambda: f"{next(numbers):032x}")


def known(people: People, login: str = "ann", role: Role = Role.INSTRUCTOR) -> str:
    """Make an account with a password and return its login."""
    people.set_password(people.link(login, role=role), PASSWORD)
    return login


def test_a_link_sets_a_password_once(people: People) -> None:
    assert people.is_empty()
    link = people.link("Ann ", name="Ann Lee", role=Role.ADMINISTRATOR)
    assert people.set_password(link, PASSWORD).name == "Ann Lee"
    assert not people.is_empty()
    with pytest.raises(NotAllowed, match="not hold any more"):
        people.set_password(link, PASSWORD)


def test_a_bad_password_does_not_use_the_link_up(people: People) -> None:
    link = people.link("ann", role=Role.INSTRUCTOR)
    for password in ("short", "x" * 201):
        with pytest.raises(BadInput, match="at least 10"):
            people.set_password(link, password)
    people.set_password(link, PASSWORD)


def test_a_link_holds_two_days(people: People, clock: Clock) -> None:
    link = people.link("ann", role=Role.INSTRUCTOR)
    clock.passes(hours=48)
    with pytest.raises(NotAllowed):
        people.set_password(link, PASSWORD)


def test_no_link_for_nobody(people: People) -> None:
    with pytest.raises(BadInput, match="no account bob"):
        people.link("bob")
    with pytest.raises(BadInput, match="2 to 80"):
        people.link("<b>", role=Role.INSTRUCTOR)


def test_each_sign_in_has_a_secret_of_its_own(people: People) -> None:
    known(people)
    first, second = (people.enter(" ANN", PASSWORD, "", "Firefox") for _one in range(2))
    assert first != second
    who = people.who(first)
    assert who is not None
    assert (who.login, who.may(Role.INSTRUCTOR), who.may(Role.ADMINISTRATOR)) == ("ann", True, False)
    assert [one.browser for one in people.sign_ins(who)] == ["Firefox", "Firefox"]
    people.leave(first)
    assert people.who(first) is None
    assert people.who(second) is not None


@pytest.mark.parametrize(("login", "password"), [("ann", "wrong"), ("bob", PASSWORD), ("ann", ""), ("", "")])
def test_it_is_not_said_what_is_wrong(people: People, login: str, password: str) -> None:
    known(people)
    with pytest.raises(NotAllowed, match=r"^Login, password or code is wrong\.$"):
        people.enter(login, password, "", "")


def test_guessing_is_slowed_down(people: People, clock: Clock) -> None:
    known(people)
    for _try in range(5):
        with pytest.raises(NotAllowed, match="is wrong"):
            people.enter("ann", "wrong", "", "")
    with pytest.raises(NotAllowed, match="Too many"):
        people.enter("ann", PASSWORD, "", "")
    clock.passes(minutes=5)
    assert people.enter("ann", PASSWORD, "", "")


def test_a_code_is_asked_for_and_taken_once(people: People, clock: Clock) -> None:
    known(people)
    ann = people.who(people.enter("ann", PASSWORD, "", ""))
    assert ann is not None
    secret = people.new_totp()
    with pytest.raises(NotAllowed, match="does not fit"):
        people.set_totp(ann, secret, "000000")
    now = pyotp.TOTP(secret)
    people.set_totp(ann, secret, now.at(clock.now))
    clock.passes(seconds=60)
    code = now.at(clock.now)
    with pytest.raises(NotAllowed):
        people.enter("ann", PASSWORD, "", "")
    assert people.enter("ann", PASSWORD, code, "")
    with pytest.raises(NotAllowed):
        people.enter("ann", PASSWORD, code, "")


def test_a_new_password_ends_all_sign_ins(people: People) -> None:
    known(people)
    secret = people.enter("ann", PASSWORD, "", "")
    people.set_password(people.link("ann"), "another password")
    assert people.who(secret) is None


def test_who_was_not_seen_for_half_a_day_signs_in_again(people: People, clock: Clock) -> None:
    known(people)
    secret = people.enter("ann", PASSWORD, "", "")
    clock.passes(hours=11)
    assert people.who(secret) is not None
    clock.passes(hours=11)
    assert people.who(secret) is not None
    clock.passes(hours=12, seconds=1)
    assert people.who(secret) is None


def test_a_closed_account_is_shut_out_at_once(people: People) -> None:
    known(people)
    known(people, "root", Role.ADMINISTRATOR)
    secret, root = people.enter("ann", PASSWORD, "", ""), people.who(people.enter("root", PASSWORD, "", ""))
    ann = people.who(secret)
    assert ann is not None
    assert root is not None
    people.close(ann.id, by=root)
    assert people.who(secret) is None
    with pytest.raises(NotAllowed):
        people.enter("ann", PASSWORD, "", "")
    with pytest.raises(NotAllowed, match="cannot be closed"):
        people.close(root.id, by=root)


def test_what_was_done_is_written_down(people: People) -> None:
    known(people)
    people.enter("ann", PASSWORD, "", "")
    assert [line.what for line in people.audit()] == ["signed_in", "password_set", "link_made"]
