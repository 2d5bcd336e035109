"""Portal: the page of a candidate who came by a personal link: what to practise, the results, and one's data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from http import HTTPStatus

from babel.dates import format_date, format_time
from nicegui import ui

from trainer.core.candidate import Candidate, way_of
from trainer.core.checks import Status
from trainer.core.errors import BadInput
from trainer.core.invitation import Channel
from trainer.core.runs import Run, RunStatus
from trainer.core.score import score
from trainer.i18n import N_
from trainer.web.pages import words
from trainer.web.pages.desk import submit
from trainer.web.pages.guide_menu import GUIDE_ROUTE, film_link
from trainer.web.pages.home import STANDINGS, Lesson, ModePicker, Standing, forget_box, lessons_of
from trainer.web.pages.layout import Visit, button, frame, link, named, tag
from trainer.web.services import NotFound

CHANNELS = {Channel.MAIL: N_("by e-mail"), Channel.SMS: N_("by short message")}
SHOWN_RUNS = 50
"""So many exercises stand on the page at most, the newest first."""


async def build_door(visit: Visit) -> None:
    """Build the page that a personal link leads to: one press, and the browser is the candidate's."""
    secret = visit.request.path_params["secret"]
    found = await visit.work(visit.services.candidates.behind, secret)
    if found is None:
        _nobody(visit, HTTPStatus.NOT_FOUND)
        return
    if visit.candidate is not None and visit.candidate.id == found.id:
        ui.navigate.to("/candidate")
        return
    _ = visit.text
    with frame(visit, _("Your practice page"), languages=True):
        tag("p", _("Hello, {name}").format(name=found.name), "kicker")
        tag("h1", _("Practise before your interview"))
        _about(visit, found)
        told = _("The link is yours alone: whoever has it sees your results. Do not pass it on.")
        tag("p", told, "lead")
        with tag("form", "", "form").props("method=post") as form:
            form.props["action"] = f"/candidate/{secret}"
            form.props["aria-label"] = _("Your practice page")
            submit(_("Open my practice page"), "portal.open")


def _about(visit: Visit, candidate: Candidate) -> None:
    _ = visit.text
    if candidate.post:
        tag("p", _("Your interview: {post}.").format(post=candidate.post), "lead")
    told = _(
        "The same kind of system as in your interview, with a coach beside it. All data in it is made up, and "
        "nothing you do here counts."
    )
    tag("p", told, "lead")


def _nobody(visit: Visit, status: HTTPStatus) -> None:
    """Build the page for a browser that is no candidate's, or a link that leads nowhere."""
    _ = visit.text
    visit.client.status_code = status
    with frame(visit, _("Your practice page"), languages=True):
        if status is HTTPStatus.NOT_FOUND:
            tag("h1", _("This link does not hold any more"))
            told = _("It was taken away, replaced by another one, or is too old. Ask who invited you.")
        else:
            tag("h1", _("This page opens by a personal link"))
            told = _("Open the link of your letter in this browser. If you have none, ask who invited you.")
        named(tag("p", told, "lead"), "portal.nobody")
        link(_("To the lessons"), "nav.back", "/", "button")


async def build_deleted(visit: Visit) -> None:
    """Build the page on which deleting one's data ends; it names nobody, and stays true."""
    _ = visit.text
    try:
        gone = await visit.work(visit.services.candidates.get, visit.request.path_params["candidate"])
    except BadInput as error:
        raise NotFound(N_("There is no such candidate.")) from error
    if gone.erased is None:
        raise NotFound(N_("There is no such candidate."))
    with frame(visit, _("Your data is deleted"), languages=True):
        tag("h1", _("Your data is deleted"))
        when = moment_told(gone.erased, visit)
        told = _(
            "Everything was deleted on {when}: who you are, your exercises with their results and pictures, and "
            "letters that were waiting. Your personal link leads nowhere any more."
        )
        named(tag("p", told.format(when=when), "lead"), "portal.deleted")
        tag("p", _("Kept is only that somebody’s data was deleted, and when."), "lead")
        tag("p", _("You may close this page. Lessons are still there for everybody, without a name."), "lead")
        with tag("div", "", "onward"):
            link(_("To the lessons"), "nav.back", "/", "button")


async def build(visit: Visit) -> None:
    """Build the candidate's own page."""
    candidate = visit.candidate
    if candidate is None:
        _nobody(visit, HTTPStatus.FORBIDDEN)
        return
    _, services = visit.text, visit.services
    scenarios = await visit.work(services.scenarios.all)
    paths = await visit.work(services.scenarios.paths)
    runs = await visit.work(services.runs.of, visit.trainee)
    known = lessons_of(scenarios, runs, paths)
    wanted = {one.id for one in way_of(candidate.lesson, [one.scenario for one in known], paths)}
    lessons = [one for one in known if one.scenario.id in wanted]
    with frame(visit, _("Your practice page"), languages=True):
        tag("p", _("Hello, {name}").format(name=candidate.name), "kicker")
        tag("h1", _("Practise before your interview"))
        _about(visit, candidate)
        _practise(visit, lessons)
        _progress(visit, lessons)
        _history(visit, runs, {one.scenario.id: visit.lesson_text(one.scenario.title) for one in known})
        await _dates(visit, candidate)
        _guide(visit, candidate)
        _data(visit)


def _practise(visit: Visit, lessons: Sequence[Lesson]) -> None:
    """Put on the page what to practise now."""
    _, told = visit.text, visit.lesson_text
    with named(tag("section", "", "now-card"), "portal.now"):
        if not lessons:
            tag("h2", _("There is nothing to practise here any more"))
            tag("p", _("The lesson was taken out. The other ones are still there."))
            link(_("To the lessons"), "portal.lessons", "/", "button primary")
            return
        going = next((one for one in lessons if one.open_run is not None), None)
        left = next((one for one in lessons if one.standing is not Standing.PASSED), None)
        chosen = going or left or lessons[0]
        tag("p", _("Practise this now") if going or left else _("You have passed everything"), "kicker")
        tag("h2", told(chosen.scenario.title))
        tag("p", told(chosen.scenario.summary))
        minutes = chosen.scenario.minutes
        tag("p", visit.ngettext("about {n} minute", "about {n} minutes", minutes), "fact fact-time")
        if chosen.open_run is not None:
            link(_("Continue"), "portal.continue", f"/practice/{chosen.open_run.id}", "button primary")
            return
        picker = ModePicker(visit, knows_the_way=False)

        async def start() -> None:
            run = await visit.work(
                visit.coach.begin, chosen.scenario.id, mode=picker.mode, lang=visit.lang, owner=visit.trainee
            )
            visit.go_on_to(f"/practice/{run.id}")

        text = _("Start") if left else _("Practise again")
        button(text, "portal.start", visit.guarded(start), "primary")


def _progress(visit: Visit, lessons: Sequence[Lesson]) -> None:
    _ = visit.text
    tag("h2", _("How far you are"), "section-title")
    passed = sum(one.completed for one in lessons)
    text = _("{passed} of {all} lessons passed").format(passed=passed, all=len(lessons))
    with tag("p", "", "path-progress"):
        bar = tag("progress", "", "bar").props(f"max={max(len(lessons), 1)} value={passed}")
        bar.props["aria-label"] = text
        named(tag("span", text), "portal.progress").props["data-state"] = f"{passed}/{len(lessons)}"
    with tag("ol", "", "rows"):
        for one in lessons:
            with tag("li", "", "row"):
                tag("span", visit.lesson_text(one.scenario.title), "row-main")
                state = named(
                    tag("span", _(STANDINGS[one.standing]), f"state state-{one.standing}"),
                    f"portal.lesson[{one.scenario.id}]",
                )
                state.props["data-state"] = one.standing.value
    link(_("All lessons"), "portal.all", "/", "pack-link")


def _history(visit: Visit, runs: Sequence[Run], titles: dict[str, str]) -> None:
    """Put on the page what was practised, the newest first."""
    _ = visit.text
    tag("h2", _("What you have practised"), "section-title")
    if not runs:
        told = _("Nothing yet. What you practise stands here, with its score and what was seen step by step.")
        named(tag("p", told, "section-about"), "portal.none")
        return
    with named(tag("ol", "", "rows"), "portal.runs"):
        for run in runs[:SHOWN_RUNS]:
            title = titles.get(run.scenario, run.scenario)
            with named(tag("li", "", "row"), f"portal.run[{run.id}]"):
                tag("span", title, "row-main")
                tag("span", moment_told(run.started, visit), "fact")
                tag("span", _(words.MODES[run.mode]), "fact")
                if run.status is RunStatus.ACTIVE:
                    tag("span", _(STANDINGS[Standing.UNDER_WAY]), "state state-under_way")
                    text, address = _("Continue"), f"/practice/{run.id}"
                else:
                    state = Standing.PASSED if run.verdict is Status.PASSED else Standing.AGAIN
                    told = _("Broken off") if run.status is RunStatus.LEFT else _(words.VERDICTS[run.verdict])
                    shown = tag("span", told, f"state state-{state}")
                    named(shown, "portal.verdict").props["data-state"] = run.verdict.value
                    points = score(run).points
                    if points is not None and run.status is RunStatus.FINISHED:
                        named(tag("span", _("{n} of 100").format(n=points), "fact"), "portal.points")
                    text, address = _("Result"), f"/result/{run.id}"
                made = link(text, "portal.result", address, "button small")
                made.props["aria-label"] = f"{text}: {title}"


async def _dates(visit: Visit, candidate: Candidate) -> None:
    """Put on the page when the interview is, and what reminds of it."""
    _ = visit.text
    tag("h2", _("Your interview and reminders"), "section-title")
    if candidate.starts is not None:
        told = _("Your interview begins on {when}.").format(when=moment_told(candidate.starts, visit))
        named(tag("p", told), "portal.starts")
    letter = await visit.work(visit.services.candidates.reminder, candidate.id)
    if letter is None:
        named(tag("p", _("No reminder is planned."), "section-about"), "portal.reminder")
        return
    told = _("Next reminder: {when}, {how}.").format(
        when=moment_told(letter.due, visit), how=_(CHANNELS[letter.channel])
    )
    named(tag("p", told), "portal.reminder")


def _guide(visit: Visit, candidate: Candidate) -> None:
    """Put the guide to the kind of system on the page, to read and to print."""
    _, services = visit.text, visit.services
    if not services.guides and not services.films:
        return
    tag("h2", _("Your guide"), "section-title")
    tag("p", _("Where everything is in this kind of system, step by step, with pictures."), "section-about")
    with tag("div", "", "lesson-actions"):
        if services.guides:
            for form, text in (("pdf", _("Guide as PDF, to print")), ("html", _("Guide as web page"))):
                address = GUIDE_ROUTE.format(scenario=candidate.lesson, form=form)
                made = link(text, f"portal.guide.{form}", f"{address}?lang={visit.lang}", "button")
                made.props("target=_blank rel=noopener")
        if services.films:
            film_link(visit, candidate.lesson, visit.lang, "portal.film")


def _data(visit: Visit) -> None:
    _ = visit.text
    dialog = forget_box(visit)

    async def ask() -> None:
        dialog.open()

    with tag("section", "", "privacy"):
        tag("p", _("Your results belong to you. Who invited you sees how many lessons you have passed, no more."))
        with tag("form", "").props("method=post action=/candidate-leave"):
            submit(_("This is not my device: close the page here"), "portal.leave", "quiet small")
        button(_("Delete my data"), "forget.open", ask, "quiet small")


def moment_told(moment: datetime, visit: Visit) -> str:
    """Return a moment in the candidate's own time zone, else in UTC."""
    zone: tzinfo | None = visit.candidate.starts.tzinfo if visit.candidate and visit.candidate.starts else None
    there = moment.astimezone(zone) if zone else moment
    day, time = format_date(there, "medium", visit.lang), format_time(there, "short", locale=visit.lang)
    return f"{day} {time} ({there:%Z})"
