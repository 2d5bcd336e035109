"""Contract: what an HR system offers to scenarios, as it said itself, so that they can be checked without it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from trainer.core.application import Application

_INDEX = re.compile(r"\[[^\]]*\]")
_PART = re.compile(r"[^.\[\]]+")


class Contract(BaseModel):
    """What scenarios may point at and ask for.

    Attributes:
        test_ids: Elements that are always called the same.
        patterns: Elements of which there are many, with ``[*]`` for the id of each: ``candidates.row[*].status``.
        effects: Test id or pattern → what pressing it does, as a msgid, where that is told.
        states: Kind of state → its codes.
        profiles: Kinds of HR system.
        datasets: Practice data.
        roles: Who can sign in.
        faults: What can be made to go wrong.
        events: Kinds of events.
        context: A sample of what ``${…}`` can name; lists hold one item.
        snapshot: A sample of what `stored` expressions can ask for; lists hold one item.
        application: Somebody else's application, where a target is a locator and no test id.
    """

    model_config = ConfigDict(frozen=True)

    test_ids: tuple[str, ...]
    patterns: tuple[str, ...]
    effects: Mapping[str, str] = {}
    states: Mapping[str, tuple[str, ...]]
    profiles: tuple[str, ...]
    datasets: tuple[str, ...]
    roles: tuple[str, ...]
    faults: tuple[str, ...]
    events: tuple[str, ...]
    context: Mapping[str, Any]
    snapshot: Mapping[str, Any]
    application: Application | None = Field(default=None, exclude=True)

    @classmethod
    def of(cls, application: Application) -> Contract:
        """Return what somebody else's application offers, as far as its author has said."""
        return cls(
            test_ids=(),
            patterns=(),
            states={},
            profiles=(),
            datasets=(),
            roles=tuple(application.sign_in),
            faults=(),
            events=(),
            context={"lang": "en", "run": "1a2b3c4d"},
            snapshot=dict.fromkeys(application.snapshot),
            application=application,
        )

    def knows(self, test_id: str) -> bool:
        """Tell whether there is such an element; ``[…]`` may hold any id."""
        return test_id in self.test_ids or _INDEX.sub("[*]", test_id) in self.patterns

    def effect(self, test_id: str) -> str:
        """Return what pressing an element does, as a msgid, or "" where that is not known."""
        return self.effects.get(test_id) or self.effects.get(_INDEX.sub("[*]", test_id), "")

    def all_test_ids(self) -> tuple[str, ...]:
        """Return test ids and patterns, in the order of the HR system's own list."""
        return (*self.test_ids, *self.patterns)

    def codes(self) -> tuple[str, ...]:
        """Return every state code once."""
        return tuple(dict.fromkeys(code for codes in self.states.values() for code in codes))

    def names(self, name: str, more: Mapping[str, Any]) -> bool:
        """Tell whether ``${name}`` gives a text; `more` are names of the moment, such as a repeated item."""
        found: Any = {**self.context, **more}
        for part in _PART.findall(name):
            if isinstance(found, Mapping) and part in found:
                found = found[part]
            elif isinstance(found, list) and part.isdecimal() and found:
                found = found[0]
            else:
                return False
        return not isinstance(found, Mapping | list)

    def all_names(self, more: Mapping[str, Any]) -> tuple[str, ...]:
        """Return every name that ``${…}`` may hold."""
        return tuple(_leaves({**self.context, **more}))

    def stored_names(self) -> tuple[str, ...]:
        """Return every name that a `stored` expression may ask for, down to the leaves."""
        return tuple(name.replace("[0]", "[]") for name in _leaves(self.snapshot))


def _leaves(sample: Any, name: str = "") -> list[str]:  # noqa: ANN401  # a piece of the sample
    if isinstance(sample, Mapping):
        return [leaf for key, value in sample.items() for leaf in _leaves(value, f"{name}.{key}" if name else key)]
    if isinstance(sample, list):
        return [leaf for value in sample[:1] for leaf in _leaves(value, f"{name}[0]")]
    return [name]
