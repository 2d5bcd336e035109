"""Everything a door (pages, control API) needs, in one frozen bundle."""

from dataclasses import dataclass
from pathlib import Path

from sandbox_hrms.app.sandboxes import Sandboxes
from sandbox_hrms.app.sign_in import Sessions


@dataclass(frozen=True, slots=True)
class Settings:
    """How this process was started.

    Attributes:
        companion: Script served at ``/companion.js`` and included in every page; None for none.
        parent_port: Port of the page that may frame ours; None when nothing may.
        secure: Pages are served over TLS, so cookies carry ``Secure``.
    """

    companion: Path | None = None
    parent_port: int | None = None
    secure: bool = False


@dataclass(frozen=True, slots=True)
class Hrms:
    """The running practice HR system."""

    sandboxes: Sandboxes
    sessions: Sessions
    settings: Settings
