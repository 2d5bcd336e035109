"""Cures: the steps that give a machine what it lacks. Each may be repeated; each leaves alone what is there."""

from __future__ import annotations

import importlib
import shutil
import sys
from typing import TYPE_CHECKING

from trainer.core.errors import BrokenEnvironment
from trainer.doctor.environment import Environment, call, say
from trainer.doctor.findings import (
    APT_INSTALL,
    Finding,
    browser,
    catalogues,
    checks,
    data_home,
    driver,
    font,
    python,
    sudo_line,
    venv,
)
from trainer.i18n import gettext as _
from trainer.machine import Machine
from trainer.paths import PACKAGE, checkout, data_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trainer.doctor.findings import Need


def setup(machine: Machine | None = None) -> None:
    """Prepare a source checkout: system packages, `.venv` with the lock, catalogues, data folder.

    Silent and fast when nothing is to be done.

    Raises:
        BrokenEnvironment: A step failed, or an administrator is needed first.
    """
    machine = machine or Machine()
    root = checkout()
    if root is None:
        raise BrokenEnvironment(_("This is an installed package, not a source checkout."), "trainer doctor --fix")
    environment = Environment(root, machine)
    current = environment.is_current()
    if current and all(need(machine).ok for need in (driver, font, catalogues, data_home)):
        return
    for finding in cure_packages(machine, (python, venv, driver, browser, font)):
        if finding.name in {"python", "venv"}:
            raise BrokenEnvironment(finding.found, finding.cure)
    if not current:
        environment.make()
    if not environment.run("-m", "trainer.doctor", "--fix", "--quiet"):
        raise BrokenEnvironment(_("Something is still missing, see above."))


def fix(machine: Machine | None = None) -> list[Finding]:
    """Cure what can be cured from inside the installed package.

    Returns:
        All findings after the cures.

    Raises:
        BrokenEnvironment: A cure failed, or an administrator is needed first.
    """
    machine = machine or Machine()
    findings = checks(machine)
    if all(finding.ok and not finding.packages for finding in findings):
        return findings
    cure_packages(machine, (venv, driver, browser, font))
    for finding in checks(machine):
        if not finding.ok and not finding.packages and finding.name in CURES:
            CURES[finding.name](machine)
    return checks(machine)


def cure_packages(machine: Machine, needs: Sequence[Need]) -> list[Finding]:
    """Install the Debian packages that the needs lack, or ask the person for the one line that does.

    An administrator also gets those that make better what is enough; nobody is asked for them.

    Args:
        machine: Where we are.
        needs: What to look at.

    Returns:
        The needs that are still not met, because no Debian package cures them.

    Raises:
        BrokenEnvironment: The packages are still missing.
    """
    seen = [need(machine) for need in needs]
    missing = [finding for finding in seen if not finding.ok]
    packages = [package for finding in (seen if machine.admin else missing) for package in finding.packages]
    if not packages:
        return missing
    if machine.admin:
        say(_("Installing Debian packages: {names}").format(names=" ".join(packages)))
        call(["apt-get", "update", "-qq"])
        call([*APT_INSTALL.split(), "-qq", *packages], env={"DEBIAN_FRONTEND": "noninteractive"})
    else:
        _ask(packages)
    importlib.invalidate_caches()
    missing = [finding for need in needs if not (finding := need(machine)).ok]
    if any(finding.packages for finding in missing):
        still = "; ".join(finding.found for finding in missing if finding.packages)
        raise BrokenEnvironment(still, _("Run the line above, then the same command again."))
    return missing


def _ask(packages: list[str]) -> None:
    """Show the line that an administrator runs, and wait for it where somebody can answer."""
    say(_("This machine lacks some Debian packages. An administrator installs them with this one line:"))
    say(f"\n    {sudo_line(packages)}\n")
    if sys.stdin.isatty():
        say(_("Run it in another window, then press Enter here."))
        sys.stdin.readline()


def cure_browser(machine: Machine) -> None:  # noqa: ARG001  # one signature for all cures
    """Let Playwright download its own Chromium."""
    say(_("Downloading a browser"))
    call([sys.executable, "-m", "playwright", "install", "chromium"])


def cure_font(machine: Machine) -> None:
    """Give this person's account the Chinese font of the guides."""
    target = machine.home / ".local/share/fonts/trainer"
    target.mkdir(parents=True, exist_ok=True)
    for file in (PACKAGE.parent / "guides/fonts").glob("*.ttf"):
        shutil.copyfile(file, target / file.name)


def cure_catalogues(machine: Machine) -> None:  # noqa: ARG001
    """Compile the translations."""
    from trainer.i18n.catalogues import compile_catalogues

    compile_catalogues(data_dir("locales"))


def cure_home(machine: Machine) -> None:  # noqa: ARG001
    """Make the folder for databases and results, and the platform's database in it."""
    from trainer import bootstrap

    bootstrap.made_home()
    bootstrap.database().close()


CURES: dict[str, Callable[[Machine], None]] = {
    "browser": cure_browser,
    "font": cure_font,
    "catalogues": cure_catalogues,
    "home": cure_home,
}
"""Finding → its cure where no Debian package is one."""
