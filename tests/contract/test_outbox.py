"""What the outbox promises, in memory and on each kind of database: each letter once, whatever breaks."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.unit.guides.candidates import NOW, a_candidate, a_kit
from trainer.adapters.database import Database
from trainer.adapters.in_memory import InMemoryOutbox
from trainer.adapters.outbox_store import StoredOutbox
from trainer.app.outbox import TRIES, NotNow, NoWay, Outbox, Post, Refused
from trainer.core.invitation import (
    GO_ON,
    About,
    Channel,
    Delivery,
    Invitation,
    Item,
    Kit,
    appointed,
    items,
    misdirected,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def outbox(database_or_none: Database | None) -> Outbox:
    return StoredOutbox(database_or_none) if database_or_none else InMemoryOutbox()


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.now = NOW
        self.waits: list[float] = []

    def __call__(self) -> Any:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)


class Peer:
    """Takes letters, or answers with the next of its excuses."""

    def __init__(self, *excuses: Exception | None) -> None:
        self.excuses = list(excuses)
        self.taken: list[str] = []
        self.closed = 0

    def send(self, item: Item, kit: Kit) -> None:
        assert kit == a_kit(item.invitation.lang)
        excuse = self.excuses.pop(0) if self.excuses else None
        if excuse:
            raise excuse
        self.taken.append(item.address)

    def close(self) -> None:
        self.closed += 1


def fill(outbox: Outbox, *numbers: int, about: About = About.ABANDONED) -> int:
    found = [item for number in numbers for item in items(a_kit(), a_candidate(number), about, NOW)]
    return outbox.add(a_kit(), found)


def post(outbox: Outbox, peer: Peer, clock: Clock, **more: Any) -> Post:
    return Post(outbox, {Channel.MAIL: peer}, clock=clock, wait=clock.wait, **more)


def states(outbox: Outbox) -> list[Delivery]:
    return [item.state for item in outbox.all()]


def test_a_letter_is_noted_and_sent_once(outbox: Outbox) -> None:
    clock, peer = Clock(), Peer()
    assert fill(outbox, 1, 2) == 2
    assert fill(outbox, 1, 2, 3) == 1
    post(outbox, peer, clock).deliver()
    assert sorted(peer.taken) == [f"candidate{number}@example.com" for number in (1, 2, 3)]
    assert fill(outbox, 1, 2, 3) == 0
    assert post(outbox, peer, clock).deliver().total() == 0
    assert states(outbox) == [Delivery.SENT] * 3
    assert outbox.all()[0].invitation == a_candidate(int(outbox.all()[0].address[9]))


def test_what_cannot_go_is_tried_again_later_and_given_up_at_last(outbox: Outbox) -> None:
    clock, peer = Clock(), Peer(NotNow("busy"), NotNow("busy"))
    fill(outbox, 1)
    assert post(outbox, peer, clock, per_minute=6000).deliver() == {Delivery.WAITING: 1}
    assert (outbox.all()[0].said, outbox.next_due([Channel.MAIL], About)) == ("busy", NOW + timedelta(seconds=1))
    count = post(outbox, peer, clock).deliver(patient=True)
    assert (count[Delivery.SENT], peer.taken) == (1, ["candidate1@example.com"])
    fill(outbox, 2)
    never = Peer(*[NotNow("down")] * (TRIES + 5))
    assert post(outbox, never, clock).deliver(patient=True)[Delivery.REFUSED] == 1
    assert len(never.excuses) == 5


def test_a_letter_that_cannot_be_written_stops_no_other_and_is_given_up_at_last(outbox: Outbox) -> None:
    clock = Clock()
    fill(outbox, 1, 2)
    peer = Peer(ValueError("damaged\npicture"))
    assert post(outbox, peer, clock, per_minute=6000).deliver() == {Delivery.WAITING: 1, Delivery.SENT: 1}
    assert peer.closed == 2  # at once, and at the end
    (waiting,) = [one for one in outbox.all() if one.state is Delivery.WAITING]
    assert (waiting.said, waiting.tries) == ("ValueError: damaged picture", 1)
    never = Peer(*[ValueError("damaged")] * (TRIES + 5))
    assert post(outbox, never, clock).deliver(patient=True)[Delivery.REFUSED] == 1
    assert len(never.excuses) == 6
    assert {one.said for one in outbox.all() if one.state is Delivery.REFUSED} == {"ValueError: damaged"}


def test_a_refusal_is_final_and_tells_why(outbox: Outbox) -> None:
    clock = Clock()
    fill(outbox, 1, 2)
    peer = Peer(Refused("550 no such user"))
    post(outbox, peer, clock).deliver(patient=True)
    found = {item.state: item.said for item in outbox.all()}
    assert found == {Delivery.REFUSED: "550 no such user", Delivery.SENT: ""}


def test_who_was_killed_is_stood_in_for_after_the_lease(outbox: Outbox) -> None:
    clock, peer = Clock(), Peer()
    fill(outbox, 1)
    assert outbox.claim(NOW, 2 * MINUTE, [Channel.SMS], About) is None
    assert outbox.claim(NOW, 2 * MINUTE, [Channel.MAIL], [About.REMINDER]) is None
    taken = outbox.claim(NOW, 2 * MINUTE, [Channel.MAIL], About)
    assert taken is not None
    assert outbox.claim(NOW + MINUTE, MINUTE, [Channel.MAIL], About) is None
    assert post(outbox, peer, clock).deliver().total() == 0
    clock.now += 2 * MINUTE
    assert post(outbox, peer, clock).deliver() == {Delivery.SENT: 1}
    assert outbox.all()[0].key == taken[0].key
    assert outbox.all()[0].tries == 2


def test_a_way_that_is_closed_stops_the_sending_and_no_letter_is_given_up(outbox: Outbox) -> None:
    clock, peer = Clock(), Peer(*[NoWay("535 wrong password")] * (TRIES + 1))
    outbox.add(a_kit(), items(a_kit(), a_candidate(1, phone="+8613800000000"), About.ABANDONED, NOW))
    fill(outbox, 2, 3)
    sms = Peer()
    both = Post(outbox, {Channel.MAIL: peer, Channel.SMS: sms}, clock=clock, wait=clock.wait)
    for _time in range(TRIES + 1):
        with pytest.raises(NoWay, match="535"):
            both.deliver(patient=True)
    assert sms.taken == ["+8613800000000"]
    assert sorted(states(outbox)) == [Delivery.SENT] + [Delivery.WAITING] * 3
    assert {item.tries for item in outbox.all() if item.channel is Channel.MAIL} == {0}
    assert "535 wrong password" in {item.said for item in outbox.all()}
    assert post(outbox, peer, clock).deliver() == {Delivery.SENT: 3}


def test_nobody_gets_what_is_not_wanted(outbox: Outbox) -> None:
    clock, peer = Clock(), Peer()
    fill(outbox, 1, 2)
    outbox.opt_out("Candidate1@Example.com", NOW)
    outbox.opt_out("candidate3@example.com", NOW)
    assert outbox.wants_none("CANDIDATE3@example.com")
    assert not outbox.wants_none("candidate2@example.com")
    assert fill(outbox, 3) == 1
    post(outbox, peer, clock).deliver(patient=True)
    assert peer.taken == ["candidate2@example.com"]
    assert sorted(states(outbox)) == [Delivery.OPTED_OUT, Delivery.OPTED_OUT, Delivery.SENT]


def test_what_is_not_wanted_does_not_go_however_the_address_is_spelt_or_whoever_was_killed(outbox: Outbox) -> None:
    clock, peer = Clock(), Peer(NotNow("busy"))
    spelt = [a_candidate(1, email="Ann.Lee@Example.com"), a_candidate(2), a_candidate(3)]
    outbox.add(a_kit(), [item for one in spelt for item in items(a_kit(), one, About.ABANDONED, NOW)])
    killed = outbox.claim(NOW, MINUTE, [Channel.MAIL], About)
    assert killed is not None
    assert post(outbox, peer, clock, per_minute=6000).deliver()[Delivery.WAITING] == 1
    for address in {one.email for one in spelt}:
        outbox.opt_out(address.swapcase(), NOW)
    outbox.settle(killed[0].key, Delivery.WAITING, "busy", NOW)
    clock.now += 5 * MINUTE
    assert post(outbox, peer, clock).deliver(patient=True).total() == 0
    assert [item.state for item in outbox.all() if item.address not in peer.taken] == [Delivery.OPTED_OUT] * 2


def test_reminders_wait_for_their_day_and_none_comes_too_late(outbox: Outbox) -> None:
    clock, peer = Clock(), Peer()
    fill(outbox, 1, about=About.INVITATION)
    post(outbox, peer, clock).deliver(patient=True)
    assert states(outbox) == [Delivery.SENT, Delivery.WAITING]
    clock.now = a_candidate().starts - timedelta(hours=23)
    post(outbox, peer, clock).deliver()
    assert len(peer.taken) == 2
    fill(outbox, 2, about=About.INVITATION)
    fill(outbox, 2)  # to go on is of use when the time of the interview is over, and for two weeks
    clock.now = a_candidate().ends
    assert post(outbox, peer, clock).deliver() == {Delivery.TOO_LATE: 2, Delivery.SENT: 1}
    assert outbox.next_due([Channel.MAIL], About) is None
    fill(outbox, 3)
    clock.now = a_candidate().ends + GO_ON
    assert post(outbox, peer, clock).deliver() == {Delivery.TOO_LATE: 1}


def test_an_interview_that_is_moved_withdraws_what_waits_and_may_move_back(outbox: Outbox) -> None:
    clock, peer = Clock(), Peer()
    first = a_candidate(1, phone="+8613800000000")
    moved = a_candidate(1, email=first.email.upper(), starts=first.starts + timedelta(days=2))
    same_moment = a_candidate(1, starts=moved.starts.astimezone(UTC))

    def note(*told: Invitation) -> int:
        found = appointed(told, outbox.all())
        return sum(outbox.add(a_kit(), items(a_kit(), one, About.INVITATION, clock.now)) for one in found)

    def waiting() -> set[tuple[datetime, Channel]]:
        return {(one.due, one.channel) for one in outbox.all() if one.state is Delivery.WAITING}

    assert (note(first, a_candidate(2)), note(first)) == (6, 0)
    Post(outbox, {Channel.MAIL: peer, Channel.SMS: Peer()}, clock=clock, wait=clock.wait).deliver()
    assert [note(moved), note(moved), note(same_moment)] == [2, 0, 0]
    day = timedelta(days=1)
    assert {due for due, _channel in waiting()} == {clock.now, moved.starts - day, first.starts - day}
    assert Channel.SMS not in {channel for _due, channel in waiting()}
    post(outbox, peer, clock).deliver()
    assert note(first) == 4
    told = [
        one.invitation for one in outbox.all() if one.about is About.INVITATION and "1@" in one.address.lower()
    ]
    assert sorted(one.sequence for one in told) == [0, 1, 2]
    assert len({one.interview for one in told}) == 1
    erased = [one.erased for one in outbox.all()]
    again = appointed([first], erased)[0]
    assert {item.key for item in items(a_kit(), again, About.INVITATION, NOW)} <= {one.key for one in erased}


def note(outbox: Outbox, now: datetime, *told: Invitation) -> tuple[int, int]:
    """Note the letters of a list, and return how many were withdrawn for their address, and how many are new."""
    listed = appointed(told, outbox.all())
    gone = outbox.withdraw(misdirected(listed, outbox.all()))
    return gone, sum(outbox.add(a_kit(), items(a_kit(), one, About.INVITATION, now)) for one in listed)


@pytest.mark.parametrize(
    "mended",
    [{"link": "https://hr.example/i/7"}, {"contact": "Wu, wu@harbour.example"}, {"minutes": 45}, {"name": "Ann"}],
)
def test_what_is_mended_goes_again_and_no_reminder_tells_the_mistake(
    outbox: Outbox, mended: dict[str, Any]
) -> None:
    clock, peer = Clock(), Peer()
    wrong, other = a_candidate(1), a_candidate(2)
    right = a_candidate(1, **mended)
    note(outbox, clock.now, wrong, other)
    post(outbox, peer, clock).deliver()
    assert note(outbox, clock.now, right, other) == (0, 2)
    assert note(outbox, clock.now, right, other) == (0, 0)
    post(outbox, peer, clock).deliver()
    clock.now = right.starts - timedelta(hours=23)
    assert post(outbox, peer, clock).deliver() == {Delivery.SENT: 2}
    assert peer.taken.count("candidate1@example.com") == 3
    reminders = [one for one in outbox.all() if one.about is About.REMINDER and one.address == right.email]
    assert {one.state: one.invitation.says for one in reminders} == {
        Delivery.WITHDRAWN: wrong.says,
        Delivery.SENT: right.says,
    }


def test_no_reminder_goes_to_an_address_that_was_mended(outbox: Outbox) -> None:
    clock, peer = Clock(), Peer()
    wrong = a_candidate(1, email="candidat1@example.com", phone="+8613800000000")
    right = a_candidate(1, phone="+8613900000000")
    note(outbox, clock.now, wrong, a_candidate(2))
    post(outbox, peer, clock).deliver()
    assert note(outbox, clock.now, right) == (3, 4)  # its text message had not gone yet; the mail of it had
    assert note(outbox, clock.now, right) == (0, 0)
    right = a_candidate(1, phone="+8613700000000")
    assert note(outbox, clock.now, right) == (2, 2)
    post(outbox, peer, clock).deliver()
    clock.now = right.starts - timedelta(hours=23)
    post(outbox, peer, clock).deliver()
    assert sorted(peer.taken) == [wrong.email, *[right.email] * 2, *["candidate2@example.com"] * 2]


def test_an_address_that_was_right_after_all_is_reminded(outbox: Outbox) -> None:
    clock, peer = Clock(), Peer()
    one, mistaken = a_candidate(1), a_candidate(1, email="mistaken@example.com")
    note(outbox, clock.now, one)
    post(outbox, peer, clock).deliver()
    assert note(outbox, clock.now, mistaken) == (1, 2)
    assert note(outbox, clock.now, one) == (2, 2)
    assert note(outbox, clock.now, one) == (0, 0)
    clock.now = one.starts - timedelta(hours=23)
    assert post(outbox, peer, clock).deliver()[Delivery.SENT] == 2
    assert set(peer.taken) == {one.email}


def test_two_people_of_one_name_are_no_correction(outbox: Outbox) -> None:
    namesake = a_candidate(1, email="other@example.com")
    assert note(outbox, NOW, a_candidate(1), namesake) == (0, 4)
    assert note(outbox, NOW, a_candidate(1), namesake) == (0, 0)


def test_who_deleted_all_data_gets_no_letter_about_a_mended_link(outbox: Outbox) -> None:
    listed = appointed([a_candidate(1)], ())[0]
    outbox.add(a_kit(), items(a_kit(), listed, About.INVITATION, NOW, "a-candidate"))
    outbox.forget("a-candidate")
    assert note(outbox, NOW, a_candidate(1, link="https://hr.example/i/7")) == (0, 0)


def test_one_sends_at_a_time(outbox: Outbox) -> None:
    clock, peer = Clock(), Peer()
    fill(outbox, 1)
    with outbox.alone() as ours:
        assert ours
        with outbox.alone() as others:
            assert not others
        assert post(outbox, peer, clock).deliver().total() == 0
    told: list[str] = []
    with ExitStack() as busy:
        busy.enter_context(outbox.alone())

        def wait(seconds: float) -> None:
            clock.wait(seconds)
            if len(clock.waits) == 3:
                busy.close()

        patient = Post(outbox, {Channel.MAIL: peer}, clock=clock, wait=wait)
        assert patient.deliver(patient=True, waiting=lambda: told.append("waits")) == {Delivery.SENT: 1}
    assert told == ["waits"]
    with outbox.alone() as ours:
        assert ours


def test_the_served_trainer_leaves_the_letters_of_a_list_to_their_command(outbox: Outbox) -> None:
    clock, peer = Clock(), Peer()
    fill(outbox, 1, about=About.INVITATION)
    fill(outbox, 2)
    clock.now = a_candidate().starts - timedelta(hours=23)
    postman = post(outbox, peer, clock, abouts=[About.REMINDER])
    assert postman.deliver() == {Delivery.SENT: 1}
    assert [one.about for one in outbox.all() if one.state is Delivery.SENT] == [About.REMINDER]
    assert post(outbox, peer, clock).deliver() == {Delivery.SENT: 2}


def test_the_rate_is_kept(outbox: Outbox) -> None:
    clock, peer = Clock(), Peer()
    fill(outbox, 1, 2, 3)
    post(outbox, peer, clock, per_minute=120).deliver()
    assert clock.waits == pytest.approx([0.5] * 3)


def test_a_missing_way_keeps_the_letter_and_does_not_count_as_a_try(outbox: Outbox) -> None:
    clock = Clock()
    fill(outbox, 1)
    for _minute in range(TRIES + 1):
        assert Post(outbox, {}, clock=clock, wait=clock.wait).deliver(patient=True).total() == 0
    assert [(item.state, item.tries) for item in outbox.all()] == [(Delivery.WAITING, 0)]


def test_the_letters_to_a_candidate_are_found_with_what_they_share(outbox: Outbox) -> None:
    mine = items(a_kit(), a_candidate(1), About.INVITATION, NOW, "ann")
    outbox.add(a_kit(), items(a_kit(), a_candidate(2), About.INVITATION, NOW, "bob"))
    outbox.add(a_kit(), mine)
    assert [(item.key, kit.id) for item, kit in outbox.of("ann")] == [(one.key, a_kit().id) for one in mine]
    assert outbox.of("nobody") == ()
