"""Scenario: one lesson as a file, and how it becomes the Steps of one Run."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

from pydantic import Field, SerializeAsAny, field_validator

from trainer.core.actions import Action, Detour
from trainer.core.application import Application
from trainer.core.checks import Check, Stored, quote_raw_string
from trainer.core.model import Lookup, Model, fill_in, is_unset

Translate = Callable[[str], str]
"""Gives the text of a msgid in one language."""


REPEAT = re.compile(r"^\$\{([a-z_]+)(?:\[([0-9]*):([0-9]*)\])?\}$")
"""A list of the context, whole or in part: ``${questions}``, ``${questions[0:2]}`` for its first two items."""


ID = r"^[a-z][a-z0-9-]*$"
"""How Scenarios and families are called."""


class Seed(Model):
    """Which practice data the Sandbox starts with: the same seed gives the same people.

    Attributes:
        dataset: Name of the data.
        random: Number that decides on names and details.
    """

    dataset: str
    random: int = 1


class Step(Model):
    """One thing to get done.

    Attributes:
        id: Unique within the Scenario; a repeated Step's copies are called ``answer.1``, ``answer.2`` ….
        say: Caption: what to do, as a msgid (``${…}`` is filled in after translation).
        sees: What one should see afterwards, as a msgid, for guides.
        do: How the demo does it.
        expect: What is then true. A Step a trainee acts in has at least one check that proves.
        hints: From a nudge to the exact place, as msgids.
        accept: Other right ways, each a list of Actions.
        detour: Elements that may be used without penalty.
        repeat: A list in the Sandbox's context, such as ``${questions}`` or ``${questions[0:2]}``; the Step is
            done once for each item. The item is called by the list's name without its last letter, such as
            ``${question.text}``; ``${question.number}`` is its place in the whole list, counted from 1.
        when: A JMESPath expression over the snapshot: the Step is asked for only while it is true, so that a
            lesson can branch.
        optional: Whether a trainee may leave it out; the demo does it.
        any_order: Name of a group: Steps that follow each other with the same name may be done in any order.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*(\.\d+)?$")
    say: str
    sees: str = ""
    do: tuple[SerializeAsAny[Action], ...] = Field(min_length=1)
    expect: tuple[SerializeAsAny[Check], ...] = ()
    hints: tuple[str, ...] = ()
    accept: tuple[tuple[SerializeAsAny[Action], ...], ...] = ()
    detour: tuple[Detour, ...] = ()
    repeat: str | None = Field(default=None, pattern=REPEAT.pattern)
    when: str | None = Field(default=None, exclude_if=is_unset)
    optional: bool = Field(default=False, exclude_if=is_unset)
    any_order: str | None = Field(default=None, pattern=ID, exclude_if=is_unset)

    @field_validator("when")
    @classmethod
    def compiles(cls, expression: str | None) -> str | None:
        """Refuse an expression that JMESPath cannot read."""
        return expression and Stored.compiles(expression)

    def bind_value(self, name: str, value: Any, lookup: Lookup) -> Any:  # noqa: ANN401  # as in the base
        """Quote what is filled into the expression."""
        if name == "when" and value is not None:
            return fill_in(value, lookup, quote=quote_raw_string)
        return super().bind_value(name, value, lookup)

    def actions(self) -> Iterator[Action]:
        """Yield every Action of the demo and of the other right ways."""
        yield from self.do
        for way in self.accept:
            yield from way


class Scenario(Model):
    """One lesson.

    Attributes:
        id: Unique in the catalogue, such as ``normal-exit-web``.
        version: Raised by the author with each change of meaning.
        title: Name of the lesson, as a msgid.
        summary: What one can do afterwards, as a msgid.
        family: Group of lessons, such as ``normal-exit``.
        profile: Kind of HR system it plays on; required without `target`.
        seed: Practice data; required without `target`.
        target: Somebody else's web application that it plays on instead.
        role: Who acts.
        minutes: How long a beginner needs.
        required: Mode in which the lesson has to be passed to be completed; a stricter one does as well.
        exam_minutes: How long an exam lasts; twice `minutes` when it is not told.
        hide: Elements with personal data, covered in every picture of guides and films.
        steps: What to get done, in order.
    """

    id: str = Field(pattern=ID)
    version: int = Field(ge=1)
    title: str
    summary: str = ""
    family: str = Field(pattern=ID)
    profile: str = ""
    seed: Seed = Seed(dataset="")
    target: Application | None = Field(default=None, exclude_if=is_unset)
    role: str = Field(alias="as")
    minutes: int = Field(default=3, ge=1, le=30)
    required: Literal["guided", "practice", "exam"] = Field(
        default="guided", exclude_if=lambda mode: mode == "guided"
    )
    exam_minutes: int | None = Field(default=None, ge=1, le=120, exclude_if=is_unset)
    hide: tuple[str, ...] = Field(default=(), exclude_if=lambda hidden: not hidden)
    steps: tuple[Step, ...] = Field(min_length=1)

    @property
    def time_limit(self) -> timedelta:
        """How long an exam lasts."""
        return timedelta(minutes=self.exam_minutes or 2 * self.minutes)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, so that a Run says for ever what it ran.

        Fields that came later than the first lessons are left out where they are not set: a digest stays.
        """
        canonical = json.dumps(self.model_dump(mode="json", by_alias=True), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def steps_for(self, context: Mapping[str, Any], translate: Translate = str) -> tuple[Step, ...]:
        """Return the Steps of one Run: texts translated, repeated Steps unrolled, every ``${…}`` filled in.

        Args:
            context: The Sandbox's context (candidate, post, interview, questions …).
            translate: msgid → text in the trainee's language.

        Raises:
            KeyError: A ``${…}`` or `repeat` names something the context does not have; a list without an item is
                not there either, as a Step that is done no times would prove nothing.
        """
        return tuple(step for raw in self.steps for step in _unroll(raw, context, translate))

    def tell_step(self, step: str, tried: Collection[str], translate: Translate) -> tuple[int, str]:
        """Return number and text of a Step outside its Sandbox: what is named there is an ellipsis.

        Args:
            step: Its id, as in a Run.
            tried: Ids of all Steps that somebody tried: they tell how often a repeated one before it is done.
            translate: msgid → text in the reader's language.

        Raises:
            KeyError: The lesson has no such Step (any more).
        """
        before = 0
        for raw in self.steps:
            if raw.repeat is None:
                if step == raw.id:
                    return before + 1, fill_in(translate(raw.say), _or_ellipsis(lookup_in({})))
                before += 1
                continue
            name, start, stop = split_repeat(raw.repeat)
            skipped = start or 0
            if number := _turn_of(raw, step):
                names = lookup_in({name.removesuffix("s"): {"number": number}})
                return before + number - skipped, fill_in(translate(raw.say), _or_ellipsis(names))
            before += (stop or max((_turn_of(raw, one) for one in tried), default=skipped)) - skipped
        raise KeyError(step)


def _turn_of(raw: Step, step: str) -> int:
    """Return which turn of a repeated Step has an id, from 1; 0 for none."""
    number = step.removeprefix(f"{raw.id}.")
    return int(number) if number != step and number.isdecimal() else 0


def _or_ellipsis(lookup: Lookup) -> Lookup:
    def found(name: str) -> str:
        try:
            return lookup(name)
        except KeyError:
            return "…"

    return found


def _unroll(step: Step, context: Mapping[str, Any], translate: Translate) -> Iterator[Step]:
    told = step.model_copy(
        update={
            "say": translate(step.say),
            "sees": translate(step.sees) if step.sees else "",
            "hints": tuple(translate(hint) for hint in step.hints),
        }
    )
    if step.repeat is None:
        yield told.bind(lookup_in(context))
        return
    name, start, stop = split_repeat(step.repeat)
    items = list(enumerate(context[name], start=1))[start:stop]
    if not items:
        raise KeyError(step.repeat.removeprefix("${").removesuffix("}"))
    for number, item in items:
        once = told.model_copy(update={"id": f"{step.id}.{number}", "repeat": None})
        yield once.bind(lookup_in({**context, name.removesuffix("s"): {**item, "number": number}}))


def split_repeat(repeat: str) -> tuple[str, int | None, int | None]:
    """Return name, first item and end of the list that `repeat` (which matches `REPEAT`) speaks of."""
    found = REPEAT.match(repeat)
    if found is None:
        raise KeyError(repeat)
    name, start, stop = found.groups()
    return name, int(start) if start else None, int(stop) if stop else None


def lookup_in(context: Mapping[str, Any]) -> Lookup:
    """Return a `Lookup` of names in nested mappings and lists; unknown names raise ``KeyError(name)``."""

    def lookup(name: str) -> str:
        found: Any = context
        for part in re.findall(r"[^.\[\]]+", name):
            if isinstance(found, Mapping) and part in found:
                found = found[part]
            elif isinstance(found, Sequence) and part.isdecimal() and int(part) < len(found):
                found = found[int(part)]
            else:
                raise KeyError(name)
        return str(found)

    return lookup
