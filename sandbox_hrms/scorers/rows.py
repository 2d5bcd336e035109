"""Answers as JSON lines in, the same lines with ``score``, ``flags`` and ``by`` out."""

import json
from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox_hrms.core.errors import HrmsError
from sandbox_hrms.core.texts import N_
from sandbox_hrms.scorers.calibration import Calibration, Graded
from sandbox_hrms.scorers.oddities import WEAK
from sandbox_hrms.scorers.single import SingleScore, cheats, score_one


class BadLine(HrmsError):
    """A line of answers that cannot be scored."""

    code = "bad_line"


class Row(BaseModel):
    """One line: what is used of it; whatever else stands there is handed on."""

    model_config = ConfigDict(extra="allow", frozen=True)

    question_id: str = ""
    question: str = ""
    reference: Annotated[list[str], Field(min_length=1)]
    answer: str
    human: Annotated[float, Field(ge=0, le=1)] | None = None


def score_lines(lines: Iterable[str], graded: int = 0) -> Iterator[str]:
    """Score JSON lines; the order stays.

    Args:
        lines: One JSON object each; empty lines are passed over.
        graded: Calibrate each question on its first so many rows that carry ``human``; then all lines are read
            before the first is given back. These rows get the program's own score, marked ``graded``.

    Raises:
        BadLine: A line is not such an object; the message names its number.
    """
    rows = ((number, *_read(number, line)) for number, line in enumerate(lines, 1) if line.strip())
    if not graded:
        for _, data, row in rows:
            found = score_one(row.question, row.reference, row.answer)
            yield _told(data, found, found.score)
        return
    every = [(data, row, score_one(row.question, row.reference, row.answer)) for _, data, row in rows]
    used: dict[str, int] = {}
    known: list[Graded] = []
    marks: list[bool] = []
    for _, row, found in every:
        key = row.question_id or row.question
        take = row.human is not None and used.get(key, 0) < graded
        marks.append(take)
        if take and row.human is not None:
            used[key] = used.get(key, 0) + 1
            known.append(Graded(key, row.answer, found.score, row.human))
    calibration = Calibration(known)
    for (data, row, found), is_graded in zip(every, marks, strict=True):
        if is_graded or not known:
            yield _told({**data, "graded": is_graded}, found, found.score)
            continue
        value = calibration.apply(row.question_id or row.question, row.answer, found.score)
        if cheats(found.flags, row.answer):
            value = min(value, WEAK)  # after calibration, so that lenient grades lift no trick
        yield _told({**data, "graded": False}, found, value)


def _told(data: dict[str, object], found: SingleScore, value: float) -> str:
    return json.dumps({**data, "score": value, "flags": found.flags, "by": found.by}, ensure_ascii=False)


def _read(number: int, line: str) -> tuple[dict[str, object], Row]:
    try:
        data = json.loads(line)
    except ValueError as error:
        raise _bad(number, f"not JSON ({error})") from error
    if not isinstance(data, dict):
        raise _bad(number, "not an object")
    if isinstance(data.get("reference"), str):
        data["reference"] = [data["reference"]]
    try:
        row = Row.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _bad(number, f"{where}: {first['msg']}") from error
    if not any(one.strip() for one in row.reference):
        raise _bad(number, "reference: all of them are empty")
    return data, row.model_copy(update={"reference": [one for one in row.reference if one.strip()]})


def _bad(number: int, why: str) -> BadLine:
    return BadLine(N_("Line {line} cannot be scored: {why}"), N_("Correct that line."), line=number, why=why)
