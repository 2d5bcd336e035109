"""Home: where a trainee picks a lesson, a language, and how much help there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from nicegui import ui

from trainer.core.checks import Status
from trainer.core.modes import completes
from trainer.core.runs import Run, RunStatus
from trainer.core.scenario import Scenario
from trainer.i18n import N_
from trainer.web.pages import words
from trainer.web.pages.layout import Visit, button, frame, link, named, tag

FAMILIES = ("normal-exit", "save-and-resume", "crash-recovery")
"""The order in which the lessons of one kind of system are learned; other families follow."""

SYSTEMS = {
    "web": N_("Saves by itself in the browser. Ending the interview is a button of its own."),
    "app": N_("On a phone, the exit is in the bar at the bottom, and leaving keeps everything."),
    "integrated": N_("Whatever happens in the interview is passed on to the org chart."),
    "cloud": N_("Only a saved record counts. Until then it stays on your device."),
    "local": N_("A program on your own computer. What is not saved is lost, so save and back up."),
    "suite": N_("Interview, org chart and payroll in one, saved and checked by itself."),
}
"""The kinds of system in the order in which they are learned, each with what is special; other kinds follow."""

MODES = {
    "guided": N_("Step by step: the next thing to do is highlighted."),
    "practice": N_("You find the way yourself; help comes when you ask for it."),
    "exam": N_("No help and a time limit. You hand in once and see your score."),
}
"""Ways to practise that a trainee may choose, the first one by default."""


REQUIRED = {
    "practice": N_("counts when done on your own"),
    "exam": N_("counts when passed as an exam"),
}
"""Modes in which a lesson may have to be passed to be completed; any mode will do for the others."""


class Standing(StrEnum):
    """How far a trainee has come with a lesson."""

    NEW = "new"
    UNDER_WAY = "under_way"
    READY = "ready"
    PASSED = "passed"
    AGAIN = "again"


STANDINGS = {
    Standing.NEW: N_("Not started"),
    Standing.UNDER_WAY: N_("Under way"),
    Standing.READY: N_("Practised, not completed yet"),
    Standing.PASSED: N_("Passed"),
    Standing.AGAIN: N_("Not passed yet"),
}


@dataclass(frozen=True)
class Lesson:
    """A lesson as one trainee sees it."""

    scenario: Scenario
    standing: Standing
    open_run: Run | None


def lessons_of(scenarios: Sequence[Scenario], runs: Sequence[Run]) -> list[Lesson]:
    """Put the lessons in the order of learning, with the trainee's own standing in each.

    Args:
        scenarios: The catalogue.
        runs: The trainee's Runs, newest first.
    """
    ordered = sorted(
        scenarios,
        key=lambda lesson: (
            *_place(lesson.profile, tuple(SYSTEMS)),
            _place(lesson.family, FAMILIES)[0],
            lesson.minutes,
            lesson.id,
        ),
    )
    return [_lesson(scenario, [run for run in runs if run.scenario == scenario.id]) for scenario in ordered]


def groups_of(lessons: Sequence[Lesson]) -> Iterator[tuple[str, list[Lesson]]]:
    """Yield each kind of system with its lessons, which are in the order of learning already."""
    for profile, group in groupby(lessons, key=lambda lesson: lesson.scenario.profile):
        yield profile, list(group)


def _place(code: str, order: Sequence[str]) -> tuple[int, str]:
    """Return what sorts a code: its place in the order; unknown ones come last, by name."""
    return (order.index(code), "") if code in order else (len(order), code)


def _lesson(scenario: Scenario, runs: Sequence[Run]) -> Lesson:
    going = next((run for run in runs if run.status is RunStatus.ACTIVE and run.digest == scenario.digest), None)
    finished = [run for run in runs if run.status is RunStatus.FINISHED]
    if going is not None:
        standing = Standing.UNDER_WAY
    else:
        passed = [run.mode for run in finished if run.verdict is Status.PASSED]
        if any(completes(mode, scenario.required) for mode in passed):
            standing = Standing.PASSED
        elif passed:
            standing = Standing.READY
        else:
            standing = Standing.AGAIN if finished else Standing.NEW
    return Lesson(scenario, standing, going)


async def build(visit: Visit) -> None:
    """Build the page."""
    _ = visit.text
    scenarios = await visit.work(visit.services.scenarios.all)
    runs = await visit.work(visit.services.runs.of, visit.trainee)
    lessons = lessons_of(scenarios, runs)
    with frame(visit, _("Lessons"), languages=True):
        _welcome(visit)
        if not lessons:
            named(
                tag("p", _("There are no lessons yet. Add a scenario file and load this page again."), "empty"),
                "lessons.empty",
            )
            return
        picker = _ModePicker(visit, knows_the_way=any(lesson.standing is not Standing.NEW for lesson in lessons))
        first = next((lesson for lesson in lessons if lesson.standing is not Standing.PASSED), lessons[0])
        with named(tag("div"), "lessons"):
            for profile, group in groups_of(lessons):
                _system(visit, profile)
                with tag("ul", "", "lessons"):
                    for lesson in group:
                        _card(visit, lesson, picker, is_first=lesson is first)
        _privacy(visit, bool(runs))


def _welcome(visit: Visit) -> None:
    _ = visit.text
    with tag("div", "", "hero"):
        tag("h1", _("Practise HR systems without fear"))
        tag(
            "p",
            _(
                "Every lesson opens a practice HR system of your own, with a coach beside it. You click, type, "
                "save, break off and recover for real, and what counts is what the system has stored."
            ),
            "lead",
        )
        tag(
            "p",
            _("All people, companies and data in it are made up. Nothing you do here can do any harm."),
            "note",
        )


def _system(visit: Visit, profile: str) -> None:
    """Put the heading of a kind of system on the page, with what is special about it."""
    _ = visit.text
    tag("h2", _(words.PROFILES.get(profile, profile)), "section-title")
    if profile in SYSTEMS:
        tag("p", _(SYSTEMS[profile]), "section-about")


class _ModePicker:
    """The choice between being led and finding the way."""

    def __init__(self, visit: Visit, *, knows_the_way: bool) -> None:
        _ = visit.text
        self.knows_the_way = knows_the_way
        self.mode = next(iter(MODES))
        with tag("fieldset", "", "modes"):
            tag("legend", _("How do you want to practise?"))
            for mode, about in MODES.items():
                with tag("label", "", "mode"):
                    radio = named(tag("input"), f"mode[{mode}]")
                    radio.props(f"type=radio name=mode value={mode}")
                    if mode == self.mode:
                        radio.props["checked"] = True
                    radio.on("change", lambda mode=mode: self._choose(mode), [])
                    with tag("span", "", "mode-text"):
                        tag("strong", _(words.MODES[mode]))
                        tag("span", _(about))

    def _choose(self, mode: str) -> None:
        self.mode = mode


def _card(visit: Visit, lesson: Lesson, picker: _ModePicker, *, is_first: bool) -> None:
    _, told = visit.text, visit.lesson_text
    scenario, name = lesson.scenario, f"lesson[{lesson.scenario.id}]"

    async def start() -> None:
        run = await visit.work(
            visit.coach.begin, scenario.id, mode=picker.mode, lang=visit.lang, owner=visit.trainee
        )
        ui.navigate.to(f"/practice/{run.id}")

    title = told(scenario.title)
    with named(tag("li", "", "lesson lesson-first" if is_first else "lesson"), name):
        if is_first:
            tag("p", _("Next for you") if picker.knows_the_way else _("Start here"), "ribbon")
        with tag("div", "", "lesson-head"):
            tag("h3", title)
            state = named(
                tag("span", _(STANDINGS[lesson.standing]), f"state state-{lesson.standing}"), f"{name}.state"
            )
            state.props["data-state"] = lesson.standing.value
        tag("p", told(scenario.summary), "lesson-summary")
        with tag("p", "", "lesson-facts"):
            tag(
                "span", visit.ngettext("about {n} minute", "about {n} minutes", scenario.minutes), "fact fact-time"
            )
            if scenario.required in REQUIRED:
                named(tag("span", _(REQUIRED[scenario.required]), "fact"), f"{name}.required")
        with tag("div", "", "lesson-actions"):
            kind = "primary" if is_first else ""
            if lesson.open_run is not None:
                go_on = link(
                    _("Continue"), f"{name}.continue", f"/practice/{lesson.open_run.id}", f"button {kind}"
                )
                go_on.props["aria-label"] = _("Continue: {title}").format(title=title)
                again = button(_("Start over"), f"{name}.start", visit.guarded(start), "quiet")
                again.props["aria-label"] = _("Start over: {title}").format(title=title)
            else:
                text = _("Start") if lesson.standing is Standing.NEW else _("Practise again")
                begin = button(text, f"{name}.start", visit.guarded(start), kind)
                begin.props["aria-label"] = f"{text}: {title}"


def _privacy(visit: Visit, has_runs: bool) -> None:
    _ = visit.text

    async def forget() -> None:
        await visit.work(visit.services.forget, visit.trainee)
        ui.navigate.to("/")

    with ui.dialog() as dialog, tag("div", "", "dialog"):
        dialog.props["aria-label"] = _("Delete my data")
        tag("h2", _("Delete my data?"))
        tag("p", _("Your results, and everything you typed into the practice systems, will be gone for good."))

        async def close() -> None:
            dialog.close()

        with tag("div", "", "dialog-actions"):
            button(_("Keep them"), "forget.cancel", close)
            button(_("Delete"), "forget.confirm", visit.guarded(forget), "danger")

    async def ask() -> None:
        dialog.open()

    with tag("section", "", "privacy"):
        tag("p", _("This browser is known by a cookie, without a name. Your results belong to it alone."))
        if has_runs:
            button(_("Delete my data"), "forget.open", ask, "quiet")
