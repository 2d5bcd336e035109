"""Words: codes of scenarios, runs and the sandbox, told to a trainee."""

from __future__ import annotations

from trainer.core.checks import Level, Status
from trainer.core.people import Role
from trainer.core.scenario import Translate
from trainer.i18n import N_

STATES = {
    "invited": N_("Invited"),
    "in_progress": N_("In progress"),
    "incomplete": N_("Incomplete"),
    "to_review": N_("To review"),
    "passed": N_("Passed the interview"),
    "rejected": N_("Rejected"),
    "on_hold": N_("On hold"),
    "abandoned": N_("Abandoned"),
    "unsaved": N_("Not saved"),
    "saved": N_("Saved"),
    "backed_up": N_("Backed up"),
    "not_due": N_("Not due"),
    "pending": N_("Waiting to sync"),
    "done": N_("Synced"),
    "failed": N_("Sync failed"),
}
"""State codes of the sandbox HRMS, called as on its pages; one that is not here is shown as it is."""

SEEN = {
    "not on the page": N_("not on the page"),
    "nobody has looked yet": N_("nobody has looked yet"),
    "visible": N_("visible"),
    "not visible": N_("not visible"),
    "no event": N_("no event"),
    "not done": N_("not done"),
    "the field was not read": N_("the field was not read"),
    "the window was not looked at": N_("the window was not looked at"),
    "no snapshot was taken": N_("no snapshot was taken"),
}
"""What checks note as seen where it is no content of the practice system."""

ROLES = {
    "candidate": N_("The candidate"),
    "hr": N_("HR"),
    "head": N_("The department head"),
    "admin": N_("The administrator"),
}

PROFILES = {
    "web": N_("Web system"),
    "app": N_("Phone system"),
    "integrated": N_("Integrated system"),
    "cloud": N_("Cloud system"),
    "local": N_("Local system"),
    "suite": N_("All-in-one system"),
}


def system(profile: str, text: Translate) -> str:
    """Name a kind of system, such as `app@2`, with its version where it says one.

    Args:
        profile: Its code.
        text: Translates our texts.
    """
    _ = text
    kind, _at, version = profile.partition("@")
    name = _(PROFILES.get(kind, kind))
    return _("{system}, version {version}").format(system=name, version=version) if version else name


MODES = {"guided": N_("Guided"), "practice": N_("On your own"), "exam": N_("Exam")}

ACCOUNT_ROLES = {Role.INSTRUCTOR: N_("Instructor"), Role.ADMINISTRATOR: N_("Administrator")}

LEVELS: dict[Level, str] = {
    "action": N_("On the screen"),
    "value": N_("What was typed"),
    "outcome": N_("What the system stored"),
}

VERDICTS = {
    Status.PASSED: N_("Passed"),
    Status.FAILED: N_("Not passed"),
    Status.UNKNOWN: N_("Not judged yet"),
}

FAULTS = {
    "offline": N_("No cloud"),
    "disconnected": N_("Network cut"),
    "slow": N_("Slow"),
    "db_locked": N_("Locked database"),
    "disk_full": N_("Full disk"),
    "stuck_sync": N_("Stuck sync"),
    "frozen": N_("Frozen page"),
    "crash": N_("Crash"),
}

AUDIT = {
    "account_closed": N_("Account closed"),
    "candidate_erased": N_("Data of a candidate deleted"),
    "candidate_link_made": N_("Link for a candidate made"),
    "candidate_link_revoked": N_("Link of a candidate taken away"),
    "exercise_ended": N_("Exercise ended"),
    "fault_cleared": N_("Failure ended"),
    "hint_sent": N_("Hint sent"),
    "lesson_shown": N_("Lesson shown to everybody"),
    "link_made": N_("Link for a password made"),
    "looked_in": N_("Looked in at a trainee"),
    "message_sent": N_("Message to all sent"),
    "password_set": N_("Password set"),
    "put_back": N_("Trainee put back to the step’s begin"),
    "reset_sent": N_("Letter for a new password sent"),
    "reset_undelivered": N_("Letter for a new password not delivered"),
    "seat_removed": N_("Trainee removed"),
    "sign_in_ended": N_("Sign-in ended"),
    "sign_in_refused": N_("Sign-in refused"),
    "signed_in": N_("Signed in"),
    "totp_set": N_("Second factor set"),
    "unlocked": N_("Trainee let go on"),
    "workshop_created": N_("Workshop made"),
    "workshop_ended": N_("Workshop ended"),
    "workshop_paused": N_("Workshop paused"),
    "workshop_running": N_("Workshop started, or going on"),
}
"""What is written down of people with rights over others; see `done` for the failures that they let strike."""


def done(what: str, translate: Translate) -> str:
    """Return what a line of the audit log says was done; a code of another version stays as it is."""
    fault = FAULTS.get(what.removeprefix("fault_"))
    if fault:
        return translate(N_("Failure let strike: {fault}")).format(fault=translate(fault))
    return translate(AUDIT[what]) if what in AUDIT else what


BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}
"""What browsers and systems have in their User-Agent, and their names: the first one found counts."""


def browser(agent: str, translate: Translate) -> str:
    """Return the names of browser and system by a User-Agent; one without them stays as it is."""
    program, system = (
        next((name for mark, name in names.items() if mark in agent), "") for names in (BROWSERS, SYSTEMS)
    )
    if program and system:
        return translate(N_("{browser} on {system}")).format(browser=program, system=system)
    return program or agent or translate(N_("A browser"))
