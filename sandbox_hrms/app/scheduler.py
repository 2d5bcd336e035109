"""What the system does by itself in the course of the day: carry what waits, back up, forecast."""

import logging
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sandbox_hrms.app.backup import back_up_daily
from sandbox_hrms.app.forecast import run
from sandbox_hrms.app.sandboxes import Sandbox, Sandboxes
from sandbox_hrms.app.self_check import check_after_exit
from sandbox_hrms.app.sync import carry
from sandbox_hrms.core.errors import Down, SecondDiskFailed, StorageFailed
from sandbox_hrms.core.texts import N_

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

_LOG = logging.getLogger(__name__)
CARRY_SECONDS = 30
IDLE = timedelta(minutes=30)
"""A sandbox that nobody has used for so long is closed."""
_REST_SECONDS = 300
_BACKUP_HOUR = 2
_FORECAST_HOUR = 3
_LATE_SECONDS = 3600
"""A machine that slept does what it missed if it is at most this late."""


@dataclass(frozen=True, slots=True)
class Job:
    """One recurring job.

    Attributes:
        id: Stable code.
        title: What it does (msgid).
        next_run: When it runs next; None while nothing is scheduled.
    """

    id: str
    title: str
    next_run: datetime | None


class Jobs:
    """The recurring jobs of one process; each walks all sandboxes that are open, or rest, when it runs.

    Nothing runs before :meth:`start`. A sandbox that fails is told to the log and never stops the others.

    Args:
        sandboxes: Of this process.
    """

    def __init__(self, sandboxes: Sandboxes) -> None:
        self._sandboxes = sandboxes
        self._scheduler: BackgroundScheduler | None = None

    def start(self) -> None:
        """Begin to run; harmless when it runs already."""
        if self._scheduler is not None:
            return
        from apscheduler.schedulers.background import BackgroundScheduler

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a machine without a time zone runs on UTC, and that will do
            scheduler = BackgroundScheduler(
                job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": _LATE_SECONDS}
            )
        scheduler.add_job(self.carry, "interval", seconds=CARRY_SECONDS, id="carry")
        scheduler.add_job(self.back_up, "cron", hour=_BACKUP_HOUR, id="backup")
        scheduler.add_job(self.forecast, "cron", hour=_FORECAST_HOUR, id="forecast")
        scheduler.add_job(self.rest, "interval", seconds=_REST_SECONDS, id="rest")
        scheduler.start()
        self._scheduler = scheduler

    def close(self) -> None:
        """Stop; a job under way is waited for, so that nobody takes its file away."""
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            scheduler.shutdown(wait=True)

    def listed(self) -> tuple[Job, ...]:
        """Return the jobs and when they run next."""
        return tuple(Job(name, title, self._next_run(name)) for name, title in _TITLES.items())

    def carry(self) -> None:
        """Try again what waits to reach the org side, and compare all sides; what rests has nothing waiting."""
        self._each("carry", _carry, self._sandboxes.opened())

    def back_up(self) -> None:
        """Make the daily backup."""
        self._each("backup", back_up_daily, self._sandboxes.awake())

    def forecast(self) -> None:
        """Run the forecast of leavers and needs."""
        self._each("forecast", run, self._sandboxes.awake())

    def rest(self) -> None:
        """Close what nobody uses."""
        self._sandboxes.rest(IDLE)

    @staticmethod
    def _each(job: str, work: Callable[[Sandbox], object], sandboxes: Iterable[Sandbox]) -> None:
        for sandbox in sandboxes:
            if sandbox.faults.down_until:
                continue
            try:
                work(sandbox)
            except Down:
                continue  # closed or fallen over meanwhile
            except (StorageFailed, SecondDiskFailed) as error:
                _LOG.warning("job %s did not work in sandbox %s: %s", job, sandbox.id, error)
            except Exception:  # noqa: BLE001  # the others have their turn whatever happens here
                _LOG.exception("job %s failed in sandbox %s", job, sandbox.id)

    def _next_run(self, name: str) -> datetime | None:
        job = self._scheduler.get_job(name) if self._scheduler else None
        return None if job is None or job.next_run_time is None else job.next_run_time.astimezone(UTC)


def _carry(sandbox: Sandbox) -> None:
    if carry(sandbox):
        check_after_exit(sandbox)


_TITLES = {
    "carry": N_("Try again what was not synced, then run the self-check"),
    "backup": N_("Daily backup"),
    "forecast": N_("Forecast"),
}
