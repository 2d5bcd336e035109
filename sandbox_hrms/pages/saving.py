"""What a room shows where saving is done by hand: the mark, the button, and why it did not work."""

import json

from nicegui import ui
from nicegui.element import Element

from sandbox_hrms.app.conduct import Room
from sandbox_hrms.core import labels
from sandbox_hrms.core.states import Saved
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import tag
from sandbox_hrms.pages.visit import Handler, Visit


def sitting_data(visit: Visit, room: Room, after_end: Handler) -> None:
    """Tell the page's script about the sitting; ``after_end`` runs when its request has saved and ended it."""
    answers = [
        {"question": one.id, "text": one.answer_text, "late": one.late} for one in room.questions if one.answered
    ]
    policy = visit.sandbox().profile.policy
    root = tag("div").props("data-record hidden")
    values = {
        "sandbox": visit.sandbox_id,
        "sitting": room.sitting_id or "",
        "page": visit.page_id,
        "base": visit.base,
        "keeps": "device" if policy.save.tab_closed == "keep_on_device" else "nothing",
        "saved": room.saved.value,
        "answers": json.dumps(answers, ensure_ascii=False),
        "sign-out": visit.t("Signing out removes the unsaved record from this device. Sign out all the same?"),
    }
    for name, value in values.items():
        root.props[f"data-{name}"] = value
    root.on("hrmssaved", visit.handler(after_end), [])


def mark(visit: Visit, room: Room) -> None:
    """Put the mark on the page that says whether everything is saved; the page's script keeps it true."""
    t = visit.t
    shown = named(tag("span", t(labels.SAVED[room.saved]), "record-mark"), "record.mark").props("role=status")
    shown.props["data-state"] = room.saved.value
    shown.props["data-label-saving"] = t("Saving …")
    for code in Saved:
        shown.props[f"data-label-{code}"] = t(labels.SAVED[code])


def save_button(visit: Visit) -> ui.button:
    """Put the button on the page that saves the record; the page's script sends it, not the socket."""
    label = visit.t(visit.sandbox().profile.labels.save)
    return named(ui.button(label).props("unelevated no-caps"), "record.save")


def refusal_line(visit: Visit) -> Element:
    """Put the place on the page where a save that did not work says why."""
    line = named(tag("p", "", "refusal-line"), "record.refusal").props("role=alert hidden")
    device = visit.sandbox().profile.policy.save.tab_closed == "keep_on_device"
    kept = visit.t("It is kept on this device.") if device else visit.t("Keep the page open.")
    failed = visit.t("The record could not be saved: there is no connection.")
    again = visit.t("Check the network, then press Save again.")
    line.props["data-sentences"] = visit.t("{first} {second}")
    line.props["data-offline"] = visit.t.sentences(failed, kept, again)
    return line
