"""The button that ends the interview: each profile has it in another place and with another look."""

from typing import Literal

from nicegui import ui

from sandbox_hrms.pages.controls import button
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import tag
from sandbox_hrms.pages.visit import Handler, Visit

Part = Literal["bar", "foot"]
"""The two parts of a room that may hold it: the bar at the top, or what stands below everything else."""

_SIGNS = {"cross": "✕", "tick": "✓"}


def has_exit(visit: Visit, part: Part) -> bool:
    """Say whether the profile has its exit button in this part of the room."""
    at_top = visit.sandbox().profile.layout.exit_button.place in {"top_right", "more_menu"}
    return at_top == (part == "bar")


def exit_button(  # noqa: PLR0913  # the facets of one button
    visit: Visit,
    action: Handler,
    *,
    enabled: bool = True,
    name: str = "interview.end",
    label: str = "",
    js: str | None = None,
) -> None:
    """Put the button on the page, where the profile has it.

    In a menu it is reached through the button ``interview.more``.

    Args:
        visit: Whose page; must be called in the part of which :func:`has_exit` is true.
        action: What it does on the server.
        enabled: False for somebody who may only look.
        name: Its test id.
        label: What it says (msgid); the profile's word for ending when empty.
        js: Script run at the click that emits the arguments of ``action``.
    """
    label = visit.t(label or visit.sandbox().profile.labels.end)
    place = visit.sandbox().profile.layout.exit_button.place
    match place:
        case "more_menu":
            entry = _in_menu(visit, label, name)
            handler = visit.handler(action)
            if js is None:
                entry.on("click", handler, [])
            else:
                entry.on("click", handler, js_handler=js)
            entry.props("data-holder-only").set_enabled(enabled)
        case "top_right":
            _plain(visit, label, name, action, js).set_enabled(enabled)
        case "bottom" | "bottom_bar":
            with tag("div", "", "room-foot" if place == "bottom" else "exit-bar"):
                _plain(visit, label, name, action, js).set_enabled(enabled)


def _plain(visit: Visit, label: str, name: str, action: Handler, js: str | None) -> ui.button:
    sign = _SIGNS.get(visit.sandbox().profile.layout.exit_button.look)
    shown = button(visit, sign or label, name, action, look="outline", js=js)
    shown.props("color=negative data-holder-only").classes("exit")
    if sign:
        shown.classes("exit-sign")
        shown.props["aria-label"] = label
        shown.props["title"] = label
    return shown


def _in_menu(visit: Visit, label: str, name: str) -> ui.menu_item:
    labels = visit.sandbox().profile.labels
    more = named(ui.button("⋯").props("flat no-caps aria-haspopup=menu"), "interview.more")
    more.classes("exit-sign")
    more.props["aria-label"] = visit.t(labels.more)
    with more, ui.menu().props("anchor='bottom right' self='top right'"):
        return named(ui.menu_item(label).classes("menu-entry").props("role=menuitem"), name)


def way_out(visit: Visit, label: str = "") -> str:
    """Return a sentence that tells where the button is (translated), with the sign on it where it has one.

    Args:
        visit: Whose page.
        label: What the button says (msgid); the profile's word for ending when empty.
    """
    t = visit.t
    profile = visit.sandbox().profile
    end = t(label or profile.labels.end)
    if sign := _SIGNS.get(profile.layout.exit_button.look):
        end = t("{sign} ({meaning})").format(sign=sign, meaning=end)
    texts = {
        "top_right": t("Press {end} at the top to finish."),
        "bottom": t("Press {end} below to finish."),
        "bottom_bar": t("Press {end} at the right end of the bar at the bottom to finish."),
        "more_menu": t("Press ⋯ at the top, then {end} to finish."),
    }
    return texts[profile.layout.exit_button.place].format(end=end)
