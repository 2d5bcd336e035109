"""Things to press and to choose, named and guarded."""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Literal

from nicegui import ui

from sandbox_hrms.i18n import Texts
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import tag
from sandbox_hrms.pages.visit import Handler, Visit

Look = Literal["unelevated", "outline", "flat"]


def button(  # noqa: PLR0913  # the facets of one button
    visit: Visit, label: str, name: str, action: Handler, *, look: Look = "unelevated", js: str | None = None
) -> ui.button:
    """Put a button on the page.

    Args:
        visit: Whose page; the action runs for a valid session only.
        label: Its text.
        name: Its test id.
        action: What it does on the server.
        look: Quasar's name of the look.
        js: Script run at the click that emits the arguments of ``action``.
    """
    shown = named(ui.button(label).props(f"{look} no-caps"), name)
    handler = visit.handler(action)
    if js is None:
        shown.on("click", handler, [])
    else:
        shown.on("click", handler, js_handler=js)
    return shown


def choice(label: str, name: str, options: Mapping[str, str], on_change: Callable[[], None]) -> ui.select:
    """Put a list to choose from on the page; each option has the test id ``<name>.option[<code>]``.

    Args:
        label: What is chosen.
        name: Its test id.
        options: Label by code; the first one is chosen at the beginning.
        on_change: Called after a choice.
    """
    select = ui.select(dict(options), label=label, value=next(iter(options)), on_change=on_change)
    select.props("outlined dense options-dense behavior=menu")
    names = json.dumps([f"{name}.option[{code}]" for code in options])
    select.add_slot(
        "option",
        f"""<q-item v-bind="props.itemProps" :data-testid='{names}[props.opt.value]'>
        <q-item-section>{{{{ props.opt.label }}}}</q-item-section></q-item>""",
    )
    return named(select, name)


def pager(t: Texts, kind: str, page: int, pages: int, turn: Callable[[int], None]) -> None:
    """Put the buttons that turn pages under a table; ``turn`` gets the wanted page."""
    with tag("nav", "", "pager") as nav:
        nav.props["aria-label"] = t("Pages")
        back = ui.button(t("Previous"), on_click=lambda: turn(page - 1)).props("flat no-caps")
        named(back, f"{kind}.prev_page").set_enabled(page > 1)
        shown = named(tag("span", t("Page {page} of {pages}").format(page=page, pages=pages)), f"{kind}.page")
        shown.props["aria-live"] = "polite"
        on = ui.button(t("Next"), on_click=lambda: turn(page + 1)).props("flat no-caps")
        named(on, f"{kind}.next_page").set_enabled(page < pages)


def cell(label: str, text: str = "", classes: str = "") -> ui.element:
    """Put one cell of a table on the page; ``label`` names its column on a phone."""
    shown = tag("td", text, classes)
    shown.props["data-label"] = label
    return shown


def table_head(*labels: str, numbers: Collection[str] = ()) -> None:
    """Put the heading row of a table on the page; over cells of the class ``number`` those in ``numbers``."""
    with tag("thead"), tag("tr"):
        for label in labels:
            tag("th", label, "number" if label in numbers else "").props("scope=col")
