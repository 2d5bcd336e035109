"""The second folder for backups may lie on a disk that hangs: whatever is done there is given up after a time."""

import logging
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TypeVar

from sandbox_hrms.core.errors import SecondDiskFailed

T = TypeVar("T")

SECONDS = 8.0
"""So long anything may take there; less than a trainer waits for an answer."""
_LOG = logging.getLogger(__name__)


class SecondDisk:
    """One folder below which each sandbox has its own for copies.

    Work on it runs in a thread that is left behind when it takes too long. While one hangs, everything else is
    refused at once, so that neither threads nor waiting people pile up; when it comes back, so does the disk.

    Args:
        root: The folder.
        seconds: How long anything may take.
    """

    def __init__(self, root: Path, seconds: float = SECONDS) -> None:
        self._root = root
        self.seconds = seconds
        self._hanging: threading.Thread | None = None
        self._owed: set[Path] = set()
        """What is to be removed before anything else is done there."""
        self._removing = threading.Lock()

    def folder(self, sandbox_id: str) -> Path:
        """Return where the copies of a sandbox lie; look into it with :meth:`do` only."""
        return self._root / sandbox_id

    @property
    def hangs(self) -> bool:
        """Whether something that was given up is still waiting for the disk."""
        return self._hanging is not None and self._hanging.is_alive()

    def do(self, sandbox_id: str, work: Callable[[], T]) -> T:
        """Do something with the folder of a sandbox and return what came of it.

        Raises:
            SecondDiskFailed: It took too long, something before still does, or the disk refused.
        """
        if self.hangs:
            raise SecondDiskFailed
        done: SimpleQueue[tuple[T | None, Exception | None]] = SimpleQueue()
        thread = threading.Thread(
            target=_answer,
            args=(self._after_removals(self.folder(sandbox_id), work), done),
            name="second disk",
            daemon=True,
        )
        thread.start()
        try:
            result, error = done.get(timeout=self.seconds)
        except Empty:
            self._hanging = thread
            _LOG.warning("the second folder for backups does not answer: %s", self._root)
            raise SecondDiskFailed from None
        if isinstance(error, OSError):
            _LOG.warning("the second folder for backups failed: %s", error)
            raise SecondDiskFailed from error
        if error is not None:
            raise error
        return result  # type: ignore[return-value]  # without an error there is a result

    def remove(self, sandbox_id: str) -> None:
        """Remove the copies of a sandbox: now, or before anything else is done with its folder."""
        self._owed.add(self.folder(sandbox_id))
        with suppress(SecondDiskFailed):  # it is in the log
            self.do(sandbox_id, lambda: None)

    def _after_removals(self, folder: Path, work: Callable[[], T]) -> Callable[[], T]:
        """Return the work after what is owed; what cannot be removed keeps only its own sandbox waiting."""

        def removed_first() -> T:
            with self._removing:
                for owed in tuple(self._owed):
                    try:
                        with suppress(FileNotFoundError, NotADirectoryError):
                            shutil.rmtree(owed)
                        self._owed.discard(owed)
                    except OSError:
                        if owed == folder:
                            raise
            return work()

        return removed_first

    def soon(self, sandbox_id: str, work: Callable[[], object]) -> None:
        """Do something in the background, for somebody who cannot wait; a failure is in the log."""

        def quietly() -> None:
            with suppress(SecondDiskFailed):
                self.do(sandbox_id, work)

        threading.Thread(target=quietly, name="second disk, later", daemon=True).start()


def _answer(work: Callable[[], T], done: "SimpleQueue[tuple[T | None, Exception | None]]") -> None:
    try:
        done.put((work(), None))
    except Exception as error:  # noqa: BLE001  # told to who waits, in another thread
        done.put((None, error))
