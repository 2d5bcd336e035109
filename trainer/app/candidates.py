"""Candidates: personal links that lead to a page of one's own, who made them, and how they end."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from trainer.app.ports import Clock, Scenarios
from trainer.app.roster import proper_name
from trainer.core.candidate import Candidate
from trainer.core.errors import BadInput
from trainer.core.invitation import Invitation, Item
from trainer.i18n import gettext as _

LONGEST_POST = 120


class CandidateStore(Protocol):
    """Keeps candidates; every method raises `BrokenEnvironment` when it cannot."""

    def save(self, candidate: Candidate) -> None:
        """Store a candidate as it is now."""
        ...

    def change(self, candidate: str, **changes: object) -> Candidate | None:
        """Change only these fields, in one go; return the candidate as it is then, or None for an erased one."""
        ...

    def get(self, candidate: str) -> Candidate | None:
        """Return a candidate by its id, or None."""
        ...

    def all(self) -> tuple[Candidate, ...]:
        """Return all candidates, newest first."""
        ...

    def known(self, mark: str) -> Candidate | None:
        """Return the candidate that a list of letters knows by a hash, or None."""
        ...

    def keep_link(self, token: str, candidate: str) -> None:
        """Store the hash of a personal link."""
        ...

    def linked(self, token: str) -> Candidate | None:
        """Return whose link has this hash, or None."""
        ...

    def sit(self, device: str, candidate: str) -> None:
        """Note that a browser is a candidate's; "" for nobody's."""
        ...

    def of_device(self, device: str) -> Candidate | None:
        """Return whose browser it is, or None."""
        ...

    def shut(self, candidate: str) -> None:
        """Forget all links and browsers of a candidate."""
        ...


class Letters(Protocol):
    """The letters to candidates, as far as candidates are concerned with them."""

    def next_to(self, candidate: str) -> Item | None:
        """Return the letter that goes to a candidate next, or None."""
        ...

    def forget(self, candidate: str) -> None:
        """Let no letter go to a candidate any more, and delete who it was from those that went."""
        ...


class Candidates:
    """Candidates over their store.

    Args:
        store: Keeps them.
        letters: The letters to them.
        scenarios: The lessons.
        clock: Tells the time.
        new_secret: Makes 128 random bits in hexadecimal.
    """

    def __init__(
        self,
        store: CandidateStore,
        letters: Letters,
        scenarios: Scenarios,
        clock: Clock,
        new_secret: Callable[[], str],
    ) -> None:
        self._store = store
        self._letters = letters
        self._scenarios = scenarios
        self._clock = clock
        self._new_secret = new_secret

    # -- making ---------------------------------------------------------------------------------------------

    def make(  # noqa: PLR0913  # one argument for each choice of the form
        self, name: str, *, post: str, lesson: str, lang: str, starts: datetime | None, host: str, known: str = ""
    ) -> Candidate:
        """Make a candidate, who has no link yet.

        Raises:
            BadInput: Name or post are none, or there is no such lesson.
        """
        post = " ".join(post.split())
        if len(post) > LONGEST_POST or not post.isprintable():
            raise BadInput(_("The post has at most 120 characters that can be seen."))
        if lesson not in {one.id for one in self._scenarios.all()}:
            raise BadInput(_("There is no such lesson."))
        made = Candidate(
            id=self._new_secret(),
            name=proper_name(name),
            post=post,
            lesson=lesson,
            lang=lang,
            owner=self._new_secret(),
            host=host,
            created=self._clock(),
            starts=starts,
            known=known,
        )
        self._store.save(made)
        return made

    def invited(self, told: Invitation, lesson: str) -> Candidate:
        """Return the candidate whom a letter goes to: known from an earlier letter about this post, or a new one.

        Whose link was taken away stays without one.
        """
        mark = _hash(f"{(told.email or told.phone).lower()}\0{told.post}")
        name, lang, starts = told.name[:60], told.lang, told.starts
        found = self._store.known(mark)
        changed = found and self._store.change(
            found.id, name=proper_name(name), lesson=lesson, lang=lang, starts=starts, created=self._clock()
        )
        return changed or self.make(
            name, post=told.post, lesson=lesson, lang=lang, starts=starts, host="", known=mark
        )

    def link(self, candidate: str) -> str:
        """Return the secret of a new personal link; those given before lead to the same page.

        Raises:
            BadInput: There is no such candidate, or no link leads there any more.
        """
        found = self.get(candidate)
        if not found.holds(self._clock()):
            raise BadInput(_("This candidate has no link any more."), _("Make a new one in the console."))
        secret = self._new_secret()
        self._store.keep_link(_hash(secret), found.id)
        return secret

    def renew(self, candidate: str) -> str:
        """Return the secret of a new link; those given before lead nowhere, and open pages are nobody's.

        Raises:
            BadInput: There is no such candidate, or the data was deleted.
        """
        found = self.get(candidate)
        self._store.shut(found.id)
        if self._store.change(found.id, created=self._clock(), revoked=None) is None:
            raise BadInput(_("This candidate has deleted all data."))
        return self.link(found.id)

    def revoke(self, candidate: str) -> None:
        """Take all links of a candidate away; results stay."""
        found = self.get(candidate)
        self._store.shut(found.id)
        self._store.change(found.id, revoked=found.revoked or self._clock())

    def get(self, candidate: str) -> Candidate:
        """Return a candidate; raises `BadInput` when there is none."""
        found = self._store.get(candidate)
        if found is None:
            raise BadInput(_("There is no such candidate."))
        return found

    def all(self) -> tuple[Candidate, ...]:
        """Return all candidates, newest first."""
        return self._store.all()

    # -- coming by the link ---------------------------------------------------------------------------------

    def behind(self, secret: str) -> Candidate | None:
        """Return whose personal link it is; None for one that leads nowhere."""
        return self._holding(self._store.linked(_hash(secret)))

    def open(self, secret: str, device: str) -> Candidate:
        """Make a browser the candidate's.

        Raises:
            BadInput: The link leads nowhere.
        """
        found = self.behind(secret)
        opened = found and self._holding(self._store.change(found.id, opened=self._clock()))
        if opened is None:
            raise BadInput(_("This link does not hold any more."), _("Ask who invited you for another one."))
        self._store.sit(device, opened.id)
        return opened

    def of_device(self, device: str) -> Candidate | None:
        """Return whose browser it is; None where it is no candidate's, or the link was taken away."""
        return self._holding(self._store.of_device(device))

    def leave(self, device: str) -> None:
        """Let a browser be nobody's; page and link stay."""
        self._store.sit(device, "")

    def reminder(self, candidate: str) -> Item | None:
        """Return the letter that goes to a candidate next, or None."""
        return self._letters.next_to(candidate)

    def erase(self, candidate: str) -> None:
        """Delete who a candidate is, in letters too; that it was done stays, with its date."""
        found = self.get(candidate)
        self._letters.forget(found.id)
        self._store.change(found.id, name="", post="", starts=None, known="", erased=self._clock())
        self._store.shut(found.id)

    def _holding(self, candidate: Candidate | None) -> Candidate | None:
        return candidate if candidate is not None and candidate.holds(self._clock()) else None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
