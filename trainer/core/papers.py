"""Papers: what is told of a workshop in words and tables, before it is a page, a PDF or a CSV file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Grid:
    """A table.

    Attributes:
        name: Its code.
        title: Above it.
        head: Names of its columns.
        rows: Its cells, as many in each as the head has.
        ids: Of each row, for who reckons with a file; () for none.
    """

    name: str
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    ids: Sequence[str] = ()


@dataclass(frozen=True)
class Paper:
    """A report.

    Attributes:
        title: Of the whole.
        about: What it is about, in a line.
        figures: Code, name and value of the most important figures.
        grids: Its tables.
        notes: How to read it.
    """

    title: str
    about: str
    figures: Sequence[tuple[str, str, str]]
    grids: Sequence[Grid]
    notes: Sequence[str]


@dataclass(frozen=True)
class Certificate:
    """What one person is given.

    Attributes:
        title: What it is.
        name: Whose.
        lines: What was done, and when.
        check: How to check it.
        address: Where it can be checked.
    """

    title: str
    name: str
    lines: Sequence[str]
    check: str
    address: str
