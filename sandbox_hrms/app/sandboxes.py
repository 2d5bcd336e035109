"""The sandboxes of one process: create, open, clone, reset, delete, checkpoint, restore."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sandbox_hrms.core.faults import Faults
from sandbox_hrms.core.profiles import Profile


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


class Sandbox:
    """One isolated practice HR system: its own data file, its own faults, its own clock."""

    id: str
    lang: str
    profile: Profile
    faults: Faults
    context: Context

    def now(self) -> datetime:
        """Return the sandbox's own time (aware, UTC)."""
        raise NotImplementedError


class Sandboxes:
    """All sandboxes below one folder.

    Args:
        root: Folder that holds ``<id>/hrms.sqlite`` and the templates.
        now: The process's clock (aware, UTC).
    """

    def __init__(self, root: Path, now: Callable[[], datetime]) -> None:
        raise NotImplementedError

    def open(self, sandbox_id: str) -> Sandbox:
        """Return the sandbox, opening its file when needed.

        Raises:
            NotFound: There is none with that id.
        """
        raise NotImplementedError

    def faults(self, sandbox_id: str) -> Faults:
        """Return the faults of a sandbox without opening it."""
        raise NotImplementedError
