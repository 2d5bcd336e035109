"""Who left a practice interview half-way is reminded once, by a real mail server, and nobody else is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from tests.e2e.letters import Moody
from tests.ui.hrms.people import wait_until
from tests.unit.guides.candidates import SENDER, a_candidate, a_kit
from tests.unit.serve.test_housekeeping import a_run
from trainer import bootstrap
from trainer.adapters.database import Database
from trainer.adapters.hrms_process import free_port
from trainer.adapters.in_memory import InMemoryControl
from trainer.app.unfinished import RESTED
from trainer.cli import serve
from trainer.core.candidate import Candidate
from trainer.core.invitation import About, Channel, Delivery, items
from trainer.core.runs import RunStatus
from trainer.core.scenario import Seed

MINUTE = timedelta(minutes=1)


class House:
    """A platform database, a practice HR system on paper, and candidates who got their invitation."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = bootstrap.clock()
        self.outbox = bootstrap.outbox(database)
        self.control = InMemoryControl()
        self.unfinished = bootstrap.unfinished(database, self.control)

    def invited(self, number: int, starts: timedelta = timedelta(days=5), phone: str = "") -> Candidate:
        told = a_candidate(number, starts=self.now + starts, phone=phone)
        candidate = bootstrap.candidates(self.database).invited(told, "normal-exit-web")
        self.outbox.add(a_kit(), items(a_kit(), told, About.INVITATION, self.now, candidate.id))
        while taken := self.outbox.claim(self.now, MINUTE, Channel, [About.INVITATION]):
            self.outbox.settle(taken[0].key, Delivery.SENT, "", self.now)
        return candidate

    def left(
        self,
        candidate: Candidate,
        ago: timedelta = RESTED + MINUTE,
        interview: str = "in_progress",
        status: RunStatus = RunStatus.ACTIVE,
    ) -> None:
        sandbox = self.control.create("web", "en", Seed(dataset="sales_two_openings", random=7)).id
        self.control.paper(sandbox).data["interview"]["status"] = interview
        run = replace(a_run(f"run-{sandbox}", self.now - ago, status), owner=candidate.owner, sandbox=sandbox)
        bootstrap.runs(self.database).save(run)

    def noted(self) -> list[tuple[str, Delivery]]:
        return [(one.address, one.state) for one in self.outbox.all() if one.about is About.UNFINISHED]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("TRAINER_HOME", str(tmp_path))
    monkeypatch.setenv("TRAINER_PUBLIC_URL", "https://trainer.example")
    with closing(bootstrap.database()) as database:
        yield House(database)


@pytest.mark.parametrize(
    ("ago", "interview", "status", "noted"),
    [
        (RESTED + MINUTE, "in_progress", RunStatus.ACTIVE, 1),
        (RESTED + MINUTE, "incomplete", RunStatus.ACTIVE, 1),
        (RESTED - MINUTE, "in_progress", RunStatus.ACTIVE, 0),
        (RESTED + MINUTE, "invited", RunStatus.ACTIVE, 0),
        (RESTED + MINUTE, "to_review", RunStatus.ACTIVE, 0),
        (RESTED + MINUTE, "in_progress", RunStatus.FINISHED, 0),
    ],
)
def test_a_sitting_that_rests_half_way_is_noticed(
    house: House, ago: timedelta, interview: str, status: RunStatus, noted: int
) -> None:
    house.left(house.invited(1), ago, interview, status)
    assert house.unfinished.note(house.now) == noted
    assert house.unfinished.note(house.now + MINUTE / 2) == 0
    assert len(house.noted()) == noted


def test_it_goes_by_every_way_and_once_however_many_sittings_were_left(house: House) -> None:
    ann = house.invited(1, phone="+8613800000000")
    house.left(ann)
    house.left(ann)
    assert house.unfinished.note(house.now) == 2
    assert {address for address, _state in house.noted()} == {"candidate1@example.com", "+8613800000000"}


def test_nobody_is_reminded_who_got_no_letter_whose_interview_is_over_or_who_has_no_link(house: House) -> None:
    ours = bootstrap.candidates(house.database)
    by_hand = ours.make("Lin", post="Sales", lesson="normal-exit-web", lang="en", starts=None, host="ann")
    over = house.invited(1, starts=-timedelta(days=1))
    revoked = house.invited(2)
    for one in (by_hand, over, revoked):
        house.left(one)
    ours.revoke(revoked.id)
    assert house.unfinished.note(house.now) == 0


def test_a_system_that_cannot_be_asked_is_asked_again(house: House) -> None:
    house.left(house.invited(1))
    house.control.broken = "The sandbox HRMS has gone."
    assert house.unfinished.note(house.now) == 0
    house.control.broken = ""
    assert house.unfinished.note(house.now) == 1


def test_the_served_trainer_sends_it_once_and_to_nobody_who_wants_none(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Moody(1, share=1e-9)
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    settings = {"HOST": "127.0.0.1", "PORT": str(server.port), "FROM": SENDER, "SECURITY": "none"}
    for name, value in settings.items():
        monkeypatch.setenv(f"TRAINER_SMTP_{name}", value)
    monkeypatch.setattr(serve, "LETTERS_EVERY", timedelta(seconds=0.2))
    ann, bob = house.invited(1), house.invited(2)
    house.outbox.opt_out("Candidate2@example.com", house.now)
    house.left(ann)
    house.left(bob)
    rounds: list[datetime] = []
    enough = threading.Event()
    note = house.unfinished.note

    def counted(now: datetime) -> int:
        rounds.append(now)
        if len(rounds) == 4:
            enough.set()
        return note(now)

    monkeypatch.setattr(house.unfinished, "note", counted)
    monkeypatch.setattr(bootstrap, "unfinished", lambda *_asked: house.unfinished)
    server.start()
    try:
        with ExitStack() as ending:
            serve._send_letters(ending, house.database, house.control)  # noqa: SLF001  # what `trainer serve` calls
            wait_until(lambda: box.boxes, "the reminder has come")
            assert enough.wait(60)
    finally:
        server.stop()
    assert {address: len(box.boxes[address]) for address in box.boxes} == {"candidate1@example.com": 1}
    assert box.taken.total() == 1
    assert sorted(house.noted()) == [
        ("candidate1@example.com", Delivery.SENT),
        ("candidate2@example.com", Delivery.OPTED_OUT),
    ]
