"""People: accounts of instructors and administrators, signing in, and one-time links in place of passwords."""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from trainer.app.ports import Clock
from trainer.app.tries import Tries
from trainer.core.errors import BadInput, TrainerError
from trainer.core.people import SHORTEST_PASSWORD, Account, AuditLine, Link, Role, SignIn
from trainer.i18n import gettext as _

LINK_LASTS = timedelta(hours=48)
RESET_LASTS = timedelta(minutes=30)
"""So long a link holds that was asked for by mail."""

LETTERS = 3
LETTERS_WITHIN = timedelta(hours=1)
"""So many letters go to one account within this time."""

FREE_ASKS = 10
"""So many letters may be asked for from one place before the next one has to wait."""

SIGN_IN_LASTS = timedelta(hours=12)
"""So long after its last use a browser is signed in."""

MINUTE = timedelta(minutes=1)
FREE_TRIES = 5
"""So many wrong passwords of one account from one place cost no time."""

FREE_TRIES_OF_A_PLACE = 50
"""So many wrong passwords from one place, of whatever accounts, cost no time: a class may share an address."""

LOGIN = re.compile(r"[a-z0-9._%+@-]{2,80}")
LONGEST = 200
"""Characters of a password, a name and a browser's name."""


class NotAllowed(BadInput):
    """Who asks may not do that, or is nobody we know: the answer is the same."""


class PeopleStore(Protocol):
    """Keeps accounts; every method raises `BrokenEnvironment` when it cannot."""

    def accounts(self) -> tuple[Account, ...]:
        """Return all accounts, by login."""
        ...

    def account(self, account: str) -> Account | None:
        """Return an account by its id, or None."""
        ...

    def save_account(self, account: Account) -> None:
        """Store an account as it is now."""
        ...

    def take_step(self, account: str, step: int) -> bool:
        """Note the time step of a code as used; False when it, or a later one, was used before."""
        ...

    def sign_in(self, secret: str) -> SignIn | None:
        """Return a sign-in by the hash of its secret, or None."""
        ...

    def sign_ins(self, account: str) -> tuple[SignIn, ...]:
        """Return where an account is signed in, newest first."""
        ...

    def save_sign_in(self, sign_in: SignIn) -> None:
        """Store a sign-in as it is now."""
        ...

    def end_sign_ins(self, account: str, sign_in: str = "") -> None:
        """End one sign-in of an account, or all of them."""
        ...

    def keep_link(self, token: str, link: Link, until: datetime) -> None:
        """Store a one-time link by its hash; earlier ones of the account that came the same way are void."""
        ...

    def take_link(self, token: str, now: datetime) -> Link | None:
        """Use up a link by its hash, with all others of its account, and return it; None when it does not hold."""
        ...

    def tidy(self, seen: datetime, now: datetime) -> int:
        """Delete sign-ins last used before `seen` and links that ended before `now`; return how many."""
        ...

    def note(self, line: AuditLine) -> None:
        """Add a line to the audit log."""
        ...

    def audit(self, newest: int) -> tuple[AuditLine, ...]:
        """Return the newest lines of the audit log, newest first."""
        ...


class Passwords(Protocol):
    """Hashes passwords, slowly and few at a time, and knows codes of a second factor."""

    def hash(self, password: str) -> str:
        """Return the hash of a password."""
        ...

    def fits(self, password: str, hashed: str) -> bool:
        """Tell whether a password has this hash; it takes as long when there is none ("")."""
        ...

    def new_secret(self) -> str:
        """Return a secret for a second factor."""
        ...

    def step(self, secret: str, code: str, now: datetime) -> int | None:
        """Return the time step that a code belongs to, or None when it is no code of about now."""
        ...


class ResetLetters(Protocol):
    """Sends letters with links."""

    def send(self, address: str, secret: str) -> None:
        """Send the link with this secret, in the language that is spoken; raises `Undelivered`."""
        ...


class Undelivered(TrainerError):
    """The mail server did not take a letter."""


class People:
    """Accounts over their store.

    Args:
        store: Keeps them.
        passwords: Hashes passwords and knows codes.
        clock: Tells the time.
        new_secret: Makes 128 random bits in hexadecimal.
    """

    def __init__(
        self, store: PeopleStore, passwords: Passwords, clock: Clock, new_secret: Callable[[], str]
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._clock = clock
        self._new_secret = new_secret
        self._tries = Tries(FREE_TRIES)
        self._tries_of_places = Tries(FREE_TRIES_OF_A_PLACE)
        self._asks = Tries(FREE_ASKS)
        self._letters: dict[str, deque[datetime]] = {}
        self._changing = threading.Lock()

    # -- accounts -------------------------------------------------------------------------------------------

    def is_empty(self) -> bool:
        """Tell whether nobody has set a password yet."""
        return not any(account.password for account in self._store.accounts())

    def all(self) -> tuple[Account, ...]:
        """Return all accounts, by login."""
        return self._store.accounts()

    def link(self, login: str, *, name: str = "", role: Role | None = None, by: str = "") -> str:
        """Return the secret of a one-time link with which a person sets a password.

        Args:
            login: Whose.
            name: As others see a new account; the login when it is "".
            role: Makes the account if there is none yet.
            by: Login of who asked for it, "" for the command line.

        Raises:
            BadInput: There is no such account and no role was given, or the login is none.
        """
        login = login.strip().lower()
        account = self._of(login)
        if account is None:
            if role is None:
                raise BadInput(
                    _("There is no account {login}.").format(login=login), _("Give it a role to make it.")
                )
            if not LOGIN.fullmatch(login):
                raise BadInput(_("A login has 2 to 80 letters, digits or . _ % + @ -"))
            name = name.strip()[:LONGEST] or login
            account = Account(self._new_secret(), login, name, role, self._clock())
            self._store.save_account(account)
        if account.closed is not None:
            self._change(account.id, lambda old: replace(old, closed=None))
        secret = self._new_secret()
        self._store.keep_link(_hash(secret), Link(account.id, by_mail=False), self._clock() + LINK_LASTS)
        self.note(by, "link_made", login)
        return secret

    def need_few_asks(self, place: str) -> None:
        """Raise `NotAllowed` when too many letters were asked for from one place; every call counts as one."""
        if not self._asks.begin(place, self._clock()):
            raise NotAllowed(_("Too many tries."), _("Wait a minute, then try again."))

    def send_reset(self, login: str, letters: ResetLetters) -> None:
        """Send a link by which a password is set anew to the account of an e-mail address, if there is one.

        Nothing is told. Accounts that are closed, have no password yet, or whose login is no e-mail address get no
        letter, and none gets more than `LETTERS` of them within `LETTERS_WITHIN`.
        """
        account = self._of(login.strip().lower())
        if account is None or account.closed is not None or not account.password or "@" not in account.login:
            return
        now = self._clock()
        sent = self._letters.setdefault(account.id, deque(maxlen=LETTERS))
        if len(sent) == LETTERS and now - sent[0] < LETTERS_WITHIN:
            return
        sent.append(now)
        secret = self._new_secret()
        self._store.keep_link(_hash(secret), Link(account.id, by_mail=True), now + RESET_LASTS)
        try:
            letters.send(account.login, secret)
        except Undelivered:
            self.note("", "reset_undelivered", account.login)
        else:
            self.note("", "reset_sent", account.login)

    def set_password(self, link: str, password: str) -> Account:
        """Use up a one-time link: set a new password, and end all sign-ins.

        A link of an administrator also takes the second factor away, one that came by mail does not.

        Raises:
            BadInput: The password is too short or too long; the link still holds.
            NotAllowed: The link is used up, too old, or none.
        """
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST:
            raise BadInput(
                _("A password has at least {shortest} characters, at most {longest}.").format(
                    shortest=SHORTEST_PASSWORD, longest=LONGEST
                )
            )
        found = self._store.take_link(_hash(link), self._clock())
        if found is None:
            raise NotAllowed(_("This link does not hold any more."), _("Ask for another one."))
        hashed = self._passwords.hash(password)

        def set_it(old: Account) -> Account:
            if old.closed is not None:  # perhaps since a moment ago: hashing takes its time
                raise NotAllowed(_("This link does not hold any more."), _("Ask for another one."))
            made = replace(old, password=hashed)
            return made if found.by_mail else replace(made, totp="", totp_step=0)

        account = self._change(found.account, set_it)
        self._store.end_sign_ins(account.id)
        self.note(account.login, "password_set", account.login)
        return account

    def close(self, account: str, *, by: Account) -> None:
        """Close an account: nobody signs in with it any more, and who is signed in is not.

        Raises:
            NotAllowed: There is none, or it is one's own.
        """
        found = self._store.account(account)
        if found is None or found.id == by.id:
            raise NotAllowed(_("This account cannot be closed."))
        self._change(found.id, lambda old: replace(old, closed=self._clock(), password=""))
        self._store.end_sign_ins(found.id)
        self.note(by.login, "account_closed", found.login)

    # -- signing in -----------------------------------------------------------------------------------------

    def enter(  # noqa: PLR0913, PLR0917  # the form, and where it comes from
        self, login: str, password: str, code: str, browser: str, place: str = "", keepsake: str = ""
    ) -> str:
        """Sign in and return the secret for the browser's cookie: a new one each time.

        Whoever guesses waits longer and longer: by account and place. A browser in which the account was signed in
        before is a place of its own, so that nobody at the same address can make its owner wait.

        Args:
            login: Whose account.
            password: Its password.
            code: Code of the second factor, "" without one.
            browser: What the browser calls itself.
            place: Address of the network it is in.
            keepsake: What `keepsake` gave this browser at an earlier sign-in, or "".

        Raises:
            NotAllowed: Login, password or code is wrong (it is not said which), or there were too many tries.
        """
        login = login.strip().lower()[:LONGEST]
        now = self._clock()
        account = self._of(login)
        known = account.password if account is not None and account.closed is None else ""
        if account is not None and known and hmac.compare_digest(keepsake.encode(), _keepsake(account).encode()):
            place = f"browser of {login}"
        self._begin_try(login, place, now)
        fits = self._passwords.fits(password[:LONGEST], known)
        if account is None or not fits or not self._second_factor(account, code, now):
            self.note(account.login if account else "", "sign_in_refused", account.login if account else "")
            raise NotAllowed(_("Login, password or code is wrong."))
        self._tries.right((login, place))
        self._tries_of_places.take_back(place)
        secret = self._new_secret()
        self._store.save_sign_in(SignIn(_hash(secret), account.id, now, now, browser[:LONGEST]))
        self.note(login, "signed_in", login)
        return secret

    def keepsake(self, secret: str) -> str:
        """Return what tells a browser that is signed in as one of this account's later; "" for nobody.

        It opens nothing, and is worth nothing after a change of the password.
        """
        account = self.who(secret)
        return _keepsake(account) if account is not None else ""

    def who(self, secret: str) -> Account | None:
        """Return who is signed in with a secret, or None; it is looked up anew each time."""
        found = self._store.sign_in(_hash(secret)) if secret else None
        now = self._clock()
        if found is None or now - found.seen > SIGN_IN_LASTS:
            return None
        if now - found.seen > MINUTE:
            self._store.save_sign_in(replace(found, seen=now))
        account = self._store.account(found.account)
        return account if account is not None and account.closed is None else None

    def leave(self, secret: str) -> None:
        """Sign out."""
        found = self._store.sign_in(_hash(secret))
        if found is not None:
            self._store.end_sign_ins(found.account, found.id)

    def tidy(self) -> int:
        """Delete sign-ins and links that hold no more, and return how many those were."""
        now = self._clock()
        return self._store.tidy(now - SIGN_IN_LASTS, now)

    def sign_ins(self, account: Account) -> tuple[SignIn, ...]:
        """Return where somebody is signed in, newest first."""
        return self._store.sign_ins(account.id)

    def end(self, account: Account, sign_in: str) -> None:
        """End one of somebody's own sign-ins."""
        self._store.end_sign_ins(account.id, sign_in)
        self.note(account.login, "sign_in_ended", account.login)

    # -- second factor --------------------------------------------------------------------------------------

    def new_totp(self) -> str:
        """Return a secret that may become somebody's second factor."""
        return self._passwords.new_secret()

    def set_totp(self, account: Account, secret: str, code: str) -> None:
        """Ask for a code at each sign-in from now on.

        Raises:
            NotAllowed: The code is not one of this secret: the app does not know it yet.
        """
        step = self._passwords.step(secret, code, self._clock())
        if step is None:
            raise NotAllowed(_("This code does not fit."), _("Type the code that your app shows now."))
        self._change(account.id, lambda old: replace(old, totp=secret, totp_step=step))
        self.note(account.login, "totp_set", account.login)

    def _second_factor(self, account: Account, code: str, now: datetime) -> bool:
        if not account.totp:
            return True
        step = self._passwords.step(account.totp, code.strip(), now)
        with self._changing:
            return step is not None and self._store.take_step(account.id, step)

    # -- audit ----------------------------------------------------------------------------------------------

    def note(self, who: str, what: str, about: str) -> None:
        """Write down what somebody did who has rights over others."""
        self._store.note(AuditLine(self._clock(), who, what, about))

    def audit(self, newest: int = 200) -> tuple[AuditLine, ...]:
        """Return what was written down, newest first."""
        return self._store.audit(newest)

    def _change(self, account: str, change: Callable[[Account], Account]) -> Account:
        """Store an account otherwise than it is now, whoever changes it at the same moment."""
        with self._changing:
            found = self._store.account(account)
            if found is None:
                raise NotAllowed(_("There is no such account."))
            made = change(found)
            self._store.save_account(made)
            return made

    def _of(self, login: str) -> Account | None:
        return next((account for account in self._store.accounts() if account.login == login), None)

    def _begin_try(self, login: str, place: str, now: datetime) -> None:
        may = self._tries.begin((login, place), now)
        if may and not self._tries_of_places.begin(place, now):
            self._tries.take_back((login, place))
            may = False
        if not may:
            raise NotAllowed(_("Too many tries."), _("Wait a minute, then try again."))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _keepsake(account: Account) -> str:
    return hmac.new(account.password.encode(), account.id.encode(), hashlib.sha256).hexdigest()
