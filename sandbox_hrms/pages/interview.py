"""The interview room: notice, device check, questions, and every way out of it."""

import json
from typing import Any

from nicegui import Client
from pydantic import ValidationError

from sandbox_hrms.app import conduct
from sandbox_hrms.app.conduct import Room
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.save import Record
from sandbox_hrms.core.roles import Actor, Role
from sandbox_hrms.pages.draft import Whole
from sandbox_hrms.pages.frame import frame
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.room_chat import ChatRoom
from sandbox_hrms.pages.room_page import PageRoom
from sandbox_hrms.pages.room_record import RecordRoom
from sandbox_hrms.pages.show import tag
from sandbox_hrms.pages.visit import Site, Visit, page

_ENTRY_SECONDS = 10.0
"""So long a page may take to say what it keeps; longer than kept.js waits for the browser (PATIENCE_MS)."""
_RECONNECT_SECONDS = 300.0
_ROOMS = {"page": PageRoom, "chat": ChatRoom, "record": RecordRoom}


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
        profile = visit.sandbox().profile
        view = _ROOMS[profile.layout.room](visit, body, read_only=actor.read_only)
        former = visit.site.holders.get((visit.sandbox_id, actor.id))
        by_hand = not profile.policy.save.automatic
        asks = first.stage == "resume" or (by_hand and first.sitting_id is not None and first.stage != "ended")
        if asks:
            with body:
                tag("p", t("One moment …"), "soft")
        else:
            view.show(first)
        if not actor.read_only:
            _hold(visit, actor.id)
        entered = False

        async def enter(client: Client) -> None:
            nonlocal entered
            if entered or not asks:
                return
            entered = True
            reloaded = await _was_reloaded(client)
            with client, visit.telling():
                alone = former is None or former.client.is_deleted or not former.client.has_socket_connection
                room = await visit.do(_returned, reloaded, alone)
                view.show(room, await _found(visit, room) if room.stage == "resume" and by_hand else None)

        visit.client.on_connect(enter)


async def _was_reloaded(client: Client) -> bool:
    """Ask the page how it was opened; no answer means in another way."""
    try:
        opened = await client.run_javascript("hrmsJournal.entry()", timeout=_ENTRY_SECONDS)
    except TimeoutError:
        return False
    return isinstance(opened, dict) and opened.get("reloaded") is True


def _returned(sandbox: Sandbox, actor: Actor, reloaded: bool, alone: bool) -> Room:
    return conduct.returned(sandbox, actor, reloaded=reloaded, alone=alone)


async def _found(visit: Visit, room: Room) -> Record | None:
    """Ask this device for an unsaved record of the sitting; what is no record of ours counts as none."""
    answered = [one.id for one in room.questions if one.answered]
    asked = ", ".join(json.dumps(one) for one in (visit.sandbox_id, room.sitting_id, answered, room.draft_seq))
    try:
        told: Any = await visit.client.run_javascript(f"hrmsRecord.found({asked})", timeout=_ENTRY_SECONDS)
        return None if told is None else Whole.model_validate_json(json.dumps(told)).record()
    except (TimeoutError, ValidationError):
        return None


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
