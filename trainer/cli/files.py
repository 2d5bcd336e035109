"""Files that commands write: tried before the work begins, put in place when they are whole."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from trainer.core.errors import BadInput
from trainer.i18n import gettext as _


def check_folder(folder: Path, hint: str = "") -> None:
    """Make the folder and try it, before anything is done for what shall go there.

    Args:
        folder: Where files will be written.
        hint: What to do where they cannot be; by default another folder is asked for.

    Raises:
        BadInput: Nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise BadInput(
            _("{folder} cannot be written to: {reason}").format(folder=folder, reason=error.strerror or error),
            hint or _("Name another folder with -o."),
        ) from error


def write(path: Path, content: bytes) -> None:
    """Put the whole file in place, or leave what was there.

    Raises:
        BadInput: It cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            path.parent.mkdir(exist_ok=True)
            beside.write_bytes(content)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise BadInput(
            _("{path} cannot be written: {reason}").format(path=path, reason=error.strerror or error),
            _("Name another folder with -o."),
        ) from error
