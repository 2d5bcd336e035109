"""What pressing a thing does: told of every button of the practice HR system, in the contract, for trainers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox_hrms.pages import effects, names

PAGES = Path(effects.__file__).parent
EVERY = (*names.TEST_IDS, *names.PATTERNS)
PRESSED = re.compile(r"\bui\.(button|menu_item)\(|\btag\('(button|a|summary)'|type=checkbox")
"""How our pages make what is pressed or ticked, beside `controls.button`."""

SHOWN = {"record.mark", "org.department[*].open", "org.post[*].open", "requisitions.row[*].open"}
"""Texts that end like a button of another page."""


def pressed(source: str) -> Iterator[str]:
    """Yield the test ids in `source` of what is pressed or ticked, as patterns: what is filled in is ``.+``."""
    tree = ast.parse(source)
    made = {
        ast.unparse(node.targets[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and PRESSED.search(ast.unparse(node.value))
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        place = {"named": 1, "button": 2}.get(node.func.id)
        if place is None or len(node.args) <= place:
            continue
        what = ast.unparse(node.args[0])
        if node.func.id == "button" or what in made or PRESSED.search(what):
            yield "".join(_pieces(node.args[place]))


def _pieces(name: ast.expr) -> Iterator[str]:
    for piece in name.values if isinstance(name, ast.JoinedStr) else (name,):
        yield re.escape(str(piece.value)) if isinstance(piece, ast.Constant) else ".+"


def test_what_is_pressed_is_found_in_a_page() -> None:
    source = """
back = ui.button("Back")
named(back, "a.back")
named(tag("p", "Hello"), "a.hello")
with named(tag("a"), f"a.row[{one}].open"):
    button(visit, "Go", f"{kind}.go", go)
"""
    assert list(pressed(source)) == [r"a\.back", r"a\.row\[.+\]\.open", r".+\.go"]


@pytest.mark.parametrize("module", sorted(PAGES.glob("*.py")), ids=lambda module: module.stem)
def test_every_button_says_what_it_does(module: Path) -> None:
    told = effects.all_effects()
    patterns = [pattern for pattern in pressed(module.read_text("utf-8")) if r"\." in pattern]
    found = {name for pattern in patterns for name in EVERY if re.fullmatch(pattern, name)}
    assert found - SHOWN <= told.keys(), "say in sandbox_hrms/pages/effects.py what these do"


def test_effects_are_told_of_things_that_are_there_in_one_sentence() -> None:
    told = effects.all_effects()
    assert effects.EFFECTS.keys() <= told.keys()
    assert all(any(name.endswith(end) for name in told) for end in effects.FAMILIES)
    assert all(re.fullmatch(r"It [^.]+\.", text) for text in told.values())
    assert not SHOWN & told.keys()
