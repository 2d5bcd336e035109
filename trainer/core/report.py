"""Report: what a workshop came to, person by person and step by step, and what the tests before and after say."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean, stdev

from trainer.core.checks import Status
from trainer.core.runs import Run, RunStatus
from trainer.core.score import score
from trainer.core.workshop import Seat, done_by, parts_of, skipped_of
from trainer.core.workshop import Workshop as Class

T_975 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""97.5 % points of Student's t for 1 to 30 degrees of freedom."""


@dataclass(frozen=True)
class Person:
    """What one trainee came to.

    Attributes:
        name: Who.
        joined: Whether the person came.
        done: How many parts are done; one that was left out is not.
        parts: How many there are.
        skipped: How many the person went on without: let by the instructor, or as they are not in the catalogue.
        points: Mean score of the lessons that were finished, from 0 to 100; None without one.
        mistakes: Wrong actions, in all Runs.
        hints: Hints taken, in all Runs.
        assisted: Steps that were done for the person.
        took: Time at the exercises, those under way included.
        before: Points of the test before; None when it was not taken, or its text was another one than after.
        after: Points of the test after; None when it was not taken.
        certificate: Whether every lesson was passed, none left out.
    """

    name: str
    joined: bool
    done: int
    parts: int
    skipped: int
    points: int | None
    mistakes: int
    hints: int
    assisted: int
    took: timedelta
    before: int | None
    after: int | None
    certificate: bool


@dataclass(frozen=True)
class Trouble:
    """Where people failed: a Step, in all Runs of its lesson.

    Attributes:
        lesson: Id of the lesson.
        step: Id of the Step.
        people: How many tried it, each counted once.
        failed: How many of their Attempts failed.
        mistakes: Wrong actions.
        hints: Hints taken.
        assisted: How often it was done for somebody.
    """

    lesson: str
    step: str
    people: int
    failed: int
    mistakes: int
    hints: int
    assisted: int

    @property
    def weight(self) -> int:
        """How much trouble it was, for the order of a list."""
        return 3 * self.failed + 3 * self.assisted + self.mistakes + self.hints


@dataclass(frozen=True)
class Difference:
    """Points after, less points before, of those who took both tests.

    Attributes:
        people: How many took both.
        mean: Their mean difference.
        low: Lower end of its 95 % confidence interval (Student's t); None for fewer than two people.
        high: Upper end.
    """

    people: int
    mean: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Report:
    """What a workshop came to.

    Attributes:
        workshop: Which one.
        people: Every seat, by name.
        trouble: Steps that somebody had trouble with, the most first.
        difference: Of the tests; None when nobody took both.
        tried: Lesson → ids of the Steps that somebody tried.
    """

    workshop: Class
    people: tuple[Person, ...]
    trouble: tuple[Trouble, ...]
    difference: Difference | None
    tried: Mapping[str, frozenset[str]]

    @property
    def came(self) -> int:
        """How many came."""
        return sum(person.joined for person in self.people)

    @property
    def completed(self) -> int:
        """How many did every part."""
        return sum(person.joined and person.done == person.parts for person in self.people)

    @property
    def points(self) -> int | None:
        """Mean score of those who have one."""
        known = [person.points for person in self.people if person.points is not None]
        return round(fmean(known)) if known else None


def report(
    workshop: Class, seats: Sequence[Seat], runs: Mapping[str, Sequence[Run]], required: Mapping[str, str]
) -> Report:
    """Sum up a workshop.

    Args:
        workshop: The class.
        seats: Who sits in it.
        runs: Owner → all Runs.
        required: Lesson → the mode in which it has to be passed.
    """
    people = tuple(_person(workshop, seat, runs.get(seat.owner, ()), required) for seat in seats)
    everything = [run for seat in seats for run in runs.get(seat.owner, ())]
    both = [one.after - one.before for one in people if one.after is not None and one.before is not None]
    tried: dict[str, frozenset[str]] = {}
    for run in everything:
        tried[run.scenario] = tried.get(run.scenario, frozenset()).union(one.step for one in run.attempts)
    return Report(workshop, people, _trouble(everything), _difference(both) if both else None, tried)


def _person(workshop: Class, seat: Seat, runs: Sequence[Run], required: Mapping[str, str]) -> Person:
    parts = parts_of(workshop, required)
    did = done_by(parts, runs)
    tests = [run for (lesson, _mode), run in zip(parts, did, strict=True) if lesson == workshop.test]
    lessons = [run for (lesson, _mode), run in zip(parts, did, strict=True) if lesson != workshop.test]
    finished = [run for run in runs if run.status is RunStatus.FINISHED and run.scenario != workshop.test]
    points = [found for run in finished if (found := score(run).points) is not None]
    attempts = [attempt for run in runs for attempt in run.attempts]
    before, after = (tests[0], tests[-1]) if tests else (None, None)
    if before is not None and after is not None and before.digest != after.digest:
        before = None
    passed = [run for run in lessons if run is not None and run.verdict is Status.PASSED]
    return Person(
        name=seat.name,
        joined=seat.joined is not None,
        done=sum(run is not None for run in did),
        parts=len(parts),
        skipped=skipped_of(parts, runs, seat.unlocked, required),
        points=round(fmean(points)) if points else None,
        mistakes=sum(attempt.mistakes for attempt in attempts),
        hints=sum(len(attempt.helps) for attempt in attempts),
        assisted=sum(attempt.assisted for attempt in attempts),
        took=sum((run.took for run in runs), timedelta()),
        before=score(before).points if before else None,
        after=score(after).points if after else None,
        certificate=bool(lessons) and len(passed) == len(lessons),
    )


def _trouble(runs: Sequence[Run]) -> tuple[Trouble, ...]:
    found: dict[tuple[str, str], Trouble] = {}
    seen: set[tuple[str, str, str]] = set()
    for run in runs:
        for attempt in run.attempts:
            key = (run.scenario, attempt.step)
            person = (run.owner, *key)
            old = found.get(key, Trouble(*key, people=0, failed=0, mistakes=0, hints=0, assisted=0))
            found[key] = Trouble(
                *key,
                people=old.people + (person not in seen),
                failed=old.failed + (attempt.status is Status.FAILED),
                mistakes=old.mistakes + attempt.mistakes,
                hints=old.hints + len(attempt.helps),
                assisted=old.assisted + attempt.assisted,
            )
            seen.add(person)
    hard = [one for one in found.values() if one.weight]
    return tuple(sorted(hard, key=lambda one: (-one.weight, one.lesson, one.step)))


def _difference(points: Sequence[int]) -> Difference:
    mean = fmean(points)
    if len(points) < 2:  # noqa: PLR2004  # one person has no spread
        return Difference(len(points), mean, None, None)
    half = _t(len(points) - 1) * stdev(points) / math.sqrt(len(points))
    return Difference(len(points), mean, mean - half, mean + half)


def _t(freedom: int) -> float:
    """Return the 97.5 % point of Student's t; beyond the table within 0.0002 of it."""
    return T_975[freedom - 1] if freedom <= len(T_975) else 1.96 + 2.37 / freedom + 2.8 / freedom**2
