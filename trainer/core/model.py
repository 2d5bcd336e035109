"""The strict, frozen base of everything that is read from a scenario file."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

PLACEHOLDER = re.compile(r"\$\{([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*|\[[0-9]+\])*)\}")
"""``${candidate.name}``, ``${questions[0].text}``: names, members, and items of a list counted from 0."""

_SHIELDED = re.compile(r"\$\{[^{}\n]*\}")
_BRACKETS = dict(zip(map(ord, "{}[]:,"), "\ue000\ue001\ue002\ue003\ue004\ue005", strict=True))
_BARE = {ord(shielded): chr(bare) for bare, shielded in _BRACKETS.items()}

Lookup = Callable[[str], str]
"""Gives the text for a name such as ``question.sample``; raises ``KeyError`` for an unknown one."""


def fill_in(template: str, lookup: Lookup, *, quote: Callable[[str], str] = str) -> str:
    """Replace every ``${name}`` in `template` by `lookup` of it, passed through `quote`."""
    return PLACEHOLDER.sub(lambda found: quote(lookup(found[1])), template)


def shield(yaml: str) -> str:
    """Hide the brackets of every ``${…}`` from YAML, so that it needs no quotes inside ``{…}``; same length."""
    return _SHIELDED.sub(lambda found: found[0].translate(_BRACKETS), yaml)


def unshield(text: str) -> str:
    """Bring the brackets back that `shield` has hidden."""
    return text.translate(_BARE)


def is_unset(value: object) -> bool:
    """Tell whether a field that came later is as if it was not there, and is left out of what is written down."""
    return value is None or value is False


class Model(BaseModel):
    """Unknown keys are errors, values are never coerced, instances never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    @classmethod
    def told(cls) -> tuple[str, dict[str, str]]:
        """Return what the class is for, and field → what it holds, as its docstring says."""
        summary, _, attributes = (inspect.getdoc(cls) or "").partition("\n\nAttributes:\n")
        fields: dict[str, str] = {}
        for paragraph in re.split(r"\n(?=    \w)", attributes):
            name, _, text = paragraph.strip().partition(": ")
            fields[name] = " ".join(text.replace("``", "`").split())
        return " ".join(summary.replace("``", "`").split()), fields

    @classmethod
    def keys(cls) -> dict[str, str]:
        """Return field → key by which it is written in a scenario file."""
        return {name: info.alias or name for name, info in cls.model_fields.items()}

    def bind(self, lookup: Lookup) -> Self:
        """Return a copy in which every ``${…}`` of every text, also inside lists and mappings, is filled in."""
        update = {name: self.bind_value(name, getattr(self, name), lookup) for name in type(self).model_fields}
        return self.model_copy(update=update)

    def bind_value(self, name: str, value: Any, lookup: Lookup) -> Any:  # noqa: ANN401  # any field of any model
        """Fill in one field; a model whose field is an expression overrides this to quote what it fills in."""
        if isinstance(value, str) and not hasattr(value, "value"):
            return fill_in(value, lookup)
        if isinstance(value, Model):
            return value.bind(lookup)
        if isinstance(value, tuple):
            return tuple(self.bind_value(name, item, lookup) for item in value)
        if isinstance(value, Mapping):
            return {fill_in(key, lookup): self.bind_value(name, item, lookup) for key, item in value.items()}
        return value
