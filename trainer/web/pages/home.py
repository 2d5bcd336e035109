"""Home: where a trainee picks a lesson, a language, and how much help there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

from nicegui import ui

from trainer.core.checks import Status
from trainer.core.modes import completes
from trainer.core.paths import TEST_MODE, Change, LearningPath, change
from trainer.core.runs import Run, RunStatus
from trainer.core.scenario import Scenario
from trainer.i18n import N_
from trainer.web.pages import words
from trainer.web.pages.guide_menu import PACK_ROUTE, film_link, guide_menu
from trainer.web.pages.layout import Visit, button, frame, link, named, tag

FAMILIES = ("normal-exit", "save-and-resume", "crash-recovery")
"""The order in which lessons of one kind of system are learned that no path orders; other families follow."""

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
    """A lesson as one trainee sees it.

    Attributes:
        completed: It was passed at least once in a mode that counts, also when it is under way again.
    """

    scenario: Scenario
    standing: Standing
    open_run: Run | None
    completed: bool


def lessons_of(
    scenarios: Sequence[Scenario], runs: Sequence[Run], paths: Sequence[LearningPath] = ()
) -> list[Lesson]:
    """Put the lessons in the order of learning, with the trainee's own standing in each.

    Args:
        scenarios: The catalogue.
        runs: The trainee's Runs, newest first.
        paths: The learning paths; lessons on none of them follow, by kind of system, and tests are no lessons.
    """
    places = {lesson: number for number, lesson in enumerate(one for path in paths for one in path.lessons())}
    tests = {path.test for path in paths} - places.keys()
    ordered = sorted(
        (lesson for lesson in scenarios if lesson.id not in tests),
        key=lambda lesson: (
            places.get(lesson.id, len(places)),
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
    passed = [run.mode for run in finished if run.verdict is Status.PASSED]
    completed = any(completes(mode, scenario.required) for mode in passed)
    if going is not None:
        standing = Standing.UNDER_WAY
    elif completed:
        standing = Standing.PASSED
    elif passed:
        standing = Standing.READY
    else:
        standing = Standing.AGAIN if finished else Standing.NEW
    return Lesson(scenario, standing, going, completed)


async def build(visit: Visit) -> None:
    """Build the page."""
    _ = visit.text
    if visit.seat is not None:
        ui.navigate.to("/class")
        return
    scenarios = await visit.work(visit.services.scenarios.all)
    runs = await visit.work(visit.services.runs.of, visit.trainee)
    paths = await visit.work(visit.services.scenarios.paths)
    lessons = lessons_of(scenarios, runs, paths)
    with frame(visit, _("Lessons"), languages=True):
        _welcome(visit)
        if not lessons:
            named(
                tag("p", _("There are no lessons yet. Add a scenario file and load this page again."), "empty"),
                "lessons.empty",
            )
            return
        picker = ModePicker(visit, knows_the_way=any(lesson.standing is not Standing.NEW for lesson in lessons))
        first = next((lesson for lesson in lessons if lesson.standing is not Standing.PASSED), lessons[0])
        with named(tag("div"), "lessons"):
            shelf = _Shelf(visit, {lesson.scenario.id: lesson for lesson in lessons}, picker, first)
            tests = {scenario.id: scenario for scenario in scenarios}
            for path in paths:
                test = _lesson(tests[path.test], [run for run in runs if run.scenario == path.test])
                _path(visit, path, shelf, test, change(path, runs))
            _others(visit, shelf, [lesson for lesson in lessons if lesson.scenario.id not in shelf.shown])
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
        if visit.services.films:
            with tag("div"):
                link(_("All films"), "home.films", f"/films?lang={visit.lang}", "pack-link")


@dataclass
class _Shelf:
    """The lessons, and which of them stand on the page already."""

    visit: Visit
    lessons: dict[str, Lesson]
    picker: ModePicker
    first: Lesson
    shown: set[str] = field(default_factory=set)

    def put(self, ids: Iterable[str]) -> None:
        """Put the cards of some lessons on the page, in their order."""
        with tag("ul", "", "lessons"):
            for one in ids:
                self.shown.add(one)
                lesson = self.lessons[one]
                _card(self.visit, lesson, self.picker, is_first=lesson is self.first)


def _path(visit: Visit, path: LearningPath, shelf: _Shelf, test: Lesson, changed: Change) -> None:
    """Put a learning path on the page: how far one is, the test, and the lessons in their order."""
    _, told, name = visit.text, visit.lesson_text, f"path[{path.id}]"
    ids = path.lessons()
    passed = sum(shelf.lessons[one].completed for one in ids)
    with named(tag("section", "", "path"), name):
        tag("h2", told(path.title), "section-title")
        tag("p", told(path.summary), "section-about")
        text = _("{passed} of {all} lessons passed").format(passed=passed, all=len(ids))
        with tag("p", "", "path-progress"):
            bar = tag("progress", "", "bar").props(f"max={len(ids)} value={passed}")
            bar.props["aria-label"] = text
            named(tag("span", text), f"{name}.progress").props["data-state"] = f"{passed}/{len(ids)}"
        if visit.services.guides:
            address = PACK_ROUTE.format(path=path.id) + f"?lang={visit.lang}"
            link(_("All guides of this path (ZIP)"), f"{name}.guides", address, "pack-link")
        _test(visit, name, test, changed)
        for part in path.parts:
            tag("h3", told(part.title), "part-title")
            systems = {shelf.lessons[one].scenario.profile for one in part.lessons}
            if len(systems) == 1:
                _about(visit, *systems)
            shelf.put(part.lessons)


def _test(visit: Visit, name: str, test: Lesson, changed: Change) -> None:
    """Put the test before and after on the page, and what they say has changed."""
    _ = visit.text
    lesson = test.scenario

    async def start() -> None:
        run = await visit.work(visit.coach.go_on, lesson.id, mode=TEST_MODE, lang=visit.lang, owner=visit.trainee)
        visit.go_on_to(f"/practice/{run.id}")

    with tag("details", "", "path-test") as fold:
        if test.open_run is not None or changed.before is not None or changed.after is not None:
            fold.props["open"] = True
        named(tag("summary", _("Test before and after: what has changed?")), f"{name}.test")
        tag("p", _("Take the same test before your first lesson of this path and after your last one."))
        with tag("dl", "", "figures"):
            for when, label, points in (
                ("before", _("Before"), changed.before),
                ("after", _("After"), changed.after),
            ):
                with tag("div"):
                    tag("dt", label)
                    text = _("not taken") if points is None else _("{n} of 100").format(n=points)
                    named(tag("dd", text), f"{name}.{when}").props["data-state"] = (
                        "" if points is None else str(points)
                    )
            if changed.difference is not None:
                with tag("div"):
                    tag("dt", _("Difference"))
                    text = _("{points} points").format(points=f"{changed.difference:+d}")
                    named(tag("dd", text), f"{name}.difference").props["data-state"] = str(changed.difference)
        title = visit.lesson_text(lesson.title)
        begin = button(_("Take the test"), f"{name}.start", visit.guarded(start))
        begin.props["aria-label"] = _("Take the test: {title}").format(title=title)
        if test.open_run is not None:
            begin.text = _("Go on with the test")
            begin.props["aria-label"] = _("Go on with the test: {title}").format(title=title)
        measured = _(
            "Measured is the score of the lesson “{title}”, taken as an exam without help, of one person "
            "(n = 1). Part of a difference comes from having seen the test before, and it does not say how well "
            "the work itself goes."
        )
        tag("p", measured.format(title=title), "section-about")
        claim = _(
            "A source of this training claims that proficiency grows by 65 %, without saying how that was "
            "measured. That is the source’s claim, not ours."
        )
        named(tag("p", claim, "section-about"), f"{name}.claim")


def _others(visit: Visit, shelf: _Shelf, lessons: Sequence[Lesson]) -> None:
    """Put the lessons that are on no path on the page, by kind of system, with what is special about each."""
    _ = visit.text
    if lessons:
        tag("h2", _("More lessons") if shelf.shown else _("Lessons"), "section-title")
    for profile, group in groups_of(lessons):
        tag("h3", words.system(profile, _), "part-title")
        _about(visit, profile)
        shelf.put(lesson.scenario.id for lesson in group)


def _about(visit: Visit, profile: str) -> None:
    """Say what is special about a kind of system, where that is known."""
    if profile in SYSTEMS:
        tag("p", visit.text(SYSTEMS[profile]), "section-about")


class ModePicker:
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


def _card(visit: Visit, lesson: Lesson, picker: ModePicker, *, is_first: bool) -> None:
    _, told = visit.text, visit.lesson_text
    scenario, name = lesson.scenario, f"lesson[{lesson.scenario.id}]"

    async def start() -> None:
        run = await visit.work(
            visit.coach.begin, scenario.id, mode=picker.mode, lang=visit.lang, owner=visit.trainee
        )
        visit.go_on_to(f"/practice/{run.id}")

    title = told(scenario.title)
    with named(tag("li", "", "lesson lesson-first" if is_first else "lesson"), name):
        if is_first:
            tag("p", _("Next for you") if picker.knows_the_way else _("Start here"), "ribbon")
        with tag("div", "", "lesson-head"):
            tag("h4", title)
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
            with tag("div", "", "lesson-aids"):
                if visit.services.guides:
                    guide_menu(visit, scenario.id, visit.lang, f"{name}.guide", title)
                if visit.services.films:
                    film_link(visit, scenario.id, visit.lang, f"{name}.film", title)


def _privacy(visit: Visit, has_runs: bool) -> None:
    _ = visit.text
    dialog = forget_box(visit) if has_runs else None

    async def ask() -> None:
        if dialog is not None:
            dialog.open()

    with tag("section", "", "privacy"):
        link(_("Join a workshop"), "nav.join", "/join", "button quiet")
        link(_("For instructors"), "nav.console", "/console", "button quiet")
        tag("p", _("This browser is known by a cookie, without a name. Your results belong to it alone."))
        if has_runs:
            button(_("Delete my data"), "forget.open", ask, "quiet")


def forget_box(visit: Visit) -> ui.dialog:
    """Return the box that asks before all data of the trainee is deleted, also of who sits in a workshop."""
    _ = visit.text

    async def forget() -> None:
        if visit.candidate is not None:
            await visit.work(visit.services.erase_candidate, visit.candidate)
            ui.navigate.to(f"/deleted/{visit.candidate.id}")
            return
        await visit.work(visit.services.forget, visit.trainee)
        if visit.seat is not None:
            await visit.work(visit.services.workshops.erase, visit.seat.id)
        ui.navigate.to("/")

    with ui.dialog() as dialog, tag("div", "", "dialog"):
        dialog.props["aria-label"] = _("Delete my data")
        tag("h2", _("Delete my data?"))
        tag("p", _("Your results, and everything you typed into the practice systems, will be gone for good."))
        if visit.candidate is not None:
            with named(tag("ul", "", "told-list"), "forget.what"):
                for text in (
                    _("Your name, the post and the date of your interview"),
                    _("All exercises with their results and pictures"),
                    _("Letters to you: reminders that wait do not go"),
                    _("Your personal link: it leads nowhere afterwards"),
                ):
                    tag("li", text)
            tag("p", _("Kept is only that somebody’s data was deleted, and when."))

        async def close() -> None:
            dialog.close()

        with tag("div", "", "dialog-actions"):
            button(_("Keep them"), "forget.cancel", close)
            button(_("Delete"), "forget.confirm", visit.guarded(forget), "danger")
    return dialog
