"""Who is signed in: link keys, passwords and sessions, kept outside of every sandbox file."""

import hashlib
import secrets
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import pyotp
from sqlmodel import Session, col, delete

from sandbox_hrms.app.faults import eased
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core.errors import Down, Forbidden, HrmsError, NotSignedIn, TooManyTries
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import FORM_ROLES, SIGN_IN_ROLES, Actor, Right, Role
from sandbox_hrms.core.texts import N_
from sandbox_hrms.store import SqliteFile
from sandbox_hrms.tables import SIGN_IN
from sandbox_hrms.tables.accounts import AccountRow, LinkRow, SecondFactorRow, SessionRow
from sandbox_hrms.tables.people import StaffRow

COOKIE = "hrms_session"
SESSION_SECONDS = 12 * 3600
TICKET_SECONDS = 300
"""So long somebody may take between the password and the code."""
_MAX_TRIES = 10
_MAX_CODES = 5
_TRY_SECONDS = 60
_STEP_SECONDS = 30
_ISSUER = "HRMS practice"


class SecondFactorNeeded(HrmsError):
    """The password was right; a second factor is needed next.

    Attributes:
        ticket: Goes into :meth:`Sessions.second_step` and :meth:`Sessions.finish`.
    """

    code = "second_factor"
    http = 401

    def __init__(self, ticket: str) -> None:
        super().__init__(N_("A second step is needed."), N_("Type the code of your authenticator app."))
        self.ticket = ticket


class WrongCode(HrmsError):
    """The code was wrong, too old, or used already."""

    code = "wrong_code"
    http = 401

    def __init__(self) -> None:
        super().__init__(
            N_("The code is wrong, or was used already."), N_("Wait for the next code and type that one.")
        )


@dataclass(frozen=True, slots=True)
class SecondStep:
    """What the second step of a sign-in shows.

    Attributes:
        kind: ``totp`` or ``face``.
        uri: For the authenticator app; empty once a code has been confirmed, and never shown again.
        secret: The same to be typed; empty like ``uri``.
        practice_code: The code that the practice phone shows; empty until the next one is due.
    """

    kind: Literal["totp", "face"]
    uri: str = ""
    secret: str = ""
    practice_code: str = ""


@dataclass(slots=True)
class _Ticket:
    sandbox: str
    role: Role
    expires: datetime
    tries: int = 0


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
        self._tickets: dict[str, _Ticket] = {}

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
            SecondFactorNeeded: They are right, and this kind of system asks for more.
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
        if sandbox.profile.policy.sign_in.second_factor != "none":
            raise SecondFactorNeeded(self._issue_ticket(sandbox, role))
        return self._open(sandbox, role, read_only=False)

    def second_step(self, sandbox: Sandbox, role: Role, ticket: str) -> SecondStep:
        """Return what the second step shows; the secret only until its first code was right.

        Raises:
            NotSignedIn: The ticket is unknown, too old, or of another place.
        """
        self._ticket(sandbox, role, ticket)
        if sandbox.profile.policy.sign_in.second_factor == "face":
            return SecondStep("face")
        with self._file.write() as session:
            row = session.get(SecondFactorRow, (sandbox.id, role))
            if row is None:
                row = SecondFactorRow(sandbox=sandbox.id, role=role, secret=pyotp.random_base32())
                session.add(row)
        codes = pyotp.TOTP(row.secret)
        step = self._step()
        due = max(step, row.last_step + 1)
        return SecondStep(
            "totp",
            uri="" if row.confirmed else codes.provisioning_uri(name=f"{role}@{sandbox.id}", issuer_name=_ISSUER),
            secret="" if row.confirmed else row.secret,
            practice_code=codes.at(due * _STEP_SECONDS) if due <= step + 1 else "",
        )

    def finish(self, sandbox: Sandbox, role: Role, ticket: str, code: str) -> str:
        """Open a session by ticket and code and return the cookie's value; no code works twice.

        Raises:
            NotSignedIn: The ticket is unknown, too old, or of another place.
            TooManyTries: Wrong too often; a new ticket is needed, or a minute has to pass.
            WrongCode: The code is wrong, too old, or used already.
        """
        known = self._count_code(sandbox, role, ticket)
        with self._file.write() as session:
            row = session.get(SecondFactorRow, (sandbox.id, role))
            step = None if row is None else self._step_of(row, code)
            if row is None or step is None:
                raise WrongCode
            first, row.confirmed, row.last_step = not row.confirmed, True, step
            session.add(row)
        self._drop_ticket(known, ticket)
        cookie = self._open(sandbox, role, read_only=False)
        if first:
            with eased(sandbox), sandbox.change(_person(sandbox, role, read_only=False)) as change:
                change.tell(Kind.SECOND_FACTOR_SET, role)
        return cookie

    def finish_face(self, sandbox: Sandbox, role: Role, ticket: str, *, matched: bool) -> str:
        """Open a session after the simulated look at a face: no camera is used, and nothing is compared.

        Raises:
            NotSignedIn: The ticket is unknown, too old, or of another place.
            TooManyTries: Tried too often.
            WrongCode: The person chose to see what happens when the face does not match.
        """
        known = self._count_code(sandbox, role, ticket)
        if not matched or sandbox.profile.policy.sign_in.second_factor != "face":
            raise WrongCode
        self._drop_ticket(known, ticket)
        return self._open(sandbox, role, read_only=False)

    def second_factors(self, sandbox: Sandbox, actor: Actor) -> dict[Role, bool]:
        """Say for each role that signs in by form whether a second factor is set up.

        Raises:
            Forbidden: The role does not manage accounts.
        """
        sandbox.admit(actor, Right.MANAGE_DATA)
        with self._file.read() as session:
            rows = {role: session.get(SecondFactorRow, (sandbox.id, role)) for role in FORM_ROLES}
        return {role: row is not None and row.confirmed for role, row in rows.items()}

    def reset_second_factor(self, sandbox: Sandbox, actor: Actor, role: Role) -> None:
        """Forget somebody's second factor, so that the next sign-in sets up a new one.

        Raises:
            Forbidden: The role does not manage accounts.
        """
        sandbox.admit(actor, Right.MANAGE_DATA, write=True)
        with self._file.write() as session:
            row = session.get(SecondFactorRow, (sandbox.id, role))
            if row is not None:
                session.delete(row)
        with sandbox.change(actor) as change:
            change.tell(Kind.SECOND_FACTOR_RESET, role)

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
            with eased(sandbox), sandbox.change(actor) as change:
                change.tell(Kind.SIGNED_OUT, actor.id)

    def revoke(self, sandbox_id: str) -> None:
        """End all sessions, links and accounts of one sandbox."""
        with self._file.write() as session:
            for table in (SessionRow, LinkRow, AccountRow, SecondFactorRow):
                session.exec(delete(table).where(col(table.sandbox) == sandbox_id))

    def revoke_person(self, sandbox_id: str, role: Role, person: str) -> None:
        """End all sessions of one person."""
        mine = (
            col(SessionRow.sandbox) == sandbox_id,
            col(SessionRow.role) == role,
            col(SessionRow.person) == person,
        )
        with self._file.write() as session:
            session.exec(delete(SessionRow).where(*mine))

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
            with eased(sandbox), sandbox.change(actor) as change:  # a full store locks nobody out who can mend it
                change.tell(Kind.SIGNED_IN, actor.id)
        return token

    def _issue_ticket(self, sandbox: Sandbox, role: Role) -> str:
        ticket = secrets.token_urlsafe(24)
        now = self._now()
        with self._tries_lock:
            self._tickets = {key: one for key, one in self._tickets.items() if one.expires > now}
            expires = now + timedelta(seconds=TICKET_SECONDS)
            self._tickets[_hash(ticket)] = _Ticket(sandbox.id, role, expires)
        return ticket

    def _ticket(self, sandbox: Sandbox, role: Role, ticket: str) -> _Ticket:
        with self._tries_lock:
            known = self._tickets.get(_hash(ticket))
        if known is None or (known.sandbox, known.role) != (sandbox.id, role) or known.expires <= self._now():
            raise NotSignedIn
        return known

    def _count_code(self, sandbox: Sandbox, role: Role, ticket: str) -> _Ticket:
        """Count one try against the ticket and, over all tickets, against the minute."""
        known = self._ticket(sandbox, role, ticket)
        known.tries += 1
        if known.tries > _MAX_CODES:
            self._drop_ticket(known, ticket)
            raise TooManyTries
        self._count_try(f"{sandbox.id}/code", role)
        return known

    def _drop_ticket(self, known: _Ticket, ticket: str) -> None:
        with self._tries_lock:
            self._tickets.pop(_hash(ticket), None)
            if known.tries <= _MAX_CODES:
                self._tries.pop((f"{known.sandbox}/code", known.role), None)

    def _step(self) -> int:
        return int(self._now().timestamp()) // _STEP_SECONDS

    def _step_of(self, row: SecondFactorRow, code: str) -> int | None:
        """Return the step whose code it is; None when it is wrong, or not newer than the last one used."""
        codes, now = pyotp.TOTP(row.secret), self._step()
        typed = "".join(code.split()).encode()
        for step in (now - 1, now, now + 1):
            fits = secrets.compare_digest(codes.at(step * _STEP_SECONDS).encode(), typed)
            if fits and step > row.last_step:
                return step
        return None

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
