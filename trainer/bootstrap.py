"""Bootstrap: the only module that picks real adapters."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from trainer.adapters.control_http import HttpControl
from trainer.adapters.hrms_process import HrmsProcess


def clock() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return an unguessable id."""
    return secrets.token_hex(8)


def control(process: HrmsProcess) -> HttpControl:
    """Return the control API of a sandbox HRMS that we started."""
    return HttpControl(process.base_url, process.token, verify=False, obituary=process.obituary)


@contextmanager
def passing_hrms() -> Iterator[HrmsProcess]:
    """Run a sandbox HRMS whose data goes when it goes: for verify, demo, guide and bench."""
    with (
        TemporaryDirectory(prefix="trainer-", ignore_cleanup_errors=True) as data,
        HrmsProcess(Path(data)) as process,
    ):
        yield process
