"""Workshops: a class with its lessons, who sits in it, and what each of them is to do now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from trainer.core.checks import Status
from trainer.core.modes import MODES
from trainer.core.paths import TEST_MODE
from trainer.core.runs import Run, RunStatus

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Characters of codes: none looks like another."""

JOIN_LENGTH, PERSONAL_LENGTH = 8, 12
"""31 ^ 8 is 39 bits, tried at a bounded rate; 31 ^ 12 is 59 bits."""

LONGEST_MESSAGE = 300


class Phase(StrEnum):
    """Where a workshop stands."""

    LOBBY = "lobby"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True)
class Workshop:
    """A class.

    Attributes:
        id: Unguessable id.
        code: What trainees type to join.
        title: Its name.
        path: Id of the learning path that it was made from.
        lessons: Ids of its lessons, in order.
        test: Id of the lesson that tests before and after; "" without one.
        mode: How much help there is.
        host: Id of the account that made it, "" for the command line.
        created: When it was made (aware, UTC).
        phase: Where it stands.
        ended: When it ended, or None.
        message: What the instructor last told everybody.
    """

    id: str
    code: str
    title: str
    path: str
    lessons: tuple[str, ...]
    test: str
    mode: str
    host: str
    created: datetime
    phase: Phase = Phase.LOBBY
    ended: datetime | None = None
    message: str = ""


@dataclass(frozen=True)
class Seat:
    """One person in a workshop.

    Attributes:
        id: Unguessable id.
        workshop: Which one.
        name: As the roster has it, or as it was typed on joining.
        owner: Whose Runs they are: nobody outside the workshop has this id.
        code: Personal code, to go on with on another device.
        joined: When the person came (aware, UTC), or None.
        asked: Since when the person asks for help, or None.
        hint: What the instructor last told this person, "" once it is done with.
        unlocked: The parts before this number, counted from 0, count as done: whoever missed one was let go on.
        fault: The fault that the instructor last let strike, "" after it was cleared.
        removed: Whether the instructor took the seat away.
    """

    id: str
    workshop: str
    name: str
    owner: str
    code: str
    joined: datetime | None = None
    asked: datetime | None = None
    hint: str = ""
    unlocked: int = 0
    fault: str = ""
    removed: bool = False


@dataclass(frozen=True)
class Feedback:
    """What a trainee thinks of a workshop.

    Attributes:
        seat: Whose.
        stars: From 1 to 5.
        text: What should be better; may be "".
    """

    seat: str
    stars: int
    text: str


class Todo(StrEnum):
    """What a trainee is to do now."""

    WAIT = "wait"
    PAUSE = "pause"
    BEGIN = "begin"
    CONTINUE = "continue"
    REST = "rest"
    END = "end"


@dataclass(frozen=True)
class Now:
    """What a trainee is to do now.

    Attributes:
        todo: The kind of thing.
        lesson: Id of the lesson, "" where there is none.
        mode: The way to take it.
        run: The Run to go on with, or None.
        part: Number of the part that is due, from 0; `parts` when none is.
        done: How many of the parts are behind this person.
        skipped: How many of these nobody did: the person was let go on without, or they are not in the catalogue.
        parts: How many parts there are: the lessons, and the test before and after.
    """

    todo: Todo
    lesson: str = ""
    mode: str = ""
    run: Run | None = None
    part: int = 0
    done: int = 0
    parts: int = 0
    skipped: int = 0

    @property
    def did(self) -> int:
        """How many of the parts this person did."""
        return self.done - self.skipped


def parts_of(workshop: Workshop, required: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return lesson and mode of everything there is to do, in order.

    Args:
        workshop: The class.
        required: Lesson of the catalogue → the mode in which it has to be passed.
    """
    test = [(workshop.test, TEST_MODE)] if workshop.test else []
    lessons = [(one, _stricter(workshop.mode, required.get(one, workshop.mode))) for one in workshop.lessons]
    return [*test, *lessons, *test]


def now(workshop: Workshop, seat: Seat, runs: Sequence[Run], required: Mapping[str, str]) -> Now:
    """Return what a trainee is to do now.

    A test is done when it was handed in, a lesson when it was passed, or could not be judged. What the instructor
    has let this person go on without counts as done, too, and so does what is not in the catalogue any more.
    """
    parts = parts_of(workshop, required)
    left = [part for part in left_of(parts, runs, seat.unlocked) if parts[part][0] in required]
    part, done = left[0] if left else len(parts), len(parts) - len(left)
    skipped = skipped_of(parts, runs, seat.unlocked, required)
    if workshop.phase is Phase.LOBBY:
        return Now(Todo.WAIT, part=part, parts=len(parts))
    if workshop.phase is Phase.ENDED:
        return Now(Todo.END, part=part, done=done, parts=len(parts), skipped=skipped)
    if workshop.phase is Phase.PAUSED:
        return Now(Todo.PAUSE, part=part, done=done, parts=len(parts), skipped=skipped)
    if not left:
        return Now(Todo.REST, part=part, done=done, parts=len(parts), skipped=skipped)
    lesson, mode = parts[part]
    going = next((run for run in runs if run.scenario == lesson and run.status is RunStatus.ACTIVE), None)
    return Now(Todo.CONTINUE if going else Todo.BEGIN, lesson, mode, going, part, done, len(parts), skipped)


def is_done(run: Run, mode: str) -> bool:
    """Tell whether a Run does its part: a test handed in, a lesson not failed in `mode` or a stricter one."""
    if run.status is not RunStatus.FINISHED or MODES[run.mode].rank < MODES[mode].rank:
        return False
    return mode == TEST_MODE or run.verdict is not Status.FAILED


def done_by(parts: Sequence[tuple[str, str]], runs: Sequence[Run]) -> list[Run | None]:
    """Return for each part the Run that did it, or None.

    A Run does one part at most, the earliest first, and of a lesson one that was passed before one that was not
    judged; a test that was begun after a lesson is none before.
    """
    free = sorted(runs, key=lambda run: run.started)
    between = {lesson for lesson, _mode in parts[1:-1]}
    begun = min((run.started for run in free if run.scenario in between), default=None)
    found: list[Run | None] = []
    for number, (lesson, mode) in enumerate(parts):
        before = begun if number == 0 and parts[0] == parts[-1] else None
        fitting = [
            one
            for one in free
            if one.scenario == lesson and is_done(one, mode) and (before is None or one.started <= before)
        ]
        if mode != TEST_MODE:
            fitting.sort(key=lambda one: one.verdict is not Status.PASSED)
        run = fitting[0] if fitting else None
        if run is not None:
            free.remove(run)
        found.append(run)
    return found


def left_of(parts: Sequence[tuple[str, str]], runs: Sequence[Run], unlocked: int) -> list[int]:
    """Return the numbers of the parts that are still to be done, from 0; those before `unlocked` are not."""
    return [number for number, run in enumerate(done_by(parts, runs)) if run is None and number >= unlocked]


def skipped_of(
    parts: Sequence[tuple[str, str]], runs: Sequence[Run], unlocked: int, required: Mapping[str, str]
) -> int:
    """Return how many parts a person went on without: they are not done, and are not to be done either."""
    did = done_by(parts, runs)
    return sum(
        run is None and (number < unlocked or lesson not in required)
        for number, ((lesson, _mode), run) in enumerate(zip(parts, did, strict=True))
    )


def _stricter(one: str, other: str) -> str:
    return max(one, other, key=lambda mode: MODES[mode].rank)


def plain_code(typed: str) -> str:
    """Return a code as it is stored, however it was typed."""
    return "".join(one for one in typed.upper() if one in ALPHABET)


def shown_code(code: str) -> str:
    """Return a code in groups of four, as people read it."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
