"""House-keeping: Sandboxes and pictures that nobody needs any more are removed, Runs and their results stay."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from trainer.app.ports import Control, Pictures, Runs
from trainer.core.errors import TrainerError
from trainer.core.runs import Run, RunStatus

log = logging.getLogger(__name__)

KEEP_ENDED = timedelta(hours=1)
"""How long the Sandbox of an ended Run stays, so that its end can still be looked at."""


KEEP_PICTURES = timedelta(days=1)
"""A picture that is no evidence after so long never will be."""


def do_each(jobs: Mapping[str, Callable[[], object]]) -> int:
    """Do all jobs and return how many were done; one that fails is logged by its name and stops no other."""
    done = 0
    for name, job in jobs.items():
        try:
            job()
        except (TrainerError, OSError) as error:
            log.warning("%s: %s", name, error)
        else:
            done += 1
    return done


def sweep(runs: Runs, pictures: Pictures, now: datetime) -> int:
    """Delete the pictures that are no evidence of any Run, and return how many those were.

    Who is stopped between a look and its verdict leaves such behind.
    """
    lost = pictures.older(now - KEEP_PICTURES) - runs.pictures()
    pictures.forget(lost)
    return len(lost)


class HouseKeeping:
    """Removes, round by round, the Sandboxes that nobody needs any more.

    Args:
        runs: Where Runs are kept; a Run whose Sandbox is gone has ``sandbox == ""``.
        control: The sandbox HRMS.
    """

    def __init__(self, runs: Runs, control: Control) -> None:
        self._runs = runs
        self._control = control
        self._unknown: frozenset[str] = frozenset()

    def tidy(self, *, now: datetime, keep: timedelta) -> int:
        """Remove what is over, and what no Run knows, and return how many Sandboxes that were.

        Over are ended Runs, and Runs that nobody has gone on with for `keep`; these are left. What no Run knows
        goes at the second round that finds it, as its Run may just be being begun at the first. What cannot be
        removed is logged and tried again in the next round.

        Args:
            now: The present moment.
            keep: How long an unfinished Run may rest.

        Raises:
            BrokenEnvironment: Sandbox HRMS or database does not tell what there is.
        """
        return self._remove_what_is_over(now, keep) + self._remove_what_no_run_knows()

    def _remove_what_is_over(self, now: datetime, keep: timedelta) -> int:
        rested = {run.id for run in self._runs.idle(now - keep)}
        ended = self._runs.idle(now - KEEP_ENDED)
        over = [run for run in ended if run.status is not RunStatus.ACTIVE or run.id in rested]

        def remove(run: Run) -> None:
            self._control.delete(run.sandbox)
            left = replace(run, status=RunStatus.LEFT, ended=now, ongoing=None)
            self._runs.update(replace(run if run.status is not RunStatus.ACTIVE else left, sandbox=""))

        return do_each({f"sandbox {run.sandbox}": partial(remove, run) for run in over})

    def _remove_what_no_run_knows(self) -> int:
        there = self._control.sandboxes()
        unknown = there - self._runs.sandboxes()
        over, self._unknown = unknown & self._unknown, unknown
        return do_each({f"sandbox {one}": partial(self._control.delete, one) for one in sorted(over)})
