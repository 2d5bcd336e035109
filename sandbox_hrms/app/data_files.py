"""Data files read strictly: text, numbers, true and false, lists and mappings, and where each of them stands."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)
Where = tuple[str | int, ...]

MAX_BYTES = 1_000_000
_MAX_DEPTH = 20
_INTEGER = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?[0-9]*\.[0-9]+")
_CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}
"""As in YAML 1.2: ``no``, ``off`` and dates are plain text."""

_ADVICE = {
    "missing": "Add it.",
    "extra_forbidden": "Delete it, or correct its name.",
    "literal_error": "Write one of these.",
    "bool_type": "Write true or false, without quotes.",
    "bool_parsing": "Write true or false, without quotes.",
    "int_type": "Write a whole number, without quotes.",
    "float_type": "Write a number, without quotes.",
    "string_type": "Write a text; numbers and yes or no go into quotes.",
    "string_too_long": "Make it shorter.",
    "string_too_short": "Write something there.",
    "model_type": "Write `name: value` pairs below it, indented.",
    "model_attributes_type": "Write `name: value` pairs below it, indented.",
    "dict_type": "Write `name: value` pairs below it, indented.",
    "tuple_type": "Write a list: [one, two].",
    "value_error": "Change these values.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a file.

    Attributes:
        file: Which.
        line: Counted from 1; 0 for the whole file.
        column: Counted from 1.
        message: What is wrong, and at which name.
        advice: What to do next.
    """

    file: str
    line: int
    column: int
    message: str
    advice: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.message}. {self.advice}".rstrip()


class Unfit(Exception):
    """A file cannot be used; carries everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class Source:
    """One file that was read.

    Args:
        file: Which.
        trusted: It ships with the product and may use aliases.

    Attributes:
        data: Its content as plain values.
        places: Line and column by the path of names and numbers.

    Raises:
        Unfit: It is not readable, or not the small part of YAML that we allow.
    """

    def __init__(self, file: Path, *, trusted: bool = False) -> None:
        self.name = file.name
        self.places: dict[Where, tuple[int, int]] = {}
        try:
            content = file.read_bytes()
            if len(content) > MAX_BYTES:
                raise Unfit([self._whole("the file is larger than 1 MB", "Is this the right file?")])
            node = yaml.compose(content.decode("utf-8-sig"), Loader=yaml.SafeLoader)
        except OSError as error:
            raise Unfit([self._whole(f"the file cannot be read ({error.strerror})", "Check its name.")]) from error
        except UnicodeDecodeError as error:
            raise Unfit(
                [self._whole("the file is not UTF-8", "Save it again with the encoding UTF-8.")]
            ) from error
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = (mark.line + 1, mark.column + 1) if mark else (0, 0)
            advice = "A text goes into quotes when it holds a colon, a # or brackets; indent with spaces."
            raise Unfit([Problem(self.name, *place, f"not valid YAML: {error.problem}", advice)]) from error
        except (yaml.YAMLError, RecursionError) as error:
            raise Unfit([self._whole(f"not valid YAML: {error}", "Correct it.")]) from error
        if not isinstance(node, yaml.MappingNode):
            raise Unfit([self._whole("the file is empty", "Copy a file that ships and change it.")])
        self._trusted = trusted
        self._seen: set[int] = set()
        self.data: dict[str, Any] = self._value(node, (), 0)

    def problem(self, where: Where, message: str, advice: str) -> Problem:
        """Return a problem at a path, or at the nearest place above it that the file has."""
        place = where
        while place and place not in self.places:
            place = place[:-1]
        return Problem(self.name, *self.places.get(place, (0, 0)), message, advice)

    def _whole(self, message: str, advice: str) -> Problem:
        return Problem(self.name, 0, 0, message, advice)

    def _value(self, node: yaml.Node, where: Where, depth: int) -> Any:  # noqa: ANN401  # any value of a file
        self.places[where] = node.start_mark.line + 1, node.start_mark.column + 1
        if (id(node) in self._seen and not self._trusted) or depth > _MAX_DEPTH:
            raise Unfit(
                [self.problem(where, "anchors, aliases and deep nesting are not allowed", "Write it out.")]
            )
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            found: dict[str, Any] = {}
            for key, value in node.value:
                name = key.value if isinstance(key, yaml.ScalarNode) else ""
                if not name or name in found:
                    self.places[*where, name] = key.start_mark.line + 1, key.start_mark.column + 1
                    raise Unfit(
                        [self.problem((*where, name), f"`{name}` is given twice or is no name", "Keep one.")]
                    )
                found[name] = self._value(value, (*where, name), depth + 1)
            return found
        if isinstance(node, yaml.SequenceNode):
            return [self._value(one, (*where, at), depth + 1) for at, one in enumerate(node.value)]
        return _scalar(node)


def _scalar(node: yaml.Node) -> str | int | float | bool | None:
    text = str(node.value)
    if isinstance(node, yaml.ScalarNode) and node.style:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def fit(source: Source, model: type[Model], data: Mapping[str, Any] | None = None) -> Model:
    """Return the file as an object of ``model``; strictly, so that the types must already be the right ones.

    Args:
        source: The file.
        model: What it should be.
        data: What to take instead of the file's own content, e.g. when it was laid over another file.

    Raises:
        Unfit: With everything that does not fit.
    """
    try:
        return model.model_validate_json(json.dumps(source.data if data is None else data))
    except ValidationError as error:
        raise Unfit(
            [
                source.problem(one["loc"], _told(one["loc"], one["msg"]), _advice(one["loc"], one["type"], model))
                for one in error.errors()
            ]
        ) from error


def _told(where: Where, message: str) -> str:
    name = ".".join(map(str, where))
    return f"{name}: {message}" if name else message


def _advice(where: Where, kind: str, model: type[BaseModel]) -> str:
    advice = _ADVICE.get(kind, "Correct it.")
    if kind != "extra_forbidden":
        return advice
    known = _names_at(model, where[:-1])
    near = get_close_matches(str(where[-1]), known, 1)
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"{advice} Known here: {', '.join(known)}." if known else advice


def _names_at(model: type[BaseModel], where: Where) -> list[str]:
    """Return the names that a mapping may have at a path; [] when it is not a plain one."""
    for name in where:
        field = model.model_fields.get(str(name))
        kinds = [] if field is None else [field.annotation, *get_args(field.annotation)]
        inner = next((one for one in kinds if isinstance(one, type) and issubclass(one, BaseModel)), None)
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)
