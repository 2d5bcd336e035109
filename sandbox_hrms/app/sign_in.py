"""Who is signed in: link keys, passwords and sessions, kept outside of every sandbox file."""

import hashlib
import secrets
import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, delete

from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core.errors import Down, Forbidden, NotSignedIn, TooManyTries
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import FORM_ROLES, SIGN_IN_ROLES, Actor, Role
from sandbox_hrms.store import SqliteFile
from sandbox_hrms.tables import SIGN_IN
from sandbox_hrms.tables.accounts import AccountRow, LinkRow, SessionRow
from sandbox_hrms.tables.people import StaffRow

COOKIE = "hrms_session"
SESSION_SECONDS = 12 * 3600
_MAX_TRIES = 10
_TRY_SECONDS = 60
_WHO = """
SELECT person, name, read_only, expires FROM session
WHERE token_hash = :token AND sandbox = :sandbox AND role = :role
"""
"""Asked several times at every request, so it goes past the object layer."""


class Sessions:
    """Sign-in keys and sessions of all sandboxes, in ``DIR/_sessions.sqlite``.

    Keys and cookies are stored as hashes only; the practice passwords in clear, as pages show them.

    Args:
        file: The SQLite file.
        now: The process's clock (aware, UTC).
    """

    def __init__(self, file: Path, now: Callable[[], datetime]) -> None:
        self._file = SqliteFile(file, SIGN_IN)
        self._now = now
        self._tries: dict[tuple[str, Role], list[datetime]] = defaultdict(list)
        self._tries_lock = threading.Lock()

    def issue_link(self, sandbox: Sandbox, role: Role, *, read_only: bool = False) -> str:
        """Return the path of a new sign-in link, ``/s/<id>/<role>/enter?key=…``; usable until revoked.

        Raises:
            Forbidden: Nobody signs in with that role.
        """
        if role not in SIGN_IN_ROLES:
            raise Forbidden
        key = secrets.token_urlsafe(24)
        with self._file.write() as session:
            session.add(LinkRow(key_hash=_hash(key), sandbox=sandbox.id, role=role, read_only=read_only))
        return f"/s/{sandbox.id}/{role}/enter?key={key}"

    def looks_only(self, key: str) -> bool:
        """Say whether a link key is known and lets its bearer only look."""
        with self._file.read() as session:
            link = session.get(LinkRow, _hash(key))
        return link is not None and link.read_only

    def enter(self, sandbox: Sandbox, role: Role, key: str) -> str:
        """Open a session by link key and return the cookie's value.

        Raises:
            Down: The sandbox has crashed and is not back yet.
            NotSignedIn: The key is unknown, revoked, or of another sandbox or role.
        """
        with self._file.read() as session:
            link = session.get(LinkRow, _hash(key))
        if link is None or (link.sandbox, link.role) != (sandbox.id, role):
            raise NotSignedIn
        return self._open(sandbox, role, read_only=link.read_only)

    def sign_in(self, sandbox: Sandbox, role: Role, name: str, password: str) -> str:
        """Open a session by name and practice password and return the cookie's value.

        Raises:
            Down: The sandbox has crashed and is not back yet.
            NotSignedIn: Name or password is wrong, or the role signs in by link only.
            TooManyTries: Wrong too often within a minute.
        """
        if role not in FORM_ROLES:
            raise NotSignedIn
        self._count_try(sandbox.id, role)
        account, expected = self.practice_account(sandbox, role)
        name_fits = secrets.compare_digest(name.strip().casefold().encode(), account.encode())
        if not secrets.compare_digest(password.strip().encode(), expected.encode()) or not name_fits:
            raise NotSignedIn
        with self._tries_lock:
            self._tries.pop((sandbox.id, role), None)
        return self._open(sandbox, role, read_only=False)

    def practice_account(self, sandbox: Sandbox, role: Role) -> tuple[str, str]:
        """Return name and password of the practice account, to be shown on the sign-in page.

        Raises:
            Forbidden: The role signs in by link only.
        """
        if role not in FORM_ROLES:
            raise Forbidden
        with self._file.read() as session:
            account = session.get(AccountRow, (sandbox.id, role))
        if account is None:
            with self._file.write() as session:
                account = session.get(AccountRow, (sandbox.id, role)) or AccountRow(
                    sandbox=sandbox.id, role=role, password=secrets.token_hex(4)
                )
                session.add(account)
        return role.value, account.password

    def actor_of(self, sandbox_id: str, role: Role, cookie: str | None) -> Actor:
        """Return who is behind a cookie; asks the store anew at each call.

        Raises:
            NotSignedIn: There is no cookie, or its session is over, revoked or of another place.
        """
        row = self._file.one(_WHO, {"token": _hash(cookie or ""), "sandbox": sandbox_id, "role": role.value})
        if row is None or datetime.fromisoformat(row[3]) <= self._now():
            raise NotSignedIn
        return Actor(role=role, id=row[0], name=row[1], read_only=bool(row[2]))

    def sign_out(self, sandbox: Sandbox, role: Role, cookie: str | None) -> None:
        """End the session; harmless when there is none."""
        try:
            actor = self.actor_of(sandbox.id, role, cookie)
        except NotSignedIn:
            return
        with self._file.write() as session:
            session.exec(delete(SessionRow).where(col(SessionRow.token_hash) == _hash(cookie or "")))
        if not actor.read_only and not sandbox.faults.down_until:
            with sandbox.change(actor) as change:
                change.tell(Kind.SIGNED_OUT, actor.id)

    def revoke(self, sandbox_id: str) -> None:
        """End all sessions, links and accounts of one sandbox."""
        with self._file.write() as session:
            for table in (SessionRow, LinkRow, AccountRow):
                session.exec(delete(table).where(col(table.sandbox) == sandbox_id))

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _open(self, sandbox: Sandbox, role: Role, *, read_only: bool) -> str:
        if sandbox.faults.down_until:
            raise Down
        actor = _person(sandbox, role, read_only=read_only)
        token = secrets.token_urlsafe(32)
        with self._file.write() as session:
            self._forget_expired(session)
            session.add(
                SessionRow(
                    token_hash=_hash(token),
                    sandbox=sandbox.id,
                    role=role,
                    person=actor.id,
                    name=actor.name,
                    read_only=read_only,
                    expires=self._now() + timedelta(seconds=SESSION_SECONDS),
                )
            )
        if not read_only:
            with sandbox.change(actor) as change:
                change.tell(Kind.SIGNED_IN, actor.id)
        return token

    def _forget_expired(self, session: Session) -> None:
        session.exec(delete(SessionRow).where(col(SessionRow.expires) <= self._now()))

    def _count_try(self, sandbox_id: str, role: Role) -> None:
        since = self._now() - timedelta(seconds=_TRY_SECONDS)
        with self._tries_lock:
            tries = [at for at in self._tries[sandbox_id, role] if at > since]
            self._tries[sandbox_id, role] = tries
            if len(tries) >= _MAX_TRIES:
                raise TooManyTries
            tries.append(self._now())


def _person(sandbox: Sandbox, role: Role, *, read_only: bool) -> Actor:
    if role is Role.CANDIDATE:
        candidate = sandbox.context.candidate
        return Actor(role, candidate.id, candidate.name, read_only)
    with sandbox.store.read() as session:
        return Actor(role, role.value, session.get_one(StaffRow, role).name, read_only)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
