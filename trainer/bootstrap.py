"""Bootstrap: the only module that picks real adapters."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import TYPE_CHECKING, Any, Protocol, Required, TypedDict, Unpack

from trainer.adapters.hrms_process import HrmsProcess
from trainer.core.application import Application
from trainer.paths import home

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from trainer.adapters.control_http import HttpControl
    from trainer.adapters.database import Database
    from trainer.adapters.demo_process import Demos
    from trainer.adapters.film_shelf import FilmShelf
    from trainer.adapters.foreign_control import ForeignControl
    from trainer.adapters.guide_shelf import GuideShelf
    from trainer.adapters.kept_files import KeptFiles
    from trainer.adapters.observer import BrowserObserver
    from trainer.adapters.outbox_store import StoredOutbox
    from trainer.adapters.pictures import PictureFolder
    from trainer.adapters.playwright_stage import PlaywrightStage, Setting, Strike
    from trainer.adapters.reset_mail import ResetMail
    from trainer.adapters.scenario_files import ScenarioFiles, ServedScenarios
    from trainer.adapters.store import StoredRuns
    from trainer.app.candidates import Candidates
    from trainer.app.mutate import Listener, Prover
    from trainer.app.outbox import Post, Sender
    from trainer.app.people import People
    from trainer.app.ports import Control, Observer, Scenarios, Stage, Voice
    from trainer.app.unfinished import Unfinished
    from trainer.app.verify import Report
    from trainer.app.workshops import Workshops
    from trainer.core.brand import Brand
    from trainer.core.contract import Contract
    from trainer.core.invitation import Channel, Invitation, Item
    from trainer.core.paths import LearningPath
    from trainer.core.scenario import Scenario

COMPANION = Path(__file__).parent / "web" / "static" / "companion.js"
"""The coach's script inside the sandbox's pages."""


def clock() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return an unguessable id."""
    return secrets.token_hex(8)


def control(process: HrmsProcess) -> HttpControl:
    """Return the control API of a sandbox HRMS that we started."""
    from trainer.adapters.control_http import HttpControl

    return HttpControl(process.base_url, process.token, verify=False, obituary=process.obituary)


@contextmanager
def passing_hrms() -> Iterator[HrmsProcess]:
    """Run a sandbox HRMS whose data goes when it goes: for verify, demo, guide and bench."""
    with (
        TemporaryDirectory(prefix="trainer-", ignore_cleanup_errors=True) as data,
        HrmsProcess(Path(data)) as process,
    ):
        yield process


def made_home() -> Path:
    """Return the trainer's home, which is made if need be; raises `BrokenEnvironment` when it cannot be."""
    from trainer.core.errors import BrokenEnvironment
    from trainer.i18n import gettext as _

    place = home()
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BrokenEnvironment(
            _("{path} cannot be made: {reason}").format(path=place, reason=error.strerror or error),
            _("set TRAINER_HOME to a folder of your own"),
        ) from error
    return place


def served_hrms(*, host: str, port: int, parent_port: int, tls: tuple[Path, Path] | None) -> HrmsProcess:
    """Return the sandbox HRMS of a server, not started yet: its data stays, its pages may be framed."""
    data = home() / "sandboxes"
    return HrmsProcess(data, host=host, port=port, companion=COMPANION, parent_port=parent_port, tls=tls)


def sitting(lesson: str) -> Path:
    """Return the folder in which the sandbox of an exam stays until it is handed in."""
    return made_home() / "sittings" / lesson


def database() -> Database:
    """Open the platform's database: the one of ``TRAINER_DATABASE_URL``, else a file in the trainer's home."""
    from trainer.adapters.database import Database, sqlite_url

    return Database(os.environ.get("TRAINER_DATABASE_URL") or sqlite_url(made_home() / "platform.sqlite"))


def runs(database: Database) -> StoredRuns:
    """Return the keeper of Runs."""
    from trainer.adapters.store import StoredRuns

    return StoredRuns(database)


def people(database: Database) -> People:
    """Return the accounts of instructors and administrators."""
    from trainer.adapters.passwords import Argon2Passwords
    from trainer.adapters.people_store import StoredPeople
    from trainer.app.people import People

    return People(StoredPeople(database), Argon2Passwords(), clock, lambda: secrets.token_hex(16))


def workshops(database: Database, control: Control | None = None, lessons: Scenarios | None = None) -> Workshops:
    """Return the classes; without the sandbox HRMS for what needs none: making one, its report."""
    from trainer.adapters.in_memory import InMemoryControl
    from trainer.adapters.workshop_store import StoredWorkshops
    from trainer.app.workshops import Workshops
    from trainer.core.workshop import ALPHABET

    return Workshops(
        store=StoredWorkshops(database),
        runs=runs(database),
        scenarios=lessons or scenarios(),
        control=control or InMemoryControl(),
        clock=clock,
        new_id=lambda: secrets.token_hex(16),
        new_code=lambda length: "".join(secrets.choice(ALPHABET) for _one in range(length)),
    )


def observer(process: HrmsProcess, control: Control) -> BrowserObserver:
    """Return the one who looks in other roles; its browser starts at the first look."""
    from trainer.adapters.observer import BrowserObserver

    return BrowserObserver(control, process.base_url, pictures=pictures().folder)


def pictures() -> PictureFolder:
    """Return where the pictures of what other roles saw are kept."""
    from trainer.adapters.pictures import PictureFolder

    return PictureFolder(home() / "evidence")


class Choices(TypedDict, total=False):
    """How a stage is opened; what is not chosen is as `trainer.adapters.playwright_stage.Setting` has it.

    Attributes:
        lang: Language of the browser.
        headed: Whether the browser is seen on the screen.
        browser: A browser to share; without it one is started.
        speed: How fast a person is imitated, 1 is natural; None acts as fast as the page can.
        trace: Folder for Playwright traces.
        size: Width and height of a window in CSS pixels; without it a desktop's.
        scale: Picture pixels per CSS pixel.
        hear: Is told what the coach's script reports, where a person acts in the windows.
        watch: Is given each page in which somebody acts.
        captions: Whether a demo has its captions in the picture.
    """

    lang: Required[str]
    headed: bool
    browser: Browser | None
    speed: float | None
    trace: Path | None
    size: tuple[int, int]
    scale: float
    hear: Callable[[Mapping[str, Any]], None] | None
    watch: Callable[[Page], None] | None
    captions: bool


class OpenStage(Protocol):
    """Opens a stage of a venue."""

    def __call__(self, **choices: Unpack[Choices]) -> AbstractContextManager[PlaywrightStage]:
        """Open it, in `browser` or in one of its own."""
        ...


@dataclass(frozen=True)
class Venue:
    """Where lessons are performed.

    Attributes:
        control: Its control API, or what an application's author offers in its place.
        stage: Opens a stage there.
        observer: Gives the one who looks in other roles while a person acts on a stage.
    """

    control: Control
    stage: OpenStage
    observer: Callable[[PlaywrightStage], AbstractContextManager[Observer]]


def require_secrets(application: Application) -> None:
    """See that every secret of an application is in the environment; raises `BadInput` for one that is not."""
    from trainer.adapters.foreign_control import require_secrets

    require_secrets(application)


@contextmanager
def venue(
    application: Application | None,
    *,
    crash_seconds: float | None = None,
    data: Path | None = None,
    goes: Mapping[str, str] | None = None,
) -> Iterator[Venue]:
    """Make the place where lessons play: a sandbox HRMS that goes with us, or somebody else's application.

    Args:
        application: Somebody else's application, or None for the sandbox HRMS.
        crash_seconds: As for `stage`.
        data: Folder of the sandboxes; it stays. Without one they go with us.
        goes: Goes at lessons on somebody else's application that are gone on with: id → language.
    """
    if application is None:
        hrms = HrmsProcess(data) if data else passing_hrms()
        with hrms as process, control(process) as ours:
            yield Venue(
                ours,
                partial(stage, process, ours, crash_seconds=crash_seconds),
                lambda _stage: closing(observer(process, ours)),
            )
        return
    from trainer.adapters.foreign_control import ForeignControl
    from trainer.app.examine import StageObserver

    with ForeignControl(application, goes) as theirs:
        yield Venue(
            theirs,
            partial(_foreign_stage, theirs),
            lambda stage: nullcontext(StageObserver(stage, wait=stage.wait)),
        )


@contextmanager
def _foreign_stage(control: ForeignControl, **choices: Unpack[Choices]) -> Iterator[PlaywrightStage]:
    from trainer.adapters.foreign_stage import open_foreign_stage

    browser, headed = choices.pop("browser", None), choices.pop("headed", False)
    setting = _setting(control.application.url, control, control.inject, choices)
    with open_foreign_stage(setting, control, browser=browser, headed=headed) as opened:
        yield opened


@contextmanager
def stage(
    process: HrmsProcess, control: Control, *, crash_seconds: float | None = None, **choices: Unpack[Choices]
) -> Iterator[PlaywrightStage]:
    """Open a stage on a sandbox HRMS that we started; its `crash` fault is SIGKILL and a restart.

    Args:
        process: The sandbox HRMS.
        control: Its control API.
        crash_seconds: So long the Sandbox alone is gone after a `crash`, in place of SIGKILL: time to look at it.
        choices: How it is opened.
    """
    from trainer.adapters.playwright_stage import open_stage

    def strike(sandbox: str, fault: str, seconds: float | None) -> None:
        if fault != "crash":
            control.inject(sandbox, fault, seconds)
        elif crash_seconds is None:
            process.restart()
        else:
            control.inject(sandbox, fault, crash_seconds)

    browser, headed = choices.pop("browser", None), choices.pop("headed", False)
    setting = replace(_setting(process.base_url, control, strike, choices), obituary=process.obituary)
    with open_stage(setting, browser=browser, headed=headed) as opened:
        yield opened


def _setting(base_url: str, control: Control, strike: Strike, choices: Choices) -> Setting:
    """Return what the windows of a stage have in common; the browser is no longer among the choices."""
    from trainer.adapters.playwright_stage import Setting

    return Setting(base_url, control, strike, companion=COMPANION, **choices)  # type: ignore[misc]  # as said


def prover(scenario: Scenario, lang: str, control: Control, stage: Stage, listener: Listener) -> Prover:
    """Return what tries the judge of trainees with mutants of one lesson; its Runs are kept nowhere."""
    from trainer.adapters.in_memory import InMemoryRuns, InMemoryScenarios
    from trainer.app.coach import Coach
    from trainer.app.course import Pathfinder
    from trainer.app.examine import StageObserver
    from trainer.app.mutate import Prover

    kept = InMemoryRuns()
    coach = Coach(
        scenarios=InMemoryScenarios(scenario),
        runs=kept,
        control=control,
        observer=StageObserver(stage),
        clock=clock,
        new_id=new_id,
        translate=lambda _lang: str,
    )
    return Prover(Pathfinder(coach, kept, control, stage, lang), listener)


def scenarios() -> ScenarioFiles:
    """Return the catalogue of lessons that come with the trainer."""
    from trainer.adapters.scenario_files import ScenarioFiles

    return ScenarioFiles()


def served_scenarios() -> ServedScenarios:
    """Return the same for a trainer that runs: what is broken costs no other lesson."""
    from trainer.adapters.scenario_files import ServedScenarios

    return ServedScenarios(scenarios())


def ask_contract() -> Contract:
    """Return what the sandbox HRMS offers to scenarios now."""
    from trainer.adapters.hrms_contract import ask_contract

    return ask_contract()


def browser(*, headed: bool = False) -> AbstractContextManager[Browser]:
    """Start a browser that several stages share."""
    from trainer.adapters.playwright_browser import open_browser

    return open_browser(headed=headed)


def brand(file: Path | None) -> Brand:
    """Return the brand that a file describes, or ours; raises `BadInput` when the file cannot be used."""
    from trainer.adapters.brand_file import read_brand
    from trainer.core.brand import Brand

    return read_brand(file) if file else Brand()


def _brand_of_environment() -> Brand:
    return brand(Path(chosen) if (chosen := os.environ.get("TRAINER_BRAND")) else None)


def demos() -> Demos:
    """Return what starts demos for classes."""
    from trainer.adapters.demo_process import Demos

    return Demos()


def films(look: Brand | None = None) -> FilmShelf:
    """Return the shelf of films in the trainer's home, of a brand or of that of the environment.

    Raises:
        BadInput: The brand cannot be used.
    """
    from trainer.adapters import footage
    from trainer.adapters.film_shelf import FilmShelf

    ours = _brand_of_environment() if look is None else look
    return FilmShelf(home() / "films" / "shelf", stamp=f"{footage.system()} {ours!r}")


def invitations(file: Path) -> tuple[Invitation, ...]:
    """Return whom a CSV file of candidates invites; raises `BadInput` when it cannot be used."""
    from trainer.adapters.candidates_csv import read_candidates
    from trainer.i18n import LANGS

    return read_candidates(file, LANGS)


def outbox(database: Database) -> StoredOutbox:
    """Return the keeper of letters."""
    from trainer.adapters.outbox_store import StoredOutbox

    return StoredOutbox(database)


def public_url() -> str:
    """Return the address at which others reach the trainer, without a slash at the end; "" where none is set.

    Raises:
        BadInput: ``TRAINER_PUBLIC_URL`` is no address.
    """
    from urllib.parse import urlsplit

    from trainer.core.errors import BadInput
    from trainer.i18n import gettext as _

    found = os.environ.get("TRAINER_PUBLIC_URL", "").rstrip("/")
    parts = urlsplit(found)
    if found and (parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or " " in found):
        raise BadInput(
            _("TRAINER_PUBLIC_URL is no address: {address}").format(address=found),
            _("Write it whole, such as https://trainer.example."),
        )
    return found


def screencast(take: Callable[[bytes], None]) -> Callable[[Page], None]:
    """Return what watches the pages of a stage and hands their pictures (JPEG) on."""
    from trainer.adapters.screencast import Screencast

    return Screencast(take).watch


def candidates(database: Database, lessons: Scenarios | None = None) -> Candidates:
    """Return the candidates with their personal links."""
    from trainer.adapters.candidate_store import StoredCandidates
    from trainer.app.candidates import Candidates

    return Candidates(
        StoredCandidates(database),
        outbox(database),
        lessons or scenarios(),
        clock,
        lambda: secrets.token_hex(16),
    )


def practice_links(database: Database) -> Callable[[Item], str]:
    """Return what makes the address of the practice page that a letter carries, a new one each time, or ""."""
    from trainer.core.errors import BadInput

    base, ours = public_url(), candidates(database)

    def link(item: Item) -> str:
        if not base or not item.candidate:
            return ""
        try:
            return f"{base}/candidate/{ours.link(item.candidate)}"
        except BadInput:  # it was taken away meanwhile: the letter goes without
            return ""

    return link


def senders(
    channels: Collection[Channel], practice: Callable[[Item], str] = lambda _item: ""
) -> dict[Channel, Sender]:
    """Return who sends letters each way, as the environment says; raises `BadInput` when it does not say.

    Args:
        channels: The ways.
        practice: Makes the address of the practice page that a letter carries, or "".
    """
    if not channels:
        return {}  # most servers: what draws letters takes a third of a second to load
    from guides import invitation
    from trainer.adapters.sms_webhook import SmsWebhook
    from trainer.adapters.smtp_post import MailServer, SmtpPost
    from trainer.core.invitation import Channel

    found: dict[Channel, Sender] = {}
    if Channel.MAIL in channels:
        found[Channel.MAIL] = SmtpPost(
            MailServer.of(),
            lambda item, kit, sender: invitation.message(item, kit, sender, clock(), practice(item)),
        )
    if Channel.SMS in channels:
        found[Channel.SMS] = SmsWebhook.of(lambda item, kit: invitation.sms(item, kit, clock(), practice(item)))
    return found


def post(database: Database, channels: Collection[Channel], *, per_minute: float) -> Post:
    """Return who sends what is due, by these channels; raises as `senders` does."""
    from trainer.app.outbox import Post

    found = senders(channels, practice_links(database))
    return Post(outbox(database), found, clock=clock, per_minute=per_minute)


def resets(base: str) -> ResetMail | None:
    """Return who sends links for new passwords, which lead to `base`; None where no mail server is set up."""
    if not os.environ.get("TRAINER_SMTP_HOST"):
        return None
    from trainer.adapters.reset_mail import ResetMail
    from trainer.adapters.smtp_post import MailServer

    return ResetMail(MailServer.of(), base, clock)


def postman(database: Database, stopping: Event) -> Post | None:
    """Return who sends reminders until `stopping` is set; None where no way to send them is set up.

    Reminders are those of interviews and of unfinished practice. The letters of a list are sent
    by the command that noted them, at its own rate, and by nobody else.
    """
    from trainer.app.outbox import Post
    from trainer.core.invitation import About, Channel

    ways = {Channel.MAIL: "TRAINER_SMTP_HOST", Channel.SMS: "TRAINER_SMS_URL"}
    chosen = [channel for channel, setting in ways.items() if os.environ.get(setting)]
    if not chosen:
        return None
    found = senders(chosen, practice_links(database))
    return Post(
        outbox(database),
        found,
        abouts=[About.REMINDER, About.UNFINISHED],
        clock=clock,
        wait=stopping.wait,
        stopped=stopping.is_set,
    )


def unfinished(database: Database, control: Control) -> Unfinished:
    """Return who notes letters about practice that candidates left half-way."""
    from trainer.adapters.candidate_store import StoredCandidates
    from trainer.app.unfinished import Unfinished

    return Unfinished(StoredCandidates(database), runs(database), control, outbox(database))


def guides() -> GuideShelf:
    """Return the shelf of guides in the trainer's home; raises `BadInput` for a brand that cannot be used."""
    from trainer.adapters import footage
    from trainer.adapters.guide_shelf import GuideShelf

    ours = _brand_of_environment()

    def index(path: LearningPath, found: Sequence[tuple[Scenario, Sequence[str]]], lang: str) -> bytes:
        from guides import collection  # what draws pages loads with the first of them

        return collection.index(path, found, lang, brand=ours)

    return GuideShelf(home() / "guides", index=index, stamp=f"{footage.system()} {ours!r}")


def kept(what: str) -> KeptFiles:
    """Return a folder for what can be made again: ``footage`` and ``scenes`` of films."""
    from trainer.adapters.kept_files import KeptFiles

    return KeptFiles(home() / "films" / what)


def voice() -> AbstractContextManager[Voice]:
    """Return the voice of films; it starts with the first text."""
    from trainer.adapters.speech_process import SpeechProcess

    return SpeechProcess(home() / "films" / "speech")


def write_junit(reports: Sequence[Report], path: Path) -> None:
    """Write reports of `verify` for build servers; raises `BrokenEnvironment` when that cannot be done."""
    from trainer.adapters import junit

    junit.write_junit(reports, path)
