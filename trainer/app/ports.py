"""Ports: what the use cases need from the outside, each with a real adapter and a shipped in-memory double."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from trainer.core.actions import Window
from trainer.core.changes import Element
from trainer.core.checks import Looks, Sight
from trainer.core.paths import LearningPath
from trainer.core.problems import Problem
from trainer.core.runs import Run
from trainer.core.scenario import Scenario, Seed
from trainer.core.walkthrough import Box


class Clock(Protocol):
    """Tells the time."""

    def __call__(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


@dataclass(frozen=True)
class SandboxInfo:
    """A Sandbox as the control API describes it.

    Attributes:
        id: Its id.
        revision: Counts its changes.
        context: The names a Scenario may use.
        screen: Width and height, in CSS pixels, of the window its profile is made for; None for any.
        way_back: Elements that lead back to where one was, after the window was opened anew.
    """

    id: str
    revision: int
    context: Mapping[str, Any]
    screen: tuple[int, int] | None = None
    way_back: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where a window is: a page (path and query) below a role's start page; a closed one is nowhere.

    Attributes:
        role: Whose page, or "" when the window is closed.
        page: Which one, as `StageWindow.go` takes it.
    """

    role: str
    page: str


NOWHERE = Place("", "")
"""Where a closed window is."""


class Control(Protocol):
    """The control API of the sandbox HRMS. Every method raises `BrokenEnvironment` when it cannot be reached,
    `LookFailed` for a look (`events`, `snapshot`, `look`), and `BadInput` when it refuses.
    """  # noqa: D205  # one sentence, two lines

    def create(self, profile: str, lang: str, seed: Seed) -> SandboxInfo:
        """Make a new Sandbox."""
        ...

    def sandboxes(self) -> frozenset[str]:
        """Return the ids of all Sandboxes that there are."""
        ...

    def info(self, sandbox: str) -> SandboxInfo:
        """Describe a Sandbox; raises `BadInput` when there is none of that id."""
        ...

    def reset(self, sandbox: str) -> SandboxInfo:
        """Bring a Sandbox back to its seed."""
        ...

    def clone(self, sandbox: str) -> SandboxInfo:
        """Copy a Sandbox as it is now."""
        ...

    def delete(self, sandbox: str) -> None:
        """Remove a Sandbox and all it holds; one that is gone already is no error."""
        ...

    def checkpoint(self, sandbox: str, name: str) -> None:
        """Keep the present state under `name`."""
        ...

    def restore(self, sandbox: str, name: str) -> None:
        """Bring the state kept under `name` back."""
        ...

    def inject(self, sandbox: str, fault: str, seconds: float | None) -> None:
        """Let a fault strike this Sandbox; None lets it last until it is cured or cleared."""
        ...

    def clear(self, sandbox: str, fault: str) -> None:
        """End a fault before its time; one that has ended already is no error."""
        ...

    def sign_in_link(self, sandbox: str, role: str, *, read_only: bool = False) -> str:
        """Return the address (path and query below the HRMS's base address) that signs `role` in."""
        ...

    def events(self, sandbox: str, after: int) -> tuple[Sequence[Mapping[str, Any]], int]:
        """Return the events after number `after`, oldest first, and the last number."""
        ...

    def snapshot(self, sandbox: str) -> Mapping[str, Any]:
        """Return all that is stored, as coverage of the checks needs it."""
        ...

    def look(
        self, sandbox: str, parts: frozenset[str], after: int
    ) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
        """Return what is stored, and the events after number `after`: all that is shown has its event, too.

        Of what is stored, names at its top that are not among `parts` may be left out; without any, none is.
        """
        ...

    def changed(self, sandbox: str) -> bool:
        """Tell whether a `look` may show what the last one did not; costs little, and when in doubt it may.

        It raises nothing: what cannot be reached may have changed.
        """
        ...

    @property
    def knows_changes(self) -> bool:
        """Whether `changed` answers at once; otherwise it waits for the sandbox HRMS."""
        ...


class StageWindow(Window, Protocol):
    """A `Window` that can also be looked at."""

    def read_field(self, target: str) -> str | None:
        """Return the content of a field, or None when it is not on the page."""
        ...

    def read_state(self, target: str) -> str | None:
        """Return the state code of an element, else its text; None when it is not on the page."""
        ...

    def is_visible(self, target: str) -> bool:
        """Tell whether an element can be seen now."""
        ...

    def choices(self) -> tuple[str, ...]:
        """Return the test ids of all that can be clicked now, each once, in the order of the page."""
        ...

    def options(self, target: str) -> tuple[str, ...]:
        """Return the codes of the options of a list, opening it where that is needed; those of none are ()."""
        ...

    def place(self) -> Place | None:
        """Return which page of the sandbox is shown; None when it is another one."""
        ...

    def box(self, target: str) -> Box | None:
        """Return where an element is, scrolled into view; None when it is not on the page."""
        ...

    def elements(self) -> tuple[Element, ...]:
        """Return all that can be seen on the page and has a name of its own, in the order of the page."""
        ...

    def picture(self, hide: Sequence[str] = ()) -> bytes:
        """Return a PNG of the window in which the elements to `hide` are covered."""
        ...

    def go(self, page: str) -> None:
        """Open a page below the role's start page ("" is the start page)."""
        ...

    def tell(self, caption: str) -> None:
        """Show a caption for as long as reading takes, where the window is shown at human pace."""
        ...

    def trouble(self) -> str:
        """Return why nobody could act here: the browser ended, the application is out of reach; else ""."""
        ...


class Stage(Protocol):
    """Opens windows of the sandbox HRMS in one browser, one at a time for each role."""

    def window(self, sandbox: str, role: str, *, read_only: bool = False, page: str = "") -> StageWindow:
        """Return the window in which `role` is signed in, opening it when there is none.

        `page` is where the caller is about to `go`: a window that has to be opened may load that page at once.
        """
        ...

    def leave(self, sandbox: str, name: str) -> None:
        """Close the windows of a Sandbox; never raises. Recordings of it, if there are any, get this name."""
        ...


class Observer(Protocol):
    """Looks at a Sandbox in other roles with a browser of its own: read-only, leaving no trace."""

    def look(self, sandbox: str, sights: Sequence[Sight], *, lang: str) -> Looks:
        """Return what stands at the `sights`; a look that failed is in `Looks.errors`, never raised."""
        ...


class Pictures(Protocol):
    """Keeps the pictures of what an `Observer` saw."""

    def read(self, name: str) -> bytes | None:
        """Return a PNG, or None when there is none of that name."""
        ...

    def older(self, than: datetime) -> frozenset[str]:
        """Return the names of all pictures that were taken before then."""
        ...

    def forget(self, names: Iterable[str]) -> None:
        """Delete pictures; one that is gone already is no error."""
        ...


@dataclass(frozen=True)
class Speech:
    """A text that was spoken.

    Attributes:
        wav: The sound, as a WAV file.
        seconds: How long it is heard.
    """

    wav: bytes
    seconds: float


class Voice(Protocol):
    """Speaks."""

    def say(self, text: str, lang: str) -> Speech:
        """Speak a text in a language; raises `BrokenEnvironment` when there is no voice."""
        ...


class Scenarios(Protocol):
    """The catalogue of lessons."""

    def all(self) -> tuple[Scenario, ...]:
        """Return every lesson, ordered by id."""
        ...

    def get(self, scenario: str) -> Scenario:
        """Return one lesson; raises `BadInput` naming the nearest id when there is none."""
        ...

    def paths(self) -> tuple[LearningPath, ...]:
        """Return every learning path, ordered by id."""
        ...

    def broken(self) -> tuple[Problem, ...]:
        """Return what is wrong with lessons and paths that can therefore not be used, or not as they are now."""
        ...


class Runs(Protocol):
    """Keeps Runs. Every method raises `BrokenEnvironment` when it cannot; nothing is stored by half."""

    def save(self, run: Run) -> None:
        """Store the Run as it is now, durably, before returning."""
        ...

    def update(self, run: Run) -> None:
        """Store a Run that was saved before, as `save` does; one that was forgotten meanwhile stays forgotten."""
        ...

    def get(self, run: str) -> Run | None:
        """Return a Run, or None."""
        ...

    def owner(self, run: str) -> str | None:
        """Return whose Run it is, None when there is none; costs less than `get`."""
        ...

    def of(self, owner: str) -> tuple[Run, ...]:
        """Return the Runs of one trainee, newest first."""
        ...

    def of_all(self, owners: Sequence[str], since: datetime | None = None) -> tuple[Run, ...]:
        """Return the Runs of several trainees, newest first: those in which something has happened since then."""
        ...

    def idle(self, before: datetime) -> tuple[Run, ...]:
        """Return the Runs that still have a Sandbox and in which nothing has happened since `before`."""
        ...

    def sandboxes(self) -> frozenset[str]:
        """Return the ids of all Sandboxes that Runs have."""
        ...

    def pictures(self) -> frozenset[str]:
        """Return the names of all pictures that are evidence of Runs."""
        ...

    def forget(self, owner: str) -> tuple[str, ...]:
        """Delete all Runs of one trainee and return the ids of their Sandboxes."""
        ...
