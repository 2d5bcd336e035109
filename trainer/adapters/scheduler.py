"""Jobs that recur while the server runs, on APScheduler."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from trainer.core.errors import TrainerError

log = logging.getLogger(__name__)


@contextmanager
def recurring(name: str, job: Callable[[], object], every: timedelta) -> Iterator[None]:
    """Do `job` in a thread of its own `every` so often, within the block; one that fails is tried again next time.

    Args:
        name: Name of the job in the log.
        job: What to do; its result is logged.
        every: Time from one start to the next; the first is after this time.
    """
    from apscheduler.schedulers.background import BackgroundScheduler

    def once() -> None:
        try:
            log.info("%s: %s", name, job())
        except TrainerError as error:
            log.warning("%s: %s", name, error.message)

    scheduler = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None})
    scheduler.add_job(once, "interval", seconds=every.total_seconds(), id=name)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=True)
