"""Who may get a place: the arithmetic of one post, its requisition and its rounds."""

from dataclasses import dataclass

from sandbox_hrms.core.errors import Invalid, NotAllowed
from sandbox_hrms.core.states import Interview, Placement
from sandbox_hrms.core.texts import N_

MAX_HEADCOUNT = 10_000
MAX_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Seats:
    """One post and its requisition, in numbers that are each counted once.

    Attributes:
        headcount: Places in the plan.
        in_post: People who work there.
        to_onboard: Candidates who have a place and have not started yet.
        openings: Places that the requisition is for; 0 without a requisition.
        passed: Candidates who have passed their last round, whether they have a place by now or not.
        placed: Candidates who got a place through hiring: to onboard, or in post since.
        closed: The requisition takes nobody any more; also without a requisition.
    """

    headcount: int
    in_post: int
    to_onboard: int
    openings: int
    passed: int
    placed: int
    closed: bool

    @property
    def free(self) -> int:
        """Places in the plan that nobody has and nobody is expected for; never below 0."""
        return max(0, self.headcount - self.in_post - self.to_onboard)

    @property
    def open(self) -> int:
        """Openings that are still to be filled: as many as the requisition and the plan both allow."""
        return max(0, min(self.openings - self.placed, self.free))

    @property
    def promised(self) -> int:
        """Candidates who have passed and wait for their place."""
        return max(0, self.passed - self.placed)


def need_seeking(seats: Seats) -> None:
    """Let an applicant or an invitation through.

    Raises:
        NotAllowed: The post seeks nobody.
    """
    if seats.closed:
        raise NotAllowed(
            N_("This post takes no more candidates: its requisition is closed."),
            N_("Open the requisition again, or choose another post."),
        )


def need_room(seats: Seats) -> None:
    """Let one more candidate pass the last round.

    Raises:
        NotAllowed: Every opening is filled or promised already.
    """
    need_seeking(seats)
    if seats.promised >= seats.open:
        raise NotAllowed(
            N_("Every opening of this post is filled or promised already."),
            N_("Put the candidate on hold, or raise the openings in the requisition."),
        )


def waits_for_place(interview: Interview, placement: Placement, *, last_round: bool) -> bool:
    """Say whether a candidate has passed the last round and has no place yet."""
    return interview is Interview.PASSED and last_round and placement is Placement.NONE


def need_place(seats: Seats) -> None:
    """Let one more candidate have a place.

    Raises:
        NotAllowed: None is left.
    """
    need_seeking(seats)
    if not seats.open:
        raise NotAllowed(
            N_("No place is left in this post."), N_("Raise headcount and openings, or correct the decision.")
        )


def need_withdrawal(placement: Placement) -> None:
    """Let a decision be taken back.

    Raises:
        NotAllowed: The person works here by now.
    """
    if placement is Placement.IN_POST:
        raise NotAllowed(
            N_("This person has started work: the decision can no longer be corrected here."),
            N_("Talk to the department head."),
        )


def need_start(placement: Placement) -> None:
    """Let somebody start work.

    Raises:
        NotAllowed: They have no place, or have started already.
    """
    if placement is not Placement.TO_ONBOARD:
        raise NotAllowed(
            N_("Only somebody with a place who has not started yet can start work."),
            N_("Look into the org chart."),
        )


def need_headcount(seats: Seats, wanted: int) -> None:
    """Let the plan of a post be changed.

    Raises:
        Invalid: It would be below the people there, expected and promised, or beyond all measure.
    """
    least = max(1, seats.in_post + seats.to_onboard + seats.promised)
    if not least <= wanted <= MAX_HEADCOUNT:
        raise Invalid(
            N_("The headcount must be from {least} to {most}."),
            N_("It covers the people in post, those to onboard and those who have passed."),
            least=least,
            most=MAX_HEADCOUNT,
        )


def need_openings(seats: Seats, wanted: int) -> None:
    """Let the openings of a requisition be changed.

    Raises:
        Invalid: They would be fewer than those who have passed, or more than the plan has places for.
    """
    least, most = max(1, seats.passed), seats.placed + seats.free
    if most < least:
        raise Invalid(
            N_("There is no place for an opening: the headcount is reached."), N_("Raise the headcount first.")
        )
    if not least <= wanted <= most:
        raise Invalid(
            N_("The openings must be from {least} to {most}."),
            N_("They cover those who have passed, and end with the headcount."),
            least=least,
            most=most,
        )


def need_rounds(seats: Seats, wanted: int, *, early: bool) -> None:
    """Let the number of rounds of a post be changed.

    Args:
        seats: The post.
        wanted: So many rounds.
        early: Somebody without a place has passed a round that would be the last one then: nobody has asked
            whether an opening is left for them.

    Raises:
        Invalid: There are no so many rounds.
        NotAllowed: Somebody has passed the last round as it is now, or as it would be, and has no place.
    """
    if not 1 <= wanted <= MAX_ROUNDS:
        raise Invalid(N_("A post has from 1 to {most} rounds."), N_("Choose one of them."), most=MAX_ROUNDS)
    if seats.promised:
        raise NotAllowed(
            N_("Somebody has passed the last round and waits for a place."),
            N_("Place them first, then change it."),
        )
    if early:
        raise NotAllowed(
            N_("Somebody has passed a round that would be the last one then, and has no place."),
            N_("Invite them to the next round, or correct the decision, then change it."),
        )


def need_closing(seats: Seats) -> None:
    """Let HR close a requisition by hand.

    Raises:
        NotAllowed: Somebody has passed and waits for a place.
    """
    if seats.promised:
        raise NotAllowed(
            N_("Somebody has passed and waits for a place: the requisition stays open."),
            N_("Place them, or correct the decision, then close."),
        )
