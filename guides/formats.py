"""Formats: one edition as files of every kind."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache

from guides.edition import Edition

FORMATS = ("pdf", "html", "docx", "md", "eml")
"""Formats of guides by the ending of their files; ``md`` has a folder of pictures beside it."""


def files(edition: Edition, forms: Collection[str], name: str) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each file of a guide; what two formats share is made once.

    Args:
        edition: What is told.
        forms: Some of `FORMATS`.
        name: The files' name without its ending, such as ``normal-exit-web.en``.
    """
    from guides import docx, eml, html, markdown, pdf

    printed = cache(lambda: pdf.render(edition))
    if "pdf" in forms:
        yield f"{name}.pdf", printed()
    if "html" in forms:
        yield f"{name}.html", html.render(edition)
    if "docx" in forms:
        yield f"{name}.docx", docx.render(edition)
    if "md" in forms:
        yield from markdown.render(edition, name)
    if "eml" in forms:
        yield f"{name}.eml", eml.render(edition, printed(), f"{name}.pdf")
