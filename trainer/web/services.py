"""What a trainee page is given: the services of the server, and who is asking."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from starlette.requests import Request

from trainer.adapters.film_shelf import Reel
from trainer.adapters.guide_shelf import Pack
from trainer.app.candidates import Candidates
from trainer.app.housekeeping import do_each
from trainer.app.people import People, ResetLetters
from trainer.app.ports import Clock, Control, Observer, Pictures, Runs, Scenarios
from trainer.app.workshops import Workshops
from trainer.core.candidate import Candidate
from trainer.core.errors import BadInput, TrainerError
from trainer.core.paths import LearningPath
from trainer.core.runs import Run
from trainer.core.scenario import Scenario
from trainer.core.workshop import Seat
from trainer.i18n import N_, translator
from trainer.web.live import Live
from trainer.web.showing import Showings

TRAINEE_COOKIE = "trainer_id"
"""Cookie with the trainee's secret, set by the server before the first page is built."""

PERSON_COOKIE = "trainer_person"
"""Cookie with the secret of who is signed in; a new one at each sign-in."""

KNOWN_COOKIE = "trainer_known"
"""Cookie by which a browser is known in which somebody was signed in before; it opens nothing."""

LANG_COOKIE = "lang"
"""Cookie with the chosen language, set by `POST /language/<code>` and readable by nobody else."""

LANG_SECONDS = 365 * 24 * 3600

SECRET = re.compile(r"[0-9a-f]{32}")
"""128 random bits."""

HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d+)?", re.IGNORECASE)


LOOPBACK = {"127.0.0.1", "localhost", "::1"}
"""Names that lead nowhere on another machine."""

KEPT_SAYINGS = 200
"""So many answers to forms wait for their page at most."""

LONGEST_TYPED = 200
"""So many letters of a field are kept at most."""


class Guides(Protocol):
    """Makes and keeps guides."""

    def order(self, scenario: Scenario, lang: str, form: str = "pdf") -> Future[bytes]:
        """Return the future of a guide, which raises `TrainerError`, as the order itself may."""
        ...

    def pack(self, path: LearningPath, lessons: Sequence[Scenario], lang: str) -> Pack:
        """Return the archive of all guides of a path, or how far it is."""
        ...


class Films(Protocol):
    """Makes and keeps films."""

    def find(self, scenario: Scenario, lang: str, *, entry: bool = False) -> Reel | None:
        """Return a film that is there, or None; with `entry` the minute that shows how to leave."""
        ...

    def order(self, scenario: Scenario, lang: str, *, entry: bool = False) -> Reel:
        """Return a film, or how far it is; raises `TrainerError` when it cannot be made."""
        ...


class NotFound(BadInput):
    """There is no such thing, or it belongs to somebody else: the answer is the same.

    Its texts are msgids: it is raised where nobody knows the reader's language, and translated by `explained`.
    """


def explained(error: TrainerError, lang: str) -> str:
    """Return what went wrong and what to do next in the reader's language, as pages and forms tell it.

    A text that is in that language already is no msgid, and stays as it is.
    """
    _ = translator("trainer", lang).gettext
    return " ".join(_(text) for text in (error.message, error.hint) if text)


@dataclass(frozen=True)
class Settings:
    """What an operator may change.

    Attributes:
        keep: How long the sandbox of a Run is kept that nobody goes on with.
        reconnect: How long a page may be cut off and still go on, in seconds.
    """

    keep: timedelta = timedelta(hours=48)
    reconnect: float = 30.0


@dataclass(frozen=True)
class Hrms:
    """Where browsers reach the sandbox HRMS: the trainer's own host name, another port.

    Attributes:
        port: Public port.
        tls: Whether it speaks HTTPS.
    """

    port: int
    tls: bool

    def address(self, request: Request) -> str:
        """Return the base address (``http://host:port``, no slash at the end) as the asking browser sees it."""
        found = HOST.fullmatch(request.headers.get("host", ""))
        host = found[1] if found else "localhost"
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}"


@dataclass(frozen=True)
class Saying:
    """What the server answered to a form.

    Attributes:
        text: What it says; "" when there is nothing to say.
        good: Whether what was asked for is done.
        typed: Field → what was typed into it, to fill it in again. Never a password.
    """

    text: str = ""
    good: bool = False
    typed: Mapping[str, str] = field(default_factory=dict)


class Sayings:
    """What the server answered to forms, kept until the page that follows shows it, once; no address tells it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Saying] = OrderedDict()

    def keep(self, text: str, *, good: bool = False, typed: Mapping[str, str] | None = None) -> str:
        """Keep an answer, with what was typed and is to stand in the form again; return the ticket for it."""
        ticket = secrets.token_hex(8)
        short = {name: value[:LONGEST_TYPED] for name, value in (typed or {}).items()}
        self._kept[ticket] = Saying(text, good, short)
        while len(self._kept) > KEPT_SAYINGS:
            self._kept.popitem(last=False)
        return ticket

    def take(self, ticket: str) -> Saying:
        """Return the answer of a ticket, an empty one when there is none or it was taken before."""
        return self._kept.pop(ticket, Saying())


@dataclass(frozen=True)
class Services:
    """Everything the pages work with. All of it blocks: call it through ``nicegui.run.io_bound``.

    Attributes:
        scenarios: The lessons.
        runs: Where Runs are kept.
        control: Control API of the sandbox HRMS.
        hrms: Its public address.
        observer: Looks at the sandbox in another role, in a browser of its own.
        people: Accounts of instructors and administrators.
        workshops: The classes.
        candidates: Who practises by a personal link.
        clock: Tells the time.
        languages: Codes of the languages, the first one is the default.
        settings: What the operator chose.
        pictures: What the observer saw; None on a server that keeps none.
        public: Base address for other machines of the network; "" where only this machine is served.
        live: The open pages of workshops.
        showings: What instructors show to their classes; None on a server that shows nothing.
        resets: Sends letters with links for a new password; None where no mail server is set up.
        sayings: Answers to forms that wait for their page.
        guides: Makes and keeps guides; None on a server that makes none.
        films: Makes and keeps films; None on a server that makes none.
        effect: Test id → what pressing it does, as a msgid of scenario texts; "" where that is not known.
    """

    scenarios: Scenarios
    runs: Runs
    control: Control
    hrms: Hrms
    observer: Observer
    people: People
    workshops: Workshops
    candidates: Candidates
    clock: Clock
    languages: tuple[str, ...]
    settings: Settings = Settings()
    guides: Guides | None = None
    films: Films | None = None
    pictures: Pictures | None = None
    public: str = ""
    resets: ResetLetters | None = None
    live: Live = field(default_factory=Live)
    showings: Showings | None = None
    sayings: Sayings = field(default_factory=Sayings)
    effect: Callable[[str], str] = lambda _test_id: ""

    def address(self, request: Request) -> str:
        """Return the base address (no slash at the end) at which others reach the server, as far as we know."""
        here = str(request.base_url).rstrip("/")
        return self.public if self.public and request.url.hostname in LOOPBACK else here

    def serves_others(self, request: Request) -> bool:
        """Tell whether `address` leads here from other machines, too."""
        return urlsplit(self.address(request)).hostname not in LOOPBACK

    def owned_run(self, run: str, trainee: str) -> Run:
        """Return a Run of this trainee; every handler asks anew.

        Raises:
            NotFound: There is none, or it is somebody else's.
        """
        found = self.runs.get(run)
        if found is None or found.owner != trainee:
            raise NotFound(N_("This exercise does not exist any more."))
        return found

    def check_owner(self, run: str, trainee: str) -> None:
        """Look up that a Run is this trainee's; every handler asks anew. Raises `NotFound` as `owned_run` does."""
        if self.runs.owner(run) != trainee:
            raise NotFound(N_("This exercise does not exist any more."))

    def still_at(self, device: str, seat: str) -> Seat:
        """Return the seat at which a browser sits; every handler asks anew.

        Raises:
            NotFound: It sits there no more.
        """
        found = self.workshops.seat_of(device)
        if found is None or found.id != seat:
            raise NotFound(N_("You do not take part in this workshop any more."))
        return found

    def trainee_at(self, device: str) -> str:
        """Return whose Runs a browser works on: those of its seat, of its candidate, else its own."""
        seat = self.workshops.seat_of(device)
        if seat is not None:
            return seat.owner
        candidate = self.candidates.of_device(device)
        return candidate.owner if candidate is not None else device

    def still_practises(self, device: str, candidate: str) -> Candidate:
        """Return whose browser it is; every handler asks anew.

        Raises:
            NotFound: It is the candidate's no more.
        """
        found = self.candidates.of_device(device)
        if found is None or found.id != candidate:
            raise NotFound(N_("Your personal link does not hold any more."), N_("Ask who invited you."))
        return found

    def erase_candidate(self, candidate: Candidate) -> None:
        """Delete all there is of a candidate, and write down that it was done; raises as `forget` does."""
        self.forget(candidate.owner)
        self.candidates.erase(candidate.id)
        self.people.note("", "candidate_erased", candidate.id)

    def erase_due_candidates(self) -> int:
        """Delete all there is of candidates whose time is up, and return how many they were.

        What fails is logged and tried again next time.
        """
        due = [one for one in self.candidates.all() if one.is_due(self.clock())]
        return do_each({f"candidate {one.id}": partial(self.erase_candidate, one) for one in due})

    def forget(self, trainee: str) -> None:
        """Delete all there is of a trainee: the Sandboxes with what was typed into them, pictures, then the Runs.

        Raises:
            BrokenEnvironment: A Sandbox could not be deleted; nothing is forgotten half, ask again.
        """
        known = self.runs.of(trainee)
        for run in known:
            if run.sandbox:
                self.control.delete(run.sandbox)
            if self.pictures:
                self.pictures.forget(run.pictures)
        for begun in set(self.runs.forget(trainee)) - {run.sandbox for run in known}:  # in this very moment
            self.control.delete(begun)


def owner_of(secret: str) -> str:
    """Return the trainee's id for the secret in the cookie; the id does not lead back to the secret."""
    return hashlib.sha256(secret.encode()).hexdigest()[:32]


def referrer_of(request: Request) -> SplitResult:
    """Return the address of the page that sent a form, in parts; empty ones when it is not told or none."""
    try:
        return urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return urlsplit("")


def trainee_of(request: Request) -> str:
    """Return the id of the trainee who asks; resolve it once when a page is built, keep it in a closure.

    Raises:
        NotFound: The request came without the cookie that the server's middleware gives to every page.
    """
    secret = request.cookies.get(TRAINEE_COOKIE, "")
    if not SECRET.fullmatch(secret):
        raise NotFound(
            N_("This page needs its cookie."), N_("Allow cookies for this address and load the page again.")
        )
    return owner_of(secret)


def lang_of(request: Request, languages: tuple[str, ...]) -> str:
    """Return the trainee's language: the chosen one, else what the browser prefers, else the first."""
    chosen = request.cookies.get(LANG_COOKIE, "")
    if chosen in languages:
        return chosen
    wanted = [part.partition(";")[0].strip() for part in request.headers.get("accept-language", "").split(",")]
    base = {code.partition("_")[0]: code for code in languages}
    return next((base[want[:2].lower()] for want in wanted if want[:2].lower() in base), languages[0])
