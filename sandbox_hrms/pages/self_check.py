"""The self-check: each difference between interview, org chart and payroll, and the button that mends it."""

from collections.abc import Sequence

from nicegui import ui
from nicegui.events import GenericEventArguments

from sandbox_hrms.app.self_check import check, mend, mend_all
from sandbox_hrms.core import labels
from sandbox_hrms.core.comparing import Difference
from sandbox_hrms.core.roles import Role
from sandbox_hrms.pages.controls import button, cell, table_head
from sandbox_hrms.pages.frame import frame
from sandbox_hrms.pages.looking import FollowingList
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import Tag, chip, moment, number, tag
from sandbox_hrms.pages.visit import Site, Visit, page

_LOOK_AGAIN_SECONDS = 2.0


def register(site: Site) -> None:
    """Serve the page to HR and to the administrator."""
    for role in (Role.HR, Role.ADMIN):
        page(site, role, "/check", _build)


def _build(visit: Visit) -> None:
    t = visit.t
    with frame(visit, t("Self-check")):
        tag("p", t("After every exit the states of interview, org chart and payroll are compared."), "soft")
        if visit.sandbox().profile.policy.sync.self_check == "mend":
            tag("p", t("This system mends at once what it finds."), "soft")
        _Differences(visit)


class _Differences(FollowingList):
    """What differs now; it looks again by itself whenever something was stored.

    A line stays as long as its difference: who presses its button while another line goes has pressed it.
    """

    def __init__(self, visit: Visit) -> None:
        t = visit.t
        super().__init__(visit)
        self._writes = not visit.actor().read_only
        self._shown: tuple[Difference, ...] | None = None
        self._lines: dict[Difference, Tag] = {}
        with tag("section", "", "card"):
            with tag("div", "", "buttons"):
                button(visit, t("Compare now"), "check.again", self._compare, look="outline")
                self._all = button(visit, t("Mend all"), "check.mend_all", self._mend_all)
            self._result = named(tag("p", "", "small"), "check.result").props("role=status")
            self._rows = tag("div")
            self._body = self._rows
        self._follow()
        ui.timer(_LOOK_AGAIN_SECONDS, self._look_again)

    def _draw(self) -> None:
        found = check(self._visit.sandbox(), self._visit.actor())
        if found == self._shown:
            return
        self._shown = found
        self._all.set_enabled(self._writes and bool(found))
        if not found or not self._lines:
            self._begin(found)
        for one in self._lines.keys() - set(found):
            self._lines.pop(one).delete()
        for place, one in enumerate(found):
            if one not in self._lines:
                with self._body:
                    self._lines[one] = self._row(one)
                self._lines[one].move(target_index=place)

    def _begin(self, found: Sequence[Difference]) -> None:
        """Put an empty table on the page, or that nothing differs."""
        t = self._visit.t
        self._rows.clear()
        self._lines.clear()
        with self._rows:
            if not found:
                text = t("Interview, org chart and payroll agree.")
                named(tag("p", text, "empty"), "check.empty")
                return
            with tag("table", "", "table"):
                table_head(
                    t("Whose"), t("Difference"), t("Interview"), t("Org chart"), t("Payroll"), t("Put it right")
                )
                self._body = tag("tbody")

    def _row(self, one: Difference) -> Tag:
        t = self._visit.t
        with named(tag("tr"), f"check.row[{one.key}]") as row:
            row.props["data-state"] = one.kind.value
            with cell(t("Whose")), tag("div"):
                tag("b", one.name)
                tag("div", one.subject, "soft small")
            cell(t("Difference"), t(labels.GAP[one.kind]))
            with cell(t("Interview")):
                _said(self._visit, one)
            with cell(t("Org chart")):
                if one.org is not None:
                    chip(t, one.org)
                elif one.open is not None:
                    tag("span", t("Open posts: {count}").format(count=number(t, one.open)))
                else:
                    tag("span", "–")
            cell(t("Payroll"), _payroll(self._visit, one))
            with cell(t("Put it right")):
                if self._writes:
                    self._button(one)
        return row

    def _button(self, one: Difference) -> None:
        visit, t = self._visit, self._visit.t

        async def put_right(_: GenericEventArguments) -> None:
            self._tell(1 if await visit.do(mend, one.key) else 0, 1)

        shown = button(visit, t(labels.MEND[one.kind]), f"check.mend[{one.key}]", put_right, look="outline")
        shown.props["aria-label"] = t.labelled(t(labels.MEND[one.kind]), one.name)

    async def _mend_all(self, _: GenericEventArguments) -> None:
        found = len(self._shown or ())
        self._tell(await self._visit.do(mend_all), found)

    def _compare(self, _: GenericEventArguments) -> None:
        self._follow()
        t, found = self._visit.t, len(self._shown or ())
        text = t.ngettext("{count} difference, compared at {at}.", "{count} differences, compared at {at}.", found)
        self._result.set_text(text.format(count=found, at=moment(t, self._visit.sandbox().now())))

    def _tell(self, mended: int, tried: int) -> None:
        self._follow()
        said = self._visit.t("{mended} of {tried} put right.")
        self._result.set_text(said.format(mended=mended, tried=tried))


def _said(visit: Visit, one: Difference) -> None:
    if one.interview is None:
        tag("span", "–")
    else:
        chip(visit.t, one.interview)


def _payroll(visit: Visit, one: Difference) -> str:
    if one.payroll is None:
        return "–"
    return visit.t("Has a record") if one.payroll else visit.t("No record")
