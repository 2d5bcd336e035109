"""Environment: the `.venv` of a source checkout, with a note of what it was made from."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from trainer.core.errors import BrokenEnvironment
from trainer.i18n import gettext as _
from trainer.machine import LINUX, WINDOWS, Machine

LAST_LINES = 12
"""How much of a failed program's talk is worth showing."""


def say(text: str) -> None:
    """Tell the person what is going on; results go to stdout, talk to stderr."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def call(command: list[str], env: dict[str, str] | None = None) -> None:
    """Run a program, quiet unless it fails.

    Args:
        command: The program and its arguments.
        env: Variables to set beside our own.

    Raises:
        BrokenEnvironment: With the last lines that the program printed.
    """
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise BrokenEnvironment(f"{command[0]}: {error.strerror}") from error
    if done.returncode:
        said = "\n".join(done.stdout.strip().splitlines()[-LAST_LINES:])
        failed = _("This failed: {command}").format(command=" ".join(command))
        raise BrokenEnvironment(f"{said}\n{failed}", _("Cure what it says, then run the same command again."))


class Environment:
    """The virtual environment that `make` uses.

    Args:
        root: The checkout.
        machine: Where we are.
    """

    def __init__(self, root: Path, machine: Machine) -> None:
        self.root = root
        self.machine = machine
        self.folder = root / ".venv"
        self.python = self.folder / ("Scripts/python.exe" if machine.system == WINDOWS else "bin/python")
        self.note = self.folder / "made-from"

    def digest(self) -> str:
        """Name everything that the contents of `.venv` depend on."""
        told = hashlib.sha256(f"{self.root} {sys.implementation.cache_tag}".encode())
        for name in ("requirements.lock", "semantic.lock", "pyproject.toml"):
            told.update((self.root / name).read_bytes())
        return told.hexdigest()

    def is_current(self) -> bool:
        """Say whether `.venv` was made, wholly, from the present lock."""
        return self.python.exists() and self.note.is_file() and self.note.read_text("utf-8") == self.digest()

    def make(self) -> None:
        """Make `.venv` and install the lock and this checkout into it.

        Raises:
            BrokenEnvironment: pip failed; what it said is in the message.
        """
        self.note.unlink(missing_ok=True)
        if not self._works():
            say(_("Making the virtual environment .venv"))
            call([sys.executable, "-m", "venv", "--clear", str(self.folder)])
        say(_("Installing Python packages; the first time this takes one or two minutes"))
        pip = [str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
        if self.machine.system == LINUX:
            call([*pip, "--require-hashes", "--requirement", str(self.root / "requirements.lock")])
            call([*pip, "--no-deps", "--no-build-isolation", "--editable", str(self.root)])
            self._semantic(pip)
        else:  # the lock names what Linux needs
            call([*pip, "--editable", f"{self.root}[dev]"])
        self.note.write_text(self.digest(), "utf-8")

    def _semantic(self, pip: list[str]) -> None:
        """Install what compares answers by their meaning; without it they are compared by their words."""
        try:
            call([*pip, "--require-hashes", "--requirement", str(self.root / "semantic.lock")])
        except BrokenEnvironment:
            say(_("The extra for the meaning of answers was not found; they are scored by their words alone"))

    def run(self, *arguments: str) -> bool:
        """Run Python inside `.venv`, with its talk going to ours; returns whether it exited with 0."""
        return subprocess.run([str(self.python), *arguments], stdout=sys.stderr, check=False).returncode == 0

    def _works(self) -> bool:
        """Say whether the Python in `.venv` starts, has pip and is the version of ours."""
        tell = [str(self.python), "-c", "import pip, sys; print(sys.implementation.cache_tag)"]
        try:
            answer = subprocess.run(tell, capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return False
        return answer.stdout.strip() == sys.implementation.cache_tag
