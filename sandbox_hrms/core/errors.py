"""Refusals: what went wrong, and what to do next."""

from sandbox_hrms.core.texts import N_


class HrmsError(Exception):
    """A request that cannot be met, told to its sender.

    Attributes:
        code: Stable machine name, part of the control API.
        http: HTTP status that says the same.
        message: What went wrong (msgid, with ``{placeholders}`` filled from ``params``).
        hint: What to do next (msgid).
        params: Values for the placeholders of both texts.
    """

    code = "error"
    http = 400

    def __init__(self, message: str, hint: str = "", **params: object) -> None:
        self.message = message
        self.hint = hint
        self.params = params
        super().__init__(message.format(**params))


class NotAllowed(HrmsError):
    """The state of the interview, or the role of the asker, forbids it."""

    code = "not_allowed"
    http = 409


class Forbidden(HrmsError):
    """The asker's role may not do this at all."""

    code = "forbidden"
    http = 403

    def __init__(self) -> None:
        super().__init__(N_("Your role may not do this."), N_("Sign in with the role that may."))


class ReadOnly(HrmsError):
    """A read-only session tried to change something."""

    code = "read_only"
    http = 403

    def __init__(self) -> None:
        super().__init__(N_("This session may only look."), N_("Use a link that was not issued as read-only."))


class NotSignedIn(HrmsError):
    """There is no valid session behind the request."""

    code = "not_signed_in"
    http = 401

    def __init__(self) -> None:
        super().__init__(N_("You are not signed in."), N_("Open your link again."))


class NotFound(HrmsError):
    """Nothing has that id."""

    code = "not_found"
    http = 404


class Conflict(HrmsError):
    """Something else already has that id."""

    code = "conflict"
    http = 409


class Invalid(HrmsError):
    """A value is missing, too long or of the wrong kind."""

    code = "invalid"
    http = 422


class TooManyTries(HrmsError):
    """The password was wrong too often."""

    code = "too_many_tries"
    http = 429

    def __init__(self) -> None:
        super().__init__(N_("Too many wrong passwords."), N_("Wait a minute, then try again."))


class Down(HrmsError):
    """This sandbox is down, or was restarted since the page was opened."""

    code = "down"
    http = 503

    def __init__(self) -> None:
        super().__init__(
            N_("The HR system does not answer at the moment."),
            N_("Wait a few seconds, then load the page again."),
        )


class Broken(HrmsError):
    """A data file of the sandbox is damaged or was written by another version."""

    code = "broken"
    http = 500


class Offline(HrmsError):
    """The HR system cannot reach its cloud; nothing was stored there."""

    code = "offline"
    http = 503

    def __init__(self) -> None:
        super().__init__(
            N_("There is no connection to the cloud."),
            N_("Check the network, use a cable if there is one, then try again."),
        )


class StorageFailed(HrmsError):
    """The disk or the database did not take a change; nothing of it was stored.

    Its code is ``disk_full`` or ``db_locked`` where that is the reason.
    """

    code = "storage_failed"
    http = 503

    def __init__(self, reason: str) -> None:
        if "full" in reason:
            self.code = "disk_full"
            message, hint = (
                N_("There is not enough disk space."),
                N_("Keep the page open, make room on the disk, then try again."),
            )
        elif "locked" in reason:
            self.code = "db_locked"
            message, hint = (
                N_("The database is locked by another program."),
                N_("Keep the page open, wait until the other program is done, then try again."),
            )
        else:
            message, hint = (
                N_("The change could not be stored: {reason}."),
                N_("Keep the page open and try again."),
            )
        super().__init__(message, hint, reason=reason)


class SecondDiskFailed(HrmsError):
    """The second folder for backups cannot be used now; everything beside the system is as it should be."""

    code = "second_disk"
    http = 503

    def __init__(self) -> None:
        super().__init__(
            N_("The second folder for backups does not answer."),
            N_("The copies beside the system can be used. Let somebody look at that disk, then try again."),
        )


class CloseBlocked(NotAllowed):
    """A sync is running in the background; what it works on cannot be closed."""

    code = "close_blocked"

    def __init__(self) -> None:
        super().__init__(
            N_("Cannot close: data is being synced in the background."),
            N_("Wait until the sync is done, finish it now, or end the task safely; then close again."),
        )
