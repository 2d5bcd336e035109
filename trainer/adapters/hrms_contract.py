"""Asks the sandbox HRMS for its contract: the only moment at which a scenario check needs it."""

from __future__ import annotations

import json
import subprocess
import sys

from trainer.core.contract import Contract
from trainer.core.errors import BrokenEnvironment
from trainer.i18n import gettext as _


def ask_contract() -> Contract:
    """Run ``python -m sandbox_hrms contract``; raises `BrokenEnvironment` when it does not answer."""
    command = [sys.executable, "-P", "-m", "sandbox_hrms", "contract"]
    try:
        answer = subprocess.run(command, capture_output=True, check=True, encoding="utf-8", timeout=60)
        return Contract.model_validate(json.loads(answer.stdout))
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise BrokenEnvironment(
            _("The sandbox HRMS does not tell its contract."),
            _("See what `{command}` says.").format(command=" ".join(command)),
        ) from error
