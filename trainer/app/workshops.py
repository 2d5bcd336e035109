"""Workshops: making one, joining it, going on with it on another device, and what the instructor does in it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from trainer.app.coach import Coach, Reported
from trainer.app.ports import Clock, Control, Runs, Scenarios
from trainer.app.roster import MOST_SEATS, proper_name
from trainer.core.checks import Status
from trainer.core.errors import BadInput, TrainerError
from trainer.core.modes import MODES
from trainer.core.report import Person, Report, report
from trainer.core.runs import Run, RunStatus
from trainer.core.workshop import (
    JOIN_LENGTH,
    LONGEST_MESSAGE,
    PERSONAL_LENGTH,
    Feedback,
    Now,
    Phase,
    Seat,
    Todo,
    Workshop,
    done_by,
    now,
    parts_of,
    plain_code,
)
from trainer.i18n import current_lang
from trainer.i18n import gettext as _

WRONG_CODES = 30
WRONG_WITHIN = timedelta(minutes=10)
"""So many wrong codes may come from one address within this time: a class may share one."""

WRONG_IN_ALL = 300
"""So many wrong codes may come from everywhere within this time."""

STUCK = timedelta(minutes=3)
"""So long without getting on calls for the instructor."""

FAULT_SECONDS = 60.0
"""So long a fault lasts that the instructor lets strike."""

MOST_STARS = 5
LONGEST_FEEDBACK = 1000

TAKEN_AWAY = frozenset({"sitting_discarded", "record_lost", "record_gone", "backup_restored", "data_deleted"})
"""Events after which answers may be gone because a lesson, or a person, wanted it."""

FAULTS = ("offline", "disconnected", "slow", "db_locked", "disk_full", "stuck_sync", "frozen", "crash")
"""What an instructor may let strike; the others belong to certain lessons."""


class WorkshopStore(Protocol):
    """Keeps workshops and their seats; every method raises `BrokenEnvironment` when it cannot."""

    def save(self, workshop: Workshop) -> None:
        """Store a workshop as it is now."""
        ...

    def get(self, workshop: str) -> Workshop | None:
        """Return a workshop by its id, or None."""
        ...

    def all(self) -> tuple[Workshop, ...]:
        """Return all workshops, newest first."""
        ...

    def coded(self, code: str) -> Workshop | None:
        """Return the workshop with a join code, or None."""
        ...

    def save_seats(self, seats: Iterable[Seat]) -> None:
        """Store seats as they are now."""
        ...

    def seat(self, seat: str) -> Seat | None:
        """Return a seat by its id, or None."""
        ...

    def seats(self, workshop: str) -> tuple[Seat, ...]:
        """Return the seats of a workshop that were not removed, by name."""
        ...

    def personal(self, code: str) -> Seat | None:
        """Return the seat with a personal code, or None."""
        ...

    def sit(self, device: str, seat: str) -> None:
        """Note that a browser sits at a seat; "" for none."""
        ...

    def seat_of(self, device: str) -> Seat | None:
        """Return the seat that a browser sits at, or None."""
        ...

    def save_feedback(self, feedback: Feedback) -> None:
        """Store what a trainee thinks; the last one counts."""
        ...

    def feedback(self, workshop: str) -> tuple[Feedback, ...]:
        """Return what the trainees of a workshop think, in no order that says who."""
        ...

    def forget_feedback(self, seat: str) -> None:
        """Delete what a trainee thinks; nothing is no error."""
        ...


class Need(StrEnum):
    """Why a trainee needs the instructor, the most urgent first."""

    HELP = "help"
    STUCK = "stuck"
    DOWN = "down"
    AWAY = "away"
    READY = "ready"
    WORKING = "working"
    WAITING = "waiting"
    BREAK = "break"
    OVER = "over"
    DONE = "done"
    NOT_HERE = "not_here"


@dataclass(frozen=True)
class Tile:
    """One trainee as the instructor sees the class.

    Attributes:
        seat: Who.
        need: Why the instructor is needed, or not.
        now: What the trainee is to do.
        run: The newest Run, or None.
        number: Position of the current Step, from 1; 0 without one.
        steps: How many Steps the lesson has.
        say: What the current Step asks for, in the language of the moment.
        still: How long the trainee has not got on; a break of the class, and what was shown to it, do not count.
        fault: The fault that strikes now because the instructor lets it, or "".
        online: Whether the page is open somewhere.
    """

    seat: Seat
    need: Need
    now: Now
    run: Run | None = None
    number: int = 0
    steps: int = 0
    say: str = ""
    still: timedelta = timedelta()
    fault: str = ""
    online: bool = False


@dataclass(frozen=True)
class Kept:
    """Whether what the practice systems acknowledged is still there.

    Attributes:
        acknowledged: Answers that a trainee was told are stored.
        lost: How many of them are not there any more, although nobody discarded them.
        unseen: Exercises that could not be looked at: their practice system has been removed, or does not answer.
    """

    acknowledged: int
    lost: int
    unseen: int


class _WrongCodes:
    """Counts the wrong codes of late; callable from several threads."""

    def __init__(self) -> None:
        self._counted: deque[tuple[datetime, str]] = deque()
        self._guard = threading.Lock()

    def note(self, address: str, now: datetime) -> None:
        """Note that a wrong code came from an address."""
        with self._guard:
            self._counted.append((now, address))

    def need_calm(self, address: str, now: datetime) -> None:
        """Raise `BadInput` where there were too many from this address, or from everywhere."""
        with self._guard:
            while self._counted and self._counted[0][0] < now - WRONG_WITHIN:
                self._counted.popleft()
            mine, in_all = sum(where == address for _at, where in self._counted), len(self._counted)
        if mine >= WRONG_CODES or in_all >= WRONG_IN_ALL:
            raise BadInput(_("There were too many wrong codes."), _("Wait ten minutes and try again."))


class Workshops:
    """Workshops over the ports; synchronous, callable from several threads.

    Args:
        store: Keeps workshops and seats.
        runs: Keeps Runs.
        scenarios: The lessons.
        control: The sandbox HRMS.
        clock: Tells the time.
        new_id: Makes an unguessable id.
        new_code: Length → an unguessable code.
    """

    def __init__(  # noqa: PLR0913  # every port comes in as an argument
        self,
        *,
        store: WorkshopStore,
        runs: Runs,
        scenarios: Scenarios,
        control: Control,
        clock: Clock,
        new_id: Callable[[], str],
        new_code: Callable[[int], str],
    ) -> None:
        self._store = store
        self._runs = runs
        self._scenarios = scenarios
        self._control = control
        self._clock = clock
        self._new_id = new_id
        self._new_code = new_code
        self._wrong = _WrongCodes()
        self._changing = threading.Lock()
        self._known: dict[str, tuple[datetime, dict[str, Run]]] = {}
        self._went_on: dict[str, datetime] = {}
        self._struck: dict[str, datetime] = {}

    # -- making ---------------------------------------------------------------------------------------------

    def create(  # noqa: PLR0913  # one argument for each choice of the form
        self, path: str, *, title: str = "", mode: str = "guided", names: Sequence[str] = (), test: bool, host: str
    ) -> Workshop:
        """Make a workshop from a learning path, in its lobby.

        Args:
            path: Id of the learning path.
            title: Its name; the path's when it is "".
            mode: How much help there is.
            names: The roster; others may join all the same.
            test: Whether the path's test is taken before and after.
            host: Id of the account that makes it, "" for the command line.

        Raises:
            BadInput: There is no such path or way to practise, or the title is too long.
        """
        found = next((one for one in self._scenarios.paths() if one.id == path), None)
        if found is None:
            known = ", ".join(one.id for one in self._scenarios.paths())
            raise BadInput(
                _("There is no learning path {path}.").format(path=path),
                _("There are: {known}.").format(known=known),
            )
        if mode not in MODES or MODES[mode].acts != "trainee":
            raise BadInput(_("That is no way to practise."))
        made = Workshop(
            id=self._new_id(),
            code=self._new_code(JOIN_LENGTH),
            title=proper_name(title) if title.strip() else found.title,
            path=path,
            lessons=found.lessons(),
            test=found.test if test else "",
            mode=mode,
            host=host,
            created=self._clock(),
        )
        self._store.save(made)
        self._store.save_seats(self._new_seat(made, name) for name in names)
        return made

    def _new_seat(self, workshop: Workshop, name: str) -> Seat:
        return Seat(self._new_id(), workshop.id, name, self._new_id(), self._new_code(PERSONAL_LENGTH))

    def all(self) -> tuple[Workshop, ...]:
        """Return all workshops, newest first."""
        return self._store.all()

    def get(self, workshop: str) -> Workshop:
        """Return a workshop; raises `BadInput` when there is none."""
        found = self._store.get(workshop)
        if found is None:
            raise BadInput(_("There is no such workshop."))
        return found

    def seats(self, workshop: str) -> tuple[Seat, ...]:
        """Return the seats of a workshop, by name."""
        return self._store.seats(workshop)

    # -- joining --------------------------------------------------------------------------------------------

    def coded(self, code: str, address: str) -> Workshop:
        """Return the workshop with a join code.

        Raises:
            BadInput: There is none, it has ended, or there were too many wrong codes from this address.
        """
        self._wrong.need_calm(address, self._clock())
        found = self._store.coded(plain_code(code))
        if found is None or found.phase is Phase.ENDED:
            self._wrong.note(address, self._clock())
            raise BadInput(_("No workshop has this code."), _("Look at the code on the wall once more."))
        return found

    def join(self, code: str, name: str, device: str, address: str) -> Seat:
        """Take a seat: the one of the roster with this name, or a new one.

        Args:
            code: The join code.
            name: Who comes.
            device: Id of the browser.
            address: Where it is.

        Raises:
            BadInput: The code or the name is wrong, the name is taken, or the workshop is full.
        """
        workshop = self.coded(code, address)
        name = proper_name(name)
        with self._changing:
            seats = self._store.seats(workshop.id)
            seat = next((one for one in seats if one.name.casefold() == name.casefold()), None)
            if seat is not None and seat.joined is not None:
                raise BadInput(
                    _("{name} has joined already.").format(name=seat.name),
                    _("Is that you? Type your personal code. If not, add an initial to your name."),
                )
            if seat is None and len(seats) >= MOST_SEATS:
                raise BadInput(_("This workshop is full."))
            seat = replace(seat or self._new_seat(workshop, name), joined=self._clock())
            self._store.save_seats([seat])
        self._store.sit(device, seat.id)
        return seat

    def resume(self, code: str, device: str, address: str) -> Seat:
        """Go on with a seat in another browser, by its personal code.

        Raises:
            BadInput: No seat has this code, or there were too many wrong codes from this address.
        """
        self._wrong.need_calm(address, self._clock())
        seat = self._store.personal(plain_code(code))
        if seat is None or seat.removed:
            self._wrong.note(address, self._clock())
            raise BadInput(_("Nobody has this personal code."), _("It is on your page, at the bottom."))
        if seat.joined is None:
            seat = self._change(seat.id, lambda old: replace(old, joined=old.joined or self._clock()))
        self._store.sit(device, seat.id)
        return seat

    def seat_of(self, device: str) -> Seat | None:
        """Return the seat that a browser sits at; None when it sits at none, or the seat was removed."""
        seat = self._store.seat_of(device)
        return None if seat is None or seat.removed else seat

    def stand_up(self, device: str) -> None:
        """Let a browser sit at no seat any more; the seat and its results stay."""
        self._store.sit(device, "")

    # -- what a trainee is to do ----------------------------------------------------------------------------

    def now(self, seat: Seat) -> Now:
        """Return what a trainee is to do now."""
        return now(self.get(seat.workshop), seat, self._runs.of(seat.owner), self._required())

    def parts(self, workshop: Workshop) -> list[tuple[str, str]]:
        """Return lesson and mode of everything there is to do, in order."""
        return parts_of(workshop, self._required())

    def unjudged(self, seat: Seat) -> list[Run]:
        """Return the Runs that did a lesson and could not be judged: without that there is no certificate."""
        workshop = self.get(seat.workshop)
        did = [run for run in done_by(self.parts(workshop), self._runs.of(seat.owner)) if run is not None]
        return [run for run in did if run.verdict is Status.UNKNOWN and run.scenario != workshop.test]

    def ask(self, seat: str, *, asks: bool) -> Seat:
        """Ask the instructor for help, or do not any more."""
        return self._change(seat, lambda old: replace(old, asked=(old.asked or self._clock()) if asks else None))

    def need_running(self, workshop: str) -> None:
        """Refuse what belongs to an exercise while its class has a break, and after its end; raises `BadInput`."""
        phase = self.get(workshop).phase
        if phase is Phase.PAUSED:
            raise BadInput(_("A short break"), _("It goes on by itself, right where you are."))
        if phase is Phase.ENDED:
            raise BadInput(_("The workshop is over."))

    def _required(self) -> dict[str, str]:
        return {lesson.id: lesson.required for lesson in self._scenarios.all()}

    # -- what the instructor does ---------------------------------------------------------------------------

    def turn(self, workshop: str, phase: Phase) -> Workshop:
        """Start, pause, go on with or end a workshop; one that has ended stays so."""
        with self._changing:
            old = self.get(workshop)
            if old.phase is Phase.ENDED:
                return old
            if phase is Phase.RUNNING:
                self._went_on[workshop] = self._clock()
            ended = self._clock() if phase is Phase.ENDED else None
            made = replace(old, phase=phase, ended=ended)
            self._store.save(made)
            return made

    def hand_in(self, workshop: Workshop, coach: Coach) -> list[str]:
        """Hand in every test of a class that is under way, as it stands, once the workshop has ended.

        Returns:
            The Runs that are complete and wait for their last look: `Coach.finish`. A test that cannot be looked
            at now stays under way; ask again.
        """
        complete = []
        for run in self._runs.of_all(sorted(seat.owner for seat in self._store.seats(workshop.id))):
            if run.status is not RunStatus.ACTIVE:
                continue
            now = run
            if run.ongoing is not None and MODES[run.mode].timed:
                with suppress(TrainerError):
                    now = coach.hand_in(run.id, Reported()).run
            if now.ongoing is None:
                complete.append(run.id)
        return complete

    def tell(self, workshop: str, message: str) -> Workshop:
        """Tell everybody something; "" takes it away."""
        with self._changing:
            made = replace(self.get(workshop), message=_proper_message(message))
            self._store.save(made)
            return made

    def hint(self, seat: str, text: str) -> Seat:
        """Tell one trainee something: that answers the call for help."""
        return self._change(seat, lambda old: replace(old, hint=_proper_message(text), asked=None))

    def heed(self, seat: str, hint: str) -> Seat:
        """Take away what a trainee was told, unless it is something else by now."""
        return self._change(seat, lambda old: replace(old, hint="") if old.hint == hint else old)

    def unlock(self, seat: str, part: int, coach: Coach) -> Seat:
        """Let a trainee go on without a part, by its number; an exercise of it that is under way ends.

        A part that was done meanwhile stays done, and no other one is left out.
        """
        let = self._change(seat, lambda old: replace(old, unlocked=max(old.unlocked, part + 1), asked=None))
        parts, due = self.parts(self.get(let.workshop)), self.now(let).part
        for run in self._runs.of(let.owner):
            is_due = due < len(parts) and run.scenario == parts[due][0]
            if run.status is RunStatus.ACTIVE and run.ongoing is not None and not is_due:
                coach.leave(run.id)
        return let

    def remove(self, seat: str, coach: Coach) -> Seat:
        """Take a seat away: its browsers are nobody's any more, and its exercise ends."""
        gone = self._change(seat, lambda old: replace(old, removed=True))
        self.end_exercise(gone, coach)
        return gone

    def erase(self, seat: str) -> None:
        """Delete who sat at a seat, and what that person thought; the seat counts in no figure any more."""
        with self._changing:
            old = self._store.seat(seat)
            if old is not None:
                self._store.save_seats([replace(old, name="", hint="", asked=None, removed=True)])
                self._store.forget_feedback(seat)

    def end_exercise(self, seat: Seat, coach: Coach) -> None:
        """End the exercise that a trainee is at."""
        for run in self._runs.of(seat.owner):
            if run.status is RunStatus.ACTIVE:
                coach.leave(run.id)

    def current(self, seat: Seat) -> Run:
        """Return the exercise that a trainee is at; raises `BadInput` when there is none."""
        found = next((run for run in self._runs.of(seat.owner) if run.status is RunStatus.ACTIVE), None)
        if found is None or not found.sandbox:
            raise BadInput(_("{name} is at no exercise now.").format(name=seat.name))
        return found

    def strike(self, seat: Seat, fault: str) -> None:
        """Let a fault strike in the sandbox of a trainee.

        Raises:
            BadInput: There is no such fault, or the trainee is at no exercise.
            BrokenEnvironment: The sandbox HRMS cannot be reached.
        """
        if fault not in FAULTS:
            raise BadInput(_("There is no such failure."))
        self._control.inject(self.current(seat).sandbox, fault, FAULT_SECONDS)
        self._struck[seat.id] = self._clock()
        self._change(seat.id, lambda old: replace(old, fault=fault))

    def clear(self, seat: Seat) -> None:
        """End the fault that the instructor let strike; none is no error."""
        if seat.fault:
            with suppress(BadInput):  # the exercise has ended, and the fault with it
                self._control.clear(self.current(seat).sandbox, seat.fault)
            self._change(seat.id, lambda old: replace(old, fault=""))

    def _change(self, seat: str, change: Callable[[Seat], Seat]) -> Seat:
        with self._changing:
            old = self._there(seat)
            made = change(old)
            if made != old:
                self._store.save_seats([made])
            return made

    def _there(self, seat: str) -> Seat:
        found = self._store.seat(seat)
        if found is None or found.removed:
            raise BadInput(_("This seat does not exist any more."))
        return found

    # -- what it came to ------------------------------------------------------------------------------------

    def report(self, workshop: Workshop) -> Report:
        """Sum up a workshop as it stands."""
        seats = self._store.seats(workshop.id)
        runs: dict[str, list[Run]] = {seat.owner: [] for seat in seats}
        for run in self._runs.of_all(sorted(runs)):
            runs[run.owner].append(run)
        return report(workshop, seats, runs, self._required())

    def kept(self, workshop: Workshop) -> Kept:
        """Look into all practice systems of a workshop for what they acknowledged and do not hold any more."""
        owners = sorted(seat.owner for seat in self._store.seats(workshop.id))
        acknowledged = lost = unseen = 0
        for run in self._runs.of_all(owners):
            try:
                promised, gone = self._answers(run.sandbox) if run.sandbox else (0, 0)
            except TrainerError:
                promised, gone = 0, 0
                unseen += 1
            acknowledged, lost, unseen = acknowledged + promised, lost + gone, unseen + (not run.sandbox)
        return Kept(acknowledged, lost, unseen)

    def _answers(self, sandbox: str) -> tuple[int, int]:
        """Return how many answers were acknowledged as stored, and how many of them are gone."""
        snapshot, events = self._control.look(sandbox, frozenset({"sittings"}), 0)
        if {event["kind"] for event in events} & TAKEN_AWAY:
            return 0, 0
        promised = {
            event["data"]["question"]
            for event in events
            if event["kind"] == "answer_submitted" and event["data"].get("saved", True)
        }
        sittings = snapshot.get("sittings", ())
        there = {answer["question"] for sitting in sittings for answer in sitting["answers"]}
        return len(promised), len(promised - there)

    def say(self, seat: Seat, stars: int, text: str) -> None:
        """Take what a trainee thinks of the workshop.

        Raises:
            BadInput: The stars are not 1 to 5, the text is too long, or the seat was taken away.
        """
        told = text.strip()
        if not 1 <= stars <= MOST_STARS or len(told) > LONGEST_FEEDBACK:
            raise BadInput(_("Choose one to five stars, and write at most 1,000 characters."))
        with self._changing:
            self._store.save_feedback(Feedback(self._there(seat.id).id, stars, told))

    def said(self, seat: Seat) -> Feedback | None:
        """Return what a trainee has said of the workshop, or None."""
        return next((one for one in self._store.feedback(seat.workshop) if one.seat == seat.id), None)

    def feedback(self, workshop: Workshop) -> tuple[Feedback, ...]:
        """Return what the trainees think, in no order that says who."""
        return self._store.feedback(workshop.id)

    def certified(self, seat: str) -> tuple[Workshop, Person]:
        """Return workshop and figures of somebody who has passed every lesson, by the id of the seat.

        Raises:
            BadInput: There is no such seat, or not every lesson is passed.
        """
        found = self._store.seat(seat)
        workshop = self._store.get(found.workshop) if found is not None and not found.removed else None
        if found is None or workshop is None:
            raise BadInput(_("There is no such certificate."))
        runs = self._runs.of(found.owner)
        person = report(workshop, [found], {found.owner: runs}, self._required()).people[0]
        if not person.certificate:
            raise BadInput(_("There is no such certificate."))
        return workshop, person

    # -- the class at a glance ------------------------------------------------------------------------------

    def tiles(
        self, workshop: Workshop, coach: Coach, online: frozenset[str], *, shown: bool = False
    ) -> list[Tile]:
        """Return every trainee as the instructor sees the class, who needs help most first.

        Args:
            workshop: The class.
            coach: Knows the Steps.
            online: Ids of the seats whose page is open somewhere.
            shown: Whether everybody is shown something, and nobody can go on.
        """
        if shown:
            self._went_on[workshop.id] = self._clock()
        seats = self._store.seats(workshop.id)
        by_owner: dict[str, list[Run]] = {seat.owner: [] for seat in seats}
        for run in self._runs_of(workshop, seats):
            by_owner[run.owner].append(run)
        required, systems = self._required(), self._systems()
        tiles = [
            self._tile(
                seat,
                now(workshop, seat, by_owner[seat.owner], required),
                by_owner[seat.owner],
                coach,
                online,
                systems=systems,
            )
            for seat in seats
        ]
        order = list(Need)
        return sorted(tiles, key=lambda tile: (order.index(tile.need), -tile.still, tile.seat.name.casefold()))

    def _systems(self) -> frozenset[str]:
        """Return the Sandboxes that there are; none where the sandbox HRMS does not answer."""
        try:
            return self._control.sandboxes()
        except TrainerError:
            return frozenset()

    def _tile(  # noqa: PLR0913  # what is known of one, and of all
        self,
        seat: Seat,
        todo: Now,
        runs: Sequence[Run],
        coach: Coach,
        online: frozenset[str],
        *,
        systems: frozenset[str],
    ) -> Tile:
        here = seat.id in online
        run = max(runs, key=lambda one: one.started, default=None)
        struck = self._struck.get(seat.id)
        fault = seat.fault if struck and (self._clock() - struck).total_seconds() < FAULT_SECONDS else ""
        tile = Tile(seat, _need(seat, todo, timedelta(), here=here), todo, run, fault=fault, online=here)
        if run is None or run.status is not RunStatus.ACTIVE or run.ongoing is None:
            return tile
        still = timedelta()
        if todo.todo in {Todo.BEGIN, Todo.CONTINUE}:
            still = self._clock() - max(run.ongoing.moved, self._went_on.get(seat.workshop, run.ongoing.moved))
        down = run.sandbox not in systems
        tile = replace(tile, still=still, need=_need(seat, todo, still, here=here, down=down))
        try:
            progress = coach.standing(run, current_lang())
        except TrainerError:  # its sandbox is gone or does not answer
            return tile
        say = progress.step.say if progress.step else ""
        return replace(tile, number=progress.current + 1, steps=len(progress.steps), say=say)

    def _runs_of(self, workshop: Workshop, seats: Sequence[Seat]) -> Iterable[Run]:
        """Return all Runs of a class; those in which nothing has happened since the last look are remembered."""
        moment = self._clock()
        since, known = self._known.get(workshop.id, (None, {}))
        owners = {seat.owner for seat in seats}
        known = {name: run for name, run in known.items() if run.owner in owners}
        known |= {run.id: run for run in self._runs.of_all(sorted(owners), since)}
        self._known[workshop.id] = (moment - timedelta(seconds=10), known)
        return known.values()


NEEDS = {Todo.WAIT: Need.WAITING, Todo.PAUSE: Need.BREAK, Todo.END: Need.OVER, Todo.BEGIN: Need.READY}
"""Who does not work, for there is nothing to work at."""


def _need(seat: Seat, todo: Now, still: timedelta, *, here: bool, down: bool = False) -> Need:
    if seat.joined is None:
        return Need.NOT_HERE
    if seat.asked is not None:
        return Need.HELP
    if todo.parts and todo.done == todo.parts:
        return Need.DONE
    if not here:
        return Need.AWAY
    if down and todo.todo not in NEEDS:
        return Need.DOWN
    return NEEDS.get(todo.todo, Need.STUCK if still >= STUCK else Need.WORKING)


def _proper_message(text: str) -> str:
    told = " ".join(text.split())
    if len(told) > LONGEST_MESSAGE:
        raise BadInput(_("A message has at most {longest} characters.").format(longest=LONGEST_MESSAGE))
    return told
