"""Guide menu: every format of a lesson's guide, one click away from the lesson."""

from __future__ import annotations

from trainer.i18n import N_
from trainer.web.pages.layout import Visit, link, named, tag

GUIDE_ROUTE = "/guide/{scenario}.{form}"
"""Where the guide of a lesson is served."""

PACK_ROUTE = "/guides/{path}.zip"
"""Where all guides of a learning path are served."""

FORMATS = {
    "pdf": N_("PDF, to print"),
    "html": N_("Web page"),
    "docx": N_("Word document"),
    "md": N_("Markdown (ZIP)"),
    "eml": N_("E-mail file"),
}
"""Formats in the order of the menu."""


def guide_menu(visit: Visit, scenario: str, lang: str, name: str, title: str = "") -> None:
    """Put the menu on the page; its links are made when it is opened for the first time.

    Args:
        visit: The open page.
        scenario: Id of the lesson.
        lang: Language of the guides.
        name: Test id.
        title: Name of the lesson, where several menus are on one page.
    """
    _ = visit.text
    with tag("details", "", "guide-menu") as menu:
        summary = named(tag("summary", _("Guide"), "button quiet"), name)
        if title:
            summary.props["aria-label"] = _("Guide: {title}").format(title=title)
        formats = tag("div", "", "guide-formats")

    def fill() -> None:
        if not formats.default_slot.children:
            with formats:
                for form, text in FORMATS.items():
                    address = GUIDE_ROUTE.format(scenario=scenario, form=form)
                    link(_(text), f"{name}.{form}", f"{address}?lang={lang}").props("target=_blank rel=noopener")

    menu.on("toggle", fill, [])


def film_link(visit: Visit, scenario: str, lang: str, name: str, title: str = "") -> None:
    """Put a link to the film of a lesson on the page.

    Args:
        visit: The open page.
        scenario: Id of the lesson.
        lang: Language of the film.
        name: Test id.
        title: Name of the lesson, where several links are on one page.
    """
    _ = visit.text
    film = link(_("Film"), name, f"/film/{scenario}?lang={lang}", "button quiet")
    if title:
        film.props["aria-label"] = _("Film: {title}").format(title=title)
