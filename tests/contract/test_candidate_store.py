"""What the keeper of candidates promises, on each kind of database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from trainer.adapters.candidate_store import StoredCandidates
from trainer.adapters.database import Database
from trainer.core.candidate import Candidate

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
SHANGHAI = timezone(timedelta(hours=8))
LIN = Candidate(
    "c1",
    "林悦",
    "Sales",
    "normal-exit-web",
    "zh_CN",
    "owner-1",
    "host",
    NOON,
    starts=datetime(2026, 12, 1, 10, tzinfo=SHANGHAI),
    known="mark",
)
ANN = Candidate("c2", "Ann", "", "normal-exit-app", "en", "owner-2", "", NOON + timedelta(hours=1))


@pytest.fixture
def store(database: Database) -> StoredCandidates:
    kept = StoredCandidates(database)
    for one in (LIN, ANN):
        kept.save(one)
    return kept


def test_a_candidate_comes_back_as_saved_last(store: StoredCandidates) -> None:
    assert store.all() == (ANN, LIN)
    assert store.get("c1") == store.known("mark") == LIN
    assert store.get("c1").starts.utcoffset() == timedelta(hours=8)  # type: ignore[union-attr]  # it was found
    assert store.get("x") is store.known("x") is None
    changed = replace(LIN, starts=None, opened=NOON, revoked=NOON, erased=NOON)
    store.save(changed)
    assert store.get("c1") == changed


def test_only_what_is_named_changes_and_nothing_of_an_erased_one(store: StoredCandidates) -> None:
    later = datetime(2026, 12, 2, 10, tzinfo=SHANGHAI)
    store.change("c1", revoked=NOON)
    assert store.change("c1", starts=later) == store.get("c1") == replace(LIN, revoked=NOON, starts=later)
    gone = replace(LIN, revoked=NOON, starts=None, name="", erased=NOON)
    assert store.change("c1", starts=None, name="", erased=NOON) == gone
    assert store.change("c1", name="Lin") is store.change("x", name="Lin") is None
    assert (store.get("c1"), store.get("c2")) == (gone, ANN)


def test_links_and_browsers_lead_to_a_candidate_until_they_are_shut(store: StoredCandidates) -> None:
    for token in ("t1", "t2"):
        store.keep_link(token, "c1")
    store.keep_link("t3", "c2")
    for device, candidate in (("d1", "c1"), ("d2", "c2"), ("d2", "c1"), ("d3", "c2")):
        store.sit(device, candidate)
    assert store.linked("t1") == store.linked("t2") == store.of_device("d1") == store.of_device("d2") == LIN
    store.sit("d1", "")
    assert store.of_device("d1") is None
    store.shut("c1")
    assert store.linked("t1") is store.linked("t2") is store.of_device("d2") is None
    assert store.linked("t3") == store.of_device("d3") == ANN
