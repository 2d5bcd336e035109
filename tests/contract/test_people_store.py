"""What the keeper of accounts promises, on each kind of database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from trainer.adapters.database import Database
from trainer.adapters.people_store import StoredPeople
from trainer.core.people import Account, AuditLine, Link, Role, SignIn

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANN = Account("a1", "ann", "安", Role.ADMINISTRATOR, NOON)
BOB = Account("a2", "bob", "Bob", Role.INSTRUCTOR, NOON, password="x", totp="S", totp_step=7, closed=NOON)
ANNS = Link("a1", by_mail=False)


@pytest.fixture
def store(database: Database) -> StoredPeople:
    kept = StoredPeople(database)
    for account in (BOB, ANN):
        kept.save_account(account)
    return kept


def test_accounts_come_back_as_they_were(store: StoredPeople) -> None:
    assert store.accounts() == (ANN, BOB)
    assert (store.account("a2"), store.account("a3")) == (BOB, None)
    store.save_account(replace(ANN, name="Anne"))
    assert store.account("a1") == replace(ANN, name="Anne")


def test_a_time_step_is_taken_once_and_no_earlier_one_after_it(store: StoredPeople) -> None:
    assert [store.take_step("a2", step) for step in (7, 9, 9, 8, 10)] == [False, True, False, False, True]


def test_sign_ins_are_listed_and_ended(store: StoredPeople) -> None:
    first, second = SignIn("h1", "a1", NOON, NOON, "Firefox"), SignIn("h2", "a1", NOON + HOUR, NOON, "Edge")
    other = SignIn("h3", "a2", NOON, NOON, "")
    for one in (first, second, other):
        store.save_sign_in(one)
    store.save_sign_in(replace(first, seen=NOON + HOUR))
    assert store.sign_ins("a1") == (second, replace(first, seen=NOON + HOUR))
    store.end_sign_ins("a1", "h3")
    assert store.sign_in("h3") == other
    store.end_sign_ins("a1", "h1")
    assert store.sign_ins("a1") == (second,)
    store.end_sign_ins("a1")
    assert store.sign_in("h2") is None


def test_a_link_holds_once_until_its_time_and_a_newer_one_takes_its_place(store: StoredPeople) -> None:
    store.keep_link("t1", ANNS, NOON)
    assert (store.take_link("t1", NOON - HOUR), store.take_link("t1", NOON - HOUR)) == (ANNS, None)
    store.keep_link("t2", ANNS, NOON)
    assert store.take_link("t2", NOON) is None
    store.keep_link("t3", ANNS, NOON)
    store.keep_link("t4", ANNS, NOON)
    assert (store.take_link("t3", NOON - HOUR), store.take_link("t4", NOON - HOUR)) == (None, ANNS)


def test_a_link_by_mail_leaves_that_of_an_administrator_until_one_of_them_is_used(store: StoredPeople) -> None:
    mailed = Link("a1", by_mail=True)
    for token, link in (("t1", ANNS), ("t2", mailed), ("t3", mailed)):
        store.keep_link(token, link, NOON)
    store.keep_link("t4", Link("a2", by_mail=False), NOON)
    assert store.take_link("t2", NOON - HOUR) is None
    assert store.take_link("t3", NOON - HOUR) == mailed
    assert store.take_link("t1", NOON - HOUR) is None
    assert store.take_link("t4", NOON - HOUR) == Link("a2", by_mail=False)


def test_only_what_holds_no_more_is_tidied_away(store: StoredPeople) -> None:
    store.save_sign_in(SignIn("h1", "a1", NOON, NOON, ""))
    store.save_sign_in(SignIn("h2", "a1", NOON, NOON + HOUR, ""))
    store.keep_link("t1", ANNS, NOON)
    store.keep_link("t2", Link("a2", by_mail=False), NOON + 2 * HOUR)
    assert store.tidy(NOON + HOUR, NOON + HOUR) == 2
    assert [one.id for one in store.sign_ins("a1")] == ["h2"]
    assert store.take_link("t2", NOON) == Link("a2", by_mail=False)
    assert store.tidy(NOON + HOUR, NOON + HOUR) == 0


def test_the_audit_log_tells_the_newest_first(store: StoredPeople) -> None:
    lines = [AuditLine(NOON, "ann", what, "x") for what in ("one", "two", "three")]
    for line in lines:
        store.note(line)
    assert store.audit(2) == (lines[2], lines[1])
