"""Machine: the computer we run on, and where its browser is. Standard library only."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

M_ARENA_MAX = -8
"""How glibc calls the number of heaps (malloc.h)."""

LINUX = "linux"
MACOS = "darwin"
WINDOWS = "win32"

HEAPS = 2
"""So many heaps the threads of a server share: one for each keeps a sixth more memory, and is no faster."""

COMMANDS = (
    "google-chrome",
    "google-chrome-stable",
    "chromium",
    "chromium-browser",
    "microsoft-edge",
    "microsoft-edge-stable",
)
"""Browsers on the PATH of a Linux machine, best first."""

HEADLESS_COMMAND = "chromium-headless-shell"
"""Debian's Chromium without a window: it draws the same pages at a third of the computing time."""

MAC_APPS = ("Google Chrome", "Chromium", "Microsoft Edge")
"""Browsers in the Applications folders of a Mac, best first."""

WINDOWS_PROGRAMS = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
"""Browsers below the program folders of Windows, best first."""

DOWNLOADED = {
    LINUX: "chromium-*/chrome-linux*/chrome",
    MACOS: "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    WINDOWS: "chromium-*/chrome-win*/chrome.exe",
}
"""Where `playwright install chromium` puts its own browser, below its folder of browsers."""


@dataclass(frozen=True)
class Machine:
    """What the checks must know of a computer; a test passes in any other one.

    Attributes:
        system: `linux`, `darwin` (macOS) or `win32` (Windows), as `sys.platform` says it.
        env: The environment variables.
        root: The top of the file system.
        admin: Whether we may install system packages.
    """

    system: str = sys.platform
    env: Mapping[str, str] = field(default_factory=lambda: os.environ)
    root: Path = Path("/")
    admin: bool = field(default_factory=lambda: getattr(os, "geteuid", lambda: 1)() == 0)

    @property
    def home(self) -> Path:
        """The folder of the person who runs us."""
        return Path(self.env.get("USERPROFILE" if self.system == WINDOWS else "HOME") or self.root)

    @property
    def distribution(self) -> frozenset[str]:
        """The names in `os-release` of this Linux and of those it descends from, as in `{"ubuntu", "debian"}`."""
        try:
            lines = (self.root / "etc/os-release").read_text("utf-8").splitlines()
        except OSError:
            return frozenset()
        pairs = dict(line.split("=", 1) for line in lines if "=" in line)
        return frozenset(f"{pairs.get('ID', '')} {pairs.get('ID_LIKE', '')}".replace('"', "").split())

    @property
    def has_apt(self) -> bool:
        """Whether packages come from apt-get, as on Debian and its descendants."""
        return self.system == LINUX and "debian" in self.distribution

    @property
    def is_debian(self) -> bool:
        """Whether this is Debian itself."""
        return self.has_apt and self.distribution == {"debian"}

    def which(self, command: str) -> Path | None:
        """Return where a command is on the PATH, or None."""
        found = shutil.which(command, path=self.env.get("PATH", ""))
        return Path(found) if found else None


def find_browser(machine: Machine | None = None, *, headed: bool = False) -> Path | None:
    """Find the Chrome, Chromium or Edge that Playwright is to start.

    Args:
        machine: Where to look; this computer when None.
        headed: Whether its window is to be seen.

    Returns:
        The program that `TRAINER_BROWSER` names (None when that is no file), else Debian's browser without a
        window unless one is to be seen, else the system's own browser, else the newest one that
        `playwright install chromium` brought, else None.
    """
    machine = machine or Machine()
    chosen = machine.env.get("TRAINER_BROWSER")
    if chosen:
        return Path(chosen) if Path(chosen).is_file() else None
    if not headed and machine.system == LINUX and (shell := machine.which(HEADLESS_COMMAND)):
        return shell
    return next((place for place in _places(machine) if place.is_file()), None)


def _places(machine: Machine) -> list[Path]:
    """List where a browser may be, best first."""
    if machine.system == WINDOWS:
        folders = [machine.env.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
        system = [Path(folder, program) for program in WINDOWS_PROGRAMS for folder in folders if folder]
        cache = Path(machine.env.get("LOCALAPPDATA") or machine.home) / "ms-playwright"
    elif machine.system == MACOS:
        tops = (machine.root / "Applications", machine.home / "Applications")
        system = [top / f"{app}.app/Contents/MacOS/{app}" for app in MAC_APPS for top in tops]
        cache = machine.home / "Library/Caches/ms-playwright"
    else:
        system = [place for command in COMMANDS if (place := machine.which(command))]
        cache = machine.home / ".cache/ms-playwright"
    own = Path(machine.env.get("PLAYWRIGHT_BROWSERS_PATH") or cache)
    pattern = DOWNLOADED.get(machine.system, DOWNLOADED[LINUX])
    return system + sorted(own.glob(pattern), reverse=True)


def share_heaps() -> None:
    """Let the threads of this process share `HEAPS` heaps, where the C library has such a setting."""
    if sys.platform == LINUX:
        with suppress(AttributeError):
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, HEAPS)
