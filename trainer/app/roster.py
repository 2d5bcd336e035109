"""Rosters: names that come in from a file, and tables that go out to a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from trainer.core.errors import BadInput
from trainer.i18n import gettext as _

LONGEST_NAME = 60
MOST_SEATS = 300
LARGEST_ROSTER = 64 * 1024
"""Bytes."""

NAME_COLUMNS = {"name", "姓名", "名字"}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def proper_name(typed: str) -> str:
    """Return a name without needless spaces.

    Raises:
        BadInput: There is none, it is too long, or it holds something that nobody can see.
    """
    name = " ".join(typed.split())
    if not name:
        raise BadInput(_("A name is missing."))
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise BadInput(_("A name has at most 60 characters that can be seen."))
    return name


def roster(content: bytes) -> tuple[str, ...]:
    """Read the names of a roster: one in each line, or a CSV file with a column `name`; other columns are ignored.

    Its first line tells whether commas, semicolons or tabs are between the columns.

    Raises:
        BadInput: It is too large, no text, or a line has no proper name or one that was there before.
    """
    if len(content) > LARGEST_ROSTER:
        raise BadInput(_("The roster is too large: 64 kB and 300 names are the most."))
    text = io.StringIO(_decoded(content), newline=None).read().lstrip()
    delimiter = next((one for one in ",;\t" if one in text.partition("\n")[0]), ",")
    table = csv.reader(io.StringIO(text), delimiter=delimiter)
    rows = [row for row in table if any(cell.strip() for cell in row)]
    head = [cell.strip().casefold() for cell in rows[0]] if rows else []
    column = next((number for number, cell in enumerate(head) if cell in NAME_COLUMNS), None)
    names = [
        proper_name(row[column or 0] if len(row) > (column or 0) else "") for row in rows[column is not None :]
    ]
    if len(names) > MOST_SEATS:
        raise BadInput(_("The roster is too large: 64 kB and 300 names are the most."))
    if len({name.casefold() for name in names}) < len(names):
        raise BadInput(_("A name is in the roster twice: add an initial."))
    return tuple(names)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            found = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in found:
            return found
    raise BadInput(_("The roster is no text file."))


def csv_cell(value: object) -> str:
    """Return a value for a CSV file; what a spreadsheet would take for a formula is marked as text."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) and not NUMBER.fullmatch(text) else text


def csv_table(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as a CSV file that spreadsheets open with Chinese names."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([csv_cell(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()
