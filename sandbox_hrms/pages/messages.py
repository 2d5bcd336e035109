"""The message centre: release notes and what the system tells a role, read and unread."""

from nicegui import ElementFilter, ui
from nicegui.events import GenericEventArguments

from sandbox_hrms.app import messages
from sandbox_hrms.app.messages import Message, MessagePage
from sandbox_hrms.core.messages import LABELS, MessageKind
from sandbox_hrms.core.roles import RIGHTS, Right, Role
from sandbox_hrms.i18n import Texts
from sandbox_hrms.pages.controls import button, pager
from sandbox_hrms.pages.frame import frame, show_unread
from sandbox_hrms.pages.looking import FollowingList
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.pay_panel import pay_style
from sandbox_hrms.pages.show import Tag, moment, tag
from sandbox_hrms.pages.visit import Site, Visit, page

_LOOK_AGAIN_SECONDS = 2.0


def register(site: Site) -> None:
    """Serve the page to every role that has messages."""
    for role in Role:
        if Right.READ_MESSAGES in RIGHTS[role]:
            page(site, role, "/messages", _build)


def _build(visit: Visit) -> None:
    pay_style()
    with frame(visit, visit.t("Messages")):
        _Page(visit)


class _Page(FollowingList):
    """One page of messages; it looks again by itself."""

    def __init__(self, visit: Visit) -> None:
        t = visit.t
        super().__init__(visit)
        self._unread_only = False
        self._shown: MessagePage | None = None
        with tag("section", "", "card"):
            self._count = named(tag("p", "", "lead"), "messages.unread").props("aria-live=polite")
            with tag("div", "", "buttons"):
                self._filter = button(
                    visit, t("Unread only"), "messages.only_unread", self._toggle, look="outline"
                )
                self._filter.props("aria-pressed=false")
                self._all = button(
                    visit, t("Mark all as read"), "messages.mark_all", self._mark_all, look="outline"
                )
            self._list = tag("div")
        self._turn()
        ui.timer(_LOOK_AGAIN_SECONDS, self._look_again)

    def _toggle(self, _: GenericEventArguments) -> None:
        self._unread_only = not self._unread_only
        self._filter.props(f"aria-pressed={'true' if self._unread_only else 'false'}")
        self._filter.set_text(self._visit.t("All messages") if self._unread_only else self._visit.t("Unread only"))
        self._turn(1)

    async def _mark_all(self, _: GenericEventArguments) -> None:
        await self._visit.do(messages.mark_all)
        self._turn()

    def _draw(self) -> None:
        """Look at what is stored, and draw it when it differs from what is shown."""
        visit, t = self._visit, self._visit.t
        found = messages.messages(visit.sandbox(), visit.actor(), unread_only=self._unread_only, page=self._page)
        if found == self._shown:
            return
        self._shown, self._page = found, found.page
        text = t.ngettext("{count} unread message", "{count} unread messages", found.unread)
        self._count.set_text(text.format(count=found.unread) if found.unread else t("Everything is read."))
        self._count.props["data-state"] = str(found.unread)
        for badge in ElementFilter(marker="nav.unread", kind=Tag):
            show_unread(t, badge, found.unread)
        self._all.set_enabled(found.unread > 0 and not visit.actor().read_only)
        self._list.clear()
        with self._list:
            if not found.messages:
                named(tag("p", t("No message."), "empty"), "messages.empty")
                return
            for one in found.messages:
                self._message(one)
            pager(t, "messages", found.page, found.pages, self._turn)

    def _message(self, one: Message) -> None:
        visit, t = self._visit, self._visit.t
        name = f"messages.row[{one.id}]"

        async def turn_over(_: GenericEventArguments) -> None:
            await visit.do(messages.mark, one.id, not one.read)
            self._turn()

        with named(tag("article", "", "message" if one.read else "message is-unread"), name) as row:
            row.props["data-state"] = "read" if one.read else "unread"
            with tag("div"):
                with tag("p", "", "message-meta"):
                    tag("span", kind_label(t, one.kind), "chip chip-info")
                    if not one.read:
                        tag("span", t("unread"), "chip chip-warn")
                    tag("span", moment(t, one.at), "soft small")
                tag("h2", filled(t, one.title, one))
            label = t("Mark as unread") if one.read else t("Mark as read")
            mark = button(visit, label, f"{name}.mark", turn_over, look="flat")
            mark.set_enabled(not visit.actor().read_only)
            tag("p", filled(t, one.body, one), "message-body")


def kind_label(t: Texts, kind: str) -> str:
    """Return what a message is about, in words."""
    return t(LABELS[MessageKind(kind)]) if kind in set(MessageKind) else kind


def filled(t: Texts, text: str, one: Message) -> str:
    """Return a text of a message in the reader's language, its placeholders filled."""
    try:
        return t(text).format(**one.data)
    except (KeyError, IndexError, ValueError):
        return text
