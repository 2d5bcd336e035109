"""Accounts: one-time links, signing in, the second factor, and being shut out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher

import trainer
from trainer.adapters import passwords
from trainer.adapters.database import Database
from trainer.adapters.passwords import Argon2Passwords
from trainer.adapters.people_store import StoredPeople
from trainer.app.people import (
    FREE_ASKS,
    FREE_TRIES,
    FREE_TRIES_OF_A_PLACE,
    LETTERS,
    NotAllowed,
    People,
    Undelivered,
)
from trainer.core.errors import BadInput
from trainer.core.people import Role
from trainer.core.workshop import Phase
from trainer.web.pages import words

PASSWORD = "correct horse"
MAIL = "ann@example.com"


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
def people(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[People]:
    """Return people without accounts, whose passwords are hashed quickly."""
    monkeypatch.setattr(passwords, "PasswordHasher", partial(PasswordHasher, time_cost=1, memory_cost=64))
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


def guess(people: People, times: int, login: str = "ann", place: str = "elsewhere") -> None:
    """Try wrong passwords."""
    for number in range(times):
        with pytest.raises(NotAllowed, match="is wrong"):
            people.enter(login, f"wrong {number}", "", "", place)


def test_guessing_is_slowed_down(people: People, clock: Clock) -> None:
    known(people)
    guess(people, FREE_TRIES)
    for seconds in (1, 2, 4, 8, 16, 32, 60, 60):
        with pytest.raises(NotAllowed, match="Too many"):
            people.enter("ann", PASSWORD, "", "", "elsewhere")
        clock.passes(seconds=seconds - 0.1)
        with pytest.raises(NotAllowed, match="Too many"):
            people.enter("ann", PASSWORD, "", "", "elsewhere")
        clock.passes(seconds=0.1)
        guess(people, 1)
    clock.passes(minutes=1)
    assert people.enter("ann", PASSWORD, "", "", "elsewhere")
    guess(people, FREE_TRIES)


def test_nobody_is_locked_out_by_somebody_elses_guesses(people: People) -> None:
    known(people)
    keepsake = people.keepsake(people.enter("ann", PASSWORD, "", "", "at home"))
    guess(people, FREE_TRIES, place="at home")
    with pytest.raises(NotAllowed, match="Too many"):
        people.enter("ann", PASSWORD, "", "", "at home")
    assert people.enter("ann", PASSWORD, "", "", "elsewhere")
    assert people.enter("ann", PASSWORD, "", "", "at home", keepsake)
    with pytest.raises(NotAllowed, match="Too many"):
        people.enter("ann", PASSWORD, "", "", "at home", "x" * 64)


def test_a_browser_that_is_known_may_not_guess_either(people: People) -> None:
    known(people)
    keepsake = people.keepsake(people.enter("ann", PASSWORD, "", ""))
    for number in range(FREE_TRIES):
        with pytest.raises(NotAllowed, match="is wrong"):
            people.enter("ann", "wrong", "", "", f"place {number}", keepsake)
    with pytest.raises(NotAllowed, match="Too many"):
        people.enter("ann", PASSWORD, "", "", "another place", keepsake)
    people.set_password(people.link("ann"), "another password")
    with pytest.raises(NotAllowed, match="is wrong"):
        people.enter("ann", "wrong", "", "", "another place", keepsake)


def test_one_place_guesses_at_many_accounts_no_faster(people: People) -> None:
    for number in range(FREE_TRIES_OF_A_PLACE):
        guess(people, 1, f"login{number}")
    with pytest.raises(NotAllowed, match="Too many"):
        people.enter("another", "wrong", "", "", "elsewhere")
    guess(people, 1, "another", "at home")


def test_codes_of_the_second_factor_are_not_guessed_for_long(people: People, clock: Clock) -> None:
    known(people)
    ann = people.who(people.enter("ann", PASSWORD, "", ""))
    assert ann is not None
    secret = people.new_totp()
    people.set_totp(ann, secret, pyotp.TOTP(secret).at(clock.now))
    for number in range(FREE_TRIES):
        with pytest.raises(NotAllowed, match="is wrong"):
            people.enter("ann", PASSWORD, f"{number:06}", "")
    clock.passes(seconds=60)
    people.enter("ann", PASSWORD, pyotp.TOTP(secret).at(clock.now), "")
    for number in range(FREE_TRIES):
        with pytest.raises(NotAllowed, match="is wrong"):
            people.enter("ann", PASSWORD, f"{number:06}", "")
    with pytest.raises(NotAllowed, match="Too many"):
        people.enter("ann", PASSWORD, "123456", "")


def test_what_was_typed_as_a_login_is_written_down_only_if_it_is_one(people: People) -> None:
    known(people)
    guess(people, 1, "my secret password")
    guess(people, 1, "ANN")
    refused = [(line.who, line.about) for line in people.audit() if line.what == "sign_in_refused"]
    assert refused == [("ann", "ann"), ("", "")]


def test_what_holds_no_more_is_tidied_away(people: People, clock: Clock) -> None:
    known(people)
    old = people.enter("ann", PASSWORD, "", "")
    people.link("ann")
    clock.passes(hours=11)
    fresh = people.enter("ann", PASSWORD, "", "")
    assert people.tidy() == 0
    clock.passes(hours=2)
    assert people.tidy() == 1
    assert people.who(old) is None
    ann = people.who(fresh)
    assert ann is not None
    assert len(people.sign_ins(ann)) == 1
    clock.passes(hours=48)
    assert people.tidy() == 2


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


class Mailbox:
    """Takes letters with links, or not."""

    def __init__(self, *, broken: bool = False) -> None:
        self.letters: list[tuple[str, str]] = []
        self._broken = broken

    def send(self, address: str, secret: str) -> None:
        if self._broken:
            raise Undelivered("451 later")
        self.letters.append((address, secret))


def test_a_link_by_mail_sets_a_password_once_and_ends_all_sign_ins(people: People) -> None:
    box = Mailbox()
    signed_in = people.enter(known(people, MAIL), PASSWORD, "", "")
    people.send_reset(f" {MAIL.upper()} ", box)
    ((address, link),) = box.letters
    assert address == MAIL
    assert people.who(signed_in), "nothing has changed yet"
    people.set_password(link, "another password")
    assert people.who(signed_in) is None
    with pytest.raises(NotAllowed, match="not hold any more"):
        people.set_password(link, "a third password")
    assert people.enter(MAIL, "another password", "", "")


def test_a_link_by_mail_holds_half_an_hour_and_only_the_newest_one_does(people: People, clock: Clock) -> None:
    box = Mailbox()
    known(people, MAIL)
    people.send_reset(MAIL, box)
    people.send_reset(MAIL, box)
    first, second = (link for _address, link in box.letters)
    with pytest.raises(NotAllowed):
        people.set_password(first, "another password")
    clock.passes(minutes=30)
    with pytest.raises(NotAllowed):
        people.set_password(second, "another password")
    assert people.enter(MAIL, PASSWORD, "", "")


def test_a_mailbox_alone_does_not_take_the_second_factor_away(people: People, clock: Clock) -> None:
    box = Mailbox()
    ann = people.who(people.enter(known(people, MAIL), PASSWORD, "", ""))
    assert ann is not None
    secret = people.new_totp()
    people.set_totp(ann, secret, pyotp.TOTP(secret).at(clock.now))
    people.send_reset(MAIL, box)
    people.set_password(box.letters[0][1], "another password")
    clock.passes(seconds=60)
    with pytest.raises(NotAllowed):
        people.enter(MAIL, "another password", "", "")
    assert people.enter(MAIL, "another password", pyotp.TOTP(secret).at(clock.now), "")
    people.set_password(people.link(MAIL), PASSWORD)
    assert people.enter(MAIL, PASSWORD, "", "")


def test_only_an_account_with_a_password_and_an_address_gets_a_letter(people: People) -> None:
    box = Mailbox()
    known(people)
    known(people, MAIL)
    root = people.who(people.enter(known(people, "root", Role.ADMINISTRATOR), PASSWORD, "", ""))
    assert root is not None
    closed = people.set_password(people.link("bob@example.com", role=Role.INSTRUCTOR), PASSWORD)
    people.link("new@example.com", role=Role.INSTRUCTOR)
    people.close(closed.id, by=root)
    others = ("nobody", "bob", "new", f"{MAIL}\r\nBcc: all")
    for login in ("ann", *(f"{one}@example.com" for one in others)):
        people.send_reset(login, box)
    assert box.letters == []


def test_an_account_that_is_closed_while_a_password_is_hashed_stays_closed(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(people, "boss", Role.ADMINISTRATOR)
    link = people.link("ann", role=Role.INSTRUCTOR)
    ann, boss = people.all()
    hashed = Argon2Passwords.hash

    def closed_meanwhile(self: Argon2Passwords, password: str) -> str:
        people.close(ann.id, by=boss)
        return hashed(self, password)

    monkeypatch.setattr(Argon2Passwords, "hash", closed_meanwhile)
    with pytest.raises(NotAllowed, match="not hold any more"):
        people.set_password(link, PASSWORD)
    assert people.all()[0].closed is not None
    with pytest.raises(NotAllowed):
        people.enter("ann", PASSWORD, "", "")


def test_a_second_factor_that_is_set_up_brings_no_old_password_back(people: People, clock: Clock) -> None:
    stale = people.set_password(people.link("ann", role=Role.INSTRUCTOR), PASSWORD)
    people.set_password(people.link("ann"), "another horse")
    secret = people.new_totp()
    people.set_totp(stale, secret, pyotp.TOTP(secret).at(clock()))
    clock.passes(minutes=1)
    code = pyotp.TOTP(secret).at(clock())
    with pytest.raises(NotAllowed):
        people.enter("ann", PASSWORD, code, "")
    assert people.enter("ann", "another horse", code, "")


@pytest.mark.parametrize("mailed", [True, False])
def test_a_closed_account_is_not_opened_by_a_link_of_before(people: People, *, mailed: bool) -> None:
    box = Mailbox()
    known(people, MAIL)
    people.send_reset(MAIL, box)
    link = box.letters[0][1] if mailed else people.link(MAIL)
    root = people.who(people.enter(known(people, "root", Role.ADMINISTRATOR), PASSWORD, "", ""))
    assert root is not None
    people.close(next(one.id for one in people.all() if one.login == MAIL), by=root)
    with pytest.raises(NotAllowed):
        people.set_password(link, "another password")


def test_nobodys_mailbox_is_flooded(people: People, clock: Clock) -> None:
    box = Mailbox()
    known(people, MAIL)
    for _ask in range(LETTERS + 3):
        people.send_reset(MAIL, box)
    assert len(box.letters) == LETTERS
    clock.passes(hours=1)
    people.send_reset(MAIL, box)
    assert len(box.letters) == LETTERS + 1
    for _ask in range(FREE_ASKS):
        people.need_few_asks("here")
    with pytest.raises(NotAllowed, match="Too many"):
        people.need_few_asks("here")
    people.need_few_asks("elsewhere")


def test_the_audit_log_tells_what_became_of_a_letter(people: People) -> None:
    known(people, MAIL)
    people.send_reset(MAIL, Mailbox(broken=True))
    people.send_reset(MAIL, Mailbox())
    assert [(line.what, line.about) for line in people.audit(2)] == [
        ("reset_sent", MAIL),
        ("reset_undelivered", MAIL),
    ]


def test_what_was_done_is_written_down(people: People) -> None:
    known(people)
    people.enter("ann", PASSWORD, "", "")
    assert [line.what for line in people.audit()] == ["signed_in", "password_set", "link_made"]


def noted_codes() -> set[str]:
    """Return the codes that the source writes into the audit log, or hands on to be written there."""
    writers = {"note", "_tell_all", "_changed"}
    found = set()
    for file in Path(trainer.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call):
                names = {one.attr for one in (call.func, *call.args) if isinstance(one, ast.Attribute)}
                texts = {one.value for one in call.args if isinstance(one, ast.Constant)}
                found |= {text for text in texts if isinstance(text, str) and text} if names & writers else set()
    return found | {f"workshop_{phase}" for phase in Phase if phase is not Phase.LOBBY}


def test_whatever_is_written_down_is_told_in_words() -> None:
    assert noted_codes() == words.AUDIT.keys()
    assert words.done("fault_slow", str) == "Failure let strike: Slow"
    assert words.done("of_another_version", str) == "of_another_version"


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/143.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/143.0 Safari/537.36 Edg/143.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Version/18.6 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) Gecko/145.0 Firefox/145.0", "Firefox on Android"),
        ("curl/8.5", "curl/8.5"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_called_by_its_name(agent: str, shown: str) -> None:
    assert words.browser(agent, str) == shown
