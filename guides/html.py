"""HTML: a guide as one web page that needs nothing else, light or dark, on any screen and on paper."""

from __future__ import annotations

from guides.edition import Edition
from guides.templating import filled
from trainer import __version__


def render(edition: Edition) -> bytes:
    """Return the guide as a page in UTF-8. Equal input gives equal bytes."""
    _ = edition.texts.gettext
    page = filled(
        "guide.html",
        guide=edition,
        walk=edition.walkthrough,
        brand=edition.brand,
        foot=edition.foot,
        logo_type=edition.logo_type,
        version=__version__,
        labels={
            "contents": _("Contents"),
            "sees": _("What you should see"),
            "skip": _("To the steps"),
        },
    )
    return page.encode()
