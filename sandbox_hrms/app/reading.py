"""Résumés are read in processes of their own: a bad file costs none of the pages their time or memory."""

import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process

from sandbox_hrms.app import library
from sandbox_hrms.app.extract import extract
from sandbox_hrms.core.matching import Facts
from sandbox_hrms.core.resumes import Person, education_of, person_of, years_of
from sandbox_hrms.core.texts import N_
from sandbox_hrms.scorers.skills import find_skills

WORKERS = 2
_AHEAD = 4
"""So many files a process are read ahead: enough to keep it busy, few enough to keep memory flat."""
_SECONDS = 60.0
"""For one file, the start of the processes included."""
_MEMORY = 1024 * 1024 * 1024
_FILES_EACH = 500
"""A reading process is replaced after so many files, so that nothing adds up."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What came out of one file; without a text, ``message`` and ``hint`` say why (msgids)."""

    name: str
    text: str
    person: Person
    facts: Facts
    message: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be read.

    Attributes:
        name: The file's name, which may give the person's.
        content: The file.
        skills: Codes of the skills to look for.
        year: The year in which "until today" ends.
    """

    name: str
    content: bytes
    skills: tuple[str, ...]
    year: int


def read(order: Order) -> Reading:
    """Read one file here and now; never raises."""
    got = extract(order.content)
    known = library.skills()
    found = find_skills(got.text, [known[code] for code in order.skills]) if got.text else {}
    facts = Facts(found, years_of(got.text, order.year), education_of(got.text))
    return Reading(order.name, got.text, person_of(got.text, order.name), facts, got.message, got.hint)


class Readers:
    """The reading processes; none is started before the first file.

    Args:
        workers: How many.
    """

    def __init__(self, workers: int = WORKERS) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None
        self._lock = threading.Lock()

    def one(self, order: Order) -> Reading:
        """Read one file."""
        return next(iter(self.all([order])))

    def all(self, orders: Iterable[Order]) -> Iterator[Reading]:
        """Read files in their order, some ahead; one that takes too long or kills its process is told as bad."""
        waiting: deque[tuple[Order, _Begun]] = deque()
        for order in orders:
            waiting.append((order, self._begin(order)))
            if len(waiting) >= self._workers * _AHEAD:
                yield self._finish(*waiting.popleft())
        while waiting:
            yield self._finish(*waiting.popleft())

    def close(self) -> None:
        """End the processes."""
        self._end(self._pool)

    def _begin(self, order: Order) -> "_Begun":
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    self._workers,
                    mp_context=get_context("spawn"),
                    initializer=_prepare,
                    max_tasks_per_child=_FILES_EACH,
                )
            pool = self._pool
        try:
            return pool, pool.submit(read, order)
        except (BrokenProcessPool, RuntimeError):
            self._end(pool)
            return self._begin(order)

    def _finish(self, order: Order, begun: "_Begun") -> Reading:
        """Wait for a file; when the processes fell over meanwhile, give it one more try of its own."""
        for last in (False, True):
            pool, future = begun
            try:
                return future.result(timeout=_SECONDS)
            except (BrokenProcessPool, CancelledError):
                self._end(pool)
            except TimeoutError:
                self._end(pool)
                break
            if not last:
                begun = self._begin(order)
        nothing = Facts({}, 0.0, "none")
        person = person_of("", order.name)
        return Reading(
            order.name,
            "",
            person,
            nothing,
            N_("The file could not be read in time."),
            N_("Save it again as PDF, then upload it once more."),
        )

    def _end(self, pool: ProcessPoolExecutor | None) -> None:
        with self._lock:
            if pool is None or pool is not self._pool:
                return
            self._pool = None
        # the pool has no way to end a process that is busy
        for process in list((pool._processes or {}).values()):  # noqa: SLF001
            process.kill()
        pool.shutdown(wait=False, cancel_futures=True)


_Begun = tuple[ProcessPoolExecutor, Future[Reading]]
"""Where a file is read, and what comes of it."""


def _prepare() -> None:
    """Make a reading process humble: last in line, little memory, and gone when its parent is."""
    logging.disable()  # what is wrong with a file is told to its owner, not to the server's log
    threading.Thread(target=_follow_parent, daemon=True).start()
    if sys.platform != "win32":
        import resource

        os.nice(5)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _follow_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # a killed server leaves nothing behind
