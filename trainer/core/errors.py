"""Errors a person can act on: what went wrong, where, and what to do next."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's exit code says."""

    PASSED = 0
    CHECK_FAILED = 1
    BAD_INPUT = 2
    ENVIRONMENT = 3


class TrainerError(Exception):
    """Base of every error that is shown to a person as one sentence and one next step.

    Args:
        message: What happened and where, already in the reader's language.
        hint: The next useful thing to do, or "".
    """

    exit_code = ExitCode.CHECK_FAILED

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class BadInput(TrainerError):
    """The person's own input is wrong: a scenario, an option, a file."""

    exit_code = ExitCode.BAD_INPUT


class BrokenEnvironment(TrainerError):
    """The machine could not do its part: no browser, port taken, sandbox gone, network cut."""

    exit_code = ExitCode.ENVIRONMENT


class LookFailed(TrainerError):
    """A look at the application failed, so the answer is *unknown*: neither pass nor fail."""

    exit_code = ExitCode.ENVIRONMENT
