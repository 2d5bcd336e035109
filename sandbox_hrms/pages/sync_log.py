"""The data sync log: what travels to the org side, how it stands, and the button that tries it again."""

from nicegui import ui
from nicegui.events import GenericEventArguments

from sandbox_hrms.app.scheduler import Job
from sandbox_hrms.app.sync import SyncLine, SyncPage, resync, resync_all, sync_log
from sandbox_hrms.core import labels
from sandbox_hrms.core.carrying import Parcel
from sandbox_hrms.core.roles import Role
from sandbox_hrms.core.states import Synced
from sandbox_hrms.pages.controls import Look, button, cell, choice, pager, table_head
from sandbox_hrms.pages.frame import frame
from sandbox_hrms.pages.looking import FollowingList
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import chip, moment, number, tag
from sandbox_hrms.pages.visit import Site, Visit, page

_ALL = "all"
_LOOK_AGAIN_SECONDS = 2.0
_STATES = (Synced.PENDING, Synced.FAILED, Synced.DONE)


def register(site: Site) -> None:
    """Serve the page to HR and to the administrator."""
    for role in (Role.HR, Role.ADMIN):
        page(site, role, "/sync", _build)


def _build(visit: Visit) -> None:
    t = visit.t
    with frame(visit, t("Data sync log")):
        tag("p", t("What happens in an interview is carried to the org chart and to payroll."), "soft")
        _Log(visit)
        jobs(visit)


class _Log(FollowingList):
    """The parcels that the filters let through; it looks again by itself."""

    def __init__(self, visit: Visit) -> None:
        t = visit.t
        super().__init__(visit)
        self._writes = not visit.actor().read_only
        self._shown: SyncPage | None = None
        with tag("section", "", "card"):
            with tag("div", "", "filters") as bar:
                bar.props["role"] = "search"
                states = {_ALL: t("All states")} | {one.value: t(labels.SYNCED[one]) for one in _STATES}
                self._status = choice(t("State"), "sync.filter_status", states, self._first)
                kinds = {_ALL: t("All kinds")} | {one.value: t(labels.PARCEL[one]) for one in Parcel}
                self._kind = choice(t("Transfer"), "sync.filter_kind", kinds, self._first)
            with tag("div", "", "buttons"):
                self._total = named(tag("p", "", "soft small"), "sync.total").props("aria-live=polite")
                self._every = button(visit, t("Sync all again"), "sync.resync_all", self._resync_all)
            self._result = named(tag("p", "", "small"), "sync.result").props("role=status")
            self._rows = tag("div")
        self._follow()
        ui.timer(_LOOK_AGAIN_SECONDS, self._look_again)

    def _draw(self) -> None:
        """Look at what is stored, and draw it when it differs from what is shown."""
        visit, t = self._visit, self._visit.t
        status = None if self._status.value == _ALL else Synced(self._status.value)
        kind = None if self._kind.value == _ALL else Parcel(self._kind.value)
        found = sync_log(visit.sandbox(), visit.actor(), status, kind, self._page)
        if found == self._shown:
            return
        self._shown, self._page = found, found.page
        self._every.set_enabled(self._writes and found.waiting > 0)
        text = t.ngettext(
            "{count} transfer, {waiting} not there yet", "{count} transfers, {waiting} not there yet", found.total
        )
        self._total.set_text(text.format(count=found.total, waiting=found.waiting))
        self._rows.clear()
        with self._rows:
            if not found.lines:
                text = t("Nothing to show. A transfer appears here as soon as an interview gives rise to one.")
                named(tag("p", text, "empty"), "sync.empty")
                return
            with tag("table", "", "table"):
                table_head(
                    t("Whose"),
                    t("Transfer"),
                    t("State"),
                    t("Tries"),
                    t("Last message"),
                    t("Next try"),
                    t("Sync again"),
                )
                with tag("tbody"):
                    for line in found.lines:
                        self._row(line)
            pager(t, "sync", found.page, found.pages, self._turn)

    def _row(self, line: SyncLine) -> None:
        t = self._visit.t
        with named(tag("tr"), f"sync.row[{line.key}]"):
            with cell(t("Whose")), tag("div"):
                tag("b", line.candidate)
                tag("div", line.key, "soft small")
            cell(t("Transfer"), t(labels.PARCEL[line.kind]))
            with cell(t("State")):
                named(chip(t, line.status), f"sync.row[{line.key}].status")
            cell(t("Tries"), number(t, line.tries))
            with cell(t("Last message")), tag("div"):
                tag("div", t(line.message).format(**line.params) if line.message else "–")
                if line.tried_at:
                    tag("div", moment(t, line.tried_at), "soft small")
            cell(t("Next try"), self._next_try(line))
            with cell(t("Sync again")):
                if self._writes:
                    self._again(line)

    def _next_try(self, line: SyncLine) -> str:
        t = self._visit.t
        if line.status is Synced.DONE:
            return "–"
        return moment(t, line.next_try_at) if line.next_try_at else t("When you sync again")

    def _again(self, line: SyncLine) -> None:
        visit, t = self._visit, self._visit.t

        async def again(_: GenericEventArguments) -> None:
            came = await visit.do(resync, line.key)
            self._tell(1 if came is Synced.DONE else 0, 1)

        look: Look = "flat" if line.status is Synced.DONE else "outline"
        shown = button(visit, t("Sync again"), f"sync.resync[{line.key}]", again, look=look)
        shown.props["aria-label"] = t("Sync again: {what}, {name}").format(
            what=t(labels.PARCEL[line.kind]), name=line.candidate
        )

    async def _resync_all(self, _: GenericEventArguments) -> None:
        waiting = self._shown.waiting if self._shown else 0
        self._tell(await self._visit.do(resync_all), waiting)

    def _tell(self, came: int, tried: int) -> None:
        self._follow()
        self._result.set_text(self._visit.t("{came} of {tried} arrived.").format(came=came, tried=tried))


def jobs(visit: Visit) -> None:
    """Show what the system does by itself, and when next."""
    t = visit.t
    with tag("section", "", "card"):
        tag("h2", t("What runs by itself"))
        with tag("table", "", "table"):
            table_head(t("Job"), t("Next time"))
            rows = tag("tbody")
    shown: list[Job] = []

    def draw() -> None:
        found = list(visit.site.hrms.jobs.listed())
        if found == shown:
            return
        shown[:] = found
        rows.clear()
        with rows:
            for job in found:
                with named(tag("tr"), f"job.row[{job.id}]"):
                    cell(t("Job"), t(job.title))
                    cell(t("Next time"), moment(t, job.next_run))

    draw()
    ui.timer(_LOOK_AGAIN_SECONDS, draw)
