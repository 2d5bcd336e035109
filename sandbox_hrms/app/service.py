"""Everything a door (pages, control API) needs, in one frozen bundle."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sandbox_hrms.app.sandboxes import Sandboxes
from sandbox_hrms.app.settle import settle
from sandbox_hrms.app.sign_in import Sessions


@dataclass(frozen=True, slots=True)
class Settings:
    """How this process was started.

    Attributes:
        companion: Script served at ``/companion.js`` and included in every page; None for none.
        parent_port: Port of the page that may frame ours; None when nothing may.
        secure: Pages are served over TLS, so cookies carry ``Secure``.
        backup_dir: A second folder for backups, e.g. on another disk; None for none.
    """

    companion: Path | None = None
    parent_port: int | None = None
    secure: bool = False
    backup_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class Hrms:
    """The running practice HR system."""

    sandboxes: Sandboxes
    sessions: Sessions
    settings: Settings

    def close(self) -> None:
        """Let go of all files."""
        self.sandboxes.close()
        self.sessions.close()


def build(root: Path, now: Callable[[], datetime], settings: Settings) -> Hrms:
    """Put the practice HR system together.

    Args:
        root: Folder for all data; made when it does not exist.
        now: The clock (aware, UTC).
        settings: How the process was started.
    """
    root.mkdir(parents=True, exist_ok=True)
    return Hrms(
        sandboxes=Sandboxes(root, now, on_open=settle, backup_dir=settings.backup_dir),
        sessions=Sessions(root / "_sessions.sqlite", now),
        settings=settings,
    )
