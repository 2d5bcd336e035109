"""The interview room as a record to fill in: answers, ratings, remarks; saved, closed and backed up by hand."""

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from sandbox_hrms.app import conduct
from sandbox_hrms.app.conduct import Room
from sandbox_hrms.app.live import live
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.save import MAX_RATING, Record, close_record
from sandbox_hrms.core.errors import Invalid
from sandbox_hrms.core.roles import Actor
from sandbox_hrms.core.states import Saved
from sandbox_hrms.core.texts import N_
from sandbox_hrms.pages.backups_card import backups_card
from sandbox_hrms.pages.exit_button import exit_button, has_exit
from sandbox_hrms.pages.frame import ask
from sandbox_hrms.pages.live_charts import live_charts
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.room_page import UNDER_WAY, PageRoom
from sandbox_hrms.pages.saving import mark, refusal_line, save_button, sitting_data
from sandbox_hrms.pages.show import tag
from sandbox_hrms.pages.visit import Visit

_DIRTY = (
    "async () => (await hrmsVoice.finished(), await hrmsRecord.settled(), emit({dirty: hrmsRecord.isDirty()}))"
)
_RATINGS = {1: N_("Poor"), 2: N_("Weak"), 3: N_("Fair"), 4: N_("Good"), 5: N_("Very good")}


class RecordRoom(PageRoom):
    """Keeps the form beside the questions as it is while they change: what is noted there is on the page only."""

    def __init__(self, visit: Visit, body: Element, *, read_only: bool) -> None:
        super().__init__(visit, body, read_only=read_only)
        self._questions: Element | None = None
        self._charts: Element | None = None

    def show(self, room: Room, found: Record | None = None) -> None:
        """Draw the stage that comes next; a form that is there already stays as it is."""
        if room.stage in UNDER_WAY and self._questions is not None:
            self._questions.clear()
            with self._questions:
                self._answering(room)
            self._draw_charts_soon()
            return
        self._questions = None
        super().show(room, found)

    def _under_way(self, room: Room) -> None:
        with tag("div", "", "record"):
            with tag("div"):
                with tag("div") as self._questions:
                    self._answering(room)
                self._charts = tag("section", "", "card columns live-charts")
            self._form(room)
        if has_exit(self._visit, "foot"):
            self._way_out()
        self._draw_charts_soon()

    def _answering(self, room: Room) -> None:
        sitting_data(self._visit, room, self._after_end)
        with tag("div", "", "room-bar"):
            with tag("div"):
                tag("h1", room.post_title)
                with tag("div", "", "room-state"):
                    self._progress(room)
                    self._timer(room)
            if has_exit(self._visit, "bar"):
                with tag("div", "", "buttons"):
                    self._way_out()
        self._main(room)

    def _way_out(self) -> None:
        if self._policy.exit.style != "save_then_close":
            super()._way_out()
            return
        exit_button(
            self._visit,
            self._close,
            enabled=not self._read_only,
            name="record.close",
            label=self._labels.close,
            js=_DIRTY,
        )

    def _form(self, room: Room) -> None:
        visit = self._visit
        t = visit.t
        with tag("section", "", "card record-form").props("data-notes") as form:
            form.props["aria-label"] = t("Interview record")
            with tag("div", "", "record-head"):
                tag("h2", t("Interview record"))
                mark(visit, room)
            for code, title in room.competencies:
                with tag("label"):
                    tag("span", title)
                    self._rating(code, room.notes.ratings.get(code))
            with tag("label"):
                tag("span", t("Remarks of the interviewer"))
                remarks = named(ui.element("textarea"), "record.remarks").props("rows=3 maxlength=20000")
                remarks.props["data-initial"] = room.notes.remarks
            with tag("div", "", "buttons"):
                self._for_holder(save_button(visit))
            refusal_line(visit)

    def _rating(self, code: str, given: int | None) -> None:
        t = self._visit.t
        choice = named(ui.element("select"), f"record.rating[{code}]").props("autocomplete=off")
        choice.props["data-rates"] = code
        choice.props["data-initial"] = str(given or "")
        if self._read_only:
            choice.props("disabled")
        with choice:
            tag("option", t("Not rated")).props["value"] = ""
            for number in range(1, MAX_RATING + 1):
                option = tag("option", f"{number} – {t(_RATINGS[number])}")
                named(option, f"record.rating[{code}].option[{number}]").props["value"] = str(number)

    def _draw_charts_soon(self) -> None:
        if self._charts is not None:
            with self._charts:
                ui.timer(0.05, self._draw_charts, once=True)

    async def _draw_charts(self) -> None:
        visit = self._visit
        with visit.telling():
            found = await visit.site.work(live, visit.sandbox(), visit.actor())
            if self._charts is not None and not self._charts.is_deleted:
                self._charts.clear()
                with self._charts:
                    live_charts(visit.t, found)

    def _all_given(self) -> str:
        t = self._visit.t
        text = t("Every answer is given. Fill in the record, press {save}, then {close}.")
        return text.format(save=t(self._labels.save), close=t(self._labels.close))

    async def _close(self, event: GenericEventArguments) -> None:
        visit = self._visit
        t = visit.t
        self._holding()
        room = conduct.room(visit.sandbox(), visit.actor(), entering=False)
        unsaved = _dirty(event.args) or room.saved is Saved.UNSAVED
        if unsaved:
            text = t("Not everything is saved. What is not saved will be lost, and nobody can bring it back.")
        else:
            text = " ".join((t("Everything is saved."), self._missing(room)))
        if not await ask(visit, t("Close the record?"), text, t(self._labels.confirm), t(self._labels.cancel)):
            return
        self._holding()
        closed = await visit.do_last(_close, unsaved)
        self._questions = self._charts = None
        if closed.stage == "ended":
            self.show(closed)
        else:
            self._body.clear()
            with self._body:
                self._lost(closed)

    def _lost(self, room: Room) -> None:
        t = self._visit.t
        tag("h1", t("Interview: {post}").format(post=room.post_title))
        with tag("section", "", "card"):
            text = t("The record is closed. What was not saved is lost; {answered} of {total} answers are kept.")
            message = named(
                tag("p", text.format(answered=room.answered, total=room.total), "lead"), "done.message"
            )
            message.props("role=status")
            self._quit()
        backups_card(self._visit)

    def _ended(self, room: Room) -> None:
        super()._ended(room)
        backups_card(self._visit)


def _close(sandbox: Sandbox, actor: Actor, unsaved: bool) -> Room:
    return close_record(sandbox, actor, unsaved=unsaved)


def _dirty(told: object) -> bool:
    match told:
        case {"dirty": bool(dirty)}:
            return dirty
    raise Invalid(N_("The answer did not arrive whole."), N_("Press the button again."))
