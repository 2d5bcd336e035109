"""Matching goes on by itself: it is told how far it is, can be stopped, and needs no open page."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal

from sandbox_hrms.app.match import Matched, match_all
from sandbox_hrms.app.reading import Readers
from sandbox_hrms.app.resumes import contents, store_matches, waiting, wanted_of
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core.errors import HrmsError, NotAllowed
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import Actor, Right
from sandbox_hrms.core.texts import N_

JobState = Literal["running", "done", "cancelled", "failed"]

_AT_ONCE = 2
_BATCH = 25
"""Matches stored in one change."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a match is.

    Attributes:
        bad: Files that could not be read.
        seconds: Since it began; until its end.
        refusal: Why it failed; None otherwise.
    """

    post: str
    state: JobState
    done: int
    total: int
    bad: int
    seconds: float
    refusal: HrmsError | None = None


class MatchingJobs:
    """At most one match a sandbox; two at once in all.

    Args:
        readers: The processes that read.
    """

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._pool = ThreadPoolExecutor(_AT_ONCE, "match")
        self._progress: dict[str, Progress] = {}
        self._stops: dict[str, threading.Event] = {}
        self._lock = threading.Lock()

    def start(self, sandbox: Sandbox, actor: Actor, post: str) -> Progress:
        """Begin to match everything that is new, and everybody who applied, to a post.

        Raises:
            NotAllowed: One is running already.
        """
        sandbox.admit(actor, Right.INVITE, write=True)
        items = waiting(sandbox, post)
        stop = threading.Event()
        with self._lock:
            if self._running(sandbox.id):
                raise NotAllowed(N_("A match is running already."), N_("Wait until it is done, or stop it."))
            self._stops[sandbox.id] = stop
            self._progress[sandbox.id] = Progress(post, "running", 0, len(items), 0, 0.0)
        self._pool.submit(self._run, sandbox, actor, post, items, stop)
        return self._progress[sandbox.id]

    def stop(self, sandbox: Sandbox, actor: Actor) -> None:
        """Stop the match of a sandbox; what is stored already stays. Harmless when none is running."""
        sandbox.admit(actor, Right.INVITE, write=True)
        with self._lock:
            if sandbox.id in self._stops:
                self._stops[sandbox.id].set()

    def progress(self, sandbox: Sandbox, actor: Actor) -> Progress | None:
        """Return how far the newest match of a sandbox is; None when there was none."""
        sandbox.admit(actor, Right.SEE_CANDIDATES)
        return self._progress.get(sandbox.id)

    def close(self) -> None:
        """Stop everything."""
        with self._lock:
            for stop in self._stops.values():
                stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _running(self, sandbox_id: str) -> bool:
        known = self._progress.get(sandbox_id)
        return known is not None and known.state == "running"

    def _run(
        self,
        sandbox: Sandbox,
        actor: Actor,
        post: str,
        items: tuple[tuple[str, str], ...],
        stop: threading.Event,
    ) -> None:
        began = time.monotonic()
        progress = self._progress[sandbox.id]

        def tell(state: JobState, refusal: HrmsError | None = None) -> None:
            self._progress[sandbox.id] = replace(
                progress, state=state, seconds=time.monotonic() - began, refusal=refusal
            )

        try:
            with sandbox.store.read() as session:
                wanted = wanted_of(session, post)
            files = contents(sandbox, _until(items, stop))
            batch: list[tuple[tuple[str, str], Matched]] = []
            for item, one in zip(
                items, match_all(files, wanted, year=sandbox.now().year, readers=self._readers), strict=False
            ):
                batch.append((item, one))
                progress = replace(progress, done=progress.done + 1, bad=progress.bad + (one.match is None))
                if len(batch) >= _BATCH:
                    store_matches(sandbox, actor, post, batch)
                    batch = []
                tell("running")
            store_matches(sandbox, actor, post, batch)
            with sandbox.change(actor) as change:
                change.tell(
                    Kind.RESUMES_MATCHED,
                    post,
                    count=progress.done - progress.bad,
                    bad=progress.bad,
                    cancelled=stop.is_set(),
                )
        except HrmsError as error:
            tell("failed", error)
        except Exception:
            tell("failed", HrmsError(N_("The match has failed."), N_("Start it again.")))
            raise
        else:
            tell("cancelled" if stop.is_set() and progress.done < len(items) else "done")


def _until(items: tuple[tuple[str, str], ...], stop: threading.Event) -> Iterator[tuple[str, str]]:
    """Give the items until somebody stops it."""
    for item in items:
        if stop.is_set():
            return
        yield item
