"""What the message centre speaks of, and the release notes that a new system already holds."""

from dataclasses import dataclass
from enum import StrEnum

from sandbox_hrms.core.profiles import Profile
from sandbox_hrms.core.texts import N_


class MessageKind(StrEnum):
    """What a message is about."""

    RELEASE = "release"
    HIRING = "hiring"
    PAY = "pay"
    SYNC = "sync"
    FORECAST = "forecast"
    SYSTEM = "system"


LABELS: dict[MessageKind, str] = {
    MessageKind.RELEASE: N_("Release note"),
    MessageKind.HIRING: N_("Hiring"),
    MessageKind.PAY: N_("Pay"),
    MessageKind.SYNC: N_("Sync"),
    MessageKind.FORECAST: N_("Forecast"),
    MessageKind.SYSTEM: N_("System"),
}


@dataclass(frozen=True, slots=True)
class Note:
    """A release note: msgids, and the values for their placeholders."""

    title: str
    body: str
    data: dict[str, str | int]


_PLACES = {
    "top_right": N_("The exit button is at the top right"),
    "bottom": N_("The exit button is at the bottom of the page"),
    "bottom_bar": N_("The exit button is in the bottom bar"),
    "more_menu": N_("The exit button is behind the three dots"),
}
_MOVED = {
    "top_right": N_("The exit button moved to the top right"),
    "bottom": N_("The exit button moved to the bottom of the page"),
    "bottom_bar": N_("The exit button moved to the bottom bar"),
    "more_menu": N_("The exit button moved behind the three dots"),
}


def release_notes(profile: Profile, notice: str = "") -> tuple[Note, ...]:
    """Return the notes that come with a profile, the oldest first; a later version says that the button moved.

    Args:
        profile: The profile.
        notice: What somebody else wrote about what is new in it: a line for each change; "" for our own words.
    """
    place, first = profile.layout.exit_button.place, profile.version == 1
    where = Note(
        _PLACES[place] if first else _MOVED[place],
        "{notice}"
        if notice
        else N_("Version {version}: with this button a candidate ends the interview.")
        if first
        else N_("Version {version}: what it does is the same as before; only its place is new."),
        {"version": profile.version} | ({"notice": notice} if notice else {}),
    )
    if profile.policy.save.automatic:
        keeping = Note(
            N_("Answers save themselves"),
            N_("A submitted answer is stored at once. After a fault the candidate goes on where it stopped."),
            {},
        )
    else:
        keeping = Note(
            N_("Records are saved by hand"),
            N_("What was not saved by hand is not in the record. Remind candidates to save before they leave."),
            {},
        )
    return (keeping, where)
