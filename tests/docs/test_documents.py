"""What the documents promise exists: commands, options, make targets, settings, links, pictures."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from trainer.cli import COMMANDS, app

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
CODE_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`((?:trainer|make) [^`]+)`")
SETTING = re.compile(r"\b(?:TRAINER|HRMS)_[A-Z_]+\b")


def commands(name: str) -> list[tuple[str, str]]:
    """Return (document, command line) of every command line of program `name` in the documents."""
    found = []
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        lines = [line for block in CODE_BLOCK.findall(text) for line in block.splitlines()]
        lines += INLINE.findall(text)
        found += [(document.name, line.partition("#")[0].strip()) for line in lines]
    return sorted({(where, line) for where, line in found if line.startswith(f"{name} ")})


def command_at(words: list[str]) -> tuple[click.Command, list[str]]:
    """Walk down the command tree as far as the words go."""
    here: click.Command = app
    while isinstance(here, click.Group) and words:
        deeper = here.get_command(click.Context(here), words[0])
        assert deeper is not None, f"no command {words[0]!r} in {here.name}"
        here, words = deeper, words[1:]
    return here, words


@pytest.mark.parametrize(("document", "line"), commands("trainer"))
def test_every_documented_trainer_command_exists_with_its_options(document: str, line: str) -> None:
    command, rest = command_at(shlex.split(line.replace("[", "").replace("]", ""))[1:])
    known = {option for parameter in command.params for option in parameter.opts} | {"--help", "-h"}
    unknown = {word for word in rest if word.startswith("-")} - known
    assert not unknown, f"{document}: {line}: {command.name} has no {', '.join(sorted(unknown))}"


@pytest.mark.parametrize(("document", "line"), commands("make"))
def test_every_documented_make_target_exists(document: str, line: str) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    asked = {word for word in line.split()[1:] if "=" not in word}
    assert asked <= targets, f"{document}: {line}"


def test_every_command_is_documented() -> None:
    told = {line.split()[1] for _, line in commands("trainer")}
    shown = {
        name for name in COMMANDS if (command := app.get_command(click.Context(app), name)) and not command.hidden
    }
    assert {"serve", "verify"} <= shown <= told


def test_settings_of_the_code_and_of_the_documents_are_the_same() -> None:
    sources = [path for folder in ("trainer", "sandbox_hrms", "guides") for path in (ROOT / folder).rglob("*.py")]
    in_code = {name for path in sources for name in SETTING.findall(path.read_text(encoding="utf-8"))}
    documented = set(SETTING.findall((ROOT / "docs/operate.md").read_text(encoding="utf-8")))
    assert in_code == documented


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_to_a_file(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (document.parent / link).exists()]
    assert not missing


def test_every_row_of_the_coverage_list_has_a_known_state() -> None:
    rows = re.findall(
        r"^\| ([A-D]\d*) \|.*\| ([a-z ]+) \|$", (ROOT / "docs/coverage.md").read_text("utf-8"), re.MULTILINE
    )
    expected = (
        [f"A{n}" for n in range(1, 7)] + [f"B{n}" for n in range(1, 19)] + [f"C{n}" for n in range(1, 8)] + ["D"]
    )
    assert [row for row, _ in rows] == expected
    assert {state for _, state in rows} <= {"shown", "in part", "not yet"}
