"""Words: codes of scenarios, runs and the sandbox, told to a trainee."""

from __future__ import annotations

from trainer.core.checks import Level, Status
from trainer.core.people import Role
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
