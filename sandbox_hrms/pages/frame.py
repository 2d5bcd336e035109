"""The frame around every page: head, header, banners, main part, and the question before a big step."""

import html
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from nicegui import ui
from nicegui.element import Element

from sandbox_hrms.app.messages import unread
from sandbox_hrms.core import labels
from sandbox_hrms.core.errors import HrmsError, NotSignedIn
from sandbox_hrms.core.profiles import Theme
from sandbox_hrms.core.roles import Actor, Right, Role
from sandbox_hrms.i18n import Texts
from sandbox_hrms.pages import trouble
from sandbox_hrms.pages.assets import COMPANION_URL, asset_url
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.nav import GROUPS, PHONE_BAR, Entry, entries_for
from sandbox_hrms.pages.show import Tag, tag
from sandbox_hrms.pages.visit import Visit, start_path

_LONG = 4
"""From so many places on, the navigation stands at the side, under headings."""

_CORNERS = {"round": "16px", "soft": "10px", "square": "2px"}
_ROOM = {"roomy": "1", "dense": "0.7"}
_LETTERS = {
    "sans": 'system-ui, "Segoe UI", Roboto, "PingFang SC", "Noto Sans SC", "Noto Sans CJK SC",'
    ' "Microsoft YaHei", sans-serif',
    "serif": 'Georgia, "Noto Serif", "Songti SC", "Noto Serif CJK SC", SimSun, serif',
}


@contextmanager
def frame(visit: Visit, title: str, *, heading: bool = True, narrow: bool = False) -> Iterator[Actor | None]:
    """Lay out one page; what is built inside lands in its main part.

    Args:
        visit: Whose page.
        title: Of the browser's tab, and the heading.
        heading: Show ``title`` as the page's heading; otherwise the page sets its own ``h1``.
        narrow: A column for reading instead of the whole width.

    Yields:
        Who is signed in, None on pages without a session.
    """
    try:
        actor: Actor | None = visit.actor() if visit.cookie else None
    except NotSignedIn:
        actor = None
    product = visit.t(visit.sandbox().profile.labels.product)
    visit.client.title = f"{title} · {product}"
    layout = visit.sandbox().profile.layout
    phone_bar = layout.width == "phone" and actor is not None and actor.role is Role.CANDIDATE
    places = entries_for(actor) if actor else ()
    long = len(places) >= _LONG
    _head(visit)
    ui.colors(primary=layout.theme.primary)
    with tag("div", "", f"system system-{layout.width} room-{layout.room}"):
        with tag("a", visit.t("Skip to the content"), "skip-link").props("href=#main"):
            pass
        _header(visit, product, actor, () if long else places, bare=phone_bar)
        _banners(visit, actor)
        with tag("div", "", "shell shell-side" if long else "shell") as shell:
            if layout.width == "phone":
                shell.props("tabindex=0")  # it scrolls by itself, so the keyboard must get there
            if long:
                _side(visit, places)
            with tag("div", "", "page page-narrow" if narrow else "page").props("id=main tabindex=-1"):
                if heading:
                    tag("h1", title)
                yield actor
                if actor is not None and not phone_bar and visit.request.url.path == f"{visit.base}/":
                    about(visit)
        if phone_bar:
            _bottom_bar(visit)


def _head(visit: Visit) -> None:
    settings = visit.site.hrms.settings
    parts = [
        f'<link rel="stylesheet" href="{asset_url("hrms.css")}">',
        f"<style>:root {{ {_variables(visit.sandbox().profile.layout.theme)} }}</style>",
        f'<script src="{asset_url("frame.js")}" defer></script>',
    ]
    if visit.role is Role.CANDIDATE:
        scripts = ("kept.js", "journal.js", "record.js", "spoken.js", "voice.js", "entry.js")
        parts += [f'<script src="{asset_url(name)}" defer></script>' for name in scripts]
    if settings.companion is not None:
        port = "" if settings.parent_port is None else str(settings.parent_port)
        parts.append(f'<script src="{COMPANION_URL}" data-parent-port="{html.escape(port)}" defer></script>')
    ui.add_head_html("\n".join(parts))


def _variables(theme: Theme) -> str:
    """Return the profile's look as CSS variables; every value was checked when the profile was read."""
    values = {
        "brand": theme.primary,
        "brand-dark": theme.strong,
        "brand-soft": theme.tint,
        "ground": theme.ground,
        "paper": theme.paper,
        "ink": theme.ink,
        "bar": theme.bar,
        "bar-ink": theme.bar_ink,
        "radius": _CORNERS[theme.corners],
        "room": _ROOM[theme.density],
        "letters": _LETTERS[theme.type],
    }
    return " ".join(f"--{name}: {value};" for name, value in values.items())


def _header(visit: Visit, product: str, actor: Actor | None, places: Sequence[Entry], *, bare: bool) -> None:
    """Put the top of the page there; without ``places`` a button opens the navigation at the side.

    Args:
        visit: Whose page.
        product: What the system is called.
        actor: Who is signed in.
        places: The navigation; empty when it stands elsewhere.
        bare: Leave navigation and signing out to a bar at the bottom.
    """
    t = visit.t
    with tag("header", "", "top"):
        with tag("a", "", "brand").props(f"href={start_path(visit.sandbox_id, visit.role)}"):
            tag("span", "", "brand-mark").props("aria-hidden=true")
            tag("span", product, "brand-name")
        if actor is None or bare:
            return
        if places:
            with tag("nav", "", "nav") as nav:
                nav.props["aria-label"] = t("Main")
                for place in places:
                    _nav_link(visit, place)
        else:
            menu = named(tag("button", t("Menu"), "plain-button nav-menu"), "nav.menu")
            menu.props("type=button aria-expanded=false aria-controls=places")
        with tag("div", "", "who"):
            tag("span", actor.name, "who-name")
            tag("span", t(labels.ROLE[actor.role]), "who-role")
        sign_out_form(visit)


def sign_out_form(visit: Visit) -> None:
    """Put the button that signs out on the page."""
    with tag("form", "").props(f"method=post action={visit.base}/sign-out data-erase-journal"):
        tag("input").props(f"type=hidden name=page value={visit.page_id}")
        named(tag("button", visit.t("Sign out"), "plain-button"), "nav.sign_out").props("type=submit")


def about(visit: Visit) -> None:
    """Put the note on the page that says what this system is, and whose behaviour it shows."""
    t = visit.t
    systems = visit.sandbox().profile.inspired_by
    with tag("details", "", "about"):
        tag("summary", t("About this system"))
        tag("p", t("This system was made for practice. Nothing that you do here reaches a real company."))
        if systems:
            text = t("It behaves like these systems, and has nothing else in common with them: {systems}.")
            tag("p", text.format(systems=t.listed(systems)))


def _bottom_bar(visit: Visit) -> None:
    """Put the bar at the bottom of a phone there; it says by itself when an interview is under way."""
    t = visit.t
    with tag("nav", "", "bottom-bar") as bar:
        bar.props["aria-label"] = t("Main")
        for place in PHONE_BAR:
            path = f"{visit.base}{place.path}"
            with named(tag("a", "", "bar-place"), place.name) as shown:
                shown.props["href"] = path
                tag("span", "", "bar-sign").props("aria-hidden=true")
                tag("span", t(place.label), "bar-idle" if place.busy else "")
                if place.busy:
                    tag("span", t(place.busy), "bar-busy")
            if visit.request.url.path == path:
                shown.props["aria-current"] = "page"


def _side(visit: Visit, places: Sequence[Entry]) -> None:
    """Put a long navigation there: at the side, or behind the menu button where there is no room."""
    t = visit.t
    with tag("nav", "", "side").props("id=places") as nav:
        nav.props["aria-label"] = t("Main")
        for group, heading in GROUPS.items():
            own = [place for place in places if place.group is group]
            if own:
                with tag("div", "", "side-group"):
                    tag("p", t(heading), "side-heading")
                    for place in own:
                        _nav_link(visit, place)


def _nav_link(visit: Visit, place: Entry) -> None:
    path = f"{visit.base}{place.path_for(visit.role)}"
    shown = named(tag("a", visit.t(place.text(visit.sandbox().profile.labels))), place.name)
    shown.props["href"] = path
    if place.right is Right.READ_MESSAGES:
        _unread(visit, shown)
    if visit.request.url.path == path:
        shown.props["aria-current"] = "page"


def _unread(visit: Visit, link: Element) -> None:
    """Put the number of unread messages beside the words of a link."""
    with link:
        badge = named(tag("span", "", "nav-count").props("role=img"), "nav.unread")
    show_unread(visit.t, badge, unread(visit.sandbox(), visit.actor()))


def show_unread(t: Texts, badge: Tag, count: int) -> None:
    """Let the badge in the navigation say how many messages are unread; none makes it go."""
    badge.set_text(str(count))
    badge.props["aria-label"] = t.ngettext("{count} unread message", "{count} unread messages", count).format(
        count=count
    )
    badge.set_visibility(count > 0)


def _banners(visit: Visit, actor: Actor | None) -> None:
    t = visit.t
    named(tag("div", _offline(visit), "banner banner-warn"), "banner.offline").props("role=alert hidden")
    trouble.banners(visit)
    if actor is not None and actor.read_only:
        note = t("You are only looking: nothing can be changed here.")
        named(tag("div", note, "banner banner-info"), "banner.read_only")


def _offline(visit: Visit) -> str:
    """Return what is said while there is no connection: what becomes of what is typed meanwhile."""
    t = visit.t
    if visit.role is not Role.CANDIDATE:
        return t("The connection is lost. The page goes on by itself as soon as it is back.")
    save = visit.sandbox().profile.policy.save
    if save.automatic:
        return t("The connection is lost. What you type is kept on this device and sent as soon as it is back.")
    if save.tab_closed == "keep_on_device":
        return t("The connection is lost. What you type is kept on this device. Save it as soon as it is back.")
    return t("The connection is lost. What is not saved is on this page only: keep it open, and save later.")


def refusal(visit: Visit, refused: HrmsError) -> None:
    """Fill the page with a refusal: what went wrong, what to do next, and a way back."""
    message, hint = visit.t.refusal(refused)
    with frame(visit, visit.t("This did not work"), narrow=True), tag("div", "", "card"):
        named(tag("p", message, "lead"), "refusal.message")
        tag("p", hint)
        tag("a", visit.t("Back to the start"), "button-link").props(
            f"href={start_path(visit.sandbox_id, visit.role)}"
        )


async def ask(visit: Visit, title: str, text: str, confirm: str, cancel: str) -> bool:
    """Ask before a big step; Escape and a click beside the dialog mean cancel.

    Returns:
        True when it was confirmed.
    """
    with visit.client.content, ui.dialog() as dialog, tag("div", "", "dialog") as box:
        box.props["aria-label"] = title
        dialog.props["aria-label"] = title
        tag("h2", title)
        named(tag("p", text), "dialog.text")
        with tag("div", "", "buttons buttons-end"):
            named(ui.button(cancel, on_click=lambda: dialog.submit("cancel")), "dialog.cancel").props(
                "flat no-caps"
            )
            named(ui.button(confirm, on_click=lambda: dialog.submit("confirm")), "dialog.confirm").props(
                "unelevated no-caps"
            )
    try:
        return bool(await dialog == "confirm")
    finally:
        if not visit.client.is_deleted:  # the person may have left with the question open
            dialog.delete()
