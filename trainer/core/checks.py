"""Checks: questions about what is now true. One small class a check, one row in `CHECKS`.

A check says what it `needs` to look at and judges what was seen; gathering is the caller's work, so judging
is pure. A look that failed gives `Status.UNKNOWN`, which is neither pass nor fail.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Literal

from pydantic import Field, SerializerFunctionWrapHandler, field_validator, model_serializer
from pydantic_core import PydanticCustomError

from trainer.core.expressions import BadExpression, parse, search
from trainer.core.model import Lookup, Model, fill_in, is_unset

Level = Literal["action", "value", "outcome"]
"""Right element, right content, or what the system stored or another role now sees."""


class Status(StrEnum):
    """What a Check found."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Outcome:
    """The answer to one Check with its evidence.

    Attributes:
        status: Passed, failed or unknown.
        level: At which level was looked.
        check: The check in one line, as an author would recognise it.
        expected: What should be true, as text.
        seen: What was true, as text; for unknown, why the look failed.
        screenshot: File of a picture taken at that moment, or "".
        waited: Seconds until somebody in another role had looked, waiting for a turn included.
    """

    status: Status
    level: Level
    check: str
    expected: str
    seen: str
    screenshot: str = ""
    waited: float = 0.0


@dataclass(frozen=True)
class Sight:
    """A place where somebody looks: an element on a page of a role (page "" is the role's start page)."""

    role: str
    page: str
    target: str


@dataclass(frozen=True)
class Looks:
    """All that was seen, ready to be judged. A failed look is kept as the reason why it failed.

    Attributes:
        snapshot: The sandbox's snapshot; None when nobody looked, or when the look failed (see `errors`).
        events: Events since the Step began, oldest first.
        fields: Test id → content of that field in the trainee's own window, or None when it is not there.
        visible: Test id → whether it can be seen in the trainee's own window.
        sights: Place → state code or text seen there, None when the element is not there.
        errors: Failed looks: test id or `Sight` → reason.
        pictures: `Sight` → name of the picture taken there.
        waited: Seconds until the sights had been looked at, waiting for a turn included.
    """

    snapshot: Mapping[str, Any] | None = None
    events: tuple[Mapping[str, Any], ...] = ()
    fields: Mapping[str, str | None] = field(default_factory=dict)
    visible: Mapping[str, bool] = field(default_factory=dict)
    sights: Mapping[Sight, str | None] = field(default_factory=dict)
    errors: Mapping[str | Sight, str] = field(default_factory=dict)
    pictures: Mapping[Sight, str] = field(default_factory=dict)
    waited: float = 0.0


SNAPSHOT = "snapshot"
"""Key of `Looks.errors` for a snapshot or event look that failed."""


def quote_raw_string(text: str) -> str:
    r"""Escape `text` for a JMESPath raw string literal ('…'): backslash and quote get a backslash."""
    return text.replace("\\", "\\\\").replace("'", "\\'")


class Check(Model):
    """Base of all checks."""

    name: ClassVar[str]
    level: ClassVar[Level]
    proves: ClassVar[bool] = False
    """Whether it rests on what was stored or seen by another role, so that a Step may pass by it."""

    @model_serializer(mode="wrap")
    def _with_name(self, fields: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {"check": self.name, **fields(self)}

    def describe(self) -> str:
        """Return the check in one line."""
        raise NotImplementedError

    def fields(self) -> Iterator[str]:
        """Yield the test ids whose content is needed."""
        return iter(())

    def elements(self) -> Iterator[str]:
        """Yield the test ids whose visibility is needed."""
        return iter(())

    def sights(self) -> Iterator[Sight]:
        """Yield the places where another role has to look."""
        return iter(())

    def judge(self, looks: Looks) -> tuple[Outcome, ...]:
        """Judge what was seen; one Outcome for each question asked."""
        raise NotImplementedError

    def outcome(self, status: Status | bool, expected: str, seen: object) -> Outcome:
        """Build an Outcome of this check; a bool means passed or failed."""
        if isinstance(status, bool):
            status = Status.PASSED if status else Status.FAILED
        return Outcome(status, self.level, self.describe(), expected, "" if seen is None else str(seen))


class Stored(Check):
    """The sandbox has stored it: a JMESPath expression over the snapshot is true.

    Attributes:
        stored: The expression; what ``${…}`` fills in is quoted.
    """

    name = "stored"
    level = "outcome"
    proves = True
    stored: str

    @field_validator("stored")
    @classmethod
    def compiles(cls, expression: str) -> str:
        """Refuse an expression that JMESPath cannot read; ``${…}`` counts as a plain word."""
        try:
            parse(fill_in(expression, lambda _: "x"))
        except BadExpression as error:
            raise PydanticCustomError(
                "bad_expression", "not a JMESPath expression: {reason}", {"reason": str(error)}
            ) from error
        return expression

    def bind_value(self, name: str, value: Any, lookup: Lookup) -> Any:  # noqa: ANN401  # as in the base
        """Quote what is filled into the expression."""
        return fill_in(value, lookup, quote=quote_raw_string) if name == "stored" else value

    def describe(self) -> str:
        """Return the expression."""
        return f"stored: {self.stored}"

    def judge(self, looks: Looks) -> tuple[Outcome, ...]:
        """True passes, anything else fails; the sides of a comparison are shown as evidence."""
        if looks.snapshot is None:
            reason = looks.errors.get(SNAPSHOT, "no snapshot was taken")
            return (self.outcome(Status.UNKNOWN, self.stored, reason),)
        try:
            found = search(self.stored, looks.snapshot)
        except BadExpression as error:
            return (self.outcome(Status.FAILED, self.stored, error),)
        return (self.outcome(found is True, self.stored, self._left_side(looks.snapshot, found)),)

    def _left_side(self, snapshot: Mapping[str, Any], found: object) -> object:
        left, operator, _ = self.stored.rpartition(" == ")
        if not operator:
            return found
        try:
            return f"{left} is {search(left, snapshot)!r}"
        except BadExpression:
            return found


class Event(Check):
    """Since the Step began the sandbox has recorded such an event.

    Attributes:
        event: Kind of event.
        where: A JMESPath expression over the event that must be true, such as ``data.question == 'q1'``.
    """

    name = "event"
    level = "outcome"
    proves = True
    event: str
    where: str = "`true`"

    @field_validator("where")
    @classmethod
    def compiles(cls, expression: str) -> str:
        """Refuse an expression that JMESPath cannot read."""
        return Stored.compiles(expression)

    def bind_value(self, name: str, value: Any, lookup: Lookup) -> Any:  # noqa: ANN401  # as in the base
        """Quote what is filled into the expression."""
        return fill_in(value, lookup, quote=quote_raw_string) if name == "where" else value

    def describe(self) -> str:
        """Return kind and condition."""
        return f"event: {self.event}" + ("" if self.where == "`true`" else f" where {self.where}")

    def judge(self, looks: Looks) -> tuple[Outcome, ...]:
        """One matching event is enough."""
        if SNAPSHOT in looks.errors:
            return (self.outcome(Status.UNKNOWN, self.describe(), looks.errors[SNAPSHOT]),)
        kinds = [event["kind"] for event in looks.events]
        hit = any(event["kind"] == self.event and self._fits(event) for event in looks.events)
        return (self.outcome(hit, self.describe(), ", ".join(kinds) or "no event"),)

    def _fits(self, event: Mapping[str, Any]) -> bool:
        try:
            return search(self.where, event) is True
        except BadExpression:
            return False


class See(Check):
    """Somebody sees it: elements and the state or text they show, on a page of another role.

    Attributes:
        see: Test id → code of a state, or text.
        role: Role that looks, in a window of its own.
        page: Page below the role's start page, such as ``audit``.
    """

    name = "see"
    level = "outcome"
    proves = True
    see: dict[str, str] = Field(min_length=1)
    role: str = Field(alias="as")
    page: str = ""

    def describe(self) -> str:
        """Return who looks where for what."""
        return f"as {self.role} see: " + ", ".join(f"{target} = {text}" for target, text in self.see.items())

    def sights(self) -> Iterator[Sight]:
        """Yield one place for each test id."""
        return (Sight(self.role, self.page, target) for target in self.see)

    def judge(self, looks: Looks) -> tuple[Outcome, ...]:
        """Each test id is judged by itself."""
        return tuple(self._judge_one(target, text, looks) for target, text in self.see.items())

    def _judge_one(self, target: str, text: str, looks: Looks) -> Outcome:
        sight = Sight(self.role, self.page, target)
        expected = f"{self.role} sees {target} = {text}"
        if sight in looks.errors:
            return self.outcome(Status.UNKNOWN, expected, looks.errors[sight])
        if sight not in looks.sights:
            return self.outcome(Status.UNKNOWN, expected, "nobody has looked yet")
        seen = looks.sights[sight]
        found = self.outcome(seen == text, expected, "not on the page" if seen is None else seen)
        return replace(found, screenshot=looks.pictures.get(sight, ""), waited=looks.waited)


class FieldValue(Check):
    """A field in the trainee's own window holds the right content; without a condition, any content.

    Attributes:
        target: The field.
        equals: Its whole content.
        contains: A part of its content.
        matches: A regular expression that is found in its content.
        loosely: Whether `equals` and `contains` overlook upper and lower case, full and half width, and how many
            spaces there are.
        about: A number that is its content, give or take `within`; thousands may be set off, and signs of money
            and per cent may stand beside it.
        within: How far it may be from `about`.
    """

    name = "field"
    level = "value"
    target: str = Field(alias="field")
    equals: str | None = None
    contains: str | None = None
    matches: str | None = None
    loosely: bool = Field(default=False, exclude_if=is_unset)
    about: float | None = Field(default=None, exclude_if=is_unset)
    within: float = Field(default=0.0, ge=0, exclude_if=lambda number: number == 0)

    @field_validator("matches")
    @classmethod
    def is_pattern(cls, pattern: str | None) -> str | None:
        """Refuse a pattern that is no regular expression."""
        try:
            re.compile(fill_in(pattern or "", lambda _: "x"))
        except re.error as error:
            raise PydanticCustomError(
                "bad_pattern", "not a regular expression: {reason}", {"reason": str(error)}
            ) from error
        return pattern

    def bind_value(self, name: str, value: Any, lookup: Lookup) -> Any:  # noqa: ANN401  # as in the base
        """Quote what is filled into the pattern."""
        if name == "matches" and value is not None:
            return fill_in(value, lookup, quote=re.escape)
        return super().bind_value(name, value, lookup)

    def describe(self) -> str:
        """Return field and condition."""
        return f"field: {self.target} {self._wanted()}"

    def _wanted(self) -> str:
        conditions = {"equals": self.equals, "contains": self.contains, "matches": self.matches}
        wanted = [f"{name} {text!r}" for name, text in conditions.items() if text is not None]
        if self.about is not None:
            wanted.append(f"about {self.about:g}" + (f" ± {self.within:g}" if self.within else ""))
        return ", ".join(wanted) + (" (loosely)" if wanted and self.loosely else "") or "is filled in"

    def fields(self) -> Iterator[str]:
        """Yield the field."""
        yield self.target

    def judge(self, looks: Looks) -> tuple[Outcome, ...]:
        """All given conditions must hold; without one, any content will do."""
        if self.target in looks.errors or self.target not in looks.fields:
            reason = looks.errors.get(self.target, "the field was not read")
            return (self.outcome(Status.UNKNOWN, self._wanted(), reason),)
        seen = looks.fields[self.target]
        if seen is None:
            return (self.outcome(Status.FAILED, self._wanted(), "not on the page"),)
        return (self.outcome(self._holds(seen), self._wanted(), repr(seen)),)

    def _holds(self, seen: str) -> bool:
        alike = _alike if self.loosely else str
        conditions = [
            self.equals is None or alike(self.equals) == alike(seen),
            self.contains is None or alike(self.contains) in alike(seen),
            self.matches is None or re.search(self.matches, seen) is not None,
            self.about is None or self._is_near(seen),
        ]
        asked = (self.equals, self.contains, self.matches, self.about)
        return all(conditions) if any(one is not None for one in asked) else bool(seen.strip())

    def _is_near(self, seen: str) -> bool:
        number = _number(seen)
        return number is not None and abs(number - Decimal(str(self.about))) <= Decimal(str(self.within))


def _alike(text: str) -> str:
    """Return the text without what makes no difference to a reader: case, width, and how many spaces there are."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


_NUMBER = re.compile(r"[^\d+.-]*([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)[^\d.]*")


def _number(text: str) -> Decimal | None:
    """Return the one number in a text such as ``￥12,500.00``, or None."""
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).replace("−", "-"))
    return Decimal(found[1].replace(",", "")) if found else None


class Visible(Check):
    """An element can be seen in the trainee's own window, or cannot.

    Attributes:
        target: The element.
        wanted: ``false`` when it must not be seen.
    """

    name = "visible"
    level = "action"
    target: str = Field(alias="visible")
    wanted: bool = Field(default=True, alias="is")

    def describe(self) -> str:
        """Return element and wanted state."""
        return f"{'visible' if self.wanted else 'not visible'}: {self.target}"

    def elements(self) -> Iterator[str]:
        """Yield the element."""
        yield self.target

    def judge(self, looks: Looks) -> tuple[Outcome, ...]:
        """Compare with what the window showed."""
        if self.target in looks.errors or self.target not in looks.visible:
            reason = looks.errors.get(self.target, "the window was not looked at")
            return (self.outcome(Status.UNKNOWN, self.describe(), reason),)
        seen = looks.visible[self.target]
        return (self.outcome(seen == self.wanted, self.describe(), "visible" if seen else "not visible"),)


CHECKS: dict[str, type[Check]] = {check.name: check for check in (Stored, Event, See, FieldValue, Visible)}
"""The whole vocabulary of `expect`, in the order in which the reference lists it."""
