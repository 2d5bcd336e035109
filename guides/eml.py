"""EML: a guide as an e-mail that is ready to be sent on, with the PDF attached."""

from __future__ import annotations

from guides.edition import Edition
from guides.letter import WIDTH, Attached, Inline, Letter, Part, compose
from guides.telling import Figure


def render(edition: Edition, pdf: bytes, name: str) -> bytes:
    """Return the guide as a message without sender and receiver, which mail programs open as a draft.

    Args:
        edition: What it tells.
        pdf: The same guide to print.
        name: Name of that file.
    """
    message = compose(letter(edition, pdf, name), headers=[("X-Unsent", "1")])
    return message.as_bytes()


def letter(edition: Edition, pdf: bytes, name: str) -> Letter:
    """Return the guide as a letter: the steps as a list, a picture of where they lead to, the rest in the PDF."""
    _ = edition.texts.gettext
    walk = edition.walkthrough
    steps = tuple(edition.joined(block.say, edition.repeated(block)) for block in edition.blocks)
    hero = edition.hero
    return Letter(
        lang=walk.lang,
        subject=walk.title,
        preview=walk.summary or walk.title,
        kicker=edition.kicker,
        heading=walk.title,
        opening=(walk.summary,) if walk.summary else (),
        parts=(
            Part(
                title=_("The steps"),
                items=steps,
                counted=True,
                picture=inlined("picture", hero, _("Where the steps lead to")) if hero else None,
            ),
            Part(
                title=_("With all pictures"),
                told=(_("The attached PDF shows every step with a picture, to print or to keep beside you."),),
            ),
        ),
        small=tuple(text for text in (*edition.notes, edition.foot) if text),
        brand=edition.brand,
        attached=(Attached(name, "application/pdf", pdf),),
    )


def inlined(cid: str, figure: Figure, legend: str) -> Inline:
    """Return a figure as a picture inside a letter, with words of its own below it."""
    width = min(WIDTH, round(figure.picture.width))
    return Inline(cid, figure.picture.png(2 * width), figure.alt, width, legend)
