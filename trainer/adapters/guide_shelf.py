"""The shelf of guides: PDFs made on demand, in a process of their own, one at a time, and kept."""

from __future__ import annotations

import hashlib
import logging
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil

from trainer import __version__
from trainer.core.errors import BrokenEnvironment
from trainer.core.scenario import Scenario
from trainer.i18n import gettext as _
from trainer.paths import data_dir

MAKE_SECONDS = 600.0
"""How long a guide may take, also on a busy machine."""

WAITING = 20
"""How many guides may be in the making or wait for it; more than that is refused."""

GUIDE = (sys.executable, "-P", "-c", "from trainer.cli import main; main()", "guide")

log = logging.getLogger(__name__)


class GuideShelf:
    """Keeps the PDF guides of lessons; safe to use from several threads.

    Args:
        folder: Where they are kept.
        make_seconds: How long one may take.
        command: The command `trainer guide`.
    """

    def __init__(
        self, folder: Path, *, make_seconds: float = MAKE_SECONDS, command: Sequence[str] = GUIDE
    ) -> None:
        self._folder = folder
        self._make_seconds = make_seconds
        self._command = tuple(command)
        self._orders: dict[str, Future[bytes]] = {}
        self._guard = threading.Lock()
        self._press = ThreadPoolExecutor(1, thread_name_prefix="guide")
        self._process: subprocess.Popen[str] | None = None
        self._closed = False

    def order(self, scenario: Scenario, lang: str) -> Future[bytes]:
        """Return the guide, or its future: equal orders share one.

        The future raises `BrokenEnvironment` when the guide cannot be made.

        Raises:
            BrokenEnvironment: Too many are waiting.
        """
        name = self._name(scenario, lang)
        with self._guard:
            if name in self._orders:
                return self._orders[name]
            with suppress(FileNotFoundError):
                ready: Future[bytes] = Future()
                ready.set_result((self._folder / name).read_bytes())
                return ready
            if len(self._orders) >= WAITING:
                raise BrokenEnvironment(
                    _("Too many guides are being made at the moment."), _("Ask again in a minute.")
                )
            order = self._press.submit(self._make, scenario.id, lang, name)
            self._orders[name] = order
        order.add_done_callback(lambda _done: self._forget(name))
        return order

    def close(self) -> None:
        """End what is being made, and make no more."""
        self._closed = True
        self._press.shutdown(wait=False, cancel_futures=True)
        if self._process is not None:
            _end_family(self._process)
        self._press.shutdown()

    def _forget(self, name: str) -> None:
        with self._guard:
            self._orders.pop(name, None)

    def _name(self, scenario: Scenario, lang: str) -> str:
        """Return the file's name: another lesson, translation or version of the trainer gives another one."""
        made_of = hashlib.sha256(f"{__version__} {scenario.digest}".encode())
        for catalogue in sorted((data_dir("locales") / lang / "LC_MESSAGES").glob("*.po")):
            made_of.update(catalogue.read_bytes())
        return f"{scenario.id}.{lang}.{made_of.hexdigest()[:16]}.pdf"

    def _make(self, scenario: str, lang: str, name: str) -> bytes:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".making-") as desk:
            self._run(scenario, "--lang", lang, "-o", desk)
            made = Path(desk) / f"{scenario}.{lang}.pdf"
            content = made.read_bytes()
            for older in self._folder.glob(f"{scenario}.{lang}.*.pdf"):
                older.unlink(missing_ok=True)
            made.replace(self._folder / name)
        return content

    def _run(self, scenario: str, *options: str) -> None:
        """Run `trainer guide` at low priority until it ends; nothing of it is left behind."""
        self._process = subprocess.Popen(
            [*self._command, scenario, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        with suppress(psutil.Error):
            psutil.Process(self._process.pid).nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 10))
        if self._closed:  # while it was being started
            _end_family(self._process)
        try:
            _out, said = self._process.communicate(timeout=self._make_seconds)
        except subprocess.TimeoutExpired:
            said = _("It took longer than {seconds} seconds.").format(seconds=round(self._make_seconds))
            _end_family(self._process)
            self._process.communicate()
        if self._process.returncode != 0:
            log.warning("No guide of %s (exit code %s): %s", scenario, self._process.returncode, said.strip())
            raise BrokenEnvironment(
                _("The guide of {scenario} could not be made.").format(scenario=scenario),
                _("The server's log says why; so does: {command}").format(command=f"trainer guide {scenario}"),
            )


def _end_family(process: subprocess.Popen[str]) -> None:
    """Kill a process with all its descendants."""
    with suppress(psutil.NoSuchProcess):
        family = psutil.Process(process.pid).children(recursive=True)
        for member in family:
            with suppress(psutil.NoSuchProcess):
                member.kill()
    process.kill()
