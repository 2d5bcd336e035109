"""Extraction: which files hold the texts of which domain, and how texts are found in YAML data files."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract

from trainer.core.model import shield, unshield
from trainer.i18n.catalogues import merged

Found = tuple[int, str, Any, list[str]]
"""What Babel expects of an extractor: line, function name, msgid or its arguments, comments."""

Extractor = str | Callable[..., Any]
"""One of Babel's own by name, or a function of this module."""


def extract_scenario(
    fileobj: BinaryIO,
    keywords: Mapping[str, Any],  # noqa: ARG001  # Babel's signature
    comment_tags: Collection[str],  # noqa: ARG001
    options: Mapping[str, Any],  # noqa: ARG001
) -> Iterator[Found]:
    """Yield the texts of a scenario or path that are shown to people; the comment says where each is used."""
    root = _compose(fileobj)
    scenario = root["id"].value if "id" in root else ""
    for name in ("title", "summary"):
        yield from _text(root.get(name), f"{scenario}: {name}")
    for part in _items(root.get("parts")):
        yield from _text(_mapping(part).get("title"), f"{scenario}: part")
    for node in _items(root.get("steps")):
        step = _mapping(node)
        where = f"{scenario}, {step['id'].value if 'id' in step else ''}"
        for name in ("say", "sees"):
            yield from _text(step.get(name), f"{where}: {name}")
        for hint in _items(step.get("hints")):
            yield from _text(hint, f"{where}: hint")


def extract_effects(
    fileobj: BinaryIO,
    keywords: Mapping[str, Any],  # noqa: ARG001  # Babel's signature
    comment_tags: Collection[str],  # noqa: ARG001
    options: Mapping[str, Any],  # noqa: ARG001
) -> Iterator[Found]:
    """Yield what pressing the things of the sandbox HRMS does, as its contract in the schema tells."""
    for name, text in json.load(fileobj)["x-contract"]["effects"].items():
        yield 1, "gettext", text, [f"{name}: effect"]


def extract_profile(
    fileobj: BinaryIO,
    keywords: Mapping[str, Any],  # noqa: ARG001  # Babel's signature
    comment_tags: Collection[str],  # noqa: ARG001
    options: Mapping[str, Any],  # noqa: ARG001
) -> Iterator[Found]:
    """Yield the title and the labels of a profile of the sandbox HRMS."""
    root = _compose(fileobj)
    yield from _text(root.get("title"), "profile: title")
    for name, node in _mapping(root.get("labels")).items():
        yield from _text(node, f"profile: {name}")


def _compose(fileobj: BinaryIO) -> dict[str, yaml.Node]:
    return _mapping(yaml.compose(shield(fileobj.read().decode())))


def _mapping(node: yaml.Node | None) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {key.value: value for key, value in node.value}


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _text(node: yaml.Node | None, comment: str) -> Iterator[Found]:
    if isinstance(node, yaml.ScalarNode) and node.value.strip():
        yield node.start_mark.line + 1, "gettext", unshield(node.value), [comment]


SOURCES: dict[str, tuple[tuple[str, Extractor], ...]] = {
    "trainer": (("trainer/**/*.py", "python"),),
    "sandbox_hrms": (
        ("sandbox_hrms/**/*.py", "python"),
        ("sandbox_hrms/profiles/**/*.yaml", extract_profile),
    ),
    "guides": (("guides/**/*.py", "python"),),
    "scenarios": (("scenarios/**/*.yaml", extract_scenario), ("scenarios/schema.json", extract_effects)),
}
"""Domain → which files of a checkout hold its texts."""


KEYWORDS = {**DEFAULT_KEYWORDS, "_n": (1, 2), "t": None}
"""Functions whose arguments are msgids; ``t`` is what pages call their reader's language."""


def texts_of(domain: str, root: Path) -> Catalog:
    """Return every text of `domain` in the checkout at `root`."""
    return merged(_found(domain, root))


def _found(domain: str, root: Path) -> Iterator[tuple[str | tuple[str, ...], str | None, list[str]]]:
    for pattern, extractor in SOURCES[domain]:
        for file in sorted(root.glob(pattern)):
            with file.open("rb") as stream:
                for _line, text, comments, context in extract(extractor, stream, KEYWORDS, ("i18n:",)):
                    yield text, context, comments
