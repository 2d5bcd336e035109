"""The self-check: what interview, org chart and payroll say about the same people, laid side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sandbox_hrms.core.profiles import SyncPolicy
from sandbox_hrms.core.states import Interview, Placement, SittingStatus, Synced, is_finished


class Gap(StrEnum):
    """A way in which two sides can differ."""

    STUCK_IN_PROGRESS = "stuck_in_progress"
    NOT_CARRIED = "not_carried"
    UNFINISHED_IN_ORG = "unfinished_in_org"
    ORG_BEHIND = "org_behind"
    COUNTED_UNFINISHED = "counted_unfinished"
    PLACED_WITHOUT_PASS = "placed_without_pass"  # noqa: S105  # a kind of difference
    PLACED_WITHOUT_PAYROLL = "placed_without_payroll"
    PAY_DIFFERS = "pay_differs"
    PAYROLL_WITHOUT_PLACE = "payroll_without_place"
    CLOSED_TOO_EARLY = "closed_too_early"


@dataclass(frozen=True, slots=True)
class Person:
    """One interview, and its candidate, as each side knows them.

    Attributes:
        newest: It is the candidate's newest interview: placement and payroll go by it.
        sitting: Status of the newest sitting; None before the first.
        tried: Carrying the result was tried at least once.
        org_status: None when the org chart does not know of the interview.
        org_placement: What the org chart believes; None as above.
        placing: A place is on its way to the org chart.
        hired: An offer was accepted.
        paid: There is a payroll record.
        as_agreed: It says what the offer says.
        paying: A payroll record is on its way.
    """

    interview: str
    candidate: str
    name: str
    newest: bool
    status: Interview
    synced: Synced
    sitting: SittingStatus | None
    tried: bool
    org_status: Interview | None
    org_placement: Placement | None
    placement: Placement
    placing: bool
    hired: bool
    paid: bool
    as_agreed: bool
    paying: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """One requisition: whether it closed by itself, and how many openings are left."""

    post: str
    title: str
    closed_by_itself: bool
    open: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Two sides say different things about one subject.

    Attributes:
        subject: Id of the interview, the candidate or the post.
        name: The same for people.
        interview: What the interview side says.
        org: What the org chart says: a state of the interview, or a placement; None when it says nothing.
        payroll: Whether payroll has a record; None when it is not asked.
        open: Openings left; None when it is not about a requisition.
    """

    kind: Gap
    subject: str
    name: str
    interview: Interview | None = None
    org: Interview | Placement | None = None
    payroll: bool | None = None
    open: int | None = None

    @property
    def key(self) -> str:
        """Names this difference as long as it lasts."""
        return f"{self.kind}/{self.subject}"


def compare(people: Iterable[Person], openings: Iterable[Opening], policy: SyncPolicy) -> tuple[Difference, ...]:
    """Return every difference, those about interviews first.

    What is merely on its way is none.
    """
    found = []
    for one in people:
        found += _interview(one, policy)
        if policy.org_chart:
            found += _org(one)
        if one.newest:
            found += _place(one)
        if one.newest and policy.payroll:
            found += _payroll(one)
    found += [
        Difference(Gap.CLOSED_TOO_EARLY, one.post, one.title, open=one.open)
        for one in openings
        if one.closed_by_itself and one.open > 0
    ]
    return tuple(found)


def org_is_wrong(
    believed: tuple[Interview, Placement], stored: tuple[Interview, Placement], *, newest: bool
) -> bool:
    """Say whether the org chart believes something wrong about one interview.

    It is told of begin, result and place; what is decided about a finished interview it need not know.

    Args:
        believed: State of the interview and placement, as the org chart has them.
        stored: The same as they are.
        newest: It is the candidate's newest interview: the placement goes by it.
    """
    (told, place), (status, placement) = believed, stored
    counted = is_finished(told) and is_finished(status)
    return (told is not status and not counted) or (newest and place is not placement)


def _interview(one: Person, policy: SyncPolicy) -> list[Difference]:
    if one.status is Interview.IN_PROGRESS and one.sitting is SittingStatus.ENDED:
        return [Difference(Gap.STUCK_IN_PROGRESS, one.interview, one.name, one.status, one.org_status)]
    late = one.tried or policy.carry == "at_once"
    if is_finished(one.status) and one.synced is not Synced.DONE and late:
        return [Difference(Gap.NOT_CARRIED, one.interview, one.name, one.status, one.org_status)]
    return []


def _org(one: Person) -> list[Difference]:
    if one.org_status is None:
        return []
    finished, counted = is_finished(one.status), is_finished(one.org_status)
    kind = None
    if counted and not finished:
        kind = Gap.COUNTED_UNFINISHED
    elif finished and not counted and one.synced is Synced.DONE:
        kind = Gap.ORG_BEHIND
    elif one.org_status is Interview.IN_PROGRESS and not finished and one.status is not Interview.IN_PROGRESS:
        kind = Gap.UNFINISHED_IN_ORG
    return [Difference(kind, one.interview, one.name, one.status, one.org_status)] if kind else []


def _place(one: Person) -> list[Difference]:
    believed = one.placement if one.placement is not Placement.NONE else one.org_placement
    if believed in {None, Placement.NONE} or one.status is Interview.PASSED:
        return []
    return [Difference(Gap.PLACED_WITHOUT_PASS, one.interview, one.name, one.status, believed)]


def _payroll(one: Person) -> list[Difference]:
    placed = one.placement is not Placement.NONE
    kind = None
    if placed and one.hired and not one.paid and not one.paying:
        kind = Gap.PLACED_WITHOUT_PAYROLL
    elif one.paid and not placed and not one.placing:
        kind = Gap.PAYROLL_WITHOUT_PLACE
    elif one.paid and not one.as_agreed:
        kind = Gap.PAY_DIFFERS
    return [Difference(kind, one.interview, one.name, one.status, one.placement, payroll=one.paid)] if kind else []
