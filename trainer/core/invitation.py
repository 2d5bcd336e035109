"""Invitation: who is invited to which interview, what a candidate is told, and how far a letter has come."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, ConfigDict, Field, field_validator

from trainer.core.brand import Brand
from trainer.core.model import Model

ADDRESS = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
PHONE = r"^\+[0-9]{6,15}$"

GO_ON = timedelta(days=14)
"""So long after the time of an interview it makes sense to remind somebody to go on with it."""


class Invitation(Model):
    """One candidate's interview.

    Attributes:
        name: What the candidate is called.
        email: Address, or "".
        phone: Number with country code, such as ``+8613800000000``, or "".
        lang: Language of the letters.
        starts: When the interview begins.
        minutes: How long it takes.
        post: The post.
        link: Where the interview is, or "".
        contact: Whom to ask, with address or number.
        interview: Which interview it is, the same when that is moved; given by `appointed`.
        sequence: How often something about it was changed; given by `appointed`.
    """

    model_config = ConfigDict(strict=False)

    name: str = Field(min_length=1, max_length=80)
    email: str = Field(default="", pattern=rf"{ADDRESS}|^$", max_length=254)
    phone: str = Field(default="", pattern=rf"{PHONE}|^$")
    lang: str
    starts: AwareDatetime
    minutes: int = Field(default=30, ge=1, le=600)
    post: str = Field(min_length=1, max_length=120)
    link: str = Field(default="", pattern=r"^https?://\S+$|^$", max_length=500)
    contact: str = Field(min_length=1, max_length=200)
    interview: str = ""
    sequence: int = Field(default=0, ge=0)

    @field_validator("name", "post", "contact")
    @classmethod
    def is_one_line(cls, text: str) -> str:
        """Keep line breaks and invisible characters out of headers and calendar entries."""
        line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
        if not line:
            raise ValueError("nothing of it can be seen")
        return line

    @property
    def ends(self) -> datetime:
        """When the interview is over."""
        return self.starts + timedelta(minutes=self.minutes)

    @property
    def same(self) -> str:
        """Digest of what tells an interview from others: who is invited, and for which post."""
        return _digest(self.email.lower() or self.phone, self.post)

    @property
    def says(self) -> tuple[object, ...]:
        """Everything that the candidate is told; where it changes, the letter goes again."""
        return self.name, self.lang, self.starts, self.minutes, self.link, self.contact

    @property
    def addresses(self) -> frozenset[str]:
        """Where letters go."""
        return frozenset(address.lower() for address in (self.email, self.phone) if address)

    @property
    def sat_by(self) -> tuple[object, ...]:
        """Who sits the interview, for which post and when: the same under an address that was mended."""
        return self.name, self.post, self.starts


class Kit(Model):
    """What all invitations to one kind of HR system in one language share.

    Attributes:
        lesson: The lesson from which it was made.
        profile: Kind of HR system.
        lang: Language.
        exits: What to do to leave, step by step.
        picture: Picture of the exit (JPEG), with the exit ringed.
        alt: The same for somebody who cannot see it.
        width: Width of the picture in CSS pixels.
        height: Its height.
        brand: Name, logo and colours.
        film: Where a film of the exit can be seen, or "".
    """

    model_config = ConfigDict(strict=False, ser_json_bytes="base64", val_json_bytes="base64")

    lesson: str
    profile: str
    lang: str
    exits: tuple[str, ...]
    picture: bytes
    alt: str
    width: float
    height: float
    brand: Brand
    film: str = ""

    @property
    def id(self) -> str:
        """Digest of everything in it."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:32]


class About(StrEnum):
    """What a letter is about."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    ABANDONED = "abandoned"
    UNFINISHED = "unfinished"
    """Practice that was left half-way; noted by the trainer that is served, by itself."""


class Channel(StrEnum):
    """How a letter goes."""

    MAIL = "mail"
    SMS = "sms"


class Delivery(StrEnum):
    """How far a letter has come."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    OPTED_OUT = "opted_out"
    TOO_LATE = "too_late"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Item:
    """One letter in the outbox.

    Attributes:
        key: Equal letters have equal keys, so that none goes twice.
        kit: Id of its `Kit`.
        channel: How it goes.
        about: What it is about.
        address: Where it goes.
        invitation: What it says.
        due: When it may go.
        state: How far it has come.
        tries: How often it was tried.
        said: What the other side said last, or "".
        candidate: Id of the candidate whose practice link it carries, or "".
    """

    key: str
    kit: str
    channel: Channel
    about: About
    address: str
    invitation: Invitation
    due: datetime
    state: Delivery = Delivery.WAITING
    tries: int = 0
    said: str = ""
    candidate: str = ""

    @property
    def until(self) -> datetime:
        """From when on it is too late for it."""
        return self.invitation.ends + (GO_ON if self.about is About.ABANDONED else timedelta())

    @property
    def erased(self) -> Item:
        """The same letter, to nobody: its key stays, so that it does not go again."""
        gone = {"name": "–", "email": "", "phone": "", "link": "", "contact": "–"}
        nobody = self.invitation.model_copy(update=gone)
        state = Delivery.OPTED_OUT if self.state in {Delivery.WAITING, Delivery.SENDING} else self.state
        return replace(self, address="", invitation=nobody, state=state, said="")


def appointed(invitations: Iterable[Invitation], noted: Iterable[Item]) -> tuple[Invitation, ...]:
    """Return invitations that know which interview they are about, and how often that was changed.

    Args:
        invitations: As a list gives them.
        noted: Letters that were noted before.
    """
    latest: dict[str, Invitation] = {}
    withdrawn: dict[tuple[str, int], set[str]] = {}
    for item in noted:
        told = item.invitation
        before = latest.get(told.interview)
        if before is None or before.sequence < told.sequence:
            latest[told.interview] = told
        if item.state is Delivery.WITHDRAWN:
            withdrawn.setdefault((told.interview, told.sequence), set()).add(item.address.lower())
    found = []
    for one in invitations:
        before = latest.get(one.same)
        gone = withdrawn.get((one.same, before.sequence), set()) if before else set()
        found.append(_appointed(one, before, back=not gone.isdisjoint(one.addresses)))
    return tuple(found)


def _appointed(invitation: Invitation, before: Invitation | None, *, back: bool) -> Invitation:
    """Tell an invitation from the one before; `back` tells that it is again at an address that was given up."""
    told: dict[str, object] = {"interview": invitation.same}
    if before is not None:
        moved = before.starts != invitation.starts
        erased = not before.addresses  # nothing else is left of it to compare with
        changed = moved or back or (not erased and before.says != invitation.says)
        told["sequence"] = before.sequence + changed
        told["starts"] = invitation.starts if moved else before.starts  # the same moment, written the same way
    return invitation.model_copy(update=told)


def misdirected(invitations: Iterable[Invitation], noted: Iterable[Item]) -> tuple[str, ...]:
    """Return the keys of letters about interviews of a list, to addresses at which the list no longer has them.

    Args:
        invitations: The list, as `appointed` returns it.
        noted: Letters that were noted before.
    """
    interviews: dict[object, set[str]] = {}
    people: dict[object, set[str]] = {}
    for one in invitations:
        interviews.setdefault(one.interview, set()).update(one.addresses)
        people.setdefault(one.sat_by, set()).update(one.addresses)
    wrong = []
    for item in noted:
        told = item.invitation
        listed = interviews.get(told.interview) or people.get(told.sat_by)
        if listed and item.address.lower() not in listed:
            wrong.append(item.key)
    return tuple(wrong)


def items(kit: Kit, invitation: Invitation, about: About, now: datetime, candidate: str = "") -> tuple[Item, ...]:
    """Return the letters of one candidate, by mail and SMS: now, reminders from a day before the interview on.

    Args:
        kit: What the letters share.
        invitation: What they say.
        about: What they are about.
        now: When the first of them goes, where it is no reminder.
        candidate: Id of the candidate whose practice link they carry, or "".
    """
    reminder = invitation.starts - timedelta(days=1)
    plan = [(about, max(now, reminder) if about is About.REMINDER else now)]  # it says “tomorrow”
    if about is About.INVITATION and reminder > now:
        plan.append((About.REMINDER, reminder))
    addresses = ((Channel.MAIL, invitation.email), (Channel.SMS, invitation.phone))
    return tuple(
        Item(
            _key(channel, what, address, invitation),
            kit.id,
            channel,
            what,
            address,
            invitation,
            due,
            candidate=candidate,
        )
        for what, due in plan
        for channel, address in addresses
        if address
    )


def pause(tries: int) -> timedelta:
    """Return how long to wait when a letter could not go for the `tries`-th time: 1 second to 15 minutes."""
    return timedelta(seconds=min(900, 2 ** (tries - 1)))


def _key(channel: Channel, about: About, address: str, invitation: Invitation) -> str:
    moved = (str(invitation.sequence),) if invitation.sequence else ()  # back at its first time is another letter
    return _digest(channel, about, address.lower(), invitation.post, invitation.starts.isoformat(), *moved)


def _digest(*made_of: str) -> str:
    return hashlib.sha256("\0".join(made_of).encode()).hexdigest()[:24]
