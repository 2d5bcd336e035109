"""The interview room as a chat beside a video window."""

from sandbox_hrms.app.conduct import Room
from sandbox_hrms.core import labels
from sandbox_hrms.core.states import Saved
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.room_page import PageRoom
from sandbox_hrms.pages.show import chip, tag


class ChatRoom(PageRoom):
    """Shows the talk so far, the open question at its end."""

    def _main(self, room: Room) -> None:
        t = self._visit.t
        with tag("div", "", "chat"):
            with tag("section", "", "card"):
                with tag("div").props("role=log") as log:
                    log.props["aria-label"] = t("The talk so far")
                    with named(tag("ol", "", "chat-log"), "chat.log"):
                        self._log(room)
                if room.current is not None:
                    self._answer(room, room.current)
            self._video()
        if room.stage == "all_answered":
            self._all_answered()

    def _log(self, room: Room) -> None:
        t = self._visit.t
        for one in room.questions:
            if one.answer_text is not None:
                tag("li", one.text, "chat-asked")
                with named(tag("li", "", "chat-said"), f"chat.answer[{one.id}]"):
                    tag("p", one.answer_text, "keep-lines")
                    shown = chip(t, Saved.SAVED if one.saved else Saved.UNSAVED)
                    shown.props["data-label-saved"] = t(labels.SAVED[Saved.SAVED])
            elif room.current is not None and one.id == room.current.id:
                asked = named(tag("li", one.text, "chat-asked"), "interview.question")
                asked.props["id"] = "asked"

    def _video(self) -> None:
        t = self._visit.t
        with named(tag("aside", "", "chat-video"), "chat.video") as video:
            video.props["aria-label"] = t("Video window")
            self._light = tag("span", "", "chat-light").props("role=status")
            told = t("Simulated: this window shows what such systems show. No camera is on.")
            if self._visit.sandbox().profile.policy.voice.camera:
                told = t("Simulated: the camera is on only while you record your picture with an answer.")
            tag("p", told, "small")
        self._window = video
        self._record_on(running=True)

    def _record_on(self, *, running: bool) -> None:
        t = self._visit.t
        self._window.props["data-state"] = "recording" if running else "stopped"
        self._light.set_text(t("Recording") if running else t("Recording stopped"))
