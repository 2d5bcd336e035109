"""House-keeping: Sandboxes that nobody needs any more are removed, Runs and their results stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from trainer.app.ports import Control, Runs
from trainer.core.runs import RunStatus

KEEP_ENDED = timedelta(hours=1)
"""How long the Sandbox of an ended Run stays, so that its end can still be looked at."""


def tidy(runs: Runs, control: Control, *, now: datetime, keep: timedelta) -> int:
    """Remove the Sandboxes of ended Runs, and of Runs that nobody has gone on with for `keep`; these are left.

    Args:
        runs: Where Runs are kept; a Run whose Sandbox is gone has ``sandbox == ""``.
        control: The sandbox HRMS.
        now: The present moment.
        keep: How long an unfinished Run may rest.

    Returns:
        How many Sandboxes were removed.

    Raises:
        BrokenEnvironment: The sandbox HRMS cannot be reached; what was not removed is tried again next time.
    """
    rested = {run.id for run in runs.idle(now - keep)}
    over = [run for run in runs.idle(now - KEEP_ENDED) if run.status is not RunStatus.ACTIVE or run.id in rested]
    for run in over:
        control.delete(run.sandbox)
        ended = replace(run, status=RunStatus.LEFT, ended=now, ongoing=None)
        runs.save(replace(run if run.status is not RunStatus.ACTIVE else ended, sandbox=""))
    return len(over)
