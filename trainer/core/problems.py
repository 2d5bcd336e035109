"""Problems of a scenario file: what is wrong, at which place, and what to do about it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from trainer.core.errors import BadInput


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        file: The file, as its reader called it.
        line: Line, counted from 1; 0 when the file as a whole is meant.
        column: Column in characters, counted from 1.
        message: What is wrong, in the reader's language.
        hint: What to do about it, or "".
        source: The line as it stands in the file, or "".
        width: How many characters are meant.
    """

    file: str
    line: int
    column: int
    message: str
    hint: str = ""
    source: str = ""
    width: int = 1

    def __str__(self) -> str:
        """Tell it as compilers do: place and message, the line with carets below, and the hint."""
        if not self.line:
            lines = [f"{self.file}: {self.message}"]
        else:
            number = f"{self.line:>5}"
            before, meant = self.source[: self.column - 1], self.source[self.column - 1 :][: self.width]
            caret = " " * _columns(before) + "^" * max(1, _columns(meant))
            lines = [
                f"{self.file}:{self.line}:{self.column}: {self.message}",
                f"{number} | {self.source}".rstrip(),
                f"{' ' * len(number)} | {caret}",
            ]
        if self.hint:
            lines.append(f"      = {self.hint}")
        return "\n".join(lines)


def _columns(text: str) -> int:
    """Return how many terminal columns a text takes: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Sort by file, then from top to bottom."""
    return tuple(sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column)))


class BrokenScenario(BadInput):
    """One or more scenario files cannot be used; all that is wrong is said at once.

    Args:
        problems: At least one, ordered by file and place.
        hint: The next useful thing to do.
    """

    def __init__(self, problems: Sequence[Problem], hint: str = "") -> None:
        self.problems = in_order(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems), hint)
