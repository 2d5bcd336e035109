"""The shelf of films: made on demand, in a process of their own, one at a time, and kept."""

from __future__ import annotations

import hashlib
import logging
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from trainer import __version__
from trainer.adapters.background import end_family, started
from trainer.core.errors import BrokenEnvironment
from trainer.core.scenario import Scenario
from trainer.i18n import gettext as _
from trainer.paths import data_dir

MAKE_SECONDS = 900.0
"""How long a film may take, also on a busy machine."""

WAITING = 10
"""How many films may be in the making or wait for it; more than that is refused."""

RECORD = (sys.executable, "-P", "-c", "from trainer.cli import main; main()", "record")

ENDINGS = ("mp4", "vtt", "srt", "chapters.vtt", "txt", "jpg")
"""Files of a film on the shelf."""

PROGRESS = re.compile(r" (\d+)/(\d+)$")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reel:
    """A film, or how far it is.

    Attributes:
        share: How much of the work is done, from 0 to 1.
        files: Ending (one of `ENDINGS`) → file, once it is there; else empty.
    """

    share: float
    files: dict[str, Path]


class FilmShelf:
    """Keeps the films of lessons; safe to use from several threads.

    Args:
        folder: Where they are kept.
        stamp: What else the films are made of, such as the practice HR system and a brand: another stamp
            gives other films.
        make_seconds: How long one may take.
        command: The command `trainer record`.
    """

    def __init__(
        self, folder: Path, *, stamp: str = "", make_seconds: float = MAKE_SECONDS, command: Sequence[str] = RECORD
    ) -> None:
        self._folder = folder
        self._stamp = stamp
        self._make_seconds = make_seconds
        self._command = tuple(command)
        self._guard = threading.Lock()
        self._shares: dict[str, float] = {}
        self._failed: dict[str, BrokenEnvironment] = {}
        self._studio = ThreadPoolExecutor(1, thread_name_prefix="film")
        self._process: subprocess.Popen[str] | None = None
        self._closed = False

    def find(self, scenario: Scenario, lang: str, *, entry: bool = False) -> Reel | None:
        """Return a film that is there, or None.

        Args:
            scenario: The lesson.
            lang: Language of the film.
            entry: Not the whole lesson but the minute that shows how to leave.
        """
        stem = self._stem(scenario, lang, entry=entry)
        files = {ending: self._folder / f"{stem}.{ending}" for ending in ENDINGS}
        return Reel(1.0, files) if all(file.is_file() for file in files.values()) else None

    def order(self, scenario: Scenario, lang: str, *, entry: bool = False) -> Reel:
        """Return a film, or how far it is; it is begun by the first question. Arguments are those of `find`.

        Raises:
            BrokenEnvironment: It could not be made (the next question begins anew), or too many are waiting.
        """
        stem = self._stem(scenario, lang, entry=entry)
        with self._guard:
            if (found := self.find(scenario, lang, entry=entry)) is not None:
                return found
            if (failed := self._failed.pop(stem, None)) is not None:
                raise failed
            if stem not in self._shares:
                if len(self._shares) >= WAITING:
                    raise BrokenEnvironment(
                        _("Too many films are being made at the moment."), _("Ask again in a minute.")
                    )
                self._shares[stem] = 0.0
                self._studio.submit(self._make, scenario.id, lang, stem, *(["--entry"] if entry else []))
            return Reel(self._shares[stem], {})

    def keep(self, scenario: Scenario, lang: str, files: Mapping[str, bytes], *, entry: bool = False) -> None:
        """Put a film that was made elsewhere on the shelf; `files` are by ending, the others those of `find`.

        Raises:
            BrokenEnvironment: It cannot be written.
        """
        stem = self._stem(scenario, lang, entry=entry)
        try:
            with self._desk() as desk:
                for ending in ENDINGS:
                    (desk / f"{_name(stem)}.{ending}").write_bytes(files[ending])
                self._take(desk, stem)
        except OSError as error:
            raise _unwritten(error) from error

    def close(self) -> None:
        """End what is being made, and make no more."""
        self._closed = True
        self._studio.shutdown(wait=False, cancel_futures=True)
        if self._process is not None:
            end_family(self._process)
        self._studio.shutdown()

    def _stem(self, scenario: Scenario, lang: str, *, entry: bool) -> str:
        """Return the files' name: another lesson, translation, stamp or version of ours gives another one."""
        made_of = hashlib.sha256(f"{__version__} {scenario.digest}{self._stamp}".encode())
        for catalogue in sorted((data_dir("locales") / lang / "LC_MESSAGES").glob("*.po")):
            made_of.update(catalogue.read_bytes())
        name = f"entry.{scenario.profile}" if entry else scenario.id
        return f"{name}.{lang}.{made_of.hexdigest()[:16]}"

    def _make(self, scenario: str, lang: str, stem: str, *options: str) -> None:
        outcome: BrokenEnvironment | None = None
        try:
            with self._desk() as desk:
                self._run(stem, scenario, "--lang", lang, "-o", str(desk), *options)
                self._take(desk, stem)
        except BrokenEnvironment as error:
            outcome = error
        except OSError as error:
            outcome = _unwritten(error)
        except Exception:
            log.exception("No film of %s", scenario)
            outcome = _unmade(scenario)
        with self._guard:
            del self._shares[stem]
            if outcome is not None:
                self._failed[stem] = outcome

    @contextmanager
    def _desk(self) -> Iterator[Path]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".making-") as desk:
            yield Path(desk)

    def _take(self, desk: Path, stem: str) -> None:
        """Put a film in the place of older ones."""
        for ending in ENDINGS:
            (desk / f"{_name(stem)}.{ending}").replace(self._folder / f"{stem}.{ending}")
        for older in self._folder.glob(f"{_name(stem)}.*"):
            if not older.name.startswith(f"{stem}."):
                older.unlink(missing_ok=True)

    def _run(self, stem: str, scenario: str, *options: str) -> None:
        """Run `trainer record` at low priority until it ends; nothing of it is left behind."""
        process = self._process = started([*self._command, scenario, *options])
        if self._closed:  # while it was being started
            end_family(process)
        late = threading.Timer(self._make_seconds, end_family, [process])
        late.start()
        said: list[str] = []
        try:
            if process.stderr is not None:
                with process.stderr as talk:
                    for line in talk:
                        said.append(line)
                        self._hear(stem, scenario, line.rstrip())
            process.wait()
        finally:
            late.cancel()
        if process.returncode != 0:
            log.warning(
                "No film of %s (exit code %s): %s", scenario, process.returncode, "".join(said[-10:]).strip()
            )
            raise _unmade(scenario)

    def _hear(self, stem: str, scenario: str, line: str) -> None:
        """Note how far it is: the first half of the work is to perform the lesson, the second to draw."""
        found = PROGRESS.search(line)
        if found is None:
            return
        part = (int(found[1]) - 1) / int(found[2]) / 2
        with self._guard:
            self._shares[stem] = part if line.startswith(scenario) else 0.5 + part


def _name(stem: str) -> str:
    """Return the name under which `trainer record` writes a film."""
    return stem.rpartition(".")[0]


def _unmade(scenario: str) -> BrokenEnvironment:
    return BrokenEnvironment(
        _("The film of {scenario} could not be made.").format(scenario=scenario),
        _("The server's log says why; so does: {command}").format(command=f"trainer record {scenario}"),
    )


def _unwritten(error: OSError) -> BrokenEnvironment:
    return BrokenEnvironment(_("The film cannot be written: {reason}").format(reason=error.strerror or error))
