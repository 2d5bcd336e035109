"""Result: what a Run came to, step by step, with the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from nicegui import background_tasks, ui

from trainer.core.checks import Outcome, Status
from trainer.core.errors import TrainerError
from trainer.core.model import fill_in
from trainer.core.runs import Attempt, Run, RunStatus
from trainer.core.scenario import Scenario, Step
from trainer.core.score import credit, score
from trainer.i18n import N_
from trainer.web.pages import words
from trainer.web.pages.guide_menu import film_link, guide_menu
from trainer.web.pages.home import lessons_of
from trainer.web.pages.layout import Visit, button, frame, link, named, tag

EVIDENCE_ROUTE = "/evidence/{run}/{name}"
"""Where the pictures are served that the observer took."""

SENTENCES = {
    Status.PASSED: N_("The system has stored everything as it should be, and other people see it too."),
    Status.FAILED: N_("Something is not stored, or not seen, as it should be. Look below where it differs."),
    Status.UNKNOWN: N_("The last look could not be taken. That is no fault of yours and counts neither way."),
}

BROKEN_OFF = (
    N_("Broken off"),
    N_("This exercise ended before its last step, so it has no score. What was done until then stands below."),
)


async def build(visit: Visit) -> None:
    """Build the page of one Run."""
    run = await visit.own(visit.request.path_params["run"])
    visit = visit.speaking(run.lang)
    if run.status is RunStatus.ACTIVE and run.ongoing is not None:
        visit.go_on_to(f"/practice/{run.id}")
        return
    _ = visit.text
    scenarios = await visit.work(visit.services.scenarios.all)
    scenario = next((lesson for lesson in scenarios if lesson.id == run.scenario), None)
    title = visit.lesson_text(scenario.title) if scenario else run.scenario
    steps = await _told(visit, run, scenario)
    with frame(visit, title):
        tag("p", _("Result"), "kicker")
        tag("h1", title)
        place = named(tag("div", "", "result"), "result").props("aria-live=polite")

        async def judged() -> None:
            with visit.client:
                await visit.client.connected()
                try:
                    finished = await visit.finish(run.id)
                except TrainerError as error:
                    visit.tell(error)
                    return
                place.clear()
                with place:
                    await _result(visit, finished, steps)

        with place:
            if run.status is RunStatus.ACTIVE:
                _waiting(visit)
                background_tasks.create(judged(), name="finish a run")
            else:
                await _result(visit, run, steps)


async def _told(visit: Visit, run: Run, scenario: Scenario | None) -> dict[str, Step]:
    """Return the Steps by id, as they were told in the Run; in general words when its Sandbox is gone."""
    try:
        progress = await visit.work(visit.coach.progress, run.id)
    except TrainerError:
        if scenario is None or scenario.digest != run.digest:
            return {}
        raw = {step.id: step for step in scenario.steps}
        return {
            each.step: _in_general(visit, raw[each.step.partition(".")[0]], each.step) for each in run.attempts
        }
    return {step.id: step for step in progress.steps}


def _in_general(visit: Visit, step: Step, name: str) -> Step:
    number = name.partition(".")[2]

    def lookup(asked: str) -> str:
        return number if asked.endswith(".number") else "…"

    say, sees = (fill_in(visit.lesson_text(text), lookup) for text in (step.say, step.sees))
    return step.model_copy(update={"say": say, "sees": sees})


def _waiting(visit: Visit) -> None:
    _ = visit.text
    with named(tag("div", "", "verdict verdict-wait"), "result.waiting"):
        tag("h2", _("Stored, and being looked at"))
        tag("p", _("A second browser is looking at what other people see now. This takes a few seconds."))


async def _result(visit: Visit, run: Run, steps: dict[str, Step]) -> None:
    _ = visit.text
    verdict = run.verdict
    with named(tag("div", "", f"verdict verdict-{verdict}"), "result.verdict") as box:
        box.props["data-state"] = verdict.value
        for name, text in zip(("h2", "p"), came_to(run), strict=True):
            tag(name, _(text))
        if verdict is Status.UNKNOWN and run.status is RunStatus.FINISHED:
            if run.sandbox:
                await _look_again(visit, run)
            else:
                tag("p", _("The practice system has been removed since: nobody can look any more."))
    _figures(visit, run)
    if run.final:
        tag("h2", _("What other people see now"), "section-title")
        with tag("ul", "", "sights"):
            for outcome in run.final:
                _sight(visit, run, outcome)
    tag("h2", _("Step by step"), "section-title")
    with named(tag("ol", "", "attempts"), "result.steps"):
        for attempt in run.attempts:
            _attempt(visit, attempt, steps.get(attempt.step))
    await _onward(visit, run)


def came_to(run: Run) -> tuple[str, str]:
    """Return what a Run came to as msgids: in a word, and in a sentence."""
    return BROKEN_OFF if run.status is RunStatus.LEFT else (words.VERDICTS[run.verdict], SENTENCES[run.verdict])


async def _look_again(visit: Visit, run: Run) -> None:
    _ = visit.text

    async def again() -> None:
        await visit.finish(run.id)
        ui.navigate.to(f"/result/{run.id}")

    button(_("Look again"), "result.look_again", visit.guarded(again, run.id), "primary")


def _figures(visit: Visit, run: Run) -> None:
    _ = visit.text
    helped = sum(len(attempt.helps) for attempt in run.attempts)
    points = score(run).points
    worth = _("not judged yet") if points is None else _("{n} of 100").format(n=points)
    breaks = (("breaks", _("Interrupted"), str(run.breaks)),) if run.breaks else ()
    figures = (
        ("score", _("Score"), "–" if run.status is RunStatus.LEFT else worth),
        ("time", _("Time"), _duration(visit, run.took)),
        ("mistakes", _("Mistakes"), str(sum(attempt.mistakes for attempt in run.attempts))),
        ("hints", _("Hints used"), str(helped)),
        ("assisted", _("Steps done with help"), str(sum(attempt.assisted for attempt in run.attempts))),
        *breaks,
    )
    with tag("dl", "", "figures"):
        for name, label, value in figures:
            with tag("div"):
                tag("dt", label)
                named(tag("dd", value), f"result.{name}")


def _duration(visit: Visit, took: timedelta) -> str:
    minutes, seconds = divmod(max(0, round(took.total_seconds())), 60)
    _ = visit.text
    return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=seconds)


def _sight(visit: Visit, run: Run, outcome: Outcome) -> None:
    """Tell one look of another role; expected and seen are state codes or texts."""
    _ = visit.text
    role = outcome.expected.partition(" ")[0]
    expected = outcome.expected.rpartition(" = ")[2]
    with tag("li", "", f"sight sight-{outcome.status}") as item:
        item.props["data-state"] = outcome.status.value
        tag("strong", _(words.ROLES.get(role, role)))
        if outcome.status is Status.UNKNOWN:
            tag("span", _("has not been able to look yet"))
        else:
            tag("span", _("sees: {state}").format(state=seen_told(visit, outcome.seen)), "seen")
            if outcome.status is Status.FAILED:
                tag("span", _("expected: {state}").format(state=seen_told(visit, expected)), "wanted")
            if outcome.waited:
                waited = _("looked at after {seconds} s").format(seconds=f"{outcome.waited:.1f}")
                tag("span", waited, "fact fact-time")
            if outcome.screenshot:
                picture = link(
                    _("Picture"), "result.picture", evidence_address(run, outcome), "button small quiet"
                )
                picture.props("target=_blank rel=noopener")


def seen_told(visit: Visit, seen: str, *, states: bool = True) -> str:
    """Return what was seen in the page's language: a state, if wanted, or that nothing was; content as is."""
    known = words.STATES | words.SEEN if states else words.SEEN
    return visit.text(known[seen]) if seen in known else seen


def _attempt(visit: Visit, attempt: Attempt, step: Step | None) -> None:
    _ = visit.text
    with named(tag("li", "", f"attempt attempt-{attempt.status}"), f"result.step[{attempt.step}]") as item:
        item.props["data-state"] = attempt.status.value
        tag("h3", step.say if step else attempt.step)
        if step and step.sees:
            tag("p", step.sees, "sees")
        with tag("p", "", "lesson-facts"):
            worth = credit(attempt)
            if worth is not None:
                named(
                    tag("span", _("{n} % of the step").format(n=round(100 * worth)), "fact"),
                    f"result.credit[{attempt.step}]",
                )
            tag("span", _duration(visit, attempt.ended - attempt.started), "fact fact-time")
            if attempt.mistakes:
                tag("span", visit.ngettext("{n} mistake", "{n} mistakes", attempt.mistakes), "fact fact-warn")
            if attempt.helps:
                tag("span", visit.ngettext("{n} hint", "{n} hints", len(attempt.helps)), "fact")
            if attempt.assisted:
                tag("span", _("done with help"), "fact fact-warn")
        if attempt.outcomes:
            with tag("details", "", "evidence"):
                tag("summary", _("Evidence"))
                with tag("ul"):
                    for outcome in attempt.outcomes:
                        _evidence(visit, outcome)


def _evidence(visit: Visit, outcome: Outcome) -> None:
    _ = visit.text
    with tag("li", "", f"outcome outcome-{outcome.status}"):
        tag("strong", _(words.LEVELS[outcome.level]))
        with tag("p"):
            tag("span", _("Asked:"))
            tag("code", outcome.expected)
        with tag("p"):
            tag("span", _("Found:"))
            tag("code", seen_told(visit, outcome.seen, states=False))


async def _onward(visit: Visit, run: Run) -> None:
    _ = visit.text

    async def again() -> None:
        await visit.need_running()
        begun = await visit.work(
            visit.coach.begin, run.scenario, mode=run.mode, lang=visit.lang, owner=visit.trainee
        )
        visit.go_on_to(f"/practice/{begun.id}")

    scenarios = await visit.work(visit.services.scenarios.all)
    paths = await visit.work(visit.services.scenarios.paths)
    lessons = [lesson.scenario for lesson in lessons_of(scenarios, (), paths)]
    following = _after(lessons, run.scenario)
    passed = run.verdict is Status.PASSED

    async def go_on() -> None:
        begun = await visit.work(visit.coach.go_on, following, mode=run.mode, lang=visit.lang, owner=visit.trainee)
        visit.go_on_to(f"/practice/{begun.id}")

    with tag("div", "", "onward"):
        if visit.seat is not None:
            link(_("Back to the workshop: what comes now"), "result.class", "/class", "button primary")
            if run.status is RunStatus.FINISHED and run.verdict is Status.UNKNOWN:
                button(_("Practise again"), "result.again", visit.guarded(again, run.id))
            return
        if visit.candidate is not None:
            link(_("To my page"), "result.mine", "/candidate", "button")
        if following:
            button(_("Next lesson"), "result.next", visit.guarded(go_on, run.id), "primary" if passed else "")
        button(_("Practise again"), "result.again", visit.guarded(again, run.id), "" if passed else "primary")
        if visit.services.guides:
            guide_menu(visit, run.scenario, run.lang, "result.guide")
        if visit.services.films:
            film_link(visit, run.scenario, run.lang, "result.film")
        link(_("All lessons"), "nav.back", "/", "button quiet")


def _after(lessons: Sequence[Scenario], scenario: str) -> str:
    """Return the id of the lesson that follows, or "" after the last one."""
    ids = [lesson.id for lesson in lessons]
    following = ids[ids.index(scenario) + 1 :] if scenario in ids else []
    return following[0] if following else ""


def evidence_address(run: Run, outcome: Outcome) -> str:
    """Return where the picture of an Outcome is served, to the Run's owner only."""
    return EVIDENCE_ROUTE.format(run=run.id, name=outcome.screenshot)
