"""Backups: make one now, see all, and go back to one after a question."""

from nicegui import ui
from nicegui.events import GenericEventArguments

from sandbox_hrms.app.backup import KEPT, Backup, Place, back_up, backup_list, restore, second_disk_hangs
from sandbox_hrms.core.roles import Role
from sandbox_hrms.pages.controls import button, cell, choice, table_head
from sandbox_hrms.pages.frame import ask, frame
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import moment, number, tag
from sandbox_hrms.pages.sync_log import jobs
from sandbox_hrms.pages.visit import Site, Visit, page

_LOOK_AGAIN_SECONDS = 5.0
_MEGABYTE = 1_000_000
_ALIASES = ("newest", "second")
"""How lessons point at the latest backups, whose names they cannot know."""


def register(site: Site) -> None:
    """Serve the page to HR and to the administrator."""
    for role in (Role.HR, Role.ADMIN):
        page(site, role, "/backups", _build)


def _build(visit: Visit) -> None:
    t = visit.t
    with frame(visit, t("Backups")):
        text = t("A backup is a whole copy of this system. Every night one is made; the newest {count} stay.")
        tag("p", text.format(count=KEPT), "soft")
        _List(visit)
        jobs(visit)


class _List:
    """All backups; it looks again by itself."""

    def __init__(self, visit: Visit) -> None:
        t = visit.t
        self._visit = visit
        self._writes = not visit.actor().read_only
        self._shown: tuple[Backup, ...] | None = None
        self._places = {Place.OWN: t("Beside the system"), Place.SECOND: t("Second folder")}
        self._place: ui.select | None = None
        with tag("section", "", "card"):
            with tag("div", "", "buttons"):
                if visit.sandbox().second is not None:
                    options = {one.value: text for one, text in self._places.items()}
                    self._place = choice(t("Where to"), "backups.place", options, lambda: None)
                make = button(visit, t("Back up now"), "backups.make", self._make)
                make.set_enabled(self._writes)
            if visit.sandbox().second is None:
                tag("p", t("No second folder is set: the nightly backup stays on this machine."), "soft small")
            self._second = named(tag("p", "", "small"), "backups.second").props("role=status")
            self._result = named(tag("p", "", "small"), "backups.result").props("role=status")
            self._rows = tag("div")
        self._draw()
        ui.timer(_LOOK_AGAIN_SECONDS, self._look)

    def _look(self) -> None:
        with self._visit.telling():
            self._draw()

    def _draw(self) -> None:
        visit, t = self._visit, self._visit.t
        found = backup_list(visit.sandbox(), visit.actor())
        hangs = second_disk_hangs(visit.sandbox())
        self._second.set_text(
            t("The second folder does not answer: copies stay beside the system.") if hangs else ""
        )
        if found == self._shown:
            return
        self._shown = found
        self._rows.clear()
        with self._rows:
            if not found:
                named(tag("p", t("There is no backup yet."), "empty"), "backups.empty")
                return
            with tag("table", "", "table"):
                table_head(t("Backup"), t("When"), t("Size"), t("Where"), t("Restore"))
                with tag("tbody"):
                    for number, one in enumerate(found):
                        self._row(one, _ALIASES[number] if number < len(_ALIASES) else one.name)

    def _row(self, one: Backup, name: str) -> None:
        visit, t = self._visit, self._visit.t

        async def go_back(_: GenericEventArguments) -> None:
            text = t("Everything goes back to the state of {when}. What was stored since is gone; the log stays.")
            said = text.format(when=moment(t, one.at))
            if await ask(visit, t("Restore this backup?"), said, t("Restore"), t("Cancel")):
                await visit.do(restore, one.name)
                self._result.set_text(t("Restored: {name}").format(name=one.name))

        with named(tag("tr"), f"backups.row[{one.name}]"):
            cell(t("Backup"), one.name)
            cell(t("When"), moment(t, one.at))
            cell(t("Size"), f"{number(t, one.size / _MEGABYTE)} MB")
            cell(t("Where"), self._places[one.place])
            with cell(t("Restore")):
                if self._writes:
                    shown = button(visit, t("Restore"), f"backups.restore[{name}]", go_back, look="outline")
                    shown.props["aria-label"] = t("Restore {name}").format(name=one.name)

    async def _make(self, _: GenericEventArguments) -> None:
        to = Place(self._place.value) if self._place else Place.OWN
        try:
            made = await self._visit.do(back_up, to)
        finally:
            self._draw()
        self._result.set_text(self._visit.t("Backed up: {name}").format(name=made.name))
