"""The grade tables: one a post family, to be changed, taken back and put back."""

from dataclasses import dataclass

from nicegui import ui
from nicegui.events import GenericEventArguments

from sandbox_hrms.app import grade_tables
from sandbox_hrms.app.grade_tables import FamilyTable
from sandbox_hrms.core import labels
from sandbox_hrms.core.errors import HrmsError, Invalid
from sandbox_hrms.core.payroll import TOP, Family, Grade
from sandbox_hrms.core.roles import Right, Role
from sandbox_hrms.core.texts import N_
from sandbox_hrms.pages.controls import button, cell, choice, table_head
from sandbox_hrms.pages.frame import frame
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.pay_panel import pay_style, typed, whole
from sandbox_hrms.pages.show import money, tag
from sandbox_hrms.pages.visit import Site, Visit, page


def register(site: Site) -> None:
    """Serve the page."""
    page(site, Role.HR, "/payroll/grades", _build)


def _build(visit: Visit) -> None:
    pay_style()
    with frame(visit, visit.t("Grade tables")):
        _Page(visit)


@dataclass(slots=True)
class _Line:
    """The fields of one line under change."""

    floor: ui.number
    ceiling: ui.number
    title: ui.input
    pay: ui.number
    market_pay: ui.number

    def grade(self) -> Grade:
        """Return what was typed; :func:`sandbox_hrms.core.payroll.checked` judges it."""
        floor, ceiling = typed(self.floor.value), typed(self.ceiling.value)
        if floor is None or ceiling is None:
            raise Invalid(N_("A band needs two numbers."), N_("Give floor and ceiling of each line."))
        return Grade(
            floor,
            ceiling,
            str(self.title.value or ""),
            whole(self.pay.value),
            whole(self.market_pay.value),
        )


class _Page:
    """One page: the chosen family, its table, and its fields when HR changes it."""

    def __init__(self, visit: Visit) -> None:
        t = visit.t
        self._visit = visit
        self._lines: list[_Line] = []
        self._edits = visit.actor().may(Right.EDIT_PAY) and not visit.actor().read_only
        with tag("section", "", "card"):
            note = t("The source gives one line only: engineering, 80 to 90, mid-level engineer, {pay} a month.")
            more = t("All other lines are ours, made up for practice. Change them as you like.")
            tag("p", t.sentences(note.format(pay=money(t, 8000)), more), "source-note")
            families = {one.value: t(labels.FAMILY[one]) for one in Family}
            with tag("div", "", "pay-form"):
                self._family = choice(t("Post family"), "grades.family", families, self._show)
        self._card = tag("section", "", "card")
        self._show()

    def _show(self) -> None:
        visit = self._visit
        with visit.telling():
            self._draw(grade_tables.table(visit.sandbox(), visit.actor(), str(self._family.value)))

    def _draw(self, found: FamilyTable, told: str = "") -> None:
        t = self._visit.t
        self._found = found
        self._card.clear()
        with self._card:
            tag("h2", t(labels.FAMILY[found.family]))
            state = told or (t("Changed since it came.") if found.changed else t("As it came with the product."))
            named(tag("p", state, "soft"), "grades.state").props("role=status")
            self._table(found)
            if self._edits:
                self._buttons(found)

    def _table(self, found: FamilyTable) -> None:
        t = self._visit.t
        with tag("table", "", "table"):
            numbers = (t("Start pay"), t("Market rate"))
            table_head(t("Skill match"), t("Grade"), *numbers, t("Given by"), numbers=numbers)
            with tag("tbody"):
                for number, one in enumerate(found.grades, start=1):
                    with named(tag("tr"), f"grades.line[{number}]"):
                        cell(t("Skill match"), _band(one))
                        cell(t("Grade"), one.title)
                        cell(t("Start pay"), money(t, one.pay), "number")
                        cell(t("Market rate"), money(t, one.market_pay), "number")
                        with cell(t("Given by")):
                            given = one.from_source
                            tag(
                                "span",
                                t("the source") if given else t("ours"),
                                "chip chip-info" if given else "chip",
                            )

    def _buttons(self, found: FamilyTable) -> None:
        visit, t = self._visit, self._visit.t

        async def undo(_: GenericEventArguments) -> None:
            self._draw(await visit.do(grade_tables.undo, found.family), t("The last change was taken back."))

        async def reset(_: GenericEventArguments) -> None:
            self._draw(await visit.do(grade_tables.reset, found.family), t("The table is as it came again."))

        def change(_: GenericEventArguments) -> None:
            self._form(list(found.grades))

        with tag("div", "", "buttons"):
            button(visit, t("Change the table"), "grades.edit", change)
            button(visit, t("Undo the last change"), "grades.undo", undo, look="outline").set_enabled(
                found.can_undo
            )
            button(visit, t("Put back as it came"), "grades.reset", reset, look="outline").set_enabled(
                found.changed
            )

    def _form(self, grades: list[Grade]) -> None:
        """Show the lines as fields instead."""
        visit, t, found = self._visit, self._visit.t, self._found
        self._card.clear()
        self._lines = []
        with self._card:
            tag("h2", t(labels.FAMILY[found.family]))
            hint = t("From 0 to 100 without gap or overlap; a band holds its floor, and not its ceiling.")
            tag("p", hint, "soft small")
            for number, one in enumerate(grades, start=1):
                self._fields(number, one)
            problem = named(tag("p", "", "is-short"), "grades.error").props("role=alert")

            async def save(_: GenericEventArguments) -> None:
                try:
                    new = [line.grade() for line in self._lines]
                    saved = await visit.do(grade_tables.save, found.family, new, found.grades)
                except HrmsError as refused:
                    problem.set_text(t.sentences(*t.refusal(refused)))
                    raise
                self._draw(saved, t("The table was stored."))

            def add(_: GenericEventArguments) -> None:
                kept = [_typed(line) for line in self._lines]
                floor = kept[-1].floor if kept else 0.0
                self._form([*kept, Grade(floor, TOP, "", 1, 1)])

            def cancel(_: GenericEventArguments) -> None:
                self._draw(found)

            with tag("div", "", "buttons"):
                button(visit, t("Store the table"), "grades.save", save)
                button(visit, t("Add a line"), "grades.add", add, look="outline")
                button(visit, t("Cancel"), "grades.cancel", cancel, look="flat")

    def _fields(self, number: int, one: Grade) -> None:
        t = self._visit.t
        name = f"grades.row[{number}]"
        with named(tag("div", "", "grade-line"), name) as line:
            line.props["role"] = "group"
            line.props["aria-label"] = t("Line {number}").format(number=number)
            fields = _Line(
                floor=ui.number(t("From"), value=one.floor, format="%g"),
                ceiling=ui.number(t("Below"), value=one.ceiling, format="%g"),
                title=ui.input(t("Grade"), value=one.title).classes("grade-title"),
                pay=ui.number(t("Start pay"), value=one.pay, format="%d"),
                market_pay=ui.number(t("Market rate"), value=one.market_pay, format="%d"),
            )
            for field in ("floor", "ceiling", "title", "pay", "market_pay"):
                named(getattr(fields, field), f"{name}.{field}").props("outlined dense")
            self._lines.append(fields)

            def remove(_: GenericEventArguments) -> None:
                kept = [_typed(other) for other in self._lines if other is not fields]
                self._form(kept)

            gone = button(self._visit, t("Remove"), f"{name}.remove", remove, look="flat")
            gone.props["aria-label"] = t("Remove line {number}").format(number=number)
            gone.set_enabled(number > 1 or len(self._found.grades) > 1)


def _typed(line: _Line) -> Grade:
    """Return what stands in the fields now, whatever it is worth."""
    return Grade(
        typed(line.floor.value) or 0,
        typed(line.ceiling.value) or 0,
        str(line.title.value or ""),
        int(typed(line.pay.value) or 0),
        int(typed(line.market_pay.value) or 0),
    )


def _band(one: Grade) -> str:
    return f"{one.floor:g}–{one.ceiling:g}"
