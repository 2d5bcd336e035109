"""The sandboxes of one process: create, open, clone, reset, delete, checkpoint, restore."""

import re
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple

from sqlmodel import Session, select

from sandbox_hrms.app import faults, library
from sandbox_hrms.app.case import case_of_candidate
from sandbox_hrms.app.second_disk import SecondDisk
from sandbox_hrms.app.seed import digest_of, write_template
from sandbox_hrms.app.working import WorkingCopies
from sandbox_hrms.core.errors import Conflict, Down, HrmsError, Invalid, NotFound
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.faults import Fault, Faults
from sandbox_hrms.core.profiles import Profile
from sandbox_hrms.core.roles import SYSTEM, Actor, Right
from sandbox_hrms.core.texts import N_
from sandbox_hrms.store import Store, copy
from sandbox_hrms.tables.frame import EventRow, SandboxRow
from sandbox_hrms.tables.people import CandidateRow, DepartmentRow, PostRow

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_CHECKPOINT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
_FILE = "hrms.sqlite"
RECORDINGS = Path("media", "recordings")
"""Below a sandbox's folder; holds a folder for each candidate who spoke."""
RESUMES = Path("media", "resumes")
"""Below a sandbox's folder; holds the résumés that were uploaded."""


@dataclass(frozen=True, slots=True)
class Named:
    """An id and what people call it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class PostRef:
    """The post that the scenario's interview is for."""

    id: str
    title: str
    department: str


@dataclass(frozen=True, slots=True)
class QuestionRef:
    """One question as the control API tells it."""

    id: str
    kind: str
    text: str
    sample: str


@dataclass(frozen=True, slots=True)
class Context:
    """The names a scenario may use for this sandbox."""

    lang: str
    candidate: Named
    post: PostRef
    interview: str
    questions: tuple[QuestionRef, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One change under way: all of it is stored, or nothing."""

    session: Session
    actor: Actor
    at: datetime

    def tell(
        self, kind: Kind, subject: str, moved: tuple[str, str] = ("", ""), **data: str | float | bool | None
    ) -> None:
        """Write down what happened, for the event feed and the audit log.

        Args:
            kind: What happened.
            subject: Id of what it happened to.
            moved: State codes before and after.
            **data: What else a reader of the event feed needs.
        """
        self.session.add(
            EventRow(
                at=self.at,
                actor=self.actor.name,
                role=self.actor.role,
                kind=kind,
                subject=subject,
                data=data,
                before=moved[0],
                after=moved[1],
            )
        )


class Sandbox:
    """One isolated practice HR system: its own data file, its own faults, its own clock.

    Args:
        sandbox_id: Its id.
        folder: Holds ``hrms.sqlite``, ``media`` and ``checkpoints``.
        faults: What is broken at the moment; outlives this object.
        base: The process's clock (aware, UTC).
        second: Where copies are kept away from ``folder``, e.g. on another disk; None for nowhere.
    """

    def __init__(
        self,
        sandbox_id: str,
        folder: Path,
        faults: Faults,
        base: Callable[[], datetime],
        second: SecondDisk | None = None,
    ) -> None:
        self.id = sandbox_id
        self.folder = folder
        self.second = second
        self.second_copies: tuple[tuple[str, int], ...] | None = None
        """Name and size of what was last seen on the second disk; None before the first look."""
        self.faults = faults
        self._base = base
        self.store = Store(folder / _FILE)
        self.backup_lock = threading.Lock()
        self.worked_in = False
        """Whether somebody typed or resumed since it was opened; a crash opens it anew."""
        self.working: WorkingCopies = {}
        """What was submitted and not saved, where saving is done by hand."""
        self.working_then: dict[str, WorkingCopies] = {}
        """The same at the time of each checkpoint."""
        self._known: tuple[int, dict[object, Any]] = (-1, {})
        self._learn()

    def look_again(self) -> None:
        """Read names and texts anew: somebody's data was deleted."""
        self._learn()

    def _learn(self) -> None:
        """Read what does not change between a reset and the next."""
        with self.store.read() as session:
            row = _row(session)
            self.lang = row.lang
            self.profile: Profile = library.profile(row.profile)
            self.seed = (row.dataset, row.random)
            self._fixed, self._offset = row.clock_fixed, row.clock_offset
            self.context = _context(session, row)

    @property
    def revision(self) -> int:
        """Counts the changes stored so far."""
        row = self.store.one("SELECT revision FROM sandbox", {})
        return int(row[0]) if row else 0

    def known(self, read: Callable[[Session, *Ts], T], *arguments: *Ts) -> T:
        """Return what ``read`` makes of the store; it reads again only when something was stored since.

        Args:
            read: Takes nothing into account but what is stored and its arguments, and makes values that nobody
                changes: everybody gets the same ones.
            arguments: For ``read``: which thing, or which page, but nothing that somebody types; every outcome is
                kept until something is stored.
        """
        revision = self.revision  # before reading: what is newer may pass for older, never the other way round
        if self._known[0] != revision:
            self._known = (revision, {})
        outcomes, asked = self._known[1], (read, arguments)
        if asked not in outcomes:
            with self.store.read() as session:
                outcomes[asked] = read(session, *arguments)
        outcome: T = outcomes[asked]
        return outcome

    def now(self) -> datetime:
        """Return the sandbox's own time (aware, UTC)."""
        return self._fixed or self._base() + timedelta(seconds=self._offset)

    def admit(self, actor: Actor, right: Right, *, write: bool = False) -> None:
        """Let the actor pass, or raise.

        Raises:
            Down: The sandbox has crashed and is not back yet.
            Forbidden: The role may not do this.
            ReadOnly: It would change something, and the session may only look.
        """
        if self.faults.down_until:
            raise Down
        actor.need(right, write=write)

    @contextmanager
    def change(self, actor: Actor) -> Iterator[Change]:
        """Give a change to fill in; it is durable when the block ends without an error."""
        with self.store.write() as session:
            yield Change(session, actor, self.now())

    def set_clock(self, *, advance: float | None = None, fixed: datetime | None = None) -> datetime:
        """Move the sandbox's clock and return its time.

        Args:
            advance: Seconds to go forward.
            fixed: Stand still at this time; without both, run with the real time again.
        """
        with faults.eased(self), self.store.write() as session:
            row = _row(session)
            if advance is None:
                row.clock_fixed, row.clock_offset = fixed, 0.0
            elif row.clock_fixed is not None:
                row.clock_fixed += timedelta(seconds=advance)
            else:
                row.clock_offset += advance
            session.add(row)
            self._fixed, self._offset = row.clock_fixed, row.clock_offset
        return self.now()

    def restore_from(self, file: Path, finish: Callable[[Session], None] | None = None) -> int:
        """Take over the content of ``file`` and return the new revision.

        With ``finish``, which puts the content right before, log and clock stay as they are.
        """
        self.store.restore_from(file, finish)
        self.working, self.worked_in = {}, False
        self._learn()
        faults.restored(self)
        return self.revision

    def close(self) -> None:
        """Let go of the file and of everything in memory."""
        self.store.close()


class Sandboxes:
    """All sandboxes below one folder.

    Args:
        root: Folder that holds ``<id>/hrms.sqlite`` and the templates.
        now: The process's clock (aware, UTC).
        on_open: Called with each sandbox opened, to finish what a crash interrupted.
        second: Where backups are kept a second time, e.g. on another disk; None for nowhere.
    """

    def __init__(
        self,
        root: Path,
        now: Callable[[], datetime],
        on_open: Callable[[Sandbox], None] = lambda _: None,
        second: SecondDisk | None = None,
    ) -> None:
        self._root = root
        self._second = second
        self._now = now
        self._on_open = on_open
        self._open: dict[str, Sandbox] = {}
        self._used: dict[str, datetime] = {}
        self._resting: set[str] = set()
        self._faults: dict[str, Faults] = {}
        self._templates: dict[Path, str] = {}
        self._lock = threading.RLock()
        self._template_lock = threading.Lock()
        (root / "_templates").mkdir(parents=True, exist_ok=True)

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all sandboxes, open or not."""
        return tuple(sorted(file.parent.name for file in self._root.glob(f"*/{_FILE}")))

    def opened(self) -> tuple[Sandbox, ...]:
        """Return the sandboxes that are open now."""
        with self._lock:
            return tuple(self._open.values())

    def open(self, sandbox_id: str) -> Sandbox:
        """Return the sandbox, opening its file when needed.

        Raises:
            NotFound: There is none with that id.
        """
        with self._lock:
            if sandbox_id not in self._open:
                self._on_open(self._load(sandbox_id))
                faults.apply(self._open[sandbox_id])
            sandbox = self._open[sandbox_id]
            self._used[sandbox_id] = self._now()
        if sandbox.faults.over():
            faults.lapse(sandbox)
        return sandbox

    def _load(self, sandbox_id: str) -> Sandbox:
        folder = self._folder(sandbox_id)
        sandbox = Sandbox(sandbox_id, folder, self.faults(sandbox_id), self._now, self._second)
        self._open[sandbox_id], self._used[sandbox_id] = sandbox, self._now()
        self._resting.discard(sandbox_id)
        return sandbox

    def rest(self, idle: timedelta) -> int:
        """Close the sandboxes that nobody has used for so long, and return how many; the next visit opens them.

        One stays open while a page shows it, something of it is in memory only, a fault is on, or news of it wait.
        """
        with self._lock:
            before = self._now() - idle
            over = [one for one in self._open.values() if self._used[one.id] <= before and _may_rest(one)]
            for sandbox in over:
                self._forget(sandbox.id)
                self._resting.add(sandbox.id)
        return len(over)

    def awake(self) -> Iterator[Sandbox]:
        """Give one by one the sandboxes that are open, or were until they rested; these rest again afterwards."""
        with self._lock:
            every = sorted({*self._open, *self._resting})
        for sandbox_id in every:
            with self._lock:
                rested = sandbox_id in self._resting
                if not rested and sandbox_id not in self._open:
                    continue
                try:
                    sandbox = self.open(sandbox_id) if rested else self._open[sandbox_id]
                except HrmsError:  # its next visitor is told
                    continue
                opened = self._used[sandbox_id]
            yield sandbox
            with self._lock:
                if rested and self._used.get(sandbox_id) == opened and _may_rest(sandbox):
                    self._forget(sandbox_id)
                    self._resting.add(sandbox_id)

    def faults(self, sandbox_id: str) -> Faults:
        """Return the faults of a sandbox without opening it."""
        with self._lock:
            if sandbox_id not in self._faults:
                self._faults[sandbox_id] = faults.load(self._folder(sandbox_id), self._now)
            return self._faults[sandbox_id]

    def create(self, profile: str, lang: str, dataset: str, random: int, sandbox_id: str | None = None) -> Sandbox:
        """Make a sandbox with fresh sample data; the same seed gives the same people.

        Raises:
            NotFound: No such profile or dataset.
            Invalid: The language or the id will not do.
            Conflict: The id is taken.
        """
        return self._make(self._template(profile, lang, dataset, random), sandbox_id)

    def clone(self, sandbox_id: str) -> Sandbox:
        """Make a new sandbox with the committed content of another."""
        source = self.open(sandbox_id)
        new_id, folder = self._new_folder(None)
        source.store.copy_to(folder / _FILE)
        with self._lock:
            clone = self._load(new_id)  # nothing interrupted it, so there is nothing to catch up with
        clone.working = deepcopy(source.working)
        return clone

    def reset(self, sandbox_id: str) -> Sandbox:
        """Put the sandbox back to its sample data; its faults, files and backups go, its sign-in links stay."""
        sandbox = self.open(sandbox_id)
        template = self._template(sandbox.profile.reference, sandbox.lang, *sandbox.seed)
        faults.clear_all(sandbox)
        sandbox.restore_from(template)
        for files in (RECORDINGS, RESUMES):
            shutil.rmtree(sandbox.folder / files, ignore_errors=True)
        with sandbox.backup_lock:
            shutil.rmtree(sandbox.folder / "backups", ignore_errors=True)
            self._drop_second(sandbox_id)
            sandbox.second_copies = None
        return sandbox

    def delete(self, sandbox_id: str) -> None:
        """Remove the sandbox with everything in it."""
        with self._lock:
            folder = self._folder(sandbox_id)
            self._forget(sandbox_id)
            self._resting.discard(sandbox_id)
            self._faults.pop(sandbox_id, None)
            shutil.rmtree(folder)
        self._drop_second(sandbox_id)

    def checkpoint(self, sandbox_id: str, name: str) -> None:
        """Keep the present content under ``name``; an older checkpoint of that name is replaced."""
        sandbox = self.open(sandbox_id)
        file = self._checkpoint_file(sandbox, name)
        fresh = file.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        sandbox.store.copy_to(fresh)
        fresh.replace(file)
        sandbox.working_then[name] = deepcopy(sandbox.working)

    def restore(self, sandbox_id: str, name: str) -> Sandbox:
        """Go back to a checkpoint.

        Raises:
            NotFound: There is no checkpoint of that name.
        """
        sandbox = self.open(sandbox_id)
        file = self._checkpoint_file(sandbox, name)
        if not file.exists():
            raise NotFound(N_("There is no checkpoint {name}."), N_("Make the checkpoint first."), name=name)
        with faults.eased(sandbox):
            sandbox.restore_from(file)
        sandbox.working = deepcopy(sandbox.working_then.get(name, {}))
        return sandbox

    def inject(self, sandbox_id: str, fault: Fault, seconds: float | None) -> None:
        """Switch a fault on; None lets it last until it is cleared or cured."""
        if fault is Fault.CRASH:
            self.crash(sandbox_id, seconds)
        else:
            faults.inject(self.open(sandbox_id), fault, seconds)

    def crash(self, sandbox_id: str, seconds: float | None) -> None:
        """Let a sandbox fall over: connections cut, memory gone, no answer for ``seconds``."""
        with self._lock:
            sandbox = self.open(sandbox_id)
            with sandbox.store.eased():
                with sandbox.change(SYSTEM) as change:
                    change.tell(Kind.FAULT_INJECTED, Fault.CRASH, fault=Fault.CRASH, seconds=seconds)
                sandbox.faults.crash(seconds)
                self._forget(sandbox_id)

    def clear(self, sandbox_id: str, fault: Fault) -> None:
        """End a fault at once; harmless when it is not on."""
        faults.cure(self.open(sandbox_id), fault)

    def close(self) -> None:
        """Let go of all files."""
        with self._lock:
            for sandbox_id in tuple(self._open):
                self._forget(sandbox_id)

    def _forget(self, sandbox_id: str) -> None:
        sandbox = self._open.pop(sandbox_id, None)
        self._used.pop(sandbox_id, None)
        if sandbox:
            sandbox.close()

    def _drop_second(self, sandbox_id: str) -> None:
        """Remove copies kept elsewhere: the next sandbox of that id must not find them."""
        if self._second is not None:
            self._second.remove(sandbox_id)

    def _folder(self, sandbox_id: str) -> Path:
        folder = self._root / sandbox_id
        if not _ID.fullmatch(sandbox_id) or not (folder / _FILE).exists():
            raise NotFound(N_("There is no sandbox {id}."), N_("Create one first."), id=sandbox_id)
        return folder

    def _new_folder(self, sandbox_id: str | None) -> tuple[str, Path]:
        new_id = sandbox_id or secrets.token_hex(6)
        if not _ID.fullmatch(new_id):
            raise Invalid(
                N_("{id} cannot be the id of a sandbox."),
                N_("Use up to 63 small letters, digits and hyphens."),
                id=new_id,
            )
        folder = self._root / new_id
        try:
            folder.mkdir()
        except FileExistsError as error:
            raise Conflict(
                N_("There is a sandbox {id} already."), N_("Delete it first or use another id."), id=new_id
            ) from error
        for part in ("media", "checkpoints"):
            (folder / part).mkdir()
        return new_id, folder

    def _make(self, template: Path, sandbox_id: str | None) -> Sandbox:
        new_id, folder = self._new_folder(sandbox_id)
        copy(template, folder / _FILE)
        return self.open(new_id)

    def _template(self, profile: str, lang: str, dataset: str, random: int) -> Path:
        """Return the template's file, made anew when the shipped data has changed since, and every day.

        The sample data ends yesterday: whatever is done then is the newest.
        """
        profile, day = library.profile(profile).reference, self._now().date() - timedelta(days=1)
        digest = digest_of(profile, dataset, day)
        file = self._root / "_templates" / f"{profile}-{lang}-{dataset}-{random}.sqlite"
        with self._template_lock:
            if self._templates.get(file) != digest:
                if not file.exists() or _digest_of(file) != digest:
                    write_template(file, profile, lang, dataset, random, day)
                self._templates[file] = digest
        return file

    def _checkpoint_file(self, sandbox: Sandbox, name: str) -> Path:
        if not _CHECKPOINT.fullmatch(name):
            raise Invalid(
                N_("{name} cannot be the name of a checkpoint."),
                N_("Use up to 63 letters, digits, dots, hyphens and underscores."),
                name=name,
            )
        return sandbox.folder / "checkpoints" / f"{name}.sqlite"


_GOES_ON = "SELECT 1 FROM outbox WHERE delivered_at IS NULL AND (tries = 0 OR next_try_at IS NOT NULL)"
"""Parcels that are tried by themselves; what waits for HR waits in a closed sandbox as well."""


def _may_rest(sandbox: Sandbox) -> bool:
    """Say whether closing a sandbox loses and delays nothing."""
    if sandbox.faults.attended or sandbox.faults.active() or sandbox.working or sandbox.working_then:
        return False
    if sandbox.backup_lock.locked():
        return False
    return sandbox.store.one(_GOES_ON, {}) is None


def _row(session: Session) -> SandboxRow:
    return session.exec(select(SandboxRow)).one()


def _context(session: Session, row: SandboxRow) -> Context:
    case = case_of_candidate(session, row.scenario_candidate)
    candidate = session.get_one(CandidateRow, row.scenario_candidate)
    post = session.get_one(PostRow, candidate.post)
    department = session.get_one(DepartmentRow, post.department)
    return Context(
        lang=row.lang,
        candidate=Named(candidate.id, candidate.name),
        post=PostRef(post.id, post.title, department.name),
        interview=case.interview.id,
        questions=tuple(
            QuestionRef(one.id, one.kind, one.text, one.sample)
            for one in case.questions
            if one.kind != "follow_up"  # the lesson is written for those that were prepared
        ),
    )


def _digest_of(template: Path) -> str:
    store = Store(template)
    try:
        with store.read() as session:
            return _row(session).digest
    finally:
        store.close()
