"""The requisitions: for how many places people are sought, each number apart, and what HR changes about it."""

from nicegui import ui
from nicegui.events import GenericEventArguments

from sandbox_hrms.app import requisitions
from sandbox_hrms.app.requisitions import Requisition, RequisitionPage, Status, requisition_page
from sandbox_hrms.core import labels
from sandbox_hrms.core.roles import Right, Role
from sandbox_hrms.i18n import Texts
from sandbox_hrms.pages.controls import button, cell, choice, pager, table_head
from sandbox_hrms.pages.frame import frame
from sandbox_hrms.pages.looking import FollowingList
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.org import whole
from sandbox_hrms.pages.show import tag
from sandbox_hrms.pages.visit import Site, Visit, page

_ALL = "all"
_LOOK_AGAIN_SECONDS = 2.0
_SHOWN = ("openings", "invited", "interviewed", "passed", "offered", "placed", "open")


def register(site: Site) -> None:
    """Serve the page."""
    page(site, Role.HR, "/requisitions", _build)


def _build(visit: Visit) -> None:
    with frame(visit, visit.t("Requisitions")):
        _Table(visit)
        _meaning(visit.t)


class _Table(FollowingList):
    """The requisitions that the filters let through; it looks again by itself."""

    def __init__(self, visit: Visit) -> None:
        t = visit.t
        actor = visit.actor()
        super().__init__(visit)
        self._edits = actor.may(Right.EDIT_ORG) and not actor.read_only
        self._shown: RequisitionPage | None = None
        self._states: dict[str, Status | None] = {_ALL: None, "open": "open", "closed": "closed"}
        with tag("section", "", "card"):
            with tag("div", "", "filters") as bar:
                bar.props["role"] = "search"
                search = ui.input(t("Search posts and departments"), on_change=self._first)
                self._search = named(search, "requisitions.search")
                self._search.props("outlined dense clearable debounce=300 type=search")
                states = {_ALL: t("All states")} | {one: t(label) for one, label in labels.REQUISITION.items()}
                self._status = choice(t("State"), "requisitions.filter_status", states, self._first)
            self._total = named(tag("p", "", "soft small"), "requisitions.total").props("aria-live=polite")
            self._rows = tag("div")
        self._follow()
        ui.timer(_LOOK_AGAIN_SECONDS, self._look_again)

    def _draw(self) -> None:
        """Look at what is stored, and draw it when it differs from what is shown."""
        visit, t = self._visit, self._visit.t
        status = self._states[self._status.value]
        found = requisition_page(visit.sandbox(), visit.actor(), self._search.value or "", status, self._page)
        if found == self._shown:
            return
        self._shown, self._page = found, found.page
        text = t.ngettext("{count} requisition", "{count} requisitions", found.total)
        self._total.set_text(text.format(count=found.total))
        self._rows.clear()
        with self._rows:
            if not found.rows:
                named(
                    tag("p", t("No requisition matches. Clear the filters to see all."), "empty"),
                    "requisitions.empty",
                )
                return
            with tag("div", "", "table-wide").props("tabindex=0 role=region") as region, tag("table", "", "table"):
                region.props["aria-label"] = t("Requisitions")
                self._head()
                with tag("tbody"):
                    for row in found.rows:
                        self._row(row)
            pager(t, "requisitions", found.page, found.pages, self._turn)

    def _head(self) -> None:
        t = self._visit.t
        counts = [t(labels.COUNT[one]) for one in _SHOWN]
        columns = (t("Post"), t("Priority"), t("State"), *counts, t("Change"))
        table_head(*columns, numbers=(t("Priority"), *counts))

    def _row(self, row: Requisition) -> None:
        t = self._visit.t
        name = f"requisitions.row[{row.post_id}]"
        with named(tag("tr"), name):
            with cell(t("Post")), tag("div"):
                tag("b", row.post_title)
                tag("div", row.department, "soft small")
            cell(t("Priority"), str(row.priority), "number")
            with cell(t("State")):
                state = row.status or "closed"
                shown = tag("span", t(labels.REQUISITION[state]), f"chip chip-{_TONES[state]}")
                named(shown, f"{name}.status").props["data-state"] = state
            for code in _SHOWN:
                named(cell(t(labels.COUNT[code]), str(getattr(row, code)), "number"), f"{name}.{code}")
            with cell(t("Change")):
                if self._edits:
                    self._change(name, row)

    def _change(self, name: str, row: Requisition) -> None:
        visit, t = self._visit, self._visit.t

        def done() -> None:
            self._shown = None
            self._follow()

        async def save(_: GenericEventArguments) -> None:
            await visit.do(requisitions.set_openings, row.post_id, whole(field.value))
            done()

        async def close(_: GenericEventArguments) -> None:
            await visit.do(requisitions.close, row.post_id)
            done()

        async def reopen(_: GenericEventArguments) -> None:
            await visit.do(requisitions.open_again, row.post_id, whole(field.value))
            done()

        with tag("details"):
            summary = named(tag("summary", t("Change")), f"{name}.change")
            summary.props["aria-label"] = t("Change the requisition for {post}").format(post=row.post_title)
            with tag("div", "", "line fields"):
                field = ui.number(t("Openings"), value=row.openings, min=1, precision=0)
                named(field, f"{name}.openings_field").props("outlined dense")
                if row.status == "open":
                    button(visit, t("Save"), f"{name}.save", save)
                    button(visit, t("Close"), f"{name}.close", close, look="outline")
                else:
                    button(visit, t("Open again"), f"{name}.reopen", reopen)


_TONES = {"open": "good", "closed": "calm"}


def _meaning(t: Texts) -> None:
    """Say what each number counts, so that nobody reads one for another."""
    with tag("details", "", "card"):
        named(tag("summary", t("What each number counts")), "requisitions.meaning")
        with tag("dl", "", "facts"):
            for code, text in labels.COUNTED.items():
                tag("dt", t(labels.COUNT[code]))
                tag("dd", t(text))


def requisition_counts(visit: Visit, one: Requisition, codes: tuple[str, ...]) -> None:
    """Put some numbers of a requisition on the page, each with its word."""
    with tag("div", "", "counts"):
        for code in codes:
            with tag("div", "", "count"):
                tag("b", str(getattr(one, code)))
                tag("span", visit.t(labels.COUNT[code]))
