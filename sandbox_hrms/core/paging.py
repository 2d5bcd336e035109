"""Cutting a list into pages, the same for all lists."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cut:
    """One page of a list.

    Attributes:
        page: 1-based, inside the pages that there are.
        pages: At least 1.
        start: Position of its first row.
        rows: Where its rows are in the list.
    """

    page: int
    pages: int
    start: int
    rows: slice


def cut(total: int, wanted: int, size: int) -> Cut:
    """Return page ``wanted`` of a list with ``total`` rows, moved into the range that exists.

    Args:
        total: Rows of the whole list.
        wanted: 1-based.
        size: Rows a page, at least 1.
    """
    pages = max(1, -(-total // size))
    page = min(max(1, wanted), pages)
    start = (page - 1) * size
    return Cut(page, pages, start, slice(start, start + size))
