"""Candidates from a CSV file, with everything that is wrong told at once."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from trainer.core.errors import BadInput
from trainer.core.invitation import Invitation
from trainer.core.problems import BrokenScenario, Problem
from trainer.i18n import gettext as _

COLUMNS = tuple(name for name in Invitation.model_fields if name not in {"interview", "sequence"})
NEEDED = ("name", "lang", "starts", "post", "contact")
DAY = re.compile(r"2\d{3}-")
"""How a day begins; a number, which is what spreadsheets make of a day, would be counted in seconds."""

SURPLUS = ""
"""Stands for the column of values for which there is none."""

MOST = 20_000
"""Candidates of one file."""


def read_candidates(file: Path, langs: Sequence[str]) -> tuple[Invitation, ...]:
    """Return the candidates of a file in UTF-8 whose first line names its columns.

    Args:
        file: The file.
        langs: Languages in which letters can be written.

    Raises:
        BadInput: It cannot be read.
        BrokenScenario: Lines of it cannot be used; says which and why.
    """
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            _("{file} cannot be read: {reason}").format(file=file, reason=error),
            _("Save the list as CSV in UTF-8; docs/guides.md shows one."),
        ) from error
    rows = csv.DictReader(io.StringIO(text, newline=""), restkey=SURPLUS, strict=True)
    problems: list[Problem] = []
    try:
        found = _invitations(rows, file, langs, problems)
    except csv.Error:  # what follows cannot be told apart any more
        told = _("what begins here cannot be read: a quotation mark is not closed, or text follows it")
        problems.append(_problem(file, rows.line_num + 1, told, _("Write a quotation mark inside quotes twice.")))
        found = ()
    if problems or not found:
        problems = problems or [_problem(file, 1, _("there is no candidate"))]
        raise BrokenScenario(problems, _("Mend these lines; nothing was sent."))
    return found


def _invitations(
    rows: csv.DictReader[str], file: Path, langs: Sequence[str], problems: list[Problem]
) -> tuple[Invitation, ...]:
    """Return the candidates of the lines that can be used; notes what is wrong with the others.

    Raises:
        BrokenScenario: The first line does not name the columns.
        csv.Error: It is no CSV.
    """
    columns = tuple(rows.fieldnames or ())
    if wrong := [name for name in columns if name not in COLUMNS] or [one for one in NEEDED if one not in columns]:
        problem = Problem(str(file), 1, 1, _("the column `{name}` is unknown or missing").format(name=wrong[0]))
        raise BrokenScenario([problem], _("Known columns: {names}").format(names=", ".join(COLUMNS)))
    found: list[Invitation] = []
    lines: dict[str, tuple[int, tuple[object, ...]]] = {}
    for row in rows:
        if not any(row.values()):  # a spreadsheet writes them after its last row
            continue
        if len(found) >= MOST:
            problems.append(_problem(file, rows.line_num, _("more than {most} candidates").format(most=MOST)))
            break
        invitation = _invitation(row, file, rows.line_num, problems)
        if invitation is None:
            continue
        if invitation.lang not in langs:
            known = ", ".join(langs)
            told = _("there are no letters in `{lang}`; there are: {known}").format(
                lang=invitation.lang, known=known
            )
            problems.append(_problem(file, rows.line_num, told))
        elif not (invitation.email or invitation.phone):
            problems.append(_problem(file, rows.line_num, _("there is neither `email` nor `phone`")))
        elif lines.setdefault(invitation.same, (rows.line_num, invitation.says))[1] != invitation.says:
            told = _("line {line} says something else about this interview: address and post are the same").format(
                line=lines[invitation.same][0]
            )
            problems.append(_problem(file, rows.line_num, told))
        else:
            found.append(invitation)
    return tuple(found)


def _invitation(row: dict[str, str], file: Path, line: int, problems: list[Problem]) -> Invitation | None:
    if SURPLUS in row:
        told = _("there are more values than columns")
        problems.append(_problem(file, line, told, _("Put a value with a comma into quotation marks.")))
        return None
    given = {name: value.strip() for name, value in row.items() if isinstance(value, str) and value.strip()}
    wrong = []
    if not DAY.match(given.get("starts", "")):
        wrong.append("starts")
    try:
        invitation = Invitation.model_validate(given)
    except ValidationError as error:
        wrong += [str(one["loc"][0]) if one["loc"] else "" for one in error.errors()]
    for name in dict.fromkeys(wrong):
        told = _("`{name}` cannot be `{value}`").format(name=name, value=given.get(name, ""))
        problems.append(_problem(file, line, told, _hint(name)))
    return None if wrong else invitation


def _hint(name: str) -> str:
    return {
        "starts": _("Write day, time and zone like this: 2026-12-01T10:00+08:00"),
        "phone": _("Write the number with its country code, such as +8613800000000."),
        "link": _("Write it whole, such as http://127.0.0.1:5000."),
    }.get(name, "")


def _problem(file: Path, line: int, message: str, hint: str = "") -> Problem:
    return Problem(str(file), line, 1, message, hint)
