"""What the framework works out anew for every element of every page, worked out once."""

from collections.abc import Callable
from functools import cache, lru_cache
from types import MethodType
from typing import Any

from nicegui import helpers
from nicegui.props import Props

_look = helpers.expects_arguments
_read = Props.parse
_MOST_TEXTS = 2_000


def remember_properties() -> None:
    """Let the framework read each text of properties once, as the same ones stand on every page."""
    Props.parse = staticmethod(properties)  # type: ignore[method-assign]


def properties(text: str | None) -> dict[str, Any]:
    """Return the properties that a text names."""
    return dict(_properties(text))


@lru_cache(_MOST_TEXTS)
def _properties(text: str | None) -> dict[str, Any]:
    return _read(text)


def remember_signatures() -> None:
    """Let the framework look at the parameters of a method once.

    Every element has three listeners of its own, to its classes, style and properties; that the framework read the
    parameters of each from its source was half of what an element cost.
    """
    helpers.expects_arguments = takes_arguments


def takes_arguments(func: Callable[..., Any]) -> bool:
    """Say whether a listener wants arguments that have no default."""
    function = getattr(func, "__func__", None)
    return _look(func) if function is None else _method_takes_arguments(function)


@cache
def _method_takes_arguments(function: Callable[..., Any]) -> bool:
    return _look(MethodType(function, object()))
