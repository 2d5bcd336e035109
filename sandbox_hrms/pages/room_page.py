"""The interview room as a page: one question after the other, and every way out; the other rooms build on it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from sandbox_hrms.app import conduct
from sandbox_hrms.app.conduct import Room, RoomQuestion
from sandbox_hrms.app.save import Record, continue_from_device, keep_draft, save_progress
from sandbox_hrms.core import labels
from sandbox_hrms.core.errors import Invalid, NotAllowed
from sandbox_hrms.core.profiles import Labels, Policy
from sandbox_hrms.core.texts import N_
from sandbox_hrms.pages.controls import button
from sandbox_hrms.pages.device import device_check
from sandbox_hrms.pages.exit_button import exit_button, has_exit, way_out
from sandbox_hrms.pages.frame import ask
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.notice import notice
from sandbox_hrms.pages.saving import mark, refusal_line, save_button, sitting_data
from sandbox_hrms.pages.show import chip, data, described, tag
from sandbox_hrms.pages.spoken import spoken_question
from sandbox_hrms.pages.visit import Handler, Visit
from sandbox_hrms.pages.voice import voice_answer

_SUBMIT = "async () => (await hrmsVoice.finished()) && emit(hrmsJournal.take())"
"""What is still recorded is finished first; words that nobody has read yet are not submitted."""
_SAVE = "async () => (await hrmsVoice.finished(), emit(hrmsJournal.take()))"
_END = "async () => (await hrmsVoice.finished(), emit({}))"
_RELEASE = "hrmsJournal.release()"
UNDER_WAY = {"question", "all_answered"}
"""The stages of a room in which answers are given."""


class PageRoom:
    """Draws the stages of one room into one place of one page."""

    def __init__(self, visit: Visit, body: Element, *, read_only: bool) -> None:
        self._visit = visit
        self._body = body
        self._read_only = read_only
        self._moving: tuple[Element, Element] | None = None
        """Where the state and the open question are drawn while answers are given and saved by themselves."""

    def show(self, room: Room, found: Record | None = None) -> None:
        """Draw the stage that comes next; ``found`` is an unsaved record that this device has kept."""
        if room.stage in UNDER_WAY and self._moving is not None:
            self._go_on(room, *self._moving)
            return
        self._clear()
        visit = self._visit
        with self._body:
            if room.stage in UNDER_WAY:
                self._under_way(room)
                return
            tag("h1", visit.t("Interview: {post}").format(post=room.post_title))
            match room.stage:
                case "notice":
                    notice(visit, room, self.show)
                case "device":
                    device_check(visit, self.show)
                case "resume":
                    self._resume(room, found)
                case "ended":
                    self._ended(room)

    def _clear(self) -> None:
        self._moving = None
        self._body.clear()

    def _go_on(self, room: Room, state: Element, middle: Element) -> None:
        """Draw what the next question changes; what stands around it stays."""
        state.clear()
        with state:
            self._state(room)
        middle.clear()
        with middle:
            self._main(room)

    def _under_way(self, room: Room) -> None:
        if not self._policy.save.automatic:
            sitting_data(self._visit, room, self._after_end)
        state = self._bar(room)
        with tag("div") as middle:
            self._main(room)
        if has_exit(self._visit, "foot"):
            self._way_out()
        if self._policy.save.automatic:
            self._moving = state, middle

    def _main(self, room: Room) -> None:
        """Draw what stands below the bar."""
        if room.stage == "question":
            self._question(room)
        else:
            self._all_answered()

    def _way_out(self) -> None:
        exit_button(self._visit, self._end, enabled=not self._read_only, js=_END)

    @property
    def _policy(self) -> Policy:
        return self._visit.sandbox().profile.policy

    @property
    def _labels(self) -> Labels:
        return self._visit.sandbox().profile.labels

    def _holding(self) -> None:
        """Refuse when another page holds the room."""
        visit = self._visit
        holder = visit.site.holders.get((visit.sandbox_id, visit.actor().id))
        if holder is not None and holder.page_id != visit.page_id:
            raise NotAllowed(
                N_("The interview is open in another tab or on another device."),
                N_("Press Continue here to go on in this one."),
            )

    def _bar(self, room: Room) -> Element:
        """Draw the bar above the question; return the place of what changes with it."""
        visit = self._visit
        t = visit.t
        with tag("div", "", "room-bar"):
            with tag("div"):
                tag("h1", room.post_title)
                with tag("div", "", "room-state") as state:
                    self._state(room)
            with tag("div", "", "buttons"):
                if not self._policy.save.automatic:
                    self._for_holder(save_button(visit))
                if self._policy.save.progress_button:
                    save = button(
                        visit,
                        t(self._labels.save_progress),
                        "interview.save_progress",
                        self._save_progress,
                        look="outline",
                        js=_SAVE,
                    )
                    self._for_holder(save)
                if has_exit(visit, "bar"):
                    self._way_out()
        if not self._policy.save.automatic:
            refusal_line(visit)
        return state

    def _state(self, room: Room) -> None:
        self._progress(room)
        self._timer(room)
        if not self._policy.save.automatic:
            mark(self._visit, room)

    def _for_holder(self, element: ui.button) -> None:
        element.props("data-holder-only").set_enabled(not self._read_only)

    def _progress(self, room: Room) -> None:
        t = self._visit.t
        number = room.current.number if room.current else room.total
        shown = named(tag("span", f"{number}/{room.total}"), "interview.progress")
        described(shown, aria_label=t("Question {number} of {total}").format(number=number, total=room.total))
        with tag("span", "", "progress-dots", "aria-hidden=true"):
            for one in room.questions:
                tag("span", "", "done" if one.answered else "now" if one.number == number else "")

    def _timer(self, room: Room) -> None:
        if room.seconds_left is None:
            return
        t = self._visit.t
        with tag("span"):
            tag("span", t("Time left") + " ")
            timer = named(tag("span", "", "timer", "role=timer"), "interview.timer")
        values = {
            "seconds": room.seconds_left,
            "at60": t("One minute left."),
            "at30": t("30 seconds left."),
            "at0": t("The time is over. You may still submit; the answer is marked as late."),
        }
        data(timer, values)
        tag("span", "", "small", "aria-live=polite data-timer-live")

    def _question(self, room: Room) -> None:
        question = room.current
        if question is None:
            return
        with tag("section", "", "card"):
            tag("p", self._visit.t(labels.QUESTION_KIND[question.kind]), "soft small")
            named(tag("h2", question.text, "question-text", "id=asked"), "interview.question")
            self._answer(room, question)

    def _answer(self, room: Room, question: RoomQuestion) -> None:
        """Draw the area to type into, with what is said about it and the button that submits it."""
        visit = self._visit
        t = visit.t
        spoken_question(visit, question.id, by_itself=not self._read_only)
        self._answer_area(room, question)
        with tag("div", "", "answer-foot"):
            state = named(tag("span", "", "saved-state", "role=status"), "interview.saved_state")
            values = {
                "label-saving": t("Saving …"),
                "label-saved": t("Draft saved"),
                "label-local": t("Kept on this device, not yet saved"),
            }
            data(state, values)
            submit = button(
                visit, t(self._labels.submit), "interview.submit", self._submit_for(question), js=_SUBMIT
            )
            self._for_holder(submit)
        voice_answer(visit, room, question, read_only=self._read_only)

    def _answer_area(self, room: Room, question: RoomQuestion) -> None:
        """Put the area on the page; its text is the journal's business, never the socket's."""
        visit = self._visit
        area = named(
            tag("textarea", "", "answer", "aria-labelledby=asked rows=9 maxlength=20000"), "interview.answer"
        )
        values: dict[str, Any] = {
            "sandbox": visit.sandbox_id,
            "sitting": room.sitting_id,
            "question": question.id,
            "page": visit.page_id,
            "base": visit.base,
            "seq": room.draft_seq,
            "draft": room.draft.text if room.draft else "",
            "keeps": _keeps(self._policy),
            "warn": int(self._policy.save.tab_closed == "drop_draft"),
            "readonly": int(self._read_only),
        }
        data(area, values)

    def _submit_for(self, question: RoomQuestion) -> Handler:
        async def submit(event: GenericEventArguments) -> None:
            text, seq = _typed(event)
            with _giving_back():
                self._holding()
                self.show(await self._visit.do(conduct.submit_answer, question.id, text, seq))

        return submit

    async def _save_progress(self, event: GenericEventArguments) -> None:
        visit = self._visit
        text, seq = _typed(event)
        with _giving_back():
            self._holding()
            room = conduct.room(visit.sandbox(), visit.actor(), entering=False)
            if room.current is not None and room.sitting_id is not None and seq > room.draft_seq:
                await visit.do(keep_draft, room.sitting_id, room.current.id, seq, text)
            saved = await visit.do(save_progress)
        self._clear()
        with self._body:
            self._progress_saved(saved)

    def _progress_saved(self, room: Room) -> None:
        t = self._visit.t
        tag("h1", t("Interview: {post}").format(post=room.post_title))
        with tag("section", "", "card"):
            tag("h2", t("Your progress is saved"))
            text = t("Everything is kept, the answer you were typing included. You may close this page now.")
            named(tag("p", text), "done.message").props("role=status")
            with tag("div", "", "buttons"):
                self._back()
                button(
                    self._visit, t("Continue now"), "resume.continue", self._continue_with(None), look="outline"
                )

    def _back(self) -> None:
        visit = self._visit
        label = visit.t("Back to my interviews")
        named(tag("a", label, "button-link button-main"), "done.back").props["href"] = f"{visit.base}/"

    async def _end(self, _: GenericEventArguments) -> None:
        visit = self._visit
        t = visit.t
        self._holding()
        room = conduct.room(visit.sandbox(), visit.actor(), entering=False)
        if self._policy.exit.style == "save_record":
            await self._end_and_save(room)
            return
        title = t("End the interview?")
        if await ask(visit, title, self._missing(room), t(self._labels.confirm), t(self._labels.cancel)):
            self._holding()
            await visit.do_last(conduct.end)
            ui.run_javascript(f"hrmsJournal.leaveFor({json.dumps(visit.base + '/?done')})")

    def _missing(self, room: Room) -> str:
        """Say what an end would mean for questions without an answer."""
        t = self._visit.t
        missing = room.total - room.answered
        if not missing:
            return t("All questions are answered. After this nothing can be changed.")
        return t.ngettext(
            "{count} question is not submitted. It will not count, and the interview will be incomplete.",
            "{count} questions are not submitted. They will not count, and the interview will be incomplete.",
            missing,
        ).format(count=missing)

    async def _end_and_save(self, room: Room) -> None:
        """Stop the recording and ask whether to save; the page's own request saves and ends in one."""
        visit = self._visit
        t = visit.t
        self._record_on(running=False)
        kept = t("Without saving it stays on this device, marked as unsaved, and the interview goes on.")
        text = t.sentences(self._missing(room), kept)
        title = t("Save this record?")
        if await ask(visit, title, text, t(self._labels.save), t(self._labels.cancel)):
            self._holding()
            ui.run_javascript("hrmsRecord.save(true)")
        else:
            self._record_on(running=True)

    def _record_on(self, *, running: bool) -> None:
        """Show that the recording goes on, or stands still; a page without a video window shows nothing."""

    async def _after_end(self, _: GenericEventArguments) -> None:
        self.show(conduct.room(self._visit.sandbox(), self._visit.actor(), entering=False))

    def _resume(self, room: Room, found: Record | None) -> None:
        visit = self._visit
        t = visit.t
        with tag("section", "", "card"):
            tag("h2", t("Continue the unfinished interview?"))
            kept = t("{answered} of {total} answers are submitted and kept.")
            text = kept.format(answered=room.answered, total=room.total)
            named(tag("p", text), "resume.message")
            if found is not None:
                self._tell_found(found)
            elif room.unsaved and self._policy.save.tab_closed == "keep_on_device":
                note = t("What was not saved is on the device on which it was typed. This one does not have it.")
                tag("p", note, "note-warn")
            with tag("div", "", "buttons"):
                if found is not None:
                    self._save_found(found)
                go_on = button(visit, t("Continue"), "resume.continue", self._continue_with(found))
                start_over = button(
                    visit, t("Discard and start over"), "resume.discard", self._discard, look="outline"
                )
        self._for_holder(go_on)
        self._for_holder(start_over)

    def _tell_found(self, found: Record) -> None:
        """Say that this device has an unsaved record."""
        t = self._visit.t
        text = t.ngettext(
            "Found on this device, not saved: {count} answer. Save it now, or continue and save later.",
            "Found on this device, not saved: {count} answers. Save it now, or continue and save later.",
            len(found.answers),
        ).format(count=len(found.answers))
        with named(tag("div", "", "note-warn"), "resume.device").props("role=status"):
            tag("p", t("An unsaved record was found on this device."), "lead")
            tag("p", text)
        refusal_line(self._visit)

    def _save_found(self, found: Record) -> None:
        """Put the button there that saves what was found, as it is; the page's script sends it."""
        visit = self._visit
        record = {
            "sitting": found.sitting,
            "answers": [{"question": one.question, "text": one.text, "late": one.late} for one in found.answers],
            "draft": found.draft
            and {"question": found.draft.question, "text": found.draft.text, "seq": found.draft.seq},
        }
        label = visit.t(self._labels.save)
        save = named(tag("button", label, "plain-button button-main"), "resume.save_device")
        save.props("type=button data-holder-only")
        if self._read_only:
            save.props("disabled")
        save.props["data-base"] = visit.base
        save.props["data-page"] = visit.page_id
        save.props["data-found"] = json.dumps(record, ensure_ascii=False)
        save.on(
            "click",
            js_handler="(event) => hrmsRecord.saveFound(event.currentTarget,"
            " JSON.parse(event.currentTarget.dataset.found))",
        )
        save.on("hrmssaved", visit.handler(self._continue_with(None)), [])

    def _continue_with(self, found: Record | None) -> Handler:
        async def go_on(_: GenericEventArguments) -> None:
            self._holding()
            if found is None:
                self.show(await self._visit.do(conduct.resume))
            else:
                self.show(await self._visit.do(continue_from_device, found))

        return go_on

    async def _discard(self, _: GenericEventArguments) -> None:
        t = self._visit.t
        text = t("The answers of this sitting will no longer count. They stay in the audit record.")
        title = t("Discard and start over?")
        confirmed = await ask(self._visit, title, text, t("Discard"), t(self._labels.cancel))
        if confirmed:
            self._holding()
            self.show(await self._visit.do(conduct.discard))

    def _all_answered(self) -> None:
        t = self._visit.t
        with tag("section", "", "card"):
            tag("h2", t("All questions are answered"))
            if self._policy.save.automatic:
                text = t.sentences(t("Every answer is saved."), way_out(self._visit))
            else:
                text = self._all_given()
            named(tag("p", text), "interview.all_answered").props("role=status")

    def _all_given(self) -> str:
        """Say what comes next when all answers are there and saving is done by hand."""
        t = self._visit.t
        return t.sentences(t("Every answer is given."), way_out(self._visit))

    def _ended(self, room: Room) -> None:
        visit = self._visit
        t = visit.t
        with tag("section", "", "card"):
            text = t("This interview is over. You will hear from HR.")
            if not self._policy.save.automatic:
                text = t.sentences(t("The record is saved."), text)
            message = named(tag("p", text, "lead"), "done.message").props("role=status")
            message.props["data-state"] = room.status.value
            with tag("p", "", "chips"):
                for code in (room.status, room.saved, room.synced):
                    chip(t, code)
            if self._policy.save.automatic:
                self._back()
            else:
                self._quit()

    def _quit(self) -> None:
        visit = self._visit
        label = visit.t(self._labels.quit)
        named(tag("a", label, "button-link button-main"), "record.quit").props["href"] = f"{visit.base}/"


def _keeps(policy: Policy) -> str:
    """Say where the page keeps what is typed: on the server, on this device, or nowhere."""
    if policy.save.automatic:
        return "server"
    return "device" if policy.save.tab_closed == "keep_on_device" else "nothing"


@contextmanager
def _giving_back() -> Iterator[None]:
    """Let the candidate go on typing when what is done inside fails."""
    try:
        yield
    except Exception:
        ui.run_javascript(_RELEASE)
        raise


def _typed(event: GenericEventArguments) -> tuple[str, int]:
    """Return what the page says was typed: text, and its draft number.

    Raises:
        Invalid: The message is not one of our page's.
    """
    match event.args:
        case {"text": str(text), "seq": int(seq)}:
            return text, seq
    raise Invalid(N_("The answer did not arrive whole."), N_("Press the button again."))
