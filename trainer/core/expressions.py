"""Expressions: JMESPath over what the sandbox stored, checked before they are ever evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions


class BadExpression(ValueError):
    """JMESPath cannot read the expression, or cannot apply it to what is there."""


def parse(expression: str) -> Mapping[str, Any]:
    """Return the syntax tree; raises `BadExpression` for a syntax error or an unknown function."""
    try:
        tree: Any = jmespath.compile(expression).parsed
    except JMESPathError as error:
        raise BadExpression(_reason(error)) from error
    for function, arguments in _calls(tree):
        if function not in Functions.FUNCTION_TABLE:
            raise BadExpression(f"there is no function {function}()")
        signature = Functions.FUNCTION_TABLE[function]["signature"]
        if arguments < len(signature) or (arguments > len(signature) and not _takes_more(signature)):
            raise BadExpression(f"{function}() takes {len(signature)} argument(s), not {arguments}")
    return dict(tree)


def search(expression: str, data: Any) -> Any:  # noqa: ANN401  # any JSON in, any JSON out
    """Evaluate the expression; raises `BadExpression` when it does not fit the data."""
    try:
        return jmespath.search(expression, data)
    except JMESPathError as error:
        raise BadExpression(_reason(error)) from error


def names_in(expression: str) -> frozenset[str]:
    """Return all names in an expression that are looked up; none where it may look at everything there is."""
    tree = parse(expression)
    kinds = {"current", "value_projection"} & {part["type"] for part in _parts(tree)}
    return frozenset() if kinds else frozenset(part["value"] for part in _parts(tree) if part["type"] == "field")


def _reason(error: JMESPathError) -> str:
    first = str(error).splitlines()[0]
    reason = (first.partition("xpression: ")[2] or first).removesuffix(", for expression:").rstrip(":.")
    return reason[:1].lower() + reason[1:]


def _calls(tree: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for part in _parts(tree):
        if part["type"] == "function_expression":
            yield part["value"], len(part["children"])


def _parts(tree: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a syntax tree and all that is below it."""
    yield tree
    for child in tree["children"]:
        if isinstance(child, Mapping):
            yield from _parts(child)


def _takes_more(signature: Sequence[Mapping[str, Any]]) -> bool:
    return bool(signature) and bool(signature[-1].get("variadic"))


def unknown_fields(tree: Mapping[str, Any], sample: Any) -> Iterator[tuple[str, tuple[str, ...]]]:  # noqa: ANN401
    """Yield every field that `sample` (JSON with the shape of the data) does not have, with those it has there.

    Where the shape is not known (inside function results, numbers, texts) every field is let through.
    """
    yield from _walk(tree, sample)[1]


_UNKNOWN = object()
_Found = list[tuple[str, tuple[str, ...]]]


def _walk(tree: Mapping[str, Any], here: Any) -> tuple[Any, _Found]:  # noqa: ANN401, PLR0911  # one return a kind of node
    """Return what `tree` gives when applied to `here`, and the fields that were not there."""
    kind, children = tree["type"], tree["children"]
    if kind == "field":
        if not isinstance(here, Mapping) or tree["value"] in here:
            return (here[tree["value"]] if isinstance(here, Mapping) else _UNKNOWN), []
        return _UNKNOWN, [(tree["value"], tuple(here))]
    if kind in {"identity", "current", "slice"}:
        return here, []
    if kind == "index":
        return _item(here), []
    if kind in {"literal", "expref"}:
        return _UNKNOWN, []
    if kind in {"projection", "filter_projection", "value_projection"}:
        items, missing = _walk(children[0], here)
        item = _UNKNOWN if kind == "value_projection" else _item(items)
        walked = [_walk(child, item) for child in children[1:]]
        return [walked[0][0]], missing + [one for _, found in walked for one in found]
    if kind in {"subexpression", "pipe", "index_expression", "flatten"}:
        missing = []
        for child in children:
            here, found = _walk(child, here)
            missing += found
        return here, missing
    return _UNKNOWN, [one for child in children for one in _walk(child, here)[1]]


def _item(sample: Any) -> Any:  # noqa: ANN401  # a piece of the sample
    return sample[0] if isinstance(sample, list) and sample else _UNKNOWN
