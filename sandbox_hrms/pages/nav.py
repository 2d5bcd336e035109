"""The one table of all places in the navigation: a page that people shall find adds its row here."""

from dataclasses import dataclass
from enum import StrEnum

from sandbox_hrms.core.profiles import Labels
from sandbox_hrms.core.roles import Actor, Right, Role
from sandbox_hrms.core.texts import N_


class Group(StrEnum):
    """Under which heading a place stands in a long navigation."""

    RECRUITING = "recruiting"
    ORGANISATION = "organisation"
    DATA = "data"


GROUPS: dict[Group, str] = {
    Group.RECRUITING: N_("Recruiting"),
    Group.ORGANISATION: N_("Organisation and pay"),
    Group.DATA: N_("Data and system"),
}
"""The headings, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the navigation.

    Attributes:
        right: Who may not do this does not see it.
        path: Below the person's base path, e.g. ``/org``.
        name: Its test id; two entries may share one when no role sees both.
        label: What it says (msgid); None for what the profile calls its dashboard.
        roles: For whom the page is served.
        group: The heading it stands under.
        home_of: The roles that find it on their first page, ``/``.
    """

    right: Right
    path: str
    name: str
    label: str | None
    roles: tuple[Role, ...] = (Role.HR,)
    group: Group = Group.RECRUITING
    home_of: tuple[Role, ...] = ()

    def path_for(self, role: Role) -> str:
        """Return where a role finds it."""
        return "/" if role in self.home_of else self.path

    def text(self, labels: Labels) -> str:
        """Return its label (msgid) in a profile."""
        return self.label or labels.dashboard


ENTRIES: tuple[Entry, ...] = (
    Entry(Right.TAKE_INTERVIEW, "/", "nav.home", N_("My interviews"), roles=(Role.CANDIDATE,)),
    Entry(Right.SEE_CANDIDATES, "/", "nav.dashboard", None),
    Entry(Right.TAKE_INTERVIEW, "/data", "nav.my_data", N_("My data"), roles=(Role.CANDIDATE,)),
    Entry(Right.INVITE, "/resumes", "nav.resumes", N_("Résumés")),
    Entry(Right.REVIEW, "/questions", "nav.questions", N_("Question banks")),
    Entry(Right.SEE_DEPARTMENT, "/", "nav.home", N_("My department"), roles=(Role.HEAD,)),
    Entry(Right.SEE_CANDIDATES, "/requisitions", "nav.requisitions", N_("Requisitions")),
    Entry(
        Right.SEE_ORG,
        "/org",
        "nav.org",
        N_("Org chart"),
        roles=(Role.HR, Role.HEAD),
        group=Group.ORGANISATION,
    ),
    Entry(Right.SYNC, "/sync", "nav.sync", N_("Data sync log"), roles=(Role.HR, Role.ADMIN), group=Group.DATA),
    Entry(Right.SYNC, "/check", "nav.check", N_("Self-check"), roles=(Role.HR, Role.ADMIN), group=Group.DATA),
    Entry(Right.BACK_UP, "/backups", "nav.backups", N_("Backups"), roles=(Role.HR, Role.ADMIN), group=Group.DATA),
    Entry(Right.INVITE, "/forecast", "nav.forecast", N_("Forecast")),
    Entry(
        Right.READ_MESSAGES,
        "/messages",
        "nav.messages",
        N_("Messages"),
        roles=(Role.HR, Role.HEAD, Role.ADMIN),
        group=Group.DATA,
    ),
    Entry(Right.SEE_PAY, "/payroll", "nav.payroll", N_("Payroll"), group=Group.ORGANISATION),
    Entry(Right.SEE_PAY, "/pricing", "nav.pricing", N_("Pricing calculator"), group=Group.ORGANISATION),
    Entry(
        Right.MANAGE_DATA, "/privacy", "nav.privacy", N_("Personal data"), roles=(Role.ADMIN,), group=Group.DATA
    ),
    Entry(
        Right.SEE_AUDIT,
        "/audit",
        "nav.audit",
        N_("Audit log"),
        roles=(Role.HR, Role.ADMIN),
        group=Group.DATA,
        home_of=(Role.ADMIN,),
    ),
)
"""All places. A new page adds a row, and its test id to ``pages/names.py``."""


@dataclass(frozen=True, slots=True)
class BarPlace:
    """One place in the bar at the bottom of a phone.

    Attributes:
        path: Below the person's base path.
        name: Its test id.
        label: What it says (msgid).
        busy: What it says while an interview is under way on the page (msgid); "" for the same.
    """

    path: str
    name: str
    label: str
    busy: str = ""


PHONE_BAR: tuple[BarPlace, ...] = (
    BarPlace("/", "nav.home", N_("Home")),
    BarPlace("/interview", "nav.interview", N_("Interview"), N_("In interview")),
    BarPlace("/me", "nav.me", N_("Me")),
)
"""The candidate's places on a phone; the others are on the page ``/me``."""


def entries_for(actor: Actor) -> tuple[Entry, ...]:
    """Return the places that somebody may go to, in the order of the groups."""
    order = list(GROUPS)
    mine = [one for one in ENTRIES if actor.role in one.roles and actor.may(one.right)]
    return tuple(sorted(mine, key=lambda one: order.index(one.group)))
