"""Candidates: a personal link of which only the hash is kept, how it ends, and what is left of deleted data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import text

from tests.unit.guides.candidates import NOW, a_candidate, a_kit
from tests.unit.serve.test_people import Clock
from trainer import bootstrap
from trainer.adapters.candidate_store import StoredCandidates
from trainer.adapters.database import Database
from trainer.adapters.outbox_store import StoredOutbox
from trainer.adapters.scenario_files import ScenarioFiles
from trainer.app.candidates import Candidates
from trainer.cli.guide_letters import with_practice
from trainer.core.candidate import LASTS, Candidate, way_of
from trainer.core.errors import BadInput
from trainer.core.invitation import About, Channel, Delivery, items

LESSON = "normal-exit-web"
FILES = ScenarioFiles()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(Database("sqlite://")) as opened:
        yield opened


@pytest.fixture
def outbox(database: Database) -> StoredOutbox:
    return StoredOutbox(database)


@pytest.fixture
def candidates(database: Database, outbox: StoredOutbox, clock: Clock) -> Candidates:
    numbers = count(1)
    return Candidates(StoredCandidates(database), outbox, FILES, clock, lambda: f"{next(numbers):032x}")


def made(candidates: Candidates, name: str = "Lin") -> Candidate:
    return candidates.make(name, post="Sales", lesson=LESSON, lang="en", starts=None, host="ann")


def test_a_link_opens_the_page_in_any_number_of_browsers(candidates: Candidates, clock: Clock) -> None:
    lin = made(candidates)
    secret = candidates.link(lin.id)
    assert candidates.behind(secret) == lin
    assert candidates.behind("0" * 32) is candidates.of_device("laptop") is None
    for device in ("laptop", "phone"):
        candidates.open(secret, device)
    assert candidates.of_device("laptop") == candidates.of_device("phone") == replace(lin, opened=clock.now)
    candidates.leave("phone")
    assert candidates.of_device("phone") is None


def test_the_secret_is_stored_nowhere(candidates: Candidates, database: Database) -> None:
    secret = candidates.link(made(candidates).id)
    candidates.open(secret, "laptop")
    with database.engine.connect() as connection:
        rows = [
            str(row)
            for table in ("candidate", "candidate_link", "candidate_device")
            for row in connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608  # from the list above
        ]
    assert len(rows) == 3
    assert not any(secret in row for row in rows)


def test_a_link_taken_away_shuts_open_pages_and_a_new_one_ends_the_old(candidates: Candidates) -> None:
    lin = made(candidates)
    first = candidates.link(lin.id)
    candidates.open(first, "laptop")
    second = candidates.renew(lin.id)
    assert candidates.behind(first) is candidates.of_device("laptop") is None
    candidates.open(second, "laptop")
    candidates.revoke(lin.id)
    assert candidates.behind(second) is candidates.of_device("laptop") is None
    for refused in (lambda: candidates.open(second, "laptop"), lambda: candidates.link(lin.id)):
        with pytest.raises(BadInput, match="any more"):
            refused()
    assert candidates.behind(candidates.renew(lin.id)) is not None


def test_a_link_ends_by_itself(candidates: Candidates, clock: Clock) -> None:
    secret = candidates.link(made(candidates).id)
    candidates.open(secret, "laptop")
    clock.now += LASTS - timedelta(seconds=1)
    assert candidates.of_device("laptop") is not None
    clock.now += timedelta(seconds=1)
    assert candidates.of_device("laptop") is candidates.behind(secret) is None


@pytest.mark.parametrize(
    ("name", "post", "lesson"), [("", "Sales", LESSON), ("Lin", "x" * 121, LESSON), ("Lin", "Sales", "../x")]
)
def test_what_is_no_candidate_is_refused(candidates: Candidates, name: str, post: str, lesson: str) -> None:
    with pytest.raises(BadInput):
        candidates.make(name, post=post, lesson=lesson, lang="en", starts=None, host="")


def test_a_letter_about_the_same_post_leads_to_the_same_page(candidates: Candidates, clock: Clock) -> None:
    told = a_candidate()
    first = candidates.invited(told, LESSON)
    clock.now += LASTS
    again = candidates.invited(
        told.model_copy(update={"email": told.email.upper(), "name": "Ann"}), "normal-exit-app"
    )
    assert (again.id, again.owner, again.lesson) == (first.id, first.owner, "normal-exit-app")
    assert again.name == "Ann"
    assert candidates.link(again.id)
    assert candidates.invited(told.model_copy(update={"post": "Another"}), LESSON).id != first.id
    assert candidates.invited(a_candidate(2), LESSON).id != first.id


def test_deleted_data_is_gone_from_letters_too_and_only_the_date_stays(
    candidates: Candidates, outbox: StoredOutbox, database: Database, clock: Clock
) -> None:
    told = a_candidate(phone="+8613800000000", link="https://hr.example/i/7")
    lin = candidates.invited(told, LESSON)
    letters = items(a_kit(), told, About.INVITATION, NOW, lin.id)
    outbox.add(a_kit(), letters)
    outbox.add(a_kit(), items(a_kit(), a_candidate(2), About.INVITATION, NOW))
    taken = outbox.claim(NOW, timedelta(minutes=1), Channel, About)
    assert taken is not None
    reminder = candidates.reminder(lin.id)
    assert reminder is not None
    candidates.open(candidates.link(lin.id), "laptop")
    candidates.erase(lin.id)
    outbox.settle(taken[0].key, Delivery.WAITING, "busy", NOW)
    assert candidates.get(lin.id) == replace(
        lin, name="", post="", starts=None, known="", erased=clock.now, opened=clock.now
    )
    assert candidates.reminder(lin.id) is candidates.of_device("laptop") is None
    assert {one.state for one in outbox.all() if one.candidate == lin.id} == {Delivery.OPTED_OUT}
    with database.engine.connect() as connection:
        rows = [
            str(row)
            for table in ("candidate", "letter")
            for row in connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608  # from the list above
        ]
    for known in (told.name, told.email, told.phone, told.link, told.contact):
        assert not any(known in row for row in rows if lin.id in row)
    assert outbox.add(a_kit(), letters) == 0
    assert sum(one.state is Delivery.WAITING for one in outbox.all()) == 2
    with pytest.raises(BadInput, match="deleted"):
        candidates.renew(lin.id)


class Meddled(StoredCandidates):
    """As soon as a candidate was read, something else happens, once."""

    meanwhile: Callable[[], object] | None = None

    def _one(self, *conditions: Any) -> Candidate | None:
        found, act = super()._one(*conditions), self.meanwhile
        self.meanwhile = None
        if act is not None:
            act()
        return found


@pytest.mark.parametrize("does", ["open", "renew", "revoke", "invited"])
def test_nothing_brings_back_who_is_erased_in_the_same_moment(
    candidates: Candidates, database: Database, outbox: StoredOutbox, clock: Clock, does: str
) -> None:
    told, store, numbers = a_candidate(), Meddled(database), count(100)
    lin = candidates.invited(told, LESSON)
    secret = candidates.link(lin.id)
    other = Candidates(store, outbox, FILES, clock, lambda: f"{next(numbers):032x}")
    calls = {
        "open": lambda: other.open(secret, "laptop"),
        "renew": lambda: other.renew(lin.id),
        "revoke": lambda: other.revoke(lin.id),
        "invited": lambda: other.invited(told, LESSON),
    }
    store.meanwhile = lambda: candidates.erase(lin.id)
    with pytest.raises(BadInput) if does in {"open", "renew"} else nullcontext():
        calls[does]()
    assert candidates.get(lin.id) == replace(lin, name="", post="", starts=None, known="", erased=clock.now)


def test_a_link_stays_taken_away_when_it_is_opened_in_the_same_moment(
    candidates: Candidates, database: Database, outbox: StoredOutbox, clock: Clock
) -> None:
    store, lin = Meddled(database), made(candidates)
    secret = candidates.link(lin.id)
    store.meanwhile = lambda: candidates.revoke(lin.id)
    with pytest.raises(BadInput, match="any more"):
        Candidates(store, outbox, FILES, clock, lambda: "").open(secret, "laptop")
    assert candidates.get(lin.id).revoked == clock.now
    assert candidates.of_device("laptop") is None


def test_the_way_is_the_learning_path_else_the_kind_of_system() -> None:
    scenarios, paths = FILES.all(), FILES.paths()
    path = next(one for one in paths if one.id == "candidate")
    assert [one.id for one in way_of(LESSON, scenarios, paths)] == list(path.lessons())
    own = way_of("normal-exit-app", scenarios, paths)
    assert "normal-exit-app" in [one.id for one in own]
    assert {(one.profile, one.role) for one in own} == {("app", "candidate")}
    assert way_of("gone", scenarios, paths) == ()


def test_each_letter_carries_a_link_of_its_own_to_the_same_page(
    database: Database, outbox: StoredOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAINER_PUBLIC_URL", "https://trainer.example/")
    ours, now = bootstrap.candidates(database), bootstrap.clock()
    told = [(a_kit(), a_candidate(number, starts=now + timedelta(days=3))) for number in (1, 2)]
    letters = with_practice(database, told, LESSON, About.INVITATION, now)
    assert sum(outbox.add(kit, found) for kit, found in letters) == 4
    link = bootstrap.practice_links(database)
    addresses = [link(item) for _kit, found in letters for item in found]
    secrets = [one.removeprefix("https://trainer.example/candidate/") for one in addresses]
    assert len(set(secrets)) == 4
    behind = [ours.behind(one) for one in secrets]
    assert [one.name for one in behind if one] == ["Candidate 1"] * 2 + ["Candidate 2"] * 2
    first = letters[0][1][0]
    ours.revoke(first.candidate)
    assert link(first) == ""
    ours.erase(first.candidate)
    again = with_practice(database, told, LESSON, About.INVITATION, now)
    assert sum(outbox.add(kit, found) for kit, found in again) == 0
    assert [one.name for one in ours.all()] == ["Candidate 2", ""]


@pytest.mark.parametrize("given", ["ftp://t.example", "trainer.example", "https://"])
def test_a_public_address_that_is_none_is_told(
    database: Database, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("TRAINER_PUBLIC_URL", given)
    with pytest.raises(BadInput, match="no address"):
        with_practice(database, [(a_kit(), a_candidate())], LESSON, About.INVITATION, NOW)


def test_letters_carry_no_link_where_nobody_says_where_the_trainer_is(database: Database) -> None:
    letters = with_practice(database, [(a_kit(), a_candidate())], LESSON, About.INVITATION, NOW)
    assert [item.candidate for _kit, found in letters for item in found] == ["", ""]
    assert bootstrap.candidates(database).all() == ()
