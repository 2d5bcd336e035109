"""Strict YAML: text, numbers, true and false, lists and mappings, each with its place, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from trainer.core.model import shield, unshield
from trainer.core.problems import Problem
from trainer.i18n import gettext as _

MAX_BYTES = 1_000_000
_MAX_DEPTH = 20
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?[0-9]*\.[0-9]+")
_CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}
"""As in YAML 1.2: ``no``, ``off`` and dates are plain text."""


@dataclass(frozen=True)
class Node:
    """A value and where it stands.

    Attributes:
        value: Text, number, bool or None; a tuple of nodes; or a dict of nodes.
        line: Counted from 1.
        column: Counted from 1.
        width: Characters it takes on its line.
        keys: The nodes of the keys of a mapping.
    """

    value: Any
    line: int
    column: int
    width: int
    keys: Mapping[str, Node] = field(default_factory=dict)

    def as_key(self) -> Node:
        """Return the mapping that a bare word stands for: ``reload`` is short for ``reload: {}``."""
        return Node(
            {self.value: Node(None, self.line, self.column, self.width)},
            self.line,
            self.column,
            self.width,
            {self.value: self},
        )

    def plain(self) -> Any:  # noqa: ANN401  # any value of a file
        """Return the value without places; lists become tuples."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, tuple):
            return tuple(node.plain() for node in self.value)
        return self.value


class Source:
    """One file being read, and the problems found in it so far.

    Args:
        file: Its name in messages.
        content: Its bytes.
    """

    def __init__(self, file: str, content: bytes) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._content = content
        self._lines: list[str] = []

    def report(self, place: Node | tuple[int, int], message: str, hint: str = "") -> None:
        """Note a problem at a node, or at line and column; (0, 0) means the whole file."""
        line, column = (place.line, place.column) if isinstance(place, Node) else place
        width = place.width if isinstance(place, Node) else 1
        source = self._lines[line - 1] if 0 < line <= len(self._lines) else ""
        self.problems.append(Problem(self.file, line, column, message, hint, source, width))

    def read(self) -> Node | None:
        """Return the content, or None when it cannot be read at all; problems are noted either way."""
        text = self._text()
        if text is None:
            return None
        try:
            return _Reader(self).read(text)
        except _GivenUp:
            return None
        except yaml.MarkedYAMLError as error:
            self.report(
                _place(error.problem_mark or error.context_mark),
                _("not valid YAML: {reason}").format(reason=error.problem or error.context),
                _("A text goes into quotes when it holds a colon, a #, or brackets between other brackets."),
            )
        except yaml.reader.ReaderError as error:
            before = text[: error.position]
            self.report(
                (before.count("\n") + 1, error.position - before.rfind("\n")),
                _("the character U+{code:04X} is not allowed").format(code=int(error.character)),
                _("Delete it; it cannot be seen in most editors."),
            )
        return None

    def _text(self) -> str | None:
        if len(self._content) > MAX_BYTES:
            self.report(
                (0, 0),
                _("the file is too large: {size:.1f} MB, where 1 MB is the most").format(
                    size=len(self._content) / 1_000_000
                ),
                _("A lesson is a few kilobytes. Is this the right file?"),
            )
            return None
        try:
            text = self._content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = self._content[: error.start]
            self._lines = self._content.decode("utf-8", "replace").split("\n")
            start = before.rfind(b"\n") + 1
            column = len(before[start:].decode("utf-8", "replace")) + 1
            self.report(
                (before.count(b"\n") + 1, column),
                _("the file is not UTF-8: byte {byte:#04x}").format(byte=self._content[error.start]),
                _("Save it again with the encoding UTF-8."),
            )
            return None
        self._lines = _LINE_BREAK.split(text)
        for number, line in enumerate(self._lines, start=1):
            indent = line[: len(line) - len(line.lstrip())]
            if "\t" in indent:
                self.report(
                    (number, indent.index("\t") + 1),
                    _("a tab in the indentation"),
                    _("YAML is indented with spaces; set your editor to write two spaces for a tab."),
                )
                return None
        return text


class _GivenUp(Exception):
    """The rest of the file cannot be understood; the reason is noted already."""


class _Reader:
    """Walks over the parser's events, so that nothing is ever expanded or constructed."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def read(self, text: str) -> Node | None:
        """Return the only document of `text`."""
        self._events = yaml.parse(shield(text), Loader=yaml.SafeLoader)
        self._next()  # the stream begins
        event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            self._source.report(
                (0, 0),
                _("the file is empty"),
                _("`trainer scenario new ID --profile web` writes one to begin with."),
            )
            return None
        root = self._node(self._next(), 0)
        self._next()  # the document ends
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            self._give_up(event, _("a second document begins here"), _("One file holds one scenario."))
        return root

    def _next(self) -> yaml.Event:
        return next(self._events)

    def _give_up(self, event: yaml.Event, message: str, hint: str) -> None:
        self._source.report(_place(event.start_mark), message, hint)
        raise _GivenUp

    def _node(self, event: yaml.Event, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self._give_up(
                event,
                _("anchors (&name) and aliases (*name) are not allowed"),
                _("Write the text out at each place."),
            )
        if getattr(event, "tag", None):
            self._give_up(event, _("tags (!name) are not allowed"), _("Delete the tag; plain values are enough."))
        if depth > _MAX_DEPTH:
            self._give_up(event, _("nested too deeply"), _("A scenario needs about six levels."))
        line, column = _place(event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            last_line, end = _place(event.end_mark)
            return Node(_scalar(event), line, column, max(1, end - column) if last_line == line else 1)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(event := self._next(), yaml.SequenceEndEvent):
                items.append(self._node(event, depth + 1))
            return Node(tuple(items), line, column, 1)
        return self._mapping(line, column, depth)

    def _mapping(self, line: int, column: int, depth: int) -> Node:
        values: dict[str, Node] = {}
        keys: dict[str, Node] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(self._next(), depth + 1)
            if not isinstance(key.value, str):
                self._source.report(key, _("a key must be text"), _("Put it in quotes if it is meant as text."))
            elif key.value in values:
                self._source.report(
                    key,
                    _("`{key}` stands here twice").format(key=key.value),
                    _("It was given in line {line} already; delete one.").format(line=keys[key.value].line),
                )
            else:
                values[key.value], keys[key.value] = value, key
        return Node(values, line, column, 1, keys)


def _place(mark: Any) -> tuple[int, int]:  # noqa: ANN401  # PyYAML's two kinds of marks, or none
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _scalar(event: yaml.ScalarEvent) -> str | int | float | bool | None:
    text = unshield(event.value)
    if event.style is not None:
        return text
    if text.lower() in _CONSTANTS:
        return _CONSTANTS[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) < 19 else text  # noqa: PLR2004  # longer ones are ids, not numbers
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text
