"""Markdown: a guide as a text for wikis and repositories, its pictures in a folder beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guides.edition import Edition
from guides.telling import Block, Figure

SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&])")
WIDEST = 1400
"""Pixels: sharp on a wiki page, and small enough to live in a repository."""


def render(edition: Edition, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the text (`name`.md), then of its pictures (in the folder `name`)."""
    pictures: list[tuple[str, bytes]] = []
    lines = list(_lines(edition, name, pictures))
    yield f"{name}.md", ("\n\n".join(lines) + "\n").encode()
    yield from pictures


def _lines(edition: Edition, name: str, pictures: list[tuple[str, bytes]]) -> Iterator[str]:
    """Yield the paragraphs; notes the pictures they show."""
    walk = edition.walkthrough
    yield f"# {_plain(walk.title)}"
    if walk.summary:
        yield _plain(walk.summary)
    yield "\n".join(f"- {_plain(label)}: **{_plain(value)}**" for label, value in edition.facts)
    for note in (*edition.notes, edition.reading):
        yield f"> {_plain(note)}"
    for block in edition.blocks:
        yield f"## {block.number}. {_plain(block.say)}"
        if repeated := edition.repeated(block):
            yield f"**{_plain(repeated)}**"
        yield from _figures(block, block.figures, name, pictures)
        if block.sees:
            label = edition.texts.gettext("What you should see")
            elsewhere = edition.elsewhere(block)
            yield f"> **{_plain(label)}**  \n> {_plain(block.sees)}" + (
                f"  \n> {_plain(elsewhere)}" if elsewhere else ""
            )
        if block.result:
            yield from _figures(block, (block.result,), name, pictures)
    if edition.foot:
        yield "---"
        yield _plain(edition.foot)


def _figures(
    block: Block, figures: tuple[Figure, ...], name: str, pictures: list[tuple[str, bytes]]
) -> Iterator[str]:
    for figure in figures:
        beginning = f"{name}/{block.number}-"
        path = f"{beginning}{sum(known.startswith(beginning) for known, _ in pictures) + 1}.png"
        pictures.append((path, figure.picture.png(WIDEST)))
        yield f"![{_plain(figure.alt)}]({path})"
        yield f"*{_plain(figure.legend)}*"


def _plain(text: str) -> str:
    """Return `text` on one line with nothing in it that Markdown or HTML would read as markup."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))
