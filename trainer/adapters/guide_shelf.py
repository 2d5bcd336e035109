"""The shelf of guides: made on demand, in a process of their own, one at a time, kept, and packed by path."""

from __future__ import annotations

import hashlib
import io
import logging
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from pathlib import Path

from trainer import __version__
from trainer.adapters.background import end_family, started
from trainer.core.errors import BrokenEnvironment, TrainerError
from trainer.core.paths import LearningPath
from trainer.core.scenario import Scenario
from trainer.i18n import gettext as _
from trainer.paths import data_dir

MAKE_SECONDS = 600.0
"""How long a guide may take, also on a busy machine."""

WAITING = 20
"""How many guides may be in the making or wait for it; more than that is refused."""

GUIDE = (sys.executable, "-P", "-c", "from trainer.cli import main; main()", "guide")

FORMS = {"pdf": "pdf", "html": "html", "docx": "docx", "md": "md.zip", "eml": "eml"}
"""Format → ending of the file on the shelf; Markdown and its pictures are one archive."""

log = logging.getLogger(__name__)

Found = Sequence[tuple[Scenario, Sequence[str]]]
"""Lessons with the names of their guides; none where they could not be made."""

Index = Callable[[LearningPath, Found, str], bytes]
"""Makes the page that leads to all guides of a path, in a language."""


@dataclass(frozen=True)
class Pack:
    """All guides of a learning path, or how far they are.

    Attributes:
        done: Lessons that are ready, or cannot be made.
        total: Lessons of the path.
        file: The archive, once it is there.
    """

    done: int
    total: int
    file: Path | None = None


class GuideShelf:
    """Keeps the guides of lessons in every format; safe to use from several threads.

    Args:
        folder: Where they are kept.
        index: Makes the first page of an archive.
        stamp: What else the guides are made of, such as the practice HR system and a brand: another stamp
            gives other guides.
        make_seconds: How long one may take.
        command: The command `trainer guide`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        index: Index,
        stamp: str = "",
        make_seconds: float = MAKE_SECONDS,
        command: Sequence[str] = GUIDE,
    ) -> None:
        self._folder = folder
        self._index = index
        self._stamp = stamp
        self._make_seconds = make_seconds
        self._command = tuple(command)
        self._orders: dict[str, Future[bytes]] = {}
        self._guard = threading.Lock()
        self._packs: dict[str, Pack | BrokenEnvironment] = {}
        self._press = ThreadPoolExecutor(1, thread_name_prefix="guide")
        self._packing = ThreadPoolExecutor(1, thread_name_prefix="guide-pack")
        self._process: subprocess.Popen[str] | None = None
        self._closed = False

    def order(self, scenario: Scenario, lang: str, form: str = "pdf") -> Future[bytes]:
        """Return the guide in one of `FORMS`, or its future: equal orders share one.

        The future raises `BrokenEnvironment` when the guide cannot be made.

        Raises:
            BrokenEnvironment: Too many are waiting.
        """
        return self._order(scenario, lang, form, most=WAITING)

    def _order(self, scenario: Scenario, lang: str, form: str, *, most: float) -> Future[bytes]:
        """Order as `order` does, unless `most` are waiting."""
        stem = self._stem(scenario, lang)
        name = f"{stem}.{FORMS[form]}"
        with self._guard:
            if name in self._orders:
                return self._orders[name]
            with suppress(FileNotFoundError):
                ready: Future[bytes] = Future()
                ready.set_result((self._folder / name).read_bytes())
                return ready
            if len(self._orders) >= most:
                raise BrokenEnvironment(
                    _("Too many guides are being made at the moment."), _("Ask again in a minute.")
                )
            order = self._press.submit(self._make, scenario.id, lang, stem, name)
            self._orders[name] = order
        order.add_done_callback(lambda _done: self._forget(name))
        return order

    def pack(self, path: LearningPath, lessons: Sequence[Scenario], lang: str) -> Pack:
        """Return the archive of all guides of a path, or how far it is; it is begun by the first question.

        A lesson whose guide cannot be made stands in the archive's index without one. Such an archive is given
        out once, and the next question begins another one with that lesson.

        Raises:
            BrokenEnvironment: It could not be written; the next question begins anew.
        """
        stems = [self._stem(lesson, lang) for lesson in lessons]
        made_of = hashlib.sha256(f"{path.model_dump_json()} {' '.join(stems)}".encode()).hexdigest()[:16]
        name = f"path-{path.id}.{lang}.{made_of}.zip"
        file = self._folder / name
        with self._guard:
            if file.is_file():
                return Pack(len(lessons), len(lessons), file)
            if name not in self._packs:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._packs[name] = begun = Pack(0, len(lessons))
                self._packing.submit(self._pack, name, path, lessons, lang)
                return begun
            if isinstance(state := self._packs[name], BrokenEnvironment):
                del self._packs[name]
                raise state
            if state.file is not None:
                del self._packs[name]
            return state

    def _pack(self, name: str, path: LearningPath, lessons: Sequence[Scenario], lang: str) -> None:
        try:
            with tempfile.TemporaryDirectory(dir=self._folder, prefix=".making-") as desk:
                made = Path(desk) / name
                with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
                    found = []
                    for number, lesson in enumerate(lessons, start=1):
                        found.append((lesson, self._add(archive, lesson, lang)))
                        self._packs[name] = Pack(number, len(lessons))
                    archive.writestr("index.html", self._index(path, found, lang))
                for older in self._folder.glob(f"path-{path.id}.{lang}.*.zip"):
                    older.unlink(missing_ok=True)
                short = not all(names for _lesson, names in found)
                file = made.replace(self._folder / (f"{Path(name).stem}.short.zip" if short else name))
        except OSError as error:
            log.warning("No archive %s: %s", name, error)
            self._packs[name] = BrokenEnvironment(
                _("The archive cannot be written: {reason}").format(reason=error.strerror or error)
            )
        except Exception:
            log.exception("No archive %s", name)
            self._packs[name] = BrokenEnvironment(
                _("The archive could not be made."), _("The server's log says why.")
            )
        else:
            with self._guard:
                if short:
                    self._packs[name] = Pack(len(lessons), len(lessons), file)
                else:
                    del self._packs[name]

    def _add(self, archive: zipfile.ZipFile, lesson: Scenario, lang: str) -> list[str]:
        """Put one guide into the archive and return the names of its files, without pictures."""
        try:
            files = list(self._files(lesson, lang))
        except TrainerError as error:
            log.warning("No guide of %s in the archive: %s", lesson.id, error.message)
            return []
        for inside, content in files:
            archive.writestr(inside, content)
        return [inside for inside, _content in files if "/" not in inside]

    def _files(self, lesson: Scenario, lang: str) -> Iterator[tuple[str, bytes]]:
        """Yield the files of one guide, as a reader wants to find them, making it first where need be.

        That waits for its turn however many do: an archive asks for one guide at a time.
        """
        for form in FORMS:
            content = self._order(lesson, lang, form, most=inf).result()
            if form != "md":
                yield f"{lesson.id}.{lang}.{form}", content
                continue
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for inside in archive.namelist():
                    yield inside, archive.read(inside)

    def close(self) -> None:
        """End what is being made, and make no more."""
        self._closed = True
        self._packing.shutdown(wait=False, cancel_futures=True)
        self._press.shutdown(wait=False, cancel_futures=True)
        if self._process is not None:
            end_family(self._process)
        self._press.shutdown()
        self._packing.shutdown()

    def _forget(self, name: str) -> None:
        with self._guard:
            self._orders.pop(name, None)

    def _stem(self, scenario: Scenario, lang: str) -> str:
        """Return the files' name: another lesson, translation, stamp or version of ours gives another one."""
        made_of = hashlib.sha256(f"{__version__} {scenario.digest} {self._stamp}".encode())
        for catalogue in sorted((data_dir("locales") / lang / "LC_MESSAGES").glob("*.po")):
            made_of.update(catalogue.read_bytes())
        return f"{scenario.id}.{lang}.{made_of.hexdigest()[:16]}"

    def _make(self, scenario: str, lang: str, stem: str, name: str) -> bytes:
        """Make all formats at once, unless the order before has done so, and return the file `name`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            return (self._folder / name).read_bytes()
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".making-") as folder:
            desk = Path(folder)
            self._run(scenario, "--lang", lang, "--to", ",".join(FORMS), "-o", folder)
            _zip_markdown(desk, f"{scenario}.{lang}")
            content = (desk / f"{scenario}.{lang}{name.removeprefix(stem)}").read_bytes()
            for older in self._folder.glob(f"{scenario}.{lang}.*"):
                older.unlink(missing_ok=True)
            for ending in FORMS.values():
                (desk / f"{scenario}.{lang}.{ending}").replace(self._folder / f"{stem}.{ending}")
        return content

    def _run(self, scenario: str, *options: str) -> None:
        """Run `trainer guide` at low priority until it ends; nothing of it is left behind."""
        self._process = started([*self._command, scenario, *options])
        if self._closed:  # while it was being started
            end_family(self._process)
        try:
            _out, said = self._process.communicate(timeout=self._make_seconds)
        except subprocess.TimeoutExpired:
            said = _("It took longer than {seconds} seconds.").format(seconds=round(self._make_seconds))
            end_family(self._process)
            self._process.communicate()
        if self._process.returncode != 0:
            log.warning("No guide of %s (exit code %s): %s", scenario, self._process.returncode, said.strip())
            raise BrokenEnvironment(
                _("The guide of {scenario} could not be made.").format(scenario=scenario),
                _("The server's log says why; so does: {command}").format(command=f"trainer guide {scenario}"),
            )


def _zip_markdown(desk: Path, name: str) -> None:
    """Put a text and its pictures into one archive beside them."""
    with zipfile.ZipFile(desk / f"{name}.md.zip", "w", zipfile.ZIP_STORED) as archive:
        for file in [desk / f"{name}.md", *sorted((desk / name).glob("*"))]:
            archive.write(file, file.relative_to(desk).as_posix())
