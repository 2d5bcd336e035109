"""Passwords by argon2, a bounded number at a time, and codes of authenticator apps by TOTP."""

from __future__ import annotations

import threading
from datetime import datetime

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
"""Each hashing takes 64 MiB and a quarter of a second of a core."""

STEP_SECONDS = 30


class Argon2Passwords:
    """Hashes passwords and knows codes; implements `trainer.app.people.Passwords`."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._turn = threading.BoundedSemaphore(AT_ONCE)
        self._nobody = ""

    def hash(self, password: str) -> str:
        """Return the hash of a password."""
        with self._turn:
            return self._hasher.hash(password)

    def fits(self, password: str, hashed: str) -> bool:
        """Tell whether a password has this hash; it takes as long when there is none ("")."""
        if not hashed:
            self._nobody = self._nobody or self.hash("nobody's password")
        with self._turn:
            try:
                return self._hasher.verify(hashed or self._nobody, password) and bool(hashed)
            except (VerificationError, InvalidHashError):
                return False

    def new_secret(self) -> str:
        """Return a secret for an authenticator app."""
        return pyotp.random_base32()

    def step(self, secret: str, code: str, now: datetime) -> int | None:
        """Return the time step that a code belongs to: this one, or the one before or after."""
        made, here = pyotp.TOTP(secret, interval=STEP_SECONDS), int(now.timestamp()) // STEP_SECONDS
        fitting = (
            step for step in (here, here - 1, here + 1) if pyotp.utils.strings_equal(made.generate_otp(step), code)
        )
        return next(fitting, None)
