"""What somebody is paid: skill match gives the grade, the grade gives the pay, and the gap is told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from sandbox_hrms.core.datasets import Told
from sandbox_hrms.core.errors import Invalid
from sandbox_hrms.core.texts import N_

TOP = 100.0
MAX_PAY = 1_000_000
MAX_GRADES = 12
MAX_TITLE = 60
COMPETENCY = "skill_match"
"""The competency of the interview's score that decides the grade."""


class Family(StrEnum):
    """A family of work; each has a grade table of its own."""

    SALES = "sales"
    ENGINEERING = "engineering"
    MANUFACTURING = "manufacturing"
    RETAIL = "retail"
    INTERNET = "internet"
    ADMINISTRATION = "administration"


class PayStatus(StrEnum):
    """How far the pay of one candidate is; ``none`` without a skill match to judge by."""

    NONE = "none"
    PROPOSED = "proposed"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    RECORDED = "recorded"


class GradeSource(BaseModel):
    """One line of a shipped grade table, in both languages; the next line's floor is its ceiling."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    floor: Annotated[float, Field(ge=0, lt=TOP)]
    pay: Annotated[int, Field(ge=1, le=MAX_PAY)]
    market_pay: Annotated[int, Field(ge=1, le=MAX_PAY)]
    title: Told
    from_source: bool = False


@dataclass(frozen=True, slots=True)
class Grade:
    """One grade: skill match from ``floor`` up to below ``ceiling`` (the last one holds 100, too).

    Attributes:
        pay: Start pay a month.
        market_pay: What the market pays a month.
        from_source: The source documents give this line; all others are ours.
    """

    floor: float
    ceiling: float
    title: str
    pay: int
    market_pay: int
    from_source: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """How far a wish or a rate is from the start pay: ``money`` a month, and ``percent`` of the start pay."""

    money: int
    percent: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """The pay that the grade table gives to somebody.

    Attributes:
        expected_pay: What the candidate wants; None when nobody asked.
        gap: From start pay up to expected pay (negative: wants less); None without a wish.
        market_gap: From start pay up to the market rate.
    """

    skill_match: float
    grade: Grade
    start_pay: int
    expected_pay: int | None
    market_pay: int
    gap: Gap | None
    market_gap: Gap


def table_within(lines: Sequence[GradeSource], lang: str) -> tuple[Grade, ...]:
    """Return a shipped table in one language."""
    ceilings = [*(one.floor for one in lines[1:]), TOP]
    return tuple(
        Grade(one.floor, ceiling, one.title.within(lang), one.pay, one.market_pay, one.from_source)
        for one, ceiling in zip(lines, ceilings, strict=True)
    )


def grade_of(table: Sequence[Grade], skill_match: float) -> Grade:
    """Return the grade of somebody with that skill match (0 to 100).

    Raises:
        Invalid: The number is outside 0 to 100.
    """
    for grade in table:
        if grade.floor <= skill_match < grade.ceiling or skill_match == grade.ceiling == TOP:
            return grade
    raise Invalid(
        N_("No grade holds a skill match of {score}."),
        N_("Grades go from 0 to 100 without a gap; see the grade table."),
        score=skill_match,
    )


def gap_to(start_pay: int, other: int) -> Gap:
    """Return how far ``other`` is above ``start_pay``, in money and in per cent of it (halves go up)."""
    percent = Decimal((other - start_pay) * 100) / start_pay
    return Gap(other - start_pay, float(percent.quantize(Decimal("0.1"), ROUND_HALF_UP)))


def propose(table: Sequence[Grade], skill_match: float, expected_pay: int | None) -> Proposal:
    """Return what the table gives to somebody with that skill match.

    Raises:
        Invalid: No grade holds it.
    """
    return with_pay(table, skill_match, expected_pay, None)


def with_pay(
    table: Sequence[Grade], skill_match: float, expected_pay: int | None, start_pay: int | None
) -> Proposal:
    """Like :func:`propose`, with a start pay that was agreed on instead of the grade's own."""
    grade = grade_of(table, skill_match)
    start = grade.pay if start_pay is None else start_pay
    return Proposal(
        skill_match=skill_match,
        grade=grade,
        start_pay=start,
        expected_pay=expected_pay,
        market_pay=grade.market_pay,
        gap=None if expected_pay is None else gap_to(start, expected_pay),
        market_gap=gap_to(start, grade.market_pay),
    )


def checked(table: Sequence[Grade]) -> tuple[Grade, ...]:
    """Return the table in order of its floors, or say what is wrong with it.

    A line whose numbers or title were changed by hand is no longer marked as given by the sources; the caller
    sees to that with :func:`marked`.

    Raises:
        Invalid: No line or too many; a gap, an overlap or an empty band; a title or a pay that will not do.
    """
    rows = tuple(sorted((replace(one, title=one.title.strip()) for one in table), key=lambda one: one.floor))
    if not 1 <= len(rows) <= MAX_GRADES:
        raise Invalid(N_("A grade table has 1 to {max} lines."), N_("Add a line, or remove some."), max=MAX_GRADES)
    for row in rows:
        _check_row(row)
    edges = [0.0, *(one.ceiling for one in rows)]
    for below, row in zip(edges, rows, strict=False):
        if row.floor > below:
            raise Invalid(
                N_("Nobody has a grade between {below} and {floor}."),
                N_("Let each line begin where the one before it ends, from 0 to 100."),
                below=_shown(below),
                floor=_shown(row.floor),
            )
        if row.floor < below:
            raise Invalid(
                N_("Two grades hold a skill match of {floor}."),
                N_("Let each line begin where the one before it ends, from 0 to 100."),
                floor=_shown(row.floor),
            )
    if edges[-1] != TOP:
        raise Invalid(
            N_("Nobody has a grade between {below} and {floor}."),
            N_("Let each line begin where the one before it ends, from 0 to 100."),
            below=_shown(edges[-1]),
            floor=_shown(TOP),
        )
    return rows


def marked(table: Sequence[Grade], given: Sequence[Grade]) -> tuple[Grade, ...]:
    """Return the table with ``from_source`` on exactly the lines that the sources give."""
    lines = {replace(one, from_source=False) for one in given if one.from_source}
    plain = (replace(one, from_source=False) for one in table)
    return tuple(replace(one, from_source=one in lines) for one in plain)


def check_pay(pay: int) -> int:
    """Return the pay, or raise :class:`Invalid` when it cannot be a pay a month."""
    if not 1 <= pay <= MAX_PAY:
        raise Invalid(
            N_("A pay of {pay} a month will not do."),
            N_("Give whole money between 1 and {max}."),
            pay=pay,
            max=MAX_PAY,
        )
    return pay


def _check_row(row: Grade) -> None:
    if not 0 <= row.floor < row.ceiling <= TOP:
        raise Invalid(
            N_("The band from {floor} to {ceiling} is empty or outside 0 to 100."),
            N_("Give a floor below the ceiling, both between 0 and 100."),
            floor=_shown(row.floor),
            ceiling=_shown(row.ceiling),
        )
    if not 1 <= len(row.title) <= MAX_TITLE:
        raise Invalid(
            N_("A grade needs a title of 1 to {max} characters."), N_("Correct the title."), max=MAX_TITLE
        )
    check_pay(row.pay)
    check_pay(row.market_pay)


def _shown(value: float) -> str:
    return f"{value:g}"
