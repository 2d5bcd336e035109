"""Candidates: who was given a page to practise on, how far each has come, and the links that lead there."""

from __future__ import annotations

from datetime import datetime

from nicegui import ui

from trainer.core.candidate import Candidate, way_of
from trainer.core.checks import Status
from trainer.core.errors import BadInput, TrainerError
from trainer.core.modes import completes
from trainer.core.people import Account, Role
from trainer.core.runs import Run, RunStatus
from trainer.core.scenario import Scenario
from trainer.i18n import N_
from trainer.web.pages.desk import Desk, field, submit, tell_of_loopback
from trainer.web.pages.home import lessons_of
from trainer.web.pages.layout import OWN_NAMES, Choice, Handler, Typed, button, frame, link, named, picture, tag
from trainer.web.pages.sign_in import qr
from trainer.web.services import NotFound

SHOWN = 100
"""So many candidates stand on the page at most, the newest first; a search finds the others."""


def may_see(who: Account, candidate: Candidate) -> bool:
    """Tell whether somebody may see a candidate: an own one, one of the command line, or any as administrator."""
    return candidate.host in {"", who.id} or who.may(Role.ADMINISTRATOR)


async def build(desk: Desk) -> None:
    """Build the page."""
    _, services = desk.text, desk.services
    sought = " ".join(desk.request.query_params.get("q", "").split())
    everybody = await desk.work(services.candidates.all)
    mine = [one for one in everybody if may_see(desk.person, one)]
    found = [one for one in mine if sought.casefold() in f"{one.name} {one.post}".casefold()]
    scenarios = await desk.work(services.scenarios.all)
    paths = await desk.work(services.scenarios.paths)
    lessons = [one.scenario for one in lessons_of(scenarios, (), paths)]
    runs = await desk.work(services.runs.of_all, sorted(one.owner for one in found[:SHOWN]))
    by_owner: dict[str, list[Run]] = {}
    for run in runs:
        by_owner.setdefault(run.owner, []).append(run)
    with frame(desk, _("Candidates"), languages=True):
        tag("h1", _("Candidates"))
        told = _(
            "A candidate gets a personal link to a page of one’s own: what to practise, the results, the guide. "
            "Invitation letters with a guide carry such a link, too; who was sent one is on the list below."
        )
        tag("p", told, "lead")
        _form(desk, lessons)
        tag("h2", _("Who has a link"), "section-title")
        if not mine:
            named(tag("p", _("Nobody yet. Make the first link above."), "empty"), "candidates.empty")
            return
        with tag("form", "", "console-tell").props("method=get action=/console/candidates role=search"):
            field(_("Name or post"), "q", needed=False, value=sought)
            submit(_("Search"), "candidates.search", "")
        with named(tag("ul", "", "rows"), "candidates.rows"):
            for one in found[:SHOWN]:
                way = way_of(one.lesson, lessons, paths)
                _row(desk, one, _passed(way, by_owner.get(one.owner, ())), len(way))
        if len(found) > SHOWN:
            told = _("The newest {shown} of {all}: search for the others.").format(shown=SHOWN, all=len(found))
            tag("p", told, "section-about")
        link(_("To the workshops"), "nav.console", "/console", "button quiet")


def _passed(way: tuple[Scenario, ...], runs: list[Run] | tuple[()]) -> int:
    """Return how many lessons were passed in a mode that counts."""
    done = {
        (run.scenario, run.mode)
        for run in runs
        if run.status is RunStatus.FINISHED and run.verdict is Status.PASSED
    }
    return sum(any(name == one.id and completes(mode, one.required) for name, mode in done) for one in way)


def _form(desk: Desk, lessons: list[Scenario]) -> None:
    """Put the form on the page that makes one link."""
    _ = desk.text
    own = [one for one in lessons if one.role == "candidate"]
    first = next((one for one in own if one.family == "normal-exit"), own[0] if own else None)
    if first is None:
        return
    ordered = [first, *(one for one in own if one is not first)]
    tag("h2", _("New link"), "section-title")
    with tag("div", "", "form"):
        name = Typed(_("Name of the candidate"), "candidates.name")
        post = Typed(_("Post (may be empty)"), "candidates.post")
        titles = {one.id: desk.lesson_text(one.title) for one in ordered}
        lesson = Choice(_("Lesson that shows the system of the interview"), "candidates.lesson", titles)
        langs = {code: OWN_NAMES.get(code, code) for code in desk.services.languages}
        lang = Choice(_("Language"), "candidates.lang", langs, desk.lang)
        starts = Typed(_("The interview begins (may be empty)"), "candidates.starts", "datetime-local")

        async def make() -> None:
            who = await desk.who()
            made = await desk.work(
                desk.services.candidates.make,
                name.value,
                post=post.value,
                lesson=lesson.value,
                lang=lang.value,
                starts=_moment(desk, starts.value),
                host=who.id,
            )
            secret = await desk.work(desk.services.candidates.link, made.id)
            await desk.note("candidate_link_made", made.id)
            _show_link(desk, made, secret)

        button(_("Make the link"), "candidates.make", desk.guarded(make), "primary")


def _moment(desk: Desk, typed: str) -> datetime | None:
    """Return the moment that a browser sent with its time zone, or None for nothing."""
    try:
        found = datetime.fromisoformat(typed) if typed else None
    except ValueError:
        found = None
    if typed and (found is None or found.tzinfo is None):
        raise BadInput(desk.text(N_("That is no date and time.")))
    return found


def _row(desk: Desk, candidate: Candidate, passed: int, lessons: int) -> None:
    _ = desk.text
    shown = candidate.name or _("(data deleted)")
    with named(tag("li", "", "row"), f"candidates.row[{candidate.name}]"):
        tag("span", " · ".join(part for part in (shown, candidate.post) if part), "row-main")
        named(tag("span", _standing(desk, candidate), "fact"), f"candidates.state[{candidate.name}]")
        if candidate.erased is not None:
            return
        text = _("{passed} of {all} lessons passed").format(passed=passed, all=lessons)
        named(tag("span", text, "fact"), f"candidates.progress[{candidate.name}]")
        again = button(
            _("New link"), f"candidates.renew[{candidate.name}]", desk.guarded(_renewing(desk, candidate)), "small"
        )
        again.props["aria-label"] = _("New link: {name}").format(name=candidate.name)
        if candidate.revoked is None:
            away = button(
                _("Take the link away"),
                f"candidates.revoke[{candidate.name}]",
                desk.guarded(_revoking(desk, candidate)),
                "small quiet",
            )
            away.props["aria-label"] = _("Take the link away: {name}").format(name=candidate.name)


def _standing(desk: Desk, candidate: Candidate) -> str:
    _ = desk.text
    if candidate.erased is not None:
        return _("data deleted on {day}").format(day=candidate.erased.date().isoformat())
    if candidate.revoked is not None:
        return _("link taken away on {day}").format(day=candidate.revoked.date().isoformat())
    if not candidate.holds(desk.services.clock()):
        return _("link too old")
    if candidate.opened is not None:
        return _("opened on {day}").format(day=candidate.opened.date().isoformat())
    return _("not opened yet")


async def _own(desk: Desk, candidate: Candidate) -> Candidate:
    """Return a candidate as it is now. Raises `NotFound` for who may not see it, or when there is none."""
    who = await desk.who()
    try:
        found = await desk.work(desk.services.candidates.get, candidate.id)
    except TrainerError as error:
        raise NotFound(N_("There is no such candidate.")) from error
    if not may_see(who, found):
        raise NotFound(N_("There is no such candidate."))
    return found


def _renewing(desk: Desk, candidate: Candidate) -> Handler:
    async def renew() -> None:
        found = await _own(desk, candidate)
        secret = await desk.work(desk.services.candidates.renew, found.id)
        await desk.note("candidate_link_made", found.id)
        _show_link(desk, found, secret)

    return renew


def _revoking(desk: Desk, candidate: Candidate) -> Handler:
    async def revoke() -> None:
        found = await _own(desk, candidate)
        await desk.work(desk.services.candidates.revoke, found.id)
        await desk.note("candidate_link_revoked", found.id)
        ui.navigate.to("/console/candidates")

    return revoke


def _show_link(desk: Desk, candidate: Candidate, secret: str) -> None:
    """Show a link to who made it, once: only its hash is kept."""
    _ = desk.text
    address = f"{desk.services.address(desk.request)}/candidate/{secret}"

    async def close() -> None:
        ui.navigate.to("/console/candidates")

    with ui.dialog(value=True).props("persistent") as dialog, tag("div", "", "dialog"):
        dialog.props["aria-label"] = _("Personal link")
        tag("h2", _("Personal link of {name}").format(name=candidate.name))
        tag("p", _("Hand it to nobody else. It is shown this once; a new one takes its place."))
        named(tag("code", address, "secret"), "candidates.secret")
        picture(qr(address), _("QR code of the address"), "qr")
        tell_of_loopback(desk)
        with tag("div", "", "dialog-actions"):
            button(_("Done"), "candidates.done", close, "primary")
