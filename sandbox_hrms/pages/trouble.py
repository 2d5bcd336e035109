"""What a page shows of the faults of its sandbox, and the buttons that cure them."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress

from nicegui import ui
from nicegui.events import GenericEventArguments

from sandbox_hrms.app import faults
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.sync import carry
from sandbox_hrms.core.errors import CloseBlocked, HrmsError, Offline, StorageFailed
from sandbox_hrms.core.faults import Fault, Faults
from sandbox_hrms.core.roles import Actor
from sandbox_hrms.pages.controls import button
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import tag
from sandbox_hrms.pages.visit import Visit

SHOWN = {
    Fault.OFFLINE: "banner.cloud",
    Fault.DB_LOCKED: "banner.db_locked",
    Fault.DISK_FULL: "banner.disk_full",
    Fault.BLOCKED_CLOSE: "banner.close_blocked",
    Fault.FROZEN: "banner.frozen",
}
"""The banner of each fault that has one; those of a full or locked store appear when something was refused."""
_AT_ONCE = (Fault.OFFLINE, Fault.FROZEN)
_BY_CODE = {
    "db_locked": Fault.DB_LOCKED,
    "disk_full": Fault.DISK_FULL,
    CloseBlocked.code: Fault.BLOCKED_CLOSE,
}
_SOON = 0.05


def banners(visit: Visit) -> None:
    """Put the banners on the page; all but those of what is seen at once wait until something is refused."""
    t = visit.t
    texts: dict[Fault, tuple[str, str]] = {
        Fault.OFFLINE: t.refusal(Offline()),
        Fault.DB_LOCKED: t.refusal(StorageFailed("database is locked")),
        Fault.DISK_FULL: t.refusal(StorageFailed("database or disk is full")),
        Fault.BLOCKED_CLOSE: t.refusal(CloseBlocked()),
        Fault.FROZEN: (
            t("This page is not responding."),
            t("Wait a moment. Copy what you typed (Ctrl+A, Ctrl+C), then load the page again."),
        ),
    }
    for fault, (message, hint) in texts.items():
        with named(tag("div", "", "banner banner-bad trouble"), SHOWN[fault]) as banner:
            banner.props["role"] = "alert"
            banner.props["data-fault"] = fault.value
            if not _is_seen(visit, fault):
                banner.props("hidden")
            tag("strong", message)
            tag("span", hint)
            _cures(visit, fault)


def _cures(visit: Visit, fault: Fault) -> None:
    t = visit.t
    if fault is Fault.DISK_FULL:
        said = t("Temporary files were deleted, so there is room again. Save once more.")
        with tag("div", "", "buttons"):
            _cure(visit, t("Clean up the disk"), "free.space", faults.free_space, said)
    elif fault is Fault.BLOCKED_CLOSE:
        synced = t("The sync is done. You can close now.")
        ended = t("The task has ended, and what waits is synced later. You can close now.")
        with tag("div", "", "buttons"):
            _cure(visit, t("Finish the sync now"), "sync.finish", _finish, synced)
            _cure(visit, t("End the task safely"), "task.end", faults.end_task, ended)


def _cure(visit: Visit, label: str, name: str, cure: Callable[[Sandbox, Actor], object], said: str) -> None:
    """Put a button against a fault on the page: it cures it, says so, and lets the page try again at once."""

    async def run(_: GenericEventArguments) -> None:
        await visit.do(cure)
        ui.notify(said, type="positive", position="top")
        ui.run_javascript("window.dispatchEvent(new Event('hrms:connected'))")

    button(visit, label, name, run, look="outline")


def _finish(sandbox: Sandbox, actor: Actor) -> None:
    faults.finish_sync(sandbox, actor)
    carry(sandbox)


def show(visit: Visit, refused: HrmsError) -> bool:
    """Show the banner that stands for a refusal, and say whether there is one."""
    fault = _BY_CODE.get(refused.code)
    if fault is not None:
        _tell(visit, fault, on=True)
    return fault is not None


def follow(visit: Visit) -> None:
    """Let a page feel the faults of its sandbox from now on; called before it is built."""
    if visit.looks_only():
        return
    loop = asyncio.get_running_loop()
    client, lines = visit.client, visit.site.lines
    here = _faults(visit)
    lines.owners[client.id] = visit.sandbox_id
    client.on_delete(lambda: lines.forget(client.id))
    client.on_delete(here.watch(lambda: loop.call_soon_threadsafe(_feel, visit)))
    if here.has(Fault.FROZEN):
        struck = here.marks(Fault.FROZEN)
        if _address(visit) in struck:
            faults.reloaded(visit.sandbox(), visit.actor())
        elif struck:
            lines.spared.add(client.id)  # another page is frozen, this one is not
        else:
            _freeze(visit)
    _wake(visit)


def _feel(visit: Visit) -> None:
    """Carry out what has changed."""
    client, lines = visit.client, visit.site.lines
    if client.is_deleted:
        return
    here = _faults(visit)
    if not here.has(Fault.FROZEN):
        lines.frozen.discard(client.id)
        lines.spared.discard(client.id)
    elif client.id not in lines.spared:
        _freeze(visit)
    for fault in SHOWN:
        if fault in _AT_ONCE or not here.has(fault):
            _tell(visit, fault, on=_is_seen(visit, fault))
    if here.has(Fault.DISCONNECTED):
        lines.cut(client.id)
    _wake(visit)


def _freeze(visit: Visit) -> None:
    visit.site.lines.frozen.add(visit.client.id)
    _faults(visit).mark(Fault.FROZEN, _address(visit))


def _wake(visit: Visit) -> None:
    """Look again when the next fault is over by itself."""
    here = _faults(visit)
    ends = [left for fault in here.active() if (left := here.seconds_left(fault)) is not None]
    if ends:
        asyncio.get_running_loop().call_later(min(ends) + _SOON, _look_again, visit)


def _look_again(visit: Visit) -> None:
    if not visit.client.is_deleted:
        with suppress(HrmsError):
            visit.sandbox()  # notes what is over, and tells the pages


def _is_seen(visit: Visit, fault: Fault) -> bool:
    """Say whether the page shows ``fault`` without having been refused anything."""
    if fault is Fault.FROZEN:
        return visit.client.id in visit.site.lines.frozen
    return fault in _AT_ONCE and _faults(visit).has(fault)


def _tell(visit: Visit, fault: Fault, *, on: bool) -> None:
    with visit.client:
        ui.run_javascript(f"hrmsFrame.trouble({json.dumps(fault.value)}, {json.dumps(on)})")


def _faults(visit: Visit) -> Faults:
    return visit.site.hrms.sandboxes.faults(visit.sandbox_id)


def _address(visit: Visit) -> str:
    return visit.request.url.path.removeprefix(f"/s/{visit.sandbox_id}/")
