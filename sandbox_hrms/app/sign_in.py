"""Who is signed in: link keys, passwords and sessions, kept outside of every sandbox file."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core.roles import Actor, Role

COOKIE = "hrms_session"
SESSION_SECONDS = 12 * 3600


class Sessions:
    """Sign-in keys and sessions of all sandboxes, in ``DIR/_sessions.sqlite``.

    Keys and cookies are stored as hashes only; the practice passwords in clear, as pages show them.

    Args:
        file: The SQLite file.
        now: The process's clock (aware, UTC).
    """

    def __init__(self, file: Path, now: Callable[[], datetime]) -> None:
        raise NotImplementedError

    def issue_link(self, sandbox: Sandbox, role: Role, *, read_only: bool = False) -> str:
        """Return the path of a new sign-in link, ``/s/<id>/<role>/enter?key=…``; usable until revoked."""
        raise NotImplementedError

    def enter(self, sandbox: Sandbox, role: Role, key: str) -> str:
        """Open a session by link key and return the cookie's value.

        Raises:
            NotSignedIn: The key is unknown, revoked, or of another sandbox or role.
        """
        raise NotImplementedError

    def sign_in(self, sandbox: Sandbox, role: Role, name: str, password: str) -> str:
        """Open a session by name and practice password and return the cookie's value.

        Raises:
            NotSignedIn: Name or password is wrong, or the role signs in by link only.
            TooManyTries: Wrong too often within a minute.
        """
        raise NotImplementedError

    def practice_account(self, sandbox: Sandbox, role: Role) -> tuple[str, str]:
        """Return name and password of the practice account, to be shown on the sign-in page."""
        raise NotImplementedError

    def actor_of(self, sandbox_id: str, role: Role, cookie: str | None) -> Actor:
        """Return who is behind a cookie; asks the store anew at each call.

        Raises:
            NotSignedIn: There is no cookie, or its session is over, revoked or of another place.
        """
        raise NotImplementedError

    def sign_out(self, sandbox: Sandbox, role: Role, cookie: str | None) -> None:
        """End the session; harmless when there is none."""
        raise NotImplementedError

    def revoke(self, sandbox_id: str) -> None:
        """End all sessions and links of one sandbox."""
        raise NotImplementedError
