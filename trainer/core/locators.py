"""Locators: how a lesson on somebody else's application names an element, read from and written as text.

``button "Save"`` is an ARIA role and a name, as Playwright's accessibility snapshots write it; ``label "Amount"``,
``text "Saved"`` and ``css ".total"`` are its other locators. ``row /Coffee/ >> button "Delete" (2)`` is the second
such button in a row whose name matches a pattern.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

ROLES = frozenset(
    {
        "alert",
        "alertdialog",
        "application",
        "article",
        "banner",
        "blockquote",
        "button",
        "caption",
        "cell",
        "checkbox",
        "code",
        "columnheader",
        "combobox",
        "complementary",
        "contentinfo",
        "definition",
        "dialog",
        "directory",
        "document",
        "emphasis",
        "feed",
        "figure",
        "form",
        "generic",
        "grid",
        "gridcell",
        "group",
        "heading",
        "img",
        "insertion",
        "link",
        "list",
        "listbox",
        "listitem",
        "log",
        "main",
        "marquee",
        "math",
        "menu",
        "menubar",
        "menuitem",
        "menuitemcheckbox",
        "menuitemradio",
        "meter",
        "navigation",
        "none",
        "note",
        "option",
        "paragraph",
        "presentation",
        "progressbar",
        "radio",
        "radiogroup",
        "region",
        "row",
        "rowgroup",
        "rowheader",
        "scrollbar",
        "search",
        "searchbox",
        "separator",
        "slider",
        "spinbutton",
        "status",
        "strong",
        "subscript",
        "superscript",
        "switch",
        "tab",
        "table",
        "tablist",
        "tabpanel",
        "term",
        "textbox",
        "time",
        "timer",
        "toolbar",
        "tooltip",
        "tree",
        "treegrid",
        "treeitem",
    }
)
"""The ARIA roles that Playwright knows."""

OTHERS = frozenset({"label", "text", "css"})
"""Kinds of locators that are no role; each needs a name."""

KINDS = (*sorted(OTHERS), *sorted(ROLES))

DEEPER = " >> "
_PART = re.compile(
    r"""(?P<kind>[a-z]+)
    (?:\ (?:"(?P<name>(?:[^"\\]|\\.)*)"|/(?P<pattern>(?:[^/\\]|\\.)+)/))?
    (?:\ \((?P<nth>[1-9]\d{0,3})\))?""",
    re.VERBOSE,
)


class BadLocator(ValueError):
    """The text is no locator.

    Args:
        word: The piece that is wrong.
        kind: Whether only its first word, the kind, is unknown.
    """

    def __init__(self, word: str, *, kind: bool = False) -> None:
        super().__init__(word)
        self.word = word
        self.kind = kind


@dataclass(frozen=True)
class Part:
    """One element, looked for inside the one before it.

    Attributes:
        kind: An ARIA role, ``label``, ``text`` or ``css``.
        name: Its whole accessible name, label or text, a pattern found in it, or a CSS selector; "" for any.
        pattern: Whether `name` is a regular expression.
        nth: Which of several, counted from 1; None when there has to be only one.
    """

    kind: str
    name: str = ""
    pattern: bool = False
    nth: int | None = None

    def __str__(self) -> str:
        """Write it as it stands in a file."""
        told = self.kind
        if self.pattern:
            told += " /" + re.sub(r"(?<!\\)/", r"\/", self.name) + "/"
        elif self.name:
            told += ' "' + self.name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return told + (f" ({self.nth})" if self.nth else "")


def parse(text: str) -> tuple[Part, ...]:
    """Return the parts of a locator, the outermost first; raises `BadLocator`."""
    parts: list[Part] = []
    rest = text
    while True:
        found = _PART.match(rest)
        if found is None or not (found.end() == len(rest) or rest.startswith(DEEPER, found.end())):
            raise BadLocator(rest)
        parts.append(_part(found))
        if found.end() == len(rest):
            return tuple(parts)
        rest = rest[found.end() + len(DEEPER) :]


def write(parts: Sequence[Part]) -> str:
    """Return the text that `parse` reads."""
    return DEEPER.join(map(str, parts))


def _part(found: re.Match[str]) -> Part:
    kind, name, pattern = found["kind"], found["name"], found["pattern"]
    if kind not in ROLES | OTHERS:
        raise BadLocator(kind, kind=True)
    if (kind in OTHERS and not (name or pattern)) or (kind == "css" and pattern):
        raise BadLocator(found[0])
    if pattern:
        try:
            re.compile(pattern)
        except re.error as error:
            raise BadLocator(found[0]) from error
    return Part(
        kind,
        pattern or re.sub(r"\\(.)", r"\1", name or ""),
        pattern=bool(pattern),
        nth=int(found["nth"]) if found["nth"] else None,
    )
