"""What the keeper of workshops promises, on each kind of database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from trainer.adapters.database import Database
from trainer.adapters.workshop_store import StoredWorkshops
from trainer.core.errors import BrokenEnvironment
from trainer.core.workshop import Feedback, Phase, Seat, Workshop

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
WORKSHOP = Workshop("w1", "AAAA2222", "周一班", "hr", ("a", "b"), "t", "guided", "host", NOON)
ANN = Seat("s1", "w1", "ann", "owner-1", "PERSONAL1")
BOB = Seat(
    "s2", "w1", "Bob", "owner-2", "PERSONAL2", joined=NOON, asked=NOON, hint="Look", unlocked=2, fault="slow"
)


@pytest.fixture
def store(database: Database) -> StoredWorkshops:
    kept = StoredWorkshops(database)
    kept.save(WORKSHOP)
    kept.save_seats([BOB, ANN])
    return kept


def test_a_workshop_and_its_seats_come_back_as_they_were(store: StoredWorkshops) -> None:
    assert store.get("w1") == store.coded("AAAA2222") == WORKSHOP
    assert store.get("w2") is store.coded("X") is store.seat("s3") is None
    assert store.seats("w1") == (ANN, BOB)
    assert (store.seat("s2"), store.personal("PERSONAL1")) == (BOB, ANN)


def test_the_last_save_counts(store: StoredWorkshops) -> None:
    ended = replace(WORKSHOP, phase=Phase.ENDED, ended=NOON, message="Bye")
    store.save(ended)
    store.save_seats([replace(ANN, removed=True)])
    assert store.get("w1") == ended
    assert store.seats("w1") == (BOB,)
    assert store.seat("s1") == replace(ANN, removed=True)


def test_the_newest_workshop_comes_first(store: StoredWorkshops) -> None:
    store.save(replace(WORKSHOP, id="w2", code="B", created=NOON.replace(hour=13)))
    assert [one.id for one in store.all()] == ["w2", "w1"]


def test_a_browser_sits_at_one_seat_and_a_seat_may_have_several_browsers(store: StoredWorkshops) -> None:
    for device, seat in (("laptop", "s1"), ("phone", "s1"), ("laptop", "s2")):
        store.sit(device, seat)
    assert (store.seat_of("laptop"), store.seat_of("phone")) == (BOB, ANN)
    store.sit("phone", "")
    assert store.seat_of("phone") is None


def test_a_code_is_given_once(store: StoredWorkshops) -> None:
    with pytest.raises(BrokenEnvironment):
        store.save(replace(WORKSHOP, id="w2"))
    with pytest.raises(BrokenEnvironment):
        store.save_seats([replace(ANN, id="s3")])


def test_the_last_feedback_of_a_seat_counts(store: StoredWorkshops) -> None:
    for stars, text in ((2, "Too fast"), (4, "更慢一点")):
        store.save_feedback(Feedback("s1", stars, text))
    store.save_feedback(Feedback("s2", 5, ""))
    assert store.feedback("w1") == (Feedback("s2", 5, ""), Feedback("s1", 4, "更慢一点"))
    assert store.feedback("w2") == ()
    store.forget_feedback("s2")
    store.forget_feedback("s2")
    assert store.feedback("w1") == (Feedback("s1", 4, "更慢一点"),)
