"""Findings: what the product needs of a machine, and for each need whether it is met."""

from __future__ import annotations

import ctypes
import importlib
import importlib.metadata
import importlib.util
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.i18n import gettext as _
from trainer.machine import HEADLESS_COMMAND, LINUX, WINDOWS, Machine, find_browser
from trainer.paths import checkout, data_dir, home

if TYPE_CHECKING:  # a Python that is too old for this line is still told so
    from collections.abc import Callable

    Need = Callable[[Machine], "Finding"]

OLDEST_PYTHON = (3, 11)
BROWSER_PACKAGE = "chromium"
FONT_PACKAGES = ("fontconfig", "fonts-wqy-microhei")
VENV_PACKAGE = "python3-venv"
DRIVER_LIBRARY, DRIVER_PACKAGE = "libatomic.so.1", "libatomic1"
"""What the program behind Playwright is linked to and small systems leave out."""
APT_INSTALL = "apt-get install -y --no-install-recommends"
PATIENCE = 30
"""Seconds that a program we ask for its version or its fonts may take."""


@dataclass(frozen=True)
class Finding:
    """One need of the product and how this machine meets it.

    Attributes:
        name: A code: `python`, `venv`, `packages`, `driver`, `browser`, `font`, `voice`, `catalogues` or `home`.
        ok: Whether the need is met.
        found: What is there, or what is missing, in the reader's language.
        cure: The command that cures it, or makes better what is enough; empty when nothing is to be done.
        packages: The Debian packages that do so; empty where the cure is another one.
    """

    name: str
    ok: bool
    found: str
    cure: str = ""
    packages: tuple[str, ...] = ()


def checks(machine: Machine | None = None) -> list[Finding]:
    """Look at every need; takes about a second and changes nothing."""
    machine = machine or Machine()
    return [need(machine) for need in NEEDS]


def sudo_line(packages: tuple[str, ...] | list[str]) -> str:
    """Return the one line with which an administrator installs Debian packages."""
    return f"sudo apt-get update && sudo {APT_INSTALL} {' '.join(packages)}"


def python(machine: Machine) -> Finding:  # noqa: ARG001  # one signature for all needs
    """Python itself is recent enough."""
    oldest, here = (".".join(map(str, version[:3])) for version in (OLDEST_PYTHON, sys.version_info))
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return Finding("python", ok=True, found=f"Python {here}")
    found = _("Python {here} is too old: {oldest} or later is needed").format(here=here, oldest=oldest)
    return Finding("python", ok=False, found=found, cure="https://www.python.org/downloads/")


def venv(machine: Machine) -> Finding:
    """Python can make a virtual environment (Debian leaves that part out)."""
    if importlib.util.find_spec("ensurepip") or sys.prefix != sys.base_prefix:
        return Finding("venv", ok=True, found=_("Python can make virtual environments"))
    packages = (VENV_PACKAGE,) if machine.has_apt else ()
    cure = sudo_line(packages) if packages else _("install the part of Python called ensurepip")
    found = _("Python cannot make virtual environments")
    return Finding("venv", ok=False, found=found, cure=cure, packages=packages)


def packages(machine: Machine) -> Finding:  # noqa: ARG001
    """Every Python package that the trainer declares is installed."""
    try:
        declared = importlib.metadata.requires("trainer") or []
    except importlib.metadata.PackageNotFoundError:
        found = _("the trainer itself is not installed in {python}").format(python=sys.executable)
        return Finding("packages", ok=False, found=found, cure=command(f"{sys.executable} -m pip install ."))
    names = [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in declared if "extra ==" not in line]
    missing = [name for name in names if not _installed(name)]
    if not missing:
        return Finding("packages", ok=True, found=_("{count} packages").format(count=len(names)))
    found = _("missing Python packages: {names}").format(names=", ".join(missing))
    cure = command(f"{sys.executable} -m pip install {' '.join(missing)}")
    return Finding("packages", ok=False, found=found, cure=cure)


def driver(machine: Machine) -> Finding:
    """The program that drives the browser finds the library it is linked to."""
    if machine.system != LINUX:
        return Finding("driver", ok=True, found=_("nothing is needed on this system"))
    try:
        ctypes.CDLL(DRIVER_LIBRARY)
    except OSError:
        packages = (DRIVER_PACKAGE,) if machine.has_apt else ()
        cure = sudo_line(packages) if packages else _("install the library {name}").format(name=DRIVER_LIBRARY)
        found = _("the library {name} is missing: the browser cannot be driven").format(name=DRIVER_LIBRARY)
        return Finding("driver", ok=False, found=found, cure=cure, packages=packages)
    return Finding("driver", ok=True, found=DRIVER_LIBRARY)


def browser(machine: Machine) -> Finding:
    """There is a Chrome, Chromium or Edge, and it starts; on Debian also the quicker one without a window."""
    place = find_browser(machine)
    chosen = machine.env.get("TRAINER_BROWSER")
    lacking = () if chosen else _browser_packages(machine)
    if place:
        version = str(place) if machine.system == WINDOWS else _answer([str(place), "--version"])
        if version:
            cure = sudo_line(lacking) if lacking else ""
            return Finding("browser", ok=True, found=version, cure=cure, packages=lacking)
        found = _("{path} is there but does not start").format(path=place)
        return Finding(
            "browser", ok=False, found=found, cure=f"{sys.executable} -m playwright install-deps chromium"
        )
    if chosen:
        found = _("TRAINER_BROWSER names {path}, and there is no such file").format(path=chosen)
        return Finding("browser", ok=False, found=found, cure="unset TRAINER_BROWSER")
    found = _("no Chrome, Chromium or Edge was found")
    cure = sudo_line(lacking) if lacking else f"{sys.executable} -m playwright install chromium"
    return Finding("browser", ok=False, found=found, cure=cure, packages=lacking)


def _browser_packages(machine: Machine) -> tuple[str, ...]:
    """Return the Debian packages of the browsers this machine lacks: one with a window, one without."""
    if not machine.has_apt or "ubuntu" in machine.distribution:  # there it is a snap, which cannot be driven
        return ()
    window = () if find_browser(machine, headed=True) else (BROWSER_PACKAGE,)
    shell = () if machine.which(HEADLESS_COMMAND) or not machine.is_debian else (HEADLESS_COMMAND,)
    return window + shell


def font(machine: Machine) -> Finding:
    """Pages in Chinese are shown with Chinese characters, not with boxes."""
    if machine.system != LINUX:
        return Finding("font", ok=True, found=_("Chinese fonts are part of this system"))
    fc_list = machine.which("fc-list")
    families = _answer([str(fc_list), ":lang=zh-cn", "family"]) if fc_list else ""
    if families:
        return Finding("font", ok=True, found=families.partition("\n")[0].partition(",")[0])
    found = _("no font with Chinese characters was found")
    if machine.has_apt:
        return Finding("font", ok=False, found=found, cure=sudo_line(FONT_PACKAGES), packages=FONT_PACKAGES)
    return Finding(
        "font", ok=False, found=found, cure=command("trainer doctor --fix", ".venv/bin/trainer doctor --fix")
    )


def voice(machine: Machine) -> Finding:  # noqa: ARG001
    """The library that speaks the narration can be loaded."""
    try:
        loader = importlib.import_module("espeakng_loader")
        ctypes.CDLL(loader.get_library_path())
    except (ImportError, OSError) as error:
        cure = f"{sys.executable} -m pip install --force-reinstall espeakng-loader"
        found = _("the voice cannot be loaded: {reason}").format(reason=error)
        return Finding("voice", ok=False, found=found, cure=cure)
    return Finding("voice", ok=True, found="espeak-ng")


def catalogues(machine: Machine) -> Finding:  # noqa: ARG001
    """The translations are compiled and newer than their sources."""
    sources = list(data_dir("locales").glob("*/LC_MESSAGES/*.po"))  # none in an installed package
    stale = [source for source in sources if _age(source.with_suffix(".mo")) < _age(source)]
    if not stale:
        return Finding("catalogues", ok=True, found=_("compiled"))
    found = _("{count} catalogues are not compiled").format(count=len(stale))
    return Finding(
        "catalogues", ok=False, found=found, cure=command("trainer doctor --fix", ".venv/bin/trainer doctor --fix")
    )


def data_home(machine: Machine) -> Finding:  # noqa: ARG001
    """There is a folder for databases and results, and we may write to it."""
    try:
        place = home()
    except ImportError:
        return Finding(
            "home", ok=False, found=_("the data folder is not known yet"), cure=command("pip install .")
        )
    if place.is_dir() and os.access(place, os.W_OK):
        return Finding("home", ok=True, found=str(place))
    if place.exists():
        found = _("{path} cannot be written to").format(path=place)
        return Finding("home", ok=False, found=found, cure=_("set TRAINER_HOME to a folder of your own"))
    found = _("{path} does not exist yet").format(path=place)
    return Finding(
        "home", ok=False, found=found, cure=command("trainer doctor --fix", ".venv/bin/trainer doctor --fix")
    )


NEEDS: tuple[Need, ...] = (
    python,
    venv,
    packages,
    driver,
    browser,
    font,
    voice,
    catalogues,
    data_home,
)


def command(installed: str, in_checkout: str = "make setup") -> str:
    """Return the command for an installed trainer, or the one for a source checkout if this is one."""
    return in_checkout if checkout() and sys.platform == LINUX else installed


def _installed(name: str) -> bool:
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _answer(command: list[str]) -> str:
    """Run a program and return what it prints; nothing when it fails."""
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()


def _age(file: Path) -> int:
    return file.stat().st_mtime_ns if file.is_file() else 0
