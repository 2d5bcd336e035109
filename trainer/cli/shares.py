"""Work shared out to several processes, each of which ends in good order."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import active_children, get_context
from types import FrameType
from typing import TypeVar

from trainer.core.errors import BrokenEnvironment
from trainer.i18n import gettext as _

Piece = TypeVar("Piece")
Result = TypeVar("Result")


@contextmanager
def orderly_end() -> Iterator[None]:
    """Let a polite kill unwind the stack, so that browser, sandbox and folders go with us."""

    def leave(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def in_shares(
    do: Callable[[Sequence[Piece]], tuple[Result, ...]], work: Sequence[Piece], workers: int
) -> tuple[Result, ...]:
    """Let `workers` processes `do` their shares of `work`.

    Args:
        do: Does one share; a function of a module, as processes are started afresh.
        work: What is to be done.
        workers: So many processes at most.

    Returns:
        All results, share by share.

    Raises:
        BrokenEnvironment: A process ended in the middle of its share.
    """
    shares = [work[first::workers] for first in range(min(workers, len(work)))]
    with ProcessPoolExecutor(len(shares), mp_context=get_context("spawn")) as pool:
        try:
            done = list(pool.map(partial(_in_order, do), shares))
        except BrokenProcessPool as error:
            raise BrokenEnvironment(_("A worker process ended in the middle of its lessons.")) from error
        except BaseException:
            for worker in active_children():
                worker.terminate()
            raise
    return tuple(result for share in done for result in share)


def _in_order(do: Callable[[Sequence[Piece]], tuple[Result, ...]], share: Sequence[Piece]) -> tuple[Result, ...]:
    with orderly_end():
        return do(share)
