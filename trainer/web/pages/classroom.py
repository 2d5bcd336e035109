"""Classroom: the page of a trainee in a workshop, which always says what to do now."""

from __future__ import annotations

import asyncio

from nicegui import background_tasks, ui

from trainer.core.errors import TrainerError
from trainer.core.paths import TEST_MODE
from trainer.core.runs import Run
from trainer.core.scenario import Scenario
from trainer.core.workshop import Now, Todo, shown_code
from trainer.i18n import N_
from trainer.web.pages import words
from trainer.web.pages.desk import submit
from trainer.web.pages.home import forget_box
from trainer.web.pages.layout import Handler, Visit, button, frame, link, named, of_a_class, tag

TOLD = {
    Todo.WAIT: (
        N_("You are in. Please wait."),
        N_("The workshop begins in a moment; this page changes by itself."),
    ),
    Todo.PAUSE: (N_("A short break"), N_("It goes on by itself, right where you are.")),
    Todo.REST: (N_("You have done everything."), N_("Help your neighbour, or look at your results again.")),
    Todo.END: (N_("The workshop is over."), N_("Thank you for taking part.")),
}
"""What to do where it is no lesson."""

ENDS = {Todo.REST, Todo.END}
"""When there is nothing left to do."""


async def build(visit: Visit) -> None:
    """Build the page."""
    _ = visit.text
    seat, workshop = of_a_class(visit)
    with frame(visit, visit.lesson_text(workshop.title), languages=True) as strip:
        tag("p", _("Hello, {name}").format(name=seat.name), "kicker")
        tag("h1", visit.lesson_text(workshop.title))
        visit.said()
        place = tag("div").props("aria-live=polite")
        in_turn = asyncio.Lock()

        async def show() -> None:
            async with in_turn:
                await show_now()

        async def show_now() -> None:
            with visit.client:
                here = await visit.work(visit.services.still_at, visit.device, seat.id)
                todo = await visit.work(visit.services.workshops.now, here)
                lessons = {lesson.id: lesson for lesson in await visit.work(visit.services.scenarios.all)}
                unjudged = await visit.work(visit.services.workshops.unjudged, here)
                certified = todo.todo in ENDS and await visit.work(_is_certified, visit, seat.id)
                said = await visit.work(visit.services.workshops.said, here) if todo.todo in ENDS else None
                parts = visit.services.workshops.parts(workshop)
                place.clear()
                with place:
                    _gone(visit, parts, lessons)
                    _now(visit, todo, lessons)
                    _unjudged(visit, unjudged, lessons)
                    if todo.todo in ENDS:
                        _ending(visit, seat.id if certified else "", stars=said.stars if said else 0)
                    _parts(visit, parts, todo, lessons)

        def show_soon() -> None:
            background_tasks.create(visit.guarded(show)(), name="what to do now")

        if strip is not None:
            strip.changed = show_soon  # before the first look: what changes after it is heard of
        await show()
        _bottom(visit, seat.code)


def _gone(visit: Visit, parts: list[tuple[str, str]], lessons: dict[str, Scenario]) -> None:
    """Tell which lessons have left the catalogue since the workshop was made; only their ids are known."""
    _, gone = visit.text, dict.fromkeys(lesson for lesson, _mode in parts if lesson not in lessons)
    if gone:
        told = _("Not in the catalogue any more, so you go on without: {lessons}").format(lessons=", ".join(gone))
        named(tag("p", told, "feedback feedback-warn"), "class.gone")


def _now(visit: Visit, todo: Now, lessons: dict[str, Scenario]) -> None:
    _, told = visit.text, visit.lesson_text
    with named(tag("section", "", "now-card"), "class.now") as card:
        card.props["data-state"] = todo.todo.value
        if todo.todo in TOLD:
            title, text = TOLD[todo.todo]
            tag("h2", _(title))
            tag("p", _(text))
            return
        lesson = lessons[todo.lesson]
        tag("p", _("Do this now: part {n} of {all}").format(n=todo.done + 1, all=todo.parts), "kicker")
        tag("h2", told(lesson.title))
        tag("p", told(lesson.summary))
        with tag("p", "", "lesson-facts"):
            tag("span", _(words.MODES[todo.mode]), "fact")
            tag("span", visit.ngettext("about {n} minute", "about {n} minutes", lesson.minutes), "fact fact-time")
        if todo.mode == TEST_MODE:
            tag("p", _("A test: no help, and you hand it in once. It shows what the workshop has changed."))
        if todo.run is not None:
            link(_("Continue"), "class.continue", f"/practice/{todo.run.id}", "button primary")
        else:
            button(_("Start"), "class.start", visit.guarded(_starting(visit)), "primary")


def _unjudged(visit: Visit, runs: list[Run], lessons: dict[str, Scenario]) -> None:
    """Lead to the results that could not be judged."""
    _, told = visit.text, visit.lesson_text
    if runs:
        with named(tag("div", "", "feedback feedback-warn"), "class.unjudged"):
            tag(
                "p", _("Not judged yet, and no certificate without it. Open it and look again, or practise again:")
            )
            with tag("div", "", "lesson-actions"):
                for run in runs:
                    title = told(lessons[run.scenario].title) if run.scenario in lessons else run.scenario
                    link(title, f"class.unjudged[{run.scenario}]", f"/result/{run.id}", "button small")


def _is_certified(visit: Visit, seat: str) -> bool:
    try:
        visit.services.workshops.certified(seat)
    except TrainerError:
        return False
    return True


def _ending(visit: Visit, certified: str, *, stars: int) -> None:
    """Put on the page what is left to a trainee at the end: the certificate of a seat, and feedback.

    Args:
        visit: The page.
        certified: Id of the seat, "" where there is no certificate.
        stars: How many the trainee has given already; 0 for none.
    """
    _ = visit.text
    if certified:
        link(_("Your certificate"), "class.certificate", f"/certificate/{certified}.pdf", "button primary")
    if stars:
        told = _("Thank you, that has arrived: {stars} of 5. You can send it anew; the last one counts.")
        named(tag("p", told.format(stars=stars), "feedback feedback-good"), "feedback.sent").props("role=status")
    with tag("form", "", "form").props("method=post action=/feedback") as form:
        form.props["aria-label"] = _("How was it?")
        with tag("fieldset", "", "stars"):
            tag("legend", _("How was it? (1 = poor, 5 = very good)"))
            for number in range(1, 6):
                with tag("label", "", "field-tick"):
                    named(tag("input"), f"feedback.stars[{number}]").props(f"type=radio name=stars value={number}")
                    tag("span", str(number))
        with tag("label", "", "field"):
            tag("span", _("What should be better? (nobody is told who wrote it)"))
            named(tag("textarea"), "feedback.text").props("name=text rows=3 maxlength=1000")
        submit(_("Send"), "feedback.submit", "")


def _starting(visit: Visit) -> Handler:
    async def start() -> None:
        seat, _workshop = of_a_class(visit)
        seat = await visit.work(visit.services.still_at, visit.device, seat.id)
        todo = await visit.work(visit.services.workshops.now, seat)
        if todo.todo is Todo.BEGIN:
            run = await visit.work(
                visit.coach.begin, todo.lesson, mode=todo.mode, lang=visit.lang, owner=visit.trainee
            )
            visit.go_on_to(f"/practice/{run.id}")
        else:
            ui.navigate.to("/class")

    return start


def _parts(visit: Visit, parts: list[tuple[str, str]], todo: Now, lessons: dict[str, Scenario]) -> None:
    _, told = visit.text, visit.lesson_text
    with tag("p", "", "path-progress"):
        text = _("{done} of {all} parts done").format(done=todo.did, all=todo.parts)
        if todo.skipped:
            text += " · " + _("{n} left out").format(n=todo.skipped)
        bar = tag("progress", "", "bar").props(f"max={todo.parts} value={todo.done}")
        bar.props["aria-label"] = text
        named(tag("span", text), "class.progress").props["data-state"] = f"{todo.done}/{todo.parts}"
    with tag("details", "", "steps"):
        tag("summary", _("All parts"))
        with tag("ol"):
            for number, (lesson, _mode) in enumerate(parts, start=1):
                with tag("li", "", "step"):
                    tag("span", str(number), "step-mark").props("aria-hidden=true")
                    tag("span", told(lessons[lesson].title) if lesson in lessons else lesson, "step-text")


def _bottom(visit: Visit, code: str) -> None:
    _ = visit.text
    dialog = forget_box(visit)

    async def ask() -> None:
        dialog.open()

    with tag("section", "", "privacy"):
        base = visit.services.address(visit.request)
        tag("p", _("To go on with another device, open {address} there and type:").format(address=f"{base}/join"))
        named(tag("strong", shown_code(code)), "class.code")
        with tag("form", "").props("method=post action=/stand-up"):
            submit(_("Leave this workshop"), "class.leave", "quiet small")
        button(_("Delete my data"), "forget.open", ask, "quiet small")
