"""The interview room: notice, device check, questions, and every way out of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nicegui import Client, ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from sandbox_hrms.app import conduct
from sandbox_hrms.app.conduct import Room, RoomQuestion
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.save import keep_draft, save_progress
from sandbox_hrms.core import labels
from sandbox_hrms.core.errors import Invalid, NotAllowed
from sandbox_hrms.core.profiles import Labels
from sandbox_hrms.core.roles import Actor, Role
from sandbox_hrms.core.texts import N_
from sandbox_hrms.pages.controls import button
from sandbox_hrms.pages.device import device_check
from sandbox_hrms.pages.exit_button import exit_button, has_exit, way_out
from sandbox_hrms.pages.frame import ask, frame
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.notice import notice
from sandbox_hrms.pages.show import chip, tag
from sandbox_hrms.pages.visit import Handler, Site, Visit, page

_ENTRY_SECONDS = 10.0
_RECONNECT_SECONDS = 300.0
_TAKE = "() => emit(hrmsJournal.take())"
_RELEASE = "hrmsJournal.release()"


def register(site: Site) -> None:
    """Serve the page."""
    page(site, Role.CANDIDATE, "/interview", _build, reconnect_seconds=_RECONNECT_SECONDS)


def _build(visit: Visit) -> None:
    t = visit.t
    with frame(visit, t("Interview"), heading=False, narrow=True) as actor:
        if actor is None:
            return
        first = conduct.room(visit.sandbox(), actor)
        _second_tab(visit)
        body = tag("div").props("id=room")
        view = _RoomView(visit, body, read_only=actor.read_only)
        if first.stage == "resume":
            with body:
                tag("p", t("One moment …"), "soft")
        else:
            view.show(first)
        if not actor.read_only:
            _hold(visit, actor.id)
        entered = False

        async def enter(client: Client) -> None:
            nonlocal entered
            if entered or first.stage != "resume":
                return
            entered = True
            reloaded = await _was_reloaded(client)
            with client, visit.telling():
                view.show(await visit.do(_returned, reloaded))

        visit.client.on_connect(enter)


async def _was_reloaded(client: Client) -> bool:
    """Ask the page how it was opened; no answer means in another way."""
    try:
        opened = await client.run_javascript("hrmsJournal.entry()", timeout=_ENTRY_SECONDS)
    except TimeoutError:
        return False
    return isinstance(opened, dict) and opened.get("reloaded") is True


def _returned(sandbox: Sandbox, actor: Actor, reloaded: bool) -> Room:
    return conduct.returned(sandbox, actor, reloaded=reloaded)


def _hold(visit: Visit, person: str) -> None:
    """Take the room for this page; the page that had it is told and sends no more."""
    spot = (visit.sandbox_id, person)
    former = visit.site.holders.get(spot)
    visit.site.holders[spot] = visit

    def let_go() -> None:
        if visit.site.holders.get(spot) is visit:
            del visit.site.holders[spot]

    visit.client.on_delete(let_go)
    if former is not None and not former.client.is_deleted:
        former.client.run_javascript("window.hrmsJournal && hrmsJournal.lose()")


def _second_tab(visit: Visit) -> None:
    t = visit.t
    with named(tag("div", "", "banner banner-warn card"), "banner.second_tab").props("role=alert hidden"):
        tag("span", t("The interview is open in another tab or on another device. Here you can only look."))
        with tag("div", "", "buttons"):
            go_on = named(tag("button", t("Continue here"), "plain-button"), "banner.take_over")
            go_on.props("type=button").on("click", js_handler="() => location.reload()")


class _RoomView:
    """Draws the stages of one room into one place of one page."""

    def __init__(self, visit: Visit, body: Element, *, read_only: bool) -> None:
        self._visit = visit
        self._body = body
        self._read_only = read_only

    def show(self, room: Room) -> None:
        """Draw the stage that comes next."""
        self._body.clear()
        visit = self._visit
        with self._body:
            if room.stage in {"question", "all_answered"}:
                self._bar(room)
            else:
                tag("h1", visit.t("Interview: {post}").format(post=room.post_title))
            match room.stage:
                case "notice":
                    notice(visit, room, self.show)
                case "device":
                    device_check(visit, self.show)
                case "resume":
                    self._resume(room)
                case "question":
                    self._question(room)
                case "all_answered":
                    self._all_answered()
                case "ended":
                    self._ended(room)
            if room.stage in {"question", "all_answered"} and has_exit(visit, "foot"):
                exit_button(visit, self._end, enabled=not self._read_only)

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

    def _bar(self, room: Room) -> None:
        visit = self._visit
        t = visit.t
        with tag("div", "", "room-bar"):
            with tag("div"):
                tag("h1", room.post_title)
                with tag("div", "", "room-state"):
                    self._progress(room)
                    self._timer(room)
            with tag("div", "", "buttons"):
                if visit.sandbox().profile.policy.save.progress_button:
                    save = button(
                        visit,
                        t(self._labels.save_progress),
                        "interview.save_progress",
                        self._save_progress,
                        look="outline",
                        js=_TAKE,
                    )
                    self._for_holder(save)
                if has_exit(visit, "bar"):
                    exit_button(visit, self._end, enabled=not self._read_only)

    def _for_holder(self, element: ui.button) -> None:
        element.props("data-holder-only").set_enabled(not self._read_only)

    def _progress(self, room: Room) -> None:
        t = self._visit.t
        number = room.current.number if room.current else room.total
        shown = named(tag("span", f"{number}/{room.total}"), "interview.progress")
        shown.props["aria-label"] = t("Question {number} of {total}").format(number=number, total=room.total)
        with tag("span", "", "progress-dots").props("aria-hidden=true"):
            for one in room.questions:
                tag("span", "", "done" if one.answered else "now" if one.number == number else "")

    def _timer(self, room: Room) -> None:
        if room.seconds_left is None:
            return
        t = self._visit.t
        with tag("span"):
            tag("span", t("Time left") + " ")
            timer = named(tag("span", "", "timer"), "interview.timer").props("role=timer")
        timer.props["data-seconds"] = str(room.seconds_left)
        timer.props["data-at60"] = t("One minute left.")
        timer.props["data-at30"] = t("30 seconds left.")
        timer.props["data-at0"] = t("The time is over. You may still submit; the answer is marked as late.")
        tag("span", "", "small").props("aria-live=polite data-timer-live")

    def _question(self, room: Room) -> None:
        question = room.current
        if question is None:
            return
        visit = self._visit
        t = visit.t
        with tag("section", "", "card"):
            tag("p", t(labels.QUESTION_KIND[question.kind]), "soft small")
            asked = named(tag("h2", question.text, "question-text"), "interview.question")
            asked.props["id"] = "asked"
            self._answer_area(room, question)
            with tag("div", "", "answer-foot"):
                state = named(tag("span", "", "saved-state"), "interview.saved_state").props("role=status")
                state.props["data-label-saving"] = t("Saving …")
                state.props["data-label-saved"] = t("Draft saved")
                state.props["data-label-local"] = t("Kept on this device, not yet saved")
                submit = button(
                    visit, t(self._labels.submit), "interview.submit", self._submit_for(question), js=_TAKE
                )
                self._for_holder(submit)

    def _answer_area(self, room: Room, question: RoomQuestion) -> None:
        """Put the area on the page; its text is the journal's business, never the socket's."""
        visit = self._visit
        area = named(ui.element("textarea").classes("answer"), "interview.answer")
        area.props("aria-labelledby=asked rows=9 maxlength=20000")
        values: dict[str, Any] = {
            "sandbox": visit.sandbox_id,
            "sitting": room.sitting_id,
            "question": question.id,
            "page": visit.page_id,
            "base": visit.base,
            "seq": room.draft_seq,
            "draft": room.draft.text if room.draft else "",
            "warn": int(visit.sandbox().profile.policy.save.tab_closed == "drop_draft"),
            "readonly": int(self._read_only),
        }
        for key, value in values.items():
            area.props[f"data-{key}"] = str(value)

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
        self._body.clear()
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
                button(self._visit, t("Continue now"), "resume.continue", self._continue, look="outline")

    def _back(self) -> None:
        visit = self._visit
        label = visit.t("Back to my interviews")
        named(tag("a", label, "button-link button-main"), "done.back").props["href"] = f"{visit.base}/"

    async def _end(self, _: GenericEventArguments) -> None:
        visit = self._visit
        t = visit.t
        self._holding()
        room = conduct.room(visit.sandbox(), visit.actor(), entering=False)
        missing = room.total - room.answered
        if missing:
            text = t.ngettext(
                "{count} question is not submitted. It will not count, and the interview will be incomplete.",
                "{count} questions are not submitted. They will not count, and the interview will be incomplete.",
                missing,
            ).format(count=missing)
        else:
            text = t("All questions are answered. After this nothing can be changed.")
        title = t("End the interview?")
        if await ask(visit, title, text, t(self._labels.confirm), t(self._labels.cancel)):
            self._holding()
            await visit.do(conduct.end)
            ui.run_javascript(f"hrmsJournal.leaveFor({json.dumps(visit.base + '/?done')})")

    def _resume(self, room: Room) -> None:
        visit = self._visit
        t = visit.t
        with tag("section", "", "card"):
            tag("h2", t("Continue the unfinished interview?"))
            kept = t("{answered} of {total} answers are submitted and kept.")
            text = kept.format(answered=room.answered, total=room.total)
            named(tag("p", text), "resume.message")
            with tag("div", "", "buttons"):
                go_on = button(visit, t("Continue"), "resume.continue", self._continue)
                start_over = button(
                    visit, t("Discard and start over"), "resume.discard", self._discard, look="outline"
                )
        self._for_holder(go_on)
        self._for_holder(start_over)

    async def _continue(self, _: GenericEventArguments) -> None:
        self._holding()
        self.show(await self._visit.do(conduct.resume))

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
            text = f"{t('Every answer is saved.')} {way_out(self._visit)}"
            named(tag("p", text), "interview.all_answered").props("role=status")

    def _ended(self, room: Room) -> None:
        t = self._visit.t
        with tag("section", "", "card"):
            text = t("This interview is over. You will hear from HR.")
            named(tag("p", text, "lead"), "done.message").props["data-state"] = room.status.value
            with tag("p"):
                chip(t, room.status)
            self._back()


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
