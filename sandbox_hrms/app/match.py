"""Many résumés against one post; usable without a sandbox."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sandbox_hrms.app.reading import Order, Readers, Reading
from sandbox_hrms.core.datasets import Requirements
from sandbox_hrms.core.matching import Match, match


@dataclass(frozen=True, slots=True)
class Matched:
    """One file: what was read, and how well it fits; ``match`` is None when it could not be read."""

    reading: Reading
    match: Match | None


def match_all(
    files: Iterable[tuple[str, bytes]], wanted: Requirements, *, year: int, readers: Readers
) -> Iterator[Matched]:
    """Read and match files in their order, a few at a time; memory does not grow with their number.

    Args:
        files: Name and content of each; taken one by one, only when there is room.
        wanted: What the post asks for.
        year: The year in which "until today" ends.
        readers: The processes that read; the caller closes them.
    """
    codes = (*wanted.required, *wanted.nice)
    orders = (Order(name, content, codes, year) for name, content in files)
    for reading in readers.all(orders):
        yield Matched(reading, match(reading.facts, wanted) if reading.text else None)
