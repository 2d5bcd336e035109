"""Learning paths: which lessons are learned in which order, and what a test before and after says has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from trainer.core.checks import Status
from trainer.core.model import Model
from trainer.core.runs import Run, RunStatus
from trainer.core.scenario import ID
from trainer.core.score import score

TEST_MODE = "exam"
"""The mode of a test: without help, timed, and handed in once."""


class Part(Model):
    """Lessons of a path that belong together.

    Attributes:
        title: Name of the part, as a msgid.
        lessons: Ids of lessons, in the order in which they are learned.
    """

    title: str
    lessons: tuple[str, ...] = Field(min_length=1)


class LearningPath(Model):
    """Lessons in the order in which they are learned, and the lesson that tests before and after.

    Attributes:
        id: Unique among paths.
        version: Raised by the author with each change of meaning.
        title: Name of the path, as a msgid.
        summary: Whom it is for and what it leads to, as a msgid.
        test: Id of the lesson that is the test; it is none of the path's own lessons.
        parts: The lessons, in order.
    """

    id: str = Field(pattern=ID)
    version: int = Field(ge=1)
    title: str
    summary: str
    test: str
    parts: tuple[Part, ...] = Field(min_length=1)

    def lessons(self) -> tuple[str, ...]:
        """Return the ids of all lessons, in order."""
        return tuple(lesson for part in self.parts for lesson in part.lessons)


@dataclass(frozen=True)
class Change:
    """The tests of one person on one path, in points from 0 to 100.

    Attributes:
        before: The first test, if it had ended before any lesson of the path was begun; None without one.
        after: The last test that was begun after every lesson of the path was passed; None without one.
    """

    before: int | None
    after: int | None

    @property
    def difference(self) -> int | None:
        """Points after, less points before; None unless both tests were taken."""
        return None if self.before is None or self.after is None else self.after - self.before


def change(path: LearningPath, runs: Iterable[Run]) -> Change:
    """Return what the two tests of a path say about one person.

    Only tests that were handed in and judged count, and only those of the same text are compared: a test before
    that had another digest than the one after counts for nothing.

    Args:
        path: The path.
        runs: All Runs of that person, in any order.
    """
    ordered = sorted(runs, key=lambda run: run.started)
    own = frozenset(path.lessons())
    taught = [run for run in ordered if run.scenario in own]
    tests = [run for run in ordered if run.scenario == path.test and _counts(run)]
    begun = min((run.started for run in taught), default=None)
    before = next((run for run in tests if begun is None or _end(run) <= begun), None)
    passed = [_first_pass(taught, lesson) for lesson in own]
    learned = [_end(run) for run in passed if run is not None]
    after = None
    if len(learned) == len(own):
        after = next((run for run in reversed(tests) if run.started >= max(learned)), None)
    if before is not None and after is not None and before.digest != after.digest:
        before = None
    return Change(_points(before), _points(after))


def _counts(run: Run) -> bool:
    return run.mode == TEST_MODE and run.status is RunStatus.FINISHED and score(run).points is not None


def _first_pass(runs: Sequence[Run], lesson: str) -> Run | None:
    return next((run for run in runs if run.scenario == lesson and run.verdict is Status.PASSED), None)


def _end(run: Run) -> datetime:
    return run.ended or run.started


def _points(run: Run | None) -> int | None:
    return None if run is None else score(run).points
