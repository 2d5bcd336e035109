"""Joining a workshop: by its code and a name, or with a personal code on another device."""

from __future__ import annotations

from trainer.core.workshop import JOIN_LENGTH, plain_code, shown_code
from trainer.web.pages.desk import field, submit
from trainer.web.pages.layout import Visit, frame, link, tag


async def build(visit: Visit) -> None:
    """Build the page; a code in its address is filled in."""
    _ = visit.text
    code = plain_code(visit.request.path_params.get("code", ""))[:JOIN_LENGTH]
    with frame(visit, _("Join a workshop"), languages=True):
        tag("h1", _("Join your workshop"))
        tag("p", _("The code is on the wall. You need no account, and nothing is installed."), "lead")
        typed = visit.said()
        if visit.seat is not None:
            link(
                _("Go on with {name}’s workshop").format(name=visit.seat.name),
                "join.on",
                "/class",
                "button primary",
            )
        with tag("form", "", "form").props("method=post action=/join") as form:
            form.props["aria-label"] = _("Join")
            field(_("Code of the workshop"), "code", value=typed.get("code") or shown_code(code))
            field(_("Your name, as on the list"), "name", value=typed.get("name", ""))
            submit(_("Join"), "join.submit")
        tag("h2", _("Were you here before, on another device?"), "section-title")
        with tag("form", "", "form").props("method=post action=/resume") as form:
            form.props["aria-label"] = _("Go on")
            field(_("Your personal code"), "code", value=typed.get("personal", ""))
            submit(_("Go on where you were"), "resume.submit", "")
