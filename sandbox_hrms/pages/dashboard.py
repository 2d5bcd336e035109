"""The recruitment dashboard: how far each post is, and the table of candidates with its filters."""

from nicegui import ui

from sandbox_hrms.app.recruit import CandidatePage, CandidateRow, dashboard
from sandbox_hrms.app.requisitions import Requisition
from sandbox_hrms.core import labels
from sandbox_hrms.core.roles import Role
from sandbox_hrms.core.states import Interview
from sandbox_hrms.pages.controls import cell, choice, pager, table_head
from sandbox_hrms.pages.frame import frame
from sandbox_hrms.pages.looking import FollowingList
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.requisitions import requisition_counts
from sandbox_hrms.pages.show import chip, day, number, tag
from sandbox_hrms.pages.visit import Site, Visit, page

_ALL = "all"
_LOOK_AGAIN_SECONDS = 2.0
_COUNTS = ("headcount", "in_post", "open", "invited", "interviewed", "passed", "placed")


def register(site: Site) -> None:
    """Serve the page."""
    page(site, Role.HR, "/", _build)


def _build(visit: Visit) -> None:
    t = visit.t
    with frame(visit, t(visit.sandbox().profile.labels.dashboard)):
        _Table(visit)


class _Table(FollowingList):
    """The filters of one page, and what they let through; it looks again by itself."""

    def __init__(self, visit: Visit) -> None:
        t = visit.t
        super().__init__(visit)
        self._shown: CandidatePage | None = None
        found = dashboard(visit.sandbox(), visit.actor())
        self._posts = tag("section", "", "columns columns-auto")
        link = named(tag("a", t("All requisitions")), "candidates.all_requisitions")
        link.props["href"] = f"{visit.base}/requisitions"
        with tag("section", "", "card"):
            tag("h2", t("Candidates"))
            with tag("div", "", "filters") as bar:
                bar.props["role"] = "search"
                self._search = named(ui.input(t("Search by name"), on_change=self._first), "candidates.search")
                self._search.props("outlined dense clearable debounce=300 type=search")
                states = {_ALL: t("All states")} | {one.value: t(labels.INTERVIEW[one]) for one in Interview}
                self._status = choice(t("State"), "candidates.filter_status", states, self._first)
                titles = {_ALL: t("All posts")} | {one.id: one.name for one in found.posts}
                self._post = choice(t("Post"), "candidates.filter_post", titles, self._first)
                clear = ui.button(t("Clear"), on_click=self._clear).props("flat no-caps")
                named(clear, "candidates.clear")
            self._total = named(tag("p", "", "soft small"), "candidates.total").props("aria-live=polite")
            self._rows = tag("div")
        self._show(found)
        ui.timer(_LOOK_AGAIN_SECONDS, self._look_again)

    def _clear(self) -> None:
        self._search.value = ""
        self._status.value = _ALL
        self._post.value = _ALL
        self._first()

    def _draw(self) -> None:
        """Look at what is stored, and draw it when it differs from what is shown."""
        visit = self._visit
        found = dashboard(
            visit.sandbox(),
            visit.actor(),
            self._search.value or "",
            None if self._status.value == _ALL else Interview(self._status.value),
            None if self._post.value == _ALL else self._post.value,
            self._page,
        )
        if found != self._shown:
            self._show(found)

    def _show(self, found: CandidatePage) -> None:
        visit, t = self._visit, self._visit.t
        self._shown, self._page = found, found.page
        self._total.set_text(
            t.ngettext("{count} candidate", "{count} candidates", found.total).format(count=found.total)
        )
        self._posts.clear()
        with self._posts:
            for requisition in found.requisitions:
                _requisition(visit, requisition)
        self._rows.clear()
        with self._rows:
            if not found.rows:
                named(
                    tag("p", t("No candidate matches. Clear the filters to see all."), "empty"), "candidates.empty"
                )
                return
            with tag("table", "", "table"):
                table_head(t("Name"), t("Post"), t("Applied on"), t("State"), t("Score"), t("File"))
                with tag("tbody"):
                    for row in found.rows:
                        _row(visit, row)
            pager(t, "candidates", found.page, found.pages, self._turn)


def _requisition(visit: Visit, one: Requisition) -> None:
    with tag("div", "", "card"):
        tag("h2", one.post_title)
        tag("p", one.department, "soft small")
        requisition_counts(visit, one, _COUNTS)


def _row(visit: Visit, row: CandidateRow) -> None:
    t = visit.t
    name = f"candidates.row[{row.id}]"
    path = f"{visit.base}/candidates/{row.id}"
    with named(tag("tr"), name):
        named(cell(t("Name"), row.name), f"{name}.name")
        cell(t("Post"), row.post_title)
        cell(t("Applied on"), day(t, row.applied_at))
        with cell(t("State")):
            named(chip(t, row.status), f"{name}.status")
        cell(t("Score"), number(t, row.total))
        with cell(t("File")):
            link = named(tag("a", t("Open")), f"{name}.open")
            link.props["href"] = path
            link.props["aria-label"] = t("Open the file of {name}").format(name=row.name)
